//! Seeds: slices along random planes of several seeds, around the same weights.

use super::{Figure, View, ViewContext, ViewOutput, message_ui};
use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::results::{Runs, SeedSlice, Seeds};
use crate::engine::scene::Scene;
use crate::export::picture::Show;
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::figure::frame::Frame;
use crate::figure::panel_grid::MapPanels;
use crate::figure::seeds;
use crate::gui::command::Command;
use crate::gui::paint;
use crate::session::{SeedsRequest, SeedsResult};
use eframe::egui;
use std::sync::Arc;

/// State of the view between frames.
pub(super) struct SeedsView {
    /// The number of seeds.
    count: usize,
    /// The first seed, once a plane has been shown.
    first: Option<u64>,
    cached: Option<CachedPanels>,
}

impl Default for SeedsView {
    fn default() -> Self {
        Self {
            count: 6,
            first: None,
            cached: None,
        }
    }
}

/// Maps, kept until the slices change.
struct CachedPanels {
    found: Arc<Result<SeedsResult, String>>,
    dark: bool,
    panels: Option<MapPanels>,
    summary: Vec<String>,
}

impl SeedsView {
    /// Returns the shown seeds: those of the last frame, as long as they contain the seed of the scene's plane.
    fn seeds(&self, scene: &Scene) -> Option<Seeds> {
        let own = Seeds::of(scene)?;
        let seeds = |first| Seeds {
            first,
            count: self.count,
        };
        let kept = self
            .first
            .filter(|first| seeds(*first).all().any(|seed| seed == own));
        Some(seeds(kept.unwrap_or(own)))
    }

    fn update_cache(
        &mut self,
        found: &Arc<Result<SeedsResult, String>>,
        slices: &[SeedSlice],
        theme: &Theme,
    ) -> &CachedPanels {
        let dark = theme.dark;
        let same = |cached: &CachedPanels| Arc::ptr_eq(&cached.found, found) && cached.dark == dark;
        self.cached = self.cached.take().filter(same);
        self.cached.get_or_insert_with(|| CachedPanels {
            found: Arc::clone(found),
            dark,
            panels: seeds::map_panels(slices, theme),
            summary: seeds::summary_lines(slices),
        })
    }
}

impl View for SeedsView {
    fn title(&self) -> &'static str {
        "Seeds"
    }

    fn key(&self) -> egui::Key {
        egui::Key::S
    }

    fn help(&self) -> &'static str {
        "Maps on random planes of several seeds, around the same weights and at one scale: how much a map depends on its directions."
    }

    fn applies(&self, scene: &Scene) -> bool {
        scene.is_network()
    }

    fn toolbar_ui(&mut self, ui: &mut egui::Ui, context: &ViewContext) -> Vec<Command> {
        let count = format!("{} seeds", self.count);
        let combo = egui::ComboBox::from_id_salt("seeds")
            .selected_text(&count)
            .show_ui(ui, |ui| {
                for count in [2, 4, 6, 9, 12] {
                    ui.selectable_value(&mut self.count, count, format!("{count} seeds"));
                }
            });
        super::named(&combo.response, "Number of seeds", &count);
        combo
            .response
            .on_hover_text("Number of random planes; their seeds are consecutive.");
        if context.session.seeds.busy() {
            ui.weak("computing …");
        }
        Vec::new()
    }

    /// Shows the maps. A click on one gives its seed to the scene's plane.
    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let Some(seeds) = self.seeds(context.scene) else {
            let command = choose_random_plane_ui(ui, context.scene);
            return command.into_iter().collect();
        };
        self.first = Some(seeds.first);
        let Some(runs) = context.runs else {
            message_ui(ui, "Training; there is no plane yet.");
            return Vec::new();
        };
        let job = &context.session.seeds;
        if let Some(request) = SeedsRequest::new(runs, seeds) {
            job.request(request);
        }
        let found = job.newest().filter(|found| match &**found {
            Ok(found) => found.matches(runs, seeds),
            Err(_) => true,
        });
        match found.as_ref().map(|found| (found, &**found)) {
            Some((shared, Ok(found))) => {
                let cached = self.update_cache(shared, &found.slices, context.theme);
                let command = maps_ui(ui, (runs, context), &found.slices, cached, output);
                return command.into_iter().collect();
            }
            Some((_, Err(sentence))) => message_ui(ui, sentence),
            None => message_ui(ui, "Computing a slice for each seed …"),
        }
        Vec::new()
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        let seeds = self.seeds(context.scene).ok_or(
            "there is no picture of seeds: only a random plane has them; choose one on the left",
        )?;
        Figure::of_scene(context, Show::Seeds(seeds))
    }
}

