//! Batch and layer normalisation, u = γ ẑ + β with ẑ = (z − μ) / √(σ² + ε), and its derivatives.
//!
//! Ioffe & Szegedy 2015; Ba, Kiros & Hinton 2016. The two differ in the groups over which the mean μ and the biased variance σ² are
//! taken: the columns (features) of a batch, or its rows (samples).

use crate::engine::declare::settings;
use crate::engine::numeric::real;

settings! {
    /// Normalisation between a hidden layer's product and its activation.
    pub enum Norm { None = "none", Batch = "batch", Layer = "layer" }
}

/// PyTorch's ε.
const EPS: f64 = 1e-5;

/// Normalisation groups in a matrix of `width` features per sample, in padded rows.
#[derive(Clone, Copy)]
pub(crate) struct NormGroups {
    pub(super) width: usize,
    pub(super) stride: usize,
    /// Whether groups are columns (batch normalisation) or rows (layer normalisation).
    pub(super) columns: bool,
}

/// Intermediate values of a normalisation, kept for its derivatives.
#[derive(Clone, Default)]
pub(super) struct Normalised {
    /// ẑ.
    z: Vec<f64>,
    /// μ and σ² of each group.
    stats: BatchNormStats,
    /// 1 / √(σ² + ε) of each group, whose tangent is −mean(ẑ ż) / (σ² + ε).
    scale: Vec<f64>,
    /// Whether μ and σ² were given and do not depend on z.
    eval_mode: bool,
}

/// Intermediate values of a normalisation's tangent.
#[derive(Default)]
pub(super) struct NormTangent {
    /// The tangent of ẑ.
    z: Vec<f64>,
    /// mean(ẑ ż) of each group.
    projection: Vec<f64>,
    derivative_means: [Means; 2],
    means: [Means; 2],
}

impl NormTangent {
    /// Returns scratch buffers for means.
    pub(super) fn means(&mut self) -> &mut [Means; 2] {
        &mut self.means
    }
}

/// Mean of each group.
pub(super) type Means = Vec<f64>;

/// γ and β, or their tangents.
#[derive(Clone, Copy)]
pub(super) struct Affine<'a> {
    pub(super) gamma: &'a [f64],
    pub(super) beta: &'a [f64],
}

impl<'a> Affine<'a> {
    /// Borrows γ and β.
    pub(super) fn of([gamma, beta]: &'a [Vec<f64>; 2]) -> Self {
        Self { gamma, beta }
    }
}

/// Mean and variance of each feature, of a batch or as running averages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchNormStats {
    /// The mean of each feature.
    pub mean: Vec<f64>,
    /// The variance of each feature.
    pub variance: Vec<f64>,
}

impl NormGroups {
    /// Returns the number of groups.
    fn groups(self, len: usize) -> usize {
        if self.columns {
            self.width
        } else {
            len / self.stride
        }
    }

    /// Returns the number of entries of a group.
    fn members(self, len: usize) -> usize {
        if self.columns {
            len / self.stride
        } else {
            self.width
        }
    }

    /// Calls `body` with the index, feature and group of each entry.
    #[inline(always)]
    pub(crate) fn each(self, len: usize, mut body: impl FnMut(usize, usize, usize)) {
        for (s, first) in (0..len).step_by(self.stride).enumerate() {
            for feature in 0..self.width {
                let group = if self.columns { feature } else { s };
                body(first + feature, feature, group);
            }
        }
    }

    /// Computes the mean over each group of a term per entry.
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
    /// Allocates buffers for `len` entries.
    pub(super) fn new(len: usize) -> Self {
        Self {
            z: vec![0.0; len],
            ..Self::default()
        }
    }

