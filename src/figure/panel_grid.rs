//! Maps of several slices of one network side by side at one scale, with the projections of runs.

use super::axis::number;
use super::colour::Theme;
use super::colour_bar;
use super::drawing::{Area, Colour, Drawing, Item, Point};
use super::frame::Frame;
use super::labels::Labels;
use super::layout::LINE_HEIGHT;
use super::text_width::fitted;
use super::trail::{Trail, trails};
use super::{map, page};
use crate::engine::cancel::Cancel;
use crate::engine::geometry::contour::{self, Levels};
use crate::engine::geometry::surface::Surface;
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;
use crate::engine::results::MapData;
use crate::engine::scene::MapStyle;
use crate::engine::training::Trajectory;
use std::sync::Arc;

/// A figure of several maps.
pub struct PanelGrid<'a> {
    /// Maps of one view, each with its title.
    pub maps: Vec<(String, Surface)>,
    /// Runs in the coordinates of the plane, drawn on every map.
    pub projections: &'a [Trajectory],
    /// Title of the figure.
    pub title: &'a str,
    /// Lines below the maps.
    pub captions: &'a [String],
}

/// Margins of a map for tick labels and title: left and above, right and below.
const AXIS_MARGINS: [Point; 2] = [[52.0, 26.0], [12.0, 38.0]];

/// Width of the colour bar with its labels.
const COLOUR_BAR_WIDTH: f32 = 90.0;

impl PanelGrid<'_> {
    /// Draws the figure, `size` points large. All maps have the same levels and shades.
    pub fn drawing(self, size: [f32; 2], theme: &Theme) -> Drawing {
        let [width, height] = size;
        let mut items = page(size, theme);
        items.push(text(self.title, [18.0, 20.0], 15.0, theme));
        let mut bottom = height - 14.0;
        for caption in self.captions.iter().rev() {
            items.push(text(caption, [18.0, bottom], 11.0, theme));
            bottom -= LINE_HEIGHT;
        }
        let names: Vec<String> = { 1..=self.projections.len() }
            .map(|run| format!("run {run}"))
            .collect();
        let rows: Vec<Vec<usize>> = { self.projections.iter() }
            .map(|projection| (0..projection.len()).collect())
            .collect();
        let runs = self.projections.iter().zip(&names).zip(&rows).enumerate();
        let runs = runs.map(|(run, ((trajectory, name), outline))| Trail {
            run,
            trajectory,
            outline,
            name,
            style_index: run,
            emphasized: false,
            hollow: false,
            record_every: 1,
        });
        let runs: Vec<Trail> = runs.collect();
        if let Some(panels) = MapPanels::new(self.maps, theme) {
            let space = Area::new([10.0, 30.0], [width, bottom.max(90.0)]);
            let on_each = |_, frame: &Frame, labels: &mut Labels| {
                trails(&runs, frame, usize::MAX, labels, theme)
            };
            items.extend(panels.draw(space, &MapStyle::default(), on_each, theme));
        }
        Drawing::new(size, items)
    }
}

/// Maps of one view with the same levels and shades, ready to be drawn.
pub struct MapPanels {
    view: Rect,
    maps: Vec<MapPanel>,
}

/// One of the maps of [`MapPanels`].
struct MapPanel {
    name: String,
    map_data: MapData,
    pixels: Arc<Vec<Colour>>,
}

impl MapPanels {
    /// Prepares maps with their titles; `None` if there are none.
    pub fn new(maps: Vec<(String, Surface)>, theme: &Theme) -> Option<Self> {
        let view = maps.first().map(|(_, first)| first.view)?;
        let levels = levels(&maps);
        let panel = |(name, surface)| {
            let map_data = map_data(surface, &levels)?;
            let pixels = map::shading(&map_data, theme);
            Some(MapPanel {
                name,
                map_data,
                pixels,
            })
        };
        let maps: Option<Vec<MapPanel>> = maps.into_iter().map(panel).collect();
        maps.map(|maps| Self { view, maps })
    }

    /// Returns the frame of each map.
    pub fn frames(&self, space: Area) -> Vec<Frame> {
        let right = (space.max[0] - COLOUR_BAR_WIDTH).max(space.min[0] + 110.0);
        let all = Area::new(space.min, [right, space.max[1]]);
        let window = self.view;
        let areas = map_areas(self.maps.len(), self.view, all).into_iter();
        areas.map(|area| Frame { area, window }).collect()
    }

