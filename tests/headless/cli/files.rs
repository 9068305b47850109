//! Tests of the files that commands may write, and that they are written completely and together or not at all.

use super::{Place, check};
use std::fs;
use std::process::Stdio;
use std::time::Duration;

const DATA: &str = "x,y,class\n1,2,0\n2,3,1\n3,5,1\n4,1,0\n";
const NETWORK: [&str; 4] = ["--network", "mlp:hidden=2,loss=bce", "--data", "d.csv"];
const SCENE: &str =
    "version = 1\nlandscape = \"quadratic\"\n[training]\nsteps = 2\n[[runs]]\nspec = \"sgd\"\n";

/// Creates a folder with data, scenes, a picture, weights and steps under names with the extensions of all outputs, and with links.
fn place() -> Place {
    let place = Place::new();
    for name in ["d.csv", "d.json"] {
        place.file(name, DATA);
    }
    for name in ["s.csv", "s.json", "s.png", "s.npz"] {
        place.file(name, SCENE);
    }
    place.file("network.json", "version = 2\n[network]\nmodel = \"mlp:hidden=2,loss=bce\"\ndata = \"csv:path=d.csv\"\n[training]\nsteps = 5\n[[runs]]\nspec = \"sgd\"\n");
    let train = [
        &["train"][..],
        &NETWORK,
        &[
            "--run",
            "sgd",
            "--steps",
            "3",
            "-o",
            "w.safetensors",
            "--trajectories",
            "t.npz",
        ],
    ];
    place.said(&train.concat());
    for name in ["w.csv", "w.npz", "v.safetensors"] {
        fs::copy(place.path().join("w.safetensors"), place.path().join(name)).unwrap();
    }
    place.said(&[
        "render",
        "--landscape",
        "quadratic",
        "--size",
        "40x40",
        "-o",
        "i.png",
    ]);
    place.said(&[
        "sweep",
        "--landscape",
        "quadratic",
        "--run",
        "sgd",
        "--steps",
        "2",
        "--over",
        "lr=0.1,0.2",
        "-o",
        "g.csv",
    ]);
    fs::create_dir(place.path().join("sub")).unwrap();
    fs::hard_link(place.path().join("d.csv"), place.path().join("hard.csv")).unwrap();
    #[cfg(unix)]
    for (to, name) in [
        ("d.csv", "soft.csv"),
        ("soft.csv", "softer.csv"),
        ("../d.csv", "sub/soft.csv"),
    ] {
        std::os::unix::fs::symlink(to, place.path().join(name)).unwrap();
    }
    place
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[test]
fn no_output_overwrites_an_input() {
    let place = place();
    let absolute = place.path().join("sub/../d.csv");
    let trace = [
        "trace",
        "--landscape",
        "regression:data=d.csv",
        "--run",
        "sgd",
        "--steps",
        "2",
        "-o",
    ];
    for output in [
        "d.csv",
        "./d.csv",
        "sub/../d.csv",
        "hard.csv",
        "soft.csv",
        "softer.csv",
        "sub/soft.csv",
        absolute.to_str().unwrap(),
    ] {
        place.refused(
            &[&trace[..], &[output]].concat(),
            "is the same file as d.csv, an input",
        );
    }
    let with = |command: &'static str, more: &[&'static str]| -> Vec<&'static str> {
        [&[command][..], &NETWORK, more].concat()
    };
    for args in [
        vec!["trace", "s.csv", "-o", "s.csv"],
        vec!["trace", "s.json", "-o", "s.json"],
        vec!["critical", "s.csv", "-o", "s.csv"],
        vec![
            "critical",
            "--landscape",
            "regression:data=d.csv",
            "-o",
            "d.csv",
        ],
        vec!["render", "s.png", "-o", "s.png"],
        vec!["render", "--landscape", "image:file=i.png", "-o", "i.png"],
        vec!["sweep", "s.csv", "--over", "lr=0.1,0.2", "-o", "s.csv"],
        vec![
            "sweep",
            "--landscape",
            "regression:data=d.csv",
            "--run",
            "sgd",
            "--over",
            "lr=0.1,0.2",
            "-o",
            "d.csv",
        ],
        vec!["basins", "s.npz", "--side", "2", "-o", "s.npz"],
        vec![
            "basins",
            "--landscape",
            "regression:data=d.csv",
            "--run",
            "sgd",
            "--side",
            "2",
            "-o",
            "d.csv",
        ],
        vec![
            "curvature",
            "--landscape",
            "regression:data=d.csv",
            "--at=1,1",
            "-o",
            "d.csv",
        ],
        with("curvature", &["--weights", "w.csv", "-o", "w.csv"]),
        with("curvature", &["--weights", "w.csv", "-o", "d.csv"]),
        with(
            "slice",
            &["--weights", "w.csv", "--points", "2", "-o", "w.csv"],
        ),
        with(
            "slice",
            &["--weights", "w.csv", "--points", "2", "-o", "d.csv"],
        ),
        with(
            "slice",
            &[
                "--weights",
                "w.safetensors",
                "--points",
                "2",
                "--direction",
                "w.npz",
                "-o",
                "w.npz",
            ],
        ),
        with(
            "slice",
            &[
                "--weights",
                "w.safetensors",
                "--points",
                "2",
                "--plane",
                "line",
                "--other",
                "w.csv",
                "-o",
                "w.csv",
            ],
        ),
        with(
            "slice",
            &[
                "--weights",
                "w.safetensors",
                "--points",
                "2",
                "--plane",
                "pca",
                "--trajectories",
                "t.npz",
                "-o",
                "t.npz",
            ],
        ),
        with(
            "connect",
            &[
                "--from",
                "w.csv",
                "--to",
                "v.safetensors",
                "--steps",
                "1",
                "-o",
                "w.csv",
            ],
        ),
        with(
            "connect",
            &[
                "--from",
                "w.safetensors",
                "--to",
                "v.safetensors",
                "--steps",
                "1",
                "--curve-weights",
                "v.safetensors",
            ],
        ),
        with(
            "connect",
            &[
                "--from",
                "w.safetensors",
                "--to",
                "v.safetensors",
                "--steps",
                "1",
                "-o",
                "d.csv",
            ],
        ),
        with(
            "train",
            &[
                "--run",
                "sgd",
                "--steps",
                "1",
                "-o",
                "n.safetensors",
                "--trajectories",
                "d.csv",
            ],
        ),
        with(
            "train",
            &[
                "--run",
                "sgd",
                "--steps",
                "1",
                "-o",
                "n.safetensors",
                "--layers",
                "hard.csv",
            ],
        ),
        with(
            "train",
            &[
                "--run",
                "sgd",
                "--steps",
                "1",
                "-o",
                "n.safetensors",
                "--weights",
                "w.csv",
                "--sharpness",
                "w.csv",
            ],
        ),
    ] {
        place.refused(&args, ", an input of this command; choose another file");
    }
    // Training may overwrite its input weights, since it reads them completely before it writes.
    let again = with(
        "train",
        &[
            "--run",
            "sgd",
            "--steps",
            "1",
            "--weights",
            "v.safetensors",
            "-o",
            "v.safetensors",
        ],
    );
    place.said(&again);
    let bytes = |name: &str| fs::read(place.path().join(name)).unwrap();
    assert_ne!(bytes("v.safetensors"), bytes("w.safetensors"));
    assert_eq!(place.read("d.csv"), DATA);
    assert_eq!(place.read("s.csv"), SCENE);
}

