//! Muon: `torch.optim.Muon`.

use super::adam::AdamRule;
use super::adamw::AdamW;
use super::decay::shrink;
use super::elementwise;
use super::wolfe_step::dot;
use super::{
    Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines, zeros,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::{Objective, Oracle, norm};
use crate::engine::schedule::StepRates;

settings! {
    /// Scaling of the learning rate for a matrix of A rows and B columns: √max(1, A/B); 0.2 √max(A, B), which makes steps as
    /// long as AdamW's; √(A/B); or none.
    pub enum AdjustLr {
        Original = "original",
        MatchRmsAdamW = "match_rms_adamw",
        SpectralUnclamped = "spectral_unclamped",
        None = "none",
    }
}

settings! {
    /// Muon: momentum with orthogonalized matrices, so that all directions count alike.
    ///
    /// m ← μ m + (1 − μ) g, u ← (1 − μ) g + μ m with `nesterov`, else m; θ ← (1 − γλ) θ − γ s O(u). O nears U Vᵀ of u = U Σ
    /// Vᵀ by ns_steps times X ← aX + (bA + cA²)X, A = XXᵀ. Jordan et al. 2024 in PyTorch's form, with products in f64 instead
    /// of bfloat16. Parameters that are not matrices use AdamW, with its defaults and this lr and weight_decay.
    pub struct Muon("Muon") {
        /// Learning rate γ.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=1.0;
        /// Weight decay λ, decoupled: multiplies θ by 1 − γλ in each step.
        weight_decay: f64 = 0.1, in 0.0.., log 1e-6..=1.0;
        /// Momentum μ: decay rate of the running mean of gradients.
        momentum: f64 = 0.95, in 0.0..1.0, linear 0.0..=0.999;
        /// Nesterov momentum: looks ahead along the mean.
        nesterov: bool = true;
        /// Coefficients a, b and c of the Newton–Schulz iteration.
        ns_coefficients: Vec<f64> = vec![3.4445, -4.775, 2.0315];
        /// ε: minimum norm that a matrix is divided by.
        eps: f64 = 1e-7, in 0.0.., log 1e-12..=1.0;
        /// Number of Newton–Schulz iterations.
        ns_steps: u64 = 5, in 1.0..=99.0, linear 1.0..=10.0;
        /// Scaling of the learning rate by the shape of a matrix.
        adjust_lr_fn: AdjustLr = AdjustLr::Original;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Muon {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn is_layerwise(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        lines.push("{m} ← {μ=momentum} {m<} + (1 − {μ=momentum}) {g}");
        lines.push(if self.nesterov {
            "{u} ← orthogonal form of (1 − {μ=momentum}) {g} + {μ=momentum} {m}"
        } else {
            "{u} ← orthogonal form of {m}"
        });
        lines.push("{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − {γ=lr} {s} {u}");
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Layers,
            state: "1 number per parameter of a matrix, 2 of a vector",
            cost: "1 gradient, and 3 products of matrices per ns_steps for each layer",
            strengths: "In networks: directions with small but steady gradients get steps as long as the others, so \
                layers learn more from rare features.",
            weaknesses: "It is defined for matrices only and not available on test functions. Steps have a fixed \
                length however small the gradient is, so it circles the minimum at the end unless the learning rate \
                decreases.",
        }
    }

    fn unsupported_reason(&self, objective: &dyn Objective) -> Option<&'static str> {
        let matrix = objective
            .tensors()
            .iter()
            .any(|tensor| tensor.shape.len() == 2);
        (!matrix).then_some("a network: it moves matrices, and here is a vector")
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        if let [rows, columns] = *shape {
            let state = State::new(self, zeros(shape), [rows, columns]);
            return Algorithm::Joint(Box::new(state));
        }
        let vectors = AdamW {
            lr: self.lr,
            weight_decay: self.weight_decay,
            maximize: self.maximize,
            ..AdamW::default()
        };
        let rule = AdamRule::new(vectors.adam(), self.weight_decay);
        let n = shape.iter().product();
        Algorithm::Joint(elementwise::rule(elementwise::kernel(rule), n))
    }
}

struct State<'a> {
    rule: &'a Muon,
    coefficients: [f64; 3],
    shape: [usize; 2],
    /// Factor of the learning rate by the shape.
    scale: f64,
    momentum: Vec<f64>,
    update: Vec<f64>,
    newton_schulz: NewtonSchulz,
}

impl<'a> State<'a> {
    fn new(rule: &'a Muon, zeros: Vec<f64>, shape: [usize; 2]) -> Self {
        let [rows, columns] = shape.map(real);
        let default = [3.4445, -4.775, 2.0315];
        Self {
            coefficients: <[f64; 3]>::try_from(&rule.ns_coefficients[..]).unwrap_or(default),
            scale: match rule.adjust_lr_fn {
                AdjustLr::Original => (rows / columns).max(1.0).sqrt(),
                AdjustLr::MatchRmsAdamW => 0.2 * rows.max(columns).sqrt(),
                AdjustLr::SpectralUnclamped => (rows / columns).sqrt(),
                AdjustLr::None => 1.0,
            },
            newton_schulz: NewtonSchulz::new(shape),
            update: zeros.clone(),
            momentum: zeros,
            rule,
            shape,
        }
    }
}

