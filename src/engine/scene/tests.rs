//! Tests of scenes and scene files.

use super::*;
use crate::engine::files::NoFiles;

#[test]
fn runs_without_a_colour_get_one_each() {
    let text = "version = 1\nlandscape = \"booth\"\n[[runs]]\nspec = \"sgd\"\n[[runs]]\nspec = \"adam\"\ncolour = 0\n\
                [[runs]]\nspec = \"lion\"";
    let scene = Scene::from_toml(text).unwrap();
    let colours: Vec<u64> = scene.runs.iter().map(|run| run.colour).collect();
    assert_eq!(colours, [1, 0, 2]);
}

#[test]
fn the_opening_network_is_sound() {
    let scene = Scene::opening_network();
    assert_eq!((scene.runs.len(), scene.subject_name()), (4, "mlp"));
    assert!(scene.load(&NoFiles).is_ok());
    assert_eq!(Scene::from_toml(&scene.to_toml()), Ok(scene));
}

#[test]
fn the_opening_scene_is_sound() {
    let scene = Scene::opening();
    assert_eq!(scene.runs.len(), 6);
    assert!(scene.load(&NoFiles).is_ok());
}

#[test]
fn a_network_file_keeps_its_landscape_and_its_keys() {
    let file = include_str!("../../../tests/reference/scenes/v2-network.toml");
    let mut scene = Scene::from_toml(file).unwrap();
    // Settings that the file leaves out are written; written again, nothing changes.
    let text = scene.to_toml();
    assert_eq!(Scene::from_toml(&text).as_ref(), Ok(&scene));
    let head =
        "version = 2\nlandscape = \"rosenbrock\"\nstart = [-1.5, 2.0]\n\n[network]\nmodel = ";
    assert!(text.starts_with(head), "{text}");
    assert!(text.contains("[[runs.legs]]\nfrom = 40\nspec = "), "{text}");
    assert_eq!(
        (scene.landscape().name(), scene.start()),
        ("rosenbrock", [-1.5, 2.0])
    );
    scene.landscape_scene_mut().landscape = "booth".parse().unwrap();
    scene.landscape_scene_mut().start = [0.5, 0.25];
    let written = scene.to_toml();
    let kept = text
        .replace("rosenbrock", "booth")
        .replace("[-1.5, 2.0]", "[0.5, 0.25]");
    assert_eq!(written, kept);
    assert_eq!(Scene::from_toml(&written), Ok(scene));
}

#[test]
fn a_file_reads_back_to_the_same_scene() {
    let mut scene = Scene::opening();
    scene.view = Rect::new([0.1, 0.3], [1e-9, 2e-9]);
    scene.training.noise = 0.1 + 0.2;
    scene.training.clip_norm = Some(1.0 / 3.0);
    scene.map.spacing = LevelSpacing::Log;
    scene.runs[1].name = "it's \"mine\"".to_owned();
    scene.landscape_scene_mut().landscape = "formula:f=\"max(x, y)\"".parse().unwrap();
    assert_eq!(Scene::from_toml(&scene.to_toml()), Ok(scene));
}

fn refused(text: &str) -> String {
    Scene::from_toml(text)
        .and_then(|scene| scene.load(&NoFiles).map(drop))
        .unwrap_err()
        .to_string()
}

#[test]
fn invalid_files_are_refused_in_one_sentence() {
    for (text, expected) in [
        (
            "",
            "there is no `version`; expected a scene file that begins with `version = 2`",
        ),
        (
            "version = 9",
            "version 9 was made by a newer Ravine; this one reads versions 1 to 2",
        ),
        (
            "version = 1\nlandscape = \"rosenbrok\"",
            "line 2, column 13: unknown landscape `rosenbrok`; did you mean `rosenbrock`?",
        ),
        (
            "version = 1\nlandscape = \"booth\"\nstrat = [1, 2]",
            "line 3, column 1: unknown field `strat`",
        ),
        (
            "version = 1\nlandscape = \"booth\"\n[training]\nsteps = 0",
            "`steps` cannot be `0`; expected a whole number in [1, 1000000]",
        ),
        (
            "version = 1\nlandscape = \"booth\"\n[training]\nstep = 10",
            "has no setting `step`; did you mean `steps`?",
        ),
        (
            "version = 1\nlandscape = \"booth\"\nstart = [nan, 0.0]",
            "the start (NaN, 0) is not in the domain",
        ),
        (
            "version = 1\nlandscape = \"booth\"\nstart = [11, 0]",
            "expected x in [-10.0, 10.0] and y in [-10.0, 10.0]",
        ),
        (
            "version = 1\nlandscape = \"booth\"\nview = [[1, 1], [0, 1]]",
            "is empty or not finite",
        ),
        (
            "version = 1\nlandscape = \"booth\"\n[training]\nbatch = 8",
            "`batch` cannot be 8 on `booth`; expected `all`: it has no data",
        ),
        (
            "version = 1\nlandscape = \"regression\"\n[training]\nbatch = 51",
            "expected 1 to 50, the number of samples, or `all`",
        ),
        (
            "version = 1\nlandscape = \"booth\"\n[[runs]]\nspec = \"adam:lr=x\"",
            "`lr` cannot be `x`; expected a number in [0, ∞)",
        ),
    ] {
        let sentence = refused(text);
        assert!(sentence.contains(expected), "{text:?} gave {sentence:?}");
        assert!(
            !sentence.contains('\n'),
            "{sentence:?} is more than a sentence"
        );
    }
}

