//! The one legend of a figure of panels: beside them, below them, or in a corner of the first one.

mod rows;

use crate::engine::analysis::seed_stats::SeedStats;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::{Outcome, RunSpec};
use crate::figure::axis::number;
use crate::figure::chart::Style;
use crate::figure::colour::{Theme, run_colour, run_dash, run_marker};
use crate::figure::drawing::{Area, Item, Point};
use crate::figure::text_width::{self, first_fitted, fitted, width};
use crate::figure::trail::{border, line};
use crate::figure::{status_text, style_index};
pub(super) use rows::draw_rows;

/// Width of the sample of a line, with the space after it.
const SAMPLE: f32 = 38.0;

/// Font sizes of names and details in the column, and of names in a corner.
const NAME: f32 = 12.5;
const DETAIL: f32 = 10.5;
const INSIDE: f32 = 10.5;

/// Height of an entry in a corner.
const INSIDE_HEIGHT: f32 = 15.0;

/// A run in a legend, or the meaning of dashes.
pub(super) struct Entry {
    style_index: usize,
    /// Style of the line: that of the run where charts and map have it, a solid one or a dashed one of all runs.
    style: Style,
    name: String,
    /// Settings that the name does not have, like lr=0.1.
    settings: String,
    status: String,
}

/// Returns the entries of the visible runs, and one for dashed lines of test samples. Runs have their own dashes unless all of their lines
/// are `solid`.
pub(super) fn entries(runs: &Runs, row: usize, has_test: bool, solid: bool) -> Vec<Entry> {
    let style = if solid { Style::Whole } else { Style::Own };
    let names = runs.scene.run_names();
    let all = runs.scene.runs.iter().zip(names).enumerate();
    let visible = all.filter(|(_, (run, _))| run.shown);
    let test = Entry {
        style_index: 0,
        style: Style::Dashed,
        name: "dashed: test".to_owned(),
        settings: String::new(),
        status: String::new(),
    };
    visible
        .map(|(index, (run, name))| {
            let settings = brief_settings(&run.spec);
            let settings = Some(settings).filter(|settings| !name.contains(settings.as_str()));
            let diverged = diverged_text(runs, index);
            let settings = settings.into_iter().chain(diverged).collect::<Vec<_>>();
            Entry {
                style_index: style_index(run.colour),
                style,
                settings: settings.join("; "),
                name,
                status: match runs.other_seeds.len() {
                    0 => status_text(runs, index, row),
                    _ => median_text(runs, index, row),
                },
            }
        })
        .chain(has_test.then_some(test))
        .collect()
}

/// Length of the sample of a line.
const LENGTH: f32 = 30.0;

/// Draws the sample of an entry's line in a length, as charts draw it.
fn key([x, y]: Point, length: f32, entry: &Entry, theme: &Theme) -> Vec<Item> {
    let points = || vec![[x, y], [x + length, y]];
    let colour = run_colour(entry.style_index, theme);
    let with_marker = |dash| {
        let mut items = vec![line(points(), 2.0, colour, dash)];
        let marker = run_marker(entry.style_index);
        items.extend(marker.items([x + 0.5 * length, y], 5.0, colour, theme.halo));
        items
    };
    match entry.style {
        Style::Dashed => vec![line(
            points(),
            1.6,
            theme.ink,
            Style::Dashed.dash(entry.style_index),
        )],
        Style::Whole => with_marker(&[]),
        _ => with_marker(run_dash(entry.style_index)),
    }
}

/// Returns the last words of a legend that leaves out entries.
fn more(count: usize) -> String {
    format!("and {count} more")
}

/// Returns how many runs the legends of a drawing leave out.
pub fn left_out(items: &[Item]) -> usize {
    let count = |item: &Item| match item {
        Item::Text(text) => {
            let number = text
                .text
                .strip_prefix("and ")
                .and_then(|text| text.strip_suffix(" more"));
            number.and_then(|number| number.parse().ok()).unwrap_or(0)
        }
        Item::Clipped { items, .. } => left_out(items),
        _ => 0,
    };
    items.iter().map(count).max().unwrap_or(0)
}

/// Returns with how many seeds a run diverged, like "3 of 10 diverged"; `None` if with none, or with a single seed.
fn diverged_text(runs: &Runs, index: usize) -> Option<String> {
    let outcomes = runs.all_seeds().filter_map(|runs| runs.results.get(index));
    let diverged = outcomes.filter(|run| matches!(run.trajectory.outcome, Outcome::Diverged(..)));
    let (diverged, all) = (diverged.count(), runs.other_seeds.len() + 1);
    (all > 1 && diverged > 0).then(|| format!("{diverged} of {all} diverged"))
}

/// Returns the median over the seeds of a run's loss at a row.
fn median_text(runs: &Runs, index: usize, row: usize) -> String {
    let loss = |runs: &Runs| {
        let trajectory = &runs.results.get(index)?.trajectory;
        let losses = &trajectory.loss;
        match (losses.get(row), trajectory.outcome) {
            (None, Outcome::Diverged(..)) => Some(f64::INFINITY),
            (at_row, _) => at_row.or(losses.last()).copied(),
        }
    };
    let stats = SeedStats::of(runs.all_seeds().filter_map(loss));
    let median = stats.map_or(f64::NAN, |stats| stats.median);
    if median.is_finite() {
        format!("median {}", number(median, 4))
    } else {
        "median diverged".to_owned()
    }
}

