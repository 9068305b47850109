//! Layers of a network's run: gradients, dead units, normalisation, accuracy and test loss.

use super::{Context, count};
use crate::engine::network::AnyNetwork;
use crate::engine::network::norm::Norm;
use crate::engine::results::TrainedRow;

/// Factor above the lowest test loss at which a run overfits.
const RISE: f64 = 1.2;

/// Factor of the test loss to the training loss above which a run overfits.
const GAP: f64 = 1.5;

/// Share of the first test loss by which it rises at least where a run overfits.
const CLEAR: f64 = 0.05;

/// A layer whose gradient explodes.
pub(in crate::teaching::explain) struct Exploding {
    pub(in crate::teaching::explain) norm: f64,
    pub(in crate::teaching::explain) layer: String,
    pub(in crate::teaching::explain) step: f64,
}

/// Test losses of a run.
pub(in crate::teaching::explain) struct TestLosses {
    pub(in crate::teaching::explain) best: f64,
    pub(in crate::teaching::explain) step: f64,
    pub(in crate::teaching::explain) end: f64,
    /// Whether the test loss rose while the training loss fell.
    pub(in crate::teaching::explain) rises: bool,
}

impl Context<'_> {
    fn trained_rows(&self) -> &[TrainedRow] {
        self.facts.trained().map_or(&[], |trained| &trained.rows)
    }

    fn step(&self, row: usize) -> f64 {
        count(self.facts.runs.step(row))
    }

    /// Returns the gradient norms of the first and the last layer at the first weights.
    pub(in crate::teaching::explain) fn layer_grads(&self) -> Option<[f64; 2]> {
        match &self.trained_rows().first()?.diagnosis.layers[..] {
            [first, .., last] => Some([first.grad_norm, last.grad_norm]),
            _ => None,
        }
    }

    /// Returns the gradient norm of the first layer divided by that of the last.
    pub(in crate::teaching::explain) fn layer_ratio(&self) -> Option<f64> {
        self.layer_grads().map(|[first, last]| first / last)
    }

    /// Returns the number of layers.
    pub(in crate::teaching::explain) fn depth(&self) -> Option<f64> {
        let row = self.trained_rows().first()?;
        Some(count(row.diagnosis.layers.len() as u64))
    }

    /// Returns the name of the activation.
    pub(in crate::teaching::explain) fn activation(&self) -> Option<String> {
        self.model_setting("activation")
    }

    /// Returns the name of the initialisation.
    pub(in crate::teaching::explain) fn init(&self) -> Option<String> {
        self.model_setting("init")
    }

    fn model_setting(&self, name: &str) -> Option<String> {
        let settings = self.facts.runs.scene.network()?.model.settings();
        let index = settings.index(name).ok()?;
        Some(settings.params()[index].text(&settings.value(index)))
    }

    /// Returns the gradient norm above which a layer's gradient explodes.
    pub(in crate::teaching::explain) fn exploding_limit(&self) -> Option<f64> {
        let network = self.facts.runs.scene.network()?;
        Some(network.thresholds().exploding)
    }

    /// Returns the first row and layer whose gradient explodes.
    pub(in crate::teaching::explain) fn exploding(&self) -> Option<Exploding> {
        let limit = self.exploding_limit()?;
        let mut rows = self.trained_rows().iter().enumerate();
        rows.find_map(|(row, trained)| {
            let layers = trained.diagnosis.layers.iter();
            let most = layers.max_by(|a, b| a.grad_norm.total_cmp(&b.grad_norm))?;
            (most.grad_norm > limit).then(|| Exploding {
                norm: most.grad_norm,
                layer: most.name.clone(),
                step: self.step(row),
            })
        })
    }

    /// Returns the largest share of dead units at the end, and its layer.
    pub(in crate::teaching::explain) fn dead(&self) -> Option<(f64, String)> {
        let layers = self.trained_rows().last()?.diagnosis.layers.iter();
        let shares = layers.filter_map(|layer| Some((layer.dead?, layer.name.clone())));
        shares.max_by(|a, b| a.0.total_cmp(&b.0))
    }

    pub(in crate::teaching::explain) fn has_batch_norm(&self) -> bool {
        self.facts.runs.scene.network().is_some_and(|network| {
            let AnyNetwork::Mlp(model) = &network.model;
            model.norm == Norm::Batch
        })
    }

    /// Returns the accuracy at the end on training (0) or test data (1).
    pub(in crate::teaching::explain) fn accuracy(&self, part: usize) -> Option<f64> {
        self.trained_rows().last()?.metrics[part]?.accuracy
    }

    pub(in crate::teaching::explain) fn test_losses(&self) -> Option<TestLosses> {
        let rows = self.trained_rows();
        let loss = |row: &TrainedRow| row.metrics[1].map(|test| test.loss);
        let losses: Vec<f64> = rows.iter().map(loss).collect::<Option<_>>()?;
        let best = (0..losses.len()).min_by(|a, b| losses[*a].total_cmp(&losses[*b]))?;
        let end = *losses.last()?;
        let last = losses.len() - 1;
        Some(TestLosses {
            best: losses[best],
            step: self.step(best),
            end,
            rises: best + last / 10 < last
                && end > RISE * losses[best]
                && end - losses[best] > CLEAR * losses[0]
                && end > GAP * rows[last].loss
                && rows[last].loss < rows[best].loss,
        })
    }
}
