//! Reads files: scenes, weights, trajectories, and the columns, tables, matrices and pictures of landscapes and data sets.

mod embedded;
mod image;
mod matrix;
mod npy;
mod path;
mod runs;
mod table;
mod weights;
mod zipped_matrix;

pub use path::{argument_text, path_from_text, path_text};

use crate::engine::files::{Columns, Files, Header, Matrix, NamedShape, Picture, Table};
use crate::engine::network::BatchNormStats;
use crate::engine::objective::{Role, Tensor};
use crate::engine::scene::Scene;
use crate::engine::training::Trajectory;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The maximum length of a scene file, in bytes. A scene with a hundred runs has about ten thousand.
const MAX_SCENE_BYTES: u64 = 16 << 20;

/// The expected file in errors of scenes.
const EXPECTED_SCENE: &str = "a scene file";

/// The maximum length of a data file, in bytes.
const MAX_DATA_BYTES: u64 = 1 << 30;

/// Reads a scene: a scene file, or the scene that an exported PNG or SVG picture carries.
///
/// # Errors
/// One sentence with the file, the line and the column, for a file that is missing, a folder, too long, not text or
/// not a scene, and for a picture without one. [`Scene::load`] checks everything that depends on the landscape.
pub fn open_scene(path: &Path) -> Result<Scene, String> {
    let name = path.display().to_string();
    let bytes = read_at_most(path, &name, EXPECTED_SCENE, image::MAX_BYTES)?;
    if embedded::is_picture(&bytes) {
        let scene = embedded::scene(&bytes).map_err(|wrong| format!("{name}: {wrong}"))?;
        return scene.ok_or_else(|| {
            format!("{name}: is a picture without a scene; expected one that Ravine exported, or a scene file")
        });
    }
    if bytes.len() as u64 > MAX_SCENE_BYTES {
        return Err(too_long(&name, EXPECTED_SCENE, MAX_SCENE_BYTES));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + sound.iter().filter(|&&byte| byte == b'\n').count();
        format!("{name}: line {line} is not text in UTF-8; expected {EXPECTED_SCENE}")
    })?;
    Scene::from_toml(&text).map_err(|error| format!("{name}: {error}"))
}

/// Reads a file of runs: its lines without comments, which begin with `#`, and without blank lines, each with its number.
///
/// # Errors
/// One sentence with the file, for a file that is missing, a folder, too long or not text.
pub fn open_run_list(path: &Path) -> Result<Vec<(usize, String)>, String> {
    const EXPECTED: &str = "a file of runs, one `name = spec` a line";
    let name = path.display().to_string();
    let bytes = read_at_most(path, &name, EXPECTED, MAX_SCENE_BYTES)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| format!("{name}: is not text in UTF-8; expected {EXPECTED}"))?;
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let lines = lines.map(|(index, line)| {
        let run = line.split_once('#').map_or(line, |(run, _)| run);
        (index + 1, run.trim().to_owned())
    });
    Ok(lines.filter(|(_, run)| !run.is_empty()).collect())
}

/// Whether a file is a picture that carries a scene, as exported ones do. A file that cannot be read carries none.
pub fn carries_scene(path: &Path) -> bool {
    let read = || {
        let mut bytes = Vec::new();
        let file = File::open(path).ok()?.take(image::MAX_BYTES);
        BufReader::new(file).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    };
    read().is_some_and(|bytes| {
        embedded::is_picture(&bytes) && !matches!(embedded::scene(&bytes), Ok(None))
    })
}

/// Reads weights from a safetensors file: θ for a network with these tensors.
///
/// Tensors are found by their names or, in files with other names, by order and shape: the `0.weight` and `2.weight` of an
/// `nn.Sequential` are those of the first and the second layer. F64, F32, F16 and BF16 are read.
///
/// # Errors
/// One sentence for a file that cannot be read or has another format, and for tensors that do not fit, layer by layer.
pub fn open_weights(path: &Path, tensors: &[Tensor]) -> Result<Vec<f64>, String> {
    open_tensors(path, |bytes| weights::read(bytes, tensors))
}

/// Reads weights like [`open_weights`] and the running averages of each batch normalisation.
///
/// # Errors
/// One sentence, as for [`open_weights`] and for a file without running averages.
pub fn open_weights_and_batch_norm_stats(
    path: &Path,
    tensors: &[Tensor],
) -> Result<(Vec<f64>, Vec<BatchNormStats>), String> {
    open_tensors(path, |bytes| {
        weights::read_with_batch_norm_stats(bytes, tensors)
    })
}

/// Returns one line for each tensor of a safetensors file, of at most `most` lines, from its header alone.
///
/// # Errors
/// One sentence for a file that cannot be read or has another format.
pub fn tensor_lines(path: &Path, most: usize) -> Result<Vec<String>, String> {
    let name = path.display().to_string();
    let mut file = open(path, &name, weights::EXPECTED)?;
    let cannot = |error: std::io::Error| unreadable(&name, error.kind(), weights::EXPECTED);
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(cannot)?;
    let mut header = Vec::new();
    let length = u64::from_le_bytes(length).min(MAX_SCENE_BYTES);
    file.take(length).read_to_end(&mut header).map_err(cannot)?;
    weights::header_lines(&header, most).map_err(|wrong| format!("{name}: {wrong}"))
}

