//! Tests of `ravine guide`, `ravine glossary`, `ravine examples`, and of examples in place of scene files.

use super::{Place, words};
use ravine::teaching::example::Example;
use ravine::teaching::guide::GuideEntry;

#[test]
fn the_guide_lists_entries_and_prints_those_with_the_words() {
    let place = Place::new();
    let all = place.said(&["guide"]);
    for entry in GuideEntry::bundled().unwrap() {
        assert!(all.contains(&entry.title), "{}", entry.title);
    }
    let found = place.said(&["guide", "zero_grad"]);
    assert!(found.starts_with("The run swings to and fro"), "{found}");
    for part in ["Cause:", "Remedy:", "See:    lesson zero-grad;", "Source:"] {
        assert!(found.contains(part), "{part}: {found}");
    }
    assert!(found.lines().all(|line| line.chars().count() <= 80));
    let (code, stdout, stderr) = place.run(&["guide", "no", "such", "words"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(
        stderr,
        "ravine: the guide has no entry with `no such words`; expected words such as nan, noise or saddle\n"
    );
}

#[test]
fn the_glossary_explains_terms_and_symbols() {
    let place = Place::new();
    assert!(place.said(&["glossary"]).contains("condition number"));
    let kappa = place.said(&["glossary", "κ"]);
    assert!(kappa.starts_with("condition number  (κ)\n"), "{kappa}");
    assert_eq!(kappa, place.said(&["glossary", "Condition", "number"]));
    assert!(
        place
            .said(&["glossary", "clip_norm"])
            .starts_with("gradient clipping\n")
    );
    let (code, _, stderr) = place.run(&["glossary", "zzz"]);
    assert_eq!(code, Some(2));
    assert!(stderr.starts_with("ravine: the glossary has no term `zzz`; expected"));
}

#[test]
fn examples_are_listed_printed_and_used_in_place_of_scene_files() {
    let place = Place::new();
    let list = place.said(&["examples"]);
    for example in Example::bundled().unwrap() {
        assert!(list.contains(example.name) && list.contains(&example.title));
        assert!(
            example.text.lines().all(|line| !line.contains('\t')),
            "{}",
            example.name
        );
    }
    let text = place.said(&["examples", "beale"]);
    place.file("copy.toml", &text);
    assert_eq!(
        place.said(&["check", "example:beale"]),
        "example:beale: sound (beale, 5 runs, 400 steps)\n"
    );
    let trace = |scene: &str| place.said(&["trace", scene, "--steps", "20"]);
    assert_eq!(trace("example:beale"), trace("copy.toml"));
    let render = words("render example:Newton_Basins -o n.png --size 320x240");
    place.said(&render);
    assert!(place.path().join("n.png").is_file());
    let (code, _, stderr) = place.run(&["check", "example:beal"]);
    assert_eq!(code, Some(2));
    assert!(
        stderr.starts_with("ravine: unknown example `beal`; did you mean `beale`?"),
        "{stderr}"
    );
}
