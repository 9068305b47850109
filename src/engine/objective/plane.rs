//! Planes through parameter space, and rectangles of a plane.

use serde::{Deserialize, Serialize};

/// Rectangle that is neither empty nor infinite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[[f64; 2]; 2]", into = "[[f64; 2]; 2]")]
pub struct Rect {
    x: [f64; 2],
    y: [f64; 2],
}

impl Rect {
    /// Creates the rectangle from `x[0]` to `x[1]` and `y[0]` to `y[1]`; `None` if it is empty, not finite, or too narrow for f64 to tell
    /// its points apart.
    pub fn new(x: [f64; 2], y: [f64; 2]) -> Option<Self> {
        let sound = |[low, high]: [f64; 2]| {
            let width = high - low;
            width.is_finite() && width > 1e-13 * low.abs().max(high.abs()).max(1e-280)
        };
        (sound(x) && sound(y)).then_some(Self { x, y })
    }

    /// Creates the square [−radius, radius]². The radius must be positive and finite.
    pub const fn square(radius: f64) -> Self {
        Self {
            x: [-radius, radius],
            y: [-radius, radius],
        }
    }

    /// Returns the low and the high x.
    pub fn x(&self) -> [f64; 2] {
        self.x
    }

    /// Returns the low and the high y.
    pub fn y(&self) -> [f64; 2] {
        self.y
    }

    /// Returns the width.
    pub fn width(&self) -> f64 {
        self.x[1] - self.x[0]
    }

    /// Returns the height.
    pub fn height(&self) -> f64 {
        self.y[1] - self.y[0]
    }

    /// Returns the center.
    pub fn center(&self) -> [f64; 2] {
        [
            self.x[0] + 0.5 * self.width(),
            self.y[0] + 0.5 * self.height(),
        ]
    }

    /// Returns the smallest rectangle that contains this one and another.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let union = |[a, b]: [f64; 2], [c, d]: [f64; 2]| [a.min(c), b.max(d)];
        Self {
            x: union(self.x, other.x),
            y: union(self.y, other.y),
        }
    }

    /// Whether a point is inside or on the border.
    pub fn contains(&self, [x, y]: [f64; 2]) -> bool {
        (self.x[0]..=self.x[1]).contains(&x) && (self.y[0]..=self.y[1]).contains(&y)
    }

    /// Returns the nearest point inside; a NaN goes to the low end.
    pub fn clamp(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            x.max(self.x[0]).min(self.x[1]),
            y.max(self.y[0]).min(self.y[1]),
        ]
    }

    /// Returns the point at fractions of width and height; (0, 0) is the lower left corner.
    pub fn at(&self, [u, v]: [f64; 2]) -> [f64; 2] {
        // The upper end is met exactly and never passed.
        let along = |[low, high]: [f64; 2], share: f64| {
            let at = low + share * (high - low);
            if share == 1.0 {
                high
            } else if share < 1.0 {
                at.min(high)
            } else {
                at
            }
        };
        [along(self.x, u), along(self.y, v)]
    }

    /// Returns the rectangle moved by a vector; `None` where that leaves the range of f64.
    pub fn shifted(&self, [dx, dy]: [f64; 2]) -> Option<Self> {
        Self::new(self.x.map(|x| x + dx), self.y.map(|y| y + dy))
    }

    /// Returns the rectangle scaled about a fixed point; `None` where that would be too narrow or too wide.
    pub fn zoomed(&self, about: [f64; 2], factor: f64) -> Option<Self> {
        let along = |range: [f64; 2], fixed: f64| range.map(|end| fixed + (end - fixed) * factor);
        Self::new(along(self.x, about[0]), along(self.y, about[1]))
    }

    /// Returns the rectangle widened about its center, in one direction only, to a width / height of `aspect`.
    pub fn with_aspect(&self, aspect: f64) -> Self {
        let [cx, cy] = self.center();
        let half = [
            0.5 * self.width().max(self.height() * aspect),
            0.5 * self.height().max(self.width() / aspect),
        ];
        Self::new([cx - half[0], cx + half[0]], [cy - half[1], cy + half[1]]).unwrap_or(*self)
    }
}

impl TryFrom<[[f64; 2]; 2]> for Rect {
    type Error = String;
    fn try_from([x, y]: [[f64; 2]; 2]) -> Result<Self, String> {
        Self::new(x, y).ok_or_else(|| {
            format!("the rectangle {x:?}, {y:?} is empty or not finite; expected [[x low, x high], [y low, y high]]")
        })
    }
}

impl From<Rect> for [[f64; 2]; 2] {
    fn from(rect: Rect) -> Self {
        [rect.x, rect.y]
    }
}

