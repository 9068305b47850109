//! Line search for the strong Wolfe conditions as in `torch.optim.LBFGS` (after minFunc; Nocedal & Wright 2006,
//! algorithms 3.5 and 3.6).

/// Sufficient-decrease constant c₁, as in PyTorch.
const C1: f64 = 1e-4;
/// Curvature constant c₂ for quasi-Newton directions, as in PyTorch.
pub(super) const C2: f64 = 0.9;
/// Minimum width of a bracket, as the largest change of a parameter over it. PyTorch's default; its `tolerance_change` setting is
/// not passed on to the search.
const MIN_WIDTH: f64 = 1e-9;

/// Point on the line: step length t, loss, slope along the line, gradient.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub(super) t: f64,
    pub(super) loss: f64,
    pub(super) slope: f64,
    pub(super) gradient: Vec<f64>,
}

impl Point {
    pub(super) fn new(dim: usize) -> Self {
        Self {
            t: 0.0,
            loss: 0.0,
            slope: 0.0,
            gradient: vec![0.0; dim],
        }
    }

    /// Whether loss and slope are finite.
    fn is_finite(&self) -> bool {
        self.loss.is_finite() && self.slope.is_finite()
    }

    fn copy_from(&mut self, other: &Self) {
        (self.t, self.loss, self.slope) = (other.t, other.loss, other.slope);
        self.gradient.copy_from_slice(&other.gradient);
    }
}

/// Workspace of a line search: its points, allocated once.
pub(super) struct Search {
    /// Point at t = 0, set by the caller.
    pub(super) start: Point,
    /// Curvature constant c₂: maximum |slope| at the end, as a fraction of |slope| at t = 0.
    pub(super) c2: f64,
    bracket: [Point; 2],
    trial: Point,
}

impl Search {
    pub(super) fn new(dim: usize) -> Self {
        let point = Point::new(dim);
        Self {
            start: point.clone(),
            c2: C2,
            bracket: [point.clone(), point.clone()],
            trial: point,
        }
    }

