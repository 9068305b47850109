//! Tests of exported trajectories.

use super::*;
use crate::engine::cancel::Cancel;
use crate::engine::files::NoFiles;
use crate::engine::results::compute_runs;
use std::sync::Arc;

fn exported(landscape: &str, specs: &[&str], format: Format) -> String {
    let mut scene = Scene::new(landscape.parse().unwrap());
    scene.training.steps = 1;
    for spec in specs {
        scene.add_run(spec.parse().unwrap());
    }
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    let runs = compute_runs(&scene, &problem, None, &Cancel::default()).unwrap();
    String::from_utf8(trajectories(&runs, format, true)).unwrap()
}

#[test]
fn csv_and_json_have_the_documented_form() {
    assert_eq!(
        exported(
            "quadratic:a=1,b=4",
            &["sgd:lr=0.1", "sgd:lr=0.5,momentum=0.9"],
            Format::Csv
        ),
        "run,step,evaluations,x,y,loss,grad_norm,lr,lambda_min,lambda_max,cost,seed,outcome,name,spec\n\
         1,0,0,-4.0,2.0,16.0,8.94427190999916,0.1,1.0,4.0,0.0,0,finished,SGD,sgd:lr=0.1\n\
         1,1,1,-3.6,1.2,9.36,6.0,0.1,1.0,4.0,1.0,0,finished,SGD,sgd:lr=0.1\n\
         2,0,0,-4.0,2.0,16.0,8.94427190999916,0.5,1.0,4.0,0.0,0,finished,Momentum,sgd:lr=0.5;momentum=0.9\n\
         2,1,1,-2.0,-2.0,10.0,8.246211251235321,0.5,1.0,4.0,1.0,0,finished,Momentum,sgd:lr=0.5;momentum=0.9\n"
    );
    assert_eq!(
        exported("quadratic:a=1,b=4", &["sgd:lr=0.5"], Format::Json),
        "{\"landscape\":\"quadratic:b=4\",\n\"start\":[-4.0,2.0],\n\
         \"training\":{\"steps\":1,\"seed\":0,\"noise\":0.0},\n\
         \"runs\":[\n\
         {\"spec\":\"sgd:lr=0.5\",\"name\":\"SGD\",\"seed\":0,\"outcome\":\"finished\",\"diverged_at\":null,\
         \"converged_at\":null,\"reason\":null,\
         \"columns\":[\"step\",\"evaluations\",\"x\",\"y\",\"loss\",\"grad_norm\",\"lr\",\"lambda_min\",\"lambda_max\",\"cost\"],\
         \"rows\":[\n\
         [0,0,-4.0,2.0,16.0,8.94427190999916,0.5,1.0,4.0,0.0],\n\
         [1,1,-2.0,-2.0,10.0,8.246211251235321,0.5,1.0,4.0,1.0]\n\
         ]}\n]}\n"
    );
}

#[test]
fn a_landscape_of_one_parameter_has_one_column() {
    assert_eq!(
        exported("parabola", &["sgd:lr=0.2"], Format::Csv),
        "run,step,evaluations,x,loss,grad_norm,lr,lambda_min,lambda_max,cost,seed,outcome,name,spec\n\
         1,0,0,10.0,100.0,20.0,0.2,2.0,2.0,0.0,0,finished,SGD,sgd:lr=0.2\n\
         1,1,1,6.0,36.0,12.0,0.2,2.0,2.0,1.0,0,finished,SGD,sgd:lr=0.2\n"
    );
    let json = exported("parabola", &["sgd:lr=0.2"], Format::Json);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["start"], serde_json::json!([10.0]));
    let row = json["runs"][0]["rows"][1].as_array().unwrap().len();
    assert_eq!(json["runs"][0]["columns"].as_array().unwrap().len(), row);
}

#[test]
fn averages_come_last_and_costs_before_them() {
    let specs = ["sgd:lr=0.5", "sgd:lr=0.5+ema:decay=0.5", "newton"];
    let csv = exported("quadratic:a=1,b=4", &specs, Format::Csv);
    let lines: Vec<&str> = csv.lines().collect();
    // The numbers alone, without seed, outcome, name and spec.
    let numbers = |line: &str| line.rsplitn(5, ',').last().unwrap_or_default().to_owned();
    let lines: Vec<String> = lines.into_iter().map(numbers).collect();
    assert!(lines[0].ends_with("lambda_max,cost,average_x,average_y"));
    assert!(lines[1].ends_with(",4.0,0.0,NaN,NaN"), "{csv}");
    assert!(lines[3].ends_with(",4.0,0.0,-4.0,2.0"), "{csv}");
    assert!(lines[4].ends_with(",4.0,1.0,-2.0,-2.0"), "{csv}");
    assert!(
        lines[6].ends_with(",4.0,5.0,NaN,NaN"),
        "a Hessian in two products: {csv}"
    );
    let json = exported("parabola", &specs, Format::Json);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let last = |run: usize| {
        json["runs"][run]["columns"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
    };
    assert_eq!([last(0), last(1), last(2)], ["cost", "average_x", "cost"]);
}

#[test]
fn a_run_without_rows_is_valid_json() {
    let text = exported("formula:f=ln(x)", &["sgd"], Format::Json);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["runs"][0]["outcome"], "diverged");
    assert_eq!(json["runs"][0]["diverged_at"], 0);
    assert_eq!(json["runs"][0]["rows"], serde_json::json!([]));
}

#[test]
fn eigenvalues_of_a_hessian_that_is_not_finite_are_nan() {
    let line = |format| exported("formula:f=(x+3)^1.5 + y", &["sgd"], format);
    let json: serde_json::Value = serde_json::from_str(&line(Format::Json)).unwrap();
    let row = json["runs"][0]["rows"][0].as_array().unwrap();
    assert_eq!(row.len(), 10);
    assert!(row[7].is_null() || row[8].is_null(), "{row:?}");
    assert!(
        line(Format::Csv)
            .lines()
            .nth(1)
            .unwrap()
            .contains(",NaN,0.0,0,")
    );
}
