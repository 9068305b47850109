//! `ravine render`: a picture of a scene.

mod help;

use super::diverged::{check_view, warn_diverged};
use super::film::{FilmArgs, endings};
use super::memory::{MAX_NUMBER_BYTES, claim};
use super::note;
use super::outputs::{Outputs, kind};
use super::page_args::{PageArgs, check_memory};
use super::progress::Progress;
use super::progress_counter::with_spinner;
use super::scene_args::{SceneArgs, parse_setting, whole};
use super::seeds::{SeedsArg, note_equal_seeds, warn_diverged_seeds};
use crate::engine::results::Runs;
use crate::engine::scene::{FigureStyle, Problem, Scene};
use crate::engine::training::Outcome;
use crate::export::figure_settings::{self, FILM_PIXELS, PICTURE_PIXELS};
use crate::export::film;
use crate::export::picture::{self, EXTENSIONS, PageSize, Picture, Show};
use crate::figure::colour::Theme;
use crate::figure::drawing::Drawing;
use crate::figure::gallery;
use crate::figure::pages::Page;
use crate::figure::panels::{Panel, left_out};
use crate::figure::text_width;
use crate::session::{compute_all_runs, compute_seed_runs};
use crate::teaching::bundled::StepIndex;
use crate::teaching::lesson::ShownStep;
use help::AFTER_HELP;
use std::path::PathBuf;
use std::sync::Arc;

/// Bytes of memory per step of a run.
const BYTES_OF_STEP: u64 = 64;

/// Draw a scene as PNG, SVG or PDF, or its run as a film
///
/// The picture shows the map with contour lines, the trajectories of the runs, a colour bar, axes and a legend, and for a
/// network also its predictions; or charts of the runs, alone or beside the map. No display is needed. SVG and PDF keep text as
/// text.
#[derive(clap::Args)]
#[command(after_help = &**AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    #[command(flatten)]
    seeds: SeedsArg,
    #[arg(short, long, value_name = "FILE", help = format!(
        "Output file: .png, .svg or .pdf; films are {}, or numbered pictures like frame-{{}}.png; - writes to standard output, PNG without --format",
        endings(",")
    ))]
    output: PathBuf,
    /// Format of the output, where its name does not tell it: png, svg or pdf
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Number of steps of the runs to show [default: the scene's, all in a new one; of a lesson those that it shows first]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    step: Option<String>,
    /// Content, listed below; several are combined by +, like map+loss [default: the scene's, map in a new one; of a lesson its view]
    #[arg(long, value_name = "KIND")]
    show: Option<String>,
    /// Azimuth of the surface's camera in degrees, −360 to 360, as in matplotlib [default: the scene's, −60 in a new one]
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true)]
    azim: Option<String>,
    /// Elevation of the surface's camera in degrees, 0 to 90: 90 looks straight down [default: the scene's, 45 in a new one]
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true)]
    elev: Option<String>,
    /// Family to draw as a gallery of small maps, instead of a scene: landscapes
    #[arg(long, value_name = "FAMILY")]
    gallery: Option<String>,
    #[command(flatten)]
    film: FilmArgs,
    #[command(flatten)]
    page: PageArgs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum ThemeArg {
    Light,
    Dark,
}

impl ThemeArg {
    pub(super) fn theme(self) -> &'static Theme {
        match self {
            Self::Light => &Theme::LIGHT,
            Self::Dark => &Theme::DARK,
        }
    }
}

