//! Tests of `ravine check`, `list`, `render`, the window without a display, and help.

use super::{Place, check, words};
use std::fs;

#[test]
fn check_accepts_a_valid_scene() {
    let scene = "version = 1\nlandscape = \"rosenbrock:b=50\"\n[[runs]]\nspec = \"adam\"\n";
    check(
        &[("s.toml", scene)],
        &["check", "s.toml"],
        "s.toml: sound (rosenbrock, 1 run, 500 steps)\n",
    );
}

#[test]
fn list_names_every_member_and_setting() {
    use ravine::engine::analysis::network_plane::AnyPlane;
    use ravine::engine::landscape::AnyLandscape;
    use ravine::engine::network::AnyNetwork;
    use ravine::engine::network::data::AnyDataset;
    use ravine::engine::optimizer::AnyOptimizer;
    use ravine::engine::schedule::AnySchedule;
    let place = Place::new();
    let json = place.json(&["list", "--json"]);
    let overview = place.said(&["list"]);
    assert!(overview.lines().count() < 80, "{overview}");
    for (family, names) in [
        ("landscapes", AnyLandscape::NAMES),
        ("optimizers", AnyOptimizer::NAMES),
        ("schedules", AnySchedule::NAMES),
        ("networks", AnyNetwork::NAMES),
        ("data", AnyDataset::NAMES),
        ("planes", AnyPlane::NAMES),
    ] {
        let members = json[family].as_array().unwrap();
        let listed: Vec<&str> = members
            .iter()
            .map(|member| member["name"].as_str().unwrap())
            .collect();
        assert_eq!(listed, names);
        let lines = place.said(&["list", family]);
        assert!(lines.lines().all(|line| line.chars().count() <= 80));
        for member in members {
            let name = member["name"].as_str().unwrap();
            assert!(overview.contains(&format!(" {name}")), "{name}");
            assert!(lines.contains(&format!("\n  {name} ")), "{name}");
            if name != names[0] {
                continue;
            }
            let text = place.said(&["list", family, name]);
            assert!(text.lines().all(|line| line.chars().count() <= 80));
            assert!(
                text.contains(&format!(
                    "\n{name}  ({})\n",
                    member["title"].as_str().unwrap()
                )),
                "{name}"
            );
            for setting in member["settings"].as_array().unwrap() {
                let key = setting["name"].as_str().unwrap();
                assert!(text.contains(&format!("    {key}=")), "{name}: {key}");
                for field in ["kind", "expected", "help"] {
                    assert!(
                        !setting[field].as_str().unwrap().is_empty(),
                        "{name}: {key} has no {field}"
                    );
                }
                assert!(
                    !setting["default"].is_null() && setting.get("unit").is_some(),
                    "{name}: {key}"
                );
            }
        }
        let one = place.json(&["list", family, "--json"]);
        assert_eq!(
            one.as_object().unwrap().keys().collect::<Vec<_>>(),
            [family]
        );
    }
    let landscapes = json["landscapes"].as_array().unwrap();
    let rosenbrock = landscapes
        .iter()
        .find(|one| one["name"] == "rosenbrock")
        .unwrap();
    assert_eq!(rosenbrock["group"], "Valleys");
    assert_eq!(
        rosenbrock["minima"],
        serde_json::json!([{"at": [1.0, 1.0], "value": 0.0}])
    );
    assert_eq!(
        rosenbrock["domain"],
        serde_json::json!([[-2.048, 2.048], [-2.048, 2.048]])
    );
    assert_eq!(rosenbrock["settings"][1]["range"], "[0, ∞)");
}

/// Returns the width and height of a PNG file.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (side(16), side(20))
}

#[test]
fn pictures_have_the_requested_size_and_texts() {
    let place = Place::new();
    let args = words("render --landscape himmelblau --run adam:lr=0.1 --run newton --steps 50");
    place.said(&[&args[..], &["-o", "a.png", "--size", "320x200"]].concat());
    let light = fs::read(place.path().join("a.png")).unwrap();
    assert_eq!(png_size(&light), (320, 200));
    for (flags, name) in [(["--theme", "dark"], "dark"), (["--step", "0"], "first")] {
        place.said(&[&args[..], &["-o", "a.png", "--size", "320x200"], &flags].concat());
        assert_ne!(
            fs::read(place.path().join("a.png")).unwrap(),
            light,
            "{name}"
        );
    }
    place.said(&[&args[..], &["-o", "a.svg", "--size", "800x600"]].concat());
    let svg = place.read("a.svg");
    assert!(
        svg.contains(" width=\"800\" height=\"600\" viewBox="),
        "{}",
        &svg[..300]
    );
    for text in [
        "Himmelblau",
        "Adam",
        "Newton",
        "himmelblau · start (−0.5, −1) · step 50 of 50",
    ] {
        assert!(svg.contains(text), "{text} is missing");
    }
    assert!(svg.contains("<text") && svg.contains("landscape = \"himmelblau\""));
    assert_eq!(place.names(), ["a.png", "a.svg"]);
}

