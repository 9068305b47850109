//! The picture of the view that is shown, for a file or the clipboard.

use super::app::App;
use super::theme;
use super::view::View;
use super::view::sweep::swept_runs;
use crate::engine::cancel::Cancel;
use crate::engine::declare::{Settings, Value};
use crate::engine::geometry::surface::Surface;
use crate::engine::scene::Scene;
use crate::export::picture::{self, Picture, Show};
use crate::figure;
use crate::figure::drawing::Drawing;
use crate::figure::{basins, connect, spectrum, sweep};
use crate::session::{SweepAxes, SweepData, compute_all_runs};
use eframe::egui;

/// Pixels of a picture.
const PIXELS: [u32; 2] = [1600, 1200];

/// Points along a side of the plane's map in a picture of ways.
const SIDE: usize = 161;

/// Makes a drawing of so many points and the text that describes it, off the window's thread.
type Draw = Box<dyn FnOnce([f32; 2]) -> Result<(Drawing, String), String> + Send>;

/// A picture that is still to be drawn.
pub(super) struct Shot {
    /// Its width and height.
    pub pixels: [u32; 2],
    /// Function that draws the picture.
    pub draw: Draw,
}

impl App {
    /// The name for the file of a picture: the subject, and the view unless it is the map.
    pub(super) fn picture_name(&self) -> String {
        let subject = self.scene.subject_name();
        match self.shown_view() {
            View::Map => format!("{subject}.png"),
            view => format!("{subject}-{}.png", view.title().to_lowercase()),
        }
    }

    /// The picture of the view that is shown, or why there is none.
    pub(super) fn shot(&self, ctx: &egui::Context) -> Result<Shot, String> {
        let draw = match self.shown_view() {
            View::Map => self.scene_shot(ctx, Show::Map)?,
            View::ProjectionError => self.scene_shot(ctx, Show::ProjectionError)?,
            View::Seeds => match self.seeds.seeds(&self.scene) {
                Some(seeds) => self.scene_shot(ctx, Show::Seeds(seeds))?,
                None => return Err("there is no picture of seeds: only a random plane has them; choose one on the left".to_owned()),
            },
            View::Basins => return self.basins_shot(ctx),
            View::Sweep => self.sweep_shot(ctx)?,
            View::Spectrum => self.spectrum_shot(ctx)?,
            View::Connect => self.connect_shot(ctx)?,
        };
        let pixels = PIXELS;
        Ok(Shot { pixels, draw })
    }

    /// The runs of the scene on their map or beside it.
    fn scene_shot(&self, ctx: &egui::Context, show: Show) -> Result<Draw, String> {
        let runs = self.runs();
        let runs = runs.filter(|runs| runs.scene.same_subject(&self.scene));
        let runs = runs.ok_or("there is no picture yet; expected a landscape that can be drawn")?;
        let (runs, scene) = (runs.clone(), self.scene.clone());
        let options = Picture {
            pixels: PIXELS,
            step: Some(self.timeline.step()),
            theme: theme::current(ctx),
            followed: self.selected,
            show,
        };
        Ok(Box::new(move |_| {
            let runs = compute_all_runs(&scene, &runs.problem, Some(&runs))?;
            let description = picture::description(&runs, &options);
            Ok((picture::drawing(&runs, &options)?, description))
        }))
    }

    /// The basins, in a picture of the shape of their window.
    fn basins_shot(&self, ctx: &egui::Context) -> Result<Shot, String> {
        let found = self.session.basins().filter(|_| self.followed().is_some());
        let current = found.filter(|found| match &**found {
            Ok(found) => found.of.landscape == *self.scene.landscape(),
            Err(_) => true,
        });
        let found = current.ok_or_else(|| not_yet("basins"))?;
        if self.session.basins_progress().is_some() {
            return Err("the basins are still being computed; export them when they are, or press Stop to keep what is there".to_owned());
        }
        let window = (*found).as_ref().map_err(Clone::clone)?.basins.window;
        let (scene, map_data) = (self.scene.clone(), self.map_data.clone());
        let theme = theme::current(ctx);
        let draw = move |size| {
            let found = (*found).as_ref().map_err(Clone::clone)?;
            let map_data = map_data
                .as_ref()
                .and_then(|map_data| (**map_data).as_ref().ok());
            let run = found.of.spec.to_string();
            let drawing = basins::picture(&found.basins, map_data, &scene, &run, size, theme);
            Ok((drawing, format!("Basins of {run}\n\n{}", scene.to_toml())))
        };
        Ok(Shot {
            pixels: basins::pixels(window, PIXELS),
            draw: Box::new(draw),
        })
    }

