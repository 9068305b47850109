//! Facts of a run that rules read: its end, its motion, its curvature and, of networks, its layers.

mod curvature;
mod ending;
mod layers;
mod motion;
mod noise;
mod saddle;

pub(super) use curvature::Unstable;

use crate::engine::analysis::critical::{self, CriticalPoint, Kind};
use crate::engine::cancel::Cancel;
use crate::engine::declare::Value;
use crate::engine::numeric::real as count;
use crate::engine::training::{Outcome, Reason, RunSpec};
use crate::figure::axis::number;
use crate::teaching::facts::Facts;
use std::cell::OnceCell;

/// Share of the first excess over the minimum below which a run has found the minimum.
const SOLVED: f64 = 1e-4;

/// Share of the first loss below which a network is trained, without classes.
const TRAINED: f64 = 0.05;

/// Accuracy above which a network is trained.
const ACCURATE: f64 = 0.95;

/// Share of the largest gradient norm of a run below which its end is a stationary point.
const STATIONARY: f64 = 1e-3;

/// A run, with results that several facts share.
pub(super) struct Context<'a> {
    pub(super) facts: Facts<'a>,
    best: OnceCell<Option<([f64; 2], f64)>>,
    critical: OnceCell<Vec<CriticalPoint>>,
    eigenvalues: OnceCell<Option<[f64; 2]>>,
    steep: OnceCell<Option<Vec<f64>>>,
    unstable: OnceCell<Option<Unstable>>,
    saddle_wait: OnceCell<Option<saddle::SaddleWait>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(facts: Facts<'a>) -> Self {
        Self {
            facts,
            best: OnceCell::new(),
            critical: OnceCell::new(),
            eigenvalues: OnceCell::new(),
            steep: OnceCell::new(),
            unstable: OnceCell::new(),
            saddle_wait: OnceCell::new(),
        }
    }

    /// Returns the spec of the run at its end.
    pub(super) fn spec(&self) -> &RunSpec {
        self.facts.spec(self.facts.last())
    }

    /// Returns a setting of the run's optimizer as text.
    pub(super) fn setting(&self, name: &str) -> Option<String> {
        let settings = self.spec().optimizer.settings();
        let index = settings
            .params()
            .iter()
            .position(|param| param.name == name)?;
        Some(settings.params()[index].text(&settings.value(index)))
    }

    /// Returns a number among the settings of the run's optimizer.
    fn setting_number(&self, name: &str) -> Option<f64> {
        match self.spec().optimizer.settings().get(name)? {
            Value::Real(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn has_wrapper(&self, name: &str) -> bool {
        let mut wrappers = self.spec().wrappers.iter();
        wrappers.any(|wrapper| wrapper.name() == name)
    }

    /// Returns a number among the settings of a wrapper of the run.
    fn wrapper_number(&self, wrapper: &str, setting: &str) -> Option<f64> {
        let wrappers = &self.spec().wrappers;
        let own = wrappers.iter().find(|own| own.name() == wrapper)?;
        match own.settings().get(setting)? {
            Value::Real(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn outcome(&self) -> &'static str {
        self.facts.trajectory().outcome.name()
    }

    pub(super) fn reason(&self) -> Option<String> {
        let reason = self.facts.trajectory().outcome.reason()?;
        Some(reason.clause().to_owned())
    }

    pub(super) fn ended_by(&self, reasons: &[Reason]) -> bool {
        let reason = self.facts.trajectory().outcome.reason();
        reason.is_some_and(|reason| reasons.contains(&reason))
    }

    pub(super) fn end_step(&self) -> f64 {
        count(self.facts.end_step())
    }

    pub(super) fn steps(&self) -> f64 {
        count(self.facts.runs.scene.training.steps)
    }

    pub(super) fn loss(&self, row: usize) -> f64 {
        self.facts.trajectory().loss[row]
    }

    pub(super) fn grad_norm(&self, row: usize) -> f64 {
        self.facts.trajectory().grad_norm[row]
    }

    /// Whether a step left the domain of the landscape: the loss or its gradient is not finite after a run of moderate numbers.
    pub(super) fn left_domain(&self) -> bool {
        const MODERATE: f64 = 1e6;
        let last = self.facts.last();
        let size = |theta: &[f64]| theta.iter().fold(1.0_f64, |size, t| size.max(t.abs()));
        let [start, end] = [0, last].map(|row| size(self.facts.theta(row)));
        let losses = [0, last].map(|row| self.loss(row).abs());
        self.ended_by(&[Reason::LossNotFinite, Reason::GradientNotFinite])
            && end < MODERATE * start
            && losses[1] < MODERATE * losses[0].max(1.0)
    }

    /// Returns the point and the loss of the lowest minimum that is known, or that there is in the view and around the run.
    fn best(&self) -> Option<([f64; 2], f64)> {
        *self.best.get_or_init(|| {
            if self.facts.trained().is_some() {
                return None;
            }
            let problem = &self.facts.runs.problem;
            let known = problem.minima.iter().map(|mark| (mark.at, mark.value));
            let lowest = |a: ([f64; 2], f64), b: ([f64; 2], f64)| if b.1 < a.1 { b } else { a };
            if let Some(best) = known.reduce(lowest) {
                return Some(best);
            }
            if problem.objective.dim() != 2 {
                return None;
            }
            let found = self.critical_points().iter();
            let minima = found.filter(|point| point.kind == Kind::Minimum);
            minima.map(|point| (point.at, point.value)).reduce(lowest)
        })
    }

    /// Returns the critical points in the view of a landscape of two parameters.
    fn critical_points(&self) -> &[CriticalPoint] {
        self.critical.get_or_init(|| {
            let problem = &self.facts.runs.problem;
            if self.facts.trained().is_some() || problem.objective.dim() != 2 {
                return Vec::new();
            }
            let view = self.facts.runs.scene.view.unwrap_or(problem.view);
            let known = problem.minima.iter().chain(&problem.saddles);
            let known: Vec<[f64; 2]> = known.map(|mark| mark.at).collect();
            let found = critical::find(&*problem.objective, view, &known, &Cancel::default());
            found.unwrap_or_default()
        })
    }

    /// Whether a saddle or a maximum is close to a row of a run on a landscape, in comparison with the view.
    pub(super) fn is_near_saddle(&self, row: usize) -> bool {
        const NEAR: f64 = 0.15;
        if self.facts.theta(row).len() == 1 {
            return true;
        }
        let mut points = self.critical_points().iter();
        let is_near = |at: [f64; 2]| self.facts.distance(row, at) < NEAR * self.extent();
        points.any(|point| point.kind != Kind::Minimum && is_near(point.at))
    }

    /// Returns the loss of the lowest minimum.
    pub(super) fn minimum(&self) -> Option<f64> {
        self.best().map(|(_, value)| value)
    }

    /// Returns the loss at a row less the lowest one.
    pub(super) fn excess(&self, row: usize) -> Option<f64> {
        Some((self.loss(row) - self.minimum()?).max(0.0))
    }

    /// Whether the run found the lowest minimum, or a minimum where none is known; whether a network is trained.
    pub(super) fn is_solved(&self) -> bool {
        if matches!(self.facts.trajectory().outcome, Outcome::Diverged(..)) {
            return false;
        }
        if self.facts.trained().is_some() {
            let trained = self.loss(self.facts.last()) <= TRAINED * self.loss(0);
            return self
                .accuracy(0)
                .map_or(trained, |share| share >= ACCURATE || trained);
        }
        match (self.minimum(), self.excess(self.facts.last())) {
            (Some(minimum), Some(excess)) => {
                let start = self.excess(0).unwrap_or(f64::INFINITY);
                excess <= SOLVED * start || excess <= 1e-8 * (1.0 + minimum.abs())
            }
            _ => self.is_stationary() && !self.has_negative_curvature(),
        }
    }

    /// Whether the loss fell below every bound, or is far below the start, still falling along negative curvature, and no minimum is known.
    pub(super) fn falls_without_bound(&self) -> bool {
        const FAR: f64 = 20.0;
        let (start, last) = (self.loss(0), self.facts.last());
        let beyond = [Reason::LossBeyondLimit, Reason::ParameterBeyondLimit];
        if self.ended_by(&beyond) {
            return self.loss(last) < start.min(-1e3);
        }
        last > 0
            && self.facts.trained().is_none()
            && self.outcome() == "finished"
            && self.loss(last) < start - FAR * start.abs().max(1.0)
            && self.loss(last) < self.loss(last - 1)
            && self.loss(last) < self.loss(last / 2)
            && self.end_eigenvalues().is_some_and(|[low, _]| low < 0.0)
            && self.minimum().is_none()
    }

    pub(super) fn grad_end_share(&self) -> Option<f64> {
        let norms = &self.facts.trajectory().grad_norm;
        let most = norms.iter().copied().fold(0.0, f64::max);
        (most > 0.0).then(|| norms[self.facts.last()] / most)
    }

    /// Whether the gradient at the end is small, compared with the largest one.
    pub(super) fn is_stationary(&self) -> bool {
        let small = self
            .grad_end_share()
            .is_none_or(|share| share <= STATIONARY);
        small || self.outcome() == "converged"
    }

    /// Returns a point of the run as text.
    pub(super) fn point_text(&self, row: usize) -> String {
        match *self.facts.trajectory().theta(row).unwrap_or_default() {
            [x] => format!("x = {}", number(x, 3)),
            [x, y, ..] => point([x, y]),
            [] => String::new(),
        }
    }

    pub(super) fn best_minimum_text(&self) -> Option<String> {
        let dim = self.facts.runs.problem.objective.dim();
        self.best().map(|(at, _)| match dim {
            1 => format!("x = {}", number(at[0], 3)),
            _ => point(at),
        })
    }

    /// Returns a start on the way from the run's start to the lowest minimum, a tenth of the way before it, as the text of a setting.
    pub(super) fn near_best_start(&self) -> Option<String> {
        let (best, _) = self.best()?;
        let start = self.facts.runs.scene.start();
        let near = [0, 1].map(|i| best[i] + 0.1 * (start[i] - best[i]));
        Some(start_text(near, self.extent()))
    }
}

/// Returns a point as text, like "(−1.5, 2)".
fn point([x, y]: [f64; 2]) -> String {
    format!("({}, {})", number(x, 3), number(y, 3))
}

/// Returns a point as the text of a setting, rounded to about a thousandth of the view, whose longer side is `extent`.
fn start_text(at: [f64; 2], extent: f64) -> String {
    let digits = (3.0 - extent.log10().floor()).clamp(0.0, 12.0);
    // Powers of ten are exact as divisors only.
    let scale = 10_f64.powf(digits);
    let [x, y] = at.map(|t| (t * scale).round() / scale + 0.0);
    format!("{x}, {y}")
}
