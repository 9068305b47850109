//! What a network says, and how good it is.

use super::forward_backward::Order;
use super::gemm::padded_len;
use super::loss::{Loss, Target};
use super::objective::NetworkLoss;
use super::padding::pad;
use super::reduce::BLOCK;
use super::workspace::Workspace;
use crate::engine::numeric::real;

/// How good a network is on some data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// The mean loss over the samples, without λ/2 ‖θ‖².
    pub loss: f64,
    /// The share of samples whose class is the one that the network says; `None` where there are no classes.
    pub accuracy: Option<f64>,
}

impl NetworkLoss {
    /// The outputs of the network at `theta` for rows of inputs, as long as the data's; they go to `outputs`, a row for each.
    /// Batch normalisations take the moments of the data.
    pub fn outputs(&self, theta: &[f64], inputs: &[f64], outputs: &mut [f64]) {
        let moments = self.batch_norm_stats(theta);
        let given = (!moments.is_empty()).then_some(&moments[..]);
        let [width, out] = [self.shape.widths[0], self.shape.outputs()];
        let mut room = self.workspace();
        let Workspace {
            block, gathered, ..
        } = &mut *room;
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

    /// Returns the lowest mean loss over the samples that outputs reach which are the same for all inputs: for classes the entropy of how
    /// often each comes, for numbers the mean of their variances.
    pub fn constant_loss(&self) -> f64 {
        let count = real(self.samples);
        let goals = || (0..self.samples).map(|sample| self.target(sample));
        let classes = self.shape.outputs().max(2);
        let mut often = vec![0_usize; classes];
        let mut sums = vec![0.0; self.shape.outputs()];
        for goal in goals() {
            match goal {
                Target::Class(class) => often[class] += 1,
                Target::Numbers(numbers) => {
                    sums.iter_mut().zip(numbers).for_each(|(sum, y)| *sum += y);
                }
            }
        }
        if self.loss != Loss::Mse {
            let shares = often.iter().map(|often| real(*often) / count);
            return shares.filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum();
        }
        let square = |goal: Target| match goal {
            Target::Numbers(numbers) => { numbers.iter().zip(&sums) }
                .map(|(y, sum)| (y - sum / count).powi(2))
                .sum(),
            Target::Class(_) => 0.0,
        };
        goals().map(square).sum::<f64>() / count / real(sums.len())
    }

    /// How good the network is at `theta` on its own data.
    pub fn measure(&self, theta: &[f64]) -> Metrics {
        self.measure_on(theta, self)
    }

    /// How good the network is at `theta` on other data, of which [`Self::on`] made `other`; the loss of another network is NaN. Batch
    /// normalisations take the moments of this one's data, which the running averages of PyTorch estimate.
    pub fn measure_on(&self, theta: &[f64], other: &Self) -> Metrics {
        if self.shape.widths != other.shape.widths {
            return Metrics {
                loss: f64::NAN,
                accuracy: None,
            };
        }
        let moments = self.batch_norm_stats(theta);
        let given = (!moments.is_empty()).then_some(&moments[..]);
        let (out, stride) = (self.shape.outputs(), padded_len(self.shape.outputs()));
        let mut room = other.workspace();
        let (block, weights) = (&mut room.block, self.weights(theta));
        let (mut loss, mut right) = (0.0, 0_usize);
        for samples in other.blocks(0..other.samples) {
            let inputs = other.input_rows(samples.clone());
            block.forward(&self.shape, &weights, inputs, Order::Value, given);
            let rows = samples.len() * stride;
            self.loss
                .prepare_softmax([out, stride], &block.z[..rows], &mut block.d);
            for (row, sample) in samples.enumerate() {
                let at = row * stride..row * stride + out;
                let (z, goal) = (&block.z[at.clone()], other.target(sample));
                loss += self.loss.value_and_grad(z, goal, &mut block.d[at]);
                right += usize::from(self.loss.is_class(z, goal));
            }
        }
        let count = real(other.samples);
        Metrics {
            loss: loss / count,
            accuracy: (self.loss != Loss::Mse).then(|| real(right) / count),
        }
    }
}
