//! Heights on a grid, computed elsewhere.

use super::spline::Spline;
use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::{Files, Header, Matrix};
use crate::engine::objective::plane::Rect;

settings! {
    /// A smooth surface through heights from a file, on a grid of at most 4096 × 4096 points.
    ///
    /// A CSV file holds a matrix, lowest y first, with or without a first row of x and a first column of y; or a header of three
    /// names, as in x,y,loss, and a row for each point. A NumPy file (.npy) holds a matrix: row i, column j is the height at the i-th y and the j-th x; an
    /// .npz holds one, and perhaps its x and y.
    /// Tables follow the rules of `regression`; a quoted number may have a decimal comma.
    /// Without x and y the points are numbered from 0. The surface is the bicubic spline through the heights, exact in its
    /// derivatives; outside the grid the height is that of the nearest border point. Without a file: 25 × 25 points of MATLAB's peaks, negated.
    pub struct Grid("Grid of heights") {
        /// CSV, NPY or NPZ file with the heights; empty takes the built-in heights.
        data: String = String::new();
        /// x of the first column.
        x_low: Option<f64> = None, none "auto";
        /// x of the last column.
        x_high: Option<f64> = None, none "auto";
        /// y of the first row.
        y_low: Option<f64> = None, none "auto";
        /// y of the last row.
        y_high: Option<f64> = None, none "auto";
        /// Whether the first line of a CSV file holds names; auto refuses lines that may be either names or heights.
        header: Header = Header::Auto;
    }
}

impl Landscape for Grid {
    fn group(&self) -> Group {
        Group::Yours
    }

    fn formula(&self) -> String {
        "the bicubic spline through heights on a grid".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        None
    }

    /// Returns the range of the built-in heights, or the given one.
    fn view(&self) -> Rect {
        let ends = |low: Option<f64>, high: Option<f64>| {
            let high = high.unwrap_or(low.map_or(3.0, |low| low.max(-3.0) + 6.0));
            [low.unwrap_or(high.min(3.0) - 6.0), high]
        };
        Rect::new(ends(self.x_low, self.x_high), ends(self.y_low, self.y_high))
            .unwrap_or(Rect::square(3.0))
    }

    /// Returns a start inside the built-in grid, a grid over [−1, 1]², and a grid of numbered points.
    fn start(&self) -> [f64; 2] {
        let given = [self.x_low, self.x_high, self.y_low, self.y_high];
        if given.iter().any(Option::is_some) {
            self.view().at([0.6, 0.65])
        } else {
            [0.5, 0.8]
        }
    }

    fn minima(&self) -> Vec<Mark> {
        Vec::new()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.002", "2e-4", "0.05", "0.005", "0.01"])
    }

    /// Loads the heights; the view is the grid.
    fn load(&self, files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        let matrix = if self.data.is_empty() {
            built_in()
        } else {
            files
                .matrix(&self.data, self.header)
                .map_err(LandscapeError::Data)?
        };
        let Matrix {
            x,
            y,
            heights,
            source,
        } = matrix;
        let x = stretched(x, [self.x_low, self.x_high], "x")?;
        let y = stretched(y, [self.y_low, self.y_high], "y")?;
        let spline = Spline::new(&x, &y, heights).ok_or_else(|| {
            LandscapeError::Data(format!(
                "{}: has heights beyond 1e100 or points too close together for a spline; rescale them",
                self.data
            ))
        })?;
        Ok(LoadedLandscape {
            view: spline.area(),
            source,
            ..LoadedLandscape::new(self, spline)
        })
    }
}

/// Returns the points of an axis, mapped linearly to the given ends.
fn stretched(
    points: Vec<f64>,
    given: [Option<f64>; 2],
    axis: &str,
) -> Result<Vec<f64>, LandscapeError> {
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
        return Ok(points);
    };
    if given == [None; 2] {
        return Ok(points);
    }
    let [low, high] = [given[0].unwrap_or(first), given[1].unwrap_or(last)];
    if low.partial_cmp(&high) != Some(std::cmp::Ordering::Less) {
        return Err(LandscapeError::Data(format!(
            "grid: {axis} goes from {low} to {high}; expected `{axis}_low` below `{axis}_high`"
        )));
    }
    let share = |point: f64| (point - first) / (last - first);
    let place = |point: f64| low * (1.0 - share(point)) + high * share(point);
    Ok(points.into_iter().map(place).collect())
}

/// Returns MATLAB's `peaks`, negated, on [−3, 3]².
fn built_in() -> Matrix {
    let axis: Vec<f64> = (-12..=12).map(|i| f64::from(i) * 0.25).collect();
    let height = |x: f64, y: f64| {
        let hill = |x: f64, y: f64| (-x * x - y * y).exp();
        10.0 * (x / 5.0 - x.powi(3) - y.powi(5)) * hill(x, y)
            - 3.0 * (1.0 - x).powi(2) * hill(x, y + 1.0)
            + hill(x + 1.0, y) / 3.0
    };
    let rows = axis.iter();
    let heights = rows.flat_map(|&y| axis.iter().map(move |&x| height(x, y)));
    Matrix {
        heights: heights.collect(),
        x: axis.clone(),
        y: axis,
        source: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;

    fn problem(spec: &str) -> Result<LoadedLandscape, String> {
        let landscape: crate::engine::landscape::AnyLandscape = spec.parse().unwrap();
        let problem = landscape.as_dyn().load(&NoFiles);
        problem.map_err(|error| error.to_string())
    }

    #[test]
    fn the_built_in_heights_are_those_of_peaks() {
        let objective = problem("grid").unwrap().objective;
        // The maximum of peaks found by a search on the formula; the spline is as coarse as its grid.
        assert!((objective.value(&[-0.0093, 1.5814]) + 8.1062).abs() < 1e-2);
        let corner = objective.value(&[3.0, 3.0]);
        assert!(corner.abs() < 1e-3, "{corner}");
    }

    #[test]
    fn axes_are_moved_and_stretched() {
        let moved = problem("grid:x_low=10,x_high=22,y_low=-4").unwrap();
        assert_eq!(moved.view, Rect::new([10.0, 22.0], [-4.0, 3.0]).unwrap());
        let built_in = problem("grid").unwrap().objective;
        let [found, expected] = [
            moved.objective.value(&[16.5, 3.0 - 7.0 / 6.0]),
            built_in.value(&[0.25, 2.0]),
        ];
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn empty_ranges_are_refused() {
        for (spec, expected) in [
            (
                "grid:x_low=3",
                "grid: x goes from 3 to 3; expected `x_low` below `x_high`",
            ),
            (
                "grid:y_low=1,y_high=-1",
                "grid: y goes from 1 to -1; expected `y_low` below `y_high`",
            ),
            (
                "grid:data=loss.npy",
                "loss.npy: files cannot be read here; expected a landscape that needs none",
            ),
        ] {
            assert_eq!(problem(spec).map(drop), Err(expected.to_owned()));
        }
    }

    #[test]
    fn starts_lie_in_the_given_range() {
        for spec in ["grid:x_low=50", "grid:y_high=-1e6", "grid:x_low=5,x_high=6"] {
            let landscape: crate::engine::landscape::AnyLandscape = spec.parse().unwrap();
            let landscape = landscape.as_dyn();
            assert!(landscape.view().contains(landscape.start()), "{spec}");
        }
    }
}
