//! Export of pictures of a scene as PNG, SVG and PDF.

pub use super::page_size::{MIN_PIXELS, PageSize, Preset};
pub use super::show::{Panels, Show, help as show_help, panel_names};
use crate::engine::results::Runs;
use crate::figure::colour::Theme;
use crate::figure::drawing::Drawing;
use crate::figure::pages;
use crate::figure::panels::{self, Panel};
pub use crate::figure::panels::{LegendPlace, PageStyle};
use crate::figure::pdf::{self, Sheet};
pub use crate::figure::points;
use crate::figure::{self, png, svg, words};

/// File extensions of pictures.
pub const EXTENSIONS: [&str; 3] = ["png", "svg", "pdf"];

/// Settings of a picture.
#[derive(Clone)]
pub struct Picture {
    /// Size on paper and in pixels.
    pub page: PageSize,
    /// The timeline's step; `None` is the last one.
    pub step: Option<u64>,
    /// Light or dark.
    pub theme: &'static Theme,
    /// The run shown in detail, in pictures that show one; `None` is the first visible one.
    pub followed: Option<usize>,
    /// The view that is drawn.
    pub show: Show,
    /// Title, legend and axes.
    pub style: PageStyle,
    /// Whether the page has no background.
    pub transparent: bool,
    /// Whether it is a frame of a film in which the surface's camera turns.
    pub turning: bool,
}

impl Picture {
    /// Creates the settings of a picture with usual texts at the last step.
    pub fn new(page: PageSize, show: Show, theme: &'static Theme) -> Self {
        Self {
            page,
            step: None,
            theme,
            followed: None,
            show,
            style: PageStyle::default(),
            transparent: false,
            turning: false,
        }
    }
}

/// Returns a picture of a scene and its runs as a file of the format named by one of [`EXTENSIONS`]. Its description is its caption and the
/// scene.
///
/// # Errors
/// Returns a sentence if the pixels do not fit into memory, or there is nothing to show.
pub fn picture(runs: &Runs, extension: &str, picture: &Picture) -> Result<Vec<u8>, String> {
    let (drawing, description) = (drawing(runs, picture)?, description(runs, picture));
    page_bytes(&drawing, extension, &picture.page, &description)
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
    page_bytes(
        drawing,
        extension,
        &PageSize::of_pixels(pixels),
        description,
    )
}

/// Returns a drawing as a file of a size, of the format named by one of [`EXTENSIONS`].
///
/// # Errors
/// Returns a sentence if the pixels do not fit into memory.
pub fn page_bytes(
    drawing: &Drawing,
    extension: &str,
    page: &PageSize,
    description: &str,
) -> Result<Vec<u8>, String> {
    let pixels = page.pixels();
    match extension {
        "svg" if page.on_paper => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a size needs no more digits"
            )]
            let size = page.inches.map(|side| side as f32);
            Ok(svg::svg_in_units(drawing, (size, "in"), description).into_bytes())
        }
        "svg" => {
            #[expect(clippy::cast_precision_loss, reason = "at most MAX_PIXELS")]
            let size = pixels.map(|side| side as f32);
            Ok(svg::svg_with_size(drawing, size, description).into_bytes())
        }
        "pdf" => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a resolution needs no more digits"
            )]
            let dpi = page.dpi as f32;
            let size = page.points();
            pdf::pdf(drawing, &Sheet { size, dpi }, description)
        }
        _ => png::png_with_dpi(drawing, (pixels, Some(page.dpi)), description),
    }
}

/// Returns the pixels of a picture, row by row: red, green, blue and opacity.
///
/// # Errors
/// Returns a sentence if the pixels do not fit into memory, or there is nothing to show.
pub fn pixels(runs: &Runs, picture: &Picture) -> Result<Vec<u8>, String> {
    png::rgba(&drawing(runs, picture)?, picture.page.pixels())
}

/// Draws a picture of a scene and its runs.
///
/// # Errors
/// Returns a sentence if there is nothing to show.
pub fn drawing(runs: &Runs, picture: &Picture) -> Result<Drawing, String> {
    let options = figure::Options {
        size: picture.page.units(),
        step: picture.step,
        theme: picture.theme,
        followed: picture.followed,
        legend: true,
        turning: picture.turning,
    };
    let (style, theme) = (&picture.style, picture.theme);
    let page = |draw: &dyn Fn(&figure::Options) -> Result<Drawing, String>| {
        let draw = |size, legend| {
            draw(&figure::Options {
                size,
                legend,
                ..options
            })
        };
        words::styled(options.size, style, theme, &draw)
    };
    let mut drawing = match picture.show {
        Show::Map if *style == PageStyle::default() => figure::picture(runs, &options),
        Show::Map => panels::picture(runs, &[Panel::Map], &options, style)?,
        Show::Panels(kinds) => panels::picture(runs, &kinds.all(), &options, style)?,
        Show::Chart => return Err("only the window draws this chart".to_owned()),
        Show::Page(kind) => page(&|options| pages::picture(runs, kind, options))?,
        Show::Seeds(seeds) => page(&|options| figure::seeds::picture(runs, seeds, options))?,
    };
    if picture.transparent {
        make_transparent(&mut drawing, picture.theme);
    }
    Ok(drawing)
}

