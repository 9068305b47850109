//! `ravine render`: a picture of a scene.

use super::diverged::{check_view, warn_diverged};
use super::film::FilmArgs;
use super::memory::{MAX_NUMBER_BYTES, MAX_PICTURE_BYTES, claim};
use super::outputs::{Outputs, kind};
use super::scene_args::{SceneArgs, parse_setting};
use crate::engine::results::{NOT_RANDOM, Seeds};
use crate::engine::scene::Scene;
use crate::export::film;
use crate::export::picture::{self, EXTENSIONS, Picture, Show, picture};
use crate::figure::colour::Theme;
use crate::figure::gallery;
use crate::figure::png::MAX_PIXELS;
use crate::session::compute_all_runs;
use std::path::PathBuf;

/// Bytes of memory per pixel of a PNG while it is drawn and written.
const BYTES_OF_PIXEL: u64 = 9;

/// Bytes of memory per step of a run.
const BYTES_OF_STEP: u64 = 64;

/// Minimum pixels per side.
const MIN_PIXELS: u32 = 16;

/// Draw a scene as PNG or SVG
///
/// The picture shows the map with contour lines, the trajectories of the runs, a colour bar, axes and a legend, and for a
/// network also its predictions. No display is needed. SVG keeps text as text.
#[derive(clap::Args)]
#[command(after_help = "\
The map shows exactly the --view or the scene's view, with equal scales on both
axes unless the view is more than three times as long as wide. Without a view it
shows the landscape's default view, extended to the aspect ratio of the picture.
Runs that diverge are reported on stderr with their step.

Examples:
  ravine render -o opening.png
  ravine render lecture.toml --step 300 --theme dark --size 1920x1080 -o slide.png
  ravine render --landscape himmelblau --start=0,0 --run adam --run lbfgs -o figure.svg
  ravine render --show surface --azim=-120 --elev 40 -o surface.png
  ravine render network.toml --show projection-error -o error.svg
  ravine render network.toml --show predictions -o predictions.png
  ravine render --landscape himmelblau --run adam --run lbfgs -o race.gif
  ravine render --show surface --turn 60 --seconds 12 --size 1280x720 -o race.mp4
  ravine render --frames 0..500:5 -o 'frame-{}.png'
  ravine render --gallery landscapes -o gallery.png")]
pub(super) struct Args {
    #[command(flatten)]
    scene: SceneArgs,
    /// Output file: .png or .svg; films are .gif, .apng, .mp4, or numbered pictures like frame-{}.png; - writes PNG to standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Picture width and height in pixels, 16 to 16384 each; PNG needs 9 bytes of memory per pixel, at most 2 GB
    /// [default: 1600x1200, for films 800x600]
    #[arg(long, value_name = "WxH")]
    size: Option<String>,
    /// Number of steps of the runs to show [default: all]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    step: Option<String>,
    /// Content: the map, a small map for each run, or the 3-D surface; for a network also the predictions of each run, the distance of its
    /// runs from the plane, or the maps of six seeds of a random plane
    #[arg(long, value_enum, value_name = "VIEW", default_value_t = ShowArg::Map)]
    show: ShowArg,
    /// Azimuth of the surface's camera in degrees, −360 to 360, as in matplotlib [default: the scene's, −60 in a new one]
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true)]
    azim: Option<String>,
    /// Elevation of the surface's camera in degrees, 0 to 90: 90 looks straight down [default: the scene's, 45 in a new one]
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true)]
    elev: Option<String>,
    /// Family to draw as a gallery of small maps, instead of a scene: landscapes
    #[arg(long, value_name = "FAMILY")]
    gallery: Option<String>,
    /// Colours of heights: auto, viridis, cividis, magma, terrain or greys; auto is the theme's own map, with two hues around 0 for
    /// heights of both signs [default: the scene's]
    #[arg(long, value_name = "NAME")]
    cmap: Option<String>,
    /// Picture theme: light or dark
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true, default_value_t = ThemeArg::Light)]
    theme: ThemeArg,
    #[command(flatten)]
    film: FilmArgs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum ShowArg {
    /// Loss map
    Map,
    /// A small map for each run
    SideBySide,
    /// 3-D surface with the runs on it
    Surface,
    /// Predictions of each run
    Predictions,
    /// Distance of the runs from the plane
    #[value(alias = "off-plane")]
    ProjectionError,
    /// Maps of six seeds of a random plane
    Seeds,
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
    let extensions: Vec<&str> = EXTENSIONS.into_iter().chain(film::EXTENSIONS).collect();
    let extension = kind(&args.output, &extensions, "png")?;
    let film = args.film.plan(&args.output, extension)?;
    let default = film.as_ref().map_or("1600x1200", |_| "800x600");
    let pixels = size(args.size.as_deref().unwrap_or(default), Some(extension))?;
    if let Some(family) = &args.gallery {
        if film.is_some() && args.film.given().is_none() {
            return Err("--gallery draws a picture; expected an output .png or .svg".to_owned());
        }
        return render_gallery(args, family, extension, pixels);
    }
    let (mut scene, problem) = args.scene.prepare()?;
    if let Some(text) = &args.cmap {
        parse_setting(&mut scene.map, "cmap", text).map_err(|error| error.to_string())?;
    }
    let show = show(args.show, &scene)?;
    turn_camera(args, show, &mut scene)?;
    let step = args
        .step
        .as_ref()
        .map(|text| step(text, scene.training.steps))
        .transpose()?;
    let mut files = vec![args.output.clone()];
    let mut frames = Vec::new();
    if let Some(film) = &film {
        if step.is_some() {
            return Err("--step is for pictures; the steps of a film are --frames".to_owned());
        }
        film.check(pixels, show)?;
        frames = film.frames(scene.training.steps)?;
        files = film.files(&args.output, &frames);
    }
    let mut outputs = Outputs::plan(&files)?;
    if !scene.is_network() {
        check_view(&*problem.objective, scene.view.unwrap_or(problem.view))?;
    }
    let theme = args.theme.theme();
    let rows = scene.training.steps.saturating_mul(scene.runs.len() as u64);
    let bytes = rows.saturating_mul(BYTES_OF_STEP);
    claim(
        "the steps of all runs",
        bytes,
        MAX_NUMBER_BYTES,
        "fewer --steps",
    )?;
    let runs = compute_all_runs(&scene, &problem, None)?;
    let settings = Picture {
        pixels,
        step,
        theme,
        followed: None,
        show,
    };
    if let Some(film) = &film {
        film.write((&runs, settings), &frames, &files, &mut outputs)?;
    } else {
        let bytes = picture(&runs, extension, &settings)?;
        outputs.write(&args.output, |out| out.write_all(&bytes))?;
    }
    outputs.finish()?;
    warn_diverged(&runs);
    Ok(())
}

