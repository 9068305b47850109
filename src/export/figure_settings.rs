//! The settings of a scene's figure style, resolved: size, words and theme of a picture, and the frames of a film.

use super::film::{self, Frame, Timing};
use super::page_height::least_height;
use super::picture::{MIN_PIXELS, PageSize, PageStyle, Picture, Preset, Show};
use crate::engine::declare::LengthUnit;
use crate::engine::scene::{Aspect, FigureStyle, FigureTheme, Scene};
use crate::figure::colour::Theme;
use crate::figure::pages::Page;
use crate::figure::png::MAX_PIXELS;

/// Pixels of a picture without a given size.
pub const PICTURE_PIXELS: [u32; 2] = [1600, 1200];

/// Pixels of a film without a given size.
pub const FILM_PIXELS: [u32; 2] = [800, 600];

/// Bytes of memory per pixel of a PNG while it is drawn and written.
const BYTES_OF_PIXEL: u64 = 9;

/// Maximum bytes of memory for a picture.
pub const MAX_PICTURE_BYTES: u64 = 2_000_000_000;

/// Font size on paper, in points, and pixels per inch, where a style gives only lengths on paper.
const FONT_SIZE: f64 = 8.0;
const DPI: f64 = 300.0;

/// Maximum number of frames of a film.
pub const MAX_FRAMES: u64 = 100_000;

/// Returns the size of a figure, `default` pixels where its style sets none.
///
/// # Errors
/// Returns a sentence if a side has too few or too many pixels.
pub fn page_size(style: &FigureStyle, default: [u32; 2]) -> Result<PageSize, String> {
    let preset = style.preset.map(Preset::of);
    let sides = [style.width, style.height];
    let mut lengths = sides.iter().flatten();
    let on_paper = preset.is_some() || lengths.any(|length| length.unit != LengthUnit::Pixel);
    let page = if on_paper {
        let dpi = style.dpi.or(preset.map(|preset| preset.dpi)).unwrap_or(DPI);
        let usual = preset.map(|preset| preset.inches);
        let font_size = style.font_size.or(preset.map(|preset| preset.font_size));
        PageSize {
            inches: both(sides.map(|side| Some(side?.inches(dpi))), usual, [4.0, 3.0]),
            dpi,
            font_size: font_size.unwrap_or(FONT_SIZE),
            on_paper,
        }
    } else {
        let own = sides.map(|side| Some(side?.number));
        let sides = both(own, None, default.map(f64::from));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast saturates"
        )]
        let pixels = sides.map(|side| side.round().max(1.0) as u32);
        let usual = PageSize::of_pixels(pixels);
        let dpi_font = style.dpi.map(|_| FONT_SIZE);
        PageSize {
            inches: style
                .dpi
                .map_or(usual.inches, |dpi| pixels.map(|side| f64::from(side) / dpi)),
            dpi: style.dpi.unwrap_or(usual.dpi),
            font_size: style.font_size.or(dpi_font).unwrap_or(usual.font_size),
            on_paper: style.dpi.is_some() || style.font_size.is_some(),
        }
    };
    let [width, height] = page.pixels();
    if page.is_possible() {
        return Ok(page);
    }
    Err(format!(
        "the picture would have {width} × {height} pixels; expected {MIN_PIXELS} to {MAX_PIXELS} each, by another size or --dpi"
    ))
}

/// Returns the size of a scene's figure, as [`page_size`]. Without a given height, a page of a preset for papers is as high as its parts need.
///
/// # Errors
/// Returns a sentence if a side has too few or too many pixels.
pub fn page_of(scene: &Scene, show: Show, default: [u32; 2]) -> Result<PageSize, String> {
    let style = &scene.figure;
    let page = page_size(style, default)?;
    let is_paper = style
        .preset
        .is_some_and(|preset| Preset::of(preset).is_paper);
    if !is_paper || style.height.is_some() {
        return Ok(page);
    }
    let needed = least_height(scene, show, f64::from(page.units()[0]));
    let higher = page.at_least(needed);
    // At a very high dpi, the usual height has a possible number of pixels where the needed one has not.
    Ok(if higher.is_possible() { higher } else { page })
}

