//! Drawings: paths, texts and images in picture coordinates, which every backend (SVG, PNG, the window) draws alike.

/// A colour with opacity, sRGB, 0 to 255 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
    /// Opacity.
    pub a: u8,
}

impl Colour {
    /// Creates an opaque colour.
    pub const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b, a: 255 }
    }

    /// Returns the colour with an opacity from 0 to 1.
    #[must_use]
    pub fn opacity(self, share: f32) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a byte"
        )]
        let a = (share.clamp(0.0, 1.0) * 255.0).round() as u8;
        Self { a, ..self }
    }
}

/// A position in the picture: x to the right, y down, in points (1/96 inch in SVG, one logical pixel in the window).
pub type Point = [f32; 2];

/// An axis-parallel rectangle of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Upper left corner.
    pub min: Point,
    /// Lower right corner.
    pub max: Point,
}

impl Area {
    /// Creates the rectangle between two corners. Where `max` is left of or above `min`, the width or height is 0, never negative.
    pub const fn new(min: Point, max: Point) -> Self {
        let max = [
            if max[0] > min[0] { max[0] } else { min[0] },
            if max[1] > min[1] { max[1] } else { min[1] },
        ];
        Self { min, max }
    }

    /// Returns the width.
    pub fn width(&self) -> f32 {
        self.max[0] - self.min[0]
    }

    /// Returns the height.
    pub fn height(&self) -> f32 {
        self.max[1] - self.min[1]
    }

    /// Returns an area of the same size in the middle of another area.
    pub(crate) fn centered_in(&self, around: Self) -> Self {
        let (width, height) = (self.width(), self.height());
        let x = around.min[0] + 0.5 * (around.width() - width);
        let y = around.min[1] + 0.5 * (around.height() - height);
        Self::new([x, y], [x + width, y + height])
    }

    /// Whether a point is inside or on the border.
    pub fn contains(&self, [x, y]: Point) -> bool {
        (self.min[0]..=self.max[0]).contains(&x) && (self.min[1]..=self.max[1]).contains(&y)
    }
}

impl Area {
    /// Returns the four corners, clockwise from the upper left one.
    pub(crate) fn corners(&self) -> Vec<Point> {
        let ([left, top], [right, bottom]) = (self.min, self.max);
        vec![[left, top], [right, top], [right, bottom], [left, bottom]]
    }
}

/// Limits a value to a range; returns `low` where the range is empty. Unlike [`f32::clamp`] it never panics.
pub(crate) fn limited<T: PartialOrd>(value: T, low: T, high: T) -> T {
    let value = if value > high { high } else { value };
    if value < low { low } else { value }
}

/// The style of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// Width in points.
    pub width: f32,
    /// Colour.
    pub colour: Colour,
    /// Lengths of dashes and gaps in points; empty for a solid line.
    pub dash: &'static [f32],
}

/// Horizontal alignment of a text relative to its anchor point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins at the anchor.
    Start,
    /// The text is centered on the anchor.
    Middle,
    /// The text ends at the anchor.
    End,
}

/// The part of a page that a text is, by which a figure's style finds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// None of the others.
    #[default]
    Other,
    /// Title of the page.
    Title,
    /// A line of the caption at the bottom of the page.
    Caption,
    /// Name of the x axis.
    XLabel,
    /// Name of the y axis.
    YLabel,
}

/// A text of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The text; one line.
    pub text: String,
    /// The anchor point; vertically it is the middle of the line.
    pub at: Point,
    /// Horizontal alignment at the anchor point.
    pub anchor: Anchor,
    /// Height of the font in points.
    pub size: f32,
    /// Colour.
    pub colour: Colour,
    /// Colour of a halo behind the letters, which keeps them readable on any background.
    pub halo: Option<Colour>,
    /// Whether the text is rotated a quarter turn to the left, reading upwards.
    pub upright: bool,
    /// The part of the page.
    pub role: Role,
}

impl Text {
    /// Creates a horizontal text without a halo.
    pub fn new(
        text: impl Into<String>,
        at: Point,
        anchor: Anchor,
        size: f32,
        colour: Colour,
    ) -> Self {
        Self {
            text: text.into(),
            at,
            anchor,
            size,
            colour,
            halo: None,
            upright: false,
            role: Role::Other,
        }
    }

    /// Returns the text with a halo of a colour.
    #[must_use]
    pub fn with_halo(self, halo: Colour) -> Self {
        Self {
            halo: Some(halo),
            ..self
        }
    }
}

/// An element of a drawing. Later elements cover earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A polyline, or a polygon if it is closed; a closed one may be filled (convex ones only).
    Path {
        /// The points.
        points: Vec<Point>,
        /// Whether the last point is joined to the first.
        closed: bool,
        /// The line's style; `None` draws no line.
        stroke: Option<Stroke>,
        /// The fill colour; only closed paths are filled.
        fill: Option<Colour>,
    },
    /// A text.
    Text(Text),
    /// Pixels stretched smoothly over an area, first row on top.
    Image {
        /// The area.
        area: Area,
        /// Number of pixels along x.
        columns: usize,
        /// Number of pixels along y.
        rows: usize,
        /// The pixels, row by row.
        pixels: std::sync::Arc<Vec<Colour>>,
    },
    /// Elements that are clipped to an area.
    Clipped {
        /// The area.
        area: Area,
        /// The elements.
        items: Vec<Item>,
    },
}

