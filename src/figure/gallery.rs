//! Thumbnails of all landscapes, by group.

mod grid;

use super::colour::{Theme, run_colour};
use super::drawing::{Anchor, Area, Colour, Drawing, Item, Point, Text};
use super::frame::Frame;
use super::map;
use super::page;
use super::style_index;
use super::text_width::width;
use super::trail::{border, line};
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::landscape::{AnyLandscape, Group};
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;
use crate::engine::results::{self, MapData, RunResult, Runs};
use crate::engine::scene::{MapStyle, Problem, Run, Scene};
use grid::{Cell, Grid};
use rayon::prelude::*;
use std::sync::Arc;

/// A thumbnail of a landscape: shaded, with a few contour lines and stars on its minima; with one parameter, its graph.
pub struct Thumbnail {
    /// The landscape with default settings.
    pub landscape: AnyLandscape,
    problem: Arc<Problem>,
    /// The shown part of the plane.
    view: Rect,
    kind: ThumbnailKind,
}

/// Largest number of points of a trail on a thumbnail.
const MAX_TRAIL_POINTS: usize = 1000;

/// The drawn form of a landscape.
enum ThumbnailKind {
    /// Map of a landscape of two parameters.
    Map(Box<MapData>, MapStyle),
    /// Points on the graph of a landscape of one parameter.
    Graph(Vec<[f64; 2]>),
}

impl Thumbnail {
    /// Computes a landscape's thumbnail with `side`² samples; `None` for a landscape that needs a file.
    pub fn new(landscape: AnyLandscape, side: usize) -> Option<Self> {
        let mut scene = Scene::new(landscape);
        scene.map.levels = 7;
        scene.map.labels = false;
        let problem = Arc::new(scene.load(&NoFiles).ok()?);
        Self::of_scene(&scene, problem, side)
    }

    /// Computes the thumbnail of a scene's landscape in the scene's view; `None` if there is none.
    pub fn of_scene(scene: &Scene, problem: Arc<Problem>, side: usize) -> Option<Self> {
        let view = scene.view.unwrap_or(problem.view);
        let square = Area::new([0.0, 0.0], [1.0, 1.0]);
        let kind = if problem.objective.dim() == 1 {
            let point = |i: usize| view.at([real(i) / real(2 * side), 0.0]);
            ThumbnailKind::Graph(
                (0..=2 * side)
                    .map(|i| problem.plot_point(point(i)))
                    .collect(),
            )
        } else {
            let window = Frame::fit(view, square).window;
            let map_data =
                results::compute_map_data(scene, &problem, window, side, &Cancel::default())?;
            ThumbnailKind::Map(Box::new(map_data), scene.map.clone())
        };
        Some(Self {
            landscape: scene.landscape().clone(),
            problem,
            view,
            kind,
        })
    }

    /// Returns the colours of the thumbnail's pixels in a theme.
    pub fn shading(&self, theme: &Theme) -> Arc<Vec<Colour>> {
        match &self.kind {
            ThumbnailKind::Map(map_data, _) => map::shading(map_data, theme),
            ThumbnailKind::Graph(_) => Arc::new(vec![theme.plot_background]),
        }
    }

    /// Draws the thumbnail in a square area.
    pub fn items(&self, area: Area, pixels: &Arc<Vec<Colour>>, theme: &Theme) -> Vec<Item> {
        let (window, mut items) = match &self.kind {
            ThumbnailKind::Map(map_data, style) => {
                let window = map_data.surface.view;
                let frame = Frame { area, window };
                let mut items = map::landscape(map_data, pixels, style, &frame, theme);
                thin_lines(&mut items, area.width());
                (window, items)
            }
            ThumbnailKind::Graph(points) => {
                let window = self.view;
                let frame = Frame { area, window };
                let points = points.iter().filter(|[_, f]| f.is_finite());
                let points = points.map(|&point| frame.picture_from_world(point));
                let background = Item::Image {
                    area,
                    columns: 1,
                    rows: 1,
                    pixels: Arc::clone(pixels),
                };
                let curve = line(points.collect(), 1.3, theme.ink, &[]);
                (window, vec![background, curve])
            }
        };
        let frame = Frame { area, window };
        // Many stars are smaller, so that they do not touch.
        let scale = if self.problem.minima.len() > 16 {
            0.65
        } else {
            1.0
        };
        let star = (area.width() * 0.045).clamp(1.5, 5.0) * scale;
        for mark in &self.problem.minima {
            let at = frame.picture_from_world(self.problem.plot_point(mark.at));
            if area.contains(at) {
                items.extend(map::star(at, star, theme));
            }
        }
        vec![
            Item::Clipped { area, items },
            border(area, 0.7, theme.ink.opacity(0.6)),
        ]
    }
}

