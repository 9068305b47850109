//! The user's own data.

use super::{Data, DataError, Dataset};
use crate::engine::declare::settings;
use crate::engine::landscape::Files;

settings! {
    /// A CSV file: one column is the label, all others are inputs.
    ///
    /// Labels that are numbers are targets for mse, and the numbers of classes, from 0, for bce and ce. Labels that are text are
    /// classes in alphabetical order.
    pub struct Csv("CSV file") {
        /// The file.
        path: String = String::new();
        /// The column of labels; empty takes the last one.
        label: String = String::new();
        /// Whether each input gets mean 0 and variance 1 over the training part.
        standardise: bool = false;
    }
}

impl Dataset for Csv {
    fn data(&self, files: &dyn Files) -> Result<Data, DataError> {
        if self.path.is_empty() {
            return Err(DataError::NoPath);
        }
        let label = (!self.label.is_empty()).then_some(&*self.label);
        let table = files.table(&self.path, label).map_err(DataError::File)?;
        Ok(Data::labelled(table))
    }

    fn standardise(&self) -> bool {
        self.standardise
    }
}
