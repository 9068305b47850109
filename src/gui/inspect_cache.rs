//! Cache of the newest inspected step of a run.

use crate::engine::cancel::Cancel;
use crate::engine::landscape::AnyLandscape;
use crate::engine::results::Runs;
use crate::engine::scene::Scene;
use crate::engine::training::{RunSettings, RunSpec, StepInspection, inspect_step};

/// Largest step up to which a run can be computed again within a frame.
pub(crate) const MAX_INSPECTED_STEP: u64 = 20_000;

/// Everything that an inspected step depends on.
#[derive(PartialEq)]
struct InspectKey {
    landscape: AnyLandscape,
    start: [f64; 2],
    run_settings: RunSettings,
    spec: RunSpec,
    step: u64,
}

/// The newest inspected step.
#[derive(Default)]
pub(crate) struct InspectCache(Option<(InspectKey, Option<StepInspection>)>);

impl InspectCache {
    /// Returns step `step` of run `index`; `None` where the run ends before, the step is beyond [`MAX_INSPECTED_STEP`], or the run is a
    /// network's.
    pub(crate) fn at(
        &mut self,
        scene: &Scene,
        runs: &Runs,
        index: usize,
        step: u64,
    ) -> Option<&StepInspection> {
        if step > MAX_INSPECTED_STEP || scene.is_network() {
            return None;
        }
        let of = InspectKey {
            landscape: scene.landscape().clone(),
            start: scene.start(),
            run_settings: scene.run_settings(),
            spec: scene.runs.get(index)?.spec.clone(),
            step,
        };
        if self.0.as_ref().is_none_or(|(known, _)| *known != of) {
            let (objective, start) = (&*runs.problem.objective, scene.start_theta());
            let (spec, never) = (&of.spec, Cancel::default());
            let found = inspect_step(objective, start, spec, &of.run_settings, step, &never);
            self.0 = Some((of, found));
        }
        self.0.as_ref()?.1.as_ref()
    }
}
