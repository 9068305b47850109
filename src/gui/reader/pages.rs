//! The pages of the reader: an entry of the guide, a term of the glossary, and a help page.

use super::items::title;
use super::markdown::{page_ui, paragraph_ui, rich_text};
use super::{Command, Section, Topic};
use crate::export::help_page::{self, Family};
use crate::gui::lesson::LessonCommand;
use crate::gui::maths::formula_ui;
use crate::gui::scale::{SECONDARY, SPACE, TITLE};
use crate::teaching::bundled::find_step;
use crate::teaching::glossary::Term;
use crate::teaching::guide::GuideEntry;
use eframe::egui;

/// The topic of scene files among the help pages.
const SCENE_FILES: &str = help_page::TOPICS[0];

/// Wishes of a page's links and buttons.
#[derive(Default)]
pub(super) struct Followed {
    /// Another page.
    pub topic: Option<Topic>,
    /// A command, which closes the reader.
    pub command: Option<Command>,
}

/// Shows what a section has.
pub(super) fn introduction_ui(ui: &mut egui::Ui, section: Section) {
    heading_ui(ui, section.title());
    paragraph_ui(
        ui,
        match section {
            Section::Guide => {
                "Which optimizer suits a problem, and what to do about a symptom: cause, remedy, and a scene that shows it. Choose an entry, or search for a word such as `nan` or `noise`."
            }
            Section::Glossary => {
                "Terms and symbols that the window uses. A right click on a chart's title, a setting's name or a column's heading leads to its term."
            }
            Section::Reference => {
                "The help page of every optimizer, wrapper, schedule, landscape, network, data set and plane: formulas, settings, strengths and weaknesses; and that of scene files."
            }
        },
    );
}

/// Shows a page.
pub(super) fn ui(ui: &mut egui::Ui, topic: Topic, followed: &mut Followed) {
    match topic {
        Topic::Entry(index) => {
            if let Some(entry) = GuideEntry::bundled().unwrap_or_default().get(index) {
                entry_ui(ui, entry, followed);
            }
        }
        Topic::Term(index) => {
            if let Some(term) = Term::bundled().unwrap_or_default().get(index) {
                term_ui(ui, term, followed);
            }
        }
        Topic::Page(family, name) => {
            page_ui(ui, &family.page(name).unwrap_or_default());
            mentions_ui(ui, name, followed);
        }
        Topic::SceneFiles => page_ui(ui, &help_page::topic(SCENE_FILES).unwrap_or_default()),
    }
    ui.add_space(SPACE[2]);
}

fn heading_ui(ui: &mut egui::Ui, title: &str) {
    ui.add_space(SPACE[0]);
    let title = egui::RichText::new(title).size(TITLE).strong();
    ui.add(egui::Label::new(title).wrap());
    ui.add_space(SPACE[0]);
}

/// Shows a heading of a paragraph.
fn label_ui(ui: &mut egui::Ui, text: &str) {
    ui.add_space(SPACE[1]);
    ui.label(egui::RichText::new(text).size(SECONDARY).strong());
}

fn entry_ui(ui: &mut egui::Ui, entry: &GuideEntry, followed: &mut Followed) {
    heading_ui(ui, &entry.title);
    for (heading, text) in &entry.paragraphs {
        label_ui(ui, heading);
        paragraph_ui(ui, text);
    }
    ui.add_space(SPACE[2]);
    let show = ui.button("Show it");
    let show = show.on_hover_text("Open a scene that shows it. Undo (Ctrl+Z) returns to yours.");
    if show.clicked() {
        let scene = Box::new(entry.scene.clone());
        followed.command = Some(Command::ShowScene(scene, None));
    }
    lesson_ui(ui, &entry.lesson, followed);
    label_ui(ui, "Help pages");
    ui.horizontal_wrapped(|ui| {
        for name in &entry.help {
            let pages = Family::ALL.into_iter().filter_map(|family| {
                let member = family.members().iter().find(|own| *own == name)?;
                Some((family, *member))
            });
            for (family, name) in pages {
                if ui.link(title(family, name)).clicked() {
                    followed.topic = Some(Topic::Page(family, name));
                }
            }
        }
    });
    if !entry.sources.is_empty() {
        label_ui(ui, "Sources");
        for source in &entry.sources {
            let source = rich_text(ui, source, SECONDARY);
            ui.add(egui::Label::new(source).wrap());
        }
    }
}

fn term_ui(ui: &mut egui::Ui, term: &Term, followed: &mut Followed) {
    heading_ui(ui, &term.term);
    if !term.symbols.is_empty() {
        formula_ui(ui, &term.symbols.join(", "));
        ui.add_space(SPACE[0]);
    }
    paragraph_ui(ui, &term.text);
    if !term.also.is_empty() {
        label_ui(ui, "Also");
        paragraph_ui(ui, &term.also.join(", "));
    }
    lesson_ui(ui, &term.lesson, followed);
}

/// Shows a button that opens the lesson which explains a page.
fn lesson_ui(ui: &mut egui::Ui, name: &str, followed: &mut Followed) {
    let Ok(index) = find_step(name) else {
        return;
    };
    let Some((lesson, _)) = index.find() else {
        return;
    };
    label_ui(ui, "Lesson");
    let open = ui.button(&lesson.title).on_hover_text(&lesson.summary);
    if open.clicked() {
        followed.command = Some(Command::Lesson(LessonCommand::Open(index)));
    }
}

/// Shows links to the entries of the guide that mention a help page.
fn mentions_ui(ui: &mut egui::Ui, name: &str, followed: &mut Followed) {
    let entries = GuideEntry::bundled().unwrap_or_default();
    let mentions = entries.iter().enumerate();
    let mentions = mentions.filter(|(_, entry)| entry.help.iter().any(|own| own == name));
    for (place, (index, entry)) in mentions.enumerate() {
        if place == 0 {
            label_ui(ui, "In the guide");
        }
        let link = egui::Label::new(egui::RichText::new(&entry.title).underline())
            .wrap()
            .sense(egui::Sense::click());
        let link = ui.add(link);
        link.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Link, true, entry.title.as_str())
        });
        if link
            .on_hover_cursor(egui::CursorIcon::PointingHand)
            .clicked()
        {
            followed.topic = Some(Topic::Entry(index));
        }
    }
}