impl UpdateRule for State<'_> {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Muon {
            weight_decay,
            nesterov,
            eps,
            ns_steps,
            maximize,
            ..
        } = *self.rule;
        let mu = rates.momentum.unwrap_or(self.rule.momentum);
        let gradient = super::gradient_with_decay(oracle, theta, maximize, 0.0);
        let moved = self.momentum.iter_mut().zip(&mut self.update);
        for (g, (m, update)) in gradient.iter().zip(moved) {
            *m += (1.0 - mu) * (g - *m);
            *update = if nesterov { g + mu * (*m - g) } else { *m };
        }
        let (a, update) = (self.coefficients, &mut self.update);
        self.newton_schulz
            .orthogonalise(update, self.shape, a, eps, ns_steps);
        let keep = 1.0 - rates.lr * weight_decay;
        let length = rates.lr * self.scale;
        for (theta, update) in theta.iter_mut().zip(&self.update) {
            *theta = *theta * keep - length * update;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, 1.0 - rates.lr * self.rule.weight_decay);
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction(
            "m",
            "mean of gradients",
            &self.momentum,
        ));
        visitor(StateEntry::direction("u", "orthogonal step", &self.update));
        visitor(StateEntry::number("s", "factor of the shape", &self.scale));
    }
}

/// Workspace of the Newton–Schulz iteration: X with no more rows than columns, A = X Xᵀ and its polynomial.
struct NewtonSchulz {
    x: Vec<f64>,
    next: Vec<f64>,
    gram: Vec<f64>,
    polynomial: Vec<f64>,
}

impl NewtonSchulz {
    fn new(shape: [usize; 2]) -> Self {
        let [short, long] = sorted(shape);
        Self {
            x: vec![0.0; short * long],
            next: vec![0.0; short * long],
            gram: vec![0.0; short * short],
            polynomial: vec![0.0; short * short],
        }
    }

    /// Orthogonalises `matrix` by Newton–Schulz iterations of degree five: `_zeropower_via_newtonschulz` of PyTorch.
    fn orthogonalise(
        &mut self,
        matrix: &mut [f64],
        shape: [usize; 2],
        [a, b, c]: [f64; 3],
        eps: f64,
        steps: u64,
    ) {
        let [short, long] = sorted(shape);
        let tall = shape[0] > shape[1];
        let size = norm(matrix).max(eps);
        for (i, row) in self.x.chunks_exact_mut(long).enumerate() {
            for (j, x) in row.iter_mut().enumerate() {
                let at = if tall { j * short + i } else { i * long + j };
                *x = matrix[at] / size;
            }
        }
        for _ in 0..steps {
            let rows = || self.x.chunks_exact(long);
            for (i, gram) in self.gram.chunks_exact_mut(short).enumerate() {
                let row = &self.x[i * long..(i + 1) * long];
                gram.iter_mut()
                    .zip(rows())
                    .for_each(|(gram, other)| *gram = dot(row, other));
            }
            for (i, polynomial) in self.polynomial.chunks_exact_mut(short).enumerate() {
                // A is symmetric, so row k of A is column k.
                let row = &self.gram[i * short..(i + 1) * short];
                let columns = self.gram.chunks_exact(short);
                for ((polynomial, gram), column) in polynomial.iter_mut().zip(row).zip(columns) {
                    *polynomial = b * gram + c * dot(row, column);
                }
            }
            let polynomial = self.polynomial.chunks_exact(short);
            for ((next, own), row) in self.next.chunks_exact_mut(long).zip(rows()).zip(polynomial) {
                next.iter_mut().zip(own).for_each(|(next, x)| *next = a * x);
                for (weight, x) in row.iter().zip(rows()) {
                    next.iter_mut()
                        .zip(x)
                        .for_each(|(next, x)| *next += weight * x);
                }
            }
            std::mem::swap(&mut self.x, &mut self.next);
        }
        for (i, row) in self.x.chunks_exact(long).enumerate() {
            for (j, x) in row.iter().enumerate() {
                let at = if tall { j * short + i } else { i * long + j };
                matrix[at] = *x;
            }
        }
    }
}

fn sorted([rows, columns]: [usize; 2]) -> [usize; 2] {
    [rows.min(columns), rows.max(columns)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Singular values are near 1, as documented by PyTorch, and the result for the transpose is the transpose.
    #[test]
    fn newton_schulz_orthogonalises_wide_and_tall_matrices() {
        let wide: Vec<f64> = vec![3.0, 0.5, -1.0, 0.2, 0.1, 0.4];
        let tall: Vec<f64> = (0..6).map(|k| wide[k % 2 * 3 + k / 2]).collect();
        let turned = |mut matrix: Vec<f64>, shape| {
            let coefficients = [3.4445, -4.775, 2.0315];
            NewtonSchulz::new(shape).orthogonalise(&mut matrix, shape, coefficients, 1e-7, 5);
            matrix
        };
        let (found, other) = (turned(wide, [2, 3]), turned(tall, [3, 2]));
        let [a, b] = [&found[..3], &found[3..]];
        assert!((0.4..1.6).contains(&norm(a)) && (0.4..1.6).contains(&norm(b)));
        assert!(dot(a, b).abs() < 0.35 * norm(a) * norm(b), "{found:?}");
        for (k, x) in other.iter().enumerate() {
            assert!((x - found[k % 2 * 3 + k / 2]).abs() < 1e-12);
        }
        // With the classical coefficients (15, −10, 3)/8 the iteration converges to an orthogonal matrix.
        let mut exact = vec![3.0, 0.5, -1.0, 0.2, 0.1, 0.4];
        let classical = [1.875, -1.25, 0.375];
        NewtonSchulz::new([2, 3]).orthogonalise(&mut exact, [2, 3], classical, 1e-7, 40);
        let [a, b] = [&exact[..3], &exact[3..]];
        assert!((norm(a) - 1.0).abs() < 1e-9 && dot(a, b).abs() < 1e-9);
    }
}
