//! Basins of attraction: for one optimizer, which minimum every start of a window runs to, or that it diverges, and in
//! how many steps.
//!
//! A run has arrived where it converged or where its steps are over, if that is at a minimum or on the slope into one:
//! Newton's method, which never climbs, must lead from there to the minimum without leaving the neighbourhood. What
//! lies elsewhere, on a plain or still under way, is undecided.

mod valley_floor;

use crate::engine::analysis::curvature::eigenvalues;
use crate::engine::cancel::Cancel;
use crate::engine::landscape::Mark;
use crate::engine::numeric::real;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use crate::engine::training::{self, Outcome, RunSettings, RunSpec};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use valley_floor::ValleyFloor;

/// A run has converged where its gradient is shorter, if the scene says nothing else.
pub const TOLERANCE: f64 = 1e-3;

/// The most minima that are told apart; starts of others stay undecided.
pub const MAX_MINIMA: usize = 1000;

/// The finest grid has so many starts along a side.
pub const MAX_SIDE: usize = 1024;

/// Why a landscape of one parameter has no picture of basins.
pub const NEEDS_TWO_PARAMETERS: &str =
    "there are no basins to draw of one parameter; expected a landscape of two";

/// A start within this share of the window's size from a minimum is at it.
const MATCH_RADIUS: f64 = 0.01;

/// Newton's method may lead this share of the window's size away from where a run ended.
const MAX_REFINE_DISTANCE: f64 = 0.05;

/// The most steps of Newton's method from where a run ended.
const MAX_STEPS: usize = 60;

/// A step shorter than this share of the window's size is none.
const MIN_STEP: f64 = 1e-9;

/// The most times that a step is halved: from [`MAX_REFINE_DISTANCE`] to [`MIN_STEP`].
const MAX_HALVINGS: i32 = 26;

/// A minimum that runs end in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimum {
    /// Where, and the value there.
    pub mark: Mark,
    /// Whether it is one point of a valley floor, all of which counts as this minimum.
    pub valley: bool,
}

/// What became of a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasinLabel {
    /// It runs to the minimum of this index.
    Converges(u16),
    /// It is at no minimum when its steps are over, or stands still elsewhere.
    Undecided,
    /// It diverges.
    Diverges,
}

/// A start of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What became of it.
    pub label: BasinLabel,
    /// After how many steps it converged or diverged; all of the run's where it did neither.
    pub steps: u32,
}

/// The fates of a grid of starts, whose outer ones lie on the border of the window. Row 0 is at the low end of y.
#[derive(Clone, Debug, PartialEq)]
pub struct Basins {
    /// What the grid covers.
    pub window: Rect,
    /// Starts along a side.
    pub side: usize,
    /// The minima: those that the landscape declares, then others as they were found, the lowest first.
    pub minima: Vec<Minimum>,
    /// The starts, row by row.
    pub cells: Vec<Cell>,
    /// The most steps that a start could take.
    pub max_steps: u64,
}

impl Basins {
    /// The start at a place of the grid.
    pub fn start(&self, column: usize, row: usize) -> [f64; 2] {
        start(self.window, self.side, column, row)
    }

    /// The cell nearest to a point of the window.
    pub fn nearest(&self, [x, y]: [f64; 2]) -> Option<&Cell> {
        let index = |at: f64, low: f64, width: f64| {
            let place = ((at - low) / width * real(self.side - 1)).round();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be an index"
            )]
            (0.0..real(self.side))
                .contains(&place)
                .then_some(place as usize)
        };
        let column = index(x, self.window.x()[0], self.window.width())?;
        let row = index(y, self.window.y()[0], self.window.height())?;
        self.cells.get(row * self.side + column)
    }

    /// The share of all starts that has a fate.
    pub fn share(&self, fate: BasinLabel) -> f64 {
        let count = self.cells.iter().filter(|cell| cell.label == fate).count();
        real(count) / real(self.cells.len().max(1))
    }
}

fn start(window: Rect, side: usize, column: usize, row: usize) -> [f64; 2] {
    let share = |index: usize| real(index) / real(side - 1);
    window.at([share(column), share(row)])
}

