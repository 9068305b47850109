//! The bottom panel: buttons and slider of the timeline, its speed, and the status line.

use crate::gui::command::Command;
use crate::gui::icon::{Icon, icon_button};
use crate::gui::timeline::{SPEEDS, Timeline};
use eframe::egui;

/// Width of the window below which the slider has a row of its own, in points.
const NARROW: f32 = 640.0;

/// Width of the step, in points.
const STEP_WIDTH: f32 = 126.0;

/// Width of the speed, in points.
const SPEED_WIDTH: f32 = 58.0;

/// Shows the timeline and the status line.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    timeline: &mut Timeline,
    hover_text: &str,
    busy: Option<&str>,
) -> Vec<Command> {
    let mut commands = Vec::new();
    let status = busy.filter(|_| hover_text.is_empty()).unwrap_or(hover_text);
    let width = ui.available_width();
    if width < NARROW {
        ui.horizontal_wrapped(|ui| {
            buttons_ui(ui, timeline.playing, &mut commands);
            step_ui(ui, timeline);
        });
        ui.horizontal(|ui| {
            slider_ui(ui, timeline, width - SPEED_WIDTH - 24.0);
            speed_ui(ui, timeline);
        });
    } else {
        ui.horizontal(|ui| {
            buttons_ui(ui, timeline.playing, &mut commands);
            let rest = STEP_WIDTH + SPEED_WIDTH + 40.0;
            let status_width = (0.4 * width - 200.0).max(0.0);
            let slider = ui.available_width() - rest - status_width;
            slider_ui(ui, timeline, slider);
            step_ui(ui, timeline);
            speed_ui(ui, timeline);
            if status_width > 0.0 {
                ui.separator();
                ui.add(egui::Label::new(status).truncate())
                    .on_hover_text(status);
            }
        });
    }
    commands
}

fn buttons_ui(ui: &mut egui::Ui, playing: bool, commands: &mut Vec<Command>) {
    let play = if playing {
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
}

fn slider_ui(ui: &mut egui::Ui, timeline: &mut Timeline, width: f32) {
    let mut step = timeline.step();
    ui.spacing_mut().slider_width = width.max(40.0);
    let slider = ui.add(egui::Slider::new(&mut step, 0..=timeline.steps()).show_value(false));
    slider.widget_info(|| {
        #[expect(clippy::cast_precision_loss, reason = "steps are far below 2^53")]
        egui::WidgetInfo::slider(true, step as f64, "Timeline")
    });
    if slider.on_hover_text("Drag to any step.").changed() {
        timeline.playing = false;
        timeline.go_to(step);
    }
}

fn step_ui(ui: &mut egui::Ui, timeline: &Timeline) {
    let text = format!("step {} / {}", timeline.step(), timeline.steps());
    let height = ui.spacing().interact_size.y;
    ui.add_sized([STEP_WIDTH, height], egui::Label::new(text).extend());
}

fn speed_ui(ui: &mut egui::Ui, timeline: &mut Timeline) {
    let combo = egui::ComboBox::from_id_salt("speed")
        .width(SPEED_WIDTH)
        .selected_text(format!("{}×", timeline.speed));
    let combo = combo.show_ui(ui, |ui| {
        for speed in SPEEDS {
            ui.selectable_value(&mut timeline.speed, speed, format!("{speed}×"));
        }
    });
    combo
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Speed"));
    combo.response.on_hover_text("Speed of the timeline.");
}
