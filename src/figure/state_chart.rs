//! Charts of the optimizer state of a run: their titles, legend, and which entry belongs to which chart.

use super::colour::{Theme, shade_index};
use super::drawing::{Area, Item};
use super::layers::legend_entries;
use super::layout::LINE_HEIGHT;
use crate::engine::training::{OptimizerStateKind, OptimizerStateSeries};

/// A chart of entries of the optimizer state that share an axis.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StateChart {
    /// Lengths of steps and directions.
    Lengths,
    /// Norms of entries with a number for each parameter.
    Norms,
    /// Distances from θ, actual or allowed.
    Distances,
    /// Scalars.
    Scalars,
    /// Scalars that are negative at some step.
    SignedScalars,
}

impl StateChart {
    /// All charts in order.
    pub(super) const ALL: [Self; 5] = [
        Self::Lengths,
        Self::Norms,
        Self::Distances,
        Self::Scalars,
        Self::SignedScalars,
    ];

    /// Returns the chart that an entry belongs to.
    pub(super) fn for_series(series: &OptimizerStateSeries) -> Self {
        match series.kind {
            OptimizerStateKind::Direction | OptimizerStateKind::Step => Self::Lengths,
            OptimizerStateKind::Each => Self::Norms,
            OptimizerStateKind::Number if series.sizes.iter().any(|size| *size < 0.0) => {
                Self::SignedScalars
            }
            OptimizerStateKind::Number => Self::Scalars,
            OptimizerStateKind::Place
            | OptimizerStateKind::Places
            | OptimizerStateKind::Trials
            | OptimizerStateKind::Radius
            | OptimizerStateKind::Spread => Self::Distances,
        }
    }

    /// Returns the chart's title.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Lengths => "lengths of steps and directions",
            Self::Norms => "norms of per-parameter state",
            Self::Distances => "distances from θ",
            Self::Scalars => "scalars",
            Self::SignedScalars => "signed scalars",
        }
    }
}

/// Describes the size that is measured of an entry.
pub fn size_text(kind: OptimizerStateKind) -> &'static str {
    match kind {
        OptimizerStateKind::Direction | OptimizerStateKind::Step => "vector length",
        OptimizerStateKind::Each => "norm over all parameters",
        OptimizerStateKind::Place => "distance from θ",
        OptimizerStateKind::Places => "largest distance from θ",
        OptimizerStateKind::Trials => "largest distance from the start of the step",
        OptimizerStateKind::Number => "value",
        OptimizerStateKind::Radius => "radius",
        OptimizerStateKind::Spread => "root mean square distance, √tr",
    }
}

/// Returns the title of the chart that an entry belongs to.
pub fn chart_title(series: &OptimizerStateSeries) -> &'static str {
    StateChart::for_series(series).title()
}

/// Whether an entry has a finite size at some step, and so a line in its chart.
pub fn has_finite_size(series: &OptimizerStateSeries) -> bool {
    series.sizes.iter().any(|size| size.is_finite())
}

/// Draws the symbols and names of the lines of a run with a name and a style index, and a note if its optimizer has no state; returns the items and the area left below.
pub fn legend(
    series: &[OptimizerStateSeries],
    (name, run): (&str, usize),
    area: Area,
    theme: &Theme,
) -> (Vec<Item>, Area) {
    let entries = series.iter().enumerate();
    let entries = entries.filter(|(_, entry)| has_finite_size(entry));
    let lines = entries.map(|(index, entry)| {
        (
            shade_index(run, index),
            format!("{}  {}", entry.symbol, entry.name),
        )
    });
    let (mut items, mut y) = legend_entries(lines, area, theme);
    if series.len() == 1 {
        let words = format!("{name} has no state.");
        items.push(Item::label(words, [area.min[0] + 8.0, y], 11.0, theme.ink));
        y += LINE_HEIGHT;
    }
    (items, Area::new([area.min[0], y], area.max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::optimizer::AnyOptimizer;
    use crate::engine::results::{Runs, compute_runs};
    use crate::engine::scene::Scene;
    use crate::engine::training::{self, RunSpec};
    use crate::figure::drawing::texts;
    use crate::figure::metric_chart::{MetricChart, XAxis, state_charts};
    use std::sync::Arc;

    fn state_of(spec: RunSpec) -> (Runs, Vec<OptimizerStateSeries>) {
        let mut scene = Scene::new("himmelblau".parse().unwrap());
        scene.training.steps = 20;
        scene.add_run(spec);
        let problem = Arc::new(scene.load(&NoFiles).unwrap());
        let never = Cancel::default();
        let (objective, start, run_settings) = (
            &*problem.objective,
            scene.start_theta(),
            scene.run_settings(),
        );
        let series =
            training::state_history(objective, start, &scene.runs[0].spec, &run_settings, &never);
        let runs = compute_runs(&scene, &problem, None, &never).unwrap();
        (runs, series.unwrap())
    }

    #[test]
    fn each_kind_of_entry_has_its_chart() {
        for (spec, expected) in [
            ("sgd", &[StateChart::Lengths][..]),
            ("adam", &[StateChart::Lengths, StateChart::Norms]),
            (
                "sgd:momentum=0.9+lookahead",
                &[StateChart::Lengths, StateChart::Distances],
            ),
            ("nelder-mead", &[StateChart::Lengths, StateChart::Distances]),
            (
                "cma-es",
                &[
                    StateChart::Lengths,
                    StateChart::Distances,
                    StateChart::Scalars,
                ],
            ),
            ("prodigy", &StateChart::ALL),
        ] {
            let (runs, series) = state_of(spec.parse().unwrap());
            let titles = state_charts(&runs, 0, &series).into_iter();
            let titles: Vec<String> = titles.map(|chart| chart.title).collect();
            let expected: Vec<&str> = expected.iter().map(|group| group.title()).collect();
            assert_eq!(titles, expected, "{spec}");
        }
    }

    #[test]
    fn every_optimizer_has_charts_and_a_short_legend() {
        let area = Area::new([0.0, 0.0], [360.0, 500.0]);
        let landscape: AnyLandscape = "himmelblau".parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles).unwrap();
        for optimizer in AnyOptimizer::all() {
            if optimizer
                .as_dyn()
                .unsupported_reason(&*problem.objective)
                .is_some()
            {
                continue; // It is for networks, or for data.
            }
            let (runs, series) = state_of(RunSpec::new(optimizer));
            let name = runs.scene.runs[0].spec.to_string();
            let (items, below) = legend(&series, ("It", 0), area, &Theme::LIGHT);
            let texts: Vec<&str> = { texts(&items).into_iter() }
                .map(|text| text.text.as_str())
                .collect();
            assert!(below.min[1] < 160.0, "{name}: {texts:?}");
            let nothing = texts.contains(&"It has no state.");
            assert_eq!(nothing, series.len() == 1, "{name}");
            let x_axis = XAxis {
                runs: &runs,
                by_cost: true,
                row: 7,
            };
            let draw = |chart: &MetricChart| chart.draw(below, &x_axis, &Theme::LIGHT);
            assert!(
                state_charts(&runs, 0, &series)
                    .iter()
                    .map(draw)
                    .all(|items| !items.is_empty())
            );
        }
        let (runs, series) = state_of("adam".parse().unwrap());
        assert!(state_charts(&runs, 7, &series).is_empty());
    }
}