#[test]
fn render_shows_the_surface_from_any_side() {
    let place = Place::new();
    let args = "render --landscape himmelblau --run sgd:lr=0.01 --steps 50 --show surface -o";
    let said = |rest: &str| {
        let all = format!("{args} {rest}");
        place.said(&words(&all))
    };
    said("a.svg");
    said("b.svg --azim=-120 --elev 45.5");
    said("c.png --size 320x200 --theme dark");
    let [first, second] = ["a.svg", "b.svg"].map(|name| place.read(name));
    for text in ["Himmelblau", "SGD", "azim −60° elev 45°", "<image"] {
        assert!(first.contains(text), "{text} is missing");
    }
    assert!(!first.contains("[surface]"), "a camera at its default");
    assert!(second.contains("azim −120° elev 45.5°") && second.contains("azim = -120.0"));
    assert!(first.len() < 1_500_000, "{} bytes", first.len());
    // The picture contains its scene, which has the camera.
    let description = second.split("</desc>").next().unwrap();
    let (_, scene) = description.split_once("\n\n").unwrap();
    place.file("s.toml", scene);
    place.said(&["render", "s.toml", "--show", "surface", "-o", "d.svg"]);
    assert_eq!(place.read("d.svg"), second);
    for (rest, expected) in [
        (
            "e.svg --elev=-30",
            "`elev` cannot be `-30`; expected a number in [0, 90]",
        ),
        ("e.svg --azim=north", "`azim` cannot be `north`"),
    ] {
        let all = format!("{args} {rest}");
        place.refused(&words(&all), expected);
    }
    let on_map = ["render", "--azim=10", "-o", "e.svg"];
    place.refused(&on_map, "--azim is for --show surface");
    let line = words("render --landscape parabola --show surface -o e.svg");
    place.refused(
        &line,
        "--show surface is for two parameters, but parabola has one",
    );
}

#[test]
fn the_gallery_shows_every_landscape() {
    use ravine::engine::landscape::{AnyLandscape, Group};
    let place = Place::new();
    let args = ["render", "--gallery", "landscapes", "--size", "1000x800"];
    place.said(&[&args[..], &["-o", "g.svg"]].concat());
    let svg = place.read("g.svg");
    let groups = Group::ALL.map(Group::title);
    let titles = AnyLandscape::all()
        .iter()
        .map(|landscape| landscape.settings().title())
        .collect::<Vec<_>>();
    for title in groups.iter().chain(&titles) {
        // A long title has two lines.
        for word in title.split(' ') {
            assert!(svg.contains(word), "{title}");
        }
    }
    assert!(svg.matches("<image").count() >= titles.len());
    let dark = ["-o", "g.png", "--theme", "dark"];
    place.said(&[&args[..], &dark].concat());
    let png = fs::read(place.path().join("g.png")).unwrap();
    assert_eq!(png_size(&png), (1000, 800));
}

