//! Contour lines of surfaces whose lines are known.

use super::*;
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;
use std::f64::consts::TAU;

fn surface(view: Rect, columns: usize, rows: usize, f: impl Fn(f64, f64) -> f64) -> Surface {
    let mut surface = Surface {
        view,
        columns,
        rows,
        values: vec![0.0; columns * rows],
    };
    for row in 0..rows {
        for column in 0..columns {
            let [x, y] = surface.point(real(column), real(row));
            surface.values[row * columns + column] = f(x, y);
        }
    }
    surface
}

fn lines_of(surface: &Surface, levels: &[f64]) -> Vec<ContourLine> {
    let lines = lines(surface, levels, &Cancel::default()).unwrap();
    for line in &lines {
        check(surface, line);
    }
    lines
}

/// Checks the properties that hold for every line of every surface.
fn check(surface: &Surface, line: &ContourLine) {
    assert!(line.points.len() >= if line.closed { 3 } else { 2 });
    assert!(
        line.points.windows(2).all(|pair| pair[0] != pair[1]),
        "a doubled point"
    );
    assert!(!line.closed || line.points.first() != line.points.last());
    for &point in &line.points {
        let [column, row] = grid(surface, point);
        let on = [column, row].map(|c| (c - c.round()).abs() < 1e-9);
        assert!(on[0] || on[1], "({column}, {row}) is on no edge");
        let [a, b] = [floor(column, on[0]), floor(row, on[1])];
        let (value, next, t) = if on[1] {
            let a = a.min(surface.columns - 2);
            (get(surface, a, b), get(surface, a + 1, b), column - real(a))
        } else {
            let b = b.min(surface.rows - 2);
            (get(surface, a, b), get(surface, a, b + 1), row - real(b))
        };
        let there = match t {
            _ if t < 1e-9 => value,
            _ if t > 1.0 - 1e-9 => next,
            _ => (1.0 - t) * value + t * next,
        };
        let scale = [value, next]
            .into_iter()
            .filter(|v| v.is_finite())
            .fold(1.0, |a: f64, b| a.max(b.abs()));
        assert!(
            (there - line.level).abs() <= 1e-8 * scale,
            "{there} is not {}",
            line.level
        );
    }
    if !line.closed {
        for &end in [line.points.first(), line.points.last()]
            .into_iter()
            .flatten()
        {
            assert!(
                ends_well(surface, grid(surface, end)),
                "the line ends at {end:?}"
            );
        }
    }
}

fn grid(surface: &Surface, [x, y]: [f64; 2]) -> [f64; 2] {
    let along = |value: f64, [low, high]: [f64; 2], count: usize| {
        (value - low) / (high - low) * real(count - 1)
    };
    [
        along(x, surface.view.x(), surface.columns),
        along(y, surface.view.y(), surface.rows),
    ]
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a small grid"
)]
fn floor(value: f64, is_whole: bool) -> usize {
    if is_whole {
        value.round() as usize
    } else {
        value as usize
    }
}

fn get(surface: &Surface, column: usize, row: usize) -> f64 {
    surface.values[row * surface.columns + column]
}

/// Whether a point is on the border or within a cell of a hole.
fn ends_well(surface: &Surface, [column, row]: [f64; 2]) -> bool {
    let on_border = |c: f64, count: usize| c < 1e-9 || c > real(count - 1) - 1e-9;
    let holes = (0..surface.values.len()).filter(|&k| !surface.values[k].is_finite());
    let near = |k: usize| {
        (column - real(k % surface.columns)).abs() < 1.0 + 1e-9
            && (row - real(k / surface.columns)).abs() < 1.0 + 1e-9
    };
    on_border(column, surface.columns)
        || on_border(row, surface.rows)
        || holes.into_iter().any(near)
}

fn length(line: &ContourLine) -> f64 {
    let distance = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let closing = if line.closed {
        distance(line.points[0], line.points[line.points.len() - 1])
    } else {
        0.0
    };
    line.points
        .windows(2)
        .map(|pair| distance(pair[0], pair[1]))
        .sum::<f64>()
        + closing
}

