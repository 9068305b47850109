//! Tests of bad input: one sentence, exit code 2, no files left behind.

use super::{Place, check, words};
use std::fs;
use std::path::Path;

#[test]
fn bad_data_are_refused_with_their_position() {
    let many = "1,2\n".repeat(1_000_001);
    for (csv, expected) in [
        (
            "x,y\n1,2\n3,abc\n",
            "points.csv: line 3, column 2 (`y`): `abc` is text; expected a number",
        ),
        (
            "1,2\nnan,3\n",
            "points.csv: line 2, column 1: `nan` is not finite",
        ),
        (
            "x\n1\n2\n",
            "points.csv: line 2 has one column; expected two",
        ),
        (
            "who,x\nann,1\n",
            "line 2 has one column of numbers; expected two, but column 1 (`who`) holds `ann`",
        ),
        ("", "points.csv: is empty"),
        ("x,y\n", "points.csv: has no rows after its header"),
        (
            many.as_str(),
            "points.csv: has more than 1000000 rows; expected at most that many",
        ),
    ] {
        let args = ["trace", "--landscape", "regression:data=points.csv"];
        check(
            &[("points.csv", csv)],
            &args,
            &format!("refused: {expected}"),
        );
    }
    let place = Place::new();
    place.file("latin.csv", b"h\xf6he,y\n1,2\n");
    for (data, expected) in [
        (
            "none.csv",
            "none.csv: there is no such file; expected a CSV file",
        ),
        (".", ".: is a folder; expected a CSV file"),
        (
            "latin.csv",
            "latin.csv: line 1, column 1 is not text in UTF-8",
        ),
    ] {
        place.refused(
            &["trace", "--landscape", &format!("regression:data={data}")],
            expected,
        );
    }
    check(
        &[("points.csv", "height,weight\n1,2\n")],
        &[
            "trace",
            "--landscape",
            "regression:data=points.csv,x=hieght",
        ],
        "refused: points.csv: line 1 has no column `hieght`; expected one of its columns, like `height`, `weight`",
    );
}

