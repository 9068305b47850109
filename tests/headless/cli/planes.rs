//! Tests of `ravine slice` through runs, along several random planes, and on test data.

use super::slice::{array, file, first, losses, with};
use super::{Place, words};

const BASE: [&str; 4] = [
    "--network",
    "mlp:hidden=6,loss=bce",
    "--data",
    "moons:samples=80",
];

/// Trains two runs and writes their steps to t.npz.
fn trained(place: &Place, network: &str, more: &[&str]) -> String {
    let args = [
        "train",
        "--network",
        network,
        "--data",
        "moons:samples=80",
        "--run",
        "adam:lr=0.05",
        "--run",
        "sgd:lr=0.5",
        "--steps",
        "40",
        "-o",
        "w-{}.safetensors",
        "--trajectories",
        "t.npz",
    ];
    place.said(&[&args, more].concat())
}

fn sliced(place: &Place, more: &[&str]) -> String {
    let args = [
        &["slice"],
        &BASE[..],
        &["--weights", "w-1.safetensors"],
        more,
    ];
    place.said(&args.concat())
}

#[test]
fn runs_are_drawn_on_the_plane_of_their_principal_components() {
    let place = Place::new();
    let said = trained(&place, BASE[1], &["--plane", "pca"]);
    let pca = ["--plane", "pca", "--trajectories", "t.npz"];
    let told = sliced(
        &place,
        &[&pca[..], &["--points", "9", "-o", "s.csv"]].concat(),
    );
    let explained = |text: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with("The plane explains"));
        line.unwrap().to_owned()
    };
    assert_eq!(explained(&told), explained(&said));
    sliced(
        &place,
        &[&pca[..], &["--points", "9", "-o", "s.svg"]].concat(),
    );
    let svg = place.read("s.svg");
    for text in [
        "run 1",
        "run 2",
        "The plane explains",
        "Runs are projected onto the plane: the height of the map is not their loss. Their largest distance from the plane is",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    // The range contains all steps and the weights, which are at the origin.
    let csv = place.read("s.csv");
    let first = csv.lines().nth(1).unwrap().split(',');
    let first: Vec<f64> = first.map(|cell| cell.parse().unwrap()).collect();
    assert!(first[0] < 0.0 && first[1] < 0.0, "{first:?}");
    let step = ["--plane", "gradient:second=step", "--trajectories", "t.npz"];
    sliced(
        &place,
        &[&step[..], &["--points", "3", "-o", "s.csv"]].concat(),
    );
    let filter = ["--plane", "filter:seed=2", "--trajectories", "t.npz"];
    sliced(
        &place,
        &[&filter[..], &["--points", "3", "-o", "s.svg"]].concat(),
    );
}

#[test]
fn several_seeds_give_several_slices() {
    let place = Place::new();
    let args = first();
    let seeds = words("--plane filter:seed=5 --seeds 3 --points 4x3");
    let said = place.said(&with(&args, &[&seeds[..], &["-o", "all.csv"]].concat()));
    assert!(
        said.contains("\nBetween 3 seeds the loss has a standard deviation of "),
        "{said}"
    );
    let all = place.read("all.csv");
    assert!(all.starts_with("seed,a,b,loss\n5,-1.0,-1.0,"), "{all}");
    let listed = ["--seeds", "5..7", "--points", "4x3", "-o", "listed.csv"];
    place.said(&with(&args, &listed));
    assert_eq!(place.read("listed.csv"), all);
    let all = losses(&all);
    place.said(&with(&args, &[&seeds[..], &["-o", "s.npz"]].concat()));
    assert_eq!(array(&place, "loss"), (all.clone(), vec![3, 3, 4]));
    for (seed, all) in ["5", "6", "7"].into_iter().zip(all.chunks(12)) {
        let plane = format!("filter:seed={seed}");
        let alone = ["--plane", &plane, "--points", "4x3", "-o", "one.csv"];
        place.said(&with(&args, &alone));
        assert_eq!(losses(&place.read("one.csv")), all, "{seed}");
    }
    place.said(&with(&args, &[&seeds[..], &["-o", "s.svg"]].concat()));
    let svg = place.read("s.svg");
    assert!(
        ["seed 5", "seed 6", "seed 7"]
            .iter()
            .all(|name| svg.contains(name))
    );
}

