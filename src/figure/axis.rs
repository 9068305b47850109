//! Axes: positions of values, round ticks, and numbers formatted for people.

use crate::engine::numeric::real;
use std::fmt::Write;

/// A mapping from values to positions between 0 and 1, linear or logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// The values at positions 0 and 1; on a logarithmic axis their logarithms to base 10.
    ends: [f64; 2],
    log: bool,
}

/// A labelled position on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// The label.
    pub label: String,
}

/// The ticks of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ticks {
    /// By ascending value.
    pub ticks: Vec<Tick>,
    /// Common factor and offset of the labels, such as "×10⁻⁹ + 1", to be written once at the end of the axis; usually empty.
    pub offset: String,
}

/// Maximal number of decades of a logarithmic axis whose low end is not positive.
const DECADES: f64 = 12.0;

/// Returns how many ticks fit along `length`, where each needs `each`: 2 to 20.
pub fn max_ticks(length: f32, each: f32) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    let count = (length / each).clamp(2.0, 20.0) as usize;
    count
}

impl Axis {
    /// Creates an axis on which equal differences are equally long. Ends that are equal or not finite are widened or replaced, so that the axis is usable.
    pub fn linear([low, high]: [f64; 2]) -> Self {
        let [low, high] = [low, high].map(|end| {
            if end.is_finite() {
                end.clamp(-1e300, 1e300)
            } else {
                0.0
            }
        });
        let width = (low.abs().max(high.abs()) * 1e-13).max(1e-290);
        let ends = if (high - low).abs() > width {
            [low, high]
        } else {
            [low - half(low), low + half(low)]
        };
        Self { ends, log: false }
    }

    /// Creates an axis on which equal ratios are equally long. A low end that is not positive is replaced by a small fraction of the high one.
    pub fn log([low, high]: [f64; 2]) -> Self {
        let high = if high.is_finite() && high > 0.0 {
            high
        } else {
            1.0
        };
        let low = if low.is_finite() && low > 0.0 {
            low
        } else {
            high * 10_f64.powf(-DECADES)
        };
        let [low, high] = [low, high].map(|end| end.clamp(1e-300, 1e300).log10());
        Self {
            ends: if (high - low).abs() > 1e-12 {
                [low, high]
            } else {
                [low - 0.5, low + 0.5]
            },
            log: true,
        }
    }

    /// Whether the axis is logarithmic.
    pub fn is_log(&self) -> bool {
        self.log
    }

    /// Returns the position of a value, 0 at the first end and 1 at the second, beyond that range outside the ends. On a logarithmic axis
    /// values that are not positive are at −∞.
    pub fn position(&self, value: f64) -> f64 {
        let [low, high] = self.ends;
        let coordinate = if self.log {
            value.max(0.0).log10()
        } else {
            value
        };
        if value.is_nan() {
            value
        } else {
            (coordinate - low) / (high - low)
        }
    }

    /// Returns the value at a position.
    pub fn value(&self, position: f64) -> f64 {
        let [low, high] = self.ends;
        let coordinate = low + position * (high - low);
        if self.log {
            10_f64.powf(coordinate)
        } else {
            coordinate
        }
    }

    /// Returns at most `max_count` ticks at round values between the ends; at least two if `max_count` is 5 or more.
    pub fn ticks(&self, max_count: usize) -> Ticks {
        let [low, high] = [
            self.ends[0].min(self.ends[1]),
            self.ends[0].max(self.ends[1]),
        ];
        if max_count == 0 {
            return Ticks::default();
        }
        if !self.log {
            return linear_ticks(low, high, max_count);
        }
        if (high - low) * 3.0 > real(max_count) || high - low >= 2.0 {
            return decades(low, high, max_count);
        }
        let [from, to] = [10_f64.powf(low), 10_f64.powf(high)];
        let inside = |value: &f64| (low - 1e-9..=high + 1e-9).contains(&value.log10());
        for mantissas in [
            &[1.0, 2.0, 3.0, 5.0, 7.0][..],
            &[1.0, 2.0, 5.0],
            &[1.0, 3.0],
            &[1.0],
        ] {
            let exponents = whole(low.floor())..=whole(high.floor());
            let values = exponents
                .flat_map(|k| mantissas.iter().map(move |m| decimal(*m, k)))
                .filter(inside);
            let ticks: Vec<Tick> = values
                .map(|value| Tick {
                    value,
                    label: number(value, 6),
                })
                .collect();
            if ticks.len() < 2 {
                break;
            }
            if ticks.len() <= max_count {
                return Ticks {
                    ticks,
                    offset: String::new(),
                };
            }
        }
        linear_ticks(from, to, max_count)
    }
}

/// Returns half the width of an axis that has only one value.
fn half(value: f64) -> f64 {
    if value == 0.0 {
        1.0
    } else {
        0.5 * value.abs().max(1e-280)
    }
}

