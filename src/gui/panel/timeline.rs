//! The bottom panel: buttons and slider of the timeline, its speed, and the status line.

use crate::engine::numeric::real;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::Outcome;
use crate::figure::colour::{Theme, run_colour};
use crate::figure::style_index;
use crate::gui::command::Command;
use crate::gui::icon::{Icon, icon_button};
use crate::gui::paint;
use crate::gui::scale::LOW_WINDOW;
use crate::gui::timeline::{SPEEDS, Timeline};
use eframe::egui;

/// Width of the window below which the slider has a row of its own, in points.
const NARROW: f32 = 640.0;

/// Least width of the step, in points.
const STEP_WIDTH: f32 = 126.0;

/// Width of the speed, in points.
const SPEED_WIDTH: f32 = 58.0;

/// Steps that are computed, and ends of runs before the last step.
pub(crate) struct Ends {
    /// Number of computed steps.
    pub computed: u64,
    /// Runs that ended early.
    pub runs: Vec<End>,
}

/// End of a run before the last step.
pub(crate) struct End {
    /// Name of the run.
    pub name: String,
    /// Its last step.
    pub step: u64,
    /// Whether it diverged, rather than converged or stopped.
    pub diverged: bool,
    /// Its colour.
    pub colour: egui::Color32,
}

impl Ends {
    /// Returns the ends of the ticked runs of a scene.
    pub(crate) fn of(scene: &Scene, runs: &Runs, computed: u64, theme: &Theme) -> Self {
        let names = scene.run_names();
        let ended = scene.runs.iter().zip(&runs.results).zip(&names);
        let early = ended.filter_map(|((run, result), name)| {
            let (step, diverged) = match result.trajectory.outcome {
                Outcome::Diverged(step, _) => (step, true),
                Outcome::Stopped(step, _) | Outcome::Converged(step) => (step, false),
                Outcome::Finished => return None,
            };
            run.shown.then(|| End {
                name: name.clone(),
                step,
                diverged,
                colour: paint::colour(run_colour(style_index(run.colour), theme)),
            })
        });
        Self {
            computed,
            runs: early.collect(),
        }
    }

