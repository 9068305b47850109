//! Curvature at the end of a run and where it became unstable, best momentum, and rates.

use super::{Context, count, point, start_text};
use crate::engine::declare::Value;

/// Share of λmax below which a negative eigenvalue is rounding.
const NEGATIVE: f64 = 1e-3;

/// Number of rows at which the largest stable learning rate is computed.
const LIMIT_ROWS: usize = 50;

/// The row from which a run's steps grow.
#[derive(Clone, Debug)]
pub(in crate::teaching::explain) struct Unstable {
    pub(in crate::teaching::explain) step: f64,
    /// λmax divided by the stability limit there.
    pub(in crate::teaching::explain) ratio: f64,
    pub(in crate::teaching::explain) lr_sharpness: f64,
    /// The eigenvector of λmax in words.
    pub(in crate::teaching::explain) direction: String,
    /// Largest learning rate that is stable at all rows up to this one.
    pub(in crate::teaching::explain) stable_lr: Option<f64>,
}

impl Context<'_> {
    /// Returns λmin and λmax at the end.
    pub(in crate::teaching::explain) fn end_eigenvalues(&self) -> Option<[f64; 2]> {
        *self
            .eigenvalues
            .get_or_init(|| self.facts.eigenvalues(self.facts.last()))
    }

    /// Returns the condition number at the end of a run on a landscape of two parameters: λmax / |λmin|, where λmin is positive, or negative and
    /// small, as on the floor of a curved valley.
    pub(in crate::teaching::explain) fn condition_end(&self) -> Option<f64> {
        let [low, high] = self.end_eigenvalues()?;
        let pair = self.facts.trained().is_none() && self.facts.theta(0).len() == 2;
        let valley = low > -0.05 * high && low.abs() > 1e-12 * high;
        (pair && valley).then(|| high / low.abs())
    }

    /// Whether a run could go on downhill along a direction of negative curvature: a noticeable part of what remains, within the view.
    pub(in crate::teaching::explain) fn has_negative_curvature(&self) -> bool {
        let Some([low, high]) = self.end_eigenvalues() else {
            return false;
        };
        let gain = 0.5 * low.abs() * (0.5 * self.extent()).powi(2);
        let excess = self.excess(self.facts.last());
        low < -NEGATIVE * high.abs() && excess.is_none_or(|excess| gain > 0.05 * excess)
    }

    /// Returns the kind of the stationary point at the end: "a maximum" where all curvature is negative, or else "a saddle".
    pub(in crate::teaching::explain) fn stationary_kind(&self) -> Option<String> {
        let [low, high] = self.end_eigenvalues()?;
        let is_maximum = high < -NEGATIVE * low.abs();
        Some(if is_maximum { "a maximum" } else { "a saddle" }.to_owned())
    }

    /// Whether the curvature at the end is so small that no step could cross a valley of this curvature.
    pub(in crate::teaching::explain) fn has_flat_curvature(&self) -> bool {
        self.lr_sharpness_end()
            .is_some_and(|product| product.abs() < 1e-3)
    }

    /// Whether the end is in the basin of a minimum that is not the lowest one: the Hessian is positive definite, and the loss expected of a
    /// Newton step is far from the lowest.
    pub(in crate::teaching::explain) fn is_at_local_minimum(&self) -> bool {
        let row = self.facts.last();
        let (Some([low, high]), Some(excess)) = (self.end_eigenvalues(), self.excess(row)) else {
            return false;
        };
        let decrease = self.newton_decrease();
        low > 1e-9 * high && decrease.is_some_and(|decrease| decrease < 0.02 * excess)
    }

    /// Returns ½ gᵀ H⁻¹ g at the end of a run on a landscape: how far a quadratic model expects the minimum below.
    fn newton_decrease(&self) -> Option<f64> {
        let objective = self.facts.objective();
        let theta = self.facts.theta(self.facts.last());
        let (mut g, mut h) = ([0.0; 2], [0.0; 4]);
        match theta.len() {
            1 => {
                objective.gradient(theta, &mut g[..1]);
                objective.hessian(theta, &mut h[..1]);
                Some(0.5 * g[0] * g[0] / h[0])
            }
            2 => {
                objective.gradient(theta, &mut g);
                objective.hessian(theta, &mut h);
                let determinant = h[0] * h[3] - h[1] * h[2];
                let [x, y] = g;
                let product = h[3] * x * x - 2.0 * h[1] * x * y + h[0] * y * y;
                Some(0.5 * product / determinant)
            }
            _ => None,
        }
    }

    /// Returns a start beside the end of the run, a twentieth of the view along the direction of negative curvature.
    pub(in crate::teaching::explain) fn escape_start(&self) -> Option<String> {
        let row = self.facts.last();
        let &[x, y] = self.facts.theta(row) else {
            return None;
        };
        let [a, b] = self.facts.steepest_direction(row)?;
        let step = 0.05 * self.extent();
        // The direction of λmin is orthogonal to that of λmax.
        Some(start_text([x - step * b, y + step * a], self.extent()))
    }

    pub(in crate::teaching::explain) fn lr_sharpness_end(&self) -> Option<f64> {
        let [_, high] = self.end_eigenvalues()?;
        Some(self.facts.rates(self.facts.last()).lr * high)
    }

    pub(in crate::teaching::explain) fn stability_ratio_end(&self) -> Option<f64> {
        self.facts.sharpness_ratio(self.facts.last())
    }

    /// Returns the largest learning rate that is stable at all rows of the run.
    pub(in crate::teaching::explain) fn stable_lr_of_run(&self) -> Option<f64> {
        let limits = self
            .sampled_rows()
            .filter_map(|row| self.facts.largest_lr(row));
        limits.reduce(f64::min)
    }

    /// Returns where a diverged run became unstable: the first row with λmax above the limit from the row of the lowest loss on, or else from the
    /// start on.
    pub(in crate::teaching::explain) fn unstable(&self) -> Option<&Unstable> {
        let found = self.unstable.get_or_init(|| {
            let losses = &self.facts.trajectory().loss;
            let lowest = (0..losses.len()).min_by(|a, b| losses[*a].total_cmp(&losses[*b]))?;
            let last = self.facts.last();
            let network = self.facts.trained().is_some();
            // A network's eigenvalues take many products, so that only some rows are measured.
            let powers = (0..usize::BITS).map(|power| (1_usize << power) - 1);
            let rows: Vec<usize> = if network {
                powers.take_while(|row| *row <= last).collect()
            } else {
                (lowest..=last).chain(0..lowest).collect()
            };
            let ratio = |row: &usize| self.facts.sharpness_ratio(*row);
            let unstable = |row: &usize| ratio(row).is_some_and(|ratio| ratio > 1.0);
            let row = rows.into_iter().find(unstable)?;
            Some(self.instability(row, ratio(&row)?))
        });
        found.as_ref()
    }

    fn instability(&self, row: usize, ratio: f64) -> Unstable {
        let lr = self.facts.rates(row).lr;
        let high = self.facts.lambda_max(row).unwrap_or(f64::NAN);
        let direction = match (
            self.facts.theta(row).len(),
            self.facts.steepest_direction(row),
        ) {
            (1, _) => "along x".to_owned(),
            (_, Some(direction)) => in_words(direction),
            _ => "along the top eigenvector of the Hessian".to_owned(),
        };
        let network = self.facts.trained().is_some();
        let every = if network {
            row.max(1)
        } else {
            row / LIMIT_ROWS + 1
        };
        let rows = (0..=row).step_by(every);
        let limits = rows.filter_map(|row| self.facts.largest_lr(row));
        Unstable {
            step: count(self.facts.runs.step(row)),
            ratio,
            lr_sharpness: lr * high,
            direction,
            stable_lr: limits.reduce(f64::min),
        }
    }

    /// Returns the momentum of a plain SGD, 0 for gradient descent; `None` for other rules and with wrappers.
    pub(in crate::teaching::explain) fn momentum(&self) -> Option<f64> {
        let spec = self.spec();
        let value = spec.optimizer.settings().get("momentum");
        match value {
            Some(Value::Real(momentum)) if spec.optimizer.name() == "sgd" && spec.is_plain() => {
                Some(momentum)
            }
            _ => None,
        }
    }

    /// Returns the momentum and the learning rate with the best rate on a quadratic with |λmin| of the end and the largest λmax of the run:
    /// β = ((√κ − 1)/(√κ + 1))² and 4/(√λmax + √λmin)². Polyak 1964; proposition 1 of Lessard et al. 2016.
    pub(in crate::teaching::explain) fn best_momentum(&self) -> Option<[f64; 2]> {
        self.condition_end()?;
        let [low, _] = self.end_eigenvalues()?;
        let high = self
            .sampled_rows()
            .filter_map(|row| self.facts.lambda_max(row));
        let high = high.reduce(f64::max)?;
        let (root, sum) = ((high / low.abs()).sqrt(), low.abs().sqrt() + high.sqrt());
        Some([((root - 1.0) / (root + 1.0)).powi(2), 4.0 / (sum * sum)])
    }

    /// Returns some rows of the whole run; of a network, whose eigenvalues take many products, only the last one.
    fn sampled_rows(&self) -> impl Iterator<Item = usize> {
        let last = self.facts.last();
        let (first, every) = match self.facts.trained() {
            Some(_) => (last, 1),
            None => (0, last / LIMIT_ROWS + 1),
        };
        (first..=last).step_by(every)
    }

    /// Returns 1 − lr·λmin: the factor of a step of gradient descent along the floor of a valley; `None` where
    /// the floor is not convex.
    pub(in crate::teaching::explain) fn floor_rate(&self) -> Option<f64> {
        let [low, _] = self.end_eigenvalues().filter(|[low, _]| *low > 0.0)?;
        Some((1.0 - self.facts.rates(self.facts.last()).lr * low).abs())
    }

    /// Returns |1 − lr·λmax|: the factor of a step of gradient descent across the valley.
    pub(in crate::teaching::explain) fn steep_rate(&self) -> Option<f64> {
        self.lr_sharpness_end().map(|product| (1.0 - product).abs())
    }

    /// Returns the longer side of the view.
    pub(super) fn extent(&self) -> f64 {
        let problem = &self.facts.runs.problem;
        let view = self.facts.runs.scene.view.unwrap_or(problem.view);
        let width = |[low, high]: [f64; 2]| high - low;
        match problem.objective.dim() {
            1 => width(view.x()),
            _ => width(view.x()).max(width(view.y())),
        }
    }
}

/// Returns a direction of the plane in words, like "along y".
fn in_words([a, b]: [f64; 2]) -> String {
    const AXIS: f64 = 0.995;
    match (a.abs() > AXIS, b.abs() > AXIS) {
        (true, _) => "along x".to_owned(),
        (_, true) => "along y".to_owned(),
        _ => format!("along {}", point([a, b])),
    }
}
