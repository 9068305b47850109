//! Figures of sweeps: curves over one setting, a map over two. The window shows [`CurvePlot`] and [`MapPlot`] and asks
//! them for the value at the pointer; [`curves_picture`] and [`map_picture`] are whole pages.

mod curves;
mod map;
mod page;

pub use curves::{CurvePlot, SweepLine};
pub use map::MapPlot;
pub use page::{SweepFigure, curves_picture, map_picture, robust_text};

use super::axis::{Axis, Tick, Ticks, max_ticks, number};
use super::colour::Theme;
use super::drawing::{Anchor, Area, Colour, Item, Point, Role, Text, circle, lerp};
use super::trail::line;
use crate::engine::analysis::sweep::{AxisValues, SweepMetric};
use crate::engine::declare::Scale;
use crate::engine::numeric::real;

/// Name of the line of theoretical learning-rate limits.
const LIMIT: &str = "lr limit (theory)";

/// Dashes of that line, longer than those of any run.
const LIMIT_DASH: &[f32] = &[10.0, 5.0];

/// Maximal number of decades that a log axis of losses reaches below its highest value.
const DECADES: i32 = 24;

/// The axis of a swept setting.
#[derive(Clone, Debug, PartialEq)]
pub enum GridAxis {
    /// Numbers at their positions on a linear or logarithmic axis.
    Numbers(Axis),
    /// Named values, each in the middle of an equal share of the axis.
    Names(Vec<String>),
}

impl GridAxis {
    /// Creates the axis that contains the values of some grids of one setting, with a small margin.
    fn spanning<'a>(grids: impl Iterator<Item = &'a AxisValues> + Clone) -> Self {
        let scales: Option<Vec<Scale>> = grids.clone().map(AxisValues::scale).collect();
        let Some(scales) = scales else {
            let mut names = Vec::new();
            for grid in grids {
                for text in (0..grid.len()).map(|index| grid.text(index)) {
                    if !names.contains(&text) {
                        names.push(text);
                    }
                }
            }
            return Self::Names(names);
        };
        let ends = { grids.clone() }
            .flat_map(|grid| [grid.number(0), grid.number(grid.len() - 1)])
            .flatten()
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], end| {
                [low.min(end), high.max(end)]
            });
        // Decades of one run would be a single point of a linear axis; a 0 of another run has no place on a logarithmic one.
        let decades = { grids.clone() }.any(|grid| grid.scale() == Some(Scale::log));
        let log = ends[0] >= 0.0 && decades && !scales.is_empty();
        let positive =
            grids.flat_map(|grid| (0..grid.len()).filter_map(|index| grid.number(index)));
        let lowest = positive
            .filter(|number| *number > 0.0)
            .fold(ends[1], f64::min);
        let ends = if log { [lowest, ends[1]] } else { ends };
        Self::Numbers(widened(ends, log, 0.015))
    }

    /// Creates the axis on which the values of a grid are the middles of equal cells.
    fn cells(grid: &AxisValues) -> Self {
        let last = grid.len() - 1;
        match (grid.scale(), grid.number(0), grid.number(last)) {
            (Some(scale), Some(low), Some(high)) if grid.is_even() => {
                let log = scale == Scale::log;
                Self::Numbers(widened([low, high], log, 0.5 / real(last)))
            }
            _ => Self::Names((0..=last).map(|index| grid.text(index)).collect()),
        }
    }

    /// Returns the position of value `index` of a grid, from 0 to 1.
    pub fn position(&self, grid: &AxisValues, index: usize) -> Option<f64> {
        match self {
            Self::Numbers(axis) => { grid.number(index) }
                .map(|number| axis.position(number))
                .filter(|position| position.is_finite()),
            Self::Names(names) => {
                let text = grid.text(index);
                let at = names.iter().position(|name| *name == text)?;
                Some(middle(at, names.len()))
            }
        }
    }

    /// Returns the position of a run's current value, if it is on the axis.
    fn current(&self, grid: &AxisValues, run: &crate::engine::training::RunSpec) -> Option<f64> {
        match self {
            Self::Numbers(axis) => grid
                .current_number(run)
                .map(|number| axis.position(number))
                .filter(|position| (0.0..=1.0).contains(position)),
            Self::Names(names) => {
                let text = grid.param().text(&grid.current(run)?);
                let at = names.iter().position(|name| *name == text)?;
                Some(middle(at, names.len()))
            }
        }
    }

    /// Returns tick labels with their positions, and the offset that they leave out.
    fn ticks(&self, length: f32, min_spacing: f32) -> (Vec<(f64, String)>, String) {
        match self {
            Self::Numbers(axis) => {
                let Ticks { ticks, offset } = axis.ticks(max_ticks(length, min_spacing));
                let labels = ticks
                    .into_iter()
                    .map(|Tick { value, label }| (axis.position(value), label));
                (labels.collect(), offset)
            }
            Self::Names(names) => {
                let every = names.len().div_ceil(max_ticks(length, min_spacing).max(1));
                let labels = names.iter().enumerate().step_by(every.max(1));
                let labels = labels.map(|(index, name)| (middle(index, names.len()), name.clone()));
                (labels.collect(), String::new())
            }
        }
    }
}

/// Returns the middle of share `index` of `count` equal shares of the axis.
fn middle(index: usize, count: usize) -> f64 {
    (real(index) + 0.5) / real(count)
}

