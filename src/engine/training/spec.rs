//! Run specs: an optimizer with its parameter groups, wrappers and schedule.

use crate::engine::declare::SettingError;
use crate::engine::declare::spec;
use crate::engine::optimizer::{AnyOptimizer, LinearStep};
use crate::engine::schedule::{ScheduleChain, StepRates};
use crate::engine::wrapper::AnyWrapper;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Optimizer with its parameter groups, wrappers and schedule:
/// `adam:lr=0.05,beta1=0.95[y:lr=0.01]+lookahead:k=5@warmup:steps=10>cosine:t_max=90`.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSpec {
    /// Optimizer.
    pub optimizer: AnyOptimizer,
    /// Parameter groups with settings of their own.
    pub groups: Vec<Group>,
    /// Wrappers, the nearest to the optimizer first.
    pub wrappers: Vec<AnyWrapper>,
    /// Learning-rate schedule.
    pub schedule: ScheduleChain,
}

/// Group of parameters with settings of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name: a coordinate of a test function, a layer of a network.
    pub name: String,
    /// The run's optimizer with the settings of this group.
    pub optimizer: AnyOptimizer,
}

impl RunSpec {
    /// Creates a spec of an optimizer alone, at a constant learning rate.
    pub fn new(optimizer: AnyOptimizer) -> Self {
        Self {
            optimizer,
            groups: Vec::new(),
            wrappers: Vec::new(),
            schedule: ScheduleChain::default(),
        }
    }

    /// Changes the optimizer's settings; its groups follow, except where their values differ.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut AnyOptimizer) -> T) -> T {
        let before = self.optimizer.clone();
        let done = change(&mut self.optimizer);
        let (before, now) = (before.settings(), self.optimizer.settings());
        for group in &mut self.groups {
            let own = group.optimizer.settings_mut();
            for index in 0..own.params().len() {
                if own.value(index) == before.value(index) {
                    own.store(index, now.value(index));
                }
            }
        }
        done
    }

    /// Returns the rates of step `step` of a run of `steps` steps; those for unknown losses where the schedule depends on losses.
    pub fn rates(&self, step: u64, steps: u64) -> StepRates {
        self.schedule
            .rates(self.optimizer.as_dyn().lr(), step, steps)
    }

    /// Returns an error where an optimizer with groups is not elementwise at the settings of one of them.
    pub fn check(&self) -> Result<(), SettingError> {
        self.check_groups(&self.to_string())
    }

    fn check_groups(&self, text: &str) -> Result<(), SettingError> {
        let groups = self.groups.iter().map(|group| &group.optimizer);
        let mut all = std::iter::once(&self.optimizer).chain(groups);
        match all.find(|optimizer| !optimizer.is_elementwise()) {
            Some(together) if !self.groups.is_empty() => Err(SettingError::Grammar(format!(
                "`{}` moves all parameters together and has no groups; expected no brackets in `{text}`",
                together.name()
            ))),
            _ => Ok(()),
        }
    }

    /// Returns the largest Hessian eigenvalue at which steps at these rates do not grow on a quadratic, where theory gives one: see
    /// [`Optimizer::stability_limit`](crate::engine::optimizer::Optimizer::stability_limit).
    pub fn stability_limit(&self, rates: StepRates) -> Option<f64> {
        let limit = self.optimizer.as_dyn().stability_limit(rates);
        limit.filter(|_| self.is_plain())
    }

    /// Returns a step at these rates on a quadratic as a linear recurrence, where the rule is one: see
    /// [`Optimizer::linear_step`](crate::engine::optimizer::Optimizer::linear_step).
    pub fn linear_step(&self, rates: StepRates, curvature: f64) -> Option<LinearStep> {
        let step = self.optimizer.as_dyn().linear_step(rates, curvature);
        step.filter(|_| self.is_plain())
    }

    /// Returns the stability limit for the Hessian divided by the rule's preconditioner: see
    /// [`Optimizer::preconditioned_limit`](crate::engine::optimizer::Optimizer::preconditioned_limit).
    pub fn preconditioned_limit(&self, rates: StepRates) -> Option<f64> {
        let limit = self.optimizer.as_dyn().preconditioned_limit(rates);
        limit.filter(|_| self.is_plain())
    }

    /// Returns the name in legends, like "SGD + SAM".
    pub fn display_name(&self) -> String {
        let wrappers = self
            .wrappers
            .iter()
            .map(|wrapper| wrapper.as_dyn().display_name());
        let names: Vec<&str> = std::iter::once(self.optimizer.as_dyn().display_name())
            .chain(wrappers)
            .collect();
        names.join(" + ")
    }

    /// Returns the settings like [`settings_text`](Self::settings_text), with the learning rate if it is the default.
    pub fn settings_with_lr(&self) -> String {
        let settings = self.settings_text();
        let optimizer = self.optimizer.settings();
        match optimizer.index("lr") {
            Ok(index) if !settings.contains("lr=") => {
                let lr = optimizer.params()[index].text(&optimizer.value(index));
                format!("lr={lr} {settings}").trim_end().to_owned()
            }
            _ => settings,
        }
    }

    /// Returns the settings that differ from the defaults, with schedules and wrappers, like "lr=0.1 @cosine".
    pub fn settings_text(&self) -> String {
        let text = self.to_string();
        let settings = text.strip_prefix(self.optimizer.name()).unwrap_or(&text);
        settings
            .trim_start_matches(':')
            .replace(',', " ")
            .replace('@', " @")
            .trim()
            .to_owned()
    }

    /// Whether its [`Trajectory`](super::Trajectory) has the average of the iterates after the first step. Groups have no common
    /// average.
    pub fn keeps_average(&self) -> bool {
        let own = self.groups.is_empty() && self.optimizer.as_dyn().keeps_average();
        own || self
            .wrappers
            .iter()
            .any(|wrapper| wrapper.as_dyn().keeps_average())
    }

    /// Whether the optimizer has neither wrappers nor groups.
    pub fn is_plain(&self) -> bool {
        self.wrappers.is_empty() && self.groups.is_empty()
    }
}

