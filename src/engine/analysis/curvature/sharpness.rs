//! Sharpness measures: how much higher the loss is around a point than at it.

use super::lanczos::{EigenError, LanczosOptions, lanczos};
use super::operator::{Curvature, DiagonallyScaled};
use super::report::CurvatureSettings;
use super::trace::Estimate;
use crate::engine::cancel::Cancel;
use crate::engine::numeric::random::Purpose;
use crate::engine::numeric::vector_ops::{dot, gaussian, with_norm};
use crate::engine::objective::{Objective, norm};

/// Iterations of the Frank–Wolfe search in Keskar's box.
const MAX_ROUNDS: usize = 20;

/// Sharpness measures of the loss at θ. L is the loss, g its gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sharpness {
    /// Largest eigenvalue of the Hessian.
    pub lambda_max: f64,
    /// L(θ + ρ g/‖g‖) − L(θ): to first order the largest rise in a ball of radius ρ (SAM, Foret et al. 2021, equation 2). 0 where the
    /// gradient is 0.
    pub sam: f64,
    /// 100 (max L(θ + z) − L(θ)) / (1 + L(θ)) over the box |zᵢ| ≤ ε (|θᵢ| + 1): equations 3 and 4 of Keskar et al. 2017. A lower bound: the
    /// maximum is that of 20 Frank–Wolfe iterations. NaN where L(θ) ≤ −1, where the measure is not defined.
    pub keskar: f64,
    /// Mean of L(θ + ρ u) − L(θ) over random directions u of length 1, about ρ² tr(H) / 2n in n parameters.
    pub average_direction: Estimate,
    /// L(θ + ρ T² g/‖T g‖) − L(θ) with T = |θ| elementwise: SAM in a ball that scales with the weights, invariant to rescaling of layers
    /// (ASAM, Kwon et al. 2021, equation 8 with η = 0).
    pub adaptive: f64,
    /// Largest eigenvalue of T H T, invariant to rescaling of layers.
    pub adaptive_lambda_max: f64,
}

