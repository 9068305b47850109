//! Tests of convergence rates and stability limits known from theory.

#![expect(
    clippy::unreadable_literal,
    reason = "digits stand as they are printed"
)]

use super::{check, end, path};
use ravine::engine::training::{Outcome, RunSpec, Trajectory};

/// κ = 10, λ from 1 to 10.
const QUADRATIC: &str = "quadratic:a=1,b=10";

/// α* and β* of heavy ball for κ = 10: (2 / (√λ₁ + √λₙ))², ((√κ − 1) / (√κ + 1))². Polyak 1964; Goh 2017.
fn heavy_ball() -> [f64; 2] {
    let root = 10.0_f64.sqrt();
    [
        (2.0 / (1.0 + root)).powi(2),
        ((root - 1.0) / (root + 1.0)).powi(2),
    ]
}

fn coordinate(trajectory: &Trajectory, axis: usize) -> Vec<f64> {
    trajectory
        .theta
        .chunks_exact(2)
        .map(|theta| theta[axis])
        .collect()
}

/// Returns sum and product of the roots of the recurrence x_{k+1} = sum x_k − product x_{k−1} that a path satisfies.
fn recurrence(x: &[f64]) -> [f64; 2] {
    let [a, b, c, d] = [x[1], x[2], x[3], x[4]];
    let determinant = b * b - a * c;
    [(b * c - a * d) / determinant, (c * c - b * d) / determinant]
}

#[test]
fn the_optimal_constants_are_the_published_ones() {
    check("α*, β*", &heavy_ball(), &[0.230886, 0.269874], 1.0, 5e-7);
    check("rate", &[heavy_ball()[1].sqrt()], &[0.519494], 1.0, 5e-7);
}

#[test]
fn gradient_descent_converges_at_its_optimal_rate() {
    let best = 2.0 / 11.0;
    let run = path(QUADRATIC, &format!("sgd:lr={best}"), [-4.0, 2.0], 100);
    for (axis, rate) in [9.0 / 11.0, -9.0 / 11.0].into_iter().enumerate() {
        for pair in coordinate(&run, axis).windows(2) {
            check("ratio of steps", &[pair[1] / pair[0]], &[rate], 1.0, 1e-12);
        }
    }
}

/// At the optimal constants both roots coincide in both directions, at √β, which is the rate up to a factor that grows linearly.
#[test]
fn heavy_ball_converges_at_its_optimal_rate() {
    let [alpha, beta] = heavy_ball();
    let run = path(
        QUADRATIC,
        &format!("sgd:lr={alpha},momentum={beta}"),
        [-4.0, 2.0],
        300,
    );
    for (axis, root) in [beta.sqrt(), -beta.sqrt()].into_iter().enumerate() {
        let found = recurrence(&coordinate(&run, axis));
        check("roots", &found, &[2.0 * root, root * root], 1.0, 1e-9);
    }
    let norm = |row: usize| {
        run.theta(row)
            .unwrap()
            .iter()
            .map(|t| t * t)
            .sum::<f64>()
            .sqrt()
    };
    let rate = (norm(300) / norm(100) * 100.0 / 300.0).powf(1.0 / 200.0);
    check("rate", &[rate], &[beta.sqrt()], 1.0, 1e-3);
}

#[test]
fn complex_roots_have_the_modulus_root_beta() {
    for (alpha, beta) in [(0.1, 0.9), (0.2, 0.5), (0.3, 0.99)] {
        let run = path(
            QUADRATIC,
            &format!("sgd:lr={alpha},momentum={beta}"),
            [-4.0, 2.0],
            10,
        );
        for (axis, lambda) in [1.0, 10.0].into_iter().enumerate() {
            let [sum, product] = recurrence(&coordinate(&run, axis));
            let expected = [1.0 + beta - alpha * lambda, beta];
            check("sum and product", &[sum, product], &expected, 1.0, 1e-9);
            assert!(sum * sum < 4.0 * product, "the roots are complex");
        }
    }
}

/// A run on ½λx² stays bounded with λ at 0.99 of the limit, and diverges at 1.01 of it.
#[test]
fn stability_limits_hold() {
    for run in [
        "sgd:lr=0.1",
        "sgd:lr=0.003",
        "sgd:lr=0.1,momentum=0.5",
        "sgd:lr=0.1,momentum=0.9",
        "sgd:lr=0.1,momentum=0.5,nesterov=true",
        "sgd:lr=0.1,momentum=0.9,nesterov=true",
        "sgd:lr=0.1,momentum=0.9,dampening=0.5",
        "sgd:lr=0.1,momentum=0.9,dampening=0.9",
        "sgd:lr=0.1,weight_decay=2",
        "sgd:lr=0.1,momentum=0.9,weight_decay=2",
        "sgd:lr=0.1,momentum=0.9,nesterov=true,weight_decay=2",
    ] {
        let spec: RunSpec = run.parse().unwrap();
        let limit = spec
            .optimizer
            .as_dyn()
            .stability_limit(spec.rates(0, 1))
            .unwrap();
        let at = |share: f64| {
            let lambda = share * limit;
            path(
                &format!("quadratic:a={lambda},b={lambda}"),
                run,
                [1.0, -1.0],
                5000,
            )
        };
        let (below, above) = (at(0.99), at(1.01));
        assert_eq!(below.outcome, Outcome::Finished, "{run}");
        assert!(below.theta.iter().all(|t| t.abs() < 1000.0), "{run}");
        check(run, below.theta(5000).unwrap(), &[0.0; 2], 1.0, 1e-9);
        assert!(
            matches!(above.outcome, Outcome::Diverged(..)),
            "{run}: {:?}",
            above.outcome
        );
    }
}

/// On ¼ (x²y² − 1)² a minimum has the sharpness 2 (x² + y²). Small steps keep x² − y² and end where gradient flow does; where that is too sharp for
/// the learning rate, they end at a flatter point just below 2/η: above 2/η − 20η/3, as Zhu et al. 2023 prove.
#[test]
fn large_learning_rates_end_at_the_edge_of_stability() {
    let sharpness = |lr: f64| {
        let spec = format!("sgd:lr={lr}");
        let [x, y] = end(&path("edge-of-stability", &spec, [3.5, 0.2], 20_000));
        assert!(((x * y).abs() - 1.0).abs() < 1e-3, "{lr}: a minimum");
        2.0 * (x * x + y * y)
    };
    let kept: f64 = 3.5 * 3.5 - 0.2 * 0.2;
    let flow = 2.0 * kept.hypot(2.0);
    assert!((sharpness(0.005) - flow).abs() < 1e-2 * flow);
    for lr in [0.09, 0.1, 0.12, 0.15] {
        let (found, limit) = (sharpness(lr), 2.0 / lr);
        assert!(
            limit < flow && found < limit && found > limit - 20.0 / 3.0 * lr,
            "{lr}: {found}"
        );
    }
}
