//! Paths between the weights of two networks.

/// Path through parameter space, from t = 0 to t = 1.
pub trait Path: Sync {
    /// Writes the weights at `t`, n numbers.
    fn at(&self, t: f64, theta: &mut [f64]);
}

/// Linear path (1 − t) a + t b.
#[derive(Clone, Copy)]
pub struct LinearPath<'a> {
    /// End points a and b.
    pub ends: [&'a [f64]; 2],
}

/// Quadratic Bézier curve (1 − t)² a + 2 t (1 − t) θ + t² b: Garipov et al. 2018, "Loss Surfaces, Mode Connectivity, and Fast
/// Ensembling of DNNs".
#[derive(Clone, Copy)]
pub struct Bezier<'a> {
    /// End points a and b.
    pub ends: [&'a [f64]; 2],
    /// Middle control point θ.
    pub theta: &'a [f64],
}

impl Path for LinearPath<'_> {
    fn at(&self, t: f64, theta: &mut [f64]) {
        let [a, b] = self.ends;
        for (out, (a, b)) in theta.iter_mut().zip(a.iter().zip(b)) {
            *out = (1.0 - t) * a + t * b;
        }
    }
}

/// Returns the weights of a, θ and b in the curve at `t`.
pub(super) fn bernstein_weights(t: f64) -> [f64; 3] {
    [(1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t]
}

impl Path for Bezier<'_> {
    fn at(&self, t: f64, theta: &mut [f64]) {
        let ([a, b], [first, middle, last]) = (self.ends, bernstein_weights(t));
        let ends = a.iter().zip(b);
        for ((out, (a, b)), own) in theta.iter_mut().zip(ends).zip(self.theta) {
            *out = first * a + middle * own + last * b;
        }
    }
}

/// Returns the mean of both ends, with which the curve is the linear path.
pub(super) fn midpoint([a, b]: [&[f64]; 2]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| 0.5 * a + 0.5 * b).collect()
}
