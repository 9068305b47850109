//! Shampoo: `pytorch_optimizer.Shampoo` for a vector, which has one preconditioner.

use super::decay::{Decay, shrink};
use super::linalg::{MAX_DENSE_DIM, eigen};
use super::{
    Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, decay_lines, zeros,
};
use crate::engine::declare::settings;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// Shampoo: multiplies the gradient by the inverse root of the sum of all g gᵀ so far.
    ///
    /// L ← L + g gᵀ, θ ← θ − γ L^(−1/2) g, from L = ε I. Algorithm 2 of Gupta, Koren & Singer 2018 for tensors of order 1.
    /// With more than 64 parameters L is diagonal, which is Adagrad's sum. Momentum mixes the last step into the gradient, as
    /// in the library.
    pub struct Shampoo("Shampoo") {
        /// Learning rate γ.
        lr: f64 = 1e-3, in 0.0.., log 1e-5..=10.0;
        /// Momentum μ: weight of the last step in the gradient.
        momentum: f64 = 0.0, in 0.0..1.0, linear 0.0..=0.999;
        /// Weight decay λ: adds λθ to the gradient.
        weight_decay: f64 = 0.0, in 0.0.., log 1e-6..=1.0;
        /// Decoupled weight decay: multiplies θ by 1 − γλ in each step; otherwise λθ is added to the gradient.
        decoupled_weight_decay: bool = false;
        /// Fixed weight decay: multiplies θ by 1 − λ in each step, independent of γ.
        fixed_decay: bool = false;
        /// Number of steps k between computations of the inverse root; the first k steps do not move.
        preconditioning_compute_steps: u64 = 1, in 1.0..=1e6, log 1.0..=100.0;
        /// Matrix ε: initial diagonal of L.
        matrix_eps: f64 = 1e-6, in 0.0.., log 1e-12..=1.0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Shampoo {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn is_layerwise(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        if self.momentum > 0.0 {
            lines.push("{g} ← (1 − {μ=momentum}) {g<} + {μ=momentum} {u<}");
        }
        let decay = self.decay();
        if decay.coupled != 0.0 {
            lines.push("{g} ← {g<} + {λ=weight_decay} {θ<}");
        }
        lines.push("{L} ← {L<} + {g} {g}ᵀ, at first {ε=matrix_eps} I + {g} {g}ᵀ");
        lines.push(if self.preconditioning_compute_steps == 1 {
            "{u} ← {L}^(−1/2) {g}"
        } else {
            "{u} ← L′^(−1/2) {g}, L′ the {L} of the last {k=preconditioning_compute_steps}-th step"
        });
        lines.push(match (decay.decoupled != 0.0, self.fixed_decay) {
            (false, _) => "{θ} ← {θ<} − {γ=lr} {u}",
            (true, false) => "{θ} ← (1 − {γ=lr} {λ=weight_decay}) {θ<} − {γ=lr} {u}",
            (true, true) => "{θ} ← (1 − {λ=weight_decay}) {θ<} − {γ=lr} {u}",
        });
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Layers,
            state: "2 n² numbers up to 64 parameters, then n",
            cost: "1 gradient, and the inverse root of an n × n matrix",
            strengths: "In narrow valleys at any angle: it rescales along the gradients seen so far, not along the \
                axes, so rotating the axes changes nothing.",
            weaknesses: "Gradients are summed forever: after a steep start all later steps are short, and progress is \
                as slow as Adagrad's. In long bends its matrix becomes nearly isotropic and has no effect.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        let dim = zeros.len();
        Algorithm::Joint(Box::new(State {
            direction: zeros.clone(),
            along: zeros,
            preconditioner: Preconditioner::new(dim, self.matrix_eps),
            steps: 0,
            rule: self.clone(),
        }))
    }
}

impl Shampoo {
    fn decay(&self) -> Decay {
        Decay::new(
            self.weight_decay,
            self.decoupled_weight_decay,
            self.fixed_decay,
        )
    }
}

struct State {
    rule: Shampoo,
    direction: Vec<f64>,
    along: Vec<f64>,
    preconditioner: Preconditioner,
    steps: u64,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Shampoo {
            preconditioning_compute_steps,
            maximize,
            ..
        } = self.rule;
        let momentum = rates.momentum.unwrap_or(self.rule.momentum);
        let (_, gradient) = oracle.gradient(theta);
        let sign = if maximize { -1.0 } else { 1.0 };
        let decay = self.rule.decay();
        // There is no previous direction at the first step.
        let share = if self.steps == 0 { 0.0 } else { momentum };
        let each = gradient.iter_mut().zip(theta.iter());
        for ((g, theta), direction) in each.zip(self.direction.iter()) {
            let signed = sign * *g;
            *g = signed + share * (direction - signed) + decay.coupled * theta;
        }
        self.preconditioner.accumulate(gradient);
        self.steps += 1;
        if self.steps.is_multiple_of(preconditioning_compute_steps) {
            self.preconditioner.invert();
        }
        self.preconditioner
            .apply(gradient, &mut self.along, &mut self.direction);
        let keep = decay.shrink_factor(rates.lr);
        for (theta, direction) in theta.iter_mut().zip(self.direction.iter()) {
            *theta = *theta * keep - rates.lr * direction;
        }
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        shrink(theta, self.rule.decay().shrink_factor(rates.lr));
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction(
            "u",
            "preconditioned gradient",
            &self.direction,
        ));
        let name = "sum of g gᵀ, row by row";
        visitor(StateEntry::each("L", name, &self.preconditioner.sum));
    }
}