#[test]
fn outputs_must_be_different_files() {
    let place = place();
    let train = [&["train"][..], &NETWORK, &["--run", "sgd", "--steps", "1"]].concat();
    for more in [
        &[
            "-o",
            "n.safetensors",
            "--trajectories",
            "n.csv",
            "--layers",
            "./n.csv",
        ][..],
        &[
            "-o",
            "n.safetensors",
            "--layers",
            "n.csv",
            "--sharpness",
            "sub/../n.csv",
        ],
        &[
            "-o",
            "w.safetensors",
            "--trajectories",
            "w.csv",
            "--layers",
            "w.csv",
        ],
    ] {
        place.refused(
            &[&train, more].concat(),
            ", another output of this command; choose another file",
        );
    }
    place.refused(
        &[&train[..], &["-o", "-", "--layers", "-"]].concat(),
        "two outputs are `-`, but there is one standard output",
    );
}

#[test]
fn a_command_that_fails_writes_none_of_its_files() {
    let place = place();
    let before = place.names();
    let train = [
        &["train"][..],
        &NETWORK,
        &[
            "--run",
            "sgd",
            "--steps",
            "2",
            "-o",
            "n.safetensors",
            "--trajectories",
            "n.csv",
            "--layers",
            "l.csv",
        ],
    ];
    let full = fs::File::options().write(true).open("/dev/full");
    if let Ok(full) = full {
        let output = place
            .command(&train.concat())
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(place.names(), before);
    }
    place.said(&train.concat());
    assert_eq!(place.names().len(), before.len() + 3);
}

