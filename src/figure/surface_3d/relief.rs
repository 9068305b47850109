//! The relief: heights of a map on a grid in the box, its slopes, and what it hides.

use super::camera::{HEIGHT, Vector};
use super::narrow;
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;
use crate::engine::results::MapData;
use rayon::prelude::*;

/// Maximal number of grid points along each side: more cannot be told apart, and take longer than a frame.
const MAX_SIDE: usize = 256;

/// Height by which the surface must rise above a line of sight to hide what is behind it, from 0 to 1.
const TOLERANCE: f32 = 0.004;

/// The surface of a map in a box: a grid of heights on the map's scale.
pub struct Relief {
    /// The window of the plane that the base of the box stands on.
    pub view: Rect,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Width and depth of the base; the longer one is 1.
    pub(super) sides: [f32; 2],
    /// Heights from 0 to 1, row by row from low y; NaN where the landscape is undefined.
    pub(super) heights: Vec<f32>,
    /// Unit normals of the grid points.
    pub(super) normals: Vec<Vector>,
}

impl Relief {
    /// Returns the relief of a map of two parameters: its shades from 0 to 1, which are linear or logarithmic and cut outliers, are heights.
    pub fn new(map_data: &MapData) -> Self {
        let surface = &map_data.surface;
        let shade = |value: &f64| narrow(map_data.levels.shade(*value));
        let shades: Vec<f32> = surface.values.par_iter().map(shade).collect();
        let grid = Grid {
            columns: surface.columns,
            rows: surface.rows,
            heights: &shades,
        };
        Self::sampled(surface.view, &grid, MAX_SIDE)
    }

    /// Returns the relief with half as many points along each side, for frames in which it turns.
    #[must_use]
    pub fn coarser(&self) -> Self {
        Self::sampled(self.view, &self.grid(), MAX_SIDE / 2)
    }

    /// Samples a grid of heights over a view, on at most `max_side` points along each side.
    fn sampled(view: Rect, fine: &Grid, max_side: usize) -> Self {
        let [columns, rows] = [fine.columns, fine.rows].map(|count| count.min(max_side));
        let shape = view.width() / view.height();
        // As on the map: sides that differ much have no common unit.
        let sides = if (1.0 / 3.0..=3.0).contains(&shape) {
            [shape.min(1.0), shape.recip().min(1.0)].map(narrow)
        } else {
            [1.0, 1.0]
        };
        let step = [(fine.columns, columns), (fine.rows, rows)]
            .map(|(from, to)| narrow(real(from - 1) / real(to - 1)));
        let sample = |index: usize| {
            let [column, row] = [index % columns, index / columns].map(|at| narrow(real(at)));
            fine.height([column * step[0], row * step[1]])
        };
        let heights: Vec<f32> = { 0..columns * rows }.into_par_iter().map(sample).collect();
        let normal = |index: usize| normal(&heights, [columns, rows], sides, index);
        let normals = { 0..columns * rows }.into_par_iter().map(normal).collect();
        Self {
            view,
            columns,
            rows,
            sides,
            heights,
            normals,
        }
    }

