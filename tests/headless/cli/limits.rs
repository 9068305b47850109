//! Tests of limits of the machine: signals, threads, memory and a full disk.

use super::{Place, words};
use std::fs;
use std::process::Stdio;
use std::time::Duration;

/// Returns whether this process, and so the ones that it starts, ignores a signal.
#[cfg(unix)]
pub(super) fn is_ignored(signal: i32) -> bool {
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
        let trace = words("trace --landscape ackley --steps 200000 -o long.csv");
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
    let mut command = place.command(&words(
        "basins --landscape ackley --run adam --steps 100000 --side 1024 -o b.npz",
    ));
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
fn excessive_sizes_are_refused_before_allocating() {
    let place = Place::new();
    let refused = place.refused(
        &words("render --landscape quadratic --size 16384x16384 -o a.png"),
        "would take about 2.5 GB of memory; expected at most 2 GB, so choose a smaller --size",
    );
    assert!(refused.contains("16384 × 16384"), "{refused}");
    place.refused(
        &words("render --gallery landscapes --size 16384x16384 -o a.png"),
        "expected at most 2 GB",
    );
    // The limit does not apply to SVG, which has no pixels.
    place.said(&words(
        "render --landscape quadratic --run sgd --steps 1 --size 16384x16384 -o a.svg",
    ));
    let slice = words("slice --network mlp --data moons --weights none.safetensors -o s.csv");
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
