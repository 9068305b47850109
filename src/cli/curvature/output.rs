//! The printed output of `ravine curvature`, as text and as JSON.

use crate::engine::analysis::curvature::{CurvatureSettings, Density, Eigen, Estimate, Report};
use crate::figure::axis::number;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Number of points of the density.
const DENSITY_POINTS: usize = 512;

/// Returns the report as one JSON object.
pub(super) fn json(
    report: &Report,
    settings: &CurvatureSettings,
    rescaled: Option<&(f64, usize, Report)>,
) -> Value {
    let mut object = one(report);
    object["matrix"] = json!(settings.matrix.name());
    if let Some((alpha, layer, report)) = rescaled {
        let mut own = one(report);
        own["alpha"] = json!(alpha);
        own["layer"] = json!(layer);
        object["rescaled"] = own;
    }
    object
}

fn one(report: &Report) -> Value {
    let values = |list: &[Eigen]| list.iter().map(|eigen| eigen.value).collect::<Vec<f64>>();
    let mut object = json!({
        "dim": report.dim,
        "loss": report.loss,
        "grad_norm": report.grad_norm,
        "top": values(&report.top),
        "bottom": values(&report.bottom),
        "condition": match report.condition {
            Some(number) if number.is_infinite() => json!("infinite"),
            number => json!(number),
        },
        "exact": report.exact,
        "products": report.products,
    });
    for (name, estimate) in [("trace", report.trace), ("frobenius", report.frobenius)] {
        if let Some(Estimate { value, error }) = estimate {
            object[name] = json!(value);
            object[format!("{name}_error")] = json!(error);
        }
    }
    if let Some(sharpness) = &report.sharpness {
        let named = sharpness.named().into_iter();
        let mut own: serde_json::Map<_, _> = named
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        own.insert(
            "average_error".to_owned(),
            json!(sharpness.average_direction.error),
        );
        object["sharpness"] = Value::Object(own);
    }
    if !report.layers.is_empty() {
        let layers = report.layers.iter().map(|layer| {
            json!({
                "name": layer.name,
                "dim": layer.dim,
                "lambda_min": layer.extremes[0],
                "lambda_max": layer.extremes[1],
                "trace": layer.trace.value,
                "trace_error": layer.trace.error,
            })
        });
        object["layers"] = layers.collect();
    }
    if let Some(density) = &report.density {
        object["density"] = curve(density);
    }
    object
}

fn curve(density: &Density) -> Value {
    let curve = density.curve(DENSITY_POINTS);
    let column = |k: usize| curve.iter().map(|row| row[k]).collect::<Vec<f64>>();
    json!({"lambda": column(0), "density": column(1), "error": column(2)})
}

/// Writes the report as a text table.
pub(super) fn text(
    title: &str,
    report: &Report,
    settings: &CurvatureSettings,
    rescaled: Option<&(f64, usize, Report)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    heading(title, report, settings, out)?;
    let pair = |name: &str, of: &dyn Fn(&Report) -> String, out: &mut dyn Write| {
        let own = of(report);
        match rescaled {
            Some((_, _, other)) => writeln!(out, "{name:20} {own:>24} {:>24}", of(other)),
            None => writeln!(out, "{name:20} {own}"),
        }
    };
    if let Some((alpha, layer, _)) = rescaled {
        let next = layer + 1;
        writeln!(
            out,
            "{:20} {:>24} {:>24}",
            "",
            "",
            format!("layer {layer} × {alpha}, {next} ÷ {alpha}")
        )?;
    }
    let digits = |value: f64| match value {
        value if value.is_nan() => "unknown".to_owned(),
        value => number(value, 8),
    };
    pair("loss", &|report| digits(report.loss), out)?;
    pair("gradient norm", &|report| digits(report.grad_norm), out)?;
    for (name, list) in [
        ("largest", Report::top_values as fn(&Report) -> Vec<f64>),
        ("smallest", Report::bottom_values),
    ] {
        for k in 0..list(report).len() {
            let of = |report: &Report| {
                list(report)
                    .get(k)
                    .map_or_else(String::new, |value| digits(*value))
            };
            pair(&format!("{name} λ, {}", k + 1), &of, out)?;
        }
    }
    if report.condition.is_some() {
        let of = |report: &Report| match report.condition {
            Some(number) if number.is_infinite() => "infinite: the matrix is singular".to_owned(),
            number => number.map_or_else(String::new, digits),
        };
        pair("condition number", &of, out)?;
    }
    for (name, of) in [
        (
            "trace",
            (|report| report.trace) as fn(&Report) -> Option<Estimate>,
        ),
        ("Frobenius norm", |report| report.frobenius),
    ] {
        if of(report).is_some() {
            pair(
                name,
                &|report| of(report).map_or_else(String::new, estimate),
                out,
            )?;
        }
    }
    for k in 0..6 {
        let named = |report: &Report| report.sharpness.map(|sharpness| sharpness.named()[k]);
        if let Some((name, _)) = named(report) {
            let of = |report: &Report| {
                named(report).map_or_else(String::new, |(_, value)| digits(value))
            };
            pair(name, &of, out)?;
        }
    }
    for (k, layer) in report.layers.iter().enumerate() {
        let of = |report: &Report| {
            report.layers.get(k).map_or_else(String::new, |layer| {
                format!(
                    "{} … {}, trace {}",
                    number(layer.extremes[0], 4),
                    number(layer.extremes[1], 4),
                    number(layer.trace.value, 4)
                )
            })
        };
        pair(&layer.name, &of, out)?;
    }
    if let Some(density) = &report.density {
        let Estimate { value, error } = density.below(0.0);
        let about = if density.exact {
            String::new()
        } else {
            format!(" ± {}", number(100.0 * error, 2))
        };
        writeln!(
            out,
            "{:20} {}{about} % of the eigenvalues",
            "below zero",
            number(100.0 * value, 4)
        )?;
    }
    Ok(())
}

/// Writes the heading: the matrix, the number of parameters, and how the numbers were computed.
fn heading(
    title: &str,
    report: &Report,
    settings: &CurvatureSettings,
    out: &mut dyn Write,
) -> io::Result<()> {
    let exact = if report.exact {
        "all eigenvalues, exact up to rounding".to_owned()
    } else {
        format!(
            "by {} products, to an estimated error of {:e} times the largest magnitude",
            report.products, settings.tolerance
        )
    };
    writeln!(
        out,
        "{title}: {} of {} parameter{}, {exact}",
        settings.matrix.title(),
        report.dim,
        if report.dim == 1 { "" } else { "s" }
    )
}

fn estimate(of: Estimate) -> String {
    if of.error == 0.0 {
        return number(of.value, 8);
    }
    format!("{} ± {}", number(of.value, 5), number(of.error, 2))
}
