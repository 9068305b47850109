//! What the middle of the window shows of a network: which views there are, what it says of its data, and what its plane leaves out.

use super::app::App;
use super::guard::{Part, paint_guarded};
use super::paint;
use super::view::View;
use super::view::connect::ConnectView;
use super::view::predictions::PredictionsView;
use super::view::spectrum::SpectrumView;
use crate::engine::analysis::mode_connectivity::default_curve_optimizer;
use crate::engine::scene::Scene;
use crate::figure::colour::Theme;
use crate::session::{MapData, Runs};
use eframe::egui;
use std::sync::Arc;

impl App {
    /// The view that is shown: the chosen one, if the scene has it.
    pub(super) fn shown_view(&self) -> View {
        let chosen = View::available(&self.scene).find(|view| *view == self.view);
        chosen.unwrap_or_default()
    }

    /// The newest runs, if they are of the scene, as it stands, and the row of the timeline.
    pub(super) fn current_runs(&self) -> Option<(Runs, usize)> {
        let runs = self.runs().filter(|runs| runs.matches(&self.scene))?;
        let row = runs.row(self.timeline.step());
        let scene = self.scene.clone();
        Some((
            Runs {
                scene,
                ..runs.clone()
            },
            row,
        ))
    }

    /// What the followed run of a network says of its data, beside or below the map.
    pub(super) fn predictions_panel(&mut self, ui: &mut egui::Ui, names: &[String], theme: &Theme) {
        let followed = self.followed();
        let followed = followed.and_then(|index| Some((index, names.get(index)?.as_str())));
        let fitting = self.current_runs();
        if let (Some((runs, row)), Some((index, _))) = (&fitting, followed)
            && let Some(trained) = &runs.trained
        {
            self.session.ask_fit(trained, index, *row);
        }
        let found = self.session.fit();
        let runs = fitting.as_ref().map(|(runs, _)| runs);
        let panel = PredictionsView::panel(ui.available_rect_before_wrap());
        let show = |ui: &mut egui::Ui| {
            let space = ui.available_rect_before_wrap();
            let textures = &mut self.textures;
            self.predictions
                .ui(ui, runs, followed, found.as_ref(), theme, textures);
            self.predictions.close_ui(ui, space);
        };
        panel.show(ui, |ui| paint_guarded(ui, Part::Panel("data"), show));
    }

    /// What the plane of a network does not show, in all of the space that is left.
    pub(super) fn projection_error_panel(
        &mut self,
        ui: &mut egui::Ui,
        names: &[String],
        theme: &Theme,
    ) {
        let (space, runs) = (ui.available_rect_before_wrap(), self.current_runs());
        let runs = runs.as_ref().map(|(runs, row)| (runs, *row));
        let textures = &mut self.textures;
        let commands = self.projection_error.ui(ui, runs, names, theme, textures);
        self.map.under_pointer.clear();
        self.message_ui(ui, paint::area(space));
        self.apply_all(&ui.ctx().clone(), commands);
    }

    /// The curvature where a run is, in all of the space that is left.
    pub(super) fn spectrum_panel(&mut self, ui: &mut egui::Ui, names: &[String], theme: &Theme) {
        let (space, fitting) = (ui.available_rect_before_wrap(), self.current_runs());
        let bench = self.scene.network();
        let shown = { self.followed() }.map(|run| self.spectrum.runs(run, names.len()));
        let trained = fitting.as_ref().and_then(|(runs, _)| runs.trained.as_ref());
        if let (Some(shown), Some(trained), Some(bench), Some((_, row))) =
            (&shown, trained, bench, &fitting)
        {
            self.session
                .ask_spectrum(trained, shown, *row, &bench.curvature);
        }
        let found = self.session.spectrum();
        match (&fitting, &shown) {
            (Some((runs, _)), Some(shown)) => {
                let textures = &mut self.textures;
                SpectrumView::ui(ui, runs, (shown, names), found.as_deref(), theme, textures);
            }
            _ => {
                ui.centered_and_justified(|ui| {
                    ui.label("Training; there is nothing to measure yet.")
                });
            }
        }
        self.map.under_pointer.clear();
        self.message_ui(ui, paint::area(space));
    }

    /// Ways between the ends of two runs, in all of the space that is left.
    pub(super) fn connect_panel(&mut self, ui: &mut egui::Ui, names: &[String], theme: &Theme) {
        let (space, fitting) = (ui.available_rect_before_wrap(), self.current_runs());
        let runs = fitting.as_ref().map(|(runs, _)| runs);
        let trained = runs.and_then(|runs| runs.trained.as_ref());
        let found = self.session.ways();
        if let (Some(bench), Some(trained), Some(ends)) = (
            self.scene.network(),
            trained,
            self.connect.ends(names.len()),
        ) && trained.complete
        {
            let own = found.as_ref().filter(|found| {
                (***found)
                    .as_ref()
                    .is_ok_and(|found| found.matches(trained, ends))
            });
            let window = ConnectView::window(own, space.size());
            let spec = default_curve_optimizer();
            self.session
                .ask_ways(trained, ends, &spec, &bench.connect, window);
        }
        let textures = &mut self.textures;
        self.connect
            .ui(ui, runs, names, found.as_ref(), theme, textures);
        self.map.under_pointer.clear();
        self.message_ui(ui, paint::area(space));
    }

    /// The random plane of a network beside those of other seeds, in all of the space that is left.
    pub(super) fn seeds_panel(&mut self, ui: &mut egui::Ui, theme: &Theme) {
        let (space, runs) = (ui.available_rect_before_wrap(), self.current_runs());
        if let (Some((runs, _)), Some(seeds)) = (&runs, self.seeds.seeds(&self.scene)) {
            self.session.ask_seeds(runs, seeds);
        }
        let found = self.session.seeds();
        let runs = runs.as_ref().map(|(runs, row)| (runs, *row));
        let look = (theme, &mut self.map.under_pointer);
        let textures = &mut self.textures;
        let command = self
            .seeds
            .ui(ui, runs, &self.scene, found.as_ref(), look, textures);
        self.message_ui(ui, paint::area(space));
        self.apply_all(&ui.ctx().clone(), command.into_iter().collect());
    }
}

/// Whether a terrain is on the plane of the runs; before the first runs, whether it is that of a landscape at all.
pub(super) fn is_map_current(
    map_data: &Arc<Result<MapData, String>>,
    runs: Option<&Runs>,
    scene: &Scene,
) -> bool {
    match (&**map_data, runs) {
        (Ok(map_data), Some(runs)) => map_data.matches(runs),
        (Ok(map_data), None) => map_data.problem.is_none() && !scene.is_network(),
        (Err(_), _) => false,
    }
}
