//! Batch and layer normalisation, u = γ ẑ + β with ẑ = (z − μ) / √(σ² + ε), and what differentiation needs of it.
//!
//! Ioffe & Szegedy 2015; Ba, Kiros & Hinton 2016. Both are the same formulas: the mean μ and the biased variance σ² are those of a
//! group of numbers, the columns of a batch or the rows of a layer.

use super::float::Float;
use crate::engine::declare::settings;
use crate::engine::numeric::real;

settings! {
    /// What is done between a hidden layer's product and its activation.
    pub enum Norm { None = "none", Batch = "batch", Layer = "layer" }
}

/// PyTorch's ε.
const EPS: f64 = 1e-5;

/// The numbers of `width` features for each of some samples, in padded rows.
#[derive(Clone, Copy)]
pub(in crate::engine) struct NormGroups {
    pub(in crate::engine) width: usize,
    pub(in crate::engine) stride: usize,
    /// Whether groups are columns, as in batch normalisation, or rows.
    pub(in crate::engine) columns: bool,
}

/// What the normalisation of one layer keeps for its derivatives.
#[derive(Clone, Default)]
pub(in crate::engine) struct Normalised<E = f64> {
    /// ẑ.
    z: Vec<E>,
    /// μ and σ² of each group.
    moments: BatchNormStats,
    /// 1 / √(σ² + ε) of each group, whose tangent is −mean(ẑ ż) / (σ² + ε).
    scale: Vec<E>,
    /// Whether μ and σ² are given, and do not depend on z.
    eval_mode: bool,
}

/// What is kept of its tangent.
#[derive(Default)]
pub(in crate::engine) struct NormTangent<E> {
    /// The tangent of ẑ.
    z: Vec<E>,
    /// mean(ẑ ż) of each group.
    along: Vec<E>,
    bent: [Means<E>; 2],
    means: [Means<E>; 2],
}

impl<E> NormTangent<E> {
    /// Room for means.
    pub(in crate::engine) fn means(&mut self) -> &mut [Means<E>; 2] {
        &mut self.means
    }
}

/// A mean for each group.
pub(in crate::engine) type Means<E = f64> = Vec<E>;

/// γ and β, or tangents of them.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Affine<'a, E> {
    pub(in crate::engine) gamma: &'a [E],
    pub(in crate::engine) beta: &'a [E],
}

impl<'a, E> Affine<'a, E> {
    pub(in crate::engine) fn of([gamma, beta]: &'a [Vec<E>; 2]) -> Self {
        Self { gamma, beta }
    }
}

/// Means and variances of the features, of some samples or averaged over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchNormStats {
    /// The mean of each feature.
    pub mean: Vec<f64>,
    /// The variance of each feature.
    pub variance: Vec<f64>,
}

impl NormGroups {
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
    pub(in crate::engine) fn each(self, len: usize, mut body: impl FnMut(usize, usize, usize)) {
        for (s, first) in (0..len).step_by(self.stride).enumerate() {
            for feature in 0..self.width {
                let group = if self.columns { feature } else { s };
                body(first + feature, feature, group);
            }
        }
    }

    /// The mean over each group of a term for each place.
    fn means<E: Float>(
        self,
        len: usize,
        means: &mut Vec<E>,
        term: impl Fn(usize, usize, usize) -> E,
    ) {
        means.clear();
        means.resize(self.groups(len), E::default());
        self.each(len, |at, feature, group| {
            means[group] += term(at, feature, group);
        });
        let members = E::from_f64(real(self.members(len)));
        means.iter_mut().for_each(|mean| *mean /= members);
    }
}

impl<E: Float> Normalised<E> {
    /// Room for `len` numbers.
    pub(in crate::engine) fn new(len: usize) -> Self {
        Self {
            z: vec![E::default(); len],
            ..Self::default()
        }
    }

