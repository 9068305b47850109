//! Checks of claims: the runs of a step are computed, and the value of a claim's quantity is compared.

use super::{Claim, Quantity, network};
use crate::engine::files::Files;
use crate::engine::numeric::real;
use crate::engine::objective::norm;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::figure::axis::number;
use crate::session::compute_all_runs;
use crate::teaching::facts::{Facts, mean};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Error of a claim without a comparison, or with several.
const ONE_COMPARISON: &str =
    "expected exactly one of `below`, `above`, `equals`, `less-than` and `outcome`";

/// Significant digits of values in sentences.
const DIGITS: usize = 4;

/// The runs of a scene, computed once for each seed that a claim asks for.
pub struct Played<'a> {
    scene: &'a Scene,
    files: &'a dyn Files,
    by_seed: RefCell<BTreeMap<u64, Rc<Runs>>>,
}

/// Result of the check of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The value, NaN for an outcome; infinite for steps and evaluations until a loss that is never reached.
    pub value: f64,
    /// The value of the other run, for claims that compare two.
    pub other: Option<f64>,
    /// Whether the claim holds.
    pub holds: bool,
    /// Sentence with the values, like "momentum: 49 steps to loss 1e-6, below 60: holds".
    pub sentence: String,
}

impl<'a> Played<'a> {
    /// Returns a scene whose runs are computed when a claim needs them.
    pub fn new(scene: &'a Scene, files: &'a dyn Files) -> Self {
        Self {
            scene,
            files,
            by_seed: RefCell::default(),
        }
    }

    /// Returns the runs of the scene with another seed.
    ///
    /// # Errors
    /// Returns a sentence if the scene cannot be loaded or trained.
    pub fn runs(&self, seed: u64) -> Result<Rc<Runs>, String> {
        if let Some(runs) = self.by_seed.borrow().get(&seed) {
            return Ok(Rc::clone(runs));
        }
        let mut scene = self.scene.clone();
        scene.training.seed = seed;
        let problem = scene.load(self.files).map_err(|error| error.to_string())?;
        let runs = Rc::new(compute_all_runs(&scene, &Arc::new(problem), None)?);
        self.by_seed.borrow_mut().insert(seed, Rc::clone(&runs));
        Ok(runs)
    }

    fn index(&self, name: Option<&str>) -> Result<usize, String> {
        let names = self.scene.run_names();
        let Some(name) = name else {
            return match names.len() {
                1 => Ok(0),
                count => Err(format!(
                    "the scene has {count} runs; expected `run` with the name of one"
                )),
            };
        };
        let found = names.iter().position(|known| known == name);
        found.ok_or_else(|| {
            let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "there is no run `{name}`; expected one of {}",
                list.join(", ")
            )
        })
    }

    fn seeds(&self, claim: &Claim) -> Vec<u64> {
        match claim.seeds {
            Some(count) => (0..count).collect(),
            None => vec![self.scene.training.seed],
        }
    }

    /// Returns the mean over the claim's seeds of its quantity of a run.
    fn value(&self, claim: &Claim, index: usize) -> Result<f64, String> {
        let mut values = Vec::new();
        for seed in self.seeds(claim) {
            let runs = self.runs(seed)?;
            let own = facts(&runs, index)?;
            values.push(match &claim.to_run {
                Some(other) => {
                    let other = facts(&runs, self.index(Some(other))?)?;
                    network::barrier(&own, &other, claim.quantity == Quantity::CurveBarrier)?
                }
                None => measure(claim, &own)?,
            });
        }
        Ok(mean(&values))
    }
}

impl Claim {
    /// Measures the claim's quantity of its run and compares it.
    ///
    /// # Errors
    /// Returns a sentence if there is no such run, the run has no such quantity, or the claim has not exactly one comparison.
    pub fn check(&self, played: &Played) -> Result<Checked, String> {
        self.check_form()?;
        let index = played.index(self.run.as_deref())?;
        let name = &played.scene.run_names()[index];
        if let Some(expected) = &self.outcome {
            return self.check_outcome(played, index, name, expected);
        }
        let value = played.value(self, index)?;
        let (mut other, tolerance) = (None, self.tolerance.unwrap_or(0.0));
        let of_value = self.text(value);
        let (holds, comparison) = match self {
            Self {
                below: Some(limit), ..
            } => (
                value < *limit,
                format!("{of_value}, below {}", number(*limit, DIGITS)),
            ),
            Self {
                above: Some(limit), ..
            } => (
                value > *limit,
                format!("{of_value}, above {}", number(*limit, DIGITS)),
            ),
            Self {
                equals: Some(target),
                ..
            } => {
                let near = number(*target, DIGITS);
                let near = match self.tolerance {
                    Some(width) => format!("{near} ± {}", number(width, DIGITS)),
                    None => near,
                };
                let holds = (value - target).abs() <= tolerance;
                (holds, format!("{of_value}, equal to {near}"))
            }
            Self {
                less_than: Some(than),
                ..
            } => {
                let its = played.value(self, played.index(Some(than))?)?;
                other = Some(its);
                let ratio = self.times.unwrap_or(1.0);
                let times = match self.times {
                    Some(ratio) => format!(" by a factor of {}", number(ratio, DIGITS)),
                    None => String::new(),
                };
                let text = format!("{of_value}, less than {than}'s {}{times}", self.text(its));
                (value < its && value * ratio <= its, text)
            }
            _ => return Err(ONE_COMPARISON.to_owned()),
        };
        let verdict = if holds { "holds" } else { "fails" };
        let mean = self
            .seeds
            .map_or_else(String::new, |count| format!(" (mean of {count} seeds)"));
        Ok(Checked {
            value,
            other,
            holds,
            sentence: format!("{name}: {comparison}{mean}: {verdict}"),
        })
    }

