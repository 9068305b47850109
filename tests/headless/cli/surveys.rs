//! Tests of basins, sweeps and critical points: pictures, tables and arrays of one command agree, the view is the requested one, and
//! impossible requests are refused soon.

use super::{Place, words};
use base64::Engine;
use ravine::export::picture::points;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Cursor;
use std::time::{Duration, Instant};

/// Himmelblau's function without a bounded domain.
const HIMMELBLAU: &str = "formula:f=(x^2+y-11)^2+(x+y^2-7)^2";

/// Returns the numeric attributes of an SVG element.
fn attributes<const N: usize>(element: &str, names: [&str; N]) -> [f64; N] {
    names.map(|name| {
        let (_, rest) = element.split_once(&format!(" {name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    })
}

/// Returns the elements of an SVG that begin with `begin`.
fn elements<'a>(svg: &'a str, begin: &'a str) -> impl Iterator<Item = &'a str> {
    svg.lines().filter(move |line| line.contains(begin))
}

/// Returns x, y, width and height of the map, which is the first clipped element.
fn map_of(svg: &str) -> [f64; 4] {
    let clip = elements(svg, "<clipPath").next().unwrap();
    attributes(
        &clip[clip.find("<rect").unwrap()..],
        ["x", "y", "width", "height"],
    )
}

/// Returns the width and the pixels of a PNG with three or four bytes per pixel.
fn decoded(png: &[u8]) -> (usize, Vec<[u8; 3]>) {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    let samples = info.color_type.samples();
    assert_eq!(info.bit_depth, png::BitDepth::Eight);
    let pixels = bytes[..info.buffer_size()]
        .chunks_exact(samples)
        .map(|pixel| [pixel[0], pixel[1], pixel[2]]);
    (info.width as usize, pixels.collect())
}

fn array<T: npyz::Deserialize>(place: &Place, file: &str, name: &str) -> Vec<T> {
    let file = File::open(place.path().join(file)).unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    let entry = zip.by_name(&format!("{name}.npy")).unwrap();
    npyz::NpyFile::new(entry).unwrap().into_vec().unwrap()
}

/// Returns a scene whose map shows only the colours.
fn bare(landscape: &str) -> String {
    format!(
        "version = 1\nlandscape = \"{landscape}\"\nstart = [40, 40]\n[map]\nlines = false\nlabels = false\nminima = false\n"
    )
}

/// Number of starts along each side of the basins below, and the size of their picture.
const SIDE: usize = 7;
const PIXELS: [u32; 2] = [800, 600];

#[test]
fn picture_table_and_arrays_of_basins_agree() {
    let place = Place::new();
    place.file("s.toml", bare(HIMMELBLAU));
    // The view of a flag, of the scene, and of the landscape; wide, high, and very long.
    for (view, ends) in [
        (
            Some("--view=-3.3..0.3,-4.1..4.7"),
            [[-3.3, 0.3], [-4.1, 4.7]],
        ),
        (Some("--view=-5..5,-1..1.5"), [[-5.0, 5.0], [-1.0, 1.5]]),
        (None, [[-5.0, 5.0], [-5.0, 5.0]]),
    ] {
        let made = |name: &str| {
            let mut args = vec!["basins", "s.toml", "--run", "sgd:lr=0.02", "--steps", "60"];
            args.extend(view);
            args.extend(["--side", "7", "--size", "800x600", "-o", name]);
            let (code, _, stderr) = place.run(&args);
            assert_eq!(code, Some(0), "{stderr}");
            stderr
        };
        let said = ["b.csv", "b.npz", "b.svg", "b.png"].map(made);
        assert!(said.iter().all(|other| *other == said[0]), "{said:?}");
        let (label, steps) = check_table_and_arrays(&place, ends);
        let diverged = label.iter().filter(|label| **label == -2).count();
        if diverged > 0 {
            let told = format!("sgd:lr=0.02: {diverged} of 49 starts diverged, at step");
            assert!(said[0].contains(&told), "{:?} without {told}", said[0]);
        } else {
            assert_eq!(said[0], "");
        }
        let (map, pixels) = check_picture(&place, ends);
        check_colours(&place, map, &pixels, &label, &steps);
    }
}

/// Compares `b.csv` with `b.npz`, and returns the labels and steps of the latter.
fn check_table_and_arrays(place: &Place, ends: [[f64; 2]; 2]) -> (Vec<i32>, Vec<u32>) {
    let csv = place.read("b.csv");
    let rows: Vec<Vec<&str>> = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    assert_eq!(rows.len(), SIDE * SIDE);
    let number = |row: usize, column: usize| rows[row][column].parse::<f64>().unwrap();

    let [x, y, minima] = ["x", "y", "minima"].map(|name| array::<f64>(place, "b.npz", name));
    let label: Vec<i32> = array(place, "b.npz", "label");
    let steps: Vec<u32> = array(place, "b.npz", "steps");
    for (axis, [low, high]) in [&x, &y].into_iter().zip(ends) {
        assert_eq!([axis[0], axis[SIDE - 1]], [low, high], "exactly the view");
    }
    for row in 0..SIDE * SIDE {
        assert_eq!(
            [number(row, 0), number(row, 1)],
            [x[row % SIDE], y[row / SIDE]]
        );
        assert_eq!(number(row, 6), f64::from(steps[row]));
        match usize::try_from(label[row]) {
            Ok(minimum) => {
                assert_eq!(rows[row][2], "arrives");
                let found = [3, 4, 5].map(|column| number(row, column));
                assert_eq!(found, minima[3 * minimum..3 * minimum + 3]);
            }
            Err(_) if label[row] == -1 => assert_eq!(rows[row][2], "undecided"),
            Err(_) => assert_eq!((label[row], rows[row][2]), (-2, "diverges")),
        }
    }
    (label, steps)
}

/// Checks that the map in `b.svg` shows exactly the view with one pixel centered on each start; returns its area and pixels.
fn check_picture(place: &Place, ends: [[f64; 2]; 2]) -> ([f64; 4], Vec<[u8; 3]>) {
    let svg = place.read("b.svg");
    let image = elements(&svg, "<image").next().unwrap();
    let data = image
        .split_once("base64,")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0;
    let png = base64::engine::general_purpose::STANDARD
        .decode(data)
        .unwrap();
    let (columns, pixels) = decoded(&png);
    assert_eq!((columns, pixels.len()), (SIDE, SIDE * SIDE));
    let map = map_of(&svg);
    let drawn = attributes(image, ["x", "y", "width", "height"]);
    for axis in 0..2 {
        let cell = drawn[2 + axis] / 7.0;
        assert!(
            (drawn[axis] + 0.5 * cell - map[axis]).abs() < 0.1,
            "{drawn:?} {map:?}"
        );
        assert!(
            (6.0 * cell - map[2 + axis]).abs() < 0.1,
            "{drawn:?} {map:?}"
        );
    }
    let shape = (ends[0][1] - ends[0][0]) / (ends[1][1] - ends[1][0]);
    if shape < 3.0 {
        assert!(
            (map[2] / map[3] - shape).abs() < 0.01,
            "{map:?} is not {shape}"
        );
    }
    (map, pixels)
}

/// Checks that each colour stands for one label and number of steps, in `b.svg` and at the starts in `b.png`.
fn check_colours(place: &Place, map: [f64; 4], pixels: &[[u8; 3]], label: &[i32], steps: &[u32]) {
    let mut colours: HashMap<(i32, u32), [u8; 3]> = HashMap::new();
    let mut fates: HashMap<[u8; 3], i32> = HashMap::new();
    let size = points(PIXELS);
    let (width, shown) = decoded(&fs::read(place.path().join("b.png")).unwrap());
    for row in 0..SIDE * SIDE {
        let pixel = pixels[(SIDE - 1 - row / SIDE) * SIDE + row % SIDE];
        let key = (label[row], if label[row] < 0 { 0 } else { steps[row] });
        assert_eq!(*colours.entry(key).or_insert(pixel), pixel);
        assert_eq!(*fates.entry(pixel).or_insert(label[row]), label[row]);
        // The PNG interpolates between colours, and its border covers the outer starts.
        if [row % SIDE, row / SIDE]
            .iter()
            .any(|place| place % (SIDE - 1) == 0)
        {
            continue;
        }
        let share = |index: usize| u32::try_from(index).map(f64::from).unwrap() / 6.0;
        let at = [
            map[0] + map[2] * share(row % SIDE),
            map[1] + map[3] * (1.0 - share(row / SIDE)),
        ];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a pixel of the picture"
        )]
        let pixel_at =
            |axis: usize| (at[axis] * f64::from(PIXELS[axis]) / f64::from(size[axis])) as usize;
        let [column, line] = [0, 1].map(pixel_at);
        let found = shown[line * width + column];
        let off = (0..3).map(|i| found[i].abs_diff(pixel[i])).max().unwrap();
        assert!(off <= 10, "{found:?} is not {pixel:?} at {row}");
    }
}

#[test]
fn pictures_show_exactly_the_requested_view() {
    let place = Place::new();
    place.file(
        "s.toml",
        bare(HIMMELBLAU).replace("[map]", "view = [[-2.0, 4.0], [1.0, 3.0]]\n[map]"),
    );
    for (args, shape) in [
        (
            &["--landscape", "himmelblau", "--view=-1..1,-2..2"][..],
            0.5,
        ),
        (&["s.toml"], 3.0),
        (&["s.toml", "--view=0..3,0..2"], 1.5),
        (
            &[
                "--landscape",
                "formula:f=x^2+y^2",
                "--view=1000000..1000000.001,0..0.001",
            ],
            1.0,
        ),
    ] {
        for size in ["500x400", "400x600"] {
            let run = [
                "--run",
                "sgd:lr=0.01",
                "--steps",
                "1",
                "--size",
                size,
                "-o",
                "p.svg",
            ];
            place.said(&[&["render"], args, &run].concat());
            let [_, _, width, height] = map_of(&place.read("p.svg"));
            let found = width / height;
            assert!(
                (found / shape - 1.0).abs() < 0.01,
                "{args:?}: {found} is not {shape}"
            );
        }
    }
}

#[test]
fn diverged_runs_are_reported_once_on_stderr() {
    let place = Place::new();
    let told = |args: &[&str], expected: &[&str]| {
        let (code, _, stderr) = place.run(args);
        assert_eq!(code, Some(0), "{args:?} said {stderr}");
        let lines: Vec<&str> = stderr.lines().collect();
        assert_eq!(lines.len(), expected.len(), "{args:?} said {stderr}");
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.starts_with(&format!("ravine: {expected}")), "{line}");
        }
    };
    let bowl = words("--landscape formula:f=x^2+y^2 --start=1,1 --steps 200");
    let with =
        |command: &'static str, more: &[&'static str]| [&[command][..], &bowl, more].concat();
    told(
        &with(
            "render",
            &["--run", "sgd:lr=0.1", "--run", "sgd:lr=3", "-o", "a.svg"],
        ),
        &["run 2 (sgd:lr=3): diverged at step "],
    );
    told(
        &with(
            "basins",
            &["--run", "sgd:lr=3", "--side", "5", "-o", "b.csv"],
        ),
        // The start in the middle is at the minimum.
        &["sgd:lr=3: 24 of 25 starts diverged, at step"],
    );
    told(
        &with(
            "sweep",
            &["--run", "sgd", "--run", "adam", "--over", "lr=0.1,0.2,3,4"],
        ),
        &["sgd:lr=0.001: 2 of 4 values of lr diverged, at step"],
    );
    let map = words("--run sgd --over lr=0.1,3 --over momentum=0,0.1,0.2");
    told(
        &with("sweep", &[&map[..], &["-o", "c.json"]].concat()),
        &["sgd:lr=0.001: 3 of 6 pairs of lr and momentum diverged, at step"],
    );
}

