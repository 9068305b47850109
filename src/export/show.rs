//! The kinds of pictures of a scene: their names, and combinations of them as panels of one figure.

use crate::engine::analysis::basins::NEEDS_TWO_PARAMETERS;
use crate::engine::results::{NOT_RANDOM, Seeds};
use crate::engine::scene::Scene;
use crate::figure::pages::Page;
use crate::figure::panels::Panel;

/// The view of a scene that a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// The map of the landscape with the runs.
    Map,
    /// A network's random planes of these seeds.
    Seeds(Seeds),
    /// Another view that fills a picture.
    Page(Page),
    /// Charts, or a map with charts.
    Panels(Panels),
    /// A chart of the window that has no name: of layers, of one run's optimizer state, or over evaluations.
    Chart,
}

/// Maximum number of panels of a figure.
const MAX_PANELS: usize = 6;

/// The panels of a figure, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Panels([Option<Panel>; MAX_PANELS]);

impl From<Panel> for Panels {
    fn from(panel: Panel) -> Self {
        let mut panels = Self::default();
        panels.0[0] = Some(panel);
        panels
    }
}

impl Panels {
    /// Returns the panels.
    pub fn all(self) -> Vec<Panel> {
        self.0.iter().copied().flatten().collect()
    }
}

/// A kind of picture: a panel, or a whole page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Panel(Panel),
    Seeds,
    Page(Page),
}

impl Kind {
    /// Returns the kind as a panel of a figure, if it can be one.
    fn panel(self) -> Option<Panel> {
        match self {
            Self::Panel(panel) => Some(panel),
            Self::Page(page) => Some(Panel::Page(page)),
            Self::Seeds => None,
        }
    }
}

/// Every kind of picture: its name, its other names, and what it shows.
const KINDS: [(&str, &[&str], Kind, &str); 16] = [
    ("map", &[], Kind::Panel(Panel::Map), "the loss map"),
    ("loss", &[], Kind::Panel(Panel::Loss), "loss"),
    (
        "accuracy",
        &[],
        Kind::Panel(Panel::Accuracy),
        "accuracy of networks",
    ),
    (
        "grad-norm",
        &["gradient-norm"],
        Kind::Panel(Panel::GradNorm),
        "gradient norm",
    ),
    (
        "lr",
        &["learning-rate"],
        Kind::Panel(Panel::Lr),
        "learning rate",
    ),
    (
        "sharpness",
        &[],
        Kind::Panel(Panel::Sharpness),
        "λmax of the Hessian, with the stability limit",
    ),
    (
        "state",
        &["optimizer-state"],
        Kind::Panel(Panel::State),
        "optimizer state of the first run that has some, on landscapes",
    ),
    (
        "side-by-side",
        &[],
        Kind::Page(Page::SideBySide),
        "a small map for each run",
    ),
    (
        "surface",
        &["3d"],
        Kind::Page(Page::Surface),
        "the 3-D surface with the runs on it",
    ),
    (
        "predictions",
        &[],
        Kind::Page(Page::Predictions),
        "predictions of each run of a network",
    ),
    (
        "projection-error",
        &["residual", "off-plane"],
        Kind::Page(Page::ProjectionError),
        "distance of a network's runs from the plane",
    ),
    (
        "basins",
        &[],
        Kind::Page(Page::Basins),
        "basins of attraction of the first run, on landscapes",
    ),
    (
        "sweep",
        &[],
        Kind::Page(Page::Sweep),
        "final losses over the learning rate, on landscapes",
    ),
    (
        "spectrum",
        &["hessian"],
        Kind::Page(Page::Spectrum),
        "eigenvalues of the Hessian of a network's first run",
    ),
    (
        "connect",
        &["paths"],
        Kind::Page(Page::Connect),
        "paths between the ends of a network's first two runs",
    ),
    (
        "seeds",
        &[],
        Kind::Seeds,
        "a network's maps of six seeds of a random plane",
    ),
];

/// Returns the names of all kinds of pictures with what they show, one a line.
pub fn help() -> String {
    let lines = KINDS
        .iter()
        .map(|(name, _, kind, what)| match kind.panel() {
            Some(_) => format!("{name:<18}{what}"),
            None => format!("{name:<18}{what}; not beside others"),
        });
    lines.collect::<Vec<_>>().join("\n")
}

