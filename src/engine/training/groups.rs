//! Runs with something around their optimizer: wrappers, and groups of parameters.

use super::Reason;
use super::walk::Course;
use crate::engine::objective::state::{Internal, Numbers, Probe};
use crate::engine::objective::{Lens, Objective, Oracle, Treatment, norm};
use crate::engine::optimizer::{AnyOptimizer, Rule};
use crate::engine::schedule::{Pace, Pacing};
use crate::engine::wrapper::{AnyRule, Blocks, Parameters};

impl<'a> Course<'a> {
    /// The optimizer with all that is around it.
    pub(super) fn wrapped(&self) -> AnyRule<'a> {
        let dim = self.start.len();
        let spec = self.spec;
        let rule: AnyRule<'a> = if self.is_split() {
            Box::new(Split::new(self))
        } else {
            spec.optimizer.as_dyn().boxed(vec![0.0; dim])
        };
        let blocks = Blocks::new(dim, self.objective.tensors());
        spec.wrappers
            .iter()
            .fold(rule, |rule, wrapper| wrapper.as_dyn().around(rule, &blocks))
    }

    /// Whether there is a rule of its own for each of several parts of the parameters.
    pub(super) fn is_split(&self) -> bool {
        let by_tensor = self.spec.optimizer.as_dyn().by_tensor();
        !self.spec.groups.is_empty() || by_tensor && !self.objective.tensors().is_empty()
    }

    /// What the optimizer looks through.
    pub(super) fn lenses(&self) -> Vec<Box<dyn Lens<Parameters>>> {
        let blocks = Blocks::new(self.start.len(), self.objective.tensors());
        let wrappers = self.spec.wrappers.iter();
        wrappers
            .filter_map(|wrapper| wrapper.as_dyn().lens(&blocks))
            .collect()
    }
}

/// A rule of its own for each group of parameters, and within it for each tensor where the optimizer wants that.
struct Split<'a> {
    parts: Vec<Part<'a>>,
    steps: u64,
}

struct Part<'a> {
    /// Which of all parameters.
    indices: Vec<usize>,
    rule: AnyRule<'a>,
    /// These parameters alone, and what is said of their gradient.
    theta: Parameters,
    oracle: Oracle<'a, Parameters>,
    pacing: Pacing<'a>,
    /// The pace of the last step.
    pace: Pace,
}

/// A rule that moves each parameter, or each tensor, by its own gradient asks for nothing but the gradient where it is, which is
/// given to it.
struct Nothing;

impl Objective for Nothing {
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

impl<'a> Split<'a> {
    fn new(course: &Course<'a>) -> Self {
        let (spec, steps) = (course.spec, course.conditions.steps);
        let tensors = course.objective.tensors();
        let mut parts = Vec::new();
        let mut part = |indices: Vec<usize>, optimizer: &'a AnyOptimizer, shape: &[usize]| {
            let zeros = vec![0.0; indices.len()];
            parts.push(Part {
                rule: optimizer.as_dyn().start_tensor(zeros.clone(), shape),
                theta: zeros.clone(),
                oracle: Oracle::new(&Nothing, Treatment::default(), zeros, course.cancel),
                pacing: Pacing::new(&spec.plan, optimizer.as_dyn().lr(), steps),
                pace: spec.pace(0, steps),
                indices,
            });
        };
        let mut group = |indices: Vec<usize>, optimizer: &'a AnyOptimizer| {
            if tensors.is_empty() || !optimizer.as_dyn().by_tensor() {
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
        let mut rest: Vec<usize> = (0..course.start.len()).collect();
        for named in &spec.groups {
            let own = course.objective.group(&named.name).unwrap_or(0..0);
            let (own, others) = rest.iter().partition(|index| own.contains(index));
            rest = others;
            group(own, &named.optimizer);
        }
        group(rest, &spec.optimizer);
        Self { parts, steps: 0 }
    }
}

impl Rule<Parameters> for Split<'_> {
    fn step(&mut self, theta: &mut Parameters, oracle: &mut Oracle<Parameters>, pace: Pace) {
        let (loss, gradient) = oracle.gradient(theta);
        let whole = norm(gradient);
        for Part {
            indices,
            rule,
            theta: own,
            oracle,
            pacing,
            pace: last_pace,
        } in &mut self.parts
        {
            for (own, index) in own.iter_mut().zip(&*indices) {
                *own = theta[*index];
            }
            oracle.give(own, indices.iter().map(|index| gradient[*index]), whole);
            let own_pace = pacing.pace(self.steps, loss);
            let momentum = own_pace.momentum.or(pace.momentum);
            *last_pace = Pace {
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

    fn decay(&self, theta: &mut [f64], _pace: Pace) {
        for part in &self.parts {
            let mut own: Vec<f64> = part.indices.iter().map(|index| theta[*index]).collect();
            part.rule.decay(&mut own, part.pace);
            for (own, index) in own.iter().zip(&part.indices) {
                theta[*index] = *own;
            }
        }
    }

    fn failure(&self) -> Option<Reason> {
        self.parts.iter().find_map(|part| part.rule.failure())
    }

    /// What the groups carry, put together; a group that carries less has NaN.
    fn probe(&self, probe: &mut Probe) {
        let dim = self.parts.iter().map(|part| part.indices.len()).sum();
        let mut together: Vec<(Internal<'static>, Vec<f64>)> = Vec::new();
        for Part { indices, rule, .. } in &self.parts {
            rule.probe(&mut |internal| {
                let (numbers, empty) = match internal.numbers {
                    Numbers::Direction(numbers) => (numbers, Numbers::Direction(&[])),
                    Numbers::Step(numbers) => (numbers, Numbers::Step(&[])),
                    Numbers::Each(numbers) => (numbers, Numbers::Each(&[])),
                    Numbers::Place(numbers) => (numbers, Numbers::Place(&[])),
                    Numbers::Places(_)
                    | Numbers::Trials(_)
                    | Numbers::Number(_)
                    | Numbers::Radius(_)
                    | Numbers::Spread(_) => return,
                };
                let (symbol, name) = (internal.symbol, internal.name);
                let known = together
                    .iter()
                    .position(|(other, _)| other.symbol == symbol);
                let at = known.unwrap_or(together.len());
                if known.is_none() {
                    let internal = Internal {
                        symbol,
                        name,
                        numbers: empty,
                    };
                    together.push((internal, vec![f64::NAN; dim]));
                }
                for (index, number) in indices.iter().zip(numbers) {
                    together[at].1[*index] = *number;
                }
            });
        }
        for (internal, all) in &together {
            let numbers = match internal.numbers {
                Numbers::Step(_) => Numbers::Step(all),
                Numbers::Each(_) => Numbers::Each(all),
                Numbers::Place(_) => Numbers::Place(all),
                _ => Numbers::Direction(all),
            };
            probe(Internal {
                symbol: internal.symbol,
                name: internal.name,
                numbers,
            });
        }
    }
}
