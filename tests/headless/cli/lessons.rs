//! Tests of `ravine lesson`, and of steps of lessons where scene files are accepted.

use super::{Place, check};

#[test]
fn lessons_are_listed_by_level() {
    let said = Place::new().said(&["lesson"]);
    assert!(said.starts_with("— Beginner —\n"), "{said}");
    let line = said
        .lines()
        .find(|line| line.starts_with("  learning-rate "));
    let line = line.expect("a line of the lesson");
    for part in [" 10 min ", " 7 steps ", " The learning rate"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(
        said.lines().all(|line| line.chars().count() <= 90),
        "{said}"
    );
}

#[test]
fn a_step_is_a_scene_wherever_a_file_is() {
    let step = "lesson:learning-rate#3";
    check(
        &[],
        &["check", step],
        "lesson:learning-rate#3: sound (parabola, 2 runs, 10 steps)\n",
    );
    let place = Place::new();
    let csv = place.said(&["trace", step, "--format", "csv"]);
    assert!(csv.contains(",61.91736"), "{csv}");
    place.said(&[
        "render",
        step,
        "-o",
        "step.png",
        "--save-scene",
        "step.toml",
    ]);
    let saved = place.read("step.toml");
    assert!(saved.contains("name = \"lr 1.1\""), "{saved}");
    assert_eq!(
        place.said(&["check", "step.png"]).split(": ").nth(1),
        Some("sound (parabola, 2 runs, 10 steps)\n")
    );
    check(
        &[],
        &["sweep", "lesson:learning-rate", "--over", "lr=0.1,0.2"],
        "0.2",
    );
}

#[test]
fn unknown_lessons_are_refused_with_the_nearest_name() {
    for args in [
        &["lesson", "learning-rat"][..],
        &["lesson:learning-rat"],
        &["render", "lesson:learning-rat", "-o", "x.png"],
        &["check", "lesson:learning-rat#2"],
    ] {
        check(
            &[],
            args,
            "refused: unknown lesson `learning-rat`; did you mean `learning-rate`?",
        );
    }
    for args in [
        &["lesson", "learning-rate#9"][..],
        &["check", "lesson:learning-rate#0"],
        &["trace", "lesson:learning-rate#x"],
    ] {
        check(&[], args, "refused: lesson learning-rate has no step");
    }
    check(
        &[],
        &["lesson", "learning-rate", "--check", "learning-rate"],
        "refused: --check",
    );
}

#[test]
fn without_a_display_a_lesson_is_a_picture() {
    for args in [
        &["lesson", "learning-rate#2"][..],
        &["lesson:learning-rate#2"],
    ] {
        let place = Place::new();
        let (code, stdout, stderr) = place.run(args);
        assert_eq!(
            (code, stdout.as_str()),
            (Some(0), "Wrote the picture ravine.png instead.\n")
        );
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(
            place
                .said(&["check", "ravine.png"])
                .contains("parabola, 2 runs")
        );
    }
}
