//! Hills and pits drawn by the user on a shallow bowl.

use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::declare::spec;
use crate::engine::files::Files;
use crate::engine::numeric::jet::Scalar;
use crate::engine::objective::Formula;
use crate::engine::objective::plane::Rect;

settings! {
    /// Your own hills and pits on a shallow bowl: each is a Gaussian, height · exp(−distance² / (2 width²)).
    pub struct Drawn("Drawn by hand") {
        /// The hills, each as "x y height width", separated by ;. A pit has a negative height. Empty leaves only the bowl.
        hills: String = "-2 -1 -2 1; 2 1.5 -1.2 0.8; 0.5 -1.5 1.5 0.9".to_owned();
        /// c of the bowl c (x² + y²) under the hills, which keeps runs in view.
        bowl: f64 = 0.02, in 0.0..=1e6, linear 0.0..=0.2;
    }
}

/// A hill, or with a negative height a pit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hill {
    /// The position (x, y) of its top.
    pub at: [f64; 2],
    /// The height of its top.
    pub height: f64,
    /// Its standard deviation, the distance from the top at which it is steepest.
    pub width: f64,
}

/// An error of a list of hills.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HillError {
    /// An entry is not four numbers.
    #[error("hills: entry {entry} is `{text}`; expected four numbers: x y height width")]
    Entry {
        /// The number of the entry, from 1.
        entry: usize,
        /// The beginning of the entry.
        text: String,
    },
    /// A number is not legal.
    #[error("hills: the {part} of entry {entry} is {given}; expected {expected}")]
    Number {
        /// The number of the entry, from 1.
        entry: usize,
        /// The name of the number.
        part: &'static str,
        /// The illegal number.
        given: String,
        /// The legal numbers, in words.
        expected: &'static str,
    },
    /// The list is too long.
    #[error("hills: there are {0}; expected at most {most}", most = Hill::MAX_HILLS)]
    TooMany(usize),
}

impl Hill {
    /// The maximum number of hills.
    pub const MAX_HILLS: usize = 1000;

    /// Parses "x y height width; x y height width; …". Empty entries are skipped.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, HillError> {
        let entries = text.split(';').map(str::trim);
        let entries: Vec<&str> = entries.filter(|entry| !entry.is_empty()).collect();
        if entries.len() > Self::MAX_HILLS {
            return Err(HillError::TooMany(entries.len()));
        }
        let numbered = entries.into_iter().zip(1..);
        numbered
            .map(|(text, entry)| Self::parse(text, entry))
            .collect()
    }

    /// Writes a list of hills as text; [`Hill::parse_list`] reads it back to the same bits.
    pub fn list_text(hills: &[Self]) -> String {
        let texts: Vec<String> = hills.iter().map(Self::to_string).collect();
        texts.join("; ")
    }

    fn parse(text: &str, entry: usize) -> Result<Self, HillError> {
        const FAR: &str = "a number from -1e6 to 1e6";
        let refused = || HillError::Entry {
            entry,
            text: text.chars().take(40).collect(),
        };
        let numbers: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
        let [x, y, height, width] = numbers
            .ok()
            .and_then(|numbers| <[f64; 4]>::try_from(numbers).ok())
            .ok_or_else(refused)?;
        let far = -1e6..=1e6;
        for (part, number, legal, expected) in [
            ("x", x, &far, FAR),
            ("y", y, &far, FAR),
            ("height", height, &far, FAR),
            ("width", width, &(1e-6..=1e6), "a number from 1e-6 to 1e6"),
        ] {
            if !legal.contains(&number) {
                return Err(HillError::Number {
                    entry,
                    part,
                    given: spec::real(number),
                    expected,
                });
            }
        }
        Ok(Self {
            at: [x, y],
            height,
            width,
        })
    }
}

/// Writes "x y height width".
impl std::fmt::Display for Hill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [x, y] = self.at.map(spec::real);
        let [height, width] = [self.height, self.width].map(spec::real);
        write!(f, "{x} {y} {height} {width}")
    }
}

