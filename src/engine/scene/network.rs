//! The network of a scene: model, data, plane and the settings of its analyses.

use super::{LandscapeScene, SceneError};
use crate::engine::analysis::curvature::CurvatureSettings;
use crate::engine::analysis::layer_stats::Thresholds;
use crate::engine::analysis::mode_connectivity::Connect;
use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::declare::settings;
use crate::engine::files::{Files, NamedShape, NoFiles};
use crate::engine::network::data::AnyDataset;
use crate::engine::network::{AnyNetwork, Loss, Precision, TrainingTask};
use serde::{Deserialize, Serialize};

/// A network, its data, and the plane through its parameters that the map shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkScene {
    /// The network.
    pub model: AnyNetwork,
    /// The data set.
    pub data: AnyDataset,
    /// The plane through the parameters. Its origin is the end of the first run, or the run and step of the settings; planes through several weights take the ends of the next
    /// runs. Runs that diverge are left out, unless all do.
    #[serde(default = "default_plane")]
    pub plane: AnyPlane,
    /// Test split, recording, precision and thresholds.
    #[serde(default)]
    pub settings: NetworkSettings,
    /// The curvature analysis along the runs.
    #[serde(default, skip_serializing_if = "is_default_curvature")]
    pub curvature: CurvatureSettings,
    /// The search for low-loss paths between the ends of two runs.
    #[serde(default, rename = "ways", skip_serializing_if = "is_default_connect")]
    pub connect: Connect,
    /// The landscape that the scene had before the network, to which the window switches back. Scene files keep it at the top level.
    #[serde(skip)]
    pub landscape: LandscapeScene,
}

fn is_default_connect(connect: &Connect) -> bool {
    *connect == Connect::default()
}

fn is_default_curvature(curvature: &CurvatureSettings) -> bool {
    *curvature == CurvatureSettings::default()
}

fn default_plane() -> AnyPlane {
    AnyPlane::Pca(crate::engine::analysis::network_plane::Pca::default())
}

settings! {
    /// The number type of a network's map.
    pub enum MapPrecision { F64 = "f64", F32 = "f32" }
}

settings! {
    /// Settings of a network other than model, data and plane.
    pub struct NetworkSettings("Network") {
        /// The share of the samples in the test set.
        test: f64 = 0.25, in 0.0..1.0, linear 0.0..=0.5;
        /// Steps between two recorded rows. Loss, gradient and accuracy of a row are computed on all samples, which takes most of the time of
        /// training on small batches. Runs take whole rows: steps are rounded up to a multiple of this.
        every: u64 = 5, in 1.0..=10000.0, log 1.0..=100.0;
        /// Recorded rows between two measurements of the Hessian's largest eigenvalue, in the background; 0 measures none. Each takes about
        /// thirty Hessian-vector products.
        sharpness: u64 = 10, in 0.0..=10000.0, linear 0.0..=50.0;
        /// Number of the run, in the order of the list, whose weights are the plane's origin; first is the first ticked run that does not diverge.
        around: Option<u64> = None, in 1.0..=100.0, none "first";
        /// Step of that run whose weights are the plane's origin; end is its last one.
        around_step: Option<u64> = None, in 0.0..=1e6, log 1.0..=10000.0, none "end";
        /// f64 agrees with the loss to 1e-12; f32 draws the map about twice as fast, to 1e-5.
        precision: MapPrecision = MapPrecision::F64;
        /// A layer's gradient explodes if its norm is above this.
        exploding: f64 = 100.0, in 0.0.., log 1.0..=1e6;
        /// A layer's gradient vanishes if its norm is below this.
        vanishing: f64 = 1e-5, in 0.0.., log 1e-12..=1.0;
        /// The safetensors file with the weights that all runs start from, instead of random ones. A file that is dropped on the window is
        /// entered here.
        weights: Option<String> = None, none "random";
    }
}

impl Default for NetworkScene {
    /// Returns two moons and a network that can separate them.
    fn default() -> Self {
        Self {
            model: AnyNetwork::all().swap_remove(0),
            data: AnyDataset::Moons(crate::engine::network::data::Moons::default()),
            plane: default_plane(),
            settings: NetworkSettings::default(),
            curvature: CurvatureSettings::default(),
            connect: Connect::default(),
            landscape: LandscapeScene::default(),
        }
    }
}

impl NetworkScene {
    /// Loads the data and initializes the network; `seed` determines the initial weights and the test split.
    pub fn load_task(&self, files: &dyn Files, seed: u64) -> Result<TrainingTask, SceneError> {
        let precision = match self.settings.precision {
            MapPrecision::F64 => Precision::Double,
            MapPrecision::F32 => Precision::Single,
        };
        let loss = self.model.as_dyn().loss();
        let split = self.data.split_for(loss, files, self.settings.test, seed);
        let mut task = TrainingTask::new(&self.model, split?, seed, precision)?;
        if let Some(path) = &self.settings.weights {
            let tensors = task.loss.layout().tensors().iter();
            let shapes: Vec<NamedShape> = tensors
                .map(|tensor| NamedShape {
                    name: tensor.name.clone(),
                    shape: tensor.shape.clone(),
                })
                .collect();
            task.start = files.weights(path, &shapes).map_err(SceneError::Weights)?;
        }
        Ok(task)
    }

    /// Chooses a data set and the loss that suits it: mse for numeric targets, bce for two classes, ce for more.
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

    /// Returns the index of the run and its recorded row that are the plane's origin, where the scene names them.
    pub fn plane_origin(&self) -> [Option<usize>; 2] {
        let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let run = self.settings.around.map(|run| index(run.saturating_sub(1)));
        let step = self.settings.around_step;
        [
            run,
            step.map(|step| index(step / self.settings.every.max(1))),
        ]
    }

    /// Returns the thresholds of exploding and vanishing gradients.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds {
            exploding: self.settings.exploding,
            vanishing: self.settings.vanishing,
        }
    }

    /// Whether both have equal models, data, test shares, number types and initial weights; plane and analyses may differ.
    pub fn same_task(&self, other: &Self) -> bool {
        let (own, others) = (&self.settings, &other.settings);
        self.model == other.model
            && self.data == other.data
            && (own.test, own.precision) == (others.test, others.precision)
            && own.weights == others.weights
    }
}
