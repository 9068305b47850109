//! Comparison of pictures with those in `tests/snapshots`, which are written anew with `RAVINE_WRITE_SNAPSHOTS=1`.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::Path;

/// Difference of a channel that is visible.
const VISIBLE: u8 = 40;

/// Compares a picture, three bytes a pixel, with the snapshot of this name, or writes that; at most the share `tolerance` of the pixels may
/// differ visibly.
pub(crate) fn check(folder: &str, name: &str, size: [u32; 2], rgb: &[u8], tolerance: f64) {
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let path = snapshots.join(folder).join(format!("{name}.png"));
    if std::env::var_os("RAVINE_WRITE_SNAPSHOTS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        return write(&path, size, rgb);
    }
    let (stored_size, stored) = read(&path);
    assert_eq!(size, stored_size, "{name}");
    let pairs = rgb.chunks_exact(3).zip(stored.chunks_exact(3));
    let differ = pairs.filter(|(a, b)| (0..3).any(|at| a[at].abs_diff(b[at]) > VISIBLE));
    #[expect(clippy::cast_precision_loss, reason = "counts of pixels")]
    let share = differ.count() as f64 / (stored.len() / 3) as f64;
    if share > tolerance {
        let actual = std::env::temp_dir().join(format!("ravine-{name}.png"));
        write(&actual, size, rgb);
        let percent = 100.0 * share;
        panic!(
            "{name}: {percent:.2} % of the pixels differ; see {}",
            actual.display()
        );
    }
}

fn write(path: &Path, size: [u32; 2], rgb: &[u8]) {
    let file = BufWriter::new(File::create(path).expect("a file for the picture"));
    let mut encoder = png::Encoder::new(file, size[0], size[1]);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(rgb).expect("pixels");
}

fn read(path: &Path) -> ([u32; 2], Vec<u8>) {
    let hint = "write it with RAVINE_WRITE_SNAPSHOTS=1";
    let file =
        File::open(path).unwrap_or_else(|error| panic!("{}: {error}; {hint}", path.display()));
    let mut reader = png::Decoder::new(BufReader::new(file))
        .read_info()
        .expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bytes).expect("pixels");
    ([info.width, info.height], bytes)
}
