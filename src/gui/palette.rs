//! The command palette: a search over every command, lesson, optimizer and landscape.

use super::command::{Command, menus};
use super::dialog::key_text;
use super::icon::paint_search;
use super::lesson::LessonCommand;
use super::preferences::THEMES;
use super::search::{OptimizerChoice, command_penalty, landscape_penalty, penalty, ranked};
use super::taking::file_name;
use super::view::View;
use crate::engine::landscape::AnyLandscape;
use crate::engine::scene::{MAX_RUNS, Scene};
use crate::engine::training::RunSpec;
use crate::teaching::example::Example;
use eframe::egui;
use std::path::PathBuf;

/// The open palette.
#[derive(Default)]
pub(super) struct Palette {
    query: String,
    /// Place of the marked entry among those found.
    marked: usize,
}

/// Recent files and lessons by title, which the palette offers besides commands, optimizers and landscapes.
type Others<'a> = (&'a [PathBuf], Vec<(String, LessonCommand)>);

/// Outcome of the palette in a frame.
pub(super) enum PaletteResult {
    Open,
    Closed,
    Chosen(Command),
}

/// Entry of the palette.
struct Item {
    title: String,
    /// The key, or what the entry is.
    note: String,
    action: Action,
    /// Title in the menus, of a command that is there.
    menu: &'static str,
}

impl Item {
    fn new(title: String, note: &str, action: Action) -> Self {
        let note = note.to_owned();
        Self {
            title,
            note,
            action,
            menu: "",
        }
    }

    /// Returns how badly the entry fits a query, by its title or by other words for what it does; `None` if not at all.
    fn penalty(&self, query: &str) -> Option<usize> {
        let by_words = match &self.action {
            Action::Command(_) => command_penalty(self.menu, &self.title, query),
            Action::Add(choice) => choice.penalty(query),
            Action::Choose(landscape) => landscape_penalty(landscape, "", query),
            Action::Example(_) => None,
        };
        let by_title = penalty(&self.title.to_lowercase(), &query.to_lowercase());
        by_title.into_iter().chain(by_words).min()
    }
}