impl Sharpness {
    /// Returns the measures with their names.
    pub fn named(&self) -> [(&'static str, f64); 6] {
        [
            ("lambda_max", self.lambda_max),
            ("sam", self.sam),
            ("keskar", self.keskar),
            ("average", self.average_direction.value),
            ("adaptive", self.adaptive),
            ("adaptive_lambda_max", self.adaptive_lambda_max),
        ]
    }
}

/// Computes all sharpness measures at θ, n finite numbers. Measures that overflow are infinite or NaN.
pub fn sharpness(
    objective: &dyn Objective,
    theta: &[f64],
    settings: &CurvatureSettings,
    lambda_max: f64,
    cancel: &Cancel,
) -> Result<Sharpness, EigenError> {
    let mut gradient = vec![0.0; theta.len()];
    let loss = objective.gradient(theta, &mut gradient);
    let rise = |step: Option<Vec<f64>>| {
        step.map_or(0.0, |step| objective.value(&sum(theta, &step)) - loss)
    };
    let size: Vec<f64> = theta.iter().map(|number| number.abs()).collect();
    let stretched: Vec<f64> = gradient.iter().zip(&size).map(|(g, t)| g * t).collect();
    let length = norm(&stretched);
    let ascent = (length > 0.0).then(|| {
        let pairs = stretched.iter().zip(&size);
        pairs
            .map(|(g, t)| settings.adaptive_rho * t * g / length)
            .collect()
    });
    let hessian = Curvature::hessian(objective, theta);
    let adaptive = DiagonallyScaled {
        whole: &hessian,
        by: &size,
    };
    let options = LanczosOptions {
        seed: settings.seed,
        ..LanczosOptions::largest(settings.tolerance)
    };
    let adaptive = lanczos(&adaptive, &options, cancel)?;
    Ok(Sharpness {
        lambda_max,
        sam: rise(with_norm(gradient.clone(), settings.rho)),
        keskar: keskar(objective, theta, loss, settings.box_size, cancel)?,
        average_direction: average(objective, theta, loss, settings, cancel)?,
        adaptive: rise(ascent),
        adaptive_lambda_max: adaptive.top.first().map_or(f64::NAN, |eigen| eigen.value),
    })
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// Estimates the average sharpness from pairs of opposite directions, in whose mean the slope cancels.
fn average(
    objective: &dyn Objective,
    theta: &[f64],
    loss: f64,
    settings: &CurvatureSettings,
    cancel: &Cancel,
) -> Result<Estimate, EigenError> {
    let mut rises = Vec::new();
    for index in 0..settings.directions.max(2) {
        if cancel.is_cancelled() {
            return Err(EigenError::Cancelled);
        }
        let random = gaussian(theta.len(), settings.seed, Purpose::Sharpness, index);
        let step = with_norm(random, settings.rho).unwrap_or_else(|| vec![0.0; theta.len()]);
        let back: Vec<f64> = step.iter().map(|number| -number).collect();
        let [there, opposite] = [&step, &back].map(|step| objective.value(&sum(theta, step)));
        rises.push(0.5 * (there - loss) + 0.5 * (opposite - loss));
    }
    Ok(Estimate::mean(&rises))
}

/// Computes Keskar's sharpness by Frank–Wolfe iterations (Frank & Wolfe 1956): steps towards the corner of the box that the gradient points to,
/// full steps as long as the loss rises.
fn keskar(
    objective: &dyn Objective,
    theta: &[f64],
    loss: f64,
    size: f64,
    cancel: &Cancel,
) -> Result<f64, EigenError> {
    let sides: Vec<f64> = theta
        .iter()
        .map(|number| size * (number.abs() + 1.0))
        .collect();
    let mut step = vec![0.0; theta.len()];
    let mut gradient = step.clone();
    let mut best = loss;
    let mut before = f64::NEG_INFINITY;
    for round in 0_u32.. {
        if cancel.is_cancelled() {
            return Err(EigenError::Cancelled);
        }
        let here = objective.gradient(&sum(theta, &step), &mut gradient);
        best = if here.is_nan() { here } else { best.max(here) };
        if round as usize == MAX_ROUNDS || here.is_nan() {
            break;
        }
        let share = if here > before {
            1.0
        } else {
            2.0 / f64::from(round + 2)
        };
        before = here;
        let corner = gradient
            .iter()
            .zip(&sides)
            .map(|(g, side)| if *g == 0.0 { 0.0 } else { side.copysign(*g) });
        let corner: Vec<f64> = corner.collect();
        if corner == step || dot(&gradient, &gradient) == 0.0 {
            break;
        }
        for (step, corner) in step.iter_mut().zip(corner) {
            *step += share * (corner - *step);
        }
    }
    Ok(if loss > -1.0 {
        100.0 * (best - loss) / (1.0 + loss)
    } else {
        f64::NAN
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;

    fn at(landscape: &str, theta: &[f64], settings: &CurvatureSettings) -> Sharpness {
        let landscape: AnyLandscape = landscape.parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        let found = sharpness(
            &*problem.objective,
            theta,
            settings,
            0.0,
            &Cancel::default(),
        );
        found.unwrap()
    }

    /// All measures of f = (a x² + b y²)/2 are known in closed form.
    #[test]
    fn measures_of_a_quadratic_match_their_formulas() {
        let settings = CurvatureSettings::default();
        let found = at("formula:f=x^2+4*y^2", &[0.5, -0.25], &settings);
        let f = |x: f64, y: f64| x * x + 4.0 * y * y;
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        let (loss, rho) = (f(0.5, 0.25), settings.rho);
        let root = (1.0_f64 + 4.0).sqrt();
        near(
            found.sam,
            f(0.5 + rho / root, -0.25 - 2.0 * rho / root) - loss,
        );
        let corner = [
            0.5 + settings.box_size * 1.5,
            0.25 + settings.box_size * 1.25,
        ];
        near(
            found.keskar,
            100.0 * (f(corner[0], corner[1]) - loss) / (1.0 + loss),
        );
        // T g = (1/2, 1/2), T² g = (1/4, 1/8), of which the length is that of T g.
        let ascent = [0.25, -0.125].map(|g: f64| settings.adaptive_rho * g / 0.5_f64.sqrt());
        near(found.adaptive, f(0.5 + ascent[0], -0.25 + ascent[1]) - loss);
        // T H T = diag(2/4, 8/16).
        near(found.adaptive_lambda_max, 0.5);
        let Estimate { value, error } = found.average_direction;
        assert!((value - rho * rho * 10.0 / 4.0).abs() < 4.0 * error && error > 0.0);
    }

    #[test]
    fn sharpness_along_the_gradient_is_zero_at_a_minimum() {
        let found = at(
            "formula:f=x^2+4*y^2",
            &[0.0, 0.0],
            &CurvatureSettings::default(),
        );
        assert_eq!((found.sam, found.adaptive, found.keskar), (0.0, 0.0, 0.0));
        assert!(found.average_direction.value > 0.0);
    }
}
