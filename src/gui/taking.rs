//! Files that are dropped on the window or chosen among the recent ones: what each kind is for, said before and done after the drop.

use super::app::App;
use super::command::Command;
use super::file_dialog::Purpose;
use super::quit::Closing;
use super::scale::{SECTION, SPACE};
use crate::engine::declare::Value;
use crate::engine::files::{Files, Header, NamedShape};
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::data::{AnyDataset, Csv};
use crate::engine::scene::Subject;
use crate::export::file::lower_extension;
use crate::export::sentence::one_line;
use crate::import::{Disk, carries_scene, path_text};
use eframe::egui;
use std::path::{Path, PathBuf};

/// Largest table that is read before it is decided what it is, in bytes.
const MAX_TABLE_BYTES: u64 = 4 << 20;

/// Purpose of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// A scene, or a picture that carries one.
    Scene,
    /// The picture of a landscape.
    Picture,
    /// The heights of a landscape.
    Heights,
    /// The table of a linear regression.
    Regression,
    /// The table that the shown network is trained on.
    Data,
    /// Weights of the shown network.
    Weights,
    /// Weights while a landscape is shown.
    NoNetwork,
    Folder,
    Unknown,
}

impl Use {
    fn of(path: &Path, is_network: bool) -> Self {
        let extension = lower_extension(path);
        match extension.as_deref() {
            _ if path.is_dir() => Self::Folder,
            Some("toml" | "svg") => Self::Scene,
            Some("png" | "apng" | "gif") if carries_scene(path) => Self::Scene,
            Some("png" | "jpg" | "jpeg") => Self::Picture,
            Some("csv" | "tsv" | "txt") if is_network => Self::Data,
            Some("csv" | "tsv" | "txt") if is_regression(path) => Self::Regression,
            Some("npy" | "npz" | "csv" | "tsv" | "txt") => Self::Heights,
            Some("safetensors") if is_network => Self::Weights,
            Some("safetensors") => Self::NoNetwork,
            _ => Self::Unknown,
        }
    }

    fn is_possible(self) -> bool {
        !matches!(self, Self::NoNetwork | Self::Folder | Self::Unknown)
    }

    /// Returns what dropping a file does, or why it does nothing.
    fn sentence(self, name: &str) -> String {
        match self {
            Self::Scene => format!("Drop to open the scene in {name}"),
            Self::Picture => format!("Drop to make the brightness of {name} the landscape"),
            Self::Heights => format!("Drop to make the heights in {name} the landscape"),
            Self::Regression => format!("Drop to fit a line to the table {name}"),
            Self::Data => format!("Drop to train the network on {name}"),
            Self::Weights => format!("Drop to start the runs from the weights in {name}"),
            Self::NoNetwork => {
                format!("{name} holds weights of a network; choose Network first, then drop it")
            }
            Self::Folder => format!("{name} is a folder; drop a file in it"),
            Self::Unknown => format!(
                "{name} cannot be opened; expected a scene (.toml), an exported picture or film (.png, .svg, .gif), an image (.png, .jpg), heights or a table (.csv, .npy, .npz) or weights (.safetensors)"
            ),
        }
    }
}

/// Whether a table has two columns of numbers, but is no matrix of heights.
fn is_regression(path: &Path) -> bool {
    let short = std::fs::metadata(path).is_ok_and(|file| file.len() <= MAX_TABLE_BYTES);
    let (disk, name) = (Disk::default(), path_text(path));
    short
        && disk.matrix(&name, Header::Auto).is_err()
        && disk.columns(&name, [None; 2], Header::Auto).is_ok()
}

/// Returns the name of a file as text.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path_text(path), |name| path_text(Path::new(name)))
}

/// Files that hover over the window, and what dropping them does.
pub(super) struct Hovered {
    paths: Vec<PathBuf>,
    is_network: bool,
    sentence: String,
    possible: bool,
}

impl App {
    /// Takes dropped files.
    pub(super) fn take_drops(&mut self, ctx: &egui::Context) {
        let dropped: Vec<PathBuf> = ctx.input(|input| {
            let files = input.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect()
        });
        if dropped.is_empty() || self.closing == Closing::Asking {
            return;
        }
        (self.asking, self.palette, self.help) = (None, None, false);
        self.export_dialog = None;
        let (path, others) = self.pick(&dropped);
        if let Some(path) = path {
            self.take_file(ctx, path);
            if others > 0 {
                let name = file_name(path);
                let count = others + 1;
                self.show_message(format!(
                    "Took {name} of {count} files. One drop takes one file."
                ));
            }
        }
    }

