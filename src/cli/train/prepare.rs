//! Reading of the arguments of `ravine train`: what is trained, for how long, from which weights, and which files are written.

use super::seeded::{RunEnd, Seeded};
use super::{Args, flags};
use crate::cli::network_args::{check_spec, seed, weights};
use crate::cli::network_scene::set;
use crate::cli::outputs::Outputs;
use crate::cli::run_args::GivenRun;
use crate::cli::slice;
use crate::engine::analysis::network_plane::{AnyPlane, NetworkPlane, PlaneInputs};
use crate::engine::cancel::Cancel;
use crate::engine::declare::Value;
use crate::engine::network::NetworkLoss;
use crate::engine::objective::{GradientSettings, Objective};
use crate::engine::training::{self, RunSettings, RunSpec, Trajectory};
use crate::export::columns::Columns;
use std::path::PathBuf;

impl Args {
    /// Returns the facts about all runs that JSON contains.
    pub(super) fn facts(&self) -> Columns {
        Columns::default()
            .with_fact("network", self.network.network.as_str())
            .with_fact("data", self.network.data.as_str())
            .with_fact("batch", self.batch.as_str())
    }

    /// Returns the seeds of all runs.
    pub(super) fn seeds(&self) -> Result<Vec<u64>, String> {
        let single = seed(&self.seed)?;
        let seeds = self.seeds.or(single)?;
        if self.seeds.is_given() && single != 0 {
            return Err("--seed and --seeds both choose seeds; leave out one of them".to_owned());
        }
        let alone = [
            ("--plane", self.plane.is_some()),
            ("--layers", self.layers.is_some()),
            ("--sharpness", self.sharpness.is_some()),
        ];
        match alone.into_iter().find(|(_, given)| *given) {
            Some((flag, _)) if seeds.len() > 1 => Err(format!(
                "{flag} is for one seed; expected --seed in place of --seeds"
            )),
            _ => Ok(seeds),
        }
    }

    /// Reads the network, its data and its first weights for a seed, and checks that the runs can train it.
    pub(super) fn prepare(
        &self,
        seed: u64,
        test: f64,
        specs: &[RunSpec],
    ) -> Result<Seeded, String> {
        let (loss, split) = self.network.prepare(test, seed)?;
        specs.iter().try_for_each(|spec| check_spec(spec, &loss))?;
        let run_settings = self.run_settings(seed, loss.samples())?;
        let batch = run_settings.gradient_settings.batch;
        loss.check_batch(batch).map_err(|error| error.to_string())?;
        let start = match &self.weights {
            Some(path) => weights(&loss, path)?,
            None => loss.init_params(seed),
        };
        training::check_start(&loss, &start)?;
        Ok(Seeded {
            seed,
            loss,
            split,
            start,
            run_settings,
            ends: Vec::new(),
        })
    }

    /// Plans all output files.
    pub(super) fn plan_outputs(&self, weight_files: &[PathBuf]) -> Result<Outputs, String> {
        let mut outputs = Outputs::default();
        for path in weight_files {
            // The initial weights have been read completely, so that training can continue in one file.
            outputs.add(path, self.weights.as_deref())?;
        }
        let more = [&self.trajectories, &self.layers, &self.sharpness];
        for path in more.into_iter().flatten() {
            outputs.add(path, None)?;
        }
        Ok(outputs)
    }

    /// Remembers the scene of `--save-scene`, with the first seed.
    pub(super) fn save_scene_later(
        &self,
        given: &[GivenRun],
        run_settings: RunSettings,
        test: f64,
    ) -> Result<(), String> {
        let weights = self.weights.as_deref();
        (self.save_scene).save_later(&self.network, weights, |scene, network| {
            let GradientSettings { seed, batch, .. } = run_settings.gradient_settings;
            set(
                &mut scene.training,
                "steps",
                Value::Count(run_settings.steps),
            )?;
            set(&mut scene.training, "seed", Value::Count(seed))?;
            scene.training.batch = batch.map(|batch| batch as u64);
            set(&mut network.settings, "test", Value::Real(test))?;
            set(
                &mut network.settings,
                "every",
                Value::Count(run_settings.record_every),
            )?;
            if let Some(plane) = &self.plane {
                network.plane = slice::plane(plane)?;
            }
            for run in given {
                scene.add_run(run.spec.clone());
                if let Some(added) = scene.runs.last_mut() {
                    added.name.clone_from(&run.name);
                }
            }
            Ok(())
        })
    }

    /// Returns an error if a flag needs an output file that is not given.
    pub(super) fn check(&self) -> Result<(), String> {
        let [steps, layers] = [&self.trajectories, &self.layers].map(Option::is_some);
        for (flag, given, used, expected) in [
            ("--plane", &self.plane, steps, "--trajectories"),
            (
                "--every",
                &self.every,
                steps || layers,
                "--trajectories or --layers",
            ),
            ("--exploding", &self.exploding, layers, "--layers"),
            ("--vanishing", &self.vanishing, layers, "--layers"),
            (
                "--sharpness-every",
                &self.sharpness_every,
                self.sharpness.is_some(),
                "--sharpness",
            ),
        ] {
            if given.is_some() && !used {
                let files = expected.replace(" or", " FILE or");
                return Err(format!(
                    "{flag} needs {expected}, which is missing; add {files} FILE"
                ));
            }
        }
        Ok(())
    }

    /// Returns the settings of all runs on `samples` training samples.
    fn run_settings(&self, seed: u64, samples: usize) -> Result<RunSettings, String> {
        let batch = flags::batch(&self.batch, samples)?;
        let (steps, epochs) = (self.steps.as_deref(), self.epochs.as_deref());
        Ok(RunSettings {
            steps: flags::steps(steps, epochs, samples, batch)?,
            gradient_settings: GradientSettings {
                seed,
                batch,
                ..GradientSettings::default()
            },
            tolerance: None,
            record_every: flags::record_every(self.every.as_deref())?,
        })
    }
}

/// Builds the plane, with its origin at the end of the first run.
pub(super) fn build_plane(
    plane: &AnyPlane,
    loss: &NetworkLoss,
    ends: &[RunEnd],
    trajectories: &[Trajectory],
) -> Result<NetworkPlane, String> {
    let cancel = Cancel::default();
    let theta = ends.first().map_or(&[][..], |end| &end.theta);
    let given = PlaneInputs {
        trajectories,
        ..PlaneInputs::new(loss, theta, &cancel)
    };
    plane
        .as_dyn()
        .build(&given)
        .map_err(|error| error.to_string())
}
