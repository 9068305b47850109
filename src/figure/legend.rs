//! The legend of a picture: the visible runs with their losses; and the marks on a map: start, minima, saddles, critical points, ends of trails.

use super::colour::{Marker, Theme};
use super::critical;
use super::drawing::{Area, Item, Point};
use super::frame::Frame;
use super::panels::column;
use super::text_width::fitted;
use super::trail::{self, EndsShown, Trail, exit_arrow};
use super::{map, trails};
use crate::engine::analysis::critical::{CriticalPoint, Kind};
use crate::engine::results::Runs;

/// Height of an entry, and the font size.
const ENTRY_HEIGHT: f32 = 18.0;
const SIZE: f32 = 11.0;

/// A mark, drawn at a point, with its meaning.
type Entry<'a> = (Box<dyn Fn(Point) -> Vec<Item> + 'a>, &'static str);

/// Draws the line, the name, the settings and the state of each visible run, as far as a space has room; returns the items and the y
/// below them.
pub(super) fn of_runs(runs: &Runs, row: usize, space: Area, theme: &Theme) -> (Vec<Item>, f32) {
    if space.width() <= 96.0 {
        return (Vec::new(), space.min[1]);
    }
    let space = Area::new(space.min, [space.max[0] - 4.0, space.max[1]]);
    column(runs, row, space, theme)
}

/// Draws the marks that occur on a map, each with its meaning, as many as fit into a space.
pub(super) fn marks(
    runs: &Runs,
    critical: &[CriticalPoint],
    at_row: (&Frame, usize),
    space: Area,
    theme: &Theme,
) -> Vec<Item> {
    let mut items = Vec::new();
    let mut y = space.min[1] + 0.5 * ENTRY_HEIGHT;
    for (mark, meaning) in entries(runs, critical, at_row, theme) {
        if y + 0.5 * ENTRY_HEIGHT > space.max[1] {
            break;
        }
        items.extend(mark([space.min[0] + 15.0, y]));
        let at = [space.min[0] + 40.0, y];
        let meaning = fitted(meaning, SIZE, space.max[0] - at[0]);
        items.push(Item::label(meaning, at, SIZE, theme.ink));
        y += ENTRY_HEIGHT;
    }
    items
}

fn entries<'a>(
    runs: &Runs,
    points: &[CriticalPoint],
    (frame, row): (&Frame, usize),
    theme: &'a Theme,
) -> Vec<Entry<'a>> {
    let (scene, problem) = (&runs.scene, &runs.problem);
    let in_view = |at: [f64; 2]| {
        let at = frame.picture_from_world(problem.plot_point(at));
        frame.area.contains(at)
    };
    let mut entries: Vec<Entry> = Vec::new();
    if runs.trained.is_none() {
        if in_view(scene.start()) {
            entries.push((Box::new(|at| map::start_mark(at, theme)), "start"));
        }
        let any = |marks: &[crate::engine::landscape::Mark]| {
            scene.map.minima && marks.iter().any(|mark| in_view(mark.at))
        };
        if any(&problem.minima) {
            entries.push((Box::new(|at| map::star(at, 7.5, theme)), "minimum"));
        }
        let saddles = any(&problem.saddles);
        if saddles && !scene.map.critical {
            entries.push((Box::new(|at| map::saddle(at, 5.5, theme)), "saddle"));
        }
        if scene.map.critical {
            let is_new = |point: &&CriticalPoint| {
                let at = frame.picture_from_world(point.at);
                let minima = &problem.minima;
                let is_published = |mark| critical::is_published(point, mark);
                frame.area.contains(at) && !minima.iter().any(is_published)
            };
            let occurs = |kind: &Kind| {
                points
                    .iter()
                    .filter(is_new)
                    .any(|point| point.kind == *kind)
            };
            for kind in Kind::ALL.into_iter().filter(occurs) {
                let meaning = match kind {
                    Kind::Minimum => "minimum found",
                    Kind::Maximum => "maximum found",
                    Kind::Saddle => "saddle",
                    Kind::Flat => "flat point",
                };
                let mark = move |at| critical::shape(kind, at, 5.5, theme);
                entries.push((Box::new(mark), meaning));
            }
        }
    }
    if scene.map.trails {
        let no_names = vec![String::new(); scene.runs.len()];
        let trails: Vec<Trail> = trails(runs, &no_names, row, frame).collect();
        let EndsShown { cross, exit } = trail::ends_shown(&trails, frame, row);
        if cross {
            let mark = |at| Marker::Cross.items(at, 5.0, theme.ink, theme.halo);
            entries.push((Box::new(mark), "diverged or stopped"));
        }
        if exit {
            let mark =
                |at: Point| exit_arrow([at[0] + 5.0, at[1]], [1.0, 0.0], 10.0, theme.ink, theme);
            entries.push((Box::new(mark), "leaves the view"));
        }
    }
    entries
}
