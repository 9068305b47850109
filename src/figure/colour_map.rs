//! Colour maps of heights. Lightness grows evenly, in CIE L*, so that equal differences of height look alike.
//!
//! viridis, magma (S. van der Walt and N. Smith, 2015) and cividis (J. Nuñez, C. Anderton and R. Renslow, 2018) are the tables of
//! matplotlib, which are in the public domain (CC0), in the form of the crate `colorous` (Apache-2.0). The other maps are paths in `OKLab`
//! (B. Ottosson, A perceptual color space for image processing, 2020) at an even lightness, made for this program.

use super::colour::{Theme, byte};
use super::drawing::Colour;
use crate::engine::results::MapData;
use crate::engine::scene::ColourMap;
use std::sync::OnceLock;

/// Number of colours of a map.
const STEPS: u16 = 512;

/// A path through hues: CIE L* at both ends, and chroma and hue in degrees of `OKLab` at evenly spaced points.
struct Path {
    lightness: [f64; 2],
    hues: &'static [[f64; 2]],
}

/// Blue to sand, for light themes.
const LIGHT: Path = Path {
    lightness: [25.0, 95.0],
    hues: &[
        [0.095, 262.0],
        [0.105, 246.0],
        [0.088, 222.0],
        [0.065, 180.0],
        [0.040, 105.0],
    ],
};

/// Night blue to ice, for dark themes.
const DARK: Path = Path {
    lightness: [9.0, 92.0],
    hues: &[
        [0.045, 268.0],
        [0.085, 262.0],
        [0.090, 240.0],
        [0.078, 210.0],
        [0.045, 180.0],
    ],
};

/// Deep green over tan to snow.
const TERRAIN: Path = Path {
    lightness: [22.0, 97.0],
    hues: &[
        [0.060, 210.0],
        [0.090, 155.0],
        [0.110, 125.0],
        [0.090, 85.0],
        [0.010, 85.0],
    ],
};

const GREYS: Path = Path {
    lightness: [10.0, 97.0],
    hues: &[[0.0, 0.0], [0.0, 0.0]],
};

/// Below and above 0: the middle is the lightest colour in light themes, and the darkest in dark ones.
const BELOW: [Path; 2] = [
    Path {
        lightness: [96.0, 25.0],
        hues: &[
            [0.004, 250.0],
            [0.075, 245.0],
            [0.120, 252.0],
            [0.110, 262.0],
        ],
    },
    Path {
        lightness: [14.0, 88.0],
        hues: &[
            [0.010, 250.0],
            [0.090, 255.0],
            [0.120, 240.0],
            [0.075, 220.0],
        ],
    },
];
const ABOVE: [Path; 2] = [
    Path {
        lightness: [96.0, 25.0],
        hues: &[[0.004, 50.0], [0.085, 55.0], [0.130, 40.0], [0.095, 30.0]],
    },
    Path {
        lightness: [14.0, 88.0],
        hues: &[[0.010, 30.0], [0.100, 35.0], [0.130, 50.0], [0.080, 75.0]],
    },
];

/// The colours of heights.
#[derive(Clone, Copy)]
pub struct Shades {
    colours: &'static [Colour],
    /// The shade of 0, which has the middle colour.
    zero: Option<f64>,
}

impl Shades {
    /// Returns the colours of a map.
    pub fn of(map_data: &MapData, theme: &Theme) -> Self {
        // In deep zoom the heights are distances from a base.
        let zero = map_data.levels.zero().filter(|_| map_data.base == 0.0);
        Self::new(map_data.cmap, zero, theme)
    }

    /// Returns the colours of a colour map, or those of the theme, which have two hues if a shade stands for 0.
    pub fn new(cmap: Option<ColourMap>, zero: Option<f64>, theme: &Theme) -> Self {
        let zero = zero.filter(|_| cmap.is_none());
        let dark = usize::from(theme.dark);
        let index = match cmap {
            None if zero.is_some() => 2 + dark,
            None => dark,
            Some(ColourMap::Viridis) => 4,
            Some(ColourMap::Cividis) => 5,
            Some(ColourMap::Magma) => 6,
            Some(ColourMap::Terrain) => 7,
            Some(ColourMap::Greys) => 8,
        };
        Self {
            colours: table(index),
            zero,
        }
    }

