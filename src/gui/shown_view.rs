//! The shown view: which one it is, everything that it reads, and its picture.

use super::app::App;
use super::theme;
use super::view::{Figure, View, ViewContext, ViewOutput};
use crate::engine::results::{MapData, Runs};
use crate::engine::scene::Scene;
use crate::figure::drawing::Area;
use eframe::egui;
use std::sync::Arc;

impl App {
    /// Returns the index of the shown view: the chosen one if the scene has it, else the first.
    pub(super) fn shown_view(&self) -> usize {
        let mut views = self.views.iter();
        let chosen = views.position(|view| view.title() == self.view && view.applies(&self.scene));
        chosen.unwrap_or(0)
    }

    /// Returns the newest runs with the scene as it is now, if they belong to it, and the row of the timeline.
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

    /// Returns the run that views of a single run show: the selected one, or the first that is ticked.
    pub(super) fn followed(&self) -> Option<usize> {
        let ticked = self.scene.runs.iter().position(|run| run.shown);
        let any = (!self.scene.runs.is_empty()).then_some(0);
        self.selected.or(ticked).or(any)
    }

    /// Calls a function with the shown view and everything that it reads and leaves.
    pub(super) fn with_view<R>(
        &mut self,
        ctx: &egui::Context,
        call: impl FnOnce(&mut dyn View, &ViewContext, &mut ViewOutput) -> R,
    ) -> R {
        let (names, current) = (self.scene.run_names(), self.current_runs());
        let (shown, followed) = (self.shown_view(), self.followed());
        let newest_runs = self.runs.as_deref().and_then(|runs| runs.as_ref().ok());
        let runs = current.as_ref().map(|(runs, _)| runs);
        let map_data = self.map_data.as_ref();
        let context = ViewContext {
            scene: &self.scene,
            names: &names,
            session: &self.session,
            runs,
            newest_runs,
            map_data: map_data.filter(|map_data| is_map_current(map_data, runs, &self.scene)),
            step: self.timeline.step(),
            row: current.as_ref().map_or(0, |(_, row)| *row),
            selected: self.selected,
            followed,
            critical_point: self.point,
            frame_budget: self.frame_budget,
            theme: theme::current(ctx),
        };
        let mut output = ViewOutput {
            textures: &mut self.textures,
            hover_text: &mut self.hover_text,
            frame: &mut self.frame,
            area: Area::new([0.0; 2], [0.0; 2]),
        };
        call(&mut *self.views[shown], &context, &mut output)
    }

    /// Returns the picture of the chart that is shown large, or else of the shown view.
    ///
    /// # Errors
    /// Returns one sentence where there is none yet.
    pub(super) fn figure(&mut self, ctx: &egui::Context) -> Result<Figure, String> {
        let sharpness = self.session.sharpness.newest();
        let sharpness = sharpness.as_deref().and_then(|found| found.as_ref().ok());
        let (charts, theme) = (&self.charts, theme::current(ctx));
        let chart = self.current_runs().and_then(|current| {
            let enlarged = &charts.enlarged;
            enlarged.figure(current, charts.by_cost, sharpness, theme)
        });
        match chart {
            Some(figure) => Ok(figure),
            None => self.with_view(ctx, |view, context, _| view.figure(context)),
        }
    }

    /// Returns a file name for the picture: the subject, and the view unless it is the first.
    pub(super) fn picture_name(&self) -> String {
        let (subject, shown) = (self.scene.subject_name(), self.shown_view());
        let title = self.views[shown].title().to_lowercase().replace(' ', "-");
        if let Some(chart) = self.charts.enlarged.file_name() {
            return format!("{subject}-{chart}.png");
        }
        match shown {
            0 => format!("{subject}.png"),
            _ => format!("{subject}-{title}.png"),
        }
    }
}

/// Whether a map is on the plane of the runs; before the first runs, whether it is that of a landscape.
fn is_map_current(
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
