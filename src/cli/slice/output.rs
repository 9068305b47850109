//! What `ravine slice` writes and says.

use super::Args;
use super::plane::explained;
use super::projection::ProjectedPaths;
use crate::engine::analysis::network_plane::NetworkPlane;
use crate::engine::geometry::surface::Surface;
use crate::export::{picture, slice as table};
use crate::figure::panel_grid::{PanelGrid, seed_spread_text};
use crate::figure::slice;
use std::io::{self, Write};

/// The slices of a network's landscape.
pub(super) struct SliceOutput<'a> {
    /// The plane of the first.
    pub(super) cut: &'a NetworkPlane,
    /// Each with its seed.
    pub(super) slices: Vec<(u64, Surface)>,
    /// Whether several seeds were asked for.
    pub(super) several: bool,
    pub(super) projections: ProjectedPaths,
}

impl SliceOutput<'_> {
    /// Sentences about them.
    pub(super) fn summary_lines(&self) -> Vec<String> {
        let slices: Vec<&Surface> = self.slices.iter().map(|(_, slice)| slice).collect();
        let spread = seed_spread_text(&slices).filter(|_| self.several);
        explained(self.cut).into_iter().chain(spread).collect()
    }

    /// Writes them as npz or csv.
    pub(super) fn table(&self, extension: &str, out: &mut dyn Write) -> io::Result<()> {
        match (extension, &self.slices[..]) {
            ("npz", [(_, slice)]) if !self.several => table::npz(slice, out),
            ("npz", slices) => table::seeds_npz(slices, out),
            (_, [(_, slice)]) if !self.several => table::csv(slice, out),
            (_, slices) => table::seeds_csv(slices, out),
        }
    }
}

impl Args {
    /// The bytes of a picture.
    pub(super) fn picture(
        &self,
        sliced: SliceOutput,
        told: &[String],
        extension: &str,
        pixels: [u32; 2],
    ) -> Result<Vec<u8>, String> {
        let (title, caption) = (self.title(), self.caption(sliced.cut));
        let (size, theme) = (picture::points(pixels), self.theme.theme());
        let description = format!("{title}\n\n{caption}");
        let SliceOutput {
            slices,
            several,
            projections: shadows,
            ..
        } = sliced;
        let name = |seed| {
            if several {
                format!("seed {seed}")
            } else {
                String::new()
            }
        };
        let maps = slices.into_iter().map(|(seed, slice)| (name(seed), slice));
        let mut maps: Vec<(String, Surface)> = maps.collect();
        let drawing = if !several && shadows.drawn().is_empty() && maps.len() == 1 {
            let (_, alone) = maps.remove(0);
            slice::picture(alone, &title, &caption, size, theme)
        } else {
            let captions = [caption]
                .into_iter()
                .chain(told.to_vec())
                .chain(shadows.note());
            let captions: Vec<String> = captions.collect();
            let panels = PanelGrid {
                maps,
                projections: shadows.drawn(),
                title: &title,
                captions: &captions,
            };
            panels.drawing(size, theme)
        };
        picture::bytes(&drawing, extension, pixels, &description)
    }

    /// What the picture is of.
    fn title(&self) -> String {
        let part = self
            .test
            .as_ref()
            .map(|share| format!(", test share {share}"));
        self.network.title() + &part.unwrap_or_default()
    }
}
