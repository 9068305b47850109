//! The box around a surface: floor and back walls with a grid, and axes with ticks and names.

use super::camera::{HEIGHT, Vector};
use super::{Surface3d, narrow};
use crate::figure::axis::{Axis, Tick, max_ticks, number};
use crate::figure::colour::Theme;
use crate::figure::colour_bar;
use crate::figure::drawing::{Anchor, Item, Point, Stroke, Text, limited};
use crate::figure::trail::line;

/// Length of an axis in the picture below which it has no ticks, in points.
const MIN_LENGTH: f32 = 36.0;

/// The ticks of an axis: their positions from 0 to 1 and their labels.
#[derive(Default)]
struct AxisTicks {
    ticks: Vec<(f32, String)>,
    /// Common factor and offset of the labels.
    offset: String,
}

impl Surface3d<'_> {
    /// Draws the floor and the back walls with grid lines at the ticks.
    pub fn backdrop(&self, theme: &Theme) -> Vec<Item> {
        let front = self.front();
        let [x_ticks, y_ticks, z_ticks] = self.ticks();
        let [back_x, back_y] = front.map(|end| 1.0 - end);
        let mut items = Vec::new();
        let panes: [[[f32; 3]; 4]; 3] = [
            [
                [0.0, 0.0, 0.0],
                [1.0, 0.0, 0.0],
                [1.0, 1.0, 0.0],
                [0.0, 1.0, 0.0],
            ],
            [
                [back_x, 0.0, 0.0],
                [back_x, 1.0, 0.0],
                [back_x, 1.0, 1.0],
                [back_x, 0.0, 1.0],
            ],
            [
                [0.0, back_y, 0.0],
                [1.0, back_y, 0.0],
                [1.0, back_y, 1.0],
                [0.0, back_y, 1.0],
            ],
        ];
        for pane in panes {
            items.push(Item::Path {
                points: pane.map(|corner| self.project(corner)).to_vec(),
                closed: true,
                stroke: Some(Stroke {
                    width: 1.0,
                    colour: theme.grid,
                    dash: &[],
                }),
                fill: Some(theme.plot_background),
            });
        }
        let mut grid_line = |corners: &[[f32; 3]]| {
            let points = corners.iter().map(|corner| self.project(*corner));
            items.push(line(points.collect(), 1.0, theme.grid, &[]));
        };
        for (x, _) in x_ticks.ticks {
            grid_line(&[[x, front[1], 0.0], [x, back_y, 0.0], [x, back_y, 1.0]]);
        }
        for (y, _) in y_ticks.ticks {
            grid_line(&[[front[0], y, 0.0], [back_x, y, 0.0], [back_x, y, 1.0]]);
        }
        for (z, _) in z_ticks.ticks {
            grid_line(&[
                [front[0], back_y, z],
                [back_x, back_y, z],
                [back_x, front[1], z],
            ]);
        }
        items
    }

    /// Draws the three axes on the outside of the box, with their ticks and names.
    pub fn axes(&self, names: [&str; 2], theme: &Theme) -> Vec<Item> {
        let front = self.front();
        let [x_ticks, y_ticks, z_ticks] = self.ticks();
        let with_offset = |name: &str, ticks: &AxisTicks| {
            let name = format!("{name} {}", ticks.offset);
            name.trim().to_owned()
        };
        let x_name = with_offset(names[0], &x_ticks);
        let y_name = with_offset(names[1], &y_ticks);
        let outward = |axis: usize| {
            let mut inner = [0.5, 0.5, 0.0];
            let mut outer = inner;
            inner[axis] = 1.0 - front[axis];
            outer[axis] = front[axis];
            direction(self.project(inner), self.project(outer))
        };
        let mut items = Vec::new();
        let along_x = [[0.0, front[1], 0.0], [1.0, front[1], 0.0]];
        items.extend(self.axis(along_x, &x_ticks, &x_name, outward(1), theme));
        let along_y = [[front[0], 0.0, 0.0], [front[0], 1.0, 0.0]];
        items.extend(self.axis(along_y, &y_ticks, &y_name, outward(0), theme));
        if !z_ticks.ticks.is_empty() {
            let [x, y] = self.left_edge();
            let [foot, top] = [[x, y, 0.0], [x, y, 1.0]];
            let no_name = "";
            items.extend(self.axis([foot, top], &z_ticks, no_name, [-1.0, 0.0], theme));
            let top = self.project(top);
            let at = [top[0] - 30.0, top[1] - 14.0];
            let name = colour_bar::name(self.map_data);
            items.push(Item::label(name, at, 12.0, theme.ink));
        }
        items
    }

    /// Draws an axis between two corners of the box, with ticks and labels that lie in a direction of the picture.
    fn axis(
        &self,
        ends: [[f32; 3]; 2],
        ticks: &AxisTicks,
        name: &str,
        [ux, uy]: Point,
        theme: &Theme,
    ) -> Vec<Item> {
        let [from, to] = ends.map(|end| self.project(end));
        let mut items = vec![line(vec![from, to], 1.2, theme.ink, &[])];
        let anchor = match ux {
            ..-0.4 => Anchor::End,
            0.4.. => Anchor::Start,
            _ => Anchor::Middle,
        };
        let beside = |[x, y]: Point, distance: f32| [x + distance * ux, y + distance * uy];
        for (share, label) in &ticks.ticks {
            let corner: [f32; 3] =
                [0, 1, 2].map(|k| ends[0][k] + share * (ends[1][k] - ends[0][k]));
            let at = self.project(corner);
            items.push(line(vec![at, beside(at, 5.0)], 1.0, theme.ink, &[]));
            let [x, y] = beside(at, 9.0);
            // Below an axis, labels lie under the ticks.
            let at = [x, y + 5.0 * uy];
            let text = Text::new(label.clone(), at, anchor, 12.0, theme.ink);
            items.push(Item::Text(text));
        }
        if !name.is_empty() {
            let middle = [0, 1].map(|axis| 0.5 * (from[axis] + to[axis]));
            let labels = ticks.ticks.iter().map(|(_, label)| label.chars().count());
            #[expect(clippy::cast_precision_loss, reason = "labels are short")]
            let distance = match labels.max() {
                // Beyond the labels of the ticks.
                Some(chars) => 24.0 + 7.0 * chars as f32 * ux.abs() + 14.0 * uy.abs(),
                None => 14.0,
            };
            let [x, y] = beside(middle, distance);
            // Long names, of principal components, end at the border of the picture.
            #[expect(clippy::cast_precision_loss, reason = "names are short")]
            let width = 6.6 * name.chars().count() as f32;
            let left = match anchor {
                Anchor::Start => x,
                Anchor::Middle => x - 0.5 * width,
                Anchor::End => x - width,
            };
            let least = self.area.min[0] + 4.0;
            let most = (self.area.max[0] - width - 4.0).max(least);
            let moved = limited(left, least, most) - left;
            // The axis comes down toward the front: a name that moves inward gives way to it.
            let slope = (to[1] - from[1]) / (to[0] - from[0]);
            let down = (moved * slope).abs().min(0.5 * self.area.height());
            let [left, y] = [left + moved, y + if moved == 0.0 { 0.0 } else { down }];
            items.push(Item::label(name.to_owned(), [left, y], 13.0, theme.ink));
        }
        items
    }

    /// Returns the ends of x and y that are nearer to the eye, 0 or 1 each.
    fn front(&self) -> [f32; 2] {
        let toward = self.camera.bearing();
        [0, 1].map(|axis| if toward[axis] > 1e-4 { 1.0 } else { 0.0 })
    }

    /// Returns x and y of the vertical edge on the left of the picture.
    fn left_edge(&self) -> [f32; 2] {
        let [x, y] = self.front();
        let [one, other] = [[x, 1.0 - y], [1.0 - x, y]];
        let left = |[x, y]: [f32; 2]| self.project([x, y, 0.0])[0];
        if left(one) < left(other) { one } else { other }
    }

    /// Returns the ticks of the three axes, as many as their lengths in the picture have room for.
    fn ticks(&self) -> [AxisTicks; 3] {
        let length = |ends: [[f32; 3]; 2]| {
            let [[ax, ay], [bx, by]] = ends.map(|end| self.project(end));
            (ax - bx).hypot(ay - by)
        };
        let [x, y] = self.front();
        let lengths = [
            length([[0.0, y, 0.0], [1.0, y, 0.0]]),
            length([[x, 0.0, 0.0], [x, 1.0, 0.0]]),
        ];
        let view = self.relief.view;
        let [x_ticks, y_ticks] = [0, 1].map(|axis| {
            if lengths[axis] < MIN_LENGTH {
                return AxisTicks::default();
            }
            let scale = Axis::linear([view.x(), view.y()][axis]);
            let found = scale.ticks(max_ticks(lengths[axis], 52.0));
            let ticks = found.ticks.into_iter();
            let tick = |tick: Tick| (narrow(scale.position(tick.value)), tick.label);
            AxisTicks {
                ticks: ticks.map(tick).collect(),
                offset: found.offset,
            }
        });
        let [x, y] = self.left_edge();
        let height = length([[x, y, 0.0], [x, y, 1.0]]);
        let mut z_ticks = AxisTicks::default();
        if height >= MIN_LENGTH {
            z_ticks.ticks = self.height_ticks(height);
        }
        [x_ticks, y_ticks, z_ticks]
    }

    /// Returns the ticks of the colour bar; of a constant surface, its value.
    fn height_ticks(&self, length: f32) -> Vec<(f32, String)> {
        let levels = &self.map_data.levels;
        if levels.range().is_none() {
            let value = self.map_data.surface.range();
            let tick = value.map(|[value, _]| (0.5, number(value + self.map_data.base, 4)));
            return tick.into_iter().collect();
        }
        let ticks = colour_bar::ticks(levels, length).into_iter();
        // At the foot are the labels of another axis.
        let above_foot = ticks.filter(|[share, _]| narrow(*share) * length > 12.0);
        above_foot
            .map(|[share, value]| (narrow(share), number(value, 6)))
            .collect()
    }

    /// Projects a point of the box from shares of its three sides.
    fn project(&self, [u, v, w]: [f32; 3]) -> Point {
        let [x, y, _]: Vector = self.relief.at([u, v], 0.0);
        self.camera.project([x, y, (w - 0.5) * HEIGHT])
    }
}

/// Returns the unit vector from a point of the picture to another one; down if they are equal.
fn direction(from: Point, to: Point) -> Point {
    let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    let length = dx.hypot(dy);
    if length > 0.0 {
        [dx / length, dy / length]
    } else {
        [0.0, 1.0]
    }
}
