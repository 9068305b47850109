//! Cache of the newest loaded problem, so that its files are read once.

use super::job::lock;
use crate::engine::files::Files;
use crate::engine::scene::{Problem, Scene};
use std::sync::{Arc, Mutex};

/// The landscape or the network of the newest scene, with its data.
pub(super) struct ProblemCache {
    files: Arc<dyn Files>,
    newest: Mutex<Option<(Scene, Arc<Problem>)>>,
}

impl ProblemCache {
    pub(super) fn new(files: Arc<dyn Files>) -> Self {
        Self {
            files,
            newest: Mutex::new(None),
        }
    }

    /// Returns the problem of a scene, loaded if it is new.
    ///
    /// # Errors
    /// Returns one sentence where the scene or its files are not valid.
    pub(super) fn load(&self, scene: &Scene) -> Result<Arc<Problem>, String> {
        let mut newest = lock(&self.newest);
        let problem = match &*newest {
            Some((of, problem)) if of.same_subject(scene) => Arc::clone(problem),
            _ => Arc::new(
                scene
                    .load_problem_unchecked(&*self.files)
                    .map_err(|error| error.to_string())?,
            ),
        };
        scene.check(&problem).map_err(|error| error.to_string())?;
        *newest = Some((scene.clone(), Arc::clone(&problem)));
        Ok(problem)
    }

    /// Returns the landscape of a scene, and refuses networks.
    ///
    /// # Errors
    /// Returns one sentence where the scene is about a network, or not valid.
    pub(super) fn load_landscape(&self, scene: &Scene) -> Result<Arc<Problem>, String> {
        match scene.network() {
            None => self.load(scene),
            Some(_) => Err("this is for landscapes; expected a scene without a network".to_owned()),
        }
    }
}
