//! A loss over θ ∈ ℝⁿ, and the oracle through which an optimizer sees it.

mod curve;
mod lanes;

pub use curve::{Curve, OnLine, first_view, graph};

use super::cancel::Cancel;
use super::jet::{Jet1, Jet2, Scalar};
use super::plane::Plane;
use super::rng::{self, Purpose};
use super::vector::Vector;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// A loss over θ ∈ ℝⁿ. Test functions, regressions and networks all are one.
///
/// All values may be infinite or NaN; nothing here panics on numbers.
pub trait Objective: Send + Sync {
    /// The number of parameters n.
    fn dim(&self) -> usize;

    /// How many samples the loss is a mean over; 0 if it has no data, and then no mini-batches.
    fn samples(&self) -> usize {
        0
    }

    /// The loss at `theta`.
    fn value(&self, theta: &[f64]) -> f64;

    /// The loss at `theta`; its gradient goes to `gradient`, which holds n numbers.
    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64;

    /// Like [`Objective::gradient`], of the mean over the samples in `batch` only.
    fn batch_gradient(&self, theta: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64;

    /// The Hessian at `theta`, n × n numbers, row by row.
    fn hessian(&self, theta: &[f64], hessian: &mut [f64]);

    /// The Hessian at `theta` times `vector`, n numbers.
    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]);

    /// The losses on rows of a plane, at plane coordinates (a, b) for each `a` of each `b`, row by row; `theta` is room for n
    /// numbers. The bits are those of [`Objective::value`].
    fn rows(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64], theta: &mut [f64]) {
        points(self, plane, a, b, losses, theta);
    }

    /// The losses and the gradients of many points, where n is 2. The bits are those of [`Objective::gradient`].
    fn gradients(&self, points: [&[f64]; 2], losses: &mut [f64], gradient: [&mut [f64]; 2]) {
        one_by_one(self, points, losses, gradient);
    }
}

/// The losses on rows of a plane, one after the other.
fn points(
    objective: &(impl Objective + ?Sized),
    plane: &Plane,
    a: &[f64],
    b: &[f64],
    losses: &mut [f64],
    theta: &mut [f64],
) {
    for (b, row) in b.iter().zip(losses.chunks_mut(a.len().max(1))) {
        for (a, loss) in a.iter().zip(row) {
            plane.point([*a, *b], theta);
            *loss = objective.value(theta);
        }
    }
}

/// The losses and gradients of points in two parameters, one after the other.
fn one_by_one(
    objective: &(impl Objective + ?Sized),
    [x, y]: [&[f64]; 2],
    losses: &mut [f64],
    [gx, gy]: [&mut [f64]; 2],
) {
    for (i, loss) in losses.iter_mut().enumerate() {
        let mut pair = [0.0; 2];
        *loss = objective.gradient(&[x[i], y[i]], &mut pair);
        [gx[i], gy[i]] = pair;
    }
}

/// A formula in two variables, written once over [`Scalar`]. Every formula is an [`Objective`] with exact derivatives.
pub trait Formula: Send + Sync {
    /// Whether f is an interpreter, of which there should not be more copies than necessary.
    const BULKY: bool = false;

    /// f(x, y).
    fn eval<S: Scalar>(&self, x: S, y: S) -> S;

    /// How many samples f is a mean over; 0 if it has no data.
    fn samples(&self) -> usize {
        0
    }

    /// The mean over the samples in `batch` only.
    fn eval_batch<S: Scalar>(&self, batch: &[usize], x: S, y: S) -> S {
        let _ = batch;
        self.eval(x, y)
    }
}

impl<F: Formula> Objective for F {
    fn dim(&self) -> usize {
        2
    }

    fn samples(&self) -> usize {
        Formula::samples(self)
    }

    #[inline]
    fn value(&self, theta: &[f64]) -> f64 {
        self.eval(theta[0], theta[1])
    }

    #[inline]
    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let [x, y] = Jet1::variables([theta[0], theta[1]]);
        let jet = self.eval(x, y);
        gradient.copy_from_slice(&jet.gradient());
        jet.value
    }

    fn batch_gradient(&self, theta: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        let [x, y] = Jet1::variables([theta[0], theta[1]]);
        let jet = self.eval_batch(batch, x, y);
        gradient.copy_from_slice(&jet.gradient());
        jet.value
    }

    fn hessian(&self, theta: &[f64], hessian: &mut [f64]) {
        let [x, y] = Jet2::variables([theta[0], theta[1]]);
        let [xx, xy, yy] = self.eval(x, y).hessian();
        hessian.copy_from_slice(&[xx, xy, xy, yy]);
    }

    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        let mut hessian = [0.0; 4];
        self.hessian(theta, &mut hessian);
        for (row, out) in hessian.chunks_exact(2).zip(product) {
            *out = row[0] * vector[0] + row[1] * vector[1];
        }
    }

    fn rows(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64], theta: &mut [f64]) {
        if plane.is_identity() && a.len() >= lanes::FEWEST {
            lanes::rows(self, a, b, losses);
        } else {
            points(self, plane, a, b, losses, theta);
        }
    }

    fn gradients(&self, points: [&[f64]; 2], losses: &mut [f64], gradient: [&mut [f64]; 2]) {
        if losses.len() >= lanes::FEWEST {
            lanes::gradients(self, points, losses, gradient);
        } else {
            one_by_one(self, points, losses, gradient);
        }
    }
}

