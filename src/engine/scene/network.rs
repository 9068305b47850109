//! The part of a scene that is about a network: model, data, plane.

use super::{Run, SceneError};
use crate::engine::analysis::curvature::CurvatureSettings;
use crate::engine::analysis::layer_stats::Thresholds;
use crate::engine::analysis::mode_connectivity::Connect;
use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::declare::settings;
use crate::engine::files::{Files, NoFiles};
use crate::engine::network::data::AnyDataset;
use crate::engine::network::{AnyNetwork, Loss, Precision, TrainingTask};
use crate::engine::training::RunSpec;
use serde::{Deserialize, Serialize};

/// A network, what it learns from, and the plane on which it is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkScene {
    /// The network.
    pub model: AnyNetwork,
    /// What it learns from.
    pub data: AnyDataset,
    /// The plane through its parameters. Its origin is where the first run ends; other weights that it goes through are the ends of the
    /// next runs. Runs that diverge are left out, unless all do.
    #[serde(default = "default_plane")]
    pub plane: AnyPlane,
    /// What else there is to choose.
    #[serde(default)]
    pub settings: NetworkSettings,
    /// What is asked about the curvature along its runs.
    #[serde(default, skip_serializing_if = "is_default_curvature")]
    pub curvature: CurvatureSettings,
    /// How ways between two of its runs are looked for.
    #[serde(default, skip_serializing_if = "is_default_connect")]
    pub ways: Connect,
}

fn is_default_connect(ways: &Connect) -> bool {
    *ways == Connect::default()
}

fn is_default_curvature(inquiry: &CurvatureSettings) -> bool {
    *inquiry == CurvatureSettings::default()
}

fn default_plane() -> AnyPlane {
    AnyPlane::Pca(crate::engine::analysis::network_plane::Pca::default())
}

settings! {
    /// The numbers that a network's map is computed in.
    pub enum MapPrecision { F64 = "f64", F32 = "f32" }
}

settings! {
    /// What a network bench has beside model, data and plane.
    pub struct NetworkSettings("Network bench") {
        /// The share of the samples that is kept for a test.
        test: f64 = 0.25, in 0.0..1.0, linear 0.0..=0.5;
        /// A row is kept of every so many steps. The loss, gradient and accuracy of a row are of all samples, which is where most of the time of
        /// training on small batches goes. Runs take whole rows: steps are rounded up to them.
        every: u64 = 5, in 1.0..=10000.0, log 1.0..=100.0;
        /// The Hessian's largest eigenvalue is measured at every so many rows, in the background; 0 measures none. It takes some thirty products
        /// with the Hessian each time.
        sharpness: u64 = 10, in 0.0..=10000.0, linear 0.0..=50.0;
        /// f64 agrees with the loss to 1e-12; f32 draws the map about twice as fast, to 1e-5.
        precision: MapPrecision = MapPrecision::F64;
        /// A layer whose gradient norm is above this explodes.
        exploding: f64 = 100.0, in 0.0.., log 1.0..=1e6;
        /// A layer whose gradient norm is below this vanishes.
        vanishing: f64 = 1e-5, in 0.0.., log 1e-12..=1.0;
    }
}

/// A change of a run on its way: from a step on it goes on with these weights, but as another spec says, whose rule begins anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecChange {
    /// The step, a whole number of rows.
    pub from: u64,
    /// Optimizer and schedule from there.
    pub spec: RunSpec,
}

impl Run {
    /// The spec that it goes by from a step on.
    pub fn spec_at(&self, step: u64) -> &RunSpec {
        let leg = self.legs.iter().rfind(|leg| leg.from <= step);
        leg.map_or(&self.spec, |leg| &leg.spec)
    }

    /// Goes by another spec from a step on, with the weights that it has there; later changes are forgotten.
    pub fn change_spec_at(&mut self, step: u64, spec: RunSpec) {
        self.legs.retain(|leg| leg.from < step);
        if step == 0 {
            self.spec = spec;
        } else if *self.spec_at(step) != spec {
            self.legs.push(SpecChange { from: step, spec });
        }
    }
}

impl Default for NetworkScene {
    /// Moons, and a network that separates them.
    fn default() -> Self {
        Self {
            model: AnyNetwork::all().swap_remove(0),
            data: AnyDataset::Moons(crate::engine::network::data::Moons::default()),
            plane: default_plane(),
            settings: NetworkSettings::default(),
            curvature: CurvatureSettings::default(),
            ways: Connect::default(),
        }
    }
}

impl NetworkScene {
    /// The network at work; `seed` is that of its first weights and of what is kept for a test.
    pub fn load_task(&self, files: &dyn Files, seed: u64) -> Result<TrainingTask, SceneError> {
        let precision = match self.settings.precision {
            MapPrecision::F64 => Precision::Double,
            MapPrecision::F32 => Precision::Single,
        };
        let loss = self.model.as_dyn().loss();
        let split = self.data.split_for(loss, files, self.settings.test, seed);
        let split = split.map_err(|error| SceneError::Network(error.to_string()))?;
        TrainingTask::new(&self.model, split, seed, precision)
            .map_err(|error| SceneError::Network(error.to_string()))
    }

    /// Chooses other data, and the loss that suits them: mse for numbers, bce for two classes, ce for more.
    pub fn choose_data(&mut self, data: AnyDataset) {
        self.data = data;
        let Ok(data) = self.data.as_dyn().data(&NoFiles) else {
            return;
        };
        let loss = match data.classes() {
            None => Loss::Mse,
            Some(..=2) => Loss::Bce,
            Some(_) => Loss::Ce,
        };
        let AnyNetwork::Mlp(mlp) = &mut self.model;
        mlp.loss = loss;
    }

    /// From where on a layer's gradient explodes or vanishes.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds {
            exploding: self.settings.exploding,
            vanishing: self.settings.vanishing,
        }
    }

    /// Whether `other` has the same network at work.
    pub fn same_task(&self, other: &Self) -> bool {
        let own = |bench: &Self| (bench.settings.test, bench.settings.precision);
        self.model == other.model && self.data == other.data && own(self) == own(other)
    }
}
