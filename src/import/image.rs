//! A picture in grey out of a PNG or JPEG file.

use crate::engine::landscape::Picture;
use png::{BitDepth, ColorType, Decoder, Limits, Transformations};
use std::io::Cursor;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The longest file, in bytes.
pub(super) const LONGEST: u64 = 256 << 20;

/// The most pixels of a picture.
const MOST_PIXELS: usize = 64 << 20;

/// What sentences say was expected.
pub(super) const EXPECTED: &str = "a PNG or JPEG picture";

/// Reads the bytes of a file, whose first ones tell what it is. `name` is what sentences call it.
///
/// Luma is Rec. 709's weighting of the sRGB values as they are stored; what is transparent shows white. A JPEG is taken as it
/// is stored, whichever way up its EXIF tags would turn it.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Picture, String> {
    let picture = if bytes.starts_with(b"\x89PNG") {
        png(bytes)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        jpeg(bytes)
    } else {
        Err(format!(
            "is not a picture that can be read; expected {EXPECTED}"
        ))
    };
    picture.map_err(|wrong| format!("{name}: {wrong}"))
}

/// Refuses what is too small or too large.
fn sized(width: usize, height: usize) -> Result<[usize; 2], String> {
    let size = format!("is {width} × {height} pixels");
    if width.min(height) < 2 {
        return Err(format!("{size}; expected at least 2 × 2"));
    }
    if width.saturating_mul(height) > MOST_PIXELS {
        return Err(format!("{size}; expected at most {MOST_PIXELS} pixels"));
    }
    Ok([width, height])
}

fn png(bytes: &[u8]) -> Result<Picture, String> {
    let broken = |error| format!("is not sound ({error}); expected {EXPECTED}");
    let limits = Limits { bytes: 1 << 30 };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(broken)?;
    let info = reader.info();
    let size = sized(info.width as usize, info.height as usize)?;
    let length = reader.output_buffer_size();
    let mut pixels =
        vec![0; length.ok_or_else(|| format!("does not fit into memory; expected {EXPECTED}"))?];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    pixels.truncate(frame.buffer_size());
    let luma = match frame.bit_depth {
        BitDepth::Sixteen => {
            let (pairs, _) = pixels.as_chunks::<2>();
            let samples = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
            shades(
                samples.map(|sample| f32::from(sample) / 65535.0),
                frame.color_type,
            )
        }
        _ => shades(eighths(&pixels), frame.color_type),
    };
    Ok(Picture { size, luma })
}

fn jpeg(bytes: &[u8]) -> Result<Picture, String> {
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(1 << 16)
        .set_max_height(1 << 16);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let broken = |error| {
        let error = format!("{error:?}");
        let error = error.lines().next().unwrap_or_default();
        format!("is not sound ({error}); expected {EXPECTED}")
    };
    decoder.decode_headers().map_err(broken)?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let size = sized(width, height)?;
    let pixels = decoder.decode().map_err(broken)?;
    let luma = shades(eighths(&pixels), ColorType::Rgb);
    Ok(Picture { size, luma })
}

fn eighths(samples: &[u8]) -> impl Iterator<Item = f32> {
    samples.iter().map(|sample| f32::from(*sample) / 255.0)
}

/// The luma of pixels whose samples go from 0 to 1.
fn shades(mut samples: impl Iterator<Item = f32>, color: ColorType) -> Vec<f32> {
    let mut next = || samples.next();
    let mut shades = Vec::new();
    while let Some(first) = next() {
        let coloured = matches!(color, ColorType::Rgb | ColorType::Rgba);
        let luma = match coloured.then(|| [next(), next()]) {
            Some([Some(green), Some(blue)]) => 0.2126 * first + 0.7152 * green + 0.0722 * blue,
            _ => first,
        };
        let veiled = matches!(color, ColorType::GrayscaleAlpha | ColorType::Rgba);
        let alpha = veiled.then(&mut next).flatten().unwrap_or(1.0);
        shades.push(luma * alpha + (1.0 - alpha));
    }
    shades
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(color: ColorType, depth: BitDepth, size: [u32; 2], pixels: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, size[0], size[1]);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if color == ColorType::Indexed {
            encoder.set_palette(vec![0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255]);
        }
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(pixels).unwrap();
        writer.finish().unwrap();
        file
    }

    #[track_caller]
    fn check(color: ColorType, depth: BitDepth, pixels: &[u8], expected: [f32; 4]) {
        let picture = read("a.png", &written(color, depth, [2, 2], pixels)).unwrap();
        assert_eq!(picture.size, [2, 2]);
        let mut pairs = picture.luma.iter().zip(expected);
        assert!(
            pairs.all(|(found, expected)| (found - expected).abs() < 1e-6),
            "{color:?} {depth:?}: {:?}, expected {expected:?}",
            picture.luma
        );
    }

    #[test]
    fn every_kind_of_png_becomes_luma() {
        use ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
        let (eight, primaries) = (BitDepth::Eight, [0.0, 0.2126, 0.7152, 0.0722]);
        check(Grayscale, eight, &[0, 51, 102, 255], [0.0, 0.2, 0.4, 1.0]);
        check(
            Grayscale,
            BitDepth::One,
            &[0b0100_0000, 0b1000_0000],
            [0.0, 1.0, 1.0, 0.0],
        );
        let deep = [0, 0, 0x33, 0x33, 0x80, 0, 0xff, 0xff];
        check(
            Grayscale,
            BitDepth::Sixteen,
            &deep,
            [0.0, 0.2, 32768.0 / 65535.0, 1.0],
        );
        check(
            GrayscaleAlpha,
            eight,
            &[0, 255, 0, 51, 0, 0, 255, 7],
            [0.0, 0.8, 1.0, 1.0],
        );
        check(Indexed, eight, &[0, 1, 2, 3], primaries);
        check(
            Rgb,
            eight,
            &[0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255],
            primaries,
        );
        let veiled = [0, 0, 0, 0, 255, 0, 0, 255, 0, 255, 0, 51, 0, 0, 255, 255];
        check(
            Rgba,
            eight,
            &veiled,
            [1.0, 0.2126, 0.8 + 0.2 * 0.7152, 0.0722],
        );
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let line = written(ColorType::Grayscale, BitDepth::Eight, [3, 1], &[1, 2, 3]);
        let whole = written(ColorType::Rgb, BitDepth::Eight, [9, 9], &[7; 243]);
        for (bytes, expected) in [
            (
                &b""[..],
                "is not a picture that can be read; expected a PNG or JPEG picture",
            ),
            (
                b"GIF89a",
                "is not a picture that can be read; expected a PNG or JPEG picture",
            ),
            (&line, "is 3 × 1 pixels; expected at least 2 × 2"),
            (&whole[..60], "is not sound ("),
            (b"\x89PNG", "is not sound ("),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", "is not sound ("),
        ] {
            let refused = read("a.png", bytes).unwrap_err();
            assert!(
                refused.starts_with(&format!("a.png: {expected}")),
                "{refused}"
            );
            assert!(!refused.contains('\n'), "{refused}");
        }
    }

    #[test]
    fn a_picture_that_is_too_large_is_refused_before_it_is_decoded() {
        let mut file = written(ColorType::Grayscale, BitDepth::Eight, [2, 2], &[0; 4]);
        file[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        let sum = crc(&file[12..29]);
        file[29..33].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(
            read("a.png", &file),
            Err("a.png: is 65536 × 65536 pixels; expected at most 67108864 pixels".to_owned())
        );
    }

    /// The CRC of PNG's chunks.
    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
            })
        };
        !bytes.iter().fold(!0, step)
    }
}
