//! Help pages in Markdown, one for each member of a family, generated from its declared settings, profile and formulas.
//!
//! ```
//! let page = ravine::export::help_page::page("adam").unwrap();
//! assert!(page.starts_with("# Adam\n\n`adam`: optimizer, Adaptive\n"));
//! assert!(page.contains("\nθ ← θ − γ m̂ / (√v̂ + ε)\n"));
//! ```

mod scene;

use super::catalog::{Facts, Member, NO_BREAK_SPACE, Setting, landscape, member};
use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::AnyNetwork;
use crate::engine::network::data::AnyDataset;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::schedule::AnySchedule;
use crate::engine::training::symbols;
use crate::engine::wrapper::AnyWrapper;

/// A family whose members have help pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Optimizers.
    Optimizers,
    /// Wrappers around optimizers.
    Wrappers,
    /// Learning-rate schedules.
    Schedules,
    /// Landscapes: functions to minimize.
    Landscapes,
    /// Networks to train.
    Networks,
    /// Data sets for networks.
    Data,
    /// Planes through the parameters of networks.
    Planes,
}

impl Family {
    /// All families in order.
    pub const ALL: [Self; 7] = [
        Self::Optimizers,
        Self::Wrappers,
        Self::Schedules,
        Self::Landscapes,
        Self::Networks,
        Self::Data,
        Self::Planes,
    ];

    /// Returns the family's name, in lower case, which is also the name of its folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Optimizers => "optimizers",
            Self::Wrappers => "wrappers",
            Self::Schedules => "schedules",
            Self::Landscapes => "landscapes",
            Self::Networks => "networks",
            Self::Data => "data",
            Self::Planes => "planes",
        }
    }

    /// Returns the word for one member, as in error sentences.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Optimizers => "optimizer",
            Self::Wrappers => "wrapper",
            Self::Schedules => "schedule",
            Self::Landscapes => "landscape",
            Self::Networks => "network",
            Self::Data => "data set",
            Self::Planes => "plane",
        }
    }

    /// Returns the names of the family's members.
    pub fn members(self) -> &'static [&'static str] {
        match self {
            Self::Optimizers => AnyOptimizer::NAMES,
            Self::Wrappers => AnyWrapper::NAMES,
            Self::Schedules => AnySchedule::NAMES,
            Self::Landscapes => AnyLandscape::NAMES,
            Self::Networks => AnyNetwork::NAMES,
            Self::Data => AnyDataset::NAMES,
            Self::Planes => AnyPlane::NAMES,
        }
    }

    /// Returns the help page of the member called `name`.
    pub fn page(self, name: &str) -> Option<String> {
        // Parsing alone would accept settings after the name.
        if !self.members().contains(&name) {
            return None;
        }
        let page = match self {
            Self::Optimizers => optimizer_page(&name.parse().ok()?),
            Self::Wrappers => wrapper_page(&name.parse().ok()?),
            Self::Schedules => schedule_page(&name.parse().ok()?),
            Self::Landscapes => landscape_page(&name.parse().ok()?),
            Self::Networks => network_page(&name.parse().ok()?),
            Self::Data => dataset_page(&name.parse().ok()?),
            Self::Planes => plane_page(&name.parse().ok()?),
        };
        Some(page.0)
    }
}

/// Returns the names of all pages, by family.
pub fn names() -> Vec<(Family, &'static str)> {
    let members = |family: Family| family.members().iter().map(move |name| (family, *name));
    Family::ALL.into_iter().flat_map(members).collect()
}

/// Names of the pages about something other than a member of a family.
pub const TOPICS: [&str; 1] = ["scene"];

/// Returns the page of a topic, one of [`TOPICS`].
pub fn topic(name: &str) -> Option<String> {
    (name == TOPICS[0]).then(scene::page)
}

