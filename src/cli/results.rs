//! `--table`: the results of runs as a table to paste.

use crate::export::results_table::TableFormat;

#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum TableArg {
    Markdown,
    Latex,
    Csv,
}

impl TableArg {
    pub(super) fn format(self) -> TableFormat {
        match self {
            Self::Markdown => TableFormat::Markdown,
            Self::Latex => TableFormat::Latex,
            Self::Csv => TableFormat::Csv,
        }
    }
}
