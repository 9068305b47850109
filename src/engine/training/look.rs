//! One step of a run, looked at closely: what the optimizer saw, what it carried before and after, and its rule with the
//! numbers put in.

use super::walk::Course;
use super::{Conditions, RunSpec};
use crate::engine::cancel::Cancel;
use crate::engine::declare::Value;
use crate::engine::objective::Objective;
use crate::engine::objective::state::{Internal, Numbers};
use crate::engine::schedule::Pace;
use crate::engine::wrapper::Blocks;

/// Something that a rule carried, kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// Its symbol in the rule.
    pub symbol: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What its numbers are.
    pub kind: CarriedKind,
    /// Its numbers.
    pub numbers: Vec<f64>,
}

/// What the numbers of a [`Carried`] are; see [`Numbers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarriedKind {
    /// A direction that θ moves against.
    Direction,
    /// A direction that θ moves along.
    Step,
    /// A number for each parameter.
    Each,
    /// A place that is kept from step to step.
    Place,
    /// Places that are kept, one after the other.
    Places,
    /// Places that the step looked at, one after the other.
    Trials,
    /// A single number.
    Number,
    /// How far from θ a step may go.
    Radius,
    /// The covariance of the places to be looked at around θ, row by row.
    Spread,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The number of the step, from 1.
    pub step: u64,
    /// θ before and after it.
    pub theta: [Vec<f64>; 2],
    /// The gradient that was asked for last, as the rule left it.
    pub gradient: Vec<f64>,
    /// Its pace.
    pub pace: Pace,
    /// What was carried before and after it.
    pub carried: [Vec<Carried>; 2],
}

/// Looks at step `step` ≥ 1 of a run. `None` if the run does not get there, or if it was cancelled.
pub fn look(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    conditions: &Conditions,
    step: u64,
    cancel: &Cancel,
) -> Option<Look> {
    let course = Course {
        objective,
        start,
        spec,
        conditions,
        goal: f64::NEG_INFINITY,
        cancel,
    };
    course.look(step)
}

impl Carried {
    pub(super) fn of(internal: Internal) -> Self {
        let numbers = match internal.numbers {
            Numbers::Direction(numbers)
            | Numbers::Step(numbers)
            | Numbers::Each(numbers)
            | Numbers::Place(numbers)
            | Numbers::Places(numbers)
            | Numbers::Trials(numbers)
            | Numbers::Spread(numbers) => numbers.to_vec(),
            Numbers::Number(number) | Numbers::Radius(number) => vec![number],
        };
        Self {
            symbol: internal.symbol,
            name: internal.name,
            kind: internal.numbers.kind(),
            numbers,
        }
    }
}

impl Numbers<'_> {
    pub(super) fn kind(self) -> CarriedKind {
        match self {
            Self::Direction(_) => CarriedKind::Direction,
            Self::Step(_) => CarriedKind::Step,
            Self::Each(_) => CarriedKind::Each,
            Self::Place(_) => CarriedKind::Place,
            Self::Places(_) => CarriedKind::Places,
            Self::Trials(_) => CarriedKind::Trials,
            Self::Number(_) => CarriedKind::Number,
            Self::Radius(_) => CarriedKind::Radius,
            Self::Spread(_) => CarriedKind::Spread,
        }
    }
}

/// A line of a rule as it is read: slots show their symbols. Where it reads θ after the step too, that before it is θ₋.
pub fn symbols(line: &str) -> String {
    let reads = line.split_once('←').map_or(line, |(_, read)| read);
    let both = reads.contains("{θ<}") && reads.contains("{θ}");
    slots(line, |symbol, _| match symbol {
        "θ<" if both => "θ₋".to_owned(),
        symbol => symbol.to_owned(),
    })
}

impl RunSpec {
    /// The rule of all that is in the run, line by line: what changes the gradient comes first, then the optimizer, then what
    /// changes its step.
    pub fn rule(&self) -> Vec<&'static str> {
        let (lenses, around): (Vec<_>, Vec<_>) = self
            .wrappers
            .iter()
            .partition(|wrapper| wrapper.as_dyn().lens(&Blocks::new(1, &[])).is_some());
        let seen = lenses
            .iter()
            .rev()
            .flat_map(|wrapper| wrapper.as_dyn().rule());
        let stepped = around.iter().flat_map(|wrapper| wrapper.as_dyn().rule());
        seen.chain(self.optimizer.as_dyn().rule())
            .chain(stepped)
            .collect()
    }

    /// The rule with the numbers of a step put into it, in parameter `index`.
    pub fn rule_at(&self, look: &Look, index: usize) -> Vec<String> {
        let value = |symbol: &str, name: &str| self.number(look, index, symbol, name);
        let fill = |line: &&str| {
            slots(line, |symbol, name| {
                value(symbol, name).map_or_else(|| symbol.to_owned(), short)
            })
        };
        self.rule().iter().map(fill).collect()
    }

    fn number(&self, look: &Look, index: usize, symbol: &str, name: &str) -> Option<f64> {
        let (bare, before) = match name.strip_suffix('<') {
            Some(bare) => (bare, 0),
            None => (name, 1),
        };
        let entry = |numbers: &[f64]| numbers.get(index).copied();
        let carried = |which: usize| {
            let found = look.carried[which]
                .iter()
                .find(|carried| carried.symbol == bare)?;
            match found.kind {
                CarriedKind::Number | CarriedKind::Radius => found.numbers.first().copied(),
                _ if found.numbers.len() == look.theta[0].len() => entry(&found.numbers),
                _ => None,
            }
        };
        match bare {
            "θ" => entry(&look.theta[before]),
            "t" => Some(crate::engine::numeric::real(
                usize::try_from(look.step).ok()?,
            )),
            "lr" => Some(look.pace.lr),
            "g" if before == 1 => entry(&look.gradient),
            _ if symbol == name => carried(before),
            setting => {
                let own = self.optimizer.settings().get(setting);
                let others = self
                    .wrappers
                    .iter()
                    .find_map(|wrapper| wrapper.settings().get(setting));
                match own.or(others)? {
                    Value::Real(real) => Some(real),
                    Value::Count(count) => {
                        Some(crate::engine::numeric::real(usize::try_from(count).ok()?))
                    }
                    _ => None,
                }
            }
        }
    }
}

