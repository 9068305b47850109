//! The picture of a surface with its runs, for export.

use super::{Paint, Relief, Surface3d, paint, raster};
use crate::engine::results::{MapData, Runs, max_grid_side};
use crate::engine::scene::SurfaceStyle;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Drawing, Item};
use crate::figure::layout::{layout, page};
use crate::figure::trail::Trail;
use crate::figure::{NARROW, Options, axis::number, caption, legend, network, panels, trails};
use std::sync::Arc;

/// Number of samples along each side of the landscape.
const SIDE: usize = 257;

/// The heights of a surface, which the frames of a film share.
struct Heights {
    of: Arc<MapData>,
    map_data: MapData,
    relief: Relief,
}

/// Returns the heights of a map, computed once for all pictures of some runs.
fn heights(runs: &Runs, of: &Arc<MapData>) -> Arc<Heights> {
    let is_current = |heights: &Heights| Arc::ptr_eq(&heights.of, of);
    runs.kept(is_current, || {
        let map_data = MapData {
            problem: runs.trained.as_ref().map(|_| Arc::clone(&runs.problem)),
            ..MapData::clone(of)
        };
        Heights {
            of: Arc::clone(of),
            relief: Relief::new(&map_data),
            map_data,
        }
    })
}

/// The image of a surface, which the frames of a film share while the camera rests.
struct SurfaceImage {
    heights: Arc<Heights>,
    style: SurfaceStyle,
    area: Area,
    paint: Paint,
    dark: bool,
    item: Option<Item>,
}

/// Returns the image of a surface.
fn image(runs: &Runs, heights: &Arc<Heights>, surface: &Surface3d, theme: &Theme) -> Option<Item> {
    let (scene, area) = (&runs.scene, surface.area);
    let paint = paint(scene);
    let is_current = |image: &SurfaceImage| {
        Arc::ptr_eq(&image.heights, heights)
            && image.style == scene.surface
            && (image.area, image.paint, image.dark) == (area, paint, theme.dark)
    };
    let image = runs.kept(is_current, || SurfaceImage {
        heights: Arc::clone(heights),
        style: scene.surface.clone(),
        area,
        paint,
        dark: theme.dark,
        item: raster::image(&surface.mesh(paint, theme), area),
    });
    image.item.clone()
}

/// Draws the surface of a scene of two parameters from the scene's camera, with legend and caption. It shows the scene's view, or without
/// one the first view of the runs.
///
/// The surface itself is an image of two pixels per point: its 130,000 triangles would take 10 MB of SVG, and show seams. Lines, marks
/// and texts are vectors.
///
/// # Errors
/// Returns a sentence if the scene has one parameter.
pub fn picture(runs: &Runs, options: &Options) -> Result<Drawing, String> {
    let (scene, theme) = (&runs.scene, options.theme);
    if runs.problem.objective.dim() == 1 {
        return Err("a landscape of one parameter has no surface".to_owned());
    }
    let window = scene.view.unwrap_or_else(|| runs.first_view());
    let side = max_grid_side(&runs.problem).unwrap_or(SIDE);
    let map_data = runs.map_data(window, side);
    let map_data = map_data.ok_or("computing the landscape was cancelled")?;
    let heights = heights(runs, &map_data);
    let Heights {
        map_data, relief, ..
    } = &*heights;

    let places = layout(options.size);
    let right = if options.legend {
        places.legend[0] - 12.0
    } else {
        options.size[0] - 10.0
    };
    let right = right.max(places.map.min[0] + 100.0);
    let mut area = Area::new([10.0, 34.0], [right, places.map.max[1] + 34.0]);
    let step = options.step.unwrap_or(scene.training.steps);
    let step = step.min(scene.training.steps);
    let row = runs.row(step);
    let mut items = page(options.size, theme);
    let has_rows = options.legend && options.size[0] < NARROW;
    if has_rows && scene.runs.iter().filter(|run| run.shown).count() > 3 {
        // Many names have no room on a small surface.
        let [width, height] = options.size;
        area.max[0] = width - 10.0;
        let below = Area::new([12.0, 34.0], [width - 6.0, height - 22.0]);
        let (legend, height) = panels::rows_of_runs(runs, row, below, theme);
        items.extend(legend);
        area.max[1] = below.max[1] - height - 4.0;
    }
    let mut surface = Surface3d::new(map_data, relief, &scene.surface, area);
    if options.turning {
        surface = surface.turning(&scene.surface);
    }
    let names = scene.run_names();

    let mut inside = surface.backdrop(theme);
    inside.extend(image(runs, &heights, &surface, theme));
    if scene.map.lines {
        inside.extend(surface.contours(0.8, paint(scene), theme));
    }
    let axes = network::axes(runs);
    inside.extend(surface.axes(axes.each_ref().map(String::as_str), theme));
    let heads = network::head_labels(runs, &names, row);
    let frame = surface.plane_frame();
    let trails: Vec<Trail> = trails(runs, &heads, row, &frame).collect();
    inside.extend(surface.runs(runs, &trails, row, theme));
    items.push(Item::Clipped {
        area,
        items: inside,
    });

    let title = format!("{}   {}", scene.title(), scene.formula());
    items.push(Item::title(title, [18.0, 20.0], theme.ink));
    let [azim, elev] = [scene.surface.azim, scene.surface.elev].map(|angle| number(angle, 4));
    let mut words = format!("{} · azim {azim}° elev {elev}°", caption(scene, step));
    if let Some(note) = surface.cut_note() {
        words = format!("{words} · {note}");
    }
    let at = [18.0, places.caption[1]];
    items.push(Item::caption(words, at, theme.ink));
    if options.legend {
        let space = Area::new(places.legend, [options.size[0], options.size[1] - 20.0]);
        items.extend(legend::of_runs(runs, row, space, theme).0);
    }
    Ok(Drawing::new(options.size, items))
}
