//! Letters with combining accents, like m̂, in every text of the window.
//!
//! The font of running text lacks combining accents, and egui takes the font of a letter with its accents from the letter alone, and drops
//! accents that this font lacks. These clusters are drawn here instead, with the italic letters of formulas.

use eframe::egui;
use egui::epaint::text::RasterizedGlyph;
use egui::epaint::text::{FontPriority, GlyphBitmap, GlyphRasterizer, GlyphRasterizerRequest};
use resvg::tiny_skia::{FillRule, Mask, Path, PathBuilder, Rect, Transform};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};

/// Name of the rasterizer.
const KEY: &str = "ravine accents";

/// Returns the rasterizer of letters with combining accents.
pub(super) fn rasterizer() -> GlyphRasterizer {
    GlyphRasterizer::new(KEY, rasterize).with_priority(FontPriority::Highest)
}

fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Draws a letter with its accents; `None` for other clusters, and for letters that the font of formulas lacks.
fn rasterize(request: &GlyphRasterizerRequest) -> Option<RasterizedGlyph> {
    let mut chars = request.cluster.chars();
    let letter = chars.next()?;
    let accents = chars.as_str();
    if accents.is_empty() || !accents.chars().all(is_accent) {
        return None;
    }
    let font = FontRef::new(dejavu::serif_condensed::italic()).ok()?;
    let size = Size::new(request.font_size_px);
    let (mut path, advance_px) = glyph(&font, letter, size)?;
    // Accents are drawn for small letters.
    let (low, _) = glyph(&font, 'x', size)?;
    for accent in accents.chars() {
        let (shape, _) = glyph(&font, accent, size)?;
        let (below, above) = (path.bounds(), shape.bounds());
        let center = |bounds: Rect| 0.5 * (bounds.left() + bounds.right());
        // Italic letters lean to the right by about a fifth of their height.
        let lean = 0.2 * 0.5 * (below.height() + above.height());
        let x = center(below) + lean - center(above);
        let y = (below.top() - low.bounds().top()).min(0.0);
        let mut both = PathBuilder::new();
        both.push_path(&path);
        both.push_path(&shape.transform(Transform::from_translate(x, y))?);
        path = both.finish()?;
    }
    let bitmap = bitmap(&path, request.subpixel_offset_px)?;
    Some(RasterizedGlyph { bitmap, advance_px })
}

/// Returns the outline of a character, with y downwards from the base line, and its advance.
fn glyph(font: &FontRef, c: char, size: Size) -> Option<(Path, f32)> {
    let id = font.charmap().map(c)?;
    let location = LocationRef::default();
    let mut pen = Pen(PathBuilder::new());
    let outline = font.outline_glyphs().get(id)?;
    outline
        .draw(DrawSettings::unhinted(size, location), &mut pen)
        .ok()?;
    let advance = font.glyph_metrics(size, location).advance_width(id)?;
    Some((pen.0.finish()?, advance))
}

/// Fills a path, white with the coverage as opacity.
fn bitmap(path: &Path, subpixel_x: f32) -> Option<GlyphBitmap> {
    let bounds = path.bounds();
    let corner = [(bounds.left() + subpixel_x).floor(), bounds.top().floor()];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small positive number of pixels"
    )]
    let [width, height] = [
        (bounds.right() + subpixel_x).ceil() - corner[0],
        bounds.bottom().ceil() - corner[1],
    ]
    .map(|side| side.max(1.0) as u32);
    let mut mask = Mask::new(width, height)?;
    let shift = Transform::from_translate(subpixel_x - corner[0], -corner[1]);
    mask.fill_path(path, FillRule::Winding, true, shift);
    let coverage = mask.data().iter();
    let pixels = coverage.map(|&alpha| egui::Color32::from_white_alpha(alpha));
    Some(GlyphBitmap {
        image: egui::ColorImage::new([width as usize, height as usize], pixels.collect()),
        offset_px: egui::vec2(corner[0], corner[1]),
        is_color: false,
    })
}

/// Pen that turns an outline, whose y points upwards, into a path.
struct Pen(PathBuilder);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, -y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, -y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to(cx, -cy, x, -y);
    }

    fn curve_to(&mut self, cx: f32, cy: f32, dx: f32, dy: f32, x: f32, y: f32) {
        self.0.cubic_to(cx, -cy, dx, -dy, x, -y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(cluster: &str) -> Option<RasterizedGlyph> {
        rasterize(&GlyphRasterizerRequest {
            cluster,
            family: &egui::FontFamily::Proportional,
            font_size_px: 28.0,
            subpixel_offset_px: 0.0,
        })
    }

    /// Returns whether each row of the picture has ink, and the ink in all.
    fn ink(cluster: &str) -> (Vec<bool>, f32) {
        let image = drawn(cluster).unwrap().bitmap.image;
        let rows = image.pixels.chunks(image.size[0]);
        let inked = rows.map(|row| row.iter().any(|pixel| pixel.a() > 60));
        let sum = image.pixels.iter().map(|pixel| f32::from(pixel.a())).sum();
        (inked.collect(), sum)
    }

    #[test]
    fn accents_are_drawn_above_letters_of_either_height() {
        let mut terms = String::new();
        for accented in ["m̂", "v̂", "n̂", "ŝ", "γ̂", "ε̂", "θ̂", "d̂", "û", "w̄", "g̃"]
        {
            if accented.chars().count() == 1 {
                assert!(
                    drawn(accented).is_none(),
                    "{accented} has a glyph of its own"
                );
                continue;
            }
            let (rows, _) = ink(accented);
            let gap = rows.iter().skip_while(|inked| !**inked);
            assert!(
                gap.skip_while(|inked| **inked).any(|inked| *inked),
                "{accented}: letter and accent touch"
            );
            terms.push_str(accented);
        }
        assert!(terms.contains("m̂") && terms.contains("θ̂"));
        let (_, plain) = ink("m\u{303}");
        assert!(plain > 0.0 && ink("m\u{302}").1 != plain);
    }

    #[test]
    fn other_clusters_are_left_to_the_fonts() {
        for cluster in ["m", "é", "θ", "👍🏽", ""] {
            assert!(drawn(cluster).is_none(), "{cluster}");
        }
    }
}
