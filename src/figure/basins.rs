//! Basins of attraction: each start in the colour of the minimum that its run converges to, darker the more steps it takes.

use super::axis::number;
use super::colour::{Theme, byte, class_colour};
use super::drawing::{Anchor, Area, Colour, Drawing, Item, Stroke, Text};
use super::frame::Frame;
use super::{Layout, NARROW, caption, layout, map, page, text_width};
use crate::engine::analysis::basins::{BasinLabel, Basins, Cell};
use crate::engine::numeric::real;
use crate::engine::results::MapData;
use crate::engine::scene::{MapStyle, Scene};
use std::sync::Arc;

/// Returns the colour of starts that diverge or stay undecided.
const fn failure_colour(label: BasinLabel, theme: &Theme) -> Colour {
    match (label, theme.dark) {
        (BasinLabel::Diverges, false) => Colour::rgb(24, 24, 30),
        (BasinLabel::Diverges, true) => Colour::rgb(4, 5, 7),
        (_, false) => Colour::rgb(232, 232, 228),
        (_, true) => Colour::rgb(112, 117, 124),
    }
}

/// Returns the colour of a basin, before shading by the number of steps.
pub fn colour(label: BasinLabel, theme: &Theme) -> Colour {
    match label {
        BasinLabel::Converges(minimum) => class_colour(usize::from(minimum)),
        failed => failure_colour(failed, theme),
    }
}

/// Returns the colours of the grid, first row on top.
pub fn shading(basins: &Basins, theme: &Theme) -> Arc<Vec<Colour>> {
    let log_steps = |cell: &Cell| f64::from(cell.steps).ln_1p();
    let converged = basins
        .cells
        .iter()
        .filter(|cell| matches!(cell.label, BasinLabel::Converges(_)));
    let [min, max] = converged.fold([f64::INFINITY, 0.0_f64], |[min, max], cell| {
        [min.min(log_steps(cell)), max.max(log_steps(cell))]
    });
    let cell_colour = |cell: &Cell| {
        let base = colour(cell.label, theme);
        match cell.label {
            BasinLabel::Converges(_) => {
                shaded(base, (log_steps(cell) - min) / (max - min).max(1e-9))
            }
            _ => base,
        }
    };
    let rows = basins.cells.chunks_exact(basins.side).rev();
    Arc::new(rows.flatten().map(cell_colour).collect())
}

/// Shades a colour from light (`t` = 0, few steps) to dark (`t` = 1, many steps).
fn shaded(base: Colour, t: f64) -> Colour {
    let t = t.clamp(0.0, 1.0);
    let shade = |channel: u8| {
        let channel = f64::from(channel);
        let light = channel + (255.0 - channel) * 0.45;
        byte(light + (channel * 0.5 - light) * t)
    };
    Colour::rgb(shade(base.r), shade(base.g), shade(base.b))
}

/// Draws the basins in a frame, with the landscape's contour lines, stars on the minima and a mark at the scene's start.
pub fn map_items(
    basins: &Basins,
    pixels: &Arc<Vec<Colour>>,
    map_data: Option<&MapData>,
    scene: &Scene,
    frame: &Frame,
    theme: &Theme,
) -> Vec<Item> {
    // Starts are on the window's border, so the centers of border pixels are half a cell inside the image's border.
    let half = 0.5 / real(basins.side - 1);
    let corners = [
        basins.window.at([-half; 2]),
        basins.window.at([1.0 + half; 2]),
    ];
    let [lower_left, upper_right] = corners.map(|corner| frame.picture_from_world(corner));
    let mut items = vec![Item::Image {
        area: Area::new(
            [lower_left[0], upper_right[1]],
            [upper_right[0], lower_left[1]],
        ),
        columns: basins.side,
        rows: basins.side,
        pixels: Arc::clone(pixels),
    }];
    if let Some(map_data) = map_data {
        let lines = MapStyle {
            fill: false,
            labels: false,
            ..scene.map.clone()
        };
        items.extend(map::landscape(map_data, pixels, &lines, frame, theme));
    }
    if scene.map.minima {
        for minimum in &basins.minima {
            let at = frame.picture_from_world(minimum.mark.at);
            if frame.area.contains(at) {
                items.extend(map::star(at, 7.0, theme));
            }
        }
    }
    let area = frame.area;
    let mut all = vec![Item::Clipped { area, items }];
    all.extend(map::start(scene.start(), frame, theme));
    all
}