/// Reads the runs of a network of `dim` parameters from an NPZ file that [`npz`](crate::export::training::npz) wrote.
///
/// # Errors
/// One sentence for a file that cannot be read, has another format or is of another network.
pub fn open_runs(path: &Path, dim: usize) -> Result<Vec<Trajectory>, String> {
    let name = path.display().to_string();
    let file = open(path, &name, runs::EXPECTED)?;
    runs::read(BufReader::new(file), dim).map_err(|wrong| format!("{name}: {wrong}"))
}

fn open_tensors<T>(
    path: &Path,
    read: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<T, String> {
    let name = path.display().to_string();
    let bytes = read_at_most(path, &name, weights::EXPECTED, MAX_DATA_BYTES)?;
    read(&bytes).map_err(|wrong| format!("{name}: {wrong}"))
}

/// The file system as [`Files`].
///
/// A relative path is searched next to the scene file, then in the current folder.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    folder: Option<PathBuf>,
}

impl Disk {
    /// Returns the files of a scene that is in the file `scene`, or in no file.
    pub fn next_to(scene: Option<&Path>) -> Self {
        Self {
            folder: scene.and_then(Path::parent).map(Path::to_owned),
        }
    }

    fn find(&self, path: &str) -> PathBuf {
        let next_to_scene = self.folder.as_ref().and_then(|folder| {
            let paths = path::readings(path).into_iter();
            paths
                .map(|path| folder.join(path))
                .find(|path| path.exists())
        });
        next_to_scene.unwrap_or_else(|| path_from_text(path))
    }

    fn read(&self, path: &str, expected: &str) -> Result<Vec<u8>, String> {
        read_at_most(&self.find(path), path, expected, MAX_DATA_BYTES)
    }
}

impl Files for Disk {
    fn columns(
        &self,
        path: &str,
        names: [Option<&str>; 2],
        header: Header,
    ) -> Result<Columns, String> {
        table::read_columns(path, self.read(path, "a CSV file")?, names, header)
    }

    fn table(&self, path: &str, label: Option<&str>, header: Header) -> Result<Table, String> {
        table::read_labelled(path, self.read(path, "a CSV file")?, label, header)
    }

    fn matrix(&self, path: &str, header: Header) -> Result<Matrix, String> {
        matrix::read(path, self.read(path, matrix::EXPECTED)?, header)
    }

    fn picture(&self, path: &str) -> Result<Picture, String> {
        let bytes = read_at_most(&self.find(path), path, image::EXPECTED, image::MAX_BYTES)?;
        image::read(path, &bytes)
    }

    fn weights(&self, path: &str, tensors: &[NamedShape]) -> Result<Vec<f64>, String> {
        let bytes = self.read(path, weights::EXPECTED)?;
        let mut end = 0;
        let tensors: Vec<Tensor> = { tensors.iter() }
            .map(|NamedShape { name, shape }| {
                let start = end;
                end += shape.iter().product::<usize>();
                Tensor {
                    name: name.clone(),
                    shape: shape.clone(),
                    range: start..end,
                    role: Role::Weight,
                }
            })
            .collect();
        weights::read(&bytes, &tensors).map_err(|wrong| format!("{path}: {wrong}"))
    }
}

/// The paths of opened files, without repetition.
static FILES_READ: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Returns the paths of all files that this process has read: scenes, data, weights, trajectories, pictures. Output files must
/// not be among them.
pub fn files_read() -> Vec<PathBuf> {
    FILES_READ
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// Opens a file for reading; `name` is its name in errors.
fn open(path: &Path, name: &str, expected: &str) -> Result<File, String> {
    let mut read = FILES_READ.lock().unwrap_or_else(PoisonError::into_inner);
    if !read.iter().any(|known| known == path) {
        read.push(path.to_owned());
    }
    drop(read);
    let file = File::open(path).map_err(|error| unreadable(name, error.kind(), expected))?;
    match file.metadata() {
        Ok(metadata) if metadata.is_dir() => {
            Err(format!("{name}: is a folder; expected {expected}"))
        }
        _ => Ok(file),
    }
}

/// Reads a file of at most `most` bytes; `name` is its name in errors.
fn read_at_most(path: &Path, name: &str, expected: &str, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    open(path, name, expected)?
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(name, error.kind(), expected))?;
    if bytes.len() as u64 > most {
        return Err(too_long(name, expected, most));
    }
    Ok(bytes)
}

fn too_long(name: &str, expected: &str, most: u64) -> String {
    let megabytes = most >> 20;
    format!("{name}: is longer than {megabytes} MB; expected {expected} of at most that length")
}

fn unreadable(name: &str, kind: ErrorKind, expected: &str) -> String {
    match kind {
        ErrorKind::NotFound => format!("{name}: there is no such file; expected {expected}"),
        ErrorKind::PermissionDenied => {
            format!(
                "{name}: you have no permission to read it; expected {expected} that can be read"
            )
        }
        kind => format!("{name}: cannot be read ({kind}); expected {expected}"),
    }
}
