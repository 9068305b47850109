//! The layers of `src/`: imports point downward only, and no two folders of the engine import each other.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders and files of `src/engine/`, from the bottom. Each imports only those before it.
const ENGINE: [&str; 16] = [
    "cancel",
    "numeric",
    "declare",
    "expression",
    "files",
    "objective",
    "geometry",
    "landscape",
    "schedule",
    "optimizer",
    "wrapper",
    "training",
    "network",
    "analysis",
    "scene",
    "results",
];

/// The layers above the engine and the layers above it that each of them imports. All of them import the engine.
const ABOVE: [(&str, &[&str]); 7] = [
    ("session", &[]),
    ("figure", &[]),
    ("import", &[]),
    ("export", &["figure"]),
    ("teaching", &["session", "figure", "import", "export"]),
    (
        "gui",
        &["teaching", "session", "figure", "import", "export"],
    ),
    (
        "cli",
        &["teaching", "session", "figure", "import", "export", "gui"],
    ),
];

/// An import: line number, from 1, and the first two segments of the path, below `crate`.
type Import = (usize, Vec<String>);

/// Returns the layer of a module path: `engine::scene::check` is in `engine::scene`. `None` for the crate's root and its macros.
fn layer(path: &[String]) -> Option<String> {
    match path {
        [engine, folder, ..] if engine == "engine" => Some(format!("engine::{folder}")),
        [first, ..] if first != "engine" && !first.starts_with("__") => Some(first.clone()),
        _ => None,
    }
}

/// Why a layer may not import another; `None` if it may.
fn refusal(from: &str, to: &str) -> Option<String> {
    let place = |layer: &str| {
        let folder = layer.strip_prefix("engine::")?;
        ENGINE.iter().position(|known| *known == folder)
    };
    let above = |layer: &str| ABOVE.iter().find(|(known, _)| *known == layer);
    for layer in [from, to] {
        if place(layer).is_none() && above(layer).is_none() {
            return Some(format!("`{from}` imports `{to}`: `{layer}` is in no layer"));
        }
    }
    let downward = match (place(from), above(from)) {
        (Some(own), _) => place(to).is_some_and(|other| other <= own),
        (_, Some((_, imported))) => place(to).is_some() || from == to || imported.contains(&to),
        _ => false,
    };
    (!downward).then(|| format!("`{from}` imports `{to}`"))
}

/// Returns the code of a file without comments and without items for tests, line by line.
fn code(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut skipped: Option<&str> = None; // The indentation of a skipped item.
    for line in text.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        let plain = line.split("//").next().unwrap_or_default();
        if plain.trim() == "#[cfg(test)]" {
            skipped = Some(indent);
        } else if let Some(start) = skipped {
            let ends = plain.ends_with(';') || plain.trim() == "}" || plain.ends_with("{}");
            if ends && indent == start {
                skipped = None;
            }
        } else {
            lines.push(plain);
            continue;
        }
        lines.push("");
    }
    lines
}

/// Appends the paths of a use tree, like `a::{b, c::d}`, cut to two segments.
fn expand(tree: &str, before: &[String], paths: &mut Vec<Vec<String>>) {
    let tree = tree.trim_start();
    if let Some(group) = tree.strip_prefix('{') {
        let (mut depth, mut start) = (0_u32, 0);
        for (at, char) in group.char_indices() {
            let ends = depth == 0 && matches!(char, ',' | '}');
            if ends {
                let item = group[start..at].trim();
                if !item.is_empty() {
                    expand(item, before, paths);
                }
                start = at + 1;
            }
            match char {
                '{' => depth += 1,
                '}' if depth == 0 => return,
                '}' => depth -= 1,
                _ => {}
            }
        }
        return;
    }
    let name = |char: char| char.is_alphanumeric() || char == '_';
    let end = tree.find(|char| !name(char)).unwrap_or(tree.len());
    let mut path = before.to_vec();
    if end > 0 {
        path.push(tree[..end].to_owned());
    }
    match tree[end..].trim_start().strip_prefix("::") {
        Some(rest) if path.len() < 2 => expand(rest, &path, paths),
        _ => paths.push(path),
    }
}

