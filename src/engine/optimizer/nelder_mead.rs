//! Downhill simplex method of Nelder and Mead.

use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Nelder–Mead: a simplex of n + 1 points that reflects its worst point, expands and shrinks. It needs no gradients.
    ///
    /// Nelder & Mead 1965 with reflection 1, expansion 2, contraction ½ and shrinking ½, as in Lagarias et al. 1998; one of
    /// their iterations is a step, and the run's point is the best vertex. It can stall at points that are not minima.
    pub struct NelderMead("Nelder–Mead") {
        /// Size of the initial simplex: distance of its points from the start along each axis.
        lr: f64 = 0.5, in 0.0.., log 1e-3..=10.0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for NelderMead {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            "c ← mean of all points but the worst, w; best b, second worst s",
            "r ← 2 c − w",
            "f(r) < f(b): the better of r and 3 c − 2 w takes w's place",
            "f(r) < f(s): r takes w's place",
            "else ½ (c + r) if f(r) < f(w), or ½ (c + w), where it is better",
            "else all points but b go half of the way to b",
            "{θ} ← best of the points {P}",
        ]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::DerivativeFree,
            state: "n + 1 points, and their values",
            cost: "usually 1 or 2 values, n + 2 when it shrinks",
            strengths: "At kinks, or without gradients: it only compares values. In two dimensions one sees a \
                triangle stretch, flip over and crawl along the valley.",
            weaknesses: "The triangle can flatten against a ridge and shrink to a point that is not a minimum. It \
                finds the nearest pit, and with more than about ten parameters it becomes very slow.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        let dim = zeros.len();
        Algorithm::Joint(Box::new(State {
            sign: if self.maximize { -1.0 } else { 1.0 },
            points: vec![0.0; dim * (dim + 1)],
            values: vec![0.0; dim + 1],
            centre: vec![0.0; dim],
            trials: [vec![0.0; dim], vec![0.0; dim]],
            begun: false,
        }))
    }
}

struct State {
    sign: f64,
    /// Points of the simplex, one after the other, the best first; and their values.
    points: Vec<f64>,
    values: Vec<f64>,
    centre: Vec<f64>,
    trials: [Vec<f64>; 2],
    begun: bool,
}

impl State {
    /// Writes c + share · (w − c) into trial `which`.
    fn try_at(&mut self, which: usize, share: f64) {
        let n = self.centre.len();
        let worst = &self.points[n * n..];
        for ((trial, c), w) in self.trials[which].iter_mut().zip(&self.centre).zip(worst) {
            *trial = (1.0 - share) * c + share * w;
        }
    }

    /// Replaces the worst point by trial `which` and restores the order; ties come after earlier points of equal value.
    fn take(&mut self, which: usize, value: f64) {
        let n = self.centre.len();
        self.points[n * n..].copy_from_slice(&self.trials[which]);
        self.values[n] = value;
        self.sift(n);
    }

    /// Returns the value at `point`, to be minimised; infinity, the worst, where it is not finite.
    fn value(oracle: &mut Oracle, point: &[f64], sign: f64) -> f64 {
        let value = sign * oracle.value(point);
        if value.is_finite() {
            value
        } else {
            f64::INFINITY
        }
    }

    fn sift(&mut self, mut at: usize) {
        let n = self.centre.len();
        while at > 0 && self.values[at].total_cmp(&self.values[at - 1]).is_lt() {
            self.values.swap(at, at - 1);
            for k in 0..n {
                self.points.swap(at * n + k, (at - 1) * n + k);
            }
            at -= 1;
        }
    }
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let (n, sign) = (theta.len(), self.sign);
        if !self.begun {
            self.begun = true;
            for point in 0..=n {
                let vertex = &mut self.points[point * n..(point + 1) * n];
                vertex.copy_from_slice(theta);
                if point > 0 {
                    vertex[point - 1] += rates.lr;
                }
                self.values[point] = Self::value(oracle, vertex, sign);
            }
            (1..=n).for_each(|point| self.sift(point));
        }
        self.centre.fill(0.0);
        for point in self.points[..n * n].chunks_exact(n) {
            self.centre.iter_mut().zip(point).for_each(|(c, p)| *c += p);
        }
        self.centre.iter_mut().for_each(|c| *c /= real(n));

        self.try_at(0, -1.0);
        let reflected = Self::value(oracle, &self.trials[0], sign);
        if reflected < self.values[0] {
            self.try_at(1, -2.0);
            let expanded = Self::value(oracle, &self.trials[1], sign);
            if expanded < reflected {
                self.take(1, expanded);
            } else {
                self.take(0, reflected);
            }
        } else if reflected < self.values[n - 1] {
            self.take(0, reflected);
        } else {
            let outside = reflected < self.values[n];
            self.try_at(1, if outside { -0.5 } else { 0.5 });
            let contracted = Self::value(oracle, &self.trials[1], sign);
            let enough = if outside {
                contracted <= reflected
            } else {
                contracted < self.values[n]
            };
            if enough {
                self.take(1, contracted);
            } else {
                let (best, others) = self.points.split_at_mut(n);
                for (point, value) in others.chunks_exact_mut(n).zip(&mut self.values[1..]) {
                    for (p, best) in point.iter_mut().zip(&*best) {
                        *p = best + 0.5 * (*p - best);
                    }
                    *value = Self::value(oracle, point, sign);
                }
                (1..=n).for_each(|point| self.sift(point));
            }
        }
        theta.copy_from_slice(&self.points[..n]);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        if self.begun {
            visitor(StateEntry::places("P", "simplex", &self.points));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::path;

    /// Best points after 5, 20 and 60 iterations of
    /// `scipy.optimize.minimize(rosen, x0, method="Nelder-Mead", options={"initial_simplex": …})` of scipy 1.17.1.
    const SCIPY: [(usize, [f64; 2]); 3] = [
        (5, [-1.480_468_75, 2.130_859_375]),
        (20, [-1.105_760_753_154_754_6, 1.240_350_097_417_831_4]),
        (60, [0.532_795_214_429_409_5, 0.255_956_371_514_765]),
    ];

    #[test]
    fn simplex_matches_scipy() {
        let path = path("rosenbrock", &[-1.5, 2.0], "nelder-mead:lr=0.5", 60);
        for (step, expected) in SCIPY {
            let at = path.theta(step).unwrap();
            for (found, expected) in at.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12, "{step}: {at:?}");
            }
        }
        assert_eq!(path.evaluations[60], 0, "no gradient is asked for");
    }
}