/// Returns the page of the topic or of the member called `name`; for a name in two families, both pages.
pub fn page(name: &str) -> Option<String> {
    if let Some(page) = topic(name) {
        return Some(page);
    }
    let pages: Vec<String> = Family::ALL
        .into_iter()
        .filter_map(|family| family.page(name))
        .collect();
    (!pages.is_empty()).then(|| pages.join("\n"))
}

fn optimizer_page(any: &AnyOptimizer) -> HelpPage {
    let (name, profile) = (any.name(), any.as_dyn().profile());
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, &format!("optimizer, {}", profile.kind.title()));
    page.rule("With the default settings:", &any.as_dyn().update_lines());
    page.settings(&member);
    if let Some(keras) = any.as_dyn().keras_spec() {
        page.section(
            "Keras",
            &format!("Keras's variant with its defaults: `{keras}`"),
        );
    }
    let cost = format!("- State: {}\n- Each step: {}", profile.state, profile.cost);
    page.section("State and cost", &cost);
    page.section("Strengths", profile.strengths);
    page.section("Weaknesses", profile.weaknesses);
    page.example(&[
        format!("ravine render --run {name} -o {name}.png"),
        format!("ravine sweep --run {name} --over lr --best"),
    ]);
    page
}

fn wrapper_page(any: &AnyWrapper) -> HelpPage {
    let name = any.name();
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, "wrapper, around any optimizer");
    let intro = "Changes to the optimizer's update, with the default settings:";
    page.rule(intro, &any.as_dyn().update_lines());
    page.settings(&member);
    page.example(&[format!(
        "ravine render --run sgd:lr=0.001+{name} -o {name}.png"
    )]);
    page
}

fn schedule_page(any: &AnySchedule) -> HelpPage {
    let name = any.name();
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, "learning-rate schedule");
    page.settings(&member);
    page.example(&[format!(
        "ravine render --run adam:lr=0.05@{name} -o {name}.png"
    )]);
    page
}

fn landscape_page(any: &AnyLandscape) -> HelpPage {
    let name = any.name();
    let member = landscape(any);
    let group = any.as_dyn().group().title();
    let mut page = HelpPage::new(&member, &format!("landscape, {group}"));
    let facts = member.landscape.iter().flat_map(Facts::sentences);
    let mut facts = facts.map(|sentence| sentence.replace(NO_BREAK_SPACE, " "));
    if let Some(formula) = facts.next() {
        page.section("Formula", &fence("text", &[formula]));
    }
    for fact in facts {
        page.section("Domain and minima", &fact);
    }
    page.settings(&member);
    page.example(&[format!(
        "ravine render --landscape {name} --run bfgs -o {name}.png"
    )]);
    page
}

fn network_page(any: &AnyNetwork) -> HelpPage {
    let name = any.name();
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, "network");
    page.settings(&member);
    page.example(&[format!(
        "ravine train --network {name}:hidden=16/16,loss=bce --data moons --run adam:lr=0.01 --steps 500 -o w.safetensors"
    )]);
    page
}

fn dataset_page(any: &AnyDataset) -> HelpPage {
    let name = any.name();
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, "data for networks");
    page.settings(&member);
    let (data, loss) = match any {
        AnyDataset::Csv(_) => ("points.csv", "mse"),
        AnyDataset::Line(_) | AnyDataset::Sine(_) => (name, "mse"),
        _ => (name, "ce"),
    };
    page.example(&[format!(
        "ravine train --network mlp:loss={loss} --data {data} --run adam:lr=0.01 --steps 500 -o w.safetensors"
    )]);
    page
}

fn plane_page(any: &AnyPlane) -> HelpPage {
    let name = any.name();
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, "plane through the parameters of a network");
    page.settings(&member);
    let others = match any {
        AnyPlane::Line(_) => " --other v.safetensors",
        AnyPlane::Points(_) => " --other u.safetensors --other v.safetensors",
        _ => "",
    };
    page.example(&[match any {
        AnyPlane::Pca(_) => format!(
            "ravine train --network mlp --data moons --run adam:lr=0.01 --steps 500 --plane {name} --trajectories steps.csv -o w.safetensors"
        ),
        _ => format!(
            "ravine slice --network mlp --data moons --weights w.safetensors --plane {name}{others} -o {name}.png"
        ),
    }]);
    page
}

