//! Gradient centralization.

use super::{Blocks, Wrapper, transform_fn};
use crate::engine::declare::settings;
use crate::engine::numeric::real;
use crate::engine::objective::GradientTransform;

settings! {
    /// Gradient centralization: subtracts the mean from the gradient, so that the sum of a neuron's weights is constant.
    ///
    /// g ← g − mean g, over the incoming weights of each neuron; biases and the scales of a normalisation are unchanged. The
    /// parameters of a test function count as one neuron's. Eq. (1) of Yong et al. 2020.
    pub struct Centralize("Centralized") {}
}

impl Wrapper for Centralize {
    fn gradient_transform(&self, blocks: &Blocks) -> Option<Box<dyn GradientTransform>> {
        let rows: Vec<_> = blocks.neurons().collect();
        Some(transform_fn(move |gradient, _| {
            for row in rows.iter().cloned() {
                let own = &mut gradient[row];
                let mean = own.iter().sum::<f64>() / real(own.len().max(1));
                own.iter_mut().for_each(|g| *g -= mean);
            }
        }))
    }

    fn update_lines(&self) -> Vec<&'static str> {
        vec!["{g} ← {g<} − mean of {g<}"]
    }
}
