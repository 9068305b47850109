//! The numbers of spectra: a line for each, a column for each place.

use super::{Spectrum, subscript};
use crate::engine::analysis::curvature::{Estimate, Report};
use crate::figure::axis::number;
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Item, Point};
use crate::figure::{legend_line, shortened};

/// Height of a line of the table.
pub(super) const LINE_HEIGHT: f32 = 16.0;

/// A condition number in words.
fn condition(number_of: f64) -> String {
    if number_of.is_infinite() {
        return "infinite".to_owned();
    }
    number(number_of, 5)
}

/// The lines of the table: what a number is called, and the number for each place.
pub(super) fn table_lines(spectra: &[Spectrum]) -> Vec<(String, Vec<String>)> {
    type Getter = Box<dyn Fn(&Report) -> Option<String>>;
    let digits = |value: f64| number(value, 5);
    let about = move |estimate: Estimate| match estimate.error {
        error if error > 0.0 => format!("{} ± {}", number(estimate.value, 4), number(error, 2)),
        _ => digits(estimate.value),
    };
    let most = |list: fn(&Report) -> Vec<f64>| {
        { spectra.iter() }
            .map(|s| list(s.report).len())
            .max()
            .unwrap_or(0)
    };
    let mut lines: Vec<(String, Getter)> = vec![
        ("loss".to_owned(), Box::new(move |r| Some(digits(r.loss)))),
        (
            "gradient norm".to_owned(),
            Box::new(move |r| Some(digits(r.grad_norm))),
        ),
    ];
    for k in 0..most(Report::top_values).min(5) {
        let of = move |report: &Report| report.top_values().get(k).copied().map(digits);
        lines.push((format!("λ{}", subscript(k + 1)), Box::new(of)));
    }
    for k in 0..most(Report::bottom_values).min(2) {
        let of = move |report: &Report| report.bottom_values().get(k).copied().map(digits);
        let name = if k == 0 { "smallest λ" } else { "the next" };
        lines.push((name.to_owned(), Box::new(of)));
    }
    lines.push(("trace".to_owned(), Box::new(move |r| r.trace.map(about))));
    lines.push((
        "Frobenius norm".to_owned(),
        Box::new(move |r| r.frobenius.map(about)),
    ));
    lines.push((
        "condition number".to_owned(),
        Box::new(move |r| r.condition.map(condition)),
    ));
    let below = move |report: &Report| {
        let Estimate { value, error } = report.density.as_ref()?.below(0.0);
        let percent = Estimate {
            value: 100.0 * value,
            error: 100.0 * error,
        };
        Some(format!("{} %", about(percent)))
    };
    lines.push(("below zero".to_owned(), Box::new(below)));
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
        let of = move |report: &Report| {
            report
                .sharpness
                .map(|sharpness| digits(sharpness.named()[k + 1].1))
        };
        lines.push((name.to_owned(), Box::new(of)));
    }
    let layers = { spectra.iter() }.map(|spectrum| &spectrum.report.layers);
    for (k, layer) in layers
        .max_by_key(|layers| layers.len())
        .into_iter()
        .flatten()
        .enumerate()
    {
        let of = move |report: &Report| {
            let layer = report.layers.get(k)?;
            Some(format!(
                "{}, trace {}",
                number(layer.extremes[1], 4),
                about(layer.trace)
            ))
        };
        lines.push((format!("{} λmax", layer.name), Box::new(of)));
    }
    let all = lines.into_iter().map(|(name, of)| {
        let cells: Vec<Option<String>> =
            spectra.iter().map(|spectrum| of(spectrum.report)).collect();
        (name, cells)
    });
    let known = all.filter(|(_, cells)| cells.iter().any(Option::is_some));
    known
        .map(|(name, cells)| {
            (
                name,
                cells.into_iter().map(Option::unwrap_or_default).collect(),
            )
        })
        .collect()
}

/// Whether the lines of the table stand in two columns.
pub(super) fn in_two_columns(spectra: &[Spectrum], area: Area) -> bool {
    spectra.len() == 1 && area.width() > 480.0
}

/// The table, in two columns of lines where one place alone leaves room.
pub(super) fn write_table(
    spectra: &[Spectrum],
    lines: &[(String, Vec<String>)],
    area: Area,
    theme: &Theme,
) -> Vec<Item> {
    const NAME: f32 = 128.0;
    let write = |text: String, at: Point| Item::label(text, at, 12.0, theme.ink);
    #[expect(clippy::cast_precision_loss, reason = "a few columns")]
    let count = spectra.len().max(1) as f32;
    let column = ((area.width() - NAME - 16.0) / count).clamp(84.0, 190.0);
    let mut items = Vec::new();
    let [left, mut y] = [area.min[0] + 8.0, area.min[1] + 12.0];
    if spectra.len() > 1 {
        let mut x = left + NAME;
        for spectrum in spectra {
            items.extend(legend_line([x, y], spectrum.style_index, theme));
            items.push(write(shortened(spectrum.name, 16), [x + 36.0, y]));
            x += column;
        }
        y += LINE_HEIGHT;
    }
    let two = in_two_columns(spectra, area);
    let half = if two {
        lines.len().div_ceil(2)
    } else {
        lines.len()
    };
    for (k, (name, cells)) in lines.iter().enumerate() {
        let shift = if two && k >= half {
            area.width() * 0.5
        } else {
            0.0
        };
        #[expect(clippy::cast_precision_loss, reason = "some twenty lines")]
        let at = [left + shift, y + LINE_HEIGHT * (k % half.max(1)) as f32];
        items.push(write(name.clone(), at));
        let mut x = at[0] + NAME;
        for cell in cells {
            items.push(write(cell.clone(), [x, at[1]]));
            x += column;
        }
    }
    items
}
