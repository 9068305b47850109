//! Sweep: scores of runs over values of a setting, as curves, or of one run over two settings, as a map.

use super::figure::not_computed_yet;
use super::sweep_axis::{Axis, axis_ui};
use super::sweep_curves::{SweepChart, score_text};
use super::{Figure, View, ViewContext, ViewOutput, named, progress_ui, run_combo_ui};
use crate::engine::analysis::sweep::{SweepAxis, SweepCurve, SweepMap, SweepMetric};
use crate::engine::scene::Scene;
use crate::engine::training::RunSpec;
use crate::export::picture::Show;
use crate::figure;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Colour, Item, Point};
use crate::figure::pages::Page;
use crate::figure::sweep::{
    CurvePlot, MapPlot, SweepFigure, SweepLine, curves_picture, map_picture, value_text,
};
use crate::gui::command::Command;
use crate::gui::field::refusal_ui;
use crate::gui::paint::{self, Textures};
use crate::gui::slider::{UNLIMITED, drag_ui};
use crate::session::{LrLimits, Request, SweepAxes, SweepData, SweepRequest, SweepResult};
use eframe::egui;
use std::sync::Arc;

/// State of the view between frames.
pub(super) struct SweepView {
    /// The settings that vary, as they are typed; the second may be empty.
    axes: [String; 2],
    measure: SweepMetric,
    goal: f64,
    chart: SweepChart,
    image: Option<CachedImage>,
}

impl Default for SweepView {
    fn default() -> Self {
        Self {
            axes: ["lr".to_owned(), String::new()],
            measure: SweepMetric::Final,
            goal: 1e-3,
            chart: SweepChart::default(),
            image: None,
        }
    }
}

/// Pixels of a map, kept until it changes.
struct CachedImage {
    found: Arc<Result<SweepResult, String>>,
    dark: bool,
    measure: SweepMetric,
    plot: MapPlot,
    pixels: (usize, usize, Arc<Vec<Colour>>),
}

/// The run under the pointer: its index among the swept runs, its spec with the settings there, and its score in words.
struct HoveredRun {
    run: usize,
    spec: RunSpec,
    text: String,
}

