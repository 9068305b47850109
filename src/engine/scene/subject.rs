//! What a scene is about, whether a landscape or a network: its name, its axes, its ground.

use super::{Problem, Scene, SceneError};
use crate::engine::files::Files;
use crate::engine::landscape::Spacing;
use crate::engine::objective::plane::Rect;
use std::sync::Arc;

impl Scene {
    /// The name of the landscape or of the network.
    pub fn subject(&self) -> &'static str {
        match &self.network {
            Some(bench) => bench.model.name(),
            None => self.landscape.name(),
        }
    }

    /// What it is, for people.
    pub fn title(&self) -> String {
        match &self.network {
            Some(bench) => format!(
                "{} on {}",
                bench.model.settings().title(),
                bench.data.settings().title()
            ),
            None => self.landscape.settings().title().to_owned(),
        }
    }

    /// The formula of the landscape, or the plane on which the network is looked at.
    pub fn formula(&self) -> String {
        match &self.network {
            Some(bench) => format!("plane: {}", bench.plane.settings().title()),
            None => self.landscape.as_dyn().formula(),
        }
    }

    /// The subject with all of its settings, as specs have it.
    pub fn subject_spec(&self) -> String {
        match &self.network {
            Some(bench) => format!("{} · {} · plane {}", bench.model, bench.data, bench.plane),
            None => self.landscape.to_string(),
        }
    }

    /// The number of parameters that the map is about, 1 or 2; of a network those of the plane.
    pub fn dim(&self) -> usize {
        match &self.network {
            Some(_) => 2,
            None => self.landscape.as_dyn().dim(),
        }
    }

    /// What the axes of the map are called.
    pub fn axes(&self) -> [&'static str; 2] {
        match &self.network {
            Some(_) => ["a", "b"],
            None => self.landscape.as_dyn().axes(),
        }
    }

    /// The groups of parameters that a run can treat otherwise: each one's name in specs, and what it is called.
    pub fn groups(&self) -> Vec<[String; 2]> {
        if let Some(bench) = &self.network {
            let layers = bench.model.as_dyn().architecture().hidden.len() + 1;
            let names = (0..layers).map(|layer| format!("layers.{layer}"));
            return names.map(|name| [name.clone(), name]).collect();
        }
        let called = self.landscape.as_dyn().parameters().into_iter();
        let names = ["x", "y"].into_iter().zip(called);
        names
            .map(|pair| <[&str; 2]>::from(pair).map(str::to_owned))
            .collect()
    }

    /// What the map shows where nobody has chosen and nothing has been computed.
    pub fn first_view(&self) -> Rect {
        match &self.network {
            Some(_) => Rect::square(1.0),
            None => self.landscape.as_dyn().view(),
        }
    }

    /// How contour levels are best spaced.
    pub fn spacing(&self) -> Spacing {
        match &self.network {
            Some(_) => Spacing::Log,
            None => self.landscape.as_dyn().spacing(),
        }
    }

    /// Whether `other` is about the same: what is computed of one holds for the other, but for runs and plane.
    pub fn same_subject(&self, other: &Self) -> bool {
        match (&self.network, &other.network) {
            (None, None) => self.landscape == other.landscape,
            (Some(own), Some(bench)) => {
                own.same_task(bench) && self.training.seed == other.training.seed
            }
            _ => false,
        }
    }

    /// The landscape or the network at work, without a look at the runs.
    pub(crate) fn load_problem_unchecked(&self, files: &dyn Files) -> Result<Problem, SceneError> {
        match &self.network {
            None => Ok(self.landscape.as_dyn().load(files)?.into()),
            Some(bench) => {
                let task = bench.load_task(files, self.training.seed)?;
                Ok(Problem::for_network(Arc::new(task)))
            }
        }
    }
}
