//! An image as a landscape: bright is high.

use super::spline::Spline;
use super::{Group, Landscape, LandscapeError, LoadedLandscape, Mark, Spacing, race};
use crate::engine::declare::settings;
use crate::engine::files::{Files, Picture};
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;

settings! {
    /// A picture: bright is high, dark is low.
    ///
    /// Heights are the luma of Rec. 709 (0.2126 R + 0.7152 G + 0.0722 B of the stored sRGB values), with
    /// transparent parts over white. The surface is the bicubic spline through the centres of the pixels, exact in its derivatives;
    /// outside the picture the height is that of the nearest border point. A picture longer than 1024 pixels is averaged down to that. Without a file: hills.
    pub struct Image("Picture") {
        /// PNG or JPEG file; empty takes the built-in hills.
        file: String = String::new();
        /// Height of white above black; a negative number inverts the picture.
        height: f64 = 1.0, in -1e9..=1e9, linear -5.0..=5.0;
        /// Length of the longer side. The centre of the picture is at (0, 0), and pixels are squares.
        width: f64 = 2.0, in 1e-6..=1e6, log 0.1..=100.0;
        /// Standard deviation of the Gaussian blur, in pixels, which smooths noisy photographs.
        smooth: f64 = 0.0, in 0.0..=64.0, linear 0.0..=16.0, unit "px";
    }
}

/// The maximum side in pixels; larger pictures are averaged down.
const MAX_SIDE: usize = 1024;

impl Landscape for Image {
    fn group(&self) -> Group {
        Group::Yours
    }

    fn formula(&self) -> String {
        "height · the luma of a picture".to_owned()
    }

    fn domain(&self) -> Option<Rect> {
        None
    }

    fn view(&self) -> Rect {
        Rect::square(0.5 * self.width)
    }

    fn start(&self) -> [f64; 2] {
        [-0.3 * self.width, 0.15 * self.width]
    }

    fn minima(&self) -> Vec<Mark> {
        Vec::new()
    }

    fn spacing(&self) -> Spacing {
        Spacing::Linear
    }

    fn opening_runs(&self) -> Vec<String> {
        race(["0.02", "0.002", "0.02", "0.002", "0.005"])
    }

    /// Loads the picture; the view is its rectangle.
    fn load(&self, files: &dyn Files) -> Result<LoadedLandscape, LandscapeError> {
        let picture = if self.file.is_empty() {
            built_in()
        } else {
            files.picture(&self.file).map_err(LandscapeError::Data)?
        };
        let [x, y, heights] = self.surface(&picture);
        let spline = Spline::new(&x, &y, heights).ok_or_else(|| {
            LandscapeError::Data(format!(
                "{}: cannot be made a surface; expected a picture",
                self.file
            ))
        })?;
        Ok(LoadedLandscape {
            view: spline.area(),
            ..LoadedLandscape::new(self, spline)
        })
    }
}

impl Image {
    /// Returns the centres of the columns, the centres of the rows from below, and the heights in that order.
    fn surface(&self, picture: &Picture) -> [Vec<f64>; 3] {
        let longer = real(picture.size[0].max(picture.size[1]));
        let reduction = (longer / real(MAX_SIDE)).max(1.0);
        let averages = picture
            .size
            .map(|pixels| RowFilter::average(pixels, reduction));
        let [columns, rows] = averages.each_ref().map(|average| average.0.len());
        let mut heights = averages[0].across(&picture.luma, picture.size[0]);
        heights = averages[1].down(&heights, columns);
        if self.smooth > 0.0 {
            heights = RowFilter::blur(columns, self.smooth).across(&heights, columns);
            heights = RowFilter::blur(rows, self.smooth).down(&heights, columns);
        }
        let heights = heights.chunks_exact(columns).rev().flatten();
        let heights = heights.map(|luma| self.height * luma).collect();
        // Pixels of the averaged picture are squares but for the rounding of its sides.
        let gaps = [0, 1].map(|i| real(picture.size[i]) / real([columns, rows][i]));
        let reach = [0, 1].map(|i| gaps[i] * real([columns, rows][i] - 1));
        let unit = self.width / reach[0].max(reach[1]);
        let middles = |i: usize, count: usize| {
            let place = |j| (real(j) * gaps[i] - 0.5 * reach[i]) * unit;
            (0..count).map(place).collect()
        };
        [middles(0, columns), middles(1, rows), heights]
    }
}

