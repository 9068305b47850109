//! Ways between two trained networks: the straight line and its barrier, a trained curve around it, and the plane that holds both.
//!
//! ```
//! use ravine::engine::cancel::Cancel;
//! use ravine::engine::files::NoFiles;
//! use ravine::engine::analysis::mode_connectivity::{Connect, connect};
//! use ravine::engine::network::{Precision, Trainee, data::AnyDataset};
//!
//! let data: AnyDataset = "moons:samples=20".parse()?;
//! let split = data.split(&NoFiles, 0.25, 0)?;
//! let trainee = Trainee::new(&"mlp:hidden=4".parse()?, split, 0, Precision::Double)?;
//! let ends = [1, 2].map(|seed| trainee.loss.initial(seed));
//! let settings = Connect { steps: 10, points: 5, ..Connect::default() };
//! let spec = "adam:lr=0.01".parse()?;
//! let found = connect(&trainee, ends.each_ref().map(Vec::as_slice), &spec, &settings, &Cancel::default(), &mut |_| {})?;
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
    /// How ways between two trained networks are made and looked at.
    pub struct Connect("Mode connectivity") {
        /// Places along each way at which the networks are measured, both ends included.
        points: u64 = 61, in 2.0..=10001.0, linear 11.0..=201.0;
        /// Steps that the curve is trained for.
        steps: u64 = 500, in 1.0..=1e6, log 10.0..=10000.0;
        /// Places along the curve whose mean loss is trained.
        nodes: u64 = 10, in 1.0..=1000.0, linear 1.0..=50.0;
        /// Samples in a mini-batch of the curve's training.
        batch: Option<u64> = None, in 1.0..=1e6, log 1.0..=1000.0, none "all";
        /// First puts the second network's hidden units in the order in which they fit those of the first.
        align: bool = false;
        /// The seed of mini-batches and of the order in which layers are aligned.
        seed: u64 = 0, in 0.0..=9e15;
    }
}

/// What trains a curve unless something else is asked for: Adam with a learning rate of 0.01.
pub fn default_curve_optimizer() -> RunSpec {
    RunSpec::new(AnyOptimizer::Adam(Adam {
        lr: 0.01,
        ..Adam::default()
    }))
}

/// Two trained networks and the ways between them.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeConnectivity {
    /// The weights that the ways lead from and to; those that they lead to are aligned if that was asked for.
    pub ends: [Vec<f64>; 2],
    /// The middle point of the curve, n numbers.
    pub theta: Vec<f64>,
    /// How the training of the curve ended.
    pub outcome: Outcome,
    /// The straight line.
    pub straight: PathProfile,
    /// The curve.
    pub curve: PathProfile,
    /// How the second network was aligned, and the straight line to it as it was before.
    pub aligned: Option<(Alignment, PathProfile)>,
    /// The plane through the ends at (0, 0) and (1, 0) and the middle point, whose second direction is at a right angle to the first
    /// and as long; `None` where all three lie on one line.
    pub plane: Option<Plane>,
}

/// Why there are no ways between two networks.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConnectError {
    /// Weights of another network.
    #[error("the weights of one end are {found} numbers; expected {expected}, as the network has")]
    Length {
        /// How many there are.
        found: usize,
        /// How many parameters the network has.
        expected: usize,
    },
    /// Weights that are no numbers.
    #[error("the weights of one end are not finite; expected finite numbers")]
    NotFinite,
    /// Moments that belong to one network.
    #[error(
        "batch normalisation uses fixed statistics, which differ between the two networks; expected statistics of the data"
    )]
    EvalMode,
    /// Batches of one sample.
    #[error(transparent)]
    Batch(#[from] NetworkError),
    /// An optimizer that is not for this.
    #[error("`{name}` cannot train a curve of this network; expected {expected}")]
    Optimizer {
        /// Its name.
        name: &'static str,
        /// What it is for.
        expected: &'static str,
    },
}

/// The straight line from one network to another, and a curve that `spec` trains from it. `None` if it was cancelled.
///
/// `told` hears how many steps of the training are done. Losses are means over the samples, without λ/2 ‖θ‖², which the training
/// counts. The bits do not depend on the number of threads.
pub fn connect(
    task: &TrainingTask,
    [a, b]: [&[f64]; 2],
    spec: &RunSpec,
    settings: &Connect,
    cancel: &Cancel,
    told: &mut dyn FnMut(u64),
) -> Result<Option<ModeConnectivity>, ConnectError> {
    let loss = &*task.loss;
    check(loss, [a, b], spec)?;
    let batch = settings
        .batch
        .map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    loss.check_batch(batch)?;
    Ok(compute_paths(task, [a, b], spec, settings, cancel, told))
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
    cancel: &Cancel,
    told: &mut dyn FnMut(u64),
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
    let (theta, outcome) = curve_loss::train(&curve, spec, &run_settings, cancel, told)?;
    let bend = Bezier {
        ends: [a, &b],
        theta: &theta,
    };
    let curve = PathProfile::compute(task, &bend, loss.dim(), settings.points, cancel)?;
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
        plane: plane.map(|cut| cut.plane),
    })
}

/// What the curve is trained under. Where steps are those of mini-batches, all data are looked at twenty times or a few more.
fn curve_run_settings(settings: &Connect) -> RunSettings {
    let steps = settings.steps;
    let batch = settings.batch.and_then(|size| usize::try_from(size).ok());
    // The last step has to be one of those that are looked at.
    let whole = |every: &u64| steps.is_multiple_of(*every);
    let every = match batch {
        Some(_) => (1..=steps / 20).rev().find(whole).unwrap_or(1),
        None => 1,
    };
    RunSettings {
        steps,
        gradient_settings: GradientSettings {
            seed: settings.seed,
            batch,
            ..GradientSettings::default()
        },
        tolerance: None,
        record_every: every,
    }
}

impl ModeConnectivity {
    /// The curve.
    pub fn bezier(&self) -> Bezier<'_> {
        Bezier {
            ends: self.ends.each_ref().map(Vec::as_slice),
            theta: &self.theta,
        }
    }

    /// Where the middle point is on the plane; `None` where there is no plane.
    pub fn middle_on_plane(&self) -> Option<[f64; 2]> {
        Some(self.plane.as_ref()?.project(&self.theta).0)
    }

    /// Where the curve is on the plane at `t`, which holds all of it; `None` where there is no plane. The straight line is at (t, 0).
    pub fn curve_on_plane(&self, t: f64) -> Option<[f64; 2]> {
        let [x, y] = self.middle_on_plane()?;
        let [_, middle, last] = path::bernstein_weights(t);
        Some([middle * x + last, middle * y])
    }
}

#[cfg(test)]
mod tests;
