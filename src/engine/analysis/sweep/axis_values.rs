//! Values of a setting that a sweep runs over.

mod spacing;

use super::{MAX_VALUES, SweepAxis, Values};
use crate::engine::declare::spec;
use crate::engine::declare::{Kind, Param, Scale, SettingError, Settings, Value, settings};
use crate::engine::numeric::real;
use crate::engine::schedule::{AnySchedule, ScheduleChain};
use crate::engine::training::{RunSettings, RunSpec};
use crate::engine::wrapper::AnyWrapper;
use spacing::spaced_values;

/// Validated values of a setting of one run, numbers in ascending order.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisValues {
    setting: String,
    owner: SettingOwner,
    param: &'static Param,
    scale: Scale,
    values: Vec<Value>,
}

/// Part of a run that a setting belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SettingOwner {
    Optimizer,
    Wrapper(usize),
    Schedule(usize),
    RunSettings,
}

settings! {
    /// Settings of all runs that a sweep can run over, where the optimizer has none of their names.
    pub struct SharedSettings("Training") {
        /// Number of steps of every run.
        steps: u64 = 500, in 1.0..=1e6, log 10.0..=10000.0;
        /// Seed of noise and mini-batches.
        seed: u64 = 0, in 0.0..=9e15;
        /// σ of the Gaussian noise added to every component of every gradient.
        noise: f64 = 0.0, in 0.0.., log 1e-3..=100.0;
        /// Maximum norm of a gradient.
        clip_norm: Option<f64> = None, in 0.0.., log 1e-2..=100.0, none "off";
        /// Bound of each gradient component.
        clip_value: Option<f64> = None, in 0.0.., log 1e-2..=100.0, none "off";
    }
}