/// The objective of a list of hills on a bowl.
struct HillSum {
    bowl: f64,
    hills: Vec<Hill>,
}

impl Formula for HillSum {
    #[inline(always)]
    fn eval<S: Scalar>(&self, x: S, y: S) -> S {
        let mut sum = (x.square() + y.square()) * self.bowl;
        for hill in &self.hills {
            let square = (x - hill.at[0]).square() + (y - hill.at[1]).square();
            sum = sum + (square * (-0.5 / (hill.width * hill.width))).exp() * hill.height;
        }
        sum
    }
}

impl Landscape for Drawn {
    fn group(&self) -> Group {
        Group::Yours
    }

    fn formula(&self) -> String {
        "c (x² + y²) + Σ h exp(−((x − x₀)² + (y − y₀)²) / (2 w²))".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        None
    }

    fn start(&self) -> [f64; 2] {
        [0.5, 3.0]
    }

    fn minima(&self) -> Vec<Mark> {
        Vec::new()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.05", "0.005", "0.05", "0.005", "0.01"])
    }

    fn load(&self, _files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        let hills = Hill::parse_list(&self.hills)?;
        Ok(LoadedLandscape::new(
            self,
            HillSum {
                bowl: self.bowl,
                hills,
            },
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::objective::Objective;

    #[test]
    fn hills_read_back_to_the_same_bits() {
        let hills = vec![
            Hill {
                at: [0.1, -2e5],
                height: -1.0 / 3.0,
                width: 1e-6,
            },
            Hill {
                at: [-0.0, 7.0],
                height: 1e6,
                width: 2.5,
            },
        ];
        let text = Hill::list_text(&hills);
        assert_eq!(Hill::parse_list(&text), Ok(hills));
        assert_eq!(Hill::list_text(&[]), "");
        assert_eq!(Hill::parse_list(" ;; "), Ok(Vec::new()));
        let drawn = Drawn {
            hills: text,
            ..Drawn::default()
        };
        let any = AnyLandscape::Drawn(drawn);
        assert_eq!(any.to_string().parse(), Ok(any));
    }

    #[test]
    fn malformed_hills_are_refused() {
        for (text, expected) in [
            (
                "0 0 1 1; 1 2 3",
                "hills: entry 2 is `1 2 3`; expected four numbers: x y height width",
            ),
            (
                "0,0,1,1",
                "hills: entry 1 is `0,0,1,1`; expected four numbers: x y height width",
            ),
            (
                "0 0 1 0",
                "hills: the width of entry 1 is 0; expected a number from 1e-6 to 1e6",
            ),
            (
                "; 0 nan 1 1",
                "hills: the y of entry 1 is NaN; expected a number from -1e6 to 1e6",
            ),
            (
                "0 0 1e7 1",
                "hills: the height of entry 1 is 10000000; expected a number from -1e6 to 1e6",
            ),
            (
                &"0 0 1 1;".repeat(1001),
                "hills: there are 1001; expected at most 1000",
            ),
        ] {
            let drawn = Drawn {
                hills: text.to_owned(),
                ..Drawn::default()
            };
            let refused = drawn.load(&NoFiles).map(drop);
            assert_eq!(refused.unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_landscape_without_hills_is_flat() {
        let any: AnyLandscape = "drawn:hills=,bowl=0".parse().unwrap();
        let objective = any.as_dyn().load(&NoFiles).unwrap().objective;
        let mut gradient = [1.0; 2];
        assert_eq!(objective.gradient(&[3.0, -4.0], &mut gradient), 0.0);
        assert_eq!(gradient, [0.0; 2]);
    }

    #[test]
    fn hills_add_up() {
        let sheet = HillSum {
            bowl: 0.5,
            hills: Hill::parse_list("1 0 2 1; 0 2 -3 0.5").unwrap(),
        };
        let expected = 0.5 + 2.0 - 3.0 * (-(1.0 + 4.0) / 0.5_f64).exp();
        assert!((sheet.value(&[1.0, 0.0]) - expected).abs() < 1e-15);
    }
}
