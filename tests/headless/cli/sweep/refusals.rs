//! Tests of refused sweeps.

use super::super::check;
use super::*;

#[test]
fn invalid_sweeps_are_refused() {
    for (args, expected) in [
        (
            &["--over", "lr=1..x"][..],
            "--over `lr=1..x` runs to or from `x`; expected two numbers, like lr=1e-4..1",
        ),
        (
            &["--over", "lr=1..0.1"],
            "--over `lr=1..0.1` is an empty range",
        ),
        (
            &["--over", "lr=0..1:log"],
            "begins at 0, which has no logarithm",
        ),
        (
            &["--over", "lr=1..2:1000000"],
            "cannot be `1000000`; expected log or linear, and 2 to 10000 values",
        ),
        (
            &["--over", "lr=-1..1"],
            "--over: `lr` cannot be `-1`; expected a number in [0, ∞)",
        ),
        (
            &["--over", "momentun=0..0.9"],
            "--over: `sgd` has no setting `momentun`; did you mean `momentum`?",
        ),
        (
            &["--over", "cosine.t_max=1..9"],
            "unknown schedule `cosine`",
        ),
        (
            &["--over", "lr", "--over", "lr"],
            "`lr` is swept over twice; expected two settings",
        ),
        (
            &["--over", "lr=1..2:2000", "--over", "momentum=0..0.9:2000"],
            "2000 times 2000 values are too many; expected at most 1000000 pairs",
        ),
        (
            &["--over", "lr", "--over", "momentum", "--over", "dampening"],
            "--over is given 3 times; expected it once, or twice for a map",
        ),
        (
            &["--over", "lr", "--measure", "lowest"],
            "unknown measure `lowest`; valid: final, best, steps",
        ),
        (
            &["--over", "lr", "--measure", "steps"],
            "--measure steps needs a loss to reach; expected --goal, like --goal 1e-3",
        ),
        (
            &["--over", "lr", "--goal", "low"],
            "--goal cannot be `low`; expected a loss",
        ),
        (&["--over", "lr", "--goal", "inf"], "--goal cannot be `inf`"),
        (
            &["--over", "lr", "--run-number", "2"],
            "--run-number cannot be `2`; expected a whole number from 1 to 1",
        ),
        (
            &["--over", "lr", "-o", "a.xyz"],
            "a.xyz: unknown extension `.xyz`; expected .csv, .json, .npz, .png, .svg or .pdf",
        ),
        (
            &["--over", "lr", "-o", "none/a.csv"],
            "there is no folder `none`",
        ),
        (
            &["--over", "lr", "-o", "a.png", "--size", "9"],
            "--size cannot be `9`",
        ),
    ] {
        check(
            &[],
            &with(&[&["sgd"], args].concat()),
            &format!("refused: {expected}"),
        );
    }
    let place = Place::new();
    assert_eq!(place.run(&["sweep"]).0, Some(2));
    check(&[], &["sweep", "--help"], "Examples:");
    check(&[], &["--help"], "sweep");
}
