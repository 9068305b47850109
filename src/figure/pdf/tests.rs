//! Tests of PDF files, which are read back.

use super::reader::read;
use super::*;
use std::sync::Arc;

const BLACK: Colour = Colour::rgb(0, 0, 0);
const SHEET: Sheet = Sheet {
    size: [72.0, 36.0],
    dpi: 300.0,
};

fn drawing(items: Vec<Item>) -> Drawing {
    Drawing {
        size: [200.0, 100.0],
        items,
    }
}

#[test]
fn texts_are_read_back_with_all_their_signs() {
    let words = [
        "loss (test)",
        "‖∇f‖ = λ₁ \\ 3",
        "θ → η²",
        "a < b & c",
        "−3.5",
    ];
    let text = |(index, words): (u8, &&str)| {
        let at = [100.0, 15.0 * f32::from(index)];
        let text = Text::new(*words, at, Anchor::Middle, 10.0, BLACK);
        Item::Text(Text {
            upright: index == 1,
            halo: (index == 2).then_some(BLACK),
            ..text
        })
    };
    let items = (0..).zip(&words).map(text).collect();
    let bytes = pdf(&drawing(items), &SHEET, "Title\nmore").unwrap();
    let page = read(&bytes);
    assert_eq!(page.size, [72.0, 36.0]);
    // A halo is an outline, not a second text.
    assert_eq!(page.texts, words);
}

#[test]
fn signs_of_exponents_are_copied_as_they_are_written() {
    let text = Text::new("10⁻⁵", [9.0, 9.0], Anchor::Start, 10.0, BLACK);
    let bytes = pdf(&drawing(vec![Item::Text(text)]), &SHEET, "").unwrap();
    let operators = read(&bytes).operators;
    assert!(operators.contains("/ActualText"), "{operators}");
}

#[test]
fn lines_are_vectors_and_fills_have_the_resolution_of_the_page() {
    let area = Area::new([0.0; 2], [100.0, 100.0]);
    let line = Item::Path {
        points: vec![[0.0, 0.0], [1e30, 50.0], [10.0, f32::NAN], [5.0, 5.0]],
        closed: false,
        stroke: Some(Stroke {
            width: 1.5,
            colour: BLACK.opacity(0.5),
            dash: &[4.0, 2.0],
        }),
        fill: None,
    };
    let image = Item::Image {
        area,
        columns: 2,
        rows: 2,
        pixels: Arc::new(vec![BLACK; 4]),
    };
    let clipped = Item::Clipped {
        area,
        items: vec![image, line],
    };
    let page = read(&pdf(&drawing(vec![clipped]), &SHEET, "").unwrap());
    // The area is half an inch wide and high.
    assert_eq!(page.images, [[150, 150]]);
    for operator in ["[4 2] 0 d", "1.5 w", " l\n", "\nW\n", "/opacity128 gs"] {
        assert!(page.operators.contains(operator), "{}", page.operators);
    }
    assert!(page.operators.len() < 800, "{}", page.operators);
}

#[test]
fn images_are_interpolated_between_the_centers_of_their_pixels() {
    let white = Colour::rgb(255, 255, 255);
    let raster = Raster::refined([2, 1], &[BLACK, white], [4.0, 3.0]).unwrap();
    assert_eq!(raster.size, [4, 1]);
    let reds: Vec<u8> = raster.rgb.iter().copied().step_by(3).collect();
    assert_eq!(reds, [0, 64, 191, 255]);
    assert!(Raster::refined([2, 2], &[BLACK], [4.0, 4.0]).is_none());
}

#[test]
fn degenerate_drawings_give_sound_files_and_equal_bytes() {
    for size in [[f32::NAN, 10.0], [0.0, -1.0], [f32::INFINITY; 2]] {
        let text = Text::new("x", [f32::NAN; 2], Anchor::End, 10.0, BLACK);
        let drawing = Drawing {
            size,
            items: vec![Item::Text(text)],
        };
        let bytes = pdf(&drawing, &Sheet { size, ..SHEET }, "a").unwrap();
        assert_eq!(read(&bytes).texts, [""; 0]);
        assert_eq!(bytes, pdf(&drawing, &Sheet { size, ..SHEET }, "a").unwrap());
    }
}
