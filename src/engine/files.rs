//! Data files of landscapes and data sets: the [`Files`] trait, which the caller implements, and the types of their contents.
//!
//! The engine opens no files itself.

use crate::engine::declare::settings;

/// Access to the files that a landscape or a data set reads. Paths are resolved by the implementation.
pub trait Files: Send + Sync {
    /// Returns two columns of numbers of the CSV file at `path`: the columns called `names`, or else the first two columns of numbers.
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

    /// Returns the CSV file at `path`. The labels are the column called `label`, or else the last one. The
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

    /// Returns the PNG or JPEG picture at `path`. The error is one sentence.
    fn picture(&self, path: &str) -> Result<Picture, String> {
        Err(unreadable(path))
    }

    /// Returns the numbers of the tensors with these names and shapes in the safetensors file at `path`, one after the other. The error
    /// is one sentence.
    fn weights(&self, path: &str, tensors: &[NamedShape]) -> Result<Vec<f64>, String> {
        let _ = tensors;
        Err(format!(
            "{path}: files cannot be read here; expected random weights"
        ))
    }
}

/// Name and shape of a tensor of weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedShape {
    /// PyTorch's name, like `layers.0.weight`.
    pub name: String,
    /// The length of each dimension.
    pub shape: Vec<usize>,
}

settings! {
    /// Whether the first line of a table holds the names of its columns. auto reads names as a header, and numbers if they
    /// can be nothing else, like pandas' 0, 1, 2 or years; a line that may be either is an error.
    pub enum Header { Auto = "auto", Yes = "yes", No = "no" }
}

/// Two columns of numbers of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// The first column.
    pub x: Vec<f64>,
    /// The second column, as long as the first.
    pub y: Vec<f64>,
    /// Summary of the columns and rows that were read.
    pub source: String,
}

/// Labels of the rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    /// Finite numbers.
    Numbers(Vec<f64>),
    /// Text.
    Names(Vec<String>),
}

/// A table of numbers and their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The number of columns of numbers.
    pub width: usize,
    /// The numbers, row by row.
    pub numbers: Vec<f64>,
    /// The label of each row.
    pub labels: Labels,
    /// The line of each row in the file, for errors of its label.
    pub lines: Vec<u32>,
    /// The column of labels, like "column 3 (`kind`)".
    pub label: String,
    /// The file's name in errors.
    pub file: String,
    /// Summary of the columns and rows that were read.
    pub source: String,
}

fn unreadable(path: &str) -> String {
    format!("{path}: files cannot be read here; expected a landscape that needs none")
}

/// An implementation of [`Files`] without files: only built-in landscapes and data work.
pub struct NoFiles;

impl Files for NoFiles {}

/// Heights on a grid, read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The coordinates of an axis, at least two, increasing.
    pub x: Vec<f64>,
    /// The coordinates of an axis, at least two, increasing.
    pub y: Vec<f64>,
    /// The heights, row by row: the height at (x\[j\], y\[i\]) has index i · x.len() + j.
    pub heights: Vec<f64>,
    /// Summary of the columns and rows that were read.
    pub source: String,
}

impl Matrix {
    /// The maximum number of points along an axis.
    pub const MAX_POINTS: usize = 4096;
}

/// A grey picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Columns and rows of pixels, at least 2 of each.
    pub size: [usize; 2],
    /// The luma from 0, black, to 1, white, row by row from the top.
    pub luma: Vec<f32>,
}
