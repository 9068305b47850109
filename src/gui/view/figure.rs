//! Pictures of views, for a file, the clipboard or the preview of the export dialog.

use super::ViewContext;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::export::figure_settings::{self, PICTURE_PIXELS};
use crate::export::film::{self, Film};
use crate::export::picture::{self, PageSize, PageStyle, Picture, Show};
use crate::figure::colour::Theme;
use crate::figure::drawing::Drawing;
use crate::figure::pages::Page;
use crate::figure::panels::Panel;
use crate::figure::words;
use crate::session::compute_all_runs;
use std::sync::Arc;

/// Draws a view's own results on a page of a size in points, with its legend or without it.
type Draw = dyn Fn([f32; 2], bool) -> Result<Drawing, String> + Send;

/// Picture of a view that is still to be drawn, off the window's thread.
pub(crate) struct Figure {
    /// Width and height without a given size.
    pub pixels: [u32; 2],
    /// The kind of picture.
    pub show: Show,
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
    Drawn(Box<DrawnPicture>),
}

/// A drawing of a view's own results.
struct DrawnPicture {
    draw: Box<Draw>,
    style: PageStyle,
    description: String,
}

/// The picture of a scene.
struct ScenePicture {
    scene: Scene,
    /// Runs that are computed already.
    runs: Runs,
    picture: Picture,
}

impl Figure {
    /// Returns a picture of a view's own results in a scene, with what it is in the description, and the words of the scene's figure style.
    pub(super) fn new(
        (scene, show): (&Scene, Show),
        what: &str,
        theme: &'static Theme,
        draw: impl Fn([f32; 2], bool) -> Result<Drawing, String> + Send + 'static,
    ) -> Self {
        Self {
            pixels: PICTURE_PIXELS,
            show,
            theme,
            transparent: false,
            content: Content::Drawn(Box::new(DrawnPicture {
                draw: Box::new(draw),
                style: figure_settings::page_style(&scene.figure),
                description: format!("{what}\n\n{}", scene.to_toml()),
            })),
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
        let (mut runs, scene) = (runs.clone(), context.scene.clone());
        let has_chart = show
            .panels()
            .is_some_and(|panels| panels.into_iter().any(Panel::is_chart));
        if has_chart && scene.seed_count() > 1 {
            let others = context.runs.map(|runs| Arc::clone(&runs.other_seeds));
            runs.other_seeds = others.unwrap_or_default();
            if context.session.seed_runs.busy() {
                return Err(not_computed_yet("runs with all seeds"));
            }
        }
        let page = PageSize::of_pixels(PICTURE_PIXELS);
        let picture = Picture {
            step: Some(context.step),
            followed: context.selected,
            style: figure_settings::page_style(&scene.figure),
            ..Picture::new(page, show, context.theme)
        };
        Ok(Self {
            pixels: PICTURE_PIXELS,
            show,
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

    /// Whether the picture is drawn again for each step, rather than from results that a view has computed.
    pub(crate) fn has_steps(&self) -> bool {
        matches!(self.content, Content::Scene(_)) && !self.show.is_still()
    }

    /// Whether there are films of the kind of picture.
    pub(crate) fn has_film(&self) -> bool {
        self.has_steps() || self.show == Show::Page(Page::Spectrum)
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
            Content::Drawn(drawn) => {
                let DrawnPicture { draw, style, .. } = &*drawn;
                let mut drawing = words::styled(page.units(), style, self.theme, draw)?;
                if self.transparent {
                    picture::make_transparent(&mut drawing, self.theme);
                }
                Ok((drawing, drawn.description))
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

    /// Passes a film of the picture over the steps of the scene's figure style to a function that writes it.
    ///
    /// # Errors
    /// Returns one sentence where the view has no film, or the function's.
    pub(crate) fn with_film<T>(
        self,
        page: PageSize,
        write: impl FnOnce(&Film) -> Result<T, String>,
    ) -> Result<T, String> {
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
        write(&film)
    }
}

/// Error of a film of a view that is the same at every step.
pub(crate) const NO_FILM: &str =
    "this content is the same at every step; expected another one for a film, like the map";

/// The format of a film as numbered PNG files.
pub(crate) const FRAMES: &str = "frames";

/// Whether a format, one of [`picture::EXTENSIONS`], [`film::EXTENSIONS`] or [`FRAMES`], is one of films.
pub(crate) fn is_film(format: &str) -> bool {
    film::EXTENSIONS.contains(&format) || format == FRAMES
}

impl ScenePicture {
    fn runs(&self) -> Result<Runs, String> {
        let runs = compute_all_runs(&self.scene, &self.runs.problem, Some(&self.runs))?;
        let other_seeds = Arc::clone(&self.runs.other_seeds);
        Ok(Runs {
            other_seeds,
            ..runs
        })
    }
}

/// Returns the error for a view whose results are not computed yet.
pub(super) fn not_computed_yet(what: &str) -> String {
    format!("there is no picture of the {what} yet; wait until all of it is computed")
}
