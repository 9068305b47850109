//! The output of `ravine slice`: tables, pictures and the printed summary.

use super::Args;
use super::plane::explained_variance_text;
use super::projection::ProjectedPaths;
use crate::engine::analysis::network_plane::NetworkPlane;
use crate::engine::geometry::surface::Surface;
use crate::export::columns::Columns;
use crate::export::{picture, slice as table};
use crate::figure::panel_grid::{PanelGrid, seed_spread_text};
use crate::figure::slice;
use std::io::{self, Write};

/// The slices of a network's loss.
pub(super) struct SliceOutput<'a> {
    /// The plane of the first slice.
    pub(super) network_plane: &'a NetworkPlane,
    /// The planes of all slices.
    pub(super) planes: Vec<&'a NetworkPlane>,
    /// The slices with their seeds.
    pub(super) slices: Vec<(u64, Surface)>,
    /// Whether `--seeds` is given.
    pub(super) several: bool,
    pub(super) projections: ProjectedPaths,
}

impl SliceOutput<'_> {
    /// Returns the sentences of the printed summary: explained variance, and spread over seeds.
    pub(super) fn summary_lines(&self) -> Vec<String> {
        let slices: Vec<&Surface> = self.slices.iter().map(|(_, slice)| slice).collect();
        let spread = seed_spread_text(&slices).filter(|_| self.several);
        explained_variance_text(self.network_plane)
            .into_iter()
            .chain(spread)
            .collect()
    }

    /// Writes the slices as NPZ, JSON or CSV.
    pub(super) fn table(
        &self,
        extension: &str,
        facts: Columns,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let plane = table::PlaneData {
            planes: self.planes.clone(),
            runs: self.projections.runs(),
            residuals: self.projections.residuals(),
        };
        match (extension, &self.slices[..]) {
            ("npz", [(_, slice)]) if !self.several => table::npz(slice, &plane, out),
            ("npz", slices) => table::seeds_npz(slices, &plane, out),
            ("json", slices) => table::json(slices, self.several, facts, out),
            (_, [(_, slice)]) if !self.several => table::csv(slice, out),
            (_, slices) => table::seeds_csv(slices, out),
        }
    }
}

impl Args {
    /// Returns the bytes of a picture.
    pub(super) fn picture(
        &self,
        output: SliceOutput,
        summary: &[String],
        extension: &str,
        pixels: [u32; 2],
    ) -> Result<Vec<u8>, String> {
        let (title, caption) = (self.title(), self.caption(output.network_plane));
        let (size, theme) = (picture::points(pixels), self.theme.theme());
        let description = format!("{title}\n\n{caption}");
        let SliceOutput {
            slices,
            several,
            projections,
            ..
        } = output;
        let name = |seed| {
            if several {
                format!("seed {seed}")
            } else {
                String::new()
            }
        };
        let maps = slices.into_iter().map(|(seed, slice)| (name(seed), slice));
        let mut maps: Vec<(String, Surface)> = maps.collect();
        let drawing = if !several && projections.runs().is_empty() && maps.len() == 1 {
            let (_, alone) = maps.remove(0);
            slice::picture(alone, &title, &caption, size, theme)
        } else {
            let captions = [caption]
                .into_iter()
                .chain(summary.to_vec())
                .chain(projections.note());
            let captions: Vec<String> = captions.collect();
            let panels = PanelGrid {
                maps,
                projections: projections.runs(),
                title: &title,
                captions: &captions,
            };
            panels.drawing(size, theme)
        };
        picture::bytes(&drawing, extension, pixels, &description)
    }

    /// Returns the title of a picture.
    fn title(&self) -> String {
        let part = self
            .test
            .as_ref()
            .map(|share| format!(", test share {share}"));
        self.network.title() + &part.unwrap_or_default()
    }
}
