//! The bottom panel: buttons and slider of the timeline, its speed, and the status line.

use crate::gui::command::Command;
use crate::gui::icon::{Icon, icon_button};
use crate::gui::timeline::{SPEEDS, Timeline};
use eframe::egui;

/// Shows the timeline and the status line.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    timeline: &mut Timeline,
    hover_text: &str,
    busy: Option<&str>,
) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal(|ui| {
        let play = if timeline.playing {
            (Icon::Pause, "Pause")
        } else {
            (Icon::Play, "Play")
        };
        for (icon, name, key, command) in [
            (Icon::First, "First step", "Home", Command::Seek(0.0)),
            (Icon::Back, "Step back", "←", Command::Step(-1)),
            (play.0, play.1, "Space", Command::Play),
            (Icon::Forward, "Step forward", "→", Command::Step(1)),
            (Icon::Last, "Last step", "End", Command::Seek(1.0)),
        ] {
            if icon_button(ui, icon, name, key).clicked() {
                commands.push(command);
            }
        }
        let mut step = timeline.step();
        ui.spacing_mut().slider_width = (ui.available_width() - 660.0).max(120.0);
        let slider = ui.add(egui::Slider::new(&mut step, 0..=timeline.steps()).show_value(false));
        slider.widget_info(|| {
            #[expect(clippy::cast_precision_loss, reason = "steps are far below 2^53")]
            egui::WidgetInfo::slider(true, step as f64, "Timeline")
        });
        if slider.on_hover_text("Drag to any step.").changed() {
            timeline.playing = false;
            timeline.go_to(step);
        }
        let text = format!("step {} / {}", timeline.step(), timeline.steps());
        ui.add_sized([118.0, 20.0], egui::Label::new(text));
        let combo = egui::ComboBox::from_id_salt("speed")
            .width(58.0)
            .selected_text(format!("{}×", timeline.speed));
        let response = combo.show_ui(ui, |ui| {
            for speed in SPEEDS {
                ui.selectable_value(&mut timeline.speed, speed, format!("{speed}×"));
            }
        });
        response
            .response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Speed"));
        response.response.on_hover_text("Speed of the timeline.");
        ui.separator();
        let status = busy.filter(|_| hover_text.is_empty()).unwrap_or(hover_text);
        ui.add(egui::Label::new(status).truncate())
            .on_hover_text(status);
    });
    commands
}
