//! Sizes of pictures: on paper, in pixels, and of their texts.

use crate::engine::scene::FigurePreset;
use crate::figure::{png::MAX_PIXELS, points};

/// Font size of texts in drawings, in their own units; the smallest are 10.5, titles 15.
const FONT_UNITS: f64 = 11.0;

/// Units of drawings in an inch of a picture whose size is only given in pixels.
const UNITS_PER_INCH: f64 = 96.0;

/// Minimum pixels per side.
pub const MIN_PIXELS: u32 = 16;

/// The size of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageSize {
    /// Width and height in inches.
    pub inches: [f64; 2],
    /// Pixels per inch.
    pub dpi: f64,
    /// Font size of axes and legends in points of 1/72 inch. Lines, marks and margins have the same scale.
    pub font_size: f64,
    /// Whether the size on paper was asked for, so that an SVG states it in inches rather than in pixels.
    pub on_paper: bool,
}

impl PageSize {
    /// Returns the size of a picture of some pixels: about 10 inches wide with texts of 8.25 points, at any number of pixels.
    pub fn of_pixels(pixels: [u32; 2]) -> Self {
        let inches = points(pixels).map(|side| f64::from(side) / UNITS_PER_INCH);
        Self {
            inches,
            dpi: f64::from(pixels[0]) / inches[0],
            font_size: FONT_UNITS * 72.0 / UNITS_PER_INCH,
            on_paper: false,
        }
    }

    /// Returns width and height in pixels.
    pub fn pixels(&self) -> [u32; 2] {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast saturates"
        )]
        self.inches
            .map(|side| (side * self.dpi).round().max(1.0) as u32)
    }

    /// Whether each side has a possible number of pixels.
    pub fn is_possible(&self) -> bool {
        let range = MIN_PIXELS..=MAX_PIXELS;
        self.pixels().iter().all(|side| range.contains(side))
    }

    /// Returns width and height in the units of drawings, in which texts have one size.
    pub fn units(&self) -> [f32; 2] {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pictures are drawn with f32"
        )]
        self.inches
            .map(|side| (side * 72.0 * FONT_UNITS / self.font_size) as f32)
    }

    /// Returns the page with a height of at least some units of drawings.
    pub fn at_least(self, height: f64) -> Self {
        let [width, own] = self.inches;
        let least = height * self.font_size / (72.0 * FONT_UNITS);
        Self {
            inches: [width, own.max(least)],
            ..self
        }
    }

    /// Returns width and height in points of 1/72 inch.
    pub fn points(&self) -> [f32; 2] {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pictures are drawn with f32"
        )]
        self.inches.map(|side| (side * 72.0) as f32)
    }
}

/// A usual size of pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    /// Width and height in inches.
    pub inches: [f64; 2],
    /// Font size in points.
    pub font_size: f64,
    /// Pixels per inch.
    pub dpi: f64,
    /// Whether it is for papers: without title and caption, which papers write themselves, and light.
    pub is_paper: bool,
}

impl Preset {
    /// Returns the size of a preset: figures of one and two columns of a paper, a slide of 1920 × 1080 pixels, a part of a poster.
    pub fn of(preset: FigurePreset) -> Self {
        let (inches, font_size, dpi, is_paper) = match preset {
            FigurePreset::SingleColumn => ([3.25, 2.5], 8.0, 300.0, true),
            FigurePreset::DoubleColumn => ([6.75, 3.5], 8.0, 300.0, true),
            FigurePreset::Slide => ([40.0 / 3.0, 7.5], 16.0, 144.0, false),
            FigurePreset::Poster => ([16.0, 12.0], 24.0, 200.0, false),
        };
        Self {
            inches,
            font_size,
            dpi,
            is_paper,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_alone_give_a_page_with_these_pixels() {
        for pixels in [
            [1600, 1200],
            [16, 16],
            [16384, 40],
            [1921, 1081],
            [333, 777],
        ] {
            let page = PageSize::of_pixels(pixels);
            assert_eq!(page.pixels(), pixels);
            let (units, expected) = (page.units(), points(pixels));
            assert!({ units.iter().zip(expected) }.all(|(a, b)| (a - b).abs() < 1e-3));
        }
    }

    #[test]
    fn texts_have_their_size_on_paper_at_any_resolution() {
        let column = |dpi| PageSize {
            inches: [3.25, 2.5],
            dpi,
            font_size: 8.0,
            on_paper: true,
        };
        assert_eq!(column(300.0).pixels(), [975, 750]);
        assert_eq!(column(600.0).pixels(), [1950, 1500]);
        assert_eq!(column(300.0).units(), column(600.0).units());
        // 3.25 inches are 234 points: 234 / 8 × 11 units.
        assert!((column(300.0).units()[0] - 321.75).abs() < 1e-3);
    }
}
