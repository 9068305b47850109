//! Side by side: a small map for each visible run, with one window, one scale of heights and one time.

use super::colour::{Theme, run_colour, run_marker};
use super::drawing::{Area, Colour, Drawing, Item, Point};
use super::frame::Frame;
use super::labels::Labels;
use super::layout::LINE_HEIGHT;
use super::trail::{self, Trail};
use super::{
    NARROW, Options, SIDE, caption, curve, layers_of_map, legend_line, map, network, page, panels,
    status_text, style_index, text_width, trails,
};
use crate::engine::objective::plane::Rect;
use crate::engine::results::{self, MapData, Runs};
use std::sync::Arc;

/// Heights of the landscape with their colours.
#[derive(Clone, Copy)]
pub struct Heights<'a> {
    /// Heights and contour lines.
    pub map_data: &'a MapData,
    /// Colours of the grid, from [`map::shading`].
    pub pixels: &'a Arc<Vec<Colour>>,
}

/// Font size of the titles of maps.
const TITLE_SIZE: f32 = 12.0;

/// Space between maps: beside a map, and above it for its title.
const GAP: Point = [16.0, 32.0];

/// Space for the tick labels on the left and below all maps.
const TICKS: Point = [32.0, 20.0];

/// Width of a map below which its title has a marker for a line, and its marks have no labels.
const SMALL: f32 = 120.0;

/// Width of a map below which its contour lines have no numbers; the colour bar has them.
const MIN_NUMBERED: f32 = 240.0;

/// Returns the index of each visible run with the frame of its map; the maps share `view`, widened to their shape.
pub fn frames(runs: &Runs, view: Rect, space: Area) -> Vec<(usize, Frame)> {
    let visible = visible(runs);
    let areas = cells(visible.len(), view, space).into_iter();
    let dim = runs.problem.objective.dim();
    let mut frames: Vec<Frame> = areas.map(|area| Frame::of(dim, view, area)).collect();
    // The sides of the areas differ by rounding errors.
    if let Some(first) = frames.first().copied() {
        for frame in &mut frames {
            frame.window = first.window;
        }
    }
    visible.into_iter().zip(frames).collect()
}

/// Divides a space into cells for `count` maps of a view: as many in a row as show the view at the largest scale.
fn cells(count: usize, view: Rect, space: Area) -> Vec<Area> {
    let size = |columns: usize| {
        let share = |length: f32, count: usize, i: usize| {
            #[expect(clippy::cast_precision_loss, reason = "at most a hundred runs")]
            let share = (length - TICKS[i]) / count as f32;
            share - GAP[i]
        };
        let rows = count.div_ceil(columns);
        [
            share(space.width(), columns, 0),
            share(space.height(), rows, 1),
        ]
    };
    let scale = |columns: &usize| {
        let [width, height] = size(*columns).map(f64::from);
        (width / view.width()).min(height / view.height())
    };
    let columns = (1..=count).max_by(|a, b| scale(a).total_cmp(&scale(b)));
    let columns = columns.unwrap_or(1);
    let [width, height] = size(columns).map(|side| side.max(8.0));
    let cell = |index: usize| {
        #[expect(clippy::cast_precision_loss, reason = "at most a hundred runs")]
        let [column, row] = [index % columns, index / columns].map(|place| place as f32);
        let step = [width + GAP[0], height + GAP[1]];
        let min = [
            space.min[0] + TICKS[0] + column * step[0],
            space.min[1] + row * step[1] + GAP[1] - 6.0,
        ];
        Area::new(min, [min[0] + width, min[1] + height])
    };
    (0..count).map(cell).collect()
}

fn visible(runs: &Runs) -> Vec<usize> {
    let all = 0..runs.results.len().min(runs.scene.runs.len());
    all.filter(|index| runs.scene.runs[*index].shown).collect()
}

/// Whether a map is small.
fn is_small(frame: &Frame) -> bool {
    frame.area.width() < SMALL
}

/// Returns the width of what precedes the title of a map.
fn sample_width(frame: &Frame) -> f32 {
    if is_small(frame) { 14.0 } else { 38.0 }
}

/// Draws the marker of a run that a map shows, on its line where the map has room.
fn sample(frame: &Frame, [x, y]: Point, style_index: usize, theme: &Theme) -> Vec<Item> {
    if !is_small(frame) {
        return legend_line([x, y], style_index, theme);
    }
    let colour = run_colour(style_index, theme);
    run_marker(style_index).items([x + 5.0, y], 5.0, colour, theme.halo)
}

