//! Tests of scene files that earlier versions have saved.

use ravine::engine::files::NoFiles;
use ravine::engine::scene::Scene;
use std::path::Path;

#[test]
fn scene_files_of_earlier_versions_open() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/scenes");
    let mut opened = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of scenes") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a text file");
        let scene =
            Scene::from_toml(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        scene
            .load(&NoFiles)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(
            Scene::from_toml(&scene.to_toml()),
            Ok(scene),
            "{}",
            path.display()
        );
        opened += 1;
    }
    assert!(opened >= 5);
}

#[test]
fn scene_files_of_earlier_versions_keep_their_meaning() {
    let scene =
        Scene::from_toml(include_str!("../reference/scenes/v1-everything.toml")).expect("a scene");
    assert_eq!(
        (scene.training.steps, scene.training.seed, scene.map.levels),
        (250, 7, 31)
    );
    assert_eq!(scene.runs[1].spec.optimizer.name(), "adam");
    assert_eq!(
        (
            scene.runs[1].shown,
            scene.runs[1].colour,
            scene.runs[0].name.as_str()
        ),
        (false, 11, "a name")
    );
    assert_eq!(scene.runs[0].spec.schedule.schedules().len(), 3);
    assert_eq!(scene.training.batch, None);
}

#[test]
fn a_scene_file_has_the_figure() {
    let text = include_str!("../reference/scenes/v2-figure.toml");
    let scene = Scene::from_toml(text).expect("a scene");
    let figure = &scene.figure;
    let width = figure.width.map(|length| length.to_string());
    assert_eq!(
        (figure.show.as_deref(), width.as_deref(), figure.font_size),
        (Some("map+loss"), Some("17cm"), Some(9.0))
    );
    assert_eq!((figure.every, figure.caption), (Some(5), Some(true)));
    let plain = Scene::from_toml(&text.replace("[figure]", "[figur]")).unwrap_err();
    assert!(plain.to_string().contains("figur"), "{plain}");
    let wrong = text.replace("\"17cm\"", "\"17\"");
    let error = Scene::from_toml(&wrong).unwrap_err().to_string();
    assert!(
        error.contains("`width` cannot be `17`; expected a length with its unit"),
        "{error}"
    );
    let mut plain = scene.clone();
    plain.figure = ravine::engine::scene::FigureStyle::default();
    assert_ne!(plain, scene);
    assert!(
        !plain.to_toml().contains("[figure]"),
        "defaults are left out"
    );
}
