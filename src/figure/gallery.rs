//! All landscapes in small, group by group.

use super::colour::Theme;
use super::drawing::{Anchor, Area, Colour, Drawing, Item, Point, Text};
use super::frame::Frame;
use super::map;
use super::trail::{border, line};
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::landscape::{AnyLandscape, Group};
use crate::engine::numeric::real;
use crate::engine::scene::{MapStyle, Problem, Scene};
use crate::engine::results::{self, MapData};
use rayon::prelude::*;
use std::sync::Arc;

/// A landscape in small: shaded, with a few contour lines and stars on its minima; of one parameter, its curve.
pub struct Thumbnail {
    /// The landscape, as it comes.
    pub landscape: AnyLandscape,
    problem: Problem,
    look: ThumbnailKind,
}

/// What is drawn of a landscape.
enum ThumbnailKind {
    /// Of two parameters.
    Map(Box<MapData>, MapStyle),
    /// Of one parameter: places on the curve.
    Curve(Vec<[f64; 2]>),
}

impl Thumbnail {
    /// A landscape's thumbnail with `side`² samples. `None` for one that cannot be drawn without files.
    pub fn new(landscape: AnyLandscape, side: usize) -> Option<Self> {
        let mut scene = Scene::new(landscape);
        scene.map.levels = 7;
        scene.map.labels = false;
        let problem = scene.load(&NoFiles).ok()?;
        let square = Area::new([0.0, 0.0], [1.0, 1.0]);
        let look = if problem.objective.dim() == 1 {
            let share = |i: usize| problem.view.at([real(i) / real(2 * side), 0.0]);
            ThumbnailKind::Curve(
                (0..=2 * side)
                    .map(|i| problem.plot_point(share(i)))
                    .collect(),
            )
        } else {
            let window = Frame::fit(problem.view, square).window;
            let map_data =
                results::compute_map_data(&scene, &problem, window, side, &Cancel::default())?;
            ThumbnailKind::Map(Box::new(map_data), scene.map)
        };
        Some(Self {
            landscape: scene.landscape,
            problem: problem,
            look,
        })
    }

    /// Its colours in a theme.
    pub fn shading(&self, theme: &Theme) -> Arc<Vec<Colour>> {
        match &self.look {
            ThumbnailKind::Map(map_data, _) => map::shading(map_data, theme),
            ThumbnailKind::Curve(_) => Arc::new(vec![theme.problem]),
        }
    }

