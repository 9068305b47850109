//! Adafactor: `torch.optim.Adafactor`.

use super::decay::shrink;
use super::{
    Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines,
    gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::{Oracle, norm};
use crate::engine::schedule::StepRates;

settings! {
    /// Adafactor: steps proportional to the size of θ, with gradients divided by their root mean square and step lengths
    /// bounded.
    ///
    /// v ← v + t^c (g² − v), u = g / √max(v, ε₁²), θ ← θ − max(ε₂, RMS(θ)) min(γ, 1/√t) u / max(1, RMS(u) / d). Algorithm 5
    /// of Shazeer & Stern 2018 in PyTorch's form. RMS is over all parameters of a tensor. For matrices, v is factored into
    /// its row means r and column means c, v = r cᵀ / mean(r); the parameters of a test function are a vector.
    pub struct Adafactor("Adafactor") {
        /// Learning rate γ: maximum step, relative to the size of θ.
        lr: f64 = 1e-2, in 0.0.., log 1e-5..=1.0;
        /// c: exponent of the weight t^c of the newest squared gradient in the running mean.
        beta2_decay: f64 = -0.8, in ..=0.0, linear -1.0..=0.0;
        /// ε₁: minimum root mean square of the gradient; `auto` is the precision of an f64, 2⁻⁵².
        eps1: Option<f64> = None, in 0.0.., log 1e-30..=1.0;
        /// ε₂: minimum of the size of θ that scales the step.
        eps2: f64 = 1e-3, in 0.0.., log 1e-6..=1.0;
        /// d: maximum root mean square of the scaled gradient.
        d: f64 = 1.0, in 1.0.., linear 1.0..=10.0;
        /// Weight decay λ, decoupled: multiplies θ by 1 − γλ in each step.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Adafactor {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn is_layerwise(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        lines.push("{v} ← {v<} + {t}^{c=beta2_decay} ({g}² − {v<})");
        lines.push(if self.eps1.is_some() {
            "{u} ← {g} / √max({v}, {ε₁=eps1}²)"
        } else {
            "{u} ← {g} / √max({v}, 2⁻¹⁰⁴)"
        });
        lines.push("α ← max({ε₂=eps2}, RMS({θ<})) min({γ=lr}, 1 / √{t})");
        lines.push(if self.weight_decay == 0.0 {
            "{θ} ← {θ<} − α {u} / max(1, RMS({u}) / {d=d})"
        } else {
            "{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − α {u} / max(1, RMS({u}) / {d=d})"
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Layers,
            state: "1 number per parameter of a vector, 1 per row and column of a matrix",
            cost: "1 gradient",
            strengths: "For parameters of different size: a step is a fraction of the size of θ with an upper bound, \
                so one learning rate suits all. It needs little memory for large matrices.",
            weaknesses: "Steps depend on the distance to 0: near the origin they are tiny, far away they are long. \
                They also decrease at least as 1/√t, so late progress is slow.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let factors = match *shape {
            [rows, columns] => Some([vec![0.0; rows], vec![0.0; columns]]),
            _ => None,
        };
        Algorithm::Joint(Box::new(State {
            rule: self.clone(),
            factors,
            v: zeros(shape),
            update: zeros(shape),
            steps: 0.0,
        }))
    }
}

/// Returns the root mean square of `vector`.
fn rms(vector: &[f64]) -> f64 {
    norm(vector) / real(vector.len()).sqrt()
}

/// Updates the row and column means of squared gradients with weight `entering`, and writes their product to v: algorithm 4 of
/// Shazeer & Stern 2018.
fn combine(factors: &mut [Vec<f64>; 2], gradient: &[f64], entering: f64, eps1: f64, v: &mut [f64]) {
    let [of_rows, of_columns] = factors;
    let columns = of_columns.len();
    let squares = |first: usize, step: usize, count: usize| {
        let numbers = gradient[first..].iter().step_by(step).take(count);
        numbers.map(|g| g * g).sum::<f64>() / real(count)
    };
    for (i, mean) in of_rows.iter_mut().enumerate() {
        *mean += (squares(i * columns, 1, columns) - *mean) * entering;
    }
    for (j, mean) in of_columns.iter_mut().enumerate() {
        *mean += (squares(j, columns, of_rows.len()) - *mean) * entering;
    }
    let overall = (of_rows.iter().sum::<f64>() / real(of_rows.len())).max(eps1);
    for (row, of_row) in v.chunks_exact_mut(columns).zip(&*of_rows) {
        for (v, of_column) in row.iter_mut().zip(&*of_columns) {
            *v = of_row * of_column / overall;
        }
    }
}

struct State {
    rule: Adafactor,
    /// Row means and column means of squared gradients of a matrix, the factors of v; `None` for a vector.
    factors: Option<[Vec<f64>; 2]>,
    v: Vec<f64>,
    update: Vec<f64>,
    steps: f64,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Adafactor {
            beta2_decay,
            eps1,
            eps2,
            d,
            weight_decay,
            maximize,
            ..
        } = self.rule;
        let gradient = gradient_with_decay(oracle, theta, maximize, 0.0);
        self.steps += 1.0;
        let entering = self.steps.powf(beta2_decay);
        let size = eps2.max(rms(theta)) * rates.lr.min(1.0 / self.steps.sqrt());
        let eps1 = eps1.unwrap_or(f64::EPSILON);
        match &mut self.factors {
            Some(factors) => combine(factors, gradient, entering, eps1, &mut self.v),
            None => {
                for (v, g) in self.v.iter_mut().zip(gradient.iter()) {
                    *v += (g * g - *v) * entering;
                }
            }
        }
        for (g, (v, update)) in gradient
            .iter()
            .zip(self.v.iter().zip(self.update.iter_mut()))
        {
            *update = g / v.max(eps1 * eps1).sqrt();
        }
        let size = size / (rms(&self.update) / d).max(1.0);
        let keep = 1.0 - rates.lr * weight_decay;
        for (theta, update) in theta.iter_mut().zip(self.update.iter()) {
            *theta = *theta * keep - size * update;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, 1.0 - rates.lr * self.rule.weight_decay);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::each("v", "mean of squared gradients", &self.v));
        visitor(StateEntry::direction("u", "scaled gradient", &self.update));
    }
}