#[test]
fn bad_scenes_are_refused_with_their_position() {
    let place = Place::new();
    place.file("s.toml", "version = 1\nlandscape = \"rosenbrok\"\n");
    place.file(
        "start.toml",
        "version = 1\nlandscape = \"booth\"\nstart = [11, 0]\n",
    );
    place.file("bytes.toml", b"version = 1\n\xff\xfe");
    place.file(
        "data.toml",
        "version = 1\nlandscape = \"regression:data=gone.csv\"\n",
    );
    for args in [&["check"][..], &["trace"], &["render", "-o", "a.png"], &[]] {
        for (name, expected) in [
            (
                "none.toml",
                "none.toml: there is no such file; expected a scene file",
            ),
            (
                "s.toml",
                "s.toml: line 2, column 13: unknown landscape `rosenbrok`; did you mean `rosenbrock`?",
            ),
            (
                "start.toml",
                "start.toml: the start (11, 0) is not in the domain of `booth`; expected x in",
            ),
            (
                "bytes.toml",
                "bytes.toml: line 2 is not text in UTF-8; expected a scene file",
            ),
            ("data.toml", "data.toml: gone.csv: there is no such file"),
            (".", ".: is a folder; expected a scene file"),
        ] {
            place.refused(&[args, &[name]].concat(), expected);
        }
    }
    place.file("big.toml", vec![b'#'; (16 << 20) + 1]);
    place.refused(
        &["check", "big.toml"],
        "big.toml: is longer than 16 MB; expected a scene file",
    );
    place.refused(&["trcae"], "unknown command `trcae`; did you mean `trace`?");
    place.refused(
        &["trace", "booth"],
        "expected a scene file, or --landscape booth",
    );
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[test]
fn bad_flags_are_refused_with_the_valid_values() {
    for (args, expected) in [
        (
            &["--run", "adma"][..],
            "unknown optimizer `adma`; did you mean `adam`?",
        ),
        (
            &["--run", "sgd", "--run", "adam:beta=1"],
            "`adam` has no setting `beta`; did you mean `beta1`?",
        ),
        (
            &["--run", "adam:lr=x"],
            "--run adam:lr=x: `lr` cannot be `x`; expected a number in [0, ∞)",
        ),
        (
            &["--run", "adam@cosin"],
            "unknown schedule `cosin`; did you mean `cosine`?",
        ),
        (
            &["--landscape", "himelblau"],
            "unknown landscape `himelblau`; did you mean `himmelblau`?",
        ),
        (
            &["--landscape", "quadratic:a=inf"],
            "--landscape quadratic:a=inf: `a` cannot be `inf`",
        ),
        (
            &["--steps", "0"],
            "`steps` cannot be `0`; expected a whole number in [1, 1000000]",
        ),
        (
            &["--steps", "10000000"],
            "`steps` cannot be `10000000`; expected a whole number in [1, 1000000]",
        ),
        (
            &["--run", "muon"],
            "`muon` cannot run on `rosenbrock`; expected a network: it moves matrices, and here is a vector",
        ),
        (
            &["--run", "sgd", "--run", "gauss-newton"],
            "`gauss-newton` cannot run on `rosenbrock`; expected a model of data, like `regression`",
        ),
        (&["--steps", "-5"], "`steps` cannot be `-5`"),
        (
            &["--noise", "-1"],
            "`noise` cannot be `-1`; expected a number in [0, ∞)",
        ),
        (
            &["--batch", "8"],
            "`batch` cannot be 8 on `rosenbrock`; expected `all`: it has no data",
        ),
        (
            &["--start", "99,0"],
            "the start (99, 0) is not in the domain of `rosenbrock`; expected x in",
        ),
        (
            &["--start", "1"],
            "--start cannot be `1`; expected two numbers, like --start=-1.5,2",
        ),
        (
            &["--start=nan,1"],
            "the start (NaN, 1) is not in the domain",
        ),
    ] {
        check(
            &[],
            &[&["trace"], args].concat(),
            &format!("refused: {expected}"),
        );
        let render = ["render", "-o", "a.png"];
        check(
            &[],
            &[&render, args].concat(),
            &format!("refused: {expected}"),
        );
    }
    for (landscape, start, expected) in [
        (
            "parabola",
            "1,2,3",
            "--start cannot be `1,2,3`; expected a number, like --start=5",
        ),
        ("parabola", "x", "--start cannot be `x`; expected a number"),
        (
            "parabola",
            "99",
            "the start 99 is not in the domain of `parabola`; expected x in [-12.0, 12.0]",
        ),
    ] {
        let args = ["trace", "--landscape", landscape, "--start", start];
        check(&[], &args, &format!("refused: {expected}"));
    }
    check(
        &[],
        &words("basins --landscape parabola --run sgd -o a.png"),
        "refused: `parabola` has one parameter; expected a landscape of two",
    );
    check(
        &[],
        &["trace", "--landscape", "formula-1d:f=x^2+y"],
        "refused: formula: expected a formula in x alone, found `y` at column 5 (the landscape `formula` has x and y)\n  \
         x^2+y\n      ^",
    );
    for (args, expected) in [
        (
            &["--size", "1600"][..],
            "--size cannot be `1600`; expected width x height, 16 to 16384 each",
        ),
        (&["--size", "15x100"], "--size cannot be `15x100`"),
        (
            &["--size", "100x99999999999"],
            "--size cannot be `100x99999999999`",
        ),
        (
            &["--step", "501"],
            "--step cannot be `501`; expected a whole number from 0 to 500",
        ),
        (&["--step", "-1"], "--step cannot be `-1`"),
        (
            &["--gallery", "optimizers"],
            "--gallery cannot be `optimizers`; expected landscapes",
        ),
        (
            &["--gallery", "landscapes", "--run", "adam"],
            "--gallery draws every landscape with its defaults; leave out --run",
        ),
        (
            &["scene.toml", "--gallery", "landscapes"],
            "--gallery draws every landscape with its defaults; leave out the scene file",
        ),
        (
            &["--gallery", "landscapes", "--step", "3"],
            "--gallery draws every landscape with its defaults; leave out --step",
        ),
    ] {
        check(
            &[],
            &[&["render", "-o", "a.png"], args].concat(),
            &format!("refused: {expected}"),
        );
    }
}

#[test]
fn a_bad_formula_is_shown_with_a_caret() {
    let place = Place::new();
    let said = place.refused(&["trace", "--landscape", "formula:f=(1-x)^2 + 2y"], "^");
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].contains("expected an operator before `y` at column 12"),
        "{said}"
    );
    assert_eq!(
        lines[1].chars().nth(lines[2].find('^').unwrap()),
        Some('y'),
        "{said}"
    );
    let nowhere = "is not finite anywhere in x [-5.0, 5.0], y [-5.0, 5.0]";
    place.refused(&["trace", "--landscape", "formula:f=sqrt(-1-x^2)"], nowhere);
}