/// Returns the titles of the maps: name and state of each run, all in the longest form that fits above every map.
fn titles(runs: &Runs, names: &[String], frames: &[(usize, Frame)], row: usize) -> Vec<String> {
    let forms = |index: usize| {
        let (name, status) = (&names[index], status_text(runs, index, row));
        let brief = status.split([':', ',']).next().unwrap_or_default();
        let briefest = brief.trim_start_matches("loss ");
        let [status, brief, briefest] =
            [&status[..], brief, briefest].map(|status| format!("{name}  {status}"));
        [status, brief, briefest, name.clone()]
    };
    let all: Vec<[String; 4]> = frames.iter().map(|(index, _)| forms(*index)).collect();
    let space = |frame: &Frame| frame.area.width() - sample_width(frame);
    let fits = |form: &usize| {
        let mut titles = all.iter().zip(frames);
        titles
            .all(|(forms, (_, frame))| text_width::width(&forms[*form], TITLE_SIZE) <= space(frame))
    };
    let form = (0..4).find(fits).unwrap_or(3);
    let titles = all.iter().zip(frames);
    titles
        .map(|(forms, (_, frame))| text_width::fitted(&forms[form], TITLE_SIZE, space(frame)))
        .collect()
}

/// Draws the map of each run, up to a row: its name and loss above, the heights, the trail. Without heights only the trails are drawn.
pub fn draw(
    runs: &Runs,
    frames: &[(usize, Frame)],
    heights: Option<Heights>,
    row: usize,
    theme: &Theme,
) -> Vec<Item> {
    let scene = &runs.scene;
    let names = scene.run_names();
    let mut items = Vec::new();
    let titles = titles(runs, &names, frames, row);
    for ((index, frame), title) in frames.iter().zip(titles) {
        let area = frame.area;
        let run = style_index(scene.runs[*index].colour);
        let above = area.min[1] - 12.0;
        items.extend(sample(frame, [area.min[0], above], run, theme));
        items.push(Item::label(
            title,
            [area.min[0] + sample_width(frame), above],
            TITLE_SIZE,
            theme.ink,
        ));

        let mut labels = Labels::new(frame.area, theme);
        let mut back = heights.map_or_else(Vec::new, |heights| {
            let style = &scene.map;
            if frame.area.width() >= MIN_NUMBERED {
                map::number_lines(heights.map_data, style, frame, &mut labels);
            }
            map::landscape(heights.map_data, heights.pixels, style, frame, theme)
        });
        if !scene.is_network() {
            let style = &scene.map;
            back.extend(map::marks(&runs.problem, style, frame, &mut labels, theme));
            back.extend(curve::tangent(
                runs,
                (*index, row),
                frame,
                &mut labels,
                theme,
            ));
        }
        let no_names = vec![String::new(); names.len()];
        let own: Vec<Trail> = trails(runs, &no_names, row, frame)
            .filter(|trail| trail.run == *index)
            .collect();
        let front = trail::trails(&own, frame, row, &mut labels, theme);
        let mut start = Vec::new();
        if !scene.is_network() {
            let at = runs.problem.plot_point(scene.start());
            start = map::start(at, frame, theme);
            map::block_start(at, frame, &mut labels);
        }
        if is_small(frame) {
            labels = Labels::new(frame.area, theme);
        }
        items.extend(layers_of_map(frame, [back, start, front], labels));
        // Maps of one window share their ticks: those at the left and those without a map below have labels.
        let others = || frames.iter().map(|(_, other)| other.area);
        let has_below = |other: Area| other.min[0] == area.min[0] && other.min[1] > area.min[1];
        let is_left = !others().any(|other| other.min[0] < area.min[0]);
        let labelled = [!others().any(has_below), is_left];
        items.extend(map::axes_with(frame, ["", ""], labelled, theme));
    }
    items
}