/// Shows why the scene has no seeds, and a button that chooses a random plane.
fn choose_random_plane_ui(ui: &mut egui::Ui, scene: &Scene) -> Option<Command> {
    let space = ui.available_rect_before_wrap();
    let mut chosen = false;
    let middle =
        egui::Rect::from_center_size(space.center(), egui::vec2(space.width().min(460.0), 120.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(middle), |ui| {
        ui.vertical_centered(|ui| {
            ui.label("Only a random plane has seeds. Maps of several seeds show which features belong to the loss and which to the directions.");
            ui.add_space(6.0);
            let button = ui.button("Choose random directions, filter-normalised");
            chosen = button.on_hover_text("Sets the plane on the left to `filter`.").clicked();
        });
    });
    let random = |plane: &AnyPlane| matches!(plane, AnyPlane::Filter(_));
    let plane = AnyPlane::all()
        .into_iter()
        .find(random)
        .filter(|_| chosen)?;
    let mut scene = scene.clone();
    scene.network_mut()?.plane = plane;
    scene.view = None;
    Some(Command::Edit(Box::new(scene)))
}

/// Shows the maps with their summary, and handles the mouse on them.
fn maps_ui(
    ui: &mut egui::Ui,
    (runs, context): (&Runs, &ViewContext),
    slices: &[SeedSlice],
    cached: &CachedPanels,
    output: &mut ViewOutput,
) -> Option<Command> {
    ui.add_space(4.0);
    for sentence in &cached.summary {
        ui.horizontal_wrapped(|ui| {
            ui.add_space(8.0);
            ui.label(sentence);
        });
    }
    let space = ui.available_rect_before_wrap();
    let area = paint::area(paint::inset(space, [4.0, 2.0], [4.0, 2.0]));
    let panels = cached.panels.as_ref()?;
    let items = seeds::draw(panels, slices, (runs, context.row), area, context.theme);
    paint::paint_settled(ui, space, items, output.textures);
    let mut taken = None;
    for (slice, frame) in slices.iter().zip(panels.frames(area)) {
        let seed = slice.seed;
        let id = ui.scope_id().with(("seed", seed));
        let response = ui.interact(paint::rect(frame.area), id, egui::Sense::click());
        let name = format!("Map of seed {seed}: click takes it");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if let Some(pointer) = response.hover_pos() {
            *output.hover_text = describe(slice, &frame, pointer);
        }
        let help = format!("Click to use seed {seed} for the plane of the map.");
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.on_hover_text_at_pointer(help).clicked() {
            taken = Some(seed);
        }
    }
    let plane = Seeds::plane(&runs.scene, taken?)?;
    let mut scene = runs.scene.clone();
    scene.network_mut()?.plane = plane;
    Some(Command::Edit(Box::new(scene)))
}

/// Returns the coordinates under the pointer on a slice, and the loss interpolated from its grid.
fn describe(slice: &SeedSlice, frame: &Frame, pointer: egui::Pos2) -> String {
    let at = frame.world_from_picture(pointer.into());
    let [a, b] = at.map(|coordinate| number(coordinate, 4));
    let loss = slice
        .surface
        .height(at)
        .map_or("none".to_owned(), |loss| number(loss, 4));
    format!("seed {}: a {a}, b {b}, loss about {loss}", slice.seed)
}
