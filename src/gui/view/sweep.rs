//! The sweep: where runs end over a setting, as curves, or over two settings of one run, as a map.

use crate::engine::analysis::sweep::{
    AxisValues, Score, SweepAxis, SweepCurve, SweepMap, SweepMetric,
};
use crate::engine::declare::Settings;
use crate::engine::scene::Scene;
use crate::engine::training::RunSpec;
use crate::figure;
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Colour, Item, Point};
use crate::figure::sweep::{CurvePlot, MapPlot, SweepLine, metric_text};
use crate::gui::command::Command;
use crate::gui::field::{self, refusal_ui};
use crate::gui::paint::{self, Textures};
use crate::gui::param_ui::drag_ui;
use crate::session::{LrLimits, SweepAxes, SweepData, SweepKey, SweepResult};
use eframe::egui;
use std::sync::Arc;

/// What the view remembers between frames.
pub(crate) struct SweepView {
    /// What is swept over, as it is typed: a setting, or two.
    over: [String; 2],
    measure: SweepMetric,
    goal: f64,
    image: Option<CachedImage>,
}

impl Default for SweepView {
    fn default() -> Self {
        Self {
            over: ["lr".to_owned(), String::new()],
            measure: SweepMetric::Final,
            goal: 1e-3,
            image: None,
        }
    }
}

/// The picture of a map, which need not be made anew every frame.
struct CachedImage {
    found: Arc<Result<SweepResult, String>>,
    dark: bool,
    measure: SweepMetric,
    plot: MapPlot,
    pixels: (usize, usize, Arc<Vec<Colour>>),
}

/// What a sweep is shown of.
pub(crate) struct SweepInputs<'a> {
    /// The scene.
    pub scene: &'a Scene,
    /// The names of its runs.
    pub names: &'a [String],
    /// The run that a map is of.
    pub run: usize,
    /// Light or dark.
    pub theme: &'a Theme,
}

/// What the pointer is on: a run's place among those that are swept, the run with the settings there, and how it came off.
struct HoveredRun {
    run: usize,
    spec: RunSpec,
    words: String,
}

/// What the row above the sweep asks for.
#[derive(Default)]
pub(crate) struct ToolbarResponse {
    /// Another run for the map.
    pub run: Option<usize>,
    /// To stop.
    pub stop: bool,
}

