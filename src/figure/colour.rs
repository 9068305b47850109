//! Colours, dashes and markers of runs; themes.
//!
//! Colour never carries meaning alone: a run has a colour, a dash and a marker, and neighbours differ in all three.

pub use super::colour_map::shade_colour;
use super::colour_map::{lightness, with_lightness};
use super::drawing::{Colour, Item, Point, Stroke};
use std::sync::OnceLock;

/// The colours of a picture, except those of the landscape and of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Whether the theme is dark.
    pub dark: bool,
    /// Background of the page.
    pub background: Colour,
    /// Background of a plot, and of the map where the landscape has no finite value.
    pub plot_background: Colour,
    /// Text and other elements that must be seen.
    pub ink: Colour,
    /// Secondary text.
    pub faint: Colour,
    /// Grid lines.
    pub grid: Colour,
    /// Contour lines on the landscape.
    pub contour: Colour,
    /// Halo behind letters and trails on the landscape.
    pub halo: Colour,
}

impl Theme {
    /// Dark text on a light background.
    pub const LIGHT: Self = Self {
        dark: false,
        background: Colour::rgb(255, 255, 255),
        plot_background: Colour::rgb(246, 246, 243),
        ink: Colour::rgb(28, 34, 40),
        faint: Colour::rgb(98, 107, 116),
        grid: Colour::rgb(222, 225, 227),
        contour: Colour {
            r: 21,
            g: 56,
            b: 79,
            a: 105,
        },
        halo: Colour {
            r: 255,
            g: 255,
            b: 255,
            a: 215,
        },
    };

    /// Light text on a dark background.
    pub const DARK: Self = Self {
        dark: true,
        background: Colour::rgb(20, 23, 28),
        plot_background: Colour::rgb(27, 31, 37),
        ink: Colour::rgb(232, 235, 238),
        faint: Colour::rgb(151, 160, 169),
        grid: Colour::rgb(52, 58, 66),
        contour: Colour {
            r: 196,
            g: 222,
            b: 236,
            a: 84,
        },
        halo: Colour {
            r: 10,
            g: 14,
            b: 20,
            a: 215,
        },
    };
}

/// Number of hues of runs; a run with a higher index has the hue of an earlier one in another lightness.
pub const RUN_HUES: usize = crate::engine::scene::RUN_HUES as usize;

/// Colours of runs on light backgrounds: those of M. Okabe and K. Ito, Color Universal Design, 2008, with a contrast of 3 at least, and two
/// of the "muted" scheme of P. Tol, Colour Schemes, SRON 2021.
const RUNS_ON_LIGHT: [Colour; RUN_HUES] = [
    Colour::rgb(213, 94, 0),
    Colour::rgb(0, 76, 150),
    Colour::rgb(0, 152, 112),
    Colour::rgb(172, 66, 132),
    Colour::rgb(22, 22, 26),
    Colour::rgb(166, 112, 0),
    Colour::rgb(88, 44, 178),
    Colour::rgb(136, 20, 60),
    Colour::rgb(36, 142, 196),
    Colour::rgb(124, 118, 8),
];

/// Colours of runs on dark backgrounds, in the order of [`RUNS_ON_LIGHT`].
const RUNS_ON_DARK: [Colour; RUN_HUES] = [
    Colour::rgb(245, 122, 45),
    Colour::rgb(100, 170, 250),
    Colour::rgb(60, 220, 160),
    Colour::rgb(230, 100, 180),
    Colour::rgb(255, 255, 255),
    Colour::rgb(240, 176, 40),
    Colour::rgb(176, 150, 255),
    Colour::rgb(255, 120, 120),
    Colour::rgb(132, 214, 250),
    Colour::rgb(240, 228, 66),
];

/// Distance between the style indices of the shades of a run.
const SHADES: usize = 1_000;

/// Style index whose shades are neutral: from the colour of text on.
pub const NEUTRAL: usize = SHADES - 1;

