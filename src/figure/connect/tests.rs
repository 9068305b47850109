//! Tests of the words in pictures of mode connectivity.

use super::*;
use crate::engine::analysis::mode_connectivity::{Connect, connect};
use crate::engine::files::NoFiles;
use crate::engine::network::{Precision, TrainingTask, data::AnyDataset};
use crate::figure::drawing::words;

/// Returns the words of a picture whose curve is trained by `spec`.
fn picture_words(network: &str, data: &str, spec: &str) -> String {
    let data: AnyDataset = data.parse().unwrap();
    let split = data.split(&NoFiles, 0.25, 0).unwrap();
    let task = TrainingTask::new(&network.parse().unwrap(), split, 0, Precision::Double);
    let (task, never) = (task.unwrap(), Cancel::default());
    let [a, b] = [1, 2].map(|seed| task.loss.init_params(seed));
    let settings = Connect {
        points: 5,
        steps: 5,
        align: true,
        ..Connect::default()
    };
    let spec = spec.parse().unwrap();
    let found = connect(&task, [&a, &b], &spec, &settings, &never, &mut |_| {});
    let (found, size) = (found.unwrap().unwrap(), [900.0, 700.0]);
    let view = window(&found, (size, true)).unwrap();
    for place in [[0.0, 0.0], [1.0, 0.0], found.middle_on_plane().unwrap()] {
        assert!(view.contains(place), "{place:?}");
    }
    let plane = found.plane.as_ref().unwrap();
    let surface = Surface::sample(&*task.loss, plane, view, 5, 5, &never);
    let (title, caption) = ("a title", "a caption");
    let l2 = task.loss.l2();
    let caption = Caption {
        title,
        caption,
        l2,
        legend: true,
    };
    let drawing = picture(&found, surface, &caption, size, &Theme::DARK);
    words(&drawing.items).join("\n")
}

#[test]
fn a_picture_describes_its_paths_and_its_map() {
    let check = |texts: &str, parts: &[&str]| {
        for part in parts {
            assert!(texts.contains(part), "{part}: {texts}");
        }
    };
    let classes = picture_words("mlp:hidden=3,l2=0.1", "moons:samples=16", "adam");
    check(
        &classes,
        &[
            "accuracy in %; dashed: test",
            "including λ/2 ‖θ‖²",
            "θ\n",
            "curve\nworst loss ",
        ],
    );
    check(
        &classes,
        &[
            "straight line, aligned\n",
            "straight line before alignment\n",
            "a caption",
        ],
    );
    let numbers = picture_words("mlp:hidden=3,loss=mse", "sine:samples=16", "sgd:lr=1e9");
    check(
        &numbers,
        &[
            "loss; dashed: test",
            "training of the curve diverged at step ",
        ],
    );
    assert!(!numbers.contains("accuracy") && !numbers.contains("including"));
}