    /// Draws the maps with their titles and axes, the items of `on_each` on each map, and a colour bar.
    pub fn draw(
        &self,
        space: Area,
        style: &MapStyle,
        on_each: impl Fn(usize, &Frame, &mut Labels) -> Vec<Item>,
        theme: &Theme,
    ) -> Vec<Item> {
        let mut items = Vec::new();
        let frames = self.frames(space);
        for (index, (panel, frame)) in self.maps.iter().zip(&frames).enumerate() {
            let area = frame.area;
            let at = [area.min[0], area.min[1] - 11.0];
            let name = fitted(&panel.name, 12.0, area.width());
            items.push(text(&name, at, 12.0, theme));
            let mut labels = Labels::new(area, theme);
            map::number_lines(&panel.map_data, style, frame, &mut labels);
            let mut inside = map::landscape(&panel.map_data, &panel.pixels, style, frame, theme);
            inside.extend(on_each(index, frame, &mut labels));
            items.push(Item::Clipped {
                area,
                items: inside,
            });
            items.extend(labels.place());
            items.extend(map::axes(frame, ["a", "b"], theme));
        }
        if let (Some(panel), Some(first)) = (self.maps.first(), frames.first()) {
            let right = frames.iter().map(|frame| frame.area.max[0]);
            let right = right.fold(0.0, f32::max);
            let low = frames.last().map_or(space.max[1], |last| last.area.max[1]);
            let bar = Area::new([right + 26.0, first.area.min[1]], [right + 40.0, low]);
            items.extend(colour_bar::draw(&panel.map_data, bar, theme));
        }
        items
    }
}

/// Describes how much slices of different seeds differ, in a sentence; `None` for a single slice, and if no point is finite on all.
pub fn seed_spread_text(slices: &[&Surface]) -> Option<String> {
    let first = slices.first().filter(|_| slices.len() > 1)?;
    let count = real(slices.len());
    let deviation = |point: usize| {
        let at = || slices.iter().map(|slice| slice.values[point]);
        let mean = at().sum::<f64>() / count;
        (at().map(|loss| (loss - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
    };
    let deviations = (0..first.values.len()).map(deviation);
    let finite: Vec<f64> = deviations.filter(|value| value.is_finite()).collect();
    let max = finite.iter().copied().reduce(f64::max)?;
    let mean = finite.iter().sum::<f64>() / real(finite.len());
    let [mean, max] = [mean, max].map(|loss| number(loss, 3));
    Some(format!(
        "Between {} seeds the loss has a standard deviation of {mean} in the mean over the points, {max} at most.",
        slices.len()
    ))
}

fn text(text: &str, at: Point, size: f32, theme: &Theme) -> Item {
    Item::label(text.to_owned(), at, size, theme.ink)
}

/// Chooses levels for all maps together, logarithmic if [`map::needs_log_levels`].
fn levels(maps: &[(String, Surface)]) -> Levels {
    let values = maps.iter().flat_map(|(_, map)| map.values.iter().copied());
    let all = Surface {
        view: Rect::square(1.0),
        columns: maps.first().map_or(0, |(_, map)| map.columns),
        rows: maps.iter().map(|(_, map)| map.rows).sum(),
        values: values.collect(),
    };
    Levels::choose(&all, map::needs_log_levels(&all), None, 20)
}

fn map_data(surface: Surface, levels: &Levels) -> Option<MapData> {
    let never = Cancel::default();
    let lines = contour::lines(&surface, levels.values(), &never)?;
    let levels = levels.clone();
    let map_data = MapData::of(surface, false, None, 1, &never)?;
    Some(MapData {
        levels,
        lines,
        ..map_data
    })
}

/// Returns the areas of `count` maps of a view, in rows, as large as possible with equal scales on both axes; a view whose sides differ by
/// more than a factor of 3 fills its cell.
fn map_areas(count: usize, view: Rect, all: Area) -> Vec<Area> {
    let shape = view.width() / view.height();
    let equal_scales = (1.0 / 3.0..=3.0).contains(&shape);
    let arrange = |columns: usize| -> Vec<Area> {
        let rows = count.div_ceil(columns);
        let share = |length: f32, count: usize| f64::from(length) / real(count);
        let cell = [share(all.width(), columns), share(all.height(), rows)];
        let [left_above, right_below] = AXIS_MARGINS.map(|margins| margins.map(f64::from));
        let space = [0, 1].map(|i| (cell[i] - left_above[i] - right_below[i]).max(8.0));
        let sides = if equal_scales {
            [
                space[0].min(space[1] * shape),
                space[1].min(space[0] / shape),
            ]
        } else {
            space
        };
        let step = [0, 1].map(|i| left_above[i] + sides[i] + right_below[i]);
        let area = |index: usize| {
            let cell = [index % columns, index / columns].map(real);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "pictures are drawn with f32"
            )]
            let at = |i: usize, offset: f64| {
                all.min[i] + (cell[i] * step[i] + left_above[i] + offset) as f32
            };
            Area::new([at(0, 0.0), at(1, 0.0)], [at(0, sides[0]), at(1, sides[1])])
        };
        (0..count).map(area).collect()
    };
    let width = |areas: &[Area]| areas.first().map_or(0.0, Area::width);
    let wider = |best: Vec<Area>, next: Vec<Area>| {
        if width(&next) > width(&best) {
            next
        } else {
            best
        }
    };
    (1..=count).map(arrange).reduce(wider).unwrap_or_default()
}
