//! The layers of a network as a strip of boxes: units with − and +, layers to insert and to remove, numbers of parameters.

mod strip;

use crate::engine::declare::Value;
use crate::engine::network::{AnyNetwork, Architecture, LayerSummary, Loss, Norm};
use crate::gui::field::{FieldStyle, refusal_ui, text_field};
use crate::gui::scale::SECONDARY;
use eframe::egui;
use strip::{Part, rows, stepped, thousands};

/// Largest number of hidden layers that are inserted.
const MAX_HIDDEN: usize = 32;

/// Units of a layer that is inserted into a network without hidden layers.
const FIRST_UNITS: u64 = 16;

/// Height of a box, in sizes of the body text.
const HEIGHT: f32 = 6.3;

/// The numbers of inputs and outputs, which the data determine.
pub(super) type Ends = [usize; 2];

/// Shows the strip and edits the hidden layers of a model; `ends` are `None` until the data are known. Returns whether a button was pressed,
/// which is an undo step of its own, and the reason why typed units are refused.
pub(super) fn ui(
    ui: &mut egui::Ui,
    model: &mut AnyNetwork,
    ends: Option<Ends>,
) -> (bool, Option<String>) {
    let strip = Strip::new(model, ends);
    let em = egui::TextStyle::Body.resolve(ui.style()).size;
    let mut answer = Answer::default();
    let gap = ui.spacing().item_spacing.x.min(4.0);
    for row in rows(strip.hidden().len(), ui.available_width(), em, gap) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for part in row {
                strip.part_ui(ui, part, em, &mut answer);
            }
        });
    }
    refusal_ui(ui, answer.refused.as_deref());
    strip.total_ui(ui);
    if let Some(hidden) = answer.hidden {
        let set = model.settings_mut().set("hidden", Value::Counts(hidden));
        answer.refused = set.err().map(|refusal| refusal.to_string());
    }
    (answer.pressed, answer.refused)
}

/// Outcome of the controls of a frame.
#[derive(Default)]
struct Answer {
    /// The hidden layers after an edit.
    hidden: Option<Vec<u64>>,
    pressed: bool,
    refused: Option<String>,
}

impl Answer {
    /// Takes the hidden layers that a button gives.
    fn press(&mut self, hidden: Vec<u64>) {
        self.hidden = Some(hidden);
        self.pressed = true;
    }
}

/// The network that the strip shows.
struct Strip {
    architecture: Architecture,
    loss: Loss,
    ends: Option<Ends>,
    /// The layers, or the reason why there are none; `None` while the ends are not known.
    layers: Option<Result<Vec<LayerSummary>, String>>,
}

impl Strip {
    fn new(model: &AnyNetwork, ends: Option<Ends>) -> Self {
        let architecture = model.as_dyn().architecture();
        let summary = |[inputs, outputs]: Ends| {
            let layers = architecture.summary(inputs, outputs);
            layers.map_err(|error| error.to_string())
        };
        Self {
            layers: ends.map(summary),
            loss: model.as_dyn().loss(),
            ends,
            architecture,
        }
    }

    fn hidden(&self) -> &[u64] {
        &self.architecture.hidden
    }

    fn layer(&self, index: usize) -> Option<&LayerSummary> {
        self.layers.as_ref()?.as_ref().ok()?.get(index)
    }

    /// Whether a network with these hidden layers is legal.
    fn is_legal(&self, hidden: &[u64]) -> bool {
        let architecture = Architecture {
            hidden: hidden.to_vec(),
            ..self.architecture.clone()
        };
        let [inputs, outputs] = self.ends.unwrap_or([1, 1]);
        architecture.summary(inputs, outputs).is_ok()
    }

