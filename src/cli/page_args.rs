//! Arguments for the size of a picture, and for its title, legend and axes.

use super::memory::{MAX_PICTURE_BYTES, claim};
use super::scene_args::parse_setting;
use crate::engine::scene::Scene;
use crate::export::picture::{LegendPlace, MIN_PIXELS, PRESETS, PageSize, PageStyle, Preset, Show};
use crate::figure::png::MAX_PIXELS;

/// Bytes of memory per pixel of a PNG while it is drawn and written.
const BYTES_OF_PIXEL: u64 = 9;

/// Pixels of a picture without a given size.
pub(super) const DEFAULT_PIXELS: [u32; 2] = [1600, 1200];

/// Font size on paper, in points, and pixels per inch, where only a size on paper is given.
const FONT_SIZE: f64 = 8.0;
const DPI: f64 = 300.0;

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
    /// Font size of axes and legends in points, 3 to 100; lines, marks and margins have the same scale [default: the preset's, 8 with --width or --height, or else 8.25 in a picture about 10 inches wide]
    #[arg(
        long,
        value_name = "POINTS",
        help_heading = "Size",
        allow_negative_numbers = true
    )]
    font_size: Option<String>,
    /// Pixels per inch of a PNG and of the images in a PDF, 20 to 2400 [default: the preset's, or 300 with --width or --height]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Size",
        allow_negative_numbers = true
    )]
    dpi: Option<String>,
    /// Usual size, which --width, --height, --font-size and --dpi override: single-column (3.25 × 2.5 in, 8 pt) and double-column (6.75 × 3.5 in, 8 pt) for papers, without title and caption; slide (1920 × 1080 pixels); poster (16 × 12 in, 24 pt)
    #[arg(long, value_name = "NAME", help_heading = "Size")]
    preset: Option<String>,
    /// Title; an empty one leaves it out [default: the scene's; none with a preset for papers]
    #[arg(long, value_name = "TEXT", help_heading = "Figure")]
    title: Option<String>,
    /// Letter of the first panel, like a or '(a)'; further panels get the next ones
    #[arg(long, value_name = "TEXT", help_heading = "Figure")]
    label: Option<String>,
    /// Legend: right, below, inside the first chart or map, or off [default: right; in a narrow picture inside a chart or below several panels, and off for a map alone]
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
    /// No background, for slides and pages of any colour
    #[arg(long, help_heading = "Figure")]
    pub(super) transparent: bool,
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

impl PageArgs {
    /// Returns the size of the picture, `default` pixels without flags, and checks the memory of one of format `kind`.
    pub(super) fn page_size(&self, kind: &str, default: [u32; 2]) -> Result<PageSize, String> {
        let on_paper = self.width.is_some() || self.height.is_some() || self.preset.is_some();
        if let (Some(_), true) = (&self.size, on_paper) {
            return Err(
                "--size and --width, --height or --preset both set the size; leave out one of them"
                    .to_owned(),
            );
        }
        let preset = self.preset()?;
        let font_size = number("--font-size", self.font_size.as_ref(), [3.0, 100.0])?;
        let dpi = number("--dpi", self.dpi.as_ref(), [20.0, 2400.0])?;
        let page = if on_paper {
            let dpi = dpi.or(preset.map(|preset| preset.dpi)).unwrap_or(DPI);
            let length = |flag: &str, text: &Option<String>| {
                { text.as_ref() }
                    .map(|text| inches(flag, text, dpi))
                    .transpose()
            };
            let sides = [
                length("--width", &self.width)?,
                length("--height", &self.height)?,
            ];
            let inches = match (sides, preset) {
                ([Some(width), Some(height)], _) => [width, height],
                ([width, height], Some(preset)) => [
                    width.unwrap_or(preset.inches[0]),
                    height.unwrap_or(preset.inches[1]),
                ],
                ([Some(width), None], None) => [width, 0.75 * width],
                ([None, height], None) => height.map_or([4.0, 3.0], |h| [h / 0.75, h]),
            };
            let font_size = font_size.or(preset.map(|preset| preset.font_size));
            PageSize {
                inches,
                dpi,
                font_size: font_size.unwrap_or(FONT_SIZE),
                on_paper,
            }
        } else {
            let pixels = match &self.size {
                Some(text) => pixels(text)?,
                None => default,
            };
            let usual = PageSize::of_pixels(pixels);
            PageSize {
                inches: dpi.map_or(usual.inches, |dpi| pixels.map(|side| f64::from(side) / dpi)),
                dpi: dpi.unwrap_or(usual.dpi),
                font_size: font_size.unwrap_or(if dpi.is_some() {
                    FONT_SIZE
                } else {
                    usual.font_size
                }),
                on_paper: dpi.is_some() || font_size.is_some(),
            }
        };
        check_size(&page, kind)?;
        Ok(page)
    }

