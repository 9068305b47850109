//! SOAP: `pytorch_optimizer.SOAP` with `precondition_1d`, for a vector.

use super::decay::shrink;
use super::linalg::{Orthogonal, eigen};
use super::{
    Algorithm, BetaPower, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule,
    decay_lines, gradient_with_decay, zeros,
};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;

settings! {
    /// SOAP: Adam in the eigenbasis of the running mean of g gᵀ, Shampoo's preconditioner.
    ///
    /// With the eigenvectors Q of G: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) (Qᵀg)², θ ← θ − γ̂ Q (Qᵀm / (√v + ε)), then G
    /// ← β G + (1 − β) g gᵀ. Algorithm 3 of Vyas et al. 2025 for a vector. The first step initializes G and does not move.
    /// Every k steps Q is updated by one power iteration, in single precision as in the library.
    ///
    /// All vectors use eigenvectors, as in the library with `precondition_1d`; by default the library moves vectors by Adam.
    /// Each tensor of a network counts as one vector; the library has eigenvectors for rows and columns of a matrix instead.
    pub struct Soap("SOAP") {
        /// Learning rate γ: approximate step length along each eigenvector.
        lr: f64 = 3e-3, in 0.0.., log 1e-5..=1.0;
        /// β₁: decay rate of the running mean of gradients.
        beta1: f64 = 0.95, in 0.0..1.0, linear 0.0..=0.999;
        /// β₂: decay rate of the running mean of squared gradients along the eigenvectors.
        beta2: f64 = 0.95, in 0.0..1.0, linear 0.5..=0.9999;
        /// β: decay rate of the running mean of g gᵀ; by default β₂.
        shampoo_beta: Option<f64> = None, in 0.0..=1.0, linear 0.5..=0.9999;
        /// ε: added to the denominator, outside the square root.
        eps: f64 = 1e-8, in 0.0.., log 1e-12..=1.0;
        /// Weight decay λ, decoupled: multiplies θ by 1 − γλ after each step.
        weight_decay: f64 = 1e-2, in 0.0.., log 1e-6..=1.0;
        /// Number of steps k between updates of the eigenvectors.
        precondition_frequency: u64 = 10, in 1.0..=1e6, log 1.0..=100.0;
        /// Maximum number of parameters with eigenvectors; above it, SOAP is Adam. The library's default is 10000, which
        /// would take minutes.
        max_precondition_dim: u64 = 64, in 1.0..=1024.0, log 1.0..=1024.0;
        /// Bias correction of both running means for their start at zero.
        correct_bias: bool = true;
        /// Divides every step by its root mean square.
        normalize_gradient: bool = false;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for Soap {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn is_layerwise(&self) -> bool {
        true
    }

    fn update_lines(&self) -> Vec<&'static str> {
        let mut lines = Vec::from_iter(decay_lines(self.maximize, 0.0));
        lines.extend([
            "{m} ← {β₁=beta1} {m<} + (1 − {β₁=beta1}) {g}",
            "{v} ← {β₂=beta2} {v<} + (1 − {β₂=beta2}) ({Q<}ᵀ {g})²",
            "{u} ← {Q<} ({Q<}ᵀ {m} / (√{v} + {ε=eps}))",
        ]);
        if self.normalize_gradient {
            lines.push("{u} ← {u<} / (rms({u<}) + {ε=eps})");
        }
        lines.push(if self.correct_bias {
            "γ̂ ← {γ=lr} √(1 − {β₂=beta2}^({t} − 1)) / (1 − {β₁=beta1}^({t} − 1))"
        } else {
            "γ̂ ← {γ=lr}"
        });
        lines.push(if self.weight_decay == 0.0 {
            "{θ} ← {θ<} − γ̂ {u}, from {t} = 2 on"
        } else {
            "{θ} ← (1 − {γ=lr} {λ=weight_decay}) ({θ<} − γ̂ {u}), from {t} = 2 on"
        });
        lines.push(match self.shampoo_beta {
            None => "{G} ← {β₂=beta2} {G<} + (1 − {β₂=beta2}) {g} {g}ᵀ",
            Some(_) => "{G} ← {β=shampoo_beta} {G<} + (1 − {β=shampoo_beta}) {g} {g}ᵀ",
        });
        lines.push("{Q} ← qr({G} {Q<}) every {k=precondition_frequency} steps, at first the eigenvectors of {G}");
        lines
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::Layers,
            state: "2 numbers per parameter, and 2 n² numbers",
            cost: "1 gradient, and a QR decomposition of an n × n matrix every 10 steps",
            strengths: "In narrow valleys at an angle to the axes: it is Adam along the axes of the valley.",
            weaknesses: "The first step does not move. Its eigenvectors are updated every 10 steps (by default), so \
                they lag behind in a bend. As Adam, it overshoots minima by its momentum.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        let largest = usize::try_from(self.max_precondition_dim).unwrap_or(usize::MAX);
        Algorithm::Joint(Box::new(State {
            m: zeros.clone(),
            v: zeros.clone(),
            direction: zeros.clone(),
            along: zeros.clone(),
            basis: (zeros.len() <= largest).then(|| Basis::new(zeros.len())),
            steps: 0,
            beta1_power: BetaPower::new(self.beta1),
            beta2_power: BetaPower::new(self.beta2),
            rule: self.clone(),
        }))
    }
}

struct State {
    rule: Soap,
    m: Vec<f64>,
    /// Running mean of squared gradients along the eigenvectors.
    v: Vec<f64>,
    direction: Vec<f64>,
    /// Buffer for components along the eigenvectors.
    along: Vec<f64>,
    /// Eigenvectors; `None` above `max_precondition_dim` parameters.
    basis: Option<Basis>,
    steps: u64,
    beta1_power: BetaPower,
    beta2_power: BetaPower,
}

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let Soap {
            beta2,
            eps,
            weight_decay,
            precondition_frequency,
            correct_bias,
            normalize_gradient,
            maximize,
            ..
        } = self.rule;
        let beta1 = rates.momentum.unwrap_or(self.rule.beta1);
        let shampoo_beta = self.rule.shampoo_beta.unwrap_or(beta2);
        let gradient = gradient_with_decay(oracle, theta, maximize, 0.0);
        let Self {
            m,
            v,
            direction,
            along,
            basis,
            steps,
            ..
        } = self;
        if *steps == 0 {
            *steps = 1;
            if let Some(basis) = basis {
                basis.update_mean(gradient, shampoo_beta);
                basis.decompose();
            }
            return;
        }
        project(basis.as_ref(), gradient, along);
        for (v, g) in v.iter_mut().zip(along.iter()) {
            *v += (g * g - *v) * (1.0 - beta2);
        }
        for (m, g) in m.iter_mut().zip(gradient.iter()) {
            *m += (g - *m) * (1.0 - beta1);
        }
        project(basis.as_ref(), m, along);
        for (m, v) in along.iter_mut().zip(v.iter()) {
            *m /= v.sqrt() + eps;
        }
        match basis {
            Some(basis) => basis.project_back(along, direction),
            None => direction.copy_from_slice(along),
        }
        if normalize_gradient {
            let squares: f64 = direction.iter().map(|u| u * u).sum();
            let size = (squares / real(direction.len())).sqrt() + eps;
            direction.iter_mut().for_each(|u| *u /= size);
        }

        let correction =
            (1.0 - self.beta2_power.next(beta2)).sqrt() / (1.0 - self.beta1_power.next(beta1));
        let step_size = rates.lr * if correct_bias { correction } else { 1.0 };
        let keep = 1.0 - rates.lr * weight_decay;
        for (theta, u) in theta.iter_mut().zip(direction.iter()) {
            *theta = (*theta - step_size * u) * keep;
        }

        if let Some(basis) = basis {
            basis.update_mean(gradient, shampoo_beta);
            if steps.is_multiple_of(precondition_frequency) {
                basis.qr_step(v);
            }
        }
        *steps += 1;
    }

    fn decay(&self, theta: &mut [f64], rates: StepRates) {
        // The first step does not move θ.
        if self.steps > 1 {
            shrink(theta, 1.0 - rates.lr * self.rule.weight_decay);
        }
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        visitor(StateEntry::direction("m", "mean of gradients", &self.m));
        let name = "mean of squares along the eigenvectors";
        visitor(StateEntry::each("v", name, &self.v));
        visitor(StateEntry::direction("u", "scaled step", &self.direction));
        if let Some(basis) = &self.basis {
            visitor(StateEntry::each(
                "G",
                "mean of g gᵀ, row by row",
                &basis.mean,
            ));
            visitor(StateEntry::each(
                "Q",
                "eigenvectors, as columns",
                &basis.vectors,
            ));
        }
    }
}

