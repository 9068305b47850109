//! The map of a network's loss on a plane.

use super::axis::number;
use super::colour::Theme;
use super::colour_bar;
use super::drawing::{Drawing, Item};
use super::frame::Frame;
use super::labels::Labels;
use super::{layout, map, page};
use crate::engine::cancel::Cancel;
use crate::engine::geometry::surface::Surface;
use crate::engine::results::MapData;
use crate::engine::scene::MapStyle;

/// Draws the map of a slice with axes a and b, title and caption. Levels are logarithmic where the loss spans very different heights.
pub fn picture(
    surface: Surface,
    title: &str,
    caption: &str,
    size: [f32; 2],
    theme: &Theme,
) -> Drawing {
    let layout = layout(size);
    let frame = Frame::letterboxed(2, surface.view, layout.map);
    let (area, bar) = (frame.area, frame.bar());
    let mut items = page(size, theme);
    let range = surface.range();
    let log = map::needs_log_levels(&surface);
    if let Some(map_data) = MapData::of(surface, log, None, 20, &Cancel::default()) {
        let inside = map::landscape(
            &map_data,
            &map::shading(&map_data, theme),
            &MapStyle::default(),
            &frame,
            theme,
        );
        items.push(Item::Clipped {
            area,
            items: inside,
        });
        let mut labels = Labels::new(area, theme);
        map::number_lines(&map_data, &MapStyle::default(), &frame, &mut labels);
        items.extend(labels.place());
        items.extend(map::axes(&frame, ["a", "b"], theme));
        items.extend(colour_bar::draw(&map_data, bar, theme));
    }
    let mut write = |text: String, at, size| items.push(Item::label(text, at, size, theme.ink));
    write(title.to_owned(), [layout.map.min[0], 16.0], 15.0);
    write(caption.to_owned(), layout.caption, 11.0);
    if let Some([low, high]) = range {
        let [x, y] = [bar.max[0] + 64.0, layout.legend[1]];
        write("loss".to_owned(), [x, y], 13.0);
        write(format!("lowest {}", number(low, 4)), [x, y + 18.0], 11.0);
        write(format!("highest {}", number(high, 4)), [x, y + 34.0], 11.0);
    }
    Drawing::new(size, items)
}
