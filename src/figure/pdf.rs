//! Export of drawings as PDF: lines as vectors, texts as texts in embedded fonts, images at a stated resolution.

mod fonts;
mod image;
#[cfg(test)]
pub(crate) mod reader;
#[cfg(test)]
mod tests;

use super::drawing::{Anchor, Area, Colour, Drawing, Item, Point, Stroke, Text};
use super::svg::{Font, MIDDLE, SUPERSCRIPT, clip_polyline, halo_width, parts};
use super::text_width;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use fonts::Fonts;
use image::Raster;
use pdf_writer::types::{LineJoinStyle, TextRenderingMode};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Ref, Str, TextStr};
use std::collections::BTreeSet;
use std::io::Write;

/// Margin around the picture within which lines are kept, in picture sizes.
const MARGIN: f32 = 2.0;

/// Size of a page, and the resolution of its images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sheet {
    /// Width and height in points of 1/72 inch.
    pub size: [f32; 2],
    /// Pixels per inch to which images are refined: map fills and decision regions.
    pub dpi: f32,
}

/// Returns a drawing as a PDF of one page, stretched to fill it. The first line of `description` becomes the title, the whole text the
/// subject. The bytes are identical on every machine.
///
/// # Errors
/// Returns a sentence if a font cannot be embedded.
pub fn pdf(drawing: &Drawing, sheet: &Sheet, description: &str) -> Result<Vec<u8>, String> {
    let valid = |length: f32| {
        if length.is_finite() {
            length.max(1.0)
        } else {
            1.0
        }
    };
    let [width, height] = drawing.size.map(valid);
    let size = sheet.size.map(valid);
    let scale = [size[0] / width, size[1] / height];
    let reach = MARGIN * width.max(height);
    let mut writer = Writer {
        content: Content::new(),
        bounds: Area::new([-reach; 2], [width + reach, height + reach]),
        fonts: Fonts::default(),
        opacities: BTreeSet::new(),
        images: Vec::new(),
        pixels_per_unit: scale.map(|scale| scale * sheet.dpi / 72.0),
    };
    writer
        .content
        .transform([scale[0], 0.0, 0.0, -scale[1], 0.0, size[1]])
        .set_line_join(LineJoinStyle::RoundJoin);
    writer.items(&drawing.items);
    writer.finish(size, description)
}

struct Writer {
    content: Content,
    bounds: Area,
    fonts: Fonts,
    /// Opacities below 255 that occur; each is a graphics state.
    opacities: BTreeSet<u8>,
    images: Vec<Raster>,
    pixels_per_unit: [f32; 2],
}