#[cfg(unix)]
#[test]
fn writing_through_a_dangling_link_creates_its_target() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    fs::create_dir(place.path().join("sub")).unwrap();
    symlink("sub/new.csv", place.path().join("link.csv")).unwrap();
    symlink("none/new.csv", place.path().join("lost.csv")).unwrap();
    symlink("round.csv", place.path().join("round.csv")).unwrap();
    let trace = [
        "trace",
        "--landscape",
        "quadratic",
        "--run",
        "sgd",
        "--steps",
        "1",
        "-o",
    ];
    place.said(&[&trace[..], &["link.csv"]].concat());
    assert!(place.path().join("link.csv").is_symlink());
    assert!(place.read("sub/new.csv").starts_with("run,step,"));
    place.refused(&[&trace[..], &["lost.csv"]].concat(), "there is no folder");
    place.refused(&[&trace[..], &["round.csv"]].concat(), "links in a circle");
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[test]
fn a_dash_writes_to_stdout_and_nothing_else_does() {
    let place = place();
    let before = place.names();
    let weights = ["--weights", "w.safetensors"];
    let of =
        |command: &'static str, more: &[&'static str]| [&[command][..], &NETWORK, more].concat();
    let quadratic = ["--landscape", "quadratic", "--run", "sgd", "--steps", "2"];
    for (args, start) in [
        (
            [&["trace"][..], &quadratic, &["--json"]].concat(),
            &b"{\"landscape\""[..],
        ),
        (
            [&["trace"][..], &quadratic, &["-o", "-"]].concat(),
            b"run,step,",
        ),
        (
            vec!["critical", "--landscape", "quadratic", "--json"],
            b"{\"landscape\"",
        ),
        (
            vec![
                "critical",
                "--landscape",
                "quadratic",
                "--format",
                "csv",
                "-o",
                "-",
            ],
            b"kind,x,y",
        ),
        (
            [&["render"][..], &quadratic, &["--size", "40x40", "-o", "-"]].concat(),
            b"\x89PNG",
        ),
        (
            vec![
                "render",
                "--gallery",
                "landscapes",
                "--size",
                "40x40",
                "-o",
                "-",
            ],
            b"\x89PNG",
        ),
        (
            [
                &["sweep"][..],
                &quadratic,
                &["--over", "lr=0.1,0.2", "-o", "-"],
            ]
            .concat(),
            b"run,lr,final_loss",
        ),
        (
            [&["basins"][..], &quadratic, &["--side", "2", "-o", "-"]].concat(),
            b"x,y,fate",
        ),
        (
            vec![
                "curvature",
                "--landscape",
                "quadratic",
                "--at=1,1",
                "-o",
                "-",
            ],
            b"lambda,density",
        ),
        (
            of(
                "slice",
                &[&weights[..], &["--points", "2", "-o", "-"]].concat(),
            ),
            b"a,b,loss\n",
        ),
        (
            of(
                "connect",
                &[
                    "--from",
                    "w.safetensors",
                    "--to",
                    "v.safetensors",
                    "--steps",
                    "1",
                    "-o",
                    "-",
                ],
            ),
            b"t,straight_loss",
        ),
        (
            of("train", &["--run", "sgd", "--steps", "1", "-o", "-"]),
            b"",
        ),
    ] {
        let output = place.command(&args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?} said {said}");
        assert!(
            output.stdout.starts_with(start),
            "{args:?}: {:?}",
            &output.stdout[..40]
        );
        if args[0] == "train" {
            let length = u64::from_le_bytes(output.stdout[..8].try_into().unwrap());
            assert_eq!(
                output.stdout.len() as u64,
                8 + length + 9 * 8,
                "two by two and one by two weights, and biases"
            );
            assert!(said.starts_with("run "), "{said}");
        }
        assert_eq!(place.names(), before, "{args:?}");
    }
    for (args, expected) in [
        (
            [
                &["sweep"][..],
                &quadratic,
                &["--over", "lr=0.1,0.2", "--best", "-o", "-"],
            ]
            .concat(),
            "--best and",
        ),
        (
            vec![
                "curvature",
                "--landscape",
                "quadratic",
                "--at=1,1",
                "--json",
                "-o",
                "-",
            ],
            "--json and",
        ),
        (
            of(
                "train",
                &["--run", "sgd", "--run", "adam", "--steps", "1", "-o", "-"],
            ),
            "one file for 2 runs",
        ),
    ] {
        place.refused(&args, expected);
    }
}

