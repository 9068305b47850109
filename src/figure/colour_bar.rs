//! The colour bar: shades of heights with round ticks.

use super::axis::number;
use super::colour::Theme;
use super::colour_map::Shades;
use super::drawing::{Anchor, Area, Item, Text};
use super::trail::{border, line};
use crate::engine::geometry::contour::Levels;
use crate::engine::results::MapData;
use std::sync::Arc;

/// Smallest distance between two ticks, in points.
const MIN_TICK_DISTANCE: f32 = 16.0;

/// Mantissas of ticks, from sparse to dense.
const MANTISSAS: [&[f64]; 3] = [&[1.0], &[1.0, 3.0], &[1.0, 2.0, 5.0]];

/// Draws the colour bar with its name and 5 to 7 ticks, fewer on a short bar; nothing for a graph, whose y axis has the values.
///
/// On a logarithmic scale ticks are distances from its lowest value, which the name adds: "f + 0.4289, log".
pub fn draw(map_data: &MapData, area: Area, theme: &Theme) -> Vec<Item> {
    const STEPS: usize = 128;
    if map_data.graph.is_some() {
        return Vec::new();
    }
    #[expect(clippy::cast_precision_loss, reason = "a short bar")]
    let shade = |row: usize| 1.0 - row as f64 / (STEPS - 1) as f64;
    let shades = Shades::of(map_data, theme);
    let pixels = Arc::new(
        (0..STEPS)
            .map(|row| shades.colour(shade(row)).unwrap_or(theme.plot_background))
            .collect(),
    );
    let mut items = vec![Item::Image {
        area,
        columns: 1,
        rows: STEPS,
        pixels,
    }];
    let at = [area.max[0], area.min[1] - 13.0];
    items.push(Item::Text(Text::new(
        name(map_data),
        at,
        Anchor::Middle,
        11.0,
        theme.ink,
    )));
    for [share, value] in ticks(&map_data.levels, area.height()) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pictures are drawn with f32"
        )]
        let y = area.max[1] - share as f32 * area.height();
        items.push(line(
            vec![[area.max[0], y], [area.max[0] + 4.0, y]],
            1.0,
            theme.ink,
            &[],
        ));
        let at = [area.max[0] + 7.0, y];
        let text = Text::new(number(value, 6), at, Anchor::Start, 11.0, theme.ink);
        items.push(Item::Text(text));
    }
    items.push(border(area, 1.0, theme.ink));
    items
}

/// Returns the name of the heights: f or loss, the offset of the ticks, and "log" on a logarithmic scale.
pub(super) fn name(map_data: &MapData) -> String {
    let mut name = if map_data.is_loss {
        "loss".to_owned()
    } else {
        "f".to_owned()
    };
    let offset = map_data.base + map_data.levels.base();
    if offset != 0.0 {
        let sign = if offset < 0.0 { "+" } else { "−" };
        name = format!("{name} {sign} {}", number(offset.abs(), 4));
    }
    if map_data.levels.is_log() {
        name += ", log";
    }
    name
}

/// Returns the shares of a bar of a height and the values of its ticks, ascending: round values within the range of the bar.
pub(super) fn ticks(levels: &Levels, height: f32) -> Vec<[f64; 2]> {
    let Some([low, high]) = levels.range() else {
        return Vec::new();
    };
    let base = levels.base();
    let [low, high] = [low - base, high - base];
    let candidates = if levels.is_log() {
        // Every n-th decade, then more ticks in each.
        let decades = (1..=30).rev().map(|skip| (skip, MANTISSAS[0]));
        let denser = MANTISSAS.iter().skip(1).map(|mantissas| (1, *mantissas));
        let sets = decades.chain(denser);
        let sets: Vec<Vec<f64>> = sets
            .map(|(skip, mantissas)| decades_between([low, high], skip, mantissas))
            .collect();
        sets.into_iter().chain(linear_sets(low, high)).collect()
    } else {
        linear_sets(low, high)
    };
    let min_share = f64::from(MIN_TICK_DISTANCE / height.max(1.0));
    let drawn = candidates.into_iter().map(|values| {
        let mut ticks: Vec<[f64; 2]> = Vec::new();
        for value in values {
            let share = levels.shade(base + value);
            // Below the first quantile the scale is linear, and small powers of ten are all at its end.
            if levels.is_log() && value != 0.0 && share < 0.5 * min_share {
                continue;
            }
            if ticks.last().is_none_or(|last| share - last[0] >= min_share) {
                ticks.push([share, value]);
            }
        }
        // Without the one at an end, 8 ticks are 7.
        if ticks.len() == 8 {
            ticks.remove(if levels.is_log() { 0 } else { 7 });
        }
        ticks
    });
    // Of the sets with 4 to 7 ticks the one that covers the bar most evenly, or else the one with the most.
    let few = drawn.filter(|ticks| ticks.len() <= 7);
    let rank = |ticks: &[[f64; 2]]| match ticks.len() {
        count @ 0..4 => 10.0 - f64::from(u8::try_from(count).unwrap_or(0)),
        count => max_gap(ticks) + if count == 4 { 0.2 } else { 0.0 },
    };
    few.min_by(|a, b| rank(a).total_cmp(&rank(b)))
        .unwrap_or_default()
}

