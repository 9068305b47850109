//! Export of pictures of a scene as PNG and SVG.

use crate::engine::results::{Runs, Seeds};
use crate::figure::colour::Theme;
use crate::figure::drawing::Drawing;
pub use crate::figure::points;
use crate::figure::{self, png, svg};

/// File extensions of pictures.
pub const EXTENSIONS: [&str; 2] = ["png", "svg"];

/// Settings of a picture.
#[derive(Clone, Copy)]
pub struct Picture {
    /// Width and height in pixels, 16 to [`png::MAX_PIXELS`] each.
    pub pixels: [u32; 2],
    /// The timeline's step; `None` is the last one.
    pub step: Option<u64>,
    /// Light or dark.
    pub theme: &'static Theme,
    /// The run shown in detail, in pictures that show one; `None` is the first visible one.
    pub followed: Option<usize>,
    /// The view that is drawn.
    pub show: Show,
}

/// The view of a scene that a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// The map of the landscape with the runs.
    Map,
    /// A small map for each visible run.
    SideBySide,
    /// The 3-D surface, from the scene's camera.
    Surface,
    /// Predictions of each visible run of a network.
    Predictions,
    /// Projection error of a network's runs on the plane.
    ProjectionError,
    /// A network's random planes of these seeds.
    Seeds(Seeds),
}

/// Returns a picture of a scene and its runs as a file of the format named by one of [`EXTENSIONS`]. Its description is its caption and the
/// scene.
///
/// # Errors
/// Returns a sentence if the pixels do not fit into memory, or there is nothing to show.
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

/// Returns a drawing as a file of a size in pixels, of the format named by one of [`EXTENSIONS`].
///
/// # Errors
/// Returns a sentence if the pixels do not fit into memory.
pub fn bytes(
    drawing: &Drawing,
    extension: &str,
    pixels: [u32; 2],
    description: &str,
) -> Result<Vec<u8>, String> {
    match extension {
        "svg" => {
            #[expect(clippy::cast_precision_loss, reason = "at most MAX_PIXELS")]
            let size = pixels.map(|side| side as f32);
            Ok(svg::svg_with_size(drawing, size, description).into_bytes())
        }
        _ => png::png(drawing, pixels, description),
    }
}

/// Returns the pixels of a picture, row by row: red, green, blue and opacity.
///
/// # Errors
/// Returns a sentence if the pixels do not fit into memory, or there is nothing to show.
pub fn pixels(runs: &Runs, picture: &Picture) -> Result<Vec<u8>, String> {
    png::rgba(&drawing(runs, picture)?, picture.pixels)
}

/// Draws a picture of a scene and its runs.
///
/// # Errors
/// Returns a sentence if there is nothing to show.
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
        Show::SideBySide => Ok(figure::side_by_side::picture(runs, &options)),
        Show::Surface => figure::surface_3d::picture(runs, &options),
        Show::Predictions => Ok(figure::predictions::grid::picture(runs, &options)),
        Show::ProjectionError => Ok(figure::projection_error::picture(runs, &options)),
        Show::Seeds(seeds) => figure::seeds::picture(runs, seeds, &options),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_size_does_not_depend_on_the_number_of_pixels() {
        let [width, height] = points([1600, 1200]);
        assert!((height - 698.0).abs() < 1.0 && (width / height - 4.0 / 3.0).abs() < 1e-3);
        assert_eq!(points([3200, 2400]), [width, height]);
    }

    #[test]
    fn an_svg_has_the_requested_size() {
        let drawing = Drawing {
            size: [9.0, 7.0],
            items: Vec::new(),
        };
        let svg = svg::svg_with_size(&drawing, [1600.0, 1200.0], "");
        assert!(
            svg.contains(" width=\"1600\" height=\"1200\" viewBox=\"0 0 9 7\""),
            "{svg}"
        );
    }
}
