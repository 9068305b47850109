//! The gallery of examples: pictures of scenes that are ready to open, drawn in the background.

use super::command::Command;
use super::scale::{BODY, SECONDARY, SPACE};
use super::theme;
use crate::engine::files::NoFiles;
use crate::engine::scene::FigurePreset;
use crate::export::picture::{LegendPlace, PageSize, PageStyle, Picture, Preset, Show, pixels};
use crate::figure::colour::Theme;
use crate::session::compute_all_runs;
use crate::teaching::example::Example;
use eframe::egui;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Width and height of a picture in points.
const PICTURE: [f32; 2] = [208.0, 160.0];

/// Height of a title below its picture, in points.
const TITLE_HEIGHT: f32 = 24.0;

/// Resolution of the pictures in pixels per inch: they have twice as many pixels as points.
const DPI: f64 = 128.0;

/// The gallery: whether it is open, and its pictures.
#[derive(Default)]
pub(super) struct Gallery {
    /// Whether it is open.
    pub(super) open: bool,
    /// The example that the arrow keys have marked.
    marked: usize,
    moved: bool,
    pictures: Option<Pictures>,
}

/// The pictures of the examples in one theme.
struct Pictures {
    dark: bool,
    coming: Receiver<(usize, egui::ColorImage)>,
    finished: Vec<Option<egui::TextureHandle>>,
}

/// Returns the font size of all titles: the largest one up to that of text in which the longest title fits a width.
fn title_size(ui: &egui::Ui, width: f32) -> f32 {
    let font = egui::FontId::proportional(BODY);
    let title_width = |example: &Example| {
        let title = example.title.clone();
        let galley = ui
            .painter()
            .layout_no_wrap(title, font.clone(), egui::Color32::PLACEHOLDER);
        galley.size().x
    };
    let examples = Example::bundled().unwrap_or_default();
    let longest = examples.iter().map(title_width).fold(0.0, f32::max);
    BODY * (width / longest.max(1.0)).min(1.0)
}

impl Gallery {
    /// Opens or closes the gallery.
    pub(super) fn toggle(&mut self) {
        self.open = !self.open;
        (self.marked, self.moved) = (0, false);
    }

