//! The chooser of landscapes: a button that opens a gallery of thumbnails with a search field.

mod thumbnails;

use crate::engine::landscape::{AnyLandscape, Group};
use crate::figure::colour::Theme;
use crate::figure::gallery;
use crate::gui::icon::paint_search;
use crate::gui::paint::{self, Textures};
use crate::gui::reader::HELP_WIDTH;
use crate::gui::scale::SECONDARY;
use crate::gui::search::{first_sentence, landscape_penalty, ranked};
use eframe::egui;
use thumbnails::Thumbnails;

/// Width and height of a thumbnail in points.
const SIDE: f32 = 88.0;
/// Size of a thumbnail with its title, in points.
const CELL: egui::Vec2 = egui::vec2(96.0, 110.0);
/// Thumbnails in a row.
const COLUMNS: f32 = 6.0;

/// State of the chooser between frames.
#[derive(Default)]
pub(crate) struct Chooser {
    filter: String,
    /// Name of the landscape that the arrow keys have marked, and whether it is to be scrolled into view.
    marked: Option<&'static str>,
    moved: bool,
    thumbnails: Thumbnails,
}

impl Chooser {
    /// Shows the button, and the gallery if it is open. Returns the chosen landscape.
    pub(crate) fn ui(
        &mut self,
        ui: &mut egui::Ui,
        current: &AnyLandscape,
        theme: &Theme,
        textures: &mut Textures,
    ) -> Option<AnyLandscape> {
        let opener = opener_ui(ui, current);
        let below = ui.ctx().content_rect().bottom() - opener.rect.bottom();
        let popup = egui::Popup::from_toggle_button_response(&opener)
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .accessible_name("Landscapes");
        if opener.clicked() {
            self.filter.clear();
            self.marked = None;
            self.thumbnails.begin(ui.ctx());
        }
        let shown = popup.show(|ui| {
            let fresh = opener.clicked();
            let chosen = self.gallery_ui(ui, below - 90.0, fresh, current, theme, textures);
            if chosen.is_some() {
                ui.close();
            }
            chosen
        });
        shown.and_then(|shown| shown.inner)
    }

    /// Shows the search field and the thumbnails that match.
    fn gallery_ui(
        &mut self,
        ui: &mut egui::Ui,
        height: f32,
        fresh: bool,
        current: &AnyLandscape,
        theme: &Theme,
        textures: &mut Textures,
    ) -> Option<AnyLandscape> {
        self.thumbnails.poll();
        let gap = ui.spacing().item_spacing.x;
        let width = COLUMNS * (CELL.x + gap) + 14.0;
        ui.set_width(width.min((ui.ctx().content_rect().width() - 40.0).max(0.0)));
        let in_cell = ui
            .memory(egui::Memory::focused)
            .is_some_and(|id| id != search_id());
        // Left and right move the text's cursor until a cell is marked.
        let sideways = self.marked.is_some();
        let [up, down, left, right, enter] = ui.input_mut(|input| {
            use egui::Key::{ArrowDown, ArrowLeft, ArrowRight, ArrowUp, Enter};
            [ArrowUp, ArrowDown, ArrowLeft, ArrowRight, Enter].map(|key| {
                let free = !in_cell && (sideways || !matches!(key, ArrowLeft | ArrowRight));
                free && input.consume_key(egui::Modifiers::NONE, key)
            })
        });
        ui.horizontal(|ui| {
            let label = ui.label("Search");
            let field = egui::TextEdit::singleline(&mut self.filter)
                .id(search_id())
                .background_color(paint::colour(theme.plot_background))
                .hint_text("a name, a group such as valleys, or a word such as banana")
                .desired_width(f32::INFINITY);
            let field = ui.add(field).labelled_by(label.id);
            paint_search(ui, &field);
            if field.changed() {
                self.marked = None;
            }
            // Text that is typed while the gallery is open goes to the field.
            if fresh || ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
        });
        let height = (height - 24.0).clamp(120.0, 600.0);
        let groups = hits(&self.filter);
        let mut members = groups.iter().flat_map(|(_, members)| members);
        let first = members.clone().next().filter(|_| !self.filter.is_empty());
        let marked = members
            .find(|member| Some(member.name()) == self.marked)
            .or(first)
            .cloned();
        if enter {
            return marked;
        }
        let (mut chosen, mut hovered, mut cells) = (None, None, Vec::new());
        let scroll = egui::ScrollArea::vertical()
            .auto_shrink(false)
            .min_scrolled_height(height)
            .max_height(height);
        scroll.show(ui, |ui| {
            ui.set_max_width((ui.available_width() - 12.0).max(0.0)); // The scroll bar's room.
            if groups.is_empty() {
                ui.label("No landscape matches.");
            }
            for (title, members) in groups {
                super::scene::heading(ui, title);
                ui.horizontal_wrapped(|ui| {
                    for landscape in members {
                        let name = landscape.name();
                        let is_marked = marked.as_ref().is_some_and(|marked| marked.name() == name);
                        let state = (name == current.name(), is_marked);
                        let cell = self.cell_ui(ui, &landscape, state, theme, textures);
                        cells.push((name, cell.rect));
                        if cell.hovered() || cell.has_focus() {
                            hovered = Some(landscape.clone());
                        }
                        if cell.clicked() {
                            chosen = Some(landscape);
                        }
                    }
                });
            }
        });
        if up || down || left || right {
            let at = marked.as_ref().and_then(|own| {
                let named = |(name, _): &(&str, egui::Rect)| *name == own.name();
                cells.iter().position(named)
            });
            self.marked = next_cell(&cells, at, up || down, down || right);
            self.moved = true;
        }
        let about = hovered.or(marked).unwrap_or_else(|| current.clone());
        let settings = about.settings();
        let text = format!("{}: {}", settings.title(), first_sentence(settings.help()));
        let text = egui::RichText::new(text).size(SECONDARY).weak();
        ui.add(egui::Label::new(text).truncate());
        chosen
    }

