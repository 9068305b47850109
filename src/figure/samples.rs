//! Picture of a data set: its samples over one or two inputs, or the number of samples of each class.

use super::axis::number;
use super::colour::{Theme, class_colour, mixed, run_marker};
use super::drawing::{Area, Colour, Item, Point, circle, lerp};
use super::frame::Frame;
use super::map::axes;
use super::text_width::fitted;
use crate::engine::network::data::{Data, Split, Targets};
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;

/// Maximal number of samples that are drawn, evenly spaced.
const MAX_SAMPLES: usize = 300;

/// Largest height of a picture, and of the bar of a class, in points.
const MAX_HEIGHT: f32 = 150.0;
const BAR: f32 = 18.0;

/// Number of bins of a histogram.
const BINS: usize = 16;

/// Samples of a data set, prepared for a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Numbers of samples and of inputs, and targets, in one sentence.
    pub summary: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// Samples over two inputs with their class; filled for the training data.
    Classes(Vec<([f64; 2], usize, bool)>),
    /// Samples over two inputs with a target from 0 (lowest) to 1.
    Heights(Vec<([f64; 2], f64, bool)>),
    /// Pairs of the only input and the first target.
    Pairs(Vec<([f64; 2], bool)>),
    /// Name and number of samples of each class.
    Counts(Vec<(String, usize)>),
    /// Numbers of samples in equal bins of the first target, and its range.
    Histogram(Vec<usize>, [f64; 2]),
}

impl Samples {
    /// Prepares training and test data.
    pub fn new(split: &Split) -> Self {
        let Split { train, test } = split;
        let classes = classes(split);
        let target = match &classes {
            Some(names) => format!("{} classes", names.len()),
            None => "numeric targets".to_owned(),
        };
        let inputs = match train.width() {
            1 => "1 input".to_owned(),
            count => format!("{count} inputs"),
        };
        let summary = format!(
            "{} samples: {} training, {} test; {inputs}, {target}",
            train.samples() + test.samples(),
            train.samples(),
            test.samples()
        );
        let kind = match (train.width(), &classes) {
            (2, Some(_)) => {
                let sample =
                    |(data, index, part)| Some((pair(data, index), class(data, index)?, part));
                Kind::Classes(drawn(split).filter_map(sample).collect())
            }
            (2, None) => {
                let [low, high] = range(split);
                let share = |target: f64| (target - low) / (high - low).max(f64::MIN_POSITIVE);
                let sample =
                    |(data, index, part)| (pair(data, index), share(first(data, index)), part);
                Kind::Heights(drawn(split).map(sample).collect())
            }
            (1, None) => {
                let sample = |(data, index, part): (&Data, usize, bool)| {
                    ([data.inputs()[index], first(data, index)], part)
                };
                Kind::Pairs(drawn(split).map(sample).collect())
            }
            (_, Some(names)) => {
                let mut counts = vec![0; names.len()];
                for data in [train, test] {
                    let all = (0..data.samples()).filter_map(|index| class(data, index));
                    for class in all {
                        if let Some(count) = counts.get_mut(class) {
                            *count += 1;
                        }
                    }
                }
                Kind::Counts(names.iter().cloned().zip(counts).collect())
            }
            (_, None) => {
                let [low, high] = range(split);
                let mut bins = vec![0; BINS];
                for data in [train, test] {
                    for index in 0..data.samples() {
                        let share =
                            (first(data, index) - low) / (high - low).max(f64::MIN_POSITIVE);
                        bins[bin(share)] += 1;
                    }
                }
                Kind::Histogram(bins, [low, high])
            }
        };
        Self { summary, kind }
    }

    /// Returns what the picture shows.
    pub fn explanation(&self) -> &'static str {
        match self.kind {
            Kind::Classes(_) => {
                "Samples over both inputs, a colour and a shape for each class; filled: training, hollow: test."
            }
            Kind::Heights(_) => {
                "Samples over both inputs; the darker, the higher the target; filled: training, hollow: test."
            }
            Kind::Pairs(_) => "Target over the input; filled: training, hollow: test.",
            Kind::Counts(_) => "Number of samples of each class.",
            Kind::Histogram(..) => "Number of samples over the target.",
        }
    }

    /// Returns the height that suits the picture at a width.
    pub fn height(&self, width: f32) -> f32 {
        let plot = (0.5 * width).min(MAX_HEIGHT);
        match &self.kind {
            #[expect(clippy::cast_precision_loss, reason = "at most a thousand classes")]
            Kind::Counts(counts) => (BAR * counts.len() as f32).min(MAX_HEIGHT),
            Kind::Histogram(..) => 0.6 * plot,
            _ => plot,
        }
    }

    /// Draws the picture in an area.
    pub fn draw(&self, area: Area, theme: &Theme) -> Vec<Item> {
        match &self.kind {
            Kind::Classes(samples) => {
                let dots = samples.iter().map(|(at, class, train)| {
                    let colour = mixed(class_colour(*class), theme.ink, 0.25);
                    (*at, colour, Some(*class), *train)
                });
                plot(dots, area, theme)
            }
            Kind::Heights(samples) => {
                let [low, high] = [class_colour(0), theme.ink];
                let dots = samples.iter();
                let dots =
                    dots.map(|(at, share, train)| (*at, mixed(low, high, *share), None, *train));
                plot(dots, area, theme)
            }
            Kind::Pairs(samples) => {
                let dots = samples
                    .iter()
                    .map(|(at, train)| (*at, theme.ink, None, *train));
                plot(dots, area, theme)
            }
            Kind::Counts(counts) => bars(counts, area, theme),
            Kind::Histogram(bins, ends) => histogram(bins, *ends, area, theme),
        }
    }
}

