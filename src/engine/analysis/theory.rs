//! Convergence theory of gradient descent and momentum on quadratics and other convex functions: rates, bounds and noise floors that runs are
//! compared with.
//!
//! Sources: Polyak 1964 and Goh 2017 (momentum as a linear recurrence in each eigenvector); Karimi, Nutini and Schmidt 2016 and Garrigos and
//! Gower 2023 (bounds of gradient descent on convex functions); Mandt, Hoffman and Blei 2017 (the stationary variance of SGD).

mod convex;
mod mini_batches;

pub use convex::ConvexFunction;

use super::curvature::eigenvalues;
use crate::engine::numeric::real;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use crate::engine::optimizer::LinearStep;
use crate::engine::schedule::StepRates;
use crate::engine::training::{RunSettings, RunSpec, Trajectory};

/// Name of the line at the level at which noise holds a run.
pub const NOISE_FLOOR: &str = "noise floor";

/// A quadratic bowl: an objective in one or two parameters with a constant Hessian without negative eigenvalues.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bowl {
    /// Hessian: xx, xy, yy; of one parameter, xx alone.
    hessian: [f64; 3],
    /// Number of parameters.
    dim: usize,
    /// Smallest and largest eigenvalue μ and L.
    pub eigenvalues: [f64; 2],
    /// A minimum θ*.
    pub minimum: [f64; 2],
    /// The loss there.
    pub floor: f64,
}

/// Theory of a run on a [`Bowl`] or another [`ConvexFunction`].
#[derive(Clone, Debug, PartialEq)]
pub struct Theory {
    /// Factor ρ by which the distance to the minimum shrinks in a step without noise, in the long run; above 1 it grows.
    pub rate: f64,
    /// Whether noise or mini-batches hold the run at a level, where the rate cannot be measured.
    pub is_noisy: bool,
    /// The rate in words, with the formula.
    pub rate_text: String,
    /// The lowest loss.
    pub floor: f64,
    /// Lines for the chart of losses.
    pub lines: Vec<TheoryLine>,
}

/// A line of a [`Theory`] in the chart of losses.
#[derive(Clone, Debug, PartialEq)]
pub struct TheoryLine {
    /// Short name.
    pub name: &'static str,
    /// The lowest loss, which the curve is added to.
    floor: f64,
    curve: Curve,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Curve {
    /// scale / t.
    Inverse(f64),
    /// scale · factorᵗ.
    Geometric(f64, f64),
    /// A constant.
    Level(f64),
}

impl TheoryLine {
    /// Returns the loss after `step` steps; infinite where a bound says nothing.
    pub fn value(&self, step: u64) -> f64 {
        let step = real(step);
        self.floor
            + match self.curve {
                Curve::Inverse(scale) => scale / step,
                Curve::Geometric(scale, factor) => scale * factor.powf(step),
                Curve::Level(level) => level,
            }
    }
}

/// Returns the formula of the loss above the minimum that a line with a name shows; `None` for other names.
pub fn line_formula(name: &str) -> Option<&'static str> {
    match name {
        "1/t bound" => Some("‖θ₀ − θ*‖² / (2γt)"),
        "rate bound" | "growth rate" | "momentum rate" => Some("(f₀ − f*) ρ²ᵗ"),
        "strong convexity bound" => Some("(f₀ − f*) (1 − γμ (2 − γL))ᵗ"),
        NOISE_FLOOR => Some("½ Σ λ E(θ − θ*)²"),
        _ => None,
    }
}

/// Smallest eigenvalue in comparison with the largest that counts as different from 0.
const FLAT: f64 = 1e-9;

