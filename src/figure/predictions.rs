//! What a network says of its data: regions of classes, a curve, a confusion matrix, or what it says against what is true.

mod confusion;

use super::axis::number;
use super::colour::{Marker, Theme, class_colour, mixed, run_colour, run_dash, run_marker};
use super::drawing::{Anchor, Area, Colour, Item, Point, Stroke, Text, limited};
use super::frame::Frame;
use super::network::percent;
use super::trail::line;
use super::{legend_line, map, shortened};
use crate::engine::analysis::predictions::DecisionRegions;
use crate::engine::analysis::predictions::FittedCurve;
use crate::engine::analysis::predictions::Predictions;
use crate::engine::cancel::Cancel;
use crate::engine::geometry::contour::{self, ContourLine};
use crate::engine::geometry::surface::Surface;
use crate::engine::network::{Metrics, Prediction};
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;
use std::sync::Arc;

/// The most samples of each part that are drawn.
const MAX_SAMPLES: usize = 500;

/// Height of a line of words.
const LINE_HEIGHT: f32 = 16.0;

/// The run that it is of.
#[derive(Clone, Copy)]
pub struct RunLabel<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many steps it has taken.
    pub step: u64,
    /// Its place among colours, dashes and markers.
    pub style_index: usize,
    /// How good it is in training and in the test.
    pub metrics: [Option<Metrics>; 2],
}

/// What it is called.
pub fn title(fit: &Predictions) -> &'static str {
    match fit {
        Predictions::Regions(_) => "Decision boundary",
        Predictions::Curve(_) => "Fit",
        Predictions::Confusion(_) => "Confusion matrix",
        Predictions::Scatter(_) => "Predictions against true values",
    }
}

/// What of a fit does not depend on where it is drawn.
pub struct Shading {
    /// The colours of regions, first row on top.
    pixels: Arc<Vec<Colour>>,
    /// The lines between regions.
    borders: Vec<ContourLine>,
}

/// The colours and borders of regions; nothing of anything else.
pub fn shading(fit: &Predictions, theme: &Theme) -> Shading {
    let Predictions::Regions(regions) = fit else {
        return Shading {
            pixels: Arc::default(),
            borders: Vec::new(),
        };
    };
    // As sure as chance is pale. Bright colours are too much on a dark ground.
    let chance = 1.0 / real(regions.names.len().max(2));
    let [palest, range] = if theme.dark {
        [0.14, 0.36]
    } else {
        [0.16, 0.46]
    };
    let colour = |cell: &Option<Prediction>| {
        cell.map_or(
            theme.problem,
            |Prediction {
                 class,
                 probability: share,
                 ..
             }| {
                let sure = (share - chance) / (1.0 - chance);
                mixed(theme.background, class_colour(class), palest + range * sure)
            },
        )
    };
    let rows = regions.cells.chunks_exact(regions.side).rev();
    Shading {
        pixels: Arc::new(rows.flatten().map(colour).collect()),
        borders: borders(regions),
    }
}

/// Where the most probable class changes. The lead of a class, negative where another one has it, is smooth across its border.
fn borders(regions: &DecisionRegions) -> Vec<ContourLine> {
    let mut lines = Vec::new();
    for class in 0..regions.names.len() {
        let lead = |cell: &Option<Prediction>| {
            cell.map_or(f64::NAN, |verdict| {
                if verdict.class == class {
                    verdict.margin
                } else {
                    -verdict.margin
                }
            })
        };
        let surface = Surface {
            view: regions.window,
            columns: regions.side,
            rows: regions.side,
            values: regions.cells.iter().map(lead).collect(),
        };
        // Where two other classes are even, this one's lead comes near zero from below.
        let drawn = contour::lines(&surface, &[1e-9], &Cancel::default());
        lines.extend(drawn.unwrap_or_default());
        if regions.names.len() == 2 {
            break;
        }
    }
    lines
}

/// Draws it in an area, with the run and how good it is in words, and a legend; `shading` is its [`shading`].
pub fn draw(
    fit: &Predictions,
    shading: &Shading,
    told: &RunLabel,
    area: Area,
    theme: &Theme,
) -> Vec<Item> {
    let page = Page::new(area, fit, theme);
    let mut items = page.text_lines(fit, told);
    items.extend(match fit {
        Predictions::Regions(found) => page.regions(found, shading),
        Predictions::Curve(found) => page.curve(found, told.style_index),
        Predictions::Confusion(found) => confusion::matrices(found, page.plot, theme),
        Predictions::Scatter(pairs) => page.predictions(pairs),
    });
    items
}

/// The places of the parts.
struct Page<'a> {
    /// The plot, without the numbers of its axes; of matrices everything.
    plot: Area,
    /// Where words begin, and how wide they may be.
    words: Point,
    width: f32,
    theme: &'a Theme,
}