/// Weighted means along a line of pixels: for each new pixel, the first old pixel and the weights from it on.
struct RowFilter(Vec<(usize, Vec<f64>)>);

impl RowFilter {
    /// Returns the means of `pixels` over intervals of about `reduction` pixels, at least two.
    fn average(pixels: usize, reduction: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most the number of pixels"
        )]
        let count = ((real(pixels) / reduction).round() as usize).max(2);
        let mean = |i: usize| {
            // The weight of pixel k is the part of [k, k + 1) between the fractions i and i + 1 of `count`.
            let (low, high) = (i * pixels, (i + 1) * pixels);
            let (first, end) = (low / count, high.div_ceil(count));
            let part = |k: usize| high.min((k + 1) * count) - low.max(k * count);
            let weights = (first..end).map(|k| real(part(k)) / real(pixels));
            (first, weights.collect())
        };
        Self((0..count).map(mean).collect())
    }

    /// Returns a Gaussian of this standard deviation, truncated at four deviations and at the border.
    fn blur(pixels: usize, deviation: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "deviations are at most 64"
        )]
        let reach = (4.0 * deviation).ceil() as usize;
        let mean = |i: usize| {
            let first = i.saturating_sub(reach);
            let end = (i + reach + 1).min(pixels);
            let weight = |k: usize| (-0.5 * (real(k.abs_diff(i)) / deviation).powi(2)).exp();
            let sum: f64 = (first..end).map(weight).sum();
            (first, (first..end).map(|k| weight(k) / sum).collect())
        };
        Self((0..pixels).map(mean).collect())
    }

    /// Applies the means along the rows of `columns` pixels.
    fn across<T: Copy + Into<f64>>(&self, pixels: &[T], columns: usize) -> Vec<f64> {
        let rows = pixels.chunks_exact(columns);
        let mixed = rows.flat_map(|row| {
            self.0.iter().map(|(first, weights)| {
                let terms = weights.iter().zip(&row[*first..]);
                terms.map(|(weight, pixel)| weight * (*pixel).into()).sum()
            })
        });
        mixed.collect()
    }

    /// Applies the means along the columns, for rows of `columns` pixels.
    fn down(&self, pixels: &[f64], columns: usize) -> Vec<f64> {
        let mut mixed = vec![0.0; self.0.len() * columns];
        for (out, (first, weights)) in mixed.chunks_exact_mut(columns).zip(&self.0) {
            let rows = pixels.chunks_exact(columns).skip(*first);
            for (weight, row) in weights.iter().zip(rows) {
                for (out, pixel) in out.iter_mut().zip(row) {
                    *out += weight * pixel;
                }
            }
        }
        mixed
    }
}