    /// Shows the gallery if it is open. Returns the command of the chosen example.
    pub(super) fn ui(&mut self, ctx: &egui::Context) -> Option<Command> {
        if !self.open {
            return None;
        }
        let examples = match Example::bundled() {
            Ok(examples) => examples,
            Err(sentence) => {
                self.open = false;
                return Some(Command::ShowError(sentence));
            }
        };
        self.collect(ctx, examples);
        let window = ctx.content_rect().size();
        let mut chosen = None;
        let modal = egui::Modal::new(egui::Id::unique("examples")).show(ctx, |ui| {
            let column = PICTURE[0] + SPACE[2];
            let widest = 4.0 * column + SPACE[3];
            ui.set_width((window.x - 40.0).clamp(120.0, widest));
            let mut closed = false;
            ui.horizontal(|ui| {
                ui.heading("Examples");
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    closed = ui.button("Close").on_hover_text("Close (Esc)").clicked();
                });
            });
            ui.separator();
            // The sentence below takes up to four lines in a narrow window.
            let height = (window.y - 110.0 - 0.1 * window.y).max(60.0);
            let scroll = egui::ScrollArea::vertical()
                .auto_shrink(false)
                .max_height(height.min(720.0))
                .min_scrolled_height(height.min(720.0));
            scroll.show(ui, |ui| {
                ui.set_max_width((ui.available_width() - 12.0).max(0.0));
                let columns = columns(ui.available_width(), column);
                chosen = self.keys(ui, examples.len(), columns);
                for (row, cells) in examples.chunks(columns).enumerate() {
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = SPACE[2];
                        for (place, example) in cells.iter().enumerate() {
                            let index = row * columns + place;
                            if self.cell_ui(ui, example, index).clicked() {
                                chosen = Some(index);
                            }
                        }
                    });
                    ui.add_space(SPACE[1]);
                }
            });
            let about = &examples[self.marked.min(examples.len() - 1)];
            let about = egui::RichText::new(&about.summary).size(SECONDARY);
            ui.add(egui::Label::new(about).wrap());
            closed
        });
        if modal.inner || modal.should_close() || chosen.is_some() {
            self.open = false;
        }
        chosen.map(|index| Command::show_example(&examples[index]))
    }

    /// Moves the mark by the arrow keys; returns the example that Enter opens.
    fn keys(&mut self, ui: &egui::Ui, count: usize, columns: usize) -> Option<usize> {
        use egui::Key::{ArrowDown, ArrowLeft, ArrowRight, ArrowUp, Enter};
        let focused = ui.memory(|memory| memory.focused().is_some());
        let [up, down, left, right, enter] = ui.input_mut(|input| {
            [ArrowUp, ArrowDown, ArrowLeft, ArrowRight, Enter]
                .map(|key| !focused && input.consume_key(egui::Modifiers::NONE, key))
        });
        let steps = [(up, columns), (left, 1)].map(|(pressed, by)| usize::from(pressed) * by);
        let forward = usize::from(down) * columns + usize::from(right);
        let moved = self.marked + forward;
        let moved = if moved < count { moved } else { self.marked };
        self.marked = steps
            .iter()
            .fold(moved, |at, by| if at >= *by { at - by } else { at });
        self.moved |= up || down || left || right;
        enter.then_some(self.marked)
    }

    /// Shows the picture and the title of an example as one button.
    fn cell_ui(&mut self, ui: &mut egui::Ui, example: &Example, index: usize) -> egui::Response {
        let width = PICTURE[0].min(ui.available_width().max(80.0));
        let size = egui::vec2(width, PICTURE[1] * width / PICTURE[0] + TITLE_HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
        let title = example.title.as_str();
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, title));
        let marked = self.marked == index;
        // A pointer that rests does not undo what the keys mark.
        let points = response.hovered() && ui.input(|input| input.pointer.is_moving());
        if points || response.gained_focus() {
            self.marked = index;
        }
        if (marked && std::mem::take(&mut self.moved)) || response.gained_focus() {
            response.scroll_to_me(None);
        }
        if ui.is_rect_visible(rect) {
            let picture = rect.with_max_y(rect.max.y - TITLE_HEIGHT);
            let painter = ui.painter();
            if let Some(texture) = self.texture(index) {
                let whole = egui::Rect::from_min_max(egui::Pos2::ZERO, egui::pos2(1.0, 1.0));
                painter.image(texture, picture, whole, egui::Color32::WHITE);
            } else {
                painter.rect_filled(picture, 2.0, ui.visuals().faint_bg_color);
                let font = egui::FontId::proportional(SECONDARY);
                let weak = ui.visuals().weak_text_color();
                let center = egui::Align2::CENTER_CENTER;
                painter.text(picture.center(), center, "drawing …", font, weak);
            }
            if marked || response.has_focus() {
                let stroke = egui::Stroke::new(2.0, ui.visuals().selection.stroke.color);
                painter.rect_stroke(picture, 2.0, stroke, egui::StrokeKind::Inside);
            }
            let ink = ui.visuals().text_color();
            let font = egui::FontId::proportional(title_size(ui, width));
            let galley = painter.layout_no_wrap(title.to_owned(), font, ink);
            let top = picture.max.y + 0.5 * (TITLE_HEIGHT - galley.size().y);
            painter.galley(egui::pos2(rect.min.x, top), galley, ink);
        }
        response
    }

    fn texture(&self, index: usize) -> Option<egui::TextureId> {
        let picture = self.pictures.as_ref()?.finished.get(index)?;
        picture.as_ref().map(egui::TextureHandle::id)
    }

    /// Takes finished pictures, and starts a thread that draws them where there are none in the current theme.
    fn collect(&mut self, ctx: &egui::Context, examples: &'static [Example]) {
        let theme = theme::current(ctx);
        if self
            .pictures
            .as_ref()
            .is_none_or(|pictures| pictures.dark != theme.dark)
        {
            self.pictures = begin(ctx, examples, theme);
        }
        if let Some(pictures) = &mut self.pictures {
            for (index, image) in pictures.coming.try_iter() {
                let texture = ctx.load_texture("example", image, egui::TextureOptions::LINEAR);
                pictures.finished[index] = Some(texture);
            }
        }
    }
}

