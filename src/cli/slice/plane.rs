//! The planes of `ravine slice` in the parameter space of a network.

use super::{Args, flags};
use crate::cli::network_args::weights;
use crate::cli::scene_args::setting_error;
use crate::engine::analysis::network_plane::{AnyPlane, NetworkPlane, PlaneInputs, normalise};
use crate::engine::cancel::Cancel;
use crate::engine::declare::Value;
use crate::engine::network::NetworkLoss;
use crate::engine::objective::plane::Plane;
use crate::engine::training::Trajectory;
use crate::figure::axis::number;
use std::path::PathBuf;

impl Args {
    /// Reads the weights of `--other` and the directions of `--direction`.
    pub(super) fn further_weights(&self, loss: &NetworkLoss) -> Result<[Vec<Vec<f64>>; 2], String> {
        let read = |paths: &[PathBuf]| -> Result<Vec<Vec<f64>>, String> {
            paths.iter().map(|path| weights(loss, path)).collect()
        };
        Ok([read(&self.others)?, read(&self.directions)?])
    }

    /// Returns the seeds of `--seeds`, which count from the plane's on.
    pub(super) fn plane_seeds(&self) -> Result<Option<Vec<u64>>, String> {
        let Some(text) = &self.seeds else {
            return Ok(None);
        };
        let plane = plane(self.plane.as_deref().unwrap_or("filter:seed=1"))?;
        let first = match plane.settings().get("seed") {
            Some(Value::Count(first)) => first,
            _ => 0,
        };
        flags::seeds(text, first).map(Some)
    }

    /// Builds the planes with their seeds; one plane, with seed 0, without `--seeds`.
    pub(super) fn build_planes(
        &self,
        loss: &NetworkLoss,
        theta: &[f64],
        runs: &[Trajectory],
        seeds: Option<&[u64]>,
        [others, mut directions]: [Vec<Vec<f64>>; 2],
    ) -> Result<Vec<(u64, NetworkPlane)>, String> {
        if self.directions.is_empty() {
            let plane = plane(self.plane.as_deref().unwrap_or("filter:seed=1"))?;
            let through = matches!(plane, AnyPlane::Line(_) | AnyPlane::Points(_));
            if !through && !self.others.is_empty() {
                let name = plane.name();
                return Err(format!(
                    "--other is for --plane line or points, not {name}; choose one of them, or leave out --other"
                ));
            }
            let second = plane.settings().get("second");
            let uses_steps =
                matches!(plane, AnyPlane::Pca(_)) || second == Some(Value::Choice("step"));
            if self.trajectories.is_some() && !uses_steps && !self.drawn() {
                let name = plane.name();
                return Err(format!(
                    "--trajectories is for --plane pca or gradient:second=step and for pictures, not for {name} in a table; choose one of them, or leave out --trajectories"
                ));
            }
            if seeds.is_some() && !matches!(plane, AnyPlane::Filter(_)) {
                let name = plane.name();
                return Err(format!(
                    "--seeds is for --plane filter, not {name}; choose filter, or leave out --seeds"
                ));
            }
            let cancel = Cancel::default();
            let given = PlaneInputs {
                others: &others,
                trajectories: runs,
                ..PlaneInputs::new(loss, theta, &cancel)
            };
            let build = |plane: &AnyPlane| {
                plane
                    .as_dyn()
                    .build(&given)
                    .map_err(|error| error.to_string())
            };
            let Some(seeds) = seeds else {
                return Ok(vec![(0, build(&plane)?)]);
            };
            let with_seed = |seed: &u64| {
                let mut plane = plane.clone();
                let set = plane.settings_mut().set("seed", Value::Count(*seed));
                set.map_err(|error| error.to_string())?;
                Ok((*seed, build(&plane)?))
            };
            return seeds.iter().map(with_seed).collect();
        }
        if let (Some(_), Some(ignore)) = (&self.normalize, self.ignore()) {
            for direction in &mut directions {
                normalise(loss.layout().tensors(), theta, ignore, direction);
            }
        }
        let mut directions = directions.into_iter();
        let mut next = || directions.next().unwrap_or_else(|| vec![0.0; theta.len()]);
        let plane = Plane::new(theta.to_vec(), next(), next());
        let plane = plane.ok_or("the directions are not finite; expected finite numbers")?;
        let network_plane = NetworkPlane {
            plane,
            explained_variance_ratio: None,
            eigenvalues: None,
        };
        Ok(vec![(0, network_plane)])
    }

    /// Returns the caption of a picture: the weights, the plane and its eigenvalues.
    pub(super) fn caption(&self, network_plane: &NetworkPlane) -> String {
        // Names without folders, which mean nothing in a picture.
        let name = |path: &PathBuf| {
            let name = path.file_name().unwrap_or(path.as_os_str());
            name.to_string_lossy().into_owned()
        };
        let mut parts = vec![format!("weights {}", name(&self.weights))];
        if self.directions.is_empty() {
            let plane = self.plane.as_deref().unwrap_or("filter:seed=1");
            parts.push(format!("plane {plane}"));
        } else {
            let names: Vec<String> = self.directions.iter().map(name).collect();
            parts.push(format!("directions {}", names.join(", ")));
            parts.extend(
                self.normalize
                    .as_ref()
                    .map(|how| format!("{how}-normalised")),
            );
        }
        parts.extend(
            network_plane
                .eigenvalues
                .map(|[a, b]| format!("eigenvalues {} and {}", number(a, 5), number(b, 5))),
        );
        parts.join(" · ")
    }
}

/// Parses `--plane`.
pub(in crate::cli) fn plane(text: &str) -> Result<AnyPlane, String> {
    text.parse()
        .map_err(|error| setting_error("--plane", text, &error))
}

/// Returns a sentence with the explained variance ratio of a plane, if it has one.
pub(in crate::cli) fn explained_variance_text(network_plane: &NetworkPlane) -> Option<String> {
    let [a, b] = network_plane
        .explained_variance_ratio?
        .map(|share| number(100.0 * share, 4));
    Some(format!(
        "The plane explains {a} % and {b} % of the variance of the steps."
    ))
}
