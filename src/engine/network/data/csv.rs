//! The user's own data.

use super::{Data, DataError, Dataset};
use crate::engine::declare::settings;
use crate::engine::files::{Files, Header};

settings! {
    /// A CSV file: one column is the label, all others are inputs.
    ///
    /// Labels that are numbers are targets for mse, and for bce and ce whole numbers, which are classes in increasing order: where they
    /// do not count from 0, they are numbered anew, and that is said. Labels that are text are classes in alphabetical order; a mixture
    /// is refused. A row whose label or input is no number or missing is refused with its line. Columns are separated by commas, semicolons,
    /// tabs, bars or spaces; numbers may have decimal commas where commas do not separate. Lines that begin with # are comments. The index
    /// that pandas and R write is left out.
    pub struct Csv("CSV file") {
        /// The file.
        path: String = String::new();
        /// The column of labels; empty takes the last one.
        label: String = String::new();
        /// Whether each input gets mean 0 and variance 1 over the training part.
        standardise: bool = false;
        /// Whether the first line holds names: auto refuses what may be names or numbers.
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
