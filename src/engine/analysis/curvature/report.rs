//! All that is told of the curvature at a place.

use super::density::{Density, density};
use super::lanczos::{Eigen, EigenError, LanczosOptions, lanczos};
use super::operator::{Curvature, DiagonalBlock, LinearOperator};
use super::sharpness::{Sharpness, sharpness};
use super::trace::{Estimate, frobenius, trace};
use crate::engine::cancel::Cancel;
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::{Metric, Objective, norm};
use std::ops::Range;

/// The most parameters of which the matrix is made in full: its eigenvalues are then exact.
pub(super) const MAX_DENSE_DIM: usize = 2000;

settings! {
    /// The matrix of curvature.
    pub enum Kind { Hessian = "hessian", GaussNewton = "gauss-newton", EmpiricalFisher = "empirical-fisher" }
}

settings! {
    /// What is asked about the curvature at a place.
    pub struct CurvatureSettings("Curvature") {
        /// hessian is the loss's own; gauss-newton leaves out what bends in the network itself, and is the Fisher matrix for bce and ce;
        /// empirical-fisher is the mean of g gᵀ over the gradients of single samples.
        matrix: Kind = Kind::Hessian;
        /// How many of the largest eigenvalues.
        top: u64 = 5, in 1.0..=100.0, linear 1.0..=20.0;
        /// How many of the smallest eigenvalues.
        bottom: u64 = 2, in 0.0..=100.0, linear 0.0..=20.0;
        /// How far an eigenvalue may be from a true one, beside the largest magnitude of all. Up to 2000 parameters they are exact
        /// but for rounding wherever trace or density are asked for.
        tolerance: f64 = 1e-10, in 1e-13..=0.1, log 1e-13..=1e-2;
        /// Random vectors for the density of more than 2000 parameters. The Frobenius norm takes ten times as many products, and so does the
        /// trace where it is not known exactly, as it is for networks without normalisation.
        vectors: u64 = 10, in 2.0..=1000.0, log 2.0..=100.0;
        /// Products for each of these vectors.
        steps: u64 = 80, in 2.0..=1000.0, log 10.0..=200.0;
        /// The radius ρ of the ball for SAM's sharpness and of the random directions.
        rho: f64 = 0.05, in 0.0.., log 1e-3..=1.0;
        /// The radius ρ of the adaptive sharpness, whose ball stretches with the weights.
        adaptive_rho: f64 = 0.5, in 0.0.., log 1e-3..=5.0;
        /// ε of Keskar's box, |zᵢ| ≤ ε (|θᵢ| + 1).
        box_size: f64 = 1e-3, in 0.0.., log 1e-5..=0.1;
        /// How many random directions the average is taken over.
        directions: u64 = 20, in 2.0..=10000.0, log 2.0..=1000.0;
        /// Other random vectors.
        seed: u64 = 0;
    }
}

impl Kind {
    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Hessian => "Hessian",
            Kind::GaussNewton => "Gauss–Newton matrix",
            Kind::EmpiricalFisher => "empirical Fisher matrix",
        }
    }

    /// What takes the Hessian's place, if anything does.
    pub fn metric(self) -> Option<Metric> {
        match self {
            Kind::Hessian => None,
            Kind::GaussNewton => Some(Metric::GaussNewton),
            Kind::EmpiricalFisher => Some(Metric::EmpiricalFisher),
        }
    }
}

/// What of an inquiry takes long, and so is done only if it is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpensiveParts {
    /// Trace and Frobenius norm.
    pub trace: bool,
    /// The density of all eigenvalues.
    pub density: bool,
    /// The curvature of each layer.
    pub layers: bool,
}

/// The curvature of some of the parameters, all others held.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerCurvature {
    /// Which they are: `layers.0` is the first layer with its normalisation.
    pub name: String,
    /// How many they are.
    pub dim: usize,
    /// The smallest and the largest eigenvalue.
    pub extremes: [f64; 2],
    /// The trace.
    pub trace: Estimate,
}

