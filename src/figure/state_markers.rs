//! Markers of the optimizer state on the map: the next step, true to scale, the directions that it combines, the points that
//! the optimizer keeps or evaluates, and trust regions.

use super::axis::number;
use super::colour::{Marker, Theme, run_colour};
use super::drawing::{Anchor, Area, Colour, Item, Point, Text, circle};
use super::frame::Frame;
use super::labels::{Importance, Label, Labels, Positions};
use super::text_width;
use super::trail::line;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::objective::norm;
use crate::engine::training::{OptimizerState, OptimizerStateKind, StepInspection, Trajectory};

/// Lengths of the shortest and the longest arrow of a direction, in points. Only the arrow of the step is true to scale.
const ARROW_LENGTHS: [f64; 2] = [26.0, 72.0];

/// Points by which the arrow of the negative gradient is shorter for each power of ten of the gradient's norm.
const POINTS_PER_DECADE: f64 = 12.0;

/// Length below which the negative gradient is drawn as a dot, in points.
const MIN_ARROW_LENGTH: f64 = 6.0;

/// Returns the length of the arrow of a gradient with norm `norm`, in points: the longest for the norm at the run's start and above,
/// [`POINTS_PER_DECADE`] shorter for each power of ten below. 0 stands for a dot.
fn gradient_length(norm: f64, start_norm: f64) -> f64 {
    let decades = (norm / start_norm).log10();
    let length = (ARROW_LENGTHS[1] + POINTS_PER_DECADE * decades).clamp(0.0, ARROW_LENGTHS[1]);
    if length >= MIN_ARROW_LENGTH {
        length
    } else {
        0.0
    }
}

/// Returns the number of the step that a run takes after `row` steps, or of its last step; `None` if it takes none.
pub fn next_step(trajectory: &Trajectory, row: usize) -> Option<u64> {
    let last = trajectory.len().checked_sub(1)?;
    let step = row.saturating_add(1).min(last);
    (step > 0).then_some(step as u64)
}

/// Draws the markers of a step, on a landscape of two parameters; nothing on a graph. `style_index` is the run's; names are added to `labels`.
///
/// The length of the arrow of the negative gradient is logarithmic in its norm, relative to that at `start`, as a key in the corner says.
/// Directions and evaluated points are those of the step itself; other state is shown as it was before the step.
pub fn state_markers(
    problem: &LoadedLandscape,
    start: &[f64],
    inspection: &StepInspection,
    style_index: usize,
    frame: &Frame,
    labels: &mut Labels,
    theme: &Theme,
) -> Vec<Item> {
    let (&[x, y], Some(to)) = (&inspection.theta[0][..], pair(&inspection.theta[1])) else {
        return Vec::new();
    };
    let mut gradient = [0.0; 2];
    problem.objective.gradient(&[x, y], &mut gradient);
    let mut start_gradient = [0.0; 2];
    problem.objective.gradient(start, &mut start_gradient);
    let start_norm = norm(&start_gradient);
    let mut markers = StateMarkers::new([x, y], run_colour(style_index, theme), frame, theme);
    markers.gradient_key(start_norm);
    let before = |after: &OptimizerState| {
        let is_same = |before: &&OptimizerState| before.symbol == after.symbol;
        inspection.state[0].iter().find(is_same)
    };
    let downhill = |numbers: &[f64]| Some(pair(numbers)?.map(|number| -number));
    let mut directions = Vec::new();
    for after in &inspection.state[1] {
        let (symbol, numbers) = (after.symbol, &after.numbers);
        let numbers_before = before(after).map_or(&[][..], |before| &before.numbers);
        match after.kind {
            OptimizerStateKind::Direction => {
                directions.push((format!("−{symbol}"), downhill(numbers)));
            }
            OptimizerStateKind::Step => directions.push((symbol.to_owned(), pair(numbers))),
            OptimizerStateKind::Place => markers.point(symbol, numbers_before),
            OptimizerStateKind::Places => markers.corners(symbol, numbers_before),
            OptimizerStateKind::Trials => markers.trials(symbol, numbers),
            OptimizerStateKind::Radius => markers.circle(symbol, numbers_before),
            OptimizerStateKind::Spread => markers.ellipse(symbol, numbers_before),
            OptimizerStateKind::Each | OptimizerStateKind::Number => {}
        }
    }
    markers.step(to);
    markers.gradient(gradient, start_norm);
    markers.directions(&directions);
    markers.finish(labels)
}

