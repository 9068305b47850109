//! CMA-ES, the evolution strategy with covariance matrix adaptation.

use super::linalg::{MAX_DENSE_DIM, eigen};
use super::{Algorithm, Kind, Optimizer, Profile, StateEntry, StateVisitor, UpdateRule, zeros};
use crate::engine::declare::settings;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real;
use crate::engine::objective::Oracle;
use crate::engine::schedule::StepRates;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

settings! {
    /// CMA-ES: an evolution strategy that samples a population from a Gaussian and adapts its mean and covariance to the best
    /// half. It needs only the ranking of loss values, no gradients.
    ///
    /// One generation is a step, and the mean is the run's point. Hansen 2016 (The CMA Evolution Strategy: a Tutorial),
    /// figure 6 and table 1, with positive weights only. With more than 64 parameters only the diagonal is adapted.
    pub struct CmaEs("CMA-ES") {
        /// Initial standard deviation σ₀ of the population.
        lr: f64 = 0.5, in 0.0.., log 1e-3..=10.0;
        /// λ: population size; auto is 4 + ⌊3 ln n⌋.
        population: Option<u64> = None, in 2.0..=10000.0, log 2.0..=100.0;
        /// Seed of the random numbers.
        seed: u64 = 0;
        /// Maximizes the loss instead of minimizing it.
        maximize: bool = false;
    }
}

impl Optimizer for CmaEs {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec![
            "{P} ← λ points of N({θ<}, {σ<}² C)",
            "{θ} ← Σ wᵢ xᵢ over the best half of {P}",
            "{pσ} ← (1 − cσ) {pσ<} + √(cσ (2 − cσ) μw) C^(−½) ({θ} − {θ<}) / {σ<}",
            "{pc} ← (1 − cc) {pc<} + hσ √(cc (2 − cc) μw) ({θ} − {θ<}) / {σ<}",
            "C ← (1 − c₁ − cμ) C + c₁ {pc}{pc}ᵀ + cμ Σ wᵢ yᵢyᵢᵀ",
            "{σ} ← {σ<} exp(cσ/dσ (‖{pσ}‖ / E‖N(0, I)‖ − 1))",
        ]
    }

    fn profile(&self) -> Profile {
        Profile {
            kind: Kind::DerivativeFree,
            state: "n² numbers, and a population of 4 + ⌊3 ln n⌋ points",
            cost: "4 + ⌊3 ln n⌋ values: 6 with two parameters",
            strengths: "On rugged landscapes and in narrow valleys at any angle: the population is wider than small \
                pits, and stretches along the valley. Only the ranking of values counts, so plateaus of any scale are \
                alike.",
            weaknesses: "It needs many evaluations where a gradient gives the direction. With a small σ₀ it converges \
                to the nearest pit; another seed may end in another one.",
        }
    }

    fn init(&self, shape: &[usize]) -> Algorithm<'_> {
        let zeros = zeros(shape);
        Algorithm::Joint(Box::new(State::new(self, zeros.len())))
    }
}

/// Halves `offset` until the value there is finite, at most [`MAX_HALVINGS`] times, and returns the value; infinity if none is
/// finite.
fn halve_until_finite(offset: &mut [f64], mut value: impl FnMut(&[f64]) -> f64) -> f64 {
    for _ in 0..MAX_HALVINGS {
        let found = value(offset);
        if found.is_finite() {
            return found;
        }
        offset.iter_mut().for_each(|y| *y *= 0.5);
    }
    f64::INFINITY
}

/// Strategy parameters of CMA-ES: table 1.
struct StrategyParameters {
    weights: Vec<f64>,
    mu_eff: f64,
    c_sigma: f64,
    d_sigma: f64,
    c_c: f64,
    c_1: f64,
    c_mu: f64,
    /// Expected norm E‖N(0, I)‖.
    chi: f64,
}

