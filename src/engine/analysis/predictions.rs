//! Predictions of a network on its data: decision regions over two inputs, the fitted curve over one, the confusion matrix.

use crate::engine::cancel::Cancel;
use crate::engine::network::data::{Data, Targets};
use crate::engine::network::loss::{Loss, Prediction, Target};
use crate::engine::network::{NetworkLoss, TrainingTask};
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;

/// Number of points of a curve.
const CURVE_POINTS: usize = 257;

/// Number of inputs that are evaluated between two checks for cancellation.
const BATCH_ROWS: usize = 512;

/// Predictions of a network on its training and test data; pairs are in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Predictions {
    /// Decision regions, for two inputs and classes.
    Regions(DecisionRegions),
    /// Fitted curve, for one input and one number.
    Curve(FittedCurve),
    /// Confusion matrix, for other inputs and classes.
    Confusion(ConfusionMatrix),
    /// Pairs of target and prediction, for other inputs and numbers.
    Scatter([Vec<[f64; 2]>; 2]),
}

/// Predicted class at each point of a grid over two inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRegions {
    /// Window of the grid: all samples, and a margin.
    pub window: Rect,
    /// Number of points along a side of the grid, whose outer points lie on the border of the window.
    pub side: usize,
    /// Prediction at each point, row by row from the low end of the second input; `None` where the outputs are NaN.
    pub cells: Vec<Option<Prediction>>,
    /// Samples with their classes.
    pub samples: [Vec<([f64; 2], usize)>; 2],
    /// Names of the classes.
    pub names: Vec<String>,
}

/// Output as a function of the input.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedCurve {
    /// Pairs of input and output, by ascending input.
    pub line: Vec<[f64; 2]>,
    /// Samples, pairs of input and target.
    pub samples: [Vec<[f64; 2]>; 2],
}

/// Counts of true and predicted classes.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfusionMatrix {
    /// Number of samples by true class (rows) and predicted class (columns). Samples whose outputs are NaN are left out.
    pub counts: [Vec<usize>; 2],
    /// Names of the classes.
    pub names: Vec<String>,
}

impl Predictions {
    /// Returns the sides of grids to compute one after the other, a coarse one first where the network is slow.
    pub fn grid_sides(task: &TrainingTask) -> &'static [usize] {
        const QUICK: usize = 20_000;
        let pairs = task.loss.widths().windows(2);
        let products: usize = pairs.map(|pair| pair[0].saturating_mul(pair[1])).sum();
        let on_grid = task.loss.widths()[0] == 2;
        if on_grid && products > QUICK {
            &[24, 96]
        } else {
            &[96]
        }
    }

    /// Computes the predictions at `theta`, on a grid of `side`² points for two inputs. `None` if cancelled.
    pub fn compute(
        task: &TrainingTask,
        theta: &[f64],
        side: usize,
        cancel: &Cancel,
    ) -> Option<Self> {
        let at = ModelAtWeights {
            task,
            theta,
            cancel,
        };
        match (task.loss.loss(), task.loss.widths()) {
            (Loss::Mse, [1, .., 1]) => at.curve(),
            (Loss::Mse, _) => at.predictions(),
            (_, [2, ..]) => at.regions(side.max(2)),
            _ => at.confusion(),
        }
    }
}

/// Network with its weights.
struct ModelAtWeights<'a> {
    task: &'a TrainingTask,
    theta: &'a [f64],
    cancel: &'a Cancel,
}