#[test]
fn a_circle_is_one_closed_line() {
    let bowl = surface(Rect::square(2.0), 129, 101, |x, y| x * x + y * y);
    let lines = lines_of(&bowl, &[1.0, 2.25, f64::NAN, 1.0, 99.0]);
    assert_eq!(
        lines.iter().map(|line| line.level).collect::<Vec<_>>(),
        [1.0, 2.25]
    );
    for line in lines {
        let radius = line.level.sqrt();
        assert!(line.closed);
        assert!(
            line.points
                .iter()
                .all(|[x, y]| (x.hypot(*y) - radius).abs() < 1e-3)
        );
        assert!((length(&line) / (TAU * radius) - 1.0).abs() < 1e-3);
    }
}

#[test]
fn a_slope_has_straight_lines_from_border_to_border() {
    let slope = surface(Rect::new([0.0, 4.0], [1.0, 3.0]).unwrap(), 9, 7, |x, y| {
        x + 0.1 * y
    });
    let lines = lines_of(&slope, &[1.0]);
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].closed);
    assert!((length(&lines[0]) - (2.0_f64).hypot(0.2)).abs() < 1e-12);
}

#[test]
fn a_saddle_at_its_own_level_is_two_lines() {
    // Both lines take the short cut within one cell.
    for count in [20, 21] {
        let saddle = surface(Rect::square(1.0), count, count, |x, y| x * y);
        let lines = lines_of(&saddle, &[0.0]);
        assert_eq!(lines.len(), 2);
        for line in lines {
            assert!(
                !line.closed && (length(&line) - 2.0).abs() < 0.06,
                "{} {line:?}",
                length(&line)
            );
        }
    }
}

#[test]
fn the_mean_of_a_saddle_cell_decides_which_corners_are_connected() {
    for (high, level, high_corners_are_cut_off) in [(3.0, 1.0, false), (1.5, 1.125, true)] {
        let view = Rect::new([0.0, 1.0], [0.0, 1.0]).unwrap();
        let lines = lines_of(
            &Surface {
                view,
                columns: 2,
                rows: 2,
                values: vec![high, 0.0, 0.0, high],
            },
            &[level],
        );
        assert_eq!(lines.len(), 2);
        let around_origin = lines
            .iter()
            .any(|line| line.points.iter().all(|[x, y]| x + y < 1.0));
        assert_eq!(around_origin, high_corners_are_cut_off, "{lines:?}");
    }
}

#[test]
fn lines_stop_at_holes() {
    for hole in [f64::NAN, f64::INFINITY] {
        let f = |x: f64, y: f64| {
            if (x - 1.0).hypot(y) < 0.3 {
                hole
            } else {
                x * x + y * y
            }
        };
        let lines = lines_of(&surface(Rect::square(2.0), 81, 81, f), &[1.0]);
        assert_eq!(lines.len(), 1);
        assert!(!lines[0].closed);
        assert!(
            (4.8..TAU - 0.5).contains(&length(&lines[0])),
            "{}",
            length(&lines[0])
        );
    }
}

#[test]
fn a_plateau_at_the_level_has_one_outline() {
    let plateau = surface(Rect::square(2.0), 17, 17, |x, y| {
        (2.0 - x.abs().max(y.abs())).min(1.0)
    });
    let lines = lines_of(&plateau, &[1.0]);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].closed && (length(&lines[0]) - 8.0).abs() < 1e-12);
    let flat = surface(Rect::square(2.0), 5, 5, |_, _| 1.0);
    assert_eq!(lines_of(&flat, &[1.0]), []);
    let peak = surface(Rect::square(2.0), 5, 5, |x, y| -x.abs() - y.abs());
    assert_eq!(lines_of(&peak, &[0.0]), []);
}