/// What is told of the curvature at a place. What was not asked for, or is not there yet, is `None` or empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How many parameters there are.
    pub dim: usize,
    /// The loss.
    pub loss: f64,
    /// The gradient's norm.
    pub grad_norm: f64,
    /// The largest eigenvalues, the largest first.
    pub top: Vec<Eigen>,
    /// The smallest, the smallest first.
    pub bottom: Vec<Eigen>,
    /// Whether the matrix was made in full, and eigenvalues, trace and density are exact but for rounding.
    pub exact: bool,
    /// How many products with the matrix the eigenvalues took.
    pub products: usize,
    /// The largest magnitude of an eigenvalue by the smallest; infinite for a singular matrix, `None` where that is not known.
    pub condition: Option<f64>,
    /// The measures of sharpness.
    pub sharpness: Option<Sharpness>,
    /// The sum of all eigenvalues.
    pub trace: Option<Estimate>,
    /// The root of the sum of their squares.
    pub frobenius: Option<Estimate>,
    /// How densely they lie.
    pub density: Option<Density>,
    /// Each layer by itself.
    pub layers: Vec<LayerCurvature>,
}

/// Tells of the curvature of a loss at θ, n finite numbers; `publish` sees what is known so far after each part. Sharpness is always of
/// the loss itself, whatever the matrix.
pub fn report(
    objective: &dyn Objective,
    theta: &[f64],
    inquiry: &CurvatureSettings,
    extras: ExpensiveParts,
    cancel: &Cancel,
    publish: &mut dyn FnMut(&Report),
) -> Result<Report, EigenError> {
    let matrix = Curvature::new(objective, theta, inquiry.matrix.metric());
    let mut gradient = vec![0.0; theta.len()];
    let loss = objective.gradient(theta, &mut gradient);
    if !loss.is_finite() {
        return Err(EigenError::NoLoss(loss));
    }
    if !gradient.iter().all(|g| g.is_finite()) {
        return Err(EigenError::NotFinite);
    }
    let mut report = Report {
        dim: theta.len(),
        loss,
        grad_norm: norm(&gradient),
        top: Vec::new(),
        bottom: Vec::new(),
        exact: false,
        products: 0,
        condition: None,
        sharpness: None,
        trace: None,
        frobenius: None,
        density: None,
        layers: Vec::new(),
    };
    let whole = extras.trace || extras.density;
    if theta.len() <= 64 || whole && theta.len() <= MAX_DENSE_DIM {
        report.set_full_spectrum(&matrix, inquiry, extras, cancel)?;
    } else {
        report.set_extremes(&matrix, inquiry, cancel)?;
    }
    publish(&report);
    let lambda_max = match inquiry.matrix {
        Kind::Hessian => report.top.first().map_or(f64::NAN, |eigen| eigen.value),
        _ => largest(&Curvature::hessian(objective, theta), inquiry, cancel)?,
    };
    let measures = sharpness(objective, theta, inquiry, lambda_max, cancel)?;
    report.sharpness = Some(measures);
    publish(&report);
    if !report.exact {
        let products = count(inquiry.vectors).saturating_mul(10);
        if extras.trace {
            report.trace = Some(trace(&matrix, products, inquiry.seed, cancel)?);
            report.frobenius = Some(frobenius(&matrix, products, inquiry.seed, cancel)?);
            publish(&report);
        }
        if extras.density {
            let (vectors, steps) = (count(inquiry.vectors), count(inquiry.steps));
            report.density = Some(density(&matrix, vectors, steps, inquiry.seed, cancel)?);
            publish(&report);
        }
    }
    if extras.layers {
        for (name, ranges) in layers(objective) {
            let part = DiagonalBlock {
                whole: &matrix,
                ranges: &ranges,
            };
            report.layers.push(layer(name, &part, inquiry, cancel)?);
            publish(&report);
        }
    }
    Ok(report)
}

impl Report {
    /// The largest eigenvalues.
    pub fn top_values(&self) -> Vec<f64> {
        self.top.iter().map(|eigen| eigen.value).collect()
    }

    /// The smallest eigenvalues.
    pub fn bottom_values(&self) -> Vec<f64> {
        self.bottom.iter().map(|eigen| eigen.value).collect()
    }

