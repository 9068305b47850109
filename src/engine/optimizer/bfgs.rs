//! BFGS, the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno.

use super::wolfe::C2;
use super::wolfe_step::{WolfeStep, dot};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// BFGS: a quasi-Newton method that builds the inverse Hessian from gradient differences.
    ///
    /// H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ, ρ = 1/yᵀs; θ ← θ − a H g with a strong Wolfe search. Algorithm 6.1 of Nocedal &
    /// Wright 2006, with their first scale (6.20).
    pub struct Bfgs("BFGS") {
        /// Learning rate γ: first trial length of the line search along −H g; bounds the length of the first step.
        lr: f64 = 1.0, in 0.0.., log 1e-3..=10.0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Bfgs {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            "{d} ← −H {g}",
            "{a} ← a length that satisfies the strong Wolfe conditions, {γ=lr} first",
            "{θ} ← {θ<} + {a} {d}",
            "H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ, s = {a} {d}, y the change of {g}, ρ = 1/yᵀs",
        ]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Curvature,
            state: "n² numbers",
            cost: "1 gradient, and those of the line search: usually 1 or 2, at most 26",
            strengths: "On smooth landscapes: it learns the shape of the valley at any angle and soon is as fast as \
                Newton's method, but only moves downhill.",
            weaknesses: "At a kink it learns a curvature that does not exist, and its line search fails: it stops at \
                a crease. With mini-batches it moves from the minimum of one batch to that of the next. It needs n² \
                numbers of memory.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        let dim = zeros.len();
        Algorithm::Joint(Box::new(State {
            rule: self.clone(),
            line: WolfeStep::new(dim, C2),
            inverse: vec![0.0; dim * dim],
            direction: vec![0.0; dim],
            gradient: vec![0.0; dim],
            change: vec![0.0; dim],
            product: vec![0.0; dim],
            t: 0.0,
            steps: 0,
        }))
    }
}

struct State {
    rule: Bfgs,
    line: WolfeStep,
    /// Inverse Hessian H, row by row.
    inverse: Vec<f64>,
    direction: Vec<f64>,
    gradient: Vec<f64>,
    /// Change y of the gradient over the last step.
    change: Vec<f64>,
    /// Product H y.
    product: Vec<f64>,
    t: f64,
    steps: u64,
}

impl State {
    fn set_identity(&mut self, scale: f64) {
        self.inverse.fill(0.0);
        let step = self.direction.len() + 1;
        self.inverse
            .iter_mut()
            .step_by(step)
            .for_each(|h| *h = scale);
    }

    /// Updates H with the last step; skips steps along which the curvature is not positive.
    fn update_inverse(&mut self) {
        let n = self.direction.len();
        let ys = self.t * dot(&self.change, &self.direction);
        let curved = ys > 1e-10 * dot(&self.change, &self.change);
        if !curved {
            return;
        }
        if self.steps == 0 {
            self.set_identity(ys / dot(&self.change, &self.change));
        }
        for (row, product) in self.inverse.chunks_exact(n).zip(&mut self.product) {
            *product = dot(row, &self.change);
        }
        let yhy = dot(&self.change, &self.product);
        let s = |i: usize| self.t * self.direction[i];
        for i in 0..n {
            for j in 0..n {
                let cross = self.product[i] * s(j) + s(i) * self.product[j];
                self.inverse[i * n + j] += (1.0 + yhy / ys) / ys * s(i) * s(j) - cross / ys;
            }
        }
    }
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let sign = if self.rule.maximize { -1.0 } else { 1.0 };
        let (loss, found) = oracle.gradient(theta);
        for (g, found) in self.gradient.iter_mut().zip(found.iter()) {
            *g = sign * found;
        }
        let length = dot(&self.gradient, &self.gradient).sqrt();
        if length == 0.0 {
            return;
        }
        if self.steps == 0 {
            self.set_identity(1.0);
        }
        let n = theta.len();
        for (row, d) in self.inverse.chunks_exact(n).zip(&mut self.direction) {
            *d = -dot(row, &self.gradient);
        }
        let is_descent = dot(&self.direction, &self.gradient) < 0.0;
        if !is_descent {
            self.set_identity(1.0);
            for (d, g) in self.direction.iter_mut().zip(&self.gradient) {
                *d = -g;
            }
        }
        let first = if self.steps == 0 {
            rates.lr * (1.0 / length).min(1.0)
        } else {
            rates.lr
        };
        for (change, g) in self.change.iter_mut().zip(&self.gradient) {
            *change = -g;
        }
        let start = (sign * loss, &mut self.gradient[..]);
        self.t = self
            .line
            .step(theta, &self.direction, start, first, oracle, sign);
        for (change, g) in self.change.iter_mut().zip(&self.gradient) {
            *change += g;
        }
        if self.t == 0.0 {
            // The line search failed: the next step restarts from −g.
            self.steps = 0;
            return;
        }
        self.update_inverse();
        self.steps += 1;
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::step("d", "direction", &self.direction));
        visitor(StateEntry::number("a", "length along it", &self.t));
        let trace: f64 = self.inverse.iter().step_by(self.direction.len() + 1).sum();
        let mean = trace / real(self.direction.len().max(1));
        visitor(StateEntry::number("tr H/n", "mean eigenvalue of H", &mean));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::path;

    #[test]
    fn rosenbrock_takes_at_most_45_steps() {
        let path = path("rosenbrock", &[-1.2, 1.0], "bfgs", 60);
        let solved = path.loss.iter().position(|loss| *loss < 1e-12);
        assert!(solved.is_some_and(|steps| steps <= 45), "{solved:?}");
        assert!(path.loss.windows(2).all(|pair| pair[1] <= pair[0]));
    }

    #[test]
    fn a_quadratic_converges_within_12_steps() {
        let path = path("quadratic:a=1,b=100,angle=20", &[3.0, -2.0], "bfgs", 12);
        assert!(*path.loss.last().unwrap() < 1e-12, "{:?}", path.loss);
    }
}
