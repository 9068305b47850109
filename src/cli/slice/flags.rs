//! Parsing and checks of the flags of `ravine slice`.

use super::Args;
use crate::cli::scene_args::whole;
use crate::cli::seeds;
use crate::engine::analysis::network_plane::Ignore;
use crate::engine::network::Precision;
use crate::engine::objective::plane::Rect;

/// Maximum grid points per side.
const MAX_POINTS: usize = 4096;

/// Maximum number of `--seeds`.
const MAX_SEEDS: usize = 16;

impl Args {
    /// Returns an error if two flags exclude each other, or if one needs another that is missing.
    pub(super) fn check(&self, drawn: bool) -> Result<(), String> {
        let wrong = match (&self.directions[..], &self.plane, &self.normalize) {
            ([_, _, _, ..], _, _) => format!(
                "--direction is given {} times; expected it once or twice",
                self.directions.len()
            ),
            ([_, ..], Some(_), _) => {
                "--plane and --direction exclude each other; leave out one of them".to_owned()
            }
            ([_, ..], _, Some(other)) if other != "filter" => {
                format!("--normalize cannot be `{other}`; expected filter")
            }
            ([], _, Some(_)) => {
                "--normalize is for directions from files; add --direction FILE"
                    .to_owned()
            }
            ([_, ..], None, _) if !self.others.is_empty() => {
                "--other is for --plane line or points; leave out --direction".to_owned()
            }
            ([_], ..) if drawn => format!(
                "{}: one --direction spans a line, which has no map; expected .csv, .json or .npz, or a second --direction",
                self.output.display()
            ),
            ([_, ..], ..) if self.seeds.is_some() => {
                "--seeds is for --plane filter; leave out --direction".to_owned()
            }
            _ if self.seeds.is_some() && self.trajectories.is_some() => {
                "--seeds and --trajectories exclude each other; leave out one of them".to_owned()
            }
            ([_, ..], ..) if self.trajectories.is_some() && !drawn => {
                "--trajectories with --direction is for pictures; expected the output as .png, .svg or .pdf, or --plane pca".to_owned()
            }
            _ if self.seed.is_some() && self.test.is_none() => {
                "--seed is for the --test split; add --test SHARE".to_owned()
            }
            _ if self.normalize.is_none() && self.ignore.is_some() => {
                "--ignore needs --normalize filter; add --normalize filter".to_owned()
            }
            _ if self.ignore().is_none() => format!(
                "--ignore cannot be `{}`; expected biasbn or none",
                self.ignore.as_deref().unwrap_or_default()
            ),
            _ => return Ok(()),
        };
        Err(wrong)
    }

    /// Returns the value of `--ignore`; `None` if it is invalid.
    pub(super) fn ignore(&self) -> Option<Ignore> {
        let Some(asked) = &self.ignore else {
            return Some(Ignore::BiasBn);
        };
        [Ignore::BiasBn, Ignore::None]
            .into_iter()
            .find(|ignore| ignore.name() == asked)
    }
}

/// Parses `--range`: one range for both axes, or the ranges of a and b.
pub(super) fn range(text: &str) -> Result<Rect, String> {
    let range = |text: &str| {
        let (low, high) = text.split_once("..")?;
        let number = |text: &str| text.trim().parse().ok();
        Some([number(low)?, number(high)?])
    };
    let (a, b) = text.split_once(',').unwrap_or((text, text));
    let rect = range(a).zip(range(b)).and_then(|(a, b)| Rect::new(a, b));
    rect.ok_or_else(|| {
        format!("--range cannot be `{text}`; expected a range, low end first, like --range=-1..1, or two like --range=-1..1,-2..2")
    })
}

/// Parses `--precision`.
pub(super) fn precision(text: &str) -> Result<Precision, String> {
    match text {
        "f64" => Ok(Precision::Double),
        "f32" => Ok(Precision::Single),
        _ => Err(format!(
            "--precision cannot be `{text}`; expected f64 or f32"
        )),
    }
}

/// Parses `--points`: the grid points along a and b.
pub(super) fn points(text: &str) -> Result<[usize; 2], String> {
    let count = |text: &str| {
        let count = whole(text);
        count.filter(|count| (2..=MAX_POINTS).contains(count))
    };
    let (a, b) = text.split_once(['x', 'X', '×']).unwrap_or((text, text));
    let both = count(a).zip(count(b));
    both.map(|(a, b)| [a, b]).ok_or_else(|| {
        format!("--points cannot be `{text}`; expected a whole number from 2 to {MAX_POINTS}, or two like 51x31")
    })
}

/// Parses `--seeds`: the seeds of the planes, or how many from `first` on.
pub(super) fn seeds(text: &str, first: u64) -> Result<Vec<u64>, String> {
    let seeds = if text.contains("..") || text.contains(',') {
        seeds::parse(text)?
    } else {
        let count = whole::<u64>(text).filter(|count| *count <= MAX_SEEDS as u64);
        let seeds = (0..count.unwrap_or(0)).map(|more| first.wrapping_add(more));
        seeds.collect()
    };
    if (2..=MAX_SEEDS).contains(&seeds.len()) {
        return Ok(seeds);
    }
    Err(format!(
        "--seeds cannot be `{text}`; expected 2 to {MAX_SEEDS} seeds, like 0..3 or 0,3,7, or how many from the plane's seed on, like 4"
    ))
}
