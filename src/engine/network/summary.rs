//! Summary of a network: its layers with their shapes and numbers of parameters.

use super::{Activation, Architecture, NetworkError, Norm};

/// A dense layer with what follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSummary {
    /// Name in θ, like `layers.0`.
    pub name: String,
    /// Number of inputs.
    pub inputs: usize,
    /// Number of units.
    pub units: usize,
    /// Whether the layer has a bias.
    pub bias: bool,
    /// Normalisation before the activation.
    pub norm: Norm,
    /// Whether a residual connection adds the layer's input to its output.
    pub residual: bool,
    /// Activation function; `None` for the output layer.
    pub activation: Option<Activation>,
    /// Number of parameters, those of the normalisation included.
    pub parameters: usize,
}

impl Architecture {
    /// Returns the layers, the output layer last; refuses more than [`MAX_PARAMETERS`](super::MAX_PARAMETERS).
    pub fn summary(
        &self,
        inputs: usize,
        outputs: usize,
    ) -> Result<Vec<LayerSummary>, NetworkError> {
        let shape = self.shape(inputs, outputs)?;
        let hidden = shape.hidden();
        let layer = |l: usize| {
            let is_hidden = l < hidden;
            let norm = if is_hidden { self.norm } else { Norm::None };
            let norm_parameters = match norm {
                Norm::None => 0,
                Norm::Batch | Norm::Layer => 2 * shape.widths[l + 1],
            };
            LayerSummary {
                name: format!("layers.{l}"),
                inputs: shape.widths[l],
                units: shape.widths[l + 1],
                bias: self.bias,
                norm,
                residual: shape.skips(l),
                activation: is_hidden.then_some(self.activation),
                parameters: shape.layout.layer(l).len() + norm_parameters,
            }
        };
        Ok((0..shape.layout.layers()).map(layer).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::AnyNetwork;
    use super::*;

    fn summary(model: &str) -> Vec<LayerSummary> {
        let network: AnyNetwork = model.parse().unwrap();
        network.as_dyn().architecture().summary(3, 2).unwrap()
    }

    #[test]
    fn parameters_of_layers_add_up_to_all_parameters() {
        for model in [
            "mlp:hidden=4/4,norm=batch,residual=true",
            "mlp:hidden=4/4,norm=layer,bias=false",
            "mlp:hidden=5",
            "mlp:hidden=",
        ] {
            let network: AnyNetwork = model.parse().unwrap();
            let shape = network.as_dyn().architecture().shape(3, 2).unwrap();
            let layers = summary(model);
            let all: usize = layers.iter().map(|layer| layer.parameters).sum();
            assert_eq!(all, shape.layout.dim(), "{model}");
        }
    }

    #[test]
    fn only_hidden_layers_have_activations_norms_and_residual_connections() {
        let layers = summary("mlp:hidden=4/4,activation=relu,norm=batch,residual=true");
        let residual: Vec<bool> = layers.iter().map(|layer| layer.residual).collect();
        assert_eq!(
            residual,
            [false, true, false],
            "only where both have one width"
        );
        let [first, _, last] = &layers[..] else {
            panic!("three layers");
        };
        assert_eq!(
            (first.inputs, first.units, first.parameters),
            (3, 4, 12 + 4 + 8)
        );
        assert_eq!(first.activation, Some(Activation::Relu));
        assert_eq!((last.activation, last.norm), (None, Norm::None));
        assert_eq!(last.parameters, 2 * 4 + 2);
    }

    #[test]
    fn too_large_networks_are_refused() {
        let network: AnyNetwork = "mlp:hidden=4096/4096".parse().unwrap();
        let found = network.as_dyn().architecture().summary(3, 2);
        assert!(matches!(found, Err(NetworkError::TooLarge { .. })));
    }
}
