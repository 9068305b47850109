//! The loss of a network on data, as an objective.

use super::data::{Data, Targets};
use super::init::Fill;
use super::layout::Layout;
use super::loss::{Goal, Loss};
use super::matrix::{pad, padded};
use super::norm::{Moments, Norm};
use super::pass::{Keep, Shape};
use super::room::{Room, Rooms};
use super::{AnyNetwork, NetworkError};
use crate::engine::objective::{Metric, Objective, Tensor};
use crate::engine::real;
use std::ops::Range;

/// So many samples go through the network at a time: few enough for all that is kept of them to stay in cache.
const BLOCK: usize = 64;

/// The mean loss of a network over the samples of some data, and λ/2 ‖θ‖².
///
/// Everything is exact: gradients by backpropagation, products with the Hessian by the R-operator. Samples are taken in blocks of
/// fixed size one after the other, so that bits do not depend on the number of threads. With batch normalisation all samples are
/// one block, because each depends on all: the loss is that of training on all of them at once, unless the moments are
/// [given](Self::frozen).
pub struct NetworkLoss {
    shape: Shape,
    loss: Loss,
    l2: f64,
    fill: Fill,
    samples: usize,
    /// Padded rows.
    inputs: Vec<f64>,
    goals: Goals,
    moments: Option<Vec<Moments>>,
    /// Where it computes: one for each thread that asks at a time.
    rooms: Rooms,
}

/// What the outputs for each sample should be.
enum Goals {
    /// These numbers, a row for each.
    Numbers(Vec<f64>),
    /// This class.
    Classes(Vec<usize>),
}

/// How good a network is on some data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// The mean loss over the samples, without λ/2 ‖θ‖².
    pub loss: f64,
    /// The share of samples whose class is the one that the network says; `None` where there are no classes.
    pub accuracy: Option<f64>,
}

/// What a direction is multiplied by.
#[derive(Clone, Copy)]
enum Matrix {
    Hessian,
    GaussNewton,
    EmpiricalFisher,
}

impl NetworkLoss {
    /// A network on data. Data that do not fit the network's loss are refused, as are networks of more than
    /// [`MOST_PARAMETERS`](super::MOST_PARAMETERS).
    pub fn new(network: &AnyNetwork, data: &Data) -> Result<Self, NetworkError> {
        let network = network.as_dyn();
        let loss = network.loss();
        let (outputs, goals) = goals(loss, data)?;
        let shape = network.architecture().shape(data.width(), outputs)?;
        let (l2, fill) = (network.l2(), network.fill());
        Ok(Self::of(shape, loss, l2, fill, data, goals))
    }

    /// The same network on other data, a test set for one, of which there may be fewer classes. Data of another kind are refused.
    pub fn on(&self, data: &Data) -> Result<Self, NetworkError> {
        let (outputs, goals) = goals(self.loss, data)?;
        let widths = [data.width(), outputs];
        let own = [self.shape.widths[0], self.outputs_width()];
        let fewer = self.loss == Loss::Ce && outputs < own[1];
        if widths[0] != own[0] || widths[1] != own[1] && !fewer {
            return Err(NetworkError::OtherData { widths, own });
        }
        let (shape, moments) = (self.shape.clone(), self.moments.clone());
        let same = Self::of(shape, self.loss, self.l2, self.fill, data, goals);
        Ok(Self { moments, ..same })
    }

    fn of(shape: Shape, loss: Loss, l2: f64, fill: Fill, data: &Data, goals: Goals) -> Self {
        let mut inputs = vec![0.0; data.samples() * padded(data.width())];
        pad(data.inputs(), data.width(), &mut inputs);
        Self {
            shape,
            loss,
            l2,
            fill,
            samples: data.samples(),
            inputs,
            goals,
            moments: None,
            rooms: Rooms::default(),
        }
    }

    /// The same in evaluation mode: normalisations of batches take these moments, one for each.
    pub fn frozen(self, moments: Vec<Moments>) -> Self {
        let norms = if self.shape.norm == Norm::Batch {
            self.shape.layout.norms()
        } else {
            0
        };
        let fits = moments.len() == norms;
        Self {
            moments: fits.then_some(moments),
            ..self
        }
    }

    /// Where each tensor stands in θ.
    pub fn layout(&self) -> &Layout {
        &self.shape.layout
    }

    /// The widths of inputs, hidden layers and outputs.
    pub fn widths(&self) -> &[usize] {
        &self.shape.widths
    }

    /// The loss of one sample.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// θ at the beginning, by the network's initialiser.
    pub fn initial(&self, seed: u64) -> Vec<f64> {
        self.fill.theta(&self.shape.layout, seed)
    }

