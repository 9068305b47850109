//! Tests of outputs on standard output.

use super::files::{NETWORK, place};
use super::{Place, words};
use std::fs;
use std::process::Stdio;

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
            words("critical --landscape quadratic --json"),
            b"{\"landscape\"",
        ),
        (
            words("critical --landscape quadratic --format csv -o -"),
            b"kind,x,y",
        ),
        (
            [&["render"][..], &quadratic, &["--size", "40x40", "-o", "-"]].concat(),
            b"\x89PNG",
        ),
        (
            words("render --gallery landscapes --size 40x40 -o -"),
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
            words("curvature --landscape quadratic --at=1,1 -o -"),
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
                &words("--from w.safetensors --to v.safetensors --steps 1 -o -"),
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
            words("curvature --landscape quadratic --at=1,1 --json -o -"),
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
