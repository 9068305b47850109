//! Whole pictures of sweeps: title, plot, legend and caption.

use super::map::hatch;
use super::{CurvePlot, LIMIT, LIMIT_DASH, MapPlot, SweepLine, measure_text, ring, short, write};
use crate::engine::analysis::sweep::{SweepMap, SweepMetric};
use crate::engine::scene::Scene;
use crate::figure::axis::number;
use crate::figure::colour::{Marker, Theme};
use crate::figure::drawing::{Anchor, Area, Drawing, Item, Point};
use crate::figure::map::star;
use crate::figure::trail::{border, line};
use crate::figure::{caption, legend_line, shortened};

/// What a picture of a sweep shows besides the sweep, and how.
#[derive(Clone, Copy)]
pub struct SweepFigure<'a> {
    /// The scene that was swept.
    pub scene: &'a Scene,
    /// What is compared.
    pub measure: SweepMetric,
    /// The loss that [`Measure::Steps`] waits for.
    pub goal: Option<f64>,
    /// Width and height in points.
    pub size: [f32; 2],
    /// Light or dark.
    pub theme: &'a Theme,
}

impl SweepFigure<'_> {
    /// The page with its title and its caption.
    fn page(&self, over: &str) -> Vec<Item> {
        let ([width, height], theme) = (self.size, self.theme);
        let page = vec![[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]];
        let measure = match (self.measure, self.goal) {
            (SweepMetric::Steps, Some(goal)) => format!("Steps to a loss of {}", number(goal, 4)),
            (measure, _) => measure.title().to_owned(),
        };
        let landscape = self.scene.title();
        let title = format!("{measure} over {over}   {landscape}");
        vec![
            Item::Path {
                points: page,
                closed: true,
                stroke: None,
                fill: Some(theme.background),
            },
            write(title, [18.0, 20.0], Anchor::Start, 15.0, theme.ink),
            write(
                caption(self.scene, self.scene.training.steps),
                [18.0, height - 14.0],
                Anchor::Start,
                11.0,
                theme.ink,
            ),
        ]
    }

    /// The plot, and where the legend begins, `beside` points of other things between them.
    fn layout(&self, beside: f32) -> (Area, Point) {
        let [width, height] = self.size;
        let legend = (width * 0.22).clamp(130.0, 200.0);
        let plot = Area::new(
            [64.0, 56.0],
            [
                (width - legend - beside - 24.0).max(140.0),
                (height - 66.0).max(120.0),
            ],
        );
        (plot, [plot.max[0] + beside + 18.0, plot.min[1] + 6.0])
    }
}

/// The lines of a legend.
struct Legend<'a> {
    items: Vec<Item>,
    at: Point,
    bottom: f32,
    theme: &'a Theme,
}

impl Legend<'_> {
    /// A line with a sign before it, and a second one below; nothing once the page is full.
    fn entry(&mut self, sign: impl FnOnce(Point) -> Vec<Item>, texts: [&str; 2]) {
        if self.at[1] > self.bottom {
            return;
        }
        let [x, y] = self.at;
        self.items.extend(sign([x, y]));
        let [first, second] = texts;
        let at = [x + 38.0, y];
        let ink = self.theme.ink;
        self.items
            .push(write(shortened(first, 24), at, Anchor::Start, 12.0, ink));
        self.at[1] += 18.0;
        if !second.is_empty() {
            let at = [x + 38.0, y + 14.0];
            self.items
                .push(write(shortened(second, 28), at, Anchor::Start, 11.0, ink));
            self.at[1] += 16.0;
        }
    }

    /// A thing in the middle of the sign's place.
    fn mark(&mut self, marker: impl FnOnce(Point) -> Vec<Item>, text: &str) {
        self.entry(|[x, y]| marker([x + 15.0, y]), [text, ""]);
    }

    fn limit(&mut self) {
        let ink = self.theme.ink;
        self.entry(
            |[x, y]| vec![line(vec![[x, y], [x + 30.0, y]], 1.2, ink, LIMIT_DASH)],
            [LIMIT, ""],
        );
    }
}

