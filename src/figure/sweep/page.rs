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
use crate::figure::text_width::{self, fitted};
use crate::figure::trail::{border, line};
use crate::figure::{NARROW, caption, legend_line, page};

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

    /// Whether the page has its legend below the plot.
    fn is_narrow(&self) -> bool {
        self.size[0] < NARROW
    }

    /// Returns the plot's area, with `gap` points between it and a legend at its right, and draws the legend.
    fn with_legend(&self, gap: f32, legend: &Legend) -> (Area, Vec<Item>) {
        let [width, height] = self.size;
        if !self.legend {
            let corner = [width - gap - 24.0, height - 66.0];
            let plot = Area::new([64.0, 56.0], [corner[0].max(140.0), corner[1].max(120.0)]);
            return (plot, Vec::new());
        }
        if self.is_narrow() {
            let (items, top) = legend.rows(Area::new([12.0, 60.0], [width - 6.0, height - 24.0]));
            let plot = Area::new(
                [58.0, 56.0],
                [(width - gap - 14.0).max(140.0), (top - 42.0).max(90.0)],
            );
            return (plot, items);
        }
        let column = legend.width().clamp(130.0, 0.34 * width.max(390.0));
        let plot = Area::new(
            [64.0, 56.0],
            [
                (width - column - gap - 24.0).max(140.0),
                (height - 66.0).max(120.0),
            ],
        );
        let at = [plot.max[0] + gap + 18.0, plot.min[1] + 6.0];
        (plot, legend.column(at, [width - 4.0, height - 40.0]))
    }
}

/// An entry of a legend: a sign, its meaning, and details.
struct Entry<'a> {
    sign: Box<dyn Fn(Point) -> Vec<Item> + 'a>,
    texts: Vec<String>,
}

/// A legend of entries, before it is drawn.
struct Legend<'a> {
    entries: Vec<Entry<'a>>,
    theme: &'a Theme,
}

/// Width of a sign with the space after it, and font sizes of an entry, of its details, and of entries in rows.
const SIGN: f32 = 38.0;
const NAME: f32 = 12.0;
const DETAIL: f32 = 11.0;
const ROW: f32 = 9.5;
const ROW_HEIGHT: f32 = 13.0;

impl<'a> Legend<'a> {
    /// Adds a sign with a text and details.
    fn entry(&mut self, sign: impl Fn(Point) -> Vec<Item> + 'a, texts: impl Into<Vec<String>>) {
        self.entries.push(Entry {
            sign: Box::new(sign),
            texts: texts.into(),
        });
    }

    /// Adds a marker, centered before its text.
    fn mark(&mut self, marker: impl Fn(Point) -> Vec<Item> + 'a, text: &str) {
        self.entry(move |[x, y]| marker([x + 15.0, y]), [text.to_owned()]);
    }

    /// Adds the line of theoretical limits.
    fn limit(&mut self) {
        let ink = self.theme.ink;
        self.entry(
            move |[x, y]| vec![line(vec![[x, y], [x + 30.0, y]], 1.2, ink, LIMIT_DASH)],
            [LIMIT.to_owned()],
        );
    }

    /// Returns the width of the widest text in a column, with its sign.
    fn width(&self) -> f32 {
        let texts = self.entries.iter().flat_map(|entry| {
            let sizes = [NAME].into_iter().chain(std::iter::repeat(DETAIL));
            entry.texts.iter().zip(sizes)
        });
        let widths = texts.map(|(text, size)| text_width::width(text, size));
        SIGN + widths.fold(0.0, f32::max) + 6.0
    }

    /// Draws the entries below each other, as many as fit.
    fn column(&self, [x, mut y]: Point, [right, bottom]: Point) -> Vec<Item> {
        let mut items = Vec::new();
        let at = x + SIGN;
        for entry in &self.entries {
            if y > bottom {
                break;
            }
            items.extend((entry.sign)([x, y]));
            for (index, text) in entry.texts.iter().enumerate() {
                let size = if index == 0 { NAME } else { DETAIL };
                y += if index == 0 { 0.0 } else { 14.0 };
                let text = fitted(text, size, right - at);
                items.push(write(text, [at, y], Anchor::Start, size, self.theme.ink));
            }
            y += 20.0;
        }
        items
    }

    /// Draws the entries in two columns at the bottom of an area, each with its first detail; returns the items and their top.
    fn rows(&self, area: Area) -> (Vec<Item>, f32) {
        #[expect(clippy::cast_precision_loss, reason = "a few entries")]
        let real = |count: usize| count as f32;
        let rows = self.entries.len().div_ceil(2);
        let top = (area.max[1] - real(rows) * ROW_HEIGHT).max(area.min[1] + 0.5 * area.height());
        let width = 0.5 * area.width();
        let mut items = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            let x = area.min[0] + real(index % 2) * width;
            let y = top + (real(index / 2) + 0.5) * ROW_HEIGHT;
            if y > area.max[1] {
                break;
            }
            items.extend((entry.sign)([x, y]));
            // The x axis has the name of the setting.
            let [name, detail] = [0, 1].map(|at| entry.texts.get(at).map_or("", String::as_str));
            let value = detail.split_once(' ').map(|(_, value)| value);
            let is_number = |value: &&str| value.starts_with(|c: char| c.is_ascii_digit());
            let brief = value.filter(is_number).unwrap_or(detail);
            let texts = [detail, brief].map(|detail| format!("{name}  {detail}"));
            let texts = texts.iter().map(|text| text.trim());
            let text = text_width::first_fitted(texts, ROW, width - SIGN - 2.0);
            items.push(write(
                text,
                [x + SIGN, y],
                Anchor::Start,
                ROW,
                self.theme.ink,
            ));
        }
        (items, top)
    }
}

