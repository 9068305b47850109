//! Mode connectivity: linear and curved paths between two trained networks, their loss barriers, and the plane that contains both.
//!
//! ```
//! use ravine::engine::cancel::Cancel;
//! use ravine::engine::files::NoFiles;
//! use ravine::engine::analysis::mode_connectivity::{Connect, connect};
//! use ravine::engine::network::{Precision, TrainingTask, data::AnyDataset};
//!
//! let data: AnyDataset = "moons:samples=20".parse()?;
//! let split = data.split(&NoFiles, 0.25, 0)?;
//! let task = TrainingTask::new(&"mlp:hidden=4".parse()?, split, 0, Precision::Double)?;
//! let ends = [1, 2].map(|seed| task.loss.init_params(seed));
//! let settings = Connect { steps: 10, points: 5, ..Connect::default() };
//! let spec = "adam:lr=0.01".parse()?;
//! let found = connect(&task, ends.each_ref().map(Vec::as_slice), &spec, &settings, &Cancel::default(), &mut |_| {})?;
//! let found = found.expect("nothing cancels it");
//! assert_eq!(found.curve.rows.len(), 5);
//! assert_eq!(found.curve.rows[0], found.straight.rows[0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod curve_loss;
mod linear_assignment;
mod path;
mod profile;
mod weight_matching;

use crate::engine::analysis::network_plane::{PlaneInputs, PlaneMethod, Points};
use crate::engine::cancel::Cancel;
use crate::engine::declare::settings;
use crate::engine::network::{NetworkError, NetworkLoss, TrainingTask};
use crate::engine::objective::plane::Plane;
use crate::engine::objective::{GradientSettings, Objective};
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::optimizer::adam::Adam;
use crate::engine::training::{Outcome, RunSettings, RunSpec};
use curve_loss::CurveLoss;
use weight_matching::align;

pub use path::{Bezier, LinearPath, Path};
pub use profile::{PathExtremum, PathPoint, PathProfile};
pub use weight_matching::{Alignment, Permutation};

settings! {
    /// Settings of paths between two trained networks.
    pub struct Connect("Mode connectivity") {
        /// Number of points along each path at which the networks are evaluated, both ends included.
        points: u64 = 61, in 2.0..=10001.0, linear 11.0..=201.0;
        /// Number of training steps of the curve.
        steps: u64 = 500, in 1.0..=1e6, log 10.0..=10000.0;
        /// Number of points along the curve whose mean loss is minimized.
        nodes: u64 = 10, in 1.0..=1000.0, linear 1.0..=50.0;
        /// Mini-batch size in the training of the curve.
        batch: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0, none "all";
        /// Align the second network's hidden units with those of the first (weight matching).
        align: bool = false;
        /// Seed of mini-batches and of the order in which layers are aligned.
        seed: u64 = 0, in 0.0..=9e15;
    }
}

/// Returns the default optimizer of the curve: Adam with a learning rate of 0.01.
pub fn default_curve_optimizer() -> RunSpec {
    RunSpec::new(AnyOptimizer::Adam(Adam {
        lr: 0.01,
        ..Adam::default()
    }))
}

/// Two trained networks and the paths between them.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeConnectivity {
    /// Weights at both ends; those at the second end are aligned if that was asked for.
    pub ends: [Vec<f64>; 2],
    /// Middle point of the curve, n numbers.
    pub theta: Vec<f64>,
    /// Outcome of the training of the curve.
    pub outcome: Outcome,
    /// Profile of the linear path.
    pub straight: PathProfile,
    /// Profile of the curve.
    pub curve: PathProfile,
    /// Alignment of the second network, and the profile of the linear path before it.
    pub aligned: Option<(Alignment, PathProfile)>,
    /// Plane through the ends at (0, 0) and (1, 0) and the middle point; its second direction is orthogonal to the first and of equal
    /// length. `None` where all three points are collinear.
    pub plane: Option<Plane>,
}

/// Reasons for which two networks cannot be connected.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConnectError {
    /// Weights of another network.
    #[error(
        "the weights of one end have {found} numbers; expected {expected}, the parameters of the network"
    )]
    Length {
        /// Number of weights given.
        found: usize,
        /// Number of parameters of the network.
        expected: usize,
    },
    /// Weights that are infinite or NaN.
    #[error("the weights of one end are not finite; expected finite numbers")]
    NotFinite,
    /// Fixed batch-normalisation statistics, which belong to one network.
    #[error(
        "batch normalisation uses fixed statistics, which differ between the two networks; expected statistics of the data"
    )]
    EvalMode,
    /// Mini-batches of one sample.
    #[error(transparent)]
    Batch(#[from] NetworkError),
    /// Unsupported optimizer.
    #[error("`{name}` cannot train a curve of this network; expected {expected}")]
    Optimizer {
        /// Name of the optimizer.
        name: &'static str,
        /// Requirement of the optimizer.
        expected: &'static str,
    },
}