impl<'a> Page<'a> {
    /// Words above the plot, or beside it where there is more room.
    fn new(area: Area, fit: &Predictions, theme: &'a Theme) -> Self {
        let beside = area.width() > 1.5 * area.height();
        let lines = match fit {
            Predictions::Regions(found) => 4 + found.names.len().min(10).div_ceil(2),
            _ => 4,
        };
        #[expect(clippy::cast_precision_loss, reason = "a few lines")]
        let head = if beside {
            0.0
        } else {
            LINE_HEIGHT * lines as f32
        };
        let matrix = matches!(fit, Predictions::Confusion(_));
        let [left, top, right, bottom] = if matrix {
            [8.0, 6.0, 8.0, 6.0]
        } else {
            [50.0, 26.0, 14.0, 36.0]
        };
        let [x, y] = [area.min[0] + left, area.min[1] + head + top];
        let [mut width, mut height] = [area.max[0] - right - x, area.max[1] - bottom - y];
        if beside {
            width = width.min((area.width() - left) * 0.62);
        }
        if matches!(fit, Predictions::Regions(_) | Predictions::Scatter(_)) {
            let side = width.min(height).max(40.0);
            (width, height) = (side, side);
        }
        let plot = Area::new([x, y], [x + width.max(40.0), y + height.max(40.0)]);
        let words = if beside {
            [plot.max[0] + 18.0, area.min[1] + 16.0]
        } else {
            [area.min[0] + 8.0, area.min[1] + 12.0]
        };
        Self {
            plot,
            words,
            width: area.max[0] - words[0] - 4.0,
            theme,
        }
    }

