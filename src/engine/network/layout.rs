//! Layout of the parameter vector θ.

use crate::engine::objective::{Role, Tensor};
use std::ops::Range;

/// Tensors of a network in the order of θ: weight and bias of each layer, then weight and bias of each normalisation, as PyTorch lists
/// the parameters of a module with `layers` and then `norms`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    tensors: Vec<Tensor>,
    layers: usize,
    norms: usize,
    bias: bool,
}

impl Layout {
    /// Creates the layout of a network; `widths` are those of inputs, hidden layers and outputs.
    pub(super) fn new(widths: &[usize], bias: bool, norms: bool) -> Self {
        let mut layout = Self {
            tensors: Vec::new(),
            layers: widths.len().saturating_sub(1),
            norms: if norms {
                widths.len().saturating_sub(2)
            } else {
                0
            },
            bias,
        };
        for (l, pair) in widths.windows(2).enumerate() {
            layout.push(
                format!("layers.{l}.weight"),
                vec![pair[1], pair[0]],
                Role::Weight,
            );
            if bias {
                layout.push(format!("layers.{l}.bias"), vec![pair[1]], Role::Bias);
            }
        }
        for (l, &width) in widths.iter().skip(1).take(layout.norms).enumerate() {
            layout.push(format!("norms.{l}.weight"), vec![width], Role::Norm);
            layout.push(format!("norms.{l}.bias"), vec![width], Role::Bias);
        }
        layout
    }

    /// Appends a tensor.
    fn push(&mut self, name: String, shape: Vec<usize>, role: Role) {
        let start = self.dim();
        let end = start + shape.iter().product::<usize>();
        let range = start..end;
        self.tensors.push(Tensor {
            name,
            shape,
            range,
            role,
        });
    }

    /// Returns the number of parameters n.
    pub fn dim(&self) -> usize {
        self.tensors.last().map_or(0, |tensor| tensor.range.end)
    }

    /// Returns the tensors in the order of θ.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// Returns the number of layers.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// Returns the number of normalisations.
    pub(crate) fn norms(&self) -> usize {
        self.norms
    }

    /// Returns the range of the parameters of a layer, without its normalisation.
    pub fn layer(&self, layer: usize) -> Range<usize> {
        let bias = self.bias(layer).end;
        let weight = self.weight(layer);
        weight.start..weight.end.max(bias)
    }

    /// Returns the range of the weights of a layer.
    pub(crate) fn weight(&self, layer: usize) -> Range<usize> {
        let each = if self.bias { 2 } else { 1 };
        self.tensors[each * layer].range.clone()
    }

    /// Returns the range of the biases of a layer; empty without biases.
    pub(crate) fn bias(&self, layer: usize) -> Range<usize> {
        if self.bias {
            self.tensors[2 * layer + 1].range.clone()
        } else {
            0..0
        }
    }

    /// Returns the ranges of γ and β of a normalisation.
    pub(crate) fn norm(&self, layer: usize) -> [Range<usize>; 2] {
        let first = self.tensors.len() - 2 * (self.norms - layer);
        [first, first + 1].map(|at| self.tensors[at].range.clone())
    }

    /// Returns the range of a tensor (`layers.0.weight`), a layer (`layers.0`, `layer0`) or a normalisation (`norms.0`) by name.
    pub fn group(&self, name: &str) -> Option<Range<usize>> {
        let name = match name.strip_prefix("layer") {
            Some(number) if number.starts_with(|c: char| c.is_ascii_digit()) => {
                &format!("layers.{number}")
            }
            _ => name,
        };
        let belongs = |tensor: &&Tensor| {
            let rest = tensor.name.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        // Weight and bias are adjacent; `layers` and `norms` name all tensors of their kind.
        let mut own = self.tensors.iter().filter(belongs);
        let first = own.next().filter(|_| !name.is_empty())?;
        let last = own.next_back().unwrap_or(first);
        Some(first.range.start..last.range.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_are_in_the_order_of_pytorch() {
        let layout = Layout::new(&[3, 4, 2], true, true);
        let found: Vec<_> = { layout.tensors().iter() }
            .map(|tensor| {
                (
                    tensor.name.as_str(),
                    tensor.shape.clone(),
                    tensor.range.clone(),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("layers.0.weight", vec![4, 3], 0..12),
                ("layers.0.bias", vec![4], 12..16),
                ("layers.1.weight", vec![2, 4], 16..24),
                ("layers.1.bias", vec![2], 24..26),
                ("norms.0.weight", vec![4], 26..30),
                ("norms.0.bias", vec![4], 30..34),
            ]
        );
        assert_eq!(layout.dim(), 34);
        assert_eq!(layout.norm(0), [26..30, 30..34]);
    }

    #[test]
    fn groups_are_found_by_layer_and_by_tensor() {
        let layout = Layout::new(&[3, 4, 2], true, true);
        for (name, range) in [
            ("layer0", Some(0..16)),
            ("layers.1", Some(16..26)),
            ("layers.1.bias", Some(24..26)),
            ("norms.0", Some(26..34)),
            ("norms", Some(26..34)),
            ("layers", Some(0..26)),
            ("layer", None),
            ("layer2", None),
            ("layers.", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(layout.group(name), range, "{name}");
        }
        let bare = Layout::new(&[3, 2], false, true);
        assert_eq!((bare.layer(0), bare.dim()), (0..6, 6));
    }
}
