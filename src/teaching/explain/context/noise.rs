//! Noise of a run's gradients, the level at which it holds the loss, and clipping.

use super::{Context, count};
use crate::engine::analysis::theory::NOISE_FLOOR;
use crate::teaching::facts::mean;

impl Context<'_> {
    /// Whether the gradients are noisy: noise is added, or mini-batches do not hold all the data.
    pub(in crate::teaching::explain) fn is_noisy(&self) -> bool {
        self.noise().is_some() || self.batch().is_some()
    }

    /// Returns σ of the noise that is added to gradients.
    pub(in crate::teaching::explain) fn noise(&self) -> Option<f64> {
        let shared = self.facts.runs.scene.training.noise;
        let own = (shared > 0.0).then_some(shared);
        own.or_else(|| self.wrapper_number("noise", "std"))
    }

    /// Returns σ of the noise divided by the root mean square of the gradient's components: of the median norm of the run.
    pub(in crate::teaching::explain) fn noise_to_gradient(&self) -> Option<f64> {
        let mut norms = self.facts.trajectory().grad_norm.clone();
        norms.sort_by(f64::total_cmp);
        let median = norms.get(norms.len() / 2)?;
        Some(self.noise()? * count(self.facts.theta(0).len() as u64).sqrt() / median)
    }

    /// Returns the size of mini-batches; `None` where each gradient is of all the data.
    pub(in crate::teaching::explain) fn batch(&self) -> Option<f64> {
        let batch = self.facts.runs.scene.training.batch.map(count)?;
        (batch < self.samples()?).then_some(batch)
    }

    /// Returns the number of samples.
    pub(in crate::teaching::explain) fn samples(&self) -> Option<f64> {
        let samples = self.facts.objective().samples();
        (samples > 0).then(|| count(samples as u64))
    }

    fn quarter(&self, number: usize) -> Option<&[f64]> {
        let losses = &self.facts.trajectory().loss;
        let length = losses.len() / 4;
        (length >= 5).then(|| &losses[losses.len() - number * length..][..length])
    }

    /// Returns the mean excess of the last quarter.
    pub(in crate::teaching::explain) fn late_excess(&self) -> Option<f64> {
        Some(mean(self.quarter(1)?) - self.minimum()?)
    }

    /// Returns the mean excess of the last quarter divided by that of the quarter before; of the losses where no minimum is known.
    pub(in crate::teaching::explain) fn late_excess_ratio(&self) -> Option<f64> {
        let minimum = self.minimum().unwrap_or(0.0);
        let [last, before] = [1, 2].map(|number| self.quarter(number).map(mean));
        Some((last? - minimum) / (before? - minimum))
    }

    /// Returns the excess at which noise or mini-batches hold the run by theory, on a quadratic.
    pub(in crate::teaching::explain) fn noise_floor(&self) -> Option<f64> {
        let theory = self.facts.runs.results[self.facts.index].theory.as_ref()?;
        let line = theory.lines.iter().find(|line| line.name == NOISE_FLOOR)?;
        Some(line.value(self.facts.end_step()) - theory.floor)
    }

    /// Whether the mean excess of the last quarter is far above the noise floor of theory.
    pub(in crate::teaching::explain) fn is_above_floor(&self) -> bool {
        const FAR: f64 = 3.0;
        let pair = self.late_excess().zip(self.noise_floor());
        pair.is_some_and(|(level, floor)| level > FAR * floor)
    }

    /// Returns the largest norm of a gradient, where it is clipped.
    pub(in crate::teaching::explain) fn clip_norm(&self) -> Option<f64> {
        let own = self.wrapper_number("clip-norm", "max_norm");
        own.or(self.facts.runs.scene.training.clip_norm)
    }

    /// Returns the share of the steps whose gradient is longer than the clipping norm.
    pub(in crate::teaching::explain) fn clip_share(&self) -> Option<f64> {
        let limit = self.clip_norm()?;
        let norms = &self.facts.trajectory().grad_norm;
        let clipped = norms.iter().filter(|norm| **norm > limit).count();
        Some(count(clipped as u64) / count(norms.len() as u64))
    }

    /// Returns the gradient norm that a tenth of the steps exceed.
    pub(in crate::teaching::explain) fn usual_grad_norm(&self) -> Option<f64> {
        let mut norms = self.facts.trajectory().grad_norm.clone();
        norms.sort_by(f64::total_cmp);
        norms.get(norms.len() * 9 / 10).copied()
    }
}