    /// Replaces z by u. Groups have their own moments, or those that are `given`.
    pub(in crate::engine) fn forward(
        &mut self,
        extent: NormGroups,
        affine: Affine<E>,
        given: Option<&BatchNormStats>,
        z: &mut [E],
    ) {
        let len = z.len();
        self.eval_mode = given.is_some();
        let BatchNormStats { mean, variance } = &mut self.moments;
        if let Some(moments) = given {
            mean.clone_from(&moments.mean);
            variance.clone_from(&moments.variance);
        } else {
            extent.means(len, mean, |at, _, _| z[at].to_f64());
            extent.means(len, variance, |at, _, group| {
                (z[at].to_f64() - mean[group]).powi(2)
            });
        }
        let scales = { variance.iter() }.map(|variance| E::from_f64(1.0 / (variance + EPS).sqrt()));
        self.scale.clear();
        self.scale.extend(scales);
        extent.each(len, |at, feature, group| {
            self.z[at] = E::from_f64(z[at].to_f64() - mean[group]) * self.scale[group];
            z[at] = affine.gamma[feature] * self.z[at] + affine.beta[feature];
        });
    }

    /// The moments that the last [`Self::forward`] used.
    pub(in crate::engine) fn moments(&self) -> &BatchNormStats {
        &self.moments
    }

    /// ẑ.
    pub(in crate::engine) fn z(&self) -> &[E] {
        &self.z
    }

    /// Replaces the tangent of z by that of u, given those of γ and β.
    pub(in crate::engine) fn tangent(
        &self,
        extent: NormGroups,
        affine: Affine<E>,
        moved: Affine<E>,
        z: &mut [E],
        own: &mut NormTangent<E>,
    ) {
        let len = z.len();
        if !self.eval_mode {
            extent.means(len, &mut own.along, |at, _, _| self.z[at] * z[at]);
        }
        self.project(extent, z, &mut own.means);
        own.z.clear();
        own.z.extend_from_slice(z);
        extent.each(len, |at, feature, _| {
            z[at] = moved.gamma[feature] * self.z[at]
                + affine.gamma[feature] * own.z[at]
                + moved.beta[feature];
        });
    }

    /// Replaces the derivative by u by that by z; `means` is room.
    pub(in crate::engine) fn backward(
        &self,
        extent: NormGroups,
        gamma: &[E],
        u: &mut [E],
        means: &mut [Means<E>; 2],
    ) {
        extent.each(u.len(), |at, feature, _| u[at] *= gamma[feature]);
        self.project(extent, u, means);
    }

    /// Replaces the derivative by u and its tangent by those by z; the tangents of the derivatives by γ and β are added to theirs.
    pub(in crate::engine) fn backward_tangent(
        &self,
        extent: NormGroups,
        [gamma, moved_gamma]: [&[E]; 2],
        [u, u_tangent]: [&mut [E]; 2],
        [d_gamma, d_beta]: [&mut [E]; 2],
        own: &mut NormTangent<E>,
    ) {
        let len = u.len();
        extent.each(len, |at, feature, _| {
            d_gamma[feature] += u_tangent[at] * self.z[at] + u[at] * own.z[at];
            d_beta[feature] += u_tangent[at];
            u_tangent[at] = moved_gamma[feature] * u[at] + gamma[feature] * u_tangent[at];
            u[at] *= gamma[feature];
        });
        self.project(extent, u_tangent, &mut own.means);
        if self.eval_mode {
            return;
        }
        let [plain, moved] = &mut own.bent;
        extent.means(len, plain, |at, _, _| u[at] * self.z[at]);
        extent.means(len, moved, |at, _, _| u[at] * own.z[at]);
        self.project(extent, u, &mut own.means);
        let [plain, moved] = &own.bent;
        extent.each(len, |at, _, group| {
            let bend =
                own.along[group] * u[at] + self.z[at] * moved[group] + own.z[at] * plain[group];
            u_tangent[at] -= self.scale[group] * bend;
        });
    }

    /// The derivative of ẑ by z, which is symmetric, times v: (v − mean(v) − ẑ mean(ẑ v)) / √(σ² + ε).
    fn project(&self, extent: NormGroups, v: &mut [E], [mean, along]: &mut [Means<E>; 2]) {
        let len = v.len();
        if self.eval_mode {
            extent.each(len, |at, _, group| {
                v[at] *= self.scale[group];
            });
            return;
        }
        extent.means(len, mean, |at, _, _| v[at]);
        extent.means(len, along, |at, _, _| self.z[at] * v[at]);
        extent.each(len, |at, _, group| {
            v[at] = self.scale[group] * (v[at] - mean[group] - self.z[at] * along[group]);
        });
    }
}
