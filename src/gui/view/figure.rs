//! Pictures of views, for a file or the clipboard.

use super::ViewContext;
use crate::export::picture::{self, PageSize, Picture, Show};
use crate::figure::drawing::Drawing;
use crate::session::compute_all_runs;

/// Pixels of a picture.
const PIXELS: [u32; 2] = [1600, 1200];

/// Draws at a size in points, and returns the drawing with the text that describes it.
type Draw = dyn FnOnce([f32; 2]) -> Result<(Drawing, String), String> + Send;

/// Picture of a view that is still to be drawn, off the window's thread.
pub(crate) struct Figure {
    /// Width and height.
    pub pixels: [u32; 2],
    /// Draws the picture.
    pub draw: Box<Draw>,
}

impl Figure {
    /// Returns a picture of the usual number of pixels.
    pub(super) fn new(
        draw: impl FnOnce([f32; 2]) -> Result<(Drawing, String), String> + Send + 'static,
    ) -> Self {
        Self {
            pixels: PIXELS,
            draw: Box::new(draw),
        }
    }

    /// Returns a picture that has the pixels of `shape` for the usual number.
    pub(super) fn with_shape(self, shape: impl FnOnce([u32; 2]) -> [u32; 2]) -> Self {
        Self {
            pixels: shape(self.pixels),
            ..self
        }
    }

    /// Returns the picture of a scene that `ravine render --show` draws.
    ///
    /// # Errors
    /// Returns one sentence where the scene has no runs yet.
    pub(super) fn of_scene(context: &ViewContext, show: Show) -> Result<Self, String> {
        let runs = context.newest_runs;
        let runs = runs.filter(|runs| runs.scene.same_subject(context.scene));
        let runs = runs.ok_or("there is no picture yet; expected a landscape that can be drawn")?;
        let (runs, scene) = (runs.clone(), context.scene.clone());
        let options = Picture {
            step: Some(context.step),
            followed: context.selected,
            ..Picture::new(PageSize::of_pixels(PIXELS), show, context.theme)
        };
        Ok(Self::new(move |_| {
            let runs = compute_all_runs(&scene, &runs.problem, Some(&runs))?;
            let description = picture::description(&runs, &options);
            Ok((picture::drawing(&runs, &options)?, description))
        }))
    }
}

/// Returns the error for a view whose results are not computed yet.
pub(super) fn not_computed_yet(what: &str) -> String {
    format!("there is no picture of the {what} yet; wait until all of it is computed")
}
