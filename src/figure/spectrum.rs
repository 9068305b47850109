//! Spectrum of a curvature matrix: density of eigenvalues, extremal eigenvalues, and a table of sharpness measures.

mod table;

use super::chart::{Chart, Series, Style};
use super::colour::{Theme, run_colour};
use super::drawing::{Anchor, Area, Drawing, Item, Text};
use super::layout::LINE_HEIGHT;
use super::page;
use super::trail::line;
use crate::engine::analysis::curvature::{CurvatureSettings, Density, Report};
use table::{in_two_columns, table_lines, write_table};

/// Number of points that the density is drawn through.
const DENSITY_POINTS: usize = 700;

/// Densities below this share of the peak are not drawn.
const MIN_RELATIVE_DENSITY: f64 = 1e-7;

/// The curvature at one point of parameter space.
pub struct Spectrum<'a> {
    /// Name of the point.
    pub name: &'a str,
    /// Index into the colours and dashes of runs.
    pub style_index: usize,
    /// The results so far.
    pub report: &'a Report,
}

/// Draws the densities in one chart, with the largest and the smallest eigenvalues as sticks, and a table of all numbers below it.
pub fn draw(spectra: &[Spectrum], area: Area, theme: &Theme) -> Vec<Item> {
    let (chart, table) = with_table(spectra, area, theme);
    let mut items = densities(spectra, chart, theme);
    items.extend(table);
    items
}

/// Draws the table of all numbers at the bottom of an area; returns the area above it and the table.
pub fn with_table(spectra: &[Spectrum], area: Area, theme: &Theme) -> (Area, Vec<Item>) {
    let lines = table_lines(spectra);
    let rows = if in_two_columns(spectra, area) {
        lines.len().div_ceil(2)
    } else {
        lines.len() + 1
    };
    #[expect(clippy::cast_precision_loss, reason = "about twenty lines")]
    let height = (LINE_HEIGHT * rows as f32 + 14.0).min(0.62 * area.height());
    let (chart, table) = (
        Area::new(area.min, [area.max[0], area.max[1] - height]),
        Area::new([area.min[0], area.max[1] - height], area.max),
    );
    let table = Item::Clipped {
        area: table,
        items: write_table(spectra, &lines, table, theme),
    };
    (chart, vec![table])
}

fn densities(spectra: &[Spectrum], area: Area, theme: &Theme) -> Vec<Item> {
    let Some([low, high]) = eigenvalue_range(spectra) else {
        return Vec::new();
    };
    let columns = density_columns(spectra);
    let mut series = Vec::new();
    let mut styles = Vec::new();
    for ([x, middle, below, above], spectrum) in columns.iter().zip(spectra) {
        let exact = spectrum
            .report
            .density
            .as_ref()
            .is_none_or(|density| density.exact);
        for (values, style) in [
            (middle, Style::Own),
            (below, Style::Limit),
            (above, Style::Limit),
        ] {
            if style == Style::Limit && exact {
                continue;
            }
            // All points are opaque: a marker at the end of a part would suggest that its position matters.
            series.push(Series {
                x,
                values,
                opaque_len: values.len(),
                style_index: spectrum.style_index,
                limit: style == Style::Limit,
            });
            styles.push(style);
        }
    }
    let errors = styles.contains(&Style::Limit);
    let chart = Chart {
        area,
        title: if errors {
            "density of eigenvalues; dotted: ± its standard error"
        } else {
            "density of eigenvalues"
        },
        x_label: "λ",
        x_range: [low, high],
        log: true,
        theme,
    };
    let mut items = chart.draw_with_styles(&series, &styles);
    items.push(Item::Clipped {
        area: chart.plot(),
        items: sticks(spectra, [low, high], chart.plot(), theme),
    });
    items
}

/// Returns λ, the density, and the density minus and plus its standard error, for each spectrum; NaN where the density is too low to draw.
pub fn density_columns(spectra: &[Spectrum]) -> Vec<[Vec<f64>; 4]> {
    let curves: Vec<Vec<[f64; 3]>> = { spectra.iter() }
        .map(|spectrum| {
            spectrum
                .report
                .density
                .as_ref()
                .map_or_else(Vec::new, |density| density.curve(DENSITY_POINTS))
        })
        .collect();
    let peak = { curves.iter().flatten() }.fold(0.0, |peak: f64, row| peak.max(row[1]));
    let columns = curves.iter().map(|curve| {
        let drawable = |value: f64| {
            if value > MIN_RELATIVE_DENSITY * peak {
                value
            } else {
                f64::NAN
            }
        };
        let column = |value: &dyn Fn(&[f64; 3]) -> f64| curve.iter().map(value).collect();
        [
            column(&|row| row[0]),
            column(&|row| drawable(row[1])),
            column(&|row| drawable(row[1] - row[2])),
            column(&|row| drawable(row[1] + row[2])),
        ]
    });
    columns.collect()
}

