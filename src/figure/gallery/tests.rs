//! Tests of galleries.

use super::grid::arrange;
use super::*;
use crate::figure::drawing::texts;

fn is_inside(item: &Item, [width, height]: [f32; 2]) -> bool {
    let fits = |[x, y]: Point| (0.0..=width).contains(&x) && (0.0..=height).contains(&y);
    match item {
        Item::Text(text) => {
            let width = super::width(&text.text, text.size);
            let [x, y] = text.at;
            let from = if text.anchor == Anchor::Middle {
                x - 0.5 * width
            } else {
                x
            };
            fits([from, y - 0.5 * text.size]) && fits([from + width, y + 0.5 * text.size])
        }
        Item::Clipped { area, .. } => fits(area.min) && fits(area.max),
        Item::Path { points, .. } => points.iter().copied().all(fits),
        Item::Image { .. } => true,
    }
}

#[test]
fn every_landscape_has_a_map_with_its_title_and_nothing_is_cut_off() {
    for size in [
        [930.0, 698.0],
        [806.0, 806.0],
        [1075.0, 605.0],
        [500.0, 1300.0],
    ] {
        for theme in [&Theme::LIGHT, &Theme::DARK] {
            let drawing = picture_with_samples(size, theme, 3);
            let outside = drawing.items.iter().find(|item| !is_inside(item, size));
            assert!(outside.is_none(), "{size:?}: {outside:?}");
            let maps = |item: &&Item| matches!(item, Item::Clipped { .. });
            let all = AnyLandscape::all();
            assert_eq!(drawing.items.iter().filter(maps).count(), all.len());
            let texts: Vec<&str> = { texts(&drawing.items).into_iter() }
                .map(|text| text.text.as_str())
                .collect();
            for landscape in all {
                let title = landscape.settings().title();
                let whole = texts.contains(&title);
                let in_two = || {
                    let (a, b) = title.split_once(' ')?;
                    let both = texts.windows(2).any(|pair| pair == [a, b]);
                    Some(both || title.matches(' ').count() > 1)
                };
                assert!(whole || in_two() == Some(true), "{title}");
            }
        }
    }
}

#[test]
fn maps_do_not_overlap_and_are_large() {
    let counts = [5, 4, 6, 20, 7, 2, 3, 5];
    let grid = Grid::choose(&counts, [930.0, 698.0]);
    assert!(grid.side > 60.0, "{}", grid.side);
    let areas: Vec<Area> = grid
        .cells
        .iter()
        .flatten()
        .map(|cell| grid.area(*cell))
        .collect();
    for (i, a) in areas.iter().enumerate() {
        for b in &areas[i + 1..] {
            let apart = (0..2).any(|axis| a.max[axis] < b.min[axis] || b.max[axis] < a.min[axis]);
            assert!(apart, "{a:?} {b:?}");
        }
    }
}

#[test]
fn a_group_stays_in_one_row_if_it_can() {
    let (cells, rows) = arrange(&[3, 2, 7], 4);
    let row = |cells: &[Cell]| cells.iter().map(|cell| cell.row).collect::<Vec<_>>();
    assert_eq!(rows, 4);
    assert_eq!(row(&cells[0]), [0; 3]);
    assert_eq!(row(&cells[1]), [1; 2]);
    assert_eq!(row(&cells[2]), [2, 2, 2, 2, 3, 3, 3]);
}

#[test]
fn extreme_picture_shapes_are_drawn() {
    for size in [[26_000.0, 25.0], [25.0, 26_000.0]] {
        assert!(
            !picture_with_samples(size, &Theme::LIGHT, 3)
                .items
                .is_empty()
        );
    }
}