    /// The moments that batch normalisations have at `theta` over all of the data; empty where there are none.
    pub fn moments(&self, theta: &[f64]) -> Vec<Moments> {
        if self.shape.norm != Norm::Batch {
            return Vec::new();
        }
        self.moments.clone().unwrap_or_else(|| {
            let mut room = self.room();
            let Room { block, weights, .. } = &mut *room;
            weights.load(&self.shape.layout, theta);
            block.forward(&self.shape, weights, &self.inputs, Keep::Value, None);
            let moments = block.moments();
            self.rooms.give(room);
            moments
        })
    }

    /// The outputs of the network at `theta` for rows of inputs, as long as the data's; they go to `outputs`, a row for each.
    /// Batch normalisations take the moments of the data.
    pub fn outputs(&self, theta: &[f64], inputs: &[f64], outputs: &mut [f64]) {
        let moments = self.moments(theta);
        let given = (!moments.is_empty()).then_some(&moments[..]);
        let [width, out] = [self.shape.widths[0], self.outputs_width()];
        let mut room = self.room();
        let Room {
            block,
            weights,
            gathered,
            ..
        } = &mut *room;
        weights.load(&self.shape.layout, theta);
        let blocks = inputs
            .chunks(BLOCK * width)
            .zip(outputs.chunks_mut(BLOCK * out));
        for (inputs, outputs) in blocks {
            let rows = &mut gathered[..inputs.len() / width * padded(width)];
            pad(inputs, width, rows);
            block.forward(&self.shape, weights, rows, Keep::Value, given);
            let found = block.z.chunks_exact(padded(out));
            for (row, found) in outputs.chunks_exact_mut(out).zip(found) {
                row.copy_from_slice(&found[..out]);
            }
        }
        self.rooms.give(room);
    }

    /// How good the network is at `theta` on its own data.
    pub fn measure(&self, theta: &[f64]) -> Measure {
        self.measure_on(theta, self)
    }

    /// How good the network is at `theta` on other data, of which [`Self::on`] made `other`. Batch normalisations take the moments of
    /// this one's data.
    pub fn measure_on(&self, theta: &[f64], other: &Self) -> Measure {
        let moments = self.moments(theta);
        let given = (!moments.is_empty()).then_some(&moments[..]);
        let (out, stride) = (self.outputs_width(), padded(self.outputs_width()));
        let mut room = other.room();
        let Room { block, weights, .. } = &mut *room;
        weights.load(&self.shape.layout, theta);
        let (mut loss, mut right) = (0.0, 0_usize);
        for samples in other.blocks(other.samples) {
            let inputs = other.rows(samples.clone());
            block.forward(&self.shape, weights, inputs, Keep::Value, given);
            for (row, sample) in samples.enumerate() {
                let at = row * stride..row * stride + out;
                let (z, goal) = (&block.z[at.clone()], other.goal(sample));
                loss += self.loss.at(z, goal, &mut block.d[at]);
                right += usize::from(self.loss.decides(z, goal));
            }
        }
        other.rooms.give(room);
        let count = real(other.samples);
        Measure {
            loss: loss / count,
            accuracy: (self.loss != Loss::Mse).then(|| real(right) / count),
        }
    }

