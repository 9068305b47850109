//! Tests of splines.

use super::*;
use crate::engine::numeric::random::{Purpose, stream};
use crate::engine::numeric::real;
use rand::RngExt;

fn spline(x: &[f64], y: &[f64], f: impl Fn(f64, f64) -> f64) -> Spline {
    let heights = y.iter().flat_map(|y| x.iter().map(|x| f(*x, *y)));
    Spline::new(x, y, heights.collect()).unwrap()
}

fn even(count: usize) -> Vec<f64> {
    (0..count).map(|i| -1.0 + 0.3 * real(i)).collect()
}

fn uneven(count: usize) -> Vec<f64> {
    (0..count).map(|i| 0.1 * real(i * i) + 0.3).collect()
}

/// Value, gradient and Hessian in one list.
fn all(spline: &Spline, at: [f64; 2]) -> [f64; 7] {
    let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 4]);
    let value = spline.gradient(&at, &mut gradient);
    spline.hessian(&at, &mut hessian);
    let [gx, gy] = gradient;
    let [xx, xy, yx, yy] = hessian;
    [value, gx, gy, xx, xy, yx, yy]
}

#[track_caller]
fn check(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    let close = |(f, e): (&f64, &f64)| (f - e).abs() <= tolerance * (1.0 + e.abs());
    assert!(
        found.iter().zip(expected).all(close),
        "{what}: {found:?}, expected {expected:?}"
    );
}

/// An axis of n points reproduces polynomials of degree min(3, n − 1).
#[test]
fn polynomials_are_reproduced() {
    for make in [even, uneven] {
        for (columns, rows) in [(9, 7), (4, 5), (3, 2), (2, 2), (2, 6), (5, 3)] {
            let [p, q] = [columns, rows].map(|count| [1, 2, 3][(count - 2).min(2)]);
            let f = |x: f64, y: f64| (x.powi(p) - 2.0 * x + 0.5) * (1.0 - y + 0.7 * y.powi(q));
            let d = |x: f64, n: i32| f64::from(n) * x.powi(n - 1);
            let dd = |x: f64, n: i32| f64::from(n * (n - 1)) * x.powi(n - 2);
            let (x, y) = (make(columns), make(rows));
            let spline = spline(&x, &y, f);
            let area = spline.area();
            for i in 0..=10 {
                let at = area.at([f64::from(i) * 0.1, f64::from(i * 7 % 11) * 0.1]);
                let [x, y] = at;
                let (fx, fy) = (x.powi(p) - 2.0 * x + 0.5, 1.0 - y + 0.7 * y.powi(q));
                let (dx, dy) = (d(x, p) - 2.0, 0.7 * d(y, q) - 1.0);
                let [xx, xy, yy] = [dd(x, p) * fy, dx * dy, 0.7 * fx * dd(y, q)];
                let expected = [fx * fy, dx * fy, fx * dy, xx, xy, xy, yy];
                let what = format!("{columns} × {rows} at {at:?}");
                check(&what, &all(&spline, at), &expected, 1e-10);
            }
        }
    }
}

#[test]
fn heights_are_interpolated_and_second_derivatives_are_continuous() {
    let mut random = stream(1, Purpose::Data, 0);
    for make in [even, uneven] {
        let (x, y) = (make(8), make(6));
        let heights: Vec<f64> = (0..48).map(|_| random.random()).collect();
        let spline = Spline::new(&x, &y, heights.clone()).unwrap();
        for (i, height) in heights.iter().enumerate() {
            let at = [x[i % 8], y[i / 8]];
            check("height", &[spline.value(&at)], &[*height], 1e-13);
            let middle = [0.5 * (x[3] + x[4]), 0.5 * (y[2] + y[3])];
            for corner in [at, [at[0], middle[1]], [middle[0], at[1]]] {
                let area = spline.area();
                let sides = [-1e-9, 1e-9].map(|h| area.clamp([corner[0] + h, corner[1] + h]));
                let [low, high] = sides.map(|side| all(&spline, side));
                check(&format!("across {corner:?}"), &low, &high, 1e-5);
            }
        }
    }
}

#[test]
fn outside_the_grid_the_height_is_that_of_the_border() {
    let spline = spline(&even(6), &uneven(5), |x, y| x * x * y + y);
    let [x, y] = [spline.x.ends, spline.y.ends];
    for far in [1e-9, 1.0, 1e300, f64::INFINITY] {
        let [value, gx, gy, xx, xy, _, yy] = all(&spline, [x[1] + far, 1.0]);
        let border = all(&spline, [x[1], 1.0]);
        check(
            "right",
            &[value, gy, yy],
            &[border[0], border[2], border[6]],
            0.0,
        );
        assert_eq!([gx, xx, xy], [0.0; 3]);
        let corner = all(&spline, [x[0] - far, y[0] - far]);
        let height = spline.value(&[x[0], y[0]]);
        assert_eq!(corner, [height, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
    assert!(spline.value(&[f64::NAN, 1.0]).is_nan());
    assert!(all(&spline, [x[1], y[1]])[1] > 1.0, "the border is inside");
}

#[test]
fn heights_that_are_not_finite_are_refused() {
    let two = [0.0, 1.0];
    assert!(Spline::new(&two, &two, vec![0.0, 1.0, 1e99, 1.0]).is_some());
    assert!(Spline::new(&two, &two, vec![0.0, 1.0, f64::MAX, 1.0]).is_none());
    assert!(Spline::new(&two, &two, vec![0.0, 1.0, f64::NAN, 1.0]).is_none());
    assert!(Spline::new(&[-1e308, 1e308], &two, vec![0.0, 1.0, 2.0, 1.0]).is_none());
    let close = [0.0, 1e-300, 2e-300, 3e-300, 1.0];
    let heights = (0..10).map(f64::from).collect();
    assert!(Spline::new(&close, &two, heights).is_none());
}
