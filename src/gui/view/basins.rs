//! Basins of one run: every start of the map in the colour of the minimum that the run converges to.

use super::figure::not_computed_yet;
use super::map::view_window;
use super::map_mouse::MapMouse;
use super::path_preview::PathPreview;
use super::{Figure, View, ViewContext, ViewOutput, named, progress_ui, run_combo_ui};
use crate::engine::analysis::basins::{BasinLabel, Basins, Cell, MAX_SIDE, NEEDS_TWO_PARAMETERS};
use crate::engine::landscape::Mark;
use crate::engine::results::MapData;
use crate::engine::scene::Scene;
use crate::export::picture::Show;
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Colour, Item};
use crate::figure::frame::Frame;
use crate::figure::pages::Page;
use crate::figure::{basins, map};
use crate::gui::command::Command;
use crate::gui::paint;
use crate::session::{BasinsRequest, BasinsResult};
use eframe::egui;
use std::sync::Arc;

/// State of the view between frames.
pub(super) struct BasinsView {
    /// Starts along a side of the finest grid.
    side: usize,
    mouse: MapMouse,
    preview: PathPreview,
    shading: Option<CachedShading>,
}

impl Default for BasinsView {
    fn default() -> Self {
        Self {
            side: 256,
            mouse: MapMouse::default(),
            preview: PathPreview::default(),
            shading: None,
        }
    }
}

/// Colours of basins, kept until they change.
struct CachedShading {
    found: Arc<Result<BasinsResult, String>>,
    dark: bool,
    pixels: Arc<Vec<Colour>>,
}

/// Returns the areas of the map and of its legend.
fn layout(space: egui::Rect) -> (Area, Area) {
    let legend = 168.0_f32.min(space.width() * 0.34);
    let map = paint::inset(space, [50.0, 26.0], [legend, 36.0]);
    let right = Area::new([map.max.x + 12.0, map.min.y], [space.max.x, map.max.y]);
    (paint::area(map), right)
}

/// Returns the map that the basins are drawn on, if there is one.
fn current_map<'a>(context: &ViewContext<'a>) -> Option<&'a MapData> {
    (**context.map_data?).as_ref().ok()
}

impl View for BasinsView {
    fn title(&self) -> &'static str {
        "Basins"
    }

    fn key(&self) -> egui::Key {
        egui::Key::B
    }

    fn help(&self) -> &'static str {
        "Basins of attraction of one run: the minimum that each start converges to, and the number of steps."
    }

    fn applies(&self, scene: &Scene) -> bool {
        !scene.is_network()
    }

    fn toolbar_ui(&mut self, ui: &mut egui::Ui, context: &ViewContext) -> Vec<Command> {
        let run = context.followed.unwrap_or(0);
        let chosen = run_combo_ui(ui, "Run of the basins", context.names, run);
        let side = format!("{0} × {0}", self.side);
        let combo = egui::ComboBox::from_id_salt("basins side")
            .selected_text(&side)
            .show_ui(ui, |ui| {
                for side in [128, 256, 512, MAX_SIDE] {
                    ui.selectable_value(&mut self.side, side, format!("{side} × {side}"));
                }
            });
        named(&combo.response, "Starts of the basins", &side);
        combo
            .response
            .on_hover_text("Number of starts. Coarse grids are computed first.");
        progress_ui(ui, &context.session.basins);
        chosen.map(Command::Select).into_iter().collect()
    }

    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let space = ui.available_rect_before_wrap();
        let (area, legend) = layout(space);
        let (scene, theme) = (context.scene, context.theme);
        let frame = Frame::fit(view_window(context), area);
        output.set_frame(frame);
        let message = |ui: &mut egui::Ui, text: &str| {
            ui.put(paint::rect(area), egui::Label::new(text).wrap());
        };
        if scene.dim() == 1 {
            message(ui, NEEDS_TWO_PARAMETERS);
            return Vec::new();
        }
        let mut commands = self.mouse.ui(ui, &frame, context, None, output);
        if let Some(run) = context.followed {
            context.session.basins.request(BasinsRequest {
                scene: scene.clone(),
                spec: scene.runs[run].spec.clone(),
                window: frame.window,
                side: self.side,
            });
        }
        let newest = context
            .session
            .basins
            .newest()
            .filter(|_| context.followed.is_some());
        let mut items = Vec::new();
        match newest.as_ref().map(|shared| (shared, &**shared)) {
            Some((shared, Ok(found))) if found.request.scene.landscape() == scene.landscape() => {
                let pixels = self.pixels(shared, found, theme);
                let (basins, map) = (&found.basins, current_map(context));
                items.extend(basins::map_items(
                    basins, &pixels, map, scene, &frame, theme,
                ));
                let (legend, more) = more_steps_ui(ui, basins, legend, scene);
                items.extend(basins::legend(basins, legend, theme));
                commands.extend(more);
                if let (false, Some(pointer)) =
                    (output.hover_text.is_empty(), ui.ctx().pointer_hover_pos())
                {
                    let at = frame.world_from_picture(pointer.into());
                    if let Some(cell) = basins.nearest(at) {
                        *output.hover_text = describe(at, *cell, found);
                    }
                    let inside = self.preview.items(context, at, &frame).unwrap_or_default();
                    items.push(Item::Clipped {
                        area,
                        items: inside,
                    });
                }
            }
            Some((_, Err(sentence))) => message(ui, sentence),
            _ if scene.runs.is_empty() => {
                message(ui, "Basins are those of an optimizer. Add one on the left.");
            }
            _ => message(ui, "Computing the basins …"),
        }
        items.extend(map::axes(&frame, scene.axes(), theme));
        paint::paint_settled(ui, space, items, output.textures);
        commands
    }

    /// Returns the picture in the shape of the basins' window.
    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        let job = &context.session.basins;
        let newest = job.newest().filter(|_| context.followed.is_some());
        let current = newest.filter(|found| match &**found {
            Ok(found) => found.request.scene.landscape() == context.scene.landscape(),
            Err(_) => true,
        });
        let newest = current.ok_or_else(|| not_computed_yet("basins"))?;
        if job.busy() {
            return Err("the basins are still being computed; export them when they are, or press Stop to keep what is there".to_owned());
        }
        let window = (*newest).as_ref().map_err(Clone::clone)?.basins.window;
        let (scene, theme) = (context.scene.clone(), context.theme);
        let map_data = context.map_data.cloned();
        let run = { (*newest).as_ref() }
            .map_or_else(Clone::clone, |found| found.request.spec.to_string());
        let kind = (context.scene, Show::Page(Page::Basins));
        let what = format!("Basins of {run}");
        let figure = Figure::new(kind, &what, theme, move |size, legend| {
            let found = (*newest).as_ref().map_err(Clone::clone)?;
            let map = map_data.as_deref().and_then(|map| map.as_ref().ok());
            let page = (size, legend);
            Ok(basins::picture(
                &found.basins,
                map,
                &scene,
                &run,
                page,
                theme,
            ))
        });
        Ok(figure.with_shape(|pixels| basins::pixels(window, pixels)))
    }
}

