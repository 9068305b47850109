//! Paths from one network's weights to another's.

/// A path through parameter space, from t = 0 to t = 1.
pub trait Path: Sync {
    /// Writes the weights at `t`, n numbers.
    fn at(&self, t: f64, theta: &mut [f64]);
}

/// The straight line: (1 − t) a + t b.
#[derive(Clone, Copy)]
pub struct LinearPath<'a> {
    /// a and b.
    pub ends: [&'a [f64]; 2],
}

/// The quadratic Bézier curve: (1 − t)² a + 2 t (1 − t) θ + t² b, of Garipov et al. 2018, "Loss Surfaces, Mode Connectivity, and
/// Fast Ensembling of DNNs".
#[derive(Clone, Copy)]
pub struct Bezier<'a> {
    /// a and b.
    pub ends: [&'a [f64]; 2],
    /// θ, which the curve bends towards.
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

/// How much of a, of θ and of b there is in the curve at `t`.
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

/// Halfway between two weights, where the curve is the straight line.
pub(super) fn midpoint([a, b]: [&[f64]; 2]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| 0.5 * a + 0.5 * b).collect()
}