/// What the basins of a run depend on, but for the grid.
#[derive(Clone, Copy)]
pub struct BasinQuery<'a> {
    /// A function of two parameters.
    pub objective: &'a dyn Objective,
    /// The minima that are known of it.
    pub known: &'a [Mark],
    /// The optimizer.
    pub spec: &'a RunSpec,
    /// What the runs are made under; without a tolerance of theirs they stop at [`TOLERANCE`].
    pub run_settings: RunSettings,
    /// Where the starts lie.
    pub window: Rect,
}

impl BasinQuery<'_> {
    /// Whether `side`² starts can be told apart, and f is finite at one of them at least.
    ///
    /// # Errors
    /// The reason, as the second half of a sentence.
    pub fn check(&self, side: usize) -> Result<(), String> {
        let view = || format!("x {:?}, y {:?}", self.window.x(), self.window.y());
        let equal = |index: usize| {
            let [[x, y], [next_x, next_y]] =
                [index, index + 1].map(|index| start(self.window, side, index, index));
            x >= next_x || y >= next_y
        };
        if (0..side - 1).any(equal) {
            let view = view();
            return Err(format!(
                "f64 cannot tell so many numbers apart in the view {view}; expected fewer, or a wider view"
            ));
        }
        let finite = |index: usize| {
            let at = start(self.window, side, index % side, index / side);
            self.objective.value(&at).is_finite()
        };
        if !(0..side * side).into_par_iter().any(finite) {
            let view = view();
            return Err(format!(
                "f is not finite at any start of the view {view}; expected a view where it is"
            ));
        }
        Ok(())
    }

    /// The fates of `side`² starts, at least 2 along a side. `earlier` basins of the same question keep their minima's places
    /// in the list. `progress` counts starts. `None` if it was cancelled.
    ///
    /// Starts are spread over the threads of the current pool; the answer does not depend on how many there are.
    pub fn compute(
        &self,
        side: usize,
        earlier: Option<&Basins>,
        progress: &AtomicUsize,
        cancel: &Cancel,
    ) -> Option<Basins> {
        let side = side.max(2);
        let run_settings = RunSettings {
            tolerance: self.run_settings.tolerance.or(Some(TOLERANCE)),
            ..self.run_settings
        };
        let ends = self.final_points(side, &run_settings, progress, cancel)?;
        let first = self
            .known
            .iter()
            .map(|&mark| Minimum {
                mark,
                valley: false,
            })
            .collect();
        let mut minima: Vec<Minimum> = earlier.map_or(first, |earlier| earlier.minima.clone());
        let landings: Vec<Endpoint> = ends
            .par_iter()
            .map(|(at, outcome)| match outcome {
                _ if cancel.is_cancelled() => Endpoint::Nowhere,
                Outcome::Diverged(..) => Endpoint::Nowhere,
                _ => self.classify(*at, earlier.map(|_| &minima[..])),
            })
            .collect();
        if cancel.is_cancelled() {
            return None;
        }
        let places = |minima: &[Minimum]| -> Vec<MinimumIdentity> {
            minima
                .par_iter()
                .map(|minimum| self.identity(minimum))
                .collect()
        };
        let known = places(&minima);
        let (mut found, mut new): (Vec<Minimum>, Vec<MinimumIdentity>) = Default::default();
        for landing in &landings {
            if let Endpoint::At(minimum) = landing
                && minima.len() + found.len() < MAX_MINIMA
                && self.index(&known, minimum).is_none()
                && self.index(&new, minimum).is_none()
            {
                found.push(*minimum);
                new.push(self.identity(minimum));
            }
        }
        found.sort_by(|a, b| {
            let key = |minimum: &Minimum| (minimum.mark.value, minimum.mark.at);
            let ((u, p), (v, q)) = (key(a), key(b));
            u.total_cmp(&v)
                .then(p[0].total_cmp(&q[0]))
                .then(p[1].total_cmp(&q[1]))
        });
        minima.append(&mut found);
        let places = places(&minima);
        let cell = |((at, outcome), landing): (&([f64; 2], Outcome), &Endpoint)| {
            let fate = match (outcome, landing) {
                (Outcome::Diverged(..), _) => BasinLabel::Diverges,
                (_, Endpoint::Near(index)) => label_for(Some(*index)),
                (_, Endpoint::At(minimum)) => label_for(self.index(&places, minimum)),
                (_, Endpoint::Nowhere) => label_for(self.nearest(&minima, *at)),
            };
            let steps = match outcome {
                Outcome::Converged(steps)
                | Outcome::Diverged(steps, _)
                | Outcome::Stopped(steps, _) => *steps,
                Outcome::Finished => run_settings.steps,
            };
            let steps = u32::try_from(steps).unwrap_or(u32::MAX);
            Cell { label: fate, steps }
        };
        Some(Basins {
            window: self.window,
            side,
            cells: ends.par_iter().zip(&landings).map(cell).collect(),
            minima,
            max_steps: run_settings.steps,
        })
    }

    /// Where the runs from all starts end.
    fn final_points(
        &self,
        side: usize,
        run_settings: &RunSettings,
        progress: &AtomicUsize,
        cancel: &Cancel,
    ) -> Option<Vec<([f64; 2], Outcome)>> {
        // Starts that are neighbours take about as long: tiles of so many columns and rows go side by side.
        const TILE: [usize; 2] = [16, 8];
        let mut ends = vec![([0.0; 2], Outcome::Finished); side * side];
        ends.par_chunks_mut(side * TILE[1])
            .enumerate()
            .try_for_each(|(band, ends)| {
                let rows = ends.len() / side;
                let mut starts = Vec::with_capacity(TILE[0] * TILE[1]);
                for left in (0..side).step_by(TILE[0]) {
                    let columns = left..(left + TILE[0]).min(side);
                    let places =
                        (0..rows).flat_map(|row| columns.clone().map(move |column| (row, column)));
                    starts.clear();
                    starts.extend(places.clone().map(|(row, column)| {
                        start(self.window, side, column, band * TILE[1] + row)
                    }));
                    let arrived = training::run_to_end_batch(
                        self.objective,
                        &starts,
                        self.spec,
                        run_settings,
                        cancel,
                    )?;
                    for ((row, column), end) in places.zip(arrived) {
                        ends[row * side + column] = end;
                    }
                    progress.fetch_add(starts.len(), Ordering::Relaxed);
                }
                Some(())
            })?;
        Some(ends)
    }

    fn size(&self) -> f64 {
        self.window.width().min(self.window.height())
    }

    /// Where a run that ended here belongs. Minima that are in the list already save the search.
    fn classify(&self, at: [f64; 2], minima: Option<&[Minimum]>) -> Endpoint {
        if let Some(index) = minima.and_then(|minima| self.nearest(minima, at)) {
            return Endpoint::Near(index);
        }
        match self.refine_minimum(at) {
            Some(minimum) => Endpoint::At(minimum),
            None => Endpoint::Nowhere,
        }
    }

    /// The index of the nearest minimum, if it is near.
    fn nearest(&self, minima: &[Minimum], at: [f64; 2]) -> Option<usize> {
        let distance = |minimum: &Minimum| distance(minimum.mark.at, at);
        let all = minima.iter().map(distance).enumerate();
        let (index, distance) = all.min_by(|a, b| a.1.total_cmp(&b.1))?;
        (distance <= MATCH_RADIUS * self.size()).then_some(index)
    }

    /// The index of a minimum that is the same: at the same place, or on the same valley floor.
    fn index(&self, places: &[MinimumIdentity], minimum: &Minimum) -> Option<usize> {
        let Mark { at, value } = minimum.mark;
        let near = |place: &MinimumIdentity| distance(place.at, at) <= 1e-4 * self.size();
        let curvature = self.valley(at).filter(|_| minimum.valley);
        let on_floor = |place: &MinimumIdentity| {
            let (Some(floor), Some((_, high))) = (&place.floor, curvature) else {
                return false;
            };
            // Floors are not traced far beyond the window.
            let level =
                (place.value - value).abs() <= valley_floor::level_tolerance(self, value, high);
            level && (floor.contains(at) || !self.is_around(at))
        };
        places
            .iter()
            .position(|place| near(place) || on_floor(place))
    }

    /// Identity of the minimum.
    fn identity(&self, minimum: &Minimum) -> MinimumIdentity {
        MinimumIdentity {
            at: minimum.mark.at,
            value: minimum.mark.value,
            floor: ValleyFloor::trace(self, &minimum.mark),
        }
    }

    /// The minimum at the bottom of the place where a run ended: by at most [`MAX_STEPS`] of Newton's steps with the
    /// Hessian's eigenvalues made positive (Nocedal & Wright 2006, section 3.4), each halved at most [`MAX_HALVINGS`] times
    /// until the value sinks. `None` where there is no curvature, as on an inclined or level plane.
    fn refine_minimum(&self, from: [f64; 2]) -> Option<Minimum> {
        let size = self.size();
        let (mut at, mut gradient) = (from, [0.0; 2]);
        let mut value = self.objective.gradient(&at, &mut gradient);
        for _ in 0..MAX_STEPS {
            let mut h = [0.0; 4];
            self.objective.hessian(&at, &mut h);
            let [low, high] = eigenvalues([h[0], h[1], h[3]]);
            let scale = high.abs().max(low.abs());
            let finite = [value, low, high].iter().all(|number| number.is_finite());
            if !finite || scale == 0.0 || distance(at, from) > MAX_REFINE_DISTANCE * size {
                return None;
            }
            let step = saddle_free_step([h[0], h[1], h[3]], [low, high], gradient);
            let length = step[0].hypot(step[1]);
            if !length.is_finite() {
                return None;
            }
            let minimum = |mark: Mark| {
                let valley = is_flat([low, high]);
                (low > 0.0 || valley && high > 0.0).then_some(Minimum { mark, valley })
            };
            let slope = gradient[0].hypot(gradient[1]);
            if length <= MIN_STEP * size || slope <= 1e-12 * scale * size {
                return minimum(Mark { at, value });
            }
            let longest = (MAX_REFINE_DISTANCE * size / length).min(1.0);
            let factors = (0..MAX_HALVINGS).map(|halvings| longest * 0.5_f64.powi(halvings));
            let mut factors = factors.take_while(|factor| factor * length > MIN_STEP * size);
            let lower = factors.find_map(|factor| {
                let next = [at[0] + factor * step[0], at[1] + factor * step[1]];
                let mut slope = [0.0; 2];
                let lower = self.objective.gradient(&next, &mut slope);
                (lower < value).then_some((next, lower, slope))
            });
            match lower {
                Some(next) => (at, value, gradient) = next,
                // As low as f64 can tell, or at a kink.
                None if slope <= 1e-5 * scale * size => return minimum(Mark { at, value }),
                None => return None,
            }
        }
        None
    }
}

