//! Controls of numbers: a slider with its number, or a number alone to drag or to type.

use super::param_ui::SettingStyle;
use crate::engine::declare::{Param, Scale, Value, spec};
use crate::gui::field::{NumberText, Typed, finite, number_field};
use eframe::egui;
use std::cell::Cell;

/// Speed of a slider that is dragged with Shift or Alt, relative to the pointer.
const FINE: f64 = 0.1;

/// Width of the number and unit right of a slider, in points.
const NUMBER_WIDTH: f32 = 84.0;

/// Shows a slider with its number, or a number alone where no slider is declared.
pub(super) fn number_ui(
    ui: &mut egui::Ui,
    setting: &SettingStyle,
    param: &Param,
    mut value: f64,
    whole: bool,
) -> Typed<f64> {
    let [legal_low, legal_high] = param.legal.ends();
    let (suffix, salt) = (param.unit, (setting.owner, param.name));
    let read = |text: &str| {
        let unit = suffix.trim();
        let text = text.strip_suffix(unit).unwrap_or(text).trim_end();
        match param.parse(text).map_err(|refusal| refusal.to_string())? {
            Value::Real(real) => Ok(real),
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            Value::Count(count) => Ok(count as f64),
            _ => Err(format!("`{text}` is chosen by its own button")),
        }
    };
    let shown = |value| number_text(value, whole);
    let rail_rect = Cell::new(None);
    let control = |ui: &mut egui::Ui, value: &mut f64, NumberText { parse, format }: NumberText| {
        let Some(slider) = param.slider else {
            let drag = egui::DragValue::new(value)
                .range(legal_low..=legal_high)
                .suffix(suffix)
                .custom_parser(parse)
                .update_while_editing(false)
                .custom_formatter(|value, _| format(value));
            return ui.add(if whole {
                drag.speed(0.1).max_decimals(0)
            } else {
                drag.speed(0.01)
            });
        };
        let log = slider.scale == Scale::log;
        // The low end of a logarithmic slider is 0 where 0 is legal.
        let low = if log && !whole && legal_low <= 0.0 {
            0.0
        } else {
            slider.low
        };
        ui.spacing_mut().slider_width = (ui.available_width() - NUMBER_WIDTH).max(40.0);
        let before = *value;
        let widget = egui::Slider::new(&mut *value, low..=slider.high)
            .logarithmic(log)
            .smallest_positive(slider.low.abs().max(f64::MIN_POSITIVE))
            .clamping(egui::SliderClamping::Never)
            .suffix(suffix)
            .custom_parser(parse)
            .update_while_editing(false)
            .custom_formatter(|value, _| format(value));
        let response = ui.add(if whole { widget.integer() } else { widget });
        let width = ui.spacing().slider_width;
        let rail = Rail::new(&response, width, [slider.low, slider.high], log);
        let (context, id) = (ui.ctx(), response.id);
        // The slider follows the pointer in the frame of the release too.
        let released = context.drag_stopped_id() == Some(id);
        if !whole && (released || context.is_being_dragged(id)) {
            rail.drag_finely(ui, before, value);
        }
        rail_rect.set(Some(rail.rect));
        if let Some(limit) = setting.lr_limit.filter(|_| param.name == "lr") {
            rail.limit_ui(ui, limit);
        }
        response
    };
    let typed = number_field(ui, salt, &mut value, shown, read, control);
    Typed {
        rail: rail_rect.get(),
        ..typed
    }
}

/// The rail of a slider, and the numbers at its ends.
struct Rail {
    rect: egui::Rect,
    ends: [f64; 2],
    log: bool,
}

impl Rail {
    fn new(response: &egui::Response, width: f32, ends: [f64; 2], log: bool) -> Self {
        let rect = response.rect;
        // egui's handle stays within the slider.
        let radius = rect.height() / 2.5;
        let min = egui::pos2(rect.min.x + radius, rect.min.y);
        let max = egui::pos2((rect.min.x + width - radius).max(min.x), rect.max.y);
        Self {
            rect: egui::Rect::from_min_max(min, max),
            ends,
            log,
        }
    }

    /// Returns a number on the axis of the rail, logarithmic or linear.
    fn axis(&self, value: f64) -> f64 {
        if self.log { value.ln() } else { value }
    }

    /// With Shift or Alt, moves the value by a fraction of the pointer's movement.
    fn drag_finely(&self, ui: &egui::Ui, before: f64, value: &mut f64) {
        let (fine, delta) = ui.input(|input| {
            let modifiers = input.modifiers;
            (modifiers.shift || modifiers.alt, input.pointer.delta().x)
        });
        let [low, high] = self.ends;
        if fine && self.rect.width() > 0.0 {
            let share = FINE * f64::from(delta / self.rect.width());
            let moved =
                self.axis(before.clamp(low, high)) + share * (self.axis(high) - self.axis(low));
            let moved = if self.log { moved.exp() } else { moved };
            *value = if delta == 0.0 {
                before
            } else {
                moved.clamp(low, high)
            };
        }
    }

    /// Paints the range above a stability limit in red, below the rail.
    fn limit_ui(&self, ui: &mut egui::Ui, limit: f64) {
        let [low, high] = self.ends.map(|end| self.axis(end));
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of a rail")]
        let share = ((self.axis(limit) - low) / (high - low)).max(0.0) as f32;
        if share < 1.0 {
            let mut red = self.rect;
            red.min.x += share * self.rect.width();
            red.min.y = self.rect.center().y + 4.0;
            red.max.y = red.min.y + 3.0;
            let colour = ui.visuals().error_fg_color;
            ui.painter().rect_filled(red, 1.0, colour);
        }
    }
}

/// Range of a number without limits.
pub(crate) const UNLIMITED: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

/// Shows a number in a range to drag or to type, with six digits; `speed` is the change per point of the drag.
pub(crate) fn drag_ui(
    ui: &mut egui::Ui,
    name: &str,
    value: &mut f64,
    speed: f64,
    [low, high]: [f64; 2],
) -> Typed<f64> {
    let digits = |value: f64| {
        let short = format!("{value:.5e}").parse();
        spec::real(short.unwrap_or(value))
    };
    let read = |text: &str| match finite(text)? {
        number if (low..=high).contains(&number) => Ok(number),
        _ => Err(format!(
            "`{text}` is out of range: {name} is {} to {}",
            spec::real(low),
            spec::real(high)
        )),
    };
    let control = |ui: &mut egui::Ui, value: &mut f64, NumberText { parse, format }: NumberText| {
        let drag = egui::DragValue::new(value)
            .range(low..=high)
            .speed(speed)
            .max_decimals(6)
            .custom_formatter(|value, _| format(value))
            .custom_parser(parse)
            .update_while_editing(false);
        let response = ui.add(drag);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, name));
        response
    };
    number_field(ui, name, value, digits, read, control)
}

/// Returns the text of a number right of its slider, with four digits.
fn number_text(value: f64, whole: bool) -> String {
    if whole {
        return format!("{value:.0}");
    }
    spec::real(rounded(value))
}

/// Rounds a number to four significant digits.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}