impl Writer {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Path {
                    points,
                    closed,
                    stroke,
                    fill,
                } => self.path(points, *closed, stroke.as_ref(), *fill),
                Item::Text(text) => self.text(text),
                Item::Image {
                    area,
                    columns,
                    rows,
                    pixels,
                } => self.image(area, [*columns, *rows], pixels),
                Item::Clipped { area, items } => {
                    let [x, y] = area.min;
                    if area.width() > 0.0 && area.height() > 0.0 {
                        self.content.save_state();
                        self.content.rect(x, y, area.width(), area.height());
                        self.content.clip_nonzero().end_path();
                        self.items(items);
                        self.content.restore_state();
                    }
                }
            }
        }
    }

    fn path(
        &mut self,
        points: &[Point],
        closed: bool,
        stroke: Option<&Stroke>,
        fill: Option<Colour>,
    ) {
        let lines = clip_polyline(points, closed, &self.bounds);
        // A polygon that was cut has no inside any more.
        let is_uncut = lines.len() == 1 && lines[0].1;
        let fill = fill.filter(|fill| is_uncut && fill.a > 0);
        let stroke = stroke
            .filter(|stroke| stroke.colour.a > 0 && stroke.width > 0.0 && stroke.width.is_finite());
        if lines.is_empty() || (fill.is_none() && stroke.is_none()) {
            return;
        }
        self.content.save_state();
        self.opacity(
            fill.map_or(255, |fill| fill.a),
            stroke.map_or(255, |stroke| stroke.colour.a),
        );
        if let Some(fill) = fill {
            self.fill_colour(fill);
        }
        if let Some(stroke) = stroke {
            let [r, g, b] = shares(stroke.colour);
            self.content.set_stroke_rgb(r, g, b);
            self.content.set_line_width(stroke.width);
            if !stroke.dash.is_empty() {
                self.content
                    .set_dash_pattern(stroke.dash.iter().copied(), 0.0);
            }
        }
        for (points, closed) in &lines {
            for (index, point) in points.iter().enumerate() {
                let [x, y] = point.map(hundredths);
                if index == 0 {
                    self.content.move_to(x, y);
                } else {
                    self.content.line_to(x, y);
                }
            }
            if *closed {
                self.content.close_path();
            }
        }
        match (fill, stroke) {
            (Some(_), Some(_)) => self.content.fill_nonzero_and_stroke(),
            (Some(_), None) => self.content.fill_nonzero(),
            _ => self.content.stroke(),
        };
        self.content.restore_state();
    }

    fn text(&mut self, text: &Text) {
        let [x, y] = text.at;
        if !(x.is_finite() && y.is_finite() && text.size > 0.0 && text.size.is_finite())
            || text.text.is_empty()
        {
            return;
        }
        let before = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5,
            Anchor::End => 1.0,
        } * text_width::width(&text.text, text.size);
        let shift = MIDDLE * text.size;
        let line = if text.upright {
            Line([x + shift, y + before], true)
        } else {
            Line([x - before, y + shift], false)
        };
        let parts = parts(&text.text);
        self.content.save_state();
        if let Some(halo) = text.halo {
            // Outlines rather than text: letters that are written twice are copied twice.
            self.opacity(halo.a, halo.a);
            let [r, g, b] = shares(halo);
            self.content.set_stroke_rgb(r, g, b);
            self.content.set_line_width(halo_width(text.size));
            each_part(&parts, text.size, &mut |font, part, size, at| {
                self.fonts
                    .outline(font, part, size, &line.matrix(at), &mut self.content);
            });
            self.content.stroke();
        }
        self.opacity(text.colour.a, 255);
        self.fill_colour(text.colour);
        let is_spelled = parts.iter().any(|(font, _)| *font == Font::Superscript);
        if is_spelled {
            // Signs of exponents are drawn as other letters, small and raised.
            let mut span = self
                .content
                .begin_marked_content_with_properties(Name(b"Span"));
            span.properties().actual_text(TextStr(&text.text));
        }
        self.content.begin_text();
        self.content
            .set_text_rendering_mode(TextRenderingMode::Fill);
        each_part(&parts, text.size, &mut |font, part, size, at| {
            let (name, glyphs) = self.fonts.encode(font, part);
            self.content.set_font(Name(name), size);
            self.content.set_text_matrix(line.matrix(at));
            self.content.show(Str(&glyphs));
        });
        self.content.end_text();
        if is_spelled {
            self.content.end_marked_content();
        }
        self.content.restore_state();
    }

    fn image(&mut self, area: &Area, size: [usize; 2], pixels: &[Colour]) {
        let [width, height] = [area.width(), area.height()];
        if !(width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite()) {
            return;
        }
        let drawn = [
            width * self.pixels_per_unit[0],
            height * self.pixels_per_unit[1],
        ];
        let Some(raster) = Raster::refined(size, pixels, drawn) else {
            return;
        };
        let name = image_name(self.images.len());
        self.images.push(raster);
        self.content.save_state();
        // The lower left corner of an image is at (0, 0), and this page's y points down.
        self.content
            .transform([width, 0.0, 0.0, -height, area.min[0], area.max[1]]);
        self.content.x_object(Name(name.as_bytes()));
        self.content.restore_state();
    }

    fn fill_colour(&mut self, colour: Colour) {
        let [r, g, b] = shares(colour);
        self.content.set_fill_rgb(r, g, b);
    }

    /// Sets the opacity of what is drawn until the state is restored; fills and strokes of one item share the lower one.
    fn opacity(&mut self, fill: u8, stroke: u8) {
        let opacity = fill.min(stroke);
        if opacity < 255 {
            self.opacities.insert(opacity);
            self.content
                .set_parameters(Name(opacity_name(opacity).as_bytes()));
        }
    }

    /// Writes the file: the page, its fonts, images and graphics states.
    fn finish(self, [width, height]: [f32; 2], description: &str) -> Result<Vec<u8>, String> {
        let mut pdf = Pdf::new();
        let mut last = 0;
        let mut next = || {
            last += 1;
            Ref::new(last)
        };
        let (catalog, pages, page, content, info) = (next(), next(), next(), next(), next());
        pdf.catalog(catalog).pages(pages);
        pdf.pages(pages).kids([page]).count(1);
        let fonts = self.fonts.write(&mut pdf, &mut next)?;
        let images: Vec<Ref> = { self.images.iter() }
            .map(|image| image.write(&mut pdf, &mut next))
            .collect();
        let states: Vec<(u8, Ref)> = self.opacities.iter().map(|a| (*a, next())).collect();
        for (opacity, id) in &states {
            let share = f32::from(*opacity) / 255.0;
            let mut state = pdf.ext_graphics(*id);
            state.non_stroking_alpha(share).stroking_alpha(share);
        }
        let mut sheet = pdf.page(page);
        sheet.parent(pages).contents(content);
        sheet.media_box(pdf_writer::Rect::new(0.0, 0.0, width, height));
        let mut resources = sheet.resources();
        resources
            .fonts()
            .pairs(fonts.iter().map(|(name, id)| (Name(name), *id)));
        let mut objects = resources.x_objects();
        for (index, id) in images.iter().enumerate() {
            objects.pair(Name(image_name(index).as_bytes()), *id);
        }
        objects.finish();
        let mut parameters = resources.ext_g_states();
        for (opacity, id) in &states {
            parameters.pair(Name(opacity_name(*opacity).as_bytes()), *id);
        }
        parameters.finish();
        resources.finish();
        sheet.finish();
        let stream = deflated(self.content.finish().as_slice());
        pdf.stream(content, &stream).filter(Filter::FlateDecode);
        let mut document = pdf.document_info(info);
        let program = concat!("Ravine ", env!("CARGO_PKG_VERSION"));
        document
            .creator(TextStr(program))
            .producer(TextStr(program));
        if let Some(title) = description.lines().next() {
            document.title(TextStr(title)).subject(TextStr(description));
        }
        document.finish();
        Ok(pdf.finish())
    }
}

