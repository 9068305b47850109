//! CSV files.

use super::{Data, DataError, Dataset};
use crate::engine::declare::settings;
use crate::engine::files::{Files, Header};

settings! {
    /// A CSV file: one column is the label, all others are inputs.
    ///
    /// Numeric labels are targets for mse. For bce and ce they must be integers, which are classes in increasing order; if they are not 0,
    /// 1, 2, …, they are renumbered from 0, and the summary of the data says so. Text labels are classes in alphabetical order. A mixture of
    /// both is refused, and so is a row with a missing or non-numeric input. Columns are separated by commas, semicolons, tabs, bars or
    /// spaces; numbers may have decimal commas where commas do not separate columns. Lines that begin with # are comments. The index column
    /// that pandas and R write is dropped.
    pub struct Csv("CSV file") {
        /// Path of the file.
        path: String = String::new();
        /// Label column, by name or number; empty for the last one.
        label: String = String::new();
        /// Whether to scale each input to mean 0 and variance 1 on the training data.
        standardise: bool = false;
        /// Whether the first line holds column names; auto refuses ambiguous lines.
        header: Header = Header::Auto;
    }
}

impl Dataset for Csv {
    fn data(&self, files: &dyn Files) -> Result<Data, DataError> {
        if self.path.is_empty() {
            return Err(DataError::NoPath);
        }
        let label = (!self.label.is_empty()).then_some(&*self.label);
        let table = files
            .table(&self.path, label, self.header)
            .map_err(DataError::File)?;
        Ok(Data::from_table(table))
    }

    fn standardise(&self) -> bool {
        self.standardise
    }
}
