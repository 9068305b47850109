//! Hill shading of the map's colours: lighter where the ground faces the upper left corner, darker where it faces away.

use super::colour::mixed;
use super::drawing::Colour;
use crate::engine::geometry::contour::Levels;
use crate::engine::geometry::surface::Surface;
use crate::engine::numeric::real;
use rayon::prelude::*;

/// Height of the whole colour bar above the map, as a share of the map's shorter side.
const RELIEF: f64 = 0.35;

/// The direction of the light, a unit vector: from the upper left corner, halfway up.
const LIGHT: [f64; 3] = [-0.5, 0.5, std::f64::consts::FRAC_1_SQRT_2];

/// The largest shares of white and of black that are mixed into a colour.
const STRENGTH: [f64; 2] = [0.5, 0.6];

/// Views whose sides differ by more than this factor are stretched, and so is the ground.
const MAX_ASPECT: f64 = 3.0;

/// Shades the colours of a grid, first row on top, by the slope of the heights on the scale of the colour bar.
pub(super) fn shade(pixels: &mut [Colour], surface: &Surface, levels: &Levels) {
    let (columns, rows) = (surface.columns, surface.rows);
    let heights: Vec<f64> = surface
        .values
        .par_iter()
        .map(|v| levels.shade(*v))
        .collect();
    let [dx, dy] = cell(surface);
    pixels
        .par_iter_mut()
        .enumerate()
        .for_each(|(index, pixel)| {
            let (column, row) = (index % columns, rows - 1 - index / columns);
            let height = |column: usize, row: usize| heights[row * columns + column];
            let along = |low: [usize; 2], high: [usize; 2]| {
                let cells = real(high[0] - low[0] + high[1] - low[1]);
                (height(high[0], high[1]) - height(low[0], low[1])) / cells.max(1.0)
            };
            let (left, right) = (column.saturating_sub(1), (column + 1).min(columns - 1));
            let (below, above) = (row.saturating_sub(1), (row + 1).min(rows - 1));
            let slope = [
                RELIEF * along([left, row], [right, row]) / dx,
                RELIEF * along([column, below], [column, above]) / dy,
            ];
            *pixel = lit(*pixel, slope);
        });
}

/// Returns the width and height of a cell in shorter sides of the map.
fn cell(surface: &Surface) -> [f64; 2] {
    let view = surface.view;
    let sides = [view.width(), view.height()];
    let shorter = sides[0].min(sides[1]);
    let stretched = sides[0].max(sides[1]) > MAX_ASPECT * shorter;
    let length = |axis: usize, count: usize| {
        let side = if stretched {
            1.0
        } else {
            sides[axis] / shorter
        };
        side / real(count.saturating_sub(1).max(1))
    };
    [length(0, surface.columns), length(1, surface.rows)]
}

/// Returns a colour on ground of a slope; flat ground and ground of unknown slope keep their colour.
fn lit(colour: Colour, [x, y]: [f64; 2]) -> Colour {
    let length = (x * x + y * y + 1.0).sqrt();
    let light = (LIGHT[2] - LIGHT[0] * x - LIGHT[1] * y) / length - LIGHT[2];
    let [white, black] = STRENGTH;
    let (paint, share) = if light > 0.0 {
        (Colour::rgb(255, 255, 255), white * light / (1.0 - LIGHT[2]))
    } else {
        (Colour::rgb(0, 0, 0), -black * light / LIGHT[2])
    };
    if share.is_nan() {
        return colour;
    }
    mixed(colour, paint, share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::objective::plane::Rect;

    const GREY: Colour = Colour::rgb(120, 120, 120);

    fn shaded(value: impl Fn(usize, usize) -> f64) -> Vec<Colour> {
        let side = 16;
        let surface = Surface {
            view: Rect::square(1.0),
            columns: side,
            rows: side,
            values: (0..side * side)
                .map(|k| value(k % side, k / side))
                .collect(),
        };
        let levels = Levels::choose(&surface, false, None, 10);
        let mut pixels = vec![GREY; side * side];
        shade(&mut pixels, &surface, &levels);
        pixels
    }

    #[test]
    fn slopes_that_face_the_upper_left_are_light_and_others_dark() {
        // Heights that grow to the lower right face the upper left corner; rows count from below.
        let facing = shaded(|column, row| real(column) - real(row));
        let away = shaded(|column, row| real(row) - real(column));
        let middle = 8 * 16 + 8;
        assert!(facing[middle].r > 150, "{:?}", facing[middle]);
        assert!(away[middle].r < 110, "{:?}", away[middle]);
        // Every point of a plane has the same slope.
        let other = facing[5 * 16 + 10];
        assert!(other.r.abs_diff(facing[middle].r) <= 1, "{other:?}");
    }

    #[test]
    fn flat_and_unknown_ground_keeps_its_colour() {
        assert!(shaded(|_, _| 3.0).iter().all(|pixel| *pixel == GREY));
        assert!(shaded(|_, _| f64::NAN).iter().all(|pixel| *pixel == GREY));
    }
}
