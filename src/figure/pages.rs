//! Pages of views that fill a picture, alone or as a panel among others: what they show is computed here, with the scene's settings.

use super::basins;
use super::connect::{self, Caption, settings_text};
use super::spectrum::{Spectrum, picture_of_several};
use super::sweep::{SweepFigure, SweepLine, curves_picture};
use super::{
    Options, first_visible, predictions, projection_error, side_by_side, style_index, surface_3d,
};
use crate::engine::analysis::basins::{BasinQuery, Basins, NEEDS_TWO_PARAMETERS};
use crate::engine::analysis::curvature::{ExpensiveParts, Report, report};
use crate::engine::analysis::mode_connectivity::{
    ModeConnectivity, connect, default_curve_optimizer,
};
use crate::engine::analysis::sweep::{
    SweepAxis, SweepContext, SweepCurve, SweepMetric, Values, lr_limit, quadratic_lambda_max,
    run_curves, swept_runs,
};
use crate::engine::cancel::Cancel;
use crate::engine::geometry::surface::Surface;
use crate::engine::results::{Runs, TrainingSnapshot};
use crate::engine::training::RunSpec;
use crate::figure::drawing::Drawing;
use std::sync::atomic::AtomicUsize;

/// A view whose figure has its own title and legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// A small map for each visible run.
    SideBySide,
    /// The 3-D surface, from the scene's camera.
    Surface,
    /// Predictions of each visible run of a network.
    Predictions,
    /// Projection error of a network's runs on the plane.
    ProjectionError,
    /// Basins of attraction of the followed run.
    Basins,
    /// Final losses of the visible runs over the learning rate.
    Sweep,
    /// Spectrum of a network's Hessian at the followed run.
    Spectrum,
    /// Paths between the ends of the first two visible runs of a network.
    Connect,
}

/// Starts along each side of the view of basins, and points along each side of the map of paths.
const BASINS_SIDE: usize = 256;
const CONNECT_SIDE: usize = 81;

/// Draws a page.
///
/// # Errors
/// Returns a sentence if there is nothing to show.
pub fn picture(runs: &Runs, page: Page, options: &Options) -> Result<Drawing, String> {
    match page {
        Page::SideBySide => Ok(side_by_side::picture(runs, options)),
        Page::Surface => surface_3d::picture(runs, options),
        Page::Predictions => Ok(predictions::grid::picture(runs, options)),
        Page::ProjectionError => Ok(projection_error::picture(runs, options)),
        Page::Basins => basins_picture(runs, options),
        Page::Sweep => sweep_picture(runs, options),
        Page::Spectrum => spectrum_picture(runs, options),
        Page::Connect => connect_picture(runs, options),
    }
}

/// Returns the index of the run that pages of one run show.
fn followed(runs: &Runs, options: &Options) -> Result<usize, String> {
    let index = options.followed.or(first_visible(&runs.scene));
    index.ok_or_else(|| "no run is shown; expected one".to_owned())
}

/// Returns the training record of a network's runs.
fn trained(runs: &Runs) -> Result<&TrainingSnapshot, String> {
    let trained = runs.trained.as_ref();
    trained.ok_or_else(|| "this picture is for networks; expected one".to_owned())
}

fn basins_picture(runs: &Runs, options: &Options) -> Result<Drawing, String> {
    let (scene, problem) = (&runs.scene, &runs.problem);
    if problem.objective.dim() != 2 || runs.trained.is_some() {
        return Err(NEEDS_TWO_PARAMETERS.to_owned());
    }
    let spec = &scene.runs[followed(runs, options)?].spec;
    let window = scene.view.unwrap_or(problem.view);
    let query = BasinQuery {
        objective: &*problem.objective,
        known: &problem.minima,
        spec,
        run_settings: scene.run_settings(),
        window,
    };
    query.check(BASINS_SIDE)?;
    let never = Cancel::default();
    let compute = || {
        let found = query.compute(BASINS_SIDE, None, &AtomicUsize::new(0), &never);
        (spec.clone(), found)
    };
    let is_current = |(of, _): &(RunSpec, Option<Basins>)| of == spec;
    let found = runs.kept(is_current, compute);
    let map_data = runs.map_data(window, 400);
    // Only cancelling gives `None`, and nothing cancels this.
    let found = found.1.as_ref().ok_or("the basins are not computed")?;
    let (run, page) = (spec.to_string(), (options.size, options.legend));
    Ok(basins::picture(
        found,
        map_data.as_deref(),
        scene,
        &run,
        page,
        options.theme,
    ))
}

/// A sweep over the learning rate, with the limit of each curve by theory.
type LrSweep = Result<Vec<(SweepCurve, Option<f64>)>, String>;

fn sweep_picture(runs: &Runs, options: &Options) -> Result<Drawing, String> {
    let scene = &runs.scene;
    if runs.trained.is_some() {
        return Err("a sweep is for landscapes; expected one".to_owned());
    }
    let swept = runs.kept(|_: &LrSweep| true, || lr_sweep(runs));
    let curves = swept.as_ref().as_ref().map_err(Clone::clone)?;
    let names = scene.run_names();
    let lines = curves.iter().map(|(curve, limit)| SweepLine {
        curve,
        name: &names[curve.line.run],
        style_index: style_index(scene.runs[curve.line.run].colour),
        limit: *limit,
        band: &[],
    });
    let lines: Vec<SweepLine> = lines.collect();
    let has_curve = |run: &usize| curves.iter().any(|(curve, _)| curve.line.run == *run);
    let shown = (0..scene.runs.len()).filter(|run| scene.runs[*run].shown);
    let left_out: Vec<String> = { shown.filter(|run| !has_curve(run)) }
        .map(|run| names[run].clone())
        .collect();
    let figure = SweepFigure {
        scene,
        metric: SweepMetric::Final,
        goal: None,
        size: options.size,
        theme: options.theme,
        seeds: 1,
        legend: options.legend,
    };
    Ok(curves_picture(&figure, &lines, &left_out))
}

