//! L-BFGS: `torch.optim.LBFGS`, whose one step is up to `max_iter` iterations.

use super::wolfe::Search;
use super::wolfe_step::dot;
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Line search of L-BFGS: none, or for the strong Wolfe conditions.
    pub enum LineSearch { None = "none", StrongWolfe = "strong_wolfe" }
}

settings! {
    /// L-BFGS: a quasi-Newton method that models the inverse Hessian by its last steps and gradient differences.
    ///
    /// One step is up to `max_iter` iterations, each with its own gradients, which are all counted. Algorithms 7.4 and 7.5
    /// of Nocedal & Wright 2006, in PyTorch's form.
    pub struct Lbfgs("L-BFGS") {
        /// Learning rate γ: step length along the search direction, or first trial length of the line search.
        lr: f64 = 1.0, in 0.0.., log 1e-4..=10.0;
        /// Maximum iterations per step.
        max_iter: u64 = 20, in 1.0..=1000.0, log 1.0..=100.0;
        /// Maximum gradient evaluations per step; auto is 5/4 of max_iter.
        max_eval: Option<u64> = None, in 1.0..=10000.0;
        /// Tolerance of the gradient: a step ends when no component is larger.
        tolerance_grad: f64 = 1e-7, in 0.0.., log 1e-12..=1e-2;
        /// Tolerance of changes: a step ends when neither the loss nor any parameter changes by more.
        tolerance_change: f64 = 1e-9, in 0.0.., log 1e-12..=1e-2;
        /// Number of past iterations in the model.
        history_size: u64 = 100, in 1.0..=1000.0, log 1.0..=100.0;
        /// Line search: none uses the fixed length γ; strong_wolfe satisfies the strong Wolfe conditions.
        line_search: LineSearch = LineSearch::None;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Lbfgs {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let step = match self.line_search {
            LineSearch::None => "{a} ← {γ=lr}, at first {γ=lr} min(1, 1/‖{g}‖₁)",
            LineSearch::StrongWolfe => "{a} ← a length that satisfies the strong Wolfe conditions",
        };
        vec![
            "up to {n=max_iter} times:",
            "{d} ← −H {g}, H from the last {k=history_size} steps and gradient changes",
            step,
            "{θ} ← {θ<} + {a} {d}",
        ]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "up to 2 × history_size numbers per parameter",
            cost: "up to 25 gradients, for 20 iterations",
            strengths: "On smooth landscapes without noise: after a few iterations it knows the shape of the valley \
                and follows its floor in long jumps; a single step often ends near the minimum.",
            weaknesses: "Without a line search a step can jump far over the valley, or off the map, where the \
                curvature changes. Noise and kinks spoil its model. Its steps are expensive: compare by gradients, \
                not by steps.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        let dim = zeros.len();
        Algorithm::Joint(Box::new(State {
            history: History::new(
                &zeros,
                usize::try_from(self.history_size).unwrap_or(usize::MAX),
            ),
            max_eval: self.max_eval.unwrap_or(self.max_iter * 5 / 4),
            rule: self.clone(),
            iterations: 0,
            t: 0.0,
            direction: zeros.clone(),
            gradient: zeros.clone(),
            previous_gradient: zeros.clone(),
            trial: zeros,
            search: Search::new(dim),
        }))
    }
}

struct State {
    rule: Lbfgs,
    max_eval: u64,
    iterations: u64,
    history: History,
    t: f64,
    direction: Vec<f64>,
    gradient: Vec<f64>,
    previous_gradient: Vec<f64>,
    trial: Vec<f64>,
    search: Search,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Self {
            rule,
            max_eval,
            iterations,
            history,
            t,
            direction,
            gradient,
            previous_gradient,
            trial,
            search,
        } = self;
        let sign = if rule.maximize { -1.0 } else { 1.0 };
        let mut closure = |theta: &[f64], gradient: &mut [f64]| {
            let (loss, found) = oracle.gradient(theta);
            gradient
                .iter_mut()
                .zip(found.iter())
                .for_each(|(g, found)| *g = sign * *found);
            sign * loss
        };

        let mut loss = closure(theta, gradient);
        let mut evaluations = 1;
        if largest(gradient) <= rule.tolerance_grad {
            return;
        }
        for iteration in 1..=rule.max_iter {
            *iterations += 1;
            if *iterations == 1 {
                direction
                    .iter_mut()
                    .zip(gradient.iter())
                    .for_each(|(d, g)| *d = -g);
            } else {
                history.store(gradient, previous_gradient, direction, *t);
                history.direction(gradient, direction);
            }
            previous_gradient.copy_from_slice(gradient);
            let previous_loss = loss;

            let sum: f64 = gradient.iter().map(|g| g.abs()).sum();
            *t = if *iterations == 1 {
                1.0_f64.min(1.0 / sum) * rates.lr
            } else {
                rates.lr
            };
            let slope = dot(gradient, direction);
            if slope > -rule.tolerance_change {
                return;
            }
            if rule.line_search == LineSearch::StrongWolfe {
                (search.start.loss, search.start.slope) = (loss, slope);
                search.start.gradient.copy_from_slice(gradient);
                let budget = max_eval.saturating_sub(evaluations);
                let found = search.run(*t, largest(direction), budget, |point| {
                    evaluations += 1;
                    for ((trial, theta), d) in
                        trial.iter_mut().zip(theta.iter()).zip(direction.iter())
                    {
                        *trial = theta + point.t * d;
                    }
                    point.loss = closure(trial, &mut point.gradient);
                    point.slope = dot(&point.gradient, direction);
                });
                (*t, loss) = (found.t, found.loss);
                gradient.copy_from_slice(&found.gradient);
            }
            theta
                .iter_mut()
                .zip(direction.iter())
                .for_each(|(theta, d)| *theta += *t * d);
            if rule.line_search == LineSearch::None && iteration != rule.max_iter {
                loss = closure(theta, gradient);
                evaluations += 1;
            }

            let still = direction
                .iter()
                .all(|d| (d * *t).abs() <= rule.tolerance_change);
            if evaluations >= *max_eval
                || largest(gradient) <= rule.tolerance_grad
                || still
                || (loss - previous_loss).abs() < rule.tolerance_change
            {
                return;
            }
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::step("d", "last direction", &self.direction));
        visitor(StateEntry::number("a", "length along it", &self.t));
    }
}

