//! Export of drawings as SVG with real text, for browsers, editors and papers.

mod clip;
mod parts;

pub use clip::clip_polyline;
pub(super) use parts::{Font, SUPERSCRIPT, in_ubuntu, parts};

use super::drawing::{Anchor, Area, Colour, Drawing, Item, Point, Stroke, Text};
use super::text_width;
use base64::Engine;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Height of the middle of capital letters above the baseline, in font sizes.
pub(super) const MIDDLE: f32 = 0.35;
/// Margin around the picture within which lines are kept, in picture sizes.
const MARGIN: f32 = 2.0;

/// Returns a drawing as SVG. The first line of `description` becomes the title, the whole text the description.
///
/// A line is split at points that are not finite. Lines are cut far outside the picture, so that a diverging trail that reaches 10³⁰ does no
/// harm.
pub fn svg(drawing: &Drawing, description: &str) -> String {
    svg_with_size(drawing, drawing.size, description)
}

/// Returns a drawing as SVG with `size` as its displayed size in CSS pixels; the view box stays in points.
pub fn svg_with_size(drawing: &Drawing, size: [f32; 2], description: &str) -> String {
    svg_in_units(drawing, (size, ""), description)
}

/// Returns a drawing as SVG with a displayed size in a unit of CSS, like `in`; the view box stays in points.
pub fn svg_in_units(
    drawing: &Drawing,
    (size, unit): ([f32; 2], &str),
    description: &str,
) -> String {
    let valid = |length: f32| {
        if length.is_finite() {
            length.max(1.0)
        } else {
            1.0
        }
    };
    let [width, height] = drawing.size.map(valid);
    let [view_width, view_height] = [width, height].map(coordinate);
    let shown = |length: f32| {
        if unit.is_empty() {
            coordinate(valid(length))
        } else {
            format!("{length}")
        }
    };
    let [shown_width, shown_height] = size.map(shown);
    let reach = MARGIN * width.max(height);
    let mut writer = Writer {
        out: String::new(),
        bounds: Area::new([-reach; 2], [width + reach, height + reach]),
        clip_ids: BTreeSet::new(),
    };
    let _ = writeln!(
        writer.out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{shown_width}{unit}\" height=\"{shown_height}{unit}\" viewBox=\"0 0 {view_width} {view_height}\" role=\"img\">"
    );
    if let Some(title) = description.lines().next() {
        let _ = write!(
            writer.out,
            "<title>{}</title>\n<desc>{}</desc>\n",
            escaped(title),
            escaped(description)
        );
    }
    writer.out += "<g fill=\"none\" stroke-linejoin=\"round\" font-family=\"Ubuntu, Hack, 'DejaVu Sans', sans-serif\" font-weight=\"300\">\n";
    writer.items(&drawing.items);
    writer.out += "</g>\n</svg>\n";
    writer.out
}

