//! Marks on a surface: the start, known minima and saddles; and notes on its heights.

use super::Surface3d;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::results::Runs;
use crate::figure::axis::number;
use crate::figure::colour::{Marker, Theme};
use crate::figure::drawing::{Anchor, Item, Point, Text, circle};
use crate::figure::map;
use crate::figure::trail::{HIDDEN, Trail};

impl Surface3d<'_> {
    /// Draws what the runs add to the surface, as the map's style says: marks, trails and the start.
    pub fn runs(&self, runs: &Runs, trails: &[Trail], row: usize, theme: &Theme) -> Vec<Item> {
        let (style, problem) = (&runs.scene.map, &runs.problem);
        let on_landscape = runs.trained.is_none();
        let mut items = Vec::new();
        if style.minima && on_landscape {
            items.extend(self.minima(problem, theme));
        }
        if on_landscape {
            items.extend(self.start(problem.plot_point(runs.scene.start()), theme));
        }
        if style.trails {
            items.extend(self.trails(trails, row, theme));
        }
        items
    }

    /// Draws stars on the known minima, with their values, and rings on the known saddles.
    fn minima(&self, problem: &LoadedLandscape, theme: &Theme) -> Vec<Item> {
        let mut items = Vec::new();
        for mark in &problem.saddles {
            items.extend(self.mark(mark.at, |at| {
                [(3.5, theme.halo), (1.5, theme.ink)]
                    .map(|(width, colour)| Item::outline(circle(at, 5.0, 24), width, colour))
                    .to_vec()
            }));
        }
        for mark in &problem.minima {
            let hidden = self.place(problem.plot_point(mark.at));
            let hidden = hidden.is_some_and(|(_, hidden)| hidden);
            items.extend(self.mark(problem.plot_point(mark.at), |at| {
                let mut star = map::star(at, 8.0, theme);
                if hidden {
                    return star;
                }
                let text = format!("min {}", number(mark.value, 4));
                let at = [at[0], at[1] + 16.0];
                let text = Text::new(text, at, Anchor::Middle, 11.0, theme.ink);
                star.push(Item::Text(text.with_halo(theme.halo)));
                star
            }));
        }
        items
    }

    /// Draws the runs' common start, at its position on the plot.
    fn start(&self, at: [f64; 2], theme: &Theme) -> Vec<Item> {
        self.mark(at, |at| {
            Marker::Circle.items(at, 5.5, theme.background, theme.ink)
        })
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
