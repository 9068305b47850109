//! The shown views: which ones they are, everything that they read, and their pictures.

use super::app::App;
use super::theme;
use super::view::charts::Measured;
use super::view::{FRAMES, Figure, View, ViewContext, ViewOutput, is_film};
use crate::engine::results::{MapData, Runs};
use crate::engine::scene::Scene;
use crate::export::figure_settings;
use crate::export::film::NUMBER;
use crate::export::picture::Show;
use crate::figure::colour::Theme;
use crate::figure::drawing::Area;
use crate::figure::pages::Page;
use eframe::egui;
use std::sync::Arc;

/// The views in the middle of the window: one, or two at once.
pub(super) struct ShownViews {
    /// Title of the view that is chosen for each half. Empty, or of a view that the scene does not have: the first that is free.
    pub(super) titles: [&'static str; 2],
    /// Whether there are two halves.
    pub(super) split: bool,
    /// The half that keys and menus act on.
    pub(super) active: usize,
    /// Share of the first half.
    pub(super) share: f32,
}

impl Default for ShownViews {
    fn default() -> Self {
        Self {
            titles: [""; 2],
            split: false,
            active: 0,
            share: 0.5,
        }
    }
}

/// Runs of a network, and the map of their plane.
pub(super) type MappedRuns = (Arc<Result<Runs, String>>, Arc<Result<MapData, String>>);

impl ShownViews {
    /// Shows a view in the active half; one that is in the other half already changes places with it.
    pub(super) fn show(&mut self, title: &'static str) {
        let other = 1 - self.active;
        if self.split && self.titles[other] == title {
            self.titles.swap(0, 1);
        } else {
            self.titles[self.active] = title;
        }
    }
}

impl App {
    /// Shows two views instead of one, or the active one alone.
    pub(super) fn toggle_split(&mut self) {
        let active = self.shown.active;
        let titles = [active, 1 - active].map(|half| self.views[self.view_of_half(half)].title());
        self.shown.split = !self.shown.split;
        self.shown.active = 0;
        self.shown.titles = titles;
        if self.shown.split {
            let second = self.views[self.view_of_half(1)].title();
            self.shown.titles[1] = second;
        }
    }

    /// Returns the index of the view that keys, menus and export act on.
    pub(super) fn shown_view(&self) -> usize {
        self.view_of_half(self.shown.active)
    }

    /// Returns the index of a half's view: the chosen one if the scene has it, else the first that is not in the other half.
    pub(super) fn view_of_half(&self, half: usize) -> usize {
        let chosen = |half: usize| {
            let title = self.shown.titles[half];
            let mut views = self.views.iter();
            views.position(|view| view.title() == title && view.applies(&self.scene))
        };
        chosen(half).unwrap_or_else(|| {
            let taken = match half {
                0 => chosen(1).filter(|_| self.shown.split),
                _ => Some(self.view_of_half(0)),
            };
            let mut views = self.views.iter().enumerate();
            let free =
                views.find(|(index, view)| Some(*index) != taken && view.applies(&self.scene));
            free.map_or(0, |(index, _)| index)
        })
    }

    /// Whether the newest runs belong to an earlier scene: the scene is refused, or its runs are not there yet.
    pub(super) fn is_stale(&self) -> bool {
        self.refusal.is_some() || self.runs().is_none_or(|runs| !runs.matches(&self.scene))
    }

    /// Whether the shown runs are those of another network or other data, while those of the scene begin to train.
    pub(super) fn is_other_network(&self) -> bool {
        let runs = self.runs().filter(|runs| runs.trained.is_some());
        self.scene.is_network() && runs.is_some_and(|runs| !runs.scene.same_subject(&self.scene))
    }

    /// Returns the newest runs with the scene as it is now, or with their own if they belong to an earlier one, and the row of the
    /// timeline.
    pub(super) fn shown_runs(&self) -> Option<(Runs, usize)> {
        let same_kind = |runs: &&Runs| runs.trained.is_some() == self.scene.is_network();
        let runs = self.runs().filter(same_kind)?;
        Some(self.at_step(runs, !self.is_stale()))
    }

    /// Returns runs with those of the other seeds, as far as they are computed.
    pub(super) fn with_seeds(&self, runs: &Runs) -> Runs {
        let mut runs = runs.clone();
        if let Some(Ok(found)) = self.seed_runs().as_deref() {
            runs.other_seeds = Arc::clone(&found.others);
        }
        runs
    }

    /// Returns runs with the scene as it is now (`current`) or with their own, and the row of the timeline.
    fn at_step(&self, runs: &Runs, current: bool) -> (Runs, usize) {
        let row = runs.row(self.timeline.step());
        let mut runs = self.with_seeds(runs);
        if current {
            runs.scene = self.scene.clone();
        }
        if self.is_predicting() {
            let shown = &mut runs.scene.runs;
            shown.iter_mut().for_each(|run| run.shown = false);
        }
        (runs, row)
    }

