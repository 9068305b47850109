//! Tests of network scenes on the command line.

use super::{Place, check, words};

const SCENE: &str = "version = 2\n[network]\nmodel = \"mlp:hidden=4\"\ndata = \"moons:samples=30\"\n\
                     [training]\nsteps = 40\n[[runs]]\nspec = \"adam:lr=0.05\"\n";

#[test]
fn a_network_scene_is_checked_and_drawn() {
    check(
        &[("s.toml", SCENE)],
        &["check", "s.toml"],
        "s.toml: sound (mlp, 1 run, 40 steps)\n",
    );
    let place = Place::new();
    place.file("s.toml", SCENE);
    place.said(&["render", "s.toml", "-o", "s.svg"]);
    let svg = place.read("s.svg");
    for text in [
        "Multi-layer perceptron on Moons",
        "mlp:hidden=4",
        "moons:samples=30",
        ">Adam<",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    let step =
        |args: &[&str]| place.said(&[&["render", "s.toml", "--size", "400x300"], args].concat());
    step(&["--step", "20", "-o", "a.svg"]);
    step(&["--step", "20", "-o", "b.svg"]);
    step(&["--step", "40", "-o", "c.svg"]);
    assert_eq!(place.read("a.svg"), place.read("b.svg"));
    assert_ne!(place.read("a.svg"), place.read("c.svg"));
}

#[test]
fn commands_for_landscapes_refuse_networks() {
    let place = Place::new();
    place.file("s.toml", SCENE);
    for args in [
        &["trace", "s.toml"][..],
        &["critical", "s.toml"],
        &["basins", "s.toml", "-o", "b.png"],
        &words("sweep s.toml --over lr=0.1..1:log:3 -o w.png"),
    ] {
        place.refused(
            args,
            "s.toml: is a scene with a network; expected one with a landscape, or `ravine train`",
        );
    }
    for (from, to, expected) in [
        ("hidden=4", "hiden=4", "did you mean `hidden`?"),
        (
            "moons",
            "mons",
            "unknown data set `mons`; did you mean `moons`?",
        ),
        (
            "[training]",
            "plane = \"pcb\"\n[training]",
            "unknown plane `pcb`; did you mean `pca`?",
        ),
        ("mlp:", "mlp:loss=ce,", ""),
        (
            "moons:samples=30",
            "iris",
            "loss: bce is for the classes 0 and 1",
        ),
        ("moons:samples=30", "csv:path=gone.csv", "gone.csv"),
        (
            "steps = 40",
            "steps = 40\nbatch = 1000",
            "expected 1 to 22, the number of samples, or `all`",
        ),
        (
            "spec = \"adam:lr=0.05\"",
            "spec = \"adam[y:lr=1]\"",
            "expected a layer or a tensor, like layers.0",
        ),
        ("version = 2\n", "version = 2\n[network]\n", "s.toml: line"),
        ("[network]", "[network]\nlr = 1", "unknown field `lr`"),
    ] {
        let changed = SCENE.replacen(from, to, 1);
        assert_ne!(changed, SCENE);
        place.file("s.toml", &changed);
        if expected.is_empty() {
            place.said(&["check", "s.toml"]);
        } else {
            place.refused(&["check", "s.toml"], expected);
        }
    }
}