/// Ring buffer of the last steps and the changes of the gradient over them, allocated once.
struct History {
    ring: Vec<CurvaturePair>,
    /// Number of pairs stored since the start; the newest is at (stored − 1) mod the ring's length.
    stored: usize,
    /// Scale γ of the initial inverse Hessian γ I, eq. (7.20).
    scale: f64,
}

/// Pair of a step and the change of the gradient over it, which measures the curvature along the step.
#[derive(Clone)]
struct CurvaturePair {
    /// Step s.
    step: Vec<f64>,
    /// Change y of the gradient over the step.
    change: Vec<f64>,
    /// Inverse curvature ρ = 1 / yᵀs.
    rho: f64,
    /// Coefficient α of the first loop, used in the second.
    alpha: f64,
}

impl History {
    fn new(zeros: &[f64], capacity: usize) -> Self {
        let entry = CurvaturePair {
            step: zeros.to_vec(),
            change: zeros.to_vec(),
            rho: 0.0,
            alpha: 0.0,
        };
        Self {
            ring: vec![entry; capacity],
            stored: 0,
            scale: 1.0,
        }
    }

    /// Stores the last step, t d, and the change of the gradient over it, if the curvature along it is positive.
    fn store(&mut self, gradient: &[f64], previous: &[f64], direction: &[f64], t: f64) {
        let change = || gradient.iter().zip(previous).map(|(g, p)| g - p);
        let ys: f64 = change().zip(direction).map(|(y, d)| y * (d * t)).sum();
        if ys > 1e-10 {
            let oldest = self.stored % self.ring.len();
            let entry = &mut self.ring[oldest];
            entry
                .step
                .iter_mut()
                .zip(direction)
                .for_each(|(s, d)| *s = d * t);
            entry
                .change
                .iter_mut()
                .zip(change())
                .for_each(|(stored, y)| *stored = y);
            entry.rho = 1.0 / ys;
            self.scale = ys / change().map(|y| y * y).sum::<f64>();
            self.stored += 1;
        }
    }

    /// Writes −H g to `r` by the two-loop recursion, algorithm 7.4.
    fn direction(&mut self, gradient: &[f64], r: &mut [f64]) {
        r.iter_mut().zip(gradient).for_each(|(r, g)| *r = -g);
        let len = self.stored.min(self.ring.len());
        // In a full ring the next pair will overwrite the oldest; before that, the oldest is at index 0.
        let full = self.stored >= self.ring.len();
        let oldest = if full {
            self.stored % self.ring.len()
        } else {
            0
        };
        let (newer, older) = self.ring[..len].split_at_mut(oldest);
        for entry in newer.iter_mut().rev().chain(older.iter_mut().rev()) {
            entry.alpha = dot(&entry.step, r) * entry.rho;
            r.iter_mut()
                .zip(entry.change.iter())
                .for_each(|(r, y)| *r -= entry.alpha * y);
        }
        r.iter_mut().for_each(|r| *r *= self.scale);
        for entry in older.iter().chain(&*newer) {
            let by = entry.alpha - dot(&entry.change, r) * entry.rho;
            r.iter_mut()
                .zip(entry.step.iter())
                .for_each(|(r, s)| *r += by * s);
        }
    }
}

/// Returns the largest magnitude of an entry.
fn largest(vector: &[f64]) -> f64 {
    vector.iter().fold(0.0, |most, v| v.abs().max(most))
}
