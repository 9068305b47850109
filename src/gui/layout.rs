//! Layout of the window: widths of the side panels, which are docked beside the map or drawers over it, and the text size.

use super::scale::{MAX_PRESENTATION, PRESENTATION};
use eframe::egui::Rect;

/// Width of a grip, in points.
pub(super) const GRIP: f32 = 8.0;

/// Least width of a panel, in points.
pub(super) const MIN_WIDTH: f32 = 260.0;

/// Greatest width of a panel, in points.
pub(super) const MAX_WIDTH: f32 = 2000.0;

/// Least width that a drawer leaves free, in points, so that the map stays in sight.
const BESIDE_DRAWER: f32 = 24.0;

/// Least width of the window in which the words of a lesson have a column, in points; in narrower ones they are below the map.
const LESSON_COLUMN: f32 = 560.0;

/// Tab of the column at the left during a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LessonColumn {
    /// The words of the lesson.
    Words,
    /// The left panel.
    Settings,
}

/// A side of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The panel of the landscape and the optimizers.
    Left,
    /// The panel of the charts and the table.
    Right,
}

impl Side {
    /// Returns the panel's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Left => "left panel",
            Self::Right => "right panel",
        }
    }

    /// Returns the width of the window below which the panel is a drawer, in points.
    fn drawer_below(self) -> f32 {
        match self {
            Self::Left => 800.0,
            Self::Right => 1100.0,
        }
    }
}

/// A side panel: its width in points, whether it is open where it is docked, and where it is a drawer.
#[derive(Clone, Copy)]
pub(super) struct SidePanel {
    pub(super) width: f32,
    docked: bool,
    drawer: bool,
}

/// Place of a side panel in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    /// The panel with its grip.
    pub rect: Rect,
    /// Whether it lies over the map.
    pub drawer: bool,
}

/// The layout, kept for the session.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    left: SidePanel,
    right: SidePanel,
    /// Text size, as a factor.
    pub text_size: f32,
    /// Whether presentation mode is on.
    pub presenting: bool,
    /// Tab of the column at the left, while a lesson is open.
    pub lesson: Option<LessonColumn>,
    /// Whether the open step of a lesson asks for the panel at the right, so that presentations show it.
    pub lesson_charts: bool,
    /// Area of the window in the last frame.
    pub window: Rect,
}

impl Default for Layout {
    fn default() -> Self {
        let panel = |width| SidePanel {
            width,
            docked: true,
            drawer: false,
        };
        Self {
            left: panel(304.0),
            right: panel(380.0),
            text_size: 1.0,
            presenting: false,
            lesson: None,
            lesson_charts: false,
            window: Rect::NOTHING,
        }
    }
}

impl Layout {
    pub(super) fn panel(&mut self, side: Side) -> &mut SidePanel {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }

    /// Returns the width of a docked panel in points, and whether it is open.
    pub(crate) fn docked(&self, side: Side) -> (f32, bool) {
        let panel = match side {
            Side::Left => self.left,
            Side::Right => self.right,
        };
        (panel.width, panel.docked)
    }

    /// Sets the width of a docked panel and whether it is open.
    pub(crate) fn set_docked(&mut self, side: Side, (width, open): (f32, bool)) {
        let panel = self.panel(side);
        panel.width = width.clamp(MIN_WIDTH, MAX_WIDTH);
        panel.docked = open;
    }

    /// Whether a panel is a drawer in a window of a width.
    pub(crate) fn is_drawer(&self, side: Side, window: f32) -> bool {
        let in_column = side == Side::Left && self.has_lesson_column(window);
        let with_charts = side == Side::Right && self.lesson.is_some() && self.lesson_charts;
        let hides = self.presenting && !with_charts;
        !in_column && (hides || window < side.drawer_below())
    }

    /// Whether a lesson is open that has a column at the left of a window of a width.
    pub(crate) fn has_lesson_column(&self, window: f32) -> bool {
        self.lesson.is_some() && window >= LESSON_COLUMN
    }

    /// Opens or closes a panel in a window of a width.
    pub(crate) fn toggle(&mut self, side: Side, window: f32) {
        if side == Side::Left && self.has_lesson_column(window) {
            self.lesson = match self.lesson {
                Some(LessonColumn::Words) => Some(LessonColumn::Settings),
                _ => Some(LessonColumn::Words),
            };
            return;
        }
        let drawer = self.is_drawer(side, window);
        let panel = self.panel(side);
        let open = if drawer {
            &mut panel.drawer
        } else {
            &mut panel.docked
        };
        *open = !*open;
        let opened = *open && drawer;
        if opened {
            // Two drawers would cover each other.
            let other = match side {
                Side::Left => Side::Right,
                Side::Right => Side::Left,
            };
            self.panel(other).drawer = false;
        }
    }

    /// Whether a panel is open in a window of a width.
    pub(crate) fn is_open(&self, side: Side, window: f32) -> bool {
        if side == Side::Left && self.has_lesson_column(window) {
            return self.lesson == Some(LessonColumn::Settings);
        }
        let panel = match side {
            Side::Left => self.left,
            Side::Right => self.right,
        };
        if self.is_drawer(side, window) {
            panel.drawer
        } else {
            panel.docked
        }
    }

