//! Claims of lessons: quantities with values that are known in closed form, and refusals.

use ravine::engine::files::NoFiles;
use ravine::engine::scene::Scene;
use ravine::teaching::claim::{Checked, Claim, Played};

/// Checks a claim, a table of TOML without `says`, on a scene with these runs.
fn check(landscape: &str, runs: &[&str], steps: u64, claim: &str) -> Result<Checked, String> {
    let mut scene = Scene::new(landscape.parse().unwrap());
    scene.training.steps = steps;
    scene.move_start([5.0, 1.0]);
    for run in runs {
        scene.add_run(run.parse().unwrap());
    }
    let claim: Claim = toml::from_str(&format!("says = \"\"\n{claim}")).unwrap();
    claim.check(&Played::new(&scene, &NoFiles))
}

/// On ½ (x² + 4 y²) a step of gradient descent with lr = 0.4 multiplies x by 0.6 and y by −0.6.
#[test]
fn quantities_match_the_closed_form_on_a_quadratic() {
    let six = 0.6_f64;
    for (claim, value) in [
        ("quantity = \"x\"\nat = 10\nabove = 0", 5.0 * six.powi(10)),
        ("quantity = \"y\"\nat = 3\nbelow = 0", -six.powi(3)),
        ("quantity = \"loss\"\nat = 0\nabove = 1", 14.5),
        ("quantity = \"rate\"\nbelow = 1", 0.36),
        ("quantity = \"crossings\"\nat = 10\nabove = 1", 10.0),
        ("quantity = \"sharpness\"\nabove = 1", 4.0),
        ("quantity = \"lowest-curvature\"\nabove = 0", 1.0),
        ("quantity = \"condition-number\"\nabove = 1", 4.0),
        ("quantity = \"lr-sharpness\"\nabove = 1", 1.6),
        ("quantity = \"sharpness-ratio\"\nbelow = 1", 0.8),
        ("quantity = \"largest-lr\"\nbelow = 1", 0.5),
        ("quantity = \"evaluations\"\nat = 7\nabove = 1", 7.0),
        ("quantity = \"end-step\"\nabove = 1", 30.0),
        ("quantity = \"lr\"\nabove = 0", 0.4),
        (
            "quantity = \"weight-norm\"\nat = 0\nabove = 0",
            26.0_f64.sqrt(),
        ),
        (
            "quantity = \"distance\"\nat = 0\nto = [5.0, 3.0]\nabove = 0",
            2.0,
        ),
        (
            "quantity = \"step-length\"\nat = 0\nabove = 0",
            (4.0_f64 + 2.56).sqrt(),
        ),
        // 14.5 · 0.36ᵏ ≤ 1e-3 from k = 10 on.
        (
            "quantity = \"steps-to-loss\"\nloss = 1e-3\nbelow = 60",
            10.0,
        ),
        (
            "quantity = \"evaluations-to-loss\"\nloss = 1e-3\nbelow = 60",
            10.0,
        ),
    ] {
        let checked = check("quadratic:a=1,b=4", &["sgd:lr=0.4"], 30, claim).unwrap();
        let near = (checked.value - value).abs() < 1e-9 * value.abs().max(1.0);
        assert!(near && checked.holds, "{claim}: {checked:?}, {value}");
        assert!(checked.sentence.ends_with("holds"), "{checked:?}");
    }
}

#[test]
fn claims_compare_two_runs_and_outcomes() {
    let runs = ["sgd:lr=0.4", "sgd:lr=0.1", "sgd:lr=0.6"];
    let of = |claim: &str| check("quadratic:a=1,b=4", &runs, 300, claim).unwrap();
    let faster = "run = \"SGD lr=0.4\"\nquantity = \"steps-to-loss\"\nloss = 1e-6";
    let checked = of(&format!("{faster}\nless-than = \"SGD lr=0.1\"\ntimes = 3"));
    assert!(checked.holds && checked.other.unwrap() > 3.0 * checked.value);
    assert!(!of(&format!("{faster}\nless-than = \"SGD lr=0.1\"\ntimes = 30")).holds);
    let never = "run = \"SGD lr=0.6\"\nquantity = \"steps-to-loss\"\nloss = 1e-6\nbelow = 1e9";
    let checked = of(never);
    assert!(!checked.holds && checked.value.is_infinite());
    assert!(checked.sentence.contains("loss 1e-6 not reached"));
    let ends = "run = \"SGD lr=0.6\"\nquantity = \"outcome\"\noutcome";
    assert!(of(&format!("{ends} = \"diverged\"")).holds);
    assert!(!of(&format!("{ends} = \"finished\"")).holds);
}

#[test]
fn claims_that_cannot_be_checked_say_why() {
    for (claim, part) in [
        ("quantity = \"loss\"", "exactly one of"),
        (
            "quantity = \"loss\"\nbelow = 1\nabove = 0",
            "exactly one of",
        ),
        (
            "run = \"Adam\"\nquantity = \"loss\"\nbelow = 1",
            "expected one of `SGD`",
        ),
        ("quantity = \"loss\"\nat = 99\nbelow = 1", "has no step 99"),
        ("quantity = \"loss\"\nloss = 1\nbelow = 1", "`loss` is for"),
        ("quantity = \"outcome\"\nbelow = 1", "`outcome` is for"),
        (
            "quantity = \"loss\"\nseeds = 0\nbelow = 1",
            "`seeds` cannot be 0",
        ),
        (
            "quantity = \"outcome\"\noutcome = \"won\"",
            "cannot be `won`",
        ),
        ("quantity = \"accuracy\"\nbelow = 1", "has no accuracy"),
        ("quantity = \"barrier\"\nbelow = 1", "expected `to-run`"),
        (
            "quantity = \"loss\"\ntolerance = 1\nbelow = 1",
            "`tolerance` is for",
        ),
    ] {
        let error = check("quadratic:a=1,b=4", &["sgd:lr=0.4"], 30, claim).unwrap_err();
        assert!(error.contains(part), "{claim}: {error}");
    }
}
