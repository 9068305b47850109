//! Shows typeset mathematics in the window.

use crate::engine::training::symbols;
use crate::figure::maths::{Part, Role, Slot, Style, Typesetting, typeset};
use eframe::egui;
use egui::{Color32, FontFamily, FontId, Pos2, Vec2};

/// Names of the fonts of formulas.
const ITALIC: &str = "maths italic";
const UPRIGHT: &str = "maths";

/// Adds the fonts of formulas: a serif with Greek letters in italics, and the fonts of the window for the signs that it lacks.
pub(crate) fn add_fonts(fonts: &mut egui::FontDefinitions) {
    let proportional = FontFamily::Proportional;
    let others = fonts
        .families
        .get(&proportional)
        .cloned()
        .unwrap_or_default();
    for (name, data) in [
        (ITALIC, dejavu::serif_condensed::italic()),
        (UPRIGHT, dejavu::serif_condensed::regular()),
    ] {
        let data = egui::FontData::from_static(data);
        fonts.font_data.insert(name.to_owned(), data.into());
        let mut family = vec![name.to_owned()];
        family.extend(others.iter().cloned());
        fonts.families.insert(FontFamily::Name(name.into()), family);
    }
}

/// How a formula is shown: the numbers under its symbols, and their colours and tooltips.
pub(crate) struct FormulaStyle<'a> {
    /// Font size in points.
    pub size: f32,
    /// Returns the number under the symbol of a slot.
    pub number: &'a dyn Fn(&Slot) -> Option<String>,
    /// Returns the colour of a symbol; that of the text without one.
    pub colour: &'a dyn Fn(&Slot) -> Option<Color32>,
    /// Returns the tooltip of a symbol.
    pub help: &'a dyn Fn(&Slot) -> Option<String>,
}

impl Default for FormulaStyle<'_> {
    fn default() -> Self {
        Self {
            size: super::scale::SECTION,
            number: &|_| None,
            colour: &|_| None,
            help: &|_| None,
        }
    }
}

/// Shows a formula in the notation of update rules, broken into lines where it is wider than the ui. Its accessible name is the formula
/// as text.
pub(crate) fn formula_ui(ui: &mut egui::Ui, line: &str) -> egui::Response {
    styled_formula_ui(ui, line, &FormulaStyle::default())
}

/// Shows a formula in a style.
pub(crate) fn styled_formula_ui(
    ui: &mut egui::Ui,
    line: &str,
    style: &FormulaStyle,
) -> egui::Response {
    let context = ui.ctx().clone();
    let measure = |text: &str, style: Style, size: f32| {
        let font = font(style, size);
        context.fonts_mut(|fonts| {
            fonts
                .layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER)
                .size()
                .x
        })
    };
    let (size, parts) = typeset(
        line,
        &Typesetting {
            size: style.size,
            width: ui.available_width(),
            measure: &measure,
            number: style.number,
        },
    );
    let (rect, response) = ui.allocate_exact_size(Vec2::from(size), egui::Sense::hover());
    let name = symbols(line);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &name));
    let visuals = ui.visuals();
    let (ink, weak) = (visuals.text_color(), visuals.weak_text_color());
    let pointer = response.hover_pos();
    let mut help = None;
    let painter = ui.painter();
    for part in parts {
        let (Part::Glyphs { role, .. } | Part::Line { role, .. }) = &part;
        let colour = match role {
            Role::Formula => ink,
            Role::Symbol(slot) => (style.colour)(slot).unwrap_or(ink),
            Role::Number(_) => weak,
        };
        let area = paint(painter, rect.min, &part, colour);
        if let (Role::Symbol(slot) | Role::Number(slot), Some(at)) = (role, pointer)
            && area.expand(1.5).contains(at)
        {
            help = (style.help)(slot).or(help);
        }
    }
    match help {
        Some(help) => response.on_hover_text_at_pointer(help),
        None => response,
    }
}

fn font(style: Style, size: f32) -> FontId {
    let family = match style {
        Style::Italic => FontFamily::Name(ITALIC.into()),
        Style::Upright => FontFamily::Name(UPRIGHT.into()),
        Style::Words => FontFamily::Proportional,
    };
    FontId::new(size, family)
}

/// Paints a part of a formula whose upper left corner is `corner`; returns the area of its glyphs.
fn paint(painter: &egui::Painter, corner: Pos2, part: &Part, colour: Color32) -> egui::Rect {
    match part {
        Part::Glyphs {
            text,
            style,
            size,
            at,
            ..
        } => {
            let galley = painter.layout_no_wrap(text.clone(), font(*style, *size), colour);
            let baseline = galley.rows.first().map_or(0.0, |row| {
                row.pos.y + row.glyphs.first().map_or(0.0, |glyph| glyph.pos.y)
            });
            let min = corner + Vec2::from(*at) - egui::vec2(0.0, baseline);
            let area = egui::Rect::from_min_size(min, galley.size());
            painter.galley(min, galley, colour);
            area
        }
        Part::Line { points, width, .. } => {
            let points = points.iter().map(|point| corner + Vec2::from(*point));
            let stroke = egui::Stroke::new(width.max(1.0), colour);
            painter.add(egui::Shape::line(points.collect(), stroke));
            egui::Rect::NOTHING
        }
    }
}
