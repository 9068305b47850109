//! Paints the items of a drawing with egui, so that the window and exported files look the same.

use crate::figure::drawing::{Anchor, Area, Colour, Item, Point, Stroke, Text};
use crate::figure::settle::settle;
use crate::figure::svg::clip_polyline;
use eframe::egui;
use std::sync::Arc;

/// Textures of the images that the last frame painted.
#[derive(Default)]
pub(crate) struct Textures {
    kept: Vec<(Arc<Vec<Colour>>, egui::TextureHandle)>,
    used: Vec<bool>,
}

impl Textures {
    /// Frees textures that the last frame did not paint.
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
            let image = image(size, pixels, ctx.input(|input| input.max_texture_side));
            let handle = ctx.load_texture("image", image, egui::TextureOptions::LINEAR);
            self.kept.push((Arc::clone(pixels), handle));
            self.used.push(false);
            self.kept.len() - 1
        });
        self.used[index] = true;
        self.kept[index].1.id()
    }
}

/// Returns an image with at most `most` pixels along a side; of a larger one every n-th pixel.
fn image(size: [usize; 2], pixels: &[Colour], most: usize) -> egui::ColorImage {
    let step = size.map(|side| side.div_ceil(most.max(1)).max(1));
    let [columns, rows] = [0, 1].map(|i| size[i].div_ceil(step[i]));
    let place = |row: usize, column: usize| row * step[1] * size[0] + column * step[0];
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| place(row, column)));
    let shown = places.map(|at| {
        pixels
            .get(at)
            .map_or(egui::Color32::TRANSPARENT, |c| colour(*c))
    });
    egui::ColorImage::new([columns, rows], shown.collect())
}

/// Converts a colour to egui's.
pub(crate) fn colour(Colour { r, g, b, a }: Colour) -> egui::Color32 {
    egui::Color32::from_rgba_unmultiplied(r, g, b, a)
}

/// Converts an area to a rectangle of egui.
pub(crate) fn rect(area: Area) -> egui::Rect {
    egui::Rect::from_min_max(area.min.into(), area.max.into())
}

/// Converts a rectangle of egui to an area.
pub(crate) fn area(rect: egui::Rect) -> Area {
    Area::new(rect.min.into(), rect.max.into())
}

/// Returns a rectangle without margins: left and top `before`, right and bottom `after`. Without room for them it is empty, because egui
/// refuses rectangles of negative size.
pub(crate) fn inset(rect: egui::Rect, before: [f32; 2], after: [f32; 2]) -> egui::Rect {
    let (min, max) = (
        rect.min + egui::Vec2::from(before),
        rect.max - egui::Vec2::from(after),
    );
    egui::Rect::from_min_max(min, max.max(min))
}

/// Paints items in a space; texts that would be cut or cover others are left out, as in exported pictures.
pub(crate) fn paint_settled(
    ui: &egui::Ui,
    space: egui::Rect,
    mut items: Vec<Item>,
    textures: &mut Textures,
) {
    settle(&mut items, area(space));
    paint(&ui.painter_at(space), items, textures);
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
    let Some(style) = stroke else { return };
    let stroke = egui::Stroke::new(style.width, colour(style.colour));
    // Points of a diverging run may be far outside of the picture.
    let bounds = area(painter.clip_rect().expand(50.0));
    for (piece, closed) in clip_polyline(points, closed, &bounds) {
        let piece = egui_points(&piece);
        let lines = if style.dash.is_empty() {
            vec![piece]
        } else {
            dashes(&piece, style.dash)
        };
        for mut line in lines {
            let closed = closed && style.dash.is_empty();
            if closed && !has_reversal(&line) {
                painter.add(egui::Shape::closed_line(line, stroke));
            } else {
                line.extend(line.first().copied().filter(|_| closed));
                let parts = split_at_reversals(line).into_iter();
                painter.extend(parts.map(|part| egui::Shape::line(part, stroke)));
            }
        }
    }
}