    /// Of all eigenvalues.
    fn set_full_spectrum(
        &mut self,
        matrix: &dyn LinearOperator,
        inquiry: &CurvatureSettings,
        extras: ExpensiveParts,
        cancel: &Cancel,
    ) -> Result<(), EigenError> {
        let n = self.dim;
        let mut dense = matrix.dense(cancel)?;
        let sum: f64 = dense.iter().step_by(n + 1).sum();
        // Of numbers whose squares would overflow or vanish.
        let largest = dense.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let scale = if largest > 0.0 { largest } else { 1.0 };
        let squares: f64 = dense.iter().map(|x| (x / scale).powi(2)).sum();
        let frobenius = scale * squares.sqrt();
        let (all, values) = Density::of_dense(&mut dense, n);
        let rounding = f64::EPSILON * frobenius * real(n).sqrt();
        let eigen = |value: &f64| Eigen {
            value: *value,
            error: rounding,
            vector: Vec::new(),
        };
        self.top = values
            .iter()
            .rev()
            .take(count(inquiry.top))
            .map(eigen)
            .collect();
        self.bottom = values
            .iter()
            .take(count(inquiry.bottom))
            .map(eigen)
            .collect();
        (self.exact, self.products) = (true, n);
        let sizes = values.iter().map(|value| value.abs());
        let [least, most] = sizes.fold([f64::INFINITY, 0.0], |[least, most], size| {
            [f64::min(least, size), f64::max(most, size)]
        });
        // What is nothing but rounding is zero.
        let least = if least <= rounding { 0.0 } else { least };
        self.condition = (n > 0).then_some(if least > 0.0 {
            most / least
        } else {
            f64::INFINITY
        });
        self.trace = extras.trace.then(|| Estimate::exact(sum));
        self.frobenius = extras.trace.then(|| Estimate::exact(frobenius));
        self.density = extras.density.then_some(all);
        Ok(())
    }

    /// Of eigenvalues at both ends.
    fn set_extremes(
        &mut self,
        matrix: &dyn LinearOperator,
        inquiry: &CurvatureSettings,
        cancel: &Cancel,
    ) -> Result<(), EigenError> {
        let ask = LanczosOptions {
            top: count(inquiry.top),
            bottom: count(inquiry.bottom),
            tolerance: inquiry.tolerance,
            vectors: false,
            repeated: true,
            seed: inquiry.seed,
        };
        let found = lanczos(matrix, &ask, cancel)?;
        self.condition = match (found.top.first(), found.bottom.first()) {
            (Some(high), Some(low)) if low.value > low.error => Some(high.value / low.value),
            // The zero matrix.
            (Some(high), Some(low))
                if [high, low].iter().all(|e| e.value == 0.0 && e.error == 0.0) =>
            {
                Some(f64::INFINITY)
            }
            _ => None,
        };
        (self.top, self.bottom, self.products) = (found.top, found.bottom, found.products);
        Ok(())
    }
}

fn largest(
    matrix: &dyn LinearOperator,
    inquiry: &CurvatureSettings,
    cancel: &Cancel,
) -> Result<f64, EigenError> {
    let ask = LanczosOptions {
        seed: inquiry.seed,
        ..LanczosOptions::largest(inquiry.tolerance)
    };
    let found = lanczos(matrix, &ask, cancel)?;
    Ok(found.top.first().map_or(f64::NAN, |eigen| eigen.value))
}

fn layer(
    name: String,
    part: &DiagonalBlock,
    inquiry: &CurvatureSettings,
    cancel: &Cancel,
) -> Result<LayerCurvature, EigenError> {
    let ask = LanczosOptions {
        bottom: 1,
        seed: inquiry.seed,
        ..LanczosOptions::largest(inquiry.tolerance)
    };
    let found = lanczos(part, &ask, cancel)?;
    let value = |list: &[Eigen]| list.first().map_or(f64::NAN, |eigen| eigen.value);
    let dim = part.dim();
    let products = if dim <= MAX_DENSE_DIM {
        dim
    } else {
        count(inquiry.vectors).saturating_mul(10)
    };
    Ok(LayerCurvature {
        name,
        dim,
        extremes: [value(&found.bottom), value(&found.top)],
        trace: trace(part, products, inquiry.seed, cancel)?,
    })
}

/// The layers of a network, each with its normalisation; none where the loss has no parts.
fn layers(objective: &dyn Objective) -> Vec<(String, Vec<Range<usize>>)> {
    let mut layers: Vec<(String, Vec<Range<usize>>)> = Vec::new();
    for tensor in objective.tensors() {
        let number = tensor.name.split('.').nth(1).unwrap_or(&tensor.name);
        let name = format!("layers.{number}");
        match layers.iter_mut().find(|(known, _)| *known == name) {
            Some((_, ranges)) => ranges.push(tensor.range.clone()),
            None => layers.push((name, vec![tensor.range.clone()])),
        }
    }
    layers
}

fn count(setting: u64) -> usize {
    usize::try_from(setting).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