    /// Keeps the newest runs of a network if there is a map of their plane.
    pub(super) fn keep_mapped_runs(&mut self) {
        if let (Some(runs), Some(map_data)) = (&self.runs, &self.map_data)
            && let (Ok(found), Ok(map)) = (&**runs, &**map_data)
            && found.trained.is_some()
            && map.matches(found)
        {
            self.mapped = Some((Arc::clone(runs), Arc::clone(map_data)));
        }
    }

    /// Returns the last runs of the shown network that have a map of their plane, while that of the newest runs' plane is computed.
    fn earlier_map(&self) -> Option<&MappedRuns> {
        let task = |runs: &Runs| runs.trained.as_ref().map(|own| Arc::as_ptr(&own.task));
        let (newest, mapped) = (self.runs()?, self.mapped.as_ref()?);
        let map_data = self.map_data.as_ref();
        let has_map = map_data.is_some_and(|map| is_map_current(map, Some(newest), &self.scene));
        let earlier = (*mapped.0).as_ref().ok()?;
        let shown = !has_map && self.scene.is_network() && !self.is_other_network();
        (shown && task(newest) == task(earlier)).then_some(mapped)
    }

    /// Whether the shown map is that of another plane or of other runs than the scene's.
    pub(super) fn shows_earlier_scene(&self) -> bool {
        let earlier = self
            .earlier_map()
            .and_then(|(runs, _)| (**runs).as_ref().ok());
        earlier.is_some_and(|runs| !self.is_current(runs))
    }

    /// Whether runs of a network are those of the scene, on the plane that it names.
    fn is_current(&self, runs: &Runs) -> bool {
        let plane = |scene: &Scene| {
            let network = scene.network();
            network.map(|network| (network.plane.clone(), network.plane_origin()))
        };
        runs.matches(&self.scene) && plane(&runs.scene) == plane(&self.scene)
    }

    /// Returns the run that views of a single run show: the selected one, or the first that is ticked.
    pub(super) fn followed(&self) -> Option<usize> {
        let ticked = self.scene.runs.iter().position(|run| run.shown);
        let any = (!self.scene.runs.is_empty()).then_some(0);
        self.selected.or(ticked).or(any)
    }

    /// Calls a function with a half's view and everything that it reads and leaves; the scene is that of the shown runs.
    pub(super) fn with_shown_view<R>(
        &mut self,
        ctx: &egui::Context,
        half: usize,
        call: impl FnOnce(&mut dyn View, &ViewContext, &mut ViewOutput) -> R,
    ) -> R {
        let shown = (self.view_of_half(half), theme::current(ctx));
        let earlier = self.earlier_map().cloned();
        if let Some((runs, map_data)) = &earlier
            && let Ok(runs) = &**runs
        {
            let runs = self.at_step(runs, self.is_current(runs) && !self.is_stale());
            return self.with_runs(shown, Some(&runs), Some(map_data), call);
        }
        let current = self.shown_runs();
        self.with_runs(shown, current.as_ref(), None, call)
    }

    /// Calls a function with a half's view and everything that it reads and leaves; the scene is the one that is edited.
    pub(super) fn with_view<R>(
        &mut self,
        ctx: &egui::Context,
        half: usize,
        call: impl FnOnce(&mut dyn View, &ViewContext, &mut ViewOutput) -> R,
    ) -> R {
        self.with_any_view((self.view_of_half(half), theme::current(ctx)), call)
    }

