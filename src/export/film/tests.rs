//! Tests of films: decoded again, their frames are the pictures of the same steps.

use super::*;
use crate::engine::files::NoFiles;
use crate::engine::results::compute_runs;
use crate::engine::scene::Scene;
use crate::export::picture::{PageSize, Show};
use crate::figure::colour::Theme;
use crate::figure::pages::Page;
use std::io::Cursor;
use std::sync::Arc;

const PIXELS: [u32; 2] = [320, 240];

fn runs() -> Runs {
    let mut scene = Scene::new("himmelblau".parse().unwrap());
    for spec in ["adam:lr=0.2", "sgd:lr=0.01,momentum=0.9"] {
        scene.add_run(spec.parse().unwrap());
    }
    scene.training.steps = 40;
    let problem = Arc::new(scene.load(&NoFiles).unwrap());
    compute_runs(&scene, &problem, None, &Cancel::default()).unwrap()
}

fn picture_of(show: Show) -> Picture {
    Picture::new(PageSize::of_pixels(PIXELS), show, &Theme::LIGHT)
}

fn frames() -> Vec<Frame> {
    let timing = Timing {
        fps: 30,
        seconds: 1.0,
        hold: 0.5,
        turn: 0.0,
    };
    timing.frames((0..11_usize).map(|index| 4 * index as u64))
}

fn film<'a>(runs: &'a Runs, frames: &'a [Frame], show: Show) -> Film<'a> {
    Film {
        runs,
        picture: picture_of(show),
        frames,
        fps: 30,
    }
}

fn expected(film: &Film, frame: &Frame) -> Vec<u8> {
    let drawing = film.drawing(frame).unwrap();
    Painted::new(&drawing, PIXELS).unwrap().rgba()
}

fn bytes(film: &Film, extension: &str) -> Vec<u8> {
    let mut done = Vec::new();
    let bytes = film.bytes(extension, &mut |count| done.push(count), &Cancel::default());
    let all: Vec<usize> = (1..=film.frames.len()).collect();
    assert_eq!(done, all);
    bytes.unwrap()
}

#[test]
fn layers_give_the_same_pixels_as_whole_pictures() {
    let runs = runs();
    for show in [
        Show::Map,
        Show::Page(Page::SideBySide),
        Show::Page(Page::Surface),
    ] {
        for theme in [&Theme::LIGHT, &Theme::DARK] {
            let frames = frames();
            let mut film = film(&runs, &frames, show);
            film.picture.theme = theme;
            let layers = Layers::of(&film.samples(3).unwrap(), PIXELS).unwrap();
            for frame in &frames {
                let painted = layers.paint(film.drawing(frame).unwrap()).unwrap();
                let same = painted.rgba() == expected(&film, frame);
                assert!(same, "{show:?} at step {}", frame.step);
            }
        }
    }
}

