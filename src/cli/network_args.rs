//! The network and the data that `train`, `slice`, `curvature` and `connect` work on.

use super::say_source;
use super::scene_args::{setting_error, spec_text};
use crate::engine::declare::Value;
use crate::engine::declare::spec;
use crate::engine::network::data::{AnyDataset, Split};
use crate::engine::network::{AnyNetwork, NetworkLoss};
use crate::engine::objective::Objective;
use crate::engine::training::RunSpec;
use crate::import::{
    Disk, open_weights, open_weights_and_batch_norm_stats, path_from_text, path_text,
};
use std::path::Path;

#[derive(clap::Args)]
pub(super) struct NetworkArgs {
    /// The network, like mlp:hidden=16/16,activation=tanh,loss=bce; `hidden=` has no hidden layer. loss=bce, ce or mse is the mean
    /// over the samples. norm=batch takes the moments of the data, and refuses batches of one sample
    #[arg(long, value_name = "SPEC")]
    pub(super) network: String,
    /// The data: a CSV file, or a built-in set like moons:noise=0.2
    #[arg(long, value_name = "FILE|SPEC", value_parser = spec_text())]
    pub(super) data: String,
    /// The column of a CSV file that is the label; without it, the last one
    #[arg(long, value_name = "NAME")]
    label: Option<String>,
    /// Gives each input mean 0 and variance 1, over the training data, where it varies; without it, data are used as they are
    #[arg(long)]
    standardize: bool,
}

impl NetworkArgs {
    /// The network's loss on the part of the data that is for training, and the data.
    pub(super) fn prepare(&self, test: f64, seed: u64) -> Result<(NetworkLoss, Split), String> {
        let network: AnyNetwork = { self.network.parse() }
            .map_err(|refusal| setting_error("--network", &self.network, &refusal))?;
        let mut split = (self.dataset()?)
            .split_for(network.as_dyn().loss(), &Disk::default(), test, seed)
            .map_err(|error| error.to_string())?;
        say_source(&self.data, split.train.source());
        if self.standardize {
            split.standardise();
        }
        let loss = NetworkLoss::new(&network, &split.train);
        let loss = loss.map_err(|error| format!("--network {}: {error}", self.network))?;
        Ok((loss, split))
    }

    fn dataset(&self) -> Result<AnyDataset, String> {
        let name = spec::head(&self.data).0;
        let built_in = AnyDataset::NAMES.contains(&name);
        let refused = |refusal| setting_error("--data", &self.data, &refusal);
        let path = path_from_text(&self.data);
        if built_in || self.data.contains(':') && !path.exists() {
            if self.label.is_some() {
                return Err(format!(
                    "--label is for a CSV file, but --data is `{}`; expected one of both",
                    self.data
                ));
            }
            return self.data.parse().map_err(refused);
        }
        let mut csv: AnyDataset = "csv".parse().map_err(refused)?;
        let label = self.label.clone().unwrap_or_default();
        for (setting, text) in [("path", path_text(&path)), ("label", label)] {
            let set = csv.settings_mut().set(setting, Value::Text(text));
            set.map_err(|refusal| setting_error("--data", &self.data, &refusal))?;
        }
        Ok(csv)
    }

    /// What network and data are called.
    pub(super) fn title(&self) -> String {
        format!("{} on {}", self.network, self.data)
    }
}

/// Weights of a network from a file.
pub(super) fn weights(loss: &NetworkLoss, path: &Path) -> Result<Vec<f64>, String> {
    open_weights(path, loss.layout().tensors())
}

/// A network's loss and its weights from a file; where `norm_statistics` says so, with the file's running averages for its batch
/// normalisations.
pub(super) fn at_weights(
    loss: NetworkLoss,
    path: &Path,
    norm_statistics: &str,
) -> Result<(NetworkLoss, Vec<f64>), String> {
    let frozen = match norm_statistics {
        "data" => false,
        "file" => true,
        _ => {
            return Err(format!(
                "--norm-statistics cannot be `{norm_statistics}`; expected data or file"
            ));
        }
    };
    if !frozen {
        loss.check_batch(None).map_err(|error| error.to_string())?;
        let theta = weights(&loss, path)?;
        return Ok((loss, theta));
    }
    if !loss.is_coupled() {
        return Err("--norm-statistics file is for norm=batch; expected data".to_owned());
    }
    let (theta, moments) = open_weights_and_batch_norm_stats(path, loss.layout().tensors())?;
    let loss = loss.eval_mode(moments).map_err(|error| error.to_string())?;
    Ok((loss, theta))
}

/// A run that this network can make, which `flag` asks for.
pub(super) fn spec(flag: &str, text: &str, loss: &NetworkLoss) -> Result<RunSpec, String> {
    let spec: RunSpec = text
        .parse()
        .map_err(|refusal| setting_error(flag, text, &refusal))?;
    let optimizer = &spec.optimizer;
    if let Some(expected) = optimizer.as_dyn().unsupported_reason(loss) {
        let name = optimizer.name();
        return Err(format!(
            "`{name}` cannot train this network; expected {expected}"
        ));
    }
    let unknown = { spec.groups.iter() }.find(|group| loss.group(&group.name).is_none());
    match unknown {
        Some(group) => {
            let names: Vec<&str> = { loss.layout().tensors().iter() }
                .map(|tensor| &*tensor.name)
                .collect();
            Err(format!(
                "the network has no parameters called `{}`; expected a layer like layers.0 or one of {} in brackets",
                group.name,
                names.join(", ")
            ))
        }
        None => Ok(spec),
    }
}

/// A seed.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("--seed cannot be `{text}`; expected a whole number from 0"))
}

/// A share that leaves something.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..1.0).contains(share));
    share.ok_or_else(|| {
        format!("--test cannot be `{text}`; expected a number from 0 to less than 1, like 0.25")
    })
}
