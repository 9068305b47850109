//! Colours, dashes and markers of runs; themes; the colour map of landscapes.
//!
//! Colour never carries meaning alone: a run has a colour, a dash and a marker, and neighbours differ in all three.

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

/// Number of different colours of runs.
pub const RUN_COLOURS: usize = 10;

/// Colours of runs, dark enough for the light landscape. In the order of Okabe and Ito, Color Universal Design, 2008, darkened and
/// without yellow, continued with the "muted" scheme of P. Tol, Colour Schemes, SRON 2021.
const RUNS_ON_LIGHT: [Colour; RUN_COLOURS] = [
    Colour::rgb(194, 56, 0),
    Colour::rgb(0, 66, 157),
    Colour::rgb(0, 82, 56),
    Colour::rgb(170, 42, 130),
    Colour::rgb(22, 22, 26),
    Colour::rgb(125, 78, 0),
    Colour::rgb(88, 44, 178),
    Colour::rgb(136, 20, 60),
    Colour::rgb(0, 98, 130),
    Colour::rgb(86, 88, 0),
];

/// Colours of runs, in the order of [`RUNS_ON_LIGHT`], bright enough for the dark landscape.
const RUNS_ON_DARK: [Colour; RUN_COLOURS] = [
    Colour::rgb(255, 158, 66),
    Colour::rgb(104, 192, 255),
    Colour::rgb(70, 226, 150),
    Colour::rgb(240, 110, 192),
    Colour::rgb(255, 255, 255),
    Colour::rgb(240, 228, 66),
    Colour::rgb(190, 172, 255),
    Colour::rgb(255, 128, 122),
    Colour::rgb(150, 236, 244),
    Colour::rgb(200, 226, 130),
];

/// Returns the colour of a run. They repeat after [`RUN_COLOURS`], with another dash and marker.
pub fn run_colour(index: usize, theme: &Theme) -> Colour {
    let colours = if theme.dark {
        &RUNS_ON_DARK
    } else {
        &RUNS_ON_LIGHT
    };
    colours[index % RUN_COLOURS]
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

/// Returns the dash pattern of a run's trail; the first one is solid.
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
    DASHES[index % DASHES.len()]
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

/// Returns the marker of a run. Never the cross, which marks divergence.
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
    MARKERS[index % MARKERS.len()]
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

/// Colour map of landscapes from low to high, as lightness, chroma and hue (in degrees) of `OKLab`; lightness grows evenly.
const LIGHT_PALETTE: [[f64; 3]; 5] = [
    [0.690, 0.080, 240.0],
    [0.7625, 0.072, 224.0],
    [0.835, 0.056, 200.0],
    [0.9075, 0.040, 160.0],
    [0.980, 0.024, 100.0],
];
const DARK_PALETTE: [[f64; 3]; 5] = [
    [0.165, 0.035, 265.0],
    [0.245, 0.055, 256.0],
    [0.325, 0.060, 240.0],
    [0.405, 0.055, 218.0],
    [0.485, 0.050, 190.0],
];

/// Returns the landscape's colour at a shade from 0, the lowest value, to 1. NaN has the colour of the plot's background.
///
/// Low values are darker than high ones in both themes, as on nautical charts, and shades are muted so that trails stand out.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into a table"
)]
pub fn shade_colour(t: f64, theme: &Theme) -> Colour {
    static TABLES: OnceLock<[Vec<Colour>; 2]> = OnceLock::new();
    const STEPS: u16 = 511;
    if t.is_nan() {
        return theme.plot_background;
    }
    let table = |palette| {
        (0..=STEPS)
            .map(|k| palette_colour(palette, f64::from(k) / f64::from(STEPS)))
            .collect()
    };
    let tables = TABLES.get_or_init(|| [table(&LIGHT_PALETTE), table(&DARK_PALETTE)]);
    tables[usize::from(theme.dark)][(t.clamp(0.0, 1.0) * f64::from(STEPS)).round() as usize]
}

/// Interpolates between control points in `OKLab`; `t` runs from 0 to 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into a few control points"
)]
fn palette_colour(palette: &[[f64; 3]; 5], t: f64) -> Colour {
    let position = 4.0 * t;
    let first = position.floor().min(3.0);
    let share = position - first;
    let first = first as usize;
    let [from, to] = [palette[first], palette[first + 1]].map(|[lightness, chroma, hue]| {
        let hue = hue.to_radians();
        [lightness, chroma * hue.cos(), chroma * hue.sin()]
    });
    from_oklab([0, 1, 2].map(|i| from[i] + share * (to[i] - from[i])))
}

/// Converts an `OKLab` colour to sRGB. B. Ottosson, A perceptual color space for image processing, 2020.
#[expect(clippy::many_single_char_names, reason = "the source's symbols")]
fn from_oklab([lightness, a, b]: [f64; 3]) -> Colour {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ];
    let [r, g, b] = linear.map(|c| {
        let encoded = if c <= 0.003_130_8 {
            12.92 * c
        } else {
            1.055 * c.powf(1.0 / 2.4) - 0.055
        };
        byte(encoded * 255.0)
    });
    Colour::rgb(r, g, b)
}

#[cfg(test)]
mod tests;
