//! What a picture says of a network: its plane's directions, how far the runs are off it, how they stand.

use super::axis::number;
use super::colour::Theme;
use super::drawing::{Anchor, Item, Text};
use super::frame::Frame;
use crate::engine::lab::{Runs, Trained};
use crate::engine::network::Measure;
use crate::engine::objective::norm;

/// From this share of the view's width on, a head is drawn hollow because its run is off the plane.
const FAR: f64 = 0.1;

/// What the axes of the plane are called.
pub fn axes(runs: &Runs) -> [String; 2] {
    let names = runs.scene.axes();
    let Some(Trained { cut, .. }) = &runs.trained else {
        return names.map(str::to_owned);
    };
    let explained = |k: usize, name: &str| {
        cut.explained.map(|shares| {
            let share = percent(shares[k]);
            format!("{name} ({share} of the variance)")
        })
    };
    let curved = |k: usize, name: &str| {
        let values = cut.eigenvalues?;
        Some(format!("{name} = {}", number(values[k], 4)))
    };
    [(0, "PC 1", "λ₁"), (1, "PC 2", "λ₂")].map(|(k, component, eigenvalue)| {
        explained(k, component)
            .or_else(|| curved(k, eigenvalue))
            .unwrap_or_else(|| names[k].to_owned())
    })
}

/// What the plane shows of the runs, in a sentence.
pub fn plane_words(trained: &Trained) -> String {
    let cut = &trained.cut;
    if let Some([first, second]) = cut.explained {
        let both = percent(first + second);
        let [first, second] = [first, second].map(percent);
        return format!(
            "The plane explains {both} of the variance of the runs' steps: PC 1 {first}, PC 2 {second}."
        );
    }
    if let Some(values) = cut.eigenvalues {
        let [first, second] = values.map(|value| number(value, 4));
        return format!(
            "The plane goes along the Hessian's top two eigenvectors, with eigenvalues {first} and {second}."
        );
    }
    "The plane was not laid along the runs: what they do beside it is below.".to_owned()
}

/// A share in percent.
pub fn percent(share: f64) -> String {
    format!("{} %", number(100.0 * share, 3))
}

/// What has to be said of the map of a network, in its lower left corner.
pub fn note(runs: &Runs, row: usize, frame: &Frame, theme: &Theme) -> Vec<Item> {
    let far = |index: &usize| runs.scene.runs[*index].shown && is_far(runs, *index, row, frame);
    let hollow = (0..runs.results.len()).any(|index| far(&index));
    let mut lines = vec!["Heights are losses on this plane; beside each run is its own loss."];
    if hollow {
        lines.push("Hollow: the run is far off the plane.");
    }
    let [x, bottom] = [frame.area.min[0] + 8.0, frame.area.max[1] - 12.0];
    let mut items = Vec::new();
    let mut y = bottom;
    for line in lines.into_iter().rev() {
        items.push(text(line.to_owned(), [x, y], Anchor::Start, theme));
        y -= 14.0;
    }
    items
}

/// What is being done while there is no landscape yet, in the middle of the map.
pub fn waiting(words: &str, frame: &Frame, theme: &Theme) -> Vec<Item> {
    let area = frame.area;
    let middle = [0, 1].map(|axis| 0.5 * (area.min[axis] + area.max[axis]));
    vec![text(words.to_owned(), middle, Anchor::Middle, theme)]
}

fn text(text: String, at: [f32; 2], anchor: Anchor, theme: &Theme) -> Item {
    Item::Text(Text {
        text,
        at,
        anchor,
        size: 11.0,
        colour: theme.ink,
        halo: Some(theme.halo),
        upright: false,
    })
}

/// Whether a run is so far off the plane at a row, or at its last one, that it does not belong where it is drawn.
pub fn is_far(runs: &Runs, run: usize, row: usize, frame: &Frame) -> bool {
    let far = || {
        let trained = runs.trained.as_ref()?;
        let shadows = &trained.runs.get(run)?.shadows;
        let shadow = shadows.get(row).or(shadows.last())?;
        // A unit of the plane is as long as its first direction.
        let [_, u, _] = trained.cut.plane.parts();
        Some(shadow.residual > FAR * frame.window.width() * norm(u))
    };
    far().unwrap_or(false)
}

/// What is written beside the heads of all runs: their names, of a network with their own loss.
pub fn heads(runs: &Runs, names: &[String], row: usize) -> Vec<String> {
    let named = names.iter().zip(&runs.results);
    named
        .map(|(name, result)| {
            let losses = &result.trajectory.loss;
            match losses.get(row).or(losses.last()) {
                Some(loss) if runs.trained.is_some() => format!("{name} {}", number(*loss, 3)),
                _ => name.clone(),
            }
        })
        .collect()
}

/// How good a run is at a row, or at its last one, in training and in the test.
pub fn measures(runs: &Runs, run: usize, row: usize) -> [Option<Measure>; 2] {
    let measures = || {
        let rows = &runs.trained.as_ref()?.runs.get(run)?.rows;
        Some(rows.get(row).or(rows.last())?.measures)
    };
    measures().unwrap_or_default()
}
