//! The command palette: a search over every command, lesson, optimizer and landscape.

use super::command::{Command, menus};
use super::icon::paint_search;
use super::lesson::LessonCommand;
use super::preferences::THEMES;
use super::search::{OptimizerChoice, penalty};
use super::taking::file_name;
use super::view::View;
use crate::engine::landscape::AnyLandscape;
use crate::engine::optimizer::AnyOptimizer;
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
}

/// Action of an entry; its command takes a scene, which is made only for the chosen one.
enum Action {
    Command(Command),
    Add(AnyOptimizer),
    Example(&'static Example),
    Choose(AnyLandscape),
}

impl Action {
    fn into_command(self, scene: &Scene) -> Command {
        let mut scene = scene.clone();
        match self {
            Self::Command(command) => return command,
            Self::Example(example) => return Command::show_example(example),
            Self::Add(optimizer) => scene.add_run(RunSpec::new(optimizer)),
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
        let modal = egui::Modal::new(egui::Id::unique("palette")).show(ctx, |ui| {
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
            note: ctx.format_shortcut(&entry.key),
            action: Action::Command(entry.command),
        })
        .collect();
    items.extend(THEMES.map(|(theme, _, title)| Item {
        title: format!("Theme: {}", title.to_lowercase()),
        note: String::new(),
        action: Action::Command(Command::Theme(theme)),
    }));
    items.extend(lessons.into_iter().map(|(title, command)| Item {
        title,
        note: "lesson".to_owned(),
        action: Action::Command(Command::Lesson(command)),
    }));
    items.extend(recent.iter().map(|path| Item {
        title: format!("Open recent {}", file_name(path)),
        note: "file".to_owned(),
        action: Action::Command(Command::OpenFile(path.clone())),
    }));
    if scene.runs.len() < MAX_RUNS {
        items.extend(OptimizerChoice::all().into_iter().map(|choice| Item {
            title: format!("Add {}", choice.title),
            note: "optimizer".to_owned(),
            action: Action::Add(choice.optimizer),
        }));
    }
    if !scene.is_network() {
        items.extend(AnyLandscape::all().into_iter().map(|landscape| {
            let title = format!("Choose {}", landscape.settings().title());
            Item {
                title,
                note: "landscape".to_owned(),
                action: Action::Choose(landscape),
            }
        }));
    }
    let examples = Example::bundled().unwrap_or_default().iter();
    items.extend(examples.map(|example| Item {
        title: format!("Open example {}", example.title),
        note: "example".to_owned(),
        action: Action::Example(example),
    }));
    items
}

/// Returns the entries that contain the letters of a query in order, with their indices, the best first: whole words before scattered
/// letters.
fn search<'a>(items: &'a [Item], query: &str) -> Vec<(usize, &'a Item)> {
    let scored = items.iter().enumerate().filter_map(|(place, item)| {
        let penalty = penalty(&item.title.to_lowercase(), &query.to_lowercase())?;
        Some((penalty, place, item))
    });
    let mut scored: Vec<_> = scored.collect();
    scored.sort_by_key(|(penalty, place, _)| (*penalty, *place));
    scored
        .into_iter()
        .map(|(_, place, item)| (place, item))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::view;

    fn first(query: &str) -> String {
        let (ctx, views) = (egui::Context::default(), view::all());
        let recent = [PathBuf::from("/a/mine.toml")];
        let lessons = vec![("Lesson: Momentum".to_owned(), LessonCommand::Next)];
        let items = items(&ctx, &Scene::opening(), &views, (&recent, lessons));
        let found = search(&items, query);
        found
            .first()
            .map(|(_, item)| item.title.clone())
            .unwrap_or_default()
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
}