    /// The Gauss-Newton matrix at `theta` times `vector`, n numbers: the mean of Jᵀ H J, where J is the Jacobian of a sample's
    /// outputs and H the Hessian of its loss by them, and λ. For bce and ce it is the Fisher information (Martens 2020); for mse that of
    /// a normal distribution, but for a factor.
    pub fn gauss_newton_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        let direction = |_, to: &mut [f64]| to.copy_from_slice(vector);
        self.multiply(Matrix::GaussNewton, theta, direction, product);
    }

    /// The empirical Fisher matrix at `theta` times `vector`, n numbers: the mean of g gᵀ, where g is the gradient of a sample's
    /// loss, without λ. With batch normalisation g is how the sum of all outputs' losses depends on θ through this sample's.
    pub fn empirical_fisher_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        let direction = |_, to: &mut [f64]| to.copy_from_slice(vector);
        self.multiply(Matrix::EmpiricalFisher, theta, direction, product);
    }

    /// A matrix times each of some directions, which `direction` writes; the products are rows of `products`.
    fn multiply(
        &self,
        matrix: Matrix,
        theta: &[f64],
        direction: impl Fn(usize, &mut [f64]),
        products: &mut [f64],
    ) {
        let (shape, loss) = (&self.shape, self.loss);
        let (out, stride) = (self.outputs_width(), padded(self.outputs_width()));
        let share = 1.0 / real(self.samples);
        let l2 = match matrix {
            Matrix::EmpiricalFisher => 0.0,
            Matrix::Hessian | Matrix::GaussNewton => self.l2,
        };
        let keep = match matrix {
            Matrix::Hessian => Keep::Bend,
            Matrix::GaussNewton | Matrix::EmpiricalFisher => Keep::Slope,
        };
        let mut room = self.room();
        let Room {
            block,
            weights,
            directed,
            direction: vector,
            sums,
            ..
        } = &mut *room;
        weights.load(&shape.layout, theta);
        products.fill(0.0);
        for samples in self.blocks(self.samples) {
            let inputs = self.rows(samples.clone());
            block.forward(shape, weights, inputs, keep, self.given());
            for (row, sample) in samples.clone().enumerate() {
                let at = row * stride..row * stride + out;
                loss.at(&block.z[at.clone()], self.goal(sample), &mut block.d[at]);
            }
            for (k, product) in products.chunks_exact_mut(vector.len()).enumerate() {
                direction(k, vector);
                directed.load(&shape.layout, vector);
                block.tangent(shape, weights, directed, inputs);
                for (row, sample) in samples.clone().enumerate() {
                    let at = row * stride..row * stride + out;
                    let [slope, moved] = [&block.d[at.clone()], &block.z_tangent[at.clone()]];
                    let to = &mut block.d_tangent[at];
                    match matrix {
                        Matrix::Hessian | Matrix::GaussNewton => {
                            loss.hessian_vector(slope, self.goal(sample), moved, to);
                        }
                        Matrix::EmpiricalFisher => {
                            let along: f64 = slope.iter().zip(moved).map(|(d, z)| d * z).sum();
                            to.iter_mut().zip(slope).for_each(|(to, d)| *to = d * along);
                        }
                    }
                }
                sums.clear();
                match matrix {
                    Matrix::Hessian => {
                        block.backward_tangent(shape, weights, directed, inputs, sums);
                    }
                    Matrix::GaussNewton | Matrix::EmpiricalFisher => {
                        // What goes back is Hż or g gᵀż, not the loss's derivative.
                        block.turn();
                        block.backward(shape, weights, inputs, sums);
                        block.turn();
                    }
                }
                sums.add_to(&shape.layout, share, product);
                if samples.start == 0 {
                    add_scaled(product, l2, vector);
                }
            }
        }
        self.rooms.give(room);
    }

    fn room(&self) -> Box<Room> {
        self.rooms.take(&self.shape, self.block())
    }

    fn outputs_width(&self) -> usize {
        self.shape.widths[self.shape.widths.len() - 1]
    }

    /// How many samples go through the network at a time.
    fn block(&self) -> usize {
        match (self.shape.norm, &self.moments) {
            (Norm::Batch, None) => self.samples.max(BLOCK),
            _ => BLOCK,
        }
    }

    /// The blocks of so many samples.
    fn blocks(&self, count: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let size = self.block();
        (0..count)
            .step_by(size)
            .map(move |first| first..(first + size).min(count))
    }

    /// The inputs of some samples, in padded rows.
    fn rows(&self, samples: Range<usize>) -> &[f64] {
        let stride = padded(self.shape.widths[0]);
        &self.inputs[samples.start * stride..samples.end * stride]
    }

    fn goal(&self, sample: usize) -> Goal<'_> {
        match &self.goals {
            Goals::Numbers(numbers) => {
                let width = self.outputs_width();
                Goal::Numbers(&numbers[sample * width..(sample + 1) * width])
            }
            Goals::Classes(classes) => Goal::Class(classes[sample]),
        }
    }

    fn given(&self) -> Option<&[Moments]> {
        self.moments.as_deref()
    }

    /// The loss over all samples or those of a batch, and its gradient if it is wanted.
    fn descend(&self, theta: &[f64], batch: Option<&[usize]>, gradient: Option<&mut [f64]>) -> f64 {
        let shape = &self.shape;
        let (out, stride) = (self.outputs_width(), padded(self.outputs_width()));
        let count = batch.map_or(self.samples, <[usize]>::len);
        let keep = match gradient {
            Some(_) => Keep::Slope,
            None => Keep::Value,
        };
        let mut room = self.room();
        let Room {
            block,
            weights,
            sums,
            gathered,
            ..
        } = &mut *room;
        weights.load(&shape.layout, theta);
        sums.clear();
        let mut loss = 0.0;
        for places in self.blocks(count) {
            let inputs = match batch {
                None => self.rows(places.clone()),
                Some(batch) => self.gather(&batch[places.clone()], gathered),
            };
            block.forward(shape, weights, inputs, keep, self.given());
            for (row, place) in places.enumerate() {
                let goal = self.goal(batch.map_or(place, |batch| batch[place]));
                let at = row * stride..row * stride + out;
                loss += self.loss.at(&block.z[at.clone()], goal, &mut block.d[at]);
            }
            if keep == Keep::Slope {
                block.backward(shape, weights, inputs, sums);
            }
        }
        loss /= real(count);
        if let Some(gradient) = gradient {
            gradient.fill(0.0);
            sums.add_to(&shape.layout, 1.0 / real(count), gradient);
            add_scaled(gradient, self.l2, theta);
        }
        self.rooms.give(room);
        if self.l2 != 0.0 {
            loss += 0.5 * self.l2 * theta.iter().map(|theta| theta * theta).sum::<f64>();
        }
        loss
    }

    /// The inputs of some samples, one row after the other.
    fn gather<'a>(&self, samples: &[usize], rows: &'a mut [f64]) -> &'a [f64] {
        let stride = padded(self.shape.widths[0]);
        let rows = &mut rows[..samples.len() * stride];
        for (row, sample) in rows.chunks_exact_mut(stride).zip(samples) {
            row.copy_from_slice(self.rows(*sample..*sample + 1));
        }
        rows
    }
}

