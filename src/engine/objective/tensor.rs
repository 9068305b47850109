//! The parts of θ that have a shape.

use std::ops::Range;

/// What a tensor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The weights of a layer, out × in, row by row.
    Weight,
    /// The biases of a layer, or of its normalisation (β).
    Bias,
    /// The factors of a normalisation (γ).
    Norm,
}

/// A part of θ that PyTorch has a name for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// `layers.0.weight`, `layers.0.bias`, …, `norms.0.weight`, `norms.0.bias`, ….
    pub name: String,
    /// Its shape: out × in, or one length.
    pub shape: Vec<usize>,
    /// Where it stands in θ.
    pub range: Range<usize>,
    /// What it is for.
    pub role: Role,
}
