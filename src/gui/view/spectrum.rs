//! Spectrum of the Hessian of one or two runs at the timeline's step.

use super::figure::not_computed_yet;
use super::{
    Figure, View, ViewContext, ViewOutput, controls_button, message_ui, named, run_combo_ui,
};
use crate::engine::analysis::curvature::{CurvatureSettings, Report};
use crate::engine::results::{Runs, TrainedRun};
use crate::engine::scene::Scene;
use crate::export::picture::Show;
use crate::figure::chart::{Style, y_range};
use crate::figure::pages::Page;
use crate::figure::spectrum::{
    Spectrum, density_columns, eigenvalue_range, picture_of_several, sticks, with_table,
};
use crate::figure::{shortened, style_index};
use crate::gui::command::Command;
use crate::gui::paint;
use crate::gui::param_ui::settings_ui;
use crate::gui::plot::{PlotChart, PlotOptions};
use crate::session::{SpectrumRequest, SpectrumResult};
use eframe::egui;

/// State of the view between frames.
#[derive(Default)]
pub(super) struct SpectrumView {
    /// The run that is compared with the followed one.
    second: Option<usize>,
}

impl SpectrumView {
    /// Returns the runs that are shown: the followed one, and the second one.
    fn runs(&self, context: &ViewContext) -> Option<Vec<usize>> {
        let followed = context.followed?;
        let second = self.second.filter(|second| *second < context.names.len());
        let second = second.filter(|second| *second != followed);
        Some(std::iter::once(followed).chain(second).collect())
    }
}

/// Returns the settings of the curvature of a scene.
fn settings(scene: &Scene) -> CurvatureSettings {
    let network = scene.network();
    network.map_or_else(CurvatureSettings::default, |network| {
        network.curvature.clone()
    })
}

/// Returns the runs of these indices, if their network has rows.
fn trained_runs<'a>(runs: &'a Runs, shown: &[usize]) -> Option<Vec<&'a TrainedRun>> {
    let trained = runs.trained.as_ref()?;
    let own = shown.iter().map(|run| Some(&**trained.runs.get(*run)?));
    own.collect()
}

/// Returns the finished reports with the names and colours of their runs.
fn spectra<'a>(
    scene: &Scene,
    names: &'a [String],
    shown: &[usize],
    found: &'a SpectrumResult,
) -> Vec<Spectrum<'a>> {
    let reports = shown.iter().zip(&found.reports);
    let spectra = reports.filter_map(|(index, report)| {
        Some(Spectrum {
            name: names.get(*index)?,
            style_index: style_index(scene.runs.get(*index)?.colour),
            report: report.as_ref()?,
        })
    });
    spectra.collect()
}

impl View for SpectrumView {
    fn title(&self) -> &'static str {
        "Spectrum"
    }

    fn key(&self) -> egui::Key {
        egui::Key::H
    }

    fn help(&self) -> &'static str {
        "Eigenvalues of the Hessian of the selected run at the timeline's step: their density, the largest and smallest ones, and measures of sharpness. A second run can be compared."
    }

    fn applies(&self, scene: &Scene) -> bool {
        scene.is_network()
    }

    fn toolbar_ui(&mut self, ui: &mut egui::Ui, context: &ViewContext) -> Vec<Command> {
        let (scene, names) = (context.scene, context.names);
        let followed = context.followed.unwrap_or(0);
        let mut commands = Vec::new();
        let chosen = run_combo_ui(ui, "Run of the spectrum", names, followed);
        commands.extend(chosen.map(Command::Select));
        ui.label("and");
        let second = self.second.filter(|second| *second != followed);
        let selected = second.and_then(|second| names.get(second));
        let selected = selected.map_or("none", String::as_str);
        let combo = egui::ComboBox::from_id_salt("second run")
            .selected_text(shortened(selected, 18))
            .width(130.0)
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut self.second, None, "none");
                for (index, name) in names.iter().enumerate() {
                    if index != followed {
                        ui.selectable_value(&mut self.second, Some(index), name);
                    }
                }
            });
        named(&combo.response, "Second run", selected);
        if let Some(network) = scene.network() {
            let mut curvature = network.curvature.clone();
            controls_button(ui, "Settings", |ui| {
                ui.set_width(300.0);
                settings_ui(ui, &mut curvature, |_| true);
            })
            .on_hover_text("The matrix, the number of eigenvalues and their tolerance, and the radii of the measures of sharpness.");
            if curvature != network.curvature {
                let mut scene = scene.clone();
                if let Some(network) = scene.network_mut() {
                    network.curvature = curvature;
                }
                commands.push(Command::Edit(Box::new(scene)));
            }
        }
        commands
    }

    fn ui(
        &mut self,
        ui: &mut egui::Ui,
        context: &ViewContext,
        output: &mut ViewOutput,
    ) -> Vec<Command> {
        let shown = context.runs.zip(self.runs(context));
        let shown = shown.and_then(|(runs, shown)| Some((runs, runs.trained.as_ref()?, shown)));
        let Some((runs, trained, shown)) = shown else {
            message_ui(ui, "Training; there is nothing to measure yet.");
            return Vec::new();
        };
        let settings = settings(context.scene);
        let request = SpectrumRequest::new(trained, &shown, context.row, &settings);
        context.session.spectrum.request(request);
        let newest = context.session.spectrum.newest();
        let own = trained_runs(runs, &shown).unwrap_or_default();
        let found = match newest.as_deref() {
            Some(Ok(found)) if found.matches(own.into_iter()) => found,
            Some(Err(sentence)) => {
                message_ui(ui, sentence);
                return Vec::new();
            }
            _ => {
                message_ui(ui, "Measuring the curvature …");
                return Vec::new();
            }
        };
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.add_space(8.0);
            let steps: Vec<String> = found.rows().map(|row| runs.step(row).to_string()).collect();
            ui.label(summary_text(&found.reports, &steps, &settings));
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
        let spectra = spectra(context.scene, context.names, &shown, found);
        let (chart_area, table) = with_table(&spectra, paint::area(space), context.theme);
        ui.allocate_rect(space, egui::Sense::hover());
        paint::paint(&ui.painter_at(space), table, output.textures);
        density_ui(ui, &spectra, paint::rect(chart_area), (context, output));
        Vec::new()
    }

    fn figure(&self, context: &ViewContext) -> Result<Figure, String> {
        let missing = || not_computed_yet("spectrum");
        let (runs, shown) = context.runs.zip(self.runs(context)).ok_or_else(missing)?;
        let newest = context.session.spectrum.newest().ok_or_else(missing)?;
        let found = (*newest).as_ref().map_err(Clone::clone)?;
        let own = trained_runs(runs, &shown).ok_or_else(missing)?;
        if !found.matches(own.into_iter()) || !found.complete {
            return Err(missing());
        }
        if let Some(sentence) = &found.refused {
            return Err(sentence.clone());
        }
        let (scene, theme) = (context.scene.clone(), context.theme);
        let names = context.names.to_vec();
        let rows = shown.iter().zip(found.rows());
        let steps = rows.map(|(run, row)| format!("{} at step {}", names[*run], runs.step(row)));
        let steps: Vec<String> = steps.collect();
        let title = format!("{}   {}", steps.join(" and "), scene.title());
        let kind = (context.scene, Show::Page(Page::Spectrum));
        let what = format!("Curvature of {title}");
        Ok(Figure::new(kind, &what, theme, move |size, _| {
            let found = (*newest).as_ref().map_err(Clone::clone)?;
            let spectra = spectra(&scene, &names, &shown, found);
            let settings = settings(&scene);
            Ok(picture_of_several(&spectra, &settings, &title, size, theme))
        }))
    }
}

