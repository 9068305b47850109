//! Tests of ticks and numbers for ordinary, deep and degenerate ranges.

use super::*;
use std::collections::HashSet;

fn check(axis: Axis, max_count: usize) -> Vec<String> {
    let Ticks { ticks, offset } = axis.ticks(max_count);
    let labels: Vec<String> = ticks.iter().map(|tick| tick.label.clone()).collect();
    assert!(
        ticks.len() <= max_count && ticks.len() >= [0, 0, 0, 1, 1, 2][max_count.min(5)],
        "{axis:?} {max_count}: {labels:?}"
    );
    assert!(
        ticks.windows(2).all(|pair| pair[0].value < pair[1].value),
        "{ticks:?}"
    );
    // At the deepest zoom an f64 is coarser than a pixel.
    assert!(
        ticks
            .iter()
            .all(|tick| (-1e-3..=1.0 + 1e-3).contains(&axis.position(tick.value))),
        "{axis:?}: {ticks:?}"
    );
    assert_eq!(
        labels.iter().collect::<HashSet<_>>().len(),
        labels.len(),
        "{labels:?} {offset}"
    );
    assert!(
        labels.iter().all(|label| label.chars().count() <= 8),
        "{axis:?}: {labels:?} {offset}"
    );
    labels
        .into_iter()
        .chain((!offset.is_empty()).then_some(offset))
        .collect()
}

#[test]
fn ticks_are_round() {
    assert_eq!(
        check(Axis::linear([-2.0, 2.0]), 5),
        ["−2", "−1", "0", "1", "2"]
    );
    assert_eq!(
        check(Axis::linear([0.0, 0.1]), 6),
        ["0.00", "0.02", "0.04", "0.06", "0.08", "0.10"]
    );
    assert_eq!(check(Axis::linear([3.0, -1.0]), 3), ["0", "2"]);
}

#[test]
fn large_and_small_values_share_a_factor() {
    assert_eq!(
        check(Axis::linear([0.0, 3e6]), 4),
        ["0", "1", "2", "3", "×10⁶"]
    );
    assert_eq!(
        check(Axis::linear([0.0, 1.5e-7]), 4),
        ["0.0", "0.5", "1.0", "1.5", "×10⁻⁷"]
    );
}

#[test]
fn deep_zooms_keep_distinct_labels() {
    assert_eq!(
        check(Axis::linear([1.0 - 5e-10, 1.0 + 5e-10]), 6),
        ["−4", "−2", "0", "2", "4", "×10⁻¹⁰ + 1"]
    );
    assert_eq!(
        check(Axis::linear([-1_234.567_01, -1_234.566_99]), 5),
        ["−5", "0", "5", "10", "×10⁻⁶ − 1234.567"]
    );
}

#[test]
fn every_range_has_distinct_short_labels() {
    for middle in [
        0.0,
        1.0,
        -3.7,
        1e5,
        123_456.789,
        -1e-5,
        1e200,
        1e-200,
        std::f64::consts::PI,
    ] {
        for width in [1e-12, 1e-9, 1e-6, 0.1, 1.0, 10.0, 12_345.0] {
            let half = 0.5 * width * if middle == 0.0 { 1.0 } else { f64::abs(middle) };
            for count in [1, 2, 3, 5, 8, 20] {
                check(Axis::linear([middle - half, middle + half]), count);
                if middle > 0.0 {
                    check(Axis::log([middle, middle * (1.0 + width)]), count);
                }
            }
        }
    }
}

#[test]
fn degenerate_ranges_give_usable_axes() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    for ends in [
        [0.0; 2],
        [2.0; 2],
        [-1e300, 1e300],
        [nan, 1.0],
        [nan; 2],
        [-inf, inf],
        [5e-324, 1e-323],
        [1.0, 1.0 + 1e-16],
    ] {
        for axis in [Axis::linear(ends), Axis::log(ends)] {
            for count in [0, 1, 6] {
                check(axis, count);
            }
            assert!(axis.position(axis.value(0.25)) - 0.25 < 1e-3);
            assert!(axis.position(nan).is_nan());
        }
    }
    assert_eq!(Axis::log([1e-3, 1.0]).position(-1.0), f64::NEG_INFINITY);
}

#[test]
fn logarithmic_ticks_are_decades_or_round_values() {
    assert_eq!(
        check(Axis::log([1e-4, 10.0]), 6),
        ["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]
    );
    assert_eq!(
        check(Axis::log([1e-16, 1.0]), 6),
        ["10⁻¹⁵", "10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]
    );
    assert_eq!(check(Axis::log([0.8, 12.0]), 5), ["1", "2", "5", "10"]);
}

#[test]
fn numbers_are_formatted_for_people() {
    let check = |value, digits, expect: &str| assert_eq!(number(value, digits), expect);
    check(0.031_249, 3, "0.0312");
    check(1.2e-7, 3, "1.2e-7");
    check(-3.5, 4, "−3.5");
    check(-1.5e9, 4, "−1.5e9");
    check(0.0, 3, "0");
    check(-0.0, 3, "0");
    check(9.999, 3, "10");
    check(123_456.0, 3, "123000");
    check(1e6, 3, "1e6");
    check(999_999.9, 3, "1e6");
    check(f64::NAN, 3, "nan");
    check(f64::NEG_INFINITY, 3, "−∞");
    check(0.1 + 0.2, 17, "0.30000000000000004");
}