impl FromStr for RunSpec {
    type Err = SettingError;
    fn from_str(text: &str) -> Result<Self, SettingError> {
        let (run, plan) = match spec::split(text, '@').as_slice() {
            [run] => (*run, ScheduleChain::default()),
            [run, plan] => (*run, plan.parse()?),
            _ => {
                return Err(SettingError::Grammar(format!(
                    "`{text}` has more than one `@`; expected optimizer+wrapper@schedule>schedule"
                )));
            }
        };
        let parts = spec::split_wrappers(run);
        let (optimizer, groups) = spec::split_groups(parts[0])?;
        let optimizer: AnyOptimizer = optimizer.parse()?;
        let group = |(name, settings): (&str, &str)| {
            let mut own = optimizer.clone();
            spec::read_settings(optimizer.name(), settings, own.settings_mut())?;
            Ok(Group {
                name: name.to_owned(),
                optimizer: own,
            })
        };
        let spec = Self {
            groups: groups
                .into_iter()
                .map(group)
                .collect::<Result<_, SettingError>>()?,
            wrappers: parts[1..]
                .iter()
                .map(|part| part.parse())
                .collect::<Result<_, _>>()?,
            optimizer,
            schedule: plan,
        };
        spec.check_groups(text)?;
        Ok(spec)
    }
}

impl fmt::Display for RunSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.optimizer.fmt(f)?;
        for Group { name, optimizer } in &self.groups {
            let (own, all) = (optimizer.settings(), self.optimizer.settings());
            match spec::write_difference(name, own, all) {
                same if same == *name => {}
                group => write!(f, "[{group}]")?,
            }
        }
        for wrapper in &self.wrappers {
            write!(f, "+{wrapper}")?;
        }
        if self.schedule == ScheduleChain::default() {
            Ok(())
        } else {
            write!(f, "@{}", self.schedule)
        }
    }
}

impl Serialize for RunSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::declare::Value;

    #[test]
    fn a_whole_spec_reads_back() {
        for text in [
            "sgd:lr=0.01,momentum=0.9+sam:rho=0.1+lookahead:k=3@cosine:t_max=200",
            "adam:lr=0.01[y:lr=0.001,weight_decay=0.1]",
            "adam:lr=0.01[x:beta1=0.5][y:lr=0.001]+clip-norm:max_norm=2+ema",
            "sgd:lr=1000@multi-step:milestones=30/60",
        ] {
            assert_eq!(text.parse::<RunSpec>().unwrap().to_string(), text);
        }
        let number: RunSpec = "sgd:lr=1e+3".parse().unwrap();
        assert_eq!(number.to_string(), "sgd:lr=1000");
        let spaced: RunSpec = "sgd:lr=1 [ y : lr=2 ] + sam @ constant".parse().unwrap();
        assert_eq!(spaced.to_string(), "sgd:lr=1[y:lr=2]+sam");
    }

    #[test]
    fn groups_follow_where_they_have_nothing_of_their_own() {
        let mut spec: RunSpec = "sgd:lr=0.1,momentum=0.9[y:lr=0.01]".parse().unwrap();
        for (setting, value) in [("momentum", 0.5), ("lr", 0.2)] {
            spec.change(|optimizer| optimizer.settings_mut().set(setting, Value::Real(value)))
                .unwrap();
        }
        assert_eq!(spec.to_string(), "sgd:lr=0.2,momentum=0.5[y:lr=0.01]");
    }

    #[test]
    fn each_slip_is_told() {
        let told = |text: &str| text.parse::<RunSpec>().unwrap_err().to_string();
        for (text, words) in [
            (
                "sgd@constant@constant",
                "`sgd@constant@constant` has more than one `@`; expected optimizer+wrapper@schedule>schedule",
            ),
            ("sgd+sma", "unknown wrapper `sma`; did you mean `sam`?"),
            ("sgd+sam:roh=1", "`sam` has no setting `roh`"),
            ("sgd+", "`lr`"),
            (
                "sgd[y:lr=1",
                "`[` has no `]`; expected a group like [y:lr=0.001] in `sgd[y:lr=1`",
            ),
            (
                "sgd[y]",
                "the group `[y]` has no settings; expected one like [y:lr=0.001] in `sgd[y]`",
            ),
            (
                "sgd[:lr=1]",
                "the group `[:lr=1]` has no name; expected one like [y:lr=0.001] in `sgd[:lr=1]`",
            ),
            (
                "sgd[y:lr=1][y:lr=2]",
                "the group `y` is given twice; expected it once in `sgd[y:lr=1][y:lr=2]`",
            ),
            (
                "sgd[y:lr=1]lr=3",
                "`lr=3` follows a group; expected `[`, `+` or `@` in `sgd[y:lr=1]lr=3`",
            ),
            ("sgd[y:rl=1]", "`sgd` has no setting `rl`"),
            (
                "lbfgs[y:lr=1]",
                "`lbfgs` moves all parameters together and has no groups; expected no brackets in `lbfgs[y:lr=1]`",
            ),
            (
                "sgd:momentum=0.9[y:nesterov=true,lookahead=true]",
                "`sgd` moves all parameters together and has no groups",
            ),
        ] {
            if text == "sgd+" {
                assert!(text.parse::<RunSpec>().is_err());
            } else {
                let told = told(text);
                assert!(told.starts_with(words), "{text}: {told}");
            }
        }
    }
}
