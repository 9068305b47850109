//! Purposes of file dialogs, with their words and file extensions.

use crate::export::film;
use crate::gui::view::{FRAMES, is_film};

/// Purpose of a file dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Opens a scene.
    Open,
    /// Saves the scene.
    Save,
    /// Exports a picture or film in a format; other formats of its kind can be typed.
    Export(&'static str),
    /// Chooses the picture of the landscape.
    Picture,
    /// Chooses the heights of the landscape.
    Heights,
    /// Chooses the table of the landscape.
    Table,
    /// Chooses the table that the network is trained on.
    Data,
}

/// Words and files of a purpose.
pub(crate) struct PurposeInfo {
    pub title: &'static str,
    /// The button's text.
    pub verb: &'static str,
    pub hint: &'static str,
    /// Name of the files, and their extensions; the first one is the usual one.
    pub kind: &'static str,
    pub extensions: &'static [&'static str],
}

impl Purpose {
    /// Whether a file is written.
    pub(crate) fn saves(self) -> bool {
        matches!(self, Self::Save | Self::Export(_))
    }

    /// Returns the words and files of the purpose.
    pub(crate) fn info(self) -> PurposeInfo {
        let (title, verb, hint, kind, extensions): (_, _, _, _, &[&str]) = match self {
            Self::Open => (
                "Open scene",
                "Open",
                "A scene file (.toml), or a picture or film that Ravine exported (.png, .svg, .gif).",
                "Scenes",
                &["toml", "png", "svg", "gif", "apng"],
            ),
            Self::Save => (
                "Save scene",
                "Save",
                "A scene file (.toml).",
                "Scenes",
                &["toml"],
            ),
            Self::Export(format) => {
                let (hint, kind, extensions) = export_info(format);
                ("Export", "Export", hint, kind, extensions)
            }
            Self::Picture => (
                "Picture of the landscape",
                "Choose",
                "A .png or .jpg file; its brightness is the height.",
                "Pictures",
                &["png", "jpg", "jpeg"],
            ),
            Self::Heights => (
                "Heights of the landscape",
                "Choose",
                "A matrix in a .csv, .npy or .npz file.",
                "Heights",
                &["csv", "npy", "npz"],
            ),
            Self::Table => (
                "Table of the regression",
                "Choose",
                "A .csv file.",
                "Tables",
                &["csv"],
            ),
            Self::Data => (
                "Data of the network",
                "Choose",
                "A .csv file: one column is the label, all others are inputs.",
                "Tables",
                &["csv"],
            ),
        };
        PurposeInfo {
            title,
            verb,
            hint,
            kind,
            extensions,
        }
    }
}

/// Returns the hint of an export in a format, the kind of its files, and their extensions, its own first.
fn export_info(format: &str) -> (&'static str, &'static str, &'static [&'static str]) {
    if format == FRAMES {
        let hint = "Numbered .png files: {} in the name stands for the number of a frame.";
        return (hint, "Pictures", &["png"]);
    }
    let (hint, kind) = if is_film(format) {
        (
            if film::BUILT.contains(&"mp4") {
                "A .gif, .apng or .mp4 file."
            } else {
                "A .gif or .apng file."
            },
            "Films",
        )
    } else {
        ("A .png, .svg or .pdf file.", "Pictures")
    };
    let extensions: &[&str] = match format {
        "svg" => &["svg", "png", "pdf"],
        "pdf" => &["pdf", "png", "svg"],
        "gif" if film::BUILT.contains(&"mp4") => &["gif", "apng", "mp4"],
        "apng" if film::BUILT.contains(&"mp4") => &["apng", "gif", "mp4"],
        "gif" => &["gif", "apng"],
        "apng" => &["apng", "gif"],
        "mp4" => &["mp4", "gif", "apng"],
        _ => &["png", "svg", "pdf"],
    };
    (hint, kind, extensions)
}
