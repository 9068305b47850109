//! Fonts and colours of the window.

use super::paint::colour;
use super::scale::{SPACE, text_styles};
use crate::figure::colour::Theme;
use eframe::egui;
use std::sync::Arc;

/// Returns the colours of egui's current theme.
pub(crate) fn current(ctx: &egui::Context) -> &'static Theme {
    match ctx.theme() {
        egui::Theme::Dark => &Theme::DARK,
        egui::Theme::Light => &Theme::LIGHT,
    }
}

/// Sets fonts and both styles.
pub(crate) fn install(ctx: &egui::Context) {
    let mut fonts = egui::FontDefinitions::default();
    // Ubuntu lacks mathematical signs; Hack, which egui brings for code, has most of them.
    for family in fonts.families.values_mut() {
        if !family.iter().any(|name| name == "Hack") {
            family.insert(1.min(family.len()), "Hack".to_owned());
        }
        family.push("DejaVu".to_owned());
    }
    // DejaVu has the signs of formulas that both lack.
    let data = egui::FontData::from_static(dejavu::sans::regular());
    fonts.font_data.insert("DejaVu".to_owned(), data.into());
    super::maths::add_fonts(&mut fonts);
    ctx.set_fonts(fonts);
    ctx.add_glyph_rasterizer(super::accents::rasterizer());
    // The commands of the View menu change the text size instead.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    for (theme, colours) in [
        (egui::Theme::Light, Theme::LIGHT),
        (egui::Theme::Dark, Theme::DARK),
    ] {
        let mut style = egui::Style {
            visuals: theme.default_visuals(),
            text_styles: text_styles(),
            ..egui::Style::default()
        };
        style.visuals.panel_fill = colour(colours.plot_background);
        style.visuals.window_fill = colour(colours.background);
        style.visuals.extreme_bg_color = colour(colours.background);
        style.visuals.override_text_color = Some(colour(colours.ink));
        // Weak texts keep a contrast of 4.5 to 1.
        style.visuals.weak_text_alpha = 0.72;
        if theme == egui::Theme::Dark {
            // egui's pure red is hard to read on dark blue.
            style.visuals.error_fg_color = egui::Color32::from_rgb(255, 125, 115);
        }
        style.visuals.slider_trailing_fill = true;
        style.spacing.item_spacing = egui::vec2(SPACE[1], SPACE[0]);
        style.spacing.slider_rail_height = 5.0;
        style.spacing.interact_size.y = 22.0;
        ctx.set_style_of(theme, Arc::new(style));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_texts_have_a_contrast_of_4_5_to_1() {
        let ctx = egui::Context::default();
        install(&ctx);
        for theme in [egui::Theme::Light, egui::Theme::Dark] {
            let visuals = ctx.style_of(theme).visuals.clone();
            for fill in [visuals.panel_fill, visuals.window_fill] {
                let [text, fill] = [fill.blend(visuals.weak_text_color()), fill].map(|colour| {
                    let linear = egui::Rgba::from(colour);
                    0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b() + 0.05
                });
                let contrast = text.max(fill) / text.min(fill);
                assert!(contrast >= 4.5, "{theme:?}: {contrast}");
            }
        }
    }
}