/// Removes the background of the page.
pub fn make_transparent(drawing: &mut Drawing, theme: &Theme) {
    let background = figure::background(drawing.size, theme);
    drawing.items.retain(|item| *item != background);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::results::compute_runs;
    use crate::engine::scene::Scene;
    use crate::figure::drawing::words;
    use crate::figure::pdf::reader::read;
    use std::sync::Arc;

    #[test]
    fn text_size_does_not_depend_on_the_number_of_pixels() {
        let [width, height] = points([1600, 1200]);
        assert!((height - 698.0).abs() < 1.0 && (width / height - 4.0 / 3.0).abs() < 1e-3);
        assert_eq!(points([3200, 2400]), [width, height]);
    }

    fn column() -> PageSize {
        PageSize {
            inches: [3.25, 2.5],
            dpi: 300.0,
            font_size: 8.0,
            on_paper: true,
        }
    }

    fn runs() -> Runs {
        let mut scene = Scene::new("himmelblau".parse().unwrap());
        scene.training.steps = 30;
        for spec in ["sgd:lr=0.01", "adam:lr=0.1"] {
            scene.add_run(spec.parse().unwrap());
        }
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        compute_runs(&scene, &problem, None, &Cancel::default()).unwrap()
    }

    #[test]
    fn files_state_their_size_on_paper() {
        let runs = runs();
        let show = Show::parse("loss", &runs.scene).unwrap();
        let wanted = Picture::new(column(), show, &Theme::LIGHT);
        let file = |format| picture(&runs, format, &wanted).unwrap();
        let png = file("png");
        let reader = ::png::Decoder::new(std::io::Cursor::new(&png));
        let info = reader.read_info().unwrap();
        let info = info.info();
        assert_eq!((info.width, info.height), (975, 750));
        assert_eq!(info.pixel_dims.unwrap().xppu, 11811);
        let svg = String::from_utf8(file("svg")).unwrap();
        let size = " width=\"3.25in\" height=\"2.5in\" viewBox=\"0 0 321.75 247.5\"";
        assert!(svg.contains(size), "{}", &svg[..300]);
        let pdf = read(&file("pdf"));
        assert_eq!(pdf.size, [234.0, 180.0]);
        let has = |words: &str| pdf.texts.iter().any(|text| text.contains(words));
        for words in ["loss", "Adam  lr=0.1", "10⁰"] {
            assert!(has(words), "{words}: {:?}", pdf.texts);
        }
    }

    #[test]
    fn every_picture_of_a_landscape_is_a_pdf_with_its_texts() {
        let runs = runs();
        for show in ["map", "side-by-side", "surface", "loss+lr", "state"] {
            let show = Show::parse(show, &runs.scene).unwrap();
            let page = PageSize::of_pixels([800, 600]);
            let wanted = Picture::new(page, show, &Theme::DARK);
            let drawing = drawing(&runs, &wanted).unwrap();
            let pdf = read(&page_bytes(&drawing, "pdf", &page, "").unwrap());
            let mut expected = words(&drawing.items);
            expected.retain(|words| !words.contains(['⁻', '⁺']));
            for words in expected {
                assert!(pdf.texts.contains(&words), "{show:?} {words}");
            }
        }
    }

    #[test]
    fn pages_for_papers_have_neither_title_nor_caption_and_more_room() {
        let runs = runs();
        for kind in ["side-by-side", "surface", "basins", "sweep"] {
            let show = Show::parse(kind, &runs.scene).unwrap();
            let texts = |title: Option<&str>, caption: bool| {
                let style = PageStyle {
                    title: title.map(str::to_owned),
                    caption,
                    ..PageStyle::default()
                };
                let wanted = Picture::new(column(), show, &Theme::LIGHT);
                words(&drawing(&runs, &Picture { style, ..wanted }).unwrap().items)
            };
            let has =
                |texts: &[String], wanted: &str| texts.iter().any(|text| text.contains(wanted));
            let usual = texts(None, true);
            assert!(has(&usual, "imme") && has(&usual, "start ("), "{usual:?}");
            let bare = texts(Some(""), false);
            assert!(!has(&bare, "Himme") && !has(&bare, "start ("), "{bare:?}");
            let own = texts(Some("Own words"), true);
            assert!(has(&own, "Own words") && has(&own, "start ("), "{own:?}");
            assert!(!has(&own, "Himme"), "{own:?}");
        }
    }

    #[test]
    fn a_transparent_picture_has_no_background() {
        let runs = runs();
        let show = Show::parse("loss", &runs.scene).unwrap();
        let page = PageSize::of_pixels([160, 120]);
        let corner = |transparent| {
            let wanted = Picture::new(page, show, &Theme::LIGHT);
            pixels(
                &runs,
                &Picture {
                    transparent,
                    ..wanted
                },
            )
            .unwrap()[3]
        };
        assert_eq!([corner(false), corner(true)], [255, 0]);
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