impl Item {
    /// Creates a text that begins at a point.
    pub fn label(text: String, at: Point, size: f32, colour: Colour) -> Self {
        Self::Text(Text::new(text, at, Anchor::Start, size, colour))
    }

    /// Creates the title of a page.
    pub fn title(text: impl Into<String>, at: Point, colour: Colour) -> Self {
        Self::label(text.into(), at, 15.0, colour).with_role(Role::Title)
    }

    /// Creates a line of the caption of a page.
    pub fn caption(text: impl Into<String>, at: Point, colour: Colour) -> Self {
        Self::label(text.into(), at, 11.0, colour).with_role(Role::Caption)
    }

    /// Returns a text as a part of the page; other elements stay.
    #[must_use]
    pub fn with_role(self, role: Role) -> Self {
        match self {
            Self::Text(text) => Self::Text(Text { role, ..text }),
            other => other,
        }
    }

    /// Creates a filled convex polygon without a line.
    pub fn filled(points: Vec<Point>, fill: Colour) -> Self {
        Self::Path {
            points,
            closed: true,
            stroke: None,
            fill: Some(fill),
        }
    }

    /// Creates a closed solid line without a fill.
    pub fn outline(points: Vec<Point>, width: f32, colour: Colour) -> Self {
        Self::Path {
            points,
            closed: true,
            stroke: Some(Stroke {
                width,
                colour,
                dash: &[],
            }),
            fill: None,
        }
    }

    /// Returns the element with `share` of its opacity; images and clipped elements stay.
    #[must_use]
    pub(super) fn faded(self, share: f32) -> Self {
        let fade = |colour: Colour| colour.opacity(f32::from(colour.a) / 255.0 * share);
        match self {
            Self::Path {
                points,
                closed,
                stroke,
                fill,
            } => Self::Path {
                points,
                closed,
                stroke: stroke.map(|stroke| Stroke {
                    colour: fade(stroke.colour),
                    ..stroke
                }),
                fill: fill.map(fade),
            },
            Self::Text(text) => Self::Text(Text {
                colour: fade(text.colour),
                halo: text.halo.map(fade),
                ..text
            }),
            other => other,
        }
    }

    /// Returns the element moved by (dx, dy).
    #[must_use]
    pub fn moved(self, [dx, dy]: Point) -> Self {
        let at = |[x, y]: Point| [x + dx, y + dy];
        let within = |area: Area| Area::new(at(area.min), at(area.max));
        match self {
            Self::Path {
                points,
                closed,
                stroke,
                fill,
            } => Self::Path {
                points: points.into_iter().map(at).collect(),
                closed,
                stroke,
                fill,
            },
            Self::Text(text) => Self::Text(Text {
                at: at(text.at),
                ..text
            }),
            Self::Image {
                area,
                columns,
                rows,
                pixels,
            } => Self::Image {
                area: within(area),
                columns,
                rows,
                pixels,
            },
            Self::Clipped { area, items } => Self::Clipped {
                area: within(area),
                items: items.into_iter().map(|item| item.moved([dx, dy])).collect(),
            },
        }
    }
}

/// A picture: its size and its elements.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Width and height in points.
    pub size: [f32; 2],
    /// The elements, from back to front.
    pub items: Vec<Item>,
}

impl Drawing {
    /// Creates a picture in which no text is cut or covers another one, see [`settle`](super::settle::settle).
    pub fn new(size: [f32; 2], mut items: Vec<Item>) -> Self {
        super::settle::settle(&mut items, Area::new([0.0; 2], size));
        Self { size, items }
    }
}

/// Returns the corners of a regular polygon that stands for a circle, from the right.
pub(super) fn circle([x, y]: Point, radius: f32, corners: u8) -> Vec<Point> {
    (0..corners)
        .map(|i| (f32::from(i) / f32::from(corners) * std::f32::consts::TAU).sin_cos())
        .map(|(sin, cos)| [x + radius * cos, y + radius * sin])
        .collect()
}

/// Interpolates linearly between two coordinates; `share` is 0 at `from` and 1 at `to`, and limited to ±10 so that the result is finite.
pub(super) fn lerp(from: f32, to: f32, share: f64) -> f32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "pictures are drawn with f32"
    )]
    let share = share.clamp(-10.0, 10.0) as f32;
    from + share * (to - from)
}

/// Returns the texts among items, those in clipped areas too.
#[cfg(test)]
pub(super) fn texts(items: &[Item]) -> Vec<&Text> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Text(text) => found.push(text),
            Item::Clipped { items, .. } => found.extend(texts(items)),
            _ => {}
        }
    }
    found
}

/// Returns the words of the texts among items, and checks that pictures have a glyph for each of their characters.
#[cfg(test)]
pub(crate) fn words(items: &[Item]) -> Vec<String> {
    let words: Vec<String> = { texts(items).into_iter() }
        .map(|text| text.text.clone())
        .collect();
    assert_eq!(super::png::missing_glyphs(&words.join(" ")), "");
    words
}
