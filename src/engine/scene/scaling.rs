//! The linear scaling rule.

use super::Scene;
use crate::engine::declare::{SettingError, Settings, Value};
use crate::engine::numeric::real;
use crate::engine::schedule::ScheduleChain;

/// The settings of schedules that are learning rates.
const LEARNING_RATES: [&str; 3] = ["max_lr", "min_lr", "eta_min"];

impl Scene {
    /// Returns the number of samples per step, for data with `samples` samples.
    pub fn batch_size(&self, samples: usize) -> u64 {
        self.training.batch.unwrap_or(samples as u64)
    }

    /// Returns the scene with mini-batches of `batch` out of `samples` samples and all learning rates multiplied by the batch's factor
    /// k: a step along the mean of k times the samples is then about as long as k steps along the means of its parts. Goyal
    /// et al. 2017, "linear scaling rule". Learning rates in the settings of schedules are multiplied as well.
    ///
    /// # Errors
    /// A learning rate that leaves its legal range.
    pub fn with_batch_scaled(&self, batch: u64, samples: usize) -> Result<Self, SettingError> {
        let batch = batch.clamp(1, (samples as u64).max(1));
        let factor = real(batch) / real(self.batch_size(samples).max(1));
        let mut scene = self.clone();
        scene.training.batch = Some(batch);
        for run in &mut scene.runs {
            let groups = run.spec.groups.iter_mut().map(|group| &mut group.optimizer);
            for optimizer in std::iter::once(&mut run.spec.optimizer).chain(groups) {
                scale(optimizer.settings_mut(), "lr", factor)?;
            }
            let mut schedules = run.spec.schedule.schedules().to_vec();
            for schedule in &mut schedules {
                for setting in LEARNING_RATES {
                    scale(schedule.settings_mut(), setting, factor)?;
                }
            }
            run.spec.schedule = ScheduleChain::new(schedules)?;
        }
        Ok(scene)
    }
}

/// Multiplies the setting called `name`, if it exists and has a value.
fn scale(settings: &mut dyn Settings, name: &str, factor: f64) -> Result<(), SettingError> {
    match settings.get(name) {
        Some(Value::Real(value)) => settings.set(name, Value::Real(value * factor)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(batch: Option<u64>, to: u64, expected: (u64, [&str; 3])) {
        let mut scene = Scene::new("regression".parse().unwrap());
        scene.training.batch = batch;
        for spec in [
            "sgd:lr=0.5",
            "adam:lr=0.25[y:lr=0.125]",
            "sgd:lr=0.5@cyclic:max_lr=2>cosine:eta_min=0.25",
        ] {
            let spec = spec.replace("cyclic:", "cyclic:steps=9,");
            scene.add_run(spec.parse().unwrap());
        }
        let scaled = scene.with_batch_scaled(to, 50).unwrap();
        let specs: Vec<String> = scaled.runs.iter().map(|run| run.spec.to_string()).collect();
        let expected_specs = expected.1.map(str::to_owned).to_vec();
        assert_eq!(
            (scaled.training.batch, specs),
            (Some(expected.0), expected_specs)
        );
    }

    #[test]
    fn learning_rates_scale_with_the_batch() {
        let twice = [
            "sgd:lr=1",
            "adam:lr=0.5[y:lr=0.25]",
            "sgd:lr=1@cyclic:max_lr=4,steps=9>cosine:eta_min=0.5",
        ];
        check(Some(8), 16, (16, twice));
        check(Some(25), 50, (50, twice));
        let half = [
            "sgd:lr=0.25",
            "adam:lr=0.125[y:lr=0.0625]",
            "sgd:lr=0.25@cyclic:max_lr=1,steps=9>cosine:eta_min=0.125",
        ];
        check(None, 25, (25, half));
    }

    #[test]
    fn a_batch_is_clamped_to_the_samples() {
        let same = [
            "sgd:lr=0.5",
            "adam:lr=0.25[y:lr=0.125]",
            "sgd:lr=0.5@cyclic:max_lr=2,steps=9>cosine:eta_min=0.25",
        ];
        check(Some(50), 100, (50, same));
        check(Some(1), 0, (1, same));
        let mut scene = Scene::new("regression".parse().unwrap());
        scene.training.batch = Some(1);
        scene.add_run("sgd:lr=1e308".parse().unwrap());
        assert!(scene.with_batch_scaled(50, 50).is_err(), "beyond f64");
    }
}
