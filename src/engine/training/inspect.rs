//! Inspection of one step of a run: its gradient, the optimizer state before and after it, and the update lines with their numbers.

use super::training_loop::{Observer, RunContext, StepState, StepView};
use super::{RunSettings, RunSpec};
use crate::engine::cancel::Cancel;
use crate::engine::declare::Value;
use crate::engine::objective::Objective;
use crate::engine::objective::state::{StateEntry, StateValue};
use crate::engine::schedule::StepRates;
use crate::engine::wrapper::Blocks;
use std::ops::ControlFlow;

/// Copy of one entry of an optimizer state.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerState {
    /// Symbol in the update lines.
    pub symbol: &'static str,
    /// Name in legends.
    pub name: &'static str,
    /// Kind of the numbers.
    pub kind: OptimizerStateKind,
    /// Numbers of the entry.
    pub numbers: Vec<f64>,
}

/// Kind of the numbers of an [`OptimizerState`]; see [`StateValue`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptimizerStateKind {
    /// A direction that θ moves against.
    Direction,
    /// A direction that θ moves along.
    Step,
    /// A number for each parameter.
    Each,
    /// A point that is kept from step to step.
    Place,
    /// Points that are kept, one after the other.
    Places,
    /// Trial points of the step, one after the other.
    Trials,
    /// A single number.
    Number,
    /// Largest length of a step.
    Radius,
    /// Covariance of the trial points around θ, row by row.
    Spread,
}

/// One step of a run in detail.
#[derive(Clone, Debug, PartialEq)]
pub struct StepInspection {
    /// Number of the step, from 1.
    pub step: u64,
    /// θ before and after it.
    pub theta: [Vec<f64>; 2],
    /// Last gradient of the step, with weight decay and sign as the rule applied them.
    pub gradient: Vec<f64>,
    /// Learning rate and momentum of the step.
    pub rates: StepRates,
    /// Optimizer state before and after it.
    pub state: [Vec<OptimizerState>; 2],
}

/// Runs `spec` up to step `step` ≥ 1 and returns that step in detail; `None` if the run ends before, or if it was cancelled.
pub fn inspect_step(
    objective: &dyn Objective,
    start: &[f64],
    spec: &RunSpec,
    run_settings: &RunSettings,
    step: u64,
    cancel: &Cancel,
) -> Option<StepInspection> {
    let context = RunContext {
        objective,
        start,
        spec,
        run_settings,
        cancel,
    };
    let mut inspector = Inspector {
        step,
        before: None,
        inspection: None,
    };
    context.train(run_settings.steps, &mut inspector);
    inspector.inspection
}

/// Observer that keeps the state before and after one step.
struct Inspector {
    step: u64,
    before: Option<(Vec<f64>, Vec<OptimizerState>)>,
    inspection: Option<StepInspection>,
}

/// Returns the state of the rule and of the gradient transforms.
fn entries(state: &StepState) -> Vec<OptimizerState> {
    let mut all = Vec::new();
    state
        .rule
        .visit_state(&mut |entry| all.push(OptimizerState::of(entry)));
    state
        .oracle
        .visit_state(&mut |entry| all.push(OptimizerState::of(entry)));
    all
}

impl Observer for Inspector {
    fn row(&mut self, _row: &StepView) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn before_step(&mut self, state: &StepState) {
        if state.step == self.step {
            self.before = Some((state.theta.to_vec(), entries(state)));
        }
    }

    fn after_step(&mut self, state: &StepState) -> ControlFlow<()> {
        let Some((theta, before)) = self.before.take() else {
            return ControlFlow::Continue(());
        };
        self.inspection = Some(StepInspection {
            step: state.step,
            theta: [theta, state.theta.to_vec()],
            gradient: state.oracle.last().to_vec(),
            rates: state.rates,
            state: [before, entries(state)],
        });
        ControlFlow::Break(())
    }
}

impl OptimizerState {
    pub(super) fn of(internal: StateEntry) -> Self {
        let numbers = match internal.numbers {
            StateValue::Direction(numbers)
            | StateValue::Step(numbers)
            | StateValue::Each(numbers)
            | StateValue::Place(numbers)
            | StateValue::Places(numbers)
            | StateValue::Trials(numbers)
            | StateValue::Spread(numbers) => numbers.to_vec(),
            StateValue::Number(number) | StateValue::Radius(number) => vec![number],
        };
        Self {
            symbol: internal.symbol,
            name: internal.name,
            kind: internal.numbers.kind(),
            numbers,
        }
    }
}

impl StateValue<'_> {
    pub(super) fn kind(self) -> OptimizerStateKind {
        match self {
            Self::Direction(_) => OptimizerStateKind::Direction,
            Self::Step(_) => OptimizerStateKind::Step,
            Self::Each(_) => OptimizerStateKind::Each,
            Self::Place(_) => OptimizerStateKind::Place,
            Self::Places(_) => OptimizerStateKind::Places,
            Self::Trials(_) => OptimizerStateKind::Trials,
            Self::Number(_) => OptimizerStateKind::Number,
            Self::Radius(_) => OptimizerStateKind::Radius,
            Self::Spread(_) => OptimizerStateKind::Spread,
        }
    }
}

/// Whether an update line reads θ both before and after the step, so that they need different symbols.
pub fn reads_both_thetas(line: &str) -> bool {
    let reads = line.split_once('←').map_or(line, |(_, read)| read);
    reads.contains("{θ<}") && reads.contains("{θ}")
}