/// Action of an entry; its command takes a scene, which is made only for the chosen one.
enum Action {
    Command(Command),
    Add(OptimizerChoice),
    Example(&'static Example),
    Choose(AnyLandscape),
}

impl Action {
    fn into_command(self, scene: &Scene) -> Command {
        let mut scene = scene.clone();
        match self {
            Self::Command(command) => return command,
            Self::Example(example) => return Command::show_example(example),
            Self::Add(choice) => scene.add_run(RunSpec::new(choice.optimizer)),
            Self::Choose(landscape) => scene.choose_landscape(landscape),
        }
        Command::Edit(Box::new(scene))
    }
}

impl Palette {
    /// Shows the palette.
    pub(super) fn ui(
        &mut self,
        ctx: &egui::Context,
        scene: &Scene,
        views: &[Box<dyn View>],
        others: Others,
    ) -> PaletteResult {
        let mut items = items(ctx, scene, views, others);
        let mut chosen = None;
        let [up, down, enter] = ctx.input_mut(|input| {
            [egui::Key::ArrowUp, egui::Key::ArrowDown, egui::Key::Enter]
                .map(|key| input.consume_key(egui::Modifiers::NONE, key))
        });
        let size = ctx.content_rect().size();
        let id = egui::Id::unique("palette");
        // The field stays in its place, however many entries are found.
        let top = egui::vec2(0.0, (0.08 * size.y).max(8.0));
        let area = egui::Modal::default_area(id).anchor(egui::Align2::CENTER_TOP, top);
        let modal = egui::Modal::new(id).area(area).show(ctx, |ui| {
            ui.set_width((size.x - 48.0).clamp(160.0, 460.0));
            let field = egui::TextEdit::singleline(&mut self.query)
                .hint_text("Search commands, optimizers and landscapes")
                .desired_width(f32::INFINITY);
            let field = ui.add(field);
            field.widget_info(|| {
                let mut info =
                    egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search commands");
                info.current_text_value = Some(self.query.clone());
                info
            });
            paint_search(ui, &field);
            field.request_focus();
            let found = search(&items, &self.query);
            if field.changed() {
                self.marked = 0;
            }
            self.marked = (self.marked + usize::from(down)).saturating_sub(usize::from(up));
            self.marked = self.marked.min(found.len().saturating_sub(1));
            if found.is_empty() {
                ui.label("Nothing has this name.");
            }
            let scroll =
                egui::ScrollArea::vertical().max_height((size.y - 140.0).clamp(60.0, 420.0));
            scroll.show(ui, |ui| {
                for (place, (index, item)) in found.iter().enumerate() {
                    let button = egui::Button::new(&item.title)
                        .right_text(egui::RichText::new(&item.note).weak())
                        .frame_when_inactive(place == self.marked)
                        .selected(place == self.marked)
                        .min_size(egui::vec2(ui.available_width(), 0.0));
                    let row = ui.add(button);
                    if place == self.marked && (up || down) {
                        row.scroll_to_me(None);
                    }
                    if row.clicked() || enter && place == self.marked {
                        chosen = Some(*index);
                    }
                }
            });
        });
        match chosen {
            Some(index) => {
                PaletteResult::Chosen(items.swap_remove(index).action.into_command(scene))
            }
            None if modal.should_close() => PaletteResult::Closed,
            None => PaletteResult::Open,
        }
    }
}

/// Returns everything that the palette offers.
fn items(
    ctx: &egui::Context,
    scene: &Scene,
    views: &[Box<dyn View>],
    (recent, lessons): Others,
) -> Vec<Item> {
    let applies = |command: &Command| match command {
        Command::Show(title) => {
            { views.iter() }.any(|view| view.title() == *title && view.applies(scene))
        }
        _ => true,
    };
    let commands = menus(views).into_iter().flat_map(|(_, entries)| entries);
    let commands =
        commands.filter(|entry| applies(&entry.command) && entry.command != Command::Palette);
    let mut items: Vec<Item> = commands
        .map(|entry| Item {
            title: match entry.command {
                Command::Show(title) => format!("Show {title}"),
                _ => entry.title.to_owned(),
            },
            note: key_text(ctx, entry.key),
            action: Action::Command(entry.command),
            menu: entry.title,
        })
        .collect();
    let mut add = |title, note, action| items.push(Item::new(title, note, action));
    for (theme, _, title) in THEMES {
        let command = Command::Theme(theme);
        let title = format!("Theme: {}", title.to_lowercase());
        add(title, "", Action::Command(command));
    }
    for (title, command) in lessons {
        add(title, "lesson", Action::Command(Command::Lesson(command)));
    }
    for path in recent {
        let command = Command::OpenFile(path.clone());
        let title = format!("Open recent {}", file_name(path));
        add(title, "file", Action::Command(command));
    }
    if scene.runs.len() < MAX_RUNS {
        for choice in OptimizerChoice::all() {
            let title = format!("Add {}", choice.title);
            add(title, "optimizer", Action::Add(choice));
        }
    }
    if !scene.is_network() {
        for landscape in AnyLandscape::all() {
            let title = format!("Choose {}", landscape.settings().title());
            add(title, "landscape", Action::Choose(landscape));
        }
    }
    for example in Example::bundled().unwrap_or_default() {
        let title = format!("Open example {}", example.title);
        add(title, "example", Action::Example(example));
    }
    items
}

/// Returns the entries that match a query by name or by other words, with their indices, the best first; all of them without a query.
fn search<'a>(items: &'a [Item], query: &str) -> Vec<(usize, &'a Item)> {
    let items = items.iter().enumerate().collect();
    ranked(items, |(_, item)| item.penalty(query))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::view;

    /// Returns the titles that a search finds, the best first.
    fn titles(query: &str, scene: &Scene) -> Vec<String> {
        let (ctx, views) = (egui::Context::default(), view::all());
        let recent = [PathBuf::from("/a/mine.toml")];
        let lessons = vec![("Lesson: Momentum".to_owned(), LessonCommand::Next)];
        let items = items(&ctx, scene, &views, (&recent, lessons));
        let found = search(&items, query).into_iter();
        found.map(|(_, item)| item.title.clone()).collect()
    }

    fn first(query: &str) -> String {
        let mut found = titles(query, &Scene::opening()).into_iter();
        found.next().unwrap_or_default()
    }

    #[test]
    fn a_search_finds_the_closest_title_first() {
        assert_eq!(first("himmel"), "Choose Himmelblau");
        assert_eq!(first("add adam"), "Add Adam");
        assert_eq!(first("AdamW"), "Add AdamW");
        assert_eq!(first("sweep"), "Show Sweep");
        assert_eq!(first("lod"), "Light or dark");
        assert_eq!(first("save scene as"), "Save scene as…");
        assert_eq!(first("theme dark"), "Theme: dark");
        assert_eq!(first("mine"), "Open recent mine.toml");
        assert_eq!(first("lesson mom"), "Lesson: Momentum");
        assert_eq!(first("handwritten"), "Open example Handwritten digits");
        assert_eq!(first("glossary"), "Glossary");
        assert_eq!(first("zzz"), "");
    }

    #[test]
    fn a_search_finds_things_by_other_words() {
        for (query, title) in [
            ("3d", "Show Surface"),
            ("full screen", "Presentation"),
            ("dark mode", "Light or dark"),
            ("save picture", "Export…"),
            ("pdf", "Export…"),
            ("lr range test", "Show Sweep"),
            ("banana", "Choose Rosenbrock"),
            ("heavy ball", "Add Momentum"),
            ("nag", "Add Nesterov"),
            ("cg", "Add Conjugate gradient"),
            ("vector field", "Gradient arrows"),
            ("hotkeys", "Keyboard shortcuts"),
            ("eigenvalues", "Show Spectrum"),
        ] {
            let found = titles(query, &Scene::opening_network());
            let found = if found.contains(&title.to_owned()) {
                found
            } else {
                titles(query, &Scene::opening())
            };
            assert_eq!(found.first().map(String::as_str), Some(title), "{query}");
        }
    }
}
