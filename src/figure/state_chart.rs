//! What the rule of a run carries from step to step: what its lines are called, and what they measure.

use super::colour::Theme;
use super::drawing::{Area, Item};
use super::layers::entries;
use crate::engine::training::{OptimizerStateKind, OptimizerStateSeries};

/// Things that are drawn in one chart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StateChart {
    /// Lengths of steps and directions.
    Lengths,
    /// Norms of what is kept for each parameter.
    Norms,
    /// How far from θ places are, or may be.
    Distances,
    /// Single numbers.
    Numbers,
    /// Single numbers that are negative somewhere.
    Signed,
}

impl StateChart {
    /// All of them in their order.
    pub(super) const ALL: [Self; 5] = [
        Self::Lengths,
        Self::Norms,
        Self::Distances,
        Self::Numbers,
        Self::Signed,
    ];

    /// That of a thing.
    pub(super) fn of(series: &OptimizerStateSeries) -> Self {
        match series.kind {
            OptimizerStateKind::Direction | OptimizerStateKind::Step => Self::Lengths,
            OptimizerStateKind::Each => Self::Norms,
            OptimizerStateKind::Number if series.sizes.iter().any(|size| *size < 0.0) => {
                Self::Signed
            }
            OptimizerStateKind::Number => Self::Numbers,
            OptimizerStateKind::Place
            | OptimizerStateKind::Places
            | OptimizerStateKind::Trials
            | OptimizerStateKind::Radius
            | OptimizerStateKind::Spread => Self::Distances,
        }
    }

    /// What its chart is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Lengths => "lengths of steps and directions",
            Self::Norms => "norms of what each parameter has",
            Self::Distances => "distances from θ",
            Self::Numbers => "single numbers",
            Self::Signed => "signed numbers",
        }
    }
}

/// What is measured of a thing, in words.
pub fn size_text(kind: OptimizerStateKind) -> &'static str {
    match kind {
        OptimizerStateKind::Direction | OptimizerStateKind::Step => "its length",
        OptimizerStateKind::Each => "norm over all parameters",
        OptimizerStateKind::Place => "how far from θ",
        OptimizerStateKind::Places => "how far from θ, the farthest",
        OptimizerStateKind::Trials => "how far from where the step began, the farthest",
        OptimizerStateKind::Number => "the number",
        OptimizerStateKind::Radius => "the radius",
        OptimizerStateKind::Spread => "root mean square distance, √tr",
    }
}

/// The title of the chart that a thing is drawn in.
pub fn chart_title(series: &OptimizerStateSeries) -> &'static str {
    StateChart::of(series).title()
}

/// Whether a thing is known anywhere, and so has a line.
pub fn is_known(series: &OptimizerStateSeries) -> bool {
    series.sizes.iter().any(|size| size.is_finite())
}

/// The symbols and names of the lines of a run, and whether there is no more than its steps; answers with the area that is left below.
pub fn legend(
    series: &[OptimizerStateSeries],
    name: &str,
    area: Area,
    theme: &Theme,
) -> (Vec<Item>, Area) {
    let known = series.iter().enumerate().filter(|(_, own)| is_known(own));
    let lines = known.map(|(look, own)| (look, format!("{}  {}", own.symbol, own.name)));
    let (mut items, mut y) = entries(lines, area, theme);
    if series.len() == 1 {
        let words = format!("{name} carries nothing from step to step.");
        items.push(Item::label(words, [area.min[0] + 8.0, y], 11.0, theme.ink));
        y += 16.0;
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
    use crate::engine::scene::Scene;
    use crate::engine::training::{self, RunSpec};
    use crate::figure::metric_chart::{MetricChart, XAxis, state_charts};
    use crate::engine::results::{Runs, compute_runs};
    use std::sync::Arc;

    fn made(spec: RunSpec) -> (Runs, Vec<OptimizerStateSeries>) {
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
            training::carried(objective, start, &scene.runs[0].spec, &run_settings, &never);
        let runs = compute_runs(&scene, &problem, None, &never).unwrap();
        (runs, series.unwrap())
    }

    fn words(items: Vec<Item>) -> Vec<String> {
        let text = |item| match item {
            Item::Text(text) => Some(text.text),
            _ => None,
        };
        items.into_iter().filter_map(text).collect()
    }

    #[test]
    fn each_kind_of_thing_has_its_chart() {
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
                    StateChart::Numbers,
                ],
            ),
            ("prodigy", &StateChart::ALL),
        ] {
            let (runs, series) = made(spec.parse().unwrap());
            let titles = state_charts(&runs, 0, &series).into_iter();
            let titles: Vec<String> = titles.map(|quantity| quantity.title).collect();
            let expected: Vec<&str> = expected.iter().map(|group| group.title()).collect();
            assert_eq!(titles, expected, "{spec}");
        }
    }

    #[test]
    fn every_optimizer_is_drawn_and_its_legend_can_be_read() {
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
            let (runs, series) = made(RunSpec::new(optimizer));
            let name = runs.scene.runs[0].spec.to_string();
            let (items, below) = legend(&series, "It", area, &Theme::LIGHT);
            let texts = words(items);
            assert!(below.min[1] < 160.0, "{name}: {texts:?}");
            let nothing = texts.contains(&"It carries nothing from step to step.".to_owned());
            assert_eq!(nothing, series.len() == 1, "{name}");
            let across = XAxis {
                runs: &runs,
                by_cost: true,
                row: 7,
            };
            let draw = |quantity: &MetricChart| quantity.draw(below, &across, &Theme::LIGHT);
            assert!(
                state_charts(&runs, 0, &series)
                    .iter()
                    .map(draw)
                    .all(|items| !items.is_empty())
            );
        }
        let (runs, series) = made("adam".parse().unwrap());
        assert!(state_charts(&runs, 7, &series).is_empty());
    }
}
