//! What moves a run, on the map: the step that comes next, true to scale, the directions that it is made of, the places that
//! the rule keeps or looks at, and how far it may go.

use super::colour::{Marker, Theme, run_colour};
use super::drawing::{Area, Colour, Item, Point, Stroke};
use super::frame::Frame;
use super::labels::{Labels, around};
use super::trail::line;
use crate::engine::landscape::LoadedLandscape;
use crate::engine::training::{OptimizerState, OptimizerStateKind, StepInspection, Trajectory};

/// Lengths of the shortest and the longest arrow of a direction, in points. Only the step is true to scale.
const ARROWS: [f64; 2] = [26.0, 72.0];

/// The number of the step that a run takes next after `row` steps, or of its last one; `None` if it takes none.
pub fn next_step(trajectory: &Trajectory, row: usize) -> Option<u64> {
    let last = trajectory.len().checked_sub(1)?;
    let step = row.saturating_add(1).min(last);
    (step > 0).then_some(step as u64)
}

/// The area that the marker of the start takes up.
pub fn start_area(start: [f64; 2], frame: &Frame) -> Area {
    around(frame.picture_from_world(start), 8.0)
}

/// A step of a run that has such a colour, on a landscape of two parameters; nothing on a graph. Names keep out of `taken`.
///
/// What the step finds out, and the directions that it goes by, are those of the step; what is kept from step to step is as it is
/// before it.
pub fn state_markers(
    problem: &LoadedLandscape,
    look: &StepInspection,
    colour: usize,
    taken: Vec<Area>,
    frame: &Frame,
    theme: &Theme,
) -> Vec<Item> {
    let (&[x, y], Some(to)) = (&look.theta[0][..], pair(&look.theta[1])) else {
        return Vec::new();
    };
    let mut gradient = [0.0; 2];
    problem.objective.gradient(&[x, y], &mut gradient);
    let mut sketch = StateMarkers::new([x, y], run_colour(colour, theme), taken, frame, theme);
    let before = |after: &OptimizerState| {
        let same = |before: &&OptimizerState| before.symbol == after.symbol;
        look.state[0].iter().find(same)
    };
    let downhill = |numbers: &[f64]| Some(pair(numbers)?.map(|number| -number));
    let mut directions = vec![("−∇f".to_owned(), downhill(&gradient))];
    for carried in &look.state[1] {
        let (symbol, numbers) = (carried.symbol, &carried.numbers);
        let kept = before(carried).map_or(&[][..], |before| &before.numbers);
        match carried.kind {
            OptimizerStateKind::Direction => {
                directions.push((format!("−{symbol}"), downhill(numbers)))
            }
            OptimizerStateKind::Step => directions.push((symbol.to_owned(), pair(numbers))),
            OptimizerStateKind::Place => sketch.place(symbol, kept),
            OptimizerStateKind::Places => sketch.corners(symbol, kept),
            OptimizerStateKind::Trials => sketch.trials(symbol, numbers),
            OptimizerStateKind::Radius => sketch.circle(symbol, kept),
            OptimizerStateKind::Spread => sketch.ellipse(symbol, kept),
            OptimizerStateKind::Each | OptimizerStateKind::Number => {}
        }
    }
    sketch.step(to);
    sketch.directions(&directions);
    sketch.finish()
}

fn pair(numbers: &[f64]) -> Option<[f64; 2]> {
    match *numbers {
        [x, y] if x.is_finite() && y.is_finite() => Some([x, y]),
        _ => None,
    }
}

/// The places in many numbers.
fn pairs(numbers: &[f64]) -> impl Iterator<Item = [f64; 2]> {
    numbers.chunks_exact(2).filter_map(pair)
}

