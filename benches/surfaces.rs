//! Benchmark of the surface of a landscape and its contour lines against JAX and contourpy on equal cores.
//!
//! ```sh
//! pip install jax contourpy
//! cargo bench --bench surfaces --no-default-features
//! ```

mod rival;

use ravine::engine::cancel::Cancel;
use ravine::engine::files::NoFiles;
use ravine::engine::geometry::contour::{self, Levels};
use ravine::engine::geometry::surface::Surface;
use ravine::engine::landscape::{AnyLandscape, LoadedLandscape, Spacing};
use ravine::engine::objective::plane::Plane;
use rival::{Table, median_ms};
use serde_json::{Map, json};

const NAMES: [&str; 3] = ["rosenbrock", "ackley", "rastrigin"];
/// Grid sides of the surfaces, and of the surfaces for contour lines.
const SIDE: usize = 1024;
const CONTOUR_SIDE: usize = 512;
const LEVELS: usize = 20;

struct Case {
    name: &'static str,
    problem: LoadedLandscape,
    /// The surface for contour lines.
    surface: Surface,
    levels: Vec<f64>,
}

fn main() {
    let cases = NAMES.map(Case::new);
    let asked: Map<_, _> = cases.iter().map(Case::question).collect();
    let question = json!({ "side": SIDE, "contour_side": CONTOUR_SIDE, "cases": asked });
    let table = Table::new(rival::ask("surfaces.py", &question), "point");
    for case in &cases {
        // Reuses the memory of the previous surface, as the rival's allocator does.
        let mut kept = sample(&case.problem, SIDE, Vec::new());
        let (ms, ()) = median_ms(51, || {
            kept = sample(&case.problem, SIDE, std::mem::take(&mut kept.values));
        });
        let sum: f64 = kept.values.iter().sum();
        table.row(
            &format!("surface {}", case.name),
            ms,
            real(SIDE * SIDE),
            sum,
            1e-9,
        );
    }
    for case in &cases {
        let (ms, lines) = median_ms(101, || {
            contour::lines(&case.surface, &case.levels, &Cancel::default())
                .expect("never cancelled")
        });
        let crossings: usize = lines.iter().map(|line| line.points.len()).sum();
        table.row(
            &format!("contours {}", case.name),
            ms,
            real(CONTOUR_SIDE * CONTOUR_SIDE),
            real(crossings),
            1e-3,
        );
    }
}

impl Case {
    fn new(name: &'static str) -> Self {
        let landscape: AnyLandscape = name.parse().expect("a landscape");
        let problem = landscape.as_dyn().load(&NoFiles).expect("no data");
        let surface = sample(&problem, CONTOUR_SIDE, Vec::new());
        let log = landscape.as_dyn().spacing() == Spacing::Log;
        let lowest = problem.minima.iter().map(|mark| mark.value);
        let levels = Levels::choose(&surface, log, lowest.reduce(f64::min), LEVELS);
        Self {
            name,
            problem,
            levels: levels.values().to_vec(),
            surface,
        }
    }

    fn question(&self) -> (String, serde_json::Value) {
        let view = [self.problem.view.x(), self.problem.view.y()];
        (
            self.name.to_owned(),
            json!({ "view": view, "levels": self.levels }),
        )
    }
}

fn sample(problem: &LoadedLandscape, side: usize, memory: Vec<f64>) -> Surface {
    let (objective, plane, never) = (&*problem.objective, Plane::identity(), Cancel::default());
    Surface::sample_into(
        memory,
        objective,
        &plane,
        problem.view,
        [side, side],
        &never,
    )
    .expect("never cancelled")
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn real(count: usize) -> f64 {
    count as f64
}
