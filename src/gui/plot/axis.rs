//! Ticks of the charts' axes: round values, with labels as in exported figures.

use crate::figure::axis::{Axis, Tick, Ticks, max_ticks, number};
use crate::figure::colour::Theme;
use crate::gui::paint;
use eframe::egui;
use egui_plot::{AxisHints, GridInput, GridMark};
use std::cell::RefCell;
use std::rc::Rc;

/// The labels of an axis by coordinate, and their common factor and offset, known once the axis has been laid out.
pub(super) type Labels = Rc<RefCell<AxisLabels>>;

/// The labels of an axis.
#[derive(Default)]
pub(super) struct AxisLabels {
    marks: Vec<(f64, String)>,
    /// Common factor and offset; usually empty.
    pub offset: String,
}

/// Spacing below which `egui_plot` hides grid lines, in points; lines of twice the spacing have the full colour.
const HIDDEN: f64 = 8.0;

/// Returns the ticks of an axis over a range of coordinates and `length` points, one at most for each `spacing` points.
fn ticks(range: [f64; 2], log: bool, length: f32, spacing: f32) -> Ticks {
    let axis = if log {
        Axis::log(range.map(|end| 10_f64.powf(end)))
    } else {
        Axis::linear(range)
    };
    let mut ticks = axis.ticks(max_ticks(length, spacing));
    for Tick { label, .. } in &mut ticks.ticks {
        match label.as_str() {
            "10⁰" => "1".clone_into(label),
            "10¹" => "10".clone_into(label),
            _ => {}
        }
    }
    ticks
}

/// Returns the function that lays out grid lines, and leaves their labels in `labels`. Logarithmic axes with space have faint lines at 2 and
/// 5 between powers of ten.
pub(super) fn grid_spacer(
    log: bool,
    spacing: f32,
    labels: &Labels,
) -> impl Fn(GridInput) -> Vec<GridMark> + use<> {
    let labels = Rc::clone(labels);
    move |input| {
        let (low, high) = input.bounds;
        let per_point = input.base_step_size / HIDDEN;
        #[expect(clippy::cast_possible_truncation, reason = "a length on screen")]
        let length = ((high - low) / per_point) as f32;
        if !length.is_finite() || length <= 0.0 {
            return Vec::new();
        }
        let Ticks { ticks, offset } = ticks([low, high], log, length, spacing);
        let coordinate = |value: f64| if log { value.log10() } else { value };
        let marks = ticks
            .into_iter()
            .map(|tick| (coordinate(tick.value), tick.label));
        let marks: Vec<(f64, String)> = marks.filter(|(at, _)| (low..=high).contains(at)).collect();
        let mut grid: Vec<GridMark> = marks
            .iter()
            .map(|(value, _)| GridMark {
                value: *value,
                step_size: 100.0 * input.base_step_size,
            })
            .collect();
        let marks_before = marks.len();
        let mut marks = marks;
        let decade_is = |points: f64| points * per_point < 1.0;
        // Labels where there are few others.
        let labelled = match marks_before {
            0 | 1 => decade_is(30.0),
            2 | 3 => decade_is(90.0),
            _ => false,
        };
        if log && (labelled || decade_is(45.0)) && high - low < 12.0 {
            for decade in grid_decades(low, high) {
                for mantissa in [2.0_f64, 5.0] {
                    let value = decade + mantissa.log10();
                    if grid.iter().all(|mark| (mark.value - value).abs() > 1e-6) {
                        let faint = if labelled { 100.0 } else { 1.25 };
                        if labelled && (low..=high).contains(&value) {
                            marks.push((value, number(10_f64.powf(value), 1)));
                        }
                        let step_size = faint * input.base_step_size;
                        grid.push(GridMark { value, step_size });
                    }
                }
            }
        }
        *labels.borrow_mut() = AxisLabels { marks, offset };
        grid
    }
}

fn grid_decades(low: f64, high: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(low.floor()), |decade| Some(decade + 1.0))
        .take_while(move |decade| *decade <= high)
}

/// Returns the settings of the x axis, 0, or the y axis, 1.
pub(super) fn axis_hints(
    axis: usize,
    labels: &Labels,
    font: f32,
    theme: &Theme,
) -> AxisHints<'static> {
    let labels = Rc::clone(labels);
    let (hints, thickness) = if axis == 0 {
        (AxisHints::new_x(), 1.4 * font)
    } else {
        (AxisHints::new_y(), 4.4 * font)
    };
    hints
        .label("")
        .min_thickness(thickness)
        .label_spacing(1.0..=2.0)
        .tick_label_color(paint::colour(theme.ink))
        .tick_label_font(egui::FontId::proportional(font))
        .formatter(move |mark, _| {
            let labels = labels.borrow();
            let own = labels.marks.iter().find(|(at, _)| *at == mark.value);
            own.map_or_else(String::new, |(_, label)| label.clone())
        })
}
