//! Export of drawings as PNG, rendered by resvg from the drawing's SVG, with the program's own fonts.

use super::drawing::Drawing;
use super::svg::svg;
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, OnceLock};

/// Maximal number of pixels of each side.
pub const MAX_PIXELS: u32 = 16384;

/// Encodes a drawing as a PNG file of `pixels` (width, height), stretched to fill it, with `description` as a text chunk.
///
/// The bytes are identical on every machine.
///
/// # Errors
/// Returns a sentence if a side does not have 1 to [`MAX_PIXELS`] pixels, or the pixels do not fit into memory.
pub fn png(drawing: &Drawing, pixels: [u32; 2], description: &str) -> Result<Vec<u8>, String> {
    Painted::new(drawing, pixels)?.png(description)
}

/// Encodes a drawing like [`png()`], with its resolution in pixels per inch, which programs take for its size on paper.
///
/// # Errors
/// Returns a sentence in the same cases as [`png()`].
pub fn png_with_dpi(
    drawing: &Drawing,
    (pixels, dpi): ([u32; 2], Option<f64>),
    description: &str,
) -> Result<Vec<u8>, String> {
    Painted::new(drawing, pixels)?.png_with_dpi(dpi, description)
}

/// The pixels of a rendered drawing.
#[derive(Clone)]
pub struct Painted(tiny_skia::Pixmap);

impl Painted {
    /// Renders a drawing on `pixels` (width, height), stretched to fill them.
    ///
    /// # Errors
    /// Returns a sentence in the same cases as [`png()`].
    pub fn new(drawing: &Drawing, pixels: [u32; 2]) -> Result<Self, String> {
        let [width, height] = pixels;
        if pixels.iter().any(|side| !(1..=MAX_PIXELS).contains(side)) {
            return Err(format!(
                "a picture of {width} × {height} pixels is not possible; each side must have 1 to {MAX_PIXELS}"
            ));
        }
        let empty = tiny_skia::Pixmap::new(width, height).ok_or_else(|| {
            format!("a picture of {width} × {height} pixels does not fit into memory")
        })?;
        Self(empty).with(drawing)
    }

    /// Returns the pixels with a drawing rendered over them.
    ///
    /// # Errors
    /// Returns a sentence if the drawing cannot be drawn.
    pub fn with(mut self, drawing: &Drawing) -> Result<Self, String> {
        let tree = tree(&svg(drawing, ""))?;
        #[expect(clippy::cast_precision_loss, reason = "at most MAX_PIXELS")]
        let [x, y] = [
            self.0.width() as f32 / tree.size().width(),
            self.0.height() as f32 / tree.size().height(),
        ];
        resvg::render(
            &tree,
            tiny_skia::Transform::from_scale(x, y),
            &mut self.0.as_mut(),
        );
        Ok(self)
    }

    /// Returns the pixels, row by row from the top: red, green, blue and opacity.
    pub fn rgba(self) -> Vec<u8> {
        self.0.take_demultiplied()
    }

    /// Encodes the pixels as a PNG file with `description` as a text chunk.
    ///
    /// # Errors
    /// Returns a sentence if the pixels cannot be encoded.
    pub fn png(&self, description: &str) -> Result<Vec<u8>, String> {
        self.png_with_dpi(None, description)
    }

    /// Encodes the pixels like [`Self::png`], with their resolution in pixels per inch.
    ///
    /// # Errors
    /// Returns a sentence if the pixels cannot be encoded.
    pub fn png_with_dpi(&self, dpi: Option<f64>, description: &str) -> Result<Vec<u8>, String> {
        encode(&self.0, dpi, description)
            .map_err(|error| format!("the picture cannot be encoded as PNG: {error}"))
    }
}

/// Renders a drawing and returns its pixels, row by row from the top: red, green, blue and opacity.
///
/// # Errors
/// Returns a sentence in the same cases as [`png()`].
pub fn rgba(drawing: &Drawing, pixels: [u32; 2]) -> Result<Vec<u8>, String> {
    Ok(Painted::new(drawing, pixels)?.rgba())
}

