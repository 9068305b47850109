//! The views in the middle of the window. A view is one file that implements [`View`], and one line in [`all`]; its tab, menu entry, key,
//! help and export follow from that.

mod all_predictions;
mod basins;
pub(crate) mod charts;
mod connect;
mod enlarged;
mod figure;
mod hover;
mod map;
mod map_mouse;
mod path_preview;
mod predictions;
mod projection_error;
mod sculpt;
mod seeds;
mod shading;
mod side_by_side;
mod spectrum;
mod state_charts;
mod surface;
mod surface_mouse;
mod sweep;
mod sweep_axis;
mod sweep_curves;

pub(crate) use figure::{FRAMES, Figure, NO_FILM, is_film};

use super::command::Command;
use super::lesson::ShownGuess;
use super::paint::Textures;
use crate::engine::objective::plane::Rect;
use crate::engine::results::{MapData, Runs};
use crate::engine::scene::Scene;
use crate::figure::colour::Theme;
use crate::figure::drawing::Area;
use crate::figure::frame::Frame;
use crate::session::{CriticalResult, Session};
use eframe::egui;
use std::sync::Arc;
use std::time::Duration;

/// Returns every view at its defaults, in the order of tabs and menus. The first applies to every scene.
pub(crate) fn all() -> Vec<Box<dyn View>> {
    vec![
        Box::<map::MapView>::default(),
        Box::<side_by_side::SideBySideView>::default(),
        Box::<surface::SurfaceView>::default(),
        Box::<basins::BasinsView>::default(),
        Box::<sweep::SweepView>::default(),
        Box::<all_predictions::AllPredictionsView>::default(),
        Box::<projection_error::ProjectionErrorView>::default(),
        Box::<spectrum::SpectrumView>::default(),
        Box::<seeds::SeedsView>::default(),
        Box::<connect::ConnectView>::default(),
    ]
}

/// A view: it reads the scene and its results, and answers with commands.
pub(crate) trait View {
    /// Returns the name in tabs, menus, help and file names; no two views share one.
    fn title(&self) -> &'static str;

    /// Returns the name in figure styles and file names, that of the kind of picture of `ravine render --show`.
    fn name(&self) -> String {
        self.title().to_lowercase().replace(' ', "-")
    }

    /// Returns the key that shows the view.
    fn key(&self) -> egui::Key;

    /// Returns the tooltip: what the view shows.
    fn help(&self) -> &'static str;

    /// Whether a scene has the view.
    fn applies(&self, scene: &Scene) -> bool;

    /// Shows the view's controls, to the right of the tabs.
    fn toolbar_ui(&mut self, _ui: &mut egui::Ui, _context: &ViewContext) -> Vec<Command> {
        Vec::new()
    }

    /// Shows a second row of controls, below the tabs.
    fn tools_ui(&mut self, _ui: &mut egui::Ui, _context: &ViewContext) -> Vec<Command> {
        Vec::new()
    }

    /// Requests the results that the view shows, and shows them in all of the space that is left.
    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command>;

    /// Returns the picture of what is shown, for export.
    ///
    /// # Errors
    /// Returns one sentence where the results are not there yet, or cannot be drawn.
    fn figure(&self, context: &ViewContext) -> Result<Figure, String>;
}

/// Everything that views read.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent properties of the window"
)]
pub(crate) struct ViewContext<'a> {
    /// The scene.
    pub scene: &'a Scene,
    /// Whether the scene is refused, so that results of an earlier one are shown.
    pub is_refused: bool,
    /// Names of its runs.
    pub names: &'a [String],
    /// The background jobs, for requests and their results.
    pub session: &'a Session,
    /// The newest runs of the scene, with the scene as it is now.
    pub runs: Option<&'a Runs>,
    /// The newest runs, which may belong to an earlier scene.
    pub newest_runs: Option<&'a Runs>,
    /// The newest map, if it is on the plane of the runs.
    pub map_data: Option<&'a Arc<Result<MapData, String>>>,
    /// The timeline's step.
    pub step: u64,
    /// The row of the runs at that step.
    pub row: usize,
    /// The run that is selected in the list of optimizers.
    pub selected: Option<usize>,
    /// The run under the pointer, in any view or panel.
    pub hovered: Option<usize>,
    /// The run that views of a single run show: the selected one, or the first that is ticked.
    pub followed: Option<usize>,
    /// The critical point that is selected in the list.
    pub critical_point: Option<usize>,
    /// Whether a lesson is open.
    pub in_lesson: bool,
    /// Whether a click on the map is a guess where a run of a lesson ends; the runs are hidden meanwhile.
    pub predicting: bool,
    /// The guess.
    pub guess: Option<ShownGuess>,
    /// Time that a frame may wait for results that are computed quickly.
    pub frame_budget: Duration,
    /// Whether views have titles: nothing above them has.
    pub needs_title: bool,
    /// Light or dark.
    pub theme: &'static Theme,
}

