//! The views: they read the scene and its results, and answer with commands.

pub(crate) mod basins;
pub(crate) mod charts;
pub(crate) mod connect;
mod hover;
pub(crate) mod map;
pub(crate) mod predictions;
pub(crate) mod projection_error;
pub(crate) mod sculpt;
pub(crate) mod seeds;
pub(crate) mod spectrum;
mod state_charts;
pub(crate) mod sweep;

use crate::engine::scene::Scene;
use eframe::egui;

/// What the middle of the window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// The landscape with the trails of the runs.
    #[default]
    Map,
    /// Where the starts of one run end.
    Basins,
    /// Where runs end over their settings.
    Sweep,
    /// What the plane of a network does not show of its runs.
    ProjectionError,
    /// The curvature where a run of a network is.
    Spectrum,
    /// The random plane of a network beside those of other seeds.
    Seeds,
    /// Ways between the ends of two runs of a network.
    Connect,
}

impl View {
    /// All views in their order.
    const ALL: [Self; 7] = [
        Self::Map,
        Self::Basins,
        Self::Sweep,
        Self::ProjectionError,
        Self::Spectrum,
        Self::Seeds,
        Self::Connect,
    ];

    /// Those that a scene has: surveys are of landscapes, and only the plane of a network leaves something out.
    pub(crate) fn available(scene: &Scene) -> impl Iterator<Item = Self> {
        let network = scene.is_network();
        let has = move |view: &Self| match view {
            Self::Map => true,
            Self::Basins | Self::Sweep => !network,
            Self::ProjectionError | Self::Spectrum | Self::Seeds | Self::Connect => network,
        };
        Self::ALL.into_iter().filter(has)
    }

    /// What it is called.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Map => "Map",
            Self::Basins => "Basins",
            Self::Sweep => "Sweep",
            Self::ProjectionError => "Projection error",
            Self::Spectrum => "Spectrum",
            Self::Seeds => "Seeds",
            Self::Connect => "Connect",
        }
    }

    /// What it shows.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::Map => "The landscape with the trails of all runs.",
            Self::Basins => {
                "For one run: which minimum every start runs to, and in how many steps."
            }
            Self::Sweep => "Where the runs end over a setting, or one run over two of them.",
            Self::ProjectionError => {
                "What the map's plane does not show: true losses beside those on the plane, and how far off it the runs are."
            }
            Self::Spectrum => {
                "The Hessian's eigenvalues where the selected run is at the timeline's step, how densely they lie, and how sharp the loss is by every measure; another run beside it."
            }
            Self::Seeds => {
                "The random plane beside those of other seeds, around the same weights at one scale: how much of a map depends on its directions."
            }
            Self::Connect => {
                "The straight line between the networks that two runs end in and its barrier, a curve trained around it, and the plane that holds both."
            }
        }
    }
}

/// A button that shows controls below it until something else is clicked.
pub(crate) fn controls_button(
    ui: &mut egui::Ui,
    title: &str,
    controls: impl FnOnce(&mut egui::Ui),
) -> egui::Response {
    use egui::containers::menu::{MenuButton, MenuConfig};
    let stays = MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    MenuButton::new(title).config(stays).ui(ui, controls).0
}

/// Gives a combo box the name and the value that screen readers and tests see.
pub(crate) fn named(response: &egui::Response, name: &str, value: &str) {
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name);
        info.current_text_value = Some(value.to_owned());
        info
    });
}
