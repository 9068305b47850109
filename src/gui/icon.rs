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
    /// An arrow upwards.
    Up,
    /// A folder with its tab.
    Folder,
    /// A sheet with a folded corner.
    File,
    /// An arrow that turns to the left.
    Undo,
    /// An arrow that turns to the right.
    Redo,
    /// A magnifying glass.
    Search,
    /// Two sheets.
    Copy,
    /// A sheet with a plus.
    Duplicate,
    /// A waste bin.
    Delete,
    /// A tick.
    Tick,
}

/// Shows a button with an icon; `name` and `key` are its tooltip, and `name` its accessible name.
pub(crate) fn icon_button(ui: &mut egui::Ui, icon: Icon, name: &str, key: &str) -> egui::Response {
    let button = ui.add(egui::Button::new("").min_size(egui::vec2(26.0, 20.0)));
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    let colour = if button.enabled() {
        ui.visuals().text_color()
    } else {
        ui.visuals().weak_text_color()
    };
    paint_icon(ui.painter(), icon, button.rect.center(), colour);
    if key.is_empty() {
        button.on_hover_text(name)
    } else {
        button.on_hover_text(format!("{name} ({key})"))
    }
}

/// Shows an entry of a menu with an icon before its text.
pub(crate) fn icon_entry(ui: &mut egui::Ui, icon: Icon, text: &str) -> egui::Response {
    let entry = ui.button(format!("       {text}"));
    entry.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, text));
    let colour = ui.style().interact(&entry).text_color();
    let center = entry.rect.left_center() + egui::vec2(13.0, 0.0);
    paint_icon(ui.painter(), icon, center, colour);
    entry
}

/// Draws a magnifying glass at the end of a search field.
pub(crate) fn paint_search(ui: &egui::Ui, field: &egui::Response) {
    let center = field.rect.right_center() - egui::vec2(12.0, 0.0);
    let colour = ui.visuals().weak_text_color();
    paint_icon(ui.painter(), Icon::Search, center, colour);
}

/// Draws an icon around a point.
#[expect(clippy::too_many_lines, reason = "a few points for each icon")]
pub(crate) fn paint_icon(
    painter: &egui::Painter,
    icon: Icon,
    center: egui::Pos2,
    colour: egui::Color32,
) {
    let at = |x: f32, y: f32| center + egui::vec2(x, y);
    let triangle = |points: [egui::Pos2; 3]| {
        painter.add(egui::Shape::convex_polygon(
            points.to_vec(),
            colour,
            egui::Stroke::NONE,
        ));
    };
    let right = |x: f32| triangle([at(x - 4.0, -5.0), at(x + 5.0, 0.0), at(x - 4.0, 5.0)]);
    let left = |x: f32| triangle([at(x + 4.0, -5.0), at(x - 5.0, 0.0), at(x + 4.0, 5.0)]);
    let bar = |x: f32| {
        let rect = egui::Rect::from_min_max(at(x - 1.0, -5.0), at(x + 1.0, 5.0));
        painter.rect_filled(rect, 0.0, colour);
    };
    let stroke = egui::Stroke::new(1.2, colour);
    let line = |points: &[[f32; 2]]| {
        let points = points.iter().map(|[x, y]| at(*x, *y)).collect();
        painter.add(egui::Shape::line(points, stroke));
    };
    // Three quarters of a circle that begin at an arrow head.
    let turn = |side: f32| {
        let point = |step: u8| {
            let angle = -2.6 + 4.2 * f32::from(step) / 16.0;
            [side * 4.5 * angle.cos(), 1.0 + 4.5 * angle.sin()]
        };
        line(&(0..=16).map(point).collect::<Vec<_>>());
        let head = [[-7.0, -1.0], [-1.5, -0.5], [-5.0, -5.0]];
        triangle(head.map(|[x, y]| at(side * x, y)));
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
            painter.rect_stroke(frame, 1.0, stroke, egui::StrokeKind::Inside);
            let left = if icon == Icon::LeftPanel { 0.0 } else { 10.0 };
            let part =
                egui::Rect::from_min_size(frame.min + egui::vec2(left, 0.0), egui::vec2(6.0, 12.0));
            painter.rect_filled(part, 1.0, colour);
        }
        Icon::Tick => line(&[[-4.5, 0.5], [-1.5, 3.5], [4.5, -4.0]]),
        Icon::Closed => triangle([at(-2.5, -4.0), at(3.5, 0.0), at(-2.5, 4.0)]),
        Icon::Open => triangle([at(-4.0, -2.5), at(4.0, -2.5), at(0.0, 3.5)]),
        Icon::Up => {
            line(&[[0.0, 5.0], [0.0, -4.0]]);
            line(&[[-4.0, -0.5], [0.0, -4.5], [4.0, -0.5]]);
        }
        Icon::Folder => {
            let corners = [
                [-6.5, -4.0],
                [-2.0, -4.0],
                [-0.5, -2.0],
                [6.5, -2.0],
                [6.5, 5.0],
                [-6.5, 5.0],
            ];
            let corners = corners.map(|[x, y]| at(x, y)).to_vec();
            let fill = colour.gamma_multiply(0.35);
            painter.add(egui::Shape::convex_polygon(corners, fill, stroke));
        }
        Icon::File => {
            line(&[
                [1.5, -6.0],
                [-4.5, -6.0],
                [-4.5, 6.0],
                [4.5, 6.0],
                [4.5, -3.0],
                [1.5, -6.0],
            ]);
            line(&[[1.5, -6.0], [1.5, -3.0], [4.5, -3.0]]);
        }
        Icon::Undo => turn(1.0),
        Icon::Redo => turn(-1.0),
        Icon::Search => {
            painter.circle_stroke(at(-1.0, -1.0), 4.0, stroke);
            line(&[[2.0, 2.0], [5.5, 5.5]]);
        }
        Icon::Copy => {
            for [x, y] in [[-4.5, -5.5], [-1.5, -2.5]] {
                let sheet = egui::Rect::from_min_size(at(x, y), egui::vec2(6.5, 8.0));
                painter.rect_stroke(sheet, 1.0, stroke, egui::StrokeKind::Middle);
            }
        }
        Icon::Duplicate => {
            let sheet = egui::Rect::from_center_size(center, egui::vec2(10.0, 11.0));
            painter.rect_stroke(sheet, 1.0, stroke, egui::StrokeKind::Middle);
            line(&[[-2.5, 0.0], [2.5, 0.0]]);
            line(&[[0.0, -2.5], [0.0, 2.5]]);
        }
        Icon::Delete => {
            line(&[[-5.0, -4.0], [5.0, -4.0]]);
            line(&[[-1.5, -5.5], [1.5, -5.5]]);
            line(&[[-3.8, -4.0], [-3.0, 5.5], [3.0, 5.5], [3.8, -4.0]]);
            line(&[[-1.0, -1.5], [-1.0, 3.0]]);
            line(&[[1.0, -1.5], [1.0, 3.0]]);
        }
    }
}