/// Puts `fill(symbol, name)` into each slot `{symbol}` or `{symbol=name}`; a symbol is shown without the mark of what was before.
fn slots(line: &str, fill: impl Fn(&str, &str) -> String) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((plain, after)) = rest.split_once('{') {
        text += plain;
        let Some((slot, next)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let filled = match slot.split_once('=') {
            Some((symbol, name)) => fill(symbol, name),
            None => fill(slot, slot),
        };
        text += filled.strip_suffix('<').unwrap_or(&filled);
        rest = next;
    }
    text + rest
}

/// A number as it is read in a rule.
fn short(number: f64) -> String {
    let size = number.abs();
    let text = if number == 0.0 || (1e-3..1e5).contains(&size) {
        let digits = if size >= 100.0 { 2 } else { 4 };
        let text = format!("{number:.digits$}");
        let trimmed = text.trim_end_matches('0').trim_end_matches('.');
        trimmed.to_owned()
    } else {
        format!("{number:.3e}")
    };
    if number < 0.0 {
        format!("({})", text.replace('-', "−"))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::landscape::{AnyLandscape, NoFiles};
    use crate::engine::objective::Treatment;
    use crate::engine::optimizer::AnyOptimizer;
    use crate::engine::wrapper::AnyWrapper;

    fn at(spec: &RunSpec, step: u64) -> Option<Look> {
        let landscape: AnyLandscape = "quadratic:a=1,b=25".parse().unwrap();
        let ground = landscape.as_dyn().ground(&NoFiles).unwrap();
        let refused = spec.optimizer.as_dyn().refuses(&*ground.objective);
        let conditions = Conditions {
            steps: if refused.is_none() { 50 } else { 0 },
            treatment: Treatment::default(),
            tolerance: None,
            every: 1,
        };
        let never = Cancel::default();
        look(
            &*ground.objective,
            &[2.0, 1.0],
            spec,
            &conditions,
            step,
            &never,
        )
    }

    #[test]
    fn momentum_shows_its_numbers() {
        let spec: RunSpec = "sgd:lr=0.01,momentum=0.9".parse().unwrap();
        let second = at(&spec, 2).unwrap();
        assert_eq!(second.theta[0], [1.98, 0.75]);
        let lines: Vec<String> = spec.rule().into_iter().map(symbols).collect();
        assert_eq!(lines, ["v ← μ v + g", "θ ← θ − γ v"]);
        assert_eq!(
            spec.rule_at(&second, 0),
            ["3.78 ← 0.9 2 + 1.98", "1.9422 ← 1.98 − 0.01 3.78"]
        );
        assert!(at(&spec, 51).is_none(), "the run has 50 steps");
    }

    /// Every slot of every rule is a setting, or is carried once the run is under way.
    #[test]
    fn every_slot_of_every_rule_has_a_number() {
        let mut specs: Vec<RunSpec> = AnyOptimizer::all().into_iter().map(RunSpec::new).collect();
        for wrapper in AnyWrapper::all() {
            let mut spec: RunSpec = "sgd:lr=0.01".parse().unwrap();
            spec.wrappers.push(wrapper);
            specs.push(spec);
        }
        for spec in specs {
            let Some(look) = at(&spec, 12) else { continue };
            for line in spec.rule() {
                slots(line, |symbol, name| {
                    let bare = name.trim_end_matches('<');
                    let known = spec.number(&look, 0, symbol, name).is_some()
                        || look.carried[1].iter().any(|carried| carried.symbol == bare)
                        || spec.optimizer.settings().get(name).is_some()
                        || spec
                            .wrappers
                            .iter()
                            .any(|wrapper| wrapper.settings().get(name).is_some())
                        || matches!(name, "g<");
                    assert!(known, "{spec}: `{{{name}}}` in `{line}`");
                    String::new()
                });
            }
        }
    }
}
