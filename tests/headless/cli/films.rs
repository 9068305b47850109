//! Films of `ravine render`.

use super::Place;
use std::fs;

const RUN: [&str; 9] = [
    "render",
    "--landscape",
    "himmelblau",
    "--run",
    "adam:lr=0.1",
    "--steps",
    "20",
    "--size",
    "160x120",
];

fn with<'a>(flags: &[&'a str]) -> Vec<&'a str> {
    [&RUN[..], flags].concat()
}

#[test]
fn the_extension_or_a_flag_makes_a_film() {
    let place = Place::new();
    place.said(&with(&["-o", "a.gif", "--seconds", "0.4"]));
    place.said(&with(&["-o", "b.png", "--film", "--seconds", "0.4"]));
    place.said(&with(&["-o", "c.apng", "--frames", "0..20:5"]));
    place.said(&with(&["-o", "d.png"]));
    assert_eq!(place.names(), ["a.gif", "b.png", "c.apng", "d.png"]);
    let read = |name: &str| fs::read(place.path().join(name)).unwrap();
    assert!(read("a.gif").starts_with(b"GIF89a"));
    let frames = |name: &str| {
        let reader = png::Decoder::new(std::io::Cursor::new(read(name)));
        let reader = reader.read_info().unwrap();
        reader
            .info()
            .animation_control()
            .map(|control| control.num_frames)
    };
    assert_eq!(
        ["b.png", "c.apng", "d.png"].map(frames),
        [Some(10), Some(5), None]
    );
    // Each film carries its scene.
    for name in ["a.gif", "b.png", "c.apng"] {
        let said = place.said(&["check", name]);
        assert_eq!(
            said,
            format!("{name}: sound (himmelblau, 1 run, 20 steps)\n")
        );
    }
}

#[test]
fn numbered_frames_are_the_pictures_of_their_steps_all_or_none() {
    let place = Place::new();
    place.said(&with(&["-o", "f-{}.png", "--frames", "0..20:2"]));
    let names: Vec<String> = (0..11).map(|index| format!("f-{index:02}.png")).collect();
    assert_eq!(place.names(), names);
    place.said(&with(&["-o", "one.png", "--step", "6"]));
    let pixels = |name: &str| {
        let file = fs::File::open(place.path().join(name)).unwrap();
        let mut reader = png::Decoder::new(std::io::BufReader::new(file))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        pixels
    };
    assert!(pixels("f-03.png") == pixels("one.png"));

    let blocked = Place::new();
    fs::create_dir(blocked.path().join("f-10.png")).unwrap();
    blocked.refused(
        &with(&["-o", "f-{}.png", "--frames", "0..20:2"]),
        "is a folder",
    );
}

#[test]
fn senseless_films_are_refused() {
    let place = Place::new();
    for (flags, expected) in [
        (&["-o", "a.png", "--fps", "10"][..], "--fps is for films"),
        (
            &["-o", "a.gif", "--fps", "60"],
            "--fps cannot be `60`; expected a whole number in [1, 50]",
        ),
        (
            &["-o", "a.gif", "--fps", "2.5"],
            "--fps cannot be `2.5`; expected a whole number",
        ),
        (&["-o", "a.gif", "--hold=-1"], "--hold cannot be `-1`"),
        (&["-o", "a.gif", "--frames", "0..21"], "at most 20"),
        (&["-o", "a.gif", "--frames", "5"], "like 0..500"),
        (
            &["-o", "a.gif", "--frames", "0..9", "--seconds", "2"],
            "leave out one of them",
        ),
        (
            &["-o", "a.gif", "--turn", "30"],
            "--turn is for --show surface",
        ),
        (&["-o", "a.gif", "--step", "3"], "--step is for pictures"),
        (&["-o", "a-{}.gif"], "leave out {}"),
        (&["-o", "a.svg", "--film"], "cannot be one .svg file"),
        #[cfg(feature = "mp4")]
        (&["-o", "a.avi"], ".gif, .apng or .mp4"),
        #[cfg(not(feature = "mp4"))]
        (&["-o", "a.avi"], ".pdf, .gif or .apng\n"),
        #[cfg(not(feature = "mp4"))]
        (
            &["-o", "a.pdf", "--fps", "9"],
            "an output .gif or .apng, or --film",
        ),
        #[cfg(not(feature = "mp4"))]
        (
            &["-o", "a.pdf", "--film"],
            "expected .gif, .apng, .png, or numbered",
        ),
        #[cfg(not(feature = "mp4"))]
        (&["-o", "a.mp4"], "--features mp4"),
    ] {
        place.refused(&with(flags), expected);
    }
    #[cfg(feature = "mp4")]
    place.refused(
        &["render", "--size", "101x100", "-o", "a.mp4"],
        "like 100x100",
    );
    let gallery = ["render", "--gallery", "landscapes", "-o", "a.gif"];
    place.refused(&gallery, "expected an output .png, .svg or .pdf");
}
