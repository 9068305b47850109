//! Table of the numbers of spectra: a line for each quantity, a column for each point.

use super::{Spectrum, subscript};
use crate::engine::analysis::curvature::{Estimate, Report};
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Item, Point};
use crate::figure::layout::LINE_HEIGHT;
use crate::figure::legend_line;
use crate::figure::text_width::fitted;

/// Formats a condition number.
fn condition_text(condition: f64) -> String {
    if condition.is_infinite() {
        return "infinite".to_owned();
    }
    number(condition, 5)
}

/// Returns the lines of the table: the name of a quantity, and its value at each point.
pub(super) fn table_lines(spectra: &[Spectrum]) -> Vec<(String, Vec<String>)> {
    type Getter = Box<dyn Fn(&Report) -> Option<String>>;
    let digits = |value: f64| number(value, 5);
    let estimate_text = move |estimate: Estimate| match estimate.error {
        error if error > 0.0 => format!("{} ± {}", number(estimate.value, 4), number(error, 2)),
        _ => digits(estimate.value),
    };
    let max_len = |list: fn(&Report) -> Vec<f64>| {
        let lens = spectra.iter().map(|spectrum| list(spectrum.report).len());
        lens.max().unwrap_or(0)
    };
    let mut lines: Vec<(String, Getter)> = vec![
        ("loss".to_owned(), Box::new(move |r| Some(digits(r.loss)))),
        (
            "gradient norm".to_owned(),
            Box::new(move |r| Some(digits(r.grad_norm))),
        ),
    ];
    for k in 0..max_len(Report::top_values).min(5) {
        let value = move |report: &Report| report.top_values().get(k).copied().map(digits);
        lines.push((format!("λ{}", subscript(k + 1)), Box::new(value)));
    }
    for k in 0..max_len(Report::bottom_values).min(2) {
        let value = move |report: &Report| report.bottom_values().get(k).copied().map(digits);
        let name = if k == 0 {
            "smallest λ"
        } else {
            "second smallest λ"
        };
        lines.push((name.to_owned(), Box::new(value)));
    }
    lines.push((
        "trace".to_owned(),
        Box::new(move |r| r.trace.map(estimate_text)),
    ));
    lines.push((
        "Frobenius norm".to_owned(),
        Box::new(move |r| r.frobenius.map(estimate_text)),
    ));
    lines.push((
        "condition number".to_owned(),
        Box::new(move |r| r.condition.map(condition_text)),
    ));
    let share_below_zero = move |report: &Report| {
        let Estimate { value, error } = report.density.as_ref()?.below(0.0);
        let percent = Estimate {
            value: 100.0 * value,
            error: 100.0 * error,
        };
        Some(format!("{} %", estimate_text(percent)))
    };
    lines.push(("share below zero".to_owned(), Box::new(share_below_zero)));
    for (k, name) in [
        "SAM, ρ-ball",
        "Keskar's box",
        "random directions",
        "adaptive (ASAM)",
        "adaptive λmax",
    ]
    .into_iter()
    .enumerate()
    {
        let value = move |report: &Report| {
            report
                .sharpness
                .map(|sharpness| digits(sharpness.named()[k + 1].1))
        };
        lines.push((name.to_owned(), Box::new(value)));
    }
    let layers = { spectra.iter() }.map(|spectrum| &spectrum.report.layers);
    for (k, layer) in layers
        .max_by_key(|layers| layers.len())
        .into_iter()
        .flatten()
        .enumerate()
    {
        let value = move |report: &Report| {
            let layer = report.layers.get(k)?;
            Some(format!(
                "{}, trace {}",
                number(layer.extremes[1], 4),
                estimate_text(layer.trace)
            ))
        };
        lines.push((format!("{} λmax", layer.name), Box::new(value)));
    }
    let all = lines.into_iter().map(|(name, value)| {
        let cells: Vec<Option<String>> = { spectra.iter() }
            .map(|spectrum| value(spectrum.report))
            .collect();
        (name, cells)
    });
    let rows = all.filter(|(_, cells)| cells.iter().any(Option::is_some));
    rows.map(|(name, cells)| {
        (
            name,
            cells.into_iter().map(Option::unwrap_or_default).collect(),
        )
    })
    .collect()
}

/// Whether the lines of the table are arranged in two columns: for a single point in a wide area.
pub(super) fn in_two_columns(spectra: &[Spectrum], area: Area) -> bool {
    spectra.len() == 1 && area.width() > 480.0
}

/// Draws the table.
pub(super) fn write_table(
    spectra: &[Spectrum],
    lines: &[(String, Vec<String>)],
    area: Area,
    theme: &Theme,
) -> Vec<Item> {
    const NAME_WIDTH: f32 = 128.0;
    let write = |text: String, at: Point| Item::label(text, at, 12.0, theme.ink);
    #[expect(clippy::cast_precision_loss, reason = "a few columns")]
    let count = spectra.len().max(1) as f32;
    let column = ((area.width() - NAME_WIDTH - 16.0) / count).clamp(84.0, 190.0);
    let mut items = Vec::new();
    let [left, mut y] = [area.min[0] + 8.0, area.min[1] + 12.0];
    if spectra.len() > 1 {
        let mut x = left + NAME_WIDTH;
        for spectrum in spectra {
            items.extend(legend_line([x, y], spectrum.style_index, theme));
            items.push(write(
                fitted(spectrum.name, 12.0, column - 42.0),
                [x + 36.0, y],
            ));
            x += column;
        }
        y += LINE_HEIGHT;
    }
    let two_columns = in_two_columns(spectra, area);
    let half = if two_columns {
        lines.len().div_ceil(2)
    } else {
        lines.len()
    };
    for (k, (name, cells)) in lines.iter().enumerate() {
        let shift = if two_columns && k >= half {
            area.width() * 0.5
        } else {
            0.0
        };
        #[expect(clippy::cast_precision_loss, reason = "about twenty lines")]
        let at = [left + shift, y + LINE_HEIGHT * (k % half.max(1)) as f32];
        items.push(write(fitted(name, 12.0, NAME_WIDTH - 6.0), at));
        let mut x = at[0] + NAME_WIDTH;
        for cell in cells {
            items.push(write(fitted(cell, 12.0, column - 6.0), [x, at[1]]));
            x += column;
        }
    }
    items
}
