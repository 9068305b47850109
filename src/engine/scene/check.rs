//! Whether a scene can be shown.

use super::{
    MAX_NUMBERS, MAX_RUNS, MAX_STEPS, NetworkScene, Problem, Run, Scene, SceneError, SpecChange,
};
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use crate::engine::training::{Group, RunSpec};

impl Scene {
    /// Checks everything that depends on the landscape or the network.
    pub fn check(&self, problem: &Problem) -> Result<(), SceneError> {
        if self.network.is_none() {
            self.check_start()?;
        }
        self.check_batch(problem)?;
        self.check_runs(problem)?;
        match (&self.network, &problem.task) {
            (Some(bench), Some(task)) => self.check_rows(bench, task.loss.dim()),
            _ => self.check_steps(),
        }
    }

    fn check_start(&self) -> Result<(), SceneError> {
        let landscape = self.landscape.name();
        let domain = self.landscape.as_dyn().domain();
        if !self.start.iter().all(|s| s.is_finite())
            || domain.is_some_and(|domain| !domain.contains(self.start))
        {
            let on_line = self.landscape.as_dyn().dim() == 1;
            let words = |domain: Rect| {
                if on_line {
                    format!("x in {:?}", domain.x())
                } else {
                    format!("x in {:?} and y in {:?}", domain.x(), domain.y())
                }
            };
            let finite = if on_line {
                "a finite number"
            } else {
                "finite numbers"
            };
            let expected = domain.map_or(finite.to_owned(), words);
            let [x, y] = self.start;
            let start = if on_line {
                x.to_string()
            } else {
                format!("({x}, {y})")
            };
            return Err(SceneError::Start {
                start,
                landscape,
                expected,
            });
        }
        Ok(())
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
                landscape: self.subject(),
                expected,
            });
        }
        let Some(task) = &problem.task else {
            return Ok(());
        };
        let batch = self.training.batch;
        let batch = batch.map(|batch| usize::try_from(batch).unwrap_or(usize::MAX));
        let checked = task.loss.check_batch(batch);
        checked.map_err(|error| SceneError::Network(error.to_string()))
    }

    fn check_runs(&self, problem: &Problem) -> Result<(), SceneError> {
        if self.runs.len() > MAX_RUNS {
            return Err(SceneError::TooManyRuns(self.runs.len()));
        }
        for run in &self.runs {
            self.check_spec(&run.spec, problem)?;
            self.check_spec_changes(run, problem)?;
        }
        Ok(())
    }

    fn check_spec(&self, spec: &RunSpec, problem: &Problem) -> Result<(), SceneError> {
        spec.check()?;
        let objective = &*problem.objective;
        if let Some(expected) = spec.optimizer.as_dyn().unsupported_reason(objective) {
            return Err(SceneError::Optimizer {
                optimizer: spec.optimizer.name(),
                landscape: self.subject(),
                expected,
            });
        }
        let unknown = |group: &&Group| objective.group(&group.name).is_none();
        match spec.groups.iter().find(unknown) {
            None => Ok(()),
            Some(group) => Err(SceneError::Group {
                name: group.name.clone(),
                landscape: self.subject(),
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
        for SpecChange { from, spec } in &run.legs {
            let expected = match &self.network {
                None => "a network, whose runs have legs".to_owned(),
                Some(bench) if *from <= earlier || *from % bench.settings.every > 0 => {
                    let every = bench.settings.every;
                    format!("a multiple of {every}, the steps of a row, after step {earlier}")
                }
                Some(_) => {
                    self.check_spec(spec, problem)?;
                    earlier = *from;
                    continue;
                }
            };
            let from = *from;
            return Err(SceneError::SpecChange { from, expected });
        }
        Ok(())
    }

    fn check_steps(&self) -> Result<(), SceneError> {
        let together = self.training.steps.saturating_mul(self.runs.len() as u64);
        if together > MAX_STEPS {
            let (runs, steps) = (self.runs.len(), self.training.steps);
            return Err(SceneError::TooManySteps { runs, steps });
        }
        Ok(())
    }

    fn check_rows(&self, bench: &NetworkScene, parameters: usize) -> Result<(), SceneError> {
        let rows = self.training.steps.div_ceil(bench.settings.every) + 1;
        let runs = self.runs.len();
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