    /// Searches from `start` with first step `t`. `evaluate` fills in loss, slope and gradient at a point's t; it is called
    /// at most `max_evaluations` + 1 times. `reach` is the largest component of the direction.
    ///
    /// A trial with a loss or slope that is not finite is moved towards the last finite point, and no later trial goes as far.
    /// PyTorch's search accepts such trials, and mostly ends in NaN.
    pub(super) fn run(
        &mut self,
        t: f64,
        reach: f64,
        max_evaluations: u64,
        evaluate: impl FnMut(&mut Point),
    ) -> &Point {
        let Self {
            start,
            c2,
            bracket,
            trial,
        } = self;
        let too_high = |point: &Point| point.loss > start.loss + C1 * point.t * start.slope;
        let flat_enough = |point: &Point| point.slope.abs() <= -*c2 * start.slope;

        // Algorithm 3.5: widen until a bracket holds a point that satisfies the conditions.
        bracket[0].copy_from(start);
        bracket[1].t = t;
        let mut trials = Trials {
            evaluate,
            max: max_evaluations,
            wall: f64::INFINITY,
            first: [start.loss, start.slope],
        };
        let mut evaluations = 0;
        if !trials.evaluate(&mut bracket[1], 0.0, &mut evaluations) {
            return &self.start;
        }
        let accepted = loop {
            if evaluations >= max_evaluations {
                bracket[0].copy_from(start);
                break false;
            }
            let [previous, new] = &mut *bracket;
            if too_high(new) || (evaluations > 1 && new.loss >= previous.loss) {
                break false;
            }
            if flat_enough(new) {
                break true;
            }
            if new.slope >= 0.0 {
                break false;
            }
            let bounds = [new.t + 0.01 * (new.t - previous.t), new.t * 10.0];
            let next = cubic_minimum(previous, new, bounds);
            let next = trials.within(next, [new.t, bounds[1]]);
            std::mem::swap(previous, new);
            new.t = next;
            evaluations += 1;
            if !trials.evaluate(new, previous.t, &mut evaluations) {
                new.copy_from(previous);
            }
        };
        if accepted {
            return &self.bracket[1];
        }

        // Algorithm 3.6: narrow the bracket.
        let lower = |bracket: &[Point; 2]| usize::from(not_below(bracket[0].loss, bracket[1].loss));
        let mut low = lower(bracket);
        let mut slow = false;
        while evaluations < max_evaluations {
            let [first, second] = [bracket[0].t, bracket[1].t];
            let ends = [first.min(second), first.max(second)];
            let width = ends[1] - ends[0];
            if width * reach < MIN_WIDTH {
                break;
            }
            trial.t = cubic_minimum(&bracket[0], &bracket[1], ends);
            let margin = 0.1 * width;
            if (ends[1] - trial.t).min(trial.t - ends[0]) < margin {
                if slow || trial.t >= ends[1] || trial.t <= ends[0] {
                    let near_the_end = (trial.t - ends[1]).abs() < (trial.t - ends[0]).abs();
                    trial.t = if near_the_end {
                        ends[1] - margin
                    } else {
                        ends[0] + margin
                    };
                    slow = false;
                } else {
                    slow = true;
                }
            } else {
                slow = false;
            }
            evaluations += 1;
            if !trials.evaluate(trial, bracket[low].t, &mut evaluations) {
                break;
            }
            let high = 1 - low;
            if too_high(trial) || trial.loss >= bracket[low].loss {
                std::mem::swap(&mut bracket[high], trial);
                low = lower(bracket);
                continue;
            }
            let done = flat_enough(trial);
            if !done && trial.slope * (bracket[high].t - bracket[low].t) >= 0.0 {
                // The old low becomes the high; the trial replaces the other one below.
                bracket.swap(0, 1);
            }
            let [first, second] = bracket;
            std::mem::swap(if low == 0 { first } else { second }, trial);
            if done {
                break;
            }
        }
        &self.bracket[low]
    }
}

/// Evaluator of trial points, which counts evaluations and avoids points that are not finite.
struct Trials<E> {
    evaluate: E,
    /// Maximum number of evaluations.
    max: u64,
    /// Smallest t above the last finite point at which loss or slope was not finite.
    wall: f64,
    /// Loss and slope at t = 0.
    first: [f64; 2],
}

impl<E: FnMut(&mut Point)> Trials<E> {
    /// Returns `t` if it is below the wall, else the midpoint of `low` and the smaller of wall and `high`.
    fn within(&self, t: f64, [low, high]: [f64; 2]) -> f64 {
        if t < self.wall {
            t
        } else {
            f64::midpoint(low, self.wall.min(high))
        }
    }

    /// Evaluates at the point's t, and closer and closer to `near` until loss and slope are finite; each retry counts as an
    /// evaluation. Returns false if the last retry was not finite either.
    fn evaluate(&mut self, point: &mut Point, near: f64, evaluations: &mut u64) -> bool {
        (self.evaluate)(point);
        for back in 0.. {
            // Near an overflow losses are finite, but too large for a cubic to be of use.
            let [loss, slope] = self.first;
            let absurd = back > 0 && point.loss - loss > 1e6 * (slope * point.t).abs();
            if point.is_finite() && !absurd {
                return true;
            }
            if *evaluations >= self.max {
                break;
            }
            if point.t > near && !point.is_finite() {
                self.wall = self.wall.min(point.t);
            }
            // Halve five times, in case the boundary is near; then divide by ten.
            let share = if back < 5 { 0.5 } else { 0.1 };
            point.t = near + share * (point.t - near);
            (self.evaluate)(point);
            *evaluations += 1;
        }
        point.is_finite()
    }
}

