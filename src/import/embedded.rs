//! Reads the scene that an exported picture or film carries: in the description of a PNG or SVG file, or the comment of a GIF file.

use crate::engine::scene::Scene;
use png::{Decoder, Limits};
use std::io::Cursor;

/// Whether these are the first bytes of a picture that may carry a scene.
pub(super) fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG") || is_gif(bytes) || is_svg(bytes)
}

fn is_gif(bytes: &[u8]) -> bool {
    bytes.starts_with(b"GIF8")
}

fn is_svg(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    start.starts_with(b"<svg") || start.starts_with(b"<?xml")
}

/// Returns the scene of a picture; `None` if it carries none. The error of a scene that cannot be opened is a sentence without the file's
/// name.
pub(super) fn scene(bytes: &[u8]) -> Result<Option<Scene>, String> {
    let description = if is_svg(bytes) {
        svg_description(&String::from_utf8_lossy(bytes))
    } else if is_gif(bytes) {
        gif_comment(bytes)
    } else {
        png_description(bytes)
    };
    let Some(text) = description.as_deref().and_then(scene_text) else {
        return Ok(None);
    };
    let scene = Scene::from_toml(text).map_err(|error| format!("the scene inside: {error}"))?;
    Ok(Some(scene))
}

/// Returns the part of a description that is a scene file: from the line of its version on.
fn scene_text(description: &str) -> Option<&str> {
    let begins = |start: &usize| description[*start..].starts_with("version = ");
    let after_caption = description.match_indices('\n').map(|(at, _)| at + 1);
    let start = std::iter::once(0).chain(after_caption).find(begins)?;
    Some(&description[start..])
}

/// Returns the description of a PNG file; it stands before the pixels.
fn png_description(bytes: &[u8]) -> Option<String> {
    let limits = Limits { bytes: 64 << 20 };
    let reader = Decoder::new_with_limits(Cursor::new(bytes), limits)
        .read_info()
        .ok()?;
    let chunks = &reader.info().utf8_text;
    let chunk = chunks.iter().find(|chunk| chunk.keyword == "Description")?;
    chunk.get_text().ok()
}

/// Returns the first comment of a GIF file; it stands before the frames.
fn gif_comment(bytes: &[u8]) -> Option<String> {
    const HEADER: usize = 13;
    const EXTENSION: u8 = 0x21;
    const COMMENT: u8 = 0xfe;
    let flags = *bytes.get(10)?;
    let palette = if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    };
    let mut rest = bytes.get(HEADER + palette..)?;
    while let [EXTENSION, kind, parts @ ..] = rest {
        let mut text = Vec::new();
        rest = parts;
        // Parts with their lengths, up to one of length 0.
        while let [length, after @ ..] = rest
            && *length > 0
        {
            let (part, after) = after.split_at_checked(usize::from(*length))?;
            text.extend_from_slice(part);
            rest = after;
        }
        rest = rest.get(1..)?;
        if *kind == COMMENT {
            return String::from_utf8(text).ok();
        }
    }
    None
}

/// Returns the text of the first `<desc>` of an SVG file.
fn svg_description(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("<desc>")?;
    let (inside, _) = rest.split_once("</desc>")?;
    let unescaped = inside.replace("&lt;", "<").replace("&gt;", ">");
    Some(unescaped.replace("&quot;", "\"").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use png::Encoder;

    fn png_with(description: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, 2, 2);
        encoder.set_color(png::ColorType::Grayscale);
        let text = description.to_owned();
        encoder
            .add_itxt_chunk("Description".to_owned(), text)
            .unwrap();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&[0, 50, 100, 255]).unwrap();
        writer.finish().unwrap();
        out
    }

    #[test]
    fn the_scene_of_a_picture_is_found() {
        let mut opening = Scene::opening();
        opening.runs[0].name = "a < b & \"c\" &lt;".to_owned();
        let description = format!("Six runs: <step 5> & more\n\n{}", opening.to_toml());
        let read = scene(&png_with(&description)).unwrap();
        assert_eq!(read.as_ref(), Some(&opening));
        let escaped = description.replace('&', "&amp;").replace('<', "&lt;");
        let svg = format!("<svg><title>x</title>\n<desc>{escaped}</desc></svg>");
        assert_eq!(scene(svg.as_bytes()).unwrap(), Some(opening));
    }

    #[test]
    fn other_pictures_carry_none_and_a_broken_scene_is_an_error() {
        assert_eq!(scene(&png_with("A photo.\nversion 3")), Ok(None));
        assert_eq!(scene(b"<svg></svg>"), Ok(None));
        assert_eq!(scene(b"\x89PNG and nothing"), Ok(None));
        let error = scene(&png_with("x\n\nversion = 1\nlandscape = \"bouth\"")).unwrap_err();
        assert!(error.contains("did you mean `booth`"), "{error}");
    }
}
