//! The runs that landscapes and data sets open with.

use super::run::free_colour;
use super::{Run, Scene, Subject};
use crate::engine::landscape::AnyLandscape;
use crate::engine::network::data::AnyDataset;
use crate::engine::training::RunSpec;

impl Scene {
    /// Returns the scene that a landscape opens with: its own start, view and runs.
    pub fn opening_of(landscape: AnyLandscape) -> Self {
        let mut scene = Self::new(landscape);
        scene.set_opening_runs();
        scene
    }

    /// Chooses a data set for the network, and the loss that suits it; see [`NetworkScene::choose_data`](super::NetworkScene::choose_data).
    /// Runs that are still those that the former data opened with are replaced by those of the data set. Nothing for a landscape.
    pub fn choose_data(&mut self, data: AnyDataset) {
        let is_opening = self.has_opening_runs();
        if let Some(network) = self.network_mut() {
            network.choose_data(data);
            if is_opening {
                self.set_opening_runs();
            }
        }
    }

    /// Replaces the runs by those that the subject opens with. An optimizer that was among them keeps its colour.
    pub(super) fn set_opening_runs(&mut self) {
        let former = std::mem::take(&mut self.runs);
        let specs = self.opening_specs();
        let mut kept: Vec<(&RunSpec, u64)> = Vec::new();
        let colours: Vec<Option<u64>> = { specs.iter() }
            .map(|spec| {
                let is_twin = |run: &&Run| {
                    let is_free = kept.iter().all(|(_, colour)| *colour != run.colour);
                    is_free && run.spec.display_name() == spec.display_name()
                };
                let colour = former.iter().find(is_twin)?.colour;
                kept.push((spec, colour));
                Some(colour)
            })
            .collect();
        for (spec, colour) in specs.iter().zip(colours) {
            self.add_run(spec.clone());
            let colour = colour.unwrap_or_else(|| {
                let colour = free_colour(spec, &kept);
                kept.push((spec, colour));
                colour
            });
            if let Some(run) = self.runs.last_mut() {
                run.colour = colour;
            }
        }
    }

    /// Whether the runs have the specs that the subject opens with.
    pub(super) fn has_opening_runs(&self) -> bool {
        let is_untouched = |run: &super::Run| run.name.is_empty() && run.spec_changes.is_empty();
        let specs = self.runs.iter().map(|run| &run.spec);
        self.runs.iter().all(is_untouched) && specs.eq(&self.opening_specs())
    }

    /// Returns the specs of the runs that the subject opens with.
    fn opening_specs(&self) -> Vec<RunSpec> {
        let specs = match &self.subject {
            Subject::Landscape(own) => own.landscape.as_dyn().opening_runs(),
            Subject::Network(network) => network.data.as_dyn().opening_runs(),
        };
        specs.iter().filter_map(|spec| spec.parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests;
