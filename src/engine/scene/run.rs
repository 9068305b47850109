//! The runs of a scene, and the changes of a network run's spec at later steps.

use crate::engine::training::RunSpec;
use serde::{Deserialize, Serialize};

/// Number of hues of runs. A colour number that is higher by this has the same hue in another lightness.
pub const RUN_HUES: u8 = 10;

/// Number of lightnesses of each hue.
const LIGHTNESSES: u64 = 3;

/// Returns the colour of a new run among others: another lightness of the hue of a run of the same optimizer, or else the first free hue.
pub(super) fn free_colour(spec: &RunSpec, others: &[(&RunSpec, u64)]) -> u64 {
    let is_taken = |colour: u64| others.iter().any(|(_, taken)| *taken == colour);
    let name = spec.display_name();
    let twin = others
        .iter()
        .find(|(other, _)| other.display_name() == name);
    let lighter = twin.and_then(|(_, colour)| {
        let hues = u64::from(RUN_HUES);
        let mut variants = (0..LIGHTNESSES).map(|k| colour % hues + k * hues);
        variants.find(|variant| !is_taken(*variant))
    });
    // Of one colour more than there are runs, one is free.
    let free = || (0..=others.len() as u64).find(|colour| !is_taken(*colour));
    lighter.or_else(free).unwrap_or(0)
}

/// A run and how it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Optimizer and schedule.
    pub spec: RunSpec,
    /// The run's name; empty stands for the optimizer's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether the run is drawn; a network's run that is not neither trains nor shapes the plane.
    #[serde(default = "default_shown")]
    pub shown: bool,
    /// The index of the run's colour, dash pattern and marker.
    #[serde(default)]
    pub colour: u64,
    /// The changes of a network run's spec, by increasing step.
    #[serde(default, rename = "legs", skip_serializing_if = "Vec::is_empty")]
    pub spec_changes: Vec<SpecChange>,
}

fn default_shown() -> bool {
    true
}

/// A change of a run's spec: from step `at_step` on, training continues with the current weights and a new spec, whose optimizer state
/// starts afresh.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecChange {
    /// The first step of the new spec, a multiple of the recording interval.
    #[serde(rename = "from")]
    pub at_step: u64,
    /// Optimizer and schedule from this step on.
    pub spec: RunSpec,
}

impl Run {
    /// Returns the spec that applies at a step.
    pub fn spec_at(&self, step: u64) -> &RunSpec {
        let change = self
            .spec_changes
            .iter()
            .rfind(|change| change.at_step <= step);
        change.map_or(&self.spec, |change| &change.spec)
    }

    /// Moves the changes of the spec down to multiples of `every`, the recorded rows at which they can begin.
    pub fn align_spec_changes(&mut self, every: u64) {
        let every = every.max(1);
        for change in &mut self.spec_changes {
            change.at_step = (change.at_step / every).max(1) * every;
        }
        self.spec_changes.dedup_by_key(|change| change.at_step);
    }

    /// Changes the spec from a step on and removes later changes; step 0 replaces the run's first spec.
    pub fn change_spec_at(&mut self, step: u64, spec: RunSpec) {
        self.spec_changes.retain(|change| change.at_step < step);
        if step == 0 {
            self.spec = spec;
        } else if *self.spec_at(step) != spec {
            self.spec_changes.push(SpecChange {
                at_step: step,
                spec,
            });
        }
    }
}