impl View for SweepView {
    fn title(&self) -> &'static str {
        "Sweep"
    }

    fn key(&self) -> egui::Key {
        egui::Key::W
    }

    fn help(&self) -> &'static str {
        "Scores of the runs over values of one setting, or of one run over two settings."
    }

    fn applies(&self, scene: &Scene) -> bool {
        !scene.is_network()
    }

    fn toolbar_ui(&mut self, ui: &mut egui::Ui, context: &ViewContext) -> Vec<Command> {
        let title = self.measure.title();
        let combo = egui::ComboBox::from_id_salt("sweep measure")
            .selected_text(title)
            .show_ui(ui, |ui| {
                for measure in SweepMetric::ALL {
                    ui.selectable_value(&mut self.measure, measure, measure.title());
                }
            });
        named(&combo.response, "Measure of the sweep", title);
        if self.measure == SweepMetric::Steps {
            let speed = self.goal.abs().max(1e-12) * 0.02;
            let typed = drag_ui(ui, "goal", &mut self.goal, speed, UNLIMITED);
            typed
                .response
                .on_hover_text("The loss that is to be reached.");
            refusal_ui(ui, typed.refused.as_deref());
        }
        ui.label("over");
        axis_ui(ui, context.scene, &mut self.axes[0], Axis::First);
        ui.label("and");
        axis_ui(ui, context.scene, &mut self.axes[1], Axis::Second);
        let mut chosen = None;
        if !self.axes[1].trim().is_empty() {
            let run = context.followed.unwrap_or(0);
            chosen = run_combo_ui(ui, "Run of the sweep", context.names, run);
        }
        progress_ui(ui, &context.session.sweep);
        chosen.map(Command::Select).into_iter().collect()
    }

    /// Shows the sweep. A click takes the settings under the pointer over.
    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let (space, scene) = (ui.available_rect_before_wrap(), context.scene);
        let job = &context.session.sweep;
        let request = self.request(context);
        if let Ok(request) = &request {
            job.request(request.clone());
            job.wait(context.frame_budget);
        }
        let newest = job.newest();
        let ticked = scene.runs.iter().any(|run| run.shown);
        let (shared, sweep) = match (&request, newest.as_ref().map(|shared| (shared, &**shared))) {
            (Ok(_), Some((shared, Ok(sweep)))) if ticked => (shared, sweep),
            (request, newest) => {
                let text = match (request, newest) {
                    _ if !ticked => "A sweep needs an optimizer. Tick one on the left.",
                    (Err(refusal), _) => refusal.as_str(),
                    (_, Some((_, Err(sentence)))) => sentence.as_str(),
                    _ => "Computing the sweep …",
                };
                ui.put(
                    paint::inset(space, [40.0; 2], [40.0; 2]),
                    egui::Label::new(text).wrap(),
                );
                return Vec::new();
            }
        };
        let (hovered, clicked) = match &sweep.swept {
            SweepData::Curves(curves) => self.curves_ui(ui, curves, context, output.textures),
            SweepData::Map(map) => {
                let theme = context.theme;
                let draw = |view: &mut Self, area: Area, pointer: Option<Point>| {
                    view.map(map, (shared, sweep), theme, area, pointer)
                };
                self.drawn_ui(ui, 96.0, output.textures, draw)
            }
        };
        let Some(HoveredRun { run, spec, text }) = hovered else {
            return Vec::new();
        };
        *output.hover_text = text;
        // The sweep of an earlier scene stays until the one of this scene is computed.
        let current = request.is_ok_and(|request| request.matches(&sweep.request));
        match swept_runs(context).nth(run) {
            Some(index) if clicked && current => {
                let mut scene = scene.clone();
                scene.runs[index].spec = spec;
                vec![Command::Edit(Box::new(scene))]
            }
            _ => Vec::new(),
        }
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        let request = self.request(context)?;
        let job = &context.session.sweep;
        let newest = job.newest().ok_or_else(|| not_computed_yet("sweep"))?;
        let found = (*newest).as_ref().map_err(Clone::clone)?;
        if !found.request.matches(&request) || job.busy() {
            return Err(not_computed_yet("sweep"));
        }
        let (scene, theme, measure) = (context.scene.clone(), context.theme, self.measure);
        let indices: Vec<usize> = swept_runs(context).collect();
        let axes = match &request.axes {
            SweepAxes::One(axis) => axis.to_string(),
            SweepAxes::Two(_, [x, y]) => format!("{x} and {y}"),
        };
        let kind = (context.scene, Show::Page(Page::Sweep));
        let what = format!("Sweep over {axes}");
        Ok(Figure::new(kind, &what, theme, move |size, legend| {
            let found = (*newest).as_ref().map_err(Clone::clone)?;
            let names = scene.run_names();
            let figure = SweepFigure {
                scene: &scene,
                metric: measure,
                goal: found.request.goal,
                size,
                theme,
                seeds: 1,
                legend,
            };
            let name = |run: usize| names.get(*indices.get(run)?).map(String::as_str);
            Ok(match &found.swept {
                SweepData::Curves(curves) => {
                    let lines = sweep_lines(curves, &indices, &names, &scene);
                    let swept =
                        |run: &usize| curves.iter().any(|(curve, _)| curve.line.run == *run);
                    let left_out = (0..indices.len()).filter(|run| !swept(run));
                    let left_out = left_out.filter_map(|run| Some(name(run)?.to_owned()));
                    curves_picture(&figure, &lines, &left_out.collect::<Vec<_>>())
                }
                SweepData::Map(map) => {
                    let name = name(map_run(&found.request)).unwrap_or_default();
                    map_picture(&figure, &map.0, name, map.1.as_ref())
                }
            })
        }))
    }
}

/// Returns the index, among the swept runs, of the run of a map.
fn map_run(request: &SweepRequest) -> usize {
    match request.axes {
        SweepAxes::Two(run, _) => run,
        SweepAxes::One(_) => 0,
    }
}

/// Returns the curves of the runs with these indices, with their names and colours.
fn sweep_lines<'a>(
    curves: &'a [(SweepCurve, Option<f64>)],
    indices: &[usize],
    names: &'a [String],
    scene: &Scene,
) -> Vec<SweepLine<'a>> {
    let lines = curves.iter().filter_map(|(curve, limit)| {
        let index = *indices.get(curve.line.run)?;
        Some(SweepLine {
            curve,
            name: names.get(index)?,
            style_index: figure::style_index(scene.runs.get(index)?.colour),
            limit: *limit,
            band: &[],
        })
    });
    lines.collect()
}

impl SweepView {
    /// Returns the request for the sweep.
    ///
    /// # Errors
    /// Returns one sentence where a typed setting does not parse.
    fn request(&self, context: &ViewContext) -> Result<SweepRequest, String> {
        let scene = context.scene;
        let parse = |text: &String| {
            text.parse::<SweepAxis>()
                .map_err(|refusal| refusal.to_string())
        };
        let first = parse(&self.axes[0])?;
        let axes = if self.axes[1].trim().is_empty() {
            SweepAxes::One(first)
        } else {
            let run = context.followed.unwrap_or(0);
            let before = &scene.runs[..run.min(scene.runs.len())];
            let ticked = before.iter().filter(|run| run.shown).count();
            SweepAxes::Two(ticked, [first, parse(&self.axes[1])?])
        };
        Ok(SweepRequest {
            scene: scene.clone(),
            specs: swept_runs(context)
                .map(|index| scene.runs[index].spec.clone())
                .collect(),
            axes,
            goal: (self.measure == SweepMetric::Steps).then_some(self.goal),
        })
    }