impl BasinsView {
    fn pixels(
        &mut self,
        shared: &Arc<Result<BasinsResult, String>>,
        found: &BasinsResult,
        theme: &Theme,
    ) -> Arc<Vec<Colour>> {
        let dark = theme.dark;
        let same =
            |cached: &CachedShading| Arc::ptr_eq(&cached.found, shared) && cached.dark == dark;
        self.shading = self.shading.take().filter(same);
        let shade = || CachedShading {
            found: Arc::clone(shared),
            dark,
            pixels: basins::shading(&found.basins, theme),
        };
        Arc::clone(&self.shading.get_or_insert_with(shade).pixels)
    }
}

/// Shows a button for more steps at the bottom of the legend, where some starts are not decided. Returns the area that is left for the legend,
/// and the edit of the scene.
fn more_steps_ui(
    ui: &mut egui::Ui,
    basins: &Basins,
    legend: Area,
    scene: &Scene,
) -> (Area, Option<Command>) {
    const MAX_STEPS: u64 = 1_000_000;
    let steps = scene.training.steps.saturating_mul(4).min(MAX_STEPS);
    let share = basins.share(BasinLabel::Undecided);
    if share == 0.0 || steps == scene.training.steps {
        return (legend, None);
    }
    let height = 24.0_f32.min(legend.height());
    let top = legend.max[1] - height;
    let place = egui::Rect::from_min_max(
        egui::pos2(legend.min[0], top),
        egui::pos2((legend.max[0] - 6.0).max(legend.min[0]), legend.max[1]),
    );
    let text = format!("× 4: {steps} steps");
    let button = ui.put(place, egui::Button::new(text).truncate());
    let name = "Four times the steps";
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let help = format!(
        "{} % of the starts have reached no minimum after {} steps. This gives every run {steps} steps.",
        number(100.0 * share, 3),
        scene.training.steps
    );
    let command = button.on_hover_text(help).clicked().then(|| {
        let mut scene = scene.clone();
        scene.training.steps = steps;
        Command::Edit(Box::new(scene))
    });
    (Area::new(legend.min, [legend.max[0], top - 6.0]), command)
}

/// Returns where the run from a start ends, in words.
fn describe([x, y]: [f64; 2], cell: Cell, found: &BasinsResult) -> String {
    let from = format!("from ({}, {})", number(x, 4), number(y, 4));
    let steps = cell.steps;
    match cell.label {
        BasinLabel::Converges(index) => {
            let minimum = found.basins.minima.get(usize::from(index));
            let Some(Mark { at: [x, y], value }) = minimum.map(|minimum| minimum.mark) else {
                return from;
            };
            let minimum = format!(
                "minimum {} at ({}, {})",
                number(value, 4),
                number(x, 4),
                number(y, 4)
            );
            if u64::from(steps) < found.basins.max_steps {
                format!("{from}\nto the {minimum}\nin {steps} steps")
            } else {
                format!("{from}\nnear the {minimum}\nnot converged after {steps} steps")
            }
        }
        BasinLabel::Undecided => format!("{from} to no minimum in {steps} steps"),
        BasinLabel::Diverges => format!("{from} it diverges at step {steps}"),
    }
}
