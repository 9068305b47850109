//! Text form of a sweep axis: a setting and its values.

use crate::engine::declare::spec;
use crate::engine::declare::{Scale, SettingError};
use std::fmt;
use std::str::FromStr;

/// Largest number of values of a setting.
pub const MAX_VALUES: usize = 10_000;

/// A setting and its values, independent of the run: `lr=1e-4..1:log:200`, `beta1=0.5,0.9,0.99` or `nesterov`.
///
/// A range may name its scale, `log` or `linear`, and its number of values. The defaults are the scale of the setting's slider, linear if
/// the range includes 0, and 100 values. A setting alone takes the range of its slider, or all of its choices. `cosine.t_max` is a setting
/// of a schedule, `schedule.t_max` that of the first schedule which has it, `sam.rho` a setting of a wrapper.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepAxis {
    /// Name of the setting.
    pub setting: String,
    /// Values of the setting.
    pub values: Values,
}

/// Values of a [`SweepAxis`].
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Range, both ends included.
    Range {
        /// Low end.
        from: f64,
        /// High end.
        to: f64,
        /// Linear or logarithmic; `None` is the scale of the slider.
        scale: Option<Scale>,
        /// Number of values, 2 to [`MAX_VALUES`]; `None` is 100, or for whole numbers all if there are fewer.
        count: Option<usize>,
    },
    /// Listed values, as text of a spec.
    List(Vec<String>),
    /// Range of the slider, all names of a choice, or both values of a flag.
    All,
}

impl FromStr for SweepAxis {
    type Err = SettingError;
    fn from_str(text: &str) -> Result<Self, SettingError> {
        let (setting, values) = match text.split_once('=') {
            Some((setting, values)) => (setting.trim(), Some(values.trim())),
            None => (text.trim(), None),
        };
        let is_range = values.is_none() && setting.contains("..");
        if setting.is_empty() || values == Some("") || is_range {
            return Err(SettingError::Grammar(format!(
                "`{text}` has no setting or no values; expected a setting with its values, like lr=1e-4..1:log:200 or \
                 beta1=0.5,0.9,0.99"
            )));
        }
        let values = match values {
            None => Values::All,
            Some(values) if values.contains("..") => range(text, values)?,
            Some(values) => Values::List(
                spec::split(values, ',')
                    .iter()
                    .map(|value| value.trim().to_owned())
                    .collect(),
            ),
        };
        let setting = setting.to_owned();
        Ok(Self { setting, values })
    }
}

fn range(text: &str, values: &str) -> Result<Values, SettingError> {
    let refuse = |what: String| Err(SettingError::Grammar(format!("`{text}` {what}")));
    let mut parts = values.split(':').map(str::trim);
    let (low, high) = parts
        .next()
        .and_then(|ends| ends.split_once(".."))
        .unwrap_or_default();
    let mut ends = [0.0; 2];
    for (end, text) in ends.iter_mut().zip([low, high]) {
        match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => *end = number,
            _ => {
                return refuse(format!(
                    "runs to or from `{text}`; expected two numbers, like lr=1e-4..1"
                ));
            }
        }
    }
    let ([from, to], mut scale, mut count) = (ends, None, None);
    for part in parts {
        match part {
            "log" if scale.is_none() => scale = Some(Scale::log),
            "linear" if scale.is_none() => scale = Some(Scale::linear),
            _ => match part.parse() {
                Ok(number) if count.is_none() && (2..=MAX_VALUES).contains(&number) => {
                    count = Some(number);
                }
                _ => {
                    return refuse(format!(
                        "cannot be `{part}`; expected log or linear, and 2 to {MAX_VALUES} values, like \
                         lr=1e-4..1:log:200"
                    ));
                }
            },
        }
    }
    if from >= to {
        return refuse("is an empty range; expected its low end first, like lr=1e-4..1".to_owned());
    }
    if scale == Some(Scale::log) && from <= 0.0 {
        return refuse(format!(
            "begins at {}, which has no logarithm; expected a number above 0, or linear",
            spec::real(from)
        ));
    }
    Ok(Values::Range {
        from,
        to,
        scale,
        count,
    })
}

impl fmt::Display for SweepAxis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.setting)?;
        match &self.values {
            Values::All => Ok(()),
            Values::List(texts) => write!(f, "={}", texts.join(",")),
            Values::Range {
                from,
                to,
                scale,
                count,
            } => {
                write!(f, "={}..{}", spec::real(*from), spec::real(*to))?;
                match scale {
                    Some(Scale::log) => f.write_str(":log")?,
                    Some(Scale::linear) => f.write_str(":linear")?,
                    None => {}
                }
                count.map_or(Ok(()), |count| write!(f, ":{count}"))
            }
        }
    }
}