/// The picture of curves, with a legend that names each run's best value. `left_out` are the names of runs without the setting.
pub fn curves_picture(sheet: &SweepFigure, shown: &[SweepLine], left_out: &[String]) -> Drawing {
    let (theme, measure) = (sheet.theme, sheet.measure);
    let (area, at) = sheet.layout(0.0);
    let setting = shown
        .first()
        .map_or("", |shown| shown.curve.line.grid.setting());
    let mut items = sheet.page(setting);
    let plot = CurvePlot::new(shown, measure, area);
    items.extend(plot.draw(shown, theme));
    let mut legend = Legend {
        items: Vec::new(),
        at,
        bottom: sheet.size[1] - 40.0,
        theme,
    };
    for shown in shown {
        let (curve, name) = (shown.curve, shown.name);
        let best = curve.best(measure);
        let value = best.and_then(|index| curve.scores[index].value(measure));
        let told = match (best, value) {
            (Some(index), Some(value)) => {
                let grid = &curve.line.grid;
                let setting = grid.param().name;
                format!(
                    "{setting} {}: {}",
                    short(grid, index),
                    measure_text(value, measure)
                )
            }
            _ if curve.scores.iter().all(|score| score.diverged().is_some()) => {
                "diverges everywhere".to_owned()
            }
            _ => "never reaches the goal".to_owned(),
        };
        legend.entry(
            |at| legend_line(at, shown.style_index, theme),
            [name, &told],
        );
    }
    for name in left_out {
        legend.entry(|_| Vec::new(), [name, &format!("has no {setting}")]);
    }
    legend.at[1] += 8.0;
    let ink = theme.ink;
    if shown
        .iter()
        .any(|shown| plot.current(shown.curve).is_some())
    {
        legend.mark(|at| ring(at, ink, theme.halo), "as it is set");
    }
    let crossed = shown.iter().any(|shown| {
        let scores = &shown.curve.scores;
        scores.iter().any(|score| score.diverged().is_some())
    });
    if crossed {
        legend.mark(
            |at| Marker::Cross.items(at, 4.5, ink, theme.halo),
            "diverges beyond",
        );
    }
    let limited = |shown: &SweepLine| shown.limit.is_some_and(|limit| plot.has(limit));
    if shown.iter().any(limited) {
        legend.limit();
    }
    items.extend(legend.items);
    Drawing {
        size: sheet.size,
        items,
    }
}

/// The picture of a map, with its colour bar and a legend. `name` is the run's; `limits` are those of
/// [`lr_limits`](crate::engine::analysis::sweep::lr_limits).
pub fn map_picture(
    sheet: &SweepFigure,
    map: &SweepMap,
    name: &str,
    limits: Option<&(usize, Vec<Option<f64>>)>,
) -> Drawing {
    let (theme, measure) = (sheet.theme, sheet.measure);
    let (area, at) = sheet.layout(90.0);
    let [x, y] = [0, 1].map(|axis| map.grids[axis].setting());
    let mut items = sheet.page(&format!("{x} and {y}"));
    let plot = MapPlot::new(map, measure, area);
    let image = plot.image(map, theme);
    items.extend(plot.draw(map, &image, limits, theme));
    let left = area.max[0] + 18.0;
    let bar = Area::new([left, area.min[1]], [left + 14.0, area.max[1]]);
    items.extend(plot.colour_bar(bar, theme));
    let mut legend = Legend {
        items: Vec::new(),
        at,
        bottom: sheet.size[1] - 40.0,
        theme,
    };
    legend.entry(|_| Vec::new(), [name, ""]);
    let best = map.best(measure);
    let value = best.and_then(|at| map.score(at)?.value(measure));
    if let (Some(at), Some(value)) = (best, value) {
        legend.mark(|at| star(at, 8.0, theme), &measure_text(value, measure));
        for axis in [0, 1] {
            let grid = &map.grids[axis];
            let text = format!("{} {}", grid.param().name, short(grid, at[axis]));
            legend.entry(|_| Vec::new(), [&text, ""]);
        }
    }
    let ink = theme.ink;
    if plot.current(map).is_some() {
        legend.mark(|at| ring(at, ink, theme.halo), "as it is set");
    }
    let patch = |[x, y]: Point| Area::new([x + 3.0, y - 6.0], [x + 27.0, y + 6.0]);
    if map.scores.iter().any(|score| score.diverged().is_some()) {
        legend.entry(|at| hatch(patch(at), theme), ["diverges", ""]);
    }
    let missing = |score: &&crate::engine::analysis::sweep::Score| {
        score.diverged().is_none() && score.value(measure).is_none()
    };
    if map.scores.iter().find(missing).is_some() {
        legend.entry(
            |at| vec![border(patch(at), 0.8, theme.ink)],
            ["never reaches the goal", ""],
        );
    }
    if limits.is_some_and(|limits| plot.shows(limits)) {
        legend.limit();
    }
    items.extend(legend.items);
    Drawing {
        size: sheet.size,
        items,
    }
}