fn pair(numbers: &[f64]) -> Option<[f64; 2]> {
    match *numbers {
        [x, y] if x.is_finite() && y.is_finite() => Some([x, y]),
        _ => None,
    }
}

/// Returns the points whose coordinates follow each other in `numbers`.
fn pairs(numbers: &[f64]) -> impl Iterator<Item = [f64; 2]> {
    numbers.chunks_exact(2).filter_map(pair)
}

/// The markers of a step, as they are drawn.
struct StateMarkers<'a> {
    /// θ before the step.
    theta: [f64; 2],
    /// θ in the picture.
    at: Point,
    colour: Colour,
    frame: &'a Frame,
    theme: &'a Theme,
    items: Vec<Item>,
    /// Areas that names avoid.
    taken: Vec<Area>,
    /// Names, each with the end of the arrow or line that it belongs to.
    names: Vec<(String, Point)>,
}

impl<'a> StateMarkers<'a> {
    fn new(theta: [f64; 2], colour: Colour, frame: &'a Frame, theme: &'a Theme) -> Self {
        let at = frame.picture_from_world(theta);
        Self {
            theta,
            at,
            colour,
            frame,
            theme,
            items: Vec::new(),
            taken: vec![square_around(at, 7.0)],
            names: Vec::new(),
        }
    }

    /// Returns the length of a direction in the picture.
    fn picture_length(&self, [x, y]: [f64; 2]) -> f64 {
        let Frame { area, window } = self.frame;
        let scale = [
            f64::from(area.width()) / window.width(),
            f64::from(area.height()) / window.height(),
        ];
        (x * scale[0]).hypot(y * scale[1])
    }

    /// Returns the tip of an arrow from θ along a direction, `length` points long.
    fn tip(&self, [x, y]: [f64; 2], length: f64) -> Point {
        // Dividing first avoids overflow.
        let unit = self.picture_length([x, y]);
        let [ux, uy] = [x / unit, y / unit];
        let to = [self.theta[0] + length * ux, self.theta[1] + length * uy];
        self.frame.picture_from_world(to)
    }

    /// Draws the negative gradient, as a dot where it is tiny.
    fn gradient(&mut self, [x, y]: [f64; 2], start_norm: f64) {
        let length = gradient_length(norm(&[x, y]), start_norm);
        let is_drawable = |length: f64| length > f64::MIN_POSITIVE && length.is_finite();
        if is_drawable(length) && is_drawable(self.picture_length([x, y])) {
            let tip = self.tip([-x, -y], length);
            self.arrow(tip, 1.7, self.theme.ink);
            self.label("−∇f", tip);
        } else {
            let dot = Item::filled(circle(self.at, 2.2, 16), self.theme.ink);
            self.items.push(dot);
        }
    }