    /// Calls a function with the view of an index and everything that it reads and leaves, in a theme; the scene is the one that is edited.
    fn with_any_view<R>(
        &mut self,
        shown: (usize, &'static Theme),
        call: impl FnOnce(&mut dyn View, &ViewContext, &mut ViewOutput) -> R,
    ) -> R {
        let current = self.shown_runs().filter(|_| !self.is_stale());
        self.with_runs(shown, current.as_ref(), None, call)
    }

    /// Calls a function with a view and some runs; with `earlier`, these are older than the newest ones, and that is their map.
    fn with_runs<R>(
        &mut self,
        (shown, theme): (usize, &'static Theme),
        current: Option<&(Runs, usize)>,
        earlier: Option<&Arc<Result<MapData, String>>>,
        call: impl FnOnce(&mut dyn View, &ViewContext, &mut ViewOutput) -> R,
    ) -> R {
        let scene = current.map_or(&self.scene, |(runs, _)| &runs.scene);
        let names = scene.run_names();
        let of_scene = |run: &usize| *run < names.len();
        let newest_runs = self.runs.as_deref().and_then(|runs| runs.as_ref().ok());
        let runs = current.map(|(runs, _)| runs);
        let map_data = earlier.or(self.map_data.as_ref());
        let wanted = newest_runs.filter(|_| earlier.is_some() && scene.view.is_none());
        let wanted = wanted.map(Runs::first_view);
        let context = ViewContext {
            scene,
            is_refused: self.refusal.is_some(),
            names: &names,
            session: &self.session,
            runs,
            newest_runs: if earlier.is_some() { runs } else { newest_runs },
            map_data: map_data.filter(|map_data| is_map_current(map_data, runs, scene)),
            step: self.timeline.step(),
            row: current.map_or(0, |(_, row)| *row),
            selected: self.selected.filter(of_scene),
            hovered: self.hovered_run[1].filter(of_scene),
            followed: self.followed().filter(of_scene),
            critical_point: self.point,
            in_lesson: self.has_lesson(),
            predicting: self.is_predicting(),
            guess: self.shown_guess(),
            frame_budget: self.frame_budget,
            needs_title: !self.layout.presenting,
            theme,
        };
        let mut output = ViewOutput {
            textures: &mut self.textures,
            hover_text: &mut self.hover_text,
            hovered_run: &mut self.hovered_run[0],
            window: None,
            area: Area::new([0.0; 2], [0.0; 2]),
        };
        let result = call(&mut *self.views[shown], &context, &mut output);
        if let Some(window) = output.window {
            // The next map is that of the newest plane.
            let shape = window.width() / window.height();
            let window = wanted.map_or(window, |wanted| wanted.with_aspect(shape));
            let needed = self
                .needed_window
                .map_or(window, |needed| needed.union(&window));
            self.needed_window = Some(needed);
        }
        result
    }

    /// Returns a kind of picture that `ravine render` draws, in a theme.
    fn scene_figure(&mut self, show: Show, theme: &'static Theme) -> Result<Figure, String> {
        let call = |context: &ViewContext| Figure::of_scene(context, show);
        self.with_any_view((0, theme), |_, context, _| call(context))
    }

    /// Returns the picture of the content that the scene's figure style names, in the style's theme.
    ///
    /// # Errors
    /// Returns one sentence where there is none yet, or the scene has no such content.
    pub(super) fn chosen_figure(
        &mut self,
        ctx: &egui::Context,
        format: &str,
    ) -> Result<Figure, String> {
        let style = &self.scene.figure;
        let theme = figure_settings::theme(style, theme::current(ctx));
        let transparent = style.transparent;
        let figure = match style.show.clone() {
            None => self.figure(theme),
            Some(name) => {
                let mut views = self.views.iter();
                let view = views.position(|view| view.name() == name && view.applies(&self.scene));
                if let Some(view) = view {
                    self.with_any_view((view, theme), |view, context, _| view.figure(context))
                } else {
                    let show = Show::parse(&name, &self.scene)?;
                    self.scene_figure(show, theme)
                }
            }
        }?;
        let figure = match figure.show {
            // Its frames are measured one by one.
            Show::Page(Page::Spectrum) if is_film(format) => {
                self.scene_figure(figure.show, theme)?
            }
            _ => figure,
        };
        Ok(figure.with_transparent(transparent))
    }

    /// Returns the title of the chart that is shown large, or else of the shown view.
    pub(super) fn content_title(&self) -> String {
        let view = self.views[self.shown_view()].title();
        self.charts
            .enlarged
            .title
            .clone()
            .unwrap_or_else(|| view.to_owned())
    }

    /// Returns the picture of the chart that is shown large, or else of the shown view, in a theme.
    ///
    /// # Errors
    /// Returns one sentence where there is none yet.
    pub(super) fn figure(&mut self, theme: &'static Theme) -> Result<Figure, String> {
        if self.is_predicting() {
            return Err(
                "there is no picture while the runs are hidden; guess where the run ends first"
                    .to_owned(),
            );
        }
        if let Some(refusal) = &self.refusal {
            return Err(format!("the scene is refused: {}", refusal.sentence));
        }
        let measured = Measured {
            sharpness: self.session.sharpness.newest(),
            seeds: self.newest_seed_charts(),
        };
        let followed = self.followed();
        let current = self.shown_runs().filter(|_| !self.is_stale());
        let panel = current.as_ref();
        if let Some(panel) = panel.and_then(|(runs, _)| self.charts.panel(runs)) {
            return self.scene_figure(Show::Panels(panel.into()), theme);
        }
        let chart =
            current.and_then(|current| self.charts.figure(current, &measured, followed, theme));
        if let Some(figure) = chart {
            return Ok(figure);
        }
        self.with_any_view((self.shown_view(), theme), |view, context, _| {
            view.figure(context)
        })
    }

    /// Returns a file name for the picture in a format: the subject, and the content unless it is the first view.
    pub(super) fn picture_name(&self, format: &str) -> String {
        let subject = self.scene.subject_name();
        let first = self.views[0].name();
        let content = match &self.scene.figure.show {
            Some(name) => name.replace('+', "-"),
            None => { self.charts.enlarged.file_name() }
                .unwrap_or_else(|| self.views[self.shown_view()].name()),
        };
        let end = match format {
            FRAMES => format!("-{NUMBER}.png"),
            format => format!(".{format}"),
        };
        if content == first {
            format!("{subject}{end}")
        } else {
            format!("{subject}-{content}{end}")
        }
    }
}

/// Whether a map is on the plane of the runs; before the first runs, whether it is that of a landscape.
fn is_map_current(
    map_data: &Arc<Result<MapData, String>>,
    runs: Option<&Runs>,
    scene: &Scene,
) -> bool {
    match (&**map_data, runs) {
        (Ok(map_data), Some(runs)) => map_data.matches(runs),
        (Ok(map_data), None) => map_data.problem.is_none() && !scene.is_network(),
        (Err(_), _) => false,
    }
}
