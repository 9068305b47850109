//! Tests of the files that commands may write, and that they are written completely and together or not at all.

use super::{Place, words};
use std::fs;

pub(super) const DATA: &str = "x,y,class\n1,2,0\n2,3,1\n3,5,1\n4,1,0\n";
pub(super) const NETWORK: [&str; 4] = ["--network", "mlp:hidden=2,loss=bce", "--data", "d.csv"];
const SCENE: &str =
    "version = 1\nlandscape = \"quadratic\"\n[training]\nsteps = 2\n[[runs]]\nspec = \"sgd\"\n";

/// Creates a folder with data, scenes, a picture, weights and steps under names with the extensions of all outputs, and with links.
pub(super) fn place() -> Place {
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
        &words("--run sgd --steps 3 -o w.safetensors --trajectories t.npz"),
    ];
    place.said(&train.concat());
    for name in ["w.csv", "w.npz", "v.safetensors"] {
        fs::copy(place.path().join("w.safetensors"), place.path().join(name)).unwrap();
    }
    place.said(&words("render --landscape quadratic --size 40x40 -o i.png"));
    place.said(&words(
        "sweep --landscape quadratic --run sgd --steps 2 --over lr=0.1,0.2 -o g.csv",
    ));
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

#[test]
fn no_output_overwrites_an_input() {
    let place = place();
    let absolute = place.path().join("sub/../d.csv");
    let trace = words("trace --landscape regression:data=d.csv --run sgd --steps 2 -o");
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
        words("critical --landscape regression:data=d.csv -o d.csv"),
        vec!["render", "s.png", "-o", "s.png"],
        vec!["render", "--landscape", "image:file=i.png", "-o", "i.png"],
        vec!["sweep", "s.csv", "--over", "lr=0.1,0.2", "-o", "s.csv"],
        words("sweep --landscape regression:data=d.csv --run sgd --over lr=0.1,0.2 -o d.csv"),
        vec!["basins", "s.npz", "--side", "2", "-o", "s.npz"],
        words("basins --landscape regression:data=d.csv --run sgd --side 2 -o d.csv"),
        words("curvature --landscape regression:data=d.csv --at=1,1 -o d.csv"),
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
            &words("--weights w.safetensors --points 2 --direction w.npz -o w.npz"),
        ),
        with(
            "slice",
            &words("--weights w.safetensors --points 2 --plane line --other w.csv -o w.csv"),
        ),
        with(
            "slice",
            &words("--weights w.safetensors --points 2 --plane pca --trajectories t.npz -o t.npz"),
        ),
        with(
            "connect",
            &words("--from w.csv --to v.safetensors --steps 1 -o w.csv"),
        ),
        with(
            "connect",
            &words(
                "--from w.safetensors --to v.safetensors --steps 1 --curve-weights v.safetensors",
            ),
        ),
        with(
            "connect",
            &words("--from w.safetensors --to v.safetensors --steps 1 -o d.csv"),
        ),
        with(
            "train",
            &words("--run sgd --steps 1 -o n.safetensors --trajectories d.csv"),
        ),
        with(
            "train",
            &words("--run sgd --steps 1 -o n.safetensors --layers hard.csv"),
        ),
        with(
            "train",
            &words("--run sgd --steps 1 -o n.safetensors --weights w.csv --sharpness w.csv"),
        ),
    ] {
        place.refused(&args, ", an input of this command; choose another file");
    }
    // Training may overwrite its input weights, since it reads them completely before it writes.
    let again = with(
        "train",
        &words("--run sgd --steps 1 --weights v.safetensors -o v.safetensors"),
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
        &words("-o n.safetensors --trajectories n.csv --layers ./n.csv")[..],
        &words("-o n.safetensors --layers n.csv --sharpness sub/../n.csv"),
        &words("-o w.safetensors --trajectories w.csv --layers w.csv"),
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
        &words("--run sgd --steps 2 -o n.safetensors --trajectories n.csv --layers l.csv"),
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
    let trace = words("trace --landscape quadratic --run sgd --steps 1 -o");
    place.said(&[&trace[..], &["link.csv"]].concat());
    assert!(place.path().join("link.csv").is_symlink());
    assert!(place.read("sub/new.csv").starts_with("run,step,"));
    place.refused(&[&trace[..], &["lost.csv"]].concat(), "there is no folder");
    place.refused(&[&trace[..], &["round.csv"]].concat(), "links in a circle");
}
