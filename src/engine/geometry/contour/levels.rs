//! Contour levels of a surface, and the mapping of its values to shades.

use crate::engine::geometry::surface::Surface;
use crate::engine::numeric::real;

/// Contour levels and the scale of shades, chosen from the values of a surface, so that every zoom has its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    values: Vec<f64>,
    scale: Scale,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    /// Constant surface.
    Flat,
    /// Values from `low` to `high`.
    Linear { low: f64, high: f64 },
    /// Logarithm of distances from `base`, with ranks from `low` to `high`.
    Log {
        base: f64,
        knee: f64,
        low: f64,
        high: f64,
    },
}

/// Number of values sampled for quantiles.
const SAMPLES: usize = 1 << 13;
/// Mantissas of logarithmic levels, from sparse to dense.
const MANTISSAS: [&[f64]; 6] = [
    &[1.0],
    &[1.0, 3.0],
    &[1.0, 2.0, 5.0],
    &[1.0, 2.0, 3.0, 5.0, 7.0],
    &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0],
    &[1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2],
];

impl Levels {
    /// Chooses about `about` levels for a surface.
    ///
    /// Linear levels are multiples of a round step; a few outliers do not stretch the scale. Logarithmic levels are round distances
    /// from `floor`, or from the lowest value of the surface if that is lower or `floor` is unknown. They begin at the half-percent quantile,
    /// so that a grid point that happens to hit the minimum does not add a hundred decades. A surface without two different finite values has
    /// no levels.
    pub fn choose(surface: &Surface, log: bool, floor: Option<f64>, about: usize) -> Self {
        let about = about.clamp(1, 1000);
        let flat = Self {
            values: Vec::new(),
            scale: Scale::Flat,
        };
        let Some([min, max]) = surface.range() else {
            return flat;
        };
        if max * 0.5 - min * 0.5 <= 4.0 * f64::EPSILON * (0.5 * min).abs().max((0.5 * max).abs()) {
            return flat;
        }
        let sorted = sample(surface);
        let at = |share: f64| quantile(&sorted, share);
        if log {
            let base = floor
                .filter(|floor| floor.is_finite())
                .map_or(min, |floor| floor.min(min));
            let (low, high) = (min - base, max - base);
            let most = at(0.99) - base;
            let high = if most > low {
                high.min(most * 1e4)
            } else {
                high
            };
            if high > low && high.is_finite() {
                let noise = 8.0 * f64::EPSILON * base.abs();
                let mut distances = sorted.iter().map(|value| value - base);
                let positive = distances.find(|&distance| distance > noise).unwrap_or(high);
                let few = at(0.005) - base;
                let knee = few.max(positive).max(high * 1e-12).min(high);
                let top = high;
                let (low, high) = (rank(low, knee), rank(high, knee));
                let scale = Scale::Log {
                    base,
                    knee,
                    low,
                    high,
                };
                let values = logarithmic(base, knee, top, about);
                return Self { values, scale };
            }
        }
        let reach = 3.0 * (at(0.99) - at(0.01));
        let [low, high] = if reach > 0.0 {
            [min.max(at(0.01) - reach), max.min(at(0.99) + reach)]
        } else {
            [min, max]
        };
        Self {
            values: linear(low, high, about),
            scale: Scale::Linear { low, high },
        }
    }

    /// Returns the levels in ascending order.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Returns the shade of a value: 0 at the lowest value shown and below, 1 at the highest and above, never decreasing. NaN stays NaN.
    pub fn shade(&self, value: f64) -> f64 {
        let share = match self.scale {
            // `max` would turn a NaN into the base.
            _ if value.is_nan() => value,
            Scale::Flat => 0.5,
            Scale::Linear { low, high } if (high - low).is_finite() => (value - low) / (high - low),
            Scale::Linear { low, high } => (0.5 * value - 0.5 * low) / (0.5 * high - 0.5 * low),
            Scale::Log {
                base,
                knee,
                low,
                high,
            } => (rank(value - base, knee) - low) / (high - low),
        };
        share.clamp(0.0, 1.0)
    }

    /// Formats a value with as many digits as distinguish neighbouring levels.
    pub fn label(&self, value: f64) -> String {
        let gap = |other: &f64| Some((other - value).abs()).filter(|gap| *gap > 0.0);
        let nearest = self
            .values
            .iter()
            .filter_map(gap)
            .fold(f64::INFINITY, f64::min);
        // A gap of 0.1 may come out as 0.09999….
        let resolution = if nearest.is_finite() {
            nearest * (1.0 + 1e-9)
        } else {
            0.01 * value.abs()
        };
        digits(value, resolution)
    }

    /// Returns the values with shades 0 and 1; `None` for a constant surface.
    pub fn range(&self) -> Option<[f64; 2]> {
        match self.scale {
            Scale::Flat => None,
            Scale::Linear { low, high } => Some([low, high]),
            Scale::Log {
                base,
                knee,
                low,
                high,
            } => Some([low, high].map(|rank| base + knee * rank.exp_m1())),
        }
    }

    /// Returns the shade of 0 if the heights are signed: on a linear scale where a tenth of them at least has the other sign, by range.
    pub fn zero(&self) -> Option<f64> {
        match self.scale {
            Scale::Linear { low, high } if low < 0.0 && high > 0.0 => {
                let reaches = [-low, high];
                let [less, more] = [reaches[0].min(reaches[1]), reaches[0].max(reaches[1])];
                (less >= 0.1 * more).then(|| self.shade(0.0))
            }
            _ => None,
        }
    }

