//! Batch and layer normalisation, u = γ ẑ + β with ẑ = (z − μ) / √(σ² + ε), and what differentiation needs of it.
//!
//! Ioffe & Szegedy 2015; Ba, Kiros & Hinton 2016. Both are the same formulas: the mean μ and the biased variance σ² are those of a
//! group of numbers, the columns of a batch or the rows of a layer.

use crate::engine::declare::settings;
use crate::engine::real;

settings! {
    /// What is done between a hidden layer's product and its activation.
    pub enum Norm { None = "none", Batch = "batch", Layer = "layer" }
}

/// PyTorch's ε.
const EPS: f64 = 1e-5;

/// The numbers of `width` features for each of some samples, in padded rows.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) width: usize,
    pub(super) stride: usize,
    /// Whether groups are columns, as in batch normalisation, or rows.
    pub(super) columns: bool,
}

/// What the normalisation of one layer keeps for its derivatives.
#[derive(Clone, Default)]
pub(super) struct Normalised {
    /// ẑ and its tangent.
    z: Vec<f64>,
    z_tangent: Vec<f64>,
    /// 1 / √(σ² + ε) of each group, whose tangent is −mean(ẑ ż) / (σ² + ε).
    scale: Vec<f64>,
    /// mean(ẑ ż) of each group.
    along: Vec<f64>,
    /// Whether μ and σ² are given, and do not depend on z.
    frozen: bool,
    /// Room for means of each group.
    means: [Vec<f64>; 2],
    bent: [Vec<f64>; 2],
}

/// γ and β, or tangents of them.
#[derive(Clone, Copy)]
pub(super) struct Affine<'a> {
    pub(super) gamma: &'a [f64],
    pub(super) beta: &'a [f64],
}

impl<'a> Affine<'a> {
    pub(super) fn of([gamma, beta]: &'a [Vec<f64>; 2]) -> Self {
        Self { gamma, beta }
    }
}

/// Means and variances of the features, of some samples or averaged over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// The mean of each feature.
    pub mean: Vec<f64>,
    /// The variance of each feature.
    pub variance: Vec<f64>,
}

impl Extent {
    fn groups(self, len: usize) -> usize {
        if self.columns {
            self.width
        } else {
            len / self.stride
        }
    }

    /// How many numbers a group has.
    fn members(self, len: usize) -> usize {
        if self.columns {
            len / self.stride
        } else {
            self.width
        }
    }

    /// Calls `body` with every place that holds a number, its feature and its group.
    #[inline(always)]
    pub(super) fn each(self, len: usize, mut body: impl FnMut(usize, usize, usize)) {
        for (s, first) in (0..len).step_by(self.stride).enumerate() {
            for feature in 0..self.width {
                let group = if self.columns { feature } else { s };
                body(first + feature, feature, group);
            }
        }
    }

    /// The mean over each group of a term for each place.
    fn means(self, len: usize, means: &mut Vec<f64>, term: impl Fn(usize, usize, usize) -> f64) {
        means.clear();
        means.resize(self.groups(len), 0.0);
        self.each(len, |at, feature, group| {
            means[group] += term(at, feature, group);
        });
        let members = real(self.members(len));
        means.iter_mut().for_each(|mean| *mean /= members);
    }
}

impl Normalised {
    /// Room for `len` numbers.
    pub(super) fn new(len: usize, extent: Extent) -> Self {
        let groups = || Vec::with_capacity(extent.groups(len));
        Self {
            z: vec![0.0; len],
            z_tangent: vec![0.0; len],
            scale: groups(),
            along: groups(),
            frozen: false,
            means: [groups(), groups()],
            bent: [groups(), groups()],
        }
    }