/// Plane in ℝⁿ: origin + a·u + b·v.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    origin: Vec<f64>,
    u: Vec<f64>,
    v: Vec<f64>,
}

impl Plane {
    /// Creates the plane through `origin` along `u` and `v`; `None` unless all three have the same length.
    pub fn new(origin: Vec<f64>, u: Vec<f64>, v: Vec<f64>) -> Option<Self> {
        let fits = u.len() == origin.len() && v.len() == origin.len();
        fits.then_some(Self { origin, u, v })
    }

    /// Creates the plane of a 2-D function: (a, b) is (x, y).
    pub fn identity() -> Self {
        Self {
            origin: vec![0.0; 2],
            u: vec![1.0, 0.0],
            v: vec![0.0, 1.0],
        }
    }

    /// Creates the line of a function of one parameter: x = a for every b.
    pub fn line() -> Self {
        Self {
            origin: vec![0.0],
            u: vec![1.0],
            v: vec![0.0],
        }
    }

    /// Whether (a, b) is (x, y).
    pub fn is_identity(&self) -> bool {
        *self.origin == [0.0; 2] && *self.u == [1.0, 0.0] && *self.v == [0.0, 1.0]
    }

    /// Returns the number of parameters n.
    pub fn dim(&self) -> usize {
        self.origin.len()
    }

    /// Returns the origin and the two directions.
    pub fn parts(&self) -> [&[f64]; 3] {
        [&self.origin, &self.u, &self.v]
    }

    /// Writes the point of ℝⁿ at plane coordinates (a, b) to `theta`.
    pub fn point(&self, [a, b]: [f64; 2], theta: &mut [f64]) {
        for (i, out) in theta.iter_mut().enumerate() {
            *out = self.origin[i] + a * self.u[i] + b * self.v[i];
        }
    }

    /// Returns the plane coordinates of the nearest point of the plane, and the residual: the distance to that point. Where both
    /// directions are parallel, or the second is zero, only the first has a coordinate.
    pub fn project(&self, theta: &[f64]) -> ([f64; 2], f64) {
        let dot = |a: &[f64], b: &dyn Fn(usize) -> f64| {
            a.iter().enumerate().map(|(i, a)| a * b(i)).sum::<f64>()
        };
        let offset = |i: usize| theta[i] - self.origin[i];
        let (uu, uv, vv) = (
            dot(&self.u, &|i| self.u[i]),
            dot(&self.u, &|i| self.v[i]),
            dot(&self.v, &|i| self.v[i]),
        );
        let (pu, pv) = (dot(&self.u, &offset), dot(&self.v, &offset));
        let determinant = uu * vv - uv * uv;
        let [a, b] = if determinant > 1e-14 * uu * vv {
            [
                (pu * vv - pv * uv) / determinant,
                (pv * uu - pu * uv) / determinant,
            ]
        } else {
            [if uu > 0.0 { pu / uu } else { 0.0 }, 0.0]
        };
        let residual = (0..self.dim())
            .map(|i| offset(i) - a * self.u[i] - b * self.v[i])
            .map(|r| r * r)
            .sum::<f64>()
            .sqrt();
        ([a, b], residual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_is_never_empty_or_infinite() {
        for x in [
            [1.0, 1.0],
            [1.0, 0.0],
            [f64::NAN, 1.0],
            [0.0, f64::INFINITY],
            [1.0, 1.0 + 1e-15],
            [-1e308, 1e308],
        ] {
            assert_eq!(Rect::new(x, [0.0, 1.0]), None, "{x:?}");
        }
        assert!(Rect::new([1.0, 1.0 + 1e-9], [0.0, 1.0]).is_some());
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let rect = Rect::square(4.0).zoomed([1.0, 3.0], 0.5).unwrap();
        assert_eq!((rect.x(), rect.y()), ([-1.5, 2.5], [-0.5, 3.5]));
    }

    #[test]
    fn projection_knows_what_the_plane_does_not_show() {
        let plane = Plane {
            origin: vec![1.0, 0.0, 0.0],
            u: vec![1.0, 1.0, 0.0],
            v: vec![0.0, 2.0, 0.0],
        };
        let mut theta = [0.0; 3];
        plane.point([2.0, -1.5], &mut theta);
        assert_eq!(theta, [3.0, -1.0, 0.0]);
        theta[2] = 0.25;
        assert_eq!(plane.project(&theta), ([2.0, -1.5], 0.25));
        assert_eq!(Plane::identity().project(&[0.3, -7.0]), ([0.3, -7.0], 0.0));
        assert_eq!(Plane::line().project(&[0.3]), ([0.3, 0.0], 0.0));
    }
}