/// Runs the command lines of `tests/reference/surveys.txt`, each with a part of its output or of its error message.
#[test]
fn basins_sweeps_and_searches_finish_soon_on_difficult_formulas() {
    let place = Place::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/surveys.txt");
    let table = fs::read_to_string(path).unwrap();
    let cases: Vec<(&str, &str)> = table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split_once(" => ").expect(line))
        .collect();
    assert!(cases.len() > 60, "{}", cases.len());
    for (line, expected) in cases {
        let args = words(line);
        let output = args
            .iter()
            .position(|arg| *arg == "-o")
            .map(|at| args[at + 1]);
        if let Some(refusal) = expected.strip_prefix("refused: ") {
            place.refused(&args, refusal);
            continue;
        }
        let begun = Instant::now();
        let (code, stdout, stderr) = place.run(&args);
        assert_eq!(code, Some(0), "{line} said {stderr}");
        assert!(begun.elapsed() < Duration::from_mins(1), "{line}");
        let written = output.map_or_else(Vec::new, |name| {
            let path = place.path().join(name);
            let bytes = fs::read(&path).unwrap();
            fs::remove_file(path).unwrap();
            bytes
        });
        let said = stdout + &stderr + &String::from_utf8_lossy(&written);
        if output.is_none_or(|name| !name.ends_with("png")) {
            // A table has NaN where there is no number.
            let is_table = output.is_some_and(|name| name.ends_with("csv"));
            for broken in ["NaN", "nan", "inf,", "Infinity"] {
                let is_gap = broken == "NaN" && is_table;
                assert!(is_gap || !said.contains(broken), "{line} wrote {broken}");
            }
        }
        assert!(said.contains(expected), "{line} said {said}");
    }
}
