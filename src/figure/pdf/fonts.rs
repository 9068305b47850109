//! The two fonts of pictures in a PDF: the glyphs that occur, as TrueType subsets with their Unicode text.

use super::deflated;
use crate::figure::svg::Font;
use epaint_default_fonts::{HACK_REGULAR, UBUNTU_LIGHT};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::Metrics;
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;

const SYSTEM: SystemInfo = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// The fonts of a page.
pub(super) struct Fonts([Subset; 2]);

/// A font, and the glyphs of it that occur.
struct Subset {
    /// Name among the page's resources.
    name: &'static [u8],
    /// PostScript name with the tag of a subset.
    base: &'static [u8],
    bytes: &'static [u8],
    font: Option<FontRef<'static>>,
    glyphs: GlyphRemapper,
    /// The character and the width in 1/1000 font sizes of each glyph of the subset.
    used: BTreeMap<u16, (char, f32)>,
}

impl Default for Fonts {
    fn default() -> Self {
        Self([
            Subset::new(b"Ubuntu", b"RAVINE+Ubuntu-Light", UBUNTU_LIGHT),
            Subset::new(b"Hack", b"RAVINE+Hack-Regular", HACK_REGULAR),
        ])
    }
}

impl Fonts {
    fn of(&mut self, font: Font) -> &mut Subset {
        let [ubuntu, hack] = &mut self.0;
        match font {
            Font::Hack => hack,
            Font::Ubuntu | Font::Superscript => ubuntu,
        }
    }

    /// Returns the resource name of a font and the glyph numbers of a text, two bytes each.
    pub(super) fn encode(&mut self, font: Font, text: &str) -> (&'static [u8], Vec<u8>) {
        let subset = self.of(font);
        let glyphs = text.chars().map(|c| subset.number(c));
        let glyphs = glyphs.flat_map(u16::to_be_bytes).collect();
        (subset.name, glyphs)
    }

    /// Adds the outlines of a text to a path.
    pub(super) fn outline(
        &mut self,
        font: Font,
        text: &str,
        size: f32,
        matrix: &[f32; 6],
        content: &mut Content,
    ) {
        let subset = self.of(font);
        let Some(font) = &subset.font else {
            return;
        };
        let (outlines, location) = (font.outline_glyphs(), LocationRef::default());
        let widths = font.glyph_metrics(Size::new(size), location);
        let mut pen = Pen {
            content,
            matrix: *matrix,
            along: 0.0,
            last: [0.0; 2],
        };
        for c in text.chars() {
            let Some(glyph) = font.charmap().map(c) else {
                continue;
            };
            if let Some(outline) = outlines.get(glyph) {
                let settings = DrawSettings::unhinted(Size::new(size), location);
                // A glyph without a sound outline has no halo.
                let _ = outline.draw(settings, &mut pen);
            }
            pen.along += widths.advance_width(glyph).unwrap_or(0.0);
        }
    }

    /// Writes the fonts that occur; returns their resource names and objects.
    pub(super) fn write(
        &self,
        pdf: &mut Pdf,
        next: &mut dyn FnMut() -> Ref,
    ) -> Result<Vec<(&'static [u8], Ref)>, String> {
        let used = self.0.iter().filter(|font| !font.used.is_empty());
        used.map(|font| Ok((font.name, font.write(pdf, next)?)))
            .collect()
    }
}

impl Subset {
    fn new(name: &'static [u8], base: &'static [u8], bytes: &'static [u8]) -> Self {
        Self {
            name,
            base,
            bytes,
            font: FontRef::new(bytes).ok(),
            glyphs: GlyphRemapper::new(),
            used: BTreeMap::new(),
        }
    }

    /// Returns the number of a character's glyph in the subset.
    fn number(&mut self, c: char) -> u16 {
        let font = self.font.as_ref();
        let glyph = font.and_then(|font| font.charmap().map(c));
        let glyph = glyph.unwrap_or(GlyphId::new(0));
        let widths = font.map(|font| font.glyph_metrics(Size::new(1000.0), LocationRef::default()));
        let width = widths.and_then(|widths| widths.advance_width(glyph));
        let number = self
            .glyphs
            .remap(u16::try_from(glyph.to_u32()).unwrap_or(0));
        self.used.entry(number).or_insert((c, width.unwrap_or(0.0)));
        number
    }

    fn write(&self, pdf: &mut Pdf, next: &mut dyn FnMut() -> Ref) -> Result<Ref, String> {
        let subset = subsetter::subset(self.bytes, 0, &self.glyphs)
            .map_err(|error| format!("a font cannot be embedded: {error}"))?;
        let (font, descendant, descriptor, file, cmap) = (next(), next(), next(), next(), next());
        pdf.type0_font(font)
            .base_font(Name(self.base))
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(cmap);
        let mut cid = pdf.cid_font(descendant);
        cid.subtype(CidFontType::Type2)
            .base_font(Name(self.base))
            .system_info(SYSTEM)
            .font_descriptor(descriptor)
            .default_width(0.0)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = cid.widths();
        for (number, (_, width)) in &self.used {
            widths.consecutive(*number, [*width]);
        }
        widths.finish();
        cid.finish();
        let metrics = self.font.as_ref().map_or_else(Metrics::default, |font| {
            font.metrics(Size::new(1000.0), LocationRef::default())
        });
        let bounds = metrics.bounds.unwrap_or_default();
        pdf.font_descriptor(descriptor)
            .name(Name(self.base))
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(
                bounds.x_min,
                bounds.y_min,
                bounds.x_max,
                bounds.y_max,
            ))
            .italic_angle(0.0)
            .ascent(metrics.ascent)
            .descent(metrics.descent)
            .cap_height(metrics.cap_height.unwrap_or(700.0))
            .stem_v(70.0)
            .font_file2(file);
        let mut stream_length = i32::MAX;
        if let Ok(length) = i32::try_from(subset.len()) {
            stream_length = length;
        }
        let packed = deflated(&subset);
        let mut stream = pdf.stream(file, &packed);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), stream_length);
        stream.finish();
        let mut map = UnicodeCmap::new(Name(b"Ravine"), SYSTEM);
        for (number, (c, _)) in &self.used {
            map.pair(*number, *c);
        }
        pdf.cmap(cmap, map.finish().as_slice());
        Ok(font)
    }
}

/// Draws the outline of a glyph into a page; quadratic curves become cubic ones.
struct Pen<'a> {
    content: &'a mut Content,
    matrix: [f32; 6],
    /// Distance of the glyph from the beginning of the text.
    along: f32,
    last: [f32; 2],
}

impl Pen<'_> {
    fn at(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [a, b, c, d, e, f] = self.matrix;
        let x = x + self.along;
        [a * x + c * y + e, b * x + d * y + f]
    }
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.last = [x, y];
        let [x, y] = self.at(self.last);
        self.content.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.last = [x, y];
        let [x, y] = self.at(self.last);
        self.content.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let toward = |[px, py]: [f32; 2]| [px + 2.0 / 3.0 * (cx - px), py + 2.0 / 3.0 * (cy - py)];
        let ([ax, ay], [bx, by]) = (toward(self.last), toward([x, y]));
        self.curve_to(ax, ay, bx, by, x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.last = [x, y];
        let [[ax, ay], [bx, by], [x, y]] = [[ax, ay], [bx, by], [x, y]].map(|p| self.at(p));
        self.content.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.content.close_path();
    }
}