    /// Returns the first file that can be taken, or else the first, and the number of the others.
    fn pick<'a>(&self, paths: &'a [PathBuf]) -> (Option<&'a PathBuf>, usize) {
        let network = self.scene.is_network();
        let possible = paths
            .iter()
            .find(|path| Use::of(path, network).is_possible());
        (possible.or(paths.first()), paths.len().saturating_sub(1))
    }

    /// Says what dropping the files over the window will do.
    pub(super) fn hover_ui(&mut self, ctx: &egui::Context) {
        let paths: Vec<PathBuf> = ctx.input(|input| {
            let files = input.raw.hovered_files.iter();
            files.filter_map(|file| file.path.clone()).collect()
        });
        if paths.is_empty() || self.closing == Closing::Asking {
            self.hovered = None;
            return;
        }
        let is_network = self.scene.is_network();
        let known = |hovered: &Hovered| hovered.paths == paths && hovered.is_network == is_network;
        if !self.hovered.as_ref().is_some_and(known) {
            let (path, others) = self.pick(&paths);
            let Some(path) = path else { return };
            let means = Use::of(path, is_network);
            let mut sentence = means.sentence(&file_name(path));
            if others > 0 {
                let count = others + 1;
                sentence = format!("{sentence} (one of {count} files; the others are left)");
            }
            self.hovered = Some(Hovered {
                sentence: one_line(&sentence),
                possible: means.is_possible(),
                is_network,
                paths,
            });
        }
        if let Some(hovered) = &self.hovered {
            banner_ui(ctx, &hovered.sentence, hovered.possible);
        }
    }

    /// Takes a file for what it is; undo reverts it.
    pub(super) fn take_file(&mut self, ctx: &egui::Context, path: &Path) {
        let name = file_name(path);
        let means = Use::of(path, self.scene.is_network());
        let done = match means {
            Use::Scene => return self.open(ctx, path),
            Use::Picture => self.make_landscape(ctx, "image", Purpose::Picture, path),
            Use::Heights => self.make_landscape(ctx, "grid", Purpose::Heights, path),
            Use::Regression => self.make_landscape(ctx, "regression", Purpose::Table, path),
            Use::Data => self.use_file(ctx, Purpose::Data, path),
            Use::Weights => self.use_weights(ctx, path),
            Use::NoNetwork | Use::Folder | Use::Unknown => Err(means.sentence(&name)),
        };
        match done {
            Ok(()) => self.recent.add(path),
            Err(sentence) => self.show_error(sentence),
        }
    }

    /// Makes a landscape with a file the subject.
    fn make_landscape(
        &mut self,
        ctx: &egui::Context,
        name: &str,
        purpose: Purpose,
        path: &Path,
    ) -> Result<(), String> {
        let mut landscape: AnyLandscape = name.parse().map_err(|error| format!("{error}"))?;
        set_file(&mut landscape, purpose, path)?;
        self.set_landscape(ctx, landscape)
    }

    /// Makes a landscape the subject. The same landscape with other settings keeps start and view; a network's scene is kept.
    pub(super) fn set_landscape(
        &mut self,
        ctx: &egui::Context,
        landscape: AnyLandscape,
    ) -> Result<(), String> {
        self.history.add_undo(&self.document());
        if self.scene.is_network() {
            self.switch_subject(ctx)?;
        }
        let mut scene = self.scene.clone();
        let same_file = |setting| {
            landscape.settings().get(setting) == scene.landscape().settings().get(setting)
        };
        if landscape.name() == scene.landscape().name()
            && ["file", "data"].into_iter().all(same_file)
        {
            scene.landscape_scene_mut().landscape = landscape;
        } else {
            scene.choose_landscape(landscape);
        }
        // An error in a file is shown once it has been read.
        self.apply(ctx, Command::Edit(Box::new(scene)));
        Ok(())
    }

    /// Puts a file into the setting of the landscape or the network that a purpose names.
    pub(super) fn use_file(
        &mut self,
        ctx: &egui::Context,
        purpose: Purpose,
        path: &Path,
    ) -> Result<(), String> {
        let mut scene = self.scene.clone();
        match &mut scene.subject {
            Subject::Network(network) => {
                let mut csv = match &network.data {
                    AnyDataset::Csv(csv) => csv.clone(),
                    _ => Csv::default(),
                };
                csv.path = path_text(path);
                let mut network = (**network).clone();
                network.choose_data(AnyDataset::Csv(csv));
                scene.choose_network(network);
            }
            Subject::Landscape(own) => set_file(&mut own.landscape, purpose, path)?,
        }
        self.history.add_undo(&self.document());
        self.apply(ctx, Command::Edit(Box::new(scene)));
        Ok(())
    }

    /// Starts the runs of the network from the weights of a file that fits.
    fn use_weights(&mut self, ctx: &egui::Context, path: &Path) -> Result<(), String> {
        let mut scene = self.scene.clone();
        let Subject::Network(network) = &mut scene.subject else {
            return Err("there is no network; choose Network first".to_owned());
        };
        let fits = |runs: &&crate::engine::results::Runs| runs.scene.same_subject(&self.scene);
        let trained = self
            .runs()
            .filter(fits)
            .and_then(|runs| runs.trained.as_ref());
        if let Some(trained) = trained {
            let tensors = trained.task.loss.layout().tensors().iter();
            let shapes = tensors.map(|tensor| NamedShape {
                name: tensor.name.clone(),
                shape: tensor.shape.clone(),
            });
            let shapes: Vec<NamedShape> = shapes.collect();
            Disk::default().weights(&path_text(path), &shapes)?;
        }
        network.settings.weights = Some(path_text(path));
        self.history.add_undo(&self.document());
        self.apply(ctx, Command::Edit(Box::new(scene)));
        self.show_message(format!(
            "The runs start from the weights in {}.",
            file_name(path)
        ));
        Ok(())
    }
}