#[test]
fn lines_of_random_surfaces_are_valid() {
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    for case in 0..60_usize {
        let (columns, rows) = (2 + case % 13, 2 + case % 7);
        let values = (0..columns * rows)
            .map(|_| match random() % 24 {
                0 => f64::NAN,
                1 => f64::NEG_INFINITY,
                k if case % 2 == 0 => real(usize::try_from(k).unwrap() % 5),
                _ => real(usize::try_from(random() % 1000).unwrap()) / 200.0,
            })
            .collect();
        let noise = Surface {
            view: Rect::new([-1.0, 3.0], [0.5, 0.75]).unwrap(),
            columns,
            rows,
            values,
        };
        lines_of(&noise, &[0.0, 1.0, 2.5, 3.0]);
    }
}

#[test]
fn huge_differences_stay_finite() {
    let cell = Surface {
        view: Rect::square(1.0),
        columns: 2,
        rows: 2,
        values: vec![-1.7e308, 1.7e308, -1.7e308, 1.7e308],
    };
    let lines = lines_of(&cell, &[0.0]);
    assert_eq!(lines[0].points, [[0.0, -1.0], [0.0, 1.0]]);
}

#[test]
fn cancelled_lines_are_none() {
    let cancel = Cancel::default();
    cancel.cancel();
    assert_eq!(
        lines(&surface(Rect::square(1.0), 4, 4, |x, _| x), &[0.0], &cancel),
        None
    );
    assert_eq!(
        lines(&surface(Rect::square(1.0), 4, 4, |x, _| x), &[], &cancel),
        None
    );
}

/// Hills with a hole in them, on more rows than a strip has.
fn hills() -> Surface {
    surface(Rect::square(3.0), 70, 90, |x, y| {
        if (x - 0.7).hypot(y + 0.4) < 0.3 {
            f64::NAN
        } else {
            (3.0 * x + 0.3 * y).sin() * (2.5 * y).cos() + 0.1 * x
        }
    })
}

const HEIGHTS: [f64; 5] = [-0.81, -0.3, 0.013, 0.42, 0.77];

#[test]
fn strips_of_any_height_give_the_same_lines() {
    let hills = hills();
    let by = |height| {
        let lines = lines_by_strips(height, &hills, &HEIGHTS, &Cancel::default()).unwrap();
        let mut lines: Vec<_> = lines
            .into_iter()
            .map(|line| {
                let mut points: Vec<_> =
                    line.points.iter().map(|at| at.map(f64::to_bits)).collect();
                if line.closed {
                    let first = points
                        .iter()
                        .enumerate()
                        .min_by_key(|(_, at)| **at)
                        .unwrap()
                        .0;
                    points.rotate_left(first);
                }
                (line.level.to_bits(), line.closed, points)
            })
            .collect();
        lines.sort();
        lines
    };
    let whole = by(1000);
    assert!(whole.iter().any(|line| line.1) && whole.iter().any(|line| !line.1));
    for height in [1, 2, 7, STRIP_ROWS] {
        assert_eq!(by(height), whole);
    }
}

#[test]
fn lines_do_not_depend_on_the_number_of_threads() {
    let hills = hills();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| lines_of(&hills, &HEIGHTS))
    };
    let one = on(1);
    for threads in [2, 8] {
        assert_eq!(on(threads), one);
    }
}

#[test]
fn higher_values_are_on_the_right_of_lines() {
    let area = |line: &ContourLine| {
        let next = line.points.iter().cycle().skip(1);
        let pairs = line.points.iter().zip(next);
        pairs
            .map(|(a, b)| 0.5 * (a[0] * b[1] - a[1] * b[0]))
            .sum::<f64>()
    };
    for up in [-1.0, 1.0] {
        let bowl = surface(Rect::square(2.0), 99, 99, |x, y| up * (x * x + y * y));
        let lines = lines_of(&bowl, &[up]);
        assert!((area(&lines[0]) - up * TAU / 2.0).abs() < 0.01);
    }
}
