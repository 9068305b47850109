use super::*;
use crate::engine::files::NoFiles;

fn network(model: &str, data: &str) -> Scene {
    let mut scene = Scene::opening();
    scene.runs.clear();
    scene.choose_network(NetworkScene {
        model: model.parse().unwrap(),
        data: data.parse().unwrap(),
        ..NetworkScene::default()
    });
    scene.add_run("sgd:lr=0.1".parse().unwrap());
    scene
}

/// Checks where an error of a scene is shown and the titles of its fixes, and that every fixed scene loads.
fn check(scene: &Scene, part: ScenePart, setting: Option<&str>, titles: &[&str]) {
    let error = scene.load(&NoFiles).err().expect("the scene is refused");
    let place = error.place(scene).unwrap();
    assert_eq!((place.part, place.setting), (part, setting), "{error}");
    let fixes = error.fixes(scene);
    let found: Vec<&str> = fixes.iter().map(|fix| &*fix.title).collect();
    assert_eq!(found, titles, "{error}");
    for fix in fixes {
        let loaded = fix.scene.load(&NoFiles).map(|_| ());
        assert_eq!(loaded, Ok(()), "{error}: {}", fix.title);
    }
}

#[test]
fn losses_that_do_not_fit_the_data_are_shown_at_the_loss() {
    let at = |model, data, fix| {
        check(
            &network(model, data),
            ScenePart::Model,
            Some("loss"),
            &[fix],
        );
    };
    at("mlp:loss=mse", "iris", "Use ce");
    at("mlp:loss=bce", "iris", "Use ce");
    at("mlp:loss=bce", "sine", "Use mse");
    at("mlp:loss=ce", "sine", "Use mse");
}

#[test]
fn batches_are_shown_at_the_batch_with_the_largest_one_as_fix() {
    let mut scene = network("mlp:loss=bce", "moons:samples=20");
    scene.training.batch = Some(100);
    check(&scene, ScenePart::Training, Some("batch"), &["batch = 15"]);
    let mut scene = network("mlp:loss=bce,norm=batch", "moons:samples=20");
    scene.training.batch = Some(1);
    check(&scene, ScenePart::Training, Some("batch"), &["batch = 3"]);
    let mut scene = Scene::opening();
    scene.training.batch = Some(100);
    check(&scene, ScenePart::Training, Some("batch"), &["batch = all"]);
}

#[test]
fn too_many_rows_and_steps_are_fixed_by_round_numbers() {
    let mut scene = network("mlp:hidden=64/64,loss=bce", "moons:samples=20");
    scene.training.steps = 100_000;
    check(&scene, ScenePart::Network, Some("every"), &["every = 20"]);
    let mut scene = Scene::opening();
    scene.training.steps = 10_000_000;
    check(
        &scene,
        ScenePart::Training,
        Some("steps"),
        &["steps = 2000000"],
    );
}

#[test]
fn illegal_runs_are_shown_at_their_card() {
    let mut scene = Scene::opening();
    scene.runs[2].spec = "sgd:lr=0.1".parse().unwrap();
    let group = crate::engine::training::Group {
        name: "layers.0".to_owned(),
        optimizer: "sgd".parse().unwrap(),
    };
    scene.runs[2].spec.groups = vec![group];
    let fix = "Remove the settings for layers.0";
    check(&scene, ScenePart::Run(2), None, &[fix]);
}

#[test]
fn files_are_shown_at_their_setting() {
    let data = network("mlp:loss=bce", "csv:path=nowhere.csv");
    check(&data, ScenePart::Data, Some("path"), &[]);
    for (landscape, setting) in [("image:file=a.png", "file"), ("grid:data=a.csv", "data")] {
        let scene = Scene::new(landscape.parse().unwrap());
        check(&scene, ScenePart::Landscape, Some(setting), &[]);
    }
    let formula = Scene::new("formula:f=x+".parse().unwrap());
    check(&formula, ScenePart::Landscape, Some("f"), &[]);
    let mut weights = network("mlp:loss=bce", "moons:samples=20");
    weights.network_mut().unwrap().settings.weights = Some("a.safetensors".to_owned());
    check(
        &weights,
        ScenePart::Network,
        Some("weights"),
        &["Use random"],
    );
}

#[test]
fn numbers_are_rounded_to_1_2_and_5() {
    let up = [1, 2, 3, 6, 10, 11, 21, 99].map(round_up);
    assert_eq!(up, [1, 2, 5, 10, 10, 20, 50, 100]);
    let down = [1, 3, 5, 9, 10, 19, 20, 99].map(round_down);
    assert_eq!(down, [1, 2, 5, 5, 10, 10, 20, 50]);
}
