//! Largest stable learning rate of a run on a quadratic, by theory.

use super::{AxisValues, SweepMap};
use crate::engine::analysis::theory::Bowl;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::Rect;
use crate::engine::schedule::StepRates;
use crate::engine::training::{RunSettings, RunSpec};

/// Returns λmax of a quadratic bowl; `None` for any other objective. See [`Bowl::find`].
pub fn quadratic_lambda_max(objective: &dyn Objective, view: Rect) -> Option<f64> {
    Bowl::find(objective, view).map(|bowl| bowl.lambda_max())
}

/// Largest number of bisections.
const MAX_HALVINGS: u32 = 200;

/// Returns the largest learning rate at which a run is stable for the largest curvature `lambda_max`, by bisection of
/// [`RunSpec::stability_limit`]. `None` where there is no theory: for optimizers without one, wrappers, schedules that are not
/// constant, and mini-batches, whose curvature differs.
pub fn lr_limit(spec: &RunSpec, lambda_max: f64, run_settings: &RunSettings) -> Option<f64> {
    let stable = |lr: f64| {
        let rates = StepRates { lr, momentum: None };
        spec.stability_limit(rates)
            .is_some_and(|limit| limit >= lambda_max)
    };
    let [mut low, mut high] = [1e-150_f64, 1e150];
    if !spec.schedule.is_constant() || run_settings.gradient_settings.batch.is_some() {
        return None;
    }
    if !stable(low) || stable(high) {
        return None;
    }
    // Geometric means halve the exponent; after about 70 bisections the ends are neighbouring numbers.
    for _ in 0..MAX_HALVINGS {
        let middle = low.sqrt() * high.sqrt();
        if middle <= low || middle >= high {
            break;
        }
        if stable(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}

/// Returns the axis of a map that is the learning rate (0 is x), and [`lr_limit`] for each value of the other axis; `None` if neither is.
pub fn lr_limits(
    map: &SweepMap,
    lambda_max: f64,
    run_settings: &RunSettings,
) -> Option<(usize, Vec<Option<f64>>)> {
    let axis = map.grids.iter().position(AxisValues::is_lr)?;
    let other = &map.grids[1 - axis];
    let limits = (0..other.len())
        .map(|index| lr_limit(&other.apply(&map.spec, index), lambda_max, run_settings))
        .collect();
    Some((axis, limits))
}