/// Writes Qᵀ x to `along`, or x if there is no Q.
fn project(basis: Option<&Basis>, x: &[f64], along: &mut [f64]) {
    match basis {
        Some(basis) => basis.along(x, along),
        None => along.copy_from_slice(x),
    }
}

/// Running mean G of g gᵀ, and an estimate Q of its eigenvectors, ordered by decreasing eigenvalue.
struct Basis {
    dim: usize,
    mean: Vec<f64>,
    vectors: Vec<f64>,
    values: Vec<f64>,
    product: Vec<f64>,
    order: Vec<usize>,
    sorted: Vec<f64>,
    orthogonal: Orthogonal,
}

impl Basis {
    fn new(dim: usize) -> Self {
        let square = vec![0.0; dim * dim];
        Self {
            dim,
            mean: square.clone(),
            vectors: square.clone(),
            values: vec![0.0; dim],
            product: square,
            order: (0..dim).collect(),
            sorted: vec![0.0; dim],
            orthogonal: Orthogonal::new(dim),
        }
    }

    fn update_mean(&mut self, gradient: &[f64], beta: f64) {
        for (row, g) in self.mean.chunks_exact_mut(self.dim).zip(gradient) {
            for (mean, other) in row.iter_mut().zip(gradient) {
                *mean += (g * other - *mean) * (1.0 - beta);
            }
        }
    }

