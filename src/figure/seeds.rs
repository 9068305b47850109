//! The random plane of a network next to those of other seeds, which shows how much a slice depends on its directions.

use super::colour::Theme;
use super::drawing::{Area, Drawing, Item};
use super::frame::Frame;
use super::labels::Labels;
use super::layers::legend_entries;
use super::panel_grid::{MapPanels, seed_spread_text};
use super::text_width::fitted;
use super::trail::{Trail, border, trails};
use super::{Options, caption, page, style_index};
use crate::engine::geometry::surface::Surface;
use crate::engine::results::{self, Runs, SeedSlice, Seeds};

/// Minimal width of a map with names of runs.
const MIN_NAMED_WIDTH: f32 = 260.0;

/// Note on runs that are projected to random planes.
const PROJECTION_NOTE: &str = "Trails are projections: the height of a map is not their loss.";

/// Prepares the maps of slices; `None` if there are none.
pub fn map_panels(slices: &[SeedSlice], theme: &Theme) -> Option<MapPanels> {
    let maps = slices.iter();
    let maps = maps.map(|slice| (format!("seed {}", slice.seed), slice.surface.clone()));
    MapPanels::new(maps.collect(), theme)
}

/// Describes the slices in sentences: their spread, and a note on the trails.
pub fn summary_lines(slices: &[SeedSlice]) -> Vec<String> {
    let surfaces: Vec<&Surface> = slices.iter().map(|slice| &slice.surface).collect();
    seed_spread_text(&surfaces)
        .into_iter()
        .chain([PROJECTION_NOTE.to_owned()])
        .collect()
}

/// Draws the maps of slices with the projections of the visible runs up to a row; the map of the scene's own plane has a stronger border.
pub fn draw(
    panels: &MapPanels,
    slices: &[SeedSlice],
    (runs, row): (&Runs, usize),
    space: Area,
    theme: &Theme,
) -> Vec<Item> {
    let scene = &runs.scene;
    let names = scene.run_names();
    let on_each = |index: usize, frame: &Frame, labels: &mut Labels| {
        let all = scene.runs.iter().zip(&names).enumerate();
        let projections = slices
            .get(index)
            .map_or(&[][..], |slice| &slice.projections);
        let visible = all.zip(projections).filter(|((_, (run, _)), _)| run.shown);
        let visible = visible.map(|((index, (run, name)), projection)| Trail {
            run: index,
            trajectory: &projection.trajectory,
            outline: &projection.outline,
            name: if frame.area.width() < MIN_NAMED_WIDTH {
                ""
            } else {
                name
            },
            style_index: style_index(run.colour),
            emphasized: false,
            hollow: false,
            record_every: runs.every,
        });
        let visible: Vec<Trail> = visible.collect();
        if scene.map.trails {
            trails(&visible, frame, row, labels, theme)
        } else {
            Vec::new()
        }
    };
    let mut items = panels.draw(space, &scene.map, on_each, theme);
    let own_index = slices
        .iter()
        .position(|slice| Seeds::of(scene) == Some(slice.seed));
    if let Some(frame) =
        own_index.and_then(|own_index| panels.frames(space).into_iter().nth(own_index))
    {
        items.push(border(frame.area, 3.0, theme.ink));
    }
    items
}

/// Draws the picture of the random planes of some seeds.
///
/// # Errors
/// Returns a sentence if the scene is not a network on a random plane.
pub fn picture(runs: &Runs, seeds: Seeds, options: &Options) -> Result<Drawing, String> {
    let slices = results::seed_slices(runs, seeds)?;
    let (size, theme) = (options.size, options.theme);
    let [width, height] = size;
    let scene = &runs.scene;
    let last = scene.training.steps;
    let step = options.step.unwrap_or(last).min(last);
    let line = |text: String, y: f32| Item::caption(text, [18.0, y], theme.ink);
    let mut items = page(size, theme);
    let title = format!("Random planes of {} seeds   {}", seeds.count, scene.title());
    items.push(Item::title(title, [18.0, 20.0], theme.ink));
    let mut bottom = height - 14.0;
    items.push(line(caption(scene, step), bottom));
    for sentence in summary_lines(&slices).into_iter().rev() {
        bottom -= 16.0;
        items.push(line(sentence, bottom));
    }
    let names = scene.run_names();
    let visible = scene.runs.iter().zip(&names).filter(|(run, _)| run.shown);
    let visible = visible.filter(|_| options.legend);
    let visible = visible.map(|(run, name)| (style_index(run.colour), fitted(name, 11.0, 200.0)));
    let (legend, top) = legend_entries(visible, Area::new([10.0, 34.0], size), theme);
    let top = if options.legend { top } else { 34.0 };
    items.extend(legend);
    if let Some(panels) = map_panels(&slices, theme) {
        let space = Area::new([10.0, top], [width, (bottom - 16.0).max(top + 60.0)]);
        let row = runs.row(step);
        items.extend(draw(&panels, &slices, (runs, row), space, theme));
    }
    Ok(Drawing::new(size, items))
}