/// Computes the visible runs over the range of the learning rate's slider.
fn lr_sweep(runs: &Runs) -> LrSweep {
    let (scene, problem) = (&runs.scene, &runs.problem);
    let shown: Vec<usize> = (0..scene.runs.len())
        .filter(|run| scene.runs[*run].shown)
        .collect();
    let specs: Vec<RunSpec> = shown
        .iter()
        .map(|run| scene.runs[*run].spec.clone())
        .collect();
    let axis = SweepAxis {
        setting: "lr".to_owned(),
        values: Values::All,
    };
    let mut lines = swept_runs(&specs, &axis).map_err(|error| error.to_string())?;
    for line in &mut lines {
        line.run = shown[line.run];
    }
    let settings = scene.run_settings();
    let context = SweepContext {
        objective: &*problem.objective,
        start: scene.start_theta(),
        run_settings: &settings,
        goal: None,
        cancel: &Cancel::default(),
        done: &AtomicUsize::new(0),
    };
    let steepest = quadratic_lambda_max(&*problem.objective, problem.view);
    // Only cancelling gives `None`, and nothing cancels this.
    let curves = run_curves(&context, lines).unwrap_or_default();
    let with_limit = |curve: SweepCurve| {
        let limit = steepest.and_then(|steepest| lr_limit(&curve.line.spec, steepest, &settings));
        (curve, limit)
    };
    Ok(curves.into_iter().map(with_limit).collect())
}

/// The curvature at a row of a run, or why it cannot be computed.
type FoundReport = ((usize, usize), Result<Report, String>);

fn spectrum_picture(runs: &Runs, options: &Options) -> Result<Drawing, String> {
    let (scene, trained) = (&runs.scene, trained(runs)?);
    let index = followed(runs, options)?;
    let step = options.step.unwrap_or(scene.training.steps);
    let row = runs.row(step.min(scene.training.steps));
    let run = trained.runs.get(index).ok_or("the run has no rows")?;
    let theta = run.theta(row).ok_or("the run has no rows")?;
    let settings = scene.network().map(|network| network.curvature.clone());
    let settings = settings.unwrap_or_default();
    let compute = || {
        let parts = ExpensiveParts {
            trace: true,
            density: true,
            layers: true,
        };
        let (loss, never) = (&*trained.task.loss, Cancel::default());
        let found = report(loss, theta, &settings, parts, &never, &mut |_| {});
        ((index, row), found.map_err(|error| error.to_string()))
    };
    let found = runs.kept(|(at, _): &FoundReport| *at == (index, row), compute);
    let report = found.1.as_ref().map_err(Clone::clone)?;
    let name = &scene.run_names()[index];
    let spectrum = Spectrum {
        name,
        style_index: style_index(scene.runs[index].colour),
        report,
    };
    let last = run.rows.len().saturating_sub(1);
    let title = format!(
        "{name} at step {}   {}",
        runs.step(row.min(last)),
        scene.title()
    );
    Ok(picture_of_several(
        &[spectrum],
        &settings,
        &title,
        options.size,
        options.theme,
    ))
}

/// The paths between two runs, or why they cannot be computed.
type FoundPaths = Result<Option<ModeConnectivity>, String>;

fn connect_picture(runs: &Runs, options: &Options) -> Result<Drawing, String> {
    let (scene, trained, size) = (&runs.scene, trained(runs)?, options.size);
    let visible: Vec<usize> = { 0..scene.runs.len() }
        .filter(|run| scene.runs[*run].shown)
        .collect();
    let [from, to, ..] = visible[..] else {
        return Err(
            "paths lead from the end of one run to the end of another; expected two runs"
                .to_owned(),
        );
    };
    let settings = scene.network().map(|network| network.connect.clone());
    let settings = settings.unwrap_or_default();
    let spec = default_curve_optimizer();
    let compute = || {
        let end = |run: usize| trained.runs.get(run).and_then(|run| run.theta(usize::MAX));
        let ends = end(from).zip(end(to)).ok_or("a run has no rows")?;
        let never = Cancel::default();
        let found = connect(
            &trained.task,
            [ends.0, ends.1],
            &spec,
            &settings,
            &never,
            &mut |_| {},
        );
        found.map_err(|error| error.to_string())
    };
    let found = runs.kept(|_: &FoundPaths| true, compute);
    let found = found.as_ref().as_ref().map_err(Clone::clone)?;
    // Only cancelling gives `None`, and nothing cancels this.
    let found = found.as_ref().ok_or("the paths are not computed")?;
    let loss = &*trained.task.loss;
    let surface = || {
        let (view, plane) = (
            connect::window(found, (size, options.legend))?,
            found.plane.as_ref()?,
        );
        Surface::sample(
            loss,
            plane,
            view,
            CONNECT_SIDE,
            CONNECT_SIDE,
            &Cancel::default(),
        )
    };
    let names = scene.run_names();
    let [from, to] = [&names[from], &names[to]];
    let title = format!("from {from} to {to}   {}", scene.title());
    let caption = [
        format!("A the end of {from}"),
        format!("B the end of {to}"),
        scene.subject_spec(),
        settings_text(&spec, &settings),
    ];
    let caption = Caption {
        title: &title,
        caption: &caption.join(" · "),
        l2: loss.l2(),
        legend: options.legend,
    };
    Ok(connect::picture(
        found,
        surface(),
        &caption,
        size,
        options.theme,
    ))
}
