//! Gradient centralization.

use super::{Parameters, Wrapper, changed};
use crate::engine::declare::settings;
use crate::engine::objective::Lens;
use crate::engine::real;

settings! {
    /// Gradient centralization: takes the mean off the gradient, so that the sum of a neuron's weights never changes.
    ///
    /// g ← g − mean g, over the incoming weights of each neuron; the parameters of a test function count as those of one neuron.
    /// Eq. (1) of Yong et al. 2020.
    pub struct Centralize("Centralized") {}
}

impl Wrapper for Centralize {
    fn lens(&self, _dim: usize) -> Option<Box<dyn Lens<Parameters>>> {
        Some(changed(|gradient, _| {
            let mean = gradient.iter().sum::<f64>() / real(gradient.len().max(1));
            gradient.iter_mut().for_each(|g| *g -= mean);
        }))
    }

    fn rule(&self) -> Vec<&'static str> {
        vec!["{g} ← {g<} − mean of {g<}"]
    }
}
