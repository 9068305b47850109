//! The reader: the guide, the glossary and the help pages in one window over the scene, with a search through all of them.

mod items;
mod links;
mod markdown;
mod pages;

pub(crate) use links::{HELP_WIDTH, ask, asked, help_button, with_glossary};

use super::command::Command;
use super::icon::paint_search;
use super::scale::{SECONDARY, SPACE};
use crate::export::help_page::Family;
use eframe::egui;
use items::{Item, items_of};

/// A part of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// The guide.
    Guide,
    /// The glossary.
    Glossary,
    /// The help pages.
    Reference,
}

impl Section {
    const ALL: [Self; 3] = [Self::Guide, Self::Glossary, Self::Reference];

    fn title(self) -> &'static str {
        match self {
            Self::Guide => "Guide",
            Self::Glossary => "Glossary",
            Self::Reference => "Help pages",
        }
    }
}

/// A page of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// An entry of the guide, by its index.
    Entry(usize),
    /// A term of the glossary, by its index.
    Term(usize),
    /// The help page of a member of a family.
    Page(Family, &'static str),
    /// The help page of scene files.
    SceneFiles,
}

impl Topic {
    /// Returns the help page with a name, of the first family that has it.
    pub(crate) fn page_of(name: &str) -> Option<Self> {
        Family::ALL.into_iter().find_map(|family| {
            let member = family.members().iter().find(|own| **own == name)?;
            Some(Self::Page(family, member))
        })
    }

    /// Returns the section that the page belongs to.
    fn section(self) -> Section {
        match self {
            Self::Entry(_) => Section::Guide,
            Self::Term(_) => Section::Glossary,
            Self::Page(..) | Self::SceneFiles => Section::Reference,
        }
    }
}

/// Place of the reader that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A section.
    Section(Section),
    /// A page.
    Topic(Topic),
}

/// Width of the reader from which the list and the page stand side by side, in points.
const SIDE_BY_SIDE: f32 = 560.0;

/// Width of the list, in points.
const LIST_WIDTH: f32 = 280.0;

/// Greatest width of the reader, in points.
const MAX_WIDTH: f32 = 940.0;

/// The open reader.
pub(crate) struct Reader {
    section: Section,
    topic: Option<Topic>,
    query: String,
    /// Whether a narrow reader shows the page rather than the list.
    reading: bool,
    /// Whether it is shown for the first time.
    fresh: bool,
    /// Whether the marked line of the list is scrolled into view.
    moved: bool,
}

fn search_id() -> egui::Id {
    egui::Id::unique("search field of the reader")
}

/// Outcome of the reader in a frame: whether it stays open, and a command.
pub(crate) type ReaderOutcome = (bool, Option<Command>);

impl Reader {
    /// Opens the reader at a place.
    pub(crate) fn at(place: Place) -> Self {
        let (section, topic) = match place {
            Place::Section(section) => (section, None),
            Place::Topic(topic) => (topic.section(), Some(topic)),
        };
        Self {
            section,
            topic,
            query: String::new(),
            reading: topic.is_some(),
            fresh: true,
            moved: true,
        }
    }