    /// Returns the colour of a shade from 0, the lowest height, to 1; `None` for NaN.
    pub fn colour(&self, shade: f64) -> Option<Colour> {
        let shade = shade.clamp(0.0, 1.0);
        let share = match self.zero {
            // Both sides have one scale.
            Some(zero) => 0.5 + 0.5 * (shade - zero) / zero.max(1.0 - zero),
            None => shade,
        };
        if share.is_nan() {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index into a table"
        )]
        let index = (share.clamp(0.0, 1.0) * f64::from(STEPS - 1)).round() as usize;
        self.colours.get(index).copied()
    }

    /// Returns the colour of a contour line on a shade: light on dark heights, dark on light ones.
    pub fn line_colour(&self, shade: f64) -> Colour {
        let is_dark = self
            .colour(shade)
            .is_some_and(|colour| lightness(colour) < 52.0);
        if is_dark {
            Colour::rgb(255, 255, 255).opacity(0.42)
        } else {
            Colour::rgb(8, 20, 32).opacity(0.42)
        }
    }
}

/// Returns the theme's colour of a shade from 0 to 1; NaN has the colour of the plot's background.
pub fn shade_colour(shade: f64, theme: &Theme) -> Colour {
    let shades = Shades::new(None, None, theme);
    shades.colour(shade).unwrap_or(theme.plot_background)
}

/// Returns a table of colours, made when it is first used.
fn table(index: usize) -> &'static [Colour] {
    static TABLES: [OnceLock<Vec<Colour>>; 9] = [const { OnceLock::new() }; 9];
    TABLES[index].get_or_init(|| {
        let colour = |t: f64| match index {
            0 => LIGHT.colour(t),
            1 => DARK.colour(t),
            2 | 3 if t < 0.5 => BELOW[index - 2].colour(1.0 - 2.0 * t),
            2 | 3 => ABOVE[index - 2].colour(2.0 * t - 1.0),
            4 => published(colorous::VIRIDIS, t),
            5 => published(colorous::CIVIDIS, t),
            6 => published(colorous::MAGMA, t),
            7 => TERRAIN.colour(t),
            _ => GREYS.colour(t),
        };
        let last = f64::from(STEPS - 1);
        (0..STEPS).map(|k| colour(f64::from(k) / last)).collect()
    })
}

fn published(gradient: colorous::Gradient, t: f64) -> Colour {
    let colorous::Color { r, g, b } = gradient.eval_continuous(t);
    Colour::rgb(r, g, b)
}

impl Path {
    /// Returns the colour at a share of the path, with exactly its lightness but for rounding.
    fn colour(&self, t: f64) -> Colour {
        let target = self.lightness[0] + t * (self.lightness[1] - self.lightness[0]);
        let position = t * f64::from(u8::try_from(self.hues.len() - 1).unwrap_or(1));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index into a few points"
        )]
        let first = (position.floor() as usize).min(self.hues.len() - 2);
        let [from, to] = [self.hues[first], self.hues[first + 1]].map(|[chroma, hue]| {
            let hue = hue.to_radians();
            [chroma * hue.cos(), chroma * hue.sin()]
        });
        let share = position - f64::from(u8::try_from(first).unwrap_or(0));
        let [a, b] = [0, 1].map(|axis| from[axis] + share * (to[axis] - from[axis]));
        let [mut low, mut high] = [0.0, 1.1];
        for _ in 0..30 {
            let middle = 0.5 * (low + high);
            if luminance(linear_from_oklab([middle, a, b])) < luminance_of(target) {
                low = middle;
            } else {
                high = middle;
            }
        }
        encoded(linear_from_oklab([low, a, b]))
    }
}

/// Converts `OKLab` to linear sRGB, limited to the colours that exist.
#[expect(clippy::many_single_char_names, reason = "the source's symbols")]
fn linear_from_oklab([lightness, a, b]: [f64; 3]) -> [f64; 3] {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ];
    linear.map(|channel| channel.clamp(0.0, 1.0))
}

fn encoded(linear: [f64; 3]) -> Colour {
    let [r, g, b] = linear.map(|channel| {
        let encoded = if channel <= 0.003_130_8 {
            12.92 * channel
        } else {
            1.055 * channel.powf(1.0 / 2.4) - 0.055
        };
        byte(encoded * 255.0)
    });
    Colour::rgb(r, g, b)
}

