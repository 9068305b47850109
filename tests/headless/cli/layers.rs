//! Tests of `ravine train --layers`.

use super::train::{columns, with};
use super::{Place, words};

#[test]
fn layer_statistics_are_written_for_each_step() {
    let place = Place::new();
    let rows = |more: &[&str]| {
        let args = words(
            "train --network mlp:hidden=6,activation=relu,norm=layer --data moons:samples=60 --run sgd:lr=0.1 --batch 10 --steps 12 -o w.safetensors --layers l.csv --trajectories t.csv",
        );
        let said = place.said(&[&args, more].concat());
        let csv = place.read("l.csv");
        let rows: Vec<Vec<String>> = csv
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect();
        (said, rows)
    };
    let (said, all) = rows(&["--vanishing", "0"]);
    assert_eq!(
        all[0].join(","),
        "run,step,layer,grad_norm,weight_norm,update_ratio,dead,noise_scale,seed,outcome,name,spec"
    );
    assert_eq!(all.len(), 1 + 13 * 3);
    assert!(
        !said.contains("vanishes") && !said.contains("explodes"),
        "{said}"
    );
    let number = |cell: &String| cell.parse::<f64>().unwrap();
    // The gradient norm of the whole network equals that of the trajectory.
    let whole = all.iter().filter(|row| row[2] == "all");
    let norms: Vec<f64> = whole.clone().map(|row| number(&row[3])).collect();
    let told = &columns(&place.read("t.csv"))[3];
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-12;
    assert!(norms.iter().zip(told).all(near), "{norms:?} {told:?}");
    assert!(whole.clone().all(|row| number(&row[7]) > 0.0));
    assert_eq!(&all[1][2], "layers.0");
    assert_eq!((&*all[1][5], &*all[1][7]), ("NaN", "NaN"));
    assert!(number(&all[4][5]) > 0.0 && number(&all[4][6]) >= 0.0 && all[5][6] == "NaN");
    let (said, some) = rows(&["--every", "5", "--vanishing", "50"]);
    let steps: Vec<&str> = some[1..].iter().step_by(3).map(|row| &*row[1]).collect();
    assert_eq!(steps, ["0", "5", "10", "12"]);
    assert_eq!(some[4..7].concat(), {
        let mut rows = all[16..19].to_vec();
        rows.iter_mut().for_each(|row| row[5] = "NaN".to_owned());
        rows.concat()
    });
    assert!(
        said.contains("sgd:lr=0.1: the gradient of layers.1 vanishes: norm below 50 in 4 of 4 rows, first at step 0, lowest 0."),
        "{said}"
    );
}

#[test]
fn invalid_arguments_for_layers_are_refused() {
    let place = Place::new();
    for (more, expected) in [
        (
            &["--exploding", "9"][..],
            "--exploding needs --layers, which is missing; add --layers FILE",
        ),
        (
            &["--layers", "l.csv", "--vanishing", "-1"],
            "--vanishing -1: `vanishing` cannot be `-1`",
        ),
        (
            &["--layers", "l.csv", "--vanishing", "200"],
            "--vanishing 200 is above --exploding 100; expected it below",
        ),
        (
            &["--layers", "l.txt"],
            "l.txt: unknown extension `.txt`; expected .csv, .json or .npz",
        ),
    ] {
        let steps = ["--steps", "5", "-o", "w.safetensors"];
        place.refused(&with(&[&steps, more].concat()), expected);
    }
}
