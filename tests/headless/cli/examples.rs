//! The examples of every help and of the README, as pasted, and the scripts in `examples/`, on files of the program.

use super::{Place, words};
use std::path::Path;
use std::process::Command;

/// Returns a command of Python, if it has NumPy and Matplotlib. `RAVINE_PYTHON` chooses another one than python3.
fn python() -> Option<Command> {
    let name = std::env::var_os("RAVINE_PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(name);
    command.env("MPLBACKEND", "Agg");
    let mut probe = Command::new(command.get_program());
    let probed = probe.args(["-c", "import matplotlib, numpy"]).output();
    probed
        .is_ok_and(|output| output.status.success())
        .then_some(command)
}

#[test]
fn matplotlib_draws_a_slice_from_its_npz_file() {
    let Some(mut python) = python() else {
        eprintln!(
            "skipped: there is no Python with NumPy and Matplotlib; set RAVINE_PYTHON to one"
        );
        return;
    };
    let place = Place::new();
    let network = words("--network mlp:hidden=4,loss=bce --data moons:samples=40");
    let run = words("--run adam:lr=0.05 --steps 30 -o w.safetensors --trajectories steps.npz");
    place.said(&[&["train"], &network[..], &run].concat());
    let plane = words(
        "--weights w.safetensors --plane pca --trajectories steps.npz --points 21 -o slice.npz",
    );
    place.said(&[&["slice"], &network[..], &plane].concat());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/slice.py");
    let drawn = python
        .arg(script)
        .args(["slice.npz", "slice.svg"])
        .current_dir(place.path());
    let drawn = drawn.output().unwrap();
    let errors = String::from_utf8_lossy(&drawn.stderr).into_owned();
    assert!(drawn.status.success(), "{errors}");
    assert!(place.read("slice.svg").contains("</svg>"));
}

/// Signs of lines that take long or need what a test does not have: films, a window's gallery, a pager, PowerShell.
#[cfg(unix)]
const LEFT_OUT: [&str; 9] = [
    ".gif",
    ".apng",
    ".mp4",
    "--frames",
    "--gallery",
    "--sharpness",
    "| man",
    "PROFILE",
    "my-lesson",
];

/// Returns the command lines of a text that are indented by `indent`; those that a backslash continues are one.
#[cfg(unix)]
fn command_lines(text: &str, indent: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let lines = text.lines().filter_map(|line| line.strip_prefix(indent));
    let is_command = |line: &&str| line.starts_with("ravine ") || line.starts_with("mkdir ");
    let is_run = |line: &&str| !LEFT_OUT.iter().any(|sign| line.contains(sign));
    lines
        .filter(is_command)
        .filter(is_run)
        .map(str::to_owned)
        .collect()
}

/// Runs lines in a shell, one after the other in one folder; returns the errors.
#[cfg(unix)]
fn pasted(lines: &[String]) -> Vec<String> {
    let place = Place::new();
    let program = Path::new(env!("CARGO_BIN_EXE_ravine")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut errors = Vec::new();
    for line in lines {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(place.path());
        shell.env("HOME", place.path());
        shell.env("PATH", format!("{}:{path}", program.display()));
        for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            shell.env_remove(display);
        }
        let output = shell.output().unwrap();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            errors.push(format!("{line}\n    {said}"));
        }
    }
    errors
}

#[test]
#[cfg(unix)]
fn every_example_works_as_pasted() {
    let place = Place::new();
    let help = place.said(&["--help"]);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    // A description that goes on in the next line is indented further.
    let names = commands.filter(|line| {
        line.strip_prefix("  ")
            .is_some_and(|line| !line.starts_with(' '))
    });
    let names = names.filter_map(|line| line.split_whitespace().next());
    let texts = names.map(|name| {
        let help = place.said(&[name, "--help"]);
        let (_, examples) = help.rsplit_once("Examples:").unwrap_or_default();
        (name.to_owned(), command_lines(examples, "  "))
    });
    let readme = include_str!("../../../README.md");
    let readme = ("README".to_owned(), command_lines(readme, "    "));
    let texts: Vec<(String, Vec<String>)> = texts.chain([readme]).collect();
    let errors: Vec<String> = std::thread::scope(|scope| {
        let pasted = |lines| scope.spawn(move || pasted(lines));
        let threads: Vec<_> = texts.iter().map(|(_, lines)| pasted(lines)).collect();
        let errors = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        errors.collect()
    });
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let without: Vec<&str> = { texts.iter() }
        .filter(|(_, lines)| lines.is_empty())
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(without, [""; 0], "these have no example");
}