    /// Draws what the length of the negative gradient means, in the lower left corner of the frame.
    fn gradient_key(&mut self, start_norm: f64) {
        let text = format!(
            "−∇f: this long at ‖∇f‖ ≥ {} (at the start), {POINTS_PER_DECADE} pt shorter per factor 10",
            number(start_norm, 3)
        );
        let area = self.frame.area;
        let (x, y) = (area.min[0] + 8.0, area.max[1] - 10.0);
        #[expect(clippy::cast_possible_truncation, reason = "a length in points")]
        let end = x + ARROW_LENGTHS[1] as f32;
        for (width, colour) in [(3.9, self.theme.halo), (1.7, self.theme.ink)] {
            self.items
                .push(line(vec![[x, y], [end, y]], width, colour, &[]));
            let head = vec![[end - 5.0, y - 3.0], [end, y], [end - 5.0, y + 3.0]];
            self.items.push(line(head, width, colour, &[]));
        }
        let text = text_width::fitted(&text, 10.5, area.max[0] - end - 12.0);
        let right = end + 6.0 + text_width::width(&text, 10.5);
        let label = Text::new(text, [end + 6.0, y], Anchor::Start, 10.5, self.theme.ink);
        self.items
            .push(Item::Text(label.with_halo(self.theme.halo)));
        self.taken
            .push(Area::new([x, y - 8.0], [right + 4.0, y + 8.0]));
    }

    /// Draws arrows of readable lengths, the longest for the longest direction.
    fn directions(&mut self, directions: &[(String, Option<[f64; 2]>)]) {
        let finite: Vec<_> = directions
            .iter()
            .filter_map(|(name, direction)| {
                let direction = (*direction)?;
                Some((name, direction, self.picture_length(direction)))
            })
            .filter(|(_, _, length)| *length > f64::MIN_POSITIVE && length.is_finite())
            .collect();
        let lengths = finite.iter().map(|(_, _, length)| *length);
        let max_length = lengths.fold(0.0, f64::max);
        for (name, direction, length) in finite {
            let [shortest, longest] = ARROW_LENGTHS;
            let drawn = shortest + (longest - shortest) * (length / max_length);
            let tip = self.tip(direction, drawn);
            self.arrow(tip, 1.7, self.colour);
            self.label(name, tip);
        }
    }

    /// Draws the step's arrow, true to scale.
    fn step(&mut self, to: [f64; 2]) {
        let tip = self.frame.picture_from_world(to);
        if distance(self.at, tip) > 3.0 {
            self.arrow(tip, 3.4, self.colour);
            self.label("step", tip);
        }
    }

    fn arrow(&mut self, tip: Point, width: f32, colour: Colour) {
        let length = distance(self.at, tip);
        let [ux, uy] =
            [0, 1].map(|axis| (tip[axis] - self.at[axis]) / length.max(f32::MIN_POSITIVE));
        let (back, half_width) = ((2.0 + 2.6 * width).min(0.6 * length), 1.2 + 1.3 * width);
        let barb = [half_width, -half_width].map(|sideways| {
            [
                tip[0] - ux * back - uy * sideways,
                tip[1] - uy * back + ux * sideways,
            ]
        });
        let head = || vec![barb[0], tip, barb[1]];
        let shaft = || vec![self.at, tip];
        let shares = [0.0_f32, 0.2, 0.4, 0.6, 0.8, 1.0];
        let along = shares
            .map(|share| [0, 1].map(|axis| self.at[axis] + share * (tip[axis] - self.at[axis])));
        self.taken
            .extend(along.map(|point| square_around(point, 2.5)));
        let halo = self.theme.halo;
        for (width, colour) in [(width + 2.2, halo), (width, colour)] {
            self.items.push(line(shaft(), width, colour, &[]));
            self.items.push(line(head(), width, colour, &[]));
        }
    }

    fn label(&mut self, name: &str, at: Point) {
        self.names.push((name.to_owned(), at));
    }

    /// Returns the markers; adds their names, beyond the ends of arrows and lines, to the labels.
    fn finish(self, labels: &mut Labels) -> Vec<Item> {
        for area in self.taken {
            labels.block(area);
        }
        for (name, end) in self.names {
            let length = distance(self.at, end);
            let away = if length > 0.5 {
                [0, 1].map(|axis| (end[axis] - self.at[axis]) / length)
            } else {
                [0.0, -1.0]
            };
            labels.add(Label {
                positions: Positions::Toward(away),
                ..Label::new(Importance::State, name, end, 1.0)
            });
        }
        self.items
    }

