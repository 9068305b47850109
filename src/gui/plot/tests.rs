//! Ranges, gaps and thinning of charts.

use super::curve::pieces;
use super::*;
use crate::engine::numeric::real;
use egui_plot::PlotBounds;

fn transform(range: [[f64; 2]; 2]) -> PlotTransform {
    let frame = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(300.0, 100.0));
    let [x, y] = range;
    PlotTransform::new(
        frame,
        PlotBounds::from_min_max([x[0], y[0]], [x[1], y[1]]),
        false,
    )
}

fn chart(values: &[f64], log: bool, y_range: [f64; 2]) -> PlotChart {
    let x: Vec<f64> = (0..values.len()).map(real).collect();
    let ranges = [[0.0, real(values.len()).max(1.0)], y_range];
    PlotChart::new("loss".to_owned(), "step", [false, log], ranges)
        .with_curve((None, &x, values), (Style::Own, 0))
}

#[test]
fn values_without_a_coordinate_split_the_curve() {
    let values = [1.0, 2.0, f64::NAN, 3.0, 4.0, f64::INFINITY, 5.0];
    let linear = chart(&values, false, [0.0, 5.0]);
    let lines = pieces(&linear.curves[0].points, &transform(linear.range));
    assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    let log = chart(&[1.0, 0.1, 0.0, -1.0, 10.0, 100.0], true, [0.1, 100.0]);
    let lines = pieces(&log.curves[0].points, &transform(log.range));
    assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn ranges_are_finite_and_not_empty() {
    for range in [
        [0.0, 0.0],
        [5.0, 5.0],
        [-1.0, -1.0],
        [1e300, 1e308],
        [f64::INFINITY, f64::NEG_INFINITY],
        [f64::NAN, 1.0],
        [1e17, 1e17],
        [1e-308, 1e-308],
    ] {
        for log in [false, true] {
            let [low, high] = ends(&padded_axis(range, log), log);
            assert!(
                low.is_finite() && high.is_finite() && low < high,
                "{range:?} {log}"
            );
        }
    }
}

#[test]
fn thinning_keeps_peaks_and_drops_straight_stretches() {
    let mut values = vec![1.0; 20_000];
    values[12_345] = 9.0;
    let chart = chart(&values, false, [0.0, 10.0]);
    let transform = transform(chart.range);
    let lines = pieces(&chart.curves[0].points, &transform);
    assert_eq!(lines.len(), 1);
    let top = lines[0]
        .iter()
        .map(|point| point[1])
        .fold(f32::INFINITY, f32::min);
    assert_eq!(top, transform.position_from_point_y(9.0));
    assert!(lines[0].len() < 80, "{}", lines[0].len());
    let ends = [lines[0][0][0], lines[0][lines[0].len() - 1][0]];
    assert!(ends[0] < 0.1 && ends[1] > 299.5, "{ends:?}");
}

#[test]
fn the_nearest_value_is_found_and_none_after_the_end() {
    let chart = chart(&[4.0, 3.0, 2.0], false, [0.0, 5.0]);
    let at = |x: f64| chart.curves[0].nearest(x).map(|point| point[1]);
    assert_eq!(
        [at(0.0), at(0.6), at(2.2)],
        [Some(4.0), Some(3.0), Some(2.0)]
    );
    assert_eq!(at(9.0), None);
}