    /// Writes Qᵀ x to `along`.
    fn along(&self, x: &[f64], along: &mut [f64]) {
        along.fill(0.0);
        for (row, x) in self.vectors.chunks_exact(self.dim).zip(x) {
            let each = along.iter_mut().zip(row);
            each.for_each(|(along, q)| *along += q * x);
        }
    }

    /// Writes Q times `along` to x.
    fn project_back(&self, along: &[f64], x: &mut [f64]) {
        for (x, row) in x.iter_mut().zip(self.vectors.chunks_exact(self.dim)) {
            *x = row.iter().zip(along).map(|(q, along)| q * along).sum();
        }
    }

    /// Sets Q to the eigenvectors of G.
    fn decompose(&mut self) {
        self.product.copy_from_slice(&self.mean);
        eigen(&mut self.product, &mut self.vectors, &mut self.values);
        self.sort();
        for (row, to) in self
            .vectors
            .chunks_exact_mut(self.dim)
            .zip(self.product.chunks_exact_mut(self.dim))
        {
            to.copy_from_slice(row);
            let sorted = row.iter_mut().zip(&self.order);
            sorted.for_each(|(q, &from)| *q = to[from]);
        }
    }

    /// Sets Q to the orthogonal factor of G Q, with columns ordered by the eigenvalues that Q estimates; reorders `v`, the squares
    /// along the columns, likewise.
    fn qr_step(&mut self, v: &mut [f64]) {
        let n = self.dim;
        self.values.fill(0.0);
        for (row, product) in self.product.chunks_exact_mut(n).enumerate() {
            product.fill(0.0);
            for (k, mean) in self.mean[row * n..][..n].iter().enumerate() {
                for (product, q) in product.iter_mut().zip(&self.vectors[k * n..]) {
                    *product += mean * q;
                }
            }
            let estimates = self.values.iter_mut().zip(&self.vectors[row * n..]);
            for ((value, q), product) in estimates.zip(product.iter()) {
                *value += q * product;
            }
        }
        self.sort();
        for (row, product) in self
            .vectors
            .chunks_exact_mut(n)
            .zip(self.product.chunks_exact(n))
        {
            let sorted = row.iter_mut().zip(&self.order);
            sorted.for_each(|(q, &from)| *q = product[from]);
        }
        self.orthogonal.replace(&mut self.vectors);
        let sorted = self.sorted.iter_mut().zip(&self.order);
        sorted.for_each(|(to, &from)| *to = v[from]);
        v.copy_from_slice(&self.sorted);
    }

    /// Computes the order of the eigenvalues, largest first.
    fn sort(&mut self) {
        let values = &self.values;
        self.order
            .sort_unstable_by(|&a, &b| values[b].total_cmp(&values[a]));
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::optimizer::tests::path;

    /// Above `max_precondition_dim` parameters there are no eigenvectors: as in the library without `precondition_1d`, Adam moves
    /// the vector, one step later.
    #[test]
    fn a_vector_without_eigenvectors_is_moved_by_adam() {
        let start = [-1.5, 2.0];
        let soap = "soap:lr=0.05,max_precondition_dim=1,weight_decay=0,eps=1e-3";
        let soap = path("rosenbrock", &start, soap, 51);
        let adam = "adam:lr=0.05,beta1=0.95,beta2=0.95,eps=1e-3,eps_form=hat";
        let adam = path("rosenbrock", &start, adam, 50);
        assert_eq!(soap.theta[..2], start, "the first step does not move");
        for (found, expected) in soap.theta[2..].iter().zip(&adam.theta) {
            assert!((found - expected).abs() < 1e-10, "{found} {expected}");
        }
    }

    /// SOAP's path rotates with the landscape, because its eigenvectors do; Adam's path does not.
    #[test]
    fn a_vector_is_scaled_along_its_eigenvectors() {
        let turned = |angle: f64, spec: &str| {
            let (sin, cos) = angle.to_radians().sin_cos();
            let landscape = format!("quadratic:a=1,b=25,angle={angle}");
            let run = path(&landscape, &[2.0 * cos - sin, 2.0 * sin + cos], spec, 9);
            let [x, y] = <[f64; 2]>::try_from(run.theta(9).unwrap()).unwrap();
            [cos * x + sin * y, cos * y - sin * x]
        };
        for (spec, alike) in [
            ("soap:lr=0.1,eps=0.01", true),
            ("adam:lr=0.1,eps=0.01", false),
        ] {
            let [[a, b], [c, d]] = [0.0, 30.0].map(|angle| turned(angle, spec));
            assert_eq!(
                (a - c).abs() + (b - d).abs() < 1e-5,
                alike,
                "{spec}: {a} {b}, {c} {d}"
            );
        }
    }
}