/// Returns the width of a column for entries: as wide as their names and settings, at most 0.3 of the page.
pub(super) fn column_width(entries: &[Entry], page: f32) -> f32 {
    let widths = entries.iter().flat_map(|entry| {
        [
            width(&entry.name, NAME),
            width(&entry.settings, DETAIL),
            110.0,
        ]
    });
    (SAMPLE + widths.fold(0.0, f32::max) + 4.0).min(0.3 * page)
}

/// Returns the settings of an entry in lines of a width.
fn settings_lines(entry: &Entry, room: f32) -> Vec<String> {
    match &*entry.settings {
        "" => Vec::new(),
        settings => text_width::wrapped(settings, DETAIL, room),
    }
}

/// Returns the height of entries below each other, with `details` lines of settings and losses.
fn height_with(entries: &[Entry], details: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a few runs")]
    let [count, details] = [entries.len(), details].map(|count| count as f32);
    22.0 * count + 14.0 * details
}

/// Returns the height of a column for entries of a width with all their details.
pub(super) fn column_height(entries: &[Entry], width: f32) -> f32 {
    let lines = entries
        .iter()
        .map(|entry| 1 + settings_lines(entry, width - SAMPLE).len());
    height_with(entries, lines.sum())
}

/// Draws the visible runs of a map below each other; returns the items and the y below.
pub(in crate::figure) fn column(
    runs: &Runs,
    row: usize,
    space: Area,
    theme: &Theme,
) -> (Vec<Item>, f32) {
    draw_column(&entries(runs, row, false, false), space, theme)
}

/// Draws the visible runs in rows at the bottom of an area; returns the items and their height.
pub(in crate::figure) fn rows_of_runs(
    runs: &Runs,
    row: usize,
    area: Area,
    theme: &Theme,
) -> (Vec<Item>, f32) {
    draw_rows(&entries(runs, row, false, false), area, theme)
}

/// Draws entries below each other, with settings and losses as far as there is room; returns the items and the y below.
pub(super) fn draw_column(entries: &[Entry], space: Area, theme: &Theme) -> (Vec<Item>, f32) {
    let count = |lines: &dyn Fn(&Entry) -> usize| entries.iter().map(lines).sum::<usize>();
    #[expect(clippy::cast_precision_loss, reason = "a few runs")]
    let real = |count: usize| count as f32;
    let x = space.min[0] + SAMPLE;
    let room = space.max[0] - x;
    let lines = count(&|entry| settings_lines(entry, room).len());
    let with_settings = height_with(entries, lines) <= space.height();
    let with_status =
        with_settings && height_with(entries, lines + entries.len()) <= space.height();
    let pitch = { space.height() / real(entries.len().max(1)) }.clamp(15.0, 22.0);
    let shown = shown_of(entries.len(), 1, |rows| {
        real(rows) * pitch <= space.height() + 0.5
    });
    let (mut items, mut y) = (Vec::new(), space.min[1]);
    for entry in &entries[..shown] {
        items.extend(key([space.min[0], y], LENGTH, entry, theme));
        let values = rows::without_keys(&entry.name);
        let name = first_fitted([&entry.name[..], &values], NAME, room);
        items.push(Item::label(name, [x, y], NAME, theme.ink));
        let brief = entry.status.split([':', ',']).next().unwrap_or_default();
        let status = first_fitted([&entry.status[..], brief], DETAIL, room);
        let mut details = Vec::new();
        if with_settings {
            let lines = settings_lines(entry, room).into_iter();
            details.extend(lines.map(|line| fitted(&line, DETAIL, room)));
        }
        details.extend(Some(status).filter(|status| with_status && !status.is_empty()));
        for detail in details {
            y += 14.0;
            items.push(Item::label(detail, [x, y], DETAIL, theme.ink));
        }
        y += pitch;
    }
    if shown < entries.len() {
        let text = fitted(&more(entries.len() - shown), NAME, room);
        items.push(Item::label(text, [x, y], NAME, theme.ink));
        y += pitch;
    }
    (items, y)
}

/// Returns how many of `count` entries in columns are shown, where the last place of a legend without room for all says how many are not.
fn shown_of(count: usize, columns: usize, fits: impl Fn(usize) -> bool) -> usize {
    let rows = { 1..=count.div_ceil(columns) }
        .rev()
        .find(|rows| fits(*rows));
    let places = rows.unwrap_or(1) * columns;
    if places < count { places - 1 } else { count }
}