impl Bowl {
    /// Returns the quadratic that an objective is over a view; `None` for objectives of more than two parameters and for those whose
    /// Hessian is not constant up to rounding, or has a negative eigenvalue, or is 0.
    pub fn find(objective: &dyn Objective, view: Rect) -> Option<Self> {
        /// Points at which Hessians are compared, as shares of the view; not equidistant, so that no period is missed.
        const SHARES: [f64; 5] = [0.02, 0.23, 0.47, 0.74, 0.97];
        let dim = objective.dim();
        if !(1..=2).contains(&dim) {
            return None;
        }
        let hessian = |at: [f64; 2]| {
            let mut entries = [0.0; 4];
            objective.hessian(&at[..dim], &mut entries[..dim * dim]);
            [entries[0], entries[1], entries[3]]
        };
        let center = view.center();
        let first = hessian(center);
        let size = first.iter().fold(0.0_f64, |size, h| size.max(h.abs()));
        let same = |at: [f64; 2]| {
            let pairs = hessian(at).into_iter().zip(first);
            pairs
                .into_iter()
                .all(|(h, first)| (h - first).abs() <= 1e-9 * size)
        };
        let constant = SHARES
            .iter()
            .all(|&u| SHARES.iter().all(|&v| same(view.at([u, v]))));
        let [low, high] = match dim {
            1 => [first[0]; 2],
            _ => eigenvalues(first),
        };
        let convex = high.is_finite() && high > 0.0 && low >= -FLAT * high;
        if !constant || !convex {
            return None;
        }
        let mut bowl = Self {
            hessian: first,
            dim,
            eigenvalues: [low.max(0.0), high],
            minimum: center,
            floor: 0.0,
        };
        let mut gradient = [0.0; 2];
        objective.gradient(&center[..dim], &mut gradient[..dim]);
        for (direction, curvature) in bowl.eigenvectors() {
            let slope = direction[0] * gradient[0] + direction[1] * gradient[1];
            if curvature > FLAT * high {
                bowl.minimum[0] -= direction[0] * slope / curvature;
                bowl.minimum[1] -= direction[1] * slope / curvature;
            }
        }
        bowl.floor = objective.value(&bowl.minimum[..dim]);
        bowl.floor.is_finite().then_some(bowl)
    }

    /// Returns the largest curvature L.
    pub fn lambda_max(&self) -> f64 {
        self.eigenvalues[1]
    }

    /// Returns the unit eigenvectors with their eigenvalues.
    fn eigenvectors(&self) -> Vec<([f64; 2], f64)> {
        let [xx, xy, yy] = self.hessian;
        if self.dim == 1 {
            return vec![([1.0, 0.0], xx)];
        }
        // The angle of the axis of the larger eigenvalue.
        let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
        let (sin, cos) = angle.sin_cos();
        let [low, high] = self.eigenvalues;
        vec![([cos, sin], high), ([-sin, cos], low)]
    }

    /// Returns the theory of a run: `None` where there is none, that is for rules that are not linear, wrappers, parameter groups,
    /// schedules that are not constant, clipped gradients, and mini-batches without a known level.
    pub fn theory(
        &self,
        objective: &dyn Objective,
        spec: &RunSpec,
        run_settings: &RunSettings,
        start: &[f64],
    ) -> Option<Theory> {
        let settings = &run_settings.gradient_settings;
        let batch = batch_size(objective, run_settings);
        let rates = constant_rates(spec, run_settings)?;
        let offset: Vec<f64> = start.iter().zip(self.minimum).map(|(t, m)| t - m).collect();
        let component = |direction: [f64; 2]| -> f64 {
            let pairs = offset.iter().zip(direction);
            pairs.map(|(t, d)| t * d).sum()
        };
        let size = offset.iter().fold(0.0_f64, |size, t| size.max(t.abs()));
        let is_noisy = settings.noise > 0.0 || batch.is_some();
        // Eigenvectors along which the run moves, and those that noise moves it along.
        let mut gap = 0.0;
        let (mut rate, mut slowest, mut noise) = (0.0_f64, 0.0, 0.0);
        for (direction, curvature) in self.eigenvectors() {
            if curvature <= FLAT * self.lambda_max() {
                continue;
            }
            let step = spec.linear_step(rates, curvature)?;
            let along = component(direction);
            gap += 0.5 * curvature * along * along;
            if is_noisy {
                noise += 0.5 * curvature * stationary_variance(&step, settings.noise);
            }
            let moves = along.abs() > 1e-12 * size || is_noisy;
            if moves && step.spectral_radius() > rate {
                (rate, slowest) = (step.spectral_radius(), curvature);
            }
        }
        if size == 0.0 && !is_noisy {
            return None;
        }
        if let Some(batch) = batch {
            // Both kinds of noise together have no level here.
            let level = self.mini_batch_level(objective, spec, rates, batch);
            noise = level
                .filter(|_| settings.noise == 0.0)
                .unwrap_or(f64::INFINITY);
        }
        let lr = rates.lr;
        let momentum = spec.linear_step(rates, 1.0)?.has_momentum();
        let lines = self.lines(lr, &offset, (gap, rate, momentum), noise, is_noisy);
        let formula = if momentum {
            format!("the largest root of the recurrence for λ = {slowest:.4}")
        } else {
            format!("|1 − γλ| with γ = lr = {lr} and λ = {slowest:.4}")
        };
        let noiseless = if is_noisy { ", without noise" } else { "" };
        Some(Theory {
            rate,
            is_noisy,
            rate_text: format!("{rate:.4} = {formula}{noiseless}"),
            floor: self.floor,
            lines,
        })
    }

