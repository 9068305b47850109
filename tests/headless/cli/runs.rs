//! Tests of runs with unusual outcomes, listed in `tests/reference/runs.json`, and of the limit beyond which a run counts as diverged.

use super::{Place, words};
use serde_json::Value;
use std::fmt::Write;

const RUNS: &str = include_str!("../../reference/runs.json");

/// Checks each entry of the table: the last row, the outcome and its reason, which stderr has once; or the refusal of the start.
#[test]
fn runs_have_the_outcomes_of_the_table() {
    let place = Place::new();
    let table: Value = serde_json::from_str(RUNS).unwrap();
    for line in table.as_array().unwrap() {
        let text = |key: &str| line[key].as_str();
        let landscape = format!("--landscape={}", text("landscape").unwrap());
        let start = format!("--start={}", text("start").unwrap());
        let run = format!("--run={}", text("run").unwrap());
        let steps = line["steps"].as_u64().unwrap_or(100).to_string();
        let args = [
            "trace", &landscape, &start, &run, "--steps", &steps, "--json",
        ];
        if let Some(sentence) = text("refused") {
            place.refused(&args, sentence);
            continue;
        }
        let (code, stdout, stderr) = place.run(&args);
        assert_eq!(code, Some(0), "{line}: {stderr}");
        let json: Value = serde_json::from_str(&stdout).unwrap();
        let made = &json["runs"][0];
        let outcome = text("outcome").unwrap_or("finished");
        assert_eq!(made["outcome"], outcome, "{line}: {stderr}");
        assert_eq!(made["reason"].as_str(), text("reason"), "{line}: {stderr}");
        match text("reason") {
            Some(reason) => {
                assert!(stderr.contains(reason), "{line}: {stderr}");
                assert_eq!(stderr.lines().count(), 1, "{line}: {stderr}");
            }
            None => assert!(stderr.is_empty(), "{line}: {stderr}"),
        }
        let last = made["rows"].as_array().unwrap().last().unwrap();
        if let Some(end) = line["end"].as_array() {
            for (found, expected) in [&last[2], &last[3]].into_iter().zip(end) {
                let off = (found.as_f64().unwrap() - expected.as_f64().unwrap()).abs();
                let near = line["near"].as_f64().unwrap_or(1e-4);
                assert!(off < near, "{line}: ends at {last}");
            }
        }
        if let Some(below) = line["below"].as_f64() {
            assert!(last[4].as_f64().unwrap() < below, "{line}: ends at {last}");
        }
    }
}

/// Targets in the millions, such as house prices, give an initial loss above 1e12.
#[test]
fn networks_train_on_targets_in_the_millions() {
    let place = Place::new();
    let mut prices = String::from("size,price\n");
    for i in 0..20 {
        let size = 0.1 * f64::from(i);
        let _ = writeln!(prices, "{size},{}", 1.5e6 + 2e6 * size);
    }
    place.file("prices.csv", prices);
    let json = place.json(&words(
        "trace --landscape=regression:data=prices.csv --start=0,0 --run=sgd:lr=0.1 --steps=2000",
    ));
    let run = &json["runs"][0];
    assert_eq!(run["outcome"], "finished");
    let rows = run["rows"].as_array().unwrap();
    let loss = |row: &Value| row[4].as_f64().unwrap();
    assert!(loss(&rows[0]) > 1e12);
    assert!(loss(rows.last().unwrap()) < 1.0, "{}", rows.last().unwrap());
    let said = place.said(&words("train --network=mlp:hidden=4,activation=identity,loss=mse --data=csv:path=prices.csv --run=adam:lr=10 --steps=2000 --trajectories=t.csv -o w.safetensors"));
    assert!(!said.contains("diverged"), "{said}");
    let losses = &super::train::columns(&place.read("t.csv"))[2];
    let (first, last) = (losses[0], *losses.last().unwrap());
    assert!(first > 1e12 && last < 1e-3 * first, "{first} to {last}");
}

