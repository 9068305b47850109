//! Connect: paths between the networks that two runs end in, a straight line and a trained curve.

use super::figure::not_computed_yet;
use super::{Figure, View, ViewContext, ViewOutput, controls_button, message_ui, named};
use crate::engine::analysis::mode_connectivity::default_curve_optimizer;
use crate::engine::cancel::Cancel;
use crate::engine::geometry::surface::Surface;
use crate::engine::results::{Runs, TrainingSnapshot};
use crate::engine::scene::Scene;
use crate::export::picture::Show;
use crate::figure::connect::{Caption, picture, settings_text, window};
use crate::figure::drawing::Item;
use crate::figure::pages::Page;
use crate::figure::shortened;
use crate::gui::command::Command;
use crate::gui::paint;
use crate::gui::param_ui::settings_ui;
use crate::session::{ConnectRequest, ConnectResult};
use eframe::egui;
use std::sync::Arc;

/// Points along a side of the plane's map in an exported picture; the default of `ravine connect --map`.
const SIDE: usize = 65;

/// State of the view between frames.
#[derive(Default)]
pub(super) struct ConnectView {
    /// The runs at whose ends the paths begin and end.
    ends: Option<[usize; 2]>,
    cached: Option<CachedPicture>,
}

/// Items of the picture, kept until the paths or the size change.
struct CachedPicture {
    found: Arc<Result<ConnectResult, String>>,
    dark: bool,
    size: egui::Vec2,
    items: Vec<Item>,
}

impl ConnectView {
    /// Returns the chosen runs, or the first two. `None` where there are not two.
    fn ends(&self, count: usize) -> Option<[usize; 2]> {
        let fits = |ends: &[usize; 2]| ends[0] != ends[1] && ends.iter().all(|end| *end < count);
        self.ends.filter(fits).or((count > 1).then_some([0, 1]))
    }

    /// Requests the paths, and returns the newest ones between these ends.
    fn request(
        context: &ViewContext,
        trained: &TrainingSnapshot,
        ends: [usize; 2],
        size: egui::Vec2,
    ) -> Option<Arc<Result<ConnectResult, String>>> {
        let job = &context.session.connect;
        let own = job.newest().filter(|found| match &**found {
            Ok(found) => found.matches(trained, ends),
            Err(_) => true,
        });
        let connection = own.as_deref().and_then(|found| found.as_ref().ok());
        let connection = connection.and_then(|found| found.connection.as_deref());
        let window = connection.and_then(|found| window(found, (size.into(), true)));
        let (spec, network) = (default_curve_optimizer(), context.scene.network()?);
        let request = ConnectRequest::new(trained, ends, spec, &network.connect, window);
        request.into_iter().for_each(|request| job.request(request));
        own
    }
}

/// Returns the record of runs that have ended.
fn ended(runs: Option<&Runs>) -> Option<&TrainingSnapshot> {
    runs?.trained.as_ref().filter(|trained| trained.complete)
}