/// Whether a ≤ b is false; true if either is NaN.
fn not_below(a: f64, b: f64) -> bool {
    !matches!(
        a.partial_cmp(&b),
        Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)
    )
}

/// Returns the minimum, clamped to the bounds, of the cubic through two points with their slopes; the midpoint if there is none.
fn cubic_minimum(a: &Point, b: &Point, [low, high]: [f64; 2]) -> f64 {
    let d1 = a.slope + b.slope - 3.0 * (a.loss - b.loss) / (a.t - b.t);
    let square = d1 * d1 - a.slope * b.slope;
    if square >= 0.0 {
        let d2 = square.sqrt();
        let (x1, x2) = if a.t <= b.t { (a, b) } else { (b, a) };
        let minimum =
            x2.t - (x2.t - x1.t) * ((x2.slope + d2 - d1) / (x2.slope - x1.slope + 2.0 * d2));
        // Python's min and max keep a NaN; f64::min and f64::max would drop it.
        let raised = if low > minimum { low } else { minimum };
        if high < raised { high } else { raised }
    } else {
        f64::midpoint(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches along φ(t) and returns its end and the number of evaluations.
    fn search(phi: impl Fn(f64) -> [f64; 2], t: f64) -> (f64, u32) {
        let mut search = Search::new(0);
        [search.start.loss, search.start.slope] = phi(0.0);
        let mut asked = 0;
        let found = search.run(t, 1.0, 25, |point| {
            asked += 1;
            [point.loss, point.slope] = phi(point.t);
        });
        (found.t, asked)
    }

    #[test]
    fn finds_a_point_that_satisfies_both_conditions() {
        let quartic = |t: f64| [(t - 3.0).powi(4), 4.0 * (t - 3.0).powi(3)];
        for first in [1e-3, 0.5, 1.0, 10.0, 1e3] {
            let (t, asked) = search(quartic, first);
            let ([f0, g0], [f, g]) = (quartic(0.0), quartic(t));
            assert!(
                f <= f0 + C1 * t * g0 && g.abs() <= -C2 * g0,
                "from {first}: {t}"
            );
            assert!(asked <= 26, "from {first}: {asked}");
        }
    }

    #[test]
    fn a_cubic_is_minimised_exactly() {
        let (t, asked) = search(|t| [t * t * t - 12.0 * t, 3.0 * t * t - 12.0], 5.0);
        assert!((t - 2.0).abs() < 1e-12);
        assert_eq!(asked, 2);
    }

    #[test]
    fn search_returns_from_non_finite_trials() {
        // x − ln x with x = 100 − t, which is NaN for t > 100; a loss of −∞ from t = 3 on; an overflow.
        let log = |t: f64| {
            let x = 100.0 - t;
            [x - x.ln(), -1.0 + 1.0 / x]
        };
        let wall = |t: f64| match t {
            t if t < 3.0 => [-t, -1.0],
            _ => [f64::NEG_INFINITY, -1.0],
        };
        let steep = |t: f64| [(t - 20.0).exp() - 2.0 * t, (t - 20.0).exp() - 2.0];
        for first in [1.0, 120.0, 1e4, 1e9] {
            let (t, asked) = search(log, first);
            assert!(log(t)[0] < log(0.0)[0] && t < 100.0, "from {first}: {t}");
            assert!(asked <= 26);
            let (t, asked) = search(wall, first);
            assert!(t > 0.0 && t < 3.0, "from {first}: {t}");
            assert!(asked <= 26);
        }
        for first in [1.0, 25.0, 120.0, 1e5] {
            let (t, asked) = search(steep, first);
            assert!(asked <= 26 && steep(t)[0] < 0.0, "from {first}: {t}");
        }
    }

    #[test]
    fn nan_ends_the_search() {
        assert!(search(|t| if t == 0.0 { [1.0, -1.0] } else { [f64::NAN; 2] }, 1.0).1 <= 27);
    }
}