/// What is drawn around a place.
struct StateMarkers<'a> {
    theta: [f64; 2],
    at: Point,
    colour: Colour,
    frame: &'a Frame,
    theme: &'a Theme,
    items: Vec<Item>,
    /// What names keep out of.
    taken: Vec<Area>,
    /// Names, and the ends that they belong to.
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
        taken.push(around(at, 7.0));
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

    /// Arrows of readable lengths, the longest for the longest direction. The first direction is the landscape's own.
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
        let known: Vec<_> = all
            .filter_map(|((name, direction), colour)| {
                let direction = (*direction)?;
                Some((name, direction, length(direction), colour))
            })
            .filter(|(_, _, length, _)| *length > f64::MIN_POSITIVE && length.is_finite())
            .collect();
        let lengths = known.iter().map(|(_, _, length, _)| *length);
        let longest = lengths.fold(0.0, f64::max);
        for (name, [x, y], length, colour) in known {
            let [short, long] = ARROWS;
            // Divided first, so that nothing overflows.
            let [ux, uy] = [x / length, y / length];
            let drawn = short + (long - short) * (length / longest);
            let tip = [self.theta[0] + drawn * ux, self.theta[1] + drawn * uy];
            let tip = self.frame.picture_from_world(tip);
            self.arrow(tip, 1.7, colour);
            self.label(name, tip);
        }
    }

    /// The step as long as it is.
    fn step(&mut self, to: [f64; 2]) {
        let tip = self.frame.picture_from_world(to);
        if apart(self.at, tip) > 3.0 {
            self.arrow(tip, 3.4, self.colour);
            self.label("step", tip);
        }
    }

    fn arrow(&mut self, tip: Point, width: f32, colour: Colour) {
        let length = apart(self.at, tip);
        let [ux, uy] =
            [0, 1].map(|axis| (tip[axis] - self.at[axis]) / length.max(f32::MIN_POSITIVE));
        let (back, aside) = ((2.0 + 2.6 * width).min(0.6 * length), 1.2 + 1.3 * width);
        let barb = [aside, -aside].map(|aside| {
            [
                tip[0] - ux * back - uy * aside,
                tip[1] - uy * back + ux * aside,
            ]
        });
        let head = || vec![barb[0], tip, barb[1]];
        let shaft = || vec![self.at, tip];
        let steps = [0.0_f32, 0.2, 0.4, 0.6, 0.8, 1.0];
        let along = steps
            .map(|share| [0, 1].map(|axis| self.at[axis] + share * (tip[axis] - self.at[axis])));
        self.taken.extend(along.map(|point| around(point, 2.5)));
        let halo = self.theme.halo;
        for (width, colour) in [(width + 2.2, halo), (width, colour)] {
            self.items.push(line(shaft(), width, colour, &[]));
            self.items.push(line(head(), width, colour, &[]));
        }
    }

    fn label(&mut self, name: &str, at: Point) {
        self.names.push((name.to_owned(), at));
    }

    /// All that was drawn, with names beyond the ends of what goes out from here.
    fn finish(self) -> Vec<Item> {
        let mut labels = Labels::new(self.taken, self.frame, self.theme);
        for (name, end) in &self.names {
            let length = apart(self.at, *end);
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

    /// A place that is kept, joined to here.
    fn place(&mut self, symbol: &str, numbers: &[f64]) {
        for place in pairs(numbers).take(1) {
            let place = self.frame.picture_from_world(place);
            if apart(self.at, place) > 2.0 {
                self.thin(&[self.at, place], false);
                let marker = Marker::Diamond.items(place, 4.0, self.colour, self.theme.halo);
                self.items.extend(marker);
                self.label(symbol, place);
            }
        }
    }

    /// Places that are kept, as the corners of a figure.
    fn corners(&mut self, symbol: &str, numbers: &[f64]) {
        let places = pairs(numbers).map(|place| self.frame.picture_from_world(place));
        let places: Vec<Point> = places.collect();
        self.thin(&places, true);
        self.label_highest(symbol, &places);
    }

    /// Places that the step looked at; one alone is joined to here.
    fn trials(&mut self, symbol: &str, numbers: &[f64]) {
        let places = pairs(numbers).map(|place| self.frame.picture_from_world(place));
        let places: Vec<Point> = places.collect();
        if let [place] = *places {
            self.thin(&[self.at, place], false);
        }
        for place in &places {
            let dot = Marker::Circle.items(*place, 3.2, self.theme.background, self.colour);
            self.items.extend(dot);
        }
        self.label_highest(symbol, &places);
    }

    fn label_highest(&mut self, symbol: &str, places: &[Point]) {
        let highest = places.iter().min_by(|a, b| a[1].total_cmp(&b[1]));
        if let Some(highest) = highest.filter(|place| self.frame.area.contains(**place)) {
            self.label(symbol, *highest);
        }
    }

    /// The circle of a radius.
    fn circle(&mut self, symbol: &str, numbers: &[f64]) {
        if let [radius] = *numbers {
            self.ring(symbol, [[radius, 0.0], [0.0, radius]]);
        }
    }

    /// The places one standard deviation away, given the covariance.
    fn ellipse(&mut self, symbol: &str, numbers: &[f64]) {
        if let [xx, xy, _, yy] = *numbers {
            // Cholesky: the ellipse is a circle, stretched by L where L Lᵀ is the covariance.
            let along = xx.sqrt();
            let lean = xy / along;
            let across = (yy - lean * lean).max(0.0).sqrt();
            self.ring(symbol, [[along, lean], [0.0, across]]);
        }
    }

    /// A circle that two vectors span.
    fn ring(&mut self, symbol: &str, [a, b]: [[f64; 2]; 2]) {
        if !a.iter().chain(&b).all(|number| number.is_finite()) {
            return;
        }
        let point = |corner: u8| {
            let (sin, cos) = (f64::from(corner) / 64.0 * std::f64::consts::TAU).sin_cos();
            let world = [0, 1].map(|axis| self.theta[axis] + cos * a[axis] + sin * b[axis]);
            self.frame.picture_from_world(world)
        };
        let points: Vec<Point> = (0..64).map(point).collect();
        self.thin(&points, true);
        self.label_highest(symbol, &points);
    }

    fn thin(&mut self, points: &[Point], closed: bool) {
        for (width, colour) in [(3.0, self.theme.halo), (1.2, self.colour)] {
            let stroke = Some(Stroke {
                width,
                colour,
                dash: &[],
            });
            let points = points.to_vec();
            self.items.push(Item::Path {
                points,
                closed,
                stroke,
                fill: None,
            });
        }
    }
}

fn apart(a: Point, b: Point) -> f32 {
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
        let look = training::inspect_step(objective, start, spec, &run_settings, step, &never);
        let draw = |look: StepInspection| {
            state_markers(&problem, &look, 0, Vec::new(), &frame, &Theme::LIGHT)
        };
        (look.map(draw).unwrap_or_default(), frame)
    }

    fn names(items: &[Item]) -> Vec<&str> {
        fn name(item: &Item) -> Option<&str> {
            match item {
                Item::Text(text) => Some(&text.text),
                _ => None,
            }
        }
        items.iter().filter_map(name).collect()
    }

    #[test]
    fn each_kind_of_thing_is_drawn_by_its_name() {
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
    fn the_step_ends_where_the_run_goes() {
        let (items, frame) = drawn("quadratic:a=1,b=1", &"sgd:lr=0.5".parse().unwrap(), 0);
        let to = frame.picture_from_world([-2.0, 1.0]);
        let ends =
            |item: &Item| matches!(item, Item::Path { points, .. } if points.last() == Some(&to));
        assert!(items.iter().any(ends), "from (−4, 2) halfway to 0");
    }

    #[test]
    fn names_keep_apart_and_inside_whatever_the_rule() {
        let around = AnyWrapper::all().into_iter().map(Some);
        let wrappers: Vec<_> = std::iter::once(None).chain(around).collect();
        for landscape in ["rosenbrock", "quadratic:a=1,b=4"] {
            for optimizer in AnyOptimizer::all() {
                for wrapper in &wrappers {
                    let mut spec = RunSpec::new(optimizer.clone());
                    spec.wrappers.extend(wrapper.clone());
                    let (items, frame) = drawn(landscape, &spec, 7);
                    let texts: Vec<_> = items
                        .iter()
                        .filter_map(|item| match item {
                            Item::Text(text) => Some(text),
                            _ => None,
                        })
                        .collect();
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
