//! The subject of a scene, a landscape or a network: its name, axes and parameter groups, and how it is loaded.

use super::{NetworkScene, Problem, Scene, SceneError};
use crate::engine::files::Files;
use crate::engine::landscape::{AnyLandscape, Spacing};
use crate::engine::objective::plane::Rect;
use std::sync::Arc;

/// The subject of a scene.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A function of one or two parameters.
    Landscape(LandscapeScene),
    /// A network, shown on a plane through its parameters.
    Network(Box<NetworkScene>),
}

/// A landscape and the start of its runs.
#[derive(Clone, Debug, PartialEq)]
pub struct LandscapeScene {
    /// The landscape and its settings.
    pub landscape: AnyLandscape,
    /// The start of every run. A landscape of one parameter uses only x, and y is 0.
    pub start: [f64; 2],
}

impl LandscapeScene {
    /// Returns a landscape with its own start.
    pub fn new(landscape: AnyLandscape) -> Self {
        let start = landscape.as_dyn().start();
        Self { landscape, start }
    }
}

impl Default for LandscapeScene {
    fn default() -> Self {
        Self::new(AnyLandscape::all().swap_remove(0))
    }
}

impl Subject {
    /// Whether both are landscapes or both are networks.
    pub fn same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl Scene {
    /// Returns the network, if it is the subject.
    pub fn network(&self) -> Option<&NetworkScene> {
        match &self.subject {
            Subject::Landscape(_) => None,
            Subject::Network(network) => Some(network),
        }
    }

    /// Returns the network for changes, if it is the subject.
    pub fn network_mut(&mut self) -> Option<&mut NetworkScene> {
        match &mut self.subject {
            Subject::Landscape(_) => None,
            Subject::Network(network) => Some(network),
        }
    }

    /// Whether the subject is a network.
    pub fn is_network(&self) -> bool {
        matches!(self.subject, Subject::Network(_))
    }

    /// Returns the landscape with its start: the subject, or the landscape that a network scene keeps.
    pub fn landscape_scene(&self) -> &LandscapeScene {
        match &self.subject {
            Subject::Landscape(landscape) => landscape,
            Subject::Network(network) => &network.landscape,
        }
    }

    /// Returns the landscape with its start for changes.
    pub fn landscape_scene_mut(&mut self) -> &mut LandscapeScene {
        match &mut self.subject {
            Subject::Landscape(landscape) => landscape,
            Subject::Network(network) => &mut network.landscape,
        }
    }

    /// Returns the landscape: the subject, or the one that a network scene keeps.
    pub fn landscape(&self) -> &AnyLandscape {
        &self.landscape_scene().landscape
    }

    /// Returns the start of the runs on the landscape.
    pub fn start(&self) -> [f64; 2] {
        self.landscape_scene().start
    }

    /// Returns the start with one coordinate per parameter of the landscape.
    pub fn start_theta(&self) -> &[f64] {
        let LandscapeScene { landscape, start } = self.landscape_scene();
        &start[..landscape.as_dyn().dim().min(2)]
    }

    /// Moves the start to the nearest point of the domain; along x on a landscape of one parameter.
    pub fn move_start(&mut self, [x, y]: [f64; 2]) {
        let own = self.landscape_scene_mut();
        let landscape = own.landscape.as_dyn();
        let to = [x, if landscape.dim() == 1 { 0.0 } else { y }];
        if to.iter().all(|t| t.is_finite()) {
            own.start = landscape.domain().map_or(to, |domain| domain.clamp(to));
        }
    }

    /// Returns the name of the landscape or of the network.
    pub fn subject_name(&self) -> &'static str {
        match &self.subject {
            Subject::Landscape(own) => own.landscape.name(),
            Subject::Network(network) => network.model.name(),
        }
    }

    /// Returns the title of the landscape, or of the network and its data.
    pub fn title(&self) -> String {
        match &self.subject {
            Subject::Landscape(own) => own.landscape.settings().title().to_owned(),
            Subject::Network(network) => format!(
                "{} on {}",
                network.model.settings().title(),
                network.data.settings().title()
            ),
        }
    }

    /// Returns the formula of the landscape, or the plane of the network.
    pub fn formula(&self) -> String {
        match &self.subject {
            Subject::Landscape(own) => own.landscape.as_dyn().formula(),
            Subject::Network(network) => format!("plane: {}", network.plane.settings().title()),
        }
    }

    /// Returns the specs of the subject: the landscape's, or those of model, data and plane.
    pub fn subject_spec(&self) -> String {
        match &self.subject {
            Subject::Landscape(own) => own.landscape.to_string(),
            Subject::Network(network) => format!(
                "{} · {} · plane {}",
                network.model, network.data, network.plane
            ),
        }
    }

    /// Returns the number of parameters on the map: 1 or 2 of a landscape, 2 of a network's plane.
    pub fn dim(&self) -> usize {
        match &self.subject {
            Subject::Landscape(own) => own.landscape.as_dyn().dim(),
            Subject::Network(_) => 2,
        }
    }

    /// Returns the names of the map's axes.
    pub fn axes(&self) -> [&'static str; 2] {
        match &self.subject {
            Subject::Landscape(own) => own.landscape.as_dyn().axes(),
            Subject::Network(_) => ["a", "b"],
        }
    }

    /// Returns the parameter groups that a run can give settings of their own: name in specs and title.
    pub fn groups(&self) -> Vec<[String; 2]> {
        match &self.subject {
            Subject::Landscape(own) => {
                let titles = own.landscape.as_dyn().parameters().into_iter();
                let names = ["x", "y"].into_iter().zip(titles);
                names
                    .map(|pair| <[&str; 2]>::from(pair).map(str::to_owned))
                    .collect()
            }
            Subject::Network(network) => {
                let layers = network.model.as_dyn().architecture().hidden.len() + 1;
                let names = (0..layers).map(|layer| format!("layers.{layer}"));
                names.map(|name| [name.clone(), name]).collect()
            }
        }
    }

    /// Returns the view before any choice or result: the landscape's own, or the unit square of the plane.
    pub fn first_view(&self) -> Rect {
        match &self.subject {
            Subject::Landscape(own) => own.landscape.as_dyn().view(),
            Subject::Network(_) => Rect::square(1.0),
        }
    }

    /// Returns the spacing of contour levels that suits the subject.
    pub fn spacing(&self) -> Spacing {
        match &self.subject {
            Subject::Landscape(own) => own.landscape.as_dyn().spacing(),
            Subject::Network(_) => Spacing::Log,
        }
    }

    /// Whether both scenes have the same loss: the same landscape, or the same network, data, split and initial weights.
    pub fn same_subject(&self, other: &Self) -> bool {
        match (&self.subject, &other.subject) {
            (Subject::Landscape(own), Subject::Landscape(other)) => {
                own.landscape == other.landscape
            }
            (Subject::Network(own), Subject::Network(network)) => {
                own.same_task(network) && self.training.seed == other.training.seed
            }
            _ => false,
        }
    }

    /// Loads the landscape or the network; the runs are not checked.
    pub(crate) fn load_problem_unchecked(&self, files: &dyn Files) -> Result<Problem, SceneError> {
        match &self.subject {
            Subject::Landscape(own) => Ok(own.landscape.as_dyn().load(files)?.into()),
            Subject::Network(network) => {
                let task = network.load_task(files, self.training.seed)?;
                Ok(Problem::for_network(Arc::new(task)))
            }
        }
    }
}