pub(super) fn render(args: &Args) -> Result<(), String> {
    let extension = format(args)?;
    let film = args.film.plan(&args.output, extension)?;
    let pixels = film.as_ref().map_or(PICTURE_PIXELS, |_| FILM_PIXELS);
    if let Some(family) = &args.gallery {
        if film.is_some() && args.film.given().is_none() {
            return Err(
                "--gallery draws a picture; expected an output .png, .svg or .pdf".to_owned(),
            );
        }
        return render_gallery(args, family, extension);
    }
    // Errors in flags come before long work on the scene.
    check_memory(&page(args, FigureStyle::default(), pixels)?, extension)?;
    let (scene, problem) = args.scene.prepare_with(|scene| set_scene(args, scene))?;
    let show = figure_settings::show(&scene)?;
    let kind = scene.figure.show.as_deref().unwrap_or("map");
    args.page.check_kind(&scene.figure, (show, kind))?;
    let seeds = args.seeds(show, &scene)?;
    let settings = figure_settings::picture(&scene, show, (pixels, &Theme::LIGHT))?;
    check_memory(&settings.page, extension)?;
    let (figure, steps) = (&scene.figure, scene.training.steps);
    let mut files = vec![args.output.clone()];
    let mut frames = Vec::new();
    let mut step = figure.step;
    if let Some(film) = &film {
        if args.step.is_some() {
            return Err("--step is for pictures; the steps of a film are --frames".to_owned());
        }
        film.check(settings.page.pixels(), show)?;
        frames = figure_settings::frames(figure, show, steps)?;
        files = film.files(&args.output, &frames);
        step = None;
    }
    if let Some(step) = step.filter(|step| *step > steps) {
        return Err(format!(
            "--step cannot be `{step}`; expected a whole number from 0 to {steps}, the steps of the scene"
        ));
    }
    let mut outputs = Outputs::plan(&files)?;
    if !scene.is_network() {
        check_view(&*problem.objective, scene.view.unwrap_or(problem.view))?;
    }
    let rows = steps.saturating_mul(scene.runs.len() as u64);
    let rows = rows.saturating_mul(seeds.as_ref().map_or(1, |seeds| seeds.len() as u64));
    let bytes = rows.saturating_mul(BYTES_OF_STEP);
    claim(
        "the steps of all runs",
        bytes,
        MAX_NUMBER_BYTES,
        "fewer --steps",
    )?;
    let runs = match &seeds {
        Some(seeds) => args.runs_of_seeds(&scene, &problem, seeds)?,
        None => with_spinner("render", || compute_all_runs(&scene, &problem, None))?,
    };
    let settings = Picture { step, ..settings };
    if let Some(film) = &film {
        let fps = figure_settings::timing(figure, show).fps;
        film.write((&runs, settings), (&frames, fps), &files, &mut outputs)?;
    } else {
        let drawing = with_spinner("render", || picture::drawing(&runs, &settings))?;
        note_left_out(&drawing);
        note_missing(&drawing);
        let description = picture::description(&runs, &settings);
        let bytes = picture::page_bytes(&drawing, extension, &settings.page, &description)?;
        outputs.write(&args.output, |out| out.write_all(&bytes))?;
    }
    outputs.finish()?;
    match seeds {
        Some(_) => warn_seeds(&runs),
        None => warn_diverged(&runs),
    }
    Ok(())
}

/// Notes on stderr how many runs the legend of a picture has no room for.
fn note_left_out(drawing: &Drawing) {
    let count = left_out(&drawing.items);
    if count > 0 {
        let runs = if count == 1 { "run" } else { "runs" };
        note(&format!(
            "the legend leaves out {count} {runs}; give the picture more room, like a larger --height or --legend right"
        ));
    }
}

/// Notes on stderr which characters of a picture have no glyph.
fn note_missing(drawing: &Drawing) {
    let missing = text_width::missing(&drawing.items);
    if !missing.is_empty() {
        note(&format!(
            "the fonts of pictures have no glyph for {missing}; these characters are boxes in PNG and PDF, while SVG keeps them as text"
        ));
    }
}

/// Returns the kind of picture of a lesson's view; the map, with a note on stderr, of one that `render` does not draw.
fn kind_of_view(view: &str, scene: &Scene) -> String {
    let kind = view.to_lowercase().replace(' ', "-");
    let known = Show::parse(&kind, scene).and_then(|_| Show::name(&kind));
    known.unwrap_or_else(|_| {
        note(&format!(
            "the lesson shows the view {view}, which `ravine render` does not draw; this is the map"
        ));
        "map".to_owned()
    })
}

impl Args {
    /// Returns the seeds of `--seeds`, which is for charts, or else several ones of the scene for a picture with charts.
    fn seeds(&self, show: Show, scene: &Scene) -> Result<Option<Vec<u64>>, String> {
        let seeds = self.seeds.read()?;
        let charts = |panel: &Panel| panel.is_chart();
        let has_chart = show
            .panels()
            .is_some_and(|panels| panels.iter().any(charts));
        match seeds {
            Some(_) if !has_chart => Err(format!(
                "--seeds summarizes charts, and --show {} has none; expected one, like loss or map+loss",
                self.show.as_deref().unwrap_or("map")
            )),
            None if has_chart && scene.seed_count() > 1 => Ok(Some(scene.seeds().collect())),
            seeds => Ok(seeds),
        }
    }

    /// Computes the runs of a scene with each seed, those with the first seed in front.
    fn runs_of_seeds(
        &self,
        scene: &Scene,
        problem: &Arc<Problem>,
        seeds: &[u64],
    ) -> Result<Runs, String> {
        let progress = Progress::new("render", "seeds", seeds.len());
        let load = |scene: &Scene| self.scene.load(scene);
        compute_seed_runs((scene, problem), seeds, &load, &mut |done| {
            progress.set(done);
        })
    }
}

