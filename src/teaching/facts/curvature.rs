//! Curvature along a run: eigenvalues of the Hessian, stability limits, crossings of the valley.

use super::Facts;
use crate::engine::analysis::curvature::{Curvature, LanczosOptions, lanczos, largest};
use crate::engine::analysis::sweep::lr_limit;
use crate::engine::cancel::Cancel;
use crate::engine::objective::Objective;
use crate::engine::schedule::{ScheduleChain, StepRates};
use crate::engine::training::RunSpec;

/// Tolerance of a network's eigenvalues, relative to the largest magnitude.
const TOLERANCE: f64 = 1e-5;

/// Share of λmax below which an eigenvalue counts as zero.
const ZERO: f64 = 1e-9;

/// Share of the largest gradient along the steepest direction below which its sign is rounding.
const ROUNDING: f64 = 1e-10;

impl<'a> Facts<'a> {
    /// Returns the objective whose parameters [`Facts::theta`] has: the landscape, or the loss of the network.
    pub fn objective(&self) -> &'a dyn Objective {
        match &self.runs.trained {
            Some(trained) => &*trained.task.loss,
            None => &*self.runs.problem.objective,
        }
    }

    /// Returns λmin and λmax of the Hessian at a row; `None` where they are not finite.
    pub fn eigenvalues(&self, row: usize) -> Option<[f64; 2]> {
        if self.trained().is_none() {
            let found = self.runs.results[self.index].curvature.get(row).copied();
            return found.filter(|found| found.iter().all(|value| value.is_finite()));
        }
        let hessian = Curvature::hessian(self.objective(), self.theta(row));
        let options = LanczosOptions {
            bottom: 1,
            ..LanczosOptions::largest(TOLERANCE)
        };
        let found = lanczos(&hessian, &options, &Cancel::default()).ok()?;
        Some([found.bottom.first()?.value, found.top.first()?.value])
    }

    /// Returns λmax of the Hessian at a row; `None` where it is not finite.
    pub fn lambda_max(&self, row: usize) -> Option<f64> {
        if self.trained().is_none() {
            return self.eigenvalues(row).map(|[_, high]| high);
        }
        let found = largest(
            self.objective(),
            self.theta(row),
            None,
            TOLERANCE,
            &Cancel::default(),
        );
        found.ok().map(|[high, _]| high)
    }

    /// Returns λmax divided by the magnitude of the smallest eigenvalue that is not zero, on a landscape; `None` for networks, and where
    /// λmax is not positive.
    pub fn condition_number(&self, row: usize) -> Option<f64> {
        let [low, high] = self.eigenvalues(row).filter(|_| self.trained().is_none())?;
        let low = if low.abs() > ZERO * high.abs() {
            low.abs()
        } else {
            high
        };
        (high > 0.0).then(|| high / low)
    }

    /// Returns the rates of the step from a row.
    pub fn rates(&self, row: usize) -> StepRates {
        let planned = self
            .spec(row)
            .rates(self.runs.step(row), self.runs.scene.training.steps);
        let lr = self.trajectory.lr.get(row).copied();
        StepRates {
            lr: lr.unwrap_or(planned.lr),
            ..planned
        }
    }

    /// Returns λmax of the Hessian divided by the preconditioner of the run's rule at a row; `None` for rules without one.
    fn preconditioned(&self, row: usize) -> Option<f64> {
        let found = match self.trained() {
            None => *self.runs.results[self.index].preconditioned.get(row)?,
            Some(trained) => {
                let divisors = trained.rows.get(row)?.preconditioner.as_deref()?;
                let theta = self.theta(row);
                let never = Cancel::default();
                largest(self.objective(), theta, Some(divisors), TOLERANCE, &never).ok()?[1]
            }
        };
        found.is_finite().then_some(found)
    }

    /// Returns λmax at a row divided by the largest curvature at which the rule's steps do not grow on a quadratic: of the Hessian, or of the
    /// preconditioned Hessian for rules whose limit is for that. `None` where theory gives none.
    pub fn sharpness_ratio(&self, row: usize) -> Option<f64> {
        let (spec, rates) = (self.spec(row), self.rates(row));
        match spec.stability_limit(rates) {
            Some(limit) => Some(self.lambda_max(row)? / limit),
            None => Some(self.preconditioned(row)? / spec.preconditioned_limit(rates)?),
        }
    }

    /// Returns the largest learning rate at which the rule's steps do not grow on a quadratic with the curvature of a row, of all data
    /// where there are mini-batches. `None` where theory gives none, and where λmax is not positive.
    pub fn largest_lr(&self, row: usize) -> Option<f64> {
        let (spec, rates) = (self.spec(row), self.rates(row));
        if spec.stability_limit(rates).is_none() {
            // The limit of a preconditioned rule is inversely proportional to lr: section 3 of Cohen et al. 2022.
            let ratio = self.sharpness_ratio(row)?;
            return (ratio > 0.0).then(|| rates.lr / ratio);
        }
        let spec = RunSpec {
            schedule: ScheduleChain::default(),
            ..spec.clone()
        };
        let mut settings = self.runs.scene.run_settings();
        settings.gradient_settings.batch = None;
        lr_limit(&spec, self.lambda_max(row)?, &settings)
    }

    /// Returns the unit eigenvector of λmax at a row of a landscape of two parameters, with its first component positive or zero.
    pub fn steepest_direction(&self, row: usize) -> Option<[f64; 2]> {
        let objective = self.objective();
        if objective.dim() != 2 {
            return None;
        }
        let mut h = [0.0; 4];
        objective.hessian(self.theta(row), &mut h);
        let [xx, xy, _, yy] = h;
        // The angle of the first principal axis: tan 2φ = 2 xy / (xx − yy).
        let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
        angle.is_finite().then(|| [angle.cos(), angle.sin()])
    }

    /// Returns the gradient component along the steepest direction at each of the first `rows` rows, whose signs are comparable from row to
    /// row; on a landscape of one parameter, f′. `None` for networks.
    pub fn steep_gradients(&self, rows: usize) -> Option<Vec<f64>> {
        let objective = self.objective();
        let dim = objective.dim();
        if self.trained().is_some() || !(1..=2).contains(&dim) {
            return None;
        }
        let (mut before, mut gradient) = ([1.0, 0.0], [0.0; 2]);
        let component = |row: usize| {
            objective.gradient(self.theta(row), &mut gradient[..dim]);
            if dim == 1 {
                return gradient[0];
            }
            let [x, y] = self.steepest_direction(row).unwrap_or(before);
            let same_side = x * before[0] + y * before[1] >= 0.0;
            before = if same_side { [x, y] } else { [-x, -y] };
            gradient[0] * before[0] + gradient[1] * before[1]
        };
        Some((0..rows).map(component).collect())
    }

    /// Returns how often a run on a landscape crossed its valley up to a row: the changes of sign of the gradient along the steepest
    /// direction. `None` for networks.
    pub fn crossings(&self, row: usize) -> Option<u64> {
        let components = self.steep_gradients(row + 1)?;
        let size = { components.iter() }.fold(0.0_f64, |size, g| size.max(g.abs()));
        let clear = components.into_iter().filter(|g| g.abs() > ROUNDING * size);
        let signs: Vec<bool> = clear.map(|g| g > 0.0).collect();
        Some(signs.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64)
    }
}
