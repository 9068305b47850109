//! Basins of attraction: every start in the colour of the minimum that it runs to, darker the more steps it takes.

use super::axis::number;
use super::colour::{Theme, class_colour};
use super::drawing::{Area, Colour, Drawing, Item, Stroke};
use super::frame::Frame;
use super::{Layout, caption, layout, map};
use crate::engine::analysis::basins::{BasinLabel, Basins, Cell};
use crate::engine::numeric::real;
use crate::engine::scene::{MapStyle, Scene};
use crate::engine::results::MapData;
use std::sync::Arc;

/// Starts that diverge, and those that arrive nowhere.
const fn failure_colour(fate: BasinLabel, theme: &Theme) -> Colour {
    match (fate, theme.dark) {
        (BasinLabel::Diverges, false) => Colour::rgb(24, 24, 30),
        (BasinLabel::Diverges, true) => Colour::rgb(4, 5, 7),
        (_, false) => Colour::rgb(232, 232, 228),
        (_, true) => Colour::rgb(112, 117, 124),
    }
}

/// The colour of a fate, before any shading.
pub fn colour(fate: BasinLabel, theme: &Theme) -> Colour {
    match fate {
        BasinLabel::Converges(minimum) => class_colour(usize::from(minimum)),
        lost_fate => failure_colour(lost_fate, theme),
    }
}

/// The colours of the grid, first row on top.
pub fn shading(basins: &Basins, theme: &Theme) -> Arc<Vec<Colour>> {
    let steps = |cell: &Cell| f64::from(cell.steps).ln_1p();
    let arrived = basins
        .cells
        .iter()
        .filter(|cell| matches!(cell.label, BasinLabel::Converges(_)));
    let [least, most] = arrived.fold([f64::INFINITY, 0.0_f64], |[least, most], cell| {
        [least.min(steps(cell)), most.max(steps(cell))]
    });
    let shade = |cell: &Cell| {
        let base = colour(cell.label, theme);
        match cell.label {
            BasinLabel::Converges(_) => {
                shaded(base, (steps(cell) - least) / (most - least).max(1e-9))
            }
            _ => base,
        }
    };
    let rows = basins.cells.chunks_exact(basins.side).rev();
    Arc::new(rows.flatten().map(shade).collect())
}

/// A colour from light (0, soon) to dark (1, late).
fn shaded(base: Colour, late: f64) -> Colour {
    let late = late.clamp(0.0, 1.0);
    let part = |channel: u8| {
        let channel = f64::from(channel);
        let soon = channel + (255.0 - channel) * 0.45;
        let mixed = soon + (channel * 0.5 - soon) * late;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a byte"
        )]
        let byte = mixed.round() as u8;
        byte
    };
    Colour::rgb(part(base.r), part(base.g), part(base.b))
}

/// The basins in a frame, with the landscape's contour lines, stars on the minima and the start.
pub fn inside(
    basins: &Basins,
    pixels: &Arc<Vec<Colour>>,
    map_data: Option<&MapData>,
    scene: &Scene,
    frame: &Frame,
    theme: &Theme,
) -> Vec<Item> {
    // Starts lie on the border of the window, the middles of pixels half a cell inside of theirs.
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
    items.extend(map::start(scene.start, frame, theme));
    items
}

/// What the colours mean: a line for each fate that occurs, the most frequent minima first, as many as there is room for.
pub fn legend(basins: &Basins, area: Area, theme: &Theme) -> Vec<Item> {
    const LINE_HEIGHT: f32 = 32.0;
    let minima = (0..basins.minima.len())
        .filter_map(|index| u16::try_from(index).ok())
        .map(BasinLabel::Converges);
    let mut fates: Vec<(BasinLabel, f64)> = minima
        .map(|fate| (fate, basins.share(fate)))
        .filter(|(_, share)| *share > 0.0)
        .collect();
    fates.sort_by(|a, b| b.1.total_cmp(&a.1));
    let lost: Vec<(BasinLabel, f64)> = [BasinLabel::Diverges, BasinLabel::Undecided]
        .map(|fate| (fate, basins.share(fate)))
        .into_iter()
        .filter(|(_, share)| *share > 0.0)
        .collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count"
    )]
    let room = ((area.height() / LINE_HEIGHT).floor() as usize)
        .saturating_sub(lost.len() + 1)
        .max(1);
    let left_out = fates.len().saturating_sub(room);
    fates.truncate(room);
    fates.extend(lost);
    let mut items = Vec::new();
    let [x, mut y] = area.min;
    for (fate, share) in fates {
        let base = colour(fate, theme);
        let (top, side) = (y + 4.0, 13.0);
        let square = vec![
            [x, top],
            [x + side, top],
            [x + side, top + side],
            [x, top + side],
        ];
        items.push(Item::Path {
            points: square,
            closed: true,
            stroke: Some(Stroke {
                width: 1.0,
                colour: theme.ink,
                dash: &[],
            }),
            fill: Some(base),
        });
        let [first, second] = summary_text(basins, fate, share);
        items.push(Item::label(first, [x + 20.0, y + 6.0], 12.0, theme.ink));
        items.push(Item::label(second, [x + 20.0, y + 20.0], 10.5, theme.faint));
        y += LINE_HEIGHT;
    }
    if left_out > 0 {
        items.push(Item::label(
            format!("and {left_out} more minima"),
            [x, y + 6.0],
            11.0,
            theme.faint,
        ));
    }
    items
}