    /// Returns the tooltip of the slider.
    fn help(&self) -> String {
        let ends = self.runs.iter().map(|end| {
            let verb = if end.diverged { "diverged" } else { "ended" };
            format!("{} {verb} at step {}.", end.name, end.step)
        });
        let lines = std::iter::once("Drag to any step.".to_owned()).chain(ends);
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Shows the timeline and the status line.
pub(crate) fn ui(
    ui: &mut egui::Ui,
    timeline: &mut Timeline,
    ends: &Ends,
    status: Option<&str>,
) -> Vec<Command> {
    let mut commands = Vec::new();
    let status = status.unwrap_or_default();
    let width = ui.available_width();
    let step_width = step_width(ui, timeline.steps());
    if ui.ctx().content_rect().height() < LOW_WINDOW {
        ui.horizontal(|ui| {
            let buttons = &PLAYING[usize::from(timeline.playing)..][..1];
            buttons_ui(ui, buttons, &mut commands);
            let slider = ui.available_width() - step_width - 24.0;
            slider_ui(ui, timeline, slider, ends);
            step_ui(ui, timeline, step_width);
        });
        return commands;
    }
    let [first, back, forward, last] = MOVES;
    let play = PLAYING[usize::from(timeline.playing)].clone();
    let buttons = [first, back, play, forward, last];
    if width < NARROW {
        ui.horizontal_wrapped(|ui| {
            buttons_ui(ui, &buttons, &mut commands);
            step_ui(ui, timeline, step_width);
        });
        ui.horizontal(|ui| {
            slider_ui(ui, timeline, width - SPEED_WIDTH - 24.0, ends);
            speed_ui(ui, timeline);
        });
    } else {
        ui.horizontal(|ui| {
            buttons_ui(ui, &buttons, &mut commands);
            let rest = step_width + SPEED_WIDTH + 40.0;
            let status_width = (0.4 * width - 200.0).max(0.0);
            let slider = ui.available_width() - rest - status_width;
            slider_ui(ui, timeline, slider, ends);
            step_ui(ui, timeline, step_width);
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

/// A button: its icon, its name, its key and its command.
type TimelineButton = (Icon, &'static str, &'static str, Command);

/// The buttons that move the timeline.
const MOVES: [TimelineButton; 4] = [
    (Icon::First, "First step", "Home", Command::Seek(0.0)),
    (Icon::Back, "Step back", "←", Command::Step(-1)),
    (Icon::Forward, "Step forward", "→", Command::Step(1)),
    (Icon::Last, "Last step", "End", Command::Seek(1.0)),
];

/// The button that starts the timeline, and the one that stops it.
const PLAYING: [TimelineButton; 2] = [
    (Icon::Play, "Play", "Space", Command::Play),
    (Icon::Pause, "Pause", "Space", Command::Play),
];

fn buttons_ui(ui: &mut egui::Ui, buttons: &[TimelineButton], commands: &mut Vec<Command>) {
    for (icon, name, key, command) in buttons {
        if icon_button(ui, *icon, name, key).clicked() {
            commands.push(command.clone());
        }
    }
}

/// Shows the slider: the rail is filled as far as steps are computed, the knob is the shown step, and marks stand where runs ended.
fn slider_ui(ui: &mut egui::Ui, timeline: &mut Timeline, width: f32, ends: &Ends) {
    let mut step = timeline.step();
    ui.spacing_mut().slider_width = width.max(40.0);
    let slider = egui::Slider::new(&mut step, 0..=timeline.steps())
        .show_value(false)
        .trailing_fill(false);
    let slider = ui.add(slider);
    slider.widget_info(|| {
        #[expect(clippy::cast_precision_loss, reason = "steps are far below 2^53")]
        egui::WidgetInfo::slider(true, step as f64, "Timeline")
    });
    ends_ui(ui, slider.rect, timeline, ends);
    let help = ends.help();
    if slider.on_hover_text(help).changed() {
        timeline.playing = false;
        timeline.go_to(step);
    }
}

/// Paints how far steps are computed, and where runs ended, below the rail of the slider.
fn ends_ui(ui: &egui::Ui, slider: egui::Rect, timeline: &Timeline, ends: &Ends) {
    // egui's handle stays within the slider.
    let rail = slider.x_range().shrink(slider.height() / 2.5);
    let steps = real(timeline.steps().max(1));
    #[expect(clippy::cast_possible_truncation, reason = "a fraction of a rail")]
    let x = |step: u64| egui::lerp(rail.min..=rail.max, (real(step) / steps).min(1.0) as f32);
    let bottom = slider.max.y - 1.0;
    let painter = ui.painter();
    let colour = ui.visuals().selection.bg_fill;
    let computed = egui::Stroke::new(3.0, colour);
    painter.hline(rail.min..=x(ends.computed), bottom, computed);
    for end in &ends.runs {
        let at = egui::pos2(x(end.step), bottom);
        let stroke = egui::Stroke::new(1.6, end.colour);
        if end.diverged {
            for slope in [-3.5, 3.5] {
                let arm = egui::vec2(3.5, slope);
                painter.line_segment([at - arm, at + arm], stroke);
            }
        } else {
            painter.circle_stroke(at, 3.0, stroke);
        }
    }
}

/// Returns the width of the step, in which the last one has space too.
fn step_width(ui: &egui::Ui, steps: u64) -> f32 {
    let font = egui::TextStyle::Body.resolve(ui.style());
    let ink = ui.visuals().text_color();
    let last = ui
        .painter()
        .layout_no_wrap(step_text(steps, steps), font, ink);
    last.size().x.ceil().max(STEP_WIDTH)
}

fn step_text(step: u64, steps: u64) -> String {
    format!("step {step} / {steps}")
}

fn step_ui(ui: &mut egui::Ui, timeline: &Timeline, width: f32) {
    let text = step_text(timeline.step(), timeline.steps());
    let height = ui.spacing().interact_size.y;
    ui.add_sized([width, height], egui::Label::new(text).extend());
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
