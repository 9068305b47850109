//! Tests of `ravine explain` and of `ravine lesson --check`.

use super::Place;
use serde_json::Value;

#[test]
fn a_diverged_run_is_explained_with_a_change_to_try() {
    let place = Place::new();
    let scene = ["--landscape", "quadratic:a=1,b=50", "--run", "sgd:lr=0.05"];
    let (code, out, _) = place.run(&[&["explain"], &scene[..]].concat());
    assert_eq!(code, Some(0));
    for part in ["1: SGD (diverged", "lr·λmax = 2.5", "--run sgd:lr=0.02"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    let (_, out, _) = place.run(&[&["explain", "--json"], &scene[..]].concat());
    let json: Value = serde_json::from_str(&out).unwrap();
    let first = &json["runs"][0]["explanations"][0];
    assert_eq!(first["rule"], "unstable");
    assert_eq!(first["try"]["spec"], "sgd:lr=0.02");
    // The suggested scene is a scene file.
    place.file("better.toml", first["try"]["scene"].as_str().unwrap());
    let (code, out, _) = place.run(&["explain", "better.toml"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("Nothing unusual"), "{out}");
}

#[test]
fn changes_of_steps_and_start_are_given_as_flags() {
    let place = Place::new();
    for (scene, flag) in [
        (
            &["--landscape", "rosenbrock", "--run", "adam:lr=0.01"][..],
            "--steps 2600",
        ),
        (&["lesson:saddles-plateaus#1"], "--start=0,0.2"),
    ] {
        let (_, out, _) = place.run(&[&["explain"], scene].concat());
        assert!(out.contains(flag), "{out}");
    }
}

#[test]
fn explain_refuses_runs_that_there_are_not() {
    let place = Place::new();
    let (code, _, error) = place.run(&["explain", "--run-number", "9"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("--run-number cannot be `9`"), "{error}");
}

const LESSON: &str = r#"
title = "A test"
level = "beginner"
minutes = 1
summary = "A test."
[[steps]]
title = "A step"
words = "Words."
[steps.scene]
landscape = "parabola"
start = [10.0, 0.0]
training = { steps = 10 }
runs = [{ spec = "sgd:lr=0.05" }]
[[steps.claims]]
says = "x is 3.487 after 10 steps."
quantity = "x"
equals = 3.487
tolerance = 1e-3
"#;

#[test]
fn claims_of_a_lesson_are_printed_with_their_values() {
    let place = Place::new();
    place.file("lesson.toml", LESSON);
    let (code, out, _) = place.run(&["lesson", "--check", "lesson.toml"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(
        out.contains("SGD: x 3.487, equal to 3.487 ± 0.001: holds"),
        "{out}"
    );
    place.file("lesson.toml", LESSON.replace("3.487\n", "4\n"));
    let (code, out, error) = place.run(&["lesson", "--check", "lesson.toml"]);
    assert_eq!(code, Some(2));
    assert!(
        out.contains("FAILS") && error.contains("1 of 1 claims failed"),
        "{out}{error}"
    );
    let (code, _, error) = place.run(&["lesson", "--check", "nothing.toml"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("nothing.toml: cannot be read"), "{error}");
}