struct Writer {
    out: String,
    bounds: Area,
    /// Ids of the clip paths written so far. They are made from the areas, so that pictures in one HTML page do not conflict.
    clip_ids: BTreeSet<String>,
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
                } => self.image(area, *columns, *rows, pixels),
                Item::Clipped { area, items } => self.clipped(area, items),
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
        let mut data = String::new();
        let lines = clip_polyline(points, closed, &self.bounds);
        // A polygon that was cut has no inside any more.
        let is_uncut = lines.len() == 1 && lines[0].1;
        for (piece, closed) in &lines {
            path_data(&mut data, piece, *closed);
        }
        let fill = fill.filter(|fill| is_uncut && fill.a > 0);
        let stroke = stroke
            .filter(|stroke| stroke.colour.a > 0 && stroke.width > 0.0 && stroke.width.is_finite());
        if data.is_empty() || (fill.is_none() && stroke.is_none()) {
            return;
        }
        let _ = write!(self.out, "<path d=\"{data}\"");
        if let Some(fill) = fill {
            self.paint("fill", fill);
        }
        if let Some(Stroke {
            width,
            colour,
            dash,
        }) = stroke
        {
            self.paint("stroke", *colour);
            let _ = write!(self.out, " stroke-width=\"{}\"", coordinate(*width));
            if !dash.is_empty() {
                let lengths: Vec<String> = dash.iter().map(|&length| coordinate(length)).collect();
                let _ = write!(self.out, " stroke-dasharray=\"{}\"", lengths.join(" "));
            }
        }
        self.out += "/>\n";
    }

    fn text(&mut self, text: &Text) {
        let [x, y] = text.at;
        if !(x.is_finite() && y.is_finite() && text.size > 0.0 && text.size.is_finite())
            || text.text.is_empty()
        {
            return;
        }
        // Renderers would set the whole text in Hack if a character is not in Ubuntu, so each part has its own place.
        let parts = parts(&text.text);
        let is_whole = matches!(*parts, [] | [(Font::Ubuntu, _)]);
        let (anchor, before) = match text.anchor {
            Anchor::Start => ("start", 0.0),
            Anchor::Middle => ("middle", 0.5),
            Anchor::End => ("end", 1.0),
        };
        let (anchor, before) = if is_whole {
            (anchor, 0.0)
        } else {
            ("start", before * text_width::width(&text.text, text.size))
        };
        let _ = write!(
            self.out,
            "<text font-size=\"{}\" text-anchor=\"{anchor}\"",
            coordinate(text.size)
        );
        let shift = MIDDLE * text.size;
        let at = if text.upright {
            [0.0, 0.0]
        } else {
            [x, y + shift]
        };
        let _ = if text.upright {
            write!(
                self.out,
                " transform=\"translate({} {}) rotate(-90)\"",
                coordinate(x + shift),
                coordinate(y)
            )
        } else {
            write!(
                self.out,
                " x=\"{}\" y=\"{}\"",
                coordinate(at[0]),
                coordinate(at[1])
            )
        };
        self.paint("fill", text.colour);
        if let Some(halo) = text.halo {
            self.paint("stroke", halo);
            let width = coordinate(halo_width(text.size));
            let _ = write!(self.out, " stroke-width=\"{width}\" paint-order=\"stroke\"");
        }
        self.out += " xml:space=\"preserve\">";
        if is_whole {
            self.out += &escaped(&text.text);
        } else {
            self.parts(&parts, [at[0] - before, at[1]], text.size);
        }
        self.out += "</text>\n";
    }

    /// Writes the parts of a text in their fonts, from a point on.
    fn parts(&mut self, parts: &[(Font, &str)], [mut x, y]: Point, size: f32) {
        for (font, part) in parts {
            let place = |y: f32| format!("x=\"{}\" y=\"{}\"", coordinate(x), coordinate(y));
            let part_text = escaped(part);
            if part_text.is_empty() {
                continue;
            }
            let _ = match font {
                Font::Ubuntu => write!(self.out, "<tspan {}>{part_text}</tspan>", place(y)),
                Font::Hack => write!(
                    self.out,
                    "<tspan {} font-family=\"Hack, 'DejaVu Sans', sans-serif\" font-weight=\"400\">{part_text}</tspan>",
                    place(y)
                ),
                Font::Superscript => write!(
                    self.out,
                    "<tspan {} font-size=\"{}\">{}</tspan>",
                    place(y - 0.3 * size),
                    coordinate(SUPERSCRIPT * size),
                    part.replace('⁻', "−").replace('⁺', "+")
                ),
            };
            x += text_width::width(part, size);
        }
    }

    fn image(&mut self, area: &Area, columns: usize, rows: usize, pixels: &[Colour]) {
        if !is_finite_area(area) {
            return;
        }
        let Some(png) = png_of(columns, rows, pixels) else {
            return;
        };
        let [x, y, width, height] =
            [area.min[0], area.min[1], area.width(), area.height()].map(coordinate);
        let data = base64::engine::general_purpose::STANDARD.encode(png);
        let _ = writeln!(
            self.out,
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" xlink:href=\"data:image/png;base64,{data}\"/>"
        );
    }

    fn clipped(&mut self, area: &Area, items: &[Item]) {
        if !is_finite_area(area) {
            return;
        }
        let [x, y, width, height] =
            [area.min[0], area.min[1], area.width(), area.height()].map(coordinate);
        let id = format!("clip_{x}_{y}_{width}_{height}");
        if self.clip_ids.insert(id.clone()) {
            let _ = writeln!(
                self.out,
                "<clipPath id=\"{id}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/></clipPath>"
            );
        }
        let _ = writeln!(self.out, "<g clip-path=\"url(#{id})\">");
        self.items(items);
        self.out += "</g>\n";
    }

    fn paint(&mut self, attribute: &str, Colour { r, g, b, a }: Colour) {
        let _ = write!(self.out, " {attribute}=\"#{r:02x}{g:02x}{b:02x}\"");
        if a < 255 {
            let _ = write!(
                self.out,
                " {attribute}-opacity=\"{:.3}\"",
                f32::from(a) / 255.0
            );
        }
    }
}

