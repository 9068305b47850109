//! How sharp the loss is along runs, beside where their steps begin to grow: one page.

use super::chart::{Chart, Series, Style};
use super::colour::Theme;
use super::drawing::{Area, Drawing, Item, Point};
use super::layout::page;
use super::{legend_line, shortened};
use crate::engine::numeric::real;

/// A run where it was measured. What is not known is NaN.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SharpnessSeries {
    /// What it is called.
    pub name: String,
    /// The steps.
    pub steps: Vec<u64>,
    /// The losses there.
    pub loss: Vec<f64>,
    /// The Hessian's largest eigenvalue, and where steps grow with it.
    pub lambda_max: [Vec<f64>; 2],
    /// The same of the Hessian divided by the preconditioner.
    pub preconditioned: [Vec<f64>; 2],
}

/// The lines of a chart that are a run's.
type Getter = fn(&SharpnessSeries) -> Vec<&[f64]>;

/// Charts of loss and sharpness below each other, with the limits dotted; that of the preconditioned Hessian only where there is one.
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
    let charts: [(&str, bool, Getter); 3] = [
        ("loss", true, |run| vec![&run.loss]),
        ("sharpness λmax; dotted: stability limit", false, |run| {
            run.lambda_max.iter().map(Vec::as_slice).collect()
        }),
        ("λmax preconditioned; dotted: its limit", false, |run| {
            run.preconditioned.iter().map(Vec::as_slice).collect()
        }),
    ];
    let known = |of: Getter| {
        let mut values = runs.iter().filter_map(|run| of(run).first().copied());
        values.any(|values| values.iter().any(|value| value.is_finite()))
    };
    let charts: Vec<_> = charts.into_iter().filter(|(.., of)| known(*of)).collect();
    let legend = (0.28 * width).clamp(140.0, 260.0);
    let mut top = 34.0;
    #[expect(clippy::cast_precision_loss, reason = "three charts at most")]
    let each = (height - 34.0 - 30.0) / charts.len().max(1) as f32;
    for (title, log, of) in charts {
        let chart = Chart {
            area: Area::new([12.0, top], [width - legend - 12.0, top + each]),
            title,
            across: "step",
            reach: [0.0, last],
            log,
            theme,
        };
        top += each;
        let (mut series, mut styles) = (Vec::new(), Vec::new());
        for (look, (run, x)) in runs.iter().zip(&steps).enumerate() {
            for (place, values) in of(run).into_iter().enumerate() {
                series.push(Series {
                    x,
                    values,
                    strong: values.len(),
                    style_index: look,
                    limit: place > 0,
                });
                styles.push(if place > 0 { Style::Limit } else { Style::Own });
            }
        }
        items.extend(chart.draw_as(&series, &styles));
    }
    let mut at = [width - legend, 60.0];
    for (look, run) in runs.iter().enumerate() {
        items.extend(legend_line(at, look, theme));
        items.push(write(shortened(&run.name, 26), [at[0] + 40.0, at[1]], 12.0));
        at[1] += 20.0;
    }
    Drawing { size, items }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_drawn() {
        let run = SharpnessSeries {
            name: "sgd:lr=0.1".to_owned(),
            steps: vec![0, 10, 20],
            loss: vec![1.0, 0.5, 0.25],
            lambda_max: [vec![5.0, 15.0, 20.0], vec![20.0; 3]],
            preconditioned: [vec![f64::NAN; 3], vec![f64::NAN; 3]],
        };
        let texts = |runs: &[SharpnessSeries]| {
            let drawing = picture(runs, "title", "caption", [600.0, 500.0], &Theme::LIGHT);
            let text = |item: &Item| match item {
                Item::Text(text) => Some(text.text.clone()),
                _ => None,
            };
            drawing.items.iter().filter_map(text).collect::<Vec<_>>()
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