/// A loss scaled by 1e15 with a learning rate scaled by its inverse gives an identical path and outcome.
#[test]
fn the_divergence_limit_scales_with_the_loss() {
    let place = Place::new();
    let run = |scale: &str, lr: f64, steps: &str| {
        let landscape = format!("--landscape=formula:f={scale}*(x^2+3*y^2)");
        let run = format!("--run=sgd:lr={lr}");
        let args = [
            "trace",
            &landscape,
            "--start=3,2",
            &run,
            "--steps",
            steps,
            "--json",
        ];
        let (code, stdout, stderr) = place.run(&args);
        assert_eq!(code, Some(0), "{stderr}");
        let json: Value = serde_json::from_str(&stdout).unwrap();
        let run = json["runs"][0].clone();
        (run, stderr)
    };
    // 2⁵⁰, about 1e15, so that rounding scales too.
    let scale = 2.0_f64.powi(50);
    for lr in [0.1, 0.5] {
        let (small, told) = run("1", lr, "200");
        let (large, told_of_large) = run(&scale.to_string(), lr / scale, "200");
        assert_eq!(small["outcome"], large["outcome"], "{told}{told_of_large}");
        assert_eq!(small["diverged_at"].is_null(), lr < 0.3, "{small}");
        // The first loss, 21, is above 1 in both.
        assert_eq!(small["diverged_at"], large["diverged_at"]);
        assert_eq!(small["reason"], large["reason"]);
        let rows = |run: &Value| run["rows"].as_array().unwrap().len();
        assert_eq!(rows(&small), rows(&large));
    }
    let (high, told) = run("1e12", 1e-13, "50");
    assert_eq!(high["outcome"], "finished", "{told}");
    assert!(high["rows"][0][4].as_f64().unwrap() > 1e13);
}

/// The column has the learning rate of the step: θ' = θ − lr g.
#[test]
fn the_lr_column_has_polyaks_step_size() {
    let place = Place::new();
    for run in [
        "sgd:lr=0.3+polyak-step",
        "sgd:lr=0.3+polyak-step:max_lr=0.4+ema",
        "sgd:lr=0.3+polyak-step:c=2,minimum=-1+lookahead:k=1000",
    ] {
        let run = format!("--run={run}");
        let args = [
            "trace",
            "--landscape=formula:f=x^2+2*y^2",
            "--start=3,-2",
            &run,
        ];
        let json = place.json(&[&args[..], &["--steps=12"]].concat());
        let rows = json["runs"][0]["rows"].as_array().unwrap().clone();
        let number = |row: &Value, column: usize| row[column].as_f64().unwrap();
        for pair in rows.windows(2) {
            let (x, y, lr) = (
                number(&pair[0], 2),
                number(&pair[0], 3),
                number(&pair[0], 6),
            );
            let after = [number(&pair[1], 2), number(&pair[1], 3)];
            assert!(
                (after[0] - (x - lr * 2.0 * x)).abs() < 1e-12,
                "{run}: {pair:?}"
            );
            assert!(
                (after[1] - (y - lr * 4.0 * y)).abs() < 1e-12,
                "{run}: {pair:?}"
            );
            assert_eq!(number(&pair[1], 1) - number(&pair[0], 1), 1.0, "{run}");
        }
    }
}

/// Networks whose loss is not finite at the initial weights are refused.
#[test]
fn initial_weights_without_a_finite_loss_are_refused() {
    let place = Place::new();
    place.file("far.csv", "x,y\n1e200,1e200\n2e200,3e200\n3e200,1e200\n");
    let args = words(
        "train --network=mlp:hidden=2,activation=identity,loss=mse --data=csv:path=far.csv --run=sgd --steps=3 -o w.safetensors",
    );
    place.refused(
        &args,
        "the first weights: the loss is inf there; choose other weights",
    );
}
