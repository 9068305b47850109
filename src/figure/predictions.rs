//! Drawings of a network's predictions: decision regions, a fitted curve, confusion matrices, or predicted against true values.

mod confusion;
pub mod grid;
mod one_run;
mod shading;

pub(super) use one_run::current_predictions;
pub use one_run::run_label;
pub use shading::{Shading, shading};

use super::axis::number;
use super::colour::{Marker, Theme, class_colour, mixed, run_colour, run_dash, run_marker};
use super::drawing::{Area, Item, Point, Stroke, limited};
use super::frame::Frame;
use super::layout::LINE_HEIGHT;
use super::network::percent;
use super::text_width::fitted;
use super::trail::line;
use super::{legend_line, map};
use crate::engine::analysis::predictions::DecisionRegions;
use crate::engine::analysis::predictions::FittedCurve;
use crate::engine::analysis::predictions::Predictions;
use crate::engine::network::Metrics;
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;
use std::sync::Arc;

/// Maximal number of samples drawn of the training data, and of the test data.
const MAX_SAMPLES: usize = 500;

/// The run that predictions are of: its name and state.
#[derive(Clone, Copy)]
pub struct RunLabel<'a> {
    /// Name of the run.
    pub name: &'a str,
    /// Number of steps taken.
    pub step: u64,
    /// Index into the colours, dashes and markers of runs.
    pub style_index: usize,
    /// Training and test metrics.
    pub metrics: [Option<Metrics>; 2],
}

/// Returns the title of a drawing of predictions.
pub fn title(predictions: &Predictions) -> &'static str {
    match predictions {
        Predictions::Regions(_) => "Decision boundary",
        Predictions::Curve(_) => "Fitted curve",
        Predictions::Confusion(_) => "Confusion matrix",
        Predictions::Scatter(_) => "Predictions against true values",
    }
}

/// Draws predictions in an area, with the run's name, its metrics and a legend; `shading` comes from [`shading()`].
pub fn draw(
    predictions: &Predictions,
    shading: &Shading,
    label: &RunLabel,
    area: Area,
    theme: &Theme,
) -> Vec<Item> {
    let page = Page::new(area, predictions, theme);
    let mut items = page.text_lines(predictions, label);
    items.extend(match predictions {
        Predictions::Regions(found) => page.regions(found, shading),
        Predictions::Curve(found) => page.curve(found, curve_window(found), label.style_index),
        Predictions::Confusion(found) => confusion::matrices(found, page.plot, theme),
        Predictions::Scatter(pairs) => page.scatter(pairs),
    });
    items
}

/// Positions of the parts of a drawing.
struct Page<'a> {
    /// The plot without its tick labels; of confusion matrices the whole area.
    plot: Area,
    /// Upper left corner and width of the text lines.
    text_corner: Point,
    text_width: f32,
    /// Names of the axes.
    axes: [&'static str; 2],
    /// Maximal number of samples drawn of each part of the data.
    max_samples: usize,
    theme: &'a Theme,
}

impl<'a> Page<'a> {
    /// Lays out an area: text lines above the plot, or to its right if the area is wide.
    fn new(area: Area, predictions: &Predictions, theme: &'a Theme) -> Self {
        let is_wide = area.width() > 1.5 * area.height();
        let lines = match predictions {
            Predictions::Regions(found) => 4 + found.names.len().min(10).div_ceil(2),
            _ => 4,
        };
        #[expect(clippy::cast_precision_loss, reason = "a few lines")]
        let head = if is_wide {
            0.0
        } else {
            LINE_HEIGHT * lines as f32
        };
        let is_matrix = matches!(predictions, Predictions::Confusion(_));
        let [left, top, right, bottom] = if is_matrix {
            [8.0, 6.0, 8.0, 6.0]
        } else {
            [50.0, 26.0, 14.0, 36.0]
        };
        let [x, y] = [area.min[0] + left, area.min[1] + head + top];
        let [mut width, mut height] = [area.max[0] - right - x, area.max[1] - bottom - y];
        if is_wide {
            width = width.min((area.width() - left) * 0.62);
        }
        if matches!(
            predictions,
            Predictions::Regions(_) | Predictions::Scatter(_)
        ) {
            let side = width.min(height).max(40.0);
            (width, height) = (side, side);
        }
        let plot = Area::new([x, y], [x + width.max(40.0), y + height.max(40.0)]);
        let text_corner = if is_wide {
            [plot.max[0] + 18.0, area.min[1] + 16.0]
        } else {
            [area.min[0] + 8.0, area.min[1] + 12.0]
        };
        Self {
            plot,
            text_corner,
            text_width: area.max[0] - text_corner[0] - 4.0,
            axes: match predictions {
                Predictions::Curve(_) => ["input", "output"],
                Predictions::Scatter(_) => ["true", "predicted"],
                _ => ["input 1", "input 2"],
            },
            max_samples: MAX_SAMPLES,
            theme,
        }
    }

    fn write(&self, text: &str, at: Point, size: f32) -> Item {
        let width = self.text_width - (at[0] - self.text_corner[0]);
        let text = fitted(text, size, width);
        Item::label(text, at, size, self.theme.ink)
    }

