//! A drawing: paths, texts and images in picture coordinates, which every backend (SVG, PNG, the window) draws alike.

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
    /// An opaque colour.
    pub const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b, a: 255 }
    }

    /// The same colour at an opacity from 0 to 1.
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

/// A place in the picture: x to the right, y down, in points (1/96 inch in SVG, one logical pixel in the window).
pub type Point = [f32; 2];

/// An area of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Upper left corner.
    pub min: Point,
    /// Lower right corner.
    pub max: Point,
}

impl Area {
    /// The area between two corners; where the lower right one is not right of or below the upper left one, the area is empty there and never of
    /// negative size.
    pub const fn new(min: Point, max: Point) -> Self {
        let max = [
            if max[0] > min[0] { max[0] } else { min[0] },
            if max[1] > min[1] { max[1] } else { min[1] },
        ];
        Self { min, max }
    }

    /// Width.
    pub fn width(&self) -> f32 {
        self.max[0] - self.min[0]
    }

    /// Height.
    pub fn height(&self) -> f32 {
        self.max[1] - self.min[1]
    }

    /// Whether a place is inside.
    pub fn contains(&self, [x, y]: Point) -> bool {
        (self.min[0]..=self.max[0]).contains(&x) && (self.min[1]..=self.max[1]).contains(&y)
    }
}

/// Limits a value to a range; where the range is empty, the low end is the answer. Unlike [`f32::clamp`] it never panics.
pub(crate) fn limited<T: PartialOrd>(value: T, low: T, high: T) -> T {
    let value = if value > high { high } else { value };
    if value < low { low } else { value }
}

/// A line's look.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// Width in points.
    pub width: f32,
    /// Colour.
    pub colour: Colour,
    /// Lengths of dashes and gaps; empty draws a whole line.
    pub dash: &'static [f32],
}

/// Where a text's anchor lies: along the line, then across it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins at the anchor.
    Start,
    /// The text is centered on the anchor.
    Middle,
    /// The text ends at the anchor.
    End,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says; one line.
    pub text: String,
    /// Its anchor; vertically this is the middle of the line.
    pub at: Point,
    /// How it lies about the anchor.
    pub anchor: Anchor,
    /// Height of the font in points.
    pub size: f32,
    /// Colour.
    pub colour: Colour,
    /// A halo of this colour behind the letters, which keeps them readable on any ground.
    pub halo: Option<Colour>,
    /// Whether it is turned a quarter to the left, reading upwards.
    pub upright: bool,
}

/// One thing in a drawing. Later things cover earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A line through points, or an outline if it is closed; a closed one may be filled (convex ones only).
    Path {
        /// Its points.
        points: Vec<Point>,
        /// Whether the last point is joined to the first.
        closed: bool,
        /// Its line, if it is drawn.
        stroke: Option<Stroke>,
        /// Its fill, if it is closed and filled.
        fill: Option<Colour>,
    },
    /// A text.
    Text(Text),
    /// Pixels stretched smoothly over an area, first row on top.
    Image {
        /// Where.
        area: Area,
        /// Pixels along x.
        columns: usize,
        /// Pixels along y.
        rows: usize,
        /// Pixels, row by row.
        pixels: std::sync::Arc<Vec<Colour>>,
    },
    /// Things that are cut off at an area's border.
    Clipped {
        /// Where they show.
        area: Area,
        /// The things.
        items: Vec<Item>,
    },
}

impl Item {
    /// A text that begins at a place.
    pub fn label(text: String, at: Point, size: f32, colour: Colour) -> Self {
        Self::Text(Text {
            text,
            at,
            anchor: Anchor::Start,
            size,
            colour,
            halo: None,
            upright: false,
        })
    }
}

impl Item {
    /// The same elsewhere.
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

/// A picture: its size and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Width and height in points.
    pub size: [f32; 2],
    /// What is in it, from back to front.
    pub items: Vec<Item>,
}