/// Returns the style index of a shade of a run's colour, for curves that belong to one run; they differ in lightness and dash.
pub fn shade_index(run: usize, shade: usize) -> usize {
    SHADES * (shade + 1) + run.min(NEUTRAL)
}

/// Returns the number of a shade of a run's colour; `None` for the style index of a run.
pub fn shade_number(index: usize) -> Option<usize> {
    (index / SHADES).checked_sub(1)
}

/// Returns a shade of a colour: the colour itself first, then other lightnesses that contrast with the background.
fn shade(colour: Colour, number: usize, dark: bool) -> Colour {
    const ON_LIGHT: [f64; 4] = [58.0, 24.0, 47.0, 36.0];
    const ON_DARK: [f64; 4] = [58.0, 92.0, 68.0, 80.0];
    match number.checked_sub(1) {
        None => colour,
        Some(number) => {
            let lightness = if dark { ON_DARK } else { ON_LIGHT };
            with_lightness(colour, lightness[number % lightness.len()])
        }
    }
}

/// Returns the colour of a run or of a shade of it: one of [`RUN_HUES`], for higher indices in another lightness. After three times as many they repeat, with
/// another dash and marker.
pub fn run_colour(index: usize, theme: &Theme) -> Colour {
    static VARIANTS: [OnceLock<Vec<Colour>>; 2] = [const { OnceLock::new() }; 2];
    if let Some(number) = shade_number(index) {
        let own = match index % SHADES {
            NEUTRAL => theme.ink,
            run => run_colour(run, theme),
        };
        return shade(own, number, theme.dark);
    }
    let colours = VARIANTS[usize::from(theme.dark)].get_or_init(|| {
        let base = if theme.dark {
            RUNS_ON_DARK
        } else {
            RUNS_ON_LIGHT
        };
        let variants = (0..3_u8).flat_map(|variant| base.map(|colour| (variant, colour)));
        variants
            .map(|(variant, colour)| lightness_variant(colour, variant, theme.dark))
            .collect()
    });
    colours[index % colours.len()]
}

/// Returns a colour in another lightness that contrasts with the background.
fn lightness_variant(colour: Colour, variant: u8, dark: bool) -> Colour {
    const STEP: f64 = 15.0;
    let lowest_and_highest = if dark { [48.0, 97.0] } else { [12.0, 58.0] };
    let own = lightness(colour);
    let away = STEP * f64::from(variant);
    let target = if own - away >= lowest_and_highest[0] {
        own - away
    } else {
        (own + away).min(lowest_and_highest[1])
    };
    match variant {
        0 => colour,
        _ => with_lightness(colour, target),
    }
}

/// Colours of classes, as distinct for colour-blind eyes as ten can be. After P. Tol, Colour Schemes, SRON 2021, "bright" and "vibrant".
const CLASSES: [Colour; 10] = [
    Colour::rgb(68, 119, 170),
    Colour::rgb(238, 170, 51),
    Colour::rgb(34, 136, 85),
    Colour::rgb(204, 102, 170),
    Colour::rgb(102, 204, 238),
    Colour::rgb(221, 85, 51),
    Colour::rgb(170, 187, 68),
    Colour::rgb(119, 85, 187),
    Colour::rgb(0, 170, 153),
    Colour::rgb(170, 102, 68),
];

/// Returns the colour of a class of samples or of starts. They repeat after ten.
pub fn class_colour(class: usize) -> Colour {
    CLASSES[class % CLASSES.len()]
}

/// Interpolates linearly in sRGB between two colours; `share` is 0 at `from` and 1 at `to`.
pub fn mixed(from: Colour, to: Colour, share: f64) -> Colour {
    let part = |from: u8, to: u8| {
        byte(f64::from(from) + (f64::from(to) - f64::from(from)) * share.clamp(0.0, 1.0))
    };
    Colour::rgb(part(from.r, to.r), part(from.g, to.g), part(from.b, to.b))
}