/// Draws the extremal eigenvalues as sticks at the bottom of the chart, with their names where they do not overlap.
pub fn sticks(spectra: &[Spectrum], [low, high]: [f64; 2], plot: Area, theme: &Theme) -> Vec<Item> {
    let mut items = Vec::new();
    let x_of = |value: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a position in a picture")]
        let share = ((value - low) / (high - low)) as f32;
        plot.min[0] + share * plot.width()
    };
    if low < 0.0 && high > 0.0 {
        let x = x_of(0.0);
        items.push(line(
            vec![[x, plot.min[1]], [x, plot.max[1]]],
            1.0,
            theme.ink.opacity(0.5),
            &[],
        ));
    }
    let mut taken: Vec<f32> = Vec::new();
    for spectrum in spectra {
        let colour = run_colour(spectrum.style_index, theme);
        let top = spectrum.report.top_values();
        let bottom = spectrum.report.bottom_values();
        for value in top.iter().chain(&bottom) {
            let x = x_of(*value);
            items.push(line(
                vec![[x, plot.max[1] - 16.0], [x, plot.max[1]]],
                1.8,
                colour,
                &[],
            ));
        }
        for (rank, value) in top.iter().enumerate() {
            let x = x_of(*value);
            if taken.iter().any(|other| (other - x).abs() < 24.0) {
                continue;
            }
            taken.push(x);
            let near_border = x + 12.0 > plot.max[0];
            let (x, anchor) = if near_border {
                (x - 3.0, Anchor::End)
            } else {
                (x, Anchor::Middle)
            };
            let name = format!("λ{}", subscript(rank + 1));
            let text = Text::new(name, [x, plot.max[1] - 24.0], anchor, 12.0, colour);
            items.push(Item::Text(text.with_halo(theme.background)));
        }
    }
    items
}

fn subscript(number: usize) -> String {
    let digit = |digit: char| char::from_u32('₀' as u32 + digit.to_digit(10).unwrap_or(0));
    number.to_string().chars().filter_map(digit).collect()
}

/// Returns the range of all spectra, with a margin; `None` without finite eigenvalues.
pub fn eigenvalue_range(spectra: &[Spectrum]) -> Option<[f64; 2]> {
    let ends = spectra.iter().flat_map(|spectrum| {
        let report = spectrum.report;
        let all = report.density.as_ref().and_then(Density::range);
        let ends = report
            .top_values()
            .into_iter()
            .chain(report.bottom_values());
        ends.chain(all.into_iter().flatten())
    });
    let ends = ends.filter(|value| value.is_finite());
    let [low, high] = ends.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        [low.min(value), high.max(value)]
    });
    let margin = (0.06 * (high - low))
        .max(1e-6 * high.abs().max(low.abs()))
        .max(if low == 0.0 && high == 0.0 {
            1e-8
        } else {
            f64::MIN_POSITIVE
        });
    (low <= high).then_some([low - margin, high + margin])
}

/// Draws a page about the curvature at one point.
pub fn picture(
    report: &Report,
    settings: &CurvatureSettings,
    title: &str,
    size: [f32; 2],
    theme: &Theme,
) -> Drawing {
    let spectrum = Spectrum {
        name: title,
        style_index: 0,
        report,
    };
    picture_of_several(&[spectrum], settings, title, size, theme)
}

/// Draws a page about the curvature at several points, with one title.
pub fn picture_of_several(
    spectra: &[Spectrum],
    settings: &CurvatureSettings,
    title: &str,
    size: [f32; 2],
    theme: &Theme,
) -> Drawing {
    let [width, height] = size;
    let mut items = page(size, theme);
    let title = format!("Curvature   {title}");
    items.push(Item::title(title, [18.0, 20.0], theme.ink));
    let dim = spectra.first().map_or(0, |spectrum| spectrum.report.dim);
    let method = if spectra.iter().all(|spectrum| spectrum.report.exact) {
        format!("All {dim} eigenvalues of the {}.", settings.matrix.title())
    } else {
        format!(
            "The {} in {dim} parameters: eigenvalues by Lanczos' method, density from {} random vectors and {} products for each, seed {}.",
            settings.matrix.title(),
            settings.vectors,
            settings.steps,
            settings.seed
        )
    };
    let parameters = format!(
        "Sharpness: SAM and random directions with ρ = {}, ASAM with {}, Keskar's box with ε = {}.",
        settings.rho, settings.adaptive_rho, settings.box_size
    );
    items.push(Item::caption(method, [18.0, height - 30.0], theme.ink));
    items.push(Item::caption(parameters, [18.0, height - 14.0], theme.ink));
    let area = Area::new([12.0, 34.0], [width - 14.0, height - 44.0]);
    items.extend(draw(spectra, area, theme));
    Drawing::new(size, items)
}
