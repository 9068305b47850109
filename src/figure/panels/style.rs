//! The words around the panels of a figure: title, caption, letters, and the place of the legend.

use crate::engine::results::Runs;
use crate::engine::scene::LegendPlace;
use crate::figure::caption;

/// Title, legend and axes of a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct PageStyle {
    /// The title; `None` is the scene's, an empty one leaves it out.
    pub title: Option<String>,
    /// Whether the settings are below the panels.
    pub caption: bool,
    /// The legend's place; `None` is right, but on a narrow page inside a chart, below several panels, and nowhere with a map alone
    /// that names all of its runs.
    pub legend: Option<LegendPlace>,
    /// Letter of the first panel, like "a" or "(a)"; the others follow.
    pub label: Option<String>,
    /// Whether the view of a map fills its panel, rather than having equal scales on both axes.
    pub free_aspect: bool,
    /// Name of the x axis.
    pub x_label: Option<String>,
    /// Name of the y axis.
    pub y_label: Option<String>,
}

impl Default for PageStyle {
    fn default() -> Self {
        Self {
            title: None,
            caption: true,
            legend: None,
            label: None,
            free_aspect: false,
            x_label: None,
            y_label: None,
        }
    }
}

/// Returns the settings that determine a figure, in one line, with all seeds.
pub(super) fn caption_of_seeds(runs: &Runs, step: u64) -> String {
    let (caption, seed) = (caption(&runs.scene, step), runs.scene.training.seed);
    let count = runs.other_seeds.len() + 1;
    let last = runs.all_seeds().map(|runs| runs.scene.training.seed).max();
    match last.filter(|_| count > 1) {
        Some(last) => caption.replacen(
            &format!("seed {seed}"),
            &format!("{count} seeds, {seed} to {last}: median, quartiles, mean (dotted); map: seed {seed}"),
            1,
        ),
        None => caption,
    }
}

/// Returns what the lines of charts over several seeds are.
pub(super) fn words_of_seeds(runs: &Runs) -> String {
    let count = runs.other_seeds.len() + 1;
    format!("{count} seeds: median, band between quartiles; dotted: mean")
}

/// Returns the label of the panel `index`: the first letter in the label of the first panel is that many letters on.
pub(super) fn nth_label(first: &str, index: usize) -> String {
    let shift = u8::try_from(index).unwrap_or(u8::MAX);
    let Some(at) = first.find(|c: char| c.is_ascii_alphabetic()) else {
        return first.to_owned();
    };
    let letter = first.as_bytes()[at];
    let next = char::from(letter.saturating_add(shift));
    let next = if next.is_ascii_alphabetic() {
        next
    } else {
        char::from(letter)
    };
    format!("{}{next}{}", &first[..at], &first[at + 1..])
}