#[test]
fn the_loss_on_test_data_equals_that_reported_by_training() {
    let place = Place::new();
    for (network, more) in [
        (BASE[1], &[][..]),
        ("mlp:hidden=6,norm=batch", &["--norm-statistics", "file"]),
    ] {
        let split = ["--test", "0.25", "--seed", "3"];
        let said = trained(&place, network, &split);
        let cells = said.lines().nth(1).unwrap().split_whitespace();
        let told: f64 = { cells }.nth(3).unwrap().parse().unwrap();
        let network = ["slice", "--network", network, "--data", BASE[3]];
        let file = words("--weights w-1.safetensors --points 3 -o s.csv");
        place.said(&[&network, &file[..], &split, more].concat());
        let middle = losses(&place.read("s.csv"))[4];
        assert!(
            (middle - told).abs() <= 1e-5 * told,
            "{middle} is not {told}"
        );
    }
    place.refused(
        &[
            "slice",
            "--network",
            "mlp:hidden=6,norm=batch",
            "--data",
            BASE[3],
            "--weights",
            "w-1.safetensors",
            "--test",
            "0.25",
            "-o",
            "s.csv",
        ],
        "--test with norm=batch would use batch statistics of the test samples; add --norm-statistics file",
    );
}

#[test]
fn incompatible_flags_are_refused() {
    let place = Place::new();
    let args = first();
    trained(&place, "mlp:hidden=2", &[]);
    place.file("text.npz", "no arrays");
    let u = file("tanh-u.safetensors");
    for (more, expected) in [
        (
            &["--seeds", "1"][..],
            "--seeds cannot be `1`; expected 2 to 16 seeds, like 0..3 or 0,3,7, or how many from the plane",
        ),
        (
            &["--seeds", "2", "--plane", "hessian"],
            "--seeds is for --plane filter, not hessian; choose filter, or leave out --seeds",
        ),
        (
            &["--seeds", "2", "--direction", &u],
            "--seeds is for --plane filter; leave out --direction",
        ),
        (
            &["--seeds", "2", "--trajectories", "t.npz"],
            "--seeds and --trajectories exclude each other; leave out one of them",
        ),
        (
            &[
                "--direction",
                &u,
                "--direction",
                &u,
                "--trajectories",
                "t.npz",
            ],
            "--trajectories with --direction is for pictures",
        ),
        (
            &["--plane", "pca", "--trajectories", "none.npz"],
            "none.npz: there is no such file; expected an NPZ file that `ravine train --trajectories` wrote",
        ),
        (
            &["--plane", "pca", "--trajectories", "text.npz"],
            "text.npz: is not a whole NPZ file (",
        ),
        (
            &["--plane", "pca", "--trajectories", "t.npz"],
            "t.npz: `run_1_theta` is 41 × 9; expected steps × 65, as the network has parameters",
        ),
        (
            &["--test", "1"],
            "--test cannot be `1`; expected a number from 0 to less than 1",
        ),
        (
            &["--test", "0"],
            "--test 0 leaves no test sample; expected a larger share",
        ),
        (
            &["--seed", "1"],
            "--seed is for the --test split; add --test SHARE",
        ),
        (
            &["--norm-statistics", "mean"],
            "--norm-statistics cannot be `mean`; expected data or file",
        ),
        (
            &["--norm-statistics", "file"],
            "--norm-statistics file needs a network with norm=batch; expected data",
        ),
    ] {
        place.refused(&with(&args, &[more, &["-o", "s.csv"]].concat()), expected);
    }
    let filter = ["--trajectories", "t.npz", "-o", "s.csv"];
    let args = [
        &["slice", "--network", "mlp:hidden=2"],
        &BASE[2..],
        &["--weights", "w-1.safetensors"],
        &filter,
    ];
    place.refused(
        &args.concat(),
        "--trajectories is for --plane pca or gradient:second=step and for pictures, not for filter in a table",
    );
}
