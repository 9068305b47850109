//! The first view of a scene's map: the landscape's own, widened where the runs need more.

use super::{RunResult, Runs};
use crate::engine::objective::plane::Rect;
use crate::engine::training::Outcome;

/// Shares of the view's width and height by which one of its sides moves, so that small changes of a run do not move the view.
const SIDE_STEP: f64 = 0.25;

/// Maximal number of steps by which a side moves; the first one is only the margin of a mark near that side.
const MAX_SIDE_STEPS: usize = 5;

/// Share of a run's rows that may be beyond each side of the view.
const OUTSIDE_SHARE: f64 = 0.025;

/// Margin around start, minima and trails, as a share of the view.
const MARGIN: f64 = 0.08;

impl Runs {
    /// Returns the view that contains the landscape's own view, the start, the known minima and 95 % of every visible run that did not
    /// diverge, with a margin. A run that leaves even the widest view does not widen it. Of a network, returns the view of its plane.
    pub fn first_view(&self) -> Rect {
        let own = self.problem.view;
        if self.trained.is_some() {
            return own;
        }
        let marks = self.problem.minima.iter().map(|mark| mark.at);
        let mut sides = [[0; 2]; 2];
        // The graph of a landscape of one parameter has its own margin.
        let inner = if self.problem.objective.dim() > 1 {
            MARGIN
        } else {
            0.0
        };
        // Another start inside the view leaves it as it is, so that a click does not move the map.
        let usual_start = self.scene.landscape().as_dyn().start();
        let marks = marks.chain([usual_start]).map(|point| (point, inner));
        for (point, inner) in marks.chain([(self.scene.start(), 0.0)]) {
            let needed = steps_to(own, self.problem.plot_point(point), inner);
            widen(&mut sides, needed);
        }
        let all = self.scene.runs.iter().zip(&self.results);
        let visible = all.filter(|(run, _)| run.shown).map(|(_, result)| result);
        for result in visible {
            if !matches!(result.trajectory.outcome, Outcome::Diverged(..)) {
                widen(&mut sides, steps_of_run(own, result));
            }
        }
        let [x, y] = sides.map(|ends| ends.map(moved));
        let ends = |[low, high]: [f64; 2], [before, after]: [f64; 2]| {
            let width = high - low;
            [low - before * width, high + after * width]
        };
        Rect::new(ends(own.x(), x), ends(own.y(), y)).unwrap_or(own)
    }
}

/// Numbers of steps by which the sides of a view move: of x and y, the lower and the upper one.
type Sides = [[usize; 2]; 2];

/// Widens `sides` to `needed`, unless that is more than the widest view.
fn widen(sides: &mut Sides, needed: Sides) {
    if needed
        .iter()
        .flatten()
        .all(|steps| *steps <= MAX_SIDE_STEPS)
    {
        for (own, needed) in sides.iter_mut().flatten().zip(needed.iter().flatten()) {
            *own = (*own).max(*needed);
        }
    }
}

/// Returns the share of the view by which a number of steps moves a side.
fn moved(steps: usize) -> f64 {
    match steps {
        0 => 0.0,
        1 => MARGIN,
        steps => SIDE_STEP * f64::from(u8::try_from(steps - 1).unwrap_or(0)),
    }
}

/// Returns the numbers of steps by which the sides move to contain a point with a margin, which a point that is further than `inner` inside
/// of the view does not need; [`MAX_SIDE_STEPS`] + 1 where they cannot.
fn steps_to(view: Rect, point: [f64; 2], inner: f64) -> Sides {
    let steps = |beyond: f64| {
        if beyond <= -inner {
            return 0;
        }
        let needed = { 1..=MAX_SIDE_STEPS }.find(|steps| beyond + MARGIN <= moved(*steps));
        needed.unwrap_or(MAX_SIDE_STEPS + 1)
    };
    [(view.x(), point[0]), (view.y(), point[1])].map(|([low, high], value)| {
        let width = high - low;
        [steps((low - value) / width), steps((value - high) / width)]
    })
}

