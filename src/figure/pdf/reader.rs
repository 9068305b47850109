//! A reader of this program's PDF files for tests: it finds pages by the cross-reference table, and texts by the fonts' Unicode maps.

use std::collections::BTreeMap;
use std::io::Read;

/// The contents of a PDF file.
pub(crate) struct PdfContents {
    /// Width and height in points.
    pub(crate) size: [f32; 2],
    /// The texts in the order of the page.
    pub(crate) texts: Vec<String>,
    /// The operators of the page.
    pub(crate) operators: String,
    /// Widths and heights of the images in pixels, without masks.
    pub(crate) images: Vec<[u32; 2]>,
}

/// Reads a file; panics where it is not sound.
pub(crate) fn read(bytes: &[u8]) -> PdfContents {
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let objects = objects(bytes);
    let head = |id: usize| String::from_utf8_lossy(&objects[&id].0).into_owned();
    let id_after = |text: &str, key: &str| -> usize {
        let rest = text.split(key).nth(1).unwrap();
        let rest = rest.trim_start_matches(['[', ' ', '\n']);
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    let page = objects
        .keys()
        .find(|id| head(**id).contains("/Type /Page\n"));
    let page = head(*page.unwrap());
    let corners = page.split("/MediaBox [").nth(1).unwrap().split(']').next();
    let corners: Vec<f32> = { corners.unwrap().split_whitespace() }
        .map(|number| number.parse().unwrap())
        .collect();
    let mut maps = BTreeMap::new();
    for name in ["Ubuntu", "Hack"] {
        let key = format!("/{name} ");
        if page.contains(&key) {
            let font = head(id_after(&page, &key));
            let map = &objects[&id_after(&font, "/ToUnicode ")].1;
            maps.insert(name, unicode(&String::from_utf8_lossy(map)));
            let descendant = head(id_after(&font, "/DescendantFonts "));
            let descriptor = head(id_after(&descendant, "/FontDescriptor "));
            let file = &objects[&id_after(&descriptor, "/FontFile2 ")].1;
            skrifa::FontRef::new(file).expect("an embedded font is sound");
        }
    }
    let operators = &objects[&id_after(&page, "/Contents ")].1;
    let images = objects
        .values()
        .map(|(head, _)| String::from_utf8_lossy(head));
    let images = images.filter(|head| head.contains("/DeviceRGB"));
    let number = |head: &str, key: &str| u32::try_from(id_after(head, key)).unwrap();
    let images = images.map(|head| [number(&head, "/Width "), number(&head, "/Height ")]);
    PdfContents {
        size: [corners[2], corners[3]],
        texts: texts(operators, &maps),
        operators: String::from_utf8_lossy(operators).into_owned(),
        images: images.collect(),
    }
}

/// Returns the dictionaries and the unpacked streams of all objects, found by the table at the end of the file.
fn objects(bytes: &[u8]) -> BTreeMap<usize, (Vec<u8>, Vec<u8>)> {
    let find = |from: usize, words: &[u8]| {
        let found = bytes[from..].windows(words.len()).position(|w| w == words);
        found.map(|at| from + at)
    };
    let tail = String::from_utf8_lossy(&bytes[bytes.len() - 40..]).into_owned();
    let table = tail.split("startxref").nth(1).unwrap();
    let table: usize = table.split_whitespace().next().unwrap().parse().unwrap();
    let table = String::from_utf8_lossy(&bytes[table..]).into_owned();
    let entries = table.lines().skip(2).take_while(|line| line.len() > 10);
    let used = entries.enumerate().filter(|(_, line)| line.contains(" n"));
    used.map(|(id, line)| {
        let at: usize = line[..10].parse().unwrap();
        assert!(bytes[at..].starts_with(format!("{id} 0 obj").as_bytes()));
        let end = find(at, b"endobj").unwrap();
        let Some(start) = find(at, b"stream\n").filter(|start| *start < end) else {
            return (id, (bytes[at..end].to_vec(), Vec::new()));
        };
        let head = bytes[at..start].to_vec();
        let length = String::from_utf8_lossy(&head).into_owned();
        let length = length.split("/Length ").nth(1).unwrap();
        let length: usize = length.split_whitespace().next().unwrap().parse().unwrap();
        let stream = &bytes[start + 7..][..length];
        let mut data = Vec::new();
        if String::from_utf8_lossy(&head).contains("/FlateDecode") {
            let mut decoder = flate2::read::ZlibDecoder::new(stream);
            decoder.read_to_end(&mut data).unwrap();
        } else {
            data = stream.to_vec();
        }
        (id, (head, data))
    })
    .collect()
}

/// Returns the characters of glyphs.
fn unicode(map: &str) -> BTreeMap<u16, char> {
    let lines = map.split("beginbfchar").skip(1);
    let lines = lines.flat_map(|block| block.split("endbfchar").next().unwrap().lines());
    let hex = |text: &str| u16::from_str_radix(text.trim_matches(['<', '>']), 16).unwrap();
    let pairs = lines.filter_map(|line| line.split_once(' '));
    pairs
        .map(|(glyph, c)| (hex(glyph), char::from_u32(u32::from(hex(c))).unwrap()))
        .collect()
}

/// Returns what is shown between BT and ET, each a text.
fn texts(operators: &[u8], maps: &BTreeMap<&str, BTreeMap<u16, char>>) -> Vec<String> {
    let (mut texts, mut at, mut font) = (Vec::new(), 0, "");
    while at < operators.len() {
        let rest = &operators[at..];
        if rest.starts_with(b"BT\n") {
            texts.push(String::new());
        }
        for name in maps.keys() {
            if rest.starts_with(format!("/{name} ").as_bytes()) {
                font = name;
            }
        }
        if rest.starts_with(b"<<") {
            at += 2;
        } else if matches!(rest[0], b'(' | b'<') {
            let (bytes, length) = string(rest);
            // Alternative text is a string as well, but outside of BT and ET.
            let is_shown = operators[at + length..].starts_with(b" Tj");
            if is_shown {
                let glyphs = bytes.chunks_exact(2);
                let glyphs = glyphs.map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                let text = texts.last_mut().unwrap();
                text.extend(glyphs.map(|glyph| maps[font][&glyph]));
            }
            at += length;
        } else {
            at += 1;
        }
    }
    texts
}

/// Reads a string in parentheses or in hexadecimal digits; returns its bytes and its length in the file.
fn string(text: &[u8]) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    if text[0] == b'<' {
        let end = text.iter().position(|byte| *byte == b'>').unwrap();
        let digits = String::from_utf8_lossy(&text[1..end]).into_owned();
        let pairs = (0..digits.len()).step_by(2);
        let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        return (pairs.map(byte).collect(), end + 1);
    }
    let (mut at, mut depth) = (1, 1);
    loop {
        match text[at] {
            b'\\' => {
                at += 1;
                if text[at].is_ascii_digit() {
                    let octal = std::str::from_utf8(&text[at..at + 3]).unwrap();
                    bytes.push(u8::from_str_radix(octal, 8).unwrap());
                    at += 3;
                    continue;
                }
                bytes.push(match text[at] {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    other => other,
                });
                at += 1;
                continue;
            }
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return (bytes, at);
        }
        bytes.push(text[at - 1]);
    }
}
