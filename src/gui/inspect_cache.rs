//! A step of a run looked at closely, for as long as nothing changes.

use crate::engine::cancel::Cancel;
use crate::engine::landscape::AnyLandscape;
use crate::engine::scene::Scene;
use crate::engine::training::{RunSettings, RunSpec, StepInspection, inspect_step};
use crate::session::Runs;

/// Up to this step a run is quick enough to be made again within a frame.
pub(crate) const MAX_INSPECTED_STEP: u64 = 20_000;

/// What a look at a step depends on.
#[derive(PartialEq)]
struct InspectKey {
    landscape: AnyLandscape,
    start: [f64; 2],
    run_settings: RunSettings,
    spec: RunSpec,
    step: u64,
}

/// The step that was looked at last.
#[derive(Default)]
pub(crate) struct InspectCache(Option<(InspectKey, Option<StepInspection>)>);

impl InspectCache {
    /// Step `step` of run `index`, if the run gets there, it is not beyond [`MAX_INSPECTED_STEP`], and the run is not a network's.
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