/// Draws the gallery of a family, which uses no scene.
fn render_gallery(
    args: &Args,
    family: &str,
    extension: &str,
    pixels: [u32; 2],
) -> Result<(), String> {
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
    let mut outputs = Outputs::plan([&args.output])?;
    let drawing = gallery::picture(picture::points(pixels), args.theme.theme());
    let bytes = picture::bytes(&drawing, extension, pixels, "The landscapes of Ravine")?;
    outputs.write(&args.output, |out| out.write_all(&bytes))?;
    outputs.finish()
}

/// Returns the content to draw, or an error if the scene does not have it.
fn show(named: ShowArg, scene: &Scene) -> Result<Show, String> {
    match named {
        ShowArg::Map => Ok(Show::Map),
        ShowArg::SideBySide => Ok(Show::SideBySide),
        ShowArg::Surface if scene.dim() == 1 => Err(format!(
            "--show surface is for two parameters, but {} has one; expected map or side-by-side",
            scene.subject_name()
        )),
        ShowArg::Surface => Ok(Show::Surface),
        ShowArg::ProjectionError if !scene.is_network() => Err(
            "--show projection-error is for networks, but the scene has a landscape; expected map"
                .to_owned(),
        ),
        ShowArg::Predictions if !scene.is_network() => Err(
            "--show predictions is for networks, but the scene has a landscape; expected map"
                .to_owned(),
        ),
        ShowArg::Predictions => Ok(Show::Predictions),
        ShowArg::ProjectionError => Ok(Show::ProjectionError),
        ShowArg::Seeds => {
            let first = Seeds::of(scene).ok_or_else(|| format!("--show seeds: {NOT_RANDOM}"))?;
            Ok(Show::Seeds(Seeds { first, count: 6 }))
        }
    }
}

/// Sets the camera of the surface, or returns an error if the picture has none.
fn turn_camera(args: &Args, show: Show, scene: &mut Scene) -> Result<(), String> {
    for (name, given) in [("azim", &args.azim), ("elev", &args.elev)] {
        let Some(text) = given else {
            continue;
        };
        if show != Show::Surface {
            return Err(format!("--{name} is for --show surface"));
        }
        parse_setting(&mut scene.surface, name, text).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Parses `--size`, and checks the memory of a picture of format `kind`, if one is drawn.
pub(super) fn size(text: &str, kind: Option<&str>) -> Result<[u32; 2], String> {
    let side = |side: &str| {
        side.trim()
            .parse()
            .ok()
            .filter(|side| (MIN_PIXELS..=MAX_PIXELS).contains(side))
    };
    let pixels = text
        .split_once(['x', 'X', '×'])
        .and_then(|(w, h)| Some([side(w)?, side(h)?]));
    let pixels = pixels.ok_or_else(|| {
        format!("--size cannot be `{text}`; expected width x height, {MIN_PIXELS} to {MAX_PIXELS} each, like 1600x1200")
    })?;
    if kind == Some("png") {
        let [width, height] = pixels.map(u64::from);
        let (what, bytes) = (
            format!("a picture of {width} × {height} pixels"),
            width * height * BYTES_OF_PIXEL,
        );
        claim(&what, bytes, MAX_PICTURE_BYTES, "a smaller --size")?;
    }
    Ok(pixels)
}

fn step(text: &str, steps: u64) -> Result<u64, String> {
    text.parse().ok().filter(|step| *step <= steps).ok_or_else(|| {
        format!("--step cannot be `{text}`; expected a whole number from 0 to {steps}, the steps of the scene")
    })
}