/// Computes the linear path from one network to another, and a curve that `spec` trains starting from it. `None` if cancelled.
///
/// `on_step` receives the number of training steps done. Losses are means over the samples without λ/2 ‖θ‖², which the training
/// includes. The bits do not depend on the number of threads.
pub fn connect(
    task: &TrainingTask,
    [a, b]: [&[f64]; 2],
    spec: &RunSpec,
    settings: &Connect,
    cancel: &Cancel,
    on_step: &mut dyn FnMut(u64),
) -> Result<Option<ModeConnectivity>, ConnectError> {
    let loss = &*task.loss;
    check(loss, [a, b], spec)?;
    let batch = settings
        .batch
        .map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    loss.check_batch(batch)?;
    let flags = [cancel, &Cancel::default()];
    Ok(compute_paths(task, [a, b], spec, settings, flags, on_step))
}

/// Computes paths like [`connect`]; `stop` ends the training of the curve, and the paths so far are returned.
pub fn connect_so_far(
    task: &TrainingTask,
    ends: [&[f64]; 2],
    spec: &RunSpec,
    settings: &Connect,
    stop: &Cancel,
    on_step: &mut dyn FnMut(u64),
) -> Result<Option<ModeConnectivity>, ConnectError> {
    let loss = &*task.loss;
    check(loss, ends, spec)?;
    loss.check_batch(
        settings
            .batch
            .map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
    )?;
    let flags = [&Cancel::default(), stop];
    Ok(compute_paths(task, ends, spec, settings, flags, on_step))
}

fn check(loss: &NetworkLoss, ends: [&[f64]; 2], spec: &RunSpec) -> Result<(), ConnectError> {
    let expected = loss.dim();
    for end in ends {
        if end.len() != expected {
            let found = end.len();
            return Err(ConnectError::Length { found, expected });
        }
        if !end.iter().all(|number| number.is_finite()) {
            return Err(ConnectError::NotFinite);
        }
    }
    if loss.batch_norm_stats.is_some() {
        return Err(ConnectError::EvalMode);
    }
    let name = spec.optimizer.name();
    match spec.optimizer.as_dyn().unsupported_reason(loss) {
        Some(expected) => Err(ConnectError::Optimizer { name, expected }),
        None => Ok(()),
    }
}

fn compute_paths(
    task: &TrainingTask,
    [a, b]: [&[f64]; 2],
    spec: &RunSpec,
    settings: &Connect,
    [cancel, stop]: [&Cancel; 2],
    on_step: &mut dyn FnMut(u64),
) -> Option<ModeConnectivity> {
    let loss = &*task.loss;
    let line = |b: &[f64]| {
        let line = LinearPath { ends: [a, b] };
        PathProfile::compute(task, &line, loss.dim(), settings.points, cancel)
    };
    let (aligned, b) = if settings.align {
        let (alignment, moved) = align(loss, [a, b], settings.seed, cancel)?;
        (Some((alignment, line(b)?)), moved)
    } else {
        (None, b.to_vec())
    };
    let straight = line(&b)?;
    let curve = CurveLoss::new(loss, [a, &b], settings.nodes);
    let run_settings = curve_run_settings(settings);
    let (theta, outcome) = curve_loss::train(&curve, spec, &run_settings, [cancel, stop], on_step)?;
    let bezier = Bezier {
        ends: [a, &b],
        theta: &theta,
    };
    let curve = PathProfile::compute(task, &bezier, loss.dim(), settings.points, cancel)?;
    let others = [b, theta];
    let given = PlaneInputs {
        others: &others,
        ..PlaneInputs::new(loss, a, cancel)
    };
    let plane = Points { upright: true }.build(&given).ok();
    let [b, theta] = others;
    Some(ModeConnectivity {
        ends: [a.to_vec(), b],
        theta,
        outcome,
        straight,
        curve,
        aligned,
        plane: plane.map(|found| found.plane),
    })
}

/// Returns the run settings of the curve's training. With mini-batches the full loss is evaluated about twenty times.
fn curve_run_settings(settings: &Connect) -> RunSettings {
    let batch = settings.batch.and_then(|size| usize::try_from(size).ok());
    RunSettings {
        steps: settings.steps,
        gradient_settings: GradientSettings {
            seed: settings.seed,
            batch,
            ..GradientSettings::default()
        },
        tolerance: None,
        record_every: batch.map_or(1, |_| (settings.steps / 20).max(1)),
    }
}

impl ModeConnectivity {
    /// Returns the curve.
    pub fn bezier(&self) -> Bezier<'_> {
        Bezier {
            ends: self.ends.each_ref().map(Vec::as_slice),
            theta: &self.theta,
        }
    }

    /// Returns the middle point in coordinates of the plane; `None` where there is no plane.
    pub fn middle_on_plane(&self) -> Option<[f64; 2]> {
        Some(self.plane.as_ref()?.project(&self.theta).0)
    }

    /// Returns the curve at `t` in coordinates of the plane, which contains it; `None` where there is no plane. The linear path is at (t, 0).
    pub fn curve_on_plane(&self, t: f64) -> Option<[f64; 2]> {
        let [x, y] = self.middle_on_plane()?;
        let [_, middle, last] = path::bernstein_weights(t);
        Some([middle * x + last, middle * y])
    }
}

#[cfg(test)]
mod tests;