    /// Draws a point that the optimizer keeps, joined to θ.
    fn point(&mut self, symbol: &str, numbers: &[f64]) {
        for point in pairs(numbers).take(1) {
            let point = self.frame.picture_from_world(point);
            if distance(self.at, point) > 2.0 {
                self.thin_path(&[self.at, point], false);
                let marker = Marker::Diamond.items(point, 4.0, self.colour, self.theme.halo);
                self.items.extend(marker);
                self.label(symbol, point);
            }
        }
    }

    /// Draws points that the optimizer keeps as the corners of a polygon.
    fn corners(&mut self, symbol: &str, numbers: &[f64]) {
        let corners = self.picture_points(numbers);
        self.thin_path(&corners, true);
        self.label_highest(symbol, &corners);
    }

    fn picture_points(&self, numbers: &[f64]) -> Vec<Point> {
        let points = pairs(numbers).map(|point| self.frame.picture_from_world(point));
        points.collect()
    }

    /// Draws points that the step evaluates as dots; a single one is joined to θ.
    fn trials(&mut self, symbol: &str, numbers: &[f64]) {
        let points = self.picture_points(numbers);
        if let [point] = *points {
            self.thin_path(&[self.at, point], false);
        }
        for point in &points {
            let dot = Marker::Circle.items(*point, 3.2, self.theme.background, self.colour);
            self.items.extend(dot);
        }
        self.label_highest(symbol, &points);
    }

    fn label_highest(&mut self, symbol: &str, points: &[Point]) {
        let highest = points.iter().min_by(|a, b| a[1].total_cmp(&b[1]));
        if let Some(highest) = highest.filter(|point| self.frame.area.contains(**point)) {
            self.label(symbol, *highest);
        }
    }

    /// Draws the circle of a radius around θ.
    fn circle(&mut self, symbol: &str, numbers: &[f64]) {
        if let [radius] = *numbers {
            self.linear_image_of_circle(symbol, [[radius, 0.0], [0.0, radius]]);
        }
    }

    /// Draws the ellipse of points one standard deviation from θ, given the covariance.
    fn ellipse(&mut self, symbol: &str, numbers: &[f64]) {
        if let [xx, xy, _, yy] = *numbers {
            // Cholesky: the ellipse is the image of the unit circle under L, where L Lᵀ is the covariance.
            let l11 = xx.sqrt();
            let l21 = xy / l11;
            let l22 = (yy - l21 * l21).max(0.0).sqrt();
            self.linear_image_of_circle(symbol, [[l11, l21], [0.0, l22]]);
        }
    }

    /// Draws the image of the unit circle under the matrix with columns a and b, around θ.
    fn linear_image_of_circle(&mut self, symbol: &str, [a, b]: [[f64; 2]; 2]) {
        if !a.iter().chain(&b).all(|number| number.is_finite()) {
            return;
        }
        let point = |corner: u8| {
            let (sin, cos) = (f64::from(corner) / 64.0 * std::f64::consts::TAU).sin_cos();
            let world = [0, 1].map(|axis| self.theta[axis] + cos * a[axis] + sin * b[axis]);
            self.frame.picture_from_world(world)
        };
        let points: Vec<Point> = (0..64).map(point).collect();
        self.thin_path(&points, true);
        self.label_highest(symbol, &points);
    }

    fn thin_path(&mut self, points: &[Point], closed: bool) {
        for (width, colour) in [(3.0, self.theme.halo), (1.2, self.colour)] {
            let points = points.to_vec();
            self.items.push(if closed {
                Item::outline(points, width, colour)
            } else {
                line(points, width, colour, &[])
            });
        }
    }
}

/// Returns the square of half a side around a point.
fn square_around([x, y]: Point, half: f32) -> Area {
    Area::new([x - half, y - half], [x + half, y + half])
}

fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[cfg(test)]
mod tests;
