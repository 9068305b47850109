//! Side by side: a small map for each visible run, with one window, one scale of heights and one time.

use super::colour::Theme;
use super::drawing::{Area, Colour, Drawing, Item, Point};
use super::frame::Frame;
use super::labels::Labels;
use super::layout::LINE_HEIGHT;
use super::trail::{self, Trail};
use super::{
    Options, SIDE, caption, curve, layers_of_map, legend_line, map, network, page, status_text,
    style_index, text_width, trails,
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

/// Margins of a map for its title and tick labels: left and above, right and below.
const MARGINS: [Point; 2] = [[40.0, 26.0], [10.0, 22.0]];

/// Returns the index of each visible run with the frame of its map; the maps share `view`, widened to their shape.
pub fn frames(runs: &Runs, view: Rect, space: Area) -> Vec<(usize, Frame)> {
    let visible = visible(runs);
    let areas = cells(visible.len(), view, space).into_iter();
    let dim = runs.problem.objective.dim();
    let frames = areas.map(|area| Frame::of(dim, view, area));
    visible.into_iter().zip(frames).collect()
}

/// Divides a space into cells for `count` maps of a view: as many in a row as show the view at the largest scale.
fn cells(count: usize, view: Rect, space: Area) -> Vec<Area> {
    let size = |columns: usize| {
        let share = |length: f32, count: usize, i: usize| {
            #[expect(clippy::cast_precision_loss, reason = "at most a hundred runs")]
            let share = length / count as f32;
            (share - MARGINS[0][i] - MARGINS[1][i]).max(8.0)
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
    let [width, height] = size(columns);
    let cell = |index: usize| {
        #[expect(clippy::cast_precision_loss, reason = "at most a hundred runs")]
        let [column, row] = [index % columns, index / columns].map(|place| place as f32);
        let step = [0, 1].map(|i| MARGINS[0][i] + [width, height][i] + MARGINS[1][i]);
        let min = [
            space.min[0] + column * step[0] + MARGINS[0][0],
            space.min[1] + row * step[1] + MARGINS[0][1],
        ];
        Area::new(min, [min[0] + width, min[1] + height])
    };
    (0..count).map(cell).collect()
}

fn visible(runs: &Runs) -> Vec<usize> {
    let all = 0..runs.results.len().min(runs.scene.runs.len());
    all.filter(|index| runs.scene.runs[*index].shown).collect()
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
    let space = |frame: &Frame| frame.area.width() - 38.0;
    let fits = |form: &usize| {
        let mut titles = all.iter().zip(frames);
        titles
            .all(|(forms, (_, frame))| text_width::width(&forms[*form], TITLE_SIZE) <= space(frame))
    };
    let form = (0..4).find(fits).unwrap_or(2);
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
        items.extend(legend_line([area.min[0], above], run, theme));
        items.push(Item::label(
            title,
            [area.min[0] + 38.0, above],
            TITLE_SIZE,
            theme.ink,
        ));

        let mut labels = Labels::new(frame.area, theme);
        let mut back = heights.map_or_else(Vec::new, |heights| {
            let style = &scene.map;
            map::number_lines(heights.map_data, style, frame, &mut labels);
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
        items.extend(layers_of_map(frame, [back, start, front], labels));
        items.extend(map::axes(frame, ["", ""], theme));
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
    let space = Area::new(
        [4.0, 30.0],
        [width - 90.0, (bottom - LINE_HEIGHT).max(90.0)],
    );
    let frames = frames(runs, scene.view.unwrap_or_else(|| runs.first_view()), space);
    if let Some((_, frame)) = frames.first() {
        let side = results::max_grid_side(&runs.problem).unwrap_or(SIDE);
        if let Some(map_data) = runs.map_data(frame.window, side) {
            let pixels = map::styled_shading(&map_data, &scene.map, theme);
            let heights = Heights {
                map_data: &map_data,
                pixels: &pixels,
            };
            items.extend(draw(runs, &frames, Some(heights), runs.row(step), theme));
            if scene.map.fill && map_data.graph.is_none() {
                let bar = Area::new([width - 76.0, 60.0], [width - 62.0, height - 60.0]);
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
        };
        let texts = |runs: &Runs| format!("{:?}", picture(runs, &options).items);
        let three = texts(&runs(&[true; 3]));
        assert_eq!(three.matches("SGD").count(), 3, "{three:.300}");
        assert!(!texts(&runs(&[])).contains("SGD"));
        assert!(!texts(&runs(&[false])).contains("SGD"));
    }

    #[test]
    fn titles_have_one_form_and_fit() {
        let runs = runs(&[true; 4]);
        let titles_in = |width: f32| {
            let space = Area::new([0.0, 0.0], [width, 0.6 * width]);
            let frames = frames(&runs, runs.problem.view, space);
            let titles = titles(&runs, &runs.scene.run_names(), &frames, 10);
            for (title, (_, frame)) in titles.iter().zip(&frames) {
                let space = frame.area.width() - 38.0;
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
