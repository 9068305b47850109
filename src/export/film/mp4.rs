//! Films as MP4: H.264 by openh264 in the container of muxide, with the index in front, so that browsers, PowerPoint and Keynote play it.

use super::animation::{Animation, Shared, sides};
use muxide::api::{Muxer, MuxerBuilder, VideoCodec};
use openh264::OpenH264API;
use openh264::encoder::{
    Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile, QpRange,
    RateControlMode, UsageType, VuiConfig,
};
use openh264::formats::YUVBuffer;

/// Largest width and height, or height and width, that the encoder takes.
const MAX_SIDES: [u32; 2] = [3840, 2160];

/// Quantizers, lower is better: lines of one pixel stay sharp.
const QUALITY: (u8, u8) = (10, 22);

/// Seconds between two frames to which players can jump.
const SECONDS_OF_JUMP: u32 = 2;

/// Checks that H.264 has a size in pixels.
///
/// # Errors
/// Returns a sentence with the nearest size that it has.
pub(super) fn check(pixels: [u32; 2]) -> Result<(), String> {
    let [width, height] = pixels;
    let fits = width.max(height) <= MAX_SIDES[0] && width.min(height) <= MAX_SIDES[1];
    if !fits {
        let [most, least] = MAX_SIDES;
        return Err(format!(
            "an MP4 film cannot have {width} × {height} pixels; expected at most {most} × {least}"
        ));
    }
    if pixels.iter().any(|side| side % 2 == 1) {
        let [even_width, even_height] = pixels.map(|side| side - side % 2);
        return Err(format!(
            "an MP4 film cannot have {width} × {height} pixels; expected even numbers, like {even_width}x{even_height}"
        ));
    }
    Ok(())
}

/// Encoder of an MP4 film.
pub(super) struct Mp4 {
    encoder: Encoder,
    muxer: Muxer<Shared>,
    bytes: Shared,
    size: [usize; 2],
    fps: u32,
    /// Frames of 1/fps seconds so far.
    written: u32,
}

impl Mp4 {
    pub(super) fn new(pixels: [u32; 2], fps: u32) -> Result<Self, String> {
        check(pixels)?;
        #[expect(clippy::cast_precision_loss, reason = "at most MAX_FPS")]
        let rate = fps as f32;
        let config = EncoderConfig::new()
            .usage_type(UsageType::ScreenContentRealTime)
            .rate_control_mode(RateControlMode::Off)
            .qp(QpRange::new(QUALITY.0, QUALITY.1))
            .skip_frames(false)
            // Screen content has neither.
            .adaptive_quantization(false)
            .background_detection(false)
            .profile(Profile::High)
            .max_frame_rate(FrameRate::from_hz(rate))
            .intra_frame_period(IntraFramePeriod::from_num_frames(SECONDS_OF_JUMP * fps))
            .vui(VuiConfig::bt709());
        let encoder = Encoder::with_api_config(OpenH264API::from_source(), config);
        let bytes = Shared::default();
        let [width, height] = pixels;
        let muxer = MuxerBuilder::new(bytes.clone())
            .video(VideoCodec::H264, width, height, f64::from(fps))
            .with_fast_start(true)
            .build();
        Ok(Self {
            encoder: encoder.map_err(|error| describe(&error))?,
            muxer: muxer.map_err(|error| describe(&error))?,
            bytes,
            size: sides(pixels),
            fps,
            written: 0,
        })
    }
}

impl Animation for Mp4 {
    fn add(&mut self, rgba: Vec<u8>, ticks: u32) -> Result<(), String> {
        let [width, height] = self.size;
        let frame = YUVBuffer::from_vec(planes(&rgba, self.size), width, height);
        // Players disagree about frames of different durations, and one that repeats takes some bytes only.
        for _ in 0..ticks {
            let stream = self
                .encoder
                .encode(&frame)
                .map_err(|error| describe(&error))?;
            let is_key = matches!(stream.frame_type(), FrameType::IDR | FrameType::I);
            let time = f64::from(self.written) / f64::from(self.fps);
            let written = self.muxer.write_video(time, &stream.to_vec(), is_key);
            written.map_err(|error| describe(&error))?;
            self.written += 1;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, String> {
        self.muxer.finish().map_err(|error| describe(&error))?;
        Ok(self.bytes.take())
    }
}

/// Converts pixels to the planes Y, U and V of BT.709 in the limited range, with one U and V for 2 × 2 pixels.
pub(super) fn planes(rgba: &[u8], [width, height]: [usize; 2]) -> Vec<u8> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast saturates"
    )]
    let byte = |value: f32| (value + 0.5) as u8;
    let rgb = |at: usize| [0, 1, 2].map(|i| f32::from(rgba[4 * at + i]) / 255.0);
    let luma = |[r, g, b]: [f32; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let mut planes: Vec<u8> = (0..width * height)
        .map(|at| byte(16.0 + 219.0 * luma(rgb(at))))
        .collect();
    let mean = |column: usize, row: usize| {
        let at = 2 * row * width + 2 * column;
        let four = [at, at + 1, at + width, at + width + 1].map(rgb);
        [0, 1, 2].map(|i| four.iter().map(|colour| colour[i]).sum::<f32>() / 4.0)
    };
    for (channel, scale) in [(2, 1.8556), (0, 1.5748)] {
        for row in 0..height / 2 {
            planes.extend((0..width / 2).map(|column| {
                let colour = mean(column, row);
                byte(128.0 + 224.0 * (colour[channel] - luma(colour)) / scale)
            }));
        }
    }
    planes
}

fn describe(error: &dyn std::fmt::Display) -> String {
    format!("the film cannot be encoded as MP4: {error}")
}