    fn part_ui(&self, ui: &mut egui::Ui, part: Part, em: f32, answer: &mut Answer) {
        let width = part.width(em);
        match part {
            Part::Insert(index) => self.insert_ui(ui, index, [width, HEIGHT * em], answer),
            Part::Input => box_ui(ui, "input", [width, HEIGHT * em], |ui| {
                let inputs = self.ends.map(|[inputs, _]| inputs);
                ui.add(egui::Label::new("input").truncate());
                ui.strong(inputs.map_or_else(|| "…".to_owned(), thousands));
                let help = "Number of inputs. The data determine it.";
                secondary(ui, "inputs").on_hover_text(help);
            }),
            Part::Output => box_ui(ui, "output", [width, HEIGHT * em], |ui| {
                let outputs = self.ends.map(|[_, outputs]| outputs);
                let title = ui.add(egui::Label::new("output").truncate());
                ui.strong(outputs.map_or_else(|| "…".to_owned(), thousands));
                secondary(ui, self.loss.name());
                self.parameters_ui(ui, self.hidden().len(), &title);
            }),
            Part::Hidden(index) => {
                let salt = format!("hidden {index}");
                let show = |ui: &mut egui::Ui| self.hidden_ui(ui, index, answer);
                box_ui(ui, &salt, [width, HEIGHT * em], show);
            }
        }
    }

    /// Shows the button that inserts a layer.
    fn insert_ui(&self, ui: &mut egui::Ui, index: usize, size: [f32; 2], answer: &mut Answer) {
        let hidden = self.hidden();
        let before = index.checked_sub(1).and_then(|before| hidden.get(before));
        let units = before.or(hidden.get(index)).copied();
        let mut inserted = hidden.to_vec();
        inserted.insert(index.min(hidden.len()), units.unwrap_or(FIRST_UNITS));
        let legal = hidden.len() < MAX_HIDDEN && self.is_legal(&inserted);
        let name = match hidden.get(index) {
            Some(_) => format!("Insert a layer before hidden {}", index + 1),
            None => "Insert a layer before the output".to_owned(),
        };
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(size.into(), layout, |ui| {
            ui.push_id(("insert", index), |ui| {
                if small_button(ui, "+", &name, legal).clicked() {
                    answer.press(inserted);
                }
            });
        });
    }

    /// Shows the controls of a hidden layer.
    fn hidden_ui(&self, ui: &mut egui::Ui, index: usize, answer: &mut Answer) {
        let name = format!("hidden {}", index + 1);
        let units = self.hidden()[index];
        let mut removed = false;
        let title = ui
            .horizontal(|ui| {
                let layout = egui::Layout::right_to_left(egui::Align::Center);
                ui.with_layout(layout, |ui| {
                    let remove = format!("Remove {name}");
                    removed = small_button(ui, "×", &remove, true).clicked();
                    let layout = egui::Layout::left_to_right(egui::Align::Center);
                    let label = egui::Label::new(&name).truncate();
                    ui.with_layout(layout, |ui| ui.add(label)).inner
                })
                .inner
            })
            .inner;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for up in [false, true] {
                let (sign, verb) = if up { ("+", "More") } else { ("−", "Fewer") };
                let next = stepped(units, up);
                let mut changed = self.hidden().to_vec();
                changed[index] = next;
                let legal = next != units && self.is_legal(&changed);
                let name = format!("{verb} units in {name}: {next}");
                if small_button(ui, sign, &name, legal).clicked() {
                    answer.press(changed);
                }
                if !up {
                    self.units_ui(ui, index, units, &title, answer);
                }
            }
        });
        let mut parts = vec![self.architecture.activation.name().to_owned()];
        match self.architecture.norm {
            Norm::None => {}
            norm => parts.push(format!("{} norm", norm.name())),
        }
        if self.layer(index).is_some_and(|layer| layer.residual) {
            parts.push("residual".to_owned());
        }
        let text = parts.join(" · ");
        secondary(ui, &text).on_hover_text(text);
        self.parameters_ui(ui, index, &title);
        if removed {
            let mut changed = self.hidden().to_vec();
            changed.remove(index);
            answer.press(changed);
        }
    }

    /// Shows the field of a layer's units.
    fn units_ui(
        &self,
        ui: &mut egui::Ui,
        index: usize,
        units: u64,
        title: &egui::Response,
        answer: &mut Answer,
    ) {
        let em = egui::TextStyle::Body.resolve(ui.style()).size;
        let style = FieldStyle {
            hint: "",
            width: 2.5 * em,
        };
        let read = |text: &str| {
            let typed = text.trim().parse::<u64>().ok();
            let typed = typed.filter(|typed| (1..=4096).contains(typed));
            let typed =
                typed.ok_or_else(|| format!("units: `{text}`; expected 1 to 4096 units"))?;
            let mut changed = self.hidden().to_vec();
            changed[index] = typed;
            if self.is_legal(&changed) {
                Ok(typed)
            } else {
                Err(format!("units: {typed} makes the network too large"))
            }
        };
        let typed = text_field(ui, ("units", index), &units.to_string(), &style, read);
        let field = typed.response.labelled_by(title.id);
        field.on_hover_text("Number of units, 1 to 4096. Enter takes it.");
        if let Some(units) = typed.taken {
            let mut changed = self.hidden().to_vec();
            changed[index] = units;
            answer.hidden = Some(changed);
        }
        answer.refused = typed.refused.or(answer.refused.take());
    }

    /// Shows the number of parameters of a layer, and its shapes over it and over its title.
    fn parameters_ui(&self, ui: &mut egui::Ui, index: usize, title: &egui::Response) {
        let Some(layer) = self.layer(index) else {
            secondary(ui, "…");
            return;
        };
        let count = secondary(ui, &format!("{} par.", thousands(layer.parameters)));
        let help = shapes_text(layer);
        for response in [count, title.clone()] {
            response.on_hover_text(&help);
        }
    }

    /// Shows the number of all parameters, or the reason why there are none.
    fn total_ui(&self, ui: &mut egui::Ui) {
        let text = match &self.layers {
            None => "Parameters are counted once the data are loaded.".to_owned(),
            Some(Err(sentence)) => {
                refusal_ui(ui, Some(sentence));
                return;
            }
            Some(Ok(layers)) => {
                let all = layers.iter().map(|layer| layer.parameters).sum();
                format!("{} parameters", thousands(all))
            }
        };
        let label = egui::Label::new(egui::RichText::new(text).size(SECONDARY));
        ui.add(label.wrap());
    }
}

