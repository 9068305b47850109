//! Deep zoom: surfaces on windows so small that differences of f vanish in f64 rounding.
//!
//! Around a point where f is −78, f64 does not resolve differences below 1e-14, although f varies by 1e-17 only in a window of width
//! 1e-9 around a minimum. There the surface is computed from the exact gradient g and Hessian H at the window's centre c:
//! f(c + d) − f(c) = gᵀd + ½ dᵀH d + O(|d|³). The remainder is negligible where H is constant over the window, which is tested at the
//! corners, and where the values deviate most from the quadratic: there the exact gradient and Hessian tell rounding from a narrow hill.

use crate::engine::geometry::surface::{Surface, share};
use crate::engine::objective::{Objective, norm};

/// Largest relative difference of H at the corners.
const HESSIAN_TOLERANCE: f64 = 1e-3;

/// Largest difference of values from the quadratic model, relative to its range, that does not count as rounding.
const ROUNDING_TOLERANCE: f64 = 1e-3;

impl Surface {
    /// Returns the surface minus its value at the centre, computed from the gradient and Hessian there, and that value; `None` unless f64
    /// rounding is visible in this surface. The objective has two parameters, and the surface is of its plane.
    pub fn deep_zoom(&self, objective: &dyn Objective) -> Option<(Self, f64)> {
        let view = self.view;
        let hessian = |share: [f64; 2]| {
            let mut h = [0.0; 4];
            objective.hessian(&view.at(share), &mut h);
            [h[0], h[1], h[3]]
        };
        let middle = view.center();
        let mut g = [0.0; 2];
        let base = objective.gradient(&middle, &mut g);
        let h = hessian([0.5; 2]);
        let size = h.iter().fold(0.0_f64, |size, entry| size.max(entry.abs()));
        if !(size > 0.0 && size.is_finite() && base.is_finite()) || g.iter().any(|g| !g.is_finite())
        {
            return None;
        }
        let is_same = |share: [f64; 2]| {
            let pairs = h.into_iter().zip(hessian(share));
            { pairs }.all(|(here, there)| (here - there).abs() <= HESSIAN_TOLERANCE * size)
        };
        let corners = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];
        if !corners.into_iter().all(is_same) {
            return None;
        }
        let share_of = |index: usize| {
            [
                share(index % self.columns, self.columns),
                share(index / self.columns, self.rows),
            ]
        };
        let place = |index: usize| {
            let [column, row] = share_of(index);
            [(column - 0.5) * view.width(), (row - 0.5) * view.height()]
        };
        let model = |index: usize| {
            let [dx, dy] = place(index);
            let curvature = h[0] * dx * dx + 2.0 * h[1] * dx * dy + h[2] * dy * dy;
            g[0] * dx + g[1] * dy + 0.5 * curvature
        };
        let values: Vec<f64> = (0..self.values.len()).map(model).collect();
        let ends = |[low, high]: [f64; 2], value: f64| [low.min(value), high.max(value)];
        let [low, high] = values
            .iter()
            .copied()
            .fold([f64::INFINITY, f64::NEG_INFINITY], ends);
        let off =
            |(index, exact): (usize, &f64)| (index, (self.values[index] - base - exact).abs());
        let offs = values.iter().enumerate().map(off);
        let (worst, most) = offs.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        let is_visible = most > ROUNDING_TOLERANCE * (high - low) && high > low;
        let has_model_gradient = || {
            let (d, mut there) = (place(worst), [0.0; 2]);
            objective.gradient(&view.at(share_of(worst)), &mut there);
            let expected = [
                g[0] + h[0] * d[0] + h[1] * d[1],
                g[1] + h[1] * d[0] + h[2] * d[1],
            ];
            let slope = norm(&g) + size * view.width().hypot(view.height());
            { there.iter().zip(expected) }
                .all(|(there, expected)| (there - expected).abs() <= HESSIAN_TOLERANCE * slope)
        };
        let is_rounding = is_visible && is_same(share_of(worst)) && has_model_gradient();
        is_rounding.then(|| {
            let surface = Self { values, ..*self };
            (surface, base)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::geometry::surface::Surface;
    use crate::engine::landscape::AnyLandscape;
    use crate::engine::objective::plane::{Plane, Rect};

    fn sample(landscape: &str, [x, y]: [f64; 2], width: f64) -> (Surface, Option<(Surface, f64)>) {
        let problem = landscape
            .parse::<AnyLandscape>()
            .unwrap()
            .as_dyn()
            .load(&NoFiles)
            .unwrap();
        let half = 0.5 * width;
        let view = Rect::new([x - half, x + half], [y - half, y + half]).unwrap();
        let (plane, never) = (Plane::identity(), Cancel::default());
        let plain = Surface::sample(&*problem.objective, &plane, view, 33, 33, &never).unwrap();
        let deep = plain.deep_zoom(&*problem.objective);
        (plain, deep)
    }

    #[test]
    fn a_window_of_1e_9_around_a_minimum_is_the_quadratic_of_its_hessian() {
        let minimum = [-2.903_534_027_771_177; 2];
        let (plain, deep) = sample("styblinski-tang", minimum, 1e-9);
        let (deep, base) = deep.expect("values of −78 cannot show 1e-17");
        assert!((base + 78.332_331_407_542_84).abs() < 1e-12);
        // f″ = 6 t² − 16 on each axis; the corner is half the width away on both.
        let curvature = 6.0 * minimum[0] * minimum[0] - 16.0;
        let corner = 2.0 * 0.5 * curvature * 0.25e-18;
        for index in [0, 32, 32 * 33, 33 * 33 - 1] {
            assert!(
                (deep.values[index] - corner).abs() < 1e-3 * corner,
                "{}",
                deep.values[index]
            );
        }
        assert!(deep.values[16 * 33 + 16].abs() < 1e-3 * corner);
        let distinct = |surface: &Surface| {
            let mut bits: Vec<u64> = surface.values.iter().map(|value| value.to_bits()).collect();
            bits.sort_unstable();
            bits.dedup();
            bits.len()
        };
        assert!(distinct(&plain) < 10 && distinct(&deep) > 100);
    }

    #[test]
    fn a_window_that_f64_resolves_is_unchanged() {
        for (landscape, at, width) in [
            ("styblinski-tang", [-2.903_534; 2], 1e-3),
            ("rosenbrock", [1.0; 2], 1e-9),
            ("quadratic", [0.0; 2], 1e-9),
            ("himmelblau", [3.0, 2.0], 1e-9),
            ("rosenbrock", [0.0; 2], 2.0),
            ("ackley", [0.0; 2], 1e-9),
        ] {
            assert_eq!(sample(landscape, at, width).1, None, "{landscape} {width}");
        }
    }

    #[test]
    fn a_narrow_hill_in_a_quadratic_is_no_rounding() {
        for hill in [
            "formula:f=x^2+y^2+exp(-1e3*((x-0.3)^2+(y-0.2)^2))",
            "formula:f=x^2+y^2-0.01*exp(-100*(x^2+(y-0.5)^2))",
            "formula:f=x^2+y^2+max(0,0.01-(x-0.5)^2-y^2)",
        ] {
            assert_eq!(sample(hill, [0.0; 2], 2.0).1, None, "{hill}");
        }
    }

    #[test]
    fn formulas_with_cancellation_are_resolved_too() {
        let (_, deep) = sample(
            "formula:f=20+x^2+y^2-10*(cos(2*pi*x)+cos(2*pi*y))",
            [0.0; 2],
            1e-9,
        );
        let corner = 0.5 * 2.0 * (2.0 + 40.0 * std::f64::consts::PI.powi(2)) * 0.25e-18;
        let value = deep.unwrap().0.values[0];
        assert!(
            (value - corner).abs() < 1e-6 * corner,
            "{value} is not {corner}"
        );
    }
}