impl AxisValues {
    /// Returns the values of `over` for a run. The error is a [`SettingError::Name`] or [`SettingError::Key`] if the run has no such setting.
    pub fn new(over: &SweepAxis, run: &RunSpec) -> Result<Self, SettingError> {
        let (owner, param) = find(&over.setting, run)?;
        let refuse = |given: String| SettingError::Value {
            setting: param.name,
            given,
            expected: match param.kind {
                Kind::Real | Kind::Count => {
                    format!("a range of it, like {}=1..10", over.setting)
                }
                _ => format!("{}, or several of these joined by `,`", param.expected()),
            },
        };
        let slider = param.slider;
        let usual = slider.map_or(Scale::linear, |slider| slider.scale);
        let numbers = matches!(param.kind, Kind::Real | Kind::Count);
        let (mut values, scale) = match &over.values {
            Values::List(texts) => (
                texts
                    .iter()
                    .map(|text| param.parse(text))
                    .collect::<Result<_, _>>()?,
                usual,
            ),
            Values::All => match (param.kind, slider) {
                (Kind::Flag, _) => (vec![Value::Flag(false), Value::Flag(true)], usual),
                (Kind::Choice(names), _) => (
                    names.iter().map(|name| Value::Choice(name)).collect(),
                    usual,
                ),
                (Kind::Real | Kind::Count, Some(slider)) => (
                    spaced_values(param, [slider.low, slider.high], usual, None)?,
                    usual,
                ),
                _ => return Err(refuse("swept over as it is".to_owned())),
            },
            Values::Range {
                from,
                to,
                scale,
                count,
            } if numbers => {
                let usual = if *from > 0.0 { usual } else { Scale::linear };
                let scale = scale.unwrap_or(usual);
                (spaced_values(param, [*from, *to], scale, *count)?, scale)
            }
            Values::Range { from, to, .. } => {
                return Err(refuse(format!(
                    "`{}..{}`",
                    spec::real(*from),
                    spec::real(*to)
                )));
            }
        };
        if !(2..=MAX_VALUES).contains(&values.len()) {
            return Err(SettingError::Grammar(format!(
                "`{over}` has {} {}; expected 2 to {MAX_VALUES}",
                values.len(),
                if values.len() == 1 { "value" } else { "values" }
            )));
        }
        if values.iter().all(|value| number(value).is_some()) {
            values.sort_by(|a, b| {
                number(a)
                    .partial_cmp(&number(b))
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        if let Some(index) =
            (1..values.len()).find(|&index| values[..index].contains(&values[index]))
        {
            return Err(SettingError::Grammar(format!(
                "`{over}` has {} twice; expected it once",
                param.text(&values[index])
            )));
        }
        let grid = Self {
            setting: over.setting.clone(),
            owner,
            param,
            scale: if values.iter().filter_map(number).all(|number| number > 0.0) {
                scale
            } else {
                Scale::linear
            },
            values,
        };
        for value in &grid.values {
            grid.with(run, value)?;
        }
        Ok(grid)
    }

    /// Returns the name of the setting, as in [`SweepAxis`].
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// Returns the declaration of the setting.
    pub fn param(&self) -> &'static Param {
        self.param
    }

    /// Whether the setting is the learning rate.
    pub fn is_lr(&self) -> bool {
        self.owner == SettingOwner::Optimizer && self.param.name == "lr"
    }

    /// Whether both grids are of one setting.
    pub fn is_same_setting(&self, other: &Self) -> bool {
        self.owner == other.owner && self.param.name == other.param.name
    }

    /// Returns the values, at least two.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Returns the number of values.
    #[expect(clippy::len_without_is_empty, reason = "there are at least two")]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns the scale of the values; `None` if not all of them are numbers.
    pub fn scale(&self) -> Option<Scale> {
        self.values
            .iter()
            .all(|value| number(value).is_some())
            .then_some(self.scale)
    }

    /// Returns value `index` as a number.
    pub fn number(&self, index: usize) -> Option<f64> {
        number(self.values.get(index)?)
    }

    /// Returns value `index` as text of a spec.
    pub fn text(&self, index: usize) -> String {
        self.values
            .get(index)
            .map_or_else(String::new, |value| self.param.text(value))
    }

    /// Whether the numbers lie evenly on their scale, so that they can be the middles of equal cells.
    pub fn is_even(&self) -> bool {
        let Some(scale) = self.scale() else {
            return false;
        };
        let along = |index: usize| {
            let number = self.number(index).unwrap_or(f64::NAN);
            match scale {
                Scale::linear => number,
                Scale::log => number.ln(),
            }
        };
        let last = self.len() - 1;
        let step = (along(last) - along(0)) / real(last);
        (0..=last)
            .all(|index| (along(index) - along(0) - real(index) * step).abs() <= 1e-3 * step.abs())
    }

    /// Returns the run with value `index`.
    pub fn apply(&self, run: &RunSpec, index: usize) -> RunSpec {
        let with = self
            .values
            .get(index)
            .and_then(|value| self.with(run, value).ok());
        with.unwrap_or_else(|| run.clone())
    }

    /// Returns the settings of all runs with value `index`.
    pub fn apply_settings(&self, settings: &RunSettings, index: usize) -> RunSettings {
        let mut settings = *settings;
        if self.owner == SettingOwner::RunSettings {
            let gradients = &mut settings.gradient_settings;
            match (self.param.name, self.values.get(index)) {
                ("steps", Some(Value::Count(steps))) => settings.steps = *steps,
                ("seed", Some(Value::Count(seed))) => gradients.seed = *seed,
                ("noise", Some(Value::Real(noise))) => gradients.noise = *noise,
                ("clip_norm", Some(Value::Real(norm))) => gradients.clip_norm = Some(*norm),
                ("clip_value", Some(Value::Real(size))) => gradients.clip_value = Some(*size),
                ("clip_norm", Some(Value::None)) => gradients.clip_norm = None,
                ("clip_value", Some(Value::None)) => gradients.clip_value = None,
                _ => {}
            }
        }
        settings
    }

    /// Whether the setting belongs to all runs, like steps and seed.
    pub fn is_shared(&self) -> bool {
        self.owner == SettingOwner::RunSettings
    }

    /// Returns the value of the setting in a run; `None` for a setting of all runs.
    pub fn current(&self, run: &RunSpec) -> Option<Value> {
        match self.owner {
            SettingOwner::Optimizer => run.optimizer.settings().get(self.param.name),
            SettingOwner::Wrapper(at) => run.wrappers.get(at)?.settings().get(self.param.name),
            SettingOwner::Schedule(at) => run
                .schedule
                .schedules()
                .get(at)?
                .settings()
                .get(self.param.name),
            SettingOwner::RunSettings => None,
        }
    }

    /// Returns the number of the setting in a run.
    pub fn current_number(&self, run: &RunSpec) -> Option<f64> {
        number(&self.current(run)?)
    }

    fn with(&self, run: &RunSpec, value: &Value) -> Result<RunSpec, SettingError> {
        let mut run = run.clone();
        match self.owner {
            SettingOwner::Optimizer => {
                run.change(|optimizer| {
                    optimizer.settings_mut().set(self.param.name, value.clone())
                })?;
            }
            SettingOwner::Wrapper(at) => {
                if let Some(wrapper) = run.wrappers.get_mut(at) {
                    wrapper.settings_mut().set(self.param.name, value.clone())?;
                }
            }
            SettingOwner::Schedule(at) => {
                let mut schedules = run.schedule.schedules().to_vec();
                if let Some(schedule) = schedules.get_mut(at) {
                    schedule
                        .settings_mut()
                        .set(self.param.name, value.clone())?;
                }
                run.schedule = ScheduleChain::new(schedules)?;
            }
            SettingOwner::RunSettings => self.param.check(value)?,
        }
        Ok(run)
    }
}

/// Returns the value as a number, if it is one.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Real(real) => Some(*real),
        Value::Count(count) => Some(real(*count)),
        _ => None,
    }
}