    /// The sweep, as curves or as a map.
    fn sweep_shot(&self, ctx: &egui::Context) -> Result<Draw, String> {
        let run = self.followed().unwrap_or(0);
        let of = self.sweep.of(&self.scene, run)?;
        let found = self.session.sweep().ok_or_else(|| not_yet("sweep"))?;
        let same = (*found).as_ref().map_err(Clone::clone)?.of == of;
        if !same || self.session.sweep_progress().is_some() {
            return Err(not_yet("sweep"));
        }
        let (scene, theme) = (self.scene.clone(), theme::current(ctx));
        let measure = self.sweep.measure();
        let indices: Vec<usize> = swept_runs(&scene, run).collect();
        let draw = move |size| {
            let found = (*found).as_ref().map_err(Clone::clone)?;
            let names = scene.run_names();
            let sheet = sweep::SweepFigure {
                scene: &scene,
                metric: measure,
                goal: found.of.goal,
                size,
                theme,
            };
            let drawing = match &found.swept {
                SweepData::Curves(curves) => {
                    let own =
                        |run: usize| indices.get(run).copied().filter(|own| *own < names.len());
                    let shown = curves.iter().filter_map(|(curve, limit)| {
                        let index = own(curve.line.run)?;
                        Some(sweep::SweepLine {
                            curve,
                            name: &names[index],
                            style_index: figure::style_index(scene.runs[index].colour),
                            limit: *limit,
                        })
                    });
                    let shown: Vec<sweep::SweepLine> = shown.collect();
                    let has =
                        |place: &usize| curves.iter().any(|(curve, _)| curve.line.run == *place);
                    let left_out = (0..indices.len()).filter(|place| !has(place));
                    let left_out: Vec<String> = left_out
                        .filter_map(|place| Some(names[own(place)?].clone()))
                        .collect();
                    sweep::curves_picture(&sheet, &shown, &left_out)
                }
                SweepData::Map(map) => {
                    let place = match found.of.overs {
                        SweepAxes::Two(place, _) => place,
                        SweepAxes::One(_) => 0,
                    };
                    let name = indices.get(place).and_then(|index| names.get(*index));
                    let name = name.map_or("", String::as_str);
                    sweep::map_picture(&sheet, &map.0, name, map.1.as_ref())
                }
            };
            let texts = match &found.of.overs {
                SweepAxes::One(over) => over.to_string(),
                SweepAxes::Two(_, [x, y]) => format!("{x} and {y}"),
            };
            Ok((
                drawing,
                format!("Sweep over {texts}\n\n{}", scene.to_toml()),
            ))
        };
        Ok(Box::new(draw))
    }

