//! Curvature report at a point: extremal eigenvalues, condition number, trace, spectral density, sharpness and layers.

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

/// Largest number of parameters for which the dense matrix is diagonalized: its eigenvalues are then exact up to rounding.
pub(super) const MAX_DENSE_DIM: usize = 2000;

settings! {
    /// Curvature matrix.
    pub enum Kind { Hessian = "hessian", GaussNewton = "gauss-newton", EmpiricalFisher = "empirical-fisher" }
}

settings! {
    /// Settings of the curvature report.
    pub struct CurvatureSettings("Curvature") {
        /// Curvature matrix: hessian is that of the loss; gauss-newton leaves out the second derivatives of the network's outputs, and is the
        /// Fisher matrix for bce and ce; empirical-fisher is the mean of g gᵀ over the gradients of single samples.
        matrix: Kind = Kind::Hessian;
        /// Number of largest eigenvalues.
        top: u64 = 5, in 1.0..=100.0, linear 1.0..=20.0;
        /// Number of smallest eigenvalues.
        bottom: u64 = 2, in 0.0..=100.0, linear 0.0..=20.0;
        /// Tolerance of eigenvalues, relative to the largest magnitude: Lanczos' method stops at this estimated error, which is not a bound. Up
        /// to 2000 parameters eigenvalues are exact up to rounding where trace or density are computed too.
        tolerance: f64 = 1e-10, in 1e-13..=0.1, log 1e-13..=1e-2;
        /// Number of random vectors for the density of more than 2000 parameters. The Frobenius norm takes ten times as many products, and
        /// so does the trace, except in networks without normalisation, where it is exact.
        vectors: u64 = 10, in 2.0..=1000.0, log 2.0..=100.0;
        /// Number of Hessian-vector products for each random vector.
        steps: u64 = 80, in 2.0..=1000.0, log 10.0..=200.0;
        /// Radius ρ of SAM's ball, and length of the random directions.
        rho: f64 = 0.05, in 0.0.., log 1e-3..=1.0;
        /// Radius ρ of the adaptive sharpness (ASAM), whose ball scales with the weights.
        adaptive_rho: f64 = 0.5, in 0.0.., log 1e-3..=5.0;
        /// Size ε of Keskar's box, |zᵢ| ≤ ε (|θᵢ| + 1).
        box_size: f64 = 1e-3, in 0.0.., log 1e-5..=0.1;
        /// Number of random directions for the average sharpness.
        directions: u64 = 20, in 2.0..=10000.0, log 2.0..=1000.0;
        /// Seed of the random vectors.
        seed: u64 = 0;
    }
}

impl Kind {
    /// Name in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Hessian => "Hessian",
            Kind::GaussNewton => "Gauss–Newton matrix",
            Kind::EmpiricalFisher => "empirical Fisher matrix",
        }
    }

    /// Matrix in place of the Hessian; `None` for the Hessian.
    pub fn metric(self) -> Option<Metric> {
        match self {
            Kind::Hessian => None,
            Kind::GaussNewton => Some(Metric::GaussNewton),
            Kind::EmpiricalFisher => Some(Metric::EmpiricalFisher),
        }
    }
}

/// Expensive parts of a report to compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpensiveParts {
    /// Trace and Frobenius norm.
    pub trace: bool,
    /// Spectral density.
    pub density: bool,
    /// Curvature of each layer.
    pub layers: bool,
}

/// Curvature in the parameters of one layer, all others fixed.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerCurvature {
    /// Name: `layers.0` is the first layer with its normalisation.
    pub name: String,
    /// Number of parameters.
    pub dim: usize,
    /// Smallest and largest eigenvalue.
    pub extremes: [f64; 2],
    /// Trace.
    pub trace: Estimate,
}

/// Curvature report at a point. Parts that were not asked for, or are not computed yet, are `None` or empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Number of parameters.
    pub dim: usize,
    /// Loss.
    pub loss: f64,
    /// Norm of the gradient.
    pub grad_norm: f64,
    /// Largest eigenvalues in descending order.
    pub top: Vec<Eigen>,
    /// Smallest eigenvalues in ascending order.
    pub bottom: Vec<Eigen>,
    /// Whether the dense matrix was diagonalized, so that eigenvalues, trace and density are exact up to rounding.
    pub exact: bool,
    /// Number of matrix-vector products that the eigenvalues took.
    pub products: usize,
    /// Condition number, the largest |eigenvalue| divided by the smallest; infinite for a singular matrix, `None` where the smallest is not known.
    pub condition: Option<f64>,
    /// Measures of sharpness.
    pub sharpness: Option<Sharpness>,
    /// Trace, the sum of all eigenvalues.
    pub trace: Option<Estimate>,
    /// Frobenius norm, the root of the sum of the squared eigenvalues.
    pub frobenius: Option<Estimate>,
    /// Spectral density.
    pub density: Option<Density>,
    /// Curvature of each layer.
    pub layers: Vec<LayerCurvature>,
}

