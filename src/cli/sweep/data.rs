//! The computation of sweeps: one for each seed, and their medians.

use super::over_error;
use crate::cli::diverged::warn_diverged_values;
use crate::cli::progress_counter::with_progress;
use crate::cli::{interrupt, note, run_number};
use crate::engine::analysis::seed_stats::{SeedStats, median_curve, median_map};
use crate::engine::analysis::sweep::{
    AxisValues, Score, SweepAxis, SweepContext, SweepCurve, SweepMap, SweepMetric, curves_so_far,
    grids, lr_limit, lr_limits, map_so_far, quadratic_lambda_max, run_count, swept_runs,
};
use crate::engine::scene::{Problem, Scene};
use crate::engine::training::RunSpec;
use crate::export::trajectories::visible_runs;
use std::sync::atomic::AtomicUsize;

/// Results of a sweep, with the stability limits of the learning rate.
pub(super) enum SweepData {
    /// Curves over one setting, a limit for each, and the indices of the runs that do not have the setting.
    Curves {
        curves: Vec<SweepCurve>,
        limits: Vec<Option<f64>>,
        left_out: Vec<usize>,
    },
    /// A map over two settings of the run at this index in the scene.
    Map {
        map: Box<SweepMap>,
        run: usize,
        limits: Option<(usize, Vec<Option<f64>>)>,
    },
}

impl SweepData {
    /// Returns the spec and the scores of each curve, or of the map.
    fn parts(&self) -> Vec<(&RunSpec, &[Score])> {
        match self {
            Self::Curves { curves, .. } => {
                let curves = curves.iter();
                let parts = curves.map(|curve| (&curve.line.spec, &curve.scores[..]));
                parts.collect()
            }
            Self::Map { map, .. } => vec![(&map.spec, &map.scores[..])],
        }
    }

    /// Returns what the scores of each part are of, like "values of lr".
    fn things(&self) -> Vec<String> {
        match self {
            Self::Curves { curves, .. } => curves
                .iter()
                .map(|curve| format!("values of {}", curve.line.grid.setting()))
                .collect(),
            Self::Map { map, .. } => {
                let [x, y] = map.grids.each_ref().map(AxisValues::setting);
                vec![format!("pairs of {x} and {y}")]
            }
        }
    }
}

/// The sweeps of all seeds.
pub(super) struct Sweeps {
    /// One sweep for each seed, in their order.
    pub(super) each: Vec<(u64, SweepData)>,
    /// The medians over several seeds.
    median: Option<SweepData>,
}

impl Sweeps {
    /// Returns the number of seeds.
    pub(super) fn len(&self) -> usize {
        self.each.len()
    }

    /// Returns the medians over the seeds; of one seed its sweep.
    pub(super) fn median(&self) -> &SweepData {
        self.median.as_ref().unwrap_or(&self.each[0].1)
    }

    /// Returns the scores with all seeds of each part of the sweep.
    fn parts(&self) -> Vec<Vec<&[Score]>> {
        let count = self.each[0].1.parts().len();
        let of = |part: usize| {
            let each = self.each.iter();
            each.filter_map(move |(_, sweep)| Some(sweep.parts().get(part)?.1))
        };
        (0..count).map(|part| of(part).collect()).collect()
    }

    /// Returns the quartiles of a metric over several seeds at each value of each curve; a run that diverged is infinitely high.
    pub(super) fn bands(&self, metric: SweepMetric) -> Vec<Vec<[f64; 2]>> {
        if self.median.is_none() {
            return Vec::new();
        }
        let band = |scores: &Vec<&[Score]>| {
            let at = |index: usize| {
                let values = scores.iter().filter_map(|scores| scores.get(index));
                let values = values.map(|score| score.value(metric).unwrap_or(f64::INFINITY));
                SeedStats::of(values).map_or([f64::NAN; 2], |stats| stats.quartiles)
            };
            (0..scores[0].len()).map(at).collect()
        };
        self.parts().iter().map(band).collect()
    }

    /// Whether no seed differs from the others.
    pub(super) fn seeds_are_equal(&self) -> bool {
        let is_equal = |scores: &Vec<&[Score]>| scores.iter().all(|own| *own == scores[0]);
        self.len() > 1 && self.parts().iter().all(is_equal)
    }

    /// Returns the number of values that were computed, and of all.
    pub(super) fn counts(&self) -> [usize; 2] {
        let parts = self.parts();
        let scores = || parts.iter().flatten().copied().flatten();
        [
            scores().filter(|score| score.is_computed()).count(),
            scores().count(),
        ]
    }

    /// Whether nothing was computed.
    pub(super) fn is_empty(&self) -> bool {
        self.counts()[0] == 0
    }

    /// Warns on stderr how many values of each run diverged.
    pub(super) fn warn_diverged(&self) {
        let (_, first) = &self.each[0];
        let with_seeds = if self.len() > 1 { " and seeds" } else { "" };
        for (((spec, _), things), scores) in
            first.parts().iter().zip(first.things()).zip(self.parts())
        {
            let steps: Vec<Option<u64>> = scores.concat().iter().map(Score::diverged).collect();
            let things = format!("{things}{with_seeds}");
            warn_diverged_values(&spec.to_string(), &things, steps.into_iter());
        }
    }
}

