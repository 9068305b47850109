//! Update rules of runs: the optimizer with its wrappers and parameter groups.

use super::training_loop::RunContext;
use crate::engine::objective::outcome::Reason;
use crate::engine::objective::state::{OptimizerStateKind, StateEntry, StateVisitor};
use crate::engine::objective::{GradientSettings, GradientTransform, Objective, Oracle, norm};
use crate::engine::optimizer::{AnyOptimizer, AnyRule, UpdateRule};
use crate::engine::schedule::{ScheduleState, StepRates};
use crate::engine::wrapper::Blocks;

impl<'a> RunContext<'a> {
    /// Returns the update rule of the run: the optimizer with its parameter groups and wrappers.
    pub(super) fn rule(&self) -> AnyRule<'a> {
        let dim = self.start.len();
        let spec = self.spec;
        let rule: AnyRule<'a> = if self.has_groups() {
            Box::new(GroupedRule::new(self))
        } else {
            spec.optimizer.as_dyn().init(&[dim]).into_rule(dim)
        };
        let blocks = Blocks::new(dim, self.objective.tensors());
        spec.wrappers.iter().fold(rule, |rule, wrapper| {
            wrapper.as_dyn().wrap_rule(rule, &blocks)
        })
    }

    /// Whether several groups of parameters have rules of their own.
    pub(super) fn has_groups(&self) -> bool {
        let by_tensor = self.spec.optimizer.as_dyn().is_layerwise();
        !self.spec.groups.is_empty() || by_tensor && !self.objective.tensors().is_empty()
    }

    /// Returns the gradient transforms of the wrappers, the nearest to the optimizer first.
    pub(super) fn gradient_transforms(&self) -> Vec<Box<dyn GradientTransform>> {
        let blocks = Blocks::new(self.start.len(), self.objective.tensors());
        let wrappers = self.spec.wrappers.iter();
        wrappers
            .filter_map(|wrapper| wrapper.as_dyn().gradient_transform(&blocks))
            .collect()
    }
}

/// Update rule with a rule for each parameter group, and for each tensor of a group where the optimizer is layerwise.
struct GroupedRule<'a> {
    parts: Vec<ParamGroup<'a>>,
    steps: u64,
}

struct ParamGroup<'a> {
    /// Indices of the group among all parameters.
    indices: Vec<usize>,
    rule: AnyRule<'a>,
    /// Parameters of the group, and the oracle that returns their gradient.
    theta: Vec<f64>,
    oracle: Oracle<'a>,
    schedule_state: ScheduleState<'a>,
    /// Rates of the last step.
    rates: StepRates,
}

/// Objective of a group's oracle, whose gradient is always set by the caller.
struct NullObjective;

impl Objective for NullObjective {
    fn dim(&self) -> usize {
        0
    }
    fn value(&self, _theta: &[f64]) -> f64 {
        f64::NAN
    }
    fn gradient(&self, _theta: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.fill(f64::NAN);
        f64::NAN
    }
    fn batch_gradient(&self, theta: &[f64], _batch: &[usize], gradient: &mut [f64]) -> f64 {
        self.gradient(theta, gradient)
    }
    fn hessian(&self, _theta: &[f64], hessian: &mut [f64]) {
        hessian.fill(f64::NAN);
    }
    fn hessian_vector(&self, _theta: &[f64], _vector: &[f64], product: &mut [f64]) {
        product.fill(f64::NAN);
    }
}

