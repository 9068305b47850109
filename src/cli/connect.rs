//! `ravine connect`: paths of low loss between two trained networks (mode connectivity).

mod report;

use super::interrupt;
use super::network_args::{NetworkArgs, share, spec, weights};
use super::outputs::{Outputs, TABLES_AND_PICTURES, kind, with_format};
use super::page_args::size;
use super::progress::Progress;
use super::render::ThemeArg as Light;
use super::scene_args::{parse_setting, whole};
use crate::engine::analysis::mode_connectivity::{self as engine, Connect, ModeConnectivity};
use crate::engine::declare::Settings;
use crate::engine::geometry::surface::Surface;
use crate::engine::network::TrainingTask;
use crate::engine::training::{Outcome, Reason, RunSpec};
use crate::export::picture::{self, EXTENSIONS};
use crate::export::{connect as table, weights as safetensors};
use crate::figure::connect as figure;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Find a low-loss path between two trained networks (mode connectivity)
///
/// The straight line between the weights usually crosses a loss barrier. A quadratic Bézier curve is trained around it: its
/// control point minimizes the mean loss along the curve. --align first permutes the hidden units of the second network to
/// match the first, which does not change its function.
#[derive(clap::Args)]
#[command(after_help = "\
The curve is (1-t)^2 a + 2 t (1-t) theta + t^2 b (Garipov et al. 2018). They
sample one t per step; here the training loss is the mean over --nodes evenly
spaced points of the curve, so that results are deterministic and any optimizer
works. Training starts from the straight line.

--align is weight matching (Ainsworth, Hayase & Srinivasa 2023). The function of
the second network does not change. Layers tied by residual connections share one
permutation.

The barrier is the largest rise of the loss above the linear interpolation of the
losses of both ends. Losses are means over the samples, without l2. With
norm=batch, the batch statistics of all training data are computed at every point.

CSV has one row per t from 0 to 1; JSON and NPZ have the same columns:
  t                        0 is --from, 1 is --to
  straight_loss            training loss on the straight line
  straight_accuracy        training accuracy on it, for class labels
  straight_test_loss, straight_test_accuracy   on the test data, with --test
  curve_loss, ...          these columns on the curve
  unaligned_loss, ...      with --align, on the straight line before alignment
  curve_a, curve_b         coordinates of the curve on the plane through both
                           ends, at (0, 0) and (1, 0), and theta; its second
                           direction is orthogonal to the first, with equal
                           norm. The straight line is at (t, 0)
NPZ also contains from, to (aligned), theta, and the plane's origin, u and v.
JSON also contains what is printed. Pictures show the columns and a map of that
plane with both paths.

Examples:
  ravine train --network mlp:hidden=16/16,loss=bce --data moons:noise=0.2 \\
    --run adam:lr=0.01 --steps 500 --seed 1 -o a.safetensors
  ravine train --network mlp:hidden=16/16,loss=bce --data moons:noise=0.2 \\
    --run adam:lr=0.01 --steps 500 --seed 2 -o b.safetensors
  ravine connect --network mlp:hidden=16/16,loss=bce --data moons:noise=0.2 \\
    --from a.safetensors --to b.safetensors --align -o path.png")]