/// Returns all paths below `crate` in the code of a file, those of `use` lines and those of expressions.
fn imports(text: &str, module: &[String]) -> Vec<Import> {
    let lines = code(text);
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for root in ["crate::", "super::"] {
            for (at, _) in line.match_indices(root) {
                let before = line[..at].chars().next_back();
                if before.is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | ':')) {
                    continue;
                }
                // A group may go on over several lines.
                let mut rest = lines[index..].join("\n").split_off(at);
                let mut base = module.to_vec();
                if root == "crate::" {
                    base.clear();
                    rest = rest.split_off(root.len());
                }
                while let Some(inner) = rest.strip_prefix("super::") {
                    base.pop();
                    rest = inner.to_owned();
                }
                let mut paths = Vec::new();
                if base.len() < 2 {
                    expand(&rest, &base, &mut paths);
                } else {
                    paths.push(base);
                }
                found.extend(paths.into_iter().map(|path| (index + 1, path)));
            }
        }
    }
    found
}

/// Returns one sentence per import that points upward.
fn violations(file: &str, text: &str) -> Vec<String> {
    let place = file.trim_start_matches("src/").trim_end_matches(".rs");
    let module: Vec<String> = { place.split('/') }
        .filter(|segment| *segment != "mod")
        .map(str::to_owned)
        .collect();
    let Some(from) = layer(&module).filter(|_| module.len() > 1) else {
        return Vec::new();
    };
    let sentence = |(line, path): Import| {
        let to = layer(&path)?;
        Some(format!("{file}:{line}: {}", refusal(&from, &to)?))
    };
    let found = imports(text, &module);
    let mut sentences: Vec<String> = found.into_iter().filter_map(sentence).collect();
    sentences.dedup();
    sentences
}

/// Returns the source files below a folder that are not tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("tests.rs")
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn imports_point_downward_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = sources(&root.join("src"));
    assert!(files.len() > 200, "{} files", files.len());
    let mut sentences = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).unwrap().to_string_lossy();
        let name = name.replace('\\', "/");
        sentences.extend(violations(&name, &fs::read_to_string(&path).unwrap()));
    }
    assert!(
        sentences.is_empty(),
        "{} imports point upward:\n{}",
        sentences.len(),
        sentences.join("\n")
    );
}

#[test]
fn upward_imports_are_found_in_every_form() {
    let text = "
use crate::engine::scene::Scene;
use crate::engine::{
    cancel::Cancel,
    training::{RunSpec, Outcome},
};
use super::super::network::Float;
use super::spline;
// use crate::gui::App;
fn f() -> crate::figure::Drawing {
    crate::engine::numeric::real(1); // crate::cli
}
#[cfg(test)]
mod tests {
    use crate::engine::scene::Scene;
}
use crate::{cli, export::sentence};
";
    let found = violations("src/engine/landscape/grid.rs", text);
    let expected = [
        "2: `engine::landscape` imports `engine::scene`",
        "3: `engine::landscape` imports `engine::training`",
        "7: `engine::landscape` imports `engine::network`",
        "10: `engine::landscape` imports `figure`",
        "17: `engine::landscape` imports `cli`",
        "17: `engine::landscape` imports `export`",
    ];
    let expected = expected.map(|line| format!("src/engine/landscape/grid.rs:{line}"));
    assert_eq!(found, expected);
    let text = "use super::scene::Scene;\nuse crate::session::Runs;\nuse crate::strange::Thing;";
    assert_eq!(
        violations("src/export/table.rs", text),
        [
            "src/export/table.rs:2: `export` imports `session`",
            "src/export/table.rs:3: `export` imports `strange`: `strange` is in no layer"
        ]
    );
    assert_eq!(violations("src/cli/mod.rs", "use crate::gui;"), [""; 0]);
    assert_eq!(violations("src/engine/mod.rs", "pub mod scene;"), [""; 0]);
}
