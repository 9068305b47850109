//! Slices of one network side by side at one scale, and the shadows of runs on them.

use super::axis::number;
use super::colour::Theme;
use super::drawing::{Area, Colour, Drawing, Item, Point};
use super::frame::Frame;
use super::trail::{Trail, trails};
use super::{map, page};
use crate::engine::cancel::Cancel;
use crate::engine::geometry::contour::{self, Levels};
use crate::engine::geometry::surface::Surface;
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::MapStyle;
use crate::engine::training::Trajectory;
use crate::engine::results::MapData;
use std::sync::Arc;

/// What is drawn.
pub struct PanelGrid<'a> {
    /// Maps of one view, each with what is written above it.
    pub maps: Vec<(String, Surface)>,
    /// Runs in the coordinates of the plane, drawn on every map.
    pub projections: &'a [Trajectory],
    /// What is written above all of them.
    pub title: &'a str,
    /// The lines below all of them.
    pub captions: &'a [String],
}

/// Room for the numbers of a map's axes and for its name: left and above, right and below.
const AXIS_MARGINS: [Point; 2] = [[44.0, 34.0], [12.0, 34.0]];

/// Height of a line of the caption.
const LINE_HEIGHT: f32 = 16.0;

/// Room for the colour bar and its numbers.
const COLOUR_BAR_WIDTH: f32 = 90.0;

impl PanelGrid<'_> {
    /// The drawing, `size` points large. All maps have the same levels and shades.
    pub fn drawing(self, size: [f32; 2], theme: &Theme) -> Drawing {
        let [width, height] = size;
        let mut items = page(size, theme);
        items.push(text(self.title, [18.0, 20.0], 15.0, theme));
        let mut bottom = height - 14.0;
        for caption in self.captions.iter().rev() {
            items.push(text(caption, [18.0, bottom], 11.0, theme));
            bottom -= LINE_HEIGHT;
        }
        let shadows = self.projections;
        let names: Vec<String> = { 1..=shadows.len() }
            .map(|run| format!("run {run}"))
            .collect();
        let rows: Vec<Vec<usize>> = { shadows.iter() }
            .map(|shadow| (0..shadow.len()).collect())
            .collect();
        let runs = shadows.iter().zip(&names).zip(&rows).enumerate();
        let runs = runs.map(|(look, ((trajectory, name), outline))| Trail {
            run: look,
            trajectory,
            outline,
            name,
            style_index: look,
            strong: false,
            hollow: false,
        });
        let runs: Vec<Trail> = runs.collect();
        if let Some(reliefs) = MapPanels::new(self.maps, theme) {
            let space = Area::new([10.0, 30.0], [width, bottom.max(90.0)]);
            let drawn = |_, frame: &Frame| trails(&runs, frame, usize::MAX, theme);
            items.extend(reliefs.draw(space, &MapStyle::default(), drawn, theme));
        }
        Drawing { size, items }
    }
}

/// Maps of one view with the same levels and shades, ready to be drawn.
pub struct MapPanels {
    view: Rect,
    maps: Vec<MapPanel>,
}

/// One of them.
struct MapPanel {
    name: String,
    map_data: MapData,
    pixels: Arc<Vec<Colour>>,
}

impl MapPanels {
    /// Maps with their names; `None` if there are none.
    pub fn new(maps: Vec<(String, Surface)>, theme: &Theme) -> Option<Self> {
        let view = maps.first().map(|(_, first)| first.view)?;
        let levels = levels(&maps);
        let relief = |(name, surface)| {
            let map_data = map_data(surface, &levels)?;
            let pixels = map::shading(&map_data, theme);
            Some(MapPanel {
                name,
                map_data,
                pixels,
            })
        };
        let maps: Option<Vec<MapPanel>> = maps.into_iter().map(relief).collect();
        maps.map(|maps| Self { view, maps })
    }

    /// Where each map lies.
    pub fn frames(&self, space: Area) -> Vec<Frame> {
        let right = (space.max[0] - COLOUR_BAR_WIDTH).max(space.min[0] + 110.0);
        let places = places(
            self.maps.len(),
            self.view,
            Area::new(space.min, [right, space.max[1]]),
        );
        let window = self.view;
        let places = places.into_iter();
        places.map(|area| Frame { area, window }).collect()
    }

