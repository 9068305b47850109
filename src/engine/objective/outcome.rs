//! Outcomes of runs: the divergence limit, and the reasons of an early end.

/// Beyond this multiple of what a run began with, a run has diverged.
pub const MAX_GROWTH: f64 = 1e12;

/// Bounds of the loss and of the parameters, beyond which a run has diverged.
///
/// The rule for every command and every loop: a run has diverged where its loss, a parameter or the norm of its gradient is not
/// finite, where |loss| is beyond 10¹² max(1, |first loss|), or where a parameter is beyond 10¹² max(1, the largest at the start).
/// So a loss that begins at 10¹³, as that of squared house prices does, is as good a start as any.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DivergenceLimit {
    /// The largest |loss|.
    pub loss: f64,
    /// The largest magnitude of a parameter.
    pub theta: f64,
}

impl DivergenceLimit {
    /// Returns the bounds of a run from `theta`, where the loss is `loss`.
    pub fn new(loss: f64, theta: &[f64]) -> Self {
        let largest = theta.iter().fold(0.0, |most: f64, t| most.max(t.abs()));
        // A finite bound, so that no infinite number is within it.
        let bound = |first: f64| (MAX_GROWTH * first.abs().max(1.0)).min(f64::MAX);
        Self {
            loss: bound(loss),
            theta: bound(largest),
        }
    }

    /// Whether a run with this loss, these parameters and this norm of the gradient goes on.
    #[inline(always)]
    pub fn holds(&self, loss: f64, theta: &[f64], grad_norm: f64) -> bool {
        loss.abs() <= self.loss
            && theta.iter().all(|t| t.abs() <= self.theta)
            && grad_norm < f64::INFINITY
    }

    /// Whether a run goes on in all of these rows; see [`DivergenceLimit::holds`].
    pub fn holds_in_rows(&self, losses: &[f64], theta: &[f64], grad_norms: &[f64]) -> bool {
        // Without branches, so that the loops are made of vectors.
        let within = |numbers: &[f64], bound: f64| {
            let each = numbers.iter().map(|number| number.abs() <= bound);
            each.fold(true, |all, one| all & one)
        };
        within(losses, self.loss) && within(theta, self.theta) && within(grad_norms, f64::MAX)
    }

    /// Returns the reason why a run with this loss and these parameters is beyond the bounds.
    pub fn reason(&self, loss: f64, theta: &[f64]) -> Reason {
        if theta.iter().any(|t| !t.is_finite()) {
            Reason::StepNotFinite
        } else if !loss.is_finite() {
            Reason::LossNotFinite
        } else if loss.abs() > self.loss {
            Reason::LossBeyondLimit
        } else if theta.iter().any(|t| t.abs() > self.theta) {
            Reason::ParameterBeyondLimit
        } else {
            Reason::GradientNotFinite
        }
    }
}

/// Why a run ended before its last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The loss is NaN or infinite.
    LossNotFinite,
    /// The gradient, or its norm, is NaN or infinite.
    GradientNotFinite,
    /// The loss is beyond [`DivergenceLimit::loss`].
    LossBeyondLimit,
    /// A parameter is beyond [`DivergenceLimit::theta`].
    ParameterBeyondLimit,
    /// A step divided zero by zero: mostly an ε of 0 where the gradient is 0.
    ZeroByZero,
    /// A step took the square root of a mean square less the square of a mean, which rounding made negative.
    NegativeVariance,
    /// A step was not finite for another reason.
    StepNotFinite,
    /// The matrix of a second-order step is singular, and the gradient is in its null space.
    SingularCurvature,
    /// The matrix of a second-order step is not finite.
    CurvatureNotFinite,
    /// A trust region has shrunk to a point.
    NoStep,
    /// The user stopped the work.
    Interrupted,
}

impl Reason {
    /// Returns the reason as a clause, like "the loss is not finite".
    pub fn clause(self) -> &'static str {
        match self {
            Self::LossNotFinite => "the loss is not finite",
            Self::GradientNotFinite => "the gradient is not finite",
            Self::LossBeyondLimit => {
                "the size of the loss is above 10¹², and above 10¹² times the first loss"
            }
            Self::ParameterBeyondLimit => {
                "the size of a parameter is above 10¹², and above 10¹² times the largest at the start"
            }
            Self::ZeroByZero => "0/0 in the step",
            Self::NegativeVariance => "square root of a negative variance in the step",
            Self::StepNotFinite => "the step is not finite",
            Self::SingularCurvature => {
                "the curvature matrix is singular and the gradient lies in its null space"
            }
            Self::CurvatureNotFinite => "the curvature matrix is not finite",
            Self::NoStep => "no step within the trust region lowers the loss",
            Self::Interrupted => "the work was interrupted",
        }
    }
}

