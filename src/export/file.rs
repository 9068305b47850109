//! Atomic writing of files: into temporary files in the target's folder, which are renamed when all of them are complete.

use std::fs::{self, Metadata};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::{NamedTempFile, TempPath};

/// Returns the extension of a file's name in lower case, if it has one.
pub fn lower_extension(path: &Path) -> Option<String> {
    let extension = path.extension()?;
    Some(extension.to_string_lossy().to_lowercase())
}

/// Returns the extension of a file's name in lower case, if it is one of `valid`.
///
/// # Errors
/// Returns a sentence that lists the valid extensions.
pub fn extension<'a>(path: &Path, valid: &[&'a str]) -> Result<&'a str, String> {
    let extension = lower_extension(path);
    let list: Vec<String> = valid.iter().map(|valid| format!(".{valid}")).collect();
    let expected = match &list[..] {
        [firsts @ .., last] if !firsts.is_empty() => format!("{} or {last}", firsts.join(", ")),
        list => list.concat(),
    };
    match extension {
        Some(extension) => valid
            .iter()
            .find(|valid| **valid == extension)
            .copied()
            .ok_or_else(|| {
                format!(
                    "{}: unknown extension `.{extension}`; expected {expected}",
                    path.display()
                )
            }),
        None if path.is_dir() => Err(format!(
            "{}: is a folder; expected the name of a file, {expected}",
            path.display()
        )),
        None => Err(format!(
            "{}: has no extension; expected {expected}",
            path.display()
        )),
    }
}

/// Checks that a file can be written at `path`, before long work. Leaves nothing behind.
///
/// # Errors
/// Returns a sentence if the path is a folder, write-protected, or in a folder that is missing or cannot be written.
pub fn check_writable(path: &Path) -> Result<(), String> {
    Destination::find(path)?.temporary().map(drop)
}

/// Writes a file through `fill`. A file that exists at `path` is unchanged until `fill` has finished and the data is on disk.
///
/// # Errors
/// Returns a sentence; nothing is left behind and nothing is overwritten.
pub fn write_atomic(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), String> {
    commit_staged(vec![stage(path, fill)?])
}

/// A file whose content is on disk, but not yet under its name. Dropping it deletes the content.
pub struct Staged {
    destination: Destination,
    temporary: Temporary,
}