impl View for ConnectView {
    fn title(&self) -> &'static str {
        "Connect"
    }

    fn key(&self) -> egui::Key {
        egui::Key::C
    }

    fn help(&self) -> &'static str {
        "Mode connectivity: the straight line between the networks that two runs end in, with its barrier, a curve of low loss trained between them, and the plane that contains both."
    }

    fn applies(&self, scene: &Scene) -> bool {
        scene.is_network()
    }

    fn toolbar_ui(&mut self, ui: &mut egui::Ui, context: &ViewContext) -> Vec<Command> {
        let names = context.names;
        let (Some(mut ends), Some(network)) = (self.ends(names.len()), context.scene.network())
        else {
            return Vec::new();
        };
        for (end, title) in ["From the end of", "To the end of"].into_iter().enumerate() {
            let name = &names[ends[end]];
            let word = ["from", "to"][end];
            let combo = egui::ComboBox::from_id_salt(title)
                .selected_text(format!("{word} {}", shortened(name, 16)))
                .width(120.0);
            let combo = combo.show_ui(ui, |ui| {
                for (index, name) in names.iter().enumerate() {
                    ui.add_enabled_ui(index != ends[1 - end], |ui| {
                        ui.selectable_value(&mut ends[end], index, name);
                    });
                }
            });
            named(&combo.response, title, name);
        }
        self.ends = Some(ends);
        let mut settings = network.connect.clone();
        controls_button(ui, "Settings", |ui| {
            ui.set_width(300.0);
            settings_ui(ui, &mut settings, |_| true);
        })
        .on_hover_text("Training steps of the curve, number of points along the paths, and whether the hidden units of the second network are first permuted to match the first.");
        if settings == network.connect {
            return Vec::new();
        }
        let mut scene = context.scene.clone();
        if let Some(network) = scene.network_mut() {
            network.connect = settings;
        }
        vec![Command::Edit(Box::new(scene))]
    }

    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let space = ui.available_rect_before_wrap();
        let Some(ends) = self.ends(context.names.len()) else {
            message_ui(
                ui,
                "Paths lead from the end of one run to the end of another. Add a second optimizer.",
            );
            return Vec::new();
        };
        let Some(trained) = ended(context.runs) else {
            message_ui(ui, "Training; paths are computed once all runs have ended.");
            return Vec::new();
        };
        let Some(shared) = Self::request(context, trained, ends, space.size()) else {
            message_ui(ui, "Computing the paths …");
            return Vec::new();
        };
        let found = match &*shared {
            Ok(found) => found,
            Err(sentence) => {
                message_ui(ui, sentence);
                return Vec::new();
            }
        };
        let network = context.scene.network();
        let Some(connection) = &found.connection else {
            let steps = network.map_or(0, |network| network.connect.steps);
            message_ui(
                ui,
                &format!("Training the curve … step {} of {steps}", found.steps),
            );
            return Vec::new();
        };
        let (theme, size) = (context.theme, space.size());
        let same = |cached: &CachedPicture| {
            Arc::ptr_eq(&cached.found, &shared) && cached.dark == theme.dark && cached.size == size
        };
        self.cached = self.cached.take().filter(same);
        let cached = self.cached.get_or_insert_with(|| {
            let [from, to] = ends.map(|end| context.name(end));
            let caption = Caption {
                title: &format!("from {from} to {to}"),
                caption: "A is the end of the first run, B the end of the second, θ the middle point of the curve.",
                l2: trained.task.loss.l2(),
                legend: true,
            };
            let drawing = picture(connection, found.surface.clone(), &caption, size.into(), theme);
            CachedPicture {
                found: Arc::clone(&shared),
                dark: theme.dark,
                size,
                items: drawing.items,
            }
        });
        let offset = [space.min.x, space.min.y];
        let items = cached.items.iter().map(|item| item.clone().moved(offset));
        paint::paint(&ui.painter_at(space), items.collect(), output.textures);
        let response = ui.allocate_rect(space, egui::Sense::hover());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Paths between two networks")
        });
        Vec::new()
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        let missing = || not_computed_yet("paths");
        let ends = self.ends(context.names.len());
        let ends = ends.ok_or("there is no picture of paths: they lead from the end of one run to the end of another; add a second optimizer")?;
        let trained = ended(context.runs).ok_or_else(missing)?.clone();
        let newest = context.session.connect.newest().ok_or_else(missing)?;
        let found = (*newest).as_ref().map_err(Clone::clone)?;
        let connection = found.connection.clone();
        let connection = connection.filter(|_| found.matches(&trained, ends));
        let connection = connection.ok_or_else(missing)?;
        let (scene, theme) = (context.scene, context.theme);
        let [from, to] = ends.map(|end| context.name(end));
        let title = format!("from {from} to {to}   {}", scene.title());
        let mut parts = vec![
            format!("A the end of {from}"),
            format!("B the end of {to}"),
            scene.subject_spec(),
        ];
        let network = scene.network();
        parts.extend(network.map(|network| settings_text(found.spec(), &network.connect)));
        let text = parts.join(" · ");
        let kind = (context.scene, Show::Page(Page::Connect));
        let what = format!("Mode connectivity {title}");
        Ok(Figure::new(kind, &what, theme, move |size, legend| {
            let loss = &*trained.task.loss;
            let surface = || {
                let (view, plane) = (
                    window(&connection, (size, legend))?,
                    connection.plane.as_ref()?,
                );
                Surface::sample(loss, plane, view, SIDE, SIDE, &Cancel::default())
            };
            let caption = Caption {
                title: &title,
                caption: &text,
                l2: loss.l2(),
                legend,
            };
            Ok(picture(&connection, surface(), &caption, size, theme))
        }))
    }
}