impl Show {
    /// Parses the name of a kind, or names of panels joined by `+`, like `map+loss`, for a scene.
    ///
    /// # Errors
    /// Returns a sentence if there is no such kind, it cannot be combined, or the scene does not have it.
    pub fn parse(text: &str, scene: &Scene) -> Result<Self, String> {
        let kinds: Vec<(&str, Kind)> = text.split('+').map(named).collect::<Result<_, _>>()?;
        if let [(_, kind)] = *kinds {
            return Self::of_kind(kind, scene);
        }
        if kinds.len() > MAX_PANELS {
            return Err(format!(
                "--show {text} has {} panels; expected at most {MAX_PANELS}",
                kinds.len()
            ));
        }
        let mut panels = Panels::default();
        for (place, (name, kind)) in panels.0.iter_mut().zip(kinds) {
            let Some(panel) = kind.panel() else {
                return Err(format!(
                    "--show {name} fills a picture; expected panels joined by +: {}",
                    list(&panel_names())
                ));
            };
            match kind {
                Kind::Panel(panel) => check_panel(panel, name, scene)?,
                kind => drop(Self::of_kind(kind, scene)?),
            }
            *place = Some(panel);
        }
        Ok(Self::Panels(panels))
    }

    fn of_kind(kind: Kind, scene: &Scene) -> Result<Self, String> {
        match kind {
            Kind::Panel(Panel::Map) => Ok(Self::Map),
            Kind::Panel(panel) => {
                let name = KINDS.iter().find(|(.., of, _)| *of == kind);
                check_panel(panel, name.map_or("", |(name, ..)| name), scene)?;
                Ok(Self::Panels(panel.into()))
            }
            Kind::Page(page) => {
                check_page(page, scene)?;
                Ok(Self::Page(page))
            }
            Kind::Seeds => {
                let first =
                    Seeds::of(scene).ok_or_else(|| format!("--show seeds: {NOT_RANDOM}"))?;
                Ok(Self::Seeds(Seeds { first, count: 6 }))
            }
        }
    }

    /// Returns the usual name of a kind, or of panels joined by `+`, in any spelling.
    ///
    /// # Errors
    /// Returns a sentence if there is no such kind.
    pub fn name(text: &str) -> Result<String, String> {
        let names: Vec<&str> = text
            .split('+')
            .map(|name| Ok(named(name)?.0))
            .collect::<Result<_, String>>()?;
        Ok(names.join("+"))
    }

    /// Returns whether the picture is the same at every step.
    pub fn is_still(&self) -> bool {
        matches!(
            self,
            Self::Seeds(_) | Self::Page(Page::Basins | Page::Sweep | Page::Connect)
        )
    }

    /// Returns the names of the panels, if the picture has some.
    pub fn panel_names(&self) -> Vec<&'static str> {
        let name = |panel: Panel| {
            let of = |kind: Kind| kind.panel() == Some(panel);
            let kind = KINDS.iter().find(|(.., kind, _)| of(*kind));
            kind.map_or("", |(name, ..)| *name)
        };
        let panels = self.panels().unwrap_or_default();
        panels.into_iter().map(name).collect()
    }

    /// Returns the panels, if the picture has some: a map is one.
    pub fn panels(&self) -> Option<Vec<Panel>> {
        match self {
            Self::Map => Some(vec![Panel::Map]),
            Self::Panels(panels) => Some(panels.all()),
            _ => None,
        }
    }
}

/// Returns the kind with a name, and its usual name.
fn named(text: &str) -> Result<(&'static str, Kind), String> {
    let wanted = text.trim().to_lowercase();
    let found = KINDS
        .iter()
        .find(|(name, others, ..)| *name == wanted || others.contains(&&*wanted));
    found
        .map(|(name, _, kind, _)| (*name, *kind))
        .ok_or_else(|| {
            let names: Vec<&str> = KINDS.iter().map(|(name, ..)| *name).collect();
            let distance = |name: &&&str| strsim::damerau_levenshtein(&wanted, name);
            let nearest = names.iter().min_by_key(distance);
            let nearest =
                nearest.filter(|name| distance(name) <= 1 + name.len().min(wanted.len()) / 3);
            let meant =
                nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
            format!(
                "--show cannot be `{text}`; expected {}, or panels like map+loss{meant}",
                list(&names)
            )
        })
}

