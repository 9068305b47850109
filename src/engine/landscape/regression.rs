//! A straight line through data: the smallest real training problem.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::{Columns, Files, Header};
use crate::engine::numeric::jet::Scalar;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;

settings! {
    /// Linear regression: the mean squared error of y = w x + b on data, with real mini-batches.
    ///
    /// A table has equally many cells in every row, separated by commas, semicolons, tabs, bars or spaces; numbers may have decimal
    /// commas where commas do not separate. Lines that begin with # are comments. Columns of text and the index that pandas and R write are
    /// left out, with a note; a cell that is not a number in a column of numbers is an error with its line.
    ///
    /// Without a file: 50 points of y = 2x + 1 with noise σ = 0.5, x from 0 to 10.
    pub struct Regression("Linear regression") {
        /// CSV file with at least two columns of numbers; empty takes the built-in data.
        data: String = String::new();
        /// Column of inputs x; empty takes the first column of numbers.
        x: String = String::new();
        /// Column of targets y; empty takes the second column of numbers.
        y: String = String::new();
        /// Whether the first line of the file holds names; auto refuses lines that may be either names or numbers.
        header: Header = Header::Auto;
    }
}

impl Landscape for Regression {
    fn group(&self) -> Group {
        Group::Yours
    }

    fn formula(&self) -> String {
        "mean of (w x + b − y)² over the data".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        None
    }

    fn start(&self) -> [f64; 2] {
        [-1.0, 4.0]
    }

    fn minima(&self) -> Vec<Mark> {
        Vec::new()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Log
    }

    fn axes(&self) -> [&'static str; 2] {
        ["w", "b"]
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["2e-4", "2e-5", "0.02", "0.002", "0.002"])
    }

    /// Loads the data; the view includes the least-squares line and the default start.
    fn load(&self, files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        let named = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        let names = [named(&self.x), named(&self.y)];
        let Columns { x, y, source } = if self.data.is_empty() {
            let [x, y] = built_in();
            Columns {
                x,
                y,
                source: String::new(),
            }
        } else {
            let names = names.each_ref().map(Option::as_deref);
            { files.columns(&self.data, names, self.header) }.map_err(LandscapeError::Data)?
        };
        let line = RegressionLoss::new(x, y);
        let at = [line.slope, line.intercept()];
        let reach = |i: usize| 4.0_f64.max(1.3 * (at[i] - self.start()[i]).abs());
        let view = Rect::new(
            [at[0] - reach(0), at[0] + reach(0)],
            [at[1] - reach(1), at[1] + reach(1)],
        );
        let minima = vec![Mark::new(at, line.error)];
        Ok(LoadedLandscape {
            view: view.unwrap_or(self.view()),
            minima,
            saddles: Vec::new(),
            objective: Arc::new(line),
            source,
        })
    }
}

/// Returns x and y of y = 2x + 1 with noise.
fn built_in() -> [Vec<f64>; 2] {
    let mut random = stream(42, Purpose::Data, 0);
    let x: Vec<f64> = (0..50).map(|i| f64::from(i) * 10.0 / 49.0).collect();
    let y = x.iter().map(|x| {
        let noise: f64 = StandardNormal.sample(&mut random);
        2.0 * x + 1.0 + 0.5 * noise
    });
    [x.clone(), y.collect()]
}

/// The mean squared error of y = w x + b.
///
/// Over all the data it is r̄² + s (w − ŵ)² + e, a sum of squares without cancellation: r̄ = w x̄ + b − ȳ is the mean
/// residual, s the variance of x, ŵ the least-squares slope and e the least-squares error.
struct RegressionLoss {
    x: Vec<f64>,
    y: Vec<f64>,
    mean: [f64; 2],
    variance: f64,
    slope: f64,
    error: f64,
}

impl RegressionLoss {
    fn new(x: Vec<f64>, y: Vec<f64>) -> Self {
        let mean_of = |terms: &mut dyn Iterator<Item = f64>| terms.sum::<f64>() / real(x.len());
        let mean = [
            mean_of(&mut x.iter().copied()),
            mean_of(&mut y.iter().copied()),
        ];
        let centered = || x.iter().zip(&y).map(|(x, y)| [x - mean[0], y - mean[1]]);
        let variance = mean_of(&mut centered().map(|[x, _]| x * x));
        let slope = if variance > 0.0 {
            mean_of(&mut centered().map(|[x, y]| x * y)) / variance
        } else {
            0.0
        };
        let error = mean_of(&mut centered().map(|[x, y]| (y - slope * x).powi(2)));
        Self {
            x,
            y,
            mean,
            variance,
            slope,
            error,
        }
    }

    fn intercept(&self) -> f64 {
        self.mean[1] - self.slope * self.mean[0]
    }
}

impl Formula for RegressionLoss {
    #[inline(always)]
    fn eval<S: Scalar>(&self, w: S, b: S) -> S {
        (w * self.mean[0] + b - self.mean[1]).square()
            + (w - self.slope).square() * self.variance
            + self.error
    }

    fn samples(&self) -> usize {
        self.x.len()
    }

    fn line_data(&self) -> Option<[&[f64]; 2]> {
        Some([&self.x, &self.y])
    }

    fn is_linear_model(&self) -> bool {
        true
    }

    fn eval_batch<S: Scalar>(&self, batch: &[usize], w: S, b: S) -> S {
        let squares = batch
            .iter()
            .map(|&i| (w * self.x[i] + b - self.y[i]).square());
        squares.fold(w.constant(0.0), |sum, square| sum + square) / real(batch.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::objective::Objective;

    #[test]
    fn the_full_loss_is_the_mean_over_batches() {
        let [x, y] = built_in();
        let line = RegressionLoss::new(x, y);
        let all: Vec<usize> = (0..50).collect();
        for at in [
            [2.0, 1.0],
            [-3.0, 7.0],
            [1e3, -1e3],
            [line.slope, line.intercept()],
        ] {
            let (mut whole, mut batch) = ([0.0; 2], [0.0; 2]);
            let loss = line.gradient(&at, &mut whole);
            let same = line.batch_gradient(&at, &all, &mut batch);
            assert!((loss - same).abs() <= 1e-12 * loss, "{loss} {same}");
            assert!(
                whole
                    .iter()
                    .zip(batch)
                    .all(|(a, b)| (a - b).abs() <= 1e-10 * (1.0 + loss)),
                "{whole:?} {batch:?}"
            );
        }
    }

    #[test]
    fn the_built_in_line_is_recovered() {
        let minimum = Regression::default().load(&NoFiles).unwrap().minima[0];
        assert!(
            (minimum.at[0] - 2.0).abs() < 0.1 && (minimum.at[1] - 1.0).abs() < 0.3,
            "{minimum:?}"
        );
        assert!(
            (0.1..0.4).contains(&minimum.value),
            "the variance of the noise, .25: {minimum:?}"
        );
    }

    #[test]
    fn a_single_point_has_no_slope_and_no_panic() {
        let line = RegressionLoss::new(vec![3.0], vec![4.0]);
        assert_eq!(line.value(&[0.0, 4.0]), 0.0);
    }
}