impl ModelAtWeights<'_> {
    fn outputs(&self, inputs: &[f64]) -> Option<Vec<f64>> {
        let loss = &*self.task.loss;
        let widths = loss.widths();
        let [width, out] = [widths[0], widths[widths.len() - 1]];
        let mut outputs = vec![0.0; inputs.len() / width * out];
        let bands = inputs.chunks(BATCH_ROWS * width);
        for (inputs, outputs) in bands.zip(outputs.chunks_mut(BATCH_ROWS * out)) {
            if self.cancel.is_cancelled() {
                return None;
            }
            loss.outputs(self.theta, inputs, outputs);
        }
        Some(outputs)
    }

    fn out(&self) -> usize {
        let widths = self.task.loss.widths();
        widths[widths.len() - 1]
    }

    /// Returns training and test data with the losses on them; the test data may be empty, without a loss.
    fn parts(&self) -> [(&Data, Option<&NetworkLoss>); 2] {
        let TrainingTask {
            loss, test, split, ..
        } = self.task;
        [(&split.train, Some(&**loss)), (&split.test, test.as_ref())]
    }

    fn names(&self) -> Vec<String> {
        match self.task.split.train.targets() {
            Targets::Classes { names, .. } => names.clone(),
            Targets::Numbers { .. } => {
                let classes = self.out().max(2);
                (0..classes).map(|class| class.to_string()).collect()
            }
        }
    }

    fn regions(&self, side: usize) -> Option<Predictions> {
        let samples = self.parts().map(|(data, net)| {
            let at = data.inputs().chunks_exact(2);
            let classed = at.enumerate().filter_map(|(sample, at)| {
                let class = class_of(net?, sample)?;
                Some(([at[0], at[1]], class))
            });
            classed.collect::<Vec<_>>()
        });
        let window = window(samples.iter().flatten().map(|(at, _)| *at));
        let share = |index: usize| real(index) / real(side - 1);
        let points = (0..side * side).map(|k| window.at([share(k % side), share(k / side)]));
        let points: Vec<f64> = points.flatten().collect();
        let outputs = self.outputs(&points)?;
        let loss = self.task.loss.loss();
        let cells = outputs.chunks_exact(self.out());
        Some(Predictions::Regions(DecisionRegions {
            window,
            side,
            cells: cells.map(|z| loss.predict(z)).collect(),
            samples,
            names: self.names(),
        }))
    }

    fn curve(&self) -> Option<Predictions> {
        let samples = self.parts().map(|(data, net)| {
            let pairs = data.inputs().iter().enumerate();
            let pairs = pairs.filter_map(|(sample, x)| Some([*x, number_of(net?, sample, 0)?]));
            pairs.collect::<Vec<_>>()
        });
        let [low, high] = window(samples.iter().flatten().map(|[x, _]| [*x, 0.0])).x();
        let x = (0..CURVE_POINTS).map(|k| low + real(k) / real(CURVE_POINTS - 1) * (high - low));
        let x: Vec<f64> = x.collect();
        let y = self.outputs(&x)?;
        let line = x.into_iter().zip(y).map(|(x, y)| [x, y]).collect();
        Some(Predictions::Curve(FittedCurve { line, samples }))
    }

    fn confusion(&self) -> Option<Predictions> {
        let (loss, names) = (self.task.loss.loss(), self.names());
        let classes = names.len();
        let mut counts = [vec![0; classes * classes], vec![0; classes * classes]];
        for (counts, (data, net)) in counts.iter_mut().zip(self.parts()) {
            let Some(net) = net else { continue };
            let outputs = self.outputs(data.inputs())?;
            for (sample, z) in outputs.chunks_exact(self.out()).enumerate() {
                let pair = class_of(net, sample).zip(loss.class(z));
                let place = pair.map(|(own, taken)| own * classes + taken);
                if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                    *count += 1;
                }
            }
        }
        Some(Predictions::Confusion(ConfusionMatrix { counts, names }))
    }

    fn predictions(&self) -> Option<Predictions> {
        let mut pairs = [Vec::new(), Vec::new()];
        for (pairs, (data, net)) in pairs.iter_mut().zip(self.parts()) {
            let Some(net) = net else { continue };
            let outputs = self.outputs(data.inputs())?;
            for (sample, z) in outputs.chunks_exact(self.out()).enumerate() {
                let own = z.iter().enumerate();
                let own = own.filter_map(|(k, z)| Some([number_of(net, sample, k)?, *z]));
                pairs.extend(own);
            }
        }
        Some(Predictions::Scatter(pairs))
    }
}

fn class_of(net: &NetworkLoss, sample: usize) -> Option<usize> {
    match net.target(sample) {
        Target::Class(class) => Some(class),
        Target::Numbers(_) => None,
    }
}

fn number_of(net: &NetworkLoss, sample: usize, output: usize) -> Option<f64> {
    match net.target(sample) {
        Target::Numbers(numbers) => numbers.get(output).copied(),
        Target::Class(_) => None,
    }
}

