//! Title, caption, letter and axis names of a page that is drawn whole, as a figure's style has them.

use super::background;
use super::colour::Theme;
use super::drawing::{Drawing, Item, Role, Text};
use super::panels::{LETTER_SIZE, LegendPlace, PageStyle};
use super::text_width::fitted;

/// Draws a page of a size, with its legend or without it.
pub type DrawPage<'a> = dyn Fn([f32; 2], bool) -> Result<Drawing, String> + 'a;

/// Height of the line of a letter above a page.
const LETTER_HEIGHT: f32 = 16.0;

/// Draws a page with the title, the letter, the legend, the caption and the axes of a style. The space of what is left out goes to the rest.
///
/// # Errors
/// Returns the error of `draw`.
pub fn styled(
    size: [f32; 2],
    style: &PageStyle,
    theme: &Theme,
    draw: &DrawPage,
) -> Result<Drawing, String> {
    let legend = style.legend != Some(LegendPlace::Off);
    let letter = style.label.as_ref().map_or(0.0, |_| LETTER_HEIGHT);
    let is_left_out = |text: &Text| match text.role {
        Role::Title => style.title.as_deref() == Some(""),
        Role::Caption => !style.caption,
        _ => false,
    };
    let below = [size[0], size[1] - letter];
    let draw = |size| draw(size, legend);
    let mut items = without(below, theme, &draw, &is_left_out)?;
    for item in &mut items {
        replace(item, style, size[0]);
    }
    if let Some(label) = &style.label {
        let moved = items.into_iter().map(|item| item.moved([0.0, letter]));
        items = moved.collect();
        let text = Item::label(label.clone(), [10.0, 14.0], LETTER_SIZE, theme.ink);
        items.push(text);
    }
    items.insert(0, background(size, theme));
    Ok(Drawing { size, items })
}

/// Returns the items of a page of a size without some of its titles and captions, and without its background. Where the page has no title or
/// caption left, the rest has its space.
pub(super) fn without(
    size: [f32; 2],
    theme: &Theme,
    draw: &dyn Fn([f32; 2]) -> Result<Drawing, String>,
    is_left_out: &dyn Fn(&Text) -> bool,
) -> Result<Vec<Item>, String> {
    let mut drawn = draw(size)?;
    let heights = |role: Role| {
        let texts = drawn.items.iter().filter_map(|item| match item {
            Item::Text(text) if text.role == role => Some(text),
            _ => None,
        });
        let texts: Vec<&Text> = texts.collect();
        let all = texts.iter().all(|text| is_left_out(text));
        let heights = texts.iter().map(|text| text.at[1]);
        heights.filter(|_| all).collect::<Vec<f32>>()
    };
    let above = heights(Role::Title).into_iter().reduce(f32::max);
    let above = above.map_or(0.0, |title| title + 2.0);
    let below = heights(Role::Caption).into_iter().reduce(f32::min);
    let below = below.map_or(0.0, |caption| size[1] - caption + 4.0);
    if above + below > 0.0 {
        drawn = draw([size[0], size[1] + above + below])?;
    }
    let page = background(drawn.size, theme);
    let is_kept = |item: &Item| match item {
        Item::Text(text) => !is_left_out(text),
        item => *item != page,
    };
    let kept = drawn.items.into_iter().filter(is_kept);
    Ok(kept.map(|item| item.moved([0.0, -above])).collect())
}

/// Replaces a text that the style has another one for.
fn replace(item: &mut Item, style: &PageStyle, width: f32) {
    let text = match item {
        Item::Text(text) => text,
        Item::Clipped { items, .. } => {
            return items
                .iter_mut()
                .for_each(|item| replace(item, style, width));
        }
        _ => return,
    };
    let own = match text.role {
        Role::Title => &style.title,
        Role::XLabel => &style.x_label,
        Role::YLabel => &style.y_label,
        Role::Caption | Role::Other => &None,
    };
    if let Some(own) = own {
        text.text = match text.role {
            Role::Title => fitted(own, text.size, width - 2.0 * text.at[0]),
            _ => own.clone(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::drawing::{Area, words};

    /// A page with a title, a caption, an axis and a mark whose height is that of the space between them.
    #[expect(clippy::unnecessary_wraps, reason = "has the type of a page")]
    fn page(size: [f32; 2], legend: bool) -> Result<Drawing, String> {
        let ink = Theme::LIGHT.ink;
        let mut items = vec![
            background(size, &Theme::LIGHT),
            Item::title("Basins", [18.0, 20.0], ink),
            Item::caption("seed 0", [18.0, size[1] - 14.0], ink),
            Item::label("x".to_owned(), [50.0, 50.0], 11.0, ink).with_role(Role::XLabel),
            Item::filled(Area::new([0.0, 30.0], [9.0, size[1] - 24.0]).corners(), ink),
        ];
        items.extend(legend.then(|| Item::label("SGD".to_owned(), [80.0, 40.0], 11.0, ink)));
        Ok(Drawing { size, items })
    }

    #[test]
    fn words_are_replaced_or_left_out_and_their_space_is_used() {
        let drawn = |style: PageStyle| {
            let drawn = styled([200.0, 100.0], &style, &Theme::LIGHT, &page).unwrap();
            assert_eq!(drawn.items[0], background([200.0, 100.0], &Theme::LIGHT));
            let mark = drawn.items.iter().skip(1).find_map(|item| match item {
                Item::Path { points, .. } => Some([points[0][1], points[2][1]]),
                _ => None,
            });
            (words(&drawn.items), mark.unwrap())
        };
        let (texts, mark) = drawn(PageStyle::default());
        assert_eq!(texts, ["Basins", "seed 0", "x", "SGD"]);
        assert_eq!(mark, [30.0, 76.0]);
        let (texts, mark) = drawn(PageStyle {
            title: Some(String::new()),
            caption: false,
            legend: Some(LegendPlace::Off),
            label: Some("(b)".to_owned()),
            x_label: Some("weight".to_owned()),
            ..PageStyle::default()
        });
        assert_eq!(texts, ["weight", "(b)"]);
        assert_eq!(mark, [24.0, 94.0]);
        let (texts, mark) = drawn(PageStyle {
            title: Some("Where runs end".to_owned()),
            ..PageStyle::default()
        });
        assert_eq!((&*texts[0], mark), ("Where runs end", [30.0, 76.0]));
    }
}
