//! Sweeps as pictures: curves over one setting, a map over two. The window shows [`CurvePlot`] and [`MapPlot`] and asks
//! them what lies under the pointer; [`curves_picture`] and [`map_picture`] are whole pages.

mod curves;
mod map;
mod page;

pub use curves::{CurvePlot, SweepLine};
pub use map::MapPlot;
pub use page::{SweepFigure, curves_picture, map_picture};

use super::axis::{Axis, Tick, Ticks, max_ticks, number};
use super::colour::Theme;
use super::drawing::{Anchor, Area, Colour, Item, Point, Stroke, Text};
use super::trail::line;
use crate::engine::analysis::sweep::{AxisValues, SweepMetric};
use crate::engine::declare::Scale;
use crate::engine::numeric::real;

/// What stands beside the line that theory draws.
const LIMIT: &str = "lr limit (theory)";

/// Long dashes, which no run has.
const LIMIT_DASH: &[f32] = &[10.0, 5.0];

/// The most decades below its highest value that a log axis of losses reaches.
const DECADES: i32 = 24;

/// An axis of a swept setting.
#[derive(Clone, Debug, PartialEq)]
pub enum GridAxis {
    /// Numbers, each at its place.
    Numbers(Axis),
    /// Values by name, each in the middle of an equal share.
    Names(Vec<String>),
}

impl GridAxis {
    /// The axis that holds some grids of one setting, with a little room at its ends.
    fn of<'a>(grids: impl Iterator<Item = &'a AxisValues> + Clone) -> Self {
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
        let ends = grids
            .flat_map(|grid| [grid.number(0), grid.number(grid.len() - 1)])
            .flatten()
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], end| {
                [low.min(end), high.max(end)]
            });
        let log = scales.iter().all(|scale| *scale == Scale::log);
        Self::Numbers(widened(ends, log, 0.015))
    }

    /// The axis on which the values of a grid are the middles of equal cells.
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

    /// The place of value `index` of a grid, from 0 to 1.
    pub fn position(&self, grid: &AxisValues, index: usize) -> Option<f64> {
        match self {
            Self::Numbers(axis) => grid.number(index).map(|number| axis.position(number)),
            Self::Names(names) => {
                let text = grid.text(index);
                let at = names.iter().position(|name| *name == text)?;
                Some(middle(at, names.len()))
            }
        }
    }

    /// The place of the value that a run has now, if it lies on the axis.
    fn current(&self, grid: &AxisValues, run: &crate::engine::training::RunSpec) -> Option<f64> {
        match self {
            Self::Numbers(axis) => grid
                .current_number(run)
                .map(|number| axis.position(number))
                .filter(|place| (0.0..=1.0).contains(place)),
            Self::Names(names) => {
                let text = grid.param().text(&grid.current(run)?);
                let at = names.iter().position(|name| *name == text)?;
                Some(middle(at, names.len()))
            }
        }
    }

    /// What is written along it, each with its place.
    fn ticks(&self, length: f32, each: f32) -> (Vec<(f64, String)>, String) {
        match self {
            Self::Numbers(axis) => {
                let Ticks { ticks, offset } = axis.ticks(max_ticks(length, each));
                let places = ticks
                    .into_iter()
                    .map(|Tick { value, label }| (axis.position(value), label));
                (places.collect(), offset)
            }
            Self::Names(names) => {
                let every = names.len().div_ceil(max_ticks(length, each).max(1));
                let places = names.iter().enumerate().step_by(every.max(1));
                let places = places.map(|(index, name)| (middle(index, names.len()), name.clone()));
                (places.collect(), String::new())
            }
        }
    }
}

/// The middle of share `index` of `count`.
fn middle(index: usize, count: usize) -> f64 {
    (real(index) + 0.5) / real(count)
}

/// An axis a share longer at both ends.
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

