//! The map of a scene: heights on a grid with contour lines, or the graph of a landscape of one parameter.

use super::Runs;
use crate::engine::cancel::Cancel;
use crate::engine::geometry::contour::{self, ContourLine, Levels};
use crate::engine::geometry::surface::Surface;
use crate::engine::landscape::Spacing;
use crate::engine::network::TrainingTask;
use crate::engine::objective::plane::{Plane, Rect};
use crate::engine::objective::{Objective, sample_graph};
use crate::engine::scene::{ColourMap, LevelSpacing, Problem, Scene};
use std::sync::Arc;

/// Heights and contour lines of a scene in a window of its plane.
#[derive(Clone)]
pub struct MapData {
    /// The grid.
    pub surface: Surface,
    /// Offset that has to be added to the heights: not 0 in deep zoom, [`Surface::deep_zoom`].
    pub base: f64,
    /// The contour levels and the scale of heights.
    pub levels: Levels,
    /// The contour lines.
    pub lines: Vec<ContourLine>,
    /// Graph of a landscape of one parameter, as pieces of points (x, f); its grid holds NaN then.
    pub graph: Option<Vec<Vec<[f64; 2]>>>,
    /// The colours of heights; `None` stands for the theme's own.
    pub cmap: Option<ColourMap>,
    /// Whether the heights are losses, rather than values of a function f.
    pub is_loss: bool,
    /// Whether no finer grid follows.
    pub complete: bool,
    /// The network's loss on the plane, shared with the [`Runs`] on the same plane; `None` for a landscape.
    pub problem: Option<Arc<Problem>>,
}

impl MapData {
    /// Whether the map shows the plane of some runs; always true for a landscape.
    pub fn matches(&self, runs: &Runs) -> bool {
        match (&self.problem, &runs.trained) {
            (None, None) => true,
            (Some(own), Some(_)) => Arc::ptr_eq(own, &runs.problem),
            _ => false,
        }
    }
}

/// Samples the landscape of a scene on `side`² points of a window and computes its contour lines; of a landscape with one parameter,
/// computes its graph. `None` if it was cancelled.
pub fn compute_map_data(
    scene: &Scene,
    problem: &Problem,
    window: Rect,
    side: usize,
    cancel: &Cancel,
) -> Option<MapData> {
    if problem.objective.dim() == 1 {
        return graph_map_data(problem, window, cancel);
    }
    let surface = Surface::sample(
        &*problem.objective,
        &Plane::identity(),
        window,
        side,
        side,
        cancel,
    )?;
    let (surface, base) = surface
        .deep_zoom(&*problem.objective)
        .unwrap_or((surface, 0.0));
    let log = match scene.map.spacing {
        LevelSpacing::Auto => scene.spacing() == Spacing::Log,
        LevelSpacing::Log => true,
        LevelSpacing::Linear => false,
    };
    // Close up, the lowest height in view is that of a minimum, or the view is a slope.
    let lowest = problem
        .minima
        .iter()
        .map(|mark| mark.value)
        .reduce(f64::min);
    let floor = lowest.filter(|_| base == 0.0);
    let about = usize::try_from(scene.map.levels).unwrap_or(20);
    let map_data = MapData::of(surface, log, floor, about, cancel)?;
    Some(MapData {
        base,
        cmap: scene.map.cmap,
        is_loss: problem.task.is_some(),
        ..map_data
    })
}

impl MapData {
    /// Returns a surface of losses with about `about` contour levels, logarithmic or not; see [`Levels::choose`]. `None` if it was cancelled.
    pub fn of(
        surface: Surface,
        log: bool,
        floor: Option<f64>,
        about: usize,
        cancel: &Cancel,
    ) -> Option<Self> {
        let levels = Levels::choose(&surface, log, floor, about);
        let lines = contour::lines(&surface, levels.values(), cancel)?;
        Some(Self {
            surface,
            base: 0.0,
            levels,
            lines,
            graph: None,
            cmap: None,
            is_loss: true,
            complete: true,
            problem: None,
        })
    }
}

/// Samples the graph of a landscape of one parameter.
fn graph_map_data(problem: &Problem, window: Rect, cancel: &Cancel) -> Option<MapData> {
    let bare = Surface {
        view: window,
        columns: 2,
        rows: 2,
        values: vec![f64::NAN; 4],
    };
    Some(MapData {
        base: 0.0,
        levels: Levels::choose(&bare, false, None, 1),
        surface: bare,
        lines: Vec::new(),
        graph: Some(sample_graph(&*problem.objective, window, cancel)?),
        cmap: None,
        is_loss: false,
        complete: true,
        problem: None,
    })
}

/// Grid sides of a landscape's map, which are computed one after the other.
const GRID_SIDES: [usize; 3] = [48, 160, 400];

/// Returns the grid sides of a map, coarse to fine; a network's finest one takes some seconds at most.
pub(crate) fn grid_sides(problem: &Problem) -> Vec<usize> {
    let Some(task) = &problem.task else {
        return GRID_SIDES.to_vec();
    };
    let all = [17, 33, 65, 101, 161, 257];
    let affordable = all.into_iter();
    let affordable = affordable.filter(|side| *side < 64 || is_affordable(task, side * side));
    affordable.collect()
}

/// Whether the loss of a network at `points` points takes no more than some seconds.
pub(crate) fn is_affordable(task: &TrainingTask, points: usize) -> bool {
    let widths = task.loss.widths();
    let products: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    // An activation takes as long as about 30 products.
    let activations: usize = widths[1..].iter().sum();
    let point = task
        .loss
        .samples()
        .saturating_mul(products + 30 * activations);
    point.saturating_mul(points) <= 100_000_000_000
}

/// Returns the side of the finest grid of a network's map; `None` for a landscape, whose map has no finest grid.
pub fn max_grid_side(problem: &Problem) -> Option<usize> {
    problem
        .task
        .as_ref()
        .and_then(|_| grid_sides(problem).pop())
}