impl Thumbnail {
    /// Draws the trails of the visible runs of a scene over its thumbnail in a square area.
    pub fn trails(&self, runs: &Runs, area: Area, theme: &Theme) -> Vec<Item> {
        let window = match &self.kind {
            ThumbnailKind::Map(map_data, _) => map_data.surface.view,
            ThumbnailKind::Graph(_) => self.view,
        };
        let frame = Frame { area, window };
        let shown = { runs.scene.runs.iter().zip(&runs.results) }.filter(|(run, _)| run.shown);
        let trail = |(run, result): (&Run, &Arc<RunResult>)| {
            let trajectory = &result.trajectory;
            let every = trajectory.len().div_ceil(MAX_TRAIL_POINTS).max(1);
            let rows = (0..trajectory.len()).step_by(every);
            let points = rows.filter_map(|row| trajectory.plot_point(row));
            let points = points.map(|point| frame.picture_from_world(point));
            line(
                points.collect(),
                1.5,
                run_colour(style_index(run.colour), theme),
                &[],
            )
        };
        vec![Item::Clipped {
            area,
            items: shown.map(trail).collect(),
        }]
    }
}

/// Makes lines thinner, and removes them if they would cover the shading of a small map.
fn thin_lines(items: &mut Vec<Item>, side: f32) {
    let length = |item: &Item| match item {
        Item::Path { points, .. } => points
            .windows(2)
            .map(|pair| (pair[0][0] - pair[1][0]).hypot(pair[0][1] - pair[1][1]))
            .sum(),
        _ => 0.0,
    };
    let total: f32 = items.iter().map(length).sum();
    let share = (20.0 * side / total.max(1.0)).min(1.0);
    items.retain(|item| share > 0.3 || !matches!(item, Item::Path { .. }));
    for item in items {
        if let Item::Path {
            stroke: Some(stroke),
            ..
        } = item
        {
            stroke.width = 0.55 * share;
        }
    }
}

/// Returns the landscapes by group, in the order of the family.
pub fn groups() -> Vec<(Group, Vec<AnyLandscape>)> {
    let all = AnyLandscape::all();
    let members_of = |group: Group| {
        let members = all.iter();
        members
            .filter(|landscape| landscape.as_dyn().group() == group)
            .cloned()
            .collect()
    };
    let groups = Group::ALL.map(|group| (group, members_of(group)));
    groups
        .into_iter()
        .filter(|(_, members): &(Group, Vec<AnyLandscape>)| !members.is_empty())
        .collect()
}

/// Number of samples along each side of a map of the gallery.
const SIDE: usize = 128;
/// Space above the maps, and below them.
const HEADER: f32 = 36.0;
const FOOTER: f32 = 22.0;
const MARGIN: f32 = 18.0;
/// Space in each row for group headings and map titles, and between the maps.
const HEADING: f32 = 19.0;
const TITLE: f32 = 20.0;
const GAP: f32 = 9.0;

/// Draws the picture of all landscapes.
pub fn picture(size: [f32; 2], theme: &Theme) -> Drawing {
    picture_with_samples(size, theme, SIDE)
}