    fn write(&self, text: &str, at: Point, size: f32) -> Item {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of characters"
        )]
        let most =
            ((self.width - (at[0] - self.words[0])) / (0.48 * size)).clamp(4.0, 200.0) as usize;
        Item::Text(Text {
            text: shortened(text, most),
            at,
            anchor: Anchor::Start,
            size,
            colour: self.theme.ink,
            halo: None,
            upright: false,
        })
    }

    /// The run, how good it is, and what is drawn how.
    fn text_lines(&self, fit: &Predictions, told: &RunLabel) -> Vec<Item> {
        let [x, mut y] = self.words;
        let mut items = legend_line([x, y], told.style_index, self.theme);
        let title = format!("{}, step {}", told.name, told.step);
        items.push(self.write(&title, [x + 38.0, y], 12.0));
        for (part, measure) in ["training", "test"].into_iter().zip(told.metrics) {
            y += LINE_HEIGHT;
            let words = measure.map_or_else(
                || format!("no {part} data"),
                |measure| metrics_text(part, &measure),
            );
            items.push(self.write(&words, [x, y], 11.0));
        }
        y += LINE_HEIGHT;
        match fit {
            Predictions::Regions(found) => {
                items.push(self.write("filled: training, hollow: test", [x, y], 11.0));
                let column = (0.5 * self.width).min(110.0);
                for (class, name) in found.names.iter().take(10).enumerate() {
                    let right = class % 2 == 1;
                    if !right {
                        y += LINE_HEIGHT;
                    }
                    let at = [if right { x + column } else { x }, y];
                    items.extend(sample([at[0] + 6.0, y], class, true, self.theme));
                    items.push(self.write(name, [at[0] + 16.0, y], 11.0));
                }
            }
            Predictions::Curve(_) | Predictions::Scatter(_) => {
                items.push(self.write("filled: training, hollow: test", [x, y], 11.0));
            }
            Predictions::Confusion(_) => {
                items.push(self.write("rows: true, columns: said", [x, y], 11.0));
            }
        }
        items
    }

    fn frame_items(&self, window: Rect, inside: Vec<Item>, names: [&str; 2]) -> Vec<Item> {
        let area = self.plot;
        let frame = Frame { area, window };
        let mut items = vec![Item::Clipped {
            area,
            items: inside,
        }];
        items.extend(map::axes(&frame, names, self.theme));
        items
    }

    fn regions(&self, found: &DecisionRegions, shading: &Shading) -> Vec<Item> {
        let (area, side) = (self.plot, found.side);
        let frame = Frame {
            area,
            window: found.window,
        };
        // Points lie on the border of the window, the middles of pixels half a cell inside of theirs.
        let half = 0.5 / real(side - 1);
        let [low, high] = [[-half; 2], [1.0 + half; 2]]
            .map(|corner| frame.picture_from_world(found.window.at(corner)));
        let mut inside = vec![Item::Image {
            area: Area::new([low[0], high[1]], [high[0], low[1]]),
            columns: side,
            rows: side,
            pixels: Arc::clone(&shading.pixels),
        }];
        for border in &shading.borders {
            let points = border.points.iter();
            inside.push(Item::Path {
                points: points.map(|at| frame.picture_from_world(*at)).collect(),
                closed: border.closed,
                stroke: Some(Stroke {
                    width: 1.2,
                    colour: self.theme.ink.opacity(0.8),
                    dash: &[],
                }),
                fill: None,
            });
        }
        for (filled, samples) in [(false, &found.samples[1]), (true, &found.samples[0])] {
            for (at, class) in subsampled(samples) {
                inside.extend(sample(
                    frame.picture_from_world(*at),
                    *class,
                    filled,
                    self.theme,
                ));
            }
        }
        self.frame_items(found.window, inside, ["input 1", "input 2"])
    }

    fn curve(&self, found: &FittedCurve, look: usize) -> Vec<Item> {
        let finite = |at: &&[f64; 2]| at[1].is_finite();
        let range = |points: &mut dyn Iterator<Item = f64>| {
            points.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], y| {
                [low.min(y), high.max(y)]
            })
        };
        let targets = found.samples.iter().flatten().filter(finite);
        let [low, high] = range(&mut targets.map(|at| at[1]));
        let room = if high > low { high - low } else { 1.0 };
        // The curve may leave the samples behind, but not make them small.
        let drawn = found.line.iter().filter(finite);
        let [bottom, top] = range(&mut drawn.map(|at| limited(at[1], low - room, high + room)));
        let [low, high] = [low.min(bottom), high.max(top)];
        let margin = 0.06 * (high - low).max(room);
        let ends = [found.line.first(), found.line.last()];
        let x = ends.map(|end| end.map_or(0.0, |at| at[0]));
        let window = Rect::new(x, [low - margin, high + margin]).unwrap_or(Rect::square(1.0));
        let frame = Frame {
            area: self.plot,
            window,
        };
        let mut inside = self.dots(&found.samples, &frame);
        let pieces = found.line.split(|at| !at[1].is_finite());
        for piece in pieces.filter(|piece| piece.len() > 1) {
            let points: Vec<Point> = piece
                .iter()
                .map(|at| frame.picture_from_world(*at))
                .collect();
            let (halo, colour) = (self.theme.halo, run_colour(look, self.theme));
            inside.push(line(points.clone(), 4.0, halo, &[]));
            inside.push(line(points, 2.0, colour, run_dash(look)));
        }
        self.frame_items(window, inside, ["input", "output"])
    }

    fn predictions(&self, pairs: &[Vec<[f64; 2]>; 2]) -> Vec<Item> {
        let goals = pairs.iter().flatten().map(|[goal, _]| *goal);
        let [low, high] = goals.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], goal| {
            [low.min(goal), high.max(goal)]
        });
        let margin = if high > low { 0.15 * (high - low) } else { 1.0 };
        let range = [low - margin, high + margin];
        let window = Rect::new(range, range).unwrap_or(Rect::square(1.0));
        let frame = Frame {
            area: self.plot,
            window,
        };
        let diagonal = [[0.0; 2], [1.0; 2]].map(|end| frame.picture_from_world(window.at(end)));
        let mut inside = vec![line(diagonal.to_vec(), 1.2, self.theme.ink, &[5.0, 3.0])];
        inside.extend(self.dots(pairs, &frame));
        self.frame_items(window, inside, ["true", "said"])
    }

    /// Samples without a class.
    fn dots(&self, parts: &[Vec<[f64; 2]>; 2], frame: &Frame) -> Vec<Item> {
        let mut items = Vec::new();
        let (ink, problem) = (self.theme.ink.opacity(0.75), self.theme.background);
        for (fill, samples) in [(problem, &parts[1]), (ink, &parts[0])] {
            for at in subsampled(samples) {
                let at = frame.picture_from_world(*at);
                items.extend(Marker::Circle.items(at, 2.6, fill, ink));
            }
        }
        items
    }
}

/// How good a network is on a part of the data.
fn metrics_text(part: &str, measure: &Metrics) -> String {
    let loss = number(measure.loss, 4);
    match measure.accuracy {
        Some(share) => format!("{part}: loss {loss}, {} right", percent(share)),
        None => format!("{part}: loss {loss}"),
    }
}

/// A sample of a class.
fn sample(at: Point, class: usize, filled: bool, theme: &Theme) -> Vec<Item> {
    let colour = mixed(class_colour(class), theme.ink, 0.25);
    let (fill, rim) = if filled {
        (colour, theme.background)
    } else {
        (theme.background, colour)
    };
    run_marker(class).items(at, 3.2, fill, rim)
}

/// Some of many samples, evenly chosen.
fn subsampled<T>(samples: &[T]) -> impl Iterator<Item = &T> {
    samples
        .iter()
        .step_by(samples.len().div_ceil(MAX_SAMPLES).max(1))
}

#[cfg(test)]
mod tests;
