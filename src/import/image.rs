//! Reads PNG and JPEG files as grey pictures.

use crate::engine::files::Picture;
use png::{BitDepth, ColorType, Decoder, Limits, Transformations};
use std::io::Cursor;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The maximum length of a file, in bytes.
pub(super) const MAX_BYTES: u64 = 256 << 20;

/// The maximum number of pixels of a picture.
const MAX_PIXELS: usize = 64 << 20;

/// The expected file in errors.
pub(super) const EXPECTED: &str = "a PNG or JPEG picture";

/// Reads the bytes of a file; the first ones determine the format. `name` is its name in errors.
///
/// Luma is Rec. 709's weighting of the stored sRGB values; transparent parts are over white. A picture is oriented by its EXIF
/// data. A JPEG that lacks only its end marker is read; one that lacks pixels is an error.
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

/// Returns the size. Fails if it is too small or too large.
fn sized(width: usize, height: usize) -> Result<[usize; 2], String> {
    let size = format!("is {width} × {height} pixels");
    if width.min(height) < 2 {
        return Err(format!("{size}; expected at least 2 × 2"));
    }
    if width.saturating_mul(height) > MAX_PIXELS {
        return Err(format!("{size}; expected at most {MAX_PIXELS} pixels"));
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
    let exif = info.exif_metadata.as_deref().map(<[u8]>::to_vec);
    let size = sized(info.width as usize, info.height as usize)?;
    let length = reader.output_buffer_size();
    let mut pixels =
        vec![0; length.ok_or_else(|| format!("does not fit into memory; expected {EXPECTED}"))?];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    pixels.truncate(frame.buffer_size());
    let turn = exif.as_deref().map_or(1, orientation);
    let luma = match frame.bit_depth {
        BitDepth::Sixteen => {
            let (pairs, _) = pixels.as_chunks::<2>();
            let samples = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
            to_luma(
                samples.map(|sample| f32::from(sample) / 65535.0),
                frame.color_type,
            )
        }
        _ => to_luma(eighths(&pixels), frame.color_type),
    };
    Ok(apply_orientation(Picture { size, luma }, turn))
}

fn jpeg(bytes: &[u8]) -> Result<Picture, String> {
    let (picture, turn) = jpeg_pixels(bytes)?;
    if jpeg_ends(bytes) == Some(false) {
        // The decoder's output for missing bits depends on the bytes after them, so that fillings reveal missing pixels.
        let cut = bytes.strip_suffix(b"\xff").unwrap_or(bytes);
        let whole = jpeg_is_complete(cut)
            && [0x00, 0x55, 0xaa].iter().all(|filling| {
                let filled = [cut, &[*filling; 256], b"\xff\xd9"].concat();
                jpeg_pixels(&filled).is_ok_and(|(filled, _)| filled == picture)
            });
        if !whole {
            return Err(format!(
                "is not sound (it ends before its pixels do); expected {EXPECTED}"
            ));
        }
    }
    Ok(apply_orientation(picture, turn))
}

/// Returns the pixels of a JPEG as they are stored, and the orientation.
fn jpeg_pixels(bytes: &[u8]) -> Result<(Picture, u16), String> {
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
    let turn = decoder.exif().map_or(1, |exif| orientation(exif));
    let pixels = decoder.decode().map_err(broken)?;
    let luma = to_luma(eighths(&pixels), ColorType::Rgb);
    Ok((Picture { size, luma }, turn))
}

/// Returns the segments of a JPEG up to its end marker: marker and content.
fn jpeg_segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        // Between segments there may be pixels: any bytes, with 0 or a restart marker after each 0xff.
        loop {
            let at = rest.iter().position(|byte| *byte == 0xff)?;
            rest = &rest[at + 1..];
            match *rest.first()? {
                0xff => {}
                0 | 0x01 | 0xd0..=0xd8 => rest = &rest[1..],
                marker => {
                    rest = &rest[1..];
                    if marker == 0xd9 {
                        rest = &[];
                        return Some((marker, rest));
                    }
                    let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
                    let content = rest.get(2..length)?;
                    rest = &rest[length..];
                    return Some((marker, content));
                }
            }
        }
    })
}

/// Whether a JPEG has its end marker; `None` if it is malformed before its pixels.
fn jpeg_ends(bytes: &[u8]) -> Option<bool> {
    let mut markers = jpeg_segments(bytes).map(|(marker, _)| marker);
    markers.by_ref().find(|marker| *marker == 0xda)?;
    Some(markers.any(|marker| marker == 0xd9))
}