/// Creates an axis that extends beyond `ends` by a share of its length on both sides.
fn widened(ends: [f64; 2], log: bool, share: f64) -> Axis {
    let axis = |ends| {
        if log {
            Axis::log(ends)
        } else {
            Axis::linear(ends)
        }
    };
    let inner = axis(ends);
    axis([inner.value(-share), inner.value(1.0 + share)])
}

/// Creates the axis of a metric's values: logarithmic for losses that are not negative. Losses far above most others are
/// beyond its end if it is linear, and with `capped` also if it is logarithmic.
fn values_axis(
    values: impl Iterator<Item = f64>,
    metric: SweepMetric,
    margin: f64,
    capped: bool,
) -> Axis {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (values.first(), values.last()) else {
        return Axis::linear([0.0, 1.0]);
    };
    if metric == SweepMetric::Steps {
        return Axis::linear([0.0, high.max(1.0) * (1.0 + margin)]);
    }
    if low < 0.0 || high <= 0.0 {
        let median = values[values.len() / 2];
        let high = if median > low {
            high.min(low + 5.0 * (median - low))
        } else {
            high
        };
        return widened([low, high], false, margin);
    }
    // The 95th percentile.
    let most = values[(values.len() * 19 / 20).min(values.len() - 1)];
    let most = if most > 0.0 { most } else { high };
    let high = if capped && high > 1e3 * most {
        most
    } else {
        high
    };
    let min = most * 10_f64.powi(-DECADES);
    let first = values.iter().copied().find(|value| *value >= min);
    let lowest = first.unwrap_or(high);
    // Values below `min` are drawn at the low end, a little below the others.
    let low = if low < lowest {
        lowest.min(1e-3 * high)
    } else {
        lowest
    };
    widened([low, high], true, margin)
}

/// Draws the ring that marks a run's current values.
fn ring([x, y]: Point, colour: Colour, halo: Colour) -> Vec<Item> {
    let ring = |(width, colour)| Item::outline(circle([x, y], 8.5, 32), width, colour);
    [(3.4, halo), (1.6, colour)].map(ring).to_vec()
}

/// Returns the position of a coordinate between two others: 0 at `from`, 1 at `to`.
fn share(from: f32, to: f32, at: f32) -> f64 {
    f64::from(at - from) / f64::from(to - from)
}

fn write(text: impl Into<String>, at: Point, anchor: Anchor, size: f32, colour: Colour) -> Item {
    Item::Text(Text::new(text, at, anchor, size, colour))
}

/// Draws the tick labels of the x axis, with the setting's name at their end.
fn x_axis_items(axis: &GridAxis, name: &str, area: Area, grid: bool, theme: &Theme) -> Vec<Item> {
    let (ticks, offset) = axis.ticks(area.width(), 70.0);
    let mut items = Vec::new();
    for (at, label) in ticks {
        let x = lerp(area.min[0], area.max[0], at);
        if grid {
            let points = vec![[x, area.min[1]], [x, area.max[1]]];
            items.push(line(points, 0.6, theme.grid, &[]));
        }
        let points = vec![[x, area.max[1]], [x, area.max[1] + 4.0]];
        items.push(line(points, 1.0, theme.ink, &[]));
        let at = [x, area.max[1] + 13.0];
        items.push(write(label, at, Anchor::Middle, 12.0, theme.ink));
    }
    let name = format!("{name} {offset}");
    let at = [area.max[0], area.max[1] + 28.0];
    let name = write(name.trim(), at, Anchor::End, 12.0, theme.ink);
    items.push(name.with_role(Role::XLabel));
    items
}

/// Draws the tick labels of the y axis, with a name above them.
fn y_axis_items(axis: &GridAxis, name: &str, area: Area, grid: bool, theme: &Theme) -> Vec<Item> {
    let (ticks, offset) = axis.ticks(area.height(), 34.0);
    let mut items = Vec::new();
    for (at, label) in ticks {
        let y = lerp(area.max[1], area.min[1], at);
        if grid {
            let points = vec![[area.min[0], y], [area.max[0], y]];
            items.push(line(points, 0.6, theme.grid, &[]));
        }
        let points = vec![[area.min[0] - 4.0, y], [area.min[0], y]];
        items.push(line(points, 1.0, theme.ink, &[]));
        let at = [area.min[0] - 7.0, y];
        items.push(write(label, at, Anchor::End, 12.0, theme.ink));
    }
    let name = format!("{name} {offset}");
    let at = [area.min[0] - 46.0, area.min[1] - 11.0];
    let name = write(name.trim(), at, Anchor::Start, 12.0, theme.ink);
    items.push(name.with_role(Role::YLabel));
    items
}

/// Formats a metric's value: "1.2e-5", "132 steps".
pub fn metric_text(value: f64, metric: SweepMetric) -> String {
    match metric {
        SweepMetric::Steps if value == 1.0 => "1 step".to_owned(),
        SweepMetric::Steps => format!("{} steps", number(value, 7)),
        _ => number(value, 4),
    }
}

/// Formats value `index` of a grid, with at most four digits.
pub fn value_text(grid: &AxisValues, index: usize) -> String {
    match grid.number(index) {
        Some(value) => number(value, 4),
        None => grid.text(index),
    }
}

#[cfg(test)]
mod tests;