/// Query of a sweep: the runs of a scene, with some seeds.
pub(super) struct Query<'a> {
    pub(super) scene: &'a Scene,
    pub(super) problem: &'a Problem,
    pub(super) run_number: Option<&'a str>,
    pub(super) goal: Option<f64>,
    pub(super) seeds: &'a [u64],
}

impl Query<'_> {
    /// Computes the sweep over one or two settings with each seed.
    pub(super) fn compute(&self, overs: &[SweepAxis]) -> Result<Sweeps, String> {
        match overs {
            [over] => self.curves(over),
            [x, y] => self.map([x, y]),
            _ => Err(format!(
                "--over is given {} times; expected it once, or twice for a map",
                overs.len()
            )),
        }
    }

    /// Computes the visible runs of the scene, or the run of `--run-number`, over one setting.
    fn curves(&self, over: &SweepAxis) -> Result<Sweeps, String> {
        let scene = self.scene;
        let runs: Vec<usize> = match self.run_number {
            Some(number) => vec![run_number(scene, Some(number))?],
            None => visible_runs(scene).collect(),
        };
        let specs: Vec<RunSpec> = runs
            .iter()
            .map(|run| scene.runs[*run].spec.clone())
            .collect();
        let mut lines = swept_runs(&specs, over).map_err(|error| over_error(&error))?;
        for line in &mut lines {
            line.run = runs[line.run];
        }
        let left_out: Vec<usize> = runs
            .into_iter()
            .filter(|run| lines.iter().all(|line| line.run != *run))
            .collect();
        for run in &left_out {
            let spec = &scene.runs[*run].spec;
            note(&format!(
                "`{spec}` has no setting `{}`; the run is skipped",
                over.setting
            ));
        }
        let run_settings = scene.run_settings();
        let steepest = quadratic_lambda_max(&*self.problem.objective, self.problem.view);
        let limits: Vec<Option<f64>> = lines
            .iter()
            .map(|line| {
                let steepest = steepest.filter(|_| line.grid.is_lr())?;
                lr_limit(&line.spec, steepest, &run_settings)
            })
            .collect();
        let data = |curves| SweepData::Curves {
            curves,
            limits: limits.clone(),
            left_out: left_out.clone(),
        };
        let each = self.each_seed(run_count(&lines), |context| {
            data(curves_so_far(context, lines.clone()))
        });
        let median = |line: usize| {
            let own = each.iter().filter_map(|(_, sweep)| match sweep {
                SweepData::Curves { curves, .. } => curves.get(line),
                SweepData::Map { .. } => None,
            });
            median_curve(&own.collect::<Vec<_>>())
        };
        let medians = || (0..lines.len()).map(median).collect::<Option<Vec<_>>>();
        let median = (each.len() > 1).then(medians).flatten().map(data);
        Ok(Sweeps { each, median })
    }

    /// Computes the only run of the scene, or the run of `--run-number`, over two settings.
    fn map(&self, overs: [&SweepAxis; 2]) -> Result<Sweeps, String> {
        let scene = self.scene;
        let run = run_number(scene, self.run_number)?;
        let spec = &scene.runs[run].spec;
        let grids = grids(spec, overs).map_err(|error| over_error(&error))?;
        let total = grids[0].len() * grids[1].len() + 1;
        let steepest = quadratic_lambda_max(&*self.problem.objective, self.problem.view);
        let data = |map: SweepMap| SweepData::Map {
            limits: steepest.and_then(|steepest| lr_limits(&map, steepest, &scene.run_settings())),
            map: Box::new(map),
            run,
        };
        let each = self.each_seed(total, |context| {
            data(map_so_far(context, spec, grids.clone()))
        });
        let maps: Vec<&SweepMap> = each
            .iter()
            .filter_map(|(_, sweep)| match sweep {
                SweepData::Map { map, .. } => Some(&**map),
                SweepData::Curves { .. } => None,
            })
            .collect();
        let median = (maps.len() > 1).then(|| median_map(&maps)).flatten();
        let median = median.map(data);
        Ok(Sweeps { each, median })
    }

    /// Does work of `total` runs with each seed, with a progress bar on a terminal.
    fn each_seed(
        &self,
        total: usize,
        work: impl Fn(&SweepContext) -> SweepData,
    ) -> Vec<(u64, SweepData)> {
        let cancel = interrupt::stoppable();
        let with_seed = |seed: u64, done: &AtomicUsize| {
            let mut run_settings = self.scene.run_settings();
            run_settings.gradient_settings.seed = seed;
            let sweep = work(&SweepContext {
                objective: &*self.problem.objective,
                start: self.scene.start_theta(),
                run_settings: &run_settings,
                goal: self.goal,
                cancel: &cancel,
                done,
            });
            (seed, sweep)
        };
        with_progress("sweep", "runs", total * self.seeds.len(), |done| {
            self.seeds
                .iter()
                .map(|seed| with_seed(*seed, done))
                .collect()
        })
    }
}
