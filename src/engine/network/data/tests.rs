//! Tests of data sets: scikit-learn's definitions, labels, splits.

use super::{AnyDataset, Data, Targets};
use crate::engine::files::{Files, Header, Labels, NoFiles, Table};
use crate::engine::network::Loss;

fn data(spec: &str) -> Data {
    let dataset: AnyDataset = spec.parse().unwrap();
    dataset.as_dyn().data(&NoFiles).unwrap()
}

fn numbers(data: &Data) -> &[f64] {
    match data.targets() {
        Targets::Numbers { numbers, .. } => numbers,
        Targets::Classes { .. } => &[],
    }
}

/// Returns the number of samples of each label.
fn counts(data: &Data) -> Vec<usize> {
    let count = |class: f64| {
        numbers(data)
            .iter()
            .filter(|label| **label == class)
            .count()
    };
    (0..10)
        .map(|class| count(f64::from(class)))
        .take_while(|count| *count > 0)
        .collect()
}

#[track_caller]
fn check(found: &[f64], expected: &[f64]) {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-15;
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(close),
        "{found:?}, expected {expected:?}"
    );
}

#[test]
fn moons_and_circles_without_noise_match_scikit_learn() {
    let root = 0.5_f64.sqrt();
    // make_moons(7, shuffle=False)
    let moons = data("moons:samples=7,noise=0");
    let upper = [1.0, 0.0, 0.0, 1.0, -1.0, 0.0];
    let half = 3.0_f64.sqrt() / 2.0;
    let lower = [0.0, 0.5, 0.5, 0.5 - half, 1.5, 0.5 - half, 2.0, 0.5];
    check(moons.inputs(), &[&upper[..], &lower].concat());
    assert_eq!(numbers(&moons), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    // make_circles(6, factor=0.5, shuffle=False)
    let circles = data("circles:samples=6,noise=0");
    let outer = [1.0, 0.0, -0.5, half, -0.5, -half];
    check(
        circles.inputs(),
        &[&outer[..], &outer.map(|x| 0.5 * x)].concat(),
    );
    // The ends of four spirals of an eighth of a turn.
    let spirals = data("spirals:samples=8,classes=4,turns=0.125,noise=0");
    let ends = [root, root, -root, root, -root, -root, root, -root];
    check(spirals.inputs(), &[&[0.0; 8][..], &ends].concat());
}

#[test]
fn every_data_set_has_its_number_of_samples() {
    for any in AnyDataset::all() {
        if any.name() == "csv" {
            continue;
        }
        let data = any.as_dyn().data(&NoFiles).unwrap();
        assert!(data.samples() >= 100, "{any}");
        assert!(data.inputs().iter().all(|x| x.is_finite()), "{any}");
        assert_eq!(data, any.as_dyn().data(&NoFiles).unwrap(), "{any}");
        for (one, two) in [("1", "2"), ("7", "8")] {
            if any.settings().get("seed").is_some() {
                let [a, b] = [one, two].map(|seed| format!("{any}:samples={seed},seed={seed}"));
                assert_ne!(super::tests::data(&a), super::tests::data(&b));
                let count = super::tests::data(&a).samples();
                assert_eq!(count.to_string(), one);
            }
        }
    }
    assert_eq!(counts(&data("blobs:samples=8")), [3, 3, 2]);
    assert_eq!(counts(&data("spirals:samples=5")), [3, 2]);
}

#[test]
fn bundled_data_are_complete() {
    let digits = data("digits");
    assert_eq!((digits.samples(), digits.width()), (1797, 64));
    assert_eq!(
        counts(&digits),
        [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    );
    let grey = |x: &f64| (0.0..=16.0).contains(x) && x.fract() == 0.0;
    assert!(digits.inputs().iter().all(grey));
    let iris = data("iris");
    assert_eq!((iris.samples(), iris.width()), (150, 4));
    let Targets::Classes { classes, names } = iris.targets() else {
        panic!("species are text");
    };
    assert_eq!(names, &["setosa", "versicolor", "virginica"]);
    assert_eq!([classes[0], classes[50], classes[149]], [0, 1, 2]);
    // The mean in the documentation of the data set.
    let sum: f64 = iris.inputs().iter().step_by(4).sum();
    assert!((sum / 150.0 - 5.843_333).abs() < 1e-6);
}

#[test]
fn a_split_partitions_the_samples_and_standardises_by_the_training_data() {
    let all = data("digits");
    let split = all.split(0.2, 5);
    assert_eq!([split.train.samples(), split.test.samples()], [1437, 360]);
    let sum = |data: &Data| -> f64 { data.inputs().iter().sum() };
    assert_eq!(sum(&split.train) + sum(&split.test), sum(&all));
    assert_eq!(split, all.split(0.2, 5));
    assert_ne!(split, all.split(0.2, 6));
    assert_eq!(all.split(0.0, 1).train, all);
    assert_eq!(all.split(1.0, 1).train.samples(), 1);
    assert_eq!(data("moons:samples=1").split(0.5, 1).test.samples(), 0);

    let mut split = all.split(0.2, 5);
    split.standardise();
    let column = |data: &Data, input| -> Vec<f64> {
        data.inputs()
            .iter()
            .skip(input)
            .step_by(64)
            .copied()
            .collect()
    };
    let (mid, dark) = (column(&split.train, 20), column(&split.train, 0));
    let mean = |x: &[f64]| x.iter().sum::<f64>() / 1437.0;
    let square: Vec<f64> = mid.iter().map(|x| x * x).collect();
    assert!(mean(&mid).abs() < 1e-12 && (mean(&square) - 1.0).abs() < 1e-12);
    assert!(dark.iter().all(|x| *x == 0.0), "the corner is always dark");
    let asked: AnyDataset = "digits:standardise=true".parse().unwrap();
    assert_eq!(asked.split(&NoFiles, 0.2, 5).unwrap(), split);
}

/// A file with one column of labels.
struct File(Labels);

impl File {
    fn names(names: &[&str]) -> Self {
        Self(Labels::Names(
            names.iter().map(|name| (*name).to_owned()).collect(),
        ))
    }
}

impl Files for File {
    fn table(&self, path: &str, label: Option<&str>, header: Header) -> Result<Table, String> {
        assert_eq!((path, label, header), ("d.csv", Some("y"), Header::Auto));
        let rows = match &self.0 {
            Labels::Numbers(numbers) => numbers.len(),
            Labels::Names(names) => names.len(),
        };
        Ok(Table {
            width: 1,
            numbers: vec![0.5; rows],
            labels: self.0.clone(),
            lines: (2..).take(rows).collect(),
            label: "column 2 (`y`)".to_owned(),
            file: path.to_owned(),
            source: "1 input".to_owned(),
        })
    }
}

#[test]
fn labels_are_numbers_or_the_names_of_classes() {
    let csv: AnyDataset = "csv:path=d.csv,label=y".parse().unwrap();
    let targets = |file: File| csv.as_dyn().data(&file).unwrap().targets().clone();
    assert_eq!(
        targets(File(Labels::Numbers(vec![2.0, 0.5, -1e3]))),
        Targets::Numbers {
            width: 1,
            numbers: vec![2.0, 0.5, -1e3],
        }
    );
    assert_eq!(
        targets(File::names(&["dog", "cat", "dog", "bird"])),
        Targets::Classes {
            classes: vec![2, 1, 2, 0],
            names: ["bird", "cat", "dog"].map(str::to_owned).to_vec(),
        }
    );
    let refused = "csv".parse::<AnyDataset>().unwrap().as_dyn().data(&NoFiles);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "path: empty; expected a CSV file"
    );
}

#[test]
fn integer_labels_are_classes_for_bce_and_ce() {
    let csv: AnyDataset = "csv:path=d.csv,label=y".parse().unwrap();
    let split = |loss, labels: &[f64]| {
        let file = File(Labels::Numbers(labels.to_vec()));
        csv.split_for(loss, &file, 0.0, 1)
            .map_err(|error| error.to_string())
    };
    let from_1 = split(Loss::Ce, &[3.0, 1.0, 2.0, 1.0]).unwrap().train;
    assert_eq!(
        from_1.targets(),
        &Targets::Classes {
            classes: vec![2, 0, 1, 0],
            names: ["1", "2", "3"].map(str::to_owned).to_vec(),
        }
    );
    assert_eq!(
        from_1.source(),
        "1 input; classes numbered anew from 0; 3 classes: 1, 2, 3"
    );
    for labels in [&[0.0, 1.0, 2.0][..], &[1.0, 0.0], &[1.0], &[0.0]] {
        for loss in [Loss::Bce, Loss::Ce] {
            let data = split(loss, labels).unwrap().train;
            assert_eq!(numbers(&data), labels, "{labels:?}");
        }
    }
    let signs = split(Loss::Bce, &[-1.0, 1.0]).unwrap().train;
    assert_eq!(signs.classes(), Some(2));
    assert_eq!(
        numbers(&split(Loss::Mse, &[1.0, 2.5]).unwrap().train),
        [1.0, 2.5]
    );
    assert_eq!(
        split(Loss::Ce, &[0.0, 1.0, 2.5]).unwrap_err(),
        "d.csv: line 4, column 2 (`y`): `2.5` is not a class; expected whole numbers or names for loss=ce, or loss=mse"
    );
    let many: Vec<f64> = (0..1001).map(f64::from).collect();
    assert_eq!(
        split(Loss::Ce, &many).unwrap_err(),
        "d.csv: column 2 (`y`) has 1001 different labels; expected at most 1000 classes for loss=ce, or loss=mse"
    );
}

#[test]
fn constant_columns_are_detected_relative_to_their_size() {
    let standardised = |column: &[f64]| {
        let numbers = vec![0.0; column.len()];
        let data = Data::new(1, column.to_vec(), Targets::Numbers { width: 1, numbers });
        let mut split = data.split(0.0, 0);
        split.standardise();
        split.train.inputs().to_vec()
    };
    // Equal numbers, and sums that differ by rounding.
    for constant in [0.1, 1e16 + 2.0, -1e-300, 123.456e200] {
        assert_eq!(standardised(&[constant; 7]), [0.0; 7], "{constant}");
    }
    let sums = standardised(&[0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2]);
    assert!(sums.iter().all(|x| x.abs() < 1e-15), "{sums:?}");
    // Small relative to an offset, and so large that squares overflow.
    for (offset, unit) in [
        (0.0, 1e-200),
        (1.6e9, 1e-3),
        (1e15, 1.0),
        (0.0, 1e300),
        (-5.0, 1e-12),
    ] {
        let found = standardised(&[-1.0, 1.0, -1.0, 1.0].map(|x| offset + unit * x));
        for (found, expected) in found.iter().zip([-1.0, 1.0, -1.0, 1.0]) {
            assert!((found - expected).abs() < 1e-3, "{offset} {unit}: {found}");
        }
    }
}
