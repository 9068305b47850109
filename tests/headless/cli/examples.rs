//! The scripts in `examples/`, on files of the program.

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
