//! Tests of refused slices.

use super::*;

#[test]
fn directions_that_span_no_plane_are_refused() {
    let place = Place::new();
    let args = first();
    let u = file("tanh-u.safetensors");
    for (more, expected) in [
        (
            &["--plane", "filtr"][..],
            "unknown plane `filtr`; did you mean `filter`?",
        ),
        (
            &["--plane", "filter:ignore=all"],
            "--plane filter:ignore=all: `ignore` cannot be `all`; expected one of biasbn, none",
        ),
        (
            &["--plane", "pca"],
            "plane `pca` needs the steps of runs, but there are none",
        ),
        (
            &["--plane", "gradient:second=step"],
            "plane `gradient` needs the steps of runs",
        ),
        (
            &["--plane", "line"],
            "plane `line` goes through other weights; expected 1 of them, but 0 are given",
        ),
        (
            &["--plane", "points", "--other", &u],
            "plane `points` goes through other weights; expected 2 of them, but 1 are given",
        ),
        (
            &["--plane", "points", "--other", &u, "--other", &u],
            "plane `points`: the weights lie on one line",
        ),
        (
            &["--plane", "weights:a=layers.3.bias[0]"],
            "`layers.3.bias[0]` is no weight of the network",
        ),
        (
            &["--plane", "weights:a=layers.1.bias[5]"],
            "`layers.1.bias[5]` is no single weight; expected layers.1.bias[0..4]",
        ),
        (
            &["--plane", "weights:a=layers.1.weight[5]"],
            "expected layers.1.weight[0..4][0..5]",
        ),
        (
            &["--plane", "weights:a=layers.0.bias[0]"],
            "`layers.0.bias[0]` is both a and b",
        ),
    ] {
        place.refused(&with(&args, &[more, &["-o", "s.csv"]].concat()), expected);
    }
}

#[test]
fn incompatible_flags_are_refused() {
    let place = Place::new();
    let args = first();
    let u = file("tanh-u.safetensors");
    let refused = |more: &[&str], expected: &str| {
        place.refused(&with(&args, more), expected);
    };
    let csv = ["-o", "s.csv"];
    for (more, expected) in [
        (
            &["--plane", "filter", "--direction", &u][..],
            "--plane and --direction exclude each other",
        ),
        (
            &["--direction", &u, "--direction", &u, "--direction", &u],
            "--direction is given 3 times; expected it once or twice",
        ),
        (
            &["--direction", &u, "--other", &u],
            "--other is for --plane line or points",
        ),
        (
            &["--normalize", "filter"],
            "--normalize is for directions from files",
        ),
        (
            &["--direction", &u, "--normalize", "layer"],
            "--normalize cannot be `layer`; expected filter",
        ),
        (&["--ignore", "none"], "--ignore needs --normalize filter"),
        (
            &[
                "--direction",
                &u,
                "--normalize",
                "filter",
                "--ignore",
                "all",
            ],
            "--ignore cannot be `all`; expected biasbn or none",
        ),
        (
            &["--plane", "hessian", "--other", &u],
            "--other is for --plane line or points, not hessian",
        ),
        (
            &["--range=1..-1"],
            "--range cannot be `1..-1`; expected a range, low end first",
        ),
        (&["--range=nan..1"], "--range cannot be `nan..1`"),
        (
            &["--points", "1"],
            "--points cannot be `1`; expected a whole number from 2 to 4096",
        ),
    ] {
        refused(&[more, &csv].concat(), expected);
    }
    refused(
        &["-o", "s.txt"],
        "s.txt: unknown extension `.txt`; expected .csv, .json, .npz, .png, .svg or .pdf",
    );
    refused(&["-o", "no/s.csv"], "there is no folder `no`");
    refused(
        &["--direction", &u, "-o", "s.png"],
        "s.png: one --direction spans a line, which has no map; expected .csv, .json or .npz, or a second --direction",
    );
}

#[test]
fn incompatible_networks_and_data_are_refused() {
    let place = Place::new();
    let weights = file("tanh.safetensors");
    place.file("text.csv", "x,y\n1,cat\n2,dog\n");
    for (network, data, more, expected) in [
        (
            "mpl",
            "moons",
            &[][..],
            "unknown network `mpl`; did you mean `mlp`?",
        ),
        (
            "mlp:hidden=0",
            "moons",
            &[],
            "--network mlp:hidden=0: `hidden` cannot be `0`",
        ),
        (
            "mlp",
            "none.csv",
            &[],
            "none.csv: there is no such file; expected a CSV file",
        ),
        (
            "mlp",
            "mooons:noise=1",
            &[],
            "unknown data set `mooons`; did you mean `moons`?",
        ),
        (
            "mlp",
            "moons",
            &["--label", "y"],
            "--label is for a CSV file, but --data is `moons`",
        ),
        (
            "mlp",
            "text.csv",
            &["--label", "z"],
            "text.csv: line 1 has no column `z`",
        ),
        (
            "mlp:loss=mse",
            "text.csv",
            &[],
            "--network mlp:loss=mse: loss: mse is for numbers, but labels are text like `cat`",
        ),
        (
            "mlp",
            "blobs:samples=9",
            &[],
            "loss: bce is for the classes 0 and 1, but the labels have 3 classes; expected ce",
        ),
    ] {
        let args = [
            "slice",
            "--network",
            network,
            "--data",
            data,
            "--weights",
            &weights,
            "-o",
            "s.csv",
        ];
        place.refused(&[&args, more].concat(), expected);
    }
}

#[test]
fn weights_with_wrong_shapes_are_reported_layer_by_layer() {
    let place = Place::new();
    let data = file("bce.csv");
    place.file("text.safetensors", "not tensors at all");
    place.file("empty.safetensors", "");
    let [tanh, relu, batch] =
        ["tanh", "relu", "batch"].map(|name| file(&format!("{name}.safetensors")));
    for (network, weights, expected) in [
        (
            "mlp",
            "none.safetensors",
            "none.safetensors: there is no such file; expected a safetensors file",
        ),
        (
            "mlp",
            "text.safetensors",
            "text.safetensors: is not a whole safetensors file (",
        ),
        (
            "mlp",
            "empty.safetensors",
            "empty.safetensors: is not a whole safetensors file (",
        ),
        (
            "mlp:hidden=6/4",
            &tanh,
            "does not fit the network: `layers.1.weight` is 5 × 6 as `2.weight`, not 4 × 6, `layers.1.bias` is 5 numbers as \
             `2.bias`, not 4 numbers, `layers.2.weight` is 1 × 5 as `4.weight`, not 1 × 4; expected weights of the same layers",
        ),
        (
            "mlp:hidden=7",
            &relu,
            "does not fit the network: `layers.1.weight` is 3 × 7 as `2.weight`, not 1 × 7, `layers.1.bias` is 3 numbers as \
             `2.bias`, not 1 number; expected weights of the same layers",
        ),
        (
            "mlp:hidden=6/5/5",
            &tanh,
            "`layers.3.weight` (1 × 5) is missing",
        ),
        (
            "mlp:hidden=6/5,bias=false",
            &tanh,
            "`0.bias` (6 numbers) is not of the network",
        ),
        (
            "mlp:hidden=4/4,loss=bce",
            &batch,
            "`1.weight` (4 numbers) is not of the network",
        ),
    ] {
        let args = [
            "slice",
            "--network",
            network,
            "--data",
            &data,
            "--weights",
            weights,
            "-o",
            "s.csv",
        ];
        place.refused(&args, expected);
    }
}