/// The axis that holds the values of a measure: logarithmic for losses that are not negative. Of losses that are far above
/// most others those on a linear axis lie beyond its end, and with `capped` those on a logarithmic one too.
fn values_axis(
    values: impl Iterator<Item = f64>,
    measure: SweepMetric,
    margin: f64,
    capped: bool,
) -> Axis {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (values.first(), values.last()) else {
        return Axis::linear([0.0, 1.0]);
    };
    if measure == SweepMetric::Steps {
        return Axis::linear([0.0, high.max(1.0) * (1.0 + margin)]);
    }
    if low < 0.0 || high <= 0.0 {
        let usual = values[values.len() / 2];
        let high = if usual > low {
            high.min(low + 5.0 * (usual - low))
        } else {
            high
        };
        return widened([low, high], false, margin);
    }
    // All but one of twenty are not above.
    let most = values[(values.len() * 19 / 20).min(values.len() - 1)];
    let most = if most > 0.0 { most } else { high };
    let high = if capped && high > 1e3 * most {
        most
    } else {
        high
    };
    let least = most * 10_f64.powi(-DECADES);
    let first = values.iter().copied().find(|value| *value >= least);
    let above = first.unwrap_or(high);
    // What is lower still lies at the low end, a little below the others.
    let low = if low < above {
        above.min(1e-3 * high)
    } else {
        above
    };
    widened([low, high], true, margin)
}

/// The ring around the values that a run has now.
fn ring([x, y]: Point, colour: Colour, halo: Colour) -> Vec<Item> {
    let points: Vec<Point> = (0..32_u8)
        .map(|i| f32::from(i) / 32.0 * std::f32::consts::TAU)
        .map(|turn| [x + 8.5 * turn.cos(), y + 8.5 * turn.sin()])
        .collect();
    let circle = |(width, colour)| Item::Path {
        points: points.clone(),
        closed: true,
        stroke: Some(Stroke {
            width,
            colour,
            dash: &[],
        }),
        fill: None,
    };
    [(3.4, halo), (1.6, colour)].map(circle).to_vec()
}

/// A length between two ends.
fn place(from: f32, to: f32, share: f64) -> f32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "pictures are drawn with f32"
    )]
    let share = share.clamp(-10.0, 10.0) as f32;
    from + share * (to - from)
}

/// The share of the way from one end to the other.
fn share(from: f32, to: f32, at: f32) -> f64 {
    f64::from(at - from) / f64::from(to - from)
}

fn write(text: impl Into<String>, at: Point, anchor: Anchor, size: f32, colour: Colour) -> Item {
    Item::Text(Text {
        text: text.into(),
        at,
        anchor,
        size,
        colour,
        halo: None,
        upright: false,
    })
}

/// Numbers along x, and the setting's name at their end.
fn numbers_below(along: &GridAxis, name: &str, area: Area, grid: bool, theme: &Theme) -> Vec<Item> {
    let (ticks, offset) = along.ticks(area.width(), 70.0);
    let mut items = Vec::new();
    for (at, label) in ticks {
        let x = place(area.min[0], area.max[0], at);
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
    items.push(write(name.trim(), at, Anchor::End, 12.0, theme.ink));
    items
}

/// Numbers along y, and a name above them.
fn numbers_beside(
    along: &GridAxis,
    name: &str,
    area: Area,
    grid: bool,
    theme: &Theme,
) -> Vec<Item> {
    let (ticks, offset) = along.ticks(area.height(), 34.0);
    let mut items = Vec::new();
    for (at, label) in ticks {
        let y = place(area.max[1], area.min[1], at);
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
    items.push(write(name.trim(), at, Anchor::Start, 12.0, theme.ink));
    items
}

/// A measure in words: "1.2e-5", "132 steps".
pub fn measure_text(value: f64, measure: SweepMetric) -> String {
    match measure {
        SweepMetric::Steps if value == 1.0 => "1 step".to_owned(),
        SweepMetric::Steps => format!("{} steps", number(value, 7)),
        _ => number(value, 4),
    }
}

/// Value `index` of a grid, short enough to read.
fn short(grid: &AxisValues, index: usize) -> String {
    match grid.number(index) {
        Some(value) => number(value, 4),
        None => grid.text(index),
    }
}

#[cfg(test)]
mod tests;
