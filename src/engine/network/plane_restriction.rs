//! Network losses restricted to a plane.

use super::NetworkLoss;
use crate::engine::objective::plane::Plane;
use crate::engine::objective::{Objective, values_on_rows};
use std::sync::Arc;

/// Network loss as an objective in the coordinates (a, b) of a plane.
pub struct PlaneRestriction {
    loss: Arc<NetworkLoss>,
    plane: Plane,
}

impl PlaneRestriction {
    /// Restricts a loss to a plane; `None` if the plane's dimension is not the number of parameters.
    pub fn new(loss: Arc<NetworkLoss>, plane: Plane) -> Option<Self> {
        (loss.dim() == plane.dim()).then_some(Self { loss, plane })
    }

    /// Returns the plane.
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// Returns θ at plane coordinates.
    fn theta(&self, at: &[f64]) -> Vec<f64> {
        let mut theta = vec![0.0; self.plane.dim()];
        self.plane.point([at[0], at[1]], &mut theta);
        theta
    }

    /// Writes the dot products of a vector in ℝⁿ with both directions.
    fn project(&self, vector: &[f64], to: &mut [f64]) {
        let [_, u, v] = self.plane.parts();
        for (to, direction) in to.iter_mut().zip([u, v]) {
            *to = vector.iter().zip(direction).map(|(x, d)| x * d).sum();
        }
    }
}

impl Objective for PlaneRestriction {
    fn dim(&self) -> usize {
        2
    }

    fn samples(&self) -> usize {
        self.loss.samples()
    }

    fn value(&self, at: &[f64]) -> f64 {
        self.loss.value(&self.theta(at))
    }

    fn gradient(&self, at: &[f64], gradient: &mut [f64]) -> f64 {
        let mut full = vec![0.0; self.plane.dim()];
        let value = self.loss.gradient(&self.theta(at), &mut full);
        self.project(&full, gradient);
        value
    }

    fn batch_gradient(&self, at: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        let mut full = vec![0.0; self.plane.dim()];
        let value = self.loss.batch_gradient(&self.theta(at), batch, &mut full);
        self.project(&full, gradient);
        value
    }

    fn hessian(&self, at: &[f64], hessian: &mut [f64]) {
        for (vector, row) in [[1.0, 0.0], [0.0, 1.0]]
            .iter()
            .zip(hessian.chunks_exact_mut(2))
        {
            self.hessian_vector(at, vector, row);
        }
    }

    fn hessian_vector(&self, at: &[f64], vector: &[f64], product: &mut [f64]) {
        let [_, u, v] = self.plane.parts();
        let direction = u.iter().zip(v);
        let direction: Vec<f64> = direction
            .map(|(u, v)| vector[0] * u + vector[1] * v)
            .collect();
        let mut full = vec![0.0; self.plane.dim()];
        self.loss
            .hessian_vector(&self.theta(at), &direction, &mut full);
        self.project(&full, product);
    }

    fn rows(&self, plane: &Plane, a: &[f64], b: &[f64], losses: &mut [f64], theta: &mut [f64]) {
        if plane.is_identity() {
            let mut theta = vec![0.0; self.plane.dim()];
            Objective::rows(&*self.loss, &self.plane, a, b, losses, &mut theta);
        } else {
            values_on_rows(self, plane, a, b, losses, theta);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::network::{AnyNetwork, data::AnyDataset};

    #[test]
    fn derivatives_on_a_plane_match_finite_differences() {
        let network: AnyNetwork = "mlp:hidden=4,loss=bce".parse().unwrap();
        let data: AnyDataset = "moons:samples=30".parse().unwrap();
        let data = data.as_dyn().data(&NoFiles).unwrap();
        let loss = Arc::new(NetworkLoss::new(&network, &data).unwrap());
        let [origin, u, v] = [1, 2, 3].map(|seed| loss.init_params(seed));
        let plane = Plane::new(origin, u, v).unwrap();
        let on_plane = PlaneRestriction::new(loss, plane).unwrap();
        let (at, h) = ([0.3, -0.7], 1e-5);
        let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 4]);
        assert_eq!(on_plane.gradient(&at, &mut gradient), on_plane.value(&at));
        on_plane.hessian(&at, &mut hessian);
        for axis in 0..2 {
            let [low, high] = [-h, h].map(|h| {
                let mut near = at;
                near[axis] += h;
                let mut gradient = [0.0; 2];
                (on_plane.gradient(&near, &mut gradient), gradient)
            });
            assert!(((high.0 - low.0) / (2.0 * h) - gradient[axis]).abs() < 1e-8);
            for other in 0..2 {
                let second = (high.1[other] - low.1[other]) / (2.0 * h);
                assert!((second - hessian[2 * axis + other]).abs() < 1e-7);
            }
        }
        let (a, b) = ([-1.0, 0.0, 0.3, 2.0], [0.5, -0.7]);
        let mut losses = [0.0; 8];
        on_plane.rows(&Plane::identity(), &a, &b, &mut losses, &mut [0.0; 2]);
        for (index, loss) in losses.into_iter().enumerate() {
            let value = on_plane.value(&[a[index % 4], b[index / 4]]);
            assert!((loss - value).abs() < 1e-12 * value.abs());
        }
    }
}
