//! Numbers from one value to another, equidistant on a scale.

use crate::engine::declare::spec;
use crate::engine::declare::{Kind, Param, Scale, SettingError, Value};
use crate::engine::numeric::real;

/// Default number of values of a range.
const DEFAULT_VALUES: usize = 100;

/// Returns numbers from `from` to `to`, both included, equidistant on a scale. Whole numbers occur once each.
pub(super) fn spaced_values(
    param: &Param,
    [from, to]: [f64; 2],
    scale: Scale,
    count: Option<usize>,
) -> Result<Vec<Value>, SettingError> {
    let ends = [
        param.parse(&spec::real(from))?,
        param.parse(&spec::real(to))?,
    ];
    let whole = param.kind == Kind::Count;
    let count = count.unwrap_or(DEFAULT_VALUES);
    if whole && to - from < real(count) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "both are whole numbers that are not negative"
        )]
        return Ok((from as u64..=to as u64).map(Value::Count).collect());
    }
    let last = count - 1;
    let mut values: Vec<Value> = Vec::with_capacity(count);
    for index in 0..count {
        let share = real(index) / real(last);
        let between = |low: f64, high: f64| low * (1.0 - share) + high * share;
        let value = match (index, scale) {
            (0, _) => ends[0].clone(),
            (index, _) if index == last => ends[1].clone(),
            (_, Scale::linear) => rounded(param, between(from, to), whole),
            (_, Scale::log) => {
                rounded(param, 10_f64.powf(between(from.log10(), to.log10())), whole)
            }
        };
        param.check(&value)?;
        if values.last() != Some(&value) {
            values.push(value);
        }
    }
    if !whole && values.len() < count {
        return Err(SettingError::Grammar(format!(
            "from {} to {} there are fewer than {count} numbers of fifteen digits; expected fewer values, or a wider range",
            spec::real(from),
            spec::real(to)
        )));
    }
    Ok(values)
}

/// Rounds to fifteen digits, which read well, or to a whole number.
fn rounded(param: &Param, value: f64, whole: bool) -> Value {
    if whole {
        let text = format!("{value:.0}");
        return param.parse(&text).unwrap_or(Value::None);
    }
    Value::Real(format!("{value:.14e}").parse().unwrap_or(value))
}