/// Returns three hills in a valley, 65 × 65 pixels.
fn built_in() -> Picture {
    let luma = |x: f64, y: f64| {
        let hill = |at: [f64; 2], height: f64, width: f64| {
            let square = (x - at[0]).powi(2) + (y - at[1]).powi(2);
            height * (-0.5 * square / (width * width)).exp()
        };
        0.1 + 0.2 * (x * x + y * y)
            + hill([-0.7, 0.5], 0.5, 0.25)
            + hill([0.5, 0.4], 0.45, 0.2)
            + hill([0.1, -0.6], 0.4, 0.3)
    };
    let axis = || (-32..=32).map(|i| f64::from(i) / 32.0);
    #[expect(clippy::cast_possible_truncation, reason = "a shade of grey")]
    let luma = axis().flat_map(|y| axis().map(move |x| luma(x, -y) as f32));
    Picture {
        size: [65, 65],
        luma: luma.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;

    /// Any file is this picture.
    struct Only(Picture);

    impl Files for Only {
        fn picture(&self, _path: &str) -> Result<Picture, String> {
            Ok(self.0.clone())
        }
    }

    fn problem(
        settings: &str,
        size: [usize; 2],
        luma: impl Fn(f32, f32) -> f32,
    ) -> LoadedLandscape {
        let mut image = Image::default();
        crate::engine::declare::spec::read_settings("image", settings, &mut image).unwrap();
        image.file = "a.png".to_owned();
        let number = |k: usize| f32::from(u16::try_from(k).unwrap());
        let shade = |k: usize| luma(number(k % size[0]), number(k / size[0]));
        let luma = (0..size[0] * size[1]).map(shade).collect();
        image.load(&Only(Picture { size, luma })).unwrap()
    }

    #[test]
    fn pixels_are_squares_and_the_first_row_is_on_top() {
        let shade = |j, i| 0.25 * j + 0.125 * i;
        let problem = problem("width=8,height=2", [5, 3], shade);
        assert_eq!(problem.view, Rect::new([-4.0, 4.0], [-2.0, 2.0]).unwrap());
        for (at, luma) in [
            ([-4.0, 2.0], 0.0),
            ([4.0, 2.0], 1.0),
            ([-4.0, -2.0], 0.25),
            ([0.0, 0.0], 0.625),
        ] {
            let found = problem.objective.value(&at);
            assert!((found - 2.0 * luma).abs() < 1e-12, "{at:?}: {found}");
        }
    }

    #[test]
    fn large_pictures_are_averaged_down() {
        let ramp = |j, i| (j + i) * 0.125;
        let problem = problem("width=2999", [3000, 30], ramp);
        // A ramp stays a ramp up to the steps of its pixels; the centres of the means are a little further inside.
        let [width, height] = [problem.view.width(), problem.view.height()];
        assert!((width - 2999.0).abs() < 1e-9, "{width}");
        assert!((27.0..29.0).contains(&height), "{height}");
        let value = |x| problem.objective.value(&[x, 0.0]);
        let unit = 2999.0 / (3000.0 - 3000.0 / 1024.0);
        let rise = value(1400.0) - value(-1400.0);
        assert!((rise - 0.125 * 2800.0 / unit).abs() < 0.02, "{rise}");
        let middle = value(0.0);
        assert!(
            (middle - 0.125 * 0.5 * (2999.0 + 29.0)).abs() < 1e-6,
            "{middle}"
        );
    }

    #[test]
    fn a_long_strip_keeps_two_rows() {
        let problem = problem("", [4096, 2], |_, i| i);
        assert_eq!(problem.objective.value(&[0.0, problem.view.y()[1]]), 0.0);
        assert_eq!(problem.objective.value(&[0.0, problem.view.y()[0]]), 1.0);
        assert!((problem.view.width() / problem.view.height() - 4092.0).abs() < 1e-6);
    }

    #[test]
    fn blurring_is_a_gaussian() {
        let dot = |j, i| if (j, i) == (20.0, 20.0) { 1.0 } else { 0.0 };
        let problem = problem("width=40,smooth=2", [41, 41], dot);
        let value = |x, y| problem.objective.value(&[x, y]);
        let expected =
            |x: f64, y: f64| (-(x * x + y * y) / 8.0).exp() / (8.0 * std::f64::consts::PI);
        for [x, y] in [[0.0, 0.0], [2.0, 0.0], [-1.0, 3.0], [5.0, -4.0]] {
            let (found, expected) = (value(x, y), expected(x, y));
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        }
        let flat = super::RowFilter::blur(5, 3.0).across(&[0.5; 5], 5);
        assert!(flat.iter().all(|shade| (shade - 0.5).abs() < 1e-15));
    }

    #[test]
    fn the_built_in_hills_are_shades_of_grey() {
        let Picture { size, luma } = built_in();
        assert_eq!(luma.len(), size[0] * size[1]);
        assert!(luma.iter().all(|shade| (0.0..=1.0).contains(shade)));
        let problem = Image::default().load(&NoFiles).unwrap();
        let [hill, valley] = [[-0.7, 0.5], [-0.2, 0.0]].map(|at| problem.objective.value(&at));
        assert!(hill > 0.7 && valley < 0.2, "{hill} {valley}");
    }
}
