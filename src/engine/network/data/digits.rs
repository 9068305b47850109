//! Data set: handwritten digits.

use super::{Data, DataError, Dataset, bundled};
use crate::engine::declare::settings;
use crate::engine::files::Files;

settings! {
    /// 1,797 handwritten digits: 8 × 8 grey values from 0 to 16, row by row, and the digit. Alpaydin & Kaynak 1998.
    pub struct Digits("Digits") {
        /// Whether to scale each input to mean 0 and variance 1 on the training data.
        standardise: bool = false;
    }
}

impl Dataset for Digits {
    fn data(&self, _files: &dyn Files) -> Result<Data, DataError> {
        Ok(bundled(include_str!("../../../../assets/data/digits.csv")))
    }

    fn standardise(&self) -> bool {
        self.standardise
    }
}