/// Finds the owner and the declaration of a setting in a run.
fn find(setting: &str, run: &RunSpec) -> Result<(SettingOwner, &'static Param), SettingError> {
    let declared = |owner: &str, settings: &dyn Settings, key: &str| match settings.index(key) {
        Ok(index) => Ok(&settings.params()[index]),
        Err(SettingError::Key { given, valid, .. }) => Err(SettingError::Key {
            owner: owner.to_owned(),
            given,
            valid,
        }),
        Err(other) => Err(other),
    };
    let Some((owner, key)) = setting.split_once('.') else {
        let own = declared(run.optimizer.name(), run.optimizer.settings(), setting);
        let shared = SharedSettings::default();
        return match (own, shared.index(setting)) {
            (Err(SettingError::Key { .. }), Ok(index)) => {
                Ok((SettingOwner::RunSettings, &shared.params()[index]))
            }
            (own, _) => Ok((SettingOwner::Optimizer, own?)),
        };
    };
    let mut refused = None;
    for (at, wrapper) in run.wrappers.iter().enumerate() {
        if owner == wrapper.name() {
            return declared(owner, wrapper.settings(), key)
                .map(|param| (SettingOwner::Wrapper(at), param));
        }
    }
    for (at, schedule) in run.schedule.schedules().iter().enumerate() {
        if owner != "schedule" && owner != schedule.name() {
            continue;
        }
        match declared(schedule.name(), schedule.settings(), key) {
            Ok(param) => return Ok((SettingOwner::Schedule(at), param)),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    let wrappers = run.wrappers.iter().map(AnyWrapper::name);
    let schedules = run.schedule.schedules().iter().map(AnySchedule::name);
    Err(refused.unwrap_or_else(|| SettingError::Name {
        family: "schedule",
        given: owner.to_owned(),
        valid: wrappers.chain(schedules).collect(),
    }))
}

#[cfg(test)]
mod tests;
