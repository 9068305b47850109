//! Tests of refused training.

use super::*;

#[test]
fn invalid_training_arguments_are_refused() {
    let place = Place::new();
    let out = ["-o", "w.safetensors"];
    for (more, expected) in [
        (
            &[][..],
            "the length of the training is given by --steps or --epochs; expected exactly one of them",
        ),
        (
            &["--steps", "5", "--epochs", "5"],
            "the length of the training is given by --steps or --epochs; expected exactly one",
        ),
        (
            &["--steps", "0"],
            "--steps cannot be `0`; expected a whole number that makes 1 to 100000000 steps",
        ),
        (&["--epochs", "-1"], "--epochs cannot be `-1`"),
        (
            &["--steps", "5", "--batch", "61"],
            "--batch cannot be `61`; expected a whole number from 1 to 60, the training samples, or all",
        ),
        (
            &["--steps", "5", "--every", "2"],
            "--every needs --trajectories or --layers, which is missing; add --trajectories FILE or --layers FILE",
        ),
        (
            &["--steps", "5", "--every", "0", "--trajectories", "t.csv"],
            "--every cannot be `0`; expected a whole number from 1",
        ),
        (
            &["--steps", "5", "--seed", "x"],
            "--seed cannot be `x`; expected a whole number from 0",
        ),
        (
            &["--steps", "5", "--test", "1"],
            "--test cannot be `1`; expected a number from 0 to less than 1",
        ),
        (&["--steps", "5", "--test", "nan"], "--test cannot be `nan`"),
        (
            &["--steps", "5", "--run", "adma"],
            "unknown optimizer `adma`; did you mean `adam`?",
        ),
        (
            &["--steps", "5", "--run", "sgd:lr=-1"],
            "--run sgd:lr=-1: `lr` cannot be `-1`",
        ),
        (
            &["--steps", "5", "--run", "sgd"],
            "w.safetensors: one file for 2 runs; expected {} in the name",
        ),
        (
            &["--steps", "5", "--plane", "pca"],
            "--plane needs --trajectories, which is missing; add --trajectories FILE",
        ),
        (
            &["--steps", "5", "--trajectories", "t.txt"],
            "t.txt: unknown extension `.txt`; expected .csv, .json or .npz",
        ),
        (
            &["--steps", "5", "--trajectories", "t.csv", "--plane", "pc"],
            "unknown plane `pc`; did you mean `pca`?",
        ),
        (
            &["--steps", "99999999", "--trajectories", "t.csv"],
            "--trajectories or --layers would record 99999999 rows of 1 runs with 33 parameters, 3300000000 numbers; expected at most 400000000",
        ),
        (
            &["--steps", "5", "--weights", "none.safetensors"],
            "none.safetensors: there is no such file",
        ),
    ] {
        let name = if expected.starts_with("unknown opt") || expected.starts_with("--run") {
            "w-{}.safetensors"
        } else {
            out[1]
        };
        place.refused(&with(&[more, &["-o", name]].concat()), expected);
    }
    place.refused(
        &with(&["--steps", "5", "-o", "w.pt"]),
        "w.pt: unknown extension `.pt`; expected .safetensors",
    );
    for (run, expected) in [
        (
            "adam[layers.7:lr=1]",
            "the network has no parameters called `layers.7`; expected a layer like layers.0 or one of layers.0.weight",
        ),
        (
            "newton[layers.0:damping=1]",
            "moves all parameters together and has no groups",
        ),
    ] {
        let args = [&MOONS[..5], &["--run", run, "--steps", "5"], &out].concat();
        place.refused(&args, expected);
    }
}

/// PyTorch's BatchNorm1d: "Expected more than 1 value per channel when training".
#[test]
fn every_command_refuses_batch_normalization_of_one_sample() {
    let place = Place::new();
    let rows = |count: i32| {
        let rows = (0..count).map(|k| format!("{k},{}\n", k * k));
        std::iter::once("x,y\n".to_owned())
            .chain(rows)
            .collect::<String>()
    };
    place.file("one.csv", rows(1)).file("nine.csv", rows(9));
    let network = ["--network", "mlp:hidden=4,norm=batch,loss=mse"];
    let train = |data: &[&'static str]| {
        let run = ["--run", "sgd", "--steps", "200", "-o", "w.safetensors"];
        [&["train"], &network[..], data, &run[..]].concat()
    };
    for (data, expected) in [
        (
            &["--data", "nine.csv", "--batch", "1"][..],
            "like 3, or norm=layer",
        ),
        (&["--data", "nine.csv", "--batch", "2"], "like 3,"),
        (&["--data", "nine.csv", "--batch", "4"], "like 3,"),
        (
            &["--data", "nine.csv", "--batch", "8"],
            "leave a batch of one sample",
        ),
        (&["--data", "one.csv"], "at least two samples"),
        (
            &["--data", "nine.csv", "--test", "0.8"],
            "at least two samples",
        ),
    ] {
        place.refused(&train(data), expected);
    }
    for data in [
        &["--data", "nine.csv"][..],
        &["--data", "nine.csv", "--batch", "3"],
    ] {
        assert_eq!(place.run(&train(data)).0, Some(0), "{data:?}");
    }
    let weights = ["--data", "one.csv", "--weights", "w.safetensors"];
    for command in [&["curvature"][..], &["slice", "-o", "s.csv"]] {
        let args = [command, &network, &weights].concat();
        place.refused(&args, "at least two samples");
        // With the running statistics of the file a single sample is possible, as in PyTorch's evaluation mode.
        let args = [&args[..], &["--norm-statistics", "file"]].concat();
        assert_eq!(place.run(&args).0, Some(0), "{args:?}");
    }
    let ends = words("--from w.safetensors --to w.safetensors --batch 2");
    let connect = [&["connect"], &network[..], &["--data", "nine.csv"], &ends].concat();
    place.refused(&connect, "like 3,");
}