/// Returns the number of columns of some width that fit.
fn columns(width: f32, column: f32) -> usize {
    (1..4)
        .rev()
        .find(|count| {
            #[expect(clippy::cast_precision_loss, reason = "at most four")]
            let needed = (*count as f32 + 1.0) * column - SPACE[2];
            needed <= width
        })
        .map_or(1, |count| count + 1)
}

/// Starts a thread that draws the pictures, those of networks last because they take seconds. Without a thread the gallery has titles only.
fn begin(
    ctx: &egui::Context,
    examples: &'static [Example],
    theme: &'static Theme,
) -> Option<Pictures> {
    let (sender, coming) = channel();
    let wake = ctx.clone();
    let thread = std::thread::Builder::new().name("ravine examples".to_owned());
    let draw = move || draw_all(&wake, examples, theme, &sender);
    thread.spawn(draw).ok()?;
    Some(Pictures {
        dark: theme.dark,
        coming,
        finished: examples.iter().map(|_| None).collect(),
    })
}

fn draw_all(
    ctx: &egui::Context,
    examples: &[Example],
    theme: &'static Theme,
    sender: &Sender<(usize, egui::ColorImage)>,
) {
    let mut order: Vec<usize> = (0..examples.len()).collect();
    order.sort_by_key(|index| examples[*index].scene.is_network());
    for index in order {
        // An example that cannot be drawn keeps its title.
        let Ok(image) = draw(&examples[index], theme) else {
            continue;
        };
        // The receiver is gone once the window is closed or has another theme.
        if sender.send((index, image)).is_err() {
            return;
        }
        ctx.request_repaint();
    }
}

/// Draws the map of an example.
fn draw(example: &Example, theme: &'static Theme) -> Result<egui::ColorImage, String> {
    let problem = example.scene.load(&NoFiles);
    let problem = problem.map_err(|error| error.to_string())?;
    let runs = compute_all_runs(&example.scene, &Arc::new(problem), None)?;
    let preset = Preset::of(FigurePreset::SingleColumn);
    let page = PageSize {
        inches: preset.inches,
        dpi: DPI,
        font_size: preset.font_size,
        on_paper: false,
    };
    let style = PageStyle {
        title: Some(String::new()),
        caption: false,
        legend: Some(LegendPlace::Off),
        free_aspect: true,
        ..PageStyle::default()
    };
    let wanted = Picture {
        style,
        ..Picture::new(page, Show::Map, theme)
    };
    let rgba = pixels(&runs, &wanted)?;
    let size = page.pixels().map(|side| side as usize);
    Ok(egui::ColorImage::from_rgba_unmultiplied(size, &rgba))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_columns_as_fit_at_least_one_and_at_most_four() {
        let column = PICTURE[0] + SPACE[2];
        let width = |count: f32| count * column - SPACE[2];
        assert_eq!(columns(100.0, column), 1);
        assert_eq!(columns(width(2.0), column), 2);
        assert_eq!(columns(width(3.0) - 1.0, column), 2);
        assert_eq!(columns(5000.0, column), 4);
    }

    #[test]
    fn a_picture_is_drawn_in_the_shape_of_its_cell() {
        let example = Example::find("learning-rate-sweep").unwrap();
        let image = draw(example, &Theme::DARK).unwrap();
        let [width, height] = image.size;
        assert_eq!(width * 160, height * 208);
        let first = image.pixels[0];
        assert!(image.pixels.iter().any(|pixel| *pixel != first));
    }
}