/// Returns the settings of a run that say more than its name: the learning rate, and what differs from the defaults and from the settings
/// with which the program opens.
fn brief_settings(spec: &RunSpec) -> String {
    let name = spec.optimizer.name();
    let opening = Scene::opening();
    let usual = { opening.runs.iter() }.find(|run| run.spec.optimizer.name() == name);
    let usual = usual
        .map(|run| run.spec.settings_text())
        .unwrap_or_default();
    let is_shown = |part: &&str| {
        let is_main = part.starts_with("lr=") || part.starts_with("momentum=");
        is_main || usual.split(' ').all(|usual| usual != *part)
    };
    let settings = spec.settings_with_lr();
    settings
        .split(' ')
        .filter(is_shown)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the text of an entry in a corner: with its settings, if they are to be shown.
fn inside_text(entry: &Entry, with_settings: bool) -> String {
    if with_settings && !entry.settings.is_empty() {
        format!("{}  {}", entry.name, entry.settings)
    } else {
        entry.name.clone()
    }
}

/// Returns the size of a box for entries, and whether they have their settings in it.
fn box_size(entries: &[Entry], plot: &Area) -> ([f32; 2], bool) {
    let widest = |with_settings: bool| {
        let texts = entries
            .iter()
            .map(|entry| inside_text(entry, with_settings));
        SAMPLE + texts.map(|text| width(&text, INSIDE)).fold(0.0, f32::max) + 10.0
    };
    #[expect(clippy::cast_precision_loss, reason = "a few runs")]
    let height = INSIDE_HEIGHT * entries.len() as f32 + 6.0;
    let limit = 0.6 * plot.width();
    let with_settings = widest(true) <= limit;
    ([widest(with_settings).min(limit), height], with_settings)
}

/// Returns the place in a plot for a box with entries where it covers nothing of what is drawn, in a corner if possible; `None` if there is
/// none. The names in a chart have their places already, those of a map find others.
pub(super) fn free_place(
    entries: &[Entry],
    (items, with_texts): (&[Item], bool),
    plot: Area,
) -> Option<Area> {
    const INSET: f32 = 6.0;
    let ([w, h], _) = box_size(entries, &plot);
    if h > 0.7 * plot.height() || w < SAMPLE + 24.0 {
        return None;
    }
    let mut points = Vec::new();
    collect(items, with_texts, &mut points);
    let ([left, top], [right, bottom]) = (plot.min, plot.max);
    let xs = [right - INSET - w, left + INSET, 0.5 * (left + right - w)];
    let ys = [top + INSET, bottom - INSET - h, 0.5 * (top + bottom - h)];
    let places = [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
        (0, 2),
        (2, 0),
        (2, 1),
        (1, 2),
    ];
    let places = places.map(|(x, y)| [xs[x], ys[y]]);
    let mut places = places
        .map(|[x, y]| Area::new([x, y], [x + w, y + h]))
        .into_iter();
    places.find(|area| !points.iter().any(|point| area.contains(*point)))
}

/// Collects points along the lines of runs and the marks of a plot, but not along contour and grid lines, which are thin.
fn collect(items: &[Item], with_texts: bool, points: &mut Vec<Point>) {
    const STEP: f32 = 4.0;
    for item in items {
        match item {
            Item::Clipped { items, .. } => collect(items, with_texts, points),
            Item::Text(text) if with_texts => {
                let Area { min, max } = text_width::area(text);
                let middle = 0.5 * (min[1] + max[1]);
                let ys = [min[1], middle, max[1]];
                points.extend(ys.iter().flat_map(|y| {
                    (0..=8_u8).map(move |k| [min[0] + f32::from(k) / 8.0 * (max[0] - min[0]), *y])
                }));
            }
            Item::Path {
                points: path,
                stroke,
                fill,
                ..
            } if fill.is_some() || stroke.as_ref().is_some_and(|stroke| stroke.width > 1.0) => {
                for pair in path.windows(2) {
                    let [dx, dy] = [0, 1].map(|axis| pair[1][axis] - pair[0][axis]);
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "limited to a few hundred"
                    )]
                    let count = (dx.hypot(dy) / STEP).clamp(1.0, 500.0) as u16;
                    points.extend((0..count).map(|k| {
                        let share = f32::from(k) / f32::from(count);
                        [pair[0][0] + share * dx, pair[0][1] + share * dy]
                    }));
                }
            }
            _ => {}
        }
    }
}

/// Draws entries in a box.
pub(super) fn draw_box(entries: &[Entry], space: Area, theme: &Theme) -> Vec<Item> {
    // The box is as wide as its entries with their settings, or as without them.
    let room = space.width() - SAMPLE - 10.0;
    let fits = |entry: &Entry| width(&inside_text(entry, true), INSIDE) <= room + 0.5;
    let with_settings = entries.iter().all(fits);
    let mut items = vec![
        Item::filled(space.corners(), theme.background.opacity(0.9)),
        border(space, 0.6, theme.ink.opacity(0.4)),
    ];
    let mut y = space.min[1] + 3.0 + 0.5 * INSIDE_HEIGHT;
    for entry in entries {
        let x = space.min[0] + 5.0;
        items.extend(key([x, y], LENGTH, entry, theme));
        let text = fitted(&inside_text(entry, with_settings), INSIDE, room + 0.5);
        items.push(Item::label(text, [x + SAMPLE, y], INSIDE, theme.ink));
        y += INSIDE_HEIGHT;
    }
    items
}