pub(super) struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    /// Weights at t = 0, a safetensors file
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Weights at t = 1, a safetensors file
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Format of the output: csv, json, npz, png, svg or pdf [default: by the file's extension; csv for standard output]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Output file: .csv, .json, .npz, .png, .svg or .pdf; - writes CSV to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Output file of theta, the control point of the curve: .safetensors
    #[arg(long, value_name = "FILE")]
    curve_weights: Option<PathBuf>,
    /// Output file of the second network's weights after --align: .safetensors
    #[arg(long, value_name = "FILE")]
    aligned_weights: Option<PathBuf>,
    /// Permute the hidden units of --to to match those of --from
    #[arg(long)]
    align: bool,
    /// Optimizer that trains the curve
    #[arg(long, value_name = "SPEC", default_value = "adam:lr=0.01")]
    optimizer: String,
    #[arg(long, value_name = "N", allow_negative_numbers = true, help = help("steps"))]
    steps: Option<String>,
    #[arg(long, value_name = "N", allow_negative_numbers = true, help = help("nodes"))]
    nodes: Option<String>,
    #[arg(long, value_name = "N", allow_negative_numbers = true, help = help("batch"))]
    batch: Option<String>,
    #[arg(long, value_name = "N", allow_negative_numbers = true, help = help("points"))]
    points: Option<String>,
    /// Seed of the mini-batches, of the order in which layers are aligned, and of the --test split
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_negative_numbers = true
    )]
    seed: String,
    /// Share of test data to evaluate as well, from 0 to less than 1, as split by `ravine train --test` with this --seed
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    test: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Grid points per side of the picture's map, 2 to 1024
    #[arg(
        long,
        value_name = "N",
        default_value = "65",
        allow_negative_numbers = true
    )]
    map: String,
    /// Picture width and height in pixels, 16 to 16384 each
    #[arg(long, value_name = "WxH", default_value = "1600x1200")]
    size: String,
    /// Picture theme: light or dark
    #[arg(long, value_enum, value_name = "THEME", hide_possible_values = true, default_value_t = Light::Light)]
    theme: Light,
}

/// Returns the help of a flag that sets a setting of [`Connect`].
fn help(setting: &str) -> String {
    let settings = Connect::default();
    let described = settings.index(setting).map(|index| {
        let param = &settings.params()[index];
        let default = param.text(&settings.default_value(index));
        let expected = param.expected();
        format!("{} Expects {expected} [default: {default}]", param.help)
    });
    described.unwrap_or_default()
}

pub(super) fn connect(args: &Args) -> Result<(), String> {
    let output = with_format(
        args.format.as_deref(),
        args.output.as_deref(),
        &TABLES_AND_PICTURES,
    )?;
    let pixels = size(&args.size, output.map(|(_, kind)| kind))?;
    let side = args.side()?;
    let settings = args.settings()?;
    let test = args.test.as_deref().map_or(Ok(0.0), share)?;
    let (loss, split) = args.network.prepare(test, settings.seed)?;
    if test > 0.0 && split.test.samples() == 0 {
        return Err(format!(
            "--test {test} leaves no test sample; expected a larger share"
        ));
    }
    let spec = spec("--optimizer", &args.optimizer, &loss)?;
    let ends = [weights(&loss, &args.from)?, weights(&loss, &args.to)?];
    let planned = [&args.output, &args.curve_weights, &args.aligned_weights];
    let mut outputs = Outputs::plan(planned.into_iter().flatten())?;
    outputs.check_stdout_free("--json", args.json)?;
    let tested = (split.test.samples() > 0).then(|| loss.with_data(&split.test));
    let task = TrainingTask {
        test: tested
            .transpose()
            .map_err(|error| format!("--test {test}: {error}"))?,
        start: loss.init_params(settings.seed),
        loss: Arc::new(loss),
        split,
    };
    let both = ends.each_ref().map(Vec::as_slice);
    let stop = interrupt::stoppable();
    let total = usize::try_from(settings.steps).unwrap_or(usize::MAX);
    let progress = Progress::new("connect", "steps", total);
    let mut on_step = |step| progress.set(usize::try_from(step).unwrap_or(total));
    let found = engine::connect_so_far(&task, both, &spec, &settings, &stop, &mut on_step);
    drop(progress);
    let Some(found) = found.map_err(|error| error.to_string())? else {
        return Ok(()); // Nothing cancels this work.
    };
    let mut summary = args.summary(&found, &spec, &settings);
    if !task.split.train.source().is_empty() {
        summary["source"] = task.split.train.source().into();
    }
    if let Some((path, kind)) = output {
        match kind {
            "csv" => outputs.write(path, |out| table::csv(&found, out))?,
            "npz" => outputs.write(path, |out| table::npz(&found, out))?,
            "json" => outputs.write(path, |out| table::json(&found, &summary, out))?,
            // A picture needs the curve at its end.
            _ if interrupt::is_stopped() => {}
            _ => {
                let caption = args.caption(&spec, &settings);
                let bytes = args.picture(&task, &found, &caption, kind, pixels, side)?;
                if !interrupt::is_stopped() {
                    outputs.write(path, |out| out.write_all(&bytes))?;
                }
            }
        }
    }
    let [_, aligned] = &found.ends;
    for (path, theta) in [
        (&args.curve_weights, &found.theta),
        (&args.aligned_weights, aligned),
    ] {
        if let Some(path) = path {
            outputs.write(path, |out| safetensors::write(&task.loss, theta, out))?;
        }
    }
    // Also where Ctrl+C came while the picture's map was computed.
    let is_picture = output.is_some_and(|(_, kind)| EXTENSIONS.contains(&kind));
    let no_picture = is_picture && interrupt::is_stopped();
    let has_weights = args.curve_weights.is_some() || args.aligned_weights.is_some();
    if no_picture && !has_weights {
        return Err(interrupt::nothing_written());
    }
    outputs.print(|out| {
        if args.json {
            return writeln!(out, "{summary:#}");
        }
        report::report(&found, [&args.from, &args.to], out)
    })?;
    outputs.finish()?;
    let no_picture = if no_picture { ", but no picture" } else { "" };
    let step = match found.outcome {
        Outcome::Stopped(step, Reason::Interrupted) => step,
        _ => settings.steps,
    };
    interrupt::report_stop(&format!(
        "the paths at step {step} of the training are written{no_picture}"
    ));
    Ok(())
}