/// Returns the relative luminance of linear sRGB.
fn luminance([r, g, b]: [f64; 3]) -> f64 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Returns the relative luminance of a lightness L* of CIE 1976.
fn luminance_of(lightness: f64) -> f64 {
    if lightness > 8.0 {
        ((lightness + 16.0) / 116.0).powi(3)
    } else {
        lightness / 903.3
    }
}

/// Returns the lightness L* of CIE 1976 of a colour, from 0 to 100.
pub(super) fn lightness(colour: Colour) -> f64 {
    let linear = [colour.r, colour.g, colour.b].map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.040_45 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    match luminance(linear) {
        y if y > 0.008_856 => 116.0 * y.cbrt() - 16.0,
        y => 903.3 * y,
    }
}

/// Returns a colour of another lightness L* with the same hue.
pub(super) fn with_lightness(colour: Colour, target: f64) -> Colour {
    // Towards white or black in linear light, which keeps the hue.
    let white = if target > lightness(colour) {
        255.0
    } else {
        0.0
    };
    let [mut low, mut high] = [0.0, 1.0];
    let mixed = |share: f64| {
        let part = |channel: u8| byte(f64::from(channel) + share * (white - f64::from(channel)));
        Colour::rgb(part(colour.r), part(colour.g), part(colour.b))
    };
    let rises = white > 0.0;
    for _ in 0..12 {
        let middle = 0.5 * (low + high);
        if (lightness(mixed(middle)) < target) == rises {
            low = middle;
        } else {
            high = middle;
        }
    }
    mixed(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Option<ColourMap>; 6] = [
        None,
        Some(ColourMap::Viridis),
        Some(ColourMap::Cividis),
        Some(ColourMap::Magma),
        Some(ColourMap::Terrain),
        Some(ColourMap::Greys),
    ];

    #[test]
    fn lightness_grows_evenly_over_a_wide_range() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            for cmap in ALL {
                let shades = Shades::new(cmap, None, &theme);
                let at = |k: u8| lightness(shades.colour(f64::from(k) / 20.0).unwrap());
                let rise = at(20) - at(0);
                let (low, high) = if cmap.is_none() {
                    (25.3, 91.7)
                } else {
                    (28.0, 90.0)
                };
                // The published tables are a little less even.
                let even = if cmap.is_none() {
                    0.04..0.06
                } else {
                    0.015..0.08
                };
                assert!(
                    at(0) <= low && at(20) >= high,
                    "{cmap:?}: {} to {}",
                    at(0),
                    at(20)
                );
                for k in 0..20 {
                    let share = (at(k + 1) - at(k)) / rise;
                    assert!(even.contains(&share), "{cmap:?} at {k}: {share}");
                }
            }
        }
    }

    #[test]
    fn signed_heights_have_two_hues_at_one_scale_around_zero() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let shades = Shades::new(None, Some(0.25), &theme);
            let at = |shade: f64| shades.colour(shade).unwrap();
            let middle = at(0.25);
            let spread = |c: Colour| c.r.max(c.g).max(c.b) - c.r.min(c.g).min(c.b);
            assert!(spread(middle) < 12, "{middle:?} is grey");
            // As far below as above.
            assert!((lightness(at(0.0)) - lightness(at(0.5))).abs() < 2.0);
            assert!(at(0.0).b > at(0.0).r && at(0.5).r > at(0.5).b);
            let full = (lightness(at(1.0)) - lightness(middle)).abs();
            assert!(full > 60.0, "{full}");
            // A chosen map has one direction.
            let chosen = Shades::new(Some(ColourMap::Viridis), Some(0.25), &theme);
            assert_eq!(
                chosen.colour(0.0),
                Shades::new(Some(ColourMap::Viridis), None, &theme).colour(0.0)
            );
        }
    }

    #[test]
    fn shades_outside_are_limited_and_nan_has_none() {
        let shades = Shades::new(None, None, &Theme::DARK);
        assert_eq!(shades.colour(f64::INFINITY), shades.colour(1.0));
        assert_eq!(shades.colour(f64::NAN), None);
        assert_eq!(
            shade_colour(f64::NAN, &Theme::DARK),
            Theme::DARK.plot_background
        );
    }

    #[test]
    fn a_lightness_is_reached() {
        for colour in [Colour::rgb(213, 94, 0), Colour::rgb(0, 114, 178)] {
            for target in [30.0, 45.0, 70.0] {
                assert!((lightness(with_lightness(colour, target)) - target).abs() < 1.5);
            }
        }
    }
}
