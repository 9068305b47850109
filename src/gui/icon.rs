//! Icon buttons, drawn as shapes because fonts lack the icons.

use eframe::egui;

/// Icon of a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// A bar and a triangle to the left.
    First,
    /// A triangle to the left and a bar.
    Back,
    /// A triangle to the right.
    Play,
    /// Two bars.
    Pause,
    /// A bar and a triangle to the right.
    Forward,
    /// A triangle to the right against a bar.
    Last,
    /// A frame with a filled left part.
    LeftPanel,
    /// A frame with a filled right part.
    RightPanel,
    /// A small triangle to the right.
    Closed,
    /// A small triangle down.
    Open,
}

/// Shows a button with an icon; `name` and `key` are its tooltip, and `name` its accessible name.
pub(crate) fn icon_button(ui: &mut egui::Ui, icon: Icon, name: &str, key: &str) -> egui::Response {
    let button = ui.add(egui::Button::new("").min_size(egui::vec2(26.0, 20.0)));
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let colour = ui.visuals().text_color();
    let center = button.rect.center();
    let at = |x: f32, y: f32| center + egui::vec2(x, y);
    let triangle = |points: [egui::Pos2; 3]| {
        ui.painter().add(egui::Shape::convex_polygon(
            points.to_vec(),
            colour,
            egui::Stroke::NONE,
        ));
    };
    let right = |x: f32| triangle([at(x - 4.0, -5.0), at(x + 5.0, 0.0), at(x - 4.0, 5.0)]);
    let left = |x: f32| triangle([at(x + 4.0, -5.0), at(x - 5.0, 0.0), at(x + 4.0, 5.0)]);
    let bar = |x: f32| {
        let rect = egui::Rect::from_min_max(at(x - 1.0, -5.0), at(x + 1.0, 5.0));
        ui.painter().rect_filled(rect, 0.0, colour);
    };
    match icon {
        Icon::First => {
            bar(-5.0);
            left(2.0);
        }
        Icon::Back => {
            left(-2.0);
            bar(5.0);
        }
        Icon::Play => right(0.0),
        Icon::Pause => {
            bar(-3.0);
            bar(3.0);
        }
        Icon::Forward => {
            bar(-5.0);
            right(2.0);
        }
        Icon::Last => {
            right(-2.0);
            bar(5.0);
        }
        Icon::LeftPanel | Icon::RightPanel => {
            let frame = egui::Rect::from_center_size(center, egui::vec2(16.0, 12.0));
            let stroke = egui::Stroke::new(1.0, colour);
            ui.painter()
                .rect_stroke(frame, 1.0, stroke, egui::StrokeKind::Inside);
            let left = if icon == Icon::LeftPanel { 0.0 } else { 10.0 };
            let part =
                egui::Rect::from_min_size(frame.min + egui::vec2(left, 0.0), egui::vec2(6.0, 12.0));
            ui.painter().rect_filled(part, 1.0, colour);
        }
        Icon::Closed => triangle([at(-2.5, -4.0), at(3.5, 0.0), at(-2.5, 4.0)]),
        Icon::Open => triangle([at(-4.0, -2.5), at(4.0, -2.5), at(0.0, 3.5)]),
    }
    if key.is_empty() {
        button.on_hover_text(name)
    } else {
        button.on_hover_text(format!("{name} ({key})"))
    }
}