/// Whether a line turns back on itself at a point.
fn turns_back([before, at, after]: [egui::Pos2; 3]) -> bool {
    (at - before).normalized().dot((after - at).normalized()) < -0.99
}

fn has_reversal(points: &[egui::Pos2]) -> bool {
    points
        .windows(3)
        .any(|corner| turns_back([corner[0], corner[1], corner[2]]))
}

/// Splits a line where it turns back on itself. epaint joins the sides of such a corner by a miter of any length, in a direction that
/// rounding decides.
fn split_at_reversals(points: Vec<egui::Pos2>) -> Vec<Vec<egui::Pos2>> {
    if !has_reversal(&points) {
        return vec![points];
    }
    let mut parts: Vec<Vec<egui::Pos2>> = Vec::new();
    let mut part: Vec<egui::Pos2> = Vec::new();
    for point in points {
        if let [.., before, at] = part[..]
            && turns_back([before, at, point])
        {
            parts.push(std::mem::replace(&mut part, vec![at]));
        }
        part.push(point);
    }
    parts.push(part);
    parts
}

/// Cuts a line into dashes by a pattern of lengths, which are drawn and left out alternately.
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
    fn images_fit_the_graphics_card() {
        let pixels: Vec<Colour> = (0..6 * 4).map(|shade| Colour::rgb(shade, 0, 0)).collect();
        let shades = |most: usize| {
            let image = image([6, 4], &pixels, most);
            let shades: Vec<u8> = image.pixels.iter().map(egui::Color32::r).collect();
            (image.size, shades)
        };
        assert_eq!(shades(6).0, [6, 4]);
        assert_eq!(shades(4), ([3, 4], (0..24).step_by(2).collect()));
        assert_eq!(shades(2).0, [2, 2]);
        assert_eq!(image([0, 0], &[], 2).size, [0, 0]);
    }

    #[test]
    fn an_inset_without_room_is_empty() {
        let rect = egui::Rect::from_min_size(egui::pos2(5.0, 5.0), egui::vec2(30.0, 90.0));
        let inner = inset(rect, [50.0, 10.0], [20.0, 10.0]);
        assert_eq!(inner.size(), egui::vec2(0.0, 70.0));
        let turned = egui::Rect::from_min_max(egui::pos2(9.0, 9.0), egui::pos2(3.0, 20.0));
        assert_eq!(area(turned), Area::new([9.0, 9.0], [9.0, 20.0]));
        assert_eq!(area(turned).width(), 0.0);
    }

    /// A run that oscillates on one line, with coordinates that are not exact.
    #[test]
    fn lines_that_turn_back_stay_as_wide_as_their_stroke() {
        let at = |k: i32| {
            let along = (-1.0_f32).powi(k) * (90.0 - 0.37 * f32::from(i16::try_from(k).unwrap()));
            egui::pos2(200.0 + 0.447_213_6 * along, 200.0 + 0.894_427_2 * along)
        };
        let points: Vec<egui::Pos2> = (0..60).map(at).collect();
        let parts = split_at_reversals(points.clone());
        assert_eq!(parts.len(), 59);
        assert!(parts.iter().all(|part| !has_reversal(part)));
        let ctx = egui::Context::default();
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let painter = ui.ctx().layer_painter(egui::LayerId::background());
            let stroke = egui::Stroke::new(3.0, egui::Color32::WHITE);
            painter.extend(
                parts
                    .iter()
                    .map(|part| egui::Shape::line(part.clone(), stroke)),
            );
        });
        output.textures_delta.clear();
        for primitive in ctx.tessellate(output.shapes, 1.0) {
            let egui::epaint::Primitive::Mesh(mesh) = primitive.primitive else {
                continue;
            };
            for vertex in &mesh.vertices {
                let offset = vertex.pos - egui::pos2(200.0, 200.0);
                let aside = 0.894_427_2 * offset.x - 0.447_213_6 * offset.y;
                assert!(aside.abs() < 4.0, "{aside} beside the line");
            }
        }
    }

    #[test]
    fn dashes_continue_around_corners() {
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
