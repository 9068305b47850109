//! Arguments for the size of a picture, and for its title, legend and axes.

use super::memory::claim;
use crate::engine::declare::{Length, SettingError, Settings};
use crate::engine::scene::{FigureStyle, Scene};
use crate::export::figure_settings::{self, MAX_PICTURE_BYTES};
use crate::export::picture::{MIN_PIXELS, PageSize, Show};
use crate::export::setting_scope::{MAP_SETTINGS, acts_on, legend_places};
use crate::figure::png::MAX_PIXELS;

#[derive(clap::Args)]
pub(super) struct PageArgs {
    /// Picture width and height in pixels, 16 to 16384 each; PNG needs 9 bytes of memory per pixel, at most 2 GB [default: 1600x1200, for films 800x600]
    #[arg(long, value_name = "WxH", help_heading = "Size")]
    size: Option<String>,
    /// Width, like 3.25in, 8.3cm, 83mm, 234pt or 975px [default: the preset's, or 4/3 of the height]
    #[arg(long, value_name = "LENGTH", help_heading = "Size")]
    width: Option<String>,
    /// Height, like 2.5in [default: the preset's, or 3/4 of the width]
    #[arg(long, value_name = "LENGTH", help_heading = "Size")]
    height: Option<String>,
    /// Font size of axes and legends in points, 3 to 100; lines, marks and margins have the same scale [default: the preset's, 8 with a length on paper, or else 8.25 in a picture about 10 inches wide]
    #[arg(
        long,
        value_name = "POINTS",
        help_heading = "Size",
        allow_negative_numbers = true
    )]
    font_size: Option<String>,
    /// Pixels per inch of a PNG and of the images in a PDF, 20 to 2400 [default: the preset's, or 300 with a length on paper]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Size",
        allow_negative_numbers = true
    )]
    dpi: Option<String>,
    /// Usual size, which --width, --height, --font-size and --dpi override: single-column (3.25 × 2.5 in, 8 pt) and double-column (6.75 × 3.5 in, 8 pt) for papers, without title and caption, and higher where the parts of a figure need it; slide (1920 × 1080 pixels); poster (16 × 12 in, 24 pt)
    #[arg(long, value_name = "NAME", help_heading = "Size")]
    preset: Option<String>,
    /// Title; an empty one leaves it out [default: the scene's name; none with a preset for papers]
    #[arg(long, value_name = "TEXT", help_heading = "Figure")]
    title: Option<String>,
    /// Letter of the first panel, like a or '(a)'; further panels get the next ones
    #[arg(long, value_name = "TEXT", help_heading = "Figure")]
    label: Option<String>,
    /// Legend: right, below, inside the first chart or map, or off; other views have right and off alone [default: right; in a narrow picture inside a chart or below several panels, and off for a map alone that names all of its runs]
    #[arg(long, value_name = "PLACE", help_heading = "Figure")]
    legend: Option<String>,
    /// Line below the figure with the settings: on or off [default: on; off with a preset for papers]
    #[arg(long, value_name = "ON", help_heading = "Figure")]
    caption: Option<String>,
    /// Name of the x axis [default: the scene's, or step]
    #[arg(long, value_name = "TEXT", help_heading = "Figure")]
    xlabel: Option<String>,
    /// Name of the y axis; of a chart its title [default: the scene's, or the metric]
    #[arg(long, value_name = "TEXT", help_heading = "Figure")]
    ylabel: Option<String>,
    /// Scales of the map's axes: equal, or free, which fills the figure with the view [default: equal]
    #[arg(long, value_name = "SCALES", help_heading = "Figure")]
    aspect: Option<String>,
    /// No background, for slides and pages of any colour; --transparent=off draws one where the scene has none
    #[arg(
        long,
        value_name = "ON",
        help_heading = "Figure",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "on"
    )]
    transparent: Option<String>,
    /// Colours of heights: auto, viridis, cividis, magma, terrain or greys; auto is the theme's own map, with two hues around 0 for
    /// heights of both signs [default: the scene's]
    #[arg(long, value_name = "NAME", help_heading = "Figure")]
    cmap: Option<String>,
    /// Theme: light or dark [default: the scene's, light in a new one]
    #[arg(long, value_name = "THEME", help_heading = "Figure")]
    theme: Option<String>,
    /// Approximate number of contour levels, 2 to 100 [default: the scene's, 20 in a new one]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Figure",
        allow_negative_numbers = true
    )]
    levels: Option<String>,
    /// Spacing of contour levels and colours: linear, log or auto [default: the scene's]
    #[arg(long, value_name = "SCALE", help_heading = "Figure")]
    scale: Option<String>,
    /// Heights on contour lines: on or off [default: the scene's]
    #[arg(long, value_name = "ON", help_heading = "Figure")]
    contour_labels: Option<String>,
}