    /// Returns the value from which a logarithmic scale measures distances; 0 for other scales.
    pub fn base(&self) -> f64 {
        match self.scale {
            Scale::Log { base, .. } => base,
            Scale::Flat | Scale::Linear { .. } => 0.0,
        }
    }

    /// Whether shades and levels are logarithmic above the lowest value.
    pub fn is_log(&self) -> bool {
        matches!(self.scale, Scale::Log { .. })
    }
}

/// Returns the rank of a distance on a scale that is logarithmic above `knee` and linear below.
fn rank(distance: f64, knee: f64) -> f64 {
    (distance.max(0.0) / knee).ln_1p()
}

/// Returns about `SAMPLES` of the finite values, at least one, in ascending order.
fn sample(surface: &Surface) -> Vec<f64> {
    let finite = || {
        surface
            .values
            .iter()
            .copied()
            .filter(|value| value.is_finite())
    };
    // An odd stride visits all columns of a grid whose width is a power of two.
    let mut sample: Vec<f64> = finite()
        .step_by((surface.values.len() / SAMPLES) | 1)
        .collect();
    sample.sort_unstable_by(f64::total_cmp);
    sample
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of an index"
)]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[(share * (sorted.len() - 1) as f64) as usize]
}

/// Returns about `about` levels, multiples of a round step strictly between `low` and `high`.
fn linear(low: f64, high: f64, about: usize) -> Vec<f64> {
    let rough = (high / real(about + 1)) - (low / real(about + 1));
    let exponent = rough.log10().floor();
    let mantissa = rough / 10_f64.powf(exponent);
    // The bounds are geometric means: the nearest of 1, 2, 5, 10 in ratio.
    let round = [(1.5, 1.0), (3.2, 2.0), (7.1, 5.0)]
        .into_iter()
        .find(|(bound, _)| mantissa < *bound)
        .map_or(10.0, |(_, round)| round);
    let step = decimal(round, exponent);
    let first = (low / step).floor();
    let mut values: Vec<f64> = Vec::new();
    for k in 0..4 * about + 4 {
        let value = decimal((first + real(k)) * round, exponent);
        if value >= high {
            break;
        }
        if value > low && values.last().is_none_or(|last| value > *last) {
            values.push(value);
        }
    }
    values
}

/// Returns levels at round distances from `base`, between `low` and `high` above it, with the mantissas that give the number of levels
/// nearest to `about`; linear levels where even the densest mantissas give too few.
fn logarithmic(base: f64, low: f64, high: f64, about: usize) -> Vec<f64> {
    let decades = (high / low).log10();
    let [first, last] = [low.log10().floor(), high.log10().ceil()];
    let mut best: Vec<f64> = Vec::new();
    // Every n-th decade, then one to twelve levels a decade.
    let skip = (decades / real(about)).ceil().max(1.0);
    for mantissas in MANTISSAS {
        let skip = if mantissas.len() == 1 { skip } else { 1.0 };
        let mut distances = Vec::new();
        let mut exponent = (first / skip).floor() * skip;
        while exponent <= last && distances.len() < 4 * about + 16 {
            distances.extend(
                mantissas
                    .iter()
                    .map(|&m| decimal(m, exponent))
                    .filter(|d| (low..high).contains(d)),
            );
            exponent += skip;
        }
        if distances.len().abs_diff(about) < best.len().abs_diff(about) {
            best = distances;
        }
    }
    if best.len() < about / 2 {
        best = linear(low.min(0.5 * high), high, about);
    }
    let mut values: Vec<f64> = best.into_iter().map(|distance| base + distance).collect();
    values.dedup();
    values
}

/// Returns mantissa · 10^exponent, rounded once as long as the power is exact.
fn decimal(mantissa: f64, exponent: f64) -> f64 {
    if exponent < 0.0 && exponent > -300.0 {
        mantissa / 10_f64.powf(-exponent)
    } else {
        mantissa * 10_f64.powf(exponent)
    }
}

/// Formats a value to the decimal place of `resolution`, without trailing zeros.
fn digits(value: f64, resolution: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return if value.is_nan() {
            "nan"
        } else if value > 0.0 {
            "∞"
        } else {
            "−∞"
        }
        .to_owned();
    }
    let place = if resolution > 0.0 {
        resolution.log10().floor()
    } else {
        -16.0
    };
    let top = value.abs().log10().floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the digits of an f64"
    )]
    let after_first = (top - place).clamp(0.0, 16.0) as usize;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a few digits"
    )]
    let decimals = (-place).clamp(0.0, 20.0) as usize;
    let trim = |text: &str| {
        let end = if text.contains('.') {
            text.trim_end_matches('0')
        } else {
            text
        };
        end.trim_end_matches('.').to_owned()
    };
    let text = if (-4.0..6.0).contains(&top) || after_first > 5 {
        trim(&format!("{value:.decimals$}"))
    } else {
        let text = format!("{value:.after_first$e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{}e{exponent}", trim(mantissa))
    };
    match text.strip_prefix('-') {
        Some("0") => "0".to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

#[cfg(test)]
mod tests;