#[test]
fn a_gif_has_all_frames_with_small_errors_of_colour() {
    let (runs, frames) = (runs(), frames());
    let film = film(&runs, &frames, Show::Map);
    let bytes = bytes(&film, "gif");
    let mut options = ::gif::DecodeOptions::new();
    options.set_color_output(::gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(Cursor::new(&bytes)).unwrap();
    assert_eq!([decoder.width(), decoder.height()].map(u32::from), PIXELS);
    let mut screen = vec![0; 4 * 320 * 240];
    let (mut count, mut hundredths) = (0, 0);
    while let Some(part) = decoder.read_next_frame().unwrap() {
        for row in 0..usize::from(part.height) {
            for column in 0..usize::from(part.width) {
                let from = 4 * (row * usize::from(part.width) + column);
                let at = [usize::from(part.top) + row, usize::from(part.left) + column];
                let to = 4 * (at[0] * 320 + at[1]);
                if part.buffer[from + 3] > 0 {
                    screen[to..to + 4].copy_from_slice(&part.buffer[from..from + 4]);
                }
            }
        }
        let expected = expected(&film, &frames[count]);
        let errors = screen
            .iter()
            .zip(&expected)
            .map(|(one, other)| one.abs_diff(*other));
        let (worst, sum) = errors.fold((0, 0.0), |(worst, sum), error| {
            (worst.max(error), sum + f64::from(error))
        });
        assert!(
            worst < 60 && sum / 76_800.0 < 4.0,
            "{worst}, {sum} in {count}"
        );
        count += 1;
        hundredths += u32::from(part.delay);
    }
    assert_eq!(
        (count, hundredths),
        (11, 87),
        "11 frames and half a second at 30 a second"
    );
    assert_eq!(decoder.repeat(), ::gif::Repeat::Infinite);
}

#[test]
fn an_animated_png_has_the_exact_pixels_of_all_frames() {
    let (runs, frames) = (runs(), frames());
    for show in [Show::Map, Show::Page(Page::Surface)] {
        let film = film(&runs, &frames, show);
        let bytes = bytes(&film, "apng");
        let mut reader = png::Decoder::new(Cursor::new(&bytes)).read_info().unwrap();
        assert_eq!(reader.info().animation_control().unwrap().num_frames, 11);
        assert_eq!(reader.info().animation_control().unwrap().num_plays, 0);
        let mut screen = vec![0; 4 * 320 * 240];
        for frame in &frames {
            let mut part = vec![0; 4 * 320 * 240];
            reader.next_frame(&mut part).unwrap();
            let control = *reader.info().frame_control().unwrap();
            let [width, left, top] =
                [control.width, control.x_offset, control.y_offset].map(|side| side as usize);
            for (index, pixel) in part
                .chunks(4)
                .take(width * control.height as usize)
                .enumerate()
            {
                let to = 4 * ((top + index / width) * 320 + left + index % width);
                if pixel[3] > 0 {
                    screen[to..to + 4].copy_from_slice(pixel);
                }
            }
            assert!(
                screen == expected(&film, frame),
                "{show:?} at {}",
                frame.step
            );
            assert_eq!(control.delay_den, 30);
            assert_eq!(u32::from(control.delay_num), frame.ticks);
        }
    }
}

#[test]
fn numbered_pictures_are_those_of_their_steps() {
    let (runs, frames) = (runs(), frames());
    let film = film(&runs, &frames, Show::Map);
    for extension in ["png", "svg"] {
        let mut files = Vec::new();
        let take = |index, bytes| {
            files.push((index, bytes));
            Ok(())
        };
        film.pictures(extension, &Cancel::default(), take).unwrap();
        assert_eq!(files.len(), 11);
        let (index, last) = files.pop().unwrap();
        let picture = film.at(&frames[index]);
        assert!(last == picture::picture(&runs, extension, &picture).unwrap());
    }
}

#[test]
fn the_camera_turns_from_the_azimuth_of_the_scene() {
    let runs = runs();
    let timing = Timing {
        fps: 2,
        seconds: 1.5,
        hold: 0.0,
        turn: 40.0,
    };
    let frames = timing.steps([0, 40]);
    let film = film(&runs, &frames, Show::Page(Page::Surface));
    let words = |frame: &Frame| format!("{:?}", film.drawing(frame).unwrap());
    assert!(words(&frames[0]).contains("azim −60°"));
    assert!(words(&frames[1]).contains("azim −40°"));
    assert!(words(&frames[2]).contains("azim −20°"));
}

#[test]
fn a_stopped_film_gives_no_bytes() {
    let (runs, frames) = (runs(), frames());
    let film = film(&runs, &frames, Show::Map);
    let stop = Cancel::default();
    let stopped = film.bytes("gif", &mut |_| stop.cancel(), &stop);
    assert_eq!(stopped, Err("the film was stopped".to_owned()));
}

#[cfg(not(feature = "mp4"))]
#[test]
fn without_its_encoder_mp4_says_how_to_build_it() {
    let error = check("mp4", PIXELS).unwrap_err();
    assert!(
        error.contains("cargo install --path . --features mp4"),
        "{error}"
    );
    assert_eq!(check("gif", PIXELS), Ok(()));
}

#[cfg(feature = "mp4")]
#[test]
fn an_mp4_has_all_frames_and_its_index_in_front() {
    use openh264::formats::YUVSource;
    let (runs, frames) = (runs(), frames());
    let film = film(&runs, &frames, Show::Map);
    let bytes = bytes(&film, "mp4");
    let find = |name: &[u8]| bytes.windows(4).position(|four| four == name).unwrap();
    let (moov, mdat, avcc) = (find(b"moov"), find(b"mdat"), find(b"avcC"));
    assert!(moov < mdat);
    let number = |at: usize, digits: usize| {
        bytes[at..at + digits]
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    // The two parameter sets of the decoder, then the frames: each with its length before it.
    let mut stream = Vec::new();
    let mut add = |at: usize, length: usize| {
        stream.extend_from_slice(&[0, 0, 0, 1]);
        stream.extend_from_slice(&bytes[at..at + length]);
        at + length
    };
    let sps = avcc + 4 + 6;
    let pps = add(sps + 2, number(sps, 2)) + 1;
    add(pps + 2, number(pps, 2));
    let mut at = mdat + 4;
    let end = mdat - 4 + number(mdat - 4, 4);
    while at < end {
        at = add(at + 4, number(at, 4));
    }
    let mut decoder = openh264::decoder::Decoder::new().unwrap();
    let mut lumas: Vec<Vec<u8>> = Vec::new();
    let mut take = |decoded: &openh264::decoder::DecodedYUV| {
        let stride = decoded.strides().0;
        let rows = decoded.y().chunks(stride).take(240);
        lumas.push(rows.flat_map(|row| row[..320].to_vec()).collect());
    };
    for unit in openh264::nal_units(&stream) {
        if let Some(decoded) = decoder.decode(unit).unwrap() {
            take(&decoded);
        }
    }
    decoder
        .flush_remaining()
        .unwrap()
        .iter()
        .for_each(&mut take);
    assert_eq!(lumas.len(), 11 + 15, "and half a second at 30 a second");
    for (index, frame) in [(0, 0), (5, 5), (10, 10), (25, 10)] {
        let expected = mp4::planes(&expected(&film, &frames[frame]), [320, 240]);
        let errors = { lumas[index].iter().zip(&expected) }
            .map(|(one, other)| f64::from(one.abs_diff(*other)));
        let mean = errors.sum::<f64>() / 76_800.0;
        assert!(mean < 2.0, "{mean} in {index}");
    }
    let error = check("mp4", [801, 600]).unwrap_err();
    assert!(error.ends_with("even numbers, like 800x600"), "{error}");
}
