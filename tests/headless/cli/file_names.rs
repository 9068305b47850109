//! Tests of file names: any name can be read and written, and messages quote them in one line.

use super::files::DATA;
use super::{Place, check, words};
use std::fs;

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
        let trained = run(
            &words("train --network mlp:hidden=,loss=bce --run sgd --steps 1 -o")
                .into_iter()
                .map(text)
                .chain([OsStr::from_bytes(b"\xfe.safetensors"), text("--data"), path])
                .collect::<Vec<_>>(),
        );
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
