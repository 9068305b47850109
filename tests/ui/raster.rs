//! Pixels of the window without a graphics card: egui's triangles, filled on the CPU.

use eframe::egui;
use egui::epaint::{ClippedPrimitive, ImageData, ImageDelta, Primitive, Vertex};
use egui::{Color32, ColorImage, TextureId, TexturesDelta};
use egui_kittest::TestRenderer;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Steps of a fixed-point coordinate in a pixel. Edges are exact, so that no pixel belongs to two neighbouring triangles.
const SUBPIXELS: f32 = 256.0;

/// The textures of a window, which its harness updates.
#[derive(Clone, Default)]
pub(super) struct Rasteriser(Rc<RefCell<HashMap<TextureId, ColorImage>>>);

impl TestRenderer for Rasteriser {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut textures = self.0.borrow_mut();
        for id in std::mem::take(&mut delta.free) {
            textures.remove(&id);
        }
        for (id, changes) in std::mem::take(&mut delta.set) {
            for ImageDelta { image, pos, .. } in changes {
                let ImageData::Color(image) = image;
                match (pos, textures.get_mut(&id)) {
                    (Some([left, top]), Some(whole)) => {
                        for y in 0..image.height() {
                            for x in 0..image.width() {
                                whole[(left + x, top + y)] = image[(x, y)];
                            }
                        }
                    }
                    _ => {
                        textures.insert(id, (*image).clone());
                    }
                }
            }
        }
    }
}

impl Rasteriser {
    /// Returns the picture of a frame, on black.
    pub(super) fn picture(&self, ctx: &egui::Context, output: &egui::FullOutput) -> ColorImage {
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().size() * scale;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a size in pixels"
        )]
        let size = [size.x.round() as usize, size.y.round() as usize];
        let mut picture = ColorImage::filled(size, Color32::BLACK);
        let textures = self.0.borrow();
        for ClippedPrimitive {
            clip_rect,
            primitive,
        } in ctx.tessellate(output.shapes.clone(), scale)
        {
            let Primitive::Mesh(mesh) = primitive else {
                continue;
            };
            let Some(texture) = textures.get(&mesh.texture_id) else {
                continue;
            };
            let clip = clip_of(clip_rect, scale, size);
            for corners in mesh.indices.chunks_exact(3) {
                let corners = [0, 1, 2].map(|at| mesh.vertices[corners[at] as usize]);
                fill(&mut picture, clip, corners, scale, texture);
            }
        }
        picture
    }
}

/// Returns the first and the last pixel, exclusive, of a clipping area in both directions.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "pixels of a window"
)]
fn clip_of(area: egui::Rect, scale: f32, size: [usize; 2]) -> [[i64; 2]; 2] {
    let range = |low: f32, high: f32, size: usize| {
        [low, high].map(|end| (end * scale).round().clamp(0.0, size as f32) as i64)
    };
    [
        range(area.min.x, area.max.x, size[0]),
        range(area.min.y, area.max.y, size[1]),
    ]
}

/// Fills a triangle: pixels whose centres are inside, or on an upper or left edge.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixels of a window"
)]
fn fill(
    picture: &mut ColorImage,
    clip: [[i64; 2]; 2],
    mut corners: [Vertex; 3],
    scale: f32,
    texture: &ColorImage,
) {
    let place = |corner: &Vertex| {
        [corner.pos.x, corner.pos.y].map(|at| (at * scale * SUBPIXELS).round() as i64)
    };
    let edge = |[ax, ay]: [i64; 2], [bx, by]: [i64; 2], [x, y]: [i64; 2]| {
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    };
    let mut at = corners.each_ref().map(place);
    if edge(at[0], at[1], at[2]) < 0 {
        corners.swap(1, 2);
        at.swap(1, 2);
    }
    let area = edge(at[0], at[1], at[2]);
    if area == 0 {
        return;
    }
    let step = SUBPIXELS as i64;
    let range = |axis: usize| {
        let low = at.iter().map(|at| at[axis]).min().unwrap_or(0);
        let high = at.iter().map(|at| at[axis]).max().unwrap_or(0);
        let [first, last] = clip[axis];
        (low.div_euclid(step)).max(first)..(high.div_euclid(step) + 1).min(last)
    };
    let owns = |[ax, ay]: [i64; 2], [bx, by]: [i64; 2]| ay > by || (ay == by && ax < bx);
    // A centre on an edge that belongs to the neighbour is outside.
    let bias = [(1, 2), (2, 0), (0, 1)].map(|(a, b)| i64::from(!owns(at[a], at[b])));
    for y in range(1) {
        for x in range(0) {
            let centre = [x * step + step / 2, y * step + step / 2];
            let weights = [
                edge(at[1], at[2], centre),
                edge(at[2], at[0], centre),
                edge(at[0], at[1], centre),
            ];
            if weights
                .iter()
                .zip(bias)
                .any(|(weight, bias)| *weight < bias)
            {
                continue;
            }
            let share = weights.map(|weight| weight as f32 / area as f32);
            let mix = |of: &dyn Fn(&Vertex) -> f32| -> f32 {
                corners
                    .iter()
                    .zip(share)
                    .map(|(corner, share)| of(corner) * share)
                    .sum()
            };
            let texel = sample(
                texture,
                mix(&|corner| corner.uv.x),
                mix(&|corner| corner.uv.y),
            );
            let below = &mut picture[(x as usize, y as usize)];
            let colour = [0, 1, 2, 3].map(|channel| {
                mix(&|corner| f32::from(corner.color[channel])) * texel[channel] / 255.0
            });
            let rest = 1.0 - colour[3] / 255.0;
            let over = |channel: usize| {
                (colour[channel] + f32::from(below[channel]) * rest)
                    .round()
                    .min(255.0) as u8
            };
            *below = Color32::from_rgb(over(0), over(1), over(2));
        }
    }
}

/// Returns the channels of a texture at a place in 0 to 1, interpolated between pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixels of a texture"
)]
fn sample(texture: &ColorImage, u: f32, v: f32) -> [f32; 4] {
    let [width, height] = texture.size;
    let split = |at: f32, size: usize| {
        let at = (at * size as f32 - 0.5).clamp(0.0, (size - 1) as f32);
        (at as usize, (at as usize + 1).min(size - 1), at.fract())
    };
    let ((left, right, across), (top, bottom, down)) = (split(u, width), split(v, height));
    [0, 1, 2, 3].map(|channel| {
        let texel = |x, y| f32::from(texture[(x, y)][channel]);
        let row = |y| texel(left, y) * (1.0 - across) + texel(right, y) * across;
        row(top) * (1.0 - down) + row(bottom) * down
    })
}