#[test]
fn a_start_on_a_line_is_one_number() {
    for start in ["5", "5.0", "[5]", "[5, 0]", "[5.0, 7]"] {
        let text = format!("version = 1\nlandscape = \"parabola\"\nstart = {start}");
        let scene = Scene::from_toml(&text).unwrap();
        assert_eq!(
            (scene.start(), scene.start_theta()),
            ([5.0, 0.0], &[5.0][..])
        );
        assert_eq!(Scene::from_toml(&scene.to_toml()), Ok(scene));
    }
    for (landscape, start, expected) in [
        (
            "booth",
            "5",
            "line 3, column 9: expected two numbers, like [-1.5, 2.0]",
        ),
        ("booth", "[1, 2, 3]", "expected two numbers"),
        (
            "parabola",
            "[]",
            "line 3, column 9: expected a number, like 5.0",
        ),
        ("parabola", "\"5\"", "line 3, column 9"),
        (
            "parabola",
            "13",
            "the start 13 is not in the domain of `parabola`; expected x in [-12.0, 12.0]",
        ),
        ("formula-1d", "nan", "the start NaN is not in the domain"),
    ] {
        let text = format!("version = 1\nlandscape = \"{landscape}\"\nstart = {start}");
        let sentence = refused(&text);
        assert!(sentence.contains(expected), "{text:?} gave {sentence:?}");
    }
    let mut scene = Scene::new("parabola".parse().unwrap());
    scene.move_start([-3.0, 1e9]);
    assert_eq!(scene.start(), [-3.0, 0.0]);
    scene.move_start([99.0, f64::NAN]);
    assert_eq!(scene.start(), [12.0, 0.0]);
}

#[test]
fn too_many_steps_are_refused() {
    let mut scene = Scene::new("booth".parse().unwrap());
    for _ in 0..21 {
        scene.add_run("sgd".parse().unwrap());
    }
    assert!(scene.load(&NoFiles).is_ok());
    scene.training.steps = 1_000_000;
    assert_eq!(
        scene
            .load(&NoFiles)
            .err()
            .map(|error| error.to_string())
            .as_deref(),
        Some("21 runs of 1000000 steps are too many; expected at most 20000000 steps together")
    );
}

#[test]
fn run_names_are_distinct() {
    let mut scene = Scene::new("booth".parse().unwrap());
    for spec in [
        "adam:lr=0.1",
        "adam:lr=0.2@cosine",
        "sgd",
        "sgd:momentum=0.9",
        "adam:lr=0.1",
    ] {
        scene.add_run(spec.parse().unwrap());
    }
    assert_eq!(
        scene.run_names(),
        [
            "Adam lr=0.1",
            "Adam lr=0.2 @cosine",
            "SGD",
            "Momentum",
            "Adam lr=0.1 (2)"
        ]
    );
    assert_eq!(
        scene.runs.iter().map(|run| run.colour).collect::<Vec<_>>(),
        [0, 10, 1, 2, 20],
        "the runs of one optimizer have one hue"
    );
}

#[test]
fn run_names_are_distinct_from_names_that_look_numbered() {
    let mut scene = Scene::new("booth".parse().unwrap());
    for (spec, name) in [
        ("sgd", ""),
        ("sgd:lr=0.1", ""),
        ("adam", "A (2)"),
        ("adam", "A"),
        ("adam", "A"),
        ("adam", "A"),
    ] {
        scene.add_run(spec.parse().unwrap());
        scene.runs.last_mut().unwrap().name = name.to_owned();
    }
    let expected = ["SGD lr=0.001", "SGD lr=0.1", "A (2)", "A", "A (3)", "A (4)"];
    assert_eq!(scene.run_names(), expected);
}

#[test]
fn a_batch_of_one_sample_is_refused_with_batch_normalisation() {
    let mut scene = Scene::opening_network();
    let network = scene.network_mut().unwrap();
    network.model = "mlp:hidden=4,norm=batch".parse().unwrap();
    network.data = "moons:samples=9".parse().unwrap();
    network.settings.test = 0.0;
    for (batch, sound) in [
        (None, true),
        (Some(1), false),
        (Some(4), false),
        (Some(3), true),
    ] {
        scene.training.batch = batch;
        let checked = scene
            .load(&NoFiles)
            .map(drop)
            .map_err(|error| error.to_string());
        let expected = |error: &String| error.contains("a batch of one sample");
        assert_eq!(checked.is_ok(), sound, "{batch:?}: {checked:?}");
        assert!(checked.is_ok() || checked.as_ref().is_err_and(expected));
    }
}
