//! Rescaling of layers that leaves the network's function unchanged.

use super::activation::Activation;
use super::model::NetworkLoss;
use super::norm::Norm;

/// Error of rescaling a layer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RescaleError {
    /// The layer is not a hidden layer.
    #[error("layer {layer} cannot be rescaled; expected one of the {hidden} hidden layers, from 0")]
    NoNext {
        /// The index of the layer.
        layer: usize,
        /// The number of hidden layers.
        hidden: usize,
    },
    /// The activation is not positively homogeneous.
    #[error("a layer before {0} cannot be rescaled; expected identity, relu or leaky-relu")]
    NotHomogeneous(&'static str),
    /// A normalisation or a residual connection is in the way.
    #[error(
        "a layer with a normalisation or a residual connection cannot be rescaled; expected one without"
    )]
    Coupled,
}

impl NetworkLoss {
    /// Returns θ with the weights and biases of hidden layer `layer` multiplied by `alpha` > 0 and the weights of the next layer divided by
    /// it. The function does not change where the activation is positively homogeneous, φ(α u) = α φ(u), but a flat minimum can become
    /// sharp (section 4.2 of Dinh et al. 2017): sharpness that depends on such scales says little by itself.
    pub fn rescaled(
        &self,
        theta: &[f64],
        layer: usize,
        alpha: f64,
    ) -> Result<Vec<f64>, RescaleError> {
        let layout = self.layout();
        let hidden = layout.layers().saturating_sub(1);
        if layer >= hidden {
            return Err(RescaleError::NoNext { layer, hidden });
        }
        let activation = self.shape.activation;
        let homogeneous = matches!(
            activation,
            Activation::Identity | Activation::Relu | Activation::LeakyRelu
        );
        if !homogeneous {
            return Err(RescaleError::NotHomogeneous(activation.name()));
        }
        if self.shape.norm != Norm::None || self.shape.skips(layer) || self.shape.skips(layer + 1) {
            return Err(RescaleError::Coupled);
        }
        let mut theta = theta.to_vec();
        theta[layout.layer(layer)]
            .iter_mut()
            .for_each(|t| *t *= alpha);
        theta[layout.weight(layer + 1)]
            .iter_mut()
            .for_each(|t| *t /= alpha);
        Ok(theta)
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::analysis::curvature::{CurvatureSettings, ExpensiveParts, report};
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::network::data::AnyDataset;
    use crate::engine::network::{AnyNetwork, NetworkLoss};
    use crate::engine::objective::Objective;

    fn loss(network: &str) -> NetworkLoss {
        let network: AnyNetwork = network.parse().unwrap();
        let data: AnyDataset = "moons:samples=50".parse().unwrap();
        NetworkLoss::new(&network, &data.as_dyn().data(&NoFiles).unwrap()).unwrap()
    }

    /// Theorem 4 of Dinh et al. 2017: as α shrinks the first layer, λmax grows at least as the block's trace divided by its size, while
    /// scale-invariant sharpness does not change.
    #[test]
    fn rescaling_changes_lambda_max_but_not_adaptive_sharpness() {
        let loss = loss("mlp:hidden=6/6,activation=relu,loss=bce");
        let theta = loss.init_params(1);
        let settings = CurvatureSettings::default();
        let layers = ExpensiveParts {
            layers: true,
            ..ExpensiveParts::default()
        };
        let report_at = |theta: &[f64]| {
            report(
                &loss,
                theta,
                &settings,
                layers,
                &Cancel::default(),
                &mut |_| (),
            )
            .unwrap()
        };
        let before = report_at(&theta);
        for alpha in [0.1, 0.01] {
            let same = loss.rescaled(&theta, 0, alpha).unwrap();
            assert!((loss.value(&same) - loss.value(&theta)).abs() < 1e-14);
            let after = report_at(&same);
            let [own, other] = [&before, &after].map(|report| report.sharpness.unwrap());
            let near = |a: f64, b: f64| assert!((a - b).abs() <= 1e-9 * a.abs(), "{a} {b}");
            near(own.adaptive, other.adaptive);
            near(own.adaptive_lambda_max, other.adaptive_lambda_max);
            // The first layer's own block is divided by α².
            let [small, large] = [&before, &after].map(|report| report.layers[0].extremes[1]);
            near(small / (alpha * alpha), large);
            assert!(other.lambda_max >= large * (1.0 - 1e-9) && other.lambda_max > own.lambda_max);
        }
    }

    #[test]
    fn layers_that_cannot_be_rescaled_are_refused() {
        for (network, layer, expected) in [
            ("mlp:hidden=6,activation=tanh", 0, "a layer before tanh"),
            (
                "mlp:hidden=6,activation=relu",
                1,
                "layer 1 cannot be rescaled; expected one of the 1 hidden",
            ),
            (
                "mlp:hidden=6,activation=relu,norm=layer",
                0,
                "a layer with a normalisation",
            ),
            (
                "mlp:hidden=6/6,activation=relu,residual=true",
                0,
                "a layer with a normalisation or a residual",
            ),
        ] {
            let loss = loss(network);
            let refused = loss
                .rescaled(&loss.init_params(0), layer, 2.0)
                .unwrap_err()
                .to_string();
            assert!(refused.starts_with(expected), "{refused}");
        }
    }
}
