//! Formulas in two variables, written once over [`Scalar`], as objectives with exact derivatives.

use super::plane::Plane;
use super::{Metric, Objective, gradients_one_by_one, lanes, values_on_rows};
use crate::engine::numeric::jet::{Jet1, Jet2, Scalar};

/// A formula in two variables, written once over [`Scalar`]. Every formula is an [`Objective`] with exact derivatives.
pub trait Formula: Send + Sync {
    /// Whether f is an interpreter, of which there should not be more copies than necessary.
    const INTERPRETED: bool = false;

    /// f(x, y).
    fn eval<S: Scalar>(&self, x: S, y: S) -> S;

    /// How many samples f is a mean over; 0 if it has no data.
    fn samples(&self) -> usize {
        0
    }

    /// Inputs and targets of the data that the line of slope x and intercept y is fitted to; `None` if it has no such data.
    fn line_data(&self) -> Option<[&[f64]; 2]> {
        None
    }

    /// Whether f is a loss of a model that is linear in x and y, whose Gauss–Newton matrix is the Hessian.
    fn is_linear_model(&self) -> bool {
        false
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

    fn line_data(&self) -> Option<[&[f64]; 2]> {
        Formula::line_data(self)
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

    #[inline]
    fn gradient_at(&self, x: f64, y: f64, loss: &mut f64, by_x: &mut f64, by_y: &mut f64) {
        let [x, y] = Jet1::variables([x, y]);
        let jet = self.eval(x, y);
        *loss = jet.value;
        [*by_x, *by_y] = jet.gradient();
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

    fn metric_vector(
        &self,
        metric: Metric,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) -> bool {
        let samples = Formula::samples(self);
        match metric {
            Metric::GaussNewton if self.is_linear_model() => {
                self.hessian_vector(theta, vector, product);
            }
            Metric::EmpiricalFisher if samples > 0 => {
                product.fill(0.0);
                let share = 1.0 / crate::engine::numeric::real(samples);
                for sample in 0..samples {
                    let mut gradient = [0.0; 2];
                    self.batch_gradient(theta, &[sample], &mut gradient);
                    let along = gradient[0] * vector[0] + gradient[1] * vector[1];
                    for (product, g) in product.iter_mut().zip(gradient) {
                        *product += share * along * g;
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn rows(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64], theta: &mut [f64]) {
        if plane.is_identity() && a.len() >= lanes::MIN_POINTS {
            lanes::rows(self, a, b, losses);
        } else {
            values_on_rows(self, plane, a, b, losses, theta);
        }
    }

    fn gradients(&self, points: [&[f64]; 2], losses: &mut [f64], gradient: [&mut [f64]; 2]) {
        if losses.len() >= lanes::MIN_POINTS {
            lanes::gradients(self, points, losses, gradient);
        } else {
            gradients_one_by_one(self, points, losses, gradient);
        }
    }
}