    /// The thumbnail in a square area.
    pub fn items(&self, area: Area, pixels: &Arc<Vec<Colour>>, theme: &Theme) -> Vec<Item> {
        let (window, mut items) = match &self.look {
            ThumbnailKind::Map(map_data, style) => {
                let window = map_data.surface.view;
                let frame = Frame { area, window };
                let mut items = map::landscape(map_data, pixels, style, &frame, theme);
                thin(&mut items, area.width());
                (window, items)
            }
            ThumbnailKind::Curve(places) => {
                let window = self.problem.view;
                let frame = Frame { area, window };
                let places = places.iter().filter(|[_, f]| f.is_finite());
                let points = places.map(|&place| frame.picture_from_world(place));
                let problem = Item::Image {
                    area,
                    columns: 1,
                    rows: 1,
                    pixels: Arc::clone(pixels),
                };
                let curve = line(points.collect(), 1.3, theme.ink, &[]);
                (window, vec![problem, curve])
            }
        };
        let frame = Frame { area, window };
        // So many stars that they would touch are smaller.
        let crowd = if self.problem.minima.len() > 16 {
            0.65
        } else {
            1.0
        };
        let star = (area.width() * 0.045).clamp(1.5, 5.0) * crowd;
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

/// Makes lines finer, and leaves them out where they would cover the shades: only a few can be told apart in small.
fn thin(items: &mut Vec<Item>, side: f32) {
    let long = |item: &Item| match item {
        Item::Path { points, .. } => points
            .windows(2)
            .map(|pair| (pair[0][0] - pair[1][0]).hypot(pair[0][1] - pair[1][1]))
            .sum(),
        _ => 0.0,
    };
    let together: f32 = items.iter().map(long).sum();
    let share = (20.0 * side / together.max(1.0)).min(1.0);
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

/// The landscapes by group, in the order of the family.
pub fn groups() -> Vec<(Group, Vec<AnyLandscape>)> {
    let all = AnyLandscape::all();
    let of = |group: Group| {
        let members = all.iter();
        members
            .filter(|landscape| landscape.as_dyn().group() == group)
            .cloned()
            .collect()
    };
    let groups = Group::ALL.map(|group| (group, of(group)));
    groups
        .into_iter()
        .filter(|(_, members): &(Group, Vec<AnyLandscape>)| !members.is_empty())
        .collect()
}

/// Samples along a side of a map of the gallery.
const SIDE: usize = 128;
/// Room above the maps, and below them.
const HEADER: f32 = 36.0;
const FOOTER: f32 = 22.0;
const MARGIN: f32 = 18.0;
/// Room in a row for the headings of groups and for the titles of maps, and between the maps.
const HEADING: f32 = 19.0;
const TITLE: f32 = 20.0;
const GAP: f32 = 9.0;

/// The picture of all landscapes.
pub fn picture(size: [f32; 2], theme: &Theme) -> Drawing {
    sampled(size, theme, SIDE)
}

/// The same with so many samples along a side of a map.
fn sampled(size: [f32; 2], theme: &Theme, side: usize) -> Drawing {
    let [width, height] = size;
    let groups = groups();
    let counts: Vec<usize> = groups.iter().map(|(_, members)| members.len()).collect();
    let grid = Grid::choose(&counts, size);
    let page = vec![[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]];
    let mut items = vec![Item::Path {
        points: page,
        closed: true,
        stroke: None,
        fill: Some(theme.background),
    }];
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
    let made: Vec<Vec<Item>> = members
        .into_par_iter()
        .map(|(landscape, cell)| small_map(landscape, cell, &grid, (theme, side)))
        .collect();
    items.extend(made.into_iter().flatten());
    items.push(text(
        "dark is low · lines join equal heights · stars are global minima, where they are known",
        [MARGIN, height - 0.6 * FOOTER],
        Anchor::Start,
        (11.0, width - 2.0 * MARGIN),
        theme.faint,
    ));
    Drawing { size, items }
}

/// A group's title over its maps, with a line as long as they reach; over each row that it takes.
fn heading(group: Group, cells: &[Cell], grid: &Grid, theme: &Theme) -> Vec<Item> {
    let mut items = Vec::new();
    for row in cells.chunk_by(|a, b| a.row == b.row) {
        let (Some(first), Some(last)) = (row.first(), row.last()) else {
            continue;
        };
        let [left, right] = [grid.area(*first).min, grid.area(*last).max].map(|[x, _]| x);
        let y = grid.area(*first).min[1];
        let strong = cells[0].row == first.row;
        let (title, colour) = if strong {
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

/// A landscape in its cell, with its title below.
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

/// A title in one line, or in two where one would be much too long.
fn title_lines(title: &str, (size, room): (f32, f32)) -> Vec<String> {
    let half = title.len() / 2;
    let gaps = title.match_indices(' ').map(|(at, _)| at);
    match gaps.min_by_key(|at| at.abs_diff(half)) {
        Some(at) if length(title, size) > 1.15 * room => {
            vec![title[..at].to_owned(), title[at + 1..].to_owned()]
        }
        _ => vec![title.to_owned()],
    }
}

/// A text that is made smaller where it would be longer than there is room for: size and room.
fn text(words: &str, at: Point, anchor: Anchor, (size, room): (f32, f32), colour: Colour) -> Item {
    Item::Text(Text {
        text: words.to_owned(),
        at,
        anchor,
        size: size.min(size * room / length(words, size)).max(1.0),
        colour,
        halo: None,
        upright: false,
    })
}

/// How long a text is at most, about.
fn length(words: &str, size: f32) -> f32 {
    const LETTER: f32 = 0.53;
    words.chars().fold(0.0, |sum, _| sum + LETTER * size)
}

/// A place in the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    row: u16,
    column: u16,
}

/// Where everything lies.
struct Grid {
    /// Of each group in order.
    cells: Vec<Vec<Cell>>,
    /// From one cell to the next.
    pitch: Point,
    /// Of a map.
    side: f32,
}

impl Grid {
    /// The grid whose maps are largest.
    fn choose(counts: &[usize], [width, height]: [f32; 2]) -> Self {
        let total = counts.iter().sum::<usize>().clamp(1, 1000);
        let space = [
            (width - 2.0 * MARGIN).max(1.0),
            (height - HEADER - FOOTER).max(1.0),
        ];
        let with = |columns: u16| {
            let (cells, rows) = places(counts, columns);
            let pitch = [
                (space[0] + GAP) / f32::from(columns),
                space[1] / f32::from(rows),
            ];
            let side = (pitch[0] - GAP)
                .min(pitch[1] - HEADING - TITLE - 2.0)
                .max(1.0);
            Self { cells, pitch, side }
        };
        let mut best = with(1);
        for columns in 2..=u16::try_from(total).unwrap_or(1000) {
            let grid = with(columns);
            if grid.side > best.side {
                best = grid;
            }
        }
        best
    }

    /// The area of the map in a cell.
    fn area(&self, cell: Cell) -> Area {
        let slack = self.pitch[0] - GAP - self.side;
        let left = MARGIN + f32::from(cell.column) * self.pitch[0] + 0.5 * slack;
        let top = HEADER + f32::from(cell.row) * self.pitch[1] + HEADING;
        Area::new([left, top], [left + self.side, top + self.side])
    }
}

/// The cells of groups of so many members: a group stays in one row if it can, and groups share rows. Then the rows.
fn places(counts: &[usize], columns: u16) -> (Vec<Vec<Cell>>, u16) {
    let (mut row, mut column) = (0, 0);
    let mut cells = Vec::new();
    for &count in counts {
        if column > 0 && usize::from(columns - column) < count {
            (row, column) = (row + 1, 0);
        }
        let mut group = Vec::new();
        for _ in 0..count {
            if column == columns {
                (row, column) = (row + 1, 0);
            }
            group.push(Cell { row, column });
            column += 1;
        }
        cells.push(group);
    }
    (cells, row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(item: &Item, [width, height]: [f32; 2]) -> bool {
        let fits = |[x, y]: Point| (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
        match item {
            Item::Text(text) => {
                let long = length(&text.text, text.size);
                let [x, y] = text.at;
                let from = if text.anchor == Anchor::Middle {
                    x - 0.5 * long
                } else {
                    x
                };
                fits([from, y - 0.5 * text.size]) && fits([from + long, y + 0.5 * text.size])
            }
            Item::Clipped { area, .. } => fits(area.min) && fits(area.max),
            Item::Path { points, .. } => points.iter().copied().all(fits),
            Item::Image { .. } => true,
        }
    }

    #[test]
    fn every_landscape_has_its_map_and_nothing_is_cut_off() {
        for size in [
            [930.0, 698.0],
            [806.0, 806.0],
            [1075.0, 605.0],
            [500.0, 1300.0],
        ] {
            for theme in [&Theme::LIGHT, &Theme::DARK] {
                let drawing = sampled(size, theme, 3);
                let outside = drawing.items.iter().find(|item| !inside(item, size));
                assert!(outside.is_none(), "{size:?}: {outside:?}");
                let maps = |item: &&Item| matches!(item, Item::Clipped { .. });
                let all = AnyLandscape::all();
                assert_eq!(drawing.items.iter().filter(maps).count(), all.len());
                let texts = drawing.items.iter().filter_map(|item| match item {
                    Item::Text(text) => Some(text.text.as_str()),
                    _ => None,
                });
                let texts: Vec<&str> = texts.collect();
                for landscape in all {
                    let title = landscape.settings().title();
                    let whole = texts.contains(&title);
                    let in_two = || {
                        let (a, b) = title.split_once(' ')?;
                        let both = texts.windows(2).any(|pair| pair == [a, b]);
                        Some(both || title.matches(' ').count() > 1)
                    };
                    assert!(whole || in_two() == Some(true), "{title}");
                }
            }
        }
    }

    #[test]
    fn maps_do_not_overlap_and_are_as_large_as_they_can_be() {
        let counts = [5, 4, 6, 20, 7, 2, 3, 5];
        let grid = Grid::choose(&counts, [930.0, 698.0]);
        assert!(grid.side > 60.0, "{}", grid.side);
        let areas: Vec<Area> = grid
            .cells
            .iter()
            .flatten()
            .map(|cell| grid.area(*cell))
            .collect();
        for (i, a) in areas.iter().enumerate() {
            for b in &areas[i + 1..] {
                let apart =
                    (0..2).any(|axis| a.max[axis] < b.min[axis] || b.max[axis] < a.min[axis]);
                assert!(apart, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_group_stays_in_one_row_if_it_can() {
        let (cells, rows) = places(&[3, 2, 7], 4);
        let row = |cells: &[Cell]| cells.iter().map(|cell| cell.row).collect::<Vec<_>>();
        assert_eq!(rows, 4);
        assert_eq!(row(&cells[0]), [0; 3]);
        assert_eq!(row(&cells[1]), [1; 2]);
        assert_eq!(row(&cells[2]), [2, 2, 2, 2, 3, 3, 3]);
    }

    #[test]
    fn a_picture_of_any_shape_is_drawn() {
        for size in [[26_000.0, 25.0], [25.0, 26_000.0]] {
            assert!(!sampled(size, &Theme::LIGHT, 3).items.is_empty());
        }
    }
}
