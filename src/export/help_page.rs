//! Reference pages in Markdown, one for each member of a family, made from what is declared of it.
//!
//! ```
//! let page = ravine::export::help_page::page("adam").unwrap();
//! assert!(page.starts_with("# Adam\n\n`adam`: optimizer, Adaptive\n"));
//! assert!(page.contains("\nθ ← θ − γ m̂ / (√v̂ + ε)\n"));
//! ```

use super::catalog::{Facts, Member, NO_BREAK_SPACE, Setting, landscape, member};
use crate::engine::analysis::network_plane::AnyPlane;
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::AnyNetwork;
use crate::engine::network::data::AnyDataset;
use crate::engine::optimizer::AnyOptimizer;
use crate::engine::schedule::AnySchedule;
use crate::engine::training::symbols;
use crate::engine::wrapper::AnyWrapper;

/// What has pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Update rules.
    Optimizers,
    /// What goes around them.
    Wrappers,
    /// Learning-rate schedules.
    Schedules,
    /// Functions to descend on.
    Landscapes,
    /// Networks to train.
    Networks,
    /// What they learn from.
    Data,
    /// Where their losses are looked at.
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

    /// Its name, in lower case: it names a folder too.
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

    /// The names of its members.
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

    /// The page of its member called `name`.
    pub fn page(self, name: &str) -> Option<String> {
        // What parses may be more than a name.
        if !self.members().contains(&name) {
            return None;
        }
        let page = match self {
            Self::Optimizers => of_optimizer(&name.parse().ok()?),
            Self::Wrappers => of_wrapper(&name.parse().ok()?),
            Self::Schedules => of_schedule(&name.parse().ok()?),
            Self::Landscapes => of_landscape(&name.parse().ok()?),
            Self::Networks => of_network(&name.parse().ok()?),
            Self::Data => of_dataset(&name.parse().ok()?),
            Self::Planes => of_plane(&name.parse().ok()?),
        };
        Some(page.0)
    }
}

/// All pages: families in order, and the names of their members.
pub fn names() -> Vec<(Family, &'static str)> {
    let of = |family: Family| family.members().iter().map(move |name| (family, *name));
    Family::ALL.into_iter().flat_map(of).collect()
}

/// The page of the member called `name`, whatever its family; where it is in two, both pages.
pub fn page(name: &str) -> Option<String> {
    let pages: Vec<String> = Family::ALL
        .into_iter()
        .filter_map(|family| family.page(name))
        .collect();
    (!pages.is_empty()).then(|| pages.join("\n"))
}

fn of_optimizer(any: &AnyOptimizer) -> HelpPage {
    let (name, notes) = (any.name(), any.as_dyn().profile());
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, &format!("optimizer, {}", notes.kind.title()));
    page.rule("With the default settings:", &any.as_dyn().update_lines());
    page.settings(&member);
    if let Some(keras) = any.as_dyn().keras_spec() {
        page.section(
            "Keras",
            &format!("Keras's form of it with Keras's defaults: `{keras}`"),
        );
    }
    let needs = format!("- State: {}\n- Each step: {}", notes.state, notes.cost);
    page.section("State and cost", &needs);
    page.section("When it helps", notes.strengths);
    page.section("How it fails", notes.weaknesses);
    page.example(&[
        format!("ravine render --run {name} -o {name}.png"),
        format!("ravine sweep --run {name} --over lr --best"),
    ]);
    page
}

fn of_wrapper(any: &AnyWrapper) -> HelpPage {
    let name = any.name();
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, "wrapper, around any optimizer");
    let intro = "What it adds to the rule of its optimizer, with the default settings:";
    page.rule(intro, &any.as_dyn().update_lines());
    page.settings(&member);
    page.example(&[format!(
        "ravine render --run sgd:lr=0.001+{name} -o {name}.png"
    )]);
    page
}

