//! Benchmark of slices of networks and of training against PyTorch and JAX on equal cores.
//!
//! ```sh
//! pip install torch jax optax
//! cargo bench --bench networks --no-default-features
//! ```

mod rival;

use ravine::engine::cancel::Cancel;
use ravine::engine::files::NoFiles;
use ravine::engine::geometry::surface::Surface;
use ravine::engine::network::data::{AnyDataset, Data, Targets};
use ravine::engine::network::{AnyNetwork, NetworkLoss, Precision};
use ravine::engine::objective::plane::{Plane, Rect};
use ravine::engine::objective::{GradientSettings, Objective};
use ravine::engine::training::{RunSettings, run};
use rival::{Table, median_ms};
use serde_json::{Value, json};

/// Number of points along each side of a slice.
const POINTS: usize = 101;
/// Size and number of the mini-batches of training.
const BATCH: usize = 32;
const STEPS: usize = 2_000;

/// A network with its data.
struct Case {
    name: &'static str,
    network: AnyNetwork,
    data: Data,
}

impl Case {
    fn new(name: &'static str, network: &str, data: &str) -> Self {
        let data: AnyDataset = data.parse().expect("a data set");
        Self {
            name,
            network: network.parse().expect("a network"),
            data: data.as_dyn().data(&NoFiles).expect("no files"),
        }
    }

    fn loss(&self) -> NetworkLoss {
        NetworkLoss::new(&self.network, &self.data).expect("data that fit")
    }

    /// Returns the initial parameters, and two directions.
    fn plane(&self) -> [Vec<f64>; 3] {
        [0, 1, 2].map(|seed| self.loss().init_params(seed))
    }

    fn question(&self) -> Value {
        let classes: Vec<f64> = match self.data.targets() {
            Targets::Numbers { numbers, .. } => numbers.clone(),
            Targets::Classes { classes, .. } => classes.iter().map(|class| real(*class)).collect(),
        };
        let settings = self.network.to_string();
        let has = |word: &str| settings.contains(word);
        json!({
            "name": self.name,
            "widths": self.loss().widths(),
            "activation": if has("relu") { "relu" } else { "tanh" },
            "loss": if has("loss=ce") { "ce" } else { "bce" },
            "inputs": self.data.inputs(),
            "classes": classes,
            "plane": self.plane(),
            "points": POINTS,
            "steps": STEPS,
            "batch": BATCH,
        })
    }
}

fn main() {
    let digits = "mlp:hidden=128,activation=relu,loss=ce";
    let moons = "mlp:hidden=64/64,activation=tanh,loss=bce";
    let cases = [
        Case::new("digits 64-128-10", digits, "digits"),
        Case::new("moons 2-64-64-1", moons, "moons:samples=1000"),
    ];
    let question = json!({
        "threads": std::thread::available_parallelism().map_or(1, usize::from),
        "slices": cases.each_ref().map(Case::question),
        "training": cases[0].question(),
    });
    let table = Table::new(rival::ask("networks.py", &question), "point");
    for case in &cases {
        for (digits, precision, tolerance) in [
            ("f64", Precision::Double, 1e-10),
            ("f32", Precision::Single, 1e-4),
        ] {
            let (ms, surface) = slice(case, precision);
            let count = real(surface.values.len());
            let mean = surface.values.iter().sum::<f64>() / count;
            let name = format!("slice {} {digits}", case.name);
            table.row(&name, ms, count, mean, tolerance);
        }
    }
    let ms = train(&cases[0]);
    for rival in ["torch", "jax"] {
        table.row(&format!("adam {rival}"), ms, real(STEPS), 0.0, 0.0);
    }
    peak(&cases);
}

fn real(count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let real = count as f64;
    real
}

fn slice(case: &Case, precision: Precision) -> (f64, Surface) {
    let loss = case.loss().with_surfaces_in(precision);
    let [origin, u, v] = case.plane();
    let plane = Plane::new(origin, u, v).expect("one length");
    median_ms(5, || {
        let never = Cancel::default();
        Surface::sample(&loss, &plane, Rect::square(1.0), POINTS, POINTS, &never)
            .expect("never cancelled")
    })
}

/// Prints the rate of multiplications and additions of a slice, without the negligible first layer; for one hidden layer of ReLUs, whose
/// rows need no products, of those that evaluating point by point would need.
fn peak(cases: &[Case]) {
    println!("\nGFLOP/s of products in a slice, or of those that it spares, all cores:");
    for case in cases {
        let widths = case.loss().widths().to_vec();
        let products: usize = widths
            .windows(2)
            .skip(1)
            .map(|pair| pair[0] * pair[1])
            .sum();
        let work = real(2 * products * case.data.samples() * POINTS * POINTS);
        for (digits, precision) in [("f64", Precision::Double), ("f32", Precision::Single)] {
            let (ms, _) = slice(case, precision);
            println!("{:20} {digits} {:8.1}", case.name, work / ms * 1e-6);
        }
    }
}

/// Trains with mini-batches and records only the ends of the run.
fn train(case: &Case) -> f64 {
    let loss = case.loss();
    let start = loss.init_params(0);
    let spec = "adam:lr=1e-3".parse().expect("a run");
    let run_settings = RunSettings {
        steps: STEPS as u64,
        gradient_settings: GradientSettings {
            batch: Some(BATCH),
            ..GradientSettings::default()
        },
        tolerance: None,
        record_every: STEPS as u64,
    };
    let objective: &dyn Objective = &loss;
    let (ms, _) = median_ms(5, || {
        run(objective, &start, &spec, &run_settings, &Cancel::default()).expect("never cancelled")
    });
    ms
}
