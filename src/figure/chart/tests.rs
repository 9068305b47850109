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
    // A value of zero is below a logarithmic axis.
    assert_eq!(drawn.iter().map(Vec::len).collect::<Vec<_>>(), [3, 2]);
    assert!(drawn[0][2][1] > 200.0, "{drawn:?}");
}

#[test]
fn names_of_bounds_cover_no_line() {
    let x: Vec<f64> = (0..=100).map(f64::from).collect();
    let decay = |rate: f64| -> Vec<f64> { x.iter().map(|x| (-rate * x).exp()).collect() };
    let (slow, fast, bound) = (decay(0.02), decay(0.1), decay(0.05));
    let area = Area::new([0.0, 0.0], [400.0, 260.0]);
    let chart = Chart {
        area,
        title: "loss",
        x_label: "step",
        x_range: [0.0, 100.0],
        log: true,
        theme: &Theme::LIGHT,
    };
    let series = [&slow, &fast, &bound].map(|values| Series {
        x: &x,
        values,
        opaque_len: values.len(),
        style_index: 0,
        limit: false,
    });
    let styles = [Style::Own, Style::Own, Style::Limit];
    let name = |index: usize| (index == 2).then(|| "rate bound".to_owned());
    let items = chart.draw_named(&series, &styles, [1e-5, 1.0], &name);
    let texts = crate::figure::drawing::texts(&items);
    let text = texts.iter().find(|text| text.text == "rate bound");
    let area = crate::figure::text_width::area(text.expect("the name"));
    for line in lines(&items) {
        let mut points = line.windows(2).flat_map(|pair| {
            (0..10_u8).map(|k| {
                let share = f32::from(k) / 10.0;
                [0, 1].map(|axis| pair[0][axis] + share * (pair[1][axis] - pair[0][axis]))
            })
        });
        assert!(!points.any(|point| area.contains(point)), "{area:?}");
    }
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