/// Returns samples of both parts, at most [`MAX_SAMPLES`], with whether they are training data.
fn drawn(split: &Split) -> impl Iterator<Item = (&Data, usize, bool)> {
    let all = split.train.samples() + split.test.samples();
    let every = all.div_ceil(MAX_SAMPLES).max(1);
    let parts = [(&split.test, false), (&split.train, true)].into_iter();
    parts.flat_map(move |(data, train)| {
        (0..data.samples())
            .step_by(every)
            .map(move |index| (data, index, train))
    })
}

fn pair(data: &Data, index: usize) -> [f64; 2] {
    [data.inputs()[2 * index], data.inputs()[2 * index + 1]]
}

/// Returns the first target of a sample as a number.
fn first(data: &Data, index: usize) -> f64 {
    match data.targets() {
        Targets::Numbers { width, numbers } => numbers[index * width],
        Targets::Classes { classes, .. } => real(classes[index]),
    }
}

/// Returns the names of the classes; `None` for numeric targets. Class indices that are written as numbers are classes too.
fn classes(split: &Split) -> Option<Vec<String>> {
    let count = split.train.classes()?;
    Some(match split.train.targets() {
        Targets::Classes { names, .. } => names.clone(),
        Targets::Numbers { .. } => (0..count).map(|class| class.to_string()).collect(),
    })
}

fn class(data: &Data, index: usize) -> Option<usize> {
    match data.targets() {
        Targets::Classes { classes, .. } => classes.get(index).copied(),
        Targets::Numbers { .. } => {
            let target = first(data, index);
            (0..=crate::engine::network::MAX_CLASSES).find(|class| real(*class) == target)
        }
    }
}

/// Returns the lowest and the highest first target.
fn range(split: &Split) -> [f64; 2] {
    let targets = [&split.train, &split.test].into_iter();
    let targets = targets.flat_map(|data| (0..data.samples()).map(|index| first(data, index)));
    let ends = [f64::INFINITY, f64::NEG_INFINITY];
    targets.fold(ends, |[low, high], target| {
        [low.min(target), high.max(target)]
    })
}

/// Returns the bin of a share from 0 to 1.
fn bin(share: f64) -> usize {
    let bin = (0..BINS).rev().find(|bin| share * real(BINS) >= real(*bin));
    bin.unwrap_or(0)
}

/// Draws dots with axes: a position, a colour, a class with its shape, and whether the dot is filled.
fn plot(
    dots: impl Iterator<Item = ([f64; 2], Colour, Option<usize>, bool)>,
    area: Area,
    theme: &Theme,
) -> Vec<Item> {
    let dots: Vec<_> = dots.collect();
    let ends = [[f64::INFINITY, f64::NEG_INFINITY]; 2];
    let ends = dots.iter().fold(ends, |ends, (at, ..)| {
        [0, 1].map(|axis| {
            let [low, high]: [f64; 2] = ends[axis];
            [low.min(at[axis]), high.max(at[axis])]
        })
    });
    let [x, y] = ends.map(|[low, high]| {
        let margin = if high > low { 0.06 * (high - low) } else { 1.0 };
        [low - margin, high + margin]
    });
    let inner = Area::new(
        [area.min[0] + 38.0, area.min[1] + 8.0],
        [area.max[0] - 12.0, area.max[1] - 20.0],
    );
    let frame = Frame {
        area: inner,
        window: Rect::new(x, y).unwrap_or(Rect::square(1.0)),
    };
    let mut inside = Vec::new();
    for (at, colour, class, train) in dots {
        let at = frame.picture_from_world(at);
        let (fill, rim) = if train {
            (colour, theme.background)
        } else {
            (theme.background, colour)
        };
        if let Some(class) = class {
            inside.extend(run_marker(class).items(at, 2.6, fill, rim));
        } else {
            inside.push(Item::filled(circle(at, 2.6, 10), rim));
            inside.push(Item::filled(circle(at, 1.9, 10), fill));
        }
    }
    let mut items = vec![Item::Clipped {
        area: inner,
        items: inside,
    }];
    items.extend(axes(&frame, ["", ""], theme));
    items
}