impl SweepView {
    /// The row above: what is compared, over what, how far.
    pub(crate) fn toolbar_ui(
        &mut self,
        ui: &mut egui::Ui,
        scene: &Scene,
        names: &[String],
        run: usize,
        progress: Option<f32>,
    ) -> ToolbarResponse {
        let mut asked = ToolbarResponse::default();
        let title = self.measure.title();
        let combo = egui::ComboBox::from_id_salt("sweep measure")
            .selected_text(title)
            .show_ui(ui, |ui| {
                for measure in SweepMetric::ALL {
                    ui.selectable_value(&mut self.measure, measure, measure.title());
                }
            });
        super::named(&combo.response, "Measure of the sweep", title);
        if self.measure == SweepMetric::Steps {
            let speed = self.goal.abs().max(1e-12) * 0.02;
            let typed = drag_ui(ui, "goal", &mut self.goal, speed);
            let response = typed.response;
            response.on_hover_text("The loss that is to be reached.");
            refusal_ui(ui, typed.refused.as_deref());
        }
        ui.label("over");
        for (index, name) in ["Setting of the sweep", "Second setting of the sweep"]
            .into_iter()
            .enumerate()
        {
            if index == 1 {
                ui.label("and");
            }
            let look = field::FieldStyle {
                hint: ["lr=1e-4..1:log:200", "none"][index],
                width: [100.0, 72.0][index],
            };
            let read = |text: &str| match text.trim() {
                "" if index == 1 => Ok(String::new()),
                text => text
                    .parse::<SweepAxis>()
                    .map(|_| text.to_owned())
                    .map_err(|refusal| refusal.to_string()),
            };
            let typed = field::text_field(ui, name, &self.over[index], &look, read);
            if let Some(over) = typed.taken {
                self.over[index] = over;
            }
            let response = typed.response;
            refusal_ui(ui, typed.refused.as_deref());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, name));
            response.on_hover_text(
                "A setting with its values: lr, lr=1e-4..1:log:200 or beta1=0.5,0.9,0.99. With a second setting the sweep is a \
                 map of one run.",
            );
            let menu = ui.menu_button("…", |ui| {
                egui::ScrollArea::vertical().show(ui, |ui| {
                    for (setting, help) in settings(scene) {
                        if ui.button(&setting).on_hover_text(help).clicked() {
                            self.over[index] = setting;
                        }
                    }
                });
                if index == 1
                    && ui
                        .button("none")
                        .on_hover_text("Curves over one setting.")
                        .clicked()
                {
                    self.over[1].clear();
                }
            });
            let menu = menu.response;
            menu.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Choose: {name}"))
            });
            menu.on_hover_text("The settings of the runs.");
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

    /// Measure that is compared.
    pub(crate) fn measure(&self) -> SweepMetric {
        self.measure
    }

    /// What is to be computed for a scene; the sentence that says why nothing can be.
    pub(crate) fn of(&self, scene: &Scene, run: usize) -> Result<SweepKey, String> {
        let parse = |text: &String| {
            text.parse::<SweepAxis>()
                .map_err(|refusal| refusal.to_string())
        };
        let first = parse(&self.over[0])?;
        let overs = if self.over[1].trim().is_empty() {
            SweepAxes::One(first)
        } else {
            let ticked = scene.runs[..run.min(scene.runs.len())]
                .iter()
                .filter(|run| run.shown)
                .count();
            SweepAxes::Two(ticked, [first, parse(&self.over[1])?])
        };
        Ok(SweepKey {
            landscape: scene.landscape().clone(),
            start: scene.start(),
            run_settings: scene.run_settings(),
            specs: swept_runs(scene, run)
                .map(|index| scene.runs[index].spec.clone())
                .collect(),
            overs,
            goal: (self.measure == SweepMetric::Steps).then_some(self.goal),
        })
    }

    /// Shows the sweep in all of the space that is left; a click takes its settings over. What is under the pointer goes
    /// to `said`.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        look: &SweepInputs,
        found: Option<&Arc<Result<SweepResult, String>>>,
        said: &mut String,
        textures: &mut Textures,
    ) -> Vec<Command> {
        let (space, scene) = (ui.available_rect_before_wrap(), look.scene);
        said.clear();
        let asked = self.of(scene, look.run);
        let sweep = match (&asked, found.map(|found| (found, &**found))) {
            (Ok(_), Some((found, Ok(sweep)))) if scene.runs.iter().any(|run| run.shown) => {
                (found, sweep)
            }
            (refused, found) => {
                let words = match (refused, found) {
                    _ if scene.runs.iter().all(|run| !run.shown) => {
                        "A sweep is one of optimizers. Tick one on the left."
                    }
                    (Err(refusal), _) => refusal.as_str(),
                    (_, Some((_, Err(sentence)))) => sentence.as_str(),
                    _ => "Sweeping …",
                };
                ui.put(
                    paint::inset(space, [40.0; 2], [40.0; 2]),
                    egui::Label::new(words).wrap(),
                );
                return Vec::new();
            }
        };
        let (found, sweep) = sweep;
        let right = if matches!(sweep.swept, SweepData::Map(..)) {
            96.0
        } else {
            18.0
        };
        let inner = paint::inset(space, [62.0, 30.0], [right, 44.0]);
        let response = ui.interact(inner, ui.scope_id().with("sweep"), egui::Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::Canvas,
                true,
                "Sweep: click takes the settings over",
            )
        });
        let pointer = response.hover_pos().map(|pointer| [pointer.x, pointer.y]);
        let area = paint::area(inner);
        let (items, pointed) = match &sweep.swept {
            SweepData::Curves(curves) => self.curves(curves, look, area, pointer),
            SweepData::Map(map) => self.map(map, (found, sweep), look.theme, area, pointer),
        };
        paint::paint(&ui.painter_at(space), items, textures);
        let Some(HoveredRun { run, spec, words }) = pointed else {
            return Vec::new();
        };
        *said = words;
        // A sweep of another scene is shown only until that of this one is ready.
        let current = asked.is_ok_and(|asked| asked == sweep.of);
        match swept_runs(scene, look.run).nth(run) {
            Some(index) if response.clicked() && current => {
                let mut scene = scene.clone();
                scene.runs[index].spec = spec;
                vec![Command::Edit(Box::new(scene))]
            }
            _ => Vec::new(),
        }
    }

    /// The curves, and the value of one that the pointer is on.
    fn curves(
        &self,
        curves: &[(SweepCurve, Option<f64>)],
        look: &SweepInputs,
        area: Area,
        pointer: Option<Point>,
    ) -> (Vec<Item>, Option<HoveredRun>) {
        let indices: Vec<usize> = swept_runs(look.scene, look.run).collect();
        let shown = |(curve, limit): &'_ (SweepCurve, Option<f64>)| {
            let index = *indices.get(curve.line.run)?;
            Some((index, *limit))
        };
        let shown: Vec<SweepLine> = curves
            .iter()
            .filter_map(|swept| {
                let (index, limit) = shown(swept)?;
                Some(SweepLine {
                    curve: &swept.0,
                    name: look.names.get(index)?,
                    style_index: figure::style_index(look.scene.runs.get(index)?.colour),
                    limit,
                })
            })
            .collect();
        let plot = CurvePlot::new(&shown, self.measure, area);
        let pointed =
            pointer
                .and_then(|pointer| plot.pick(&shown, pointer))
                .map(|[which, value]| {
                    let SweepLine { curve, name, .. } = shown[which];
                    let grid = &curve.line.grid;
                    let score = self.summary_text(&curve.scores[value]);
                    HoveredRun {
                        run: curve.line.run,
                        spec: curve.spec(value),
                        words: format!(
                            "{name}  {} = {}: {score}",
                            grid.setting(),
                            text(grid, value)
                        ),
                    }
                });
        (plot.draw(&shown, look.theme), pointed)
    }

    /// The map, and the cell that the pointer is on.
    fn map(
        &mut self,
        (map, limits): &(SweepMap, LrLimits),
        (found, sweep): (&Arc<Result<SweepResult, String>>, &SweepResult),
        theme: &Theme,
        area: Area,
        pointer: Option<Point>,
    ) -> (Vec<Item>, Option<HoveredRun>) {
        let (plot, pixels) = self.image(found, map, area, theme);
        let mut items = plot.draw(map, &pixels, limits.as_ref(), theme);
        let [left, right] = [14.0, 28.0].map(|beside| area.max[0] + beside);
        let bar = Area::new([left, area.min[1]], [right, area.max[1]]);
        items.extend(plot.colour_bar(bar, theme));
        let pointed = pointer
            .and_then(|pointer| plot.index_at(pointer))
            .map(|at| {
                let score = map
                    .score(at)
                    .map_or_else(String::new, |score| self.summary_text(score));
                let [x, y] = [0, 1].map(|axis| {
                    let grid = &map.grids[axis];
                    format!("{} = {}", grid.setting(), text(grid, at[axis]))
                });
                HoveredRun {
                    run: match sweep.of.overs {
                        SweepAxes::Two(run, _) => run,
                        SweepAxes::One(_) => 0,
                    },
                    spec: map.spec(at),
                    words: format!("{x}, {y}: {score}"),
                }
            });
        (items, pointed)
    }

    /// How a run came off.
    fn summary_text(&self, score: &Score) -> String {
        match (score.value(self.measure), score.diverged()) {
            (Some(value), _) => metric_text(value, self.measure),
            (None, Some(step)) => format!("diverged at step {step}"),
            (None, None) => "goal not reached".to_owned(),
        }
    }

    fn image(
        &mut self,
        found: &Arc<Result<SweepResult, String>>,
        map: &SweepMap,
        area: Area,
        theme: &Theme,
    ) -> (MapPlot, (usize, usize, Arc<Vec<Colour>>)) {
        let plot = MapPlot::new(map, self.measure, area);
        let same = |image: &CachedImage| {
            Arc::ptr_eq(&image.found, found)
                && image.dark == theme.dark
                && image.measure == self.measure
                && image.plot == plot
        };
        self.image = self.image.take().filter(same);
        let image = self.image.get_or_insert_with(|| CachedImage {
            found: Arc::clone(found),
            dark: theme.dark,
            measure: self.measure,
            pixels: plot.image(map, theme),
            plot: plot.clone(),
        });
        (plot, image.pixels.clone())
    }
}