/// Returns ticks at multiples of 1, 2 or 5 · 10^k.
fn linear_ticks(low: f64, high: f64, max_count: usize) -> Ticks {
    let rough = (high / real(max_count)) - (low / real(max_count));
    let mut exponent = whole(rough.log10().floor());
    let mut steps = [1.0, 2.0, 5.0].into_iter().cycle();
    let (mantissa, first, last) = loop {
        let Some(mantissa) = steps.next() else {
            return Ticks::default();
        };
        let step = decimal(mantissa, exponent);
        // A tick outside the ends by a rounding error counts as inside.
        let [first, last] = [(low / step - 1e-9).ceil(), (high / step + 1e-9).floor()];
        if last - first < real(max_count) {
            break (mantissa, first, last);
        }
        exponent += i32::from(mantissa > 4.0);
    };
    // In units of 10^exponent all ticks are whole numbers, so that labels are exact at any zoom.
    let units: Vec<f64> = (0..max_count)
        .map(|k| (first + real(k)) * mantissa)
        .filter(|&unit| unit <= last * mantissa)
        .collect();
    let largest = units.iter().fold(0.0_f64, |a, unit| a.max(unit.abs()));
    if largest == 0.0 {
        let ticks = units
            .into_iter()
            .map(|_| Tick {
                value: 0.0,
                label: "0".to_owned(),
            })
            .collect();
        return Ticks {
            ticks,
            offset: String::new(),
        };
    }
    let digits = whole(largest.log10().floor());
    let span = whole((last - first).max(1.0).log10().floor() + mantissa.log10()) + 1;
    let base = if digits > 4 && digits > span + 1 {
        let block = 10_f64.powi(span + 1);
        (0.5 * (units[0] + units[units.len() - 1]) / block).round() * block
    } else {
        0.0
    };
    // The power of ten of the largest label's first digit decides whether a common factor is left out.
    let max_unit = units
        .iter()
        .fold(0.0_f64, |a, unit| a.max((unit - base).abs()))
        .max(1.0);
    let leading = whole(max_unit.log10().floor()) + exponent;
    let factor = if (-3..5).contains(&leading) {
        0
    } else if base == 0.0 {
        leading
    } else {
        exponent
    };
    let decimals = usize::try_from(factor - exponent).unwrap_or(0);
    let label = |unit: f64| {
        signed(format!(
            "{:.decimals$}",
            decimal(unit - base, exponent - factor)
        ))
    };
    let ticks = units
        .iter()
        .map(|&unit| Tick {
            value: decimal(unit, exponent),
            label: label(unit),
        })
        .collect();
    let mut offset = if factor == 0 {
        String::new()
    } else {
        format!("×{}", power(factor))
    };
    if base != 0.0 {
        let sign = if base < 0.0 { '−' } else { '+' };
        let gap = if offset.is_empty() { "" } else { " " };
        let _ = write!(
            offset,
            "{gap}{sign} {}",
            number(
                decimal(base.abs(), exponent),
                usize::try_from(digits - span).unwrap_or(1)
            )
        );
    }
    Ticks { ticks, offset }
}

/// Returns ticks at powers of ten, every n-th where there are many.
fn decades(low: f64, high: f64, max_count: usize) -> Ticks {
    let [first, last] = [whole((low - 1e-9).ceil()), whole((high + 1e-9).floor())];
    let skip = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500]
        .into_iter()
        .find(|skip| {
            let count = last.div_euclid(*skip) - (first - 1).div_euclid(*skip);
            usize::try_from(count).is_ok_and(|count| count <= max_count)
        });
    let exponents = (first..=last).filter(|k| k.rem_euclid(skip.unwrap_or(1000)) == 0);
    let ticks = exponents
        .map(|k| Tick {
            value: decimal(1.0, k),
            label: power(k),
        })
        .collect();
    Ticks {
        ticks,
        offset: String::new(),
    }
}

/// Formats a power of ten with superscript digits.
fn power(exponent: i32) -> String {
    let digit = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => char::from_u32(0x2070 + c.to_digit(10).unwrap_or(0)).unwrap_or(c),
    };
    let exponent: String = exponent.to_string().chars().map(digit).collect();
    format!("10{exponent}")
}

/// Formats a number for people, to `digits` significant digits without trailing zeros: 0.0312, −3.5, 1.2e-7, ∞, nan.
pub fn number(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    let after_first = digits.clamp(1, 17) - 1;
    // Round first, so that 9.999 to three digits counts as 10.
    let scientific = format!("{value:.after_first$e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value == 0.0 {
        return "0".to_owned();
    }
    if (-4..6).contains(&exponent) {
        let decimals = i32::try_from(after_first).unwrap_or(0) - exponent;
        // Digits before the point beyond `digits` are rounded to zeros.
        let rounded: f64 = if decimals < 0 {
            scientific.parse().unwrap_or(value)
        } else {
            value
        };
        let decimals = usize::try_from(decimals).unwrap_or(0);
        return signed(trimmed(&format!("{rounded:.decimals$}")));
    }
    signed(format!("{}e{exponent}", trimmed(mantissa)))
}

fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

/// Replaces a leading hyphen by a minus sign; drops it from zeros.
fn signed(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|c| matches!(c, b'0' | b'.')) => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// Computes mantissa · 10^exponent, rounded once as long as the power is exact.
fn decimal(mantissa: f64, exponent: i32) -> f64 {
    if (-300..0).contains(&exponent) {
        mantissa / 10_f64.powi(-exponent)
    } else {
        mantissa * 10_f64.powi(exponent)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "exponents and digit counts of f64 are small"
)]
fn whole(value: f64) -> i32 {
    value as i32
}

#[cfg(test)]
mod tests;
