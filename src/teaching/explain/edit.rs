//! Suggestions: the edit of a rule applied to a scene.

use super::Suggestion;
use super::named::Named;
use super::rule::{Attempt, Form, Text};
use crate::engine::declare::Settings;
use crate::engine::network::AnyNetwork;
use crate::engine::scene::Scene;
use std::collections::BTreeMap;

/// Returns the scene with a rule's edit of run `run`; `None` where a fact is missing, a value is not legal, or nothing changes.
pub(super) fn suggestion(
    attempt: &Attempt,
    named: &Named,
    scene: &Scene,
    run: usize,
) -> Option<Suggestion> {
    let fill = |text: &Text| text.fill(named, Form::Setting);
    let mut changed = scene.clone();
    let step = named.last_spec_step();
    let mut spec = changed.runs[run].spec_at(step).clone();
    if let Some(text) = &attempt.optimizer {
        spec.optimizer = fill(text)?.parse().ok()?;
        spec.groups.clear();
    }
    spec.change(|optimizer| set_all(optimizer.settings_mut(), &attempt.run, &fill))?;
    if let Some(text) = &attempt.schedule {
        spec.schedule = fill(text)?.parse().ok()?;
    }
    let removed = |name: &str| attempt.without.iter().any(|known| known == name);
    spec.wrappers.retain(|wrapper| !removed(wrapper.name()));
    if let Some(text) = &attempt.wrapper {
        spec.wrappers.push(fill(text)?.parse().ok()?);
    }
    changed.runs[run].spec_changes.clear();
    changed.runs[run].spec = spec;
    set_all(&mut changed.training, &attempt.training, &fill)?;
    if !attempt.model.is_empty() {
        let AnyNetwork::Mlp(model) = &mut changed.network_mut()?.model;
        set_all(model, &attempt.model, &fill)?;
    }
    if let Some(text) = &attempt.start {
        let text = fill(text)?;
        let numbers = text.split(',').map(|number| number.trim().parse().ok());
        let at: Vec<f64> = numbers.collect::<Option<_>>()?;
        let y = at.get(1).copied().unwrap_or(0.0);
        (!scene.is_network()).then(|| changed.move_start([at[0], y]))?;
    }
    let label = attempt.label.fill(named, Form::Sentence)?;
    (changed != *scene).then_some(Suggestion {
        label,
        scene: changed,
        effect: None,
    })
}

/// Sets settings by their names; `None` where a fact is missing or a value is not legal.
fn set_all(
    settings: &mut dyn Settings,
    values: &BTreeMap<String, Text>,
    fill: &dyn Fn(&Text) -> Option<String>,
) -> Option<()> {
    for (name, text) in values {
        let index = settings.index(name).ok()?;
        let value = settings.params()[index].parse(&fill(text)?).ok()?;
        settings.set(name, value).ok()?;
    }
    Some(())
}
