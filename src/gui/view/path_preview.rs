//! The path of the followed run from the point under the pointer.

use super::ViewContext;
use crate::engine::cancel::Cancel;
use crate::engine::scene::Problem;
use crate::engine::training::{self, RunSettings, RunSpec, Trajectory};
use crate::figure::drawing::Item;
use crate::figure::frame::Frame;
use crate::figure::labels::Labels;
use crate::figure::style_index;
use crate::figure::trail::{self, Trail};
use std::sync::Arc;

/// Number of steps of a preview at most: it is computed within a frame.
const MAX_STEPS: u64 = 2_000;

/// Path of the last preview.
#[derive(Default)]
pub(super) struct PathPreview(Option<Path>);

struct Path {
    problem: Arc<Problem>,
    spec: RunSpec,
    settings: RunSettings,
    start: [f64; 2],
    trajectory: Trajectory,
}

impl PathPreview {
    /// Draws the path of the followed run from a start; `None` without a run, and outside of the domain.
    pub(super) fn items(
        &mut self,
        context: &ViewContext,
        start: [f64; 2],
        frame: &Frame,
    ) -> Option<Vec<Item>> {
        let (runs, index) = (context.runs?, context.followed?);
        let run = context.scene.runs.get(index)?;
        let domain = context.scene.landscape().as_dyn().domain();
        if domain.is_some_and(|domain| !domain.contains(start)) {
            return None;
        }
        let settings = context.scene.run_settings();
        let settings = RunSettings {
            steps: settings.steps.min(MAX_STEPS),
            ..settings
        };
        let same = |path: &Path| {
            Arc::ptr_eq(&path.problem, &runs.problem)
                && path.spec == run.spec
                && path.settings == settings
                && path.start == start
        };
        self.0 = self.0.take().filter(same);
        if self.0.is_none() {
            let objective = &*runs.problem.objective;
            let never = Cancel::default();
            self.0 = Some(Path {
                problem: Arc::clone(&runs.problem),
                spec: run.spec.clone(),
                trajectory: training::run(objective, &start, &run.spec, &settings, &never)?,
                settings,
                start,
            });
        }
        let trajectory = &self.0.as_ref()?.trajectory;
        let outline: Vec<usize> = (0..trajectory.len()).collect();
        let trail = Trail {
            run: index,
            trajectory,
            outline: &outline,
            name: "",
            style_index: style_index(run.colour),
            emphasized: false,
            hollow: false,
            record_every: 1,
        };
        let mut labels = Labels::new(frame.area, context.theme);
        let row = usize::MAX;
        Some(trail::trails(
            &[trail],
            frame,
            row,
            &mut labels,
            context.theme,
        ))
    }
}
