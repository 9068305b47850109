//! The height of figures for papers, whose width is that of a column: as much as their parts need.

use super::show::Show;
use crate::engine::numeric::real;
use crate::engine::scene::Scene;
use crate::figure::pages::Page;
use crate::figure::panels::Panel;

/// Width of pages, in units of drawings, below which the parts of a figure are below each other.
const NARROW: f64 = 440.0;

/// Heights of a map or a surface with its axes, of a chart, and of a run in a legend, on a narrow page.
const MAP: f64 = 250.0;
const CHART: f64 = 122.0;
const ENTRY: f64 = 13.0;

/// Returns the least height, in units of drawings, of a figure of a width; 0 if any height will do.
pub(super) fn least_height(scene: &Scene, show: Show, width: f64) -> f64 {
    let is_narrow = width < NARROW;
    let runs = scene.runs.iter().filter(|run| run.shown).count();
    let legend = ENTRY * real(runs.min(7)) + 8.0;
    match show {
        Show::Panels(panels) => {
            let panels = panels.all();
            let is_wide = matches!(panels.first(), Some(Panel::Map | Panel::Page(_)));
            let charts = panels.len() - usize::from(is_wide);
            let first = if is_wide { MAP } else { 0.0 };
            match panels.len() {
                2.. if is_narrow => first + CHART * real(charts) + legend,
                _ => 0.0,
            }
        }
        Show::Page(Page::Surface) if is_narrow && runs > 3 => MAP + legend,
        // A colour bar and the axes are beside the maps, a title above each.
        Show::Page(Page::SideBySide) => {
            let (columns, beside) = columns(is_narrow, runs);
            let legend = if is_narrow { legend } else { 0.0 };
            let map = (width - beside[0]) / columns - 16.0;
            36.0 + (map + 34.0) * (real(runs) / columns).ceil() + legend
        }
        Show::Page(Page::Predictions) => {
            let (columns, beside) = columns(is_narrow, runs);
            30.0 + ((width - beside[1]) / columns + 8.0) * (real(runs) / columns).ceil()
        }
        Show::Page(Page::Connect) if is_narrow => 2.0 * width,
        Show::Seeds(seeds) if is_narrow => {
            let rows = real(seeds.count).max(1.0) / 2.0;
            40.0 + 0.45 * width * rows.ceil()
        }
        _ => 0.0,
    }
}

/// Returns the number of columns of a page of small maps, and the widths of what is beside maps and beside predictions.
fn columns(is_narrow: bool, runs: usize) -> (f64, [f64; 2]) {
    let columns = match (is_narrow, runs) {
        (true, ..=8) => 2.0,
        (true, _) | (false, ..=3) => 3.0,
        (false, ..=16) => 4.0,
        (false, _) => 5.0,
    };
    let beside = if is_narrow { 104.0 } else { 126.0 };
    (columns, [beside, 0.0])
}
