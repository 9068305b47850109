//! Pictures of views, for a file, the clipboard or the preview of the export dialog.

use super::ViewContext;
use crate::engine::cancel::Cancel;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::export::figure_settings::{self, PICTURE_PIXELS};
use crate::export::film::{self, Film};
use crate::export::picture::{self, PageSize, Picture, Show};
use crate::figure::colour::Theme;
use crate::figure::drawing::Drawing;
use crate::session::compute_all_runs;

/// Draws at a size in points, and returns the drawing with the text that describes it.
type Draw = dyn FnOnce([f32; 2]) -> Result<(Drawing, String), String> + Send;

/// Picture of a view that is still to be drawn, off the window's thread.
pub(crate) struct Figure {
    /// Width and height without a given size.
    pub pixels: [u32; 2],
    theme: &'static Theme,
    /// Whether the page has no background.
    transparent: bool,
    content: Content,
}

/// Content of a picture.
enum Content {
    /// The picture of a scene that `ravine render` draws.
    Scene(Box<ScenePicture>),
    /// A drawing of a view's own results.
    Drawn(Box<Draw>),
}

/// The picture of a scene.
struct ScenePicture {
    scene: Scene,
    /// Runs that are computed already.
    runs: Runs,
    picture: Picture,
}

impl Figure {
    /// Returns a picture of a view's own results.
    pub(super) fn new(
        theme: &'static Theme,
        draw: impl FnOnce([f32; 2]) -> Result<(Drawing, String), String> + Send + 'static,
    ) -> Self {
        Self {
            pixels: PICTURE_PIXELS,
            theme,
            transparent: false,
            content: Content::Drawn(Box::new(draw)),
        }
    }

    /// Returns a picture that has the pixels of `shape` for the usual number.
    pub(super) fn with_shape(self, shape: impl FnOnce([u32; 2]) -> [u32; 2]) -> Self {
        Self {
            pixels: shape(self.pixels),
            ..self
        }
    }

    /// Returns the picture of a scene that `ravine render --show` draws, with the words of the scene's figure style.
    ///
    /// # Errors
    /// Returns one sentence where the scene has no runs yet.
    pub(crate) fn of_scene(context: &ViewContext, show: Show) -> Result<Self, String> {
        let runs = context.newest_runs;
        let runs = runs.filter(|runs| runs.scene.same_subject(context.scene));
        let runs = runs.ok_or("there is no picture yet; expected a landscape that can be drawn")?;
        let (runs, scene) = (runs.clone(), context.scene.clone());
        let page = PageSize::of_pixels(PICTURE_PIXELS);
        let picture = Picture {
            step: Some(context.step),
            followed: context.selected,
            style: figure_settings::words(&scene.figure, show),
            ..Picture::new(page, show, context.theme)
        };
        Ok(Self {
            pixels: PICTURE_PIXELS,
            theme: context.theme,
            transparent: false,
            content: Content::Scene(Box::new(ScenePicture {
                scene,
                runs,
                picture,
            })),
        })
    }

    /// Returns a picture with or without a background.
    pub(crate) fn with_transparent(self, transparent: bool) -> Self {
        Self {
            transparent,
            ..self
        }
    }

    /// Returns the kind of picture of the scene; `None` for a drawing of a view's own results, which has its own words and is no film.
    pub(crate) fn show(&self) -> Option<Show> {
        match &self.content {
            Content::Scene(scene) => Some(scene.picture.show),
            Content::Drawn(_) => None,
        }
    }

    /// Draws the picture on a page, and returns it with the text that describes it.
    ///
    /// # Errors
    /// Returns one sentence where there is nothing to show.
    pub(crate) fn draw(self, page: PageSize) -> Result<(Drawing, String), String> {
        match self.content {
            Content::Scene(scene) => {
                let runs = scene.runs()?;
                let picture = Picture {
                    page,
                    transparent: self.transparent,
                    ..scene.picture
                };
                let description = picture::description(&runs, &picture);
                Ok((picture::drawing(&runs, &picture)?, description))
            }
            Content::Drawn(draw) => {
                let (mut drawing, description) = draw(page.units())?;
                if self.transparent {
                    picture::make_transparent(&mut drawing, self.theme);
                }
                Ok((drawing, description))
            }
        }
    }

    /// Returns the picture as a file of a format, one of [`picture::EXTENSIONS`].
    ///
    /// # Errors
    /// Returns one sentence where there is nothing to show, or the pixels do not fit into memory.
    pub(crate) fn bytes(self, format: &str, page: PageSize) -> Result<Vec<u8>, String> {
        let (drawing, description) = self.draw(page)?;
        picture::page_bytes(&drawing, format, &page, &description)
    }

    /// Returns a film of the picture over the steps of the scene's figure style, as a file of a format, one of [`film::EXTENSIONS`].
    ///
    /// # Errors
    /// Returns one sentence where the view has no film, it was cancelled, or it cannot be encoded.
    pub(crate) fn film(
        self,
        format: &str,
        page: PageSize,
        on_frame: &mut dyn FnMut(usize),
        cancel: &Cancel,
    ) -> Result<Vec<u8>, String> {
        let Content::Scene(scene) = self.content else {
            return Err(NO_FILM.to_owned());
        };
        let (style, show) = (&scene.scene.figure, scene.picture.show);
        let frames = figure_settings::frames(style, show, scene.scene.training.steps)?;
        let fps = figure_settings::timing(style, show).fps;
        let runs = scene.runs()?;
        let picture = Picture {
            page,
            transparent: self.transparent,
            ..scene.picture
        };
        let film = Film {
            runs: &runs,
            picture,
            frames: &frames,
            fps,
        };
        film.bytes(format, on_frame, cancel)
    }
}

/// Error of a film of a view that is the same at every step.
pub(crate) const NO_FILM: &str =
    "this content is the same at every step; expected another one for a film, like the map";

/// Whether a format, one of [`picture::EXTENSIONS`] or [`film::EXTENSIONS`], is one of films.
pub(crate) fn is_film(format: &str) -> bool {
    film::EXTENSIONS.contains(&format)
}

impl ScenePicture {
    fn runs(&self) -> Result<Runs, String> {
        compute_all_runs(&self.scene, &self.runs.problem, Some(&self.runs))
    }
}

/// Returns the error for a view whose results are not computed yet.
pub(super) fn not_computed_yet(what: &str) -> String {
    format!("there is no picture of the {what} yet; wait until all of it is computed")
}
