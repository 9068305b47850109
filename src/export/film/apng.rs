//! Films as animated PNG: exact pixels, frames of the rectangles that change, repeated for ever.

use super::animation::{Animation, Rectangle, Shared, pixel, sides};
use crate::figure::png::add_texts;
use png::{BitDepth, BlendOp, ColorType, Encoder, EncodingError, Writer};

/// Encoder of an animated PNG. Pixels that stay the same are transparent, which compresses well.
pub(super) struct Apng {
    writer: Writer<Shared>,
    bytes: Shared,
    size: [usize; 2],
    fps: u16,
    before: Option<Vec<u8>>,
}

impl Apng {
    pub(super) fn new(
        pixels: [u32; 2],
        fps: u32,
        frames: usize,
        description: &str,
    ) -> Result<Self, String> {
        let bytes = Shared::default();
        let start = |out: Shared| {
            let mut encoder = Encoder::new(out, pixels[0], pixels[1]);
            encoder.set_color(ColorType::Rgba);
            encoder.set_depth(BitDepth::Eight);
            encoder.set_compression(png::Compression::Fast);
            encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
            encoder.set_animated(u32::try_from(frames).unwrap_or(u32::MAX), 0)?;
            add_texts(&mut encoder, description)?;
            encoder.write_header()
        };
        Ok(Self {
            writer: start(bytes.clone()).map_err(|error| describe(&error))?,
            bytes,
            size: sides(pixels),
            fps: u16::try_from(fps).unwrap_or(u16::MAX),
            before: None,
        })
    }

    fn write(
        &mut self,
        area: Rectangle,
        ticks: u32,
        bytes: &[u8],
        blend: BlendOp,
    ) -> Result<(), EncodingError> {
        let [width, height, left, top] = [area.width, area.height, area.left, area.top]
            .map(|side| u32::try_from(side).unwrap_or(u32::MAX));
        // A rectangle must lie within the picture before and after each of the two calls.
        self.writer.reset_frame_position()?;
        self.writer.set_frame_dimension(width, height)?;
        self.writer.set_frame_position(left, top)?;
        // A numerator holds 65535 ticks, more than 20 minutes.
        let ticks = u16::try_from(ticks).unwrap_or(u16::MAX);
        self.writer.set_frame_delay(ticks, self.fps)?;
        self.writer.set_blend_op(blend)?;
        self.writer.write_image_data(bytes)
    }
}

impl Animation for Apng {
    fn add(&mut self, rgba: Vec<u8>, ticks: u32) -> Result<(), String> {
        let width = self.size[0];
        let written = match self.before.take() {
            None => self.write(Rectangle::whole(self.size), ticks, &rgba, BlendOp::Source),
            Some(before) => {
                let area = Rectangle::of_changes(&before, &rgba, width);
                let pairs = || {
                    area.pixels(width)
                        .map(|at| (pixel(&before, at), pixel(&rgba, at)))
                };
                // Only opaque pixels replace what is below them.
                let is_opaque = pairs().all(|(old, new)| old == new || new[3] == 255);
                let change = |(old, new)| if is_opaque && old == new { [0; 4] } else { new };
                let bytes: Vec<u8> = pairs().flat_map(change).collect();
                let blend = if is_opaque {
                    BlendOp::Over
                } else {
                    BlendOp::Source
                };
                self.write(area, ticks, &bytes, blend)
            }
        };
        self.before = Some(rgba);
        written.map_err(|error| describe(&error))
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, String> {
        self.writer.finish().map_err(|error| describe(&error))?;
        Ok(self.bytes.take())
    }
}

fn describe(error: &EncodingError) -> String {
    format!("the film cannot be encoded as animated PNG: {error}")
}
