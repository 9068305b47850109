//! Data set: Fisher's irises.

use super::{Data, DataError, Dataset, bundled};
use crate::engine::declare::settings;
use crate::engine::files::Files;

settings! {
    /// 150 iris flowers: lengths and widths of sepals and petals in cm, and one of three species. Fisher 1936.
    pub struct Iris("Iris") {
        /// Whether to scale each input to mean 0 and variance 1 on the training data.
        standardise: bool = false;
    }
}

impl Dataset for Iris {
    fn data(&self, _files: &dyn Files) -> Result<Data, DataError> {
        Ok(bundled(include_str!("../../../../assets/data/iris.csv")))
    }

    fn standardise(&self) -> bool {
        self.standardise
    }
}
