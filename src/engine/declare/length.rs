//! Lengths with their unit, like 3.25in, as values of settings.

use super::{Field, Kind, Value, spec};
use std::fmt;
use std::str::FromStr;

/// A unit of length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthUnit {
    /// Inch.
    Inch,
    /// Centimetre.
    Centimetre,
    /// Millimetre.
    Millimetre,
    /// Point of 1/72 inch.
    Point,
    /// Pixel of a picture.
    Pixel,
}

impl LengthUnit {
    /// All units with their names and their number in an inch; a pixel has none of its own.
    const ALL: [(Self, &'static str, f64); 5] = [
        (Self::Inch, "in", 1.0),
        (Self::Centimetre, "cm", 2.54),
        (Self::Millimetre, "mm", 25.4),
        (Self::Point, "pt", 72.0),
        (Self::Pixel, "px", f64::NAN),
    ];

    fn row(self) -> (Self, &'static str, f64) {
        let row = Self::ALL.into_iter().find(|(unit, ..)| *unit == self);
        row.unwrap_or(Self::ALL[0])
    }
}

/// A positive length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length {
    /// Its number of units.
    pub number: f64,
    /// The unit.
    pub unit: LengthUnit,
}

impl Length {
    /// Describes lengths in error sentences.
    pub const EXPECTED: &str = "a length with its unit, like 3.25in, 8.3cm, 83mm, 234pt or 975px";

    /// Returns a length of some pixels.
    pub fn pixels(number: u32) -> Self {
        Self {
            number: f64::from(number),
            unit: LengthUnit::Pixel,
        }
    }

    /// Returns the length in inches; pixels have a size by `dpi`.
    pub fn inches(self, dpi: f64) -> f64 {
        match self.unit {
            LengthUnit::Pixel => self.number / dpi,
            unit => self.number / unit.row().2,
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", spec::real(self.number), self.unit.row().1)
    }
}

/// Parses a number with a unit; fails with what was expected.
impl FromStr for Length {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.trim().to_lowercase();
        let length = LengthUnit::ALL.into_iter().find_map(|(unit, name, _)| {
            let number: f64 = lower.strip_suffix(name)?.trim().parse().ok()?;
            (number.is_finite() && number > 0.0).then_some(Self { number, unit })
        });
        length.ok_or(Self::EXPECTED)
    }
}

impl Field for Length {
    const KIND: Kind = Kind::Length;
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        for (text, expected, shown) in [
            ("3.25in", 3.25, "3.25in"),
            ("2.54 cm", 1.0, "2.54cm"),
            ("50.8mm", 2.0, "50.8mm"),
            ("36PT", 0.5, "36pt"),
            ("600px", 2.0, "600px"),
        ] {
            let length: Length = text.parse().unwrap();
            let found = length.inches(300.0);
            assert!((found - expected).abs() < 1e-12, "{text}: {found}");
            assert_eq!(length.to_string(), shown);
        }
        for text in ["3.25", "in", "-1in", "1e999in", "3 feet", "nanpx", ""] {
            assert_eq!(text.parse::<Length>(), Err(Length::EXPECTED), "{text}");
        }
    }
}
