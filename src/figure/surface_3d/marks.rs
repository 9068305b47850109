//! Marks on a surface: the start, known minima and saddles; and notes on its heights.

use super::Surface3d;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::results::Runs;
use crate::engine::scene::MapStyle;
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Item, Point};
use crate::figure::labels::{Importance, Label, Labels};
use crate::figure::map;
use crate::figure::trail::{HIDDEN, Trail};

impl Surface3d<'_> {
    /// Draws what the runs add to the surface, as the map's style says: marks, trails and the start.
    pub fn runs(&self, runs: &Runs, trails: &[Trail], row: usize, theme: &Theme) -> Vec<Item> {
        let (style, problem) = (&runs.scene.map, &runs.problem);
        let on_landscape = runs.trained.is_none();
        let mut labels = Labels::new(self.area, theme);
        let mut items = Vec::new();
        if on_landscape {
            items.extend(self.critical_points(problem, style, &mut labels, theme));
        }
        if on_landscape {
            let start = problem.plot_point(runs.scene.start());
            items.extend(self.mark(start, |at| map::start_mark(at, theme)));
        }
        if style.trails {
            items.extend(self.trails(trails, row, &mut labels, theme));
        }
        items.extend(labels.place());
        items
    }

    /// Draws stars on the known minima, and the known saddles, as the style says. Adds the values of the minima to the labels.
    fn critical_points(
        &self,
        problem: &LoadedLandscape,
        style: &MapStyle,
        labels: &mut Labels,
        theme: &Theme,
    ) -> Vec<Item> {
        const STAR: f32 = 8.0;
        let mut items = Vec::new();
        for mark in problem.saddles.iter().filter(|_| style.saddles) {
            items.extend(self.mark(mark.at, |at| map::saddle(at, 5.5, theme)));
        }
        for mark in problem.minima.iter().filter(|_| style.minima) {
            let place = problem.plot_point(mark.at);
            items.extend(self.mark(place, |at| map::star(at, STAR, theme)));
            if let Some((at, false)) = self.place(place) {
                labels.block_mark(at, STAR);
                let text = format!("min {}", number(mark.value, 4));
                labels.add(Label::new(Importance::Point, text, at, STAR));
            }
        }
        items
    }

    /// Returns a note on heights that are cut at the top or the bottom of the box; `None` if none are.
    pub fn cut_note(&self) -> Option<String> {
        let [low, high] = self.map_data.levels.range()?;
        let [min, max] = self.map_data.surface.range()?;
        let tolerance = 1e-9 * (high - low).abs();
        let shown = |value: f64| number(value + self.map_data.base, 3);
        let above = max > high + tolerance;
        // A logarithmic scale begins at the lowest height.
        let below = min < low - tolerance && !self.map_data.levels.is_log();
        match (above, below) {
            (true, true) => Some(format!(
                "cut below {} and above {}",
                shown(low),
                shown(high)
            )),
            (true, false) => Some(format!("cut above {}", shown(high))),
            (false, true) => Some(format!("cut below {}", shown(low))),
            (false, false) => None,
        }
    }

    /// Draws a mark at a point of the plane, fainter if the surface hides it; nothing outside of the box.
    fn mark(&self, at: [f64; 2], draw: impl FnOnce(Point) -> Vec<Item>) -> Vec<Item> {
        let Some((at, hidden)) = self.place(at) else {
            return Vec::new();
        };
        let share = if hidden { HIDDEN } else { 1.0 };
        let items = draw(at).into_iter();
        items.map(|item| item.faded(share)).collect()
    }
}