/// Draws the page of curves, with a legend of each run's best value. `left_out` are the names of runs without the setting.
pub fn curves_picture(figure: &SweepFigure, lines: &[SweepLine], left_out: &[String]) -> Drawing {
    let (theme, metric) = (figure.theme, figure.metric);
    let setting = lines
        .first()
        .map_or("", |line| line.curve.line.grid.setting());
    // What is in the plot does not depend on its place.
    let anywhere = CurvePlot::new(lines, metric, Area::new([0.0; 2], [100.0; 2]));
    let mut legend = Legend {
        entries: Vec::new(),
        theme,
    };
    for line in lines {
        let (curve, style_index) = (line.curve, line.style_index);
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
        let robust = robust_text(curve, metric);
        let texts = [line.name.to_owned(), result].into_iter().chain(robust);
        legend.entry(
            move |at| legend_line(at, style_index, theme),
            texts.collect::<Vec<_>>(),
        );
    }
    for name in left_out {
        legend.entry(|_| Vec::new(), [name.clone(), format!("has no {setting}")]);
    }
    let ink = theme.ink;
    if lines.iter().any(|line| !line.band.is_empty()) {
        let patch = |[x, y]: Point| Area::new([x + 3.0, y - 6.0], [x + 27.0, y + 6.0]);
        let band = move |at| vec![Item::filled(patch(at).corners(), ink.opacity(0.18))];
        legend.entry(band, ["quartiles over seeds".to_owned()]);
    }
    if lines
        .iter()
        .any(|line| anywhere.current(line.curve).is_some())
    {
        legend.mark(move |at| ring(at, ink, theme.halo), "current value");
    }
    let diverges = lines.iter().any(|line| {
        let scores = &line.curve.scores;
        scores.iter().any(|score| score.diverged().is_some())
    });
    if diverges {
        legend.mark(
            move |at| Marker::Cross.items(at, 4.5, ink, theme.halo),
            "diverges beyond",
        );
    }
    let has_limit = |line: &SweepLine| line.limit.is_some_and(|limit| anywhere.contains(limit));
    if lines.iter().any(has_limit) {
        legend.limit();
    }
    let (area, drawn) = figure.with_legend(0.0, &legend);
    let mut items = figure.page(setting);
    items.extend(CurvePlot::new(lines, metric, area).draw(lines, theme));
    items.extend(drawn);
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
    let [x, y] = [0, 1].map(|axis| map.grids[axis].setting());
    let anywhere = MapPlot::new(map, metric, Area::new([0.0; 2], [100.0; 2]));
    let mut legend = Legend {
        entries: Vec::new(),
        theme,
    };
    let best = map.best(metric);
    let value = best.and_then(|at| map.score(at)?.value(metric));
    legend.entry(|_| Vec::new(), [name.to_owned()]);
    if let (Some(at), Some(value)) = (best, value) {
        let setting = |axis: usize| {
            let grid = &map.grids[axis];
            format!("{} {}", grid.param().name, value_text(grid, at[axis]))
        };
        legend.entry(
            move |[x, y]| star([x + 15.0, y], 8.0, theme),
            [metric_text(value, metric), setting(0), setting(1)],
        );
    }
    let ink = theme.ink;
    if anywhere.current(map).is_some() {
        legend.mark(move |at| ring(at, ink, theme.halo), "current value");
    }
    let patch = |[x, y]: Point| Area::new([x + 3.0, y - 6.0], [x + 27.0, y + 6.0]);
    if map.scores.iter().any(|score| score.diverged().is_some()) {
        legend.entry(move |at| hatch(patch(at), theme), ["diverges".to_owned()]);
    }
    let missing = |score: &&crate::engine::analysis::sweep::Score| {
        score.diverged().is_none() && score.value(metric).is_none()
    };
    if map.scores.iter().find(missing).is_some() {
        legend.entry(
            move |at| vec![border(patch(at), 0.8, ink)],
            ["never reaches the goal".to_owned()],
        );
    }
    if limits.is_some_and(|limits| anywhere.shows_limits(limits)) {
        legend.limit();
    }
    let (area, drawn) = figure.with_legend(90.0, &legend);
    let plot = MapPlot::new(map, metric, area);
    let mut items = figure.page(&format!("{x} and {y}"));
    let image = plot.image(map, theme);
    items.extend(plot.draw(map, &image, limits, theme));
    let left = area.max[0] + 18.0;
    let bar = Area::new([left, area.min[1]], [left + 14.0, area.max[1]]);
    items.extend(plot.colour_bar(bar, theme));
    items.extend(drawn);
    Drawing::new(figure.size, items)
}