/// A flag that sets a setting: its name, the setting's, and the text that is given.
type Flag<'a> = (&'static str, &'static str, Option<&'a str>);

impl PageArgs {
    /// Returns the flags that set the figure style, except for --size.
    fn figure_flags(&self) -> [Flag<'_>; 14] {
        let words = [&self.caption, &self.transparent];
        let [caption, transparent] = words.map(|text| text.as_deref().map(on_off));
        [
            ("--preset", "preset", self.preset.as_deref()),
            ("--width", "width", self.width.as_deref()),
            ("--height", "height", self.height.as_deref()),
            ("--font-size", "font_size", points(self.font_size.as_ref())),
            ("--dpi", "dpi", self.dpi.as_deref()),
            ("--title", "title", self.title.as_deref()),
            ("--label", "label", self.label.as_deref()),
            ("--legend", "legend", self.legend.as_deref()),
            ("--caption", "caption", caption),
            ("--xlabel", "xlabel", self.xlabel.as_deref()),
            ("--ylabel", "ylabel", self.ylabel.as_deref()),
            ("--aspect", "aspect", self.aspect.as_deref()),
            ("--transparent", "transparent", transparent),
            ("--theme", "theme", self.theme.as_deref()),
        ]
    }

    /// Checks that the given flags act on a kind of picture with a name.
    pub(super) fn check_kind(
        &self,
        style: &FigureStyle,
        (show, kind): (Show, &str),
    ) -> Result<(), String> {
        let words = [
            "title", "label", "legend", "caption", "xlabel", "ylabel", "aspect",
        ];
        let own = |name: &str| words.contains(&name) || MAP_SETTINGS.contains(&name);
        let flags = self.figure_flags().into_iter().chain(self.map_flags());
        for (flag, name, text) in flags {
            if text.is_some() && own(name) && !acts_on(name, show) {
                return Err(format!(
                    "{flag} changes nothing in --show {kind}; leave it out, or show something else"
                ));
            }
        }
        let places = legend_places(show);
        match (&self.legend, style.legend) {
            (Some(text), Some(place)) if !places.contains(&place) => Err(format!(
                "--legend {text} is for the map and charts; expected right or off with --show {kind}"
            )),
            _ => Ok(()),
        }
    }

    /// Returns the flags that set the style of the map.
    fn map_flags(&self) -> [Flag<'_>; 4] {
        let labels = self.contour_labels.as_deref().map(on_off);
        [
            ("--contour-labels", "labels", labels),
            ("--levels", "levels", self.levels.as_deref()),
            ("--scale", "spacing", self.scale.as_deref()),
            ("--cmap", "cmap", self.cmap.as_deref()),
        ]
    }

    /// Sets what the flags say of a figure style.
    pub(super) fn set_figure(&self, style: &mut FigureStyle) -> Result<(), String> {
        let on_paper = self.width.is_some() || self.height.is_some() || self.preset.is_some();
        if let (Some(_), true) = (&self.size, on_paper) {
            return Err(
                "--size and --width, --height or --preset both set the size; leave out one of them"
                    .to_owned(),
            );
        }
        if self.size.is_some() || on_paper {
            (style.preset, style.width, style.height) = (None, None, None);
        }
        if let Some(text) = &self.size {
            let [width, height] = pixels(text)?.map(|side| Some(Length::pixels(side)));
            (style.width, style.height) = (width, height);
        }
        set_flags(style, &self.figure_flags())
    }