    fn preset(&self) -> Result<Option<&'static Preset>, String> {
        let Some(text) = &self.preset else {
            return Ok(None);
        };
        let name = text.trim().to_lowercase();
        let found = PRESETS.iter().find(|preset| preset.name == name);
        let names = PRESETS.map(|preset| preset.name);
        let found = found.ok_or_else(|| choice_error("--preset", text, &names));
        found.map(Some)
    }

    /// Returns title, legend and axes of the picture, or an error if it does not have what a flag sets.
    pub(super) fn style(&self, show: Show) -> Result<PageStyle, String> {
        let has_words = self.preset()?.is_none_or(|preset| preset.has_words);
        let usual = PageStyle::default();
        let legend = choice(
            "--legend",
            self.legend.as_ref(),
            &[
                ("inside", LegendPlace::Inside),
                ("right", LegendPlace::Right),
                ("below", LegendPlace::Below),
                ("off", LegendPlace::Off),
            ],
        )?;
        let caption = choice("--caption", self.caption.as_ref(), &ON_OFF)?;
        let aspect = [("equal", false), ("free", true)];
        let aspect = choice("--aspect", self.aspect.as_ref(), &aspect)?;
        if show.panels().is_none() {
            let flags = [
                ("--title", self.title.is_some()),
                ("--label", self.label.is_some()),
                ("--legend", legend.is_some()),
                ("--caption", caption.is_some()),
                ("--xlabel", self.xlabel.is_some()),
                ("--ylabel", self.ylabel.is_some()),
                ("--aspect", aspect.is_some()),
            ];
            let given = flags.into_iter().find(|(_, given)| *given);
            return match given {
                Some((flag, _)) => Err(format!(
                    "{flag} is for the map and charts; expected --show map, loss or the like"
                )),
                None => Ok(usual),
            };
        }
        let no_title = (!has_words).then(String::new);
        Ok(PageStyle {
            title: self.title.clone().or(no_title),
            caption: caption.unwrap_or(has_words),
            legend,
            label: self.label.clone(),
            free_aspect: aspect.unwrap_or(false),
            x_label: self.xlabel.clone(),
            y_label: self.ylabel.clone(),
        })
    }

    /// Sets what the flags say of the scene's map.
    pub(super) fn set_map(&self, scene: &mut Scene) -> Result<(), String> {
        let labels = choice("--contour-labels", self.contour_labels.as_ref(), &ON_OFF)?;
        if let Some(labels) = labels {
            scene.map.labels = labels;
        }
        let settings = [
            ("levels", "--levels", &self.levels),
            ("spacing", "--scale", &self.scale),
        ];
        for (name, flag, text) in settings {
            if let Some(text) = text {
                parse_setting(&mut scene.map, name, text)
                    .map_err(|error| error.to_string().replace(&format!("--{name}"), flag))?;
            }
        }
        Ok(())
    }
}

/// The values of switches.
const ON_OFF: [(&str, bool); 2] = [("on", true), ("off", false)];

/// Returns the value with a name.
fn choice<T: Copy>(
    flag: &str,
    text: Option<&String>,
    values: &[(&str, T)],
) -> Result<Option<T>, String> {
    let Some(text) = text else {
        return Ok(None);
    };
    let name = text.trim().to_lowercase();
    let found = values.iter().find(|(value, _)| *value == name);
    let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    let found = found.ok_or_else(|| choice_error(flag, text, &names))?;
    Ok(Some(found.1))
}

fn choice_error(flag: &str, text: &str, names: &[&str]) -> String {
    let (last, first) = names.split_last().unwrap_or((&"", &[]));
    let first = first.join(", ");
    format!("{flag} cannot be `{text}`; expected {first} or {last}")
}

/// Parses a number within limits.
fn number(flag: &str, text: Option<&String>, [low, high]: [f64; 2]) -> Result<Option<f64>, String> {
    let Some(text) = text else {
        return Ok(None);
    };
    let number = text.trim().trim_end_matches("pt").trim().parse().ok();
    let number = number.filter(|number| (low..=high).contains(number));
    number
        .map(Some)
        .ok_or_else(|| format!("{flag} cannot be `{text}`; expected a number from {low} to {high}"))
}

/// Parses a length with its unit, in inches; pixels have a size by `dpi`.
fn inches(flag: &str, text: &str, dpi: f64) -> Result<f64, String> {
    let units = [
        ("in", 1.0),
        ("cm", 1.0 / 2.54),
        ("mm", 1.0 / 25.4),
        ("pt", 1.0 / 72.0),
        ("px", 1.0 / dpi),
    ];
    let lower = text.trim().to_lowercase();
    let length = units.into_iter().find_map(|(unit, factor)| {
        let number: f64 = lower.strip_suffix(unit)?.trim().parse().ok()?;
        Some(number * factor).filter(|length| length.is_finite() && *length > 0.0)
    });
    length.ok_or_else(|| {
        format!("{flag} cannot be `{text}`; expected a length with its unit, like 3.25in, 8.3cm, 83mm, 234pt or 975px")
    })
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

/// Checks the pixels of a picture, and the memory of one of format `kind`.
fn check_size(page: &PageSize, kind: &str) -> Result<(), String> {
    let [width, height] = page.pixels();
    if !page.is_possible() {
        return Err(format!(
            "the picture would have {width} × {height} pixels; expected {MIN_PIXELS} to {MAX_PIXELS} each, by another size or --dpi"
        ));
    }
    if kind == "png" {
        let bytes = u64::from(width) * u64::from(height) * BYTES_OF_PIXEL;
        let what = format!("a picture of {width} × {height} pixels");
        claim(&what, bytes, MAX_PICTURE_BYTES, "a smaller --size")?;
    }
    Ok(())
}

/// Parses `--size`, and checks the memory of a picture of format `kind`, if one is drawn.
pub(super) fn size(text: &str, kind: Option<&str>) -> Result<[u32; 2], String> {
    let pixels = pixels(text)?;
    if let Some(kind) = kind {
        check_size(&PageSize::of_pixels(pixels), kind)?;
    }
    Ok(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        for (text, expected) in [
            ("3.25in", 3.25),
            ("2.54 cm", 1.0),
            ("50.8mm", 2.0),
            ("36PT", 0.5),
            ("600px", 2.0),
        ] {
            let found = inches("--width", text, 300.0).unwrap();
            assert!((found - expected).abs() < 1e-12, "{text}: {found}");
        }
        for text in ["3.25", "in", "-1in", "1e999in", "3 feet", ""] {
            let error = inches("--width", text, 300.0).unwrap_err();
            assert!(error.contains("a length with its unit"), "{error}");
        }
    }
}
