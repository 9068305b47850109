//! Preview of a file: a small map of a scene, a picture, the first rows of a table, the tensors of weights.

use crate::engine::landscape::AnyLandscape;
use crate::engine::scene::Scene;
use crate::export::file::lower_extension;
use crate::figure::caption;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Drawing};
use crate::figure::gallery::Thumbnail;
use crate::figure::png::{picture_of_file, rgba};
use crate::import::{Disk, carries_scene, open_scene, path_text, tensor_lines};
use crate::session::compute_all_runs;
use eframe::egui::ColorImage;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Width and height of a picture in pixels.
const PIXELS: [u32; 2] = [360, 270];

/// Samples along a side of a map.
const SAMPLES: usize = 128;

/// Number of lines.
const LINES: usize = 14;

/// Characters of a line.
const LINE_CHARS: usize = 60;

/// Largest picture that is shown, in bytes.
const MAX_PICTURE_BYTES: u64 = 32 << 20;

/// Largest number of steps of all runs together that are computed for a preview.
const MAX_STEPS: u64 = 200_000;

/// A file whose preview is wanted, in the dark theme or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PreviewRequest {
    pub path: PathBuf,
    pub dark: bool,
}

/// Preview of a file.
#[derive(Default)]
pub(super) struct Preview {
    pub picture: Option<ColorImage>,
    pub lines: Vec<String>,
}

/// Makes the preview of a file; a file that cannot be shown has its reason in it.
pub(super) fn make(request: &PreviewRequest) -> Preview {
    let path = &request.path;
    let extension = lower_extension(path);
    let shown = match extension.as_deref() {
        Some("toml") => of_scene(path, request.dark),
        Some("png" | "svg") if carries_scene(path) => of_picture(path).map(|mut preview| {
            preview.lines.insert(0, "Carries its scene".to_owned());
            preview
        }),
        Some("png" | "svg" | "jpg" | "jpeg") => of_picture(path),
        Some("npy" | "npz") => of_heights(path, request.dark),
        Some("safetensors") => tensor_lines(path, LINES).map(of_lines),
        Some("csv" | "tsv" | "txt") => first_lines(path).map(of_lines),
        _ => Ok(Preview::default()),
    };
    shown.unwrap_or_else(|sentence| of_lines(vec![sentence]))
}

fn of_lines(lines: Vec<String>) -> Preview {
    Preview {
        picture: None,
        lines,
    }
}

fn of_scene(path: &Path, dark: bool) -> Result<Preview, String> {
    let scene = open_scene(path)?;
    let mut lines = vec![caption(&scene, scene.training.steps)];
    lines.extend(scene.run_names().into_iter().take(LINES));
    let picture = map_of(&scene, path, dark)?;
    Ok(Preview { picture, lines })
}

fn of_heights(path: &Path, dark: bool) -> Result<Preview, String> {
    let mut landscape: AnyLandscape = "grid".parse().map_err(|_| "there is no grid".to_owned())?;
    let file = crate::engine::declare::Value::Text(path_text(path));
    let set = landscape.settings_mut().set("data", file);
    set.map_err(|refusal| refusal.to_string())?;
    let picture = map_of(&Scene::new(landscape), path, dark)?;
    Ok(Preview {
        picture,
        lines: vec!["A matrix of heights".to_owned()],
    })
}

/// Draws the map of a scene's landscape with its runs, where these are not too long; a network has none.
fn map_of(scene: &Scene, path: &Path, dark: bool) -> Result<Option<ColorImage>, String> {
    if scene.is_network() {
        return Ok(None);
    }
    let problem = scene
        .load(&Disk::next_to(Some(path)))
        .map_err(|error| error.to_string())?;
    let problem = Arc::new(problem);
    let steps = scene.training.steps.saturating_mul(scene.runs.len() as u64);
    let runs = if steps <= MAX_STEPS {
        Some(compute_all_runs(scene, &problem, None)?)
    } else {
        None
    };
    let theme = if dark { &Theme::DARK } else { &Theme::LIGHT };
    let Some(thumbnail) = Thumbnail::of_scene(scene, problem, SAMPLES) else {
        return Ok(None);
    };
    let side = 0.5 * f32::from(u16::try_from(PIXELS[1]).unwrap_or_default());
    let area = Area::new([0.0; 2], [side; 2]);
    let mut items = thumbnail.items(area, &thumbnail.shading(theme), theme);
    if let Some(runs) = &runs {
        items.extend(thumbnail.trails(runs, area, theme));
    }
    let drawing = Drawing {
        size: [side; 2],
        items,
    };
    let pixels = [PIXELS[1]; 2];
    Ok(Some(image(pixels, &rgba(&drawing, pixels)?)))
}

fn of_picture(path: &Path) -> Result<Preview, String> {
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if size > MAX_PICTURE_BYTES {
        let most = MAX_PICTURE_BYTES >> 20;
        return Err(format!("A picture of more than {most} MB"));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
    let picture = image(PIXELS, &picture_of_file(&bytes, PIXELS)?);
    Ok(Preview {
        picture: Some(picture),
        lines: Vec::new(),
    })
}

fn image([width, height]: [u32; 2], rgba: &[u8]) -> ColorImage {
    ColorImage::from_rgba_unmultiplied([width as usize, height as usize], rgba)
}

fn first_lines(path: &Path) -> Result<Vec<String>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let read = file.take((LINES * 400) as u64).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(&error))?;
    let text = String::from_utf8_lossy(&bytes);
    let short = |line: &str| line.chars().take(LINE_CHARS).collect();
    Ok(text.lines().take(LINES).map(short).collect())
}

fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            "You have no permission to read this file".to_owned()
        }
        kind => format!("This file cannot be read ({kind})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, bytes: &[u8]) -> Preview {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        make(&PreviewRequest { path, dark: false })
    }

    #[test]
    fn each_kind_of_file_has_a_preview() {
        let scene = of("a.toml", Scene::opening().to_toml().as_bytes());
        let colours = |preview: &Preview| {
            let picture = preview.picture.as_ref().expect("a picture");
            let colours: std::collections::HashSet<_> = picture.pixels.iter().collect();
            colours.len()
        };
        assert!(colours(&scene) > 100 && scene.lines[1..].contains(&"Adam".to_owned()));
        let network = of("a.toml", Scene::opening_network().to_toml().as_bytes());
        assert!(network.picture.is_none() && network.lines.len() > 2);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='5' fill='red'/></svg>";
        assert!(colours(&of("b.svg", svg)) > 1);
        let table = of("c.csv", b"x,y\n1,2\n3,4\n");
        assert_eq!(table.lines, ["x,y", "1,2", "3,4"]);
        assert_eq!(of("d.xyz", b"?").lines.len(), 0);
    }

    #[test]
    fn files_that_cannot_be_shown_give_the_reason() {
        let broken = of("a.toml", b"version = 1\nlandscape = \"bouth\"");
        assert!(
            broken.lines[0].contains("did you mean `booth`"),
            "{:?}",
            broken.lines
        );
        for (name, bytes) in [
            ("b.png", &b"no"[..]),
            ("c.npy", b"no"),
            ("d.safetensors", b"no"),
        ] {
            let preview = of(name, bytes);
            assert!(
                preview.picture.is_none() && preview.lines.len() == 1,
                "{name}: {:?}",
                preview.lines
            );
        }
    }
}
