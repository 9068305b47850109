//! Tensors: the parts of θ with a shape.

use std::ops::Range;

/// Role of a tensor in a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The weights of a layer, out × in, row by row.
    Weight,
    /// The biases of a layer, or of its normalisation (β).
    Bias,
    /// The factors of a normalisation (γ).
    Norm,
}

/// Tensor of a network, with PyTorch's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// `layers.0.weight`, `layers.0.bias`, …, `norms.0.weight`, `norms.0.bias`, ….
    pub name: String,
    /// Shape: out × in, or one length.
    pub shape: Vec<usize>,
    /// Range of its entries in θ.
    pub range: Range<usize>,
    /// Role of the tensor.
    pub role: Role,
}