/// How many times each thing was asked for. L-BFGS's line search asks for many gradients a step, and pays for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Values alone.
    pub values: u64,
    /// Gradients, each with its value.
    pub gradients: u64,
    /// Whole Hessians.
    pub hessians: u64,
}

/// What a run does to every gradient before its optimizer sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Treatment {
    /// Seed of mini-batches and noise.
    pub seed: u64,
    /// Standard deviation of the Gaussian noise on every component.
    pub noise: f64,
    /// Samples in a mini-batch; `None` is all of them.
    pub batch: Option<usize>,
    /// Largest norm, as `torch.nn.utils.clip_grad_norm_` has it.
    pub clip_norm: Option<f64>,
    /// Largest magnitude of a component, as `torch.nn.utils.clip_grad_value_` has it.
    pub clip_value: Option<f64>,
}

impl Treatment {
    /// Whether a step sees the gradient of an objective with so many samples as it is: no mini-batches, no noise, no
    /// clipping.
    pub fn is_plain(&self, samples: usize) -> bool {
        let clipped = self.clip_norm.is_some() || self.clip_value.is_some();
        self.batch.is_none_or(|size| size >= samples) && self.noise == 0.0 && !clipped
    }
}

/// What an optimizer sees of an [`Objective`]: counted, seeded access, with the step's mini-batch, its noise and the
/// clipping already applied. Counting happens here and nowhere else.
pub struct Oracle<'a, V: Vector> {
    objective: &'a dyn Objective,
    treatment: Treatment,
    cancel: &'a Cancel,
    /// Whether a step sees the gradient as it is: no mini-batches, no noise, no clipping.
    plain: bool,
    counts: Counts,
    batches: Option<Batches>,
    noise_stream: ChaCha8Rng,
    noise: V,
    /// Where the objective was evaluated last, its loss and its gradient there.
    theta: V,
    losses: V::Losses,
    gradient: V,
    /// Whether these are what a step would ask for there, still untouched.
    known: bool,
}

impl<'a, V: Vector> Oracle<'a, V> {
    /// An oracle that has not been asked anything. `zeros` are as many as the objective has parameters.
    pub fn new(
        objective: &'a dyn Objective,
        treatment: Treatment,
        zeros: V,
        cancel: &'a Cancel,
    ) -> Self {
        let samples = objective.samples();
        let batches = treatment
            .batch
            .filter(|&size| size < samples)
            .map(|size| Batches::new(samples, size, treatment.seed));
        Self {
            objective,
            treatment,
            cancel,
            plain: treatment.is_plain(samples),
            counts: Counts::default(),
            batches,
            noise_stream: rng::stream(treatment.seed, Purpose::GradientNoise, 0),
            noise: zeros.clone(),
            theta: zeros.clone(),
            losses: V::Losses::default(),
            gradient: zeros,
            known: false,
        }
    }

    /// Begins a step at `theta`: draws its mini-batch and its noise, which stay the same however often the step asks.
    /// Returns the true losses and gradient at `theta`; they are for the record and not counted.
    #[inline(always)]
    pub fn begin_step(&mut self, theta: &V) -> (&V::Losses, &V) {
        self.theta.copy_from_slice(theta);
        theta.evaluate(self.objective, &mut self.losses, &mut self.gradient);
        self.known = self.batches.is_none();
        if !self.plain {
            self.draw();
        }
        (&self.losses, &self.gradient)
    }

    /// The loss and its gradient at `theta`, as this step sees them. Counts one gradient. The caller may work in the
    /// gradient; the next call overwrites it.
    #[inline(always)]
    pub fn gradient(&mut self, theta: &[f64]) -> (f64, &mut V) {
        self.counts.gradients += 1;
        if !(self.known && self.theta.is_at(theta)) {
            self.theta.copy_from_slice(theta);
            self.evaluate();
        }
        self.known = false;
        if !self.plain {
            self.treat();
        }
        (V::loss(&self.losses), &mut self.gradient)
    }

    fn draw(&mut self) {
        if let Some(batches) = &mut self.batches {
            batches.advance();
        }
        if self.treatment.noise > 0.0 {
            for noise in self.noise.iter_mut() {
                let normal: f64 = StandardNormal.sample(&mut self.noise_stream);
                *noise = self.treatment.noise * normal;
            }
        }
    }

