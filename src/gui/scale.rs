//! Scales of the window: spacing and text sizes in points, all multiplied by the text size of the View menu.

use eframe::egui;

/// Spacing in points, from tight to wide.
pub(crate) const SPACE: [f32; 5] = [4.0, 8.0, 12.0, 16.0, 24.0];

/// Size of body text.
pub(crate) const BODY: f32 = 14.0;

/// Size of secondary text: hints, captions, headings of sections in capitals.
pub(crate) const SECONDARY: f32 = 12.0;

/// Size of headings of dialogs' sections.
pub(crate) const SECTION: f32 = 16.0;

/// Size of titles.
pub(crate) const TITLE: f32 = 20.0;

/// Height of the window below which its parts show in the fewest rows, in points.
pub(crate) const LOW_WINDOW: f32 = 350.0;

/// Width of the middle below which the tabs of a low window are a menu, in points.
pub(crate) const NARROW_TABS: f32 = 520.0;

/// Text sizes of the View menu, as factors.
pub(crate) const TEXT_SIZES: [f32; 7] = [0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0];

/// Factor of presentation mode, in addition to the text size.
pub(crate) const PRESENTATION: f32 = 1.6;

/// Greatest factor of all points in presentation mode, beyond which the picture would have no space beside large text.
pub(crate) const MAX_PRESENTATION: f32 = 2.4;

/// Returns the text size that follows (`up`) or precedes a text size; the last one at the ends.
pub(crate) fn next_text_size(size: f32, up: bool) -> f32 {
    let mut larger = TEXT_SIZES.iter().filter(|other| **other > size);
    let smaller = TEXT_SIZES.iter().rev().find(|other| **other < size);
    let next = if up { larger.next() } else { smaller };
    next.copied().unwrap_or(size)
}

/// Returns the text styles of egui.
pub(crate) fn text_styles() -> std::collections::BTreeMap<egui::TextStyle, egui::FontId> {
    use egui::{FontId, TextStyle};
    [
        (TextStyle::Small, FontId::proportional(SECONDARY)),
        (TextStyle::Body, FontId::proportional(BODY)),
        (TextStyle::Button, FontId::proportional(BODY)),
        (TextStyle::Heading, FontId::proportional(TITLE)),
        (TextStyle::Monospace, FontId::monospace(BODY)),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_sizes_are_stepped_through_and_end_at_both_ends() {
        assert_eq!(next_text_size(1.0, true), 1.1);
        assert_eq!(next_text_size(1.0, false), 0.9);
        assert_eq!(next_text_size(2.0, true), 2.0);
        assert_eq!(next_text_size(0.9, false), 0.9);
    }
}
