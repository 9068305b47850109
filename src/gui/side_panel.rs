//! A side panel on the screen: its content, and the grip that changes its width.

use super::layout::{GRIP, Layout, MAX_WIDTH, MIN_WIDTH, Place, Side};
use super::scale::SPACE;
use eframe::egui;
use egui::{Rect, pos2, vec2};

impl Layout {
    /// Shows a side panel in its place, with a grip that changes its width or over the map; content that is too wide is cut off and never
    /// widens the panel.
    pub(crate) fn side_ui<R>(
        &mut self,
        ui: &mut egui::Ui,
        (side, place): (Side, Place),
        content: impl FnOnce(&mut egui::Ui) -> R,
    ) -> R {
        if place.drawer {
            let area = egui::Area::new(egui::Id::unique(side.name()))
                .fixed_pos(place.rect.min)
                .constrain(false)
                .fade_in(false);
            let shown = area.show(ui.ctx(), |ui| {
                ui.allocate_rect(place.rect, egui::Sense::hover());
                let shadow = ui.visuals().window_shadow.as_shape(place.rect, 0.0);
                ui.painter().add(shadow);
                fill_ui(ui, (side, place.rect), content)
            });
            return shown.inner;
        }
        let (mut panel, mut grip) = (place.rect, place.rect);
        match side {
            Side::Left => {
                panel.max.x -= GRIP;
                grip.min.x = panel.max.x;
            }
            Side::Right => {
                panel.min.x += GRIP;
                grip.max.x = panel.min.x;
            }
        }
        self.side_grip_ui(ui, side, (grip, panel.width()));
        fill_ui(ui, (side, panel), content)
    }

    /// Shows the grip of a docked panel that is `width` wide.
    fn side_grip_ui(&mut self, ui: &egui::Ui, side: Side, (rect, width): (Rect, f32)) {
        let response = grip(ui, rect, &format!("Width of the {}", side.name()));
        let delta = response.drag_delta().x;
        if delta != 0.0 {
            // From the shown width, which a narrow window may have limited.
            let sign = if side == Side::Left { 1.0 } else { -1.0 };
            self.panel(side).width = (width + sign * delta).clamp(MIN_WIDTH, MAX_WIDTH);
        }
        if response.double_clicked() {
            self.panel(side).width = Self::default().docked(side).0;
        }
        response
            .on_hover_text_at_pointer("Drag to change the panel's width; double-click resets it.");
    }
}

/// Shows a grip, an upright or level bar that is dragged sideways, with a name for screen readers and tests.
pub(super) fn grip(ui: &egui::Ui, rect: Rect, name: &str) -> egui::Response {
    let id = ui.scope_id().with(("grip", name));
    let response = ui.interact(rect, id, egui::Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Splitter, true, name));
    let active = response.hovered() || response.dragged();
    let fill = if active {
        ui.style().interact(&response).fg_stroke.color
    } else {
        ui.visuals().weak_text_color()
    };
    let painter = ui.painter();
    painter.rect_filled(rect, 0.0, ui.visuals().widgets.noninteractive.bg_fill);
    let upright = rect.height() > rect.width();
    let (along, cursor) = if upright {
        (vec2(0.0, 6.0), egui::CursorIcon::ResizeHorizontal)
    } else {
        (vec2(6.0, 0.0), egui::CursorIcon::ResizeVertical)
    };
    for dot in -2..=2_i8 {
        painter.circle_filled(rect.center() + f32::from(dot) * along, 1.25, fill);
    }
    response.on_hover_cursor(cursor)
}

/// Paints the background of a panel and its content in a rectangle.
fn fill_ui<R>(
    ui: &mut egui::Ui,
    (side, rect): (Side, Rect),
    content: impl FnOnce(&mut egui::Ui) -> R,
) -> R {
    ui.painter().rect_filled(rect, 0.0, ui.visuals().panel_fill);
    let min = rect.min + vec2(SPACE[1], SPACE[0]);
    let max = (rect.max - vec2(SPACE[1], SPACE[0])).max(min);
    let inner = Rect::from_min_max(min, pos2(max.x, max.y));
    // The focus stays where it is while other panels come and go.
    let id = egui::Id::unique(("panel", side.name()));
    let mut child = ui.new_child(egui::UiBuilder::new().scope_id(id).max_rect(inner));
    child.shrink_clip_rect(rect);
    content(&mut child)
}
