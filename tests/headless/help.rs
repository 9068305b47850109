//! Tests of the help pages under `assets/help`, which are generated from the declarations.

use ravine::export::help_page::{Family, TOPICS, names, topic};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// `RAVINE_WRITE_HELP=1 cargo test --test headless help` regenerates the pages.
#[test]
fn help_pages_on_disk_match_the_declarations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/help");
    let members = names().into_iter().map(|(family, name)| {
        let file = folder.join(family.name()).join(format!("{name}.md"));
        (file, family.page(name).expect("a page"))
    });
    let topics = TOPICS.map(|name| {
        let page = topic(name).expect("a page");
        (folder.join(format!("{name}.md")), page)
    });
    let pages: BTreeMap<PathBuf, String> = members.chain(topics).collect();
    if std::env::var_os("RAVINE_WRITE_HELP").is_some() {
        let superfluous = files(&folder)
            .into_iter()
            .filter(|file| !pages.contains_key(file));
        for file in superfluous {
            fs::remove_file(file).expect("a file that can be removed");
        }
        for (file, page) in &pages {
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, page).expect("a file that can be written");
        }
    }
    let mut wrong: Vec<String> = Vec::new();
    let mut complain = |file: &Path, what: &str| {
        let name = file.strip_prefix(&folder).unwrap_or(file);
        wrong.push(format!("assets/help/{} {what}", name.display()));
    };
    for (file, page) in &pages {
        match fs::read_to_string(file) {
            Err(_) => complain(file, "is missing"),
            Ok(found) if found.replace("\r\n", "\n") != *page => complain(file, "is stale"),
            Ok(_) => {}
        }
    }
    for file in files(&folder) {
        if !pages.contains_key(&file) {
            complain(&file, "is superfluous");
        }
    }
    assert!(
        wrong.is_empty(),
        "{}; `RAVINE_WRITE_HELP=1 cargo test --test headless help` writes all pages anew",
        wrong.join(", ")
    );
}

#[test]
fn pages_are_found_by_name_and_the_nearest_name_is_suggested() {
    let place = crate::cli::Place::new();
    let adam = place.said(&["help", "adam"]);
    assert_eq!(Some(adam), Family::Optimizers.page("adam"));
    let scene = place.said(&["help", "scene"]);
    assert!(scene.contains("\n## `[figure]`\n") && scene.contains("| `font_size` |"));
    let plateau = place.said(&["help", "plateau"]);
    assert!(plateau.contains("`plateau`: learning-rate schedule\n"));
    assert!(plateau.contains("`plateau`: landscape, "));
    let list = place.said(&["help"]);
    let starts = [
        "optimizers: sgd, ",
        "wrappers: sam, ",
        "schedules: ",
        "landscapes: ",
        "networks: ",
        "data: ",
        "planes: ",
        "topics: scene",
        "commands: ",
    ];
    for (line, start) in list.lines().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(list.lines().count(), starts.len());
    assert!(
        place
            .said(&["help", "trace"])
            .contains("Usage: ravine trace")
    );
    place.refused(
        &["help", "adma"],
        "unknown name `adma`; did you mean `adam`?",
    );
    place.refused(&["help", "adam:lr=1"], "unknown name `adam:lr=1`");
}