impl ViewContext<'_> {
    /// Whether a run is drawn stronger: it is selected or under the pointer.
    fn is_highlighted(&self, run: usize) -> bool {
        self.hovered.or(self.selected) == Some(run)
    }

    /// Returns the name of a run, or nothing if there is no such run.
    fn name(&self, run: usize) -> &str {
        self.names.get(run).map_or("", String::as_str)
    }
}

/// Outputs of a view for the rest of the window.
pub(crate) struct ViewOutput<'a> {
    /// Textures of images.
    pub textures: &'a mut Textures,
    /// Description of what is under the pointer, which is shown beside it; empty for nothing.
    pub hover_text: &'a mut String,
    /// The run under the pointer.
    pub hovered_run: &'a mut Option<usize>,
    /// Window of the map, which the next map is computed for.
    pub window: Option<Rect>,
    /// Area whose upper left corner messages lie in.
    pub area: Area,
}

impl ViewOutput<'_> {
    /// Makes a frame that of the map: messages lie over it, and the map and its critical points are computed for its window.
    fn set_frame(&mut self, frame: Frame) {
        self.area = frame.area;
        self.window = Some(frame.window);
    }
}

pub(crate) fn has_critical_points(scene: &Scene) -> bool {
    scene.map.critical && !scene.is_network()
}

/// Returns the newest critical points of a scene's landscape, if the scene shows them.
pub(crate) fn critical_points(
    scene: &Scene,
    session: &Session,
) -> Option<Arc<Result<CriticalResult, String>>> {
    let newest = session
        .critical
        .newest()
        .filter(|_| has_critical_points(scene));
    newest.filter(|found| {
        let found = (**found).as_ref();
        found.is_ok_and(|found| found.landscape == *scene.landscape())
    })
}

/// Shows a sentence in the middle of the space that is left.
fn message_ui(ui: &mut egui::Ui, text: &str) {
    ui.centered_and_justified(|ui| ui.label(text));
}

/// Shows a combo box of runs with a name for screen readers and tests; answers with another run once it is chosen.
fn run_combo_ui(ui: &mut egui::Ui, name: &str, names: &[String], run: usize) -> Option<usize> {
    let mut chosen = run;
    let selected = names.get(run).map_or("none", String::as_str);
    let combo = egui::ComboBox::from_id_salt(name)
        .selected_text(crate::figure::shortened(selected, 18))
        .show_ui(ui, |ui| {
            for (index, name) in names.iter().enumerate() {
                ui.selectable_value(&mut chosen, index, name);
            }
        });
    named(&combo.response, name, selected);
    let help = "Selecting a run on the left does the same.";
    combo.response.on_hover_text(help);
    (chosen != run).then_some(chosen)
}

/// Shows the progress of a job with a button that stops it; nothing at rest.
pub(crate) fn progress_ui<R, T>(ui: &mut egui::Ui, job: &crate::session::Job<R, T>) {
    if let Some(progress) = job.progress() {
        let bar = egui::ProgressBar::new(progress).desired_width(80.0);
        ui.add(bar.show_percentage());
        let stop = ui.button("Stop");
        if stop
            .on_hover_text("Stops computing. The result so far stays.")
            .clicked()
        {
            job.stop();
        }
    }
}

/// Shows a button with controls in a menu below it, which stays open until something else is clicked.
pub(crate) fn controls_button(
    ui: &mut egui::Ui,
    title: &str,
    controls: impl FnOnce(&mut egui::Ui),
) -> egui::Response {
    use egui::containers::menu::{MenuButton, MenuConfig};
    let stays = MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    MenuButton::new(title).config(stays).ui(ui, controls).0
}

/// Gives a combo box the name and the value that screen readers and tests see.
pub(crate) fn named(response: &egui::Response, name: &str, value: &str) {
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name);
        info.current_text_value = Some(value.to_owned());
        info
    });
}

#[cfg(test)]
mod tests;
