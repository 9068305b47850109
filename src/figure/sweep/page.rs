//! Whole pages of sweeps: title, plot, legend and caption.

use super::map::hatch;
use super::{
    CurvePlot, LIMIT, LIMIT_DASH, MapPlot, SweepLine, metric_text, ring, value_text, write,
};
use crate::engine::analysis::sweep::{SweepCurve, SweepMap, SweepMetric};
use crate::engine::scene::Scene;
use crate::figure::axis::number;
use crate::figure::colour::{Marker, Theme};
use crate::figure::drawing::{Anchor, Area, Drawing, Item, Point};
use crate::figure::map::star;
use crate::figure::text_width::fitted;
use crate::figure::trail::{border, line};
use crate::figure::{caption, legend_line, page};

/// Settings of a sweep's page.
#[derive(Clone, Copy)]
pub struct SweepFigure<'a> {
    /// The scene that was swept.
    pub scene: &'a Scene,
    /// The metric that is compared.
    pub metric: SweepMetric,
    /// The goal of [`SweepMetric::Steps`]: the loss to reach.
    pub goal: Option<f64>,
    /// Width and height in points.
    pub size: [f32; 2],
    /// Light or dark.
    pub theme: &'a Theme,
    /// Number of seeds, of which the medians are drawn.
    pub seeds: usize,
    /// Whether the page has a legend.
    pub legend: bool,
}

impl SweepFigure<'_> {
    /// Draws the empty page with its title and its caption.
    fn page(&self, over: &str) -> Vec<Item> {
        let (height, theme) = (self.size[1], self.theme);
        let metric = match (self.metric, self.goal) {
            (SweepMetric::Steps, Some(goal)) => format!("Steps to a loss of {}", number(goal, 4)),
            (metric, _) => metric.title().to_owned(),
        };
        let landscape = self.scene.title();
        let seeds = match self.seeds {
            ..=1 => String::new(),
            seeds => format!(", median of {seeds} seeds"),
        };
        let title = format!("{metric} over {over}{seeds}   {landscape}");
        let mut items = page(self.size, theme);
        items.push(Item::title(title, [18.0, 20.0], theme.ink));
        let mut settings = caption(self.scene, self.scene.training.steps);
        if self.seeds > 1 {
            let seed = format!("seed {}", self.scene.training.seed);
            settings = settings.replacen(&seed, &format!("{} seeds", self.seeds), 1);
        }
        items.push(Item::caption(settings, [18.0, height - 14.0], theme.ink));
        items
    }

    /// Returns the plot's area and the legend's position, with `gap` points between them.
    fn layout(&self, gap: f32) -> (Area, Point) {
        let [width, height] = self.size;
        let legend = if self.legend {
            (width * 0.22).clamp(130.0, 200.0)
        } else {
            0.0
        };
        let plot = Area::new(
            [64.0, 56.0],
            [
                (width - legend - gap - 24.0).max(140.0),
                (height - 66.0).max(120.0),
            ],
        );
        (plot, [plot.max[0] + gap + 18.0, plot.min[1] + 6.0])
    }
}

/// A legend while it is being drawn.
struct Legend<'a> {
    items: Vec<Item>,
    at: Point,
    bottom: f32,
    right: f32,
    theme: &'a Theme,
}

impl Legend<'_> {
    /// Adds a line with a sign before it and an optional second line below; adds nothing once the page is full.
    fn entry(&mut self, sign: impl FnOnce(Point) -> Vec<Item>, texts: [&str; 2]) {
        if self.at[1] > self.bottom {
            return;
        }
        let [x, y] = self.at;
        self.items.extend(sign([x, y]));
        let [first, second] = texts;
        let at = [x + 38.0, y];
        let ink = self.theme.ink;
        self.items.push(write(
            fitted(first, 12.0, self.right - at[0]),
            at,
            Anchor::Start,
            12.0,
            ink,
        ));
        self.at[1] += 18.0;
        if !second.is_empty() {
            let at = [x + 38.0, y + 14.0];
            self.items.push(write(
                fitted(second, 11.0, self.right - at[0]),
                at,
                Anchor::Start,
                11.0,
                ink,
            ));
            self.at[1] += 16.0;
        }
    }

    /// Adds a line with a marker, centered before it.
    fn mark(&mut self, marker: impl FnOnce(Point) -> Vec<Item>, text: &str) {
        self.entry(|[x, y]| marker([x + 15.0, y]), [text, ""]);
    }

    /// Adds the line of theoretical limits.
    fn limit(&mut self) {
        let ink = self.theme.ink;
        self.entry(
            |[x, y]| vec![line(vec![[x, y], [x + 30.0, y]], 1.2, ink, LIMIT_DASH)],
            [LIMIT, ""],
        );
    }
}