/// Draws a horizontal bar for each class; of many classes as many as fit.
fn bars(counts: &[(String, usize)], area: Area, theme: &Theme) -> Vec<Item> {
    #[expect(clippy::cast_precision_loss, reason = "at most a thousand classes")]
    let height = (area.height() / counts.len().max(1) as f32).clamp(11.0, BAR);
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(1);
    let [left, right] = [area.min[0] + 78.0, area.max[0] - 44.0];
    let mut items = Vec::new();
    let mut y = area.min[1];
    for (class, (name, count)) in counts.iter().enumerate() {
        if y + height > area.max[1] + 0.5 {
            break;
        }
        let middle = y + 0.5 * height;
        let end = lerp(left, right.max(left), real(*count) / real(most.max(1)));
        let bar = Area::new([left, y + 1.5], [end, y + height - 1.5]);
        items.push(Item::filled(bar.corners(), class_colour(class)));
        let name_at: Point = [area.min[0] + 4.0, middle];
        items.push(Item::label(
            fitted(name, 11.0, 72.0),
            name_at,
            11.0,
            theme.ink,
        ));
        let count_at = [end + 5.0, middle];
        items.push(Item::label(count.to_string(), count_at, 11.0, theme.ink));
        y += height;
    }
    items
}

/// Draws the number of samples in each bin, with the ends of the target's range.
fn histogram(bins: &[usize], ends: [f64; 2], area: Area, theme: &Theme) -> Vec<Item> {
    let most = bins.iter().copied().max().unwrap_or(1).max(1);
    let inner = Area::new(
        [area.min[0] + 8.0, area.min[1] + 4.0],
        [area.max[0] - 8.0, area.max[1] - 18.0],
    );
    let mut items = Vec::new();
    for (bin, count) in bins.iter().enumerate() {
        let [from, to] =
            [bin, bin + 1].map(|at| lerp(inner.min[0], inner.max[0], real(at) / real(bins.len())));
        let top = lerp(inner.max[1], inner.min[1], real(*count) / real(most));
        let bar = Area::new([from + 0.5, top], [to - 0.5, inner.max[1]]);
        items.push(Item::filled(bar.corners(), class_colour(0)));
    }
    let y = inner.max[1] + 9.0;
    let [low, high] = ends.map(|end| number(end, 3));
    items.push(Item::label(low, [inner.min[0], y], 11.0, theme.ink));
    let text = super::drawing::Text::new(
        high,
        [inner.max[0], y],
        super::drawing::Anchor::End,
        11.0,
        theme.ink,
    );
    items.push(Item::Text(text));
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::files::NoFiles;
    use crate::engine::network::Loss;
    use crate::engine::network::data::AnyDataset;
    use crate::figure::drawing::words;

    fn samples(data: &str, loss: Loss) -> Samples {
        let data: AnyDataset = data.parse().unwrap();
        Samples::new(&data.split_for(loss, &NoFiles, 0.25, 0).unwrap())
    }

    #[test]
    fn summaries_count_samples_inputs_and_classes() {
        for (data, loss, text) in [
            (
                "moons:samples=40",
                Loss::Bce,
                "40 samples: 30 training, 10 test; 2 inputs, 2 classes",
            ),
            (
                "sine:samples=20",
                Loss::Mse,
                "20 samples: 15 training, 5 test; 1 input, numeric targets",
            ),
            (
                "iris",
                Loss::Ce,
                "150 samples: 112 training, 38 test; 4 inputs, 3 classes",
            ),
        ] {
            assert_eq!(samples(data, loss).summary, text, "{data}");
        }
    }

    #[test]
    fn every_data_set_has_a_picture() {
        let area = Area::new([0.0, 0.0], [260.0, 150.0]);
        for data in AnyDataset::all() {
            if matches!(data, AnyDataset::Csv(_)) {
                continue;
            }
            let all = samples(&data.to_string(), Loss::Mse);
            let items = all.draw(area, &Theme::LIGHT);
            assert!(items.len() > 2, "{data}");
            words(&items);
        }
        let iris = samples("iris", Loss::Ce).draw(area, &Theme::DARK);
        let found = words(&iris);
        assert_eq!(
            found.iter().filter(|text| *text == "50").count(),
            3,
            "{found:?}"
        );
    }

    #[test]
    fn bins_contain_both_ends() {
        assert_eq!(
            [bin(0.0), bin(0.999), bin(1.0), bin(f64::NAN)],
            [0, 15, 15, 0]
        );
    }
}