/// A line of text: where it begins on its baseline, and whether it reads upwards.
struct Line(Point, bool);

impl Line {
    /// Returns the transformation from glyphs, whose y points up, to the page, for the part at (along, above) the beginning.
    fn matrix(&self, [along, above]: Point) -> [f32; 6] {
        let Self([x, y], upright) = *self;
        if upright {
            [0.0, -1.0, -1.0, 0.0, x - above, y - along]
        } else {
            [1.0, 0.0, 0.0, -1.0, x + along, y - above]
        }
    }
}

/// Calls `visit` with each part of a text: its font, its characters, their size, and their distance along and above the line.
fn each_part(parts: &[(Font, &str)], size: f32, visit: &mut dyn FnMut(Font, &str, f32, Point)) {
    let mut along = 0.0;
    for (font, part) in parts {
        match font {
            Font::Superscript => {
                let signs = part.replace('⁻', "−").replace('⁺', "+");
                visit(
                    Font::Ubuntu,
                    &signs,
                    SUPERSCRIPT * size,
                    [along, 0.3 * size],
                );
            }
            font => visit(*font, part, size, [along, 0.0]),
        }
        along += text_width::width(part, size);
    }
}

fn image_name(index: usize) -> String {
    format!("image{index}")
}

fn opacity_name(opacity: u8) -> String {
    format!("opacity{opacity}")
}

fn shares(Colour { r, g, b, .. }: Colour) -> [f32; 3] {
    [r, g, b].map(|part| f32::from(part) / 255.0)
}

/// Rounds a coordinate to hundredths, which keeps files small.
fn hundredths(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}

/// Compresses the bytes of a stream.
fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