    /// Shows the curves; returns the run under the pointer, and whether it is clicked.
    fn curves_ui(
        &mut self,
        ui: &mut egui::Ui,
        curves: &[(SweepCurve, Option<f64>)],
        context: &ViewContext,
        textures: &mut Textures,
    ) -> (Option<HoveredRun>, bool) {
        let indices: Vec<usize> = swept_runs(context).collect();
        let lines = sweep_lines(curves, &indices, context.names, context.scene);
        let measure = self.measure;
        let run_at = |[line, value]: [usize; 2]| {
            let SweepLine { curve, name, .. } = lines[line];
            let grid = &curve.line.grid;
            let score = score_text(&curve.scores[value], measure);
            let value_text = value_text(grid, value);
            HoveredRun {
                run: curve.line.run,
                spec: curve.spec(value),
                text: format!("{name}  {} = {value_text}: {score}", grid.setting()),
            }
        };
        let shown = (context, &mut *textures);
        if let Some(picked) = self.chart.ui(ui, &lines, measure, shown) {
            // The chart has shown the values itself.
            let silent = |run: HoveredRun| HoveredRun {
                text: String::new(),
                ..run
            };
            return (picked.at.map(run_at).map(silent), picked.clicked);
        }
        // Curves over names have no axis that could be zoomed.
        let draw = |_: &mut Self, area: Area, pointer: Option<Point>| {
            let plot = CurvePlot::new(&lines, measure, area);
            let hovered = pointer.and_then(|pointer| plot.pick(&lines, pointer));
            (plot.draw(&lines, context.theme), hovered.map(run_at))
        };
        self.drawn_ui(ui, 18.0, textures, draw)
    }

    /// Shows a drawing with `right` points of space at its right; returns the run under the pointer, and whether it is clicked.
    fn drawn_ui(
        &mut self,
        ui: &mut egui::Ui,
        right: f32,
        textures: &mut Textures,
        draw: impl FnOnce(&mut Self, Area, Option<Point>) -> (Vec<Item>, Option<HoveredRun>),
    ) -> (Option<HoveredRun>, bool) {
        let space = ui.available_rect_before_wrap();
        let inner = paint::inset(space, [62.0, 30.0], [right, 44.0]);
        let response = ui.interact(inner, ui.scope_id().with("sweep"), egui::Sense::click());
        let name = "Sweep: click takes the settings over";
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, name));
        let pointer = response.hover_pos().map(|pointer| [pointer.x, pointer.y]);
        let (items, hovered) = draw(self, paint::area(inner), pointer);
        paint::paint(&ui.painter_at(space), items, textures);
        (hovered, response.clicked())
    }

    /// Returns the map, and the cell under the pointer.
    fn map(
        &mut self,
        (map, limits): &(SweepMap, LrLimits),
        (shared, sweep): (&Arc<Result<SweepResult, String>>, &SweepResult),
        theme: &Theme,
        area: Area,
        pointer: Option<Point>,
    ) -> (Vec<Item>, Option<HoveredRun>) {
        let (plot, pixels) = self.image(shared, map, area, theme);
        let mut items = plot.draw(map, &pixels, limits.as_ref(), theme);
        let [left, right] = [14.0, 28.0].map(|offset| area.max[0] + offset);
        let bar = Area::new([left, area.min[1]], [right, area.max[1]]);
        items.extend(plot.colour_bar(bar, theme));
        let hovered = pointer
            .and_then(|pointer| plot.index_at(pointer))
            .map(|at| {
                let score = map
                    .score(at)
                    .map_or_else(String::new, |score| score_text(score, self.measure));
                let [x, y] = [0, 1].map(|axis| {
                    let grid = &map.grids[axis];
                    format!("{} = {}", grid.setting(), value_text(grid, at[axis]))
                });
                HoveredRun {
                    run: map_run(&sweep.request),
                    spec: map.spec(at),
                    text: format!("{x}, {y}: {score}"),
                }
            });
        (items, hovered)
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

/// Returns the indices of the swept runs: the ticked ones, and the followed one.
fn swept_runs(context: &ViewContext) -> impl Iterator<Item = usize> {
    let (runs, followed) = (&context.scene.runs, context.followed.unwrap_or(0));
    (0..runs.len()).filter(move |&index| runs[index].shown || index == followed)
}
