//! Cache of the newest loaded problem, so that its files are read once; and of the newest error.

use super::job::lock;
use crate::engine::files::Files;
use crate::engine::scene::{Problem, Scene, SceneError};
use std::sync::{Arc, Mutex};

/// The landscape or the network of the newest scene, with its data.
pub(super) struct ProblemCache {
    files: Arc<dyn Files>,
    newest: Mutex<Option<(Scene, Arc<Problem>)>>,
    /// The newest error of a scene, whose text is that of a job's result.
    refused: Mutex<Option<SceneError>>,
}

impl ProblemCache {
    pub(super) fn new(files: Arc<dyn Files>) -> Self {
        Self {
            files,
            newest: Mutex::new(None),
            refused: Mutex::new(None),
        }
    }

    /// Returns the problem of a scene, loaded if it is new.
    ///
    /// # Errors
    /// Returns one sentence where the scene or its files are not valid.
    pub(super) fn load(&self, scene: &Scene) -> Result<Arc<Problem>, String> {
        let problem = self.load_unchecked(scene)?;
        scene.check(&problem).map_err(|error| self.refuse(error))?;
        Ok(problem)
    }

    /// Returns the problem of a scene, loaded if it is new; its runs are not checked.
    ///
    /// # Errors
    /// Returns one sentence where the landscape, the network or their files are not valid.
    pub(super) fn load_unchecked(&self, scene: &Scene) -> Result<Arc<Problem>, String> {
        let mut newest = lock(&self.newest);
        if let Some((_, problem)) = newest.as_ref().filter(|(of, _)| of.same_subject(scene)) {
            return Ok(Arc::clone(problem));
        }
        let loaded = scene.load_problem_unchecked(&*self.files);
        let problem = Arc::new(loaded.map_err(|error| self.refuse(error))?);
        *newest = Some((scene.clone(), Arc::clone(&problem)));
        Ok(problem)
    }

    /// Returns the problem of a scene that is not the newest one, which stays loaded.
    ///
    /// # Errors
    /// Returns one sentence where the scene or its files are not valid.
    pub(super) fn load_other(&self, scene: &Scene) -> Result<Arc<Problem>, String> {
        let loaded = scene.load(&*self.files);
        loaded.map(Arc::new).map_err(|error| self.refuse(error))
    }

    /// Keeps an error of a scene, and returns its text.
    pub(super) fn refuse(&self, error: SceneError) -> String {
        let text = error.to_string();
        *lock(&self.refused) = Some(error);
        text
    }

    /// Returns the newest error of a scene, if its text is `text`.
    pub(super) fn refusal(&self, text: &str) -> Option<SceneError> {
        let refused = lock(&self.refused).clone();
        refused.filter(|error| error.to_string() == text)
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