    /// Shows a thumbnail with its title as one button; `same` is the current landscape, `marked` the one that Enter takes.
    fn cell_ui(
        &mut self,
        ui: &mut egui::Ui,
        landscape: &AnyLandscape,
        (same, marked): (bool, bool),
        theme: &Theme,
        textures: &mut Textures,
    ) -> egui::Response {
        let settings = landscape.settings();
        let title = settings.title();
        let (_, rect) = ui.allocate_space(CELL);
        let id = ui.scope_id().with(landscape.name());
        let response = ui.interact(rect, id, egui::Sense::click());
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, same, title));
        let moved = marked && std::mem::take(&mut self.moved);
        if response.gained_focus() || moved {
            response.scroll_to_me(None);
        }
        if ui.is_rect_visible(rect) {
            let look = ui.style().interact_selectable(&response, same);
            let painter = ui.painter();
            if marked {
                let stroke = egui::Stroke::new(2.0, ui.visuals().selection.stroke.color);
                painter.rect_stroke(rect, 4.0, stroke, egui::StrokeKind::Inside);
            }
            if same || response.hovered() || response.has_focus() {
                painter.rect(
                    rect,
                    4.0,
                    look.weak_bg_fill,
                    look.bg_stroke,
                    egui::StrokeKind::Inside,
                );
            }
            let corner = rect.min + egui::vec2(0.5 * (CELL.x - SIDE), 4.0);
            let square = egui::Rect::from_min_size(corner, egui::Vec2::splat(SIDE));
            self.thumbnails
                .paint(painter, landscape, square, theme, textures);
            let ink = look.text_color();
            let fitting = |size: f32| {
                let font = egui::FontId::proportional(size);
                painter.layout_no_wrap(title.to_owned(), font, ink)
            };
            let mut galley = fitting(11.5);
            if galley.size().x > CELL.x - 2.0 {
                galley = fitting(11.5 * (CELL.x - 2.0) / galley.size().x);
            }
            let at = egui::pos2(
                rect.center().x - 0.5 * galley.size().x,
                square.bottom() + 0.5 * (rect.bottom() - square.bottom() - galley.size().y),
            );
            painter.galley(at, galley, ink);
        }
        response.on_hover_text(settings.help())
    }
}

fn search_id() -> egui::Id {
    egui::Id::unique("search landscapes")
}