/// Draws the picture of all landscapes with `side` samples along each side of a map.
fn picture_with_samples(size: [f32; 2], theme: &Theme, side: usize) -> Drawing {
    let [width, height] = size;
    let groups = groups();
    let counts: Vec<usize> = groups.iter().map(|(_, members)| members.len()).collect();
    let grid = Grid::choose(&counts, size);
    let mut items = page(size, theme);
    items.push(text(
        "Landscapes",
        [MARGIN, 0.5 * HEADER],
        Anchor::Start,
        (16.0, width),
        theme.ink,
    ));
    for ((group, _), cells) in groups.iter().zip(&grid.cells) {
        items.extend(heading(*group, cells, &grid, theme));
    }
    let members: Vec<(AnyLandscape, Cell)> = groups
        .into_iter()
        .map(|(_, members)| members)
        .zip(&grid.cells)
        .flat_map(|(members, cells)| members.into_iter().zip(cells.iter().copied()))
        .collect();
    let maps: Vec<Vec<Item>> = members
        .into_par_iter()
        .map(|(landscape, cell)| small_map(landscape, cell, &grid, (theme, side)))
        .collect();
    items.extend(maps.into_iter().flatten());
    items.push(text(
        "dark is low · lines join equal heights · stars are global minima, where they are known",
        [MARGIN, height - 0.6 * FOOTER],
        Anchor::Start,
        (11.0, width - 2.0 * MARGIN),
        theme.faint,
    ));
    Drawing::new(size, items)
}

/// Draws a group's title above its maps, underlined to their full width; repeated over each row of the group.
fn heading(group: Group, cells: &[Cell], grid: &Grid, theme: &Theme) -> Vec<Item> {
    let mut items = Vec::new();
    for row in cells.chunk_by(|a, b| a.row == b.row) {
        let (Some(first), Some(last)) = (row.first(), row.last()) else {
            continue;
        };
        let [left, right] = [grid.area(*first).min, grid.area(*last).max].map(|[x, _]| x);
        let y = grid.area(*first).min[1];
        let is_first = cells[0].row == first.row;
        let (title, colour) = if is_first {
            (group.title().to_owned(), theme.ink)
        } else {
            (format!("{} …", group.title().to_lowercase()), theme.faint)
        };
        items.push(text(
            &title,
            [left, y - 10.5],
            Anchor::Start,
            (11.5, right - left),
            colour,
        ));
        let rule = vec![[left, y - 3.5], [right, y - 3.5]];
        items.push(line(rule, 0.8, theme.ink.opacity(0.35), &[]));
    }
    items
}

/// Draws a landscape in its cell, with its title below.
fn small_map(
    landscape: AnyLandscape,
    cell: Cell,
    grid: &Grid,
    (theme, side): (&Theme, usize),
) -> Vec<Item> {
    let title = landscape.settings().title();
    let area = grid.area(cell);
    let mut items = Thumbnail::new(landscape, side).map_or_else(Vec::new, |thumbnail| {
        thumbnail.items(area, &thumbnail.shading(theme), theme)
    });
    let middle = f32::midpoint(area.min[0], area.max[0]);
    let room = grid.pitch[0] - 3.0;
    let lines = title_lines(title, (9.5, room));
    let (size, first) = if lines.len() == 1 {
        (9.5, 8.0)
    } else {
        (8.5, 6.5)
    };
    for (line, below) in lines.iter().zip([first, first + 9.0]) {
        let at = [middle, area.max[1] + below];
        items.push(text(line, at, Anchor::Middle, (size, room), theme.ink));
    }
    items
}

/// Returns a title in one line, or in two if one line would be more than 15 % too long.
fn title_lines(title: &str, (size, max_width): (f32, f32)) -> Vec<String> {
    let half = title.len() / 2;
    let gaps = title.match_indices(' ').map(|(at, _)| at);
    match gaps.min_by_key(|at| at.abs_diff(half)) {
        Some(at) if width(title, size) > 1.15 * max_width => {
            vec![title[..at].to_owned(), title[at + 1..].to_owned()]
        }
        _ => vec![title.to_owned()],
    }
}

/// Creates a text whose font is made smaller where it would be wider than `max_width`.
fn text(
    words: &str,
    at: Point,
    anchor: Anchor,
    (size, max_width): (f32, f32),
    colour: Colour,
) -> Item {
    let size = size.min(size * max_width / width(words, size)).max(1.0);
    Item::Text(Text::new(words, at, anchor, size, colour))
}

#[cfg(test)]
mod tests;
