//! The program as it is called from a shell, in a folder of its own.

use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A folder that is deleted in the end, and the program in it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path().join(name), content).unwrap();
        self
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The names of the files, sorted.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ravine"));
        command
            .args(args)
            .current_dir(self.path())
            .env("COLUMNS", "80");
        for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(display);
        }
        command
    }

    /// Exit code, stdout and stderr.
    fn run(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let output = self.command(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// What the program says when all goes well.
    fn said(&self, args: &[&str]) -> String {
        let (code, stdout, stderr) = self.run(args);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{args:?}");
        stdout
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.said(args)).unwrap()
    }

    /// The program refuses in one sentence that holds `expected`, with code 2, and leaves every file as it was.
    fn refused(&self, args: &[&str], expected: &str) -> String {
        let before = self.names();
        let (code, stdout, stderr) = self.run(args);
        assert_eq!(
            (code, stdout.as_str()),
            (Some(2), ""),
            "{args:?} said {stderr}"
        );
        assert!(
            stderr.starts_with("ravine: ") && stderr.contains(expected),
            "{args:?} said {stderr:?}, not {expected:?}"
        );
        let lines = if expected.contains('^') { 3 } else { 1 };
        assert_eq!(stderr.lines().count(), lines, "{args:?} said {stderr}");
        assert_eq!(self.names(), before, "{args:?} left something behind");
        stderr
    }
}

/// One call, in a folder with the given files: a part of what it says, or, after "refused: ", of the refusal.
fn check(files: &[(&str, &str)], args: &[&str], expected: &str) {
    let place = Place::new();
    for (name, content) in files {
        place.file(name, content);
    }
    match expected.strip_prefix("refused: ") {
        Some(expected) => drop(place.refused(args, expected)),
        None => {
            let said = place.said(args);
            assert!(
                said.contains(expected),
                "{args:?} said {said:?}, not {expected:?}"
            );
        }
    }
}

/// The rows of a run as bits.
fn rows(json: &Value, run: usize) -> Vec<Vec<u64>> {
    let rows = json["runs"][run]["rows"].as_array().unwrap();
    let bits = |row: &Value| -> Vec<u64> {
        let cells = row.as_array().unwrap().iter();
        cells.map(|cell| cell.as_f64().unwrap().to_bits()).collect()
    };
    rows.iter().map(bits).collect()
}

const COLUMNS: [&str; 7] = ["step", "evaluations", "x", "y", "loss", "grad_norm", "lr"];

#[test]
fn trace_writes_the_bits_of_the_engine() {
    use ravine::engine::{cancel::Cancel, landscape::NoFiles, run, scene::Scene};
    let place = Place::new();
    let spec = "adam:lr=0.05,beta1=0.95@warmup:steps=10>cosine:t_max=90";
    let args = [
        "trace",
        "--landscape",
        "rosenbrock",
        "--start=-1.5,2",
        "--steps",
        "100",
        "--run",
        spec,
    ];
    let json = place.json(&args);
    let traced = &json["runs"][0];
    assert_eq!(traced["columns"], serde_json::json!(COLUMNS));
    assert_eq!(traced["outcome"], "finished");
    assert!(traced["diverged_at"].is_null() && traced["converged_at"].is_null());
    assert_eq!(
        traced["spec"],
        "adam:lr=0.05,beta1=0.95@warmup>cosine:t_max=90"
    );

    let mut scene = Scene::new("rosenbrock".parse().unwrap());
    scene.start = [-1.5, 2.0];
    scene.training.steps = 100;
    let ground = scene.ground(&NoFiles).unwrap();
    let (spec, conditions) = (spec.parse().unwrap(), scene.conditions());
    let made = run::run(
        &*ground.objective,
        &scene.start,
        &spec,
        &conditions,
        &Cancel::default(),
    )
    .unwrap();
    let rows = rows(&json, 0);
    assert_eq!((rows.len(), made.len()), (101, 101));
    for (row, cells) in rows.iter().enumerate() {
        let (theta, evaluations) = (made.theta(row).unwrap(), made.evaluations[row]);
        let rest = [made.loss[row], made.grad_norm[row], made.lr[row]];
        let expected = [
            row as f64,
            evaluations as f64,
            theta[0],
            theta[1],
            rest[0],
            rest[1],
            rest[2],
        ];
        assert_eq!(*cells, expected.map(f64::to_bits), "row {row}");
    }
}

