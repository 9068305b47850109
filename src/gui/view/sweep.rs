//! The sweep: where runs end over a setting, as curves, or over two settings of one run, as a map.

use crate::engine::lab::{Overs, SweepFound, SweepOf, Swept};
use crate::engine::scene::Scene;
use crate::engine::survey::sweep::{Measure, Over, SweepMap};
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Colour};
use crate::figure::look;
use crate::figure::sweep::{CurvePlot, MapPlot, Shown, told};
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use eframe::egui;
use std::sync::Arc;

/// What the view remembers between frames.
pub(crate) struct SweepView {
    /// What is swept over, as it is typed: a setting, or two.
    over: [String; 2],
    measure: Measure,
    goal: f64,
    image: Option<Image>,
}

impl Default for SweepView {
    fn default() -> Self {
        Self {
            over: ["lr".to_owned(), String::new()],
            measure: Measure::Final,
            goal: 1e-3,
            image: None,
        }
    }
}

/// The picture of a map, which need not be made anew every frame.
struct Image {
    found: Arc<Result<SweepFound, String>>,
    dark: bool,
    measure: Measure,
    plot: MapPlot,
    pixels: (usize, usize, Arc<Vec<Colour>>),
}

/// What the row above the sweep asks for.
#[derive(Default)]
pub(crate) struct Asked {
    /// Another run for the map.
    pub run: Option<usize>,
    /// To stop.
    pub stop: bool,
}

