//! Ctrl+C during long work: what there is is written, and the exit code is 130.

use super::{Place, limits, words};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};

/// Starts a command whose standard output is read here.
fn start(place: &Place, args: &[&str]) -> Child {
    let mut command = place.command(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Whether SIGINT is ignored here, as in a shell's background jobs: the program then ignores it too, and a test is skipped.
fn is_ignored() -> bool {
    let is_ignored = limits::is_ignored(2);
    if is_ignored {
        eprintln!("skipped: SIGINT is ignored here; run the tests in the foreground");
    }
    is_ignored
}

/// Sends SIGINT.
fn interrupt(child: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Waits until the threads of the pool exist, which the work starts after it has become stoppable.
fn wait_for_work(child: &mut Child) {
    let threads = format!("/proc/{}/task", child.id());
    while std::fs::read_dir(&threads).unwrap().count() < 4 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before the work");
        std::thread::yield_now();
    }
}

fn end(mut child: Child) -> (ExitStatus, String) {
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    (child.wait().unwrap(), said)
}

#[test]
fn a_trace_keeps_the_runs_that_are_complete() {
    if is_ignored() {
        return;
    }
    let place = Place::new();
    let args = [
        "trace", "--run", "adam", "--noise", "1", "--steps", "2000", "--seeds", "1000", "--format",
        "csv",
    ];
    let mut child = start(&place, &args);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut header = String::new();
    // The pipe is full long before the last run: the program waits in the middle of its work.
    out.read_line(&mut header).unwrap();
    interrupt(&child);
    let mut rows = String::new();
    out.read_to_string(&mut rows).unwrap();
    let (status, said) = end(child);
    assert_eq!(status.code(), Some(130), "{said}");
    let count = rows.lines().count();
    assert!(
        rows.ends_with('\n') && count > 0 && count.is_multiple_of(2001),
        "{count} rows"
    );
    assert!(count < 1000 * 2001);
    let runs = count / 2001;
    assert_eq!(
        said,
        format!("ravine: stopped by Ctrl+C: {runs} of 1000 runs are written\n")
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_sweep_keeps_the_rows_so_far() {
    if is_ignored() {
        return;
    }
    let place = Place::new();
    let args = words("sweep --run adam --steps 1000000 --over lr=1e-4..1:log:10000 -o a.csv");
    let mut child = start(&place, &args);
    wait_for_work(&mut child);
    interrupt(&child);
    let (status, said) = end(child);
    assert_eq!(status.code(), Some(130), "{said}");
    let begin = "ravine: stopped by Ctrl+C: ";
    assert!(said.starts_with(begin), "{said}");
    if said.contains("nothing is written") {
        assert_eq!(place.names(), [""; 0]);
        return;
    }
    let rows = place.read("a.csv").lines().count() - 1;
    assert_eq!(said, format!("{begin}{rows} of 10000 runs are written\n"));
}

#[test]
#[cfg(target_os = "linux")]
fn training_keeps_the_weights_so_far() {
    if is_ignored() {
        return;
    }
    let place = Place::new();
    let args = words(
        "train --network mlp:hidden=3,loss=bce --data moons:samples=20 --run sgd:lr=0.1 --steps 100000000 -o w.safetensors",
    );
    let mut child = start(&place, &args);
    wait_for_work(&mut child);
    interrupt(&child);
    let (status, said) = end(child);
    assert_eq!(status.code(), Some(130), "{said}");
    assert!(
        said.contains("stopped by Ctrl+C: the weights and rows so far are written"),
        "{said}"
    );
    assert!(said.contains("the work was interrupted"), "{said}");
    let weights = words(
        "slice --network mlp:hidden=3,loss=bce --data moons:samples=20 --weights w.safetensors --points 3 -o s.csv",
    );
    place.said(&weights);
}

#[test]
#[cfg(target_os = "linux")]
fn a_film_leaves_nothing() {
    if is_ignored() {
        return;
    }
    let place = Place::new();
    let args = words("render --size 1600x1200 --seconds 3000 -o race.gif");
    let mut child = start(&place, &args);
    wait_for_work(&mut child);
    interrupt(&child);
    let (status, said) = end(child);
    let sentence = "ravine: stopped by Ctrl+C: nothing is written\n";
    assert_eq!((status.code(), said.as_str()), (Some(130), sentence));
    assert_eq!(place.names(), [""; 0]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_slice_keeps_the_points_so_far() {
    if is_ignored() {
        return;
    }
    let place = Place::new();
    let network = ["--network", "mlp:hidden=128,loss=ce", "--data", "digits"];
    let train = ["--run", "sgd", "--steps", "1", "-o", "w.safetensors"];
    place.said(&[&["train"], &network[..], &train].concat());
    let slice = ["--weights", "w.safetensors", "--points", "4096x64"];
    let args = [&["slice"], &network[..], &slice, &["-o", "s.csv"]].concat();
    let mut child = start(&place, &args);
    wait_for_work(&mut child);
    interrupt(&child);
    // Without calls of few points, a quarter of the plane would be computed before the end.
    let (status, said) = end(child);
    assert_eq!(status.code(), Some(130), "{said}");
    if said.contains("nothing is written") {
        return;
    }
    let text = place.read("s.csv");
    let missing = text.lines().filter(|line| line.ends_with("NaN")).count();
    assert!(missing > 4096 * 32, "{missing}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_line_keeps_the_points_so_far() {
    if is_ignored() {
        return;
    }
    let place = Place::new();
    let network = ["--network", "mlp:hidden=128,loss=ce", "--data", "digits"];
    let train = ["--run", "sgd", "--steps", "1", "-o", "w.safetensors"];
    place.said(&[&["train"], &network[..], &train].concat());
    std::fs::copy(
        place.path().join("w.safetensors"),
        place.path().join("u.safetensors"),
    )
    .unwrap();
    let line = ["--weights", "w.safetensors", "--direction", "u.safetensors"];
    let rest = ["--points", "4096", "-o", "s.csv"];
    let mut child = start(&place, &[&["slice"], &network[..], &line, &rest].concat());
    wait_for_work(&mut child);
    interrupt(&child);
    let (status, said) = end(child);
    assert_eq!(status.code(), Some(130), "{said}");
    if said.contains("nothing is written") {
        return;
    }
    let text = place.read("s.csv");
    let missing = text.lines().filter(|line| line.ends_with("NaN")).count();
    let expected = format!(
        "ravine: stopped by Ctrl+C: {} of 4096 points are complete; losses that are not computed are NaN, or null in JSON\n",
        4096 - missing
    );
    assert_eq!(said, expected);
}

#[test]
#[cfg(target_os = "linux")]
fn every_long_command_ends_with_what_it_keeps() {
    if is_ignored() {
        return;
    }
    let place = Place::new();
    let network = ["--network", "mlp:hidden=64/64,loss=ce", "--data", "digits"];
    let train = [&["train"], &network[..], &["--run", "sgd:lr=0.01"]].concat();
    place.said(&[&train[..], &["--steps", "1", "-o", "w.safetensors"]].concat());
    let at = ["--weights", "w.safetensors"];
    let from = ["--from", "w.safetensors", "--to", "w.safetensors"];
    let layers = ["--layers", "l.npz", "--trajectories", "t.csv"];
    let plane = ["--plane", "pca", "--trajectories", "t.npz"];
    let long = ["--steps", "100000", "--every", "100", "-o", "v.safetensors"];
    for args in [
        [&["curvature"], &network[..], &at, &["--trace", "--density"]].concat(),
        [&["curvature"], &network[..], &at, &["-o", "c.csv"]].concat(),
        [
            &["connect"],
            &network[..],
            &from,
            &["--align", "-o", "c.csv"],
        ]
        .concat(),
        [&train[..], &long, &layers].concat(),
        [&train[..], &long, &plane].concat(),
        [
            &train[..],
            &long[..2],
            &["-o", "v.safetensors"],
            &["--sharpness", "s.json"],
        ]
        .concat(),
        vec![
            "basins",
            "--run",
            "adam:lr=1e-4",
            "--side",
            "1024",
            "-o",
            "b.json",
        ],
        vec![
            "sweep",
            "--steps",
            "100000",
            "--over",
            "lr=1e-5..1e-4:999",
            "--table",
            "csv",
        ],
    ] {
        let mut child = start(&place, &args);
        wait_for_work(&mut child);
        interrupt(&child);
        let mut out = String::new();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_to_string(&mut out).unwrap();
        let (status, said) = end(child);
        assert_eq!(status.code(), Some(130), "{args:?} said {said}");
        let last = said.lines().last().unwrap_or_default();
        assert!(
            last.starts_with("ravine: stopped by Ctrl+C: "),
            "{args:?} said {said}"
        );
        for name in place.names() {
            if name != "w.safetensors" {
                assert!(
                    !said.contains("nothing is written"),
                    "{args:?} wrote {name}"
                );
                std::fs::remove_file(place.path().join(name)).unwrap();
            }
        }
    }
}
