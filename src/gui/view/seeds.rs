//! The random plane of a network beside those of other seeds, around the same weights.

use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::scene::Scene;
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::figure::frame::Frame;
use crate::figure::panel_grid::MapPanels;
use crate::figure::seeds;
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::session::{Runs, Seeds, SeedsResult};
use eframe::egui;
use std::sync::Arc;

/// What the view remembers between frames.
pub(crate) struct SeedsView {
    /// How many seeds.
    count: usize,
    /// The first of them, once a plane has been shown.
    first: Option<u64>,
    ready: Option<CachedPicture>,
}

impl Default for SeedsView {
    fn default() -> Self {
        Self {
            count: 6,
            first: None,
            ready: None,
        }
    }
}

/// Maps that need not be made ready every frame.
struct CachedPicture {
    found: Arc<Result<SeedsResult, String>>,
    dark: bool,
    reliefs: Option<MapPanels>,
    told: Vec<String>,
}

impl SeedsView {
    /// The seeds that are shown: those of before, as long as that of the scene's plane is among them.
    pub(crate) fn seeds(&self, scene: &Scene) -> Option<Seeds> {
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

    /// The row above: how many, and whether they are in work.
    pub(crate) fn toolbar_ui(&mut self, ui: &mut egui::Ui, busy: bool) {
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
            .on_hover_text("How many random planes, with seeds one after the other.");
        if busy {
            ui.weak("computing …");
        }
    }

    /// Shows the maps in all of the space that is left. A click on one gives its seed to the scene's plane.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        shown: Option<(&Runs, usize)>,
        scene: &Scene,
        found: Option<&Arc<Result<SeedsResult, String>>>,
        (theme, said): (&Theme, &mut String),
        textures: &mut Textures,
    ) -> Option<Command> {
        said.clear();
        let space = ui.available_rect_before_wrap();
        let Some(seeds) = self.seeds(scene) else {
            return other_plane_ui(ui, space, scene);
        };
        self.first = Some(seeds.first);
        let own = |found: &&Arc<Result<SeedsResult, String>>, runs: &Runs| match &***found {
            Ok(found) => found.matches(runs, seeds),
            Err(_) => true,
        };
        let fitting = shown.and_then(|(runs, row)| {
            let found = found.filter(|found| own(found, runs))?;
            Some((runs, row, found))
        });
        let words = match fitting.map(|(runs, row, found)| (runs, row, found, &**found)) {
            Some((runs, row, found, Ok(slices))) => {
                self.update_cache(found, slices, theme);
                let ready = self.ready.as_ref()?;
                return maps_ui(ui, (runs, row), slices, ready, (theme, said), textures);
            }
            Some((.., Err(sentence))) => sentence.as_str(),
            None if shown.is_none() => "Training; there is no plane yet.",
            None => "Slicing along each seed …",
        };
        ui.centered_and_justified(|ui| ui.label(words));
        None
    }

    fn update_cache(
        &mut self,
        found: &Arc<Result<SeedsResult, String>>,
        slices: &SeedsResult,
        theme: &Theme,
    ) {
        let dark = theme.dark;
        let same = |ready: &CachedPicture| Arc::ptr_eq(&ready.found, found) && ready.dark == dark;
        self.ready = self.ready.take().filter(same);
        self.ready.get_or_insert_with(|| CachedPicture {
            found: Arc::clone(found),
            dark,
            reliefs: seeds::map_panels(&slices.slices, theme),
            told: seeds::summary_lines(&slices.slices),
        });
    }
}

/// Why there are no seeds, and a way to have some.
fn other_plane_ui(ui: &mut egui::Ui, space: egui::Rect, scene: &Scene) -> Option<Command> {
    let mut chosen = false;
    let middle =
        egui::Rect::from_center_size(space.center(), egui::vec2(space.width().min(460.0), 120.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(middle), |ui| {
        ui.vertical_centered(|ui| {
            ui.label("Only a random plane has seeds. Side by side they show how much of a map is the network's, and how much the directions'.");
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

/// The maps, what they say together, and the mouse on them.
fn maps_ui(
    ui: &mut egui::Ui,
    (runs, row): (&Runs, usize),
    found: &SeedsResult,
    ready: &CachedPicture,
    (theme, said): (&Theme, &mut String),
    textures: &mut Textures,
) -> Option<Command> {
    ui.add_space(4.0);
    for sentence in &ready.told {
        ui.horizontal_wrapped(|ui| {
            ui.add_space(8.0);
            ui.label(sentence);
        });
    }
    let space = ui.available_rect_before_wrap();
    let area = paint::area(paint::inset(space, [4.0, 2.0], [4.0, 2.0]));
    let reliefs = ready.reliefs.as_ref()?;
    let items = seeds::draw(reliefs, &found.slices, (runs, row), area, theme);
    paint::paint(&ui.painter_at(space), items, textures);
    let mut taken = None;
    for (slice, frame) in found.slices.iter().zip(reliefs.frames(area)) {
        let seed = slice.seed;
        let id = ui.scope_id().with(("seed", seed));
        let response = ui.interact(paint::rect(frame.area), id, egui::Sense::click());
        let name = format!("Map of seed {seed}: click takes it");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if let Some(pointer) = response.hover_pos() {
            *said = describe(slice, &frame, pointer);
        }
        let help = format!("A click makes {seed} the seed of the plane that the map shows.");
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

/// Where the pointer is on a slice, and the loss there as its grid has it.
fn describe(slice: &crate::session::SeedSlice, frame: &Frame, pointer: egui::Pos2) -> String {
    let at = frame.world_from_picture(pointer.into());
    let [a, b] = at.map(|place| number(place, 4));
    let loss = slice
        .surface
        .height(at)
        .map_or("none".to_owned(), |loss| number(loss, 4));
    format!("seed {}: a {a}, b {b}, loss about {loss}", slice.seed)
}