    fn grid(&self) -> Grid<'_> {
        Grid {
            columns: self.columns,
            rows: self.rows,
            heights: &self.heights,
        }
    }

    /// Returns the point of the box at shares of the base and a height from 0 to 1.
    pub(super) fn at(&self, [u, v]: [f32; 2], height: f32) -> Vector {
        let [width, depth] = self.sides;
        [
            (u - 0.5) * width,
            (v - 0.5) * depth,
            (height - 0.5) * HEIGHT,
        ]
    }

    /// Returns the point of the surface at shares of the base; `None` outside and where the landscape is undefined.
    pub(super) fn on(&self, unit: [f32; 2]) -> Option<Vector> {
        let inside = unit.iter().all(|share| (0.0..=1.0).contains(share));
        let height = inside.then(|| self.height(unit))?;
        height.is_finite().then(|| self.at(unit, height))
    }

    /// Returns the height at shares of the base that are in it.
    fn height(&self, [u, v]: [f32; 2]) -> f32 {
        let [columns, rows] = self.cells();
        self.grid().height([u * columns, v * rows])
    }

    /// Returns the number of cells along x and y.
    pub(super) fn cells(&self) -> [f32; 2] {
        [self.columns, self.rows].map(|count| narrow(real(count - 1)))
    }

    /// Returns the shares of the base below or above a point.
    pub(super) fn unit(&self, point: Vector) -> [f32; 2] {
        [0, 1].map(|axis| point[axis] / self.sides[axis] + 0.5)
    }

    /// Whether the surface hides a point of it from the eye: goes toward the eye until the line of sight is out of the box or below the
    /// surface.
    pub(super) fn is_hidden(&self, point: Vector, eye: Vector) -> bool {
        let (cells, grid) = (self.cells(), self.grid());
        let toward = [0, 1, 2].map(|axis| eye[axis] - point[axis]);
        // In cells of the grid and in heights from 0 to 1.
        let speed = [
            toward[0] / self.sides[0] * cells[0],
            toward[1] / self.sides[1] * cells[1],
            toward[2] / HEIGHT,
        ];
        let unit = self.unit(point);
        let from = [
            unit[0] * cells[0],
            unit[1] * cells[1],
            point[2] / HEIGHT + 0.5,
        ];
        let ends = [cells[0], cells[1], 1.0];
        let across = speed[0].hypot(speed[1]);
        if across < 1e-3 {
            return false;
        }
        let exits = [0, 1, 2].map(|axis| {
            let end = if speed[axis] > 0.0 { ends[axis] } else { 0.0 };
            (end - from[axis]) / speed[axis]
        });
        let exit = exits.into_iter().filter(|exit| exit.is_finite());
        let exit = exit.fold(1.0, f32::min).max(0.0);
        // The cells next to the point are as high as the point but for their slope.
        let mut distance = 1.5;
        loop {
            // The rim hides what is just behind it.
            let leaves = distance >= exit * across;
            let share = if leaves { exit } else { distance / across };
            let [column, row, height] = [0, 1, 2].map(|axis| from[axis] + share * speed[axis]);
            // A hole hides nothing: its height is NaN.
            if grid.height([column.min(cells[0]), row.min(cells[1])]) > height + TOLERANCE {
                return true;
            }
            if leaves {
                return false;
            }
            // Far away only wide hills matter.
            distance += (0.125 * distance).max(1.0);
        }
    }

    /// Returns the shares of the base where a ray meets the surface first.
    pub(super) fn pick(&self, eye: Vector, ray: Vector) -> Option<[f32; 2]> {
        const STEPS: u16 = 768;
        let half = [0.5 * self.sides[0], 0.5 * self.sides[1], 0.5 * HEIGHT];
        let (mut enter, mut leave) = (0.0_f32, f32::INFINITY);
        for axis in 0..3 {
            let ends = [-half[axis], half[axis]].map(|end| (end - eye[axis]) / ray[axis]);
            if ends.iter().all(|end| end.is_finite()) {
                enter = enter.max(ends[0].min(ends[1]));
                leave = leave.min(ends[0].max(ends[1]));
            } else if eye[axis].abs() > half[axis] {
                return None;
            }
        }
        if enter > leave || !leave.is_finite() {
            return None;
        }
        let above = |share: f32| {
            let at = [0, 1, 2].map(|axis| eye[axis] + share * ray[axis]);
            let unit = self.unit(at).map(|share| share.clamp(0.0, 1.0));
            (unit, at[2] - (self.height(unit) - 0.5) * HEIGHT)
        };
        let step = (leave - enter) / f32::from(STEPS);
        let mut was_above = false;
        for index in 0..=STEPS {
            let share = enter + f32::from(index) * step;
            let (unit, height) = above(share);
            if height <= 0.0 {
                // A ray that enters the box below the surface meets its wall.
                if !was_above {
                    return Some(unit);
                }
                let [mut outside, mut inside] = [share - step, share];
                for _ in 0..12 {
                    let middle = 0.5 * (outside + inside);
                    if above(middle).1 > 0.0 {
                        outside = middle;
                    } else {
                        inside = middle;
                    }
                }
                return Some(above(inside).0);
            }
            was_above = height > 0.0;
        }
        None
    }
}

/// Heights row by row.
struct Grid<'a> {
    columns: usize,
    rows: usize,
    heights: &'a [f32],
}

impl Grid<'_> {
    /// Returns the bilinear interpolation at fractional grid coordinates inside the grid; NaN next to one.
    #[inline]
    fn height(&self, [column, row]: [f32; 2]) -> f32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "grid coordinates"
        )]
        let part = |at: f32, count: usize| {
            let first = (at.max(0.0) as usize).min(count - 2);
            (first, (at - first as f32).max(0.0))
        };
        let (left, right) = part(column, self.columns);
        let (below, up) = part(row, self.rows);
        let first = below * self.columns + left;
        // A neighbour that counts nothing may be undefined.
        let between = |low: f32, high: f32, share: f32| {
            if share == 0.0 {
                low
            } else {
                low + share * (high - low)
            }
        };
        let along = |first: usize| between(self.heights[first], self.heights[first + 1], right);
        between(along(first), along(first + self.columns), up)
    }
}

/// Returns the unit normal of a grid point by central differences; differences to undefined neighbours count as 0.
fn normal(heights: &[f32], [columns, rows]: [usize; 2], sides: [f32; 2], index: usize) -> Vector {
    let own = heights[index];
    let slope = |at: usize, count: usize, stride: usize, side: f32| {
        let [below, above] = [at > 0, at + 1 < count];
        let neighbour = |exists: bool, index: usize| match exists.then(|| heights[index]) {
            Some(height) if height.is_finite() => (height, 1.0),
            _ => (own, 0.0),
        };
        let (low, one) = neighbour(below, index.wrapping_sub(stride));
        let (high, other) = neighbour(above, index + stride);
        let cells = (one + other) * side / narrow(real(count - 1));
        if cells > 0.0 {
            HEIGHT * (high - low) / cells
        } else {
            0.0
        }
    };
    let x = slope(index % columns, columns, 1, sides[0]);
    let y = slope(index / columns, rows, columns, sides[1]);
    let length = (x * x + y * y + 1.0).sqrt();
    [-x / length, -y / length, 1.0 / length]
}
