//! The help page of scene files: every table and key, from the declared settings.

use super::{HelpPage, cell, fence, row};
use crate::engine::analysis::curvature::CurvatureSettings;
use crate::engine::analysis::mode_connectivity::Connect;
use crate::engine::declare::Settings;
use crate::engine::scene::{
    FigureStyle, MAX_RUNS, MapStyle, NetworkSettings, SurfaceStyle, Training,
};
use crate::export::catalog::member;

/// A key whose value is no setting: its name, default, values and description.
type Key = (&'static str, &'static str, &'static str, &'static str);

/// Keys outside of tables.
const TOP: [Key; 4] = [
    (
        "version",
        "none; required",
        "1 or 2",
        "Version of the format: 1 for landscapes, 2 for networks. Newer versions are refused, older ones open.",
    ),
    (
        "landscape",
        "none; required without `[network]`",
        "a spec, like `\"quadratic:a=1,b=25\"`",
        "Landscape with its settings; `ravine list landscapes` lists all. Files in it are relative to the scene file.",
    ),
    (
        "start",
        "the landscape's",
        "a number, or two as in `[-1.5, 2.0]`",
        "Start point of every run.",
    ),
    (
        "view",
        "the part with the runs",
        "two ranges, as in `[[-2.0, 2.0], [-1.0, 3.0]]`",
        "Ranges of x and y that are shown, or of x and f for one parameter; the limits of a map's axes.",
    ),
];

/// Keys of the table of a network.
const NETWORK: [Key; 3] = [
    (
        "model",
        "none; required",
        "a spec, like `\"mlp:hidden=8/8,loss=bce\"`",
        "Network; `ravine help mlp` explains its settings.",
    ),
    (
        "data",
        "none; required",
        "a spec, like `\"moons:samples=200\"`",
        "Data set; `ravine list data` lists all.",
    ),
    (
        "plane",
        "`\"pca\"`",
        "a spec, like `\"filter:seed=3\"`",
        "Plane through the parameters that the map shows; `ravine list planes` lists all.",
    ),
];

/// Keys of a run.
const RUN: [Key; 4] = [
    (
        "spec",
        "none; required",
        "a spec, like `\"adam:lr=0.05@cosine\"`",
        "Optimizer with wrappers and learning-rate schedules, as in `--run`.",
    ),
    (
        "name",
        "the optimizer's",
        "text",
        "Name in legends, tables and lists.",
    ),
    (
        "shown",
        "`true`",
        "true or false",
        "Whether the run is drawn; a network's run that is not neither trains nor shapes the plane.",
    ),
    (
        "colour",
        "the first free one",
        "a whole number from 0",
        "Index of the run's colour, dash pattern and marker: 10 hues, each in three lightnesses.",
    ),
];

/// Keys of a change of a network run's spec.
const LEG: [Key; 2] = [
    (
        "from",
        "none; required",
        "a multiple of `every` of `[network.settings]`",
        "First step of the new spec. Training continues with the current weights and a new optimizer state.",
    ),
    (
        "spec",
        "none; required",
        "a spec",
        "Optimizer and schedule from this step on.",
    ),
];

/// The example of the page.
const EXAMPLE: &str = "\
version = 1
landscape = \"himmelblau\"
start = [0.0, 0.0]
view = [[-5.0, 5.0], [-5.0, 5.0]]

[training]
steps = 200

[map]
levels = 30
cmap = \"cividis\"

[figure]
show = \"map+loss\"
preset = \"double-column\"
label = \"a\"

[[runs]]
spec = \"adam:lr=0.1\"

[[runs]]
spec = \"sgd:lr=0.01,momentum=0.9\"
name = \"Momentum\"";