/// Returns the numbers of steps by which the sides move to contain 95 % of a run.
fn steps_of_run(view: Rect, result: &RunResult) -> Sides {
    let mut counts = [[[0_usize; MAX_SIDE_STEPS + 2]; 2]; 2];
    let rows = result.outline.iter();
    let points = rows.filter_map(|row| result.trajectory.plot_point(*row));
    let mut len = 0_u32;
    for point in points {
        len += 1;
        for (counts, steps) in
            { counts.iter_mut().flatten() }.zip(steps_to(view, point, 0.0).iter().flatten())
        {
            counts[*steps] += 1;
        }
    }
    counts.map(|axis| {
        axis.map(|counts| {
            let is_enough = |steps: &usize| {
                let beyond: usize = counts[steps + 1..].iter().sum();
                beyond as u64 <= outside_rows(len)
            };
            (0..=MAX_SIDE_STEPS)
                .find(is_enough)
                .unwrap_or(MAX_SIDE_STEPS + 1)
        })
    })
}

/// Returns how many of `len` rows may be beyond a side.
fn outside_rows(len: u32) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count"
    )]
    let rows = (OUTSIDE_SHARE * f64::from(len)) as u64;
    rows
}

#[cfg(test)]
mod tests {
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::results::{Runs, compute_runs};
    use crate::engine::scene::Scene;
    use std::sync::Arc;

    fn runs(landscape: &str, start: [f64; 2], specs: &[&str]) -> Runs {
        let mut scene = Scene::new(landscape.parse().unwrap());
        scene.landscape_scene_mut().start = start;
        scene.training.steps = 100;
        for spec in specs {
            scene.add_run(spec.parse().unwrap());
        }
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        compute_runs(&scene, &problem, None, &Cancel::default()).unwrap()
    }

    #[test]
    fn runs_inside_and_diverging_runs_leave_the_view_as_it_is() {
        let own = runs("quadratic", [-3.0, 2.0], &[]).problem.view;
        for spec in ["sgd:lr=0.001", "sgd:lr=0.3"] {
            let runs = runs("quadratic", [-3.0, 2.0], &[spec]);
            assert_eq!(runs.first_view(), own, "{spec}");
        }
    }

    #[test]
    fn a_start_on_the_border_of_the_view_has_a_margin() {
        let runs = runs("rosenbrock", [-1.5, 2.0], &["sgd:lr=0.001"]);
        let (own, view) = (runs.problem.view, runs.first_view());
        assert_eq!((view.x(), view.y()[0]), (own.x(), own.y()[0]));
        let margin = (view.y()[1] - 2.0) / own.height();
        assert!((0.08..0.16).contains(&margin), "{margin}");
        // It stays while the start is moved.
        let moved = self::runs("rosenbrock", [0.5, -1.0], &["sgd:lr=0.001"]);
        assert_eq!(moved.first_view(), view);
    }

    #[test]
    fn a_run_outside_widens_the_view_in_steps() {
        let bowl = "formula:f=x^2+y^2";
        let own = runs(bowl, [0.0, 0.0], &[]).problem.view;
        let start = [own.x()[1] + 0.4 * own.width(), 0.0];
        let runs = runs(bowl, start, &["sgd:lr=1e-4"]);
        let view = runs.first_view();
        assert_eq!((view.x()[0], view.y()), (own.x()[0], own.y()));
        assert!((view.x()[1] - own.x()[1] - 0.5 * own.width()).abs() < 1e-9);
    }

    #[test]
    fn a_run_that_goes_far_away_does_not_widen_the_view() {
        let escaping = runs("formula:f=x+y", [0.0, 0.0], &["sgd:lr=10"]);
        assert_eq!(escaping.first_view(), escaping.problem.view);
    }
}