/// Returns whether this process, and so the ones that it starts, ignores a signal.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(unix)]
#[test]
fn signals_leave_no_temporary_file() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        // A signal that this process ignores, as in a shell's background job, stays ignored.
        if is_ignored(number) {
            continue;
        }
        let code = 128 + number;
        let place = Place::new();
        let runs = ["--run", "sgd", "--run", "adam", "--run", "sgd:momentum=0.9"].repeat(30);
        let trace = [
            "trace",
            "--landscape",
            "ackley",
            "--steps",
            "200000",
            "-o",
            "long.csv",
        ];
        let mut child = place
            .command(&[&trace[..], &runs].concat())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while place.names().is_empty() {
            assert_eq!(
                child.try_wait().unwrap(),
                None,
                "over before it wrote anything"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(
            place.names()[0].starts_with(".ravine-"),
            "{:?}",
            place.names()
        );
        let pid = child.id().to_string();
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{name} {pid}")])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{name}");
        // Ctrl+C keeps the runs that are complete, if there are some.
        let kept = place.names();
        assert!(
            kept.is_empty() || name == "INT" && kept == ["long.csv"],
            "{kept:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn there_are_at_most_as_many_threads_as_cores() {
    let place = Place::new();
    let mut command = place.command(&[
        "basins",
        "--landscape",
        "ackley",
        "--run",
        "adam",
        "--steps",
        "100000",
        "--side",
        "1024",
        "-o",
        "b.npz",
    ]);
    let mut child = command.env("RAYON_NUM_THREADS", "1000").spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let threads = || -> usize {
        let text = fs::read_to_string(&status).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("Threads:"));
        line.unwrap().trim().parse().unwrap()
    };
    let cores = std::thread::available_parallelism().unwrap().get();
    // The main thread, the signal thread, and the pool.
    let mut most = 0;
    while most < 2 + cores && child.try_wait().unwrap().is_none() {
        most = most.max(threads());
        std::thread::sleep(Duration::from_millis(5));
    }
    let last = threads();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        most.max(last) <= 2 + cores,
        "{most} threads on {cores} cores"
    );
}