/// Returns the width of the line of a text's halo.
pub(super) fn halo_width(size: f32) -> f32 {
    (0.28 * size).max(2.0)
}

/// Appends path commands for a line, rounded to hundredths, without steps of length 0.
fn path_data(out: &mut String, points: &[Point], closed: bool) {
    let mut last: Option<[i64; 2]> = None;
    for point in points {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "points lie within the bounds"
        )]
        let [x, y] = point.map(|c| (f64::from(c) * 100.0).round() as i64);
        match last {
            None => out.push('M'),
            Some(last) if last == [x, y] && points.len() > 2 => continue,
            Some([from_x, from_y]) => {
                // Relative coordinates are shorter.
                out.push('l');
                hundredths(out, x - from_x);
                if y >= from_y {
                    out.push(' ');
                }
                hundredths(out, y - from_y);
            }
        }
        if last.is_none() {
            hundredths(out, x);
            out.push(' ');
            hundredths(out, y);
        }
        last = Some([x, y]);
    }
    if closed {
        out.push('Z');
    }
}

fn hundredths(out: &mut String, value: i64) {
    let (sign, whole, part) = (
        if value < 0 { "-" } else { "" },
        value.abs() / 100,
        value.abs() % 100,
    );
    let _ = match part {
        0 => write!(out, "{sign}{whole}"),
        _ if part % 10 == 0 => write!(out, "{sign}{whole}.{}", part / 10),
        _ => write!(out, "{sign}{whole}.{part:02}"),
    };
}

/// Formats a coordinate or length with at most two decimals.
fn coordinate(value: f32) -> String {
    let mut out = String::new();
    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
    hundredths(&mut out, (f64::from(value) * 100.0).round() as i64);
    out
}

fn is_finite_area(area: &Area) -> bool {
    [area.min, area.max].iter().flatten().all(|c| c.abs() < 1e6)
        && area.width() > 0.0
        && area.height() > 0.0
}

/// Escapes text for XML, without the control characters that XML does not allow.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if c.is_control() => {}
            _ => out.push(c),
        }
    }
    out
}

/// Encodes pixels as PNG; `None` if there are none, or not columns × rows of them.
fn png_of(columns: usize, rows: usize, pixels: &[Colour]) -> Option<Vec<u8>> {
    let opaque = pixels.iter().all(|pixel| pixel.a == 255);
    if pixels.is_empty() || pixels.len() != columns.checked_mul(rows)? {
        return None;
    }
    let mut bytes = Vec::with_capacity(pixels.len() * 4);
    for Colour { r, g, b, a } in pixels {
        bytes.extend_from_slice(&[*r, *g, *b, *a][..if opaque { 3 } else { 4 }]);
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(
        &mut out,
        u32::try_from(columns).ok()?,
        u32::try_from(rows).ok()?,
    );
    encoder.set_color(if opaque {
        png::ColorType::Rgb
    } else {
        png::ColorType::Rgba
    });
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header().ok()?.write_image_data(&bytes).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests;
