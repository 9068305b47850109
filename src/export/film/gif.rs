//! Films as GIF: one palette, frames of the rectangles that change, repeated for ever.

use super::animation::{Animation, Rectangle, pixel};
use super::palette::Palette;
use gif::{AnyExtension, DisposalMethod, Encoder, EncodingError, Extension, Frame, Repeat};

/// Encoder of a GIF film. Pixels that stay the same are transparent, which compresses well.
pub(super) struct Gif {
    encoder: Encoder<Vec<u8>>,
    palette: Palette,
    width: usize,
    fps: u32,
    /// Ticks of all frames so far, so that rounded durations add up.
    ticks: u64,
    /// Pixels of the frame before, and their indices in the palette.
    before: Option<(Vec<u8>, Vec<u8>)>,
}

impl Gif {
    pub(super) fn new(
        pixels: [u32; 2],
        fps: u32,
        palette: Palette,
        description: &str,
    ) -> Result<Self, String> {
        let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
        let [width, height] = pixels.map(side);
        let start = || {
            let mut encoder = Encoder::new(Vec::new(), width, height, &palette.bytes())?;
            encoder.set_repeat(Repeat::Infinite)?;
            let comment = AnyExtension(Extension::Comment as u8);
            encoder.write_raw_extension(comment, &[description.as_bytes()])?;
            Ok(encoder)
        };
        Ok(Self {
            encoder: start().map_err(|error| describe(&error))?,
            palette,
            width: usize::from(width),
            fps,
            ticks: 0,
            before: None,
        })
    }

    /// Returns the durations of a frame in 1/100 s, of which GIF holds at most 65535 a frame.
    fn delays(&mut self, ticks: u32) -> Vec<u16> {
        let hundredths = |ticks: u64| (100 * ticks + u64::from(self.fps) / 2) / u64::from(self.fps);
        let start = hundredths(self.ticks);
        self.ticks += u64::from(ticks);
        let mut left = hundredths(self.ticks) - start;
        let mut delays = Vec::new();
        while left > 0 {
            let delay = u16::try_from(left).unwrap_or(u16::MAX);
            delays.push(delay);
            left -= u64::from(delay);
        }
        delays
    }
}

impl Animation for Gif {
    fn add(&mut self, rgba: Vec<u8>, ticks: u32) -> Result<(), String> {
        let width = self.width;
        let height = rgba.len() / (4 * width);
        let transparent = self.palette.transparent();
        let (area, buffer, indices) = match self.before.take() {
            None => {
                let all = (0..width * height).map(|at| self.palette.index(pixel(&rgba, at)));
                let indices: Vec<u8> = all.collect();
                (Rectangle::whole([width, height]), indices.clone(), indices)
            }
            Some((earlier, mut indices)) => {
                let area = Rectangle::of_changes(&earlier, &rgba, width);
                let mut change = |at: usize| {
                    let colour = pixel(&rgba, at);
                    if colour == pixel(&earlier, at) {
                        return transparent;
                    }
                    let index = self.palette.index(colour);
                    let before = std::mem::replace(&mut indices[at], index);
                    if before == index { transparent } else { index }
                };
                (area, area.pixels(width).map(&mut change).collect(), indices)
            }
        };
        self.before = Some((rgba, indices));
        let delays = self.delays(ticks);
        let mut frame = frame(area, buffer, transparent);
        for delay in delays {
            frame.delay = delay;
            self.encoder
                .write_frame(&frame)
                .map_err(|error| describe(&error))?;
            // Nothing changes while a long frame goes on.
            frame = self::frame(Rectangle::whole([1, 1]), vec![transparent], transparent);
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, String> {
        self.encoder.into_inner().map_err(|error| describe(&error))
    }
}

/// Returns a frame that leaves transparent pixels as they are.
fn frame(area: Rectangle, buffer: Vec<u8>, transparent: u8) -> Frame<'static> {
    let narrow = |side: usize| u16::try_from(side).unwrap_or(u16::MAX);
    Frame {
        dispose: DisposalMethod::Keep,
        transparent: Some(transparent),
        left: narrow(area.left),
        top: narrow(area.top),
        width: narrow(area.width),
        height: narrow(area.height),
        buffer: buffer.into(),
        ..Frame::default()
    }
}

fn describe(error: &EncodingError) -> String {
    format!("the film cannot be encoded as GIF: {error}")
}