fn of_schedule(any: &AnySchedule) -> HelpPage {
    let name = any.name();
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, "learning-rate schedule");
    page.settings(&member);
    page.example(&[format!(
        "ravine render --run adam:lr=0.05@{name} -o {name}.png"
    )]);
    page
}

fn of_landscape(any: &AnyLandscape) -> HelpPage {
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

fn of_network(any: &AnyNetwork) -> HelpPage {
    let name = any.name();
    let member = member(name, any.settings());
    let mut page = HelpPage::new(&member, "network");
    page.settings(&member);
    page.example(&[format!(
        "ravine train --network {name}:hidden=16/16,loss=bce --data moons --run adam:lr=0.01 --steps 500 -o w.safetensors"
    )]);
    page
}

fn of_dataset(any: &AnyDataset) -> HelpPage {
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

fn of_plane(any: &AnyPlane) -> HelpPage {
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

/// A page that is being written.
struct HelpPage(String);

impl HelpPage {
    /// Title, name, and the help: what the member is or does, then its formula and the source of that.
    fn new(member: &Member, what: &str) -> Self {
        let help = member.help.replace('\n', "\n\n");
        Self(format!(
            "# {}\n\n`{}`: {what}\n\n{help}\n",
            member.title, member.name
        ))
    }

    fn section(&mut self, heading: &str, text: &str) {
        for part in ["\n## ", heading, "\n\n", text, "\n"] {
            self.0 += part;
        }
    }

    fn rule(&mut self, intro: &str, lines: &[&str]) {
        let shown: Vec<String> = lines.iter().map(|line| symbols(line)).collect();
        let mut text = format!("{intro}\n\n{}", fence("text", &shown));
        if shown.iter().any(|line| line.contains("θ₋")) {
            text += "\n\nθ₋ is θ before the step.";
        }
        self.section("Rule", &text);
    }

    fn settings(&mut self, member: &Member) {
        if member.settings.is_empty() {
            self.section("Settings", "It has none.");
            return;
        }
        let mut table = vec![
            "| Setting | Default | What it may be | What it is |".to_owned(),
            "| :--- | :--- | :--- | :--- |".to_owned(),
        ];
        table.extend(member.settings.iter().map(row));
        self.section("Settings", &table.join("\n"));
    }

    fn example(&mut self, commands: &[String]) {
        self.section("Example", &fence("sh", commands));
    }
}

/// A setting's row in the table.
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

/// Lines that are shown as they are.
fn fence(language: &str, lines: &[String]) -> String {
    format!("```{language}\n{}\n```", lines.join("\n"))
}

/// A text in one line, in which `|` does not end the cell.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::training::RunSpec;

    #[test]
    fn a_name_of_two_families_has_both_pages() {
        let both = page("plateau").unwrap();
        let parts = [Family::Schedules, Family::Landscapes].map(|family| family.page("plateau"));
        assert_eq!(both, parts.map(Option::unwrap).join("\n"));
        assert_eq!(page("adam:lr=1"), None);
        assert_eq!(page(" adam"), None);
    }

    #[test]
    fn no_slot_is_left_and_every_example_can_be_run() {
        for (family, name) in names() {
            let page = family.page(name).unwrap();
            let rule = page.split("## Settings").next().unwrap();
            assert!(!rule.contains(['{', '}']), "{name}: {rule}");
            let example = page.split("```sh\n").nth(1).unwrap();
            for command in example.lines().filter(|line| line.starts_with("ravine")) {
                let words: Vec<&str> = command.split(' ').collect();
                for pair in words.windows(2) {
                    let read = match pair[0] {
                        "--run" => pair[1].parse::<RunSpec>().err(),
                        "--network" => pair[1].parse::<AnyNetwork>().err(),
                        "--plane" => pair[1].parse::<AnyPlane>().err(),
                        _ => None,
                    };
                    assert_eq!(read, None, "{command}");
                }
            }
        }
    }
}
