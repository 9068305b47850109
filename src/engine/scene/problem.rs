//! The loaded subject of a scene: the objective, and the training task of a network.

use crate::engine::landscape::LoadedLandscape;
use crate::engine::network::{NetworkLoss, TrainingTask};
use crate::engine::objective::plane::Rect;
use std::ops::Deref;
use std::sync::Arc;

/// A loaded landscape or network.
#[derive(Clone)]
pub struct Problem {
    /// The objective, its first view and its known minima and saddles.
    pub landscape: LoadedLandscape,
    /// The network with its data and initial weights; `None` for a landscape.
    pub task: Option<Arc<TrainingTask>>,
}

impl Problem {
    /// Returns the problem of a network: its loss over all of its parameters.
    pub fn for_network(task: Arc<TrainingTask>) -> Self {
        let landscape = LoadedLandscape {
            objective: Arc::<NetworkLoss>::clone(&task.loss),
            view: Rect::square(1.0),
            minima: Vec::new(),
            saddles: Vec::new(),
            source: task.split.train.source().to_owned(),
        };
        Self {
            landscape,
            task: Some(task),
        }
    }
}

impl From<LoadedLandscape> for Problem {
    fn from(landscape: LoadedLandscape) -> Self {
        Self {
            landscape,
            task: None,
        }
    }
}

impl Deref for Problem {
    type Target = LoadedLandscape;

    fn deref(&self) -> &LoadedLandscape {
        &self.landscape
    }
}