#[test]
fn csv_holds_what_json_holds() {
    let place = Place::new();
    let args = [
        "trace",
        "--steps",
        "20",
        "--noise",
        "0.3",
        "--curvature",
        "--run",
        "sgd:lr=1e-4",
        "--run",
        "adam",
    ];
    let json = place.json(&args);
    let csv = place.said(&[&args[..], &["--format", "csv"]].concat());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = [&["run"], &COLUMNS[..], &["lambda_min", "lambda_max"]].concat();
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), header);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let expected = [0, 1].map(|run| {
        (
            json["runs"][run]["spec"].as_str().unwrap(),
            rows(&json, run),
        )
    });
    assert_eq!(records.len(), 42);
    for (index, record) in records.iter().enumerate() {
        let (spec, rows) = &expected[index / 21];
        let cells = record
            .iter()
            .skip(1)
            .map(|cell| cell.parse::<f64>().unwrap().to_bits());
        assert_eq!(
            (&record[0], cells.collect::<Vec<_>>()),
            (*spec, rows[index % 21].clone())
        );
    }
    let one = place.said(&["trace", "--steps", "1", "--run", "sgd", "--format", "csv"]);
    assert!(
        one.starts_with("step,evaluations,x,y,loss,grad_norm,lr\n0,0,-1.5,2.0,"),
        "{one}"
    );
}

#[test]
fn a_file_holds_what_stdout_holds() {
    let place = Place::new();
    let args = ["trace", "--steps", "5", "--run", "sgd:lr=1e-3,momentum=0.9"];
    for (name, format) in [("a.json", "json"), ("a.csv", "csv"), ("b.CSV", "csv")] {
        let said = place.said(&[&args[..], &["--format", format]].concat());
        assert_eq!(place.said(&[&args[..], &["-o", name]].concat()), "");
        assert_eq!(place.read(name), said);
    }
    place.said(&[&args[..], &["-o", "a.json", "--seed", "1"]].concat());
    assert!(
        place.read("a.json").contains("\"seed\":1"),
        "an earlier file is replaced"
    );
    assert_eq!(place.names(), ["a.csv", "a.json", "b.CSV"]);
}