#[test]
fn projection_error_is_drawn_for_networks_only() {
    let place = Place::new();
    place.file(
        "s.toml",
        "version = 2\n[network]\nmodel = \"mlp:hidden=3,loss=bce\"\ndata = \"moons:samples=16\"\n\
         [[runs]]\nspec = \"adam:lr=0.1\"\n[training]\nsteps = 20\n",
    );
    let picture = |show: &str| {
        place.said(&["render", "s.toml", "--show", show, "-o", "a.svg"]);
        place.read("a.svg")
    };
    let svg = picture("projection-error");
    // The former name of the value.
    assert_eq!(svg, picture("off-plane"));
    for text in [
        "Projection error   ",
        "projection error in %",
        "projection error ",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    check(
        &[],
        &["render", "--show", "projection-error", "-o", "a.svg"],
        "refused: --show projection-error is for networks, but the scene has a landscape; expected map",
    );
}

#[test]
fn predictions_of_every_run_are_drawn_for_networks_only() {
    let place = Place::new();
    place.file(
        "s.toml",
        "version = 2\n[network]\nmodel = \"mlp:hidden=3,loss=bce\"\ndata = \"moons:samples=16\"\n\
         [[runs]]\nspec = \"adam:lr=0.1\"\n[[runs]]\nspec = \"sgd:lr=0.1\"\n[training]\nsteps = 20\n",
    );
    let picture = |step: &str| {
        place.said(&[
            "render",
            "s.toml",
            "--show",
            "predictions",
            "--step",
            step,
            "-o",
            "a.svg",
        ]);
        place.read("a.svg")
    };
    let svg = picture("20");
    for text in [
        "Decision boundary of each run",
        ">Adam<",
        ">SGD<",
        "test: loss ",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    assert_ne!(svg, picture("0"));
    check(
        &[],
        &["render", "--show", "predictions", "-o", "a.svg"],
        "refused: --show predictions is for networks, but the scene has a landscape; expected map",
    );
}

#[test]
fn pictures_have_the_layers_of_the_scene() {
    let place = Place::new();
    let picture = |landscape: &str, map: &str| {
        let scene = format!(
            "version = 1\nlandscape = \"{landscape}\"\n[[runs]]\nspec = \"sgd:lr=0.001\"\n[training]\nsteps = 20\n[map]\n{map}\n"
        );
        place.file("s.toml", scene);
        place.said(&["render", "s.toml", "--size", "800x600", "-o", "a.svg"]);
        let svg = place.read("a.svg");
        // Only what is drawn: the description contains the scene.
        svg.split("</desc>").last().unwrap_or_default().to_owned()
    };
    let regression = picture("regression", "");
    assert!(regression.contains("least squares"));
    assert!(!picture("regression", "data = false").contains("least squares"));
    let parabola = picture("parabola", "");
    assert!(parabola.contains("slope "));
    assert!(!picture("parabola", "tangent = false").contains("slope "));
    let flat = picture("himmelblau", "");
    assert_ne!(flat, picture("himmelblau", "hillshade = true"));
    assert_eq!(flat, picture("himmelblau", "hillshade = false"));
    // Scenes of earlier versions have one setting for minima and saddles.
    let none = picture("saddle", "minima = false\nsaddles = false");
    assert_eq!(none, picture("saddle", "minima = false"));
    assert_ne!(none, picture("saddle", ""));
}

#[test]
fn random_planes_of_several_seeds_are_drawn() {
    let place = Place::new();
    let scene = |plane: &str| {
        format!(
            "version = 2\n[network]\nmodel = \"mlp:hidden=2,loss=bce\"\ndata = \"moons:samples=8\"\nplane = \"{plane}\"\n\
             [[runs]]\nspec = \"adam:lr=0.1\"\n[training]\nsteps = 20\n"
        )
    };
    place.file("s.toml", scene("filter:seed=3"));
    place.said(&["render", "s.toml", "--show", "seeds", "-o", "a.svg"]);
    let svg = place.read("a.svg");
    for text in [
        "Random planes of 6 seeds",
        "seed 3",
        "seed 8",
        "Between 6 seeds",
        "Adam",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(!svg.contains("seed 9"));
    let expected = "refused: --show seeds: seeds are those of random directions; expected a network on the plane `filter`";
    place.file("p.toml", scene("pca"));
    let args = ["render", "p.toml", "--show", "seeds", "-o", "b.svg"];
    let (code, _, stderr) = place.run(&args);
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains(&expected["refused: ".len()..]), "{stderr}");
    check(&[], &["render", "--show", "seeds", "-o", "a.svg"], expected);
}

#[test]
fn without_a_display_the_error_suggests_a_picture() {
    let place = Place::new();
    place.file("ravine.png", "kept");
    for name in ["ravine-2.png", "ravine-3.png"] {
        let (code, stdout, stderr) = place.run(&[]);
        assert_eq!(
            (code, stdout),
            (Some(0), format!("Wrote the picture {name} instead.\n")),
            "{stderr}"
        );
        assert!(stderr.starts_with("ravine: "), "{stderr}");
        assert_eq!(
            png_size(&fs::read(place.path().join(name)).unwrap()),
            (1600, 1200)
        );
    }
    assert_eq!(place.read("ravine.png"), "kept");
}

#[test]
fn every_command_has_help() {
    for args in [
        &["--help"][..],
        &["trace", "--help"],
        &["render", "-h"],
        &["list", "--help"],
        &["check", "--help"],
    ] {
        check(&[], args, "Example");
    }
    let place = Place::new();
    for args in [
        &["trace", "--speed", "1"][..],
        &["render"],
        &["list", "optimziers"],
        &["trace", "--format", "xml"],
    ] {
        assert_eq!(place.run(args).0, Some(2), "{args:?}");
    }
}