/// Width of the legend on a narrow page.
const NARROW_LEGEND: f32 = 124.0;

/// Draws the legend: a colour and a text for each label that occurs, the most frequent minima first, as many as fit.
pub fn legend(basins: &Basins, area: Area, theme: &Theme) -> Vec<Item> {
    const ENTRY_HEIGHT: f32 = 32.0;
    let minima = (0..basins.minima.len())
        .filter_map(|index| u16::try_from(index).ok())
        .map(BasinLabel::Converges);
    let mut labels: Vec<(BasinLabel, f64)> = minima
        .map(|label| (label, basins.share(label)))
        .filter(|(_, share)| *share > 0.0)
        .collect();
    labels.sort_by(|a, b| b.1.total_cmp(&a.1));
    let failed: Vec<(BasinLabel, f64)> = [BasinLabel::Diverges, BasinLabel::Undecided]
        .map(|label| (label, basins.share(label)))
        .into_iter()
        .filter(|(_, share)| *share > 0.0)
        .collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count"
    )]
    let max_minima = ((area.height() / ENTRY_HEIGHT).floor() as usize)
        .saturating_sub(failed.len() + 1)
        .max(1);
    let left_out = labels.len().saturating_sub(max_minima);
    labels.truncate(max_minima);
    labels.extend(failed);
    let mut items = Vec::new();
    let [x, mut y] = area.min;
    for (label, share) in labels {
        let base = colour(label, theme);
        let (top, side) = (y + 4.0, 13.0);
        let square = Area::new([x, top], [x + side, top + side]);
        items.push(Item::Path {
            points: square.corners(),
            closed: true,
            stroke: Some(Stroke {
                width: 1.0,
                colour: theme.ink,
                dash: &[],
            }),
            fill: Some(base),
        });
        let [first, second] = summary_text(basins, label, share);
        let room = area.max[0] - x - 22.0;
        let size = if text_width::width(&first, 12.0) > room {
            10.5
        } else {
            12.0
        };
        items.push(Item::label(first, [x + 20.0, y + 6.0], size, theme.ink));
        let brief = second.trim_start_matches("not there ");
        let second = text_width::first_fitted([&second[..], brief], 10.5, room);
        items.push(Item::label(second, [x + 20.0, y + 20.0], 10.5, theme.faint));
        y += ENTRY_HEIGHT;
    }
    if left_out > 0 {
        items.push(Item::label(
            format!("and {left_out} more minima"),
            [x, y + 6.0],
            11.0,
            theme.faint,
        ));
        y += ENTRY_HEIGHT;
    }
    items.extend(lightness_key(basins, Area::new([x, y], area.max), theme));
    items
}

/// Returns the smallest and the largest number of steps of the starts that converge; `None` where none does.
fn converged_steps(basins: &Basins) -> Option<[u32; 2]> {
    let converges = |cell: &&Cell| matches!(cell.label, BasinLabel::Converges(_));
    let steps = || basins.cells.iter().filter(converges).map(|cell| cell.steps);
    Some([steps().min()?, steps().max()?])
}

/// Draws the key of the lightness, which shows how fast a start converges, if there is space for it.
fn lightness_key(basins: &Basins, area: Area, theme: &Theme) -> Vec<Item> {
    const HEIGHT: f32 = 46.0;
    const SHADES: u8 = 12;
    let width = 120.0_f32.min(area.width() - 8.0);
    let Some([fast, slow]) = converged_steps(basins) else {
        return Vec::new();
    };
    if width < 60.0 || area.height() < HEIGHT || fast == slow {
        return Vec::new();
    }
    let [x, y] = area.min;
    let name = ["lightness: steps to converge", "steps to converge"];
    let name = text_width::first_fitted(name, 10.5, area.width() - 4.0);
    let mut items = vec![Item::label(name, [x, y + 6.0], 10.5, theme.ink)];
    let base = class_colour(0);
    let step = width / f32::from(SHADES);
    for shade in 0..SHADES {
        let left = x + f32::from(shade) * step;
        let cell = Area::new([left, y + 16.0], [left + step + 0.5, y + 28.0]);
        let t = f64::from(shade) / f64::from(SHADES - 1);
        items.push(Item::filled(cell.corners(), shaded(base, t)));
    }
    let text = |text: String, at: f32, anchor: Anchor| {
        Item::Text(Text::new(text, [at, y + 36.0], anchor, 10.5, theme.ink))
    };
    items.push(text(fast.to_string(), x, Anchor::Start));
    items.push(text(format!("{slow}, log"), x + width, Anchor::End));
    items
}

