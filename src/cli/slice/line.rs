//! The loss along a line, for `ravine slice` with one direction.

use crate::cli::interrupt;
use crate::cli::progress_counter::with_progress;
use crate::engine::geometry::surface::Surface;
use crate::engine::network::NetworkLoss;
use crate::engine::objective::Objective;
use crate::engine::objective::plane::{Plane, Rect};
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// Points of a line that are computed together, between two looks at Ctrl+C.
const POINTS_TOGETHER: usize = 8;

/// Returns (a, loss) along a line, with a progress bar on a terminal; losses that an interrupted work does not reach are NaN.
pub(super) fn line(loss: &NetworkLoss, plane: &Plane, view: Rect, count: usize) -> Vec<[f64; 2]> {
    let blank = Surface {
        view,
        columns: count,
        rows: 2,
        values: Vec::new(),
    };
    let [a, _] = blank.axes();
    let (mut losses, cancel) = (vec![f64::NAN; count], interrupt::stoppable());
    with_progress("slice", "points", count, |done| {
        let parts = losses.par_chunks_mut(POINTS_TOGETHER);
        let parts = parts.zip(a.par_chunks(POINTS_TOGETHER));
        parts.for_each_init(
            || vec![0.0; plane.dim()],
            |theta, (losses, a)| {
                if !cancel.is_cancelled() {
                    loss.rows(plane, a, &[0.0], losses, theta);
                    done.fetch_add(a.len(), Ordering::Relaxed);
                }
            },
        );
    });
    a.into_iter()
        .zip(losses)
        .map(|(a, loss)| [a, loss])
        .collect()
}