/// Whether the scans of a JPEG contain all bits of all coefficients of all components.
fn jpeg_is_complete(bytes: &[u8]) -> bool {
    let mut components: Vec<u8> = Vec::new();
    // The lowest known bit of each coefficient of a component; `MAX` is unknown.
    let mut lowest: Vec<[u8; 64]> = Vec::new();
    for (marker, content) in jpeg_segments(bytes) {
        match (marker, content) {
            (0xc0..=0xc2, [_, _, _, _, _, _, each @ ..]) => {
                components = each.chunks_exact(3).map(|part| part[0]).collect();
                lowest = vec![[u8::MAX; 64]; components.len()];
            }
            (0xda, [count, rest @ ..]) => {
                let count = 2 * usize::from(*count);
                let [Some(parts), Some([first, last, bits])] =
                    [rest.get(..count), rest.get(count..count + 3)]
                else {
                    return false;
                };
                for part in parts.chunks_exact(2) {
                    let known = components
                        .iter()
                        .position(|component| *component == part[0]);
                    let range = usize::from(*first)..usize::from(*last) + 1;
                    if let Some(known) = known
                        && let Some(known) = lowest[known].get_mut(range)
                    {
                        known.fill(bits & 0xf);
                    }
                }
            }
            _ => {}
        }
    }
    !lowest.is_empty() && lowest.iter().flatten().all(|bit| *bit == 0)
}

/// Returns the orientation in EXIF data, 1 to 8; without one, 1, as stored.
fn orientation(exif: &[u8]) -> u16 {
    const ORIENTATION: u16 = 0x0112;
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let big = tiff.starts_with(b"MM\0*");
    if !(big || tiff.starts_with(b"II*\0")) {
        return 1;
    }
    let number = |at: usize, length: usize| -> Option<usize> {
        let bytes = tiff.get(at..at.checked_add(length)?)?;
        let add = |number: usize, byte: &u8| number << 8 | usize::from(*byte);
        Some(if big {
            bytes.iter().fold(0, add)
        } else {
            bytes.iter().rev().fold(0, add)
        })
    };
    let find = || {
        let directory = number(4, 4)?;
        let entries = { 0..number(directory, 2)? }.map(|entry| directory + 2 + 12 * entry);
        let tag = usize::from(ORIENTATION);
        let entry = entries
            .into_iter()
            .find(|entry| number(*entry, 2) == Some(tag))?;
        u16::try_from(number(entry + 8, 2)?).ok()
    };
    find().filter(|turn| (1..=8).contains(turn)).unwrap_or(1)
}

/// Returns a picture rotated and mirrored by its orientation.
fn apply_orientation(picture: Picture, orientation: u16) -> Picture {
    let [width, height] = picture.size;
    // The stored position of the pixel at (x, y) of the oriented picture.
    let stored: fn([usize; 2], [usize; 2]) -> [usize; 2] = match orientation {
        2 => |[x, y], [w, _]| [w - 1 - x, y],
        3 => |[x, y], [w, h]| [w - 1 - x, h - 1 - y],
        4 => |[x, y], [_, h]| [x, h - 1 - y],
        5 => |[x, y], _| [y, x],
        6 => |[x, y], [_, h]| [y, h - 1 - x],
        7 => |[x, y], [w, h]| [w - 1 - y, h - 1 - x],
        8 => |[x, y], [w, _]| [w - 1 - y, x],
        _ => return picture,
    };
    let size = if orientation < 5 {
        [width, height]
    } else {
        [height, width]
    };
    let places = { 0..size[1] }.flat_map(|y| (0..size[0]).map(move |x| [x, y]));
    let luma = places.map(|place| {
        let [x, y] = stored(place, [width, height]);
        picture.luma[y * width + x]
    });
    Picture {
        size,
        luma: luma.collect(),
    }
}

fn eighths(samples: &[u8]) -> impl Iterator<Item = f32> {
    samples.iter().map(|sample| f32::from(*sample) / 255.0)
}

/// Returns the luma of pixels with samples from 0 to 1.
fn to_luma(mut samples: impl Iterator<Item = f32>, color: ColorType) -> Vec<f32> {
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
    fn files_that_are_not_pictures_are_refused() {
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

    /// Returns the CRC of a PNG chunk.
    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
            })
        };
        !bytes.iter().fold(!0, step)
    }
}
