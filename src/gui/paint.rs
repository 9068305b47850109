//! Paints a drawing's items with egui, so that the window shows what the exporters write.

use crate::figure::drawing::{Anchor, Area, Colour, Item, Point, Stroke, Text};
use crate::figure::svg::pieces;
use eframe::egui;
use std::sync::Arc;

/// Textures of the images painted in the last frame.
#[derive(Default)]
pub(crate) struct Textures {
    kept: Vec<(Arc<Vec<Colour>>, egui::TextureHandle)>,
    used: Vec<bool>,
}

impl Textures {
    /// Forgets images that the last frame did not paint.
    pub(crate) fn begin_frame(&mut self) {
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
pub(crate) fn colour(Colour { r, g, b, a }: Colour) -> egui::Color32 {
    egui::Color32::from_rgba_unmultiplied(r, g, b, a)
}

/// An egui rectangle.
pub(crate) fn rect(area: Area) -> egui::Rect {
    egui::Rect::from_min_max(area.min.into(), area.max.into())
}

/// An area of the picture.
pub(crate) fn area(rect: egui::Rect) -> Area {
    Area::new(rect.min.into(), rect.max.into())
}

/// Paints items from back to front.
pub(crate) fn paint(painter: &egui::Painter, items: Vec<Item>, textures: &mut Textures) {
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
                let whole = egui::Rect::from_min_max(egui::Pos2::ZERO, egui::pos2(1.0, 1.0));
                painter.image(texture, rect(area), whole, egui::Color32::WHITE);
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
    let egui_points = |points: &[Point]| {
        points
            .iter()
            .map(|&point| point.into())
            .collect::<Vec<egui::Pos2>>()
    };
    if let (true, Some(fill)) = (closed, fill) {
        let (shape, fill) = (egui_points(points), colour(fill));
        painter.add(egui::Shape::convex_polygon(shape, fill, egui::Stroke::NONE));
    }
    let Some(look) = stroke else { return };
    let stroke = egui::Stroke::new(look.width, colour(look.colour));
    // A run that diverges leaves the picture far behind.
    let bounds = area(painter.clip_rect().expand(50.0));
    for (piece, closed) in pieces(points, closed, &bounds) {
        let piece = egui_points(&piece);
        if !look.dash.is_empty() {
            let dashes = dashes(&piece, look.dash).into_iter();
            painter.extend(dashes.map(|dash| egui::Shape::line(dash, stroke)));
        } else if closed {
            painter.add(egui::Shape::closed_line(piece, stroke));
        } else {
            painter.add(egui::Shape::line(piece, stroke));
        }
    }
}

/// Cuts a line into the dashes of a pattern of lengths, which are drawn and left out in turn.
fn dashes(points: &[egui::Pos2], pattern: &[f32]) -> Vec<Vec<egui::Pos2>> {
    let mut dashes = vec![points.first().copied().into_iter().collect::<Vec<_>>()];
    let (mut phase, mut left) = (0, pattern[0]);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = from.distance(to);
            let drawing = phase % 2 == 0;
            if length < left {
                left -= length;
                if let (true, Some(dash)) = (drawing, dashes.last_mut()) {
                    dash.push(to);
                }
                break;
            }
            from += (to - from) * (left / length.max(f32::MIN_POSITIVE)).min(1.0);
            match dashes.last_mut() {
                Some(dash) if drawing => dash.push(from),
                _ => dashes.push(vec![from]),
            }
            phase = (phase + 1) % pattern.len();
            left = pattern[phase].max(0.5);
        }
    }
    dashes.retain(|dash| dash.len() > 1);
    dashes
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
        (egui::pos2(x - 0.5 * size.y, y + along * size.x), turn)
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
        for (dx, dy) in [
            (-1.0, -1.0),
            (1.0, -1.0),
            (-1.0, 1.0),
            (1.0, 1.0),
            (1.5, 0.0),
            (-1.5, 0.0),
            (0.0, 1.5),
            (0.0, -1.5),
        ] {
            painter.add(shape(egui::vec2(dx, dy), Some(colour(halo))));
        }
    }
    painter.add(shape(egui::Vec2::ZERO, None));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_run_on_around_corners() {
        let points = [[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]].map(egui::Pos2::from);
        let cut = dashes(&points, &[4.0, 1.0]);
        let expected: [&[[f32; 2]]; 2] = [
            &[[0.0, 0.0], [3.0, 0.0], [3.0, 1.0]],
            &[[3.0, 2.0], [3.0, 4.0]],
        ];
        let found: Vec<Vec<[f32; 2]>> = cut
            .into_iter()
            .map(|dash| dash.into_iter().map(Into::into).collect())
            .collect();
        assert_eq!(found, expected);
        assert!(dashes(&[], &[1.0, 1.0]).is_empty());
    }
}