/// Returns width and height: the given ones, or `usual` ones, or those that make the shape 4:3, or the default.
fn both(given: [Option<f64>; 2], usual: Option<[f64; 2]>, default: [f64; 2]) -> [f64; 2] {
    match (given, usual) {
        ([Some(width), Some(height)], _) => [width, height],
        ([width, height], Some([usual_width, usual_height])) => {
            [width.unwrap_or(usual_width), height.unwrap_or(usual_height)]
        }
        ([Some(width), None], None) => [width, 0.75 * width],
        ([None, Some(height)], None) => [height / 0.75, height],
        ([None, None], None) => default,
    }
}

/// Returns title, legend and axes of a figure.
pub fn page_style(style: &FigureStyle) -> PageStyle {
    let has_words = { style.preset }.is_none_or(|preset| !Preset::of(preset).is_paper);
    PageStyle {
        title: style.title.clone().or((!has_words).then(String::new)),
        caption: style.caption.unwrap_or(has_words),
        legend: style.legend,
        label: style.label.clone().filter(|label| !label.is_empty()),
        free_aspect: style.aspect == Aspect::Free,
        x_label: style.xlabel.clone(),
        y_label: style.ylabel.clone(),
    }
}

/// Returns an estimate of the bytes of memory that a picture or film of a format takes while it is made; vectors take few.
pub fn memory(page: &PageSize, format: &str) -> u64 {
    let [width, height] = page.pixels().map(u64::from);
    let of_pixel = match format {
        "png" => BYTES_OF_PIXEL,
        "frames" => film::bytes_of_pixel(),
        format if film::EXTENSIONS.contains(&format) => film::bytes_of_pixel(),
        _ => 0,
    };
    width * height * of_pixel
}

