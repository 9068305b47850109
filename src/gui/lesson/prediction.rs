//! Predict first: a step hides its runs until a point of the map is clicked, and then shows how far from the end of a run that is.

use super::super::app::App;
use crate::engine::numeric::real;
use crate::engine::results::Runs;
use crate::engine::training::Outcome;
use crate::figure::axis::number;
use crate::figure::guess;
use crate::teaching::lesson::Step;

/// State of a prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Prediction {
    /// Nothing is predicted, or the run is shown without a guess.
    None,
    /// The runs are hidden until there is a guess.
    Waiting,
    /// The point that was clicked.
    Guessed([f64; 2]),
}

impl Prediction {
    /// Returns the state in which a step begins.
    pub(super) fn of(step: &Step) -> Self {
        match step.predict {
            Some(_) => Self::Waiting,
            None => Self::None,
        }
    }
}

/// A guess on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::gui) struct ShownGuess {
    /// The point that was clicked; its height above the graph of one parameter is left out.
    pub(in crate::gui) at: [f64; 2],
    /// Where the run ends, once the timeline is there.
    pub(in crate::gui) end: Option<[f64; 2]>,
}

impl App {
    /// Returns the index of the run whose end is to be predicted.
    fn predicted_run(&self) -> Option<usize> {
        let name = self.lessons.open.as_ref()?.step.predict.as_ref()?;
        self.scene.run_names().iter().position(|run| run == name)
    }

    /// Whether the runs are hidden until a point of the map is clicked.
    pub(in crate::gui) fn is_predicting(&self) -> bool {
        let open = self.lessons.open.as_ref();
        let waiting = open.is_some_and(|open| open.prediction == Prediction::Waiting);
        waiting && !self.scene.is_network() && self.predicted_run().is_some()
    }

    /// Holds the timeline at the start while the runs are hidden.
    pub(in crate::gui) fn hold_prediction(&mut self) {
        if self.is_predicting() {
            self.timeline.playing = false;
            self.timeline.go_to(0);
        }
    }

    /// Says why the timeline is held at the start.
    pub(in crate::gui) fn ask_for_guess(&mut self) {
        self.show_message(
            "Guess first: click where you expect the run to end. A plays without a guess.",
        );
    }

    /// Places the guess and plays the runs.
    pub(super) fn place_guess(&mut self, at: [f64; 2]) {
        if self.is_predicting() {
            self.end_prediction(Prediction::Guessed(at));
        }
    }

    /// Shows the hidden runs without a guess, or else the answer.
    pub(super) fn reveal(&mut self) {
        if self.is_predicting() {
            self.end_prediction(Prediction::None);
        } else if self.open_step().is_some()
            && let Some(open) = &mut self.lessons.open
        {
            open.just_revealed = open.step.answer.is_some() && !open.revealed;
            open.revealed = open.step.answer.is_some();
        }
    }

    fn end_prediction(&mut self, prediction: Prediction) {
        if let Some(open) = &mut self.lessons.open {
            open.prediction = prediction;
        }
        self.timeline.go_to(0);
        self.timeline.playing = true;
    }

    /// Returns the guess on the map, with the end of the run once the timeline is there.
    pub(in crate::gui) fn shown_guess(&self) -> Option<ShownGuess> {
        let Prediction::Guessed(at) = self.lessons.open.as_ref()?.prediction else {
            return None;
        };
        let run = self.predicted_run()?;
        let runs = self.runs().filter(|runs| runs.matches(&self.scene))?;
        let at = runs.problem.plot_point(at);
        let end = end_of(runs, run).filter(|_| self.is_at_end(runs, run));
        Some(ShownGuess { at, end })
    }

    /// Whether the timeline has reached the end of a run.
    fn is_at_end(&self, runs: &Runs, run: usize) -> bool {
        let rows = runs.results[run].trajectory.len();
        runs.row(self.timeline.step()) + 1 >= rows
    }

    /// Returns the sentence about the guess: what to do, or how far off it is.
    pub(super) fn prediction_text(&self) -> Option<String> {
        let open = self.lessons.open.as_ref()?;
        let name = open.step.predict.as_ref()?;
        let run = self.predicted_run()?;
        if self.is_predicting() {
            let where_to = if self.scene.dim() == 1 {
                "Click on the curve"
            } else {
                "Click on the map"
            };
            return Some(format!(
                "{where_to} where you expect the run {name} to end."
            ));
        }
        let guess = self.shown_guess();
        let runs = self.runs().filter(|runs| runs.matches(&self.scene))?;
        if !self.is_at_end(runs, run) {
            return guess.map(|_| format!("Your guess is marked. See where {name} goes."));
        }
        let outcome = runs.results[run].trajectory.outcome;
        if let Outcome::Diverged(step, _) = outcome {
            let far = guess.map_or("", |_| ", far from any guess");
            return Some(format!("{name} diverged at step {step}{far}."));
        }
        let end = end_of(runs, run)?;
        let dim = self.scene.dim();
        let axes = self.scene.axes();
        let view = runs.problem.view;
        let sizes = [view.width(), view.height()];
        let width = sizes[0].max(sizes[1]);
        let place: Vec<String> = (0..dim.min(2))
            .map(|axis| {
                format!(
                    "{} {}",
                    axes[axis],
                    number(rounded(end[axis], sizes[axis]), 4)
                )
            })
            .collect();
        let place = place.join(", ");
        let Some(guess) = guess else {
            return Some(format!("{name} ends at {place}."));
        };
        let distance = guess::distance(dim, guess.at, end);
        let verdict = if distance <= CLOSE * width {
            "Close."
        } else {
            "The run ends elsewhere."
        };
        let distance = number(rounded(distance, width), 4);
        Some(format!(
            "{verdict} Your guess is {distance} from the end of {name}, at {place}."
        ))
    }
}

/// Distance from the end of a run at which a guess is close, as a share of the landscape's view.
const CLOSE: f64 = 0.05;

/// Rounds a coordinate to about a thousandth of the size of the view.
fn rounded(coordinate: f64, size: f64) -> f64 {
    let digits = (3.0 - size.log10().floor()).clamp(0.0, 300.0);
    // Powers of ten are exact as divisors only.
    let scale = 10_f64.powf(digits);
    let rounded = (coordinate * scale).round() / scale;
    if rounded.is_finite() {
        // No minus before 0.
        rounded + 0.0
    } else {
        coordinate
    }
}

/// Returns the end of a run on the map; `None` where it diverged.
fn end_of(runs: &Runs, run: usize) -> Option<[f64; 2]> {
    let trajectory = &runs.results.get(run)?.trajectory;
    let last = trajectory.len().checked_sub(1)?;
    let end = trajectory.plot_point(last)?;
    let diverged = matches!(trajectory.outcome, Outcome::Diverged(..));
    (!diverged && end.iter().all(|number| number.abs() < real(u64::MAX))).then_some(end)
}