/// A fate in words: what and how much; where.
pub fn summary_text(basins: &Basins, fate: BasinLabel, share: f64) -> [String; 2] {
    let percent = format!("{} %", number(share * 100.0, 3));
    match fate {
        BasinLabel::Converges(index) => {
            basins
                .minima
                .get(usize::from(index))
                .map_or_else(Default::default, |minimum| {
                    let [x, y] = minimum.mark.at;
                    let what = if minimum.valley { "valley" } else { "min" };
                    [
                        format!("{what} {}   {percent}", number(minimum.mark.value, 4)),
                        format!("({}, {})", number(x, 4), number(y, 4)),
                    ]
                })
        }
        BasinLabel::Diverges => [format!("diverges   {percent}"), String::new()],
        BasinLabel::Undecided => [format!("undecided   {percent}"), String::new()],
    }
}

/// The whole picture: exactly the window of the basins with axes, legend, title and caption. `run` is the run's spec as text.
pub fn picture(
    basins: &Basins,
    map_data: Option<&MapData>,
    scene: &Scene,
    run: &str,
    size: [f32; 2],
    theme: &Theme,
) -> Drawing {
    let Layout {
        map: space,
        caption: below,
        ..
    } = layout(size);
    let frame = Frame::letterboxed(2, basins.window, space);
    let area = frame.area;
    let [width, height] = size;
    let page = vec![[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]];
    let mut items = vec![Item::Path {
        points: page,
        closed: true,
        stroke: None,
        fill: Some(theme.background),
    }];
    items.push(Item::Clipped {
        area,
        items: inside(
            basins,
            &shading(basins, theme),
            map_data,
            scene,
            &frame,
            theme,
        ),
    });
    items.extend(map::axes(&frame, scene.axes(), theme));
    let title = format!("Basins of {run} on {}", scene.title());
    items.push(Item::label(
        title,
        [area.min[0] + 18.0, 20.0],
        15.0,
        theme.ink,
    ));
    let made = format!(
        "{} · light: soon, dark: late",
        caption(scene, scene.training.steps)
    );
    items.push(Item::label(made, below, 11.0, theme.ink));
    let beside = Area::new([frame.bar().min[0], space.min[1]], [width, space.max[1]]);
    items.extend(legend(basins, beside, theme));
    Drawing { size, items }
}

/// Returns the width and height, of about as many pixels as those that are given, with which a picture shows a window of the plane with equal
/// scales on both axes; of a window that is very long, those that are given.
#[cfg(feature = "gui")]
pub(crate) fn pixels(window: crate::engine::objective::plane::Rect, pixels: [u32; 2]) -> [u32; 2] {
    use crate::export::picture::points;
    let shape = window.width() / window.height();
    if !(0.25..=4.0).contains(&shape) {
        return pixels;
    }
    let amount = f64::from(pixels[0]) * f64::from(pixels[1]);
    let of = |ratio: f64| {
        let sides = [(amount * ratio).sqrt(), (amount / ratio).sqrt()];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "sides of a picture"
        )]
        let sides = sides.map(|side| side.round() as u32);
        sides
    };
    let map = |ratio: f64| {
        let map = layout(points(of(ratio))).map;
        f64::from(map.width()) / f64::from(map.height())
    };
    let [mut low, mut high] = [0.3, 6.0];
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if map(middle) < shape {
            low = middle;
        } else {
            high = middle;
        }
    }
    of(0.5 * (low + high))
}
