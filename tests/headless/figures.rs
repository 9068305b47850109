//! Figures of every kind, light and dark, compared with those in `tests/snapshots/figures`. After a change that is meant, write them anew
//! and look at them:
//!
//!     RAVINE_WRITE_SNAPSHOTS=1 cargo test --test headless figures

use super::snapshot;
use ravine::engine::files::NoFiles;
use ravine::engine::results::Runs;
use ravine::engine::scene::{NetworkScene, Scene};
use ravine::export::picture::{PageSize, Picture, Show, pixels};
use ravine::figure::colour::Theme;
use ravine::session::compute_all_runs;
use std::sync::Arc;

/// Width and height of the figures.
const SIZE: [u32; 2] = [400, 300];

/// Largest share of pixels that may differ visibly.
const TOLERANCE: f64 = 0.004;

/// Compares a kind of figure of some runs with its snapshots.
fn check(runs: &Runs, kind: &str) {
    let show = Show::parse(kind, &runs.scene).unwrap();
    for theme in [&Theme::LIGHT, &Theme::DARK] {
        let wanted = Picture::new(PageSize::of_pixels(SIZE), show, theme);
        let rgba = pixels(runs, &wanted).unwrap();
        let name = format!("{kind}-{}", if theme.dark { "dark" } else { "light" });
        let rgb: Vec<u8> = { rgba.chunks_exact(4) }
            .flat_map(|pixel| &pixel[..3])
            .copied()
            .collect();
        snapshot::check("figures", &name, SIZE, &rgb, TOLERANCE);
    }
}

fn runs_of(mut scene: Scene, specs: &[&str], steps: u64) -> Runs {
    scene.training.steps = steps;
    for spec in specs {
        scene.add_run(spec.parse().unwrap());
    }
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    compute_all_runs(&scene, &problem, None).unwrap()
}

#[test]
fn figures_of_landscapes_look_as_before() {
    let specs = [
        "sgd:lr=0.01",
        "sgd:lr=0.01,momentum=0.9",
        "adam:lr=0.1@cosine",
    ];
    let runs = runs_of(Scene::new("himmelblau".parse().unwrap()), &specs, 60);
    for kind in [
        "map",
        "loss",
        "grad-norm",
        "lr",
        "sharpness",
        "state",
        "side-by-side",
        "surface",
        "basins",
        "sweep",
        "map+loss",
        "surface+loss+lr",
    ] {
        check(&runs, kind);
    }
}

#[test]
fn figures_over_seeds_look_as_before() {
    let with_seed = |seed: u64| {
        let mut scene = Scene::new("rosenbrock".parse().unwrap());
        (scene.training.seed, scene.training.noise) = (seed, 20.0);
        runs_of(scene, &["sgd:lr=1e-3", "adam:lr=0.1"], 60)
    };
    let first = with_seed(0);
    let other_seeds = (1..6).map(with_seed).collect();
    check(
        &Runs {
            other_seeds,
            ..first
        },
        "loss+grad-norm",
    );
}

#[test]
fn figures_of_networks_look_as_before() {
    let mut scene = Scene::new("rosenbrock".parse().unwrap());
    scene.choose_network(NetworkScene {
        model: "mlp:hidden=4,loss=bce".parse().unwrap(),
        data: "moons:samples=60".parse().unwrap(),
        plane: "filter:seed=1".parse().unwrap(),
        ..NetworkScene::default()
    });
    let network = scene.network_mut().unwrap();
    (network.connect.steps, network.connect.points) = (30, 21);
    scene.runs.clear();
    let runs = runs_of(scene, &["sgd:lr=0.5,momentum=0.9", "adam:lr=0.05"], 40);
    for kind in [
        "accuracy",
        "predictions",
        "projection-error",
        "spectrum",
        "connect",
        "seeds",
    ] {
        check(&runs, kind);
    }
}