    /// Once it is cancelled a step that asks many times gets NaN, and is soon at its end.
    fn evaluate(&mut self) {
        if self.cancel.is_cancelled() {
            self.theta.fill(f64::NAN);
        }
        let (objective, gradient) = (self.objective, &mut self.gradient);
        match &self.batches {
            Some(batches) => {
                let loss = objective.batch_gradient(&self.theta, batches.current(), gradient);
                V::set_loss(&mut self.losses, loss);
            }
            None => self.theta.evaluate(objective, &mut self.losses, gradient),
        }
    }

    fn treat(&mut self) {
        let gradient = &mut self.gradient;
        if self.treatment.noise > 0.0 {
            gradient
                .iter_mut()
                .zip(self.noise.iter())
                .for_each(|(g, noise)| *g += noise);
        }
        if let Some(max) = self.treatment.clip_norm {
            // torch.nn.utils.clip_grad_norm_, its 1e-6 included.
            let factor = max / (norm(gradient) + 1e-6);
            if factor < 1.0 {
                gradient.iter_mut().for_each(|g| *g *= factor);
            }
        }
        if let Some(max) = self.treatment.clip_value {
            gradient.iter_mut().for_each(|g| *g = g.clamp(-max, max));
        }
    }

    /// The Hessian at `theta`, n × n, row by row. Of the whole data, without noise. Counts one Hessian.
    pub fn hessian(&mut self, theta: &[f64], hessian: &mut [f64]) {
        self.counts.hessians += 1;
        self.objective.hessian(theta, hessian);
    }

    /// What has been asked so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

/// Euclidean norm.
#[inline]
pub fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Mini-batches as PyTorch's DataLoader makes them with shuffle=True: a new order each epoch, the last batch may be short.
struct Batches {
    order: Vec<usize>,
    size: usize,
    next: usize,
    epoch: u64,
    seed: u64,
}

impl Batches {
    fn new(samples: usize, size: usize, seed: u64) -> Self {
        Self {
            order: (0..samples).collect(),
            size: size.max(1),
            next: samples,
            epoch: 0,
            seed,
        }
    }

    fn advance(&mut self) {
        self.next += self.size;
        if self.next >= self.order.len() {
            self.order.sort_unstable();
            self.order
                .shuffle(&mut rng::stream(self.seed, Purpose::Batches, self.epoch));
            self.epoch += 1;
            self.next = 0;
        }
    }

    fn current(&self) -> &[usize] {
        &self.order[self.next..(self.next + self.size).min(self.order.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::vector::Array;

    struct Bowl;
    impl Formula for Bowl {
        fn eval<S: Scalar>(&self, x: S, y: S) -> S {
            x * x * 0.5 + y * y * 2.0
        }
    }

    fn gradient(treatment: Treatment) -> ([f64; 2], Counts) {
        let cancel = Cancel::default();
        let mut oracle = Oracle::new(&Bowl, treatment, Array([0.0; 2]), &cancel);
        oracle.begin_step(&Array([3.0, 1.0]));
        let (_, gradient) = oracle.gradient(&[3.0, 1.0]);
        (gradient.0, oracle.counts())
    }

    #[test]
    fn clipping_is_pytorchs() {
        assert_eq!(gradient(Treatment::default()).0, [3.0, 4.0]);
        let factor = 1.0 / (5.0 + 1e-6);
        assert_eq!(
            gradient(Treatment {
                clip_norm: Some(1.0),
                ..Treatment::default()
            })
            .0,
            [3.0 * factor, 4.0 * factor]
        );
        assert_eq!(
            gradient(Treatment {
                clip_norm: Some(6.0),
                ..Treatment::default()
            })
            .0,
            [3.0, 4.0]
        );
        assert_eq!(
            gradient(Treatment {
                clip_value: Some(3.5),
                ..Treatment::default()
            })
            .0,
            [3.0, 3.5]
        );
    }

    #[test]
    fn the_record_is_not_counted_and_noise_is_seeded() {
        let noisy = Treatment {
            noise: 0.5,
            seed: 7,
            ..Treatment::default()
        };
        let (first, counts) = gradient(noisy);
        assert_eq!(
            counts,
            Counts {
                gradients: 1,
                ..Counts::default()
            }
        );
        assert_ne!(first, [3.0, 4.0]);
        assert_eq!(gradient(noisy).0, first);
        assert_ne!(gradient(Treatment { seed: 8, ..noisy }).0, first);
    }

    #[test]
    fn an_epoch_of_batches_holds_every_sample_once() {
        let mut batches = Batches::new(10, 4, 1);
        let mut epoch = || {
            let mut seen = Vec::new();
            for size in [4, 4, 2] {
                batches.advance();
                assert_eq!(batches.current().len(), size);
                seen.extend_from_slice(batches.current());
            }
            seen
        };
        let (first, second) = (epoch(), epoch());
        assert_ne!(first, second);
        for mut seen in [first, second] {
            seen.sort_unstable();
            assert_eq!(seen, (0..10).collect::<Vec<_>>());
        }
    }
}