impl StrategyParameters {
    fn new(dim: usize, population: usize) -> Self {
        let n = real(dim);
        let parents = (population / 2).max(1);
        let half = 0.5 * (real(population) + 1.0);
        let raw = (1..=parents).map(|i| (half.ln() - real(i).ln()).max(f64::MIN_POSITIVE));
        let mut weights: Vec<f64> = raw.collect();
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|w| *w /= sum);
        let mu_eff = 1.0 / weights.iter().map(|w| w * w).sum::<f64>();
        let c_sigma = (mu_eff + 2.0) / (n + mu_eff + 5.0);
        let c_1 = 2.0 / ((n + 1.3) * (n + 1.3) + mu_eff);
        let c_mu = 2.0 * (0.25 + mu_eff + 1.0 / mu_eff - 2.0) / ((n + 2.0) * (n + 2.0) + mu_eff);
        Self {
            weights,
            mu_eff,
            c_sigma,
            d_sigma: 1.0 + 2.0 * (((mu_eff - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0) + c_sigma,
            c_c: (4.0 + mu_eff / n) / (n + 4.0 + 2.0 * mu_eff / n),
            c_1,
            c_mu: c_mu.min(1.0 - c_1),
            chi: n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
        }
    }
}

struct State {
    sign: f64,
    parameters: StrategyParameters,
    random: ChaCha8Rng,
    sigma: f64,
    generation: i32,
    /// Whether C is a full matrix; otherwise only its diagonal is stored.
    full: bool,
    covariance: Vec<f64>,
    scratch: Vec<f64>,
    /// Eigenvectors B as columns, and square roots D of the eigenvalues: C = B D² Bᵀ.
    axes: Vec<f64>,
    lengths: Vec<f64>,
    p_sigma: Vec<f64>,
    p_c: Vec<f64>,
    /// Points x of the population, one after the other; their offsets y = (x − m)/σ; and their values with indices, in order of
    /// the values.
    points: Vec<f64>,
    offsets: Vec<f64>,
    order: Vec<(f64, usize)>,
    step: Vec<f64>,
    normal: Vec<f64>,
}

impl State {
    fn new(rule: &CmaEs, dim: usize) -> Self {
        let default = 4
            + (1..=200)
                .take_while(|k| real(*k) <= 3.0 * real(dim.max(1)).ln())
                .count();
        let requested = rule
            .population
            .and_then(|population| usize::try_from(population).ok());
        let population = requested.unwrap_or(default).max(2);
        let full = dim <= MAX_DENSE_DIM;
        let entries = if full { dim * dim } else { dim };
        let mut covariance = vec![0.0; entries];
        let diagonal = if full { dim + 1 } else { 1 };
        covariance
            .iter_mut()
            .step_by(diagonal)
            .for_each(|c| *c = 1.0);
        Self {
            sign: if rule.maximize { -1.0 } else { 1.0 },
            parameters: StrategyParameters::new(dim, population),
            random: stream(rule.seed, Purpose::Population, 0),
            sigma: rule.lr,
            generation: 0,
            full,
            axes: covariance.clone(),
            scratch: covariance.clone(),
            covariance,
            lengths: vec![1.0; dim],
            p_sigma: vec![0.0; dim],
            p_c: vec![0.0; dim],
            points: vec![0.0; dim * population],
            offsets: vec![0.0; dim * population],
            order: vec![(0.0, 0); population],
            step: vec![0.0; dim],
            normal: vec![0.0; dim],
        }
    }

    /// Writes B D z to y.
    fn shape(full: bool, axes: &[f64], lengths: &[f64], z: &[f64], y: &mut [f64]) {
        let n = z.len();
        for (i, y) in y.iter_mut().enumerate() {
            *y = if full {
                (0..n).map(|j| axes[i * n + j] * lengths[j] * z[j]).sum()
            } else {
                lengths[i] * z[i]
            };
        }
    }

    /// Writes C^(−½) times the step to `normal`.
    fn whiten(&mut self) {
        let n = self.step.len();
        if !self.full {
            for ((z, step), length) in self.normal.iter_mut().zip(&self.step).zip(&self.lengths) {
                *z = step / length;
            }
            return;
        }
        self.normal.fill(0.0);
        for j in 0..n {
            let along: f64 = (0..n).map(|i| self.axes[i * n + j] * self.step[i]).sum();
            for i in 0..n {
                self.normal[i] += self.axes[i * n + j] * along / self.lengths[j];
            }
        }
    }

