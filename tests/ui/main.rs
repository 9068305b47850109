//! Tests of the window, controlled by accessible names, without a display.
#![cfg(feature = "gui")]

mod charts;
mod commands;
mod drops;
mod exports;
mod file_dialog;
mod files;
mod landscapes;
mod layout;
mod lessons;
mod look;
mod map;
mod network_views;
mod networks;
mod optimizer_state;
mod panels;
mod preferences;
mod raster;
mod reader;
mod refusals;
mod runs;
mod seeds;
mod sizes;
#[path = "../shared/snapshot.rs"]
mod snapshot;
mod snapshots;
mod split;
mod surface;
mod surveys;
mod timeline;
mod typing;
mod why;

use eframe::egui;
use egui_kittest::Harness;
use ravine::engine::scene::Scene;
use ravine::gui::App;

/// A window that shows a scene.
struct Window {
    harness: Harness<'static, Option<App>>,
    rasteriser: raster::Rasteriser,
}

impl Window {
    fn on(scene: Scene) -> Self {
        let open = move |ctx: &egui::Context| App::new(ctx, scene.clone(), None);
        Self::of(Some(egui::Theme::Light), open)
    }

    /// Opens a window, in a theme or in that which it chooses.
    fn of(
        theme: Option<egui::Theme>,
        open: impl Fn(&egui::Context) -> Result<App, String> + 'static,
    ) -> Self {
        let show = move |ui: &mut egui::Ui, app: &mut Option<App>| {
            let app =
                app.get_or_insert_with(|| open(ui.ctx()).unwrap_or_else(|error| panic!("{error}")));
            app.frame_ui(ui);
        };
        let rasteriser = raster::Rasteriser::default();
        let builder = Harness::builder()
            .with_size([1280.0, 900.0])
            .renderer(rasteriser.clone());
        let builder = match theme {
            Some(theme) => builder.with_theme(theme),
            None => builder,
        };
        let mut window = Self {
            harness: builder.build_ui_state(show, None),
            rasteriser,
        };
        window.settle();
        window.press(egui::Key::Space);
        window
    }

    fn opening() -> Self {
        Self::on(Scene::opening())
    }

    /// Returns the pixels of the last frame.
    fn picture(&self) -> egui::ColorImage {
        let output = self.harness.output();
        self.rasteriser.picture(&self.harness.ctx, output)
    }

    fn app(&mut self) -> &mut App {
        self.harness
            .state_mut()
            .as_mut()
            .expect("the first frame made it")
    }

    /// Waits until everything is computed and shown.
    fn settle(&mut self) {
        self.harness.run_steps(3);
        self.app().wait_idle();
        self.harness.run_steps(3);
    }

    fn press(&mut self, key: egui::Key) {
        self.press_with(egui::Modifiers::NONE, key);
    }

    fn press_with(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(2);
    }

    /// Clicks the control with a role and a name.
    fn click(&mut self, role: egui::Role, name: &str) {
        use egui_kittest::kittest::Queryable;
        self.harness.get_by_role_and_label(role, name).click();
        self.harness.run_steps(3);
    }

    /// Scrolls the control with a role and a name into view.
    fn reveal(&mut self, role: egui::Role, name: &str) {
        use egui_kittest::kittest::Queryable;
        let control = self.harness.get_by_role_and_label(role, name);
        control.scroll_to_me();
        self.harness.run_steps(8);
    }

    fn has(&self, name: &str) -> bool {
        use egui_kittest::kittest::Queryable;
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Whether some text on screen contains `part`.
    fn says(&self, part: &str) -> bool {
        use egui_kittest::kittest::Queryable;
        self.harness
            .query_all_by_label_contains(part)
            .next()
            .is_some()
    }

    /// Whether a picture in the last frame contains exactly the text `text`.
    fn paints(&self, text: &str) -> bool {
        let shapes = &self.harness.output().shapes;
        shapes.iter().any(|clipped| match &clipped.shape {
            egui::Shape::Text(shape) => shape.galley.text() == text,
            _ => false,
        })
    }

    /// Presses the mouse button at one point and releases it at another.
    fn drag(&mut self, from: egui::Pos2, to: egui::Pos2) {
        self.harness.hover_at(from);
        self.harness.step();
        self.harness.drag_at(from);
        self.harness.step();
        if from != to {
            self.harness.hover_at(from + (to - from) * 0.5);
            self.harness.step();
            self.harness.hover_at(to);
            self.harness.step();
        }
        self.harness.drop_at(to);
        self.settle();
    }

    fn map(&self) -> egui::Rect {
        self.place("Map: ")
    }

    /// Returns the area of the element whose name contains `part`.
    fn place(&self, part: &str) -> egui::Rect {
        use egui_kittest::kittest::Queryable;
        self.harness.get_by_label_contains(part).rect()
    }

    /// Whether the control with a role and a name has a value.
    fn has_value(&self, role: egui::Role, name: &str, value: &str) -> bool {
        use egui_kittest::kittest::Queryable;
        let node = self.harness.get_by_role_and_label(role, name);
        node.value().as_deref() == Some(value)
    }
}
