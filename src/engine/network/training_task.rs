//! A network with its training and test data and its first weights.

use super::data::Split;
use super::{AnyNetwork, Metrics, NetworkError, NetworkLoss, Precision};
use std::sync::Arc;

/// A network that runs train, all from the same first weights.
pub struct TrainingTask {
    /// The loss over the training data.
    pub loss: Arc<NetworkLoss>,
    /// The loss over the test data, where there are any.
    pub test: Option<NetworkLoss>,
    /// Both data.
    pub split: Split,
    /// The first weights.
    pub start: Vec<f64>,
}

impl TrainingTask {
    /// A network on data, with the first weights of `seed` and surfaces in numbers of this precision.
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

    /// How good the network is at `theta` on the training and on the test data.
    pub fn measure(&self, theta: &[f64]) -> [Option<Metrics>; 2] {
        let test = self.test.as_ref();
        let test = test.map(|test| self.loss.measure_on(theta, test));
        [Some(self.loss.measure(theta)), test]
    }
}