/// Returns the largest share of the bar without a tick.
fn max_gap(ticks: &[[f64; 2]]) -> f64 {
    let shares = ticks.iter().map(|[share, _]| *share).chain([1.0]);
    let mut before = 0.0;
    let gaps = shares.map(|share| share - std::mem::replace(&mut before, share));
    gaps.fold(0.0, f64::max)
}

/// Returns multiples of powers of ten between two distances, of every `skip`-th decade, and 0 if it is the lower one.
fn decades_between([low, high]: [f64; 2], skip: i32, mantissas: &[f64]) -> Vec<f64> {
    // Below this, all shades are equal.
    let lowest = low.max(1e-18 * high).max(f64::MIN_POSITIVE);
    #[expect(clippy::cast_possible_truncation, reason = "exponents of f64")]
    let [first, last] = [lowest, high].map(|end| end.log10().floor() as i32);
    let exponents = (first..=last).filter(|exponent| exponent.rem_euclid(skip) == 0);
    let values = exponents.flat_map(|exponent| {
        let power = 10_f64.powi(exponent.abs());
        let times = move |mantissa: &f64| {
            if exponent < 0 {
                mantissa / power
            } else {
                mantissa * power
            }
        };
        mantissas.iter().map(times)
    });
    let inside = values.filter(|value| (low..=high).contains(value));
    (low <= 0.0)
        .then_some(0.0)
        .into_iter()
        .chain(inside)
        .collect()
}

/// Returns sets of multiples of round steps between two values, from sparse to dense.
fn linear_sets(low: f64, high: f64) -> Vec<Vec<f64>> {
    let rough = (high / 7.0 - low / 7.0).log10().floor();
    if !rough.is_finite() {
        return Vec::new();
    }
    #[expect(clippy::cast_possible_truncation, reason = "an exponent of an f64")]
    let exponent = rough as i32;
    let steps = [10.0, 5.0, 4.0, 2.5, 2.0, 1.0].into_iter();
    let multiples = |mantissa: f64| {
        // Multiples are exact in units of a power of ten.
        let unit = 10_f64.powi(exponent.abs());
        let in_units = |value: f64| {
            if exponent < 0 {
                value * unit
            } else {
                value / unit
            }
        };
        let back = |value: f64| {
            if exponent < 0 {
                value / unit
            } else {
                value * unit
            }
        };
        let first = (in_units(low) / mantissa).ceil();
        let values = (0..12_u8).map(|index| back((first + f64::from(index)) * mantissa));
        values
            .filter(|value| (low..=high).contains(value))
            .collect()
    };
    steps.map(multiples).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::results::compute_map_data;
    use crate::engine::scene::{LevelSpacing, Scene};
    use crate::figure::drawing::texts;

    #[test]
    fn every_landscape_has_round_ticks_within_the_range_of_its_bar() {
        let area = Area::new([0.0, 0.0], [14.0, 400.0]);
        for landscape in AnyLandscape::all() {
            for spacing in [LevelSpacing::Auto, LevelSpacing::Linear, LevelSpacing::Log] {
                let mut scene = Scene::new(landscape.clone());
                scene.map.spacing = spacing;
                let Ok(problem) = scene.load(&NoFiles) else {
                    continue; // It needs a file.
                };
                let never = Cancel::default();
                let map_data = compute_map_data(&scene, &problem, problem.view, 33, &never);
                let map_data = map_data.unwrap();
                let Some([low, high]) = map_data.levels.range() else {
                    continue; // A graph.
                };
                let ticks = ticks(&map_data.levels, area.height());
                let values: Vec<f64> = ticks.iter().map(|[_, value]| *value).collect();
                let name = landscape.name();
                assert!((4..=7).contains(&ticks.len()), "{name}: {values:?}");
                let base = map_data.levels.base();
                for value in values {
                    assert!(value + base >= low - 1e-12 * low.abs(), "{name}: {value}");
                    assert!(value + base <= high + 1e-12 * high.abs(), "{name}: {value}");
                    let digits = number(value, 9).trim_start_matches('−').len();
                    assert!(digits <= 7, "{name}: {value} is not round");
                }
                let items = draw(&map_data, area, &Theme::LIGHT);
                let says_log = texts(&items)
                    .iter()
                    .any(|text| text.text.ends_with(", log"));
                assert_eq!(says_log, map_data.levels.is_log(), "{name}");
                for text in texts(&items) {
                    assert!(
                        (-14.0..=401.0).contains(&text.at[1]),
                        "{name}: {}",
                        text.text
                    );
                }
            }
        }
    }
}