/// Returns a PNG, JPEG or SVG file as pixels like [`rgba`], as large as fits into `pixels`, in the middle of transparent ones.
///
/// # Errors
/// Returns a sentence if the file is no such picture.
pub fn picture_of_file(bytes: &[u8], pixels: [u32; 2]) -> Result<Vec<u8>, String> {
    use base64::Engine;
    let kind = match bytes {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpeg",
        _ if bytes.trim_ascii_start().starts_with(b"<") => "svg+xml",
        _ => return Err("this is no picture that can be shown".to_owned()),
    };
    let [width, height] = pixels;
    let data = base64::engine::general_purpose::STANDARD.encode(bytes);
    let page = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\"><image width=\"{width}\" height=\"{height}\" href=\"data:image/{kind};base64,{data}\"/></svg>"
    );
    let tree = tree(&page)?;
    if tree.root().children().is_empty() {
        return Err("this picture is not sound".to_owned());
    }
    let mut pixmap = tiny_skia::Pixmap::new(width, height).ok_or("no memory for a picture")?;
    resvg::render(
        &tree,
        tiny_skia::Transform::identity(),
        &mut pixmap.as_mut(),
    );
    Ok(pixmap.take_demultiplied())
}

fn tree(svg: &str) -> Result<usvg::Tree, String> {
    let options = usvg::Options {
        font_family: "Ubuntu".to_owned(),
        fontdb: fonts(),
        // Bilinear interpolation, as in the window; also faster than the default.
        image_rendering: usvg::ImageRendering::Smooth,
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options)
        .map_err(|error| format!("the picture cannot be drawn: {error}"))
}

fn encode(
    pixmap: &tiny_skia::Pixmap,
    dpi: Option<f64>,
    description: &str,
) -> Result<Vec<u8>, png::EncodingError> {
    let opaque = pixmap.pixels().iter().all(|pixel| pixel.alpha() == 255);
    let mut bytes = Vec::with_capacity(pixmap.pixels().len() * if opaque { 3 } else { 4 });
    for pixel in pixmap.pixels() {
        let pixel = pixel.demultiply();
        bytes.extend_from_slice(
            &[pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
                [..if opaque { 3 } else { 4 }],
        );
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, pixmap.width(), pixmap.height());
    encoder.set_color(if opaque {
        png::ColorType::Rgb
    } else {
        png::ColorType::Rgba
    });
    encoder.set_depth(png::BitDepth::Eight);
    // A third of the default's time at four thirds of its size.
    encoder.set_compression(png::Compression::Fast);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    if let Some(dpi) = dpi {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast saturates"
        )]
        let per_meter = (dpi / 0.0254).round() as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: per_meter,
            yppu: per_meter,
            unit: png::Unit::Meter,
        }));
    }
    add_texts(&mut encoder, description)?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&bytes)?;
    writer.finish()?;
    Ok(out)
}

/// Adds the program's name and a description to a PNG file.
///
/// # Errors
/// Returns the encoder's error.
pub fn add_texts<W: std::io::Write>(
    encoder: &mut png::Encoder<W>,
    description: &str,
) -> Result<(), png::EncodingError> {
    let software = concat!("Ravine ", env!("CARGO_PKG_VERSION"));
    encoder.add_itxt_chunk("Software".to_owned(), software.to_owned())?;
    if !description.is_empty() {
        encoder.add_itxt_chunk("Description".to_owned(), description.to_owned())?;
    }
    Ok(())
}

/// Returns the fonts Ubuntu Light and Hack, and none of the machine's.
fn fonts() -> Arc<usvg::fontdb::Database> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
        fonts.load_font_data(epaint_default_fonts::HACK_REGULAR.to_vec());
        fonts.set_sans_serif_family("Ubuntu");
        fonts.set_serif_family("Ubuntu");
        fonts.set_monospace_family("Hack");
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}

/// Returns the characters of a text that none of the program's fonts has.
#[cfg(test)]
pub(crate) fn missing_glyphs(text: &str) -> String {
    fn glyphs(group: &usvg::Group, visit: &mut dyn FnMut(&usvg::layout::PositionedGlyph)) {
        for node in group.children() {
            match node {
                usvg::Node::Group(group) => glyphs(group, visit),
                usvg::Node::Text(text) => text
                    .layouted()
                    .iter()
                    .flat_map(|span| &span.positioned_glyphs)
                    .for_each(&mut *visit),
                _ => {}
            }
        }
    }
    use super::drawing::{Anchor, Colour, Item, Text};
    let item = Text::new(text, [0.0; 2], Anchor::Start, 10.0, Colour::rgb(0, 0, 0));
    let tree = tree(&svg(
        &Drawing {
            size: [10.0; 2],
            items: vec![Item::Text(item)],
        },
        "",
    ))
    .unwrap();
    let mut missing = String::new();
    glyphs(tree.root(), &mut |glyph| {
        if glyph.id.0 == 0 {
            missing += &glyph.text;
        }
    });
    missing
}

#[cfg(test)]
mod tests;
