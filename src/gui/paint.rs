//! Paints a drawing's items with egui, so that the window shows what the exporters write.

use crate::figure::drawing::{Anchor, Area, Colour, Item, Point, Stroke, Text};
use eframe::egui;
use std::sync::Arc;

/// Textures of the images painted in the last frame.
#[derive(Default)]
pub struct Textures {
    kept: Vec<(Arc<Vec<Colour>>, egui::TextureHandle)>,
    used: Vec<bool>,
}

impl Textures {
    /// Forgets images that the last frame did not paint.
    pub fn begin_frame(&mut self) {
        let mut used = self.used.iter();
        self.kept.retain(|_| used.next().copied().unwrap_or(false));
        self.used = vec![false; self.kept.len()];
    }

    fn texture(
        &mut self,
        ctx: &egui::Context,
        size: [usize; 2],
        pixels: &Arc<Vec<Colour>>,
    ) -> egui::TextureId {
        let same = |kept: &Arc<Vec<Colour>>| Arc::ptr_eq(kept, pixels) || kept == pixels;
        let known = self.kept.iter().position(|(kept, _)| same(kept));
        let index = known.unwrap_or_else(|| {
            let image = egui::ColorImage::new(size, pixels.iter().map(|c| colour(*c)).collect());
            let handle = ctx.load_texture("image", image, egui::TextureOptions::LINEAR);
            self.kept.push((Arc::clone(pixels), handle));
            self.used.push(false);
            self.kept.len() - 1
        });
        self.used[index] = true;
        self.kept[index].1.id()
    }
}

/// An egui colour.
pub fn colour(Colour { r, g, b, a }: Colour) -> egui::Color32 {
    egui::Color32::from_rgba_unmultiplied(r, g, b, a)
}

/// An egui rectangle.
pub fn rect(area: Area) -> egui::Rect {
    egui::Rect::from_min_max(area.min.into(), area.max.into())
}

/// An area of the picture.
pub fn area(rect: egui::Rect) -> Area {
    Area::new(rect.min.into(), rect.max.into())
}

/// Paints items from back to front.
pub fn paint(painter: &egui::Painter, items: Vec<Item>, textures: &mut Textures) {
    for item in items {
        match item {
            Item::Path {
                points,
                closed,
                stroke,
                fill,
            } => path(painter, &points, closed, stroke.as_ref(), fill),
            Item::Text(label) => text(painter, &label),
            Item::Image {
                area,
                columns,
                rows,
                pixels,
            } => {
                let texture = textures.texture(painter.ctx(), [columns, rows], &pixels);
                // Samples lie on the border of the area, so the outer half of the border pixels is cut off.
                #[expect(clippy::cast_precision_loss, reason = "images are small")]
                let half = |count: usize| if count > 1 { 0.5 / count as f32 } else { 0.0 };
                let (u, v) = (half(columns), half(rows));
                let uv = egui::Rect::from_min_max(egui::pos2(u, v), egui::pos2(1.0 - u, 1.0 - v));
                painter.image(texture, rect(area), uv, egui::Color32::WHITE);
            }
            Item::Clipped { area, items } => {
                let clip = rect(area).intersect(painter.clip_rect());
                paint(&painter.with_clip_rect(clip), items, textures);
            }
        }
    }
}

fn path(
    painter: &egui::Painter,
    points: &[Point],
    closed: bool,
    stroke: Option<&Stroke>,
    fill: Option<Colour>,
) {
    let points: Vec<egui::Pos2> = points.iter().map(|&point| point.into()).collect();
    if let (true, Some(fill)) = (closed, fill) {
        let fill = colour(fill);
        painter.add(egui::Shape::convex_polygon(
            points.clone(),
            fill,
            egui::Stroke::NONE,
        ));
    }
    let Some(look) = stroke else { return };
    let stroke = egui::Stroke::new(look.width, colour(look.colour));
    if look.dash.is_empty() {
        painter.add(if closed {
            egui::Shape::closed_line(points, stroke)
        } else {
            egui::Shape::line(points, stroke)
        });
    } else {
        let every_second = |first: usize| look.dash.iter().skip(first).step_by(2).copied();
        let (dashes, gaps): (Vec<f32>, Vec<f32>) =
            (every_second(0).collect(), every_second(1).collect());
        painter.extend(egui::Shape::dashed_line_with_offset(
            &points, stroke, &dashes, &gaps, 0.0,
        ));
    }
}

fn text(painter: &egui::Painter, label: &Text) {
    let font = egui::FontId::proportional(label.size);
    let galley = painter.layout_no_wrap(label.text.clone(), font, colour(label.colour));
    let size = galley.size();
    let along = match label.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => 0.5,
        Anchor::End => 1.0,
    };
    let [x, y] = label.at;
    let (place, angle) = if label.upright {
        let turn = -std::f32::consts::FRAC_PI_2;
        (
            egui::pos2(x - 0.5 * size.y, y + along * size.x),
            turn,
        )
    } else {
        (egui::pos2(x - along * size.x, y - 0.5 * size.y), 0.0)
    };
    let shape = |offset: egui::Vec2, override_colour: Option<egui::Color32>| {
        let mut shape =
            egui::epaint::TextShape::new(place + offset, Arc::clone(&galley), colour(label.colour));
        shape.angle = angle;
        shape.override_text_color = override_colour;
        shape
    };
    if let Some(halo) = label.halo {
        for (dx, dy) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0), (1.5, 0.0), (-1.5, 0.0), (0.0, 1.5), (0.0, -1.5)] {
            painter.add(shape(egui::vec2(dx, dy), Some(colour(halo))));
        }
    }
    painter.add(shape(egui::Vec2::ZERO, None));
}
