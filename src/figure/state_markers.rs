//! Markers of the optimizer state on the map: the next step, true to scale, the directions that it combines, the points that
//! the optimizer keeps or evaluates, and trust regions.

use super::colour::{Marker, Theme, run_colour};
use super::drawing::{Area, Colour, Item, Point};
use super::frame::Frame;
use super::labels::{Labels, square_around};
use super::trail::line;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::training::{OptimizerState, OptimizerStateKind, StepInspection, Trajectory};

/// Lengths of the shortest and the longest arrow of a direction, in points. Only the arrow of the step is true to scale.
const ARROW_LENGTHS: [f64; 2] = [26.0, 72.0];

/// Returns the number of the step that a run takes after `row` steps, or of its last step; `None` if it takes none.
pub fn next_step(trajectory: &Trajectory, row: usize) -> Option<u64> {
    let last = trajectory.len().checked_sub(1)?;
    let step = row.saturating_add(1).min(last);
    (step > 0).then_some(step as u64)
}

/// Returns the area of the start's marker.
pub fn start_area(start: [f64; 2], frame: &Frame) -> Area {
    square_around(frame.picture_from_world(start), 8.0)
}

/// Draws the markers of a step, on a landscape of two parameters; nothing on a graph. `style_index` is the run's; names avoid `taken`.
///
/// Directions and evaluated points are those of the step itself; other state is shown as it was before the step.
pub fn state_markers(
    problem: &LoadedLandscape,
    inspection: &StepInspection,
    style_index: usize,
    taken: Vec<Area>,
    frame: &Frame,
    theme: &Theme,
) -> Vec<Item> {
    let (&[x, y], Some(to)) = (&inspection.theta[0][..], pair(&inspection.theta[1])) else {
        return Vec::new();
    };
    let mut gradient = [0.0; 2];
    problem.objective.gradient(&[x, y], &mut gradient);
    let mut markers =
        StateMarkers::new([x, y], run_colour(style_index, theme), taken, frame, theme);
    let before = |after: &OptimizerState| {
        let is_same = |before: &&OptimizerState| before.symbol == after.symbol;
        inspection.state[0].iter().find(is_same)
    };
    let downhill = |numbers: &[f64]| Some(pair(numbers)?.map(|number| -number));
    let mut directions = vec![("−∇f".to_owned(), downhill(&gradient))];
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
    markers.directions(&directions);
    markers.finish()
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
    fn new(
        theta: [f64; 2],
        colour: Colour,
        mut taken: Vec<Area>,
        frame: &'a Frame,
        theme: &'a Theme,
    ) -> Self {
        let at = frame.picture_from_world(theta);
        taken.push(square_around(at, 7.0));
        Self {
            theta,
            at,
            colour,
            frame,
            theme,
            items: Vec::new(),
            taken,
            names: Vec::new(),
        }
    }

    /// Draws arrows of readable lengths, the longest for the longest direction. The first direction is the landscape's negative gradient.
    fn directions(&mut self, directions: &[(String, Option<[f64; 2]>)]) {
        let Frame { area, window } = self.frame;
        let scale = [
            f64::from(area.width()) / window.width(),
            f64::from(area.height()) / window.height(),
        ];
        let length = |[x, y]: [f64; 2]| (x * scale[0]).hypot(y * scale[1]);
        let all = directions
            .iter()
            .zip(std::iter::once(self.theme.ink).chain(std::iter::repeat(self.colour)));
        let finite: Vec<_> = all
            .filter_map(|((name, direction), colour)| {
                let direction = (*direction)?;
                Some((name, direction, length(direction), colour))
            })
            .filter(|(_, _, length, _)| *length > f64::MIN_POSITIVE && length.is_finite())
            .collect();
        let lengths = finite.iter().map(|(_, _, length, _)| *length);
        let max_length = lengths.fold(0.0, f64::max);
        for (name, [x, y], length, colour) in finite {
            let [shortest, longest] = ARROW_LENGTHS;
            // Dividing first avoids overflow.
            let [ux, uy] = [x / length, y / length];
            let drawn = shortest + (longest - shortest) * (length / max_length);
            let tip = [self.theta[0] + drawn * ux, self.theta[1] + drawn * uy];
            let tip = self.frame.picture_from_world(tip);
            self.arrow(tip, 1.7, colour);
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

    /// Returns the markers, with names beyond the ends of arrows and lines.
    fn finish(self) -> Vec<Item> {
        let mut labels = Labels::new(self.taken, self.frame, self.theme);
        for (name, end) in &self.names {
            let length = distance(self.at, *end);
            let away = if length > 0.5 {
                [0, 1].map(|axis| (end[axis] - self.at[axis]) / length)
            } else {
                [0.0, -1.0]
            };
            labels.add_toward(name, *end, away);
        }
        let mut items = self.items;
        items.extend(labels.into_items());
        items
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

fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cancel::Cancel;
    use crate::engine::files::NoFiles;
    use crate::engine::optimizer::AnyOptimizer;
    use crate::engine::scene::Scene;
    use crate::engine::training::{self, RunSpec};
    use crate::engine::wrapper::AnyWrapper;
    use crate::figure::drawing::texts;

    fn drawn(landscape: &str, spec: &RunSpec, row: usize) -> (Vec<Item>, Frame) {
        let mut scene = Scene::new(landscape.parse().unwrap());
        scene.training.steps = 30;
        let problem = scene.load(&NoFiles).unwrap();
        let area = Area::new([0.0, 0.0], [600.0, 500.0]);
        let frame = Frame::of(problem.objective.dim(), problem.view, area);
        let (run_settings, never) = (scene.run_settings(), Cancel::default());
        let (objective, start) = (&*problem.objective, scene.start_theta());
        let path = training::run(objective, start, spec, &run_settings, &never).unwrap();
        let Some(step) = next_step(&path, row) else {
            return (Vec::new(), frame);
        };
        let inspection =
            training::inspect_step(objective, start, spec, &run_settings, step, &never);
        let draw = |inspection: StepInspection| {
            state_markers(&problem, &inspection, 0, Vec::new(), &frame, &Theme::LIGHT)
        };
        (inspection.map(draw).unwrap_or_default(), frame)
    }

    fn names(items: &[Item]) -> Vec<&str> {
        let names = texts(items).into_iter().map(|text| text.text.as_str());
        names.collect()
    }

    #[test]
    fn each_kind_of_state_is_drawn_with_its_symbol() {
        for (spec, expected) in [
            ("sgd:lr=0.01,momentum=0.9", &["−∇f", "−v", "step"][..]),
            ("sgd:lr=0.01,momentum=0.9,form=polyak", &["−∇f", "v"]),
            ("sgd:lr=0.01+sam:rho=0.8", &["â", "−∇f"]),
            ("sgd:lr=0.01+lookahead:k=9", &["φ", "−∇f"]),
            ("schedulefree-sgd:lr=0.01", &["z", "x"]),
            ("trust-region", &["Δ", "s", "−∇f"]),
            ("cma-es:lr=0.5", &["P", "σ² C"]),
            ("nelder-mead", &["P"]),
        ] {
            let (items, _) = drawn("himmelblau", &spec.parse().unwrap(), 5);
            let names = names(&items);
            for name in expected {
                assert!(names.contains(name), "{spec}: {names:?}");
            }
        }
        assert!(drawn("parabola", &"sgd".parse().unwrap(), 5).0.is_empty());
    }

    #[test]
    fn the_arrow_of_the_step_ends_at_the_next_iterate() {
        let (items, frame) = drawn("quadratic:a=1,b=1", &"sgd:lr=0.5".parse().unwrap(), 0);
        let to = frame.picture_from_world([-2.0, 1.0]);
        let ends =
            |item: &Item| matches!(item, Item::Path { points, .. } if points.last() == Some(&to));
        assert!(items.iter().any(ends), "from (−4, 2) halfway to 0");
    }

    #[test]
    fn names_do_not_overlap_and_are_inside_for_every_optimizer_and_wrapper() {
        let all = AnyWrapper::all().into_iter().map(Some);
        let wrappers: Vec<_> = std::iter::once(None).chain(all).collect();
        for landscape in ["rosenbrock", "quadratic:a=1,b=4"] {
            for optimizer in AnyOptimizer::all() {
                for wrapper in &wrappers {
                    let mut spec = RunSpec::new(optimizer.clone());
                    spec.wrappers.extend(wrapper.clone());
                    let (items, frame) = drawn(landscape, &spec, 7);
                    let texts = texts(&items);
                    for (index, a) in texts.iter().enumerate() {
                        assert!(frame.area.contains(a.at), "{spec}: {}", a.text);
                        for b in &texts[..index] {
                            let [dx, dy] = [0, 1].map(|axis| (a.at[axis] - b.at[axis]).abs());
                            assert!(dx > 8.0 || dy > 12.0, "{spec}: {} on {}", a.text, b.text);
                        }
                    }
                }
            }
        }
    }
}