    /// Sets what the flags say of the scene's figure style and map.
    pub(super) fn set_scene(&self, scene: &mut Scene) -> Result<(), String> {
        self.set_figure(&mut scene.figure)?;
        set_flags(&mut scene.map, &self.map_flags())
    }
}

/// Sets the settings of the flags that are given.
pub(super) fn set_flags(settings: &mut dyn Settings, flags: &[Flag]) -> Result<(), String> {
    for (flag, name, text) in flags {
        if let Some(text) = text {
            set_flag(settings, (flag, name), text)?;
        }
    }
    Ok(())
}

/// Parses and sets the setting of a flag.
fn set_flag(
    settings: &mut dyn Settings,
    (flag, name): (&str, &str),
    text: &str,
) -> Result<(), String> {
    let index = settings.index(name).map_err(|error| error.to_string())?;
    let param = &settings.params()[index];
    // Texts keep their blanks.
    let text = match param.kind {
        crate::engine::declare::Kind::Text => text,
        _ => text.trim(),
    };
    let value = param.parse(text).map_err(|error| match error {
        SettingError::Value {
            given, expected, ..
        } => {
            let expected = expected.replace("true or false", "on or off");
            format!("{flag} cannot be {given}; expected {expected}")
        }
        error => error.to_string(),
    })?;
    settings.store(index, value);
    Ok(())
}

/// Returns the value of a switch in the form of settings.
fn on_off(text: &str) -> &str {
    match text.trim().to_lowercase().as_str() {
        "on" => "true",
        "off" => "false",
        _ => text,
    }
}

/// Returns a font size without its unit.
fn points(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim().trim_end_matches("pt").trim())
}

/// Parses a size in pixels.
fn pixels(text: &str) -> Result<[u32; 2], String> {
    let side = |side: &str| {
        side.trim()
            .parse()
            .ok()
            .filter(|side| (MIN_PIXELS..=MAX_PIXELS).contains(side))
    };
    let pixels = text
        .split_once(['x', 'X', '×'])
        .and_then(|(w, h)| Some([side(w)?, side(h)?]));
    pixels.ok_or_else(|| {
        format!("--size cannot be `{text}`; expected width x height, {MIN_PIXELS} to {MAX_PIXELS} each, like 1600x1200")
    })
}

/// Checks the memory of a picture of format `kind`.
pub(super) fn check_memory(page: &PageSize, kind: &str) -> Result<(), String> {
    if kind != "png" {
        return Ok(());
    }
    let [width, height] = page.pixels();
    let what = format!("a picture of {width} × {height} pixels");
    let bytes = figure_settings::memory(page, kind);
    claim(&what, bytes, MAX_PICTURE_BYTES, "a smaller --size")
}

/// Parses `--size`, and checks the memory of a picture of format `kind`, if one is drawn.
pub(super) fn size(text: &str, kind: Option<&str>) -> Result<[u32; 2], String> {
    let pixels = pixels(text)?;
    if let Some(kind) = kind {
        check_memory(&PageSize::of_pixels(pixels), kind)?;
    }
    Ok(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_flag() {
        let mut style = FigureStyle::default();
        for (flag, text, expected) in [
            (
                ("--width", "width"),
                "3 feet",
                "--width cannot be `3 feet`; expected a length with its unit",
            ),
            (
                ("--caption", "caption"),
                "maybe",
                "--caption cannot be `maybe`; expected on or off or `auto`",
            ),
            (
                ("--legend", "legend"),
                "left",
                "--legend cannot be `left`; expected one of inside, right, below, off",
            ),
            (
                ("--font-size", "font_size"),
                "2",
                "--font-size cannot be `2`; expected a number in [3, 100]",
            ),
        ] {
            let error = set_flag(&mut style, flag, text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        assert_eq!(style, FigureStyle::default());
        set_flag(&mut style, ("--title", "title"), "").unwrap();
        assert_eq!(style.title.as_deref(), Some(""));
    }
}