/// Shows the densities of eigenvalues in a part of the view, with the extremal eigenvalues as sticks.
fn density_ui(
    ui: &mut egui::Ui,
    spectra: &[Spectrum],
    space: egui::Rect,
    (context, output): (&ViewContext, &mut ViewOutput),
) {
    let Some(range) = eigenvalue_range(spectra) else {
        return;
    };
    let columns = density_columns(spectra);
    let exact = |spectrum: &Spectrum| {
        let density = spectrum.report.density.as_ref();
        density.is_none_or(|density| density.exact)
    };
    let values = |numbers: &'static [usize]| {
        let own = columns
            .iter()
            .flat_map(|columns| numbers.iter().map(|at| &columns[*at]));
        own.flatten().copied()
    };
    let title = if spectra.iter().all(exact) {
        "density of eigenvalues"
    } else {
        "density of eigenvalues; dotted: ± its standard error"
    };
    let ranges = [range, y_range(values(&[1]), values(&[2, 3]), true)];
    let mut chart = PlotChart::new(title.to_owned(), "λ", [false, true], ranges);
    for ([lambda, middle, below, above], spectrum) in columns.iter().zip(spectra) {
        let style = spectrum.style_index;
        chart = chart.with_curve((None, lambda, middle), (Style::Own, style));
        if !exact(spectrum) {
            for error in [below, above] {
                chart = chart.with_curve((None, lambda, error), (Style::Limit, style));
            }
        }
    }
    "Spectrum of the curvature".clone_into(&mut chart.name);
    let name_of = |style: usize| {
        let own = spectra.iter().find(|own| own.style_index == style);
        own.map_or("", |own| own.name).to_owned()
    };
    let place = egui::UiBuilder::new().max_rect(space);
    let show = |ui: &mut egui::Ui| {
        let options = PlotOptions {
            size: ui.available_size(),
            group: ui.scope_id().with("spectrum"),
            row: None,
            now: None,
            names: None,
            title_button: false,
            theme: context.theme,
        };
        chart.show(ui, &options, output.textures)
    };
    let answer = ui.scope_builder(place, show).inner;
    let bounds = answer.transform.bounds();
    let plot = *answer.transform.frame();
    let shown = [bounds.min()[0], bounds.max()[0]];
    let items = sticks(spectra, shown, paint::area(plot), context.theme);
    paint::paint(&ui.painter_at(plot), items, output.textures);
    if let Some(lambda) = answer.hovered {
        let values = |ui: &mut egui::Ui| chart.values_ui(ui, lambda, name_of, context.theme);
        answer.response.on_hover_ui_at_pointer(values);
    }
}

/// Returns the matrix, the steps, and how the density was computed.
fn summary_text(
    reports: &[Option<Report>],
    steps: &[String],
    settings: &CurvatureSettings,
) -> String {
    let exact = reports.iter().flatten().all(|report| report.exact);
    let method = if exact {
        "all eigenvalues".to_owned()
    } else {
        format!(
            "{} random vectors, {} products each",
            settings.vectors, settings.steps
        )
    };
    let matrix = settings.matrix.title();
    format!("{matrix} at step {}: {method}", steps.join(" and "))
}