/// Describes a layer: its tensors with their shapes, and its number of parameters.
fn shapes_text(layer: &LayerSummary) -> String {
    let mut parts = vec![format!(
        "weight {} × {}",
        thousands(layer.units),
        thousands(layer.inputs)
    )];
    if layer.bias {
        parts.push(format!("bias {}", thousands(layer.units)));
    }
    match layer.norm {
        Norm::None => {}
        norm => parts.push(format!(
            "{} normalisation: weight and bias {}",
            norm.name(),
            thousands(layer.units)
        )),
    }
    if let Some(activation) = layer.activation {
        parts.push(activation.name().to_owned());
    }
    if layer.residual {
        parts.push("residual connection".to_owned());
    }
    let parts = parts.join(", ");
    format!(
        "{}: {parts}. {} parameters.",
        layer.name,
        thousands(layer.parameters)
    )
}

/// Shows a frame of fixed size with content from top to bottom.
fn box_ui(ui: &mut egui::Ui, salt: &str, size: [f32; 2], content: impl FnOnce(&mut egui::Ui)) {
    let frame = egui::Frame::group(ui.style()).inner_margin(egui::Margin::same(4));
    let inner = egui::vec2(size[0] - 10.0, size[1] - 10.0);
    ui.push_id(salt, |ui| {
        let layout = egui::Layout::top_down(egui::Align::Min);
        ui.allocate_ui_with_layout(size.into(), layout, |ui| {
            frame.show(ui, |ui| {
                ui.set_min_size(inner);
                ui.set_max_width(inner.x);
                ui.spacing_mut().item_spacing.y = 1.0;
                content(ui);
            });
        });
    });
}

fn small_button(ui: &mut egui::Ui, sign: &str, name: &str, enabled: bool) -> egui::Response {
    let side = 1.35 * egui::TextStyle::Body.resolve(ui.style()).size;
    let button = egui::Button::new(sign).min_size(egui::vec2(side, side));
    ui.spacing_mut().button_padding = egui::vec2(2.0, 0.0);
    let button = ui.add_enabled(enabled, button);
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, enabled, name));
    button
        .on_hover_text(name)
        .on_disabled_hover_text("The network has the smallest or the largest legal size.")
}

fn secondary(ui: &mut egui::Ui, text: &str) -> egui::Response {
    let text = egui::RichText::new(text).size(SECONDARY).weak();
    ui.add(egui::Label::new(text).truncate())
}