    fn adapt(&mut self) {
        let n = self.step.len();
        let StrategyParameters {
            weights,
            mu_eff,
            c_sigma,
            d_sigma,
            c_c,
            c_1,
            c_mu,
            chi,
        } = &self.parameters;
        let along = (c_sigma * (2.0 - c_sigma) * mu_eff).sqrt();
        for (p, z) in self.p_sigma.iter_mut().zip(&self.normal) {
            *p = (1.0 - c_sigma) * *p + along * z;
        }
        let length = self.p_sigma.iter().map(|p| p * p).sum::<f64>().sqrt();
        let warm = (1.0 - (1.0 - c_sigma).powi(2 * self.generation)).sqrt();
        let steady = length / warm < (1.4 + 2.0 / (real(n) + 1.0)) * chi;
        let along = if steady {
            (c_c * (2.0 - c_c) * mu_eff).sqrt()
        } else {
            0.0
        };
        for (p, step) in self.p_c.iter_mut().zip(&self.step) {
            *p = (1.0 - c_c) * *p + along * step;
        }
        let lost = if steady { 0.0 } else { c_1 * c_c * (2.0 - c_c) };
        let keep = 1.0 - c_1 - c_mu + lost;
        let width = if self.full { n } else { 1 };
        for i in 0..n {
            for k in 0..width {
                let j = if self.full { k } else { i };
                let best = weights.iter().zip(&self.order);
                let spread: f64 = best
                    .map(|(w, (_, idx))| w * self.offsets[idx * n + i] * self.offsets[idx * n + j])
                    .sum();
                let entry = &mut self.covariance[i * width + k];
                *entry = keep * *entry + c_1 * self.p_c[i] * self.p_c[j] + c_mu * spread;
            }
        }
        self.sigma *= (c_sigma / d_sigma * (length / chi - 1.0)).min(1.0).exp();
        if self.full {
            self.scratch.copy_from_slice(&self.covariance);
            eigen(&mut self.scratch, &mut self.axes, &mut self.lengths);
        } else {
            self.lengths.copy_from_slice(&self.covariance);
        }
        self.lengths
            .iter_mut()
            .for_each(|d| *d = d.max(f64::MIN_POSITIVE).sqrt());
    }
}

/// Maximum number of halvings of the offset of a point whose value is not finite; after them its value is infinite, the worst.
const MAX_HALVINGS: u32 = 30;

impl UpdateRule for State {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, _rates: StepRates) {
        let n = theta.len();
        let (sigma, mut found_non_finite) = (self.sigma, false);
        for (idx, (order, point)) in self
            .order
            .iter_mut()
            .zip(self.points.chunks_exact_mut(n))
            .enumerate()
        {
            for z in &mut self.normal {
                *z = StandardNormal.sample(&mut self.random);
            }
            let offset = &mut self.offsets[idx * n..(idx + 1) * n];
            Self::shape(self.full, &self.axes, &self.lengths, &self.normal, offset);
            let value = halve_until_finite(offset, |offset| {
                for ((x, theta), y) in point.iter_mut().zip(theta.iter()).zip(offset) {
                    *x = theta + sigma * y;
                }
                let value = self.sign * oracle.value(point);
                found_non_finite |= !value.is_finite();
                value
            });
            *order = (value, idx);
        }
        self.order
            .sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.step.fill(0.0);
        for (w, (_, idx)) in self.parameters.weights.iter().zip(&self.order) {
            let offset = &self.offsets[idx * n..(idx + 1) * n];
            self.step
                .iter_mut()
                .zip(offset)
                .for_each(|(step, y)| *step += w * y);
        }
        if found_non_finite {
            // The region where f is finite need not be convex: the mean of points in it may lie outside.
            let trial = &mut self.normal;
            let value = halve_until_finite(&mut self.step, |step| {
                for ((x, theta), step) in trial.iter_mut().zip(theta.iter()).zip(step) {
                    *x = theta + sigma * step;
                }
                oracle.value(trial)
            });
            if value == f64::INFINITY {
                self.step.fill(0.0);
            }
        }
        for (theta, step) in theta.iter_mut().zip(&self.step) {
            *theta += self.sigma * step;
        }
        self.generation = self.generation.saturating_add(1).min(1_000_000);
        self.whiten();
        self.adapt();
    }

    fn visit_state(&self, visitor: &mut StateVisitor) {
        if self.generation > 0 {
            visitor(StateEntry::trials("P", "population", &self.points));
        }
        visitor(StateEntry::step("pσ", "evolution path of σ", &self.p_sigma));
        visitor(StateEntry::step("pc", "evolution path of C", &self.p_c));
        visitor(StateEntry::number("σ", "standard deviation", &self.sigma));
        let square = self.sigma * self.sigma;
        if self.full {
            let spread: Vec<f64> = self.covariance.iter().map(|c| square * c).collect();
            visitor(StateEntry::spread(
                "σ² C",
                "covariance of the next population",
                &spread,
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::path;

    #[test]
    fn finds_minima_without_a_gradient() {
        for (landscape, start, value) in [
            ("rosenbrock", [-1.5, 2.0], 1e-12),
            ("quadratic:a=1,b=1000,angle=30", [3.0, -2.0], 1e-12),
        ] {
            let path = path(landscape, &start, "cma-es:lr=0.5", 200);
            assert!(
                *path.loss.last().unwrap() < value,
                "{landscape}: {:?}",
                path.loss.last()
            );
            assert_eq!(path.evaluations[200], 0, "no gradient is asked for");
        }
    }

    #[test]
    fn only_the_order_of_values_counts() {
        let of = |f: &str| path(f, &[1.0, 2.0], "cma-es:lr=0.3,seed=3", 30).theta;
        assert_eq!(of("formula:f=x^2+3*y^2"), of("formula:f=exp(x^2+3*y^2)"));
    }

    #[test]
    fn loss_on_a_bowl_decreases_at_a_steady_rate() {
        let path = path("quadratic:a=1,b=1", &[1.0, 1.0], "cma-es:lr=0.5", 120);
        let rate = (path.loss[120] / path.loss[20]).ln() / 100.0;
        assert!((-1.2..-0.2).contains(&rate), "{rate}");
    }
}
