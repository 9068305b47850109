//! Tests of charts.

use super::*;

fn draw(values: &[f64], log: bool) -> Vec<Item> {
    let x: Vec<f64> = (0..values.len())
        .map(|row| f64::from(u32::try_from(row).unwrap()))
        .collect();
    let area = Area::new([0.0, 0.0], [300.0, 200.0]);
    let chart = Chart {
        area,
        title: "loss",
        x_label: "step",
        x_range: [0.0, 10.0],
        log,
        theme: &Theme::LIGHT,
    };
    chart.draw(&[Series {
        x: &x,
        values,
        opaque_len: values.len(),
        style_index: 0,
        limit: false,
    }])
}

/// Returns the points of the lines inside the border.
fn lines(items: &[Item]) -> Vec<Vec<Point>> {
    let inside = items.iter().find_map(|item| match item {
        Item::Clipped { items, .. } => Some(items),
        _ => None,
    });
    let line = |item: &Item| match item {
        Item::Path {
            points,
            closed: false,
            ..
        } => Some(points.clone()),
        _ => None,
    };
    inside.unwrap().iter().filter_map(line).collect()
}

#[test]
fn values_that_cannot_be_drawn_break_a_line() {
    let drawn = lines(&draw(
        &[1.0, 2.0, f64::NAN, 3.0, 4.0, f64::INFINITY, 5.0],
        false,
    ));
    assert_eq!(drawn.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    let drawn = lines(&draw(&[1.0, 0.1, 0.0, -1.0, 10.0, 100.0], true));
    assert_eq!(drawn.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn degenerate_values_give_finite_lines() {
    for values in [
        &[][..],
        &[f64::NAN],
        &[0.0, 0.0],
        &[-1.0, -2.0],
        &[1e308, 1e-308, 0.0],
        &[5.0; 3],
    ] {
        for log in [false, true] {
            let drawn = lines(&draw(values, log));
            assert!(
                drawn
                    .iter()
                    .flatten()
                    .flatten()
                    .all(|coordinate| coordinate.is_finite()),
                "{values:?}"
            );
        }
    }
}

#[test]
fn decimation_keeps_extremes() {
    let mut values = vec![1.0; 100_000];
    values[54_321] = 9.0;
    values[12_345] = -9.0;
    let rows = decimate(&values, 100);
    assert!(rows.len() <= 400 && rows.is_sorted());
    assert!(rows.contains(&54_321) && rows.contains(&12_345) && rows.contains(&99_999));
}

#[test]
fn a_constant_has_an_axis_of_its_own_size() {
    for (low, high) in [(1e-3, 1e-3), (1e-3, 1e-3 + 1e-18), (-4.0, -4.0), (0.0, 0.0)] {
        let axis = padded_axis([low, high], false);
        let ends = [0.0, 1.0].map(|share| axis.value(share));
        let half = if high == 0.0 {
            1.0
        } else {
            0.5 * f64::abs(high)
        };
        for (end, expected) in ends.iter().zip([high - half, high + half]) {
            assert!(
                (end - expected).abs() <= 1e-9 * half,
                "{low}, {high}: {ends:?}"
            );
        }
        let ticks = axis.ticks(6);
        assert!(
            ticks.ticks.len() > 1 && !ticks.offset.contains('+'),
            "{ticks:?}"
        );
    }
}