/// Rounds a colour channel from 0 to 255 to a byte.
pub(super) fn byte(channel: f64) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a byte"
    )]
    let byte = channel.clamp(0.0, 255.0).round() as u8;
    byte
}

/// Returns the dash pattern of a run's trail, or of a shade of a run; the first one is solid.
pub fn run_dash(index: usize) -> &'static [f32] {
    const DASHES: [&[f32]; 7] = [
        &[],
        &[7.0, 3.0],
        &[2.0, 2.5],
        &[9.0, 3.0, 2.0, 3.0],
        &[4.0, 2.0],
        &[12.0, 4.0],
        &[6.0, 2.5, 1.5, 2.5, 1.5, 2.5],
    ];
    let number = shade_number(index).unwrap_or(index);
    DASHES[number % DASHES.len()]
}

/// A shape that marks a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// ●
    Circle,
    /// ■
    Square,
    /// ▲
    Triangle,
    /// ◆
    Diamond,
    /// ×
    Cross,
    /// ▼
    TriangleDown,
    /// +
    Plus,
    /// ⬟
    Pentagon,
    /// A star of six rays.
    Asterisk,
}

/// Returns the marker of a run, which its shades share. Never the cross, which marks divergence.
pub fn run_marker(index: usize) -> Marker {
    const MARKERS: [Marker; 8] = [
        Marker::Circle,
        Marker::Square,
        Marker::Triangle,
        Marker::Diamond,
        Marker::TriangleDown,
        Marker::Pentagon,
        Marker::Plus,
        Marker::Asterisk,
    ];
    match index % SHADES {
        NEUTRAL => Marker::Circle,
        run => MARKERS[run % MARKERS.len()],
    }
}

impl Marker {
    /// Draws the marker at a point, with a rim that sets it off from the background. All shapes have about the visual weight of a circle
    /// of `radius`.
    pub fn items(self, at: Point, radius: f32, colour: Colour, rim: Colour) -> Vec<Item> {
        let polygon = |corners: u16, turn: f32, scale: f32| {
            let points = (0..corners)
                .map(|k| polar(at, radius * scale, turn + f32::from(k) / f32::from(corners)))
                .collect();
            let stroke = Some(Stroke {
                width: 0.35 * radius,
                colour: rim,
                dash: &[],
            });
            vec![Item::Path {
                points,
                closed: true,
                stroke,
                fill: Some(colour),
            }]
        };
        let rays = |count: u16, turn: f32, scale: f32| {
            let line = |k: u16, colour, width| Item::Path {
                points: [0.0, 0.5]
                    .map(|half| {
                        polar(
                            at,
                            radius * scale,
                            turn + half + 0.5 * f32::from(k) / f32::from(count),
                        )
                    })
                    .to_vec(),
                closed: false,
                stroke: Some(Stroke {
                    width,
                    colour,
                    dash: &[],
                }),
                fill: None,
            };
            let rims = (0..count).map(|k| line(k, rim, 0.95 * radius));
            rims.chain((0..count).map(|k| line(k, colour, 0.55 * radius)))
                .collect()
        };
        match self {
            Self::Circle => polygon(24, 0.0, 1.0),
            Self::Square => polygon(4, 0.125, 1.25),
            Self::Triangle => polygon(3, 0.25, 1.4),
            Self::TriangleDown => polygon(3, 0.75, 1.4),
            Self::Diamond => polygon(4, 0.0, 1.35),
            Self::Pentagon => polygon(5, 0.25, 1.2),
            Self::Cross => rays(2, 0.125, 1.3),
            Self::Plus => rays(2, 0.0, 1.3),
            Self::Asterisk => rays(3, 0.25, 1.3),
        }
    }
}

/// Returns the point at a distance and angle; `turn` is in whole turns, counterclockwise from the right.
fn polar([x, y]: Point, distance: f32, turn: f32) -> Point {
    let (sin, cos) = (turn * std::f32::consts::TAU).sin_cos();
    [x + distance * cos, y - distance * sin]
}

#[cfg(test)]
mod tests;
