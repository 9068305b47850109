//! The random plane of a network beside those of other seeds: how much a slice depends on its directions.

use super::colour::Theme;
use super::drawing::{Area, Drawing, Item};
use super::frame::Frame;
use super::layers::entries;
use super::panel_grid::{MapPanels, seed_spread_text};
use super::trail::{Trail, border, trails};
use super::{Options, caption, page, shortened, style_index};
use crate::engine::geometry::surface::Surface;
use crate::engine::results::{self, Runs, SeedSlice, Seeds};

/// Maps narrower than this have no room for the names of runs.
const NAMED: f32 = 260.0;

/// What has to be said of runs on such maps.
const PROJECTION_NOTE: &str = "Trails are shadows: the height of a map is not their loss.";

/// The maps of slices, ready to be drawn; `None` if there are none.
pub fn map_panels(slices: &[SeedSlice], theme: &Theme) -> Option<MapPanels> {
    let maps = slices.iter();
    let maps = maps.map(|slice| (format!("seed {}", slice.seed), slice.surface.clone()));
    MapPanels::new(maps.collect(), theme)
}

/// What slices say together, in sentences.
pub fn summary_lines(slices: &[SeedSlice]) -> Vec<String> {
    let surfaces: Vec<&Surface> = slices.iter().map(|slice| &slice.surface).collect();
    let shadows = PROJECTION_NOTE.to_owned();
    seed_spread_text(&surfaces)
        .into_iter()
        .chain([shadows])
        .collect()
}

/// The maps of slices with the shadows of the ticked runs up to a row; that of the scene's own plane has a stronger border.
pub fn draw(
    reliefs: &MapPanels,
    slices: &[SeedSlice],
    (runs, row): (&Runs, usize),
    space: Area,
    theme: &Theme,
) -> Vec<Item> {
    let scene = &runs.scene;
    let names = scene.run_names();
    let besides = |index: usize, frame: &Frame| {
        let all = scene.runs.iter().zip(&names).enumerate();
        let shadows = slices
            .get(index)
            .map_or(&[][..], |slice| &slice.projections);
        let all = all.zip(shadows).filter(|((_, (run, _)), _)| run.shown);
        let all = all.map(|((run, (of, name)), shadow)| Trail {
            run,
            trajectory: &shadow.trajectory,
            outline: &shadow.outline,
            name: if frame.area.width() < NAMED { "" } else { name },
            style_index: style_index(of.colour),
            strong: false,
            hollow: false,
        });
        let all: Vec<Trail> = all.collect();
        if scene.map.trails {
            trails(&all, frame, row, theme)
        } else {
            Vec::new()
        }
    };
    let mut items = reliefs.draw(space, &scene.map, besides, theme);
    let own = slices
        .iter()
        .position(|slice| Seeds::of(scene) == Some(slice.seed));
    if let Some(frame) = own.and_then(|own| reliefs.frames(space).into_iter().nth(own)) {
        items.push(border(frame.area, 3.0, theme.ink));
    }
    items
}

/// The picture of the random planes of some seeds.
///
/// # Errors
/// One sentence, where the scene is not a network's on a random plane.
pub fn picture(runs: &Runs, seeds: Seeds, options: &Options) -> Result<Drawing, String> {
    let slices = results::seed_slices(runs, seeds)?;
    let (size, theme) = (options.size, options.theme);
    let [width, height] = size;
    let scene = &runs.scene;
    let last = scene.training.steps;
    let step = options.step.unwrap_or(last).min(last);
    let write = |text: String, y: f32, size: f32| Item::label(text, [18.0, y], size, theme.ink);
    let mut items = page(size, theme);
    let title = format!("Random planes of {} seeds   {}", seeds.count, scene.title());
    items.push(write(title, 20.0, 15.0));
    let mut bottom = height - 14.0;
    items.push(write(caption(scene, step), bottom, 11.0));
    for sentence in summary_lines(&slices).into_iter().rev() {
        bottom -= 16.0;
        items.push(write(sentence, bottom, 11.0));
    }
    let names = scene.run_names();
    let shown = scene.runs.iter().zip(&names).filter(|(run, _)| run.shown);
    let shown = shown.map(|(run, name)| (style_index(run.colour), shortened(name, 30)));
    let (legend, top) = entries(shown, Area::new([10.0, 34.0], size), theme);
    items.extend(legend);
    if let Some(reliefs) = map_panels(&slices, theme) {
        let space = Area::new([10.0, top], [width, (bottom - 16.0).max(top + 60.0)]);
        let shown = (runs, runs.row(step));
        items.extend(draw(&reliefs, &slices, shown, space, theme));
    }
    Ok(Drawing { size, items })
}
