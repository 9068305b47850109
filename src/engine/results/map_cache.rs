//! The map that pictures of the same runs share: a film draws one map at hundreds of steps.

use super::map_data::{MapData, compute_map_data};
use super::{Problem, Runs};
use crate::engine::cancel::Cancel;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::MapStyle;
use std::sync::{Arc, Mutex, PoisonError};

/// The map that was computed last for some runs.
#[derive(Clone, Default)]
pub struct MapCache(Arc<Mutex<Option<Kept>>>);

struct Kept {
    key: Key,
    map_data: Arc<MapData>,
}

/// Everything that a map depends on. The scale of heights follows from the problem and the style.
struct Key {
    problem: Arc<Problem>,
    window: Rect,
    side: usize,
    style: MapStyle,
}

impl Key {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.problem, &other.problem)
            && (self.window, self.side) == (other.window, other.side)
            && self.style == other.style
    }
}

impl Runs {
    /// Returns the map of a window with `side` samples along each side, [`compute_map_data`]. The last one is kept.
    pub fn map_data(&self, window: Rect, side: usize) -> Option<Arc<MapData>> {
        let key = Key {
            problem: Arc::clone(&self.problem),
            window,
            side,
            style: self.scene.map.clone(),
        };
        let kept = || self.maps.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = kept().as_ref().filter(|earlier| earlier.key.is(&key)) {
            return Some(Arc::clone(&earlier.map_data));
        }
        // Computed without the lock: this thread may take over other pictures of these runs while it waits for the others.
        let never = Cancel::default();
        let map_data = compute_map_data(&self.scene, &self.problem, window, side, &never)?;
        let map_data = Arc::new(map_data);
        *kept() = Some(Kept {
            key,
            map_data: Arc::clone(&map_data),
        });
        Some(map_data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::results::compute_runs;
    use crate::engine::scene::Scene;

    #[test]
    fn a_map_is_computed_again_only_for_another_window_size_or_style() {
        let scene = Scene::new("himmelblau".parse().unwrap());
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        let mut runs = compute_runs(&scene, &problem, None, &Cancel::default()).unwrap();
        let first = runs.map_data(problem.view, 9).unwrap();
        assert!(Arc::ptr_eq(
            &first,
            &runs.map_data(problem.view, 9).unwrap()
        ));
        let finer = runs.map_data(problem.view, 17).unwrap();
        assert_eq!(finer.surface.values.len(), 17 * 17);
        runs.scene.map.levels += 10;
        let styled = runs.map_data(problem.view, 17).unwrap();
        assert!(!Arc::ptr_eq(&styled, &finer));
        let elsewhere = runs.map_data(Rect::square(1.0), 17).unwrap();
        assert_ne!(elsewhere.surface.values, styled.surface.values);
    }
}
