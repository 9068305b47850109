//! Tests against numbers printed in d2l.ai's chapters on optimization, and against PyTorch 2.15 and pytorch_optimizer 4.1 on Rosenbrock.

#![expect(
    clippy::unreadable_literal,
    reason = "digits stand as they are printed"
)]

use super::{check, end, path};

/// Compares the last point of a run with printed digits.
#[track_caller]
fn check_printed_digits<const N: usize>(
    landscape: &str,
    run: &str,
    start: [f64; N],
    steps: u64,
    expected: [f64; N],
) {
    let found: [f64; N] = end(&path(landscape, run, start, steps));
    check(
        &format!("{run} on {landscape}"),
        &found,
        &expected,
        1.0,
        0.5000001e-6,
    );
}

/// Zhang et al., Dive into Deep Learning, section 12.3, as landscapes of one parameter, built in and typed.
#[test]
fn runs_in_one_variable_match_d2l() {
    let rows = [
        ("sgd:lr=0.2", 0.060466),
        ("sgd:lr=0.05", 3.486784),
        ("sgd:lr=1.1", 61.917364),
    ];
    for (run, expected) in rows {
        for landscape in ["parabola", "formula-1d:f=x^2"] {
            check_printed_digits(landscape, run, [10.0], 10, [expected]);
        }
    }
    for wave in ["cosine-1d", "formula-1d:f=\"x*cos(0.15*pi*x)\""] {
        check_printed_digits(wave, "sgd:lr=2", [10.0], 10, [-1.528166]);
        let [x] = end(&path(wave, "newton:lr=1", [10.0], 10));
        check("Newton on the wave", &[x], &[26.8341], 1.0, 5e-5);
    }
}

/// Section 12.3 with functions of one variable extended by a y that stays at 0.
#[test]
fn runs_in_one_variable_with_a_constant_y_match_d2l() {
    let wave = "formula:f=\"x*cos(0.15*pi*x) + y^2\"";
    let start = [10.0, 0.0];
    check_printed_digits("formula:f=x^2", "sgd:lr=0.2", start, 10, [0.060466, 0.0]);
    check_printed_digits("formula:f=x^2", "sgd:lr=0.05", start, 10, [3.486784, 0.0]);
    check_printed_digits("formula:f=x^2", "sgd:lr=1.1", start, 10, [61.917364, 0.0]);
    check_printed_digits(wave, "sgd:lr=2", start, 10, [-1.528166, 0.0]);
    let [x, y] = end(&path(wave, "newton:lr=1", start, 10));
    check("Newton on the wave", &[x, y], &[26.8341, 0.0], 1.0, 5e-5);
}

/// Sections 12.3, 12.6 and 12.7, from (−5, −2), 20 steps.
///
/// Two rows of that book are left out: AdaGrad at .4 and RMSProp at .4 have ε = 1e-6 inside the root, PyTorch has it
/// outside, which changes their last printed digit (−2.382563 there, −2.3825624 with no ε; −.010599 there, −.0105980). At 2
/// AdaGrad's does not.
#[test]
fn runs_in_two_variables_match_d2l() {
    const FLAT: &str = "formula:f=\"0.1*x^2 + 2*y^2\"";
    let check =
        |landscape, run, expected| check_printed_digits(landscape, run, [-5.0, -2.0], 20, expected);
    check(
        "formula:f=\"x^2 + 2*y^2\"",
        "sgd:lr=0.1",
        [-0.057646, -0.000073],
    );
    check(FLAT, "sgd:lr=0.4", [-0.943467, -0.000073]);
    check(FLAT, "sgd:lr=0.6", [-0.387814, -1673.365109]);
    check(FLAT, "sgd:lr=0.6,momentum=0.5", [0.007188, 0.002553]);
    check(FLAT, "sgd:lr=0.6,momentum=0.25", [-0.126340, -0.186632]);
    check(FLAT, "adagrad:lr=2", [-0.002295, 0.0]);
}

#[test]
fn runs_on_rosenbrock_match_pytorch() {
    for (run, expected) in [
        ("sgd:lr=1e-3", [-1.363766786, 1.867498748]),
        ("sgd:lr=1e-3,momentum=0.9", [-0.5865491818, 0.3510216828]),
        (
            "sgd:lr=1e-3,momentum=0.9,nesterov=true",
            [0.6634875004, 0.4385716051],
        ),
        ("adam:lr=0.05", [-1.267307111, 1.612510222]),
        ("adam:lr=0.05,amsgrad=true", [-1.26849012, 1.615676103]),
        ("adamw:lr=0.05", [-1.221274644, 1.498737743]),
        ("adagrad:lr=0.5", [-1.349355497, 1.827549419]),
        ("adadelta", [-1.419130006, 2.020770152]),
        ("rmsprop:lr=0.01", [-1.33610129, 1.791381959]),
        ("nadam:lr=0.05", [-1.168073456, 1.370637126]),
        ("adamax:lr=0.05", [-1.387495633, 1.930795018]),
        ("adafactor:lr=0.05", [-1.288154539, 1.564267086]),
        ("rprop", [-1.198764194, 1.444058373]),
        ("asgd:lr=1e-3", [-1.363758993, 1.86747761]),
    ] {
        let found: [f64; 2] = end(&path("rosenbrock", run, [-1.5, 2.0], 100));
        check(run, &found, &expected, 1.0, 0.5000001e-9);
    }
    let found: [f64; 2] = end(&path("rosenbrock", "radam:lr=0.05", [-1.5, 2.0], 1));
    check("RAdam", &found, &[6.25, 4.5], 1.0, 1e-12);
}

#[test]
fn runs_on_rosenbrock_match_pytorch_optimizer() {
    // That library rounds the norm of SAM's gradient to single precision.
    for (run, expected, tolerance) in [
        ("lion:lr=0.01", [-1.1, 1.22], 1e-12),
        ("adabelief:lr=0.05", [-1.25614278, 1.58289174], 0.5000001e-8),
        ("adan:lr=0.05", [-1.12461077, 1.27037993], 0.5000001e-8),
        ("ademamix:lr=0.05", [-1.26208488, 1.59926145], 0.5000001e-8),
        ("sgd:lr=1e-3+sam:rho=0.05", [-1.06251064, 1.0415254], 2e-8),
    ] {
        let found: [f64; 2] = end(&path("rosenbrock", run, [-1.5, 2.0], 100));
        check(run, &found, &expected, 1.0, tolerance);
    }
}
