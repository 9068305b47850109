//! Arguments for the network and the data of `train`, `slice`, `curvature` and `connect`.

use super::remember_source;
use super::scene_args::{setting_error, spec_text, whole};
use crate::engine::declare::{Value, names, spec};
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
    /// Network, like mlp:hidden=16/16,activation=tanh,loss=bce; `hidden=` means no hidden layer. The losses bce, ce and mse are
    /// means over the samples. norm=batch uses batch statistics and needs batches of at least two samples
    #[arg(long, value_name = "SPEC")]
    pub(super) network: String,
    /// Data: a CSV file, or a built-in data set like moons:noise=0.2
    #[arg(long, value_name = "FILE|SPEC", value_parser = spec_text())]
    pub(super) data: String,
    /// Label column of a CSV file [default: the last column]
    #[arg(long, value_name = "NAME")]
    label: Option<String>,
    /// Scale each input to mean 0 and variance 1 over the training data; constant inputs are only centred
    #[arg(long, alias = "standardise")]
    pub(super) standardize: bool,
}

impl NetworkArgs {
    /// Returns the network's loss on the training split, and the split. `test` is the share of test samples.
    pub(super) fn prepare(&self, test: f64, seed: u64) -> Result<(NetworkLoss, Split), String> {
        let network = self.model()?;
        let mut split = (self.dataset()?)
            .split_for(network.as_dyn().loss(), &Disk::default(), test, seed)
            .map_err(|error| error.to_string())?;
        remember_source(&self.data, split.train.source());
        if self.standardize {
            split.standardise();
        }
        let loss = NetworkLoss::new(&network, &split.train);
        let loss = loss.map_err(|error| format!("--network {}: {error}", self.network))?;
        Ok((loss, split))
    }

    /// Returns the network.
    pub(super) fn model(&self) -> Result<AnyNetwork, String> {
        let text = &self.network;
        text.parse().map_err(|error| {
            let widths = text.strip_prefix("mlp:").unwrap_or(text);
            let meant = format!("mlp:hidden={widths}");
            let is_widths = widths.starts_with(|first: char| first.is_ascii_digit());
            match meant.parse::<AnyNetwork>() {
                Ok(_) if is_widths => {
                    format!("--network {text}: is not a network; did you mean `{meant}`?")
                }
                _ => setting_error("--network", text, &error),
            }
        })
    }

    /// Returns the data set.
    pub(super) fn dataset(&self) -> Result<AnyDataset, String> {
        let name = spec::head(&self.data).0;
        let built_in = names::member("data set", AnyDataset::NAMES, name).is_some();
        let to_sentence = |error| setting_error("--data", &self.data, &error);
        let path = path_from_text(&self.data);
        // A word that is no file is a slip of a built-in name.
        let is_word = !self.data.contains(['.', '/', '\\']);
        if built_in || (self.data.contains(':') || is_word) && !path.exists() {
            if self.label.is_some() {
                return Err(format!(
                    "--label is for a CSV file, but --data is `{}`; leave out --label",
                    self.data
                ));
            }
            return self.data.parse().map_err(to_sentence);
        }
        let mut csv: AnyDataset = "csv".parse().map_err(to_sentence)?;
        let label = self.label.clone().unwrap_or_default();
        for (setting, text) in [("path", path_text(&path)), ("label", label)] {
            let set = csv.settings_mut().set(setting, Value::Text(text));
            set.map_err(|error| setting_error("--data", &self.data, &error))?;
        }
        Ok(csv)
    }

    /// Returns a title, "NETWORK on DATA".
    pub(super) fn title(&self) -> String {
        format!("{} on {}", self.network, self.data)
    }
}

/// Reads the weights of a network from a safetensors file.
pub(super) fn weights(loss: &NetworkLoss, path: &Path) -> Result<Vec<f64>, String> {
    open_weights(path, loss.layout().tensors())
}

/// Reads the weights of a network from a file. With `norm_statistics` = "file", the returned loss uses the file's running averages for
/// its batch normalisations.
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
        return Err(
            "--norm-statistics file needs a network with norm=batch; expected data".to_owned(),
        );
    }
    let (theta, moments) = open_weights_and_batch_norm_stats(path, loss.layout().tensors())?;
    let loss = loss.eval_mode(moments).map_err(|error| error.to_string())?;
    Ok((loss, theta))
}

/// Parses a run's spec from `flag`, and checks that it can train this network.
pub(super) fn spec(flag: &str, text: &str, loss: &NetworkLoss) -> Result<RunSpec, String> {
    let spec: RunSpec = text
        .parse()
        .map_err(|error| setting_error(flag, text, &error))?;
    check_spec(&spec, loss)?;
    Ok(spec)
}

/// Returns an error if a run cannot train a network.
pub(super) fn check_spec(spec: &RunSpec, loss: &NetworkLoss) -> Result<(), String> {
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
        None => Ok(()),
    }
}

/// Parses `--seed`.
pub(super) fn seed(text: &str) -> Result<u64, String> {
    whole(text).ok_or_else(|| format!("--seed cannot be `{text}`; expected a whole number from 0"))
}

/// Parses `--test`, a share in [0, 1).
pub(super) fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..1.0).contains(share));
    share.ok_or_else(|| {
        format!("--test cannot be `{text}`; expected a number from 0 to less than 1, like 0.25")
    })
}