#[test]
fn divergence_and_convergence_are_told_with_their_step() {
    let place = Place::new();
    let run = |run: &str| {
        let args = [
            "trace",
            "--landscape",
            "quadratic:a=1,b=1",
            "--steps",
            "9",
            "--tolerance",
            "1e-3",
            "--run",
            run,
        ];
        place.json(&args)["runs"][0].clone()
    };
    let diverged = run("sgd:lr=1e7");
    assert_eq!(diverged["outcome"], "diverged");
    assert_eq!(diverged["diverged_at"], 1);
    let rows = diverged["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows[1][4].as_f64().unwrap() > 1e12);
    let converged = run("sgd:lr=1");
    assert_eq!(converged["outcome"], "converged");
    assert_eq!(converged["converged_at"], 1);
    assert!(converged["diverged_at"].is_null());
    let infinite = place.json(&["trace", "--landscape", "formula:f=ln(x)", "--run", "sgd"]);
    assert_eq!(infinite["runs"][0]["diverged_at"], 0);
    assert_eq!(infinite["runs"][0]["rows"], serde_json::json!([]));
}

#[test]
fn flags_change_a_scene_file() {
    let place = Place::new();
    let scene = "version = 1\nlandscape = \"booth\"\nstart = [1, 2]\n[training]\nsteps = 7\nseed = 3\n\
                 [[runs]]\nspec = \"sgd\"\n[[runs]]\nspec = \"adam\"\nshown = false\n";
    place.file("s.toml", scene);
    let json = place.json(&["trace", "s.toml"]);
    assert_eq!(
        (&json["landscape"], &json["start"]),
        (&"booth".into(), &serde_json::json!([1.0, 2.0]))
    );
    assert_eq!(
        json["training"],
        serde_json::json!({"steps": 7, "seed": 3, "noise": 0.0})
    );
    assert_eq!(
        json["runs"].as_array().unwrap().len(),
        1,
        "runs that are not ticked are left out"
    );
    assert_eq!(rows(&json, 0).len(), 8);
    let flags = [
        "--start",
        "-1,-2",
        "--steps",
        "1e1",
        "--clip-norm",
        "1",
        "--run",
        "newton",
        "--run",
        "lbfgs",
    ];
    let json = place.json(&[&["trace", "s.toml"], &flags[..]].concat());
    assert_eq!(json["start"], serde_json::json!([-1.0, -2.0]));
    assert_eq!(json["training"]["steps"], 10);
    assert_eq!(json["training"]["clip_norm"], 1.0);
    assert_eq!(json["runs"].as_array().unwrap().len(), 2);
    let json = place.json(&["trace", "s.toml", "--landscape", "beale"]);
    assert_eq!(
        json["start"],
        serde_json::json!([1.0, 1.5]),
        "another landscape has its own start"
    );
    let opening = place.json(&["trace", "--steps", "1"]);
    assert_eq!(opening["runs"].as_array().unwrap().len(), 6);
}

#[test]
fn formulas_and_quotes_work() {
    for (spec, loss) in [
        ("formula:f=x^2+2*y^2", "[0,0,1.0,2.0,9.0,"),
        ("formula:f='max(x,y)', radius=3", "[0,0,1.0,2.0,2.0,"),
        ("formula:f=\"min(x, y) + 0*x\"", "[0,0,1.0,2.0,1.0,"),
    ] {
        check(
            &[],
            &[
                "trace",
                "--landscape",
                spec,
                "--start",
                "1,2",
                "--steps",
                "1",
                "--run",
                "sgd",
            ],
            loss,
        );
    }
}

#[test]
fn mini_batches_of_a_file_are_real_and_seeded() {
    let place = Place::new();
    let points: String = (0..40)
        .map(|i| format!("{i};{};n{i}\n", 3 * i + i % 5))
        .collect();
    fs::create_dir(place.path().join("data")).unwrap();
    place.file("data/points.csv", format!("weight;height;who\n{points}"));
    let trace = |landscape: &str, more: &[&str]| {
        let args = [
            "trace",
            "--landscape",
            landscape,
            "--steps",
            "30",
            "--run",
            "sgd:lr=1e-4",
        ];
        rows(&place.json(&[&args[..], more].concat()), 0)
    };
    let data = "regression:data=data/points.csv";
    let (all, one) = (trace(data, &[]), trace(data, &["--batch", "1"]));
    assert_eq!(all, trace(data, &["--batch", "all"]));
    assert_eq!(one, trace(data, &["--batch", "1", "--seed", "0"]));
    assert_ne!(one, all);
    assert_ne!(one, trace(data, &["--batch", "1", "--seed", "1"]));
    assert_eq!(all, trace(&format!("{data},x=weight,y=height"), &[]));
    assert_ne!(all, trace(&format!("{data},x=height,y=weight"), &[]));
    place.refused(
        &["trace", "--landscape", data, "--batch", "41"],
        "`batch` cannot be 41 on `regression`; expected 1 to 40, the number of samples, or `all`",
    );
    // Beside the scene file, not in the current folder.
    place.file(
        "data/s.toml",
        "version = 1\nlandscape = \"regression:data=points.csv\"\n",
    );
    check(
        &[],
        &["--version"],
        concat!("ravine ", env!("CARGO_PKG_VERSION"), "\n"),
    );
    assert_eq!(
        place.said(&["check", "data/s.toml"]),
        "data/s.toml: sound (regression, 0 runs, 500 steps)\n"
    );
}

#[test]
fn bad_data_is_refused_with_its_place() {
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
fn bad_scenes_are_refused_with_their_place() {
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
    place.refused(&["trcae"], "expected a scene file, or the command `trace`");
    place.refused(
        &["trace", "booth"],
        "expected a scene file, or --landscape booth",
    );
}

#[test]
fn check_says_that_a_scene_is_sound() {
    let scene = "version = 1\nlandscape = \"rosenbrock:b=50\"\n[[runs]]\nspec = \"adam\"\n";
    check(
        &[("s.toml", scene)],
        &["check", "s.toml"],
        "s.toml: sound (rosenbrock, 1 run, 500 steps)\n",
    );
}

#[test]
fn bad_flags_are_refused_with_what_is_valid() {
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
    let nowhere = "formula: `sqrt(-1-x^2)` is not finite anywhere";
    place.refused(&["trace", "--landscape", "formula:f=sqrt(-1-x^2)"], nowhere);
}

#[test]
fn places_that_cannot_be_written_are_refused_and_left_alone() {
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
    for (command, ending, wrong) in [
        ("trace", "json", ".json or .csv"),
        ("render", "png", ".png or .svg"),
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
            (String::new(), format!("has no extension; expected {wrong}")),
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
fn a_file_system_that_refuses_is_told() {
    Place::new().refused(
        &["trace", "-o", "/proc/a.json"],
        "/proc/a.json: nothing can be written in `/proc`",
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

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let place = Place::new();
    let mut command = place.command(&["trace", "--steps", "50000", "--run", "sgd:lr=1e-5"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

#[test]
fn list_names_every_member_and_setting() {
    use ravine::engine::{landscape::AnyLandscape, optimizer::AnyOptimizer, schedule::AnySchedule};
    let place = Place::new();
    let (json, text) = (place.json(&["list", "--json"]), place.said(&["list"]));
    for (family, names) in [
        ("landscapes", AnyLandscape::NAMES),
        ("optimizers", AnyOptimizer::NAMES),
        ("schedules", AnySchedule::NAMES),
    ] {
        let members = json[family].as_array().unwrap();
        let listed: Vec<&str> = members
            .iter()
            .map(|member| member["name"].as_str().unwrap())
            .collect();
        assert_eq!(listed, names);
        for member in members {
            let name = member["name"].as_str().unwrap();
            assert!(
                text.contains(&format!(
                    "\n{name}  ({})\n",
                    member["title"].as_str().unwrap()
                )),
                "{name}"
            );
            for setting in member["settings"].as_array().unwrap() {
                let key = setting["name"].as_str().unwrap();
                assert!(text.contains(&format!("    {key}=")), "{name}: {key}");
                for field in ["kind", "expected", "help"] {
                    assert!(
                        !setting[field].as_str().unwrap().is_empty(),
                        "{name}: {key} has no {field}"
                    );
                }
                assert!(
                    !setting["default"].is_null() && setting.get("unit").is_some(),
                    "{name}: {key}"
                );
            }
        }
        let one = place.json(&["list", family, "--json"]);
        assert_eq!(
            one.as_object().unwrap().keys().collect::<Vec<_>>(),
            [family]
        );
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80));
    let rosenbrock = &json["landscapes"].as_array().unwrap()[2];
    assert_eq!(
        rosenbrock["minima"],
        serde_json::json!([{"at": [1.0, 1.0], "value": 0.0}])
    );
    assert_eq!(
        rosenbrock["domain"],
        serde_json::json!([[-2.048, 2.048], [-2.048, 2.048]])
    );
    assert_eq!(rosenbrock["settings"][1]["range"], "[0, ∞)");
}

/// Width and height of a PNG file.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (side(16), side(20))
}

#[test]
fn pictures_have_their_size_and_their_texts() {
    let place = Place::new();
    let args = [
        "render",
        "--landscape",
        "himmelblau",
        "--run",
        "adam:lr=0.1",
        "--run",
        "newton",
        "--steps",
        "50",
    ];
    place.said(&[&args[..], &["-o", "a.png", "--size", "320x200"]].concat());
    let light = fs::read(place.path().join("a.png")).unwrap();
    assert_eq!(png_size(&light), (320, 200));
    for (flags, name) in [(["--theme", "dark"], "dark"), (["--step", "0"], "first")] {
        place.said(&[&args[..], &["-o", "a.png", "--size", "320x200"], &flags].concat());
        assert_ne!(
            fs::read(place.path().join("a.png")).unwrap(),
            light,
            "{name}"
        );
    }
    place.said(&[&args[..], &["-o", "a.svg", "--size", "800x600"]].concat());
    let svg = place.read("a.svg");
    assert!(
        svg.contains(" width=\"800\" height=\"600\" viewBox="),
        "{}",
        &svg[..300]
    );
    for text in [
        "Himmelblau",
        "Adam",
        "Newton",
        "himmelblau · start (−0.5, −1) · step 50 of 50",
    ] {
        assert!(svg.contains(text), "{text} is missing");
    }
    assert!(svg.contains("<text") && svg.contains("landscape = \"himmelblau\""));
    assert_eq!(place.names(), ["a.png", "a.svg"]);
}

#[test]
fn without_a_display_the_scene_becomes_a_picture() {
    let place = Place::new();
    place.file("ravine.png", "kept");
    for name in ["ravine-2.png", "ravine-3.png"] {
        let (code, stdout, stderr) = place.run(&[]);
        assert_eq!(
            (code, stdout),
            (Some(0), format!("The picture is in {name} instead.\n")),
            "{stderr}"
        );
        assert!(stderr.starts_with("ravine: "), "{stderr}");
        assert_eq!(
            png_size(&fs::read(place.path().join(name)).unwrap()),
            (1600, 1200)
        );
    }
    assert_eq!(place.read("ravine.png"), "kept");
}

#[test]
fn help_is_there_for_every_command() {
    for args in [
        &["--help"][..],
        &["trace", "--help"],
        &["render", "-h"],
        &["list", "--help"],
        &["check", "--help"],
    ] {
        check(&[], args, "Example");
    }
    let place = Place::new();
    for args in [
        &["trace", "--speed", "1"][..],
        &["render"],
        &["list", "optimiser"],
        &["trace", "--format", "xml"],
    ] {
        assert_eq!(place.run(args).0, Some(2), "{args:?}");
    }
}