/// Outcome of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All steps were taken.
    Finished,
    /// The gradient norm fell below the tolerance after this many steps.
    Converged(u64),
    /// The run was beyond its [`DivergenceLimit`] after this many steps.
    Diverged(u64, Reason),
    /// The rule could not move from where it was after this many steps, though the gradient is not zero.
    Stopped(u64, Reason),
}

impl Outcome {
    /// Returns "finished", "converged", "diverged" or "stopped".
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Converged(_) => "converged",
            Self::Diverged(..) => "diverged",
            Self::Stopped(..) => "stopped",
        }
    }

    /// Returns why the run diverged or stopped.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Finished | Self::Converged(_) => None,
            Self::Diverged(_, reason) | Self::Stopped(_, reason) => Some(reason),
        }
    }

    /// Returns the warning that a run diverged or stopped, like "diverged at step 6: the loss is not finite"; `None` of a run that
    /// finished or converged.
    pub fn warning(self) -> Option<String> {
        match self {
            Self::Finished | Self::Converged(_) => None,
            Self::Diverged(step, reason) | Self::Stopped(step, reason) => Some(format!(
                "{} at step {step}: {}",
                self.name(),
                reason.clause()
            )),
        }
    }

    /// Returns how a run ended before its last step, like "ended at step 130: the loss is not finite"; `None` of a run that finished.
    pub fn early_end(self) -> Option<String> {
        let (step, clause) = match self {
            Self::Finished => return None,
            Self::Converged(step) => (step, "the gradient norm is below the tolerance"),
            Self::Diverged(step, reason) | Self::Stopped(step, reason) => (step, reason.clause()),
        };
        Some(format!("ended at step {step}: {clause}"))
    }

    /// Returns the outcome of a run whose first `steps` steps were those of another.
    pub fn after(self, steps: u64) -> Self {
        match self {
            Self::Finished => Self::Finished,
            Self::Converged(step) => Self::Converged(steps + step),
            Self::Diverged(step, reason) => Self::Diverged(steps + step, reason),
            Self::Stopped(step, reason) => Self::Stopped(steps + step, reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_early_end_says_step_and_reason() {
        let text = |outcome: Outcome| outcome.early_end().unwrap_or_default();
        assert_eq!(text(Outcome::Finished), "");
        assert_eq!(
            text(Outcome::Stopped(130, Reason::LossNotFinite)),
            "ended at step 130: the loss is not finite"
        );
        assert_eq!(
            text(Outcome::Converged(7)),
            "ended at step 7: the gradient norm is below the tolerance"
        );
    }

    #[test]
    fn limits_grow_with_what_a_run_began_with_and_stay_finite() {
        let usual = DivergenceLimit::new(-0.5, &[1e-3, 0.2]);
        assert_eq!((usual.loss, usual.theta), (1e12, 1e12));
        let prices = DivergenceLimit::new(1e13, &[2.0, -5e3]);
        assert_eq!((prices.loss, prices.theta), (1e25, 5e15));
        assert!(prices.holds(1e13, &[2.0, -5e3], 1e9));
        assert!(!prices.holds(2e25, &[2.0, -5e3], 1e9));
        let huge = DivergenceLimit::new(1e300, &[1e300]);
        assert!(huge.holds(1e300, &[1e300], 1.0) && !huge.holds(f64::INFINITY, &[1.0], 1.0));
        assert!(!huge.holds(1.0, &[f64::NAN], 1.0) && !huge.holds(1.0, &[1.0], f64::NAN));
    }

    #[test]
    fn warnings_say_step_and_reason() {
        let outcome = Outcome::Diverged(6, Reason::LossNotFinite);
        let warning = outcome.after(10).warning();
        assert_eq!(
            warning.as_deref(),
            Some("diverged at step 16: the loss is not finite")
        );
        assert_eq!(Outcome::Finished.warning(), None);
    }
}
