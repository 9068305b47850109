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
