//! Data files that landscapes and data sets read: the [`Files`] trait through which the caller brings them, and what they hold.
//!
//! The engine opens no files itself.

use crate::engine::declare::settings;

/// Files that a landscape reads. The engine opens none; whoever calls it brings them.
pub trait Files: Send + Sync {
    /// Returns two columns of numbers of the CSV file at `path`: those called `names`, or else the first two that hold numbers.
    /// The error is one sentence.
    fn columns(
        &self,
        path: &str,
        names: [Option<&str>; 2],
        header: Header,
    ) -> Result<Columns, String> {
        let _ = (names, header);
        Err(unreadable(path))
    }

    /// Returns the CSV file at `path`, of which the column called `label`, or else the last one, is what the others are to tell. The
    /// error is one sentence.
    fn table(&self, path: &str, label: Option<&str>, header: Header) -> Result<Table, String> {
        let _ = (label, header);
        Err(format!(
            "{path}: files cannot be read here; expected data that need none"
        ))
    }

    /// Returns the heights in the CSV or NPY file at `path`. The error is one sentence.
    fn matrix(&self, path: &str, header: Header) -> Result<Matrix, String> {
        let _ = header;
        Err(unreadable(path))
    }

    /// The PNG or JPEG picture at `path`. The error is one sentence.
    fn picture(&self, path: &str) -> Result<Picture, String> {
        Err(unreadable(path))
    }
}

settings! {
    /// Whether the first line of a table holds the names of its columns. auto takes names for a header, and numbers where they
    /// can be nothing else, like 0, 1, 2 as pandas writes them or years; it refuses what may be either.
    pub enum Header { Auto = "auto", Yes = "yes", No = "no" }
}

/// Two columns of numbers of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// The first one.
    pub x: Vec<f64>,
    /// The second one, as long as the first.
    pub y: Vec<f64>,
    /// Summary of what was taken of the file.
    pub source: String,
}

/// Labels of the rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    /// Finite numbers.
    Numbers(Vec<f64>),
    /// Text that is no number.
    Names(Vec<String>),
}

/// A table of numbers and their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// How many columns of numbers there are.
    pub width: usize,
    /// The numbers, row by row.
    pub numbers: Vec<f64>,
    /// The label of each row.
    pub labels: Labels,
    /// The line of each row in the file, for sentences about its label.
    pub lines: Vec<u32>,
    /// The column of labels, like "column 3 (`kind`)".
    pub label: String,
    /// Name of the file in sentences.
    pub file: String,
    /// Summary of what was taken of the file.
    pub source: String,
}

fn unreadable(path: &str) -> String {
    format!("{path}: files cannot be read here; expected a landscape that needs none")
}

/// No files: everything built in works.
pub struct NoFiles;

impl Files for NoFiles {}

/// Heights over a grid, as a file holds them.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// At least two, in increasing order.
    pub x: Vec<f64>,
    /// At least two, in increasing order.
    pub y: Vec<f64>,
    /// Row by row: that at (x\[j\], y\[i\]) is number i · x.len() + j.
    pub heights: Vec<f64>,
    /// Summary of what was taken of the file.
    pub source: String,
}

impl Matrix {
    /// The most points along an axis.
    pub const MAX_POINTS: usize = 4096;
}

/// A picture in grey.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Columns and rows of pixels, at least 2 of each.
    pub size: [usize; 2],
    /// From 0, black, to 1, white, row by row from the top.
    pub luma: Vec<f32>,
}
