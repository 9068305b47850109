//! The legend below panels: entries in columns.

use super::{Entry, LENGTH, SAMPLE, inside_text, key, more, shown_of};
use crate::figure::colour::Theme;
use crate::figure::drawing::{Area, Item};
use crate::figure::text_width::{self, fitted};

/// Font size, height of a row and space between columns of a legend below panels.
const BELOW: f32 = 9.5;
const BELOW_HEIGHT: f32 = 13.0;
const BELOW_GAP: f32 = 12.0;

/// Columns of a legend below panels: their widths, and how many rows they have.
struct Columns {
    widths: Vec<f32>,
    rows: usize,
    /// Width of the sample of a line with the space after it, which is smaller where texts are shortened.
    sample: f32,
}

/// Width of a small sample with the space after it, and the space.
const SMALL_SAMPLE: f32 = 27.0;
const SPACE: f32 = SAMPLE - LENGTH;

impl Columns {
    /// Divides texts into `count` columns, row by row, each as wide as its widest text. Columns that together are wider than `width` are
    /// narrowed, the widest ones first; `None` where too little would be left of them.
    fn new(texts: &[String], count: usize, width: f32, is_whole: bool) -> Option<Self> {
        /// Least width of a text that is shortened.
        const LEAST: f32 = 54.0;
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let room = width - BELOW_GAP * (count.saturating_sub(1)) as f32;
        let sample = if is_whole { SAMPLE } else { SMALL_SAMPLE };
        let widest = |column: usize| {
            let texts = texts.iter().skip(column).step_by(count);
            let widths = texts.map(|text| text_width::width(text, BELOW));
            sample + widths.fold(0.0, f32::max) + 0.5
        };
        let mut widths: Vec<f32> = (0..count).map(widest).collect();
        if widths.iter().sum::<f32>() > room {
            if is_whole {
                return None;
            }
            let [mut low, mut high] = [0.0, room];
            for _ in 0..24 {
                let limit = 0.5 * (low + high);
                let fits = widths.iter().map(|width| width.min(limit)).sum::<f32>() <= room;
                [low, high] = if fits { [limit, high] } else { [low, limit] };
            }
            if low < sample + LEAST {
                return None;
            }
            for width in &mut widths {
                *width = width.min(low);
            }
        }
        Some(Self {
            widths,
            rows: texts.len().div_ceil(count),
            sample,
        })
    }
}

/// Returns a name without the names of its settings: what tells runs of one optimizer apart are the values, like "SGD 0.01".
pub(super) fn without_keys(name: &str) -> String {
    let values =
        { name.split(' ') }.map(|word| word.split_once('=').map_or(word, |(_, value)| value));
    values.collect::<Vec<_>>().join(" ")
}

/// Draws entries in columns at the bottom of an area; returns the items and their height. They have their settings if all of them fit.
pub(in crate::figure::panels) fn draw_rows(
    entries: &[Entry],
    area: Area,
    theme: &Theme,
) -> (Vec<Item>, f32) {
    #[expect(clippy::cast_precision_loss, reason = "a few entries")]
    let real = |count: usize| count as f32;
    let texts = |with_settings: bool| -> Vec<String> {
        let texts = entries.iter();
        texts
            .map(|entry| inside_text(entry, with_settings))
            .collect()
    };
    let short_texts = || -> Vec<String> {
        let names = entries.iter().map(|entry| without_keys(&entry.name));
        names.collect()
    };
    let fits = |rows: usize, share: f32| real(rows) * BELOW_HEIGHT <= share * area.height();
    // Settings take a third of the area at most, names almost half of it; where whole names do not fit, they are shortened.
    let forms = [
        (true, true, 0.34),
        (false, true, 0.45),
        (false, false, 0.45),
    ];
    let found = forms
        .into_iter()
        .find_map(|(with_settings, is_whole, share)| {
            let texts = if is_whole {
                texts(with_settings)
            } else {
                short_texts()
            };
            let most = if is_whole { texts.len() } else { 6 };
            let columns =
                (1..=most).filter_map(|count| Columns::new(&texts, count, area.width(), is_whole));
            let columns = columns.filter(|columns| fits(columns.rows, share));
            // Whole texts take as few rows as possible; shortened ones are as long as possible.
            let best = if is_whole {
                columns.min_by_key(|columns| columns.rows)
            } else {
                columns.min_by_key(|columns| columns.widths.len())
            };
            best.map(|columns| (texts, columns))
        });
    let (texts, columns) = found.unwrap_or_else(|| {
        let texts = short_texts();
        let columns = (1..=6).rev();
        let mut columns =
            columns.filter_map(|count| Columns::new(&texts, count, area.width(), true));
        let columns = columns.next().unwrap_or(Columns {
            widths: vec![area.width()],
            rows: texts.len(),
            sample: SMALL_SAMPLE,
        });
        (texts, columns)
    });
    let (count, sample) = (columns.widths.len(), columns.sample);
    let shown = shown_of(entries.len(), count, |rows| fits(rows, 0.45));
    let left = entries.len() - shown;
    let places = if left > 0 { shown + 1 } else { shown };
    let height = real(places.div_ceil(count)) * BELOW_HEIGHT;
    let at = |index: usize| {
        let before = &columns.widths[..index % count];
        let x = before.iter().map(|width| width + BELOW_GAP).sum::<f32>();
        let y = area.max[1] - height + (real(index / count) + 0.5) * BELOW_HEIGHT;
        [area.min[0] + x, y]
    };
    let mut items = Vec::new();
    for (index, entry) in entries[..shown].iter().enumerate() {
        let [x, y] = at(index);
        items.extend(key([x, y], sample - SPACE, entry, theme));
        let room = columns.widths[index % count] - sample + 0.5;
        let text = fitted(&texts[index], BELOW, room);
        items.push(Item::label(text, [x + sample, y], BELOW, theme.ink));
    }
    if left > 0 {
        let [x, y] = at(shown);
        items.push(Item::label(more(left), [x + sample, y], BELOW, theme.ink));
    }
    (items, height + 4.0)
}
