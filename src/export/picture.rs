//! A scene's picture as the bytes of a file.

use crate::figure::colour::Theme;
use crate::figure::drawing::Drawing;
use crate::figure::{self, png, svg};
use crate::engine::results::{Runs, Seeds};

/// The extensions of pictures.
pub const EXTENSIONS: [&str; 2] = ["png", "svg"];

/// What is asked of a picture.
#[derive(Clone, Copy)]
pub struct Picture {
    /// Width and height in pixels, 16 to [`png::MAX_PIXELS`] each.
    pub pixels: [u32; 2],
    /// The step of the timeline; `None` is the last.
    pub step: Option<u64>,
    /// Light or dark.
    pub theme: &'static Theme,
    /// The run that is looked at alone, where the picture does so; `None` is the first that is ticked.
    pub followed: Option<usize>,
    /// What of the scene is drawn.
    pub show: Show,
}

/// What a picture of a scene shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// The map.
    Map,
    /// Of a network, how far its runs are off the plane.
    ProjectionError,
    /// Of a network, its random planes of these seeds.
    Seeds(Seeds),
}

/// The bytes of a picture of a scene and its runs, of the kind that one of [`EXTENSIONS`] names. Its description is its caption and the
/// scene.
///
/// # Errors
/// One sentence, where the pixels do not fit into memory, or where there are no seeds to show.
pub fn picture(runs: &Runs, extension: &str, picture: &Picture) -> Result<Vec<u8>, String> {
    let (drawing, description) = (drawing(runs, picture)?, description(runs, picture));
    bytes(&drawing, extension, picture.pixels, &description)
}

/// Returns the description of a picture of a scene: its caption and the scene.
pub fn description(runs: &Runs, picture: &Picture) -> String {
    let scene = &runs.scene;
    let caption = figure::caption(scene, picture.step.unwrap_or(scene.training.steps));
    format!("{caption}\n\n{}", scene.to_toml())
}

/// The bytes of a drawing in so many pixels, of the kind that one of [`EXTENSIONS`] names.
///
/// # Errors
/// One sentence, where the pixels do not fit into memory.
pub fn bytes(
    drawing: &Drawing,
    extension: &str,
    pixels: [u32; 2],
    description: &str,
) -> Result<Vec<u8>, String> {
    match extension {
        "svg" => {
            #[expect(clippy::cast_precision_loss, reason = "at most MAX_PIXELS")]
            let shown = pixels.map(|side| side as f32);
            Ok(svg::svg_shown(drawing, shown, description).into_bytes())
        }
        _ => png::png(drawing, pixels, description),
    }
}

/// The pixels of a picture, row by row: red, green, blue and opacity of each.
///
/// # Errors
/// One sentence, where the pixels do not fit into memory, or where there are no seeds to show.
pub fn pixels(runs: &Runs, picture: &Picture) -> Result<Vec<u8>, String> {
    png::rgba(&drawing(runs, picture)?, picture.pixels)
}

/// Draws a picture of a scene and its runs.
///
/// # Errors
/// One sentence, where there are no seeds to show.
pub fn drawing(runs: &Runs, picture: &Picture) -> Result<Drawing, String> {
    let Picture {
        pixels,
        step,
        theme,
        followed,
        show,
    } = *picture;
    let size = points(pixels);
    let options = figure::Options {
        size,
        step,
        theme,
        followed,
    };
    match show {
        Show::Map => Ok(figure::picture(runs, &options)),
        Show::ProjectionError => Ok(figure::projection_error::picture(runs, &options)),
        Show::Seeds(seeds) => figure::seeds::picture(runs, seeds, &options),
    }
}

/// The size in points of a picture of so many pixels: as large as a page, so that its texts can be read whatever the
/// number of pixels. 1600 × 1200 pixels are about 930 × 700 points.
pub fn points(pixels: [u32; 2]) -> [f32; 2] {
    const AREA: f64 = 650_000.0;
    let [width, height] = pixels.map(f64::from);
    let scale = (AREA / (width * height).max(1.0)).sqrt();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a size in points needs no more digits"
    )]
    [width, height].map(|side| (side * scale) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_size_whatever_the_pixels() {
        let [width, height] = points([1600, 1200]);
        assert!((height - 698.0).abs() < 1.0 && (width / height - 4.0 / 3.0).abs() < 1e-3);
        assert_eq!(points([3200, 2400]), [width, height]);
    }

    #[test]
    fn an_svg_has_the_size_that_is_asked_for() {
        let drawing = Drawing {
            size: [9.0, 7.0],
            items: Vec::new(),
        };
        let svg = svg::svg_shown(&drawing, [1600.0, 1200.0], "");
        assert!(
            svg.contains(" width=\"1600\" height=\"1200\" viewBox=\"0 0 9 7\""),
            "{svg}"
        );
    }
}