    fn check_form(&self) -> Result<(), String> {
        let comparisons = [
            self.below.is_some(),
            self.above.is_some(),
            self.equals.is_some(),
            self.outcome.is_some(),
            self.less_than.is_some(),
        ];
        let given = comparisons.into_iter().filter(|given| *given).count();
        if given != 1 {
            return Err(ONE_COMPARISON.to_owned());
        }
        let unused = |name: &str, needs: &str| Err(format!("`{name}` is for {needs}"));
        let waits = matches!(
            self.quantity,
            Quantity::StepsToLoss | Quantity::EvaluationsToLoss
        );
        let barrier = matches!(self.quantity, Quantity::Barrier | Quantity::CurveBarrier);
        match self {
            _ if self.outcome.is_some() != (self.quantity == Quantity::Outcome) => {
                unused("outcome", "the quantity outcome, which needs it")
            }
            _ if self.loss.is_some() != waits => unused(
                "loss",
                "steps-to-loss and evaluations-to-loss, which need it",
            ),
            _ if self.tolerance.is_some() && self.equals.is_none() => {
                unused("tolerance", "`equals`")
            }
            _ if self.times.is_some() && self.less_than.is_none() => unused("times", "`less-than`"),
            _ if self.seeds == Some(0) => {
                Err("`seeds` cannot be 0; expected the number of seeds, 1 or more".to_owned())
            }
            _ if self.to_run.is_some() && !barrier => {
                unused("to-run", "the quantities barrier and curve-barrier")
            }
            _ if self.to.is_some() && self.quantity != Quantity::Distance => {
                unused("to", "the quantity distance")
            }
            _ => Ok(()),
        }
    }

    fn check_outcome(
        &self,
        played: &Played,
        index: usize,
        name: &str,
        expected: &str,
    ) -> Result<Checked, String> {
        const OUTCOMES: [&str; 4] = ["finished", "converged", "diverged", "stopped"];
        if !OUTCOMES.contains(&expected) {
            return Err(format!(
                "`outcome` cannot be `{expected}`; expected {}",
                OUTCOMES.join(", ")
            ));
        }
        let (mut holds, mut ends) = (true, Vec::new());
        for seed in played.seeds(self) {
            let runs = played.runs(seed)?;
            let result = runs.results.get(index).ok_or("the run has no result")?;
            let outcome = result.trajectory.outcome;
            holds &= outcome.name() == expected;
            ends.push(
                outcome
                    .warning()
                    .unwrap_or_else(|| outcome.name().to_owned()),
            );
        }
        ends.dedup();
        let verdict = if holds { "holds" } else { "fails" };
        Ok(Checked {
            value: f64::NAN,
            other: None,
            holds,
            sentence: format!(
                "{name}: {}, expected {expected}: {verdict}",
                ends.join("; ")
            ),
        })
    }

    /// Returns a value with the name of what it is.
    fn text(&self, value: f64) -> String {
        let text = number(value, DIGITS);
        let at = self
            .at
            .map_or_else(String::new, |step| format!(" at step {step}"));
        let goal = || number(self.loss.unwrap_or(f64::NAN), DIGITS);
        match self.quantity {
            Quantity::StepsToLoss | Quantity::EvaluationsToLoss if value.is_infinite() => {
                format!("loss {} not reached", goal())
            }
            Quantity::StepsToLoss => format!("{text} steps to loss {}", goal()),
            Quantity::EvaluationsToLoss => format!("{text} evaluations to loss {}", goal()),
            quantity => format!("{} {text}{at}", quantity.label()),
        }
    }
}

