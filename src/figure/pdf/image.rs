//! Images in a PDF, refined to the resolution of the page: viewers differ in how they enlarge pixels.

use super::deflated;
use crate::engine::numeric::real;
use crate::figure::drawing::Colour;
use pdf_writer::{Filter, Finish, Pdf, Ref};

/// Maximum number of pixels along each side.
const MAX_SIDE: f32 = 4096.0;

/// Pixels of an image as the page stores them.
pub(super) struct Raster {
    pub(super) size: [usize; 2],
    pub(super) rgb: Vec<u8>,
    /// Opacities, if a pixel is not opaque.
    opacity: Option<Vec<u8>>,
}

impl Raster {
    /// Returns an image that is drawn over `drawn` pixels of the page: interpolated linearly where it has fewer, and as it is where it has
    /// more. `None` if its pixels are not columns × rows.
    pub(super) fn refined(size: [usize; 2], pixels: &[Colour], drawn: [f32; 2]) -> Option<Self> {
        let [columns, rows] = size;
        if pixels.is_empty() || pixels.len() != columns.checked_mul(rows)? {
            return None;
        }
        let side = |own: usize, drawn: f32| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "limited to a few thousand"
            )]
            let drawn = drawn.clamp(1.0, MAX_SIDE).round() as usize;
            // One pixel along a side has no slope.
            if own == 1 { 1 } else { own.max(drawn) }
        };
        let new = [side(columns, drawn[0]), side(rows, drawn[1])];
        let across = samples(columns, new[0]);
        let mut rgba = Vec::with_capacity(4 * new[0] * new[1]);
        for (upper, lower, down) in samples(rows, new[1]) {
            let [upper, lower] = [upper, lower].map(|row| &pixels[row * columns..][..columns]);
            for (left, right, along) in &across {
                let part = |colour: Colour| [colour.r, colour.g, colour.b, colour.a];
                let corners = [upper[*left], upper[*right], lower[*left], lower[*right]];
                let [a, b, c, d] = corners.map(part);
                rgba.extend((0..4).map(|k| {
                    let top = mix(f32::from(a[k]), f32::from(b[k]), *along);
                    byte(mix(
                        top,
                        mix(f32::from(c[k]), f32::from(d[k]), *along),
                        down,
                    ))
                }));
            }
        }
        let opacity: Vec<u8> = rgba.chunks_exact(4).map(|pixel| pixel[3]).collect();
        let rgb = rgba.chunks_exact(4).flat_map(|pixel| &pixel[..3]);
        Some(Self {
            size: new,
            rgb: rgb.copied().collect(),
            opacity: Some(opacity).filter(|opacity| opacity.iter().any(|a| *a < 255)),
        })
    }

    /// Writes the image; returns its object.
    pub(super) fn write(&self, pdf: &mut Pdf, next: &mut dyn FnMut() -> Ref) -> Ref {
        let (id, mask) = (next(), self.opacity.as_ref().map(|_| next()));
        let [width, height] = self
            .size
            .map(|side| i32::try_from(side).unwrap_or(i32::MAX));
        let data = deflated(&self.rgb);
        let mut image = pdf.image_xobject(id, &data);
        image.filter(Filter::FlateDecode);
        image.width(width).height(height).bits_per_component(8);
        image.color_space().device_rgb();
        image.interpolate(true);
        if let Some(mask) = mask {
            image.s_mask(mask);
        }
        image.finish();
        if let (Some(id), Some(opacity)) = (mask, &self.opacity) {
            let data = deflated(opacity);
            let mut image = pdf.image_xobject(id, &data);
            image.filter(Filter::FlateDecode);
            image.width(width).height(height).bits_per_component(8);
            image.color_space().device_gray();
        }
        id
    }
}

/// Returns for each of `new` pixels along a side of `own` ones the two between which it lies, and its share of the way.
fn samples(own: usize, new: usize) -> Vec<(usize, usize, f32)> {
    let ratio = real(own) / real(new);
    let sample = |index: usize| {
        let at = ((real(index) + 0.5) * ratio - 0.5).clamp(0.0, real(own - 1));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to an index"
        )]
        let (first, share) = (at as usize, at.fract() as f32);
        (first, (first + 1).min(own - 1), share)
    };
    (0..new).map(sample).collect()
}

fn mix(a: f32, b: f32, share: f32) -> f32 {
    a + share * (b - a)
}

fn byte(value: f32) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast saturates"
    )]
    let byte = value.round() as u8;
    byte
}
