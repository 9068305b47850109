//! The maps, and other costly parts, that pictures of the same runs share: a film draws one map at hundreds of steps.

use super::map_data::{MapData, compute_map_data};
use super::{Problem, Runs};
use crate::engine::cancel::Cancel;
use crate::engine::objective::plane::Rect;
use crate::engine::scene::MapStyle;
use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The maps that were computed last for some runs, and other parts of their pictures.
#[derive(Clone, Default)]
pub struct MapCache {
    maps: Arc<Mutex<Vec<Kept>>>,
    /// One value of each type.
    parts: Arc<Mutex<Vec<Part>>>,
}

/// A part of a picture, of any type.
type Part = Arc<dyn Any + Send + Sync>;

/// Maximal number of maps that are kept: a figure of panels has several.
const MAX_MAPS: usize = 4;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

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
    /// Returns the map of a window with `side` samples along each side, [`compute_map_data`]. The last ones are kept.
    pub fn map_data(&self, window: Rect, side: usize) -> Option<Arc<MapData>> {
        let key = Key {
            problem: Arc::clone(&self.problem),
            window,
            side,
            style: self.scene.map.clone(),
        };
        let kept = || lock(&self.maps.maps);
        if let Some(earlier) = kept().iter().find(|earlier| earlier.key.is(&key)) {
            return Some(Arc::clone(&earlier.map_data));
        }
        // Computed without the lock: this thread may take over other pictures of these runs while it waits for the others.
        let never = Cancel::default();
        let map_data = compute_map_data(&self.scene, &self.problem, window, side, &never)?;
        let map_data = Arc::new(map_data);
        let mut kept = kept();
        if kept.len() >= MAX_MAPS {
            kept.remove(0);
        }
        kept.push(Kept {
            key,
            map_data: Arc::clone(&map_data),
        });
        Some(map_data)
    }

    /// Returns a part of pictures of these runs: the last one of its type, if `is_current` holds for it, else a new one, which is kept.
    pub fn kept<T: Any + Send + Sync>(
        &self,
        is_current: impl Fn(&T) -> bool,
        compute: impl FnOnce() -> T,
    ) -> Arc<T> {
        let earlier = lock(&self.maps.parts)
            .iter()
            .find_map(|part| Arc::clone(part).downcast::<T>().ok());
        if let Some(earlier) = earlier.filter(|earlier| is_current(earlier)) {
            return earlier;
        }
        // Computed without the lock, like a map.
        let new = Arc::new(compute());
        let mut parts = lock(&self.maps.parts);
        parts.retain(|part| !part.is::<T>());
        parts.push(Arc::<T>::clone(&new));
        new
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
        let kept = |size: u64| *runs.kept(|kept: &u64| *kept == size, || size);
        assert_eq!([kept(1), kept(2), kept(2)], [1, 2, 2]);
        let elsewhere = runs.map_data(Rect::square(1.0), 17).unwrap();
        assert_ne!(elsewhere.surface.values, styled.surface.values);
    }
}
