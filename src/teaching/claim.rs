//! Claims of lessons: sentences about the runs of a step as data, which tests play through.

mod check;
mod network;

pub use check::{Checked, Played};

use serde::Deserialize;

/// A claim about a run of a step's scene: the value of a quantity, and what it is compared with. Exactly one comparison is given.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Claim {
    /// The claim in words, as the audience reads it.
    pub says: String,
    /// Name of the run, as the window shows it; left out where the scene has only one.
    pub run: Option<String>,
    /// Quantity that is measured.
    pub quantity: Quantity,
    /// The step at which it is measured; the run's last one without it.
    pub at: Option<u64>,
    /// The point that [`Quantity::Distance`] is measured to; the nearest known minimum without it.
    pub to: Option<[f64; 2]>,
    /// Name of the run that [`Quantity::Barrier`] and [`Quantity::CurveBarrier`] lead to.
    pub to_run: Option<String>,
    /// The loss that [`Quantity::StepsToLoss`] and [`Quantity::EvaluationsToLoss`] wait for.
    pub loss: Option<f64>,
    /// Number of seeds, 0 and up, whose mean is taken; the scene's own seed alone without it.
    pub seeds: Option<u64>,
    /// The value is less than this.
    pub below: Option<f64>,
    /// The value is greater than this.
    pub above: Option<f64>,
    /// The value is within `tolerance` of this.
    pub equals: Option<f64>,
    /// Largest difference to `equals`; 0 without it.
    pub tolerance: Option<f64>,
    /// The outcome is this: finished, converged, diverged or stopped.
    pub outcome: Option<String>,
    /// The value is less than that of this other run.
    pub less_than: Option<String>,
    /// With `less_than`: the least ratio of the other run's value to this run's.
    pub times: Option<f64>,
}

/// Quantity of a run that a claim measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Loss at a step.
    Loss,
    /// Lowest loss of the run.
    BestLoss,
    /// Mean loss of the last quarter of the run: the level at which noise holds it.
    MeanLoss,
    /// Norm of the gradient at a step.
    GradNorm,
    /// First parameter at a step.
    X,
    /// Second parameter at a step.
    Y,
    /// Distance at a step from a point.
    Distance,
    /// Length of the step from `at` to `at + 1`.
    StepLength,
    /// Learning rate that the schedule sets at a step.
    Lr,
    /// Gradient evaluations up to a step.
    Evaluations,
    /// First step with a loss of at most `loss`.
    StepsToLoss,
    /// Gradient evaluations until a loss of at most `loss`.
    EvaluationsToLoss,
    /// How the run ended; compared with `outcome`.
    Outcome,
    /// Step at which the run ended.
    EndStep,
    /// Number of times that the run crossed the valley: changes of sign of the gradient along the steepest direction.
    Crossings,
    /// Largest Hessian eigenvalue λmax at a step.
    Sharpness,
    /// Smallest Hessian eigenvalue at a step.
    LowestCurvature,
    /// λmax divided by the smallest eigenvalue that is not zero, in magnitude, at a step.
    ConditionNumber,
    /// Learning rate times λmax at a step.
    LrSharpness,
    /// λmax at a step divided by the largest curvature at which the optimizer's steps do not grow.
    SharpnessRatio,
    /// Largest learning rate at which the optimizer's steps do not grow, at a step.
    LargestLr,
    /// Factor by which loss − minimum shrinks in a step, in the mean over the last half of the run.
    Rate,
    /// Accuracy on the training data.
    Accuracy,
    /// Accuracy on the test data.
    TestAccuracy,
    /// Distance from the shown plane, as a part of the way from the plane's origin.
    ProjectionError,
    /// ‖θ‖ at a step, of all parameters.
    WeightNorm,
    /// Gradient norm of a network's first layer at a step.
    FirstLayerGradNorm,
    /// Largest share of dead ReLU units in a layer of a network at a step.
    DeadUnits,
    /// Largest excess of the training loss on the straight line to the end of `to-run` over the line between the losses of both ends.
    Barrier,
    /// Largest such excess along the curve that the scene's mode connectivity settings train.
    CurveBarrier,
}
