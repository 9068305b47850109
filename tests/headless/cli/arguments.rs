//! Wrong command lines: one sentence with what to do, code 2, nothing left behind.

use super::{Place, words};

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[test]
fn every_wrong_command_line_gets_one_sentence() {
    let place = Place::new();
    let train = "--network SPEC, --data FILE|SPEC and --output FILE are missing; `ravine train --help` has examples";
    for (line, expected) in [
        // Unknown arguments.
        (
            "trace --stpes 5",
            "unknown argument `--stpes`; did you mean `--steps`?",
        ),
        (
            "trace --stpes=5",
            "unknown argument `--stpes`; did you mean `--steps`?",
        ),
        (
            "trace -steps 5",
            "unknown argument `-steps`; did you mean `--steps`?",
        ),
        (
            "trace steps 5",
            "unknown argument `5`; did you mean `--steps 5`?",
        ),
        (
            "trace scene.toml steps",
            "unknown argument `steps`; did you mean `--steps`?",
        ),
        (
            "trace --xyzzy 1",
            "unknown argument `--xyzzy`; `ravine trace --help` lists the valid ones",
        ),
        (
            "trace -x",
            "unknown argument `-x`; `ravine trace --help` lists the valid ones",
        ),
        (
            "trace a.toml b.toml",
            "unknown argument `b.toml`; `ravine trace --help` lists the valid ones",
        ),
        (
            "trace --version",
            "unknown argument `--version`; `ravine trace --help` lists the valid ones",
        ),
        (
            "render -o a.png --curvature",
            "`ravine render` has no argument `--curvature`; expected one of the commands that have it: trace",
        ),
        (
            "slice --optimizer adam",
            "`ravine slice` has no argument `--optimizer`; expected one of the commands that have it: connect",
        ),
        (
            "basins -o a.png --sides 9",
            "unknown argument `--sides`; did you mean `--side`?",
        ),
        (
            "train --epoch 3",
            "unknown argument `--epoch`; did you mean `--epochs`?",
        ),
        (
            "list --jsn",
            "unknown argument `--jsn`; did you mean `--json`?",
        ),
        (
            "list optimizers adma",
            "unknown optimizer `adma`; did you mean `adam`?",
        ),
        (
            "help adam sgd",
            "unknown argument `sgd`; `ravine help --help` lists the valid ones",
        ),
        (
            "check a.toml b.toml",
            "unknown argument `b.toml`; `ravine check --help` lists the valid ones",
        ),
        (
            "--curvature",
            "`ravine` has no argument `--curvature`; expected one of the commands that have it: trace",
        ),
        (
            "--xyzzy",
            "unknown argument `--xyzzy`; `ravine --help` lists the valid ones",
        ),
        (
            "--verison",
            "unknown argument `--verison`; did you mean `--version`?",
        ),
        (
            "trace --lr 0.05",
            "`--lr` is a setting of the optimizer, not an argument; it belongs into `--run adam:lr=0.05`",
        ),
        (
            "trace --run sgd:momentum=0.9@cosine --learning-rate=0.05",
            "it belongs into `--run sgd:lr=0.05,momentum=0.9@cosine`",
        ),
        (
            "train --momentum 0.9",
            "it belongs into `--run sgd:lr=0.001,momentum=0.9`",
        ),
        (
            "train --hidden 8/8",
            "`--hidden` is a setting of the network, not an argument; it belongs into `--network mlp:hidden=8/8`",
        ),
        (
            "trace --nelder-mead",
            "`--nelder-mead` is an optimizer, not an argument; it belongs into `--run nelder-mead`",
        ),
        (
            "trace --scheduler cosine",
            "it belongs into `--run adam:lr=0.001@cosine`",
        ),
        (
            "trace --t-max 9",
            "it belongs into `--run adam:lr=0.001@cosine:t_max=9`",
        ),
        (
            "train --batch-size 32",
            "`ravine train` has no argument `--batch-size`; expected --batch in its place",
        ),
        (
            "trace --epochs 3",
            "`ravine trace` has no argument `--epochs`; expected --steps in its place",
        ),
        // Values that are missing, superfluous, or none of the allowed ones.
        ("trace --steps", "--steps has no value; expected --steps N"),
        (
            "trace --run --steps 5",
            "--run has no value; expected --run SPEC",
        ),
        ("render -o", "--output has no value; expected --output FILE"),
        (
            "slice --range",
            "--range has no value; expected --range A..A[,B..B]",
        ),
        (
            "trace --format",
            "--format has no value; expected --format FORMAT",
        ),
        (
            "list --json=1",
            "--json takes no value; expected it without `1`",
        ),
        (
            "sweep --over lr --best=yes",
            "--best takes no value; expected it without `yes`",
        ),
        (
            "trace --format xml",
            "--format cannot be `xml`; expected csv, json or npz",
        ),
        (
            "trace --format=jsno",
            "--format cannot be `jsno`; expected csv, json or npz",
        ),
        (
            "render -o a.png --theme blue",
            "--theme cannot be `blue`; expected one of light, dark",
        ),
        (
            "render -o a.png --show maps",
            "--show cannot be `maps`; expected map, loss, accuracy, grad-norm, lr, sharpness, state, side-by-side, surface, predictions, projection-error, basins, sweep, spectrum, connect or seeds, or panels like map+loss; did you mean `map`?",
        ),
        (
            "list optimziers",
            "unknown family `optimziers`; did you mean `optimizers`?",
        ),
        // Arguments that are missing.
        (
            "render",
            "--output FILE is missing; `ravine render --help` has examples",
        ),
        (
            "basins",
            "--output FILE is missing; `ravine basins --help` has examples",
        ),
        (
            "sweep",
            "--over SETTING=VALUES is missing; `ravine sweep --help` has examples",
        ),
        ("train", train),
        ("slice", "are missing; `ravine slice --help` has examples"),
        (
            "connect",
            "--network SPEC, --data FILE|SPEC, --from FILE and --to FILE are missing",
        ),
        (
            "check",
            "SCENE is missing; `ravine check --help` has examples",
        ),
        (
            "curvature --network mlp --weights w.safetensors",
            "--data FILE|SPEC is missing; `ravine curvature --help` has examples",
        ),
        (
            "curvature --data moons --weights w.safetensors",
            "--network SPEC is missing; `ravine curvature --help` has examples",
        ),
        (
            "curvature --standardize --landscape booth --at=1,3",
            "--data FILE|SPEC and --network SPEC are missing",
        ),
        // Arguments that are there twice or in the wrong place.
        (
            "trace --steps 5 --steps 6",
            "--steps is given twice; expected it once",
        ),
        (
            "list --json --json",
            "--json is given twice; expected it once",
        ),
        (
            "render -o a.png --output b.png",
            "--output is given twice; expected it once",
        ),
        (
            "a.toml trace",
            "the command `trace` stands behind other arguments; expected it first, like `ravine trace a.toml`",
        ),
        // Values that the commands refuse themselves.
        (
            "trace --steps many",
            "`steps` cannot be `many`; expected a whole number",
        ),
        (
            "render -o a.png --size big",
            "--size cannot be `big`; expected width x height",
        ),
        (
            "basins -o a.png --side 1",
            "--side cannot be `1`; expected a whole number from 2 to 1024",
        ),
        (
            "curvature",
            "no network or landscape is given; expected --network, --data and --weights, or --landscape and --at",
        ),
        ("rendr x", "unknown command `rendr`; did you mean `render`?"),
        (
            "rendr -o a.png",
            "unknown command `rendr`; did you mean `render`?",
        ),
        (
            "-q rendr --steps 3",
            "unknown command `rendr`; did you mean `render`?",
        ),
        ("help rendr", "unknown name `rendr`; did you mean `render`?"),
        (
            "a.toml b.toml",
            "`b.toml` stands behind `a.toml`, which is no command",
        ),
        ("trcae", "unknown command `trcae`; did you mean `trace`?"),
        ("tarin", "unknown command `tarin`; did you mean `train`?"),
        ("slcie", "unknown command `slcie`; did you mean `slice`?"),
    ] {
        let args = words(line);
        let said = place.refused(&args, expected);
        for phrase in ["error:", "Usage", "--help'"] {
            assert!(!said.contains(phrase), "{line}: {said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf8_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let mut command = place.command(&["trace", "--steps"]);
    let output = command.arg(OsStr::from_bytes(b"\xff")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "ravine: an argument is not text in UTF-8; expected UTF-8, except in names of files\n"
    );
}

#[test]
fn the_notation_of_other_programs_is_refused_with_what_is_meant() {
    let place = Place::new();
    for (args, expected) in [
        (
            &["plot"][..],
            "unknown command `plot`; did you mean `render`?",
        ),
        (
            &["run", "adam"],
            "unknown command `run`; did you mean `trace`?",
        ),
        (
            &["rosenbrock"],
            "like `ravine render --landscape rosenbrock -o picture.png`",
        ),
        (
            &["trace", "adam"],
            "there is no such file; expected a scene file, or --run adam",
        ),
        (
            &["trace", "–run", "adam"],
            "`–run` begins with a long dash; expected two hyphens, --run",
        ),
        (
            &["trace", "--run", "adam", "lr", "0.1"],
            "`lr` is a setting of the optimizer, not an argument; it belongs into `--run adam:lr=0.1`",
        ),
        (
            &["trace", "--run", "torch.optim.Adam(params, lr=0.1)"],
            "is not a run; did you mean `adam:lr=0.1`?",
        ),
        (
            &["trace", "--run", "fast = "],
            "the run `fast = ` has no optimizer; expected NAME:SETTING=VALUE",
        ),
        (
            &["trace", "--landscape", "x^2+y^2"],
            "is not a landscape; did you mean `formula:f=x",
        ),
        (
            &["trace", "-o", "."],
            ".: is a folder; expected the name of a file, .csv, .json or .npz",
        ),
        (
            &["trace", "--run", "adam:lr=0,1"],
            "a number has a decimal point, like 0.1",
        ),
        (
            &["sweep", "--over", "1e-4..1"],
            "has no setting or no values",
        ),
    ] {
        place.refused(args, expected);
    }
    let train = ["--run", "adam", "--steps", "1e0", "-o", "w.safetensors"];
    for (network, data, expected) in [
        ("16/16", "moons", "did you mean `mlp:hidden=16/16`?"),
        (
            "mlp:loss=bce",
            "mooons",
            "unknown data set `mooons`; did you mean `moons`?",
        ),
    ] {
        let args = ["train", "--network", network, "--data", data];
        place.refused(&[&args[..], &train].concat(), expected);
    }
    place.said(
        &[
            &["train", "--network", "mlp:loss=bce", "--data", "moons"],
            &train[..],
        ]
        .concat(),
    );
    let long = format!("--steps={}", "9".repeat(10_000));
    let said = place.refused(&["trace", &long], "expected a whole number");
    assert!(said.len() < 300, "{said}");
}
