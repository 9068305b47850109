//! Colours of a map's heights, kept until the map or the theme changes.

use super::ViewContext;
use crate::engine::results::MapData;
use crate::figure::drawing::Colour;
use crate::figure::map;
use std::sync::Arc;

/// Colours of the newest map.
#[derive(Default)]
pub(super) struct Shading(Option<Shaded>);

struct Shaded {
    map_data: Arc<Result<MapData, String>>,
    dark: bool,
    hillshade: bool,
    pixels: Arc<Vec<Colour>>,
}

impl Shading {
    /// Returns the newest map with its colours; `None` where there is none.
    pub(super) fn of<'a>(
        &'a mut self,
        context: &ViewContext<'a>,
    ) -> Option<(&'a MapData, &'a Arc<Vec<Colour>>)> {
        let shared = context.map_data?;
        let map_data = (**shared).as_ref().ok()?;
        let dark = context.theme.dark;
        let style = &context.scene.map;
        let hillshade = style.hillshade;
        let same = |shaded: &Shaded| {
            Arc::ptr_eq(&shaded.map_data, shared)
                && (shaded.dark, shaded.hillshade) == (dark, hillshade)
        };
        self.0 = self.0.take().filter(same);
        let shaded = self.0.get_or_insert_with(|| Shaded {
            map_data: Arc::clone(shared),
            dark,
            hillshade,
            pixels: map::styled_shading(map_data, style, context.theme),
        });
        Some((map_data, &shaded.pixels))
    }
}
