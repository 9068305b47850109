//! Benchmark of eigenvalues, traces and densities of Hessians against PyHessian on equal cores.
//!
//! ```sh
//! pip install torch pyhessian
//! cargo bench --bench curvature --no-default-features
//! ```
//!
//! A 2-64-64-1 tanh network on 1,000 moons and a 64-128-10 ReLU network on the digits, each at its initial weights and after 100 steps of
//! training. Both compute λmax to a relative tolerance of 1e-6 from scratch: our time includes the activations that our products share. Our
//! traces are exact; the rival's time is the one it needs for a standard error of 1 %. In the rows `density` both use equal numbers of random
//! vectors and steps; in the rows `equal` the rival uses as many more vectors as it needs until the standard error of its second moment,
//! which eigenvalues far from 0 dominate, is as small as ours.

mod rival;

use ravine::engine::analysis::curvature::{
    Curvature, Density, Estimate, LanczosOptions, LinearOperator, density, lanczos, trace,
};
use ravine::engine::cancel::Cancel;
use ravine::engine::files::NoFiles;
use ravine::engine::network::data::{AnyDataset, Data, Targets};
use ravine::engine::network::{AnyNetwork, NetworkLoss};
use ravine::engine::objective::{GradientSettings, Objective};
use ravine::engine::training::{RunSettings, run};
use rival::{Table, median_ms};
use serde_json::{Value, json};

const VECTORS: usize = 10;
const STEPS: usize = 80;

struct Case {
    name: String,
    network: AnyNetwork,
    data: Data,
    loss: NetworkLoss,
    theta: Vec<f64>,
}

impl Case {
    /// Creates a network on data after `steps` steps of training.
    fn new((name, network, data): (&'static str, &str, &str), steps: u64) -> Self {
        let data: AnyDataset = data.parse().expect("a data set");
        let data = data.as_dyn().data(&NoFiles).expect("no files");
        let network: AnyNetwork = network.parse().expect("a network");
        let loss = NetworkLoss::new(&network, &data).expect("data that fit");
        let run_settings = RunSettings {
            steps,
            gradient_settings: GradientSettings::default(),
            tolerance: None,
            record_every: steps.max(1),
        };
        let spec = "adam:lr=0.01".parse().expect("a run");
        let never = Cancel::default();
        let trained = run(&loss, &loss.init_params(0), &spec, &run_settings, &never);
        let theta = trained.expect("never cancelled");
        let theta = theta.theta(usize::MAX).expect("a last row").to_vec();
        Self {
            name: format!("{name} {steps}"),
            network,
            data,
            loss,
            theta,
        }
    }

    fn question(&self, trace: f64, moment: Estimate) -> Value {
        let classes: Vec<f64> = match self.data.targets() {
            Targets::Numbers { numbers, .. } => numbers.clone(),
            Targets::Classes { classes, .. } => classes.iter().map(|class| real(*class)).collect(),
        };
        let settings = self.network.to_string();
        json!({
            "name": self.name,
            "widths": self.loss.widths(),
            "activation": if settings.contains("relu") { "relu" } else { "tanh" },
            "loss": if settings.contains("loss=ce") { "ce" } else { "bce" },
            "inputs": self.data.inputs(),
            "classes": classes,
            "theta": self.theta,
            "trace_error": 0.01 * trace.abs(),
            "moment_error": moment.error,
        })
    }
}

fn main() {
    let moons = (
        "moons",
        "mlp:hidden=64/64,activation=tanh,loss=bce",
        "moons:samples=1000",
    );
    let digits = ("digits", "mlp:hidden=128,activation=relu,loss=ce", "digits");
    let all = [(moons, 0), (moons, 100), (digits, 0), (digits, 100)];
    let cases = all.map(|(case, steps)| Case::new(case, steps));
    let never = Cancel::default();
    let exact = |case: &Case| {
        let hessian = Curvature::hessian(&case.loss, &case.theta);
        trace(&hessian, 1, 0, &never).expect("finite curvature")
    };
    let spectrum = |case: &Case| -> Density {
        let hessian = Curvature::hessian(&case.loss, &case.theta);
        density(&hessian, VECTORS, STEPS, 0, &never).expect("finite curvature")
    };
    let questions: Vec<Value> = cases
        .iter()
        .map(|case| case.question(exact(case).value, spectrum(case).moment(2)))
        .collect();
    let question = json!({
        "threads": std::thread::available_parallelism().map_or(1, usize::from),
        "cases": questions,
        "vectors": VECTORS,
        "steps": STEPS,
    });
    let table = Table::new(rival::ask("curvature.py", &question), "call");
    for case in &cases {
        let hessian = Curvature::hessian(&case.loss, &case.theta);
        let n = case.theta.len();
        let (mut vector, mut product) = (vec![0.0; n], vec![0.0; n]);
        vector
            .iter_mut()
            .zip(&case.theta)
            .for_each(|(v, t)| *v = t.sin());
        let (gradient, _) = median_ms(30, || case.loss.gradient(&case.theta, &mut product));
        let (ms, ()) = median_ms(30, || hessian.multiply(&vector, &mut product));
        table.row(&format!("product {}", case.name), ms, 1.0, 0.0, 0.0);
        println!("{:24} {:12.2} gradients", "", ms / gradient);
        let (ms, found) = median_ms(41, || {
            let hessian = Curvature::hessian(&case.loss, &case.theta);
            lanczos(&hessian, &LanczosOptions::largest(1e-6), &never).expect("a largest eigenvalue")
        });
        let name = format!("lambda_max {}", case.name);
        table.row(&name, ms, 1.0, found.top[0].value, 1e-5);
        println!("{:24} {:12} products", "", found.products);
        let (ms, found) = median_ms(9, || exact(case));
        assert!(found.error == 0.0, "the traces of plain networks are known");
        table.row(&format!("trace {}", case.name), ms, 1.0, found.value, 0.2);
        let (ms, found) = median_ms(3, || spectrum(case));
        let highest = found.range().expect("some eigenvalues")[1];
        for kind in ["density", "equal"] {
            table.row(&format!("{kind} {}", case.name), ms, 1.0, highest, 1e-3);
        }
    }
}

fn real(count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let real = count as f64;
    real
}
