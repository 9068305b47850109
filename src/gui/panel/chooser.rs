//! The chooser of landscapes: a button that opens a gallery of thumbnails with a search field.

use crate::engine::landscape::AnyLandscape;
use crate::figure::colour::Theme;
use crate::figure::drawing::Colour;
use crate::figure::gallery::{self, Thumbnail};
use crate::gui::paint::{self, Textures};
use eframe::egui;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// Samples along a side of a thumbnail.
const SAMPLES: usize = 64;
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
    /// The finished thumbnails, in any order.
    thumbnails: Vec<CachedThumbnail>,
    coming: Option<Receiver<Thumbnail>>,
}

/// A thumbnail, and its colours in the theme of the last frame.
struct CachedThumbnail {
    thumbnail: Thumbnail,
    shaded: Option<(bool, Arc<Vec<Colour>>)>,
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
            self.begin(ui.ctx());
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

    /// Starts a thread that computes the thumbnails, once.
    fn begin(&mut self, ctx: &egui::Context) {
        if self.coming.is_some() {
            return;
        }
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let make = move || {
            for thumbnail in AnyLandscape::all()
                .into_iter()
                .filter_map(|landscape| Thumbnail::new(landscape, SAMPLES))
            {
                // The receiver is gone once the window is closed.
                if sender.send(thumbnail).is_err() {
                    return;
                }
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("ravine thumbnails".to_owned());
        // Without a thread the gallery shows titles only.
        if thread.spawn(make).is_ok() {
            self.coming = Some(receiver);
        }
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
        if let Some(coming) = &self.coming {
            let new = coming.try_iter().map(|thumbnail| CachedThumbnail {
                thumbnail,
                shaded: None,
            });
            self.thumbnails.extend(new);
        }
        let gap = ui.spacing().item_spacing.x;
        let width = COLUMNS * (CELL.x + gap) + 14.0;
        ui.set_width(width.min((ui.ctx().content_rect().width() - 40.0).max(0.0)));
        let mut enter = false;
        ui.horizontal(|ui| {
            let label = ui.label("Search");
            let field = egui::TextEdit::singleline(&mut self.filter)
                .background_color(paint::colour(theme.plot_background))
                .hint_text("a name, or a group such as valleys")
                .desired_width(f32::INFINITY);
            let field = ui.add(field).labelled_by(label.id);
            enter = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            // Text that is typed while the gallery is open goes to the field.
            if fresh || ui.memory(|memory| memory.focused().is_none()) && !enter {
                field.request_focus();
            }
        });
        let height = height.clamp(180.0, 620.0);
        let groups = hits(&self.filter);
        if enter {
            return groups.into_iter().flat_map(|(_, members)| members).next();
        }
        let mut chosen = None;
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
                        let same = landscape.name() == current.name();
                        if self
                            .cell_ui(ui, &landscape, same, theme, textures)
                            .clicked()
                        {
                            chosen = Some(landscape);
                        }
                    }
                });
            }
        });
        chosen
    }

    /// Shows a thumbnail with its title as one button.
    fn cell_ui(
        &mut self,
        ui: &mut egui::Ui,
        landscape: &AnyLandscape,
        same: bool,
        theme: &Theme,
        textures: &mut Textures,
    ) -> egui::Response {
        let settings = landscape.settings();
        let title = settings.title();
        let (_, rect) = ui.allocate_space(CELL);
        let id = ui.scope_id().with(landscape.name());
        let response = ui.interact(rect, id, egui::Sense::click());
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, same, title));
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        if ui.is_rect_visible(rect) {
            let look = ui.style().interact_selectable(&response, same);
            let painter = ui.painter();
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
            match self.thumbnail(landscape) {
                Some(cached) => {
                    let area = paint::area(square);
                    let pixels = cached.pixels(theme);
                    let items = cached.thumbnail.items(area, &pixels, theme);
                    paint::paint(painter, items, textures);
                }
                None => {
                    painter.rect_filled(square, 0.0, paint::colour(theme.grid));
                }
            }
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
        response.on_hover_text(paragraphs(settings.help()))
    }

    /// Returns the thumbnail of a landscape, once it is computed.
    fn thumbnail(&mut self, landscape: &AnyLandscape) -> Option<&mut CachedThumbnail> {
        let mut thumbnails = self.thumbnails.iter_mut();
        thumbnails.find(|cached| cached.thumbnail.landscape.name() == landscape.name())
    }
}

impl CachedThumbnail {
    fn pixels(&mut self, theme: &Theme) -> Arc<Vec<Colour>> {
        let (_, pixels) = match self.shaded.take() {
            Some(shaded) if shaded.0 == theme.dark => self.shaded.insert(shaded),
            _ => {
                let pixels = self.thumbnail.shading(theme);
                self.shaded.insert((theme.dark, pixels))
            }
        };
        Arc::clone(pixels)
    }
}

/// Shows the button with the title of the current landscape.
fn opener_ui(ui: &mut egui::Ui, current: &AnyLandscape) -> egui::Response {
    let settings = current.settings();
    let size = egui::vec2((ui.available_width() - 8.0).max(0.0), 24.0);
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
    response.on_hover_text(paragraphs(settings.help()))
}

/// Joins the lines of each paragraph of a help text, so that the window breaks them.
fn paragraphs(help: &str) -> String {
    let joined = |paragraph: &str| {
        let lines: Vec<&str> = paragraph.lines().map(str::trim).collect();
        lines.join(" ")
    };
    let paragraphs: Vec<String> = help.trim().split("\n\n").map(joined).collect();
    paragraphs.join("\n\n")
}

/// Returns the landscapes whose name, title or group contains every word of the filter, by group. Those whose name or title starts with the
/// filter come first, so that Enter takes the best match.
fn hits(filter: &str) -> Vec<(&'static str, Vec<AnyLandscape>)> {
    let filter = filter.trim().to_lowercase();
    let mut groups = Vec::new();
    for (group, members) in gallery::groups() {
        let fits = |landscape: &AnyLandscape| {
            let words = [
                landscape.name(),
                landscape.settings().title(),
                group.title(),
            ];
            let words = words.join(" ").to_lowercase();
            filter.split_whitespace().all(|part| words.contains(part))
        };
        let members: Vec<AnyLandscape> = members.into_iter().filter(fits).collect();
        if !members.is_empty() {
            groups.push((group.title(), members));
        }
    }
    let starts = |landscape: &AnyLandscape| {
        landscape.name().starts_with(&filter)
            || landscape
                .settings()
                .title()
                .to_lowercase()
                .starts_with(&filter)
    };
    if !filter.is_empty() {
        for (_, members) in &mut groups {
            members.sort_by_key(|landscape| !starts(landscape));
        }
        groups.sort_by_key(|(_, members)| !members.iter().any(starts));
    }
    groups
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
        assert!(names("no such thing").is_empty());
    }
}
