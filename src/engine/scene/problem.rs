//! The problem of a scene, ready to be computed with: the objective, and the network behind it if there is one.

use crate::engine::landscape::LoadedLandscape;
use crate::engine::network::{NetworkLoss, TrainingTask};
use crate::engine::objective::plane::Rect;
use std::ops::Deref;
use std::sync::Arc;

/// A loaded landscape or network.
#[derive(Clone)]
pub struct Problem {
    /// The objective and what is known of it.
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
