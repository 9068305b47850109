//! Outputs, loss and accuracy of a network.

use super::forward_backward::Order;
use super::gemm::padded_len;
use super::loss::{Loss, Target};
use super::model::NetworkLoss;
use super::padding::pad;
use super::reduce::BLOCK;
use super::workspace::Workspace;
use crate::engine::numeric::real;

/// Loss and accuracy of a network on a data set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// The mean loss over the samples, without λ/2 ‖θ‖².
    pub loss: f64,
    /// The share of correctly classified samples; `None` where there are no classes.
    pub accuracy: Option<f64>,
}

impl NetworkLoss {
    /// Writes the outputs of the network at `theta` for dense rows of inputs, a row each. Batch normalisations use the statistics of the
    /// training data.
    pub fn outputs(&self, theta: &[f64], inputs: &[f64], outputs: &mut [f64]) {
        let stats = self.batch_norm_stats(theta);
        let given = (!stats.is_empty()).then_some(&stats[..]);
        let [width, out] = [self.shape.widths[0], self.shape.outputs()];
        let mut workspace = self.workspace();
        let Workspace {
            block, gathered, ..
        } = &mut *workspace;
        let weights = self.weights(theta);
        let blocks = inputs
            .chunks(BLOCK * width)
            .zip(outputs.chunks_mut(BLOCK * out));
        for (inputs, outputs) in blocks {
            let rows = &mut gathered[..inputs.len() / width * padded_len(width)];
            pad(inputs, width, rows);
            block.forward(&self.shape, &weights, rows, Order::Value, given);
            let found = block.z.chunks_exact(padded_len(out));
            for (row, found) in outputs.chunks_exact_mut(out).zip(found) {
                row.copy_from_slice(&found[..out]);
            }
        }
    }

    /// Returns the lowest mean loss of constant outputs: for classes the entropy of their frequencies, for numbers the mean of their
    /// variances.
    pub fn constant_loss(&self) -> f64 {
        let count = real(self.samples);
        let targets = || (0..self.samples).map(|sample| self.target(sample));
        let classes = self.shape.outputs().max(2);
        let mut counts = vec![0_usize; classes];
        let mut sums = vec![0.0; self.shape.outputs()];
        for target in targets() {
            match target {
                Target::Class(class) => counts[class] += 1,
                Target::Numbers(numbers) => {
                    sums.iter_mut().zip(numbers).for_each(|(sum, y)| *sum += y);
                }
            }
        }
        if self.loss != Loss::Mse {
            let shares = counts.iter().map(|class| real(*class) / count);
            return shares.filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum();
        }
        let square = |target: Target| match target {
            Target::Numbers(numbers) => { numbers.iter().zip(&sums) }
                .map(|(y, sum)| (y - sum / count).powi(2))
                .sum(),
            Target::Class(_) => 0.0,
        };
        targets().map(square).sum::<f64>() / count / real(sums.len())
    }

    /// Returns loss and accuracy at `theta` on the training data.
    pub fn measure(&self, theta: &[f64]) -> Metrics {
        self.measure_on(theta, self)
    }

    /// Returns loss and accuracy at `theta` on other data, see [`Self::with_data`]; the loss is NaN if the widths differ. Batch
    /// normalisations use the statistics of the training data, which the running averages of PyTorch estimate.
    pub fn measure_on(&self, theta: &[f64], other: &Self) -> Metrics {
        if self.shape.widths != other.shape.widths {
            return Metrics {
                loss: f64::NAN,
                accuracy: None,
            };
        }
        let stats = self.batch_norm_stats(theta);
        let given = (!stats.is_empty()).then_some(&stats[..]);
        let (out, stride) = (self.shape.outputs(), padded_len(self.shape.outputs()));
        let mut workspace = other.workspace();
        let (block, weights) = (&mut workspace.block, self.weights(theta));
        let (mut loss, mut correct) = (0.0, 0_usize);
        for samples in other.blocks(0..other.samples) {
            let inputs = other.input_rows(samples.clone());
            block.forward(&self.shape, &weights, inputs, Order::Value, given);
            let rows = samples.len() * stride;
            self.loss
                .prepare_softmax([out, stride], &block.z[..rows], &mut block.d);
            for (row, sample) in samples.enumerate() {
                let at = row * stride..row * stride + out;
                let (z, target) = (&block.z[at.clone()], other.target(sample));
                loss += self.loss.value_and_grad(z, target, &mut block.d[at]);
                correct += usize::from(self.loss.is_class(z, target));
            }
        }
        let count = real(other.samples);
        Metrics {
            loss: loss / count,
            accuracy: (self.loss != Loss::Mse).then(|| real(correct) / count),
        }
    }
}
