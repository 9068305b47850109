//! The spectrum of the Hessian where a run is at the timeline's step, and that of another run beside it.

use super::{controls_button, named};
use crate::engine::analysis::curvature::{CurvatureSettings, Report};
use crate::engine::scene::Scene;
use crate::figure::colour::Theme;
use crate::figure::spectrum::{Spectrum, draw};
use crate::figure::{shortened, style_index};
use crate::gui::command::Command;
use crate::gui::paint::{self, Textures};
use crate::gui::param_ui::settings_ui;
use crate::session::{Runs, SpectrumResult};
use eframe::egui;

/// What the view remembers between frames.
#[derive(Default)]
pub(crate) struct SpectrumView {
    /// The run that is shown beside the followed one.
    beside: Option<usize>,
}

impl SpectrumView {
    /// The runs that are looked at: the followed one, and the one beside it.
    pub(crate) fn runs(&self, followed: usize, count: usize) -> Vec<usize> {
        let beside = self
            .beside
            .filter(|beside| *beside != followed && *beside < count);
        std::iter::once(followed).chain(beside).collect()
    }

    /// What the view can be told, in the row of views: the runs, and what is asked of them.
    pub(crate) fn toolbar_ui(
        &mut self,
        ui: &mut egui::Ui,
        scene: &Scene,
        names: &[String],
        followed: usize,
    ) -> (Option<usize>, Option<Command>) {
        let name = |index: usize| names.get(index).map_or("none", String::as_str);
        let mut chosen = followed;
        let combo = |ui: &mut egui::Ui,
                     id: &str,
                     title: &str,
                     selected: &str,
                     show: &mut dyn FnMut(&mut egui::Ui)| {
            let combo = egui::ComboBox::from_id_salt(id)
                .selected_text(shortened(selected, 18))
                .width(130.0);
            let response = combo.show_ui(ui, |ui| show(ui)).response;
            named(&response, title, selected);
        };
        combo(
            ui,
            "spectrum run",
            "Run of the spectrum",
            name(followed),
            &mut |ui| {
                for (index, name) in names.iter().enumerate() {
                    ui.selectable_value(&mut chosen, index, name);
                }
            },
        );
        ui.label("beside");
        let beside = self.beside.filter(|beside| *beside != followed);
        let shown = beside.map_or("none", name).to_owned();
        combo(ui, "spectrum beside", "Run beside it", &shown, &mut |ui| {
            ui.selectable_value(&mut self.beside, None, "none");
            for (index, name) in names
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != followed)
            {
                ui.selectable_value(&mut self.beside, Some(index), name);
            }
        });
        let mut command = None;
        if let Some(bench) = scene.network() {
            let mut inquiry = bench.curvature.clone();
            controls_button(ui, "What is asked", |ui| {
                ui.set_width(300.0);
                settings_ui(ui, &mut inquiry, |_| true);
            })
            .on_hover_text("The matrix, how many eigenvalues and how exactly, and the radii of the measures of sharpness.");
            if inquiry != bench.curvature {
                let mut scene = scene.clone();
                if let Some(bench) = scene.network_mut() {
                    bench.curvature = inquiry;
                }
                command = Some(Command::Edit(Box::new(scene)));
            }
        }
        ((chosen != followed).then_some(chosen), command)
    }

    /// Shows the view in all of the space that is left.
    pub(crate) fn ui(
        ui: &mut egui::Ui,
        runs: &Runs,
        (shown, names): (&[usize], &[String]),
        found: Option<&Result<SpectrumResult, String>>,
        theme: &Theme,
        textures: &mut Textures,
    ) {
        let Some(trained) = &runs.trained else {
            return;
        };
        let own = shown.iter().filter_map(|index| trained.runs.get(*index));
        let own: Vec<_> = own.map(std::convert::AsRef::as_ref).collect();
        let found = match found {
            Some(Ok(found)) if found.matches(own.iter().copied()) => found,
            Some(Err(sentence)) => {
                ui.centered_and_justified(|ui| ui.label(sentence));
                return;
            }
            _ => {
                ui.centered_and_justified(|ui| ui.label("Measuring the curvature …"));
                return;
            }
        };
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.add_space(8.0);
            let steps: Vec<String> = found.rows().map(|row| runs.step(row).to_string()).collect();
            ui.label(summary_text(&found.reports, &steps, runs));
            if !found.complete {
                ui.spinner();
                ui.label("measuring …");
            }
            if let Some(sentence) = &found.refused {
                ui.colored_label(ui.visuals().error_fg_color, sentence);
            }
        });
        let space = ui.available_rect_before_wrap();
        let space = paint::inset(space, [4.0, 2.0], [4.0, 2.0]);
        let spectra: Vec<Spectrum> = { shown.iter().zip(&found.reports) }
            .filter_map(|(index, report)| {
                Some(Spectrum {
                    name: names.get(*index)?,
                    style_index: style_index(runs.scene.runs.get(*index)?.colour),
                    report: report.as_ref()?,
                })
            })
            .collect();
        let items = draw(&spectra, paint::area(space), theme);
        paint::paint(&ui.painter_at(space), items, textures);
        let response = ui.allocate_rect(space, egui::Sense::hover());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Spectrum of the curvature")
        });
    }
}

/// What the spectrum is of.
fn summary_text(reports: &[Option<Report>], steps: &[String], runs: &Runs) -> String {
    let inquiry = runs
        .scene
        .network()
        .map_or_else(CurvatureSettings::default, |bench| bench.curvature.clone());
    let exact = reports.iter().flatten().all(|report| report.exact);
    let how = if exact {
        "all eigenvalues".to_owned()
    } else {
        format!(
            "{} random vectors, {} products each",
            inquiry.vectors, inquiry.steps
        )
    };
    format!(
        "{} at step {}: {how}",
        inquiry.matrix.title(),
        steps.join(" and ")
    )
}
