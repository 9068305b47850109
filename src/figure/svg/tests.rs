//! Tests of SVG files.

use super::*;
use resvg::usvg::roxmltree::Document;
use std::sync::Arc;

const INK: Colour = Colour::rgb(1, 2, 3);
const LINE: Stroke = Stroke {
    width: 1.5,
    colour: INK,
    dash: &[],
};

fn path(points: &[Point], closed: bool) -> Item {
    Item::Path {
        points: points.to_vec(),
        closed,
        stroke: Some(LINE),
        fill: closed.then_some(INK),
    }
}

fn text(text: &str) -> Item {
    let text = Text::new(text, [50.0; 2], Anchor::Middle, 10.0, INK);
    Item::Text(Text {
        upright: true,
        ..text.with_halo(INK.opacity(0.5))
    })
}

/// Returns the SVG of a picture of 100 × 50 points, and checks that it is well-formed XML.
fn check(items: Vec<Item>) -> String {
    let svg = svg(
        &Drawing {
            size: [100.0, 50.0],
            items,
        },
        "title & more\nsecond <line>",
    );
    Document::parse(&svg).unwrap();
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    svg
}

/// Returns the path data of a line.
fn data(points: &[Point], closed: bool) -> Vec<String> {
    let svg = check(vec![path(points, closed)]);
    let document = Document::parse(&svg).unwrap();
    document
        .descendants()
        .filter_map(|node| node.attribute("d"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn paths_are_compact() {
    assert_eq!(
        data(
            &[[0.0, 10.0], [0.5, 9.0], [0.501, 9.001], [3.126, 9.0]],
            false
        ),
        ["M0 10l0.5-1l2.63 0"]
    );
    assert_eq!(
        data(&[[1.0, 1.0], [2.0, 1.0], [1.0, 3.0]], true),
        ["M1 1l1 0l-1 2Z"]
    );
    assert_eq!(data(&[[1.0, 1.0]], false), [""; 0]);
}

#[test]
fn rounding_errors_of_relative_steps_do_not_add_up() {
    let points: Vec<Point> = (0..1000_u16)
        .map(|k| [f32::from(k) * 0.0333, 5.0])
        .collect();
    let data = data(&points, false).remove(0);
    let sum: f64 = data[1..]
        .split('l')
        .filter_map(|step| step.split(' ').next()?.parse::<f64>().ok())
        .sum();
    assert!((sum - f64::from(points[999][0])).abs() < 0.006, "{sum}");
}

#[test]
fn points_that_are_not_finite_split_a_line() {
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    assert_eq!(
        data(
            &[
                [0.0; 2],
                [1.0; 2],
                [nan, 2.0],
                [3.0; 2],
                [inf, 4.0],
                [5.0; 2],
                [6.0; 2]
            ],
            false
        ),
        ["M0 0l1 1M5 5l1 1"]
    );
    assert_eq!(
        data(&[[1.0; 2], [2.0; 2], [nan; 2], [4.0; 2], [5.0; 2]], true),
        ["M4 4l1 1l-4-4l1 1"]
    );
    let [x, y] = [nan, inf];
    let svg = check(vec![Item::Clipped {
        area: Area::new([0.0; 2], [x, 1.0]),
        items: vec![path(&[[y, x]], true)],
    }]);
    assert!(!svg.contains("clip"));
}

#[test]
fn a_trail_that_goes_far_away_is_cut() {
    let lines = data(
        &[
            [50.0, 25.0],
            [50.0, f32::MAX],
            [50.0, -f32::MAX],
            [50.0, 1e6],
        ],
        false,
    );
    assert_eq!(lines, ["M50 25l0 225l0-450l0 450"]);
    assert_eq!(data(&[[1e30, 25.0], [1e30, 35.0]], false), [""; 0]);
}

#[test]
fn text_is_escaped_and_special_characters_are_set_in_hack() {
    let svg = check(vec![text("a<b & \"c\"\u{0}\u{1b} ‖∇f‖ → λ")]);
    let document = Document::parse(&svg).unwrap();
    let find = |name: &str| {
        document
            .descendants()
            .find(|node| node.has_tag_name(name))
            .unwrap()
    };
    let words: String = find("text")
        .descendants()
        .filter_map(|node| node.is_text().then(|| node.text()).flatten())
        .collect();
    assert_eq!(words, "a<b & \"c\" ‖∇f‖ → λ");
    assert_eq!(
        document
            .descendants()
            .filter(|node| node
                .attribute("font-family")
                .is_some_and(|font| font.starts_with("Hack")))
            .count(),
        3,
        "‖∇, ‖ and →"
    );
    let parts = document
        .descendants()
        .filter(|node| node.has_tag_name("tspan"));
    let places: Vec<f32> = parts
        .map(|part| part.attribute("x").unwrap().parse().unwrap())
        .collect();
    assert!(
        places.windows(2).all(|pair| pair[0] < pair[1]),
        "{places:?}"
    );
    assert_eq!(find("title").text(), Some("title & more"));
    assert_eq!(find("desc").text(), Some("title & more\nsecond <line>"));
}

#[test]
fn equal_areas_share_one_clip_path() {
    let clipped = |x: f32| Item::Clipped {
        area: Area::new([x, 0.0], [50.0, 50.0]),
        items: vec![path(&[[0.0; 2], [9.0; 2]], false)],
    };
    let svg = check(vec![clipped(1.0), clipped(2.0), clipped(1.0)]);
    assert_eq!(
        [
            svg.matches("<clipPath").count(),
            svg.matches("url(#clip_1_0_49_50)").count()
        ],
        [2, 2]
    );
}

#[test]
fn images_with_a_wrong_number_of_pixels_are_left_out() {
    let image = |columns, rows| {
        let area = Area::new([0.0; 2], [10.0; 2]);
        check(vec![Item::Image {
            area,
            columns,
            rows,
            pixels: Arc::new(vec![INK; 6]),
        }])
        .contains("<image")
    };
    assert!(image(3, 2) && !image(3, 3) && !image(usize::MAX, 2));
}