impl<'a> GroupedRule<'a> {
    fn new(context: &RunContext<'a>) -> Self {
        let (spec, steps) = (context.spec, context.run_settings.steps);
        let tensors = context.objective.tensors();
        let mut parts = Vec::new();
        let mut part = |indices: Vec<usize>, optimizer: &'a AnyOptimizer, shape: &[usize]| {
            let zeros = vec![0.0; indices.len()];
            parts.push(ParamGroup {
                rule: optimizer.as_dyn().init(shape).into_rule(zeros.len()),
                theta: zeros.clone(),
                oracle: Oracle::new(
                    &NullObjective,
                    GradientSettings::default(),
                    zeros,
                    context.cancel,
                ),
                schedule_state: ScheduleState::new(&spec.schedule, optimizer.as_dyn().lr(), steps),
                rates: spec.rates(0, steps),
                indices,
            });
        };
        let mut group = |indices: Vec<usize>, optimizer: &'a AnyOptimizer| {
            if tensors.is_empty() || !optimizer.as_dyn().is_layerwise() {
                let shape = [indices.len()];
                return part(indices, optimizer, &shape);
            }
            for tensor in tensors {
                let own = indices.iter().filter(|index| tensor.range.contains(index));
                let own: Vec<usize> = own.copied().collect();
                if own.len() == tensor.range.len() {
                    part(own, optimizer, &tensor.shape);
                } else if !own.is_empty() {
                    let shape = [own.len()];
                    part(own, optimizer, &shape);
                }
            }
        };
        let mut rest: Vec<usize> = (0..context.start.len()).collect();
        for named in &spec.groups {
            let own = context.objective.group(&named.name).unwrap_or(0..0);
            let (own, others) = rest.iter().partition(|index| own.contains(index));
            rest = others;
            group(own, &named.optimizer);
        }
        group(rest, &spec.optimizer);
        Self { parts, steps: 0 }
    }
}

impl UpdateRule for GroupedRule<'_> {
    fn step(&mut self, theta: &mut [f64], oracle: &mut Oracle, rates: StepRates) {
        let (loss, gradient) = oracle.gradient(theta);
        let whole = norm(gradient);
        for ParamGroup {
            indices,
            rule,
            theta: own,
            oracle,
            schedule_state,
            rates: last_pace,
        } in &mut self.parts
        {
            for (own, index) in own.iter_mut().zip(&*indices) {
                *own = theta[*index];
            }
            oracle.set_gradient(own, indices.iter().map(|index| gradient[*index]), whole);
            let own_pace = schedule_state.rates(self.steps, loss);
            let momentum = own_pace.momentum.or(rates.momentum);
            *last_pace = StepRates {
                momentum,
                ..own_pace
            };
            rule.step(own, oracle, *last_pace);
            for (own, index) in own.iter().zip(&*indices) {
                theta[*index] = *own;
            }
        }
        self.steps += 1;
    }

    fn decay(&self, theta: &mut [f64], _pace: StepRates) {
        for part in &self.parts {
            let mut own: Vec<f64> = part.indices.iter().map(|index| theta[*index]).collect();
            part.rule.decay(&mut own, part.rates);
            for (own, index) in own.iter().zip(&part.indices) {
                theta[*index] = *own;
            }
        }
    }

    fn failure(&self) -> Option<Reason> {
        self.parts.iter().find_map(|part| part.rule.failure())
    }

    /// Visits the states of the groups, joined; NaN where a group lacks an entry.
    fn visit_state(&self, visitor: &mut StateVisitor) {
        let dim = self.parts.iter().map(|part| part.indices.len()).sum();
        let mut together: Vec<(StateEntry<'static>, Vec<f64>)> = Vec::new();
        for ParamGroup { indices, rule, .. } in &self.parts {
            rule.visit_state(&mut |entry| {
                let StateEntry {
                    symbol, name, kind, ..
                } = entry;
                let is_per_parameter = matches!(
                    kind,
                    OptimizerStateKind::Direction
                        | OptimizerStateKind::Step
                        | OptimizerStateKind::Each
                        | OptimizerStateKind::Place
                );
                if !is_per_parameter {
                    return;
                }
                let known = { together.iter() }.position(|(other, _)| other.symbol == symbol);
                let at = known.unwrap_or(together.len());
                if known.is_none() {
                    let joined = StateEntry {
                        symbol,
                        name,
                        kind,
                        numbers: &[],
                    };
                    together.push((joined, vec![f64::NAN; dim]));
                }
                for (index, number) in indices.iter().zip(entry.numbers) {
                    together[at].1[*index] = *number;
                }
            });
        }
        for (entry, numbers) in &together {
            visitor(StateEntry { numbers, ..*entry });
        }
    }
}
