//! Training task: a network, training and test data, and initial weights.

use super::data::Split;
use super::{AnyNetwork, Metrics, NetworkError, NetworkLoss, Precision};
use std::sync::Arc;

/// Network, data and initial weights that all training runs share.
pub struct TrainingTask {
    /// The loss on the training data.
    pub loss: Arc<NetworkLoss>,
    /// The loss on the test data; `None` if there are none.
    pub test: Option<NetworkLoss>,
    /// Training and test data.
    pub split: Split,
    /// The initial weights.
    pub start: Vec<f64>,
}

impl TrainingTask {
    /// Creates a task with initial weights from `seed`, and surfaces in `precision`.
    pub fn new(
        network: &AnyNetwork,
        split: Split,
        seed: u64,
        precision: Precision,
    ) -> Result<Self, NetworkError> {
        let loss = NetworkLoss::new(network, &split.train)?.with_surfaces_in(precision);
        let test = match split.test.samples() {
            0 => None,
            _ => Some(loss.with_data(&split.test)?),
        };
        Ok(Self {
            start: loss.init_params(seed),
            loss: Arc::new(loss),
            test,
            split,
        })
    }

    /// Returns loss and accuracy at `theta` on the training and the test data.
    pub fn measure(&self, theta: &[f64]) -> [Option<Metrics>; 2] {
        let test = self.test.as_ref();
        let test = test.map(|test| self.loss.measure_on(theta, test));
        [Some(self.loss.measure(theta)), test]
    }
}