/// Returns the theme of a figure: where its style chooses none, light with a preset for papers, and `default` otherwise.
pub fn theme(style: &FigureStyle, default: &'static Theme) -> &'static Theme {
    match style.theme {
        Some(FigureTheme::Light) => &Theme::LIGHT,
        Some(FigureTheme::Dark) => &Theme::DARK,
        None if style
            .preset
            .is_some_and(|preset| Preset::of(preset).is_paper) =>
        {
            &Theme::LIGHT
        }
        None => default,
    }
}

/// Returns the kind of picture of a scene's figure; the map where it names none.
///
/// # Errors
/// Returns a sentence if there is no such kind, or the scene does not have it.
pub fn show(scene: &Scene) -> Result<Show, String> {
    Show::parse(scene.figure.show.as_deref().unwrap_or("map"), scene)
}

/// Checks the size of a figure, and that there is such a kind of picture.
///
/// # Errors
/// Returns a sentence about the first wrong setting.
pub fn check(style: &FigureStyle) -> Result<(), String> {
    { style.show.as_deref() }.map_or(Ok(String::new()), Show::name)?;
    page_size(style, PICTURE_PIXELS).map(|_| ())
}

/// Returns the settings of a picture of a scene at its last step, of `default` pixels and in a theme where its figure style sets none.
///
/// # Errors
/// Returns a sentence if the size is impossible.
pub fn picture(
    scene: &Scene,
    show: Show,
    (default, usual_theme): ([u32; 2], &'static Theme),
) -> Result<Picture, String> {
    let style = &scene.figure;
    Ok(Picture {
        style: page_style(style),
        transparent: style.transparent,
        ..Picture::new(
            page_of(scene, show, default)?,
            show,
            theme(style, usual_theme),
        )
    })
}

/// Returns the duration of a film; only a surface's camera turns.
pub fn timing(style: &FigureStyle, show: Show) -> Timing {
    Timing {
        fps: u32::try_from(style.fps).unwrap_or(u32::MAX),
        seconds: style.seconds,
        hold: style.hold,
        turn: if show == Show::Page(Page::Surface) {
            style.turn
        } else {
            0.0
        },
    }
}

/// Returns the frames of a film of runs with `steps` steps.
///
/// # Errors
/// Returns a sentence if the runs do not have its steps, or there are too many frames.
pub fn frames(style: &FigureStyle, show: Show, steps: u64) -> Result<Vec<Frame>, String> {
    let (first, last) = (style.first_step, style.last_step.unwrap_or(steps));
    if last > steps {
        return Err(format!(
            "the film cannot end at step {last}; expected at most {steps}, the steps of the scene"
        ));
    }
    if first > last {
        return Err(format!(
            "the film cannot begin at step {first}; expected at most {last}, its last step"
        ));
    }
    let timing = timing(style, show);
    let Some(every) = style.every else {
        return Ok(timing.steps([first, last]));
    };
    let count = (last - first) / every.max(1) + 1;
    let possible = usize::try_from(count).ok().filter(|_| count <= MAX_FRAMES);
    let count = possible.ok_or_else(|| {
        let every = (last - first).div_ceil(MAX_FRAMES - 1);
        format!("the film would have {count} frames; expected at most {MAX_FRAMES}, by more steps from frame to frame, like {every}")
    })?;
    Ok(timing.frames((0..count).map(|index| first + index as u64 * every)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(width: &str, height: &str, dpi: Option<f64>) -> FigureStyle {
        let length = |text: &str| text.parse().ok();
        FigureStyle {
            width: length(width),
            height: length(height),
            dpi,
            ..FigureStyle::default()
        }
    }

    fn check(style: &FigureStyle, pixels: [u32; 2], font_size: f64) {
        let page = page_size(style, PICTURE_PIXELS).unwrap();
        assert_eq!(
            (page.pixels(), page.font_size),
            (pixels, font_size),
            "{style:?}"
        );
    }

    #[test]
    fn sizes_are_pixels_or_lengths_on_paper() {
        check(&style("", "", None), [1600, 1200], 8.25);
        check(&style("800px", "", None), [800, 600], 8.25);
        check(&style("975px", "750px", Some(300.0)), [975, 750], 8.0);
        check(&style("3.25in", "750px", None), [975, 750], 8.0);
        check(&style("", "2.54cm", Some(100.0)), [133, 100], 8.0);
        let mut column = style("", "3in", None);
        column.preset = Some(crate::engine::scene::FigurePreset::SingleColumn);
        check(&column, [975, 900], 8.0);
        let words = page_style(&column);
        assert_eq!((words.title.as_deref(), words.caption), (Some(""), false));
        assert!(!theme(&column, &Theme::DARK).dark, "paper is white");
        column.theme = Some(FigureTheme::Dark);
        assert!(theme(&column, &Theme::LIGHT).dark);
        assert!(theme(&FigureStyle::default(), &Theme::DARK).dark);
        for wrong in [style("15px", "", None), style("99in", "", Some(2000.0))] {
            let error = page_size(&wrong, PICTURE_PIXELS).unwrap_err();
            assert!(error.contains("16 to 16384 each"), "{error}");
        }
    }

    #[test]
    fn frames_are_steps_of_the_runs() {
        let mut style = FigureStyle {
            first_step: 20,
            last_step: Some(40),
            every: Some(7),
            ..FigureStyle::default()
        };
        let steps = |style: &FigureStyle| -> Result<Vec<u64>, String> {
            let frames = frames(style, Show::Map, 50)?;
            Ok(frames.iter().map(|frame| frame.step).collect())
        };
        assert_eq!(steps(&style), Ok(vec![20, 27, 34]));
        style.every = None;
        let found = steps(&style).unwrap();
        assert_eq!((found[0], found[20], found.len()), (20, 40, 21));
        style.last_step = Some(51);
        assert!(steps(&style).unwrap_err().contains("at most 50"));
        style.last_step = Some(3);
        assert!(steps(&style).unwrap_err().contains("at most 3"));
        let style = FigureStyle {
            every: Some(3),
            ..FigureStyle::default()
        };
        let error = frames(&style, Show::Map, 600_000).unwrap_err();
        assert!(
            error.contains("200001 frames") && error.ends_with("like 7"),
            "{error}"
        );
    }
}
