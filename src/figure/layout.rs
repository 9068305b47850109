//! Positions of the parts of a picture: map, legend, caption, predictions.

use super::Options;
use super::colour::Theme;
use super::drawing::{Area, Drawing, Item, Point};
use super::text_width::fitted;
use crate::engine::results::Runs;

/// Positions of the parts of a picture.
pub(super) struct Layout {
    pub map: Area,
    pub legend: Point,
    pub caption: Point,
    /// Area of at least this size for a network's predictions, where the picture has room for them.
    pub predictions: Option<Area>,
}

/// Height of a line of small text, in legends and captions.
pub(super) const LINE_HEIGHT: f32 = 16.0;

/// Returns the layout for a picture's size.
pub(super) fn layout([width, height]: [f32; 2]) -> Layout {
    // A narrow picture has no space for a legend.
    let legend = if width < 440.0 {
        -20.0
    } else {
        (width * 0.18).clamp(120.0, 160.0)
    };
    let map = Area::new(
        [56.0, 44.0],
        [
            (width - legend - 90.0).max(120.0),
            (height - 62.0).max(90.0),
        ],
    );
    Layout {
        map,
        legend: [map.max[0] + 94.0, map.min[1] + 8.0],
        caption: [map.min[0], height - 14.0],
        predictions: None,
    }
}

/// Returns the layout for a scene: the graph of a landscape of one parameter takes the colour bar's space too, and a network's map
/// leaves some to the predictions.
pub(super) fn layout_of(runs: &Runs, size: [f32; 2]) -> Layout {
    const MIN_SIZE: [f32; 2] = [640.0, 480.0];
    let mut layout = layout(size);
    if runs.problem.objective.dim() == 1 {
        layout.map.max[0] = layout.legend[0] - 18.0;
    }
    if runs.trained.is_some() && size[0] >= MIN_SIZE[0] && size[1] >= MIN_SIZE[1] {
        // The axes have long names.
        layout.map.min[1] += 8.0;
        let right = size[0] - 10.0;
        let width = (0.3 * size[0]).min(0.62 * (size[1] - 80.0));
        let moved = right - width - layout.legend[0];
        layout.legend[0] += moved;
        layout.map.max[0] += moved;
        let bottom = layout.map.max[1] + 36.0;
        let left = right - width;
        layout.predictions = Some(Area::new([left, bottom - width - 80.0], [right, bottom]));
    }
    layout
}

/// Returns the background of a page.
pub(super) fn page(size: [f32; 2], theme: &Theme) -> Vec<Item> {
    let area = Area::new([0.0; 2], size);
    vec![Item::filled(area.corners(), theme.background)]
}

/// Font sizes of a page's title and caption, and their distances from its upper and its lower border.
pub(super) const TITLE_SIZE: f32 = 15.0;
const CAPTION_SIZE: f32 = 11.0;
const TITLE_BELOW: f32 = 20.0;
const CAPTION_ABOVE: f32 = 14.0;

/// Height that a page without a title, or without a caption, has for its other parts.
const TITLE_SPACE: f32 = 22.0;
const CAPTION_SPACE: f32 = 16.0;

/// Draws a page with a title in place of its own, where one is given, and with or without its caption. The other parts of the page have
/// the space of an empty title and of a caption that is left out.
///
/// # Errors
/// Returns the error of `draw`, which draws the page with its own words.
pub fn with_words(
    options: &Options,
    (title, caption): (Option<&str>, bool),
    draw: impl FnOnce(&Options) -> Result<Drawing, String>,
) -> Result<Drawing, String> {
    let above = if title == Some("") { TITLE_SPACE } else { 0.0 };
    let below = if caption { 0.0 } else { CAPTION_SPACE };
    let [width, height] = options.size;
    let size = [width, height + above + below];
    let mut drawing = draw(&Options { size, ..*options })?;
    if title.is_none() && caption {
        return Ok(drawing);
    }
    let bottom = size[1] - CAPTION_ABOVE;
    drawing.items.retain_mut(|item| {
        let Item::Text(text) = item else { return true };
        if text.size == TITLE_SIZE && (text.at[1] - TITLE_BELOW).abs() < 1.0 {
            if let Some(title) = title {
                text.text = fitted(title, TITLE_SIZE, width - text.at[0]);
            }
            return !text.text.is_empty();
        }
        caption || text.size != CAPTION_SIZE || (text.at[1] - bottom).abs() >= 1.0
    });
    let parts = drawing.items.into_iter().skip(1);
    let mut items = page(options.size, options.theme);
    items.extend(parts.map(|item| item.moved([0.0, -above])));
    Ok(Drawing::new(options.size, items))
}