/// Puts a file into the setting of a landscape.
fn set_file(landscape: &mut AnyLandscape, purpose: Purpose, path: &Path) -> Result<(), String> {
    let setting = if purpose == Purpose::Picture {
        "file"
    } else {
        "data"
    };
    let settings = landscape.settings_mut();
    let set = settings.set(setting, Value::Text(path_text(path)));
    set.map_err(|refusal| refusal.to_string())
}

/// Shows a sentence in the middle of the dimmed window.
fn banner_ui(ctx: &egui::Context, sentence: &str, possible: bool) {
    let screen = ctx.content_rect();
    let veil = egui::Color32::from_black_alpha(110);
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop veil"));
    ctx.layer_painter(layer).rect_filled(screen, 0.0, veil);
    egui::Area::new(egui::Id::unique("drop"))
        .order(egui::Order::Tooltip)
        .anchor(egui::Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .interactable(false)
        .show(ctx, |ui| {
            let frame = egui::Frame::popup(ui.style()).inner_margin(SPACE[3]);
            frame.show(ui, |ui| {
                ui.set_max_width((screen.width() - 80.0).clamp(120.0, 480.0));
                let text = egui::RichText::new(sentence).size(SECTION);
                let text = if possible {
                    text
                } else {
                    text.color(ui.visuals().error_fg_color)
                };
                ui.add(egui::Label::new(text).wrap());
            });
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_file_has_its_use() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let points = make("points.csv", b"height,weight\n1.5,50\n1.6,61\n1.7,68\n");
        let heights = make("heights.csv", b"1,2,3\n2,3,4\n3,4,9\n");
        let svg = make("a.svg", b"<svg></svg>");
        let photo = make("photo.PNG", b"\x89PNG");
        for (path, landscape, network) in [
            (&points, Use::Regression, Use::Data),
            (&heights, Use::Heights, Use::Data),
            (&svg, Use::Scene, Use::Scene),
            (&photo, Use::Picture, Use::Picture),
            (&folder.path().to_owned(), Use::Folder, Use::Folder),
            (
                &PathBuf::from("w.safetensors"),
                Use::NoNetwork,
                Use::Weights,
            ),
            (&PathBuf::from("m.npz"), Use::Heights, Use::Heights),
            (&PathBuf::from("film.gif"), Use::Unknown, Use::Unknown),
        ] {
            assert_eq!(Use::of(path, false), landscape, "{}", path.display());
            assert_eq!(Use::of(path, true), network, "{}", path.display());
        }
    }
}