/// Draws the page of curves, with a legend of each run's best value. `left_out` are the names of runs without the setting.
pub fn curves_picture(figure: &SweepFigure, lines: &[SweepLine], left_out: &[String]) -> Drawing {
    let (theme, metric) = (figure.theme, figure.metric);
    let (area, at) = figure.layout(0.0);
    let setting = lines
        .first()
        .map_or("", |line| line.curve.line.grid.setting());
    let mut items = figure.page(setting);
    let plot = CurvePlot::new(lines, metric, area);
    items.extend(plot.draw(lines, theme));
    let mut legend = Legend {
        items: Vec::new(),
        at,
        bottom: figure.size[1] - 40.0,
        right: figure.size[0] - 4.0,
        theme,
    };
    for line in lines {
        let (curve, name) = (line.curve, line.name);
        let best = curve.best(metric);
        let value = best.and_then(|index| curve.scores[index].value(metric));
        let result = match (best, value) {
            (Some(index), Some(value)) => {
                let grid = &curve.line.grid;
                let setting = grid.param().name;
                format!(
                    "{setting} {}: {}",
                    value_text(grid, index),
                    metric_text(value, metric)
                )
            }
            _ if curve.scores.iter().all(|score| score.diverged().is_some()) => {
                "diverges everywhere".to_owned()
            }
            _ => "never reaches the goal".to_owned(),
        };
        legend.entry(
            |at| legend_line(at, line.style_index, theme),
            [name, &result],
        );
        if let Some(robust) = robust_text(curve, metric) {
            legend.entry(|_| Vec::new(), [&robust, ""]);
        }
    }
    for name in left_out {
        legend.entry(|_| Vec::new(), [name, &format!("has no {setting}")]);
    }
    legend.at[1] += 8.0;
    let ink = theme.ink;
    if lines.iter().any(|line| !line.band.is_empty()) {
        let patch = |[x, y]: Point| Area::new([x + 3.0, y - 6.0], [x + 27.0, y + 6.0]);
        let band = |at| vec![Item::filled(patch(at).corners(), ink.opacity(0.18))];
        legend.entry(band, ["quartiles over seeds", ""]);
    }
    if lines.iter().any(|line| plot.current(line.curve).is_some()) {
        legend.mark(|at| ring(at, ink, theme.halo), "current value");
    }
    let diverges = lines.iter().any(|line| {
        let scores = &line.curve.scores;
        scores.iter().any(|score| score.diverged().is_some())
    });
    if diverges {
        legend.mark(
            |at| Marker::Cross.items(at, 4.5, ink, theme.halo),
            "diverges beyond",
        );
    }
    let has_limit = |line: &SweepLine| line.limit.is_some_and(|limit| plot.contains(limit));
    if lines.iter().any(has_limit) {
        legend.limit();
    }
    if figure.legend {
        items.extend(legend.items);
    }
    Drawing::new(figure.size, items)
}

/// Describes the value whose neighbours do best too, if it is not the best value itself.
pub fn robust_text(curve: &SweepCurve, metric: SweepMetric) -> Option<String> {
    let index = curve.robust_best(metric)?;
    let value = curve.scores[index].value(metric)?;
    let grid = &curve.line.grid;
    (curve.best(metric) != Some(index)).then(|| {
        let at = value_text(grid, index);
        format!("robust {at}: {}", metric_text(value, metric))
    })
}

/// Draws the page of a map, with its colour bar and a legend. `name` is the run's; `limits` come from
/// [`lr_limits`](crate::engine::analysis::sweep::lr_limits).
pub fn map_picture(
    figure: &SweepFigure,
    map: &SweepMap,
    name: &str,
    limits: Option<&(usize, Vec<Option<f64>>)>,
) -> Drawing {
    let (theme, metric) = (figure.theme, figure.metric);
    let (area, at) = figure.layout(90.0);
    let [x, y] = [0, 1].map(|axis| map.grids[axis].setting());
    let mut items = figure.page(&format!("{x} and {y}"));
    let plot = MapPlot::new(map, metric, area);
    let image = plot.image(map, theme);
    items.extend(plot.draw(map, &image, limits, theme));
    let left = area.max[0] + 18.0;
    let bar = Area::new([left, area.min[1]], [left + 14.0, area.max[1]]);
    items.extend(plot.colour_bar(bar, theme));
    let mut legend = Legend {
        items: Vec::new(),
        at,
        bottom: figure.size[1] - 40.0,
        right: figure.size[0] - 4.0,
        theme,
    };
    legend.entry(|_| Vec::new(), [name, ""]);
    let best = map.best(metric);
    let value = best.and_then(|at| map.score(at)?.value(metric));
    if let (Some(at), Some(value)) = (best, value) {
        legend.mark(|at| star(at, 8.0, theme), &metric_text(value, metric));
        for axis in [0, 1] {
            let grid = &map.grids[axis];
            let text = format!("{} {}", grid.param().name, value_text(grid, at[axis]));
            legend.entry(|_| Vec::new(), [&text, ""]);
        }
    }
    let ink = theme.ink;
    if plot.current(map).is_some() {
        legend.mark(|at| ring(at, ink, theme.halo), "current value");
    }
    let patch = |[x, y]: Point| Area::new([x + 3.0, y - 6.0], [x + 27.0, y + 6.0]);
    if map.scores.iter().any(|score| score.diverged().is_some()) {
        legend.entry(|at| hatch(patch(at), theme), ["diverges", ""]);
    }
    let missing = |score: &&crate::engine::analysis::sweep::Score| {
        score.diverged().is_none() && score.value(metric).is_none()
    };
    if map.scores.iter().find(missing).is_some() {
        legend.entry(
            |at| vec![border(patch(at), 0.8, theme.ink)],
            ["never reaches the goal", ""],
        );
    }
    if limits.is_some_and(|limits| plot.shows_limits(limits)) {
        legend.limit();
    }
    if figure.legend {
        items.extend(legend.items);
    }
    Drawing::new(figure.size, items)
}