/// Shows the button with the title of the current landscape.
fn opener_ui(ui: &mut egui::Ui, current: &AnyLandscape) -> egui::Response {
    let settings = current.settings();
    let size = egui::vec2((ui.available_width() - 8.0 - HELP_WIDTH).max(0.0), 24.0);
    let button = egui::Button::new(settings.title()).min_size(size);
    let layout = egui::Layout::left_to_right(egui::Align::Center).with_main_align(egui::Align::Min);
    let response = ui
        .allocate_ui_with_layout(size, layout, |ui| ui.add(button.truncate()))
        .inner;
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Landscape");
        info.current_text_value = Some(settings.title().to_owned());
        info
    });
    let middle = response.rect.right_center() - egui::vec2(13.0, 0.0);
    let colour = ui.style().interact(&response).fg_stroke.color;
    let corners = [[-4.5, -2.5], [4.5, -2.5], [0.0, 3.0]];
    let corners = corners.map(|[x, y]| middle + egui::vec2(x, y)).to_vec();
    ui.painter().add(egui::Shape::convex_polygon(
        corners,
        colour,
        egui::Stroke::NONE,
    ));
    response.on_hover_text(settings.help())
}

/// Returns the landscapes that match a filter by name, title, other words or group, in their groups: the best match is the first of the
/// first group.
fn hits(filter: &str) -> Vec<(&'static str, Vec<AnyLandscape>)> {
    let in_group = |(group, members): (Group, Vec<AnyLandscape>)| {
        members
            .into_iter()
            .map(move |member| (group.title(), member))
    };
    let all: Vec<(&str, AnyLandscape)> = gallery::groups().into_iter().flat_map(in_group).collect();
    let filter = filter.trim();
    let found = ranked(all, |(group, landscape)| {
        landscape_penalty(landscape, group, filter)
    });
    let mut groups: Vec<(&str, Vec<AnyLandscape>)> = Vec::new();
    for (group, landscape) in found {
        match groups.iter_mut().find(|(title, _)| *title == group) {
            Some((_, members)) => members.push(landscape),
            None => groups.push((group, vec![landscape])),
        }
    }
    groups
}

/// Returns the cell that an arrow key marks after cell `at`: in the next row where there is one, else the next one; forward or backward.
fn next_cell(
    cells: &[(&'static str, egui::Rect)],
    at: Option<usize>,
    by_rows: bool,
    forward: bool,
) -> Option<&'static str> {
    let Some(at) = at else {
        return cells.first().map(|(name, _)| *name);
    };
    let in_row = neighbour(cells, cells[at].1, forward).filter(|_| by_rows);
    let beside = if forward { at + 1 } else { at.wrapping_sub(1) };
    let beside = cells.get(beside).map(|(name, _)| *name);
    in_row.or(beside).or(Some(cells[at].0))
}

/// Returns the nearest cell in the row below another one (`down`), or above.
fn neighbour(
    cells: &[(&'static str, egui::Rect)],
    from: egui::Rect,
    down: bool,
) -> Option<&'static str> {
    let distance = |rect: &egui::Rect| {
        let by = rect.center() - from.center();
        let rows = if down { by.y } else { -by.y };
        (rows > 1.0).then_some((rows, by.x.abs()))
    };
    let reachable = cells
        .iter()
        .filter_map(|(name, rect)| Some((distance(rect)?, *name)));
    let nearest = reachable.min_by(|(a, _), (b, _)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    nearest.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(filter: &str) -> Vec<&'static str> {
        let groups = hits(filter).into_iter();
        groups
            .flat_map(|(_, members)| members)
            .map(|landscape| landscape.name())
            .collect()
    }

    #[test]
    fn the_filter_finds_names_titles_and_groups() {
        assert_eq!(names("").len(), AnyLandscape::NAMES.len());
        assert_eq!(names("Rosen"), ["rosenbrock"]);
        assert!(names("valley").contains(&"rosenbrock"));
        assert_eq!(names("saddle monkey"), ["monkey-saddle"]);
        assert_eq!(names("saddle")[0], "saddle");
        assert_eq!(names("banana")[0], "rosenbrock");
        assert_eq!(names("hmmblau")[0], "himmelblau");
        assert!(names("no such thing").is_empty());
    }
}