impl Args {
    /// Returns the settings of the flags, or an error about flags that would have no effect.
    fn settings(&self) -> Result<Connect, String> {
        let mut settings = Connect {
            align: self.align,
            ..Connect::default()
        };
        for (name, text) in [
            ("steps", self.steps.as_ref()),
            ("nodes", self.nodes.as_ref()),
            ("batch", self.batch.as_ref()),
            ("points", self.points.as_ref()),
            ("seed", Some(&self.seed)),
        ] {
            if let Some(text) = text {
                parse_setting(&mut settings, name, text).map_err(|error| error.to_string())?;
            }
        }
        for path in [&self.curve_weights, &self.aligned_weights]
            .into_iter()
            .flatten()
        {
            kind(path, &["safetensors"], "safetensors")?;
        }
        if self.aligned_weights.is_some() && !self.align {
            return Err("--aligned-weights needs --align; add --align".to_owned());
        }
        Ok(settings)
    }

    fn side(&self) -> Result<usize, String> {
        let text = &self.map;
        let side = whole(text).filter(|side| (2..=1024).contains(side));
        side.ok_or_else(|| {
            format!("--map cannot be `{text}`; expected a whole number from 2 to 1024")
        })
    }

    /// Returns the JSON summary without the rows.
    fn summary(
        &self,
        found: &ModeConnectivity,
        spec: &RunSpec,
        settings: &Connect,
    ) -> serde_json::Value {
        let mut summary = table::summary(found);
        summary["network"] = self.network.network.as_str().into();
        summary["data"] = self.network.data.as_str().into();
        summary["optimizer"] = spec.to_string().into();
        summary["settings"] = serde_json::json!(settings);
        summary
    }

    /// Returns the settings of a picture in one line.
    fn caption(&self, spec: &RunSpec, settings: &Connect) -> String {
        let mut parts = vec![
            format!("A {}", name(&self.from)),
            format!("B {}", name(&self.to)),
            figure::settings_text(spec, settings),
        ];
        parts.extend(self.test.as_ref().map(|share| format!("test {share}")));
        parts.join(" · ")
    }

    /// Returns the bytes of a picture.
    fn picture(
        &self,
        task: &TrainingTask,
        found: &ModeConnectivity,
        caption: &str,
        kind: &str,
        pixels: [u32; 2],
        side: usize,
    ) -> Result<Vec<u8>, String> {
        let (points, cancel) = (picture::points(pixels), interrupt::stoppable());
        let surface = || {
            let view = figure::window(found, (points, true))?;
            let plane = found.plane.as_ref()?;
            Surface::sample(&*task.loss, plane, view, side, side, &cancel)
        };
        let title = self.network.title();
        let caption_lines = figure::Caption {
            title: &title,
            caption,
            l2: task.loss.l2(),
            legend: true,
        };
        let drawing = figure::picture(found, surface(), &caption_lines, points, self.theme.theme());
        picture::bytes(&drawing, kind, pixels, &format!("{title}\n\n{caption}"))
    }
}

/// Returns the name of a file without its folder, which means nothing in a picture.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
