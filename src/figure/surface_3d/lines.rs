//! Lines on a surface: contour lines, and the trails of runs, of which hidden parts are faint.

use super::camera::Vector;
use super::{Paint, Surface3d, narrow};
use crate::engine::numeric::real;
use crate::engine::objective::plane::Rect;
use crate::figure::colour::{Theme, run_colour, run_dash};
use crate::figure::colour_map::Shades;
use crate::figure::drawing::{Area, Item, Point};
use crate::figure::frame::Frame;
use crate::figure::labels::Labels;
use crate::figure::trail::{HIDDEN, Trail, line, paths_inside, placed_ends};

/// Side of the square that trails are clipped to before they are laid on the surface: paths are as fine as on a map of this size.
const PLANE_SIDE: f32 = 1000.0;

/// Number of pieces that a path is cut into at most, so that a path across the whole surface follows every hill.
const MAX_PIECES: f32 = 4000.0;

/// Lines of the picture: visible pieces, and pieces behind the surface.
#[derive(Default)]
struct Pieces {
    visible: Vec<Vec<Point>>,
    hidden: Vec<Vec<Point>>,
}

impl Surface3d<'_> {
    /// Draws the contour lines that are not hidden, without points that are nearer than `gap` to the one before.
    pub fn contours(&self, gap: f32, paint: Paint, theme: &Theme) -> Vec<Item> {
        let shades = Shades::of(self.map_data, theme);
        let mut items = Vec::new();
        for contour in &self.map_data.lines {
            let first = contour.points.first().filter(|_| contour.closed);
            let points = contour.points.iter().chain(first).map(|at| {
                let unit = unit(self.relief.view, *at);
                self.relief.on(unit)
            });
            let pieces = self.pieces(points, gap);
            let visible = pieces.visible.into_iter();
            let colour = if paint.fill {
                shades.line_colour(self.map_data.levels.shade(contour.level))
            } else {
                theme.contour
            };
            items.extend(visible.map(|piece| line(piece, 0.8, colour, &[])));
        }
        items
    }

    /// Draws trails up to row `step` on the surface: lines, hidden parts of them, heads and ends. Adds their names to the labels.
    pub(super) fn trails(
        &self,
        trails: &[Trail],
        step: usize,
        labels: &mut Labels,
        theme: &Theme,
    ) -> Vec<Item> {
        let frame = self.plane_frame();
        let (mut behind, mut halos, mut lines) = (Vec::new(), Vec::new(), Vec::new());
        for trail in trails {
            let colour = run_colour(trail.style_index, theme);
            let width = if trail.emphasized { 3.2 } else { 2.0 };
            let [paths, averages] = paths_inside(trail, &frame, step);
            let points = paths.iter().map(Vec::len).sum::<usize>();
            let dash = if points < 2000 {
                run_dash(trail.style_index)
            } else {
                &[]
            };
            for (paths, width, dash) in [(paths, width, dash), (averages, 1.4, &[1.5, 3.0][..])] {
                let pieces = self.draped(&paths);
                let hidden = pieces.hidden.into_iter();
                let faint = colour.opacity(HIDDEN);
                behind.extend(hidden.map(|piece| line(piece, 0.8 * width, faint, dash)));
                for piece in pieces.visible {
                    labels.avoid(&piece);
                    let halo = theme.halo.opacity(0.75);
                    halos.push(line(piece.clone(), width + 2.2, halo, &[]));
                    lines.push(line(piece, width, colour, dash));
                }
            }
        }
        let place = |[x, y]: Point| self.place_unit([x / PLANE_SIDE, 1.0 - y / PLANE_SIDE]);
        let mut items = behind;
        items.append(&mut halos);
        items.append(&mut lines);
        items.extend(placed_ends(trails, &frame, step, place, labels, theme));
        items
    }

    /// Returns the frame that shows the surface's window from above.
    pub fn plane_frame(&self) -> Frame {
        Frame {
            area: Area::new([0.0; 2], [PLANE_SIDE; 2]),
            window: self.relief.view,
        }
    }

    /// Lays paths of the plane's frame on the surface.
    fn draped(&self, paths: &[Vec<Point>]) -> Pieces {
        let cells = self.relief.cells().map(|count| count / PLANE_SIDE);
        let cells_between = |a: Point, b: Point| {
            let across = [0, 1].map(|axis| (b[axis] - a[axis]) * cells[axis]);
            across[0].hypot(across[1])
        };
        let pairs = paths.iter().flat_map(|path| path.windows(2));
        let total: f32 = pairs.map(|pair| cells_between(pair[0], pair[1])).sum();
        let cells_of_piece = (total / MAX_PIECES).max(1.0);
        let mut all = Pieces::default();
        for path in paths {
            let ends = path.windows(2).flat_map(|pair| {
                let (from, to) = (pair[0], pair[1]);
                let count = cells_between(from, to) / cells_of_piece;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "at most MAX_PIECES"
                )]
                let count = count.ceil().max(1.0) as usize;
                (1..=count).map(move |index| {
                    let share = narrow(real(index) / real(count));
                    [0, 1].map(|axis| from[axis] + share * (to[axis] - from[axis]))
                })
            });
            let points = path.first().copied().into_iter().chain(ends);
            let on_surface = points.map(|[x, y]| {
                let unit = [x / PLANE_SIDE, 1.0 - y / PLANE_SIDE];
                self.relief.on(unit.map(|share| share.clamp(0.0, 1.0)))
            });
            let mut pieces = self.pieces(on_surface, 0.7);
            all.visible.append(&mut pieces.visible);
            all.hidden.append(&mut pieces.hidden);
        }
        all
    }

    /// Projects a line on the surface, without points that are nearer than `gap` to the one before, and splits it where it goes behind the
    /// surface and where it has no point.
    fn pieces(&self, points: impl Iterator<Item = Option<Vector>>, gap: f32) -> Pieces {
        let eye = self.camera.eye();
        let mut pieces = Pieces::default();
        let mut piece: Vec<Point> = Vec::new();
        let mut piece_hidden = false;
        let mut points = points.peekable();
        while let Some(point) = points.next() {
            let Some(point) = point else {
                pieces.push(std::mem::take(&mut piece), piece_hidden);
                continue;
            };
            let at = self.camera.project(point);
            let ends = !matches!(points.peek(), Some(Some(_)));
            if let Some(last) = piece.last()
                && !ends
                && (last[0] - at[0]).hypot(last[1] - at[1]) < gap
            {
                continue;
            }
            let hidden = self.relief.is_hidden(point, eye);
            if piece.is_empty() {
                piece_hidden = hidden;
            }
            piece.push(at);
            if hidden != piece_hidden {
                pieces.push(std::mem::replace(&mut piece, vec![at]), piece_hidden);
                piece_hidden = hidden;
            }
        }
        pieces.push(piece, piece_hidden);
        pieces
    }
}

impl Pieces {
    fn push(&mut self, piece: Vec<Point>, hidden: bool) {
        if piece.len() > 1 {
            let all = if hidden {
                &mut self.hidden
            } else {
                &mut self.visible
            };
            all.push(piece);
        }
    }
}

/// Returns the shares of a view at a point on or next to it.
fn unit(view: Rect, [x, y]: [f64; 2]) -> [f32; 2] {
    [
        (x - view.x()[0]) / view.width(),
        (y - view.y()[0]) / view.height(),
    ]
    .map(|share| narrow(share).clamp(0.0, 1.0))
}