/// Writes the content of a file through `fill`, to be moved to `path` by [`commit_staged`].
///
/// # Errors
/// Returns a sentence; nothing is left behind and nothing is overwritten.
pub fn stage(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Staged, String> {
    let destination = Destination::find(path)?;
    let temporary = destination.temporary()?;
    let mut out = BufWriter::with_capacity(1 << 16, temporary);
    let describe = |error: &io::Error| destination.write_error(error);
    fill(&mut out)
        .and_then(|()| out.flush())
        .map_err(|error| describe(&error))?;
    let temporary = out.into_inner().map_err(|error| describe(error.error()))?;
    temporary.sync().map_err(|error| describe(&error))?;
    Ok(Staged {
        destination,
        temporary,
    })
}

/// Moves all files to their names: all of them or, after an error or a signal, none.
///
/// # Errors
/// Returns a sentence; earlier files with these names are restored.
pub fn commit_staged(mut files: Vec<Staged>) -> Result<(), String> {
    let result = {
        // Holding the lock delays a signal's clean-up until all files are renamed.
        let mut names = temporaries();
        let mut previous_files = Vec::new();
        let is_batch = files.len() > 1;
        let result = files.iter_mut().try_for_each(|file| {
            let previous = { is_batch.then(|| PreviousFile::keep(&file.destination)) }.flatten();
            file.temporary
                .persist(&file.destination.target, &mut names)
                .map_err(|error| file.destination.write_error(&error))?;
            previous_files.extend(previous);
            Ok(())
        });
        if result.is_err() {
            previous_files
                .into_iter()
                .rev()
                .for_each(PreviousFile::restore);
        }
        result
    };
    #[cfg(unix)]
    for file in &files {
        // The files are in place even if the file system cannot sync a folder.
        let _ = fs::File::open(&file.destination.folder).and_then(|folder| folder.sync_all());
    }
    result
}

/// The state of a name before a file was moved to it.
enum PreviousFile {
    Nothing(PathBuf),
    File(PathBuf, TempPath),
}

impl PreviousFile {
    /// Keeps an existing file under a second name; returns `None` where the file system has no hard links.
    fn keep(destination: &Destination) -> Option<Self> {
        let target = destination.target.clone();
        if target.symlink_metadata().is_err() {
            return Some(Self::Nothing(target));
        }
        let mut builder = tempfile::Builder::new();
        let backup = builder
            .prefix(PREFIX)
            .make_in(&destination.folder, |name| fs::hard_link(&target, name));
        Some(Self::File(target, backup.ok()?.into_temp_path()))
    }

    fn restore(self) {
        // The error that caused the restoration is reported, not one of the restoration.
        let _ = match self {
            Self::Nothing(target) => fs::remove_file(target),
            Self::File(target, backup) => backup.persist(target).map_err(|error| error.error),
        };
    }
}

/// Prefix of the names of temporary files.
const PREFIX: &str = ".ravine-";

/// Paths of the existing temporary files.
static TEMPORARIES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn temporaries() -> MutexGuard<'static, Vec<PathBuf>> {
    TEMPORARIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file that is removed when it is dropped, and when a signal ends the program.
struct Temporary(Option<NamedTempFile>);

impl Temporary {
    fn new(folder: &Path, permissions: Option<fs::Permissions>) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        if let Some(permissions) = permissions {
            builder.permissions(permissions);
        }
        let mut names = temporaries();
        let file = builder.tempfile_in(folder)?;
        names.push(file.path().to_owned());
        Ok(Self(Some(file)))
    }

    fn file(&self) -> io::Result<&fs::File> {
        let file = self.0.as_ref().ok_or(ErrorKind::NotFound)?;
        Ok(file.as_file())
    }

    fn sync(&self) -> io::Result<()> {
        self.file()?.sync_all()
    }

    fn persist(&mut self, target: &Path, names: &mut Vec<PathBuf>) -> io::Result<()> {
        let file = self.0.take().ok_or(ErrorKind::NotFound)?;
        names.retain(|name| name != file.path());
        file.persist(target).map(drop).map_err(|error| error.error)
    }
}

impl Write for Temporary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file()?.flush()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(file) = self.0.take() {
            let mut names = temporaries();
            names.retain(|name| name != file.path());
            drop(file);
        }
    }
}

/// Makes SIGINT, SIGTERM and SIGHUP remove temporary files before they end the program, with exit code 128 + signal as in shells.
/// Signals that are ignored when the program starts, as under `nohup`, stay ignored. After a SIGINT for which `stop_work` returns true the
/// program goes on: its work stops by itself and keeps what there is.
#[cfg(unix)]
pub fn remove_temporaries_on_signals(stop_work: impl Fn() -> bool + Send + 'static) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(line.trim(), 16).ok()
        });
    let ignored = ignored.unwrap_or(0);
    let handled = [SIGHUP, SIGINT, SIGTERM].into_iter();
    let handled = handled.filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let Ok(mut signals) = signal_hook::iterator::Signals::new(handled) else {
        return; // Without a handler signals end the program as usual.
    };
    let wait = move || {
        let mut endings = signals
            .forever()
            .filter(|signal| *signal != SIGINT || !stop_work());
        if let Some(signal) = endings.next() {
            let names = temporaries();
            names.iter().for_each(|name| drop(fs::remove_file(name)));
            std::process::exit(128 + signal);
        }
    };
    let thread = std::thread::Builder::new().name("ravine signals".to_owned());
    drop(thread.spawn(wait));
}