/// Draws the picture of all visible runs with the caption of the scene.
pub fn picture(runs: &Runs, options: &Options) -> Drawing {
    let ([width, height], theme, scene) = (options.size, options.theme, &runs.scene);
    let step = options.step.unwrap_or(scene.training.steps);
    let step = step.min(scene.training.steps);
    let mut items = page(options.size, theme);
    let title = format!("{}   {}", scene.title(), scene.formula());
    items.push(Item::title(title, [18.0, 20.0], theme.ink));
    let bottom = height - 14.0;
    let words = caption(scene, step);
    items.push(Item::caption(words, [18.0, bottom], theme.ink));
    let right = if width < NARROW { 68.0 } else { 90.0 };
    let space = Area::new(
        [4.0, 30.0],
        [width - right, (bottom - LINE_HEIGHT).max(90.0)],
    );
    let view = scene.view.unwrap_or_else(|| runs.first_view());
    let (names, row) = (scene.run_names(), runs.row(step));
    let mut frames = self::frames(runs, view, space);
    let mut bar_bottom = height - 60.0;
    let titles = titles(runs, &names, &frames, row);
    let named = |((index, _), title): (&(usize, Frame), &String)| title.starts_with(&names[*index]);
    if !frames.iter().zip(&titles).all(named) {
        // Small maps have only markers, which a legend explains.
        let axes = if runs.trained.is_some() {
            LINE_HEIGHT
        } else {
            0.0
        };
        let below = Area::new([18.0, 30.0], [width - 6.0, bottom - 8.0 - axes]);
        let (legend, legend_height) = panels::rows_of_runs(runs, row, below, theme);
        items.extend(legend);
        let corner = [space.max[0], below.max[1] - legend_height - 6.0];
        bar_bottom = bar_bottom.min(corner[1] - 20.0);
        frames = self::frames(runs, view, Area::new(space.min, corner));
    }
    if let Some((_, frame)) = frames.first() {
        let side = results::max_grid_side(&runs.problem).unwrap_or(SIDE);
        if let Some(map_data) = runs.map_data(frame.window, side) {
            let pixels = map::styled_shading(&map_data, &scene.map, theme);
            let heights = Heights {
                map_data: &map_data,
                pixels: &pixels,
            };
            items.extend(draw(runs, &frames, Some(heights), row, theme));
            if scene.map.fill && map_data.graph.is_none() {
                let bar = Area::new(
                    [width + 14.0 - right, 60.0],
                    [width + 28.0 - right, bar_bottom],
                );
                items.extend(super::colour_bar::draw(&map_data, bar, theme));
            }
        }
    }
    if runs.trained.is_some() {
        let [x, y] = network::axes(runs);
        let axes = format!("across {x}, up {y}");
        items.push(Item::label(
            axes,
            [18.0, bottom - LINE_HEIGHT],
            11.0,
            theme.ink,
        ));
    }
    Drawing::new(options.size, items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::scene::Scene;

    fn runs(ticked: &[bool]) -> Runs {
        let mut scene = Scene::new("himmelblau".parse().unwrap());
        for (index, shown) in ticked.iter().enumerate() {
            let spec = format!("sgd:lr=0.0{}", index + 1);
            scene.add_run(spec.parse().unwrap());
            scene.runs[index].shown = *shown;
        }
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        results::compute_runs(&scene, &problem, None, &Cancel::default()).unwrap()
    }

    #[test]
    fn every_ticked_run_has_a_map_of_its_own_with_one_window() {
        let runs = runs(&[true, false, true, true]);
        let space = Area::new([0.0, 0.0], [900.0, 500.0]);
        let frames = frames(&runs, runs.problem.view, space);
        let indices: Vec<usize> = frames.iter().map(|(index, _)| *index).collect();
        assert_eq!(indices, [0, 2, 3]);
        for (place, (_, frame)) in frames.iter().enumerate() {
            assert_eq!(frame.window, frames[0].1.window);
            let Area { min, max } = frame.area;
            assert!(min[0] >= 0.0 && min[1] >= 0.0 && max[0] <= 900.0 && max[1] <= 500.0);
            for (_, other) in &frames[..place] {
                let apart =
                    (0..2).any(|i| min[i] >= other.area.max[i] || max[i] <= other.area.min[i]);
                assert!(apart, "maps overlap");
            }
        }
    }

    #[test]
    fn pictures_name_every_run_and_need_none() {
        let options = Options {
            size: [900.0, 600.0],
            step: None,
            theme: &Theme::LIGHT,
            followed: None,
            legend: true,
            turning: false,
        };
        let texts = |runs: &Runs| format!("{:?}", picture(runs, &options).items);
        let three = texts(&runs(&[true; 3]));
        assert_eq!(three.matches("SGD").count(), 3, "{three:.300}");
        assert!(!texts(&runs(&[])).contains("SGD"));
        assert!(!texts(&runs(&[false])).contains("SGD"));
    }

    #[test]
    fn many_small_maps_have_names_and_share_their_ticks() {
        let runs = runs(&[true; 12]);
        let view = runs.problem.view;
        let frames = frames(&runs, view, Area::new([4.0, 30.0], [800.0, 400.0]));
        let items = draw(&runs, &frames, None, 10, &Theme::LIGHT);
        let found = crate::figure::drawing::words(&items);
        for name in runs.scene.run_names() {
            assert!(
                found.iter().any(|words| words.starts_with(&name)),
                "{found:?}"
            );
        }
        let left = frames.iter().map(|(_, frame)| frame.area.min[0]);
        let left = left.fold(f32::INFINITY, f32::min);
        let columns = frames
            .iter()
            .filter(|(_, frame)| frame.area.min[1] == frames[0].1.area.min[1]);
        let zeros = found.iter().filter(|words| *words == "0").count();
        let rows = frames.iter().filter(|(_, frame)| frame.area.min[0] == left);
        assert_eq!(zeros, columns.count() + rows.count(), "{found:?}");
    }

    #[test]
    fn titles_have_one_form_and_fit() {
        let runs = runs(&[true; 4]);
        let titles_in = |width: f32| {
            let space = Area::new([0.0, 0.0], [width, 0.6 * width]);
            let frames = frames(&runs, runs.problem.view, space);
            let titles = titles(&runs, &runs.scene.run_names(), &frames, 10);
            for (title, (_, frame)) in titles.iter().zip(&frames) {
                let space = frame.area.width() - sample_width(frame);
                assert!(text_width::width(title, TITLE_SIZE) <= space, "{title}");
            }
            titles
        };
        let wide = titles_in(1600.0);
        let whole = |title: &String| title.contains("loss ") || title.contains("diverged at");
        assert!(wide.iter().all(whole), "{wide:?}");
        let narrow = titles_in(360.0);
        assert!(!narrow.iter().any(whole), "{narrow:?}");
    }
}