/// Returns an update line with the symbols of its slots. Where a line reads θ both before and after the step, θ before it is θ₋.
pub fn symbols(line: &str) -> String {
    let both = reads_both_thetas(line);
    slots(line, |symbol, _| match symbol {
        "θ<" if both => "θ₋".to_owned(),
        symbol => symbol.to_owned(),
    })
}

impl RunSpec {
    /// Returns the update lines of the run: those of gradient transforms, of the optimizer, and of wrappers that change its step.
    pub fn update_lines(&self) -> Vec<&'static str> {
        let (transforms, around): (Vec<_>, Vec<_>) = self.wrappers.iter().partition(|wrapper| {
            wrapper
                .as_dyn()
                .gradient_transform(&Blocks::new(1, &[]))
                .is_some()
        });
        let seen = transforms
            .iter()
            .rev()
            .flat_map(|wrapper| wrapper.as_dyn().update_lines());
        let stepped = around
            .iter()
            .flat_map(|wrapper| wrapper.as_dyn().update_lines());
        seen.chain(self.optimizer.as_dyn().update_lines())
            .chain(stepped)
            .collect()
    }

    /// Returns the update lines with the numbers of a step, for parameter `index`.
    pub fn update_lines_at(&self, look: &StepInspection, index: usize) -> Vec<String> {
        let value = |symbol: &str, name: &str| self.number(look, index, symbol, name);
        let fill = |line: &&str| {
            slots(line, |symbol, name| {
                value(symbol, name).map_or_else(|| symbol.to_owned(), short)
            })
        };
        let lines = self.update_lines();
        lines
            .iter()
            .map(fill)
            .map(|line| with_products(&line))
            .collect()
    }

    /// Returns the number of a slot in a step, for parameter `index`; `None` where the slot has no single number.
    pub fn slot_text(
        &self,
        look: &StepInspection,
        index: usize,
        (symbol, name): (&str, &str),
    ) -> Option<String> {
        let text = short(self.number(look, index, symbol, name)?);
        let bare = text
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'));
        Some(bare.map_or_else(|| text.clone(), str::to_owned))
    }

    fn number(&self, look: &StepInspection, index: usize, symbol: &str, name: &str) -> Option<f64> {
        let (bare, before) = match name.strip_suffix('<') {
            Some(bare) => (bare, 0),
            None => (name, 1),
        };
        let entry = |numbers: &[f64]| numbers.get(index).copied();
        let carried = |which: usize| {
            let found = look.state[which]
                .iter()
                .find(|carried| carried.symbol == bare)?;
            match found.kind {
                OptimizerStateKind::Number | OptimizerStateKind::Radius => {
                    found.numbers.first().copied()
                }
                _ if found.numbers.len() == look.theta[0].len() => entry(&found.numbers),
                _ => None,
            }
        };
        match bare {
            "θ" => entry(&look.theta[before]),
            "t" => Some(crate::engine::numeric::real(
                usize::try_from(look.step).ok()?,
            )),
            "lr" => Some(look.rates.lr),
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

/// Puts a dot between numbers that are multiplied: a space between two numbers, or between a number and parentheses.
fn with_products(line: &str) -> String {
    let mut text = String::new();
    let ends_factor = |last: char| last.is_ascii_digit() || last == ')';
    let begins_factor = |first: char| first.is_ascii_digit() || matches!(first, '(' | '√');
    for word in line.split(' ') {
        if let (Some(last), Some(first)) = (text.chars().last(), word.chars().next()) {
            let is_product = ends_factor(last) && begins_factor(first);
            text += if is_product { " · " } else { " " };
        }
        text += word;
    }
    text
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
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::objective::GradientSettings;
    use crate::engine::optimizer::AnyOptimizer;
    use crate::engine::wrapper::AnyWrapper;

    fn at(spec: &RunSpec, step: u64) -> Option<StepInspection> {
        let landscape: AnyLandscape = "quadratic:a=1,b=25".parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        let refused = spec
            .optimizer
            .as_dyn()
            .unsupported_reason(&*problem.objective);
        let run_settings = RunSettings {
            steps: if refused.is_none() { 50 } else { 0 },
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: 1,
        };
        let never = Cancel::default();
        inspect_step(
            &*problem.objective,
            &[2.0, 1.0],
            spec,
            &run_settings,
            step,
            &never,
        )
    }

    #[test]
    fn momentum_shows_its_numbers() {
        let spec: RunSpec = "sgd:lr=0.01,momentum=0.9".parse().unwrap();
        let second = at(&spec, 2).unwrap();
        assert_eq!(second.theta[0], [1.98, 0.75]);
        let lines: Vec<String> = spec.update_lines().into_iter().map(symbols).collect();
        assert_eq!(lines, ["v ← μ v + g", "θ ← θ − γ v"]);
        assert_eq!(
            spec.update_lines_at(&second, 0),
            ["3.78 ← 0.9 · 2 + 1.98", "1.9422 ← 1.98 − 0.01 · 3.78"]
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
            for line in spec.update_lines() {
                slots(line, |symbol, name| {
                    let bare = name.trim_end_matches('<');
                    let known = spec.number(&look, 0, symbol, name).is_some()
                        || look.state[1].iter().any(|carried| carried.symbol == bare)
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
