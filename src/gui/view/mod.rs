//! The views: they read the scene and its results, and answer with commands.

pub(crate) mod basins;
pub(crate) mod charts;
pub(crate) mod map;
pub(crate) mod sheet;
pub(crate) mod sweep;

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
}

impl View {
    /// All views in their order.
    pub(crate) const ALL: [Self; 3] = [Self::Map, Self::Basins, Self::Sweep];

    /// What it is called.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Map => "Map",
            Self::Basins => "Basins",
            Self::Sweep => "Sweep",
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
        }
    }
}

/// Gives a combo box the name and the value that screen readers and tests see.
pub(crate) fn named(response: &egui::Response, name: &str, value: &str) {
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name);
        info.current_text_value = Some(value.to_owned());
        info
    });
}
