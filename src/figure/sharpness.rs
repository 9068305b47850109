//! One page of charts of loss and sharpness along runs, with their stability limits.

use super::chart::{Chart, Series, Style};
use super::colour::Theme;
use super::drawing::{Area, Drawing, Item, Point};
use super::layout::page;
use super::legend_line;
use super::text_width::fitted;
use crate::engine::numeric::real;

/// Sharpness of a run at the steps where it was measured; NaN where a number is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SharpnessSeries {
    /// Name of the run.
    pub name: String,
    /// The steps.
    pub steps: Vec<u64>,
    /// The losses at these steps.
    pub loss: Vec<f64>,
    /// λmax of the Hessian, and the stability limit for it.
    pub lambda_max: [Vec<f64>; 2],
    /// λmax of the Hessian divided by the preconditioner, and the stability limit for it.
    pub preconditioned: [Vec<f64>; 2],
}

/// Returns a run's lines in a chart: the measured values, then their limit.
type Lines = fn(&SharpnessSeries) -> Vec<&[f64]>;

/// Draws charts of loss and sharpness one below the other, with dotted limits; that of the preconditioned Hessian only if any run has values for it.
pub fn picture(
    runs: &[SharpnessSeries],
    title: &str,
    caption: &str,
    size: [f32; 2],
    theme: &Theme,
) -> Drawing {
    let [width, height] = size;
    let mut items = page(size, theme);
    let write = |text: String, at: Point, size: f32| Item::label(text, at, size, theme.ink);
    items.push(write(title.to_owned(), [18.0, 20.0], 15.0));
    items.push(write(caption.to_owned(), [18.0, height - 14.0], 11.0));
    let steps: Vec<Vec<f64>> = { runs.iter() }
        .map(|run| run.steps.iter().map(|step| real(*step)).collect())
        .collect();
    let last = steps.iter().flatten().copied().fold(1.0, f64::max);
    let charts: [(&str, bool, Lines); 3] = [
        ("loss", true, |run| vec![&run.loss]),
        ("sharpness λmax; dotted: stability limit", false, |run| {
            run.lambda_max.iter().map(Vec::as_slice).collect()
        }),
        ("λmax preconditioned; dotted: its limit", false, |run| {
            run.preconditioned.iter().map(Vec::as_slice).collect()
        }),
    ];
    let has_values = |lines: Lines| {
        let mut measured = runs.iter().filter_map(|run| lines(run).first().copied());
        measured.any(|values| values.iter().any(|value| value.is_finite()))
    };
    let charts: Vec<_> = { charts.into_iter() }
        .filter(|(.., lines)| has_values(*lines))
        .collect();
    let legend = (0.28 * width).clamp(140.0, 260.0);
    let mut top = 34.0;
    #[expect(clippy::cast_precision_loss, reason = "at most three charts")]
    let chart_height = (height - 34.0 - 30.0) / charts.len().max(1) as f32;
    for (title, log, lines) in charts {
        let chart = Chart {
            area: Area::new([12.0, top], [width - legend - 12.0, top + chart_height]),
            title,
            x_label: "step",
            x_range: [0.0, last],
            log,
            theme,
        };
        top += chart_height;
        let (mut series, mut styles) = (Vec::new(), Vec::new());
        for (style_index, (run, x)) in runs.iter().zip(&steps).enumerate() {
            for (index, values) in lines(run).into_iter().enumerate() {
                series.push(Series {
                    x,
                    values,
                    opaque_len: values.len(),
                    style_index,
                    limit: index > 0,
                });
                styles.push(if index > 0 { Style::Limit } else { Style::Own });
            }
        }
        items.extend(chart.draw_with_styles(&series, &styles));
    }
    let mut at = [width - legend, 60.0];
    for (style_index, run) in runs.iter().enumerate() {
        items.extend(legend_line(at, style_index, theme));
        items.push(write(
            fitted(&run.name, 12.0, width - at[0] - 44.0),
            [at[0] + 40.0, at[1]],
            12.0,
        ));
        at[1] += 20.0;
    }
    Drawing::new(size, items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::drawing::words;

    #[test]
    fn only_charts_with_values_are_drawn() {
        let run = SharpnessSeries {
            name: "sgd:lr=0.1".to_owned(),
            steps: vec![0, 10, 20],
            loss: vec![1.0, 0.5, 0.25],
            lambda_max: [vec![5.0, 15.0, 20.0], vec![20.0; 3]],
            preconditioned: [vec![f64::NAN; 3], vec![f64::NAN; 3]],
        };
        let texts = |runs: &[SharpnessSeries]| {
            let drawing = picture(runs, "title", "caption", [600.0, 500.0], &Theme::LIGHT);
            words(&drawing.items)
        };
        let drawn = texts(std::slice::from_ref(&run));
        assert!(drawn.iter().any(|text| text.starts_with("sharpness")));
        assert!(!drawn.iter().any(|text| text.contains("preconditioned")));
        assert!(drawn.contains(&"sgd:lr=0.1".to_owned()));
        let adaptive = SharpnessSeries {
            preconditioned: [vec![1.0; 3], vec![38.0; 3]],
            ..run
        };
        assert!(
            texts(&[adaptive])
                .iter()
                .any(|text| text.contains("preconditioned"))
        );
        assert_eq!(texts(&[]).len(), 2);
    }
}