    /// Shows the reader.
    pub(crate) fn ui(&mut self, ctx: &egui::Context) -> ReaderOutcome {
        let window = ctx.content_rect().size();
        let mut closed = false;
        let modal = egui::Modal::new(egui::Id::unique("reader")).show(ctx, |ui| {
            let width = (window.x - 40.0).clamp(120.0, MAX_WIDTH);
            ui.set_width(width);
            // Before the search field, which would give up the focus.
            let searching = ui.memory(|memory| memory.has_focus(search_id()));
            let enter = (searching || ui.memory(|memory| memory.focused().is_none()))
                && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Enter));
            closed = self.head_ui(ui);
            ui.separator();
            let height = (window.y - ui.min_rect().height() - 64.0).max(60.0);
            self.body_ui(ui, [width, height], enter)
        });
        self.fresh = false;
        (!closed && !modal.should_close(), modal.inner)
    }

    /// Shows the sections, the button that closes the reader and the search field. Returns whether it is closed.
    fn head_ui(&mut self, ui: &mut egui::Ui) -> bool {
        let mut closed = false;
        ui.horizontal_wrapped(|ui| {
            for section in Section::ALL {
                let chosen = section == self.section && self.query.is_empty();
                if ui.selectable_label(chosen, section.title()).clicked() {
                    (self.section, self.topic) = (section, None);
                    self.query.clear();
                    self.reading = false;
                }
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                closed = ui.button("Close").on_hover_text("Close (Esc)").clicked();
            });
        });
        let field = egui::TextEdit::singleline(&mut self.query)
            .id(search_id())
            .hint_text("Search guide, glossary and help pages")
            .desired_width(f32::INFINITY);
        let field = ui.add(field);
        field.widget_info(|| {
            let mut info =
                egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search the guide");
            info.current_text_value = Some(self.query.clone());
            info
        });
        paint_search(ui, &field);
        if self.fresh && !self.reading {
            field.request_focus();
        }
        if field.changed() {
            (self.topic, self.reading) = (None, false);
        }
        closed
    }

    fn body_ui(
        &mut self,
        ui: &mut egui::Ui,
        [width, height]: [f32; 2],
        enter: bool,
    ) -> Option<Command> {
        let items = self.items();
        if self.topic.is_none() && !self.query.trim().is_empty() {
            // The first find is marked.
            self.topic = items.first().map(|item| item.topic);
        }
        self.keys(ui, &items);
        self.reading |= enter && self.topic.is_some();
        if width < SIDE_BY_SIDE {
            if !self.reading {
                self.list_ui(ui, &items, [width, height]);
                return None;
            }
            if ui.button("Back to the list").clicked() {
                self.reading = false;
            }
            let below = ui.spacing().interact_size.y + SPACE[1];
            return self.page_ui(ui, [width, (height - below).max(40.0)]);
        }
        let mut command = None;
        ui.horizontal_top(|ui| {
            self.list_ui(ui, &items, [LIST_WIDTH, height]);
            ui.add_space(SPACE[1]);
            let rest = width - LIST_WIDTH - SPACE[3];
            command = self.page_ui(ui, [rest, height]);
        });
        command
    }

    /// Lets the arrow keys choose the page above or below in the list.
    fn keys(&mut self, ui: &egui::Ui, items: &[Item]) {
        let [up, down] = ui.input_mut(|input| {
            [egui::Key::ArrowUp, egui::Key::ArrowDown]
                .map(|key| input.consume_key(egui::Modifiers::NONE, key))
        });
        if !(up || down) || items.is_empty() {
            return;
        }
        let at = items.iter().position(|item| Some(item.topic) == self.topic);
        let next = match at {
            None => 0,
            Some(at) if down => (at + 1).min(items.len() - 1),
            Some(at) => at.saturating_sub(1),
        };
        self.topic = Some(items[next].topic);
        self.moved = true;
    }

    /// Shows the list of pages.
    fn list_ui(&mut self, ui: &mut egui::Ui, items: &[Item], [width, height]: [f32; 2]) {
        ui.allocate_ui_with_layout(
            egui::vec2(width, height),
            egui::Layout::top_down(egui::Align::Min),
            |ui| {
                let scroll = egui::ScrollArea::vertical()
                    .id_salt("list of pages")
                    .auto_shrink(false)
                    .max_height(height)
                    .min_scrolled_height(height);
                scroll.show(ui, |ui| {
                    ui.set_max_width((ui.available_width() - 12.0).max(0.0)); // The scroll bar's room.
                    if items.is_empty() {
                        ui.label("Nothing has these words.");
                    }
                    let mut group = "";
                    for item in items {
                        if item.group != group {
                            group = item.group;
                            ui.add_space(SPACE[0]);
                            ui.label(egui::RichText::new(group).size(SECONDARY).strong());
                        }
                        let chosen = Some(item.topic) == self.topic;
                        let row = egui::Button::selectable(chosen, &item.title).wrap();
                        let row = ui.add(row);
                        if chosen && self.moved {
                            row.scroll_to_me(None);
                        }
                        if row.clicked() {
                            (self.topic, self.reading) = (Some(item.topic), true);
                        }
                    }
                    self.moved = false;
                });
            },
        );
    }

    /// Shows the chosen page.
    fn page_ui(&mut self, ui: &mut egui::Ui, [width, height]: [f32; 2]) -> Option<Command> {
        let topic = self.topic;
        let mut followed = pages::Followed::default();
        ui.allocate_ui_with_layout(
            egui::vec2(width, height),
            egui::Layout::top_down(egui::Align::Min),
            |ui| {
                let scroll = egui::ScrollArea::vertical()
                    .id_salt(("page", format!("{topic:?}")))
                    .auto_shrink(false)
                    .max_height(height)
                    .min_scrolled_height(height);
                scroll.show(ui, |ui| {
                    ui.set_max_width((ui.available_width() - 12.0).max(0.0));
                    match topic {
                        Some(topic) => pages::ui(ui, topic, &mut followed),
                        None => pages::introduction_ui(ui, self.section),
                    }
                });
            },
        );
        if let Some(topic) = followed.topic {
            self.query.clear();
            (self.section, self.topic) = (topic.section(), Some(topic));
            (self.reading, self.moved) = (true, true);
        }
        followed.command
    }

    /// Returns the pages of the section, or of all sections those that have the words of the query.
    fn items(&self) -> Vec<Item> {
        let query = self.query.trim();
        let sections = if query.is_empty() {
            vec![self.section]
        } else {
            Section::ALL.to_vec()
        };
        let found = { sections.into_iter() }.flat_map(|section| items_of(section, query));
        let mut found: Vec<Item> = found.collect();
        if !query.is_empty() {
            // The group of the best find is the first one, and begins with it.
            let mut best: Vec<(&str, u8)> = Vec::new();
            for item in &found {
                let rank = item.rank(query);
                match best.iter_mut().find(|(group, _)| *group == item.group) {
                    Some((_, least)) => *least = rank.min(*least),
                    None => best.push((item.group, rank)),
                }
            }
            best.sort_by_key(|(_, rank)| *rank);
            let place = |item: &Item| best.iter().position(|(group, _)| *group == item.group);
            found.sort_by_cached_key(|item| (place(item), item.rank(query)));
        }
        found
    }
}