impl SweepView {
    /// The row above: what is compared, over what, how far.
    pub(crate) fn strip_ui(
        &mut self,
        ui: &mut egui::Ui,
        scene: &Scene,
        names: &[String],
        run: usize,
        progress: Option<f32>,
    ) -> Asked {
        let mut asked = Asked::default();
        let title = self.measure.title();
        let combo = egui::ComboBox::from_id_salt("sweep measure")
            .selected_text(title)
            .show_ui(ui, |ui| {
                for measure in Measure::ALL {
                    ui.selectable_value(&mut self.measure, measure, measure.title());
                }
            });
        super::named(&combo.response, "Measure of the sweep", title);
        if self.measure == Measure::Steps {
            let speed = self.goal.abs().max(1e-12) * 0.02;
            let drag = ui.add(egui::DragValue::new(&mut self.goal).speed(speed));
            drag.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, "goal"));
            drag.on_hover_text("The loss that is to be reached.");
        }
        ui.label("over");
        for (index, name) in ["Setting of the sweep", "Second setting of the sweep"]
            .into_iter()
            .enumerate()
        {
            if index == 1 {
                ui.label("and");
            }
            let field = egui::TextEdit::singleline(&mut self.over[index])
                .desired_width(if index == 0 { 118.0 } else { 96.0 })
                .hint_text(if index == 0 {
                    "lr=1e-4..1:log:200"
                } else {
                    "none"
                });
            let response = ui.add(field);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, name));
            response.on_hover_text(
                "A setting with its values: lr, lr=1e-4..1:log:200 or beta1=0.5,0.9,0.99. With a second setting the sweep is a \
                 map of one run.",
            );
            ui.menu_button("…", |ui| {
                for (setting, help) in settings(scene) {
                    if ui.button(setting).on_hover_text(help).clicked() {
                        setting.clone_into(&mut self.over[index]);
                    }
                }
                if index == 1
                    && ui
                        .button("none")
                        .on_hover_text("Curves over one setting.")
                        .clicked()
                {
                    self.over[1].clear();
                }
            })
            .response
            .on_hover_text("The settings of the runs.");
        }
        if !self.over[1].trim().is_empty() {
            let name = names.get(run).map_or("", String::as_str);
            let combo = egui::ComboBox::from_id_salt("sweep run")
                .selected_text(name)
                .show_ui(ui, |ui| {
                    for (index, name) in names.iter().enumerate() {
                        if ui.selectable_label(index == run, name).clicked() {
                            asked.run = Some(index);
                        }
                    }
                });
            super::named(&combo.response, "Run of the sweep", name);
        }
        if let Some(progress) = progress {
            ui.add(
                egui::ProgressBar::new(progress)
                    .desired_width(70.0)
                    .show_percentage(),
            );
            asked.stop = ui.button("Stop").clicked();
        }
        asked
    }

    /// What is to be computed for a scene; the sentence that says why nothing can be.
    pub(crate) fn of(&self, scene: &Scene, run: usize) -> Result<SweepOf, String> {
        let parse = |text: &String| text.parse::<Over>().map_err(|refusal| refusal.to_string());
        let first = parse(&self.over[0])?;
        let overs = if self.over[1].trim().is_empty() {
            Overs::One(first)
        } else {
            let ticked = scene.runs[..run.min(scene.runs.len())]
                .iter()
                .filter(|run| run.shown)
                .count();
            Overs::Two(ticked, [first, parse(&self.over[1])?])
        };
        Ok(SweepOf {
            landscape: scene.landscape.clone(),
            start: scene.start,
            conditions: scene.conditions(),
            specs: swept_runs(scene, run)
                .map(|index| scene.runs[index].spec.clone())
                .collect(),
            overs,
            goal: (self.measure == Measure::Steps).then_some(self.goal),
        })
    }

    /// Shows the sweep in all of the space that is left; a click takes its settings over.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        scene: &Scene,
        (names, run): (&[String], usize),
        found: Option<&Arc<Result<SweepFound, String>>>,
        theme: &Theme,
        under_pointer: &mut String,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let space = ui.available_rect_before_wrap();
        under_pointer.clear();
        let refused = self.of(scene, run).err();
        let words = match (&refused, found.map(|found| &**found)) {
            _ if scene.runs.iter().all(|run| !run.shown) => {
                Some("A sweep is one of optimizers. Tick one on the left.")
            }
            (Some(refusal), _) => Some(refusal.as_str()),
            (None, Some(Err(sentence))) => Some(sentence.as_str()),
            (None, None) => Some("Sweeping …"),
            (None, Some(Ok(_))) => None,
        };
        if let Some(words) = words {
            ui.put(space.shrink(40.0), egui::Label::new(words).wrap());
            return Vec::new();
        }
        let Some((found, Ok(sweep))) = found.map(|found| (found, &**found)) else {
            return Vec::new();
        };
        let right = if matches!(sweep.swept, Swept::Map(..)) {
            96.0
        } else {
            18.0
        };
        let inner = egui::Rect::from_min_max(
            space.min + egui::vec2(62.0, 30.0),
            space.max - egui::vec2(right, 44.0),
        );
        let area = paint::area(inner);
        let response = ui.interact(inner, ui.scope_id().with("sweep"), egui::Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::Canvas,
                true,
                "Sweep: click takes the settings over",
            )
        });
        let pointer = response.hover_pos().map(|pointer| [pointer.x, pointer.y]);
        let indices: Vec<usize> = swept_runs(scene, run).collect();
        let mut chosen = None;
        match &sweep.swept {
            Swept::Curves(curves) => {
                let shown: Vec<Shown> = curves
                    .iter()
                    .filter_map(|(curve, limit)| {
                        let index = *indices.get(curve.line.run)?;
                        Some(Shown {
                            curve,
                            name: names.get(index)?,
                            look: look(scene.runs.get(index)?.colour),
                            limit: *limit,
                        })
                    })
                    .collect();
                let plot = CurvePlot::new(&shown, self.measure, area);
                paint::paint(&ui.painter_at(space), plot.draw(&shown, theme), textures);
                if let Some([which, value]) = pointer.and_then(|pointer| plot.pick(&shown, pointer))
                {
                    let Shown { curve, name, .. } = shown[which];
                    let grid = &curve.line.grid;
                    let score = match (
                        curve.scores[value].value(self.measure),
                        curve.scores[value].diverged(),
                    ) {
                        (Some(value), _) => told(value, self.measure),
                        (None, Some(step)) => format!("diverged at step {step}"),
                        (None, None) => "goal not reached".to_owned(),
                    };
                    *under_pointer =
                        format!("{name}  {} = {}: {score}", grid.setting(), grid.text(value));
                    chosen = indices
                        .get(curve.line.run)
                        .map(|index| (*index, curve.spec(value)));
                }
            }
            Swept::Map(map, limits) => {
                let (plot, pixels) = self.image(found, map, area, theme);
                let mut items = plot.draw(map, &pixels, limits.as_ref(), theme);
                let bar = Area::new(
                    [area.max[0] + 14.0, area.min[1]],
                    [area.max[0] + 28.0, area.max[1]],
                );
                items.extend(plot.colour_bar(bar, theme));
                paint::paint(&ui.painter_at(space), items, textures);
                if let Some(at) = pointer.and_then(|pointer| plot.index_at(pointer)) {
                    let score = map.score(at).map_or_else(String::new, |score| {
                        match (score.value(self.measure), score.diverged()) {
                            (Some(value), _) => told(value, self.measure),
                            (None, Some(step)) => format!("diverged at step {step}"),
                            (None, None) => "goal not reached".to_owned(),
                        }
                    });
                    let [x, y] = [0, 1].map(|axis| {
                        let grid = &map.grids[axis];
                        format!(
                            "{} = {}",
                            grid.setting(),
                            grid.number(at[axis])
                                .map_or_else(|| grid.text(at[axis]), |value| number(value, 4))
                        )
                    });
                    *under_pointer = format!("{x}, {y}: {score}");
                    chosen = indices
                        .get(match sweep.of.overs {
                            Overs::Two(run, _) => run,
                            Overs::One(_) => 0,
                        })
                        .map(|index| (*index, map.spec(at)));
                }
            }
        }
        match chosen {
            Some((index, spec)) if response.clicked() && index < scene.runs.len() => {
                let mut scene = scene.clone();
                scene.runs[index].spec = spec;
                vec![Command::Edit(Box::new(scene))]
            }
            _ => Vec::new(),
        }
    }

    fn image(
        &mut self,
        found: &Arc<Result<SweepFound, String>>,
        map: &SweepMap,
        area: Area,
        theme: &Theme,
    ) -> (MapPlot, (usize, usize, Arc<Vec<Colour>>)) {
        let plot = MapPlot::new(map, self.measure, area);
        let same = |image: &Image| {
            Arc::ptr_eq(&image.found, found)
                && image.dark == theme.dark
                && image.measure == self.measure
                && image.plot == plot
        };
        self.image = self.image.take().filter(same);
        let image = self.image.get_or_insert_with(|| Image {
            found: Arc::clone(found),
            dark: theme.dark,
            measure: self.measure,
            pixels: plot.image(map, theme),
            plot: plot.clone(),
        });
        (plot, image.pixels.clone())
    }
}

/// The places of the runs that are swept: the ticked ones, and the followed one.
fn swept_runs(scene: &Scene, run: usize) -> impl Iterator<Item = usize> {
    (0..scene.runs.len()).filter(move |&index| scene.runs[index].shown || index == run)
}

/// The settings of the runs that can be swept over, each with its help.
fn settings(scene: &Scene) -> Vec<(&'static str, &'static str)> {
    let mut settings: Vec<(&str, &str)> = Vec::new();
    for run in scene.runs.iter().filter(|run| run.shown) {
        for param in run.spec.optimizer.settings().params() {
            if settings.iter().all(|(name, _)| *name != param.name) {
                settings.push((param.name, param.help));
            }
        }
    }
    settings
}