/// A help page while it is being written.
struct HelpPage(String);

impl HelpPage {
    /// Begins a page with the title, the name, the kind of member, and the help text.
    fn new(member: &Member, kind: &str) -> Self {
        let help = member.help.replace('\n', "\n\n");
        Self(format!(
            "# {}\n\n`{}`: {kind}\n\n{help}\n",
            member.title, member.name
        ))
    }

    fn section(&mut self, heading: &str, text: &str) {
        for part in ["\n## ", heading, "\n\n", text, "\n"] {
            self.0 += part;
        }
    }

    fn rule(&mut self, intro: &str, lines: &[&str]) {
        let formulas: Vec<String> = lines.iter().map(|line| symbols(line)).collect();
        let mut text = format!("{intro}\n\n{}", fence("text", &formulas));
        if formulas.iter().any(|line| line.contains("θ₋")) {
            text += "\n\nθ₋ is θ before the step.";
        }
        self.section("Rule", &text);
    }

    fn settings(&mut self, member: &Member) {
        if member.settings.is_empty() {
            self.section("Settings", "This member has no settings.");
            return;
        }
        let mut table = vec![
            "| Setting | Default | Values | Description |".to_owned(),
            "| :--- | :--- | :--- | :--- |".to_owned(),
        ];
        table.extend(member.settings.iter().map(row));
        self.section("Settings", &table.join("\n"));
    }

    fn example(&mut self, commands: &[String]) {
        self.section("Example", &fence("sh", commands));
    }
}

/// Returns a setting's row of the table.
fn row(setting: &Setting) -> String {
    let default = match (setting.text.as_str(), setting.unit) {
        ("", _) => "empty".to_owned(),
        (text, "") => format!("`{text}`"),
        (text, unit) => format!("`{text}` {unit}"),
    };
    let cells = [
        &format!("`{}`", setting.name),
        &default,
        &setting.expected,
        &setting.help,
    ];
    format!("| {} |", cells.map(|text| cell(text)).join(" | "))
}

/// Returns lines as a fenced code block.
fn fence(language: &str, lines: &[String]) -> String {
    format!("```{language}\n{}\n```", lines.join("\n"))
}

/// Escapes a text as a table cell: one line in which `|` does not end the cell.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::training::RunSpec;

    #[test]
    fn a_name_in_two_families_gives_both_pages() {
        let both = page("plateau").unwrap();
        let parts = [Family::Schedules, Family::Landscapes].map(|family| family.page("plateau"));
        assert_eq!(both, parts.map(Option::unwrap).join("\n"));
        assert_eq!(page("adam:lr=1"), None);
        assert_eq!(page(" adam"), None);
    }

    #[test]
    fn formulas_have_no_placeholders_and_examples_can_be_parsed() {
        for (family, name) in names() {
            let page = family.page(name).unwrap();
            let rule = page.split("## Settings").next().unwrap();
            assert!(!rule.contains(['{', '}']), "{name}: {rule}");
            let example = page.split("```sh\n").nth(1).unwrap();
            for command in example.lines().filter(|line| line.starts_with("ravine")) {
                let words: Vec<&str> = command.split(' ').collect();
                for pair in words.windows(2) {
                    let error = match pair[0] {
                        "--run" => pair[1].parse::<RunSpec>().err(),
                        "--network" => pair[1].parse::<AnyNetwork>().err(),
                        "--plane" => pair[1].parse::<AnyPlane>().err(),
                        _ => None,
                    };
                    assert_eq!(error, None, "{command}");
                }
            }
        }
    }
}
