//! Ways between the networks that two runs end in: the straight line and a trained curve.

use super::{controls_button, named};
use crate::engine::objective::plane::Rect;
use crate::engine::scene::Scene;
use crate::figure::colour::Theme;
use crate::figure::connect::{self as figure, Caption};
use crate::figure::drawing::Item;
use crate::figure::shortened;
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::gui::param_ui::settings_ui;
use crate::session::{ModeConnectivityResult, Runs};
use eframe::egui;
use std::sync::Arc;

/// What the view remembers between frames.
#[derive(Default)]
pub(crate) struct ConnectView {
    /// The runs that the ways lead from and to.
    ends: Option<[usize; 2]>,
    ready: Option<CachedPicture>,
}

/// A picture that need not be made every frame.
struct CachedPicture {
    found: Arc<Result<ModeConnectivityResult, String>>,
    dark: bool,
    size: egui::Vec2,
    items: Vec<Item>,
}

impl ConnectView {
    /// The ends: those that were chosen, else the first two runs. `None` where there are not two.
    pub(crate) fn ends(&self, count: usize) -> Option<[usize; 2]> {
        let fits = |ends: &[usize; 2]| ends[0] != ends[1] && ends.iter().all(|end| *end < count);
        self.ends.filter(fits).or((count > 1).then_some([0, 1]))
    }

    /// What the view can be told, in the row of views.
    pub(crate) fn toolbar_ui(
        &mut self,
        ui: &mut egui::Ui,
        scene: &Scene,
        names: &[String],
    ) -> Option<Command> {
        let mut ends = self.ends(names.len())?;
        for (place, title) in ["From the end of", "To the end of"].into_iter().enumerate() {
            ui.label(["from", "to"][place]);
            let name = &names[ends[place]];
            let combo = egui::ComboBox::from_id_salt(title)
                .selected_text(shortened(name, 16))
                .width(120.0);
            let combo = combo.show_ui(ui, |ui| {
                for (index, name) in names.iter().enumerate() {
                    ui.add_enabled_ui(index != ends[1 - place], |ui| {
                        ui.selectable_value(&mut ends[place], index, name);
                    });
                }
            });
            named(&combo.response, title, name);
        }
        self.ends = Some(ends);
        let bench = scene.network()?;
        let mut ways = bench.connect.clone();
        controls_button(ui, "How", |ui| {
            ui.set_width(300.0);
            settings_ui(ui, &mut ways, |_| true);
        })
        .on_hover_text("How long the curve is trained, along how many places, and whether the second network's hidden units are first put in the order of the first.");
        if ways == bench.connect {
            return None;
        }
        let mut scene = scene.clone();
        scene.network_mut()?.connect = ways;
        Some(Command::Edit(Box::new(scene)))
    }

    /// The window of the plane that a view of this size shows, once the ways are known.
    pub(crate) fn window(
        found: Option<&Arc<Result<ModeConnectivityResult, String>>>,
        size: egui::Vec2,
    ) -> Option<Rect> {
        let found = (**found?).as_ref().ok()?;
        figure::window(found.connection.as_ref()?, [size.x, size.y])
    }

    /// Shows the view in all of the space that is left.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        runs: Option<&Runs>,
        names: &[String],
        found: Option<&Arc<Result<ModeConnectivityResult, String>>>,
        theme: &Theme,
        textures: &mut Textures,
    ) {
        let space = ui.available_rect_before_wrap();
        let say = |ui: &mut egui::Ui, words: &str| {
            ui.centered_and_justified(|ui| ui.label(words));
        };
        let Some(ends) = self.ends(names.len()) else {
            return say(
                ui,
                "Paths lead from the end of one run to the end of another. Add a second optimizer.",
            );
        };
        let trained = runs.and_then(|runs| Some((runs, runs.trained.as_ref()?)));
        let Some((runs, trained)) = trained.filter(|(_, trained)| trained.complete) else {
            return say(
                ui,
                "Training; ways between the ends are looked for when all runs have ended.",
            );
        };
        let own = found.filter(|found| match &***found {
            Ok(found) => found.matches(trained, ends),
            Err(_) => true,
        });
        let Some(shared) = own else {
            return say(ui, "Looking for ways …");
        };
        let found = match &**shared {
            Ok(found) => found,
            Err(sentence) => return say(ui, sentence),
        };
        let Some(connection) = &found.connection else {
            let steps = runs.scene.network().map_or(0, |bench| bench.connect.steps);
            return say(
                ui,
                &format!("Training the curve … step {} of {steps}", found.steps),
            );
        };
        let (dark, size) = (theme.dark, space.size());
        let same = |ready: &CachedPicture| {
            Arc::ptr_eq(&ready.found, shared) && ready.dark == dark && ready.size == size
        };
        self.ready = self.ready.take().filter(same);
        let ready = self.ready.get_or_insert_with(|| {
            let [from, to] = ends.map(|end| names.get(end).map_or("", String::as_str));
            let told = Caption {
                title: &format!("from {from} to {to}"),
                caption: "A is the end of the first run, B that of the second, θ the curve's middle point.",
                l2: runs.scene.network().map_or(0.0, |bench| bench.model.as_dyn().l2()),
            };
            let drawn = figure::picture(connection, found.surface.clone(), &told, [size.x, size.y], theme);
            CachedPicture {
                found: Arc::clone(shared),
                dark,
                size,
                items: drawn.items,
            }
        });
        let offset = [space.min.x, space.min.y];
        let items = ready
            .items
            .iter()
            .map(|item| item.clone().moved(offset))
            .collect();
        paint::paint(&ui.painter_at(space), items, textures);
        let response = ui.allocate_rect(space, egui::Sense::hover());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Paths between two networks")
        });
    }
}