    /// The maps with their names and axes, what is to be drawn on each besides, and their colour bar.
    pub fn draw(
        &self,
        space: Area,
        style: &MapStyle,
        besides: impl Fn(usize, &Frame) -> Vec<Item>,
        theme: &Theme,
    ) -> Vec<Item> {
        let mut items = Vec::new();
        let frames = self.frames(space);
        for (index, (relief, frame)) in self.maps.iter().zip(&frames).enumerate() {
            let area = frame.area;
            let at = [area.min[0] + 16.0, area.min[1] - 11.0];
            items.push(text(&relief.name, at, 12.0, theme));
            let mut inside = map::landscape(&relief.map_data, &relief.pixels, style, frame, theme);
            inside.extend(besides(index, frame));
            items.push(Item::Clipped {
                area,
                items: inside,
            });
            items.extend(map::axes(frame, ["a", "b"], theme));
        }
        if let (Some(relief), Some(first)) = (self.maps.first(), frames.first()) {
            let right = frames.iter().map(|frame| frame.area.max[0]);
            let right = right.fold(0.0, f32::max);
            let low = frames.last().map_or(space.max[1], |last| last.area.max[1]);
            let bar = Area::new([right + 26.0, first.area.min[1]], [right + 40.0, low]);
            items.extend(map::colour_bar(&relief.map_data, bar, theme));
            items.push(text("loss", [bar.min[0], bar.min[1] - 14.0], 13.0, theme));
        }
        items
    }
}

/// A sentence about how different slices are, as far as all of them are finite; `None` of one alone.
pub fn seed_spread_text(slices: &[&Surface]) -> Option<String> {
    let first = slices.first().filter(|_| slices.len() > 1)?;
    let count = real(slices.len());
    let deviation = |point: usize| {
        let at = || slices.iter().map(|slice| slice.values[point]);
        let mean = at().sum::<f64>() / count;
        (at().map(|loss| (loss - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
    };
    let deviations = (0..first.values.len()).map(deviation);
    let known: Vec<f64> = deviations.filter(|own| own.is_finite()).collect();
    let most = known.iter().copied().reduce(f64::max)?;
    let mean = known.iter().sum::<f64>() / real(known.len());
    let [mean, most] = [mean, most].map(|loss| number(loss, 3));
    Some(format!(
        "Between {} seeds the loss has a standard deviation of {mean} in the mean over the points, {most} at most.",
        slices.len()
    ))
}

fn text(text: &str, at: Point, size: f32, theme: &Theme) -> Item {
    Item::label(text.to_owned(), at, size, theme.ink)
}

/// Levels for all maps together, logarithmic where the loss spans very different heights.
fn levels(maps: &[(String, Surface)]) -> Levels {
    let values = maps.iter().flat_map(|(_, map)| map.values.iter().copied());
    let all = Surface {
        view: Rect::square(1.0),
        columns: maps.first().map_or(0, |(_, map)| map.columns),
        rows: maps.iter().map(|(_, map)| map.rows).sum(),
        values: values.collect(),
    };
    let lowest = all.range().map_or(0.0, |[lowest, _]| lowest);
    let above = |share: f64| all.quantile(share).unwrap_or(lowest) - lowest;
    Levels::choose(&all, above(0.95) > 10.0 * above(0.5), None, 20)
}

fn map_data(surface: Surface, levels: &Levels) -> Option<MapData> {
    let never = Cancel::default();
    let lines = contour::lines(&surface, levels.values(), &never)?;
    let levels = levels.clone();
    let own = MapData::of(surface, false, None, 1, &never)?;
    Some(MapData {
        levels,
        lines,
        ..own
    })
}

/// Where so many maps of a view are as large as they can be, in rows, with equal scales on both axes; a view more than three times as
/// long as wide takes all of its room.
fn places(count: usize, view: Rect, all: Area) -> Vec<Area> {
    let shape = view.width() / view.height();
    let even = (1.0 / 3.0..=3.0).contains(&shape);
    let place = |columns: usize| -> Vec<Area> {
        let rows = count.div_ceil(columns);
        let share = |length: f32, of: usize| f64::from(length) / real(of);
        let cell = [share(all.width(), columns), share(all.height(), rows)];
        let [left_above, right_below] = AXIS_MARGINS.map(|room| room.map(f64::from));
        let room = [0, 1].map(|i| (cell[i] - left_above[i] - right_below[i]).max(8.0));
        let sides = if even {
            [room[0].min(room[1] * shape), room[1].min(room[0] / shape)]
        } else {
            room
        };
        let step = [0, 1].map(|i| left_above[i] + sides[i] + right_below[i]);
        let area = |index: usize| {
            let number = [index % columns, index / columns].map(real);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "pictures are drawn with f32"
            )]
            let at = |i: usize, more: f64| {
                all.min[i] + (number[i] * step[i] + left_above[i] + more) as f32
            };
            Area::new([at(0, 0.0), at(1, 0.0)], [at(0, sides[0]), at(1, sides[1])])
        };
        (0..count).map(area).collect()
    };
    let width = |places: &[Area]| places.first().map_or(0.0, Area::width);
    let wider = |best: Vec<Area>, next: Vec<Area>| {
        if width(&next) > width(&best) {
            next
        } else {
            best
        }
    };
    (1..=count).map(place).reduce(wider).unwrap_or_default()
}