/// Identity of a minimum: where it is, its value, and if it is on the floor of a valley, that floor.
struct MinimumIdentity {
    at: [f64; 2],
    value: f64,
    floor: Option<ValleyFloor>,
}

/// Where a run that did not diverge belongs.
enum Endpoint {
    /// At the minimum of this index.
    Near(usize),
    /// At a minimum.
    At(Minimum),
    /// At none that Newton's method finds.
    Nowhere,
}

fn label_for(index: Option<usize>) -> BasinLabel {
    index
        .and_then(|index| u16::try_from(index).ok())
        .map_or(BasinLabel::Undecided, BasinLabel::Converges)
}

fn is_flat([low, high]: [f64; 2]) -> bool {
    low.abs() <= 1e-6 * high.abs()
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// −|H|⁻¹ g, where |H| has the eigenvalues' magnitudes; along a flat direction the larger eigenvalue serves.
fn saddle_free_step([xx, xy, yy]: [f64; 3], [low, high]: [f64; 2], [gx, gy]: [f64; 2]) -> [f64; 2] {
    let scale = low.abs().max(high.abs()).max(f64::MIN_POSITIVE);
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    let (sin, cos) = angle.sin_cos();
    // The axis of the larger eigenvalue, and the one across it.
    [([cos, sin], high), ([-sin, cos], low)].iter().fold(
        [0.0; 2],
        |[x, y], ([u, v], eigenvalue)| {
            let magnitude = if eigenvalue.abs() <= 1e-9 * scale {
                scale
            } else {
                eigenvalue.abs()
            };
            let along = -(gx * u + gy * v) / magnitude;
            [x + along * u, y + along * v]
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::{AnyLandscape, LoadedLandscape};
    use crate::engine::objective::GradientSettings;

    fn problem(landscape: &str) -> LoadedLandscape {
        landscape
            .parse::<AnyLandscape>()
            .unwrap()
            .as_dyn()
            .load(&NoFiles)
            .unwrap()
    }

    fn basins(
        problem: &LoadedLandscape,
        run: &str,
        steps: u64,
        side: usize,
        gradient_settings: GradientSettings,
    ) -> Basins {
        let spec = run.parse().unwrap();
        let question = BasinQuery {
            objective: &*problem.objective,
            known: &problem.minima,
            spec: &spec,
            run_settings: RunSettings {
                steps,
                gradient_settings: gradient_settings,
                tolerance: None,
                record_every: 1,
            },
            window: problem.view,
        };
        let never = Cancel::default();
        let coarse = question
            .compute(side / 2, None, &AtomicUsize::new(0), &never)
            .unwrap();
        question
            .compute(side, Some(&coarse), &AtomicUsize::new(0), &never)
            .unwrap()
    }

    fn shares(basins: &Basins) -> Vec<f64> {
        (0..basins.minima.len())
            .map(|index| basins.share(BasinLabel::Converges(u16::try_from(index).unwrap())))
            .collect()
    }

    #[test]
    fn himmelblaus_four_minima_share_the_plane() {
        let basins = basins(
            &problem("himmelblau"),
            "sgd:lr=0.005",
            500,
            40,
            GradientSettings::default(),
        );
        assert_eq!(basins.minima.len(), 4, "{:?}", basins.minima);
        assert!(
            shares(&basins).iter().all(|share| *share > 0.15),
            "{:?}",
            shares(&basins)
        );
        assert!(shares(&basins).iter().sum::<f64>() > 0.99);
        let at = basins.nearest([3.1, 2.1]).unwrap();
        assert_eq!(at.label, BasinLabel::Converges(0));
        assert!(
            at.steps < basins.nearest([0.1, -0.8]).unwrap().steps,
            "nearer is sooner"
        );
    }

    #[test]
    fn each_start_has_the_fate_of_its_own_run() {
        let problem = problem("styblinski-tang");
        for run in ["sgd:lr=0.04,momentum=0.5", "adam:lr=0.3", "lbfgs"] {
            let basins = basins(&problem, run, 60, 12, GradientSettings::default());
            for (index, cell) in basins.cells.iter().enumerate() {
                let start = basins.start(index % 12, index / 12);
                let run_settings = RunSettings {
                    steps: 60,
                    gradient_settings: GradientSettings::default(),
                    tolerance: Some(TOLERANCE),
                    record_every: 1,
                };
                let spec = run.parse().unwrap();
                let alone = training::run(
                    &*problem.objective,
                    &start,
                    &spec,
                    &run_settings,
                    &Cancel::default(),
                )
                .unwrap();
                match (alone.outcome, cell.label) {
                    (Outcome::Diverged(step, _), fate) => {
                        assert_eq!(
                            (fate, u64::from(cell.steps)),
                            (BasinLabel::Diverges, step),
                            "{run} from {start:?}"
                        );
                    }
                    (outcome, BasinLabel::Converges(minimum)) => {
                        let end = alone.theta(usize::MAX).unwrap();
                        let minimum = basins.minima[usize::from(minimum)].mark.at;
                        assert!(
                            distance(minimum, [end[0], end[1]]) < 0.6,
                            "{run} from {start:?}"
                        );
                        let steps = if let Outcome::Converged(step) = outcome {
                            step
                        } else {
                            60
                        };
                        assert_eq!(u64::from(cell.steps), steps, "{run} from {start:?}");
                    }
                    (_, fate) => assert_eq!(fate, BasinLabel::Undecided),
                }
            }
        }
    }

    #[test]
    fn diverging_and_undecided_starts_have_their_own_fate() {
        let runs_away = basins(
            &problem("saddle"),
            "sgd:lr=0.1",
            500,
            16,
            GradientSettings::default(),
        );
        assert!(
            runs_away.share(BasinLabel::Diverges) > 0.9,
            "{:?}",
            runs_away.share(BasinLabel::Diverges)
        );
        assert!(runs_away.minima.is_empty());
        let too_short = basins(
            &problem("booth"),
            "sgd:lr=1e-4",
            3,
            16,
            GradientSettings::default(),
        );
        assert!(
            too_short.share(BasinLabel::Converges(0)) > 0.0
                || too_short.share(BasinLabel::Undecided) > 0.9
        );
        let plain = basins(
            &problem("formula:f=0*x"),
            "sgd:lr=0.1",
            5,
            8,
            GradientSettings::default(),
        );
        assert_eq!(plain.share(BasinLabel::Undecided), 1.0);
    }

    #[test]
    fn where_there_is_no_minimum_the_search_ends() {
        for f in [
            "x", "y", "10*y", "-1e6*x", "1e300*x", "1e-300*y", "x^3-y", "-x^4", "1/x", "ln(x)",
        ] {
            for run in ["sgd:lr=0.1", "newton", "nelder-mead"] {
                let problem = problem(&format!("formula:f={f}"));
                let basins = basins(&problem, run, 10, 6, GradientSettings::default());
                assert!(basins.minima.is_empty(), "{f} {run}: {:?}", basins.minima);
            }
        }
    }

    #[test]
    fn a_valley_floor_counts_as_one_minimum() {
        let basins = basins(
            &problem("edge-of-stability"),
            "sgd:lr=0.01",
            500,
            24,
            GradientSettings::default(),
        );
        assert!(basins.minima.len() <= 5, "{:?}", basins.minima);
    }

    #[test]
    fn floors_of_one_height_that_do_not_meet_are_several_minima() {
        let found = |formula: &str| {
            let problem = problem(&format!("formula:f={formula}"));
            basins(
                &problem,
                "adam:lr=0.1",
                300,
                12,
                GradientSettings::default(),
            )
        };
        for (formula, expected) in [
            ("(x^2-4)^2", 2),
            ("(x*y-3)^2", 2),
            ("(x^2+y^2-4)^2", 1),
            ("(y-sin(x))^2", 1),
            // Two of them outside of the window.
            ("sin(x)^2", 5),
        ] {
            let minima = found(formula).minima;
            assert_eq!(minima.len(), expected, "{formula}: {minima:?}");
        }
        for formula in ["1e-3*(x^2-4)^2", "1e3*(x^2-4)^2"] {
            let basins = found(formula);
            for (index, cell) in basins.cells.iter().enumerate() {
                let [x, y] = basins.start(index % 12, index / 12);
                if let BasinLabel::Converges(minimum) = cell.label {
                    let at = basins.minima[usize::from(minimum)].mark.at;
                    assert!(at[0] * x > 0.0, "{formula}: ({x}, {y}) came to {at:?}");
                }
            }
        }
    }

    #[test]
    fn noise_goes_the_way_of_single_runs_and_threads_change_nothing() {
        let problem = problem("himmelblau");
        let noise = GradientSettings {
            noise: 0.5,
            ..GradientSettings::default()
        };
        let on = |threads: usize, gradient_settings| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| basins(&problem, "sgd:lr=0.01", 100, 20, gradient_settings))
        };
        for gradient_settings in [GradientSettings::default(), noise] {
            assert_eq!(on(1, gradient_settings), on(4, gradient_settings));
        }
    }

    #[test]
    fn cancelled_work_leaves_nothing() {
        let (cancel, problem) = (Cancel::default(), problem("booth"));
        cancel.cancel();
        let spec = "sgd".parse().unwrap();
        let question = BasinQuery {
            objective: &*problem.objective,
            known: &[],
            spec: &spec,
            run_settings: RunSettings {
                steps: 10,
                gradient_settings: GradientSettings::default(),
                tolerance: None,
                record_every: 1,
            },
            window: problem.view,
        };
        assert_eq!(
            question.compute(8, None, &AtomicUsize::new(0), &cancel),
            None
        );
    }
}