    fn lines(
        &self,
        lr: f64,
        offset: &[f64],
        (gap, rate, momentum): (f64, f64, bool),
        noise: f64,
        is_noisy: bool,
    ) -> Vec<TheoryLine> {
        let line = |name, curve| TheoryLine {
            name,
            floor: self.floor,
            curve,
        };
        if is_noisy {
            let settles = rate < 1.0 && noise.is_finite();
            let floor = line(NOISE_FLOOR, Curve::Level(noise));
            return settles.then_some(floor).into_iter().collect();
        }
        let geometric = Curve::Geometric(gap, rate * rate);
        if momentum {
            return vec![line("momentum rate", geometric)];
        }
        let name = if rate > 1.0 {
            "growth rate"
        } else {
            "rate bound"
        };
        let mut lines = vec![line(name, geometric)];
        if lr * self.lambda_max() <= 1.0 {
            let distance: f64 = offset.iter().map(|t| t * t).sum();
            lines.push(line("1/t bound", Curve::Inverse(distance / (2.0 * lr))));
        }
        lines
    }
}

/// Returns the rates of every step of a run; `None` where the schedule changes them, or gradients are clipped.
fn constant_rates(spec: &RunSpec, run_settings: &RunSettings) -> Option<StepRates> {
    let settings = &run_settings.gradient_settings;
    let clipped = settings.clip_norm.is_some() || settings.clip_value.is_some();
    let constant = spec.schedule.is_constant() && !clipped;
    constant.then(|| spec.rates(0, run_settings.steps))
}

/// Returns the size of mini-batches; `None` where each gradient is of all samples.
fn batch_size(objective: &dyn Objective, run_settings: &RunSettings) -> Option<usize> {
    let batch = run_settings.gradient_settings.batch?;
    (batch < objective.samples()).then_some(batch)
}

/// Returns the variance of θ that gradient noise of standard deviation `noise` holds a linear recurrence at: P = A P Aᵀ + σ² b bᵀ, summed
/// by doubling. It is infinite where the recurrence grows.
fn stationary_variance(step: &LinearStep, noise: f64) -> f64 {
    if step.spectral_radius() >= 1.0 {
        return f64::INFINITY;
    }
    let product = |a: [[f64; 2]; 2], b: [[f64; 2]; 2]| {
        [0, 1].map(|i| [0, 1].map(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j]))
    };
    let transposed = |a: [[f64; 2]; 2]| [[a[0][0], a[1][0]], [a[0][1], a[1][1]]];
    let b = step.noise;
    let mut covariance = [0, 1].map(|i| [0, 1].map(|j| noise * noise * b[i] * b[j]));
    let mut power = step.matrix;
    for _ in 0..64 {
        let more = product(product(power, covariance), transposed(power));
        for i in 0..2 {
            for j in 0..2 {
                covariance[i][j] += more[i][j];
            }
        }
        power = product(power, power);
    }
    covariance[0][0]
}

/// Returns the factor by which the distance to the minimum shrinks in a step of a run, in the mean over its last half: the root of that of the
/// loss above `floor`, by least squares of its logarithm, until rounding ends it. `None` for short runs.
pub fn measured_rate(trajectory: &Trajectory, floor: f64) -> Option<f64> {
    let gaps: Vec<f64> = trajectory.loss.iter().map(|loss| loss - floor).collect();
    let first = gaps.first().copied()?;
    // Below this, losses are rounded.
    let rounding = 1e3 * f64::EPSILON * floor.abs() + 1e-280_f64.max(1e-200 * first.abs());
    let usable = gaps.iter().position(|gap| *gap <= rounding);
    let last = usable.unwrap_or(gaps.len()).checked_sub(1)?;
    let middle = last / 2;
    if last < middle + 4 {
        return None;
    }
    // Least squares, because losses of momentum oscillate around the rate.
    let center = 0.5 * real((middle + last) as u64);
    let (mut product, mut squares) = (0.0, 0.0);
    for (step, gap) in gaps.iter().enumerate().take(last + 1).skip(middle) {
        let x = real(step as u64) - center;
        product += x * gap.ln();
        squares += x * x;
    }
    let rate = (0.5 * product / squares).exp();
    rate.is_finite().then_some(rate)
}

#[cfg(test)]
mod tests;