/// Returns the help page of scene files.
pub(super) fn page() -> String {
    let mut page = HelpPage(format!(
        "# Scene files\n\nA scene file is TOML: a landscape or a network, the runs on it, and how they are drawn. The window saves one with \
         Ctrl+S, commands with `--save-scene`, and every command with scene flags opens one: `ravine render lecture.toml`. Missing keys have \
         their defaults, unknown keys are errors; names, words and texts are in quotes, like `clip_norm = \"off\"`. `ravine check FILE` checks one. A scene has at most {MAX_RUNS} runs.\n"
    ));
    page.section("Example", &fence("toml", &[EXAMPLE.to_owned()]));
    page.keys("Keys before the first table", "", &TOP);
    page.table("[training]", &Training::default());
    page.table("[map]", &MapStyle::default());
    page.table("[surface]", &SurfaceStyle::default());
    page.table("[figure]", &FigureStyle::default());
    page.keys("[[runs]]", "One table for each run, in order.", &RUN);
    page.keys(
        "[[runs.legs]]",
        "Changes of a network run's spec at later steps, by increasing step.",
        &LEG,
    );
    page.keys(
        "[network]",
        "With this table the scene has a network instead of the landscape, which the window switches back to.",
        &NETWORK,
    );
    page.table("[network.settings]", &NetworkSettings::default());
    page.table("[network.curvature]", &CurvatureSettings::default());
    page.table("[network.ways]", &Connect::default());
    page.0
}

impl HelpPage {
    /// Writes a table of declared settings.
    fn table(&mut self, heading: &'static str, settings: &dyn Settings) {
        let member = member(heading, settings);
        let rows = member.settings.iter().map(row).collect();
        self.rows(&format!("`{heading}`"), &member.help, rows);
    }

    /// Writes a table of keys whose values are no settings.
    fn keys(&mut self, heading: &str, intro: &str, keys: &[Key]) {
        let row = |(name, default, values, help): &Key| {
            let name = format!("`{name}`");
            let cells = [&name, *default, values, help].map(cell);
            format!("| {} |", cells.join(" | "))
        };
        let heading = if heading.starts_with('[') {
            format!("`{heading}`")
        } else {
            heading.to_owned()
        };
        self.rows(&heading, intro, keys.iter().map(row).collect());
    }

    fn rows(&mut self, heading: &str, intro: &str, rows: Vec<String>) {
        let mut lines = vec![
            "| Key | Default | Values | Description |".to_owned(),
            "| :--- | :--- | :--- | :--- |".to_owned(),
        ];
        if !intro.is_empty() {
            lines.splice(..0, [intro.to_owned(), String::new()]);
        }
        lines.extend(rows);
        self.section(heading, &lines.join("\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::scene::Scene;
    use std::collections::BTreeSet;

    /// Returns the keys of a page, each with its table.
    fn keys_of_page(page: &str) -> BTreeSet<(String, String)> {
        let mut table = String::new();
        let mut keys = BTreeSet::new();
        for line in page.lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                table = heading.trim_matches(['`', '[', ']']).to_owned();
            }
            if let Some(rest) = line.strip_prefix("| `") {
                let key = rest.split('`').next().unwrap();
                keys.insert((table.clone(), key.to_owned()));
            }
        }
        keys
    }

    /// Collects the keys of a file, each with its table.
    fn collect(name: &str, table: &toml::Table, keys: &mut BTreeSet<(String, String)>) {
        for (key, value) in table {
            let path = if name.is_empty() {
                key.clone()
            } else {
                format!("{name}.{key}")
            };
            let inner = match value {
                toml::Value::Table(table) => vec![table],
                toml::Value::Array(list) => list.iter().filter_map(toml::Value::as_table).collect(),
                _ => Vec::new(),
            };
            if inner.is_empty() {
                let name = if name.is_empty() {
                    "Keys before the first table"
                } else {
                    name
                };
                keys.insert((name.to_owned(), key.clone()));
            }
            for table in inner {
                collect(&path, table, keys);
            }
        }
    }

    #[test]
    fn the_page_has_every_key_of_scene_files_and_no_other() {
        let text = include_str!("../../../tests/reference/scenes/v2-figure.toml");
        let scene = Scene::from_toml(text).unwrap();
        let mut keys = BTreeSet::new();
        for text in [text, &scene.to_toml()] {
            collect("", &text.parse().unwrap(), &mut keys);
        }
        let page = keys_of_page(&page());
        let lacking: Vec<_> = keys.difference(&page).collect();
        assert!(lacking.is_empty(), "the page lacks {lacking:?}");
        let unused: Vec<_> = page.difference(&keys).collect();
        assert!(unused.is_empty(), "v2-figure.toml lacks {unused:?}");
    }

    #[test]
    fn the_example_is_a_scene() {
        let scene = Scene::from_toml(EXAMPLE).unwrap();
        assert_eq!(scene.figure.show.as_deref(), Some("map+loss"));
        assert_eq!(scene.runs.len(), 2);
    }
}