    /// Draws the run's name, its metrics, and a legend.
    fn text_lines(&self, predictions: &Predictions, label: &RunLabel) -> Vec<Item> {
        let [x, mut y] = self.text_corner;
        let mut items = legend_line([x, y], label.style_index, self.theme);
        let title = format!("{}, step {}", label.name, label.step);
        items.push(self.write(&title, [x + 38.0, y], 12.0));
        for (part, metrics) in ["training", "test"].into_iter().zip(label.metrics) {
            y += LINE_HEIGHT;
            let words = metrics.map_or_else(
                || format!("no {part} data"),
                |metrics| metrics_text(part, &metrics),
            );
            items.push(self.write(&words, [x, y], 11.0));
        }
        y += LINE_HEIGHT;
        match predictions {
            Predictions::Regions(found) => {
                items.push(self.write("filled: training, hollow: test", [x, y], 11.0));
                let column = (0.5 * self.text_width).min(110.0);
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
                items.push(self.write("rows: true, columns: predicted", [x, y], 11.0));
            }
        }
        items
    }

    fn frame_items(&self, window: Rect, inside: Vec<Item>) -> Vec<Item> {
        let area = self.plot;
        let frame = Frame { area, window };
        let mut items = vec![Item::Clipped {
            area,
            items: inside,
        }];
        items.extend(map::axes(&frame, self.axes, self.theme));
        items
    }

    fn regions(&self, found: &DecisionRegions, shading: &Shading) -> Vec<Item> {
        let (area, side) = (self.plot, found.side);
        let frame = Frame {
            area,
            window: found.window,
        };
        // Samples are on the window's border, so the centers of border pixels are half a cell inside the image's border.
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
            for (at, class) in subsampled(samples, self.max_samples) {
                inside.extend(sample(
                    frame.picture_from_world(*at),
                    *class,
                    filled,
                    self.theme,
                ));
            }
        }
        self.frame_items(found.window, inside)
    }

    fn curve(&self, found: &FittedCurve, window: Rect, style_index: usize) -> Vec<Item> {
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
            let (halo, colour) = (self.theme.halo, run_colour(style_index, self.theme));
            inside.push(line(points.clone(), 4.0, halo, &[]));
            inside.push(line(points, 2.0, colour, run_dash(style_index)));
        }
        self.frame_items(window, inside)
    }

    fn scatter(&self, pairs: &[Vec<[f64; 2]>; 2]) -> Vec<Item> {
        let targets = pairs.iter().flatten().map(|[target, _]| *target);
        let [low, high] = targets
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], target| {
                [low.min(target), high.max(target)]
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
        self.frame_items(window, inside)
    }

    /// Draws training and test samples without a class as filled and hollow dots.
    fn dots(&self, parts: &[Vec<[f64; 2]>; 2], frame: &Frame) -> Vec<Item> {
        let mut items = Vec::new();
        let (ink, background) = (self.theme.ink.opacity(0.75), self.theme.background);
        for (fill, samples) in [(background, &parts[1]), (ink, &parts[0])] {
            for at in subsampled(samples, self.max_samples) {
                let at = frame.picture_from_world(*at);
                items.extend(Marker::Circle.items(at, 2.6, fill, ink));
            }
        }
        items
    }
}

/// Returns the window of a fitted curve: its samples, and the curve beyond them by their own height at most, so that they stay readable.
fn curve_window(found: &FittedCurve) -> Rect {
    let finite = |at: &&[f64; 2]| at[1].is_finite();
    let range = |points: &mut dyn Iterator<Item = f64>| {
        points.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], y| {
            [low.min(y), high.max(y)]
        })
    };
    let targets = found.samples.iter().flatten().filter(finite);
    let [low, high] = range(&mut targets.map(|at| at[1]));
    let height = if high > low { high - low } else { 1.0 };
    let drawn = found.line.iter().filter(finite);
    let [bottom, top] = range(&mut drawn.map(|at| limited(at[1], low - height, high + height)));
    let [low, high] = [low.min(bottom), high.max(top)];
    let margin = 0.06 * (high - low).max(height);
    let ends = [found.line.first(), found.line.last()];
    let x = ends.map(|end| end.map_or(0.0, |at| at[0]));
    Rect::new(x, [low - margin, high + margin]).unwrap_or(Rect::square(1.0))
}

/// Formats the metrics on a part of the data.
fn metrics_text(part: &str, metrics: &Metrics) -> String {
    let loss = number(metrics.loss, 4);
    match metrics.accuracy {
        Some(accuracy) => format!("{part}: loss {loss}, accuracy {}", percent(accuracy)),
        None => format!("{part}: loss {loss}"),
    }
}

/// Draws a sample with the colour and marker of its class.
fn sample(at: Point, class: usize, filled: bool, theme: &Theme) -> Vec<Item> {
    let colour = mixed(class_colour(class), theme.ink, 0.25);
    let (fill, rim) = if filled {
        (colour, theme.background)
    } else {
        (theme.background, colour)
    };
    run_marker(class).items(at, 3.2, fill, rim)
}

/// Returns at most `max` of the samples, evenly spaced.
fn subsampled<T>(samples: &[T], max: usize) -> impl Iterator<Item = &T> {
    samples.iter().step_by(samples.len().div_ceil(max).max(1))
}

#[cfg(test)]
mod tests;