/// Returns a window around points with a margin of a tenth, square unless one side is more than three times the other.
fn window(places: impl Iterator<Item = [f64; 2]>) -> Rect {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for at in places {
        for axis in 0..2 {
            low[axis] = low[axis].min(at[axis]);
            high[axis] = high[axis].max(at[axis]);
        }
    }
    let [x, y] = [0, 1].map(|axis| {
        let size = high[axis] - low[axis];
        let margin = if size > 0.0 { 0.1 * size } else { 1.0 };
        [low[axis] - margin, high[axis] + margin]
    });
    let window = Rect::new(x, y).unwrap_or(Rect::square(1.0));
    let shape = window.width() / window.height();
    if (1.0 / 3.0..=3.0).contains(&shape) {
        window.with_aspect(1.0)
    } else {
        window
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::network::{AnyNetwork, Precision};

    fn task(model: &str, data: &str) -> TrainingTask {
        let network: AnyNetwork = model.parse().unwrap();
        let data: crate::engine::network::data::AnyDataset = data.parse().unwrap();
        let split = data.split(&NoFiles, 0.25, 0).unwrap();
        TrainingTask::new(&network, split, 3, Precision::Double).unwrap()
    }

    fn fit(task: &TrainingTask) -> Predictions {
        let never = Cancel::default();
        Predictions::compute(task, &task.start, 9, &never).unwrap()
    }

    #[test]
    fn a_cell_has_the_predicted_class_and_probability() {
        for (model, data, classes) in [
            ("mlp:hidden=4,loss=bce", "moons:samples=24", 2),
            ("mlp:hidden=4,loss=ce", "blobs:samples=24,classes=3", 3),
        ] {
            let task = task(model, data);
            let Predictions::Regions(found) = fit(&task) else {
                panic!("{data} has two inputs");
            };
            assert_eq!(found.names.len(), classes);
            assert_eq!(found.samples.each_ref().map(Vec::len), [18, 6]);
            let at = found.window.at([0.25, 0.5]);
            let mut z = vec![0.0; task.loss.widths()[2]];
            task.loss.outputs(&task.start, &at, &mut z);
            let Prediction {
                class,
                probability: share,
                margin: lead,
            } = found.cells[4 * 9 + 2].unwrap();
            assert_eq!(task.loss.loss().class(&z), Some(class));
            let mut shares = if let [z] = z[..] {
                vec![1.0 / (1.0 + (-z).exp()), 1.0 / (1.0 + z.exp())]
            } else {
                let sum = z.iter().map(|z| z.exp()).sum::<f64>();
                z.iter().map(|z| z.exp() / sum).collect()
            };
            shares.sort_by(|a, b| b.total_cmp(a));
            assert!((share - shares[0]).abs() < 1e-12, "{share} {shares:?}");
            assert!(
                (lead - (shares[0] - shares[1])).abs() < 1e-12,
                "{lead} {shares:?}"
            );
            let inside = |(at, _): &([f64; 2], usize)| found.window.contains(*at);
            assert!(found.samples.iter().flatten().all(inside));
        }
    }

    #[test]
    fn a_confusion_matrix_counts_every_sample_and_its_diagonal_is_the_accuracy() {
        let task = task("mlp:hidden=4,loss=ce", "iris");
        let Predictions::Confusion(found) = fit(&task) else {
            panic!("iris has four inputs");
        };
        assert_eq!(found.names, ["setosa", "versicolor", "virginica"]);
        let measures = task.measure(&task.start);
        for (counts, measure) in found.counts.iter().zip(measures) {
            let all: usize = counts.iter().sum();
            let right: usize = counts.iter().step_by(4).sum();
            assert_eq!(measure.unwrap().accuracy, Some(real(right) / real(all)));
        }
    }

    #[test]
    fn regressions_have_a_curve_over_one_input_and_pairs_over_several() {
        let curve = task("mlp:hidden=4,loss=mse", "sine:samples=20");
        let Predictions::Curve(found) = fit(&curve) else {
            panic!("a sine has one input");
        };
        let [x, y] = found.line[7];
        let mut z = [0.0];
        curve.loss.outputs(&curve.start, &[x], &mut z);
        assert_eq!(y, z[0]);
        assert_eq!(found.samples.each_ref().map(Vec::len), [15, 5]);

        let pairs = task("mlp:hidden=4,loss=mse", "xor:samples=20");
        let Predictions::Scatter([train, _]) = fit(&pairs) else {
            panic!("xor has two inputs");
        };
        let errors = train.iter().map(|[goal, z]| (goal - z).powi(2));
        let mean = errors.sum::<f64>() / real(train.len());
        assert!((mean - pairs.loss.measure(&pairs.start).loss).abs() < 1e-12);
    }

    #[test]
    fn nan_weights_have_no_classes_and_cancelled_predictions_are_none() {
        let task = task("mlp:hidden=4,loss=bce", "moons:samples=24");
        let broken = vec![f64::NAN; task.start.len()];
        let never = Cancel::default();
        let Some(Predictions::Regions(found)) = Predictions::compute(&task, &broken, 5, &never)
        else {
            panic!("moons have two inputs");
        };
        assert!(found.cells.iter().all(Option::is_none));
        never.cancel();
        assert_eq!(Predictions::compute(&task, &task.start, 5, &never), None);
    }
}