/// Does nothing on platforms without these signals.
#[cfg(not(unix))]
pub fn remove_temporaries_on_signals(_stop_work: impl Fn() -> bool + Send + 'static) {}

/// Whether two paths lead to one file, also through links and for files that do not exist yet.
pub fn same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt;
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    let resolved = |path: &Path| {
        let target = follow(path).ok()?;
        if let Ok(target) = fs::canonicalize(&target) {
            return Some(target);
        }
        let folder = fs::canonicalize(folder_of(&target)).ok()?;
        Some(folder.join(target.file_name()?))
    };
    resolved(one).is_some_and(|one| Some(one) == resolved(other))
}

/// Returns the path that a symbolic link, or a chain of them, leads to, whether or not it exists; any other path unchanged.
fn follow(path: &Path) -> io::Result<PathBuf> {
    /// Maximal number of links that Linux follows.
    const MAX_LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..=MAX_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = folder_of(&target).join(next),
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("links in a circle"))
}

/// Returns the folder that contains a file.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => path,
    }
}

/// The checked destination of a file.
struct Destination {
    target: PathBuf,
    folder: PathBuf,
    path_text: String,
    earlier: Option<Metadata>,
}

impl Destination {
    fn find(path: &Path) -> Result<Self, String> {
        let path_text = path.display().to_string();
        // A link's target is replaced or created, not the link.
        let target = follow(path).map_err(|error| {
            format!("{path_text}: cannot be followed ({error}); expected the name of a file")
        })?;
        let earlier = fs::metadata(&target).ok();
        match &earlier {
            Some(earlier) if earlier.is_dir() => {
                return Err(format!(
                    "{path_text}: is a folder; expected the name of a file"
                ));
            }
            Some(earlier) if !earlier.is_file() => {
                return Err(format!(
                    "{path_text}: is not an ordinary file; expected one, or a new name"
                ));
            }
            Some(earlier) if earlier.permissions().readonly() => {
                return Err(format!(
                    "{path_text}: is write-protected; expected a file that can be written"
                ));
            }
            _ => {}
        }
        if target.file_name().is_none() {
            return Err(format!(
                "{path_text}: is not the name of a file; expected one"
            ));
        }
        let folder = folder_of(&target).to_owned();
        let name = folder.display();
        match fs::metadata(&folder) {
            Ok(metadata) if !metadata.is_dir() => Err(format!(
                "{path_text}: `{name}` is not a folder; expected one"
            )),
            Ok(metadata) if metadata.permissions().readonly() => Err(format!(
                "{path_text}: the folder `{name}` is write-protected; expected one that can be written"
            )),
            Ok(_) => Ok(Self {
                target,
                folder,
                path_text,
                earlier,
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(format!(
                "{path_text}: there is no folder `{name}`; expected one that exists"
            )),
            Err(error) => {
                let reason = reason(&error);
                Err(format!(
                    "{path_text}: the folder `{name}` cannot be read ({reason}); expected one that can be written"
                ))
            }
        }
    }

    /// Creates a temporary file in the destination's folder, so that a rename within one file system moves it to its name.
    fn temporary(&self) -> Result<Temporary, String> {
        Temporary::new(&self.folder, self.permissions()).map_err(|error| {
            let (path_text, folder) = (&self.path_text, self.folder.display());
            let reason = reason(&error);
            format!("{path_text}: nothing can be written in `{folder}` ({reason}); expected a folder that can be written")
        })
    }

    /// Describes an error after which the destination is unchanged.
    fn write_error(&self, error: &io::Error) -> String {
        let (shown, reason) = (&self.path_text, reason(error));
        format!("{shown}: cannot be written ({reason}); it is left as it was")
    }

    /// Returns the permissions of the file that is replaced, else those of an ordinary new file, which are wider than a temporary file's.
    fn permissions(&self) -> Option<fs::Permissions> {
        let earlier = self.earlier.as_ref().map(Metadata::permissions);
        #[cfg(unix)]
        let earlier = earlier.or_else(|| {
            use std::os::unix::fs::PermissionsExt;
            Some(fs::Permissions::from_mode(0o666))
        });
        earlier.filter(|_| cfg!(unix))
    }
}

/// Returns the kind of an error, without the temporary file's name.
fn reason(error: &io::Error) -> String {
    error.kind().to_string()
}

#[cfg(test)]
mod tests;