    /// The spectrum of the curvature where the followed run is, and that of the run beside it.
    fn spectrum_shot(&self, ctx: &egui::Context) -> Result<Draw, String> {
        let names = self.scene.run_names();
        let (fitting, followed) = (self.current_runs(), self.followed());
        let (Some((runs, _)), Some(run)) = (fitting, followed) else {
            return Err(not_yet("spectrum"));
        };
        let shown = self.spectrum.runs(run, names.len());
        let found = self.session.spectrum().ok_or_else(|| not_yet("spectrum"))?;
        let trained = runs.trained.as_ref().ok_or_else(|| not_yet("spectrum"))?;
        let own: Option<Vec<_>> = shown.iter().map(|run| trained.runs.get(*run)).collect();
        let own = own.ok_or_else(|| not_yet("spectrum"))?;
        let known = (*found).as_ref().map_err(Clone::clone)?;
        if !known.matches(own.into_iter().map(std::convert::AsRef::as_ref)) || !known.complete {
            return Err(not_yet("spectrum"));
        }
        if let Some(sentence) = &known.refused {
            return Err(sentence.clone());
        }
        let (scene, theme) = (self.scene.clone(), theme::current(ctx));
        let draw = move |size| {
            let found = (*found).as_ref().map_err(Clone::clone)?;
            let inquiry = scene.network().map(|bench| bench.curvature.clone());
            let inquiry = inquiry.unwrap_or_default();
            let spectra = shown
                .iter()
                .zip(&found.reports)
                .filter_map(|(index, report)| {
                    Some(spectrum::Spectrum {
                        name: names.get(*index)?,
                        style_index: figure::style_index(scene.runs.get(*index)?.colour),
                        report: report.as_ref()?,
                    })
                });
            let spectra: Vec<spectrum::Spectrum> = spectra.collect();
            let places = spectra.iter().zip(found.rows());
            let places = places.map(|(of, row)| format!("{} at step {}", of.name, runs.step(row)));
            let title = format!(
                "{}   {}",
                places.collect::<Vec<_>>().join(" and "),
                scene.title()
            );
            let drawing = spectrum::picture_of_several(&spectra, &inquiry, &title, size, theme);
            Ok((
                drawing,
                format!("Curvature of {title}\n\n{}", scene.to_toml()),
            ))
        };
        Ok(Box::new(draw))
    }

    /// The ways between the ends of two runs.
    fn connect_shot(&self, ctx: &egui::Context) -> Result<Draw, String> {
        let names = self.scene.run_names();
        let ends = self.connect.ends(names.len());
        let ends = ends.ok_or("there is no picture of ways yet; expected two runs to connect")?;
        let (runs, _) = self.current_runs().ok_or_else(|| not_yet("ways"))?;
        let trained = runs.trained.ok_or_else(|| not_yet("ways"))?;
        let found = self.session.ways().ok_or_else(|| not_yet("ways"))?;
        let known = (*found).as_ref().map_err(Clone::clone)?;
        let connection = known.connection.clone();
        let connection = connection.filter(|_| trained.complete && known.matches(&trained, ends));
        let connection = connection.ok_or_else(|| not_yet("ways"))?;
        let (scene, theme) = (self.scene.clone(), theme::current(ctx));
        let draw = move |size| {
            let loss = &*trained.task.loss;
            let surface = || {
                let (view, plane) = (
                    connect::window(&connection, size)?,
                    connection.plane.as_ref()?,
                );
                Surface::sample(loss, plane, view, SIDE, SIDE, &Cancel::default())
            };
            let [from, to] = ends.map(|end| names.get(end).map_or("", String::as_str));
            let title = format!("from {from} to {to}   {}", scene.title());
            let caption = caption(&scene, [from, to]);
            let told = connect::Caption {
                title: &title,
                caption: &caption,
                l2: loss.l2(),
            };
            let drawing = connect::picture(&connection, surface(), &told, size, theme);
            Ok((
                drawing,
                format!("Mode connectivity {title}\n\n{}", scene.to_toml()),
            ))
        };
        Ok(Box::new(draw))
    }
}

/// The settings that made the ways, in one line.
fn caption(scene: &Scene, [from, to]: [&str; 2]) -> String {
    let mut parts = vec![
        format!("A the end of {from}"),
        format!("B the end of {to}"),
        scene.subject_spec(),
    ];
    if let Some(bench) = scene.network() {
        for (index, param) in bench.connect.params().iter().enumerate() {
            match bench.connect.value(index) {
                Value::Flag(false) | Value::None => {}
                Value::Flag(true) => parts.push(param.name.to_owned()),
                value => parts.push(format!("{} {}", param.name, param.text(&value))),
            }
        }
    }
    parts.join(" · ")
}

/// That there is no picture of a view yet.
fn not_yet(what: &str) -> String {
    format!("there is no picture of the {what} yet; expected that it is computed")
}
