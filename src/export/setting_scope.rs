//! Settings of figures and maps that act on a kind of picture. The window offers these and no others, and the command line refuses the flags
//! of others.

use super::show::Show;
use crate::engine::scene::LegendPlace;
use crate::figure::pages::Page;
use crate::figure::panels::Panel;

/// Settings of the map's style that figures have flags for.
pub const MAP_SETTINGS: [&str; 4] = ["levels", "spacing", "labels", "cmap"];

/// Places of a legend that a page of its own has: where it usually is, or nowhere.
const OWN_PLACES: [LegendPlace; 2] = [LegendPlace::Right, LegendPlace::Off];

/// Places of a legend of a map or of charts.
const ALL_PLACES: [LegendPlace; 4] = [
    LegendPlace::Inside,
    LegendPlace::Right,
    LegendPlace::Below,
    LegendPlace::Off,
];

/// Returns whether a setting of [`FigureStyle`](crate::engine::scene::FigureStyle) or of [`MAP_SETTINGS`] acts on a kind of picture.
pub fn acts_on(setting: &str, show: Show) -> bool {
    match (setting, show) {
        ("title" | "label" | "caption", _) => true,
        ("legend", show) => !legend_places(show).is_empty(),
        (_, Show::Map) => acts_on_panel(setting, Panel::Map),
        (_, Show::Panels(panels)) => {
            let mut all = panels.all().into_iter();
            all.any(|panel| match panel {
                // A page among panels has its own axes.
                Panel::Page(_) if !MAP_SETTINGS.contains(&setting) => false,
                panel => acts_on_panel(setting, panel),
            })
        }
        (_, Show::Page(page)) => acts_on_panel(setting, Panel::Page(page)),
        (_, Show::Seeds(_)) => setting == "labels",
        (_, Show::Chart) => false,
    }
}

/// Returns whether a setting of axes or of the map acts on a panel.
fn acts_on_panel(setting: &str, panel: Panel) -> bool {
    let has_axes = matches!(setting, "xlabel" | "ylabel");
    match panel {
        Panel::Map => has_axes || setting == "aspect" || MAP_SETTINGS.contains(&setting),
        Panel::Page(Page::SideBySide) => MAP_SETTINGS.contains(&setting),
        Panel::Page(Page::Surface) => MAP_SETTINGS.contains(&setting) && setting != "labels",
        Panel::Page(Page::Basins) => has_axes || matches!(setting, "levels" | "spacing"),
        Panel::Page(Page::Sweep) => has_axes,
        Panel::Page(_) | Panel::State => false,
        _ => has_axes,
    }
}

/// Returns the places that the legend of a kind of picture can have; none where it has no legend.
pub fn legend_places(show: Show) -> &'static [LegendPlace] {
    match show {
        Show::Map => &ALL_PLACES,
        Show::Panels(panels) if panels.all().into_iter().any(Panel::is_keyed) => &ALL_PLACES,
        Show::Page(Page::SideBySide | Page::Predictions | Page::Spectrum) | Show::Panels(_) => &[],
        Show::Page(_) | Show::Seeds(_) | Show::Chart => &OWN_PLACES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::scene::Scene;

    #[test]
    fn settings_act_where_a_picture_has_their_part() {
        let mut scene = Scene::new("booth".parse().unwrap());
        scene.add_run("adam".parse().unwrap());
        let acts = |setting: &str, kind: &str| acts_on(setting, Show::parse(kind, &scene).unwrap());
        for (setting, yes, no) in [
            (
                "title",
                &["map", "basins", "surface", "loss+state"][..],
                &[][..],
            ),
            (
                "legend",
                &["basins", "sweep", "loss"],
                &["side-by-side", "state"],
            ),
            (
                "xlabel",
                &["map", "sweep", "basins"],
                &["surface", "state", "sweep+state"],
            ),
            (
                "levels",
                &["map", "basins", "basins+loss"],
                &["sweep", "loss"],
            ),
            ("labels", &["side-by-side"], &["basins", "surface"]),
            ("aspect", &["map", "map+loss"], &["basins"]),
        ] {
            for kind in yes {
                assert!(acts(setting, kind), "{setting} of {kind}");
            }
            for kind in no {
                assert!(!acts(setting, kind), "{setting} of {kind}");
            }
        }
        let places = |kind: &str| legend_places(Show::parse(kind, &scene).unwrap()).len();
        assert_eq!([places("map"), places("sweep"), places("state")], [4, 2, 0]);
    }
}