/// Warns on stderr with how many seeds each visible run diverged, and if seeds make no difference.
fn warn_seeds(runs: &Runs) {
    let mut are_equal = !runs.other_seeds.is_empty();
    for (index, run) in runs
        .scene
        .runs
        .iter()
        .enumerate()
        .filter(|(_, run)| run.shown)
    {
        let results = runs.all_seeds().filter_map(|runs| runs.results.get(index));
        let results: Vec<_> = results.map(|result| &result.trajectory).collect();
        let outcomes: Vec<Outcome> = results.iter().map(|run| run.outcome).collect();
        warn_diverged_seeds(&run.spec.to_string(), &outcomes);
        are_equal &= results.iter().all(|run| run.loss == results[0].loss);
    }
    note_equal_seeds(are_equal);
}

/// Sets what the flags say of a scene's figure, map and camera.
fn set_scene(args: &Args, scene: &mut Scene) -> Result<(), String> {
    let lesson = args.scene.lesson_step()?.and_then(StepIndex::find);
    if let Some((_, step)) = lesson {
        scene.figure.show = Some(kind_of_view(&step.view, scene));
        if let ShownStep::At(at) = step.at {
            scene.figure.step = Some(at.min(scene.training.steps));
        }
    }
    if let Some(show) = &args.show {
        scene.figure.show = Some(Show::name(show)?);
    }
    args.seeds.set(&mut scene.training)?;
    args.page.set_scene(scene)?;
    args.film.set_figure(&mut scene.figure)?;
    if let Some(text) = &args.step {
        scene.figure.step = Some(step(text, scene.training.steps)?);
    }
    turn_camera(args, scene)
}

/// Returns the size of the page with the flags.
fn page(args: &Args, mut style: FigureStyle, pixels: [u32; 2]) -> Result<PageSize, String> {
    args.page.set_figure(&mut style)?;
    figure_settings::page_size(&style, pixels)
}

/// Draws the gallery of a family, which uses no scene.
fn render_gallery(args: &Args, family: &str, extension: &str) -> Result<(), String> {
    if family != "landscapes" {
        return Err(format!(
            "--gallery cannot be `{family}`; expected landscapes"
        ));
    }
    let given = args.scene.given().or(args.step.as_ref().map(|_| "--step"));
    let given = given.or(args.film.given());
    if let Some(given) = given {
        return Err(format!(
            "--gallery draws every landscape with its defaults; leave out {given}"
        ));
    }
    let mut style = FigureStyle::default();
    args.page.set_figure(&mut style)?;
    let page = figure_settings::page_size(&style, PICTURE_PIXELS)?;
    check_memory(&page, extension)?;
    let mut outputs = Outputs::plan([&args.output])?;
    let theme = figure_settings::theme(&style, &Theme::LIGHT);
    let mut drawing = gallery::picture(page.units(), theme);
    if style.transparent {
        picture::make_transparent(&mut drawing, theme);
    }
    let bytes = picture::page_bytes(&drawing, extension, &page, "The landscapes of Ravine")?;
    outputs.write(&args.output, |out| out.write_all(&bytes))?;
    outputs.finish()
}

/// Returns the format of the output: the named one, or the extension's.
fn format(args: &Args) -> Result<&'static str, String> {
    let Some(text) = &args.format else {
        // A format whose encoder is not built has its own error.
        let is_film = |film: &&str| {
            args.output
                .extension()
                .is_some_and(|own| own.eq_ignore_ascii_case(film))
        };
        let films = film::EXTENSIONS.into_iter();
        let films = films.filter(|film| film::BUILT.contains(film) || is_film(film));
        let all: Vec<&'static str> = EXTENSIONS.into_iter().chain(films).collect();
        return kind(&args.output, &all, "png");
    };
    let wanted = text.trim().trim_start_matches('.').to_lowercase();
    let found = EXTENSIONS.into_iter().find(|format| *format == wanted);
    found.ok_or_else(|| {
        let [first @ .., last] = EXTENSIONS;
        let first = first.join(", ");
        format!("--format cannot be `{text}`; expected {first} or {last}")
    })
}

/// Sets the camera of the surface, or returns an error if the picture has none.
fn turn_camera(args: &Args, scene: &mut Scene) -> Result<(), String> {
    for (name, given) in [("azim", &args.azim), ("elev", &args.elev)] {
        let Some(text) = given else {
            continue;
        };
        if figure_settings::show(scene)? != Show::Page(Page::Surface) {
            return Err(format!("--{name} is for --show surface"));
        }
        parse_setting(&mut scene.surface, name, text).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn step(text: &str, steps: u64) -> Result<u64, String> {
    whole(text).filter(|step| *step <= steps).ok_or_else(|| {
        format!("--step cannot be `{text}`; expected a whole number from 0 to {steps}, the steps of the scene")
    })
}