impl Objective for NetworkLoss {
    fn dim(&self) -> usize {
        self.shape.layout.dim()
    }

    fn samples(&self) -> usize {
        self.samples
    }

    fn value(&self, theta: &[f64]) -> f64 {
        self.descend(theta, None, None)
    }

    fn gradient(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        self.descend(theta, None, Some(gradient))
    }

    fn batch_gradient(&self, theta: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        self.descend(theta, Some(batch), Some(gradient))
    }

    fn hessian(&self, theta: &[f64], hessian: &mut [f64]) {
        let unit = |k: usize, to: &mut [f64]| {
            to.fill(0.0);
            to[k] = 1.0;
        };
        self.multiply(Matrix::Hessian, theta, unit, hessian);
        let n = self.dim();
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
                hessian[i * n + j] = mean;
                hessian[j * n + i] = mean;
            }
        }
    }

    fn hessian_vector(&self, theta: &[f64], vector: &[f64], product: &mut [f64]) {
        let direction = |_, to: &mut [f64]| to.copy_from_slice(vector);
        self.multiply(Matrix::Hessian, theta, direction, product);
    }

    fn metric_vector(
        &self,
        metric: Metric,
        theta: &[f64],
        vector: &[f64],
        product: &mut [f64],
    ) -> bool {
        match metric {
            Metric::GaussNewton => self.gauss_newton_vector(theta, vector, product),
            Metric::EmpiricalFisher => self.empirical_fisher_vector(theta, vector, product),
        }
        true
    }

    fn tensors(&self) -> &[Tensor] {
        self.shape.layout.tensors()
    }

    fn group(&self, name: &str) -> Option<Range<usize>> {
        self.shape.layout.group(name)
    }
}

/// What the outputs should be, and how many there are.
fn goals(loss: Loss, data: &Data) -> Result<(usize, Goals), NetworkError> {
    if data.samples() == 0 || data.width() == 0 {
        return Err(NetworkError::NoData);
    }
    match (loss, data.targets()) {
        (Loss::Mse, Targets::Numbers { width, numbers }) => {
            Ok((*width, Goals::Numbers(numbers.clone())))
        }
        (Loss::Mse, Targets::Classes { names, .. }) => Err(NetworkError::NotNumbers {
            name: names.first().cloned().unwrap_or_default(),
        }),
        (_, Targets::Classes { classes, names }) => {
            let classes = classes.clone();
            fitting(loss, classes, names.len())
        }
        (_, Targets::Numbers { width: 1, numbers }) => {
            let classes = numbers.iter().map(|number| class(loss, *number));
            let classes = classes.collect::<Result<Vec<_>, _>>()?;
            let count = classes.iter().max().map_or(0, |most| most + 1);
            fitting(loss, classes, count)
        }
        (_, Targets::Numbers { width, .. }) => Err(NetworkError::ManyTargets {
            loss: loss.name(),
            width: *width,
        }),
    }
}

/// The number of a class.
fn class(loss: Loss, number: f64) -> Result<usize, NetworkError> {
    let most = super::MOST_CLASSES;
    let whole = (0..most).find(|class| real(*class) == number);
    whole.ok_or(NetworkError::NotAClass {
        loss: loss.name(),
        number,
        most,
    })
}

fn fitting(loss: Loss, classes: Vec<usize>, count: usize) -> Result<(usize, Goals), NetworkError> {
    match loss {
        Loss::Bce if count > 2 => Err(NetworkError::NotTwoClasses { count }),
        Loss::Bce => Ok((1, Goals::Classes(classes))),
        _ => Ok((count, Goals::Classes(classes))),
    }
}

fn add_scaled(to: &mut [f64], factor: f64, from: &[f64]) {
    if factor != 0.0 {
        to.iter_mut()
            .zip(from)
            .for_each(|(to, from)| *to += factor * from);
    }
}
