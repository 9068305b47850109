//! Tests of PNG files.

use super::*;
use crate::figure::drawing::{Anchor, Area, Colour, Item, Stroke, Text};

const RED: Colour = Colour::rgb(255, 0, 0);
const BLUE: Colour = Colour::rgb(0, 0, 255);
const WHITE: Colour = Colour::rgb(255, 255, 255);

fn drawing(items: Vec<Item>) -> Drawing {
    let area = Area::new([0.0; 2], [40.0, 20.0]);
    let pixels = std::sync::Arc::new(vec![RED, RED, BLUE, BLUE]);
    let mut all = vec![Item::Image {
        area,
        columns: 2,
        rows: 2,
        pixels,
    }];
    all.extend(items);
    Drawing {
        size: [40.0, 20.0],
        items: all,
    }
}

fn colour_at(rgba: &[u8], [x, y]: [usize; 2]) -> [u8; 4] {
    let at = 4 * (y * 80 + x);
    [rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]]
}

#[test]
fn items_are_drawn_at_their_positions() {
    let square = Area::new([10.0, 5.0], [20.0, 15.0]);
    let square = Item::filled(square.corners(), WHITE);
    let line = Item::Path {
        points: vec![[30.0, -9.0], [30.0, 99.0]],
        closed: false,
        stroke: Some(Stroke {
            width: 2.0,
            colour: WHITE,
            dash: &[],
        }),
        fill: None,
    };
    let clipped = Item::Clipped {
        area: Area::new([0.0; 2], [15.0, 20.0]),
        items: vec![square],
    };
    let rgba = rgba(&drawing(vec![clipped, line]), [80, 40]).unwrap();
    assert_eq!(
        colour_at(&rgba, [2, 1]),
        [255, 0, 0, 255],
        "the first row is on top"
    );
    assert_eq!(colour_at(&rgba, [2, 38]), [0, 0, 255, 255]);
    assert_eq!(
        colour_at(&rgba, [25, 20]),
        [255; 4],
        "inside square and clip"
    );
    assert_ne!(
        colour_at(&rgba, [35, 20]),
        [255; 4],
        "inside the square only"
    );
    assert_eq!(
        [colour_at(&rgba, [60, 0]), colour_at(&rgba, [60, 39])],
        [[255; 4]; 2]
    );
}

#[test]
fn the_middle_of_a_text_is_at_its_anchor() {
    let text = |upright| {
        let at = [20.0, 10.0];
        Item::Text(Text {
            text: "HHHH".to_owned(),
            at,
            anchor: Anchor::Middle,
            size: 6.0,
            colour: WHITE,
            halo: None,
            upright,
            role: crate::figure::drawing::Role::Other,
        })
    };
    for upright in [false, true] {
        let [plain, written] =
            [vec![], vec![text(upright)]].map(|items| rgba(&drawing(items), [80, 40]).unwrap());
        let changed: Vec<[usize; 2]> = (0..3200)
            .map(|k| [k % 80, k / 80])
            .filter(|&at| colour_at(&plain, at) != colour_at(&written, at))
            .collect();
        for (axis, middle) in [(0, 40), (1, 20)] {
            let (low, high) = (
                changed.iter().map(|at| at[axis]).min().unwrap(),
                changed.iter().map(|at| at[axis]).max().unwrap(),
            );
            assert!(
                (low + high + 1).abs_diff(2 * middle) <= 3,
                "{low} to {high} along {axis}, upright {upright}"
            );
            assert_eq!(high - low > 20, (axis == 1) == upright);
        }
    }
}

#[test]
fn a_file_has_its_size_and_description_and_is_reproducible() {
    let bytes = png(&drawing(Vec::new()), [33, 21], "adam:lr=0.1, θ₁").unwrap();
    let reader = png::Decoder::new(std::io::Cursor::new(&bytes))
        .read_info()
        .unwrap();
    assert_eq!((reader.info().width, reader.info().height), (33, 21));
    let texts: Vec<String> = reader
        .info()
        .utf8_text
        .iter()
        .map(|text| text.get_text().unwrap())
        .collect();
    assert!(texts.contains(&"adam:lr=0.1, θ₁".to_owned()), "{texts:?}");
    assert_eq!(
        bytes,
        png(&drawing(Vec::new()), [33, 21], "adam:lr=0.1, θ₁").unwrap()
    );
}

#[test]
fn sizes_out_of_range_are_refused() {
    for pixels in [[0, 10], [10, 0], [MAX_PIXELS + 1, 10], [10, u32::MAX]] {
        let error = png(&drawing(Vec::new()), pixels, "").unwrap_err();
        assert!(error.contains("1 to 16384"), "{error}");
    }
    for size in [[f32::NAN, 10.0], [0.0, -1.0], [f32::INFINITY; 2]] {
        assert!(
            png(
                &Drawing {
                    size,
                    items: Vec::new()
                },
                [4, 4],
                ""
            )
            .is_ok()
        );
    }
}

#[test]
fn the_fonts_have_the_symbols_of_the_field() {
    assert_eq!(
        missing_glyphs(
            "∇f ‖∇f‖ → ← ↑ ↓ λ σ² θ₁ η β₂ 10⁻³ −3.5 ∞ ≤ ≥ ≈ ≠ √ Σ Π ∂ ∫ Δ ∈ ⟨⟩ … ± ° · × κ μ ω ℓ ≡ ∝ ▶ ● ■ ▲ ◆ –"
        ),
        ""
    );
    assert_eq!(missing_glyphs("★ᵀ"), "★ᵀ");
}