#[test]
fn paths_that_cannot_be_written_are_refused_and_unchanged() {
    let place = Place::new();
    place
        .file("file", "")
        .file("locked.json", "kept")
        .file("locked.png", "kept");
    for folder in ["folder.json", "folder.png", "sealed"] {
        fs::create_dir(place.path().join(folder)).unwrap();
    }
    for name in ["locked.json", "locked.png", "sealed"] {
        let path = place.path().join(name);
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(path, permissions).unwrap();
    }
    let pictures = if cfg!(feature = "mp4") {
        ".png, .svg, .pdf, .gif, .apng or .mp4"
    } else {
        ".png, .svg, .pdf, .gif or .apng"
    };
    for (command, ending, wrong) in [
        ("trace", "json", ".csv, .json or .npz"),
        ("render", "png", pictures),
    ] {
        for (path, expected) in [
            (
                format!("folder.{ending}"),
                "is a folder; expected the name of a file".to_owned(),
            ),
            (
                format!("locked.{ending}"),
                "is write-protected; expected a file that can be written".to_owned(),
            ),
            (
                format!("none/a.{ending}"),
                "there is no folder `none`; expected one that exists".to_owned(),
            ),
            (
                format!("file/a.{ending}"),
                "`file` is not a folder; expected one".to_owned(),
            ),
            (
                format!("sealed/a.{ending}"),
                "the folder `sealed` is write-protected".to_owned(),
            ),
            (
                "a.xyz".to_owned(),
                format!("a.xyz: unknown extension `.xyz`; expected {wrong}"),
            ),
            (
                "a".to_owned(),
                format!("a: has no extension; expected {wrong}"),
            ),
            (
                ".".to_owned(),
                format!("is a folder; expected the name of a file, {wrong}"),
            ),
        ] {
            place.refused(&[command, "-o", &path], &expected);
        }
    }
    place.refused(
        &["trace", "--format", "csv", "-o", "a.json"],
        "unknown extension `.json`; expected .csv",
    );
    assert_eq!(
        (place.read("locked.json"), place.read("locked.png")),
        ("kept".to_owned(), "kept".to_owned())
    );
}

#[cfg(target_os = "linux")]
#[test]
fn errors_of_the_file_system_are_reported() {
    Place::new().refused(
        &["trace", "-o", "/proc/a.json"],
        "/proc/a.json: the folder `/proc` is write-protected",
    );
    if Path::new("/dev/full").exists() {
        let full = fs::File::create("/dev/full").unwrap();
        let output = Place::new()
            .command(&["trace"])
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            said,
            "ravine: standard output cannot be written (no storage space)\n"
        );
    }
}
