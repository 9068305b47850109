//! Checks of a scene against its landscape or network.

use super::{
    LandscapeScene, MAX_NUMBERS, MAX_RUNS, MAX_STEPS, NetworkScene, Problem, Run, Scene,
    SceneError, SpecChange, Subject,
};
use crate::engine::objective::Objective;
use crate::engine::training::{Group, RunSpec};

impl Scene {
    /// Checks everything that depends on the landscape or the network.
    pub fn check(&self, problem: &Problem) -> Result<(), SceneError> {
        if let Subject::Landscape(landscape) = &self.subject {
            check_start(landscape)?;
        }
        self.check_batch(problem)?;
        self.check_runs(problem)?;
        match (&self.subject, &problem.task) {
            (Subject::Network(network), Some(task)) => self.check_rows(network, task.loss.dim()),
            _ => self.check_steps(),
        }
    }

    fn check_batch(&self, problem: &Problem) -> Result<(), SceneError> {
        let samples = problem.objective.samples();
        if let Some(batch) = self.training.batch.filter(|&batch| batch > samples as u64) {
            let expected = match samples {
                0 => "`all`: it has no data".to_owned(),
                samples => format!("1 to {samples}, the number of samples, or `all`"),
            };
            return Err(SceneError::Batch {
                batch,
                landscape: self.subject_name(),
                samples,
                expected,
            });
        }
        let Some(task) = &problem.task else {
            return Ok(());
        };
        let batch = self.training.batch;
        let batch = batch.map(|batch| usize::try_from(batch).unwrap_or(usize::MAX));
        Ok(task.loss.check_batch(batch)?)
    }

    fn check_runs(&self, problem: &Problem) -> Result<(), SceneError> {
        if self.runs.len() > MAX_RUNS {
            return Err(SceneError::TooManyRuns(self.runs.len()));
        }
        for (run, checked) in self.runs.iter().enumerate() {
            let legal = self.check_spec(&checked.spec, problem);
            let legal = legal.and_then(|()| self.check_spec_changes(checked, problem));
            let of_run = |error| SceneError::Run {
                run,
                error: Box::new(error),
            };
            legal.map_err(of_run)?;
        }
        Ok(())
    }

    fn check_spec(&self, spec: &RunSpec, problem: &Problem) -> Result<(), SceneError> {
        spec.check()?;
        let objective = &*problem.objective;
        if let Some(expected) = spec.optimizer.as_dyn().unsupported_reason(objective) {
            return Err(SceneError::Optimizer {
                optimizer: spec.optimizer.name(),
                landscape: self.subject_name(),
                expected,
            });
        }
        let unknown = |group: &&Group| objective.group(&group.name).is_none();
        match spec.groups.iter().find(unknown) {
            None => Ok(()),
            Some(group) => Err(SceneError::Group {
                name: group.name.clone(),
                landscape: self.subject_name(),
                expected: match objective.tensors() {
                    [] if objective.dim() == 1 => "x".to_owned(),
                    [] => "x or y".to_owned(),
                    [first, ..] => format!("a layer or a tensor, like layers.0 or {}", first.name),
                },
            }),
        }
    }

    fn check_spec_changes(&self, run: &Run, problem: &Problem) -> Result<(), SceneError> {
        let mut earlier = 0;
        for &SpecChange { at_step, ref spec } in &run.spec_changes {
            let every = self.network().map(|network| network.settings.every);
            let expected = match every {
                None => "a network: runs on landscapes have no spec changes".to_owned(),
                Some(every) if at_step <= earlier || at_step % every > 0 => {
                    format!("a multiple of {every}, the setting `every`, after step {earlier}")
                }
                Some(_) => {
                    self.check_spec(spec, problem)?;
                    earlier = at_step;
                    continue;
                }
            };
            return Err(SceneError::SpecChange { at_step, expected });
        }
        Ok(())
    }

    /// Returns the number of runs with all of their seeds.
    fn seeded_runs(&self) -> usize {
        let seeds = usize::try_from(self.seed_count()).unwrap_or(usize::MAX);
        self.runs.len().saturating_mul(seeds)
    }

    fn check_steps(&self) -> Result<(), SceneError> {
        let (runs, steps) = (self.seeded_runs(), self.training.steps);
        if steps.saturating_mul(runs as u64) > MAX_STEPS {
            return Err(SceneError::TooManySteps { runs, steps });
        }
        Ok(())
    }

    fn check_rows(&self, network: &NetworkScene, parameters: usize) -> Result<(), SceneError> {
        let rows = self.training.steps.div_ceil(network.settings.every) + 1;
        let runs = self.seeded_runs();
        let numbers = rows.saturating_mul(runs as u64);
        if numbers.saturating_mul(parameters as u64 + 16) > MAX_NUMBERS {
            return Err(SceneError::TooManyRows {
                runs,
                rows,
                parameters,
            });
        }
        Ok(())
    }
}

fn check_start(scene: &LandscapeScene) -> Result<(), SceneError> {
    let (landscape, [x, y]) = (scene.landscape.as_dyn(), scene.start);
    let domain = landscape.domain();
    let inside = domain.is_none_or(|domain| domain.contains([x, y]));
    if x.is_finite() && y.is_finite() && inside {
        return Ok(());
    }
    let on_line = landscape.dim() == 1;
    let expected = match domain {
        None if on_line => "a finite number".to_owned(),
        None => "finite numbers".to_owned(),
        Some(domain) if on_line => format!("x in {:?}", domain.x()),
        Some(domain) => format!("x in {:?} and y in {:?}", domain.x(), domain.y()),
    };
    Err(SceneError::Start {
        start: if on_line {
            x.to_string()
        } else {
            format!("({x}, {y})")
        },
        landscape: scene.landscape.name(),
        expected,
    })
}