impl Quantity {
    /// Returns the name in sentences.
    pub fn label(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::BestLoss => "best loss",
            Self::MeanLoss => "mean loss of the last quarter",
            Self::GradNorm => "gradient norm",
            Self::X => "x",
            Self::Y => "y",
            Self::Distance => "distance",
            Self::StepLength => "step length",
            Self::Lr => "lr",
            Self::Evaluations => "gradient evaluations",
            Self::StepsToLoss => "steps",
            Self::EvaluationsToLoss => "evaluations",
            Self::Outcome => "outcome",
            Self::EndStep => "last step",
            Self::Crossings => "crossings of the valley",
            Self::Sharpness => "λmax",
            Self::LowestCurvature => "λmin",
            Self::ConditionNumber => "condition number",
            Self::LrSharpness => "lr·λmax",
            Self::SharpnessRatio => "λmax as a multiple of the stability limit",
            Self::LargestLr => "largest stable lr",
            Self::Rate => "rate per step",
            Self::Accuracy => "accuracy",
            Self::TestAccuracy => "test accuracy",
            Self::ProjectionError => "projection error",
            Self::WeightNorm => "norm of all parameters",
            Self::FirstLayerGradNorm => "gradient norm of the first layer",
            Self::DeadUnits => "share of dead units",
            Self::Barrier => "barrier on the straight line",
            Self::CurveBarrier => "barrier along the curve",
        }
    }
}

fn facts(runs: &Runs, index: usize) -> Result<Facts<'_>, String> {
    Facts::new(runs, index).ok_or_else(|| {
        let name = runs.scene.run_names().get(index).cloned();
        format!("the run `{}` has no finite step", name.unwrap_or_default())
    })
}

/// Returns the value of a claim's quantity of a run.
fn measure(claim: &Claim, facts: &Facts) -> Result<f64, String> {
    let trajectory = facts.trajectory();
    let row = match claim.quantity {
        Quantity::StepLength if claim.at.is_none() => facts.last().saturating_sub(1),
        _ => facts.row(claim.at)?,
    };
    let label = claim.quantity.label();
    let theory = || format!("theory gives no {label} for `{}` here", facts.spec(row));
    let here = || format!("the scene has no {label}");
    match claim.quantity {
        Quantity::Loss => Ok(trajectory.loss[row]),
        Quantity::BestLoss => Ok(facts.best_loss()),
        Quantity::MeanLoss => Ok(facts.mean_loss()),
        Quantity::GradNorm => Ok(trajectory.grad_norm[row]),
        Quantity::X => Ok(trajectory.theta(row).map_or(f64::NAN, |theta| theta[0])),
        Quantity::Y => { trajectory.theta(row) }
            .and_then(|theta| theta.get(1).copied())
            .ok_or_else(here),
        Quantity::Distance => match claim.to.or(facts.nearest_minimum(row).map(|(at, _)| at)) {
            Some(to) => Ok(facts.distance(row, to)),
            None => Err("the landscape has no known minimum; expected `to`".to_owned()),
        },
        Quantity::StepLength if row < facts.last() => Ok(facts.distance_between(row + 1, row)),
        Quantity::StepLength => Err(format!(
            "the run has no step after step {}",
            facts.runs.step(row)
        )),
        Quantity::Lr => Ok(trajectory.lr[row]),
        Quantity::Evaluations => Ok(real(trajectory.evaluations[row])),
        Quantity::StepsToLoss | Quantity::EvaluationsToLoss => {
            let found = facts.first_row_below(claim.loss.unwrap_or(f64::NAN));
            Ok(found.map_or(f64::INFINITY, |row| match claim.quantity {
                Quantity::StepsToLoss => real(facts.runs.step(row)),
                _ => real(trajectory.evaluations[row]),
            }))
        }
        Quantity::Outcome => Err("the quantity outcome needs `outcome`".to_owned()),
        Quantity::EndStep => Ok(real(facts.end_step())),
        Quantity::Crossings => facts.crossings(row).map(real).ok_or_else(here),
        Quantity::Sharpness => facts.lambda_max(row).ok_or_else(here),
        Quantity::LowestCurvature => { facts.eigenvalues(row) }
            .map(|[low, _]| low)
            .ok_or_else(here),
        Quantity::ConditionNumber => facts.condition_number(row).ok_or_else(here),
        Quantity::LrSharpness => { facts.lambda_max(row) }
            .map(|high| trajectory.lr[row] * high)
            .ok_or_else(here),
        Quantity::SharpnessRatio => facts.sharpness_ratio(row).ok_or_else(theory),
        Quantity::LargestLr => facts.largest_lr(row).ok_or_else(theory),
        Quantity::Rate => facts.rate().ok_or_else(|| {
            "the landscape has no known minimum, or the run has too few steps".to_owned()
        }),
        Quantity::Accuracy => network::accuracy(facts, row, 0).ok_or_else(here),
        Quantity::TestAccuracy => network::accuracy(facts, row, 1).ok_or_else(here),
        Quantity::ProjectionError => network::projection_error(facts, row).ok_or_else(here),
        Quantity::WeightNorm => Ok(norm(facts.theta(row))),
        Quantity::FirstLayerGradNorm => network::first_layer_grad_norm(facts, row).ok_or_else(here),
        Quantity::DeadUnits => network::dead_units(facts, row).ok_or_else(here),
        Quantity::Barrier | Quantity::CurveBarrier => {
            Err("expected `to-run` with the name of the run at the other end".to_owned())
        }
    }
}