/// A value of a grid, short enough to read.
fn text(grid: &AxisValues, index: usize) -> String {
    grid.number(index)
        .map_or_else(|| grid.text(index), |value| number(value, 4))
}

/// The places of the runs that are swept: the ticked ones, and the followed one.
pub(crate) fn swept_runs(scene: &Scene, run: usize) -> impl Iterator<Item = usize> {
    (0..scene.runs.len()).filter(move |&index| scene.runs[index].shown || index == run)
}

/// The settings of the runs that can be swept over, as an [`Over`] has them, each with its help: those of the optimizers,
/// of what goes around them, and of the schedules.
fn settings(scene: &Scene) -> Vec<(String, &'static str)> {
    let mut found: Vec<(String, &str)> = Vec::new();
    let mut add = |owner: &str, settings: &dyn Settings| {
        for param in settings.params() {
            let setting = format!("{owner}{}", param.name);
            if found.iter().all(|(known, _)| *known != setting) {
                found.push((setting, param.help));
            }
        }
    };
    for spec in swept_specs(scene) {
        add("", spec.optimizer.settings());
    }
    for spec in swept_specs(scene) {
        for wrapper in &spec.wrappers {
            add(&format!("{}.", wrapper.name()), wrapper.settings());
        }
        for schedule in spec.schedule.schedules() {
            add(&format!("{}.", schedule.name()), schedule.settings());
        }
    }
    found
}

fn swept_specs(scene: &Scene) -> impl Iterator<Item = &RunSpec> {
    let ticked = scene.runs.iter().filter(|run| run.shown);
    ticked.map(|run| &run.spec)
}