    /// Replaces z by u. Uses the statistics of each group, or `given` ones.
    pub(super) fn forward(
        &mut self,
        groups: NormGroups,
        affine: Affine,
        given: Option<&BatchNormStats>,
        z: &mut [f64],
    ) {
        let len = z.len();
        self.eval_mode = given.is_some();
        let BatchNormStats { mean, variance } = &mut self.stats;
        if let Some(stats) = given {
            mean.clone_from(&stats.mean);
            variance.clone_from(&stats.variance);
        } else {
            groups.means(len, mean, |at, _, _| z[at]);
            groups.means(len, variance, |at, _, group| (z[at] - mean[group]).powi(2));
        }
        let scales = { variance.iter() }.map(|variance| 1.0 / (variance + EPS).sqrt());
        self.scale.clear();
        self.scale.extend(scales);
        groups.each(len, |at, feature, group| {
            self.z[at] = (z[at] - mean[group]) * self.scale[group];
            z[at] = affine.gamma[feature] * self.z[at] + affine.beta[feature];
        });
    }

    /// Returns the statistics that the last [`Self::forward`] used.
    pub(super) fn stats(&self) -> &BatchNormStats {
        &self.stats
    }

    /// Returns ẑ.
    pub(super) fn z(&self) -> &[f64] {
        &self.z
    }

    /// Replaces the tangent of z by the tangent of u, given the tangents of γ and β.
    pub(super) fn tangent(
        &self,
        groups: NormGroups,
        affine: Affine,
        tangent_affine: Affine,
        z: &mut [f64],
        own: &mut NormTangent,
    ) {
        let len = z.len();
        if !self.eval_mode {
            groups.means(len, &mut own.projection, |at, _, _| self.z[at] * z[at]);
        }
        self.project(groups, z, &mut own.means);
        own.z.clear();
        own.z.extend_from_slice(z);
        groups.each(len, |at, feature, _| {
            z[at] = tangent_affine.gamma[feature] * self.z[at]
                + affine.gamma[feature] * own.z[at]
                + tangent_affine.beta[feature];
        });
    }

    /// Replaces the derivative by u with the derivative by z; `means` is scratch.
    pub(super) fn backward(
        &self,
        groups: NormGroups,
        gamma: &[f64],
        u: &mut [f64],
        means: &mut [Means; 2],
    ) {
        groups.each(u.len(), |at, feature, _| u[at] *= gamma[feature]);
        self.project(groups, u, means);
    }

    /// Replaces the derivative by u and its tangent with those by z; adds the tangents of the derivatives by γ and β.
    pub(super) fn backward_tangent(
        &self,
        groups: NormGroups,
        [gamma, moved_gamma]: [&[f64]; 2],
        [u, u_tangent]: [&mut [f64]; 2],
        [d_gamma, d_beta]: [&mut [f64]; 2],
        own: &mut NormTangent,
    ) {
        let len = u.len();
        groups.each(len, |at, feature, _| {
            d_gamma[feature] += u_tangent[at] * self.z[at] + u[at] * own.z[at];
            d_beta[feature] += u_tangent[at];
            u_tangent[at] = moved_gamma[feature] * u[at] + gamma[feature] * u_tangent[at];
            u[at] *= gamma[feature];
        });
        self.project(groups, u_tangent, &mut own.means);
        if self.eval_mode {
            return;
        }
        let [plain, tangent] = &mut own.derivative_means;
        groups.means(len, plain, |at, _, _| u[at] * self.z[at]);
        groups.means(len, tangent, |at, _, _| u[at] * own.z[at]);
        self.project(groups, u, &mut own.means);
        let [plain, tangent] = &own.derivative_means;
        groups.each(len, |at, _, group| {
            let second = own.projection[group] * u[at]
                + self.z[at] * tangent[group]
                + own.z[at] * plain[group];
            u_tangent[at] -= self.scale[group] * second;
        });
    }

    /// Replaces v by the Jacobian of ẑ by z times v: (v − mean(v) − ẑ mean(ẑ v)) / √(σ² + ε). The Jacobian is symmetric.
    fn project(&self, groups: NormGroups, v: &mut [f64], [mean, projection]: &mut [Means; 2]) {
        let len = v.len();
        if self.eval_mode {
            groups.each(len, |at, _, group| {
                v[at] *= self.scale[group];
            });
            return;
        }
        groups.means(len, mean, |at, _, _| v[at]);
        groups.means(len, projection, |at, _, _| self.z[at] * v[at]);
        groups.each(len, |at, _, group| {
            v[at] = self.scale[group] * (v[at] - mean[group] - self.z[at] * projection[group]);
        });
    }
}
