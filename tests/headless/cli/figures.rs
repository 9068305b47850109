//! Figures whose settings are in the scene file.

use super::Place;
use ravine::engine::scene::Scene;

const BASE: [&str; 9] = [
    "render",
    "--landscape",
    "himmelblau",
    "--run",
    "adam:lr=0.1",
    "--steps",
    "20",
    "-o",
    "flags.svg",
];

/// Flags of a figure, and the table that they become.
const FLAGS: &[&str] = &[
    "--show",
    "MAP+gradient-norm",
    "--width",
    "12cm",
    "--font-size",
    "9pt",
    "--title",
    "Paths",
    "--label",
    "a",
    "--legend",
    "inside",
    "--caption",
    "off",
    "--theme",
    "dark",
    "--xlabel",
    "u",
    "--step",
    "10",
    "--levels",
    "7",
    "--contour-labels",
    "off",
    "--cmap",
    "magma",
    "--transparent",
];

#[test]
fn save_scene_keeps_the_flags_of_a_figure() {
    let place = Place::new();
    place.said(&[&BASE[..], FLAGS, &["--save-scene", "s.toml"]].concat());
    let text = place.read("s.toml");
    let (_, table) = text.split_once("[figure]\n").expect("the table of figures");
    for line in [
        "show = \"map+grad-norm\"",
        "width = \"12cm\"",
        "font_size = 9.0",
        "title = \"Paths\"",
        "caption = false",
        "transparent = true",
        "step = 10",
    ] {
        assert!(table.contains(line), "{line} in {table}");
    }
    let scene = Scene::from_toml(&text).expect("a scene");
    assert_eq!((scene.map.levels, scene.map.labels), (7, false));
    place.said(&["render", "s.toml", "-o", "scene.svg"]);
    assert_eq!(place.read("flags.svg"), place.read("scene.svg"));
}

#[test]
fn flags_override_the_figure_of_a_scene() {
    let place = Place::new();
    place.said(&[&BASE[..], FLAGS, &["--save-scene", "s.toml"]].concat());
    let drawn = |flags: &[&str]| {
        place.said(&[&["render", "s.toml", "-o", "a.svg"], flags].concat());
        let svg = place.read("a.svg");
        let (_, drawn) = svg.split_once("</desc>").expect("a description");
        (svg.contains("width=\"4.724"), drawn.to_owned())
    };
    let (has_width, svg) = drawn(&[]);
    assert!(has_width && svg.contains(">Paths<") && !svg.contains("step 10 of 20"));
    let (has_width, svg) = drawn(&["--size", "800x600", "--title", "", "--caption", "on"]);
    assert!(!has_width && !svg.contains(">Paths<") && svg.contains("step 10 of 20"));
    let (_, svg) = drawn(&["--show", "loss", "--transparent=off", "--theme", "auto"]);
    assert!(svg.contains("fill=\"#ffffff\""), "a light background");
    // Settings that another kind of picture does not have are left out, unless they are given now.
    place.said(&["render", "s.toml", "--show", "surface", "-o", "b.svg"]);
    let svg = place.read("b.svg");
    assert!(svg.contains(">Paths<") && !svg.contains(">u<"));
    let args = [
        "render", "s.toml", "--show", "surface", "--xlabel", "x", "-o", "b.svg",
    ];
    place.refused(&args, "--xlabel changes nothing in --show surface");
}

#[test]
fn every_view_has_the_words_of_the_flags() {
    let place = Place::new();
    let scene = [
        "--landscape",
        "booth",
        "--run",
        "adam:lr=0.1",
        "--steps",
        "20",
        "-o",
        "a.svg",
    ];
    let drawn = |kind: &str, flags: &[&str]| {
        place.said(&[&["render", "--show", kind], &scene[..], flags].concat());
        let svg = place.read("a.svg");
        let (_, drawn) = svg.split_once("</desc>").expect("a description");
        drawn.to_owned()
    };
    for (kind, in_legend) in [
        ("basins", Some("lightness: steps to converge")),
        ("sweep", Some("current value")),
        ("surface", Some(">loss ")),
        ("side-by-side", None),
    ] {
        let usual = drawn(kind, &[]);
        assert!(
            usual.contains("seed 0") && !usual.contains(">Own<"),
            "{kind}"
        );
        let flags = ["--title", "Own", "--label", "(b)", "--caption", "off"];
        let svg = drawn(kind, &flags);
        assert!(svg.contains(">Own<") && svg.contains(">(b)<"), "{kind}");
        assert!(!svg.contains("seed 0"), "{kind}");
        if let Some(words) = in_legend {
            assert!(usual.contains(words), "{kind}: {words}");
            assert!(!drawn(kind, &["--legend", "off"]).contains(words), "{kind}");
        }
    }
    let svg = drawn(
        "basins",
        &["--xlabel", "weight", "--preset", "single-column"],
    );
    assert!(svg.contains(">weight<") && !svg.contains("Basins of"));
    for (kind, flag, value, expected) in [
        (
            "sweep",
            "--levels",
            "5",
            "--levels changes nothing in --show sweep",
        ),
        (
            "basins",
            "--contour-labels",
            "off",
            "--contour-labels changes nothing",
        ),
        (
            "side-by-side",
            "--legend",
            "off",
            "--legend changes nothing",
        ),
        ("sweep", "--legend", "below", "expected right or off"),
    ] {
        let args = [&["render", "--show", kind, flag, value], &scene[..]].concat();
        place.refused(&args, expected);
    }
}

#[test]
fn wrong_figures_of_scenes_are_refused() {
    let place = Place::new();
    let figure = |table: &str| {
        let text = "version = 1\nlandscape = \"booth\"\n[training]\nsteps = 5\n[[runs]]\nspec = \"sgd:lr=0.01\"\n[figure]\n";
        place.file("s.toml", format!("{text}{table}\n"));
    };
    for (table, expected) in [
        ("show = \"mapp\"", "did you mean `map`?"),
        ("show = \"accuracy\"", "is for networks"),
        (
            "width = \"4 feet\"",
            "`width` cannot be `4 feet`; expected a length",
        ),
        ("width = \"3px\"", "3 × 2 pixels; expected 16 to 16384 each"),
        ("preset = \"page\"", "expected one of single-column"),
        ("step = 6", "a whole number from 0 to 5"),
        ("colour = 1", "has no setting `colour`"),
    ] {
        figure(table);
        place.refused(&["render", "s.toml", "-o", "a.png"], expected);
        if !["accuracy", "step"].iter().any(|own| table.contains(own)) {
            place.refused(&["check", "s.toml"], expected);
        }
    }
    figure("last_step = 6");
    place.refused(&["render", "s.toml", "-o", "a.gif"], "at most 5");
    figure("width = \"160px\"\nlast_step = 4\nevery = 2\nhold = 0");
    place.said(&["render", "s.toml", "-o", "a.apng"]);
    let file = std::fs::File::open(place.path().join("a.apng")).unwrap();
    let reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .unwrap();
    let frames = reader
        .info()
        .animation_control()
        .map(|control| control.num_frames);
    assert_eq!((reader.info().size(), frames), ((160, 120), Some(3)));
}