/// Computes the curvature of a loss at θ, n finite numbers. `publish` receives the report so far after each part. Sharpness is that of the
/// loss, whatever the matrix.
pub fn report(
    objective: &dyn Objective,
    theta: &[f64],
    settings: &CurvatureSettings,
    parts: ExpensiveParts,
    cancel: &Cancel,
    publish: &mut dyn FnMut(&Report),
) -> Result<Report, EigenError> {
    let matrix = Curvature::new(objective, theta, settings.matrix.metric());
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
    let all = parts.trace || parts.density;
    if theta.len() <= 64 || all && theta.len() <= MAX_DENSE_DIM {
        report.set_full_spectrum(&matrix, settings, parts, cancel)?;
    } else {
        report.set_extremes(&matrix, settings, cancel)?;
    }
    publish(&report);
    let lambda_max = match settings.matrix {
        Kind::Hessian => report.top.first().map_or(f64::NAN, |eigen| eigen.value),
        _ => largest(&Curvature::hessian(objective, theta), settings, cancel)?,
    };
    let measures = sharpness(objective, theta, settings, lambda_max, cancel)?;
    report.sharpness = Some(measures);
    publish(&report);
    if !report.exact {
        let products = count(settings.vectors).saturating_mul(10);
        if parts.trace {
            report.trace = Some(trace(&matrix, products, settings.seed, cancel)?);
            report.frobenius = Some(frobenius(&matrix, products, settings.seed, cancel)?);
            publish(&report);
        }
        if parts.density {
            let (vectors, steps) = (count(settings.vectors), count(settings.steps));
            report.density = Some(density(&matrix, vectors, steps, settings.seed, cancel)?);
            publish(&report);
        }
    }
    if parts.layers {
        for (name, ranges) in layers(objective) {
            let part = DiagonalBlock {
                whole: &matrix,
                ranges: &ranges,
            };
            report.layers.push(layer(name, &part, settings, cancel)?);
            publish(&report);
        }
    }
    Ok(report)
}

impl Report {
    /// Returns the largest eigenvalues.
    pub fn top_values(&self) -> Vec<f64> {
        self.top.iter().map(|eigen| eigen.value).collect()
    }

    /// Returns the smallest eigenvalues.
    pub fn bottom_values(&self) -> Vec<f64> {
        self.bottom.iter().map(|eigen| eigen.value).collect()
    }

    /// Sets what follows from all eigenvalues of the dense matrix.
    fn set_full_spectrum(
        &mut self,
        matrix: &dyn LinearOperator,
        settings: &CurvatureSettings,
        parts: ExpensiveParts,
        cancel: &Cancel,
    ) -> Result<(), EigenError> {
        let n = self.dim;
        let mut dense = matrix.dense(cancel)?;
        let sum: f64 = dense.iter().step_by(n + 1).sum();
        // Scaled, because squares of the entries may overflow or vanish.
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
            .take(count(settings.top))
            .map(eigen)
            .collect();
        self.bottom = values
            .iter()
            .take(count(settings.bottom))
            .map(eigen)
            .collect();
        (self.exact, self.products) = (true, n);
        let sizes = values.iter().map(|value| value.abs());
        let [least, most] = sizes.fold([f64::INFINITY, 0.0], |[least, most], size| {
            [f64::min(least, size), f64::max(most, size)]
        });
        // An eigenvalue below rounding counts as zero.
        let least = if least <= rounding { 0.0 } else { least };
        self.condition = (n > 0).then_some(if least > 0.0 {
            most / least
        } else {
            f64::INFINITY
        });
        self.trace = parts.trace.then(|| Estimate::exact(sum));
        self.frobenius = parts.trace.then(|| Estimate::exact(frobenius));
        self.density = parts.density.then_some(all);
        Ok(())
    }

    /// Sets the eigenvalues at both ends of the spectrum, by Lanczos' method.
    fn set_extremes(
        &mut self,
        matrix: &dyn LinearOperator,
        settings: &CurvatureSettings,
        cancel: &Cancel,
    ) -> Result<(), EigenError> {
        let options = LanczosOptions {
            top: count(settings.top),
            bottom: count(settings.bottom),
            tolerance: settings.tolerance,
            vectors: false,
            repeated: true,
            seed: settings.seed,
        };
        let found = lanczos(matrix, &options, cancel)?;
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
    settings: &CurvatureSettings,
    cancel: &Cancel,
) -> Result<f64, EigenError> {
    let options = LanczosOptions {
        seed: settings.seed,
        ..LanczosOptions::largest(settings.tolerance)
    };
    let found = lanczos(matrix, &options, cancel)?;
    Ok(found.top.first().map_or(f64::NAN, |eigen| eigen.value))
}

fn layer(
    name: String,
    part: &DiagonalBlock,
    settings: &CurvatureSettings,
    cancel: &Cancel,
) -> Result<LayerCurvature, EigenError> {
    let options = LanczosOptions {
        bottom: 1,
        seed: settings.seed,
        ..LanczosOptions::largest(settings.tolerance)
    };
    let found = lanczos(part, &options, cancel)?;
    let value = |list: &[Eigen]| list.first().map_or(f64::NAN, |eigen| eigen.value);
    let dim = part.dim();
    let products = if dim <= MAX_DENSE_DIM {
        dim
    } else {
        count(settings.vectors).saturating_mul(10)
    };
    Ok(LayerCurvature {
        name,
        dim,
        extremes: [value(&found.bottom), value(&found.top)],
        trace: trace(part, products, settings.seed, cancel)?,
    })
}

/// Returns the layers of a network with their parameters, normalisation included; none where the loss has no tensors.
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