    /// Replaces z by u. Groups have their own moments, or those that are `given`.
    pub(super) fn forward(
        &mut self,
        extent: Extent,
        affine: Affine,
        given: Option<&Moments>,
        z: &mut [f64],
    ) {
        let len = z.len();
        let [mean, variance] = &mut self.means;
        self.frozen = given.is_some();
        if let Some(moments) = given {
            mean.clone_from(&moments.mean);
            variance.clone_from(&moments.variance);
        } else {
            extent.means(len, mean, |at, _, _| z[at]);
            extent.means(len, variance, |at, _, group| (z[at] - mean[group]).powi(2));
        }
        let scales = variance
            .iter()
            .map(|variance| 1.0 / (variance + EPS).sqrt());
        self.scale.clear();
        self.scale.extend(scales);
        extent.each(len, |at, feature, group| {
            self.z[at] = (z[at] - mean[group]) * self.scale[group];
            z[at] = affine.gamma[feature] * self.z[at] + affine.beta[feature];
        });
    }

    /// The moments that the last [`Self::forward`] used.
    pub(super) fn moments(&self) -> Moments {
        let [mean, variance] = self.means.clone();
        Moments { mean, variance }
    }

    /// Replaces the tangent of z by that of u, given those of γ and β.
    pub(super) fn tangent(&mut self, extent: Extent, affine: Affine, moved: Affine, z: &mut [f64]) {
        let len = z.len();
        if !self.frozen {
            extent.means(len, &mut self.along, |at, _, _| self.z[at] * z[at]);
        }
        self.project(extent, z);
        self.z_tangent[..len].copy_from_slice(z);
        extent.each(len, |at, feature, _| {
            z[at] = moved.gamma[feature] * self.z[at]
                + affine.gamma[feature] * self.z_tangent[at]
                + moved.beta[feature];
        });
    }

    /// Replaces the derivative by u by that by z, after `gather` has seen the derivative by u and ẑ, whose products are the
    /// derivatives by γ.
    pub(super) fn backward(
        &mut self,
        extent: Extent,
        gamma: &[f64],
        u: &mut [f64],
        gather: impl FnOnce(&[f64], &[f64]),
    ) {
        gather(u, &self.z);
        extent.each(u.len(), |at, feature, _| u[at] *= gamma[feature]);
        self.project(extent, u);
    }

    /// Replaces the derivative by u and its tangent by those by z; the tangents of the derivatives by γ and β are added to theirs.
    pub(super) fn backward_tangent(
        &mut self,
        extent: Extent,
        [gamma, moved_gamma]: [&[f64]; 2],
        [u, u_tangent]: [&mut [f64]; 2],
        [d_gamma, d_beta]: [&mut [f64]; 2],
    ) {
        let len = u.len();
        extent.each(len, |at, feature, _| {
            d_gamma[feature] += u_tangent[at] * self.z[at] + u[at] * self.z_tangent[at];
            d_beta[feature] += u_tangent[at];
            u_tangent[at] = moved_gamma[feature] * u[at] + gamma[feature] * u_tangent[at];
            u[at] *= gamma[feature];
        });
        self.project(extent, u_tangent);
        if self.frozen {
            self.project(extent, u);
            return;
        }
        let [z, z_tangent] = [&self.z, &self.z_tangent];
        let [plain, moved] = &mut self.bent;
        extent.means(len, plain, |at, _, _| u[at] * z[at]);
        extent.means(len, moved, |at, _, _| u[at] * z_tangent[at]);
        self.project(extent, u);
        let [plain, moved] = &self.bent;
        extent.each(len, |at, _, group| {
            let bend = self.along[group] * u[at]
                + self.z[at] * moved[group]
                + self.z_tangent[at] * plain[group];
            u_tangent[at] -= self.scale[group] * bend;
        });
    }

    /// The derivative of ẑ by z, which is symmetric, times v: (v − mean(v) − ẑ mean(ẑ v)) / √(σ² + ε).
    fn project(&mut self, extent: Extent, v: &mut [f64]) {
        let len = v.len();
        if self.frozen {
            extent.each(len, |at, _, group| {
                v[at] *= self.scale[group];
            });
            return;
        }
        let [mean, along] = &mut self.means;
        extent.means(len, mean, |at, _, _| v[at]);
        extent.means(len, along, |at, _, _| self.z[at] * v[at]);
        extent.each(len, |at, _, group| {
            v[at] = self.scale[group] * (v[at] - mean[group] - self.z[at] * along[group]);
        });
    }
}
