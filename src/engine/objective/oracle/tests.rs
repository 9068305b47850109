//! Tests of oracles: counts, mini-batches, noise and clipping.

use super::*;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;

struct Bowl;
impl Formula for Bowl {
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        x * x * 0.5 + y * y * 2.0
    }
}

fn gradient(gradient_settings: GradientSettings) -> ([f64; 2], EvalCounts) {
    let cancel = Cancel::default();
    let mut oracle = Oracle::new(&Bowl, gradient_settings, vec![0.0; 2], &cancel);
    oracle.begin_step(&[3.0, 1.0]);
    let (_, gradient) = oracle.gradient(&[3.0, 1.0]);
    ([gradient[0], gradient[1]], oracle.counts())
}

#[test]
fn clipping_is_pytorchs() {
    assert_eq!(gradient(GradientSettings::default()).0, [3.0, 4.0]);
    let factor = 1.0 / (5.0 + 1e-6);
    assert_eq!(
        gradient(GradientSettings {
            clip_norm: Some(1.0),
            ..GradientSettings::default()
        })
        .0,
        [3.0 * factor, 4.0 * factor]
    );
    assert_eq!(
        gradient(GradientSettings {
            clip_norm: Some(6.0),
            ..GradientSettings::default()
        })
        .0,
        [3.0, 4.0]
    );
    assert_eq!(
        gradient(GradientSettings {
            clip_value: Some(3.5),
            ..GradientSettings::default()
        })
        .0,
        [3.0, 3.5]
    );
}

#[test]
fn the_record_is_not_counted_and_noise_is_seeded() {
    let noisy = GradientSettings {
        noise: 0.5,
        seed: 7,
        ..GradientSettings::default()
    };
    let (first, counts) = gradient(noisy);
    assert_eq!(
        counts,
        EvalCounts {
            gradients: 1,
            ..EvalCounts::default()
        }
    );
    assert_ne!(first, [3.0, 4.0]);
    assert_eq!(gradient(noisy).0, first);
    assert_ne!(gradient(GradientSettings { seed: 8, ..noisy }).0, first);
}

#[test]
fn an_epoch_of_batches_holds_every_sample_once() {
    let mut batches = Batches::new(10, 4, 1);
    let mut epoch = || {
        let mut seen = Vec::new();
        for size in [4, 4, 2] {
            batches.advance();
            assert_eq!(batches.current().len(), size);
            seen.extend_from_slice(batches.current());
        }
        seen
    };
    let (first, second) = (epoch(), epoch());
    assert_ne!(first, second);
    for mut seen in [first, second] {
        seen.sort_unstable();
        assert_eq!(seen, (0..10).collect::<Vec<_>>());
    }
}