#[test]
fn quoted_arguments_add_no_lines_to_messages() {
    let place = Place::new();
    for args in [
        &["trace", "--run", "ad\nam\u{1b}[31m"][..],
        &["trace", "a\r\nb\u{7}.toml"],
        &["trace", "--landscape", "quad\u{202e}ratic"],
        &["trace", "--landscape", "grid:data=a\nb.csv"],
        &["trace", "--start", "1\n2"],
        &["help", "x\ny"],
        &[
            "train",
            "--network",
            "mlp",
            "--data",
            "a\nb",
            "--run",
            "sgd",
            "--steps",
            "1",
            "-o",
            "w.safetensors",
        ],
    ] {
        let said = place.refused(args, "ravine: ");
        let sound = |char: char| !char.is_control() && char != '\u{202e}';
        assert!(said.trim_end_matches('\n').chars().all(sound), "{said:?}");
    }
    // Messages about formulas have two more lines.
    let said = place.refused(
        &[
            "trace",
            "--landscape",
            "formula:f=x+\u{1b}*",
            "--run",
            "sgd",
        ],
        "^",
    );
    assert!(!said.contains('\u{1b}'), "{said:?}");
    for args in [
        &["trace", "--fo\nrmat\u{1b}"][..],
        &["trace", "--format", "x\n\u{1b}y"],
        &["trace", "scene.toml", "ex\ntra\u{1b}"],
    ] {
        let (code, _, said) = place.run(args);
        assert_eq!(code, Some(2));
        assert!(!said.contains('\u{1b}') && said.contains("\\n"), "{said:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_of_any_name_can_be_read_written_and_named_in_specs() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let run = |args: &[&OsStr]| {
        let output = place.command(&[]).args(args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{args:?} said {said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let text = OsStr::new;
    for name in [
        &b"caf\xe9.csv"[..],
        b"\"both\" it's.csv",
        b"a\xff'\"(,@>+[.csv",
        br"back\xff.csv",
        b"new\nline.csv",
    ] {
        let path = OsStr::from_bytes(name);
        fs::write(place.path().join(path), DATA).unwrap();
        // As an argument that is a path, and in the corresponding scene file.
        let trained = run(&[
            "train",
            "--network",
            "mlp:hidden=,loss=bce",
            "--run",
            "sgd",
            "--steps",
            "1",
            "-o",
        ]
        .map(text)
        .iter()
        .copied()
        .chain([OsStr::from_bytes(b"\xfe.safetensors"), text("--data"), path])
        .collect::<Vec<_>>());
        assert!(trained.starts_with("run "));
        assert!(
            place
                .path()
                .join(OsStr::from_bytes(b"\xfe.safetensors"))
                .exists()
        );
        // In a spec, with quotes doubled, and in the spec of the output.
        let quoted: Vec<u8> = name
            .iter()
            .flat_map(|byte| {
                if *byte == b'"' {
                    vec![b'"'; 2]
                } else {
                    vec![*byte]
                }
            })
            .collect();
        let spec = [b"regression:data=\"", &quoted[..], b"\""].concat();
        let trace = |spec: &OsStr| {
            run(&[
                text("trace"),
                text("--landscape"),
                spec,
                text("--run"),
                text("sgd"),
                text("--steps"),
                text("2"),
                text("--json"),
            ])
        };
        let first = trace(OsStr::from_bytes(&spec));
        let json: serde_json::Value = serde_json::from_str(&first).unwrap();
        let written = json["landscape"].as_str().unwrap();
        assert_eq!(trace(text(written)), first, "{written}");
        // In a scene file with this name, in whose folder the data are.
        let folder = place.path().join(OsStr::from_bytes(b"f\xc3"));
        fs::create_dir_all(&folder).unwrap();
        fs::rename(place.path().join(path), folder.join(path)).unwrap();
        let scene = format!(
            "version = 1\nlandscape = {}\n[training]\nsteps = 2\n[[runs]]\nspec = \"sgd\"\n",
            toml_text(written)
        );
        fs::write(folder.join(OsStr::from_bytes(b"s\xff.toml")), scene).unwrap();
        assert_eq!(
            run(&[
                text("trace"),
                OsStr::from_bytes(b"f\xc3/s\xff.toml"),
                text("--json")
            ]),
            first
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}

/// Quotes a text for TOML.
fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[test]
fn excessive_sizes_are_refused_before_allocating() {
    let place = Place::new();
    let refused = place.refused(
        &[
            "render",
            "--landscape",
            "quadratic",
            "--size",
            "16384x16384",
            "-o",
            "a.png",
        ],
        "would take about 2.5 GB of memory; expected at most 2 GB, so choose a smaller --size",
    );
    assert!(refused.contains("16384 × 16384"), "{refused}");
    place.refused(
        &[
            "render",
            "--gallery",
            "landscapes",
            "--size",
            "16384x16384",
            "-o",
            "a.png",
        ],
        "expected at most 2 GB",
    );
    // The limit does not apply to SVG, which has no pixels.
    place.said(&[
        "render",
        "--landscape",
        "quadratic",
        "--run",
        "sgd",
        "--steps",
        "1",
        "--size",
        "16384x16384",
        "-o",
        "a.svg",
    ]);
    let slice = [
        "slice",
        "--network",
        "mlp",
        "--data",
        "moons",
        "--weights",
        "none.safetensors",
        "-o",
        "s.csv",
    ];
    place.refused(
        &[&slice[..], &["--points", "4096", "--seeds", "16"]].concat(),
        "would take about 4.3 GB of memory",
    );
    let runs = "[[runs]]\nspec = \"sgd\"\n".repeat(10_000);
    place.file(
        "many.toml",
        format!("version = 1\nlandscape = \"quadratic\"\n{runs}"),
    );
    place.refused(
        &["check", "many.toml"],
        "there are 10000 runs; expected at most 100",
    );
    let runs = ["--run", "sgd"].repeat(3000);
    place.refused(
        &[&["trace"][..], &runs].concat(),
        "there are 3000 runs; expected at most 100",
    );
}

#[cfg(target_os = "linux")]
#[test]
fn running_out_of_memory_or_threads_is_refused_without_an_abort() {
    let place = Place::new();
    let program = place.command(&[]).get_program().to_owned();
    let line = r#"ulimit -v 700000; exec "$0" render --landscape quadratic --run sgd --steps 1 --size 9000x9000 -o a.png"#;
    let mut shell = std::process::Command::new("sh");
    let output = shell
        .arg("-c")
        .arg(line)
        .arg(program)
        .current_dir(place.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("would take about 729 MB of memory, more than is free now"),
        "{said}"
    );
    assert!(place.names().is_empty());
}

#[test]
fn a_full_disk_behind_stdout_is_an_error_but_a_closed_pipe_is_not() {
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        return;
    };
    let place = Place::new();
    for args in [
        &["--help"][..],
        &["--version"],
        &["list"],
        &["help"],
        &["help", "adam"],
        &["help", "trace"],
        &["trace", "--help"],
        &["trace", "--steps", "1"],
    ] {
        let output = place
            .command(args)
            .stdout(full.try_clone().unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            said, "ravine: standard output cannot be written (no storage space)\n",
            "{args:?}"
        );
        let mut child = place
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), &output.stderr[..]),
            (Some(0), &b""[..]),
            "{args:?}"
        );
    }
}

#[test]
fn no_message_contains_paths_of_the_build_machine() {
    let place = Place::new();
    let mut command = place.command(&[]);
    let output = command.env("DISPLAY", ":999").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !said.contains(".rs") && !said.contains("/src/") && said.lines().count() == 1,
        "{said}"
    );
    assert_eq!(output.status.code(), Some(0), "{said}");
    check(
        &[],
        &["check", "/no/such.toml"],
        "refused: /no/such.toml: there is no such file",
    );
}