    /// Closes the drawers; returns whether one was open.
    pub(crate) fn close_drawers(&mut self) -> bool {
        let open = self.left.drawer || self.right.drawer;
        (self.left.drawer, self.right.drawer) = (false, false);
        open
    }

    /// Turns presentation mode on or off.
    pub(crate) fn present(&mut self) {
        self.presenting = !self.presenting;
        self.close_drawers();
    }

    /// Returns the factor of all points: the text size, and that of presentation mode.
    pub(crate) fn zoom(&self) -> f32 {
        if self.presenting {
            (self.text_size * PRESENTATION).min(MAX_PRESENTATION)
        } else {
            self.text_size
        }
    }

    /// Returns the places of the open side panels in a space as wide as the window, and the middle between the docked ones, which is at
    /// least half as wide as the window.
    pub(crate) fn places(&self, space: Rect) -> ([Option<Place>; 2], Rect) {
        let window = space.width();
        let is_shown = |side| {
            self.is_open(side, window) || side == Side::Left && self.has_lesson_column(window)
        };
        let docked = |side| !self.is_drawer(side, window) && is_shown(side);
        let both = docked(Side::Left) && docked(Side::Right);
        let grips = if both { 2.0 } else { 1.0 } * GRIP;
        let room = 0.5 * window - grips;
        let clamp = |width: f32, room: f32| width.min(room).max(MIN_WIDTH);
        let left = clamp(self.left.width, room - if both { MIN_WIDTH } else { 0.0 });
        let right = clamp(self.right.width, room - if both { left } else { 0.0 });
        let mut middle = space;
        let mut place = |side, width: f32| {
            let drawer = self.is_drawer(side, window);
            let width = if drawer {
                width.min((window - BESIDE_DRAWER).max(0.0))
            } else {
                width + GRIP
            };
            let mut rect = space;
            match side {
                Side::Left => rect.max.x = rect.min.x + width,
                Side::Right => rect.min.x = rect.max.x - width,
            }
            if !drawer {
                match side {
                    Side::Left => middle.min.x = rect.max.x,
                    Side::Right => middle.max.x = rect.min.x,
                }
            }
            Place { rect, drawer }
        };
        let mut open = |side, width| is_shown(side).then(|| place(side, width));
        let left = open(Side::Left, left);
        let right = open(Side::Right, right);
        ([left, right], middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{pos2, vec2};

    fn space(width: f32) -> Rect {
        Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 600.0))
    }

    #[test]
    fn the_middle_is_at_least_half_the_window_from_900_points_on() {
        let mut layout = Layout::default();
        (layout.left.width, layout.right.width) = (5000.0, 5000.0);
        for width in 900..4000_u16 {
            for layout in [layout, Layout::default()] {
                let (_, middle) = layout.places(space(width.into()));
                assert!(
                    middle.width() >= 0.5 * f32::from(width),
                    "{width}: {middle}"
                );
            }
        }
    }

    #[test]
    fn a_lesson_has_a_column_in_which_the_left_panel_is_a_tab() {
        let mut layout = Layout {
            lesson: Some(LessonColumn::Words),
            ..Layout::default()
        };
        layout.present();
        for width in [560.0, 640.0, 800.0, 1280.0] {
            let ([left, right], middle) = layout.places(space(width));
            assert!(left.is_some_and(|place| !place.drawer) && right.is_none());
            assert!(middle.width() >= 0.5 * width - GRIP, "{width}: {middle}");
        }
        assert!(!layout.is_open(Side::Left, 1280.0), "the words are shown");
        layout.toggle(Side::Left, 1280.0);
        assert_eq!(layout.lesson, Some(LessonColumn::Settings));
        let narrow = layout.places(space(559.0)).0;
        assert!(narrow.iter().all(Option::is_none), "the words are a strip");
        layout.toggle(Side::Left, 559.0);
        assert!(layout.places(space(559.0)).0[0].is_some_and(|place| place.drawer));
    }

    #[test]
    fn presentation_enlarges_text_up_to_a_limit() {
        let zoom = |text_size, presenting| {
            let layout = Layout {
                text_size,
                presenting,
                ..Layout::default()
            };
            layout.zoom()
        };
        assert_eq!((zoom(1.0, true), zoom(2.0, false)), (1.6, 2.0));
        assert_eq!(zoom(2.0, true), 2.4);
    }

    #[test]
    fn panels_become_drawers_in_narrow_windows() {
        let mut layout = Layout::default();
        let open =
            |layout: Layout, width| layout.places(space(width)).0.map(|place| place.is_some());
        assert_eq!(open(layout, 1100.0), [true, true]);
        assert_eq!(open(layout, 1099.0), [true, false]);
        assert_eq!(open(layout, 799.0), [false, false]);
        layout.toggle(Side::Left, 640.0);
        assert_eq!(open(layout, 640.0), [true, false]);
        layout.toggle(Side::Right, 640.0);
        assert_eq!(open(layout, 640.0), [false, true], "one drawer at a time");
        let (places, middle) = layout.places(space(640.0));
        assert!(places[1].is_some_and(|place| place.drawer) && middle == space(640.0));
        assert!(layout.close_drawers() && !layout.close_drawers());
        assert_eq!(
            open(layout, 1280.0),
            [true, true],
            "docked panels stay open"
        );
    }
}
