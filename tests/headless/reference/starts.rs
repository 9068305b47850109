//! Tests of optimizers on functions that are NaN or infinite in parts of the plane, compared with SciPy.

use super::path;
use serde_json::Value;

const SCIPY: &str = include_str!("../../reference/scipy_starts.json");

/// Each optimizer reaches the minimum from at least as many of the 40 starts as SciPy's.
#[test]
fn optimizers_reach_minima_from_as_many_starts_as_scipy() {
    let made: Value = serde_json::from_str(SCIPY).unwrap();
    let pair = |value: &Value| -> [f64; 2] { serde_json::from_value(value.clone()).unwrap() };
    let near = made["near"].as_f64().unwrap();
    let starts: Vec<[f64; 2]> = made["starts"]
        .as_array()
        .unwrap()
        .iter()
        .map(pair)
        .collect();
    assert_eq!(starts.len(), 40);
    for problem in made["problems"].as_array().unwrap() {
        let landscape = format!("formula:f={}", problem["formula"].as_str().unwrap());
        let minimum = pair(&problem["minimum"]);
        for (run, method) in [("bfgs", "BFGS"), ("conjugate-gradient", "CG")] {
            let reached = |start: &&[f64; 2]| {
                let run = path(&landscape, run, **start, 300);
                let end = run.theta(usize::MAX).unwrap();
                (end[0] - minimum[0]).hypot(end[1] - minimum[1]) < near
            };
            let ours = starts.iter().filter(reached).count();
            let scipy = problem[method].as_array().unwrap().iter();
            let scipy = scipy.filter(|reached| **reached == true).count();
            assert!(ours >= scipy, "{landscape} {run}: {ours}, SciPy {scipy}");
            println!("{landscape} {run}: {ours}, SciPy {scipy}");
        }
    }
}
