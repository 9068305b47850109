//! The views: they read the scene and its results, and answer with commands.

pub(crate) mod basins;
pub(crate) mod charts;
pub(crate) mod map;

/// What the middle of the window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// The landscape with the trails of the runs.
    #[default]
    Map,
    /// Where the starts of one run end.
    Basins,
}

impl View {
    /// All views in their order.
    pub(crate) const ALL: [Self; 2] = [Self::Map, Self::Basins];

    /// What it is called.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Map => "Map",
            Self::Basins => "Basins",
        }
    }

    /// What it shows.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::Map => "The landscape with the trails of all runs.",
            Self::Basins => {
                "For one run: which minimum every start runs to, and in how many steps."
            }
        }
    }
}
