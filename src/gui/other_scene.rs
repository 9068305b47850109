//! The scene with the subject that is not shown: a landscape keeps its scene while a network is shown, and the other way round.

use super::app::{App, Newest};
use super::timeline::Timeline;
use crate::engine::objective::plane::Rect;
use crate::engine::results::{MapData, Runs};
use crate::engine::scene::Scene;
use crate::session::Session;
use eframe::egui;
use std::path::PathBuf;

/// The scene with the subject that is not shown, landscape or network, with its file and results. Its background jobs go on.
pub(super) struct OtherScene {
    pub(super) scene: Scene,
    pub(super) path: Option<PathBuf>,
    pub(super) saved: Scene,
    pub(super) session: Session,
    pub(super) runs: Newest<Runs>,
    pub(super) map_data: Newest<MapData>,
    pub(super) map_window: Option<Rect>,
    pub(super) timeline: Timeline,
    pub(super) selected: Option<usize>,
    pub(super) point: Option<usize>,
    pub(super) titles: [&'static str; 2],
}

impl OtherScene {
    /// Returns a scene with a new session and no results.
    pub(super) fn new(
        ctx: &egui::Context,
        scene: Scene,
        path: Option<PathBuf>,
    ) -> Result<Self, String> {
        Ok(Self {
            session: App::new_session(ctx, path.as_deref())?,
            path,
            saved: scene.clone(),
            runs: None,
            map_data: None,
            map_window: None,
            timeline: Timeline::new(scene.training.steps),
            selected: None,
            point: None,
            titles: [""; 2],
            scene,
        })
    }
}

impl App {
    /// Swaps the scene with that of the other subject, as it was left; the first time with a new one.
    pub(super) fn switch_subject(&mut self, ctx: &egui::Context) -> Result<(), String> {
        let mut other = match self.other_scene.take() {
            Some(other) => other,
            None => Box::new(OtherScene::new(ctx, self.other_subject(), None)?),
        };
        self.swap(&mut other);
        self.other_scene = Some(other);
        Ok(())
    }

    /// Swaps the shown scene and its results with others.
    pub(super) fn swap(&mut self, other: &mut OtherScene) {
        use std::mem::swap;
        swap(&mut self.scene, &mut other.scene);
        swap(&mut self.path, &mut other.path);
        swap(&mut self.saved, &mut other.saved);
        swap(&mut self.session, &mut other.session);
        swap(&mut self.runs, &mut other.runs);
        swap(&mut self.map_data, &mut other.map_data);
        swap(&mut self.map_window, &mut other.map_window);
        swap(&mut self.timeline, &mut other.timeline);
        swap(&mut self.selected, &mut other.selected);
        swap(&mut self.point, &mut other.point);
        swap(&mut self.shown.titles, &mut other.titles);
    }

    /// Returns a new scene with the subject that is not shown: a network, or the scene's landscape, with runs that suit it.
    fn other_subject(&self) -> Scene {
        let mut other = if self.scene.is_network() {
            Scene::opening_of(self.scene.landscape().clone())
        } else {
            Scene::opening_network()
        };
        *other.landscape_scene_mut() = self.scene.landscape_scene().clone();
        other.map = self.scene.map.clone();
        other
    }
}