/// Returns an error if a scene has no such panel.
fn check_panel(panel: Panel, name: &str, scene: &Scene) -> Result<(), String> {
    match panel {
        Panel::Accuracy if !scene.is_network() => Err(format!(
            "--show {name} is for networks, but the scene has a landscape; expected loss"
        )),
        Panel::State if scene.is_network() => Err(format!(
            "--show {name} is for landscapes, but the scene has a network; expected loss"
        )),
        _ if panel != Panel::Map && scene.runs.is_empty() => Err(format!(
            "--show {name} is a chart of runs, and the scene has none; expected --run"
        )),
        _ => Ok(()),
    }
}

/// Returns an error if a scene has no such page.
fn check_page(page: Page, scene: &Scene) -> Result<(), String> {
    let name = KINDS.iter().find(|(.., kind, _)| *kind == Kind::Page(page));
    let name = name.map_or("", |(name, ..)| name);
    let shown = scene.runs.iter().filter(|run| run.shown).count();
    let needs_network = matches!(
        page,
        Page::Spectrum | Page::Connect | Page::Predictions | Page::ProjectionError
    );
    let needs_landscape = matches!(page, Page::Basins | Page::Sweep);
    match page {
        _ if scene.is_network() && needs_landscape => Err(format!(
            "--show {name} is for landscapes, but the scene has a network; expected map"
        )),
        _ if !scene.is_network() && needs_network => Err(format!(
            "--show {name} is for networks, but the scene has a landscape; expected map"
        )),
        Page::Surface if scene.dim() == 1 => Err(format!(
            "--show surface is for two parameters, but {} has one; expected map or side-by-side",
            scene.subject_name()
        )),
        Page::Basins if scene.dim() == 1 => Err(format!("--show {name}: {NEEDS_TWO_PARAMETERS}")),
        Page::Connect if shown < 2 => Err(format!(
            "--show {name} leads from the end of one run to that of another, but the scene shows {shown}; expected two"
        )),
        Page::Basins | Page::Sweep | Page::Spectrum if shown == 0 => Err(format!(
            "--show {name} is of a run, and the scene shows none; expected --run"
        )),
        _ => Ok(()),
    }
}

/// Returns the names of the panels that a figure can combine.
pub fn panel_names() -> Vec<&'static str> {
    let panels = KINDS.iter();
    let panels = panels.filter(|(_, _, kind, _)| kind.panel().is_some());
    panels.map(|(name, ..)| *name).collect()
}

/// Joins names as in "a, b or c".
fn list(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        names => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Show, String> {
        let mut scene = Scene::new("booth".parse().unwrap());
        scene.add_run("sgd".parse().unwrap());
        Show::parse(text, &scene)
    }

    #[test]
    fn kinds_are_found_by_name_and_combined_in_order() {
        assert_eq!(parse("map"), Ok(Show::Map));
        assert_eq!(parse("3D"), Ok(Show::Page(Page::Surface)));
        let both = parse("loss + Map").unwrap();
        assert_eq!(both.panels(), Some(vec![Panel::Loss, Panel::Map]));
        assert_eq!(both.panel_names(), ["loss", "map"]);
        assert_eq!(parse("gradient-norm"), parse("grad-norm"));
        let name = Show::name("Map + gradient-norm");
        assert_eq!(name.as_deref(), Ok("map+grad-norm"));
        assert_eq!(parse("surface").unwrap().panels(), None);
        let beside = parse("surface+loss").unwrap().panels().unwrap();
        assert_eq!(beside, [Panel::Page(Page::Surface), Panel::Loss]);
        assert_eq!(parse("basins"), Ok(Show::Page(Page::Basins)));
    }

    #[test]
    fn other_names_and_combinations_are_refused() {
        for (text, part) in [
            ("maps", "--show cannot be `maps`; expected map, loss"),
            ("map+seeds", "--show seeds fills a picture"),
            ("loss+connect", "--show connect is for networks"),
            ("map+", "--show cannot be ``"),
            ("map+loss+lr+loss+lr+loss+lr", "has 7 panels"),
            ("accuracy", "is for networks"),
            ("residual", "--show projection-error is for networks"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