/// Preconditioner L = ε I + Σ g gᵀ, and its last inverse square root.
struct Preconditioner {
    /// Matrix L row by row, or only its diagonal.
    sum: Vec<f64>,
    work: Vec<f64>,
    /// Eigenvectors of L, as columns; empty for a diagonal.
    vectors: Vec<f64>,
    /// Inverse square root λ^(−1/2) of each eigenvalue λ; 0 before the first inversion.
    roots: Vec<f64>,
}

impl Preconditioner {
    fn new(dim: usize, eps: f64) -> Self {
        let roots = vec![0.0; dim];
        if dim > MAX_DENSE_DIM {
            return Self {
                sum: vec![eps; dim],
                work: Vec::new(),
                vectors: Vec::new(),
                roots,
            };
        }
        let square = vec![0.0; dim * dim];
        let mut sum = square.clone();
        sum.iter_mut().step_by(dim + 1).for_each(|one| *one = eps);
        Self {
            sum,
            work: square.clone(),
            vectors: square,
            roots,
        }
    }

    fn is_diagonal(&self) -> bool {
        self.vectors.is_empty()
    }

    fn accumulate(&mut self, gradient: &[f64]) {
        if self.is_diagonal() {
            let each = self.sum.iter_mut().zip(gradient);
            each.for_each(|(sum, g)| *sum += g * g);
        } else {
            let rows = self.sum.chunks_exact_mut(gradient.len());
            for (row, g) in rows.zip(gradient) {
                row.iter_mut()
                    .zip(gradient)
                    .for_each(|(sum, other)| *sum += g * other);
            }
        }
    }

    fn invert(&mut self) {
        if self.is_diagonal() {
            self.roots.copy_from_slice(&self.sum);
        } else {
            self.work.copy_from_slice(&self.sum);
            eigen(&mut self.work, &mut self.vectors, &mut self.roots);
        }
        // Without ε, L may be singular, but only orthogonally to all gradients so far, where nothing is scaled.
        for root in &mut self.roots {
            *root = if *root == 0.0 {
                0.0
            } else {
                1.0 / root.abs().sqrt()
            };
        }
    }

    /// Writes L^(−1/2) g to `product`; `along` is a buffer for the components of g along the eigenvectors.
    fn apply(&self, gradient: &[f64], along: &mut [f64], product: &mut [f64]) {
        if self.is_diagonal() {
            let each = product.iter_mut().zip(gradient).zip(&self.roots);
            each.for_each(|((product, g), root)| *product = root * g);
            return;
        }
        along.fill(0.0);
        for (row, g) in self.vectors.chunks_exact(gradient.len()).zip(gradient) {
            let each = along.iter_mut().zip(row);
            each.for_each(|(along, v)| *along += v * g);
        }
        let scaled = along.iter_mut().zip(&self.roots);
        scaled.for_each(|(along, root)| *along *= root);
        let rows = self.vectors.chunks_exact(gradient.len());
        for (product, row) in product.iter_mut().zip(rows) {
            *product = row
                .iter()
                .zip(along.iter())
                .map(|(v, along)| v * along)
                .sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preconditioner_is_diagonal_above_max_dense_dim() {
        for dim in [2, MAX_DENSE_DIM, MAX_DENSE_DIM + 1] {
            let mut gradient = vec![0.0; dim];
            let mut preconditioner = Preconditioner::new(dim, 0.0);
            let (mut along, mut step) = (gradient.clone(), gradient.clone());
            (gradient[0], gradient[1]) = (3.0, -4.0);
            preconditioner.accumulate(&gradient);
            preconditioner.apply(&gradient, &mut along, &mut step);
            assert_eq!(step[..2], [0.0, 0.0]);
            preconditioner.invert();
            preconditioner.apply(&gradient, &mut along, &mut step);
            let expected = if dim > MAX_DENSE_DIM {
                [1.0, -1.0]
            } else {
                [0.6, -0.8]
            };
            for (step, expected) in step.iter().zip(expected) {
                assert!((step - expected).abs() < 1e-7, "{dim}: {step}");
            }
            assert!(step[2..].iter().all(|step| step.abs() < 1e-7));
        }
    }
}
