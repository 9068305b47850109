//! Files that are written whole or not at all: into a temporary file beside the target, which then takes its name.

use std::fs::{self, Metadata};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The ending of a file's name, in lower case; refused unless it is one of `valid`.
///
/// # Errors
/// One sentence that lists the valid ones.
pub fn extension<'a>(path: &Path, valid: &[&'a str]) -> Result<&'a str, String> {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    let list: Vec<String> = valid.iter().map(|ending| format!(".{ending}")).collect();
    let expected = list.join(" or ");
    match ending {
        Some(ending) => valid
            .iter()
            .find(|known| **known == ending)
            .copied()
            .ok_or_else(|| {
                format!(
                    "{}: unknown extension `.{ending}`; expected {expected}",
                    path.display()
                )
            }),
        None => Err(format!(
            "{}: has no extension; expected {expected}",
            path.display()
        )),
    }
}

/// Whether a file can be written at `path`; to be asked before long work. It leaves nothing behind.
///
/// # Errors
/// One sentence: the place is a folder, write-protected, or in a folder that is missing or lets nobody write.
pub fn check_place(path: &Path) -> Result<(), String> {
    Place::find(path)?.temporary().map(drop)
}

/// Writes a file through `fill`. Until `fill` is done and all is on disk, whatever stood at `path` stays as it was.
///
/// # Errors
/// One sentence; nothing is left behind and nothing is overwritten.
pub fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), String> {
    let place = Place::find(path)?;
    let mut out = BufWriter::with_capacity(1 << 16, place.temporary()?);
    let refused = |error: &io::Error| {
        let reason = reason(error);
        format!(
            "{}: cannot be written ({reason}); it is left as it was",
            path.display()
        )
    };
    fill(&mut out)
        .and_then(|()| out.flush())
        .map_err(|error| refused(&error))?;
    let written = out.into_inner().map_err(|error| refused(error.error()))?;
    written
        .persist(&place.target)
        .map(drop)
        .map_err(|error| refused(&error.error))
}

/// Where a file will stand.
struct Place {
    target: PathBuf,
    folder: PathBuf,
    shown: String,
    earlier: Option<Metadata>,
}

impl Place {
    fn find(path: &Path) -> Result<Self, String> {
        let shown = path.display().to_string();
        // What a link leads to is replaced, not the link.
        let target = match fs::canonicalize(path) {
            Ok(target) if path.is_symlink() => target,
            _ => path.to_owned(),
        };
        let earlier = fs::metadata(&target).ok();
        match &earlier {
            Some(earlier) if earlier.is_dir() => {
                return Err(format!("{shown}: is a folder; expected the name of a file"));
            }
            Some(earlier) if !earlier.is_file() => {
                return Err(format!(
                    "{shown}: is not an ordinary file; expected one, or a new name"
                ));
            }
            Some(earlier) if earlier.permissions().readonly() => {
                return Err(format!(
                    "{shown}: is write-protected; expected a file that can be written"
                ));
            }
            _ => {}
        }
        let folder = match (target.parent(), target.file_name()) {
            (Some(folder), Some(_)) if folder.as_os_str().is_empty() => PathBuf::from("."),
            (Some(folder), Some(_)) => folder.to_owned(),
            _ => return Err(format!("{shown}: is not the name of a file; expected one")),
        };
        let name = folder.display();
        match fs::metadata(&folder) {
            Ok(metadata) if !metadata.is_dir() => {
                Err(format!("{shown}: `{name}` is not a folder; expected one"))
            }
            Ok(metadata) if metadata.permissions().readonly() => Err(format!(
                "{shown}: the folder `{name}` is write-protected; expected one that can be written"
            )),
            Ok(_) => Ok(Self {
                target,
                folder,
                shown,
                earlier,
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(format!(
                "{shown}: there is no folder `{name}`; expected one that exists"
            )),
            Err(error) => {
                let reason = reason(&error);
                Err(format!(
                    "{shown}: the folder `{name}` cannot be read ({reason}); expected one that can be written"
                ))
            }
        }
    }

    /// A new file in the same folder, so that a rename within one file system brings it to its place.
    fn temporary(&self) -> Result<NamedTempFile, String> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".ravine-");
        if let Some(permissions) = self.permissions() {
            builder.permissions(permissions);
        }
        builder.tempfile_in(&self.folder).map_err(|error| {
            let (shown, folder) = (&self.shown, self.folder.display());
            let reason = reason(&error);
            format!("{shown}: nothing can be written in `{folder}` ({reason}); expected a folder that can be written")
        })
    }

    /// Those of the file that is replaced; else what every new file gets, which is more than a temporary one.
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

/// Why, without the temporary file's name.
fn reason(error: &io::Error) -> String {
    error.kind().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_fails_halfway_leaves_the_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "earlier").unwrap();
        let failed = write_whole(&path, |out| {
            out.write_all(b"half")?;
            Err(ErrorKind::StorageFull.into())
        });
        assert!(
            failed
                .unwrap_err()
                .ends_with("(no storage space); it is left as it was")
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "earlier");
        assert_eq!(names(folder.path()), ["a.csv"]);
        write_whole(&path, |out| out.write_all(b"later")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "later");
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[test]
    fn asking_whether_a_place_can_be_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        check_place(&folder.path().join("a.csv")).unwrap();
        assert!(names(folder.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let [real, link] = ["real.csv", "link.csv"].map(|name| folder.path().join(name));
        fs::write(&real, "earlier").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_whole(&link, |out| out.write_all(b"later")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "later");
        assert_eq!(
            fs::metadata(&real).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }

    #[test]
    fn an_extension_is_known_in_any_case() {
        assert_eq!(extension(Path::new("a/b.PNG"), &["png", "svg"]), Ok("png"));
        assert_eq!(
            extension(Path::new("b.xyz"), &["png", "svg"]),
            Err("b.xyz: unknown extension `.xyz`; expected .png or .svg".to_owned())
        );
        assert_eq!(
            extension(Path::new("b"), &["png", "svg"]),
            Err("b: has no extension; expected .png or .svg".to_owned())
        );
    }
}