/// Describes a basin in two lines: its label and share; the position of its minimum.
pub fn summary_text(basins: &Basins, label: BasinLabel, share: f64) -> [String; 2] {
    let percent = format!("{} %", number(share * 100.0, 3));
    match label {
        BasinLabel::Converges(index) => {
            basins
                .minima
                .get(usize::from(index))
                .map_or_else(Default::default, |minimum| {
                    let [x, y] = minimum.mark.at;
                    let kind = if minimum.valley { "valley" } else { "min" };
                    [
                        format!("{kind} {}   {percent}", number(minimum.mark.value, 4)),
                        format!("({}, {})", number(x, 4), number(y, 4)),
                    ]
                })
        }
        BasinLabel::Diverges => [format!("diverges   {percent}"), String::new()],
        BasinLabel::Undecided => {
            let undecided = |cell: &&Cell| cell.label == BasinLabel::Undecided;
            let steps = basins.cells.iter().find(undecided).map(|cell| cell.steps);
            let after = steps.map(|steps| format!("not there after {steps} steps"));
            [format!("undecided   {percent}"), after.unwrap_or_default()]
        }
    }
}

/// Draws the whole picture: exactly the window of the basins, with axes, title, caption and, unless the page has none, the legend. `run` is
/// the run's spec.
pub fn picture(
    basins: &Basins,
    map_data: Option<&MapData>,
    scene: &Scene,
    run: &str,
    (size, has_legend): ([f32; 2], bool),
    theme: &Theme,
) -> Drawing {
    let Layout {
        map: mut space,
        caption: below,
        ..
    } = layout(size);
    if !has_legend {
        space.max[0] = (size[0] - 16.0).max(space.max[0]);
    } else if size[0] < NARROW {
        // On a narrow page the legend needs more than the colour bar that other maps have.
        space.max[0] = (size[0] - NARROW_LEGEND - 20.0).max(space.min[0] + 60.0);
    }
    let mut frame = Frame::letterboxed(2, basins.window, space);
    if !has_legend {
        frame.area = frame.area.centered_in(space);
    }
    let area = frame.area;
    let mut items = page(size, theme);
    let pixels = shading(basins, theme);
    items.extend(map_items(basins, &pixels, map_data, scene, &frame, theme));
    items.extend(map::axes(&frame, scene.axes(), theme));
    let title = format!("Basins of {run} on {}", scene.title());
    items.push(Item::title(
        title,
        [area.min[0] + 18.0, area.min[1] - space.min[1] + 20.0],
        theme.ink,
    ));
    let caption = format!(
        "{} · light: few steps, dark: many",
        caption(scene, scene.training.steps)
    );
    items.push(Item::caption(caption, below, theme.ink));
    if has_legend {
        let right = Area::new([frame.bar().min[0], space.min[1]], [size[0], space.max[1]]);
        items.extend(legend(basins, right, theme));
    }
    Drawing::new(size, items)
}

/// Returns a picture's width and height, with about as many pixels as `pixels`, such that its map shows a window of the plane with equal
/// scales on both axes; returns `pixels` for a window whose sides differ by more than a factor of 4.
#[cfg(feature = "gui")]
pub(crate) fn pixels(window: crate::engine::objective::plane::Rect, pixels: [u32; 2]) -> [u32; 2] {
    use super::points;
    let shape = window.width() / window.height();
    if !(0.25..=4.0).contains(&shape) {
        return pixels;
    }
    let amount = f64::from(pixels[0]) * f64::from(pixels[1]);
    let with_ratio = |ratio: f64| {
        let sides = [(amount * ratio).sqrt(), (amount / ratio).sqrt()];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "sides of a picture"
        )]
        let sides = sides.map(|side| side.round() as u32);
        sides
    };
    let map_ratio = |ratio: f64| {
        let map = layout(points(with_ratio(ratio))).map;
        f64::from(map.width()) / f64::from(map.height())
    };
    let [mut low, mut high] = [0.3, 6.0];
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if map_ratio(middle) < shape {
            low = middle;
        } else {
            high = middle;
        }
    }
    with_ratio(0.5 * (low + high))
}
