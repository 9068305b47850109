//! Update lines of runs: the rule as text, with symbols or with the numbers of a step.

use super::RunSpec;
use super::inspect::StepInspection;
use crate::engine::declare::Value;
use crate::engine::numeric::real;
use crate::engine::objective::state::OptimizerStateKind;
use crate::engine::wrapper::Blocks;

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
            "t" => Some(real(look.step)),
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
                    Value::Count(count) => Some(real(count)),
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
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::objective::GradientSettings;
    use crate::engine::optimizer::AnyOptimizer;
    use crate::engine::training::{RunSettings, inspect_step};
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
