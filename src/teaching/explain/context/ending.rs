//! How a run's last losses go: steadily down, up and down, or round in a cycle.

use super::{Context, count};

/// Longest cycle that is looked for.
const LONGEST_CYCLE: usize = 12;

/// Number of parts of the last half that a steady fall is compared between.
const PARTS: usize = 4;

/// The losses of the last quarter.
#[derive(Clone, Copy)]
pub(in crate::teaching::explain) struct LateSwing {
    /// Number of rows whose loss is above that of the row before, and of all.
    pub(in crate::teaching::explain) rises: f64,
    pub(in crate::teaching::explain) rows: f64,
    pub(in crate::teaching::explain) lowest: f64,
    pub(in crate::teaching::explain) highest: f64,
}

impl Context<'_> {
    /// Whether all points of the run are its start.
    pub(in crate::teaching::explain) fn never_moved(&self) -> bool {
        (1..=self.facts.last()).all(|row| self.facts.theta(row) == self.facts.theta(0))
    }

    /// Whether the loss at the end, and most of the last quarter, is well above that of the start.
    pub(in crate::teaching::explain) fn rose(&self) -> bool {
        let (start, last) = (self.loss(0), self.facts.last());
        let above = start + 0.1 * start.abs().max(1e-6);
        let late = last - last / 4..=last;
        last >= 1 && self.loss(last) > above && late.into_iter().all(|row| self.loss(row) > start)
    }

    /// Whether both the highest and the mean loss fall from part to part of the last half.
    pub(in crate::teaching::explain) fn falls_steadily(&self) -> bool {
        let losses = &self.facts.trajectory().loss;
        let length = losses.len() / 2 / PARTS;
        if length == 0 {
            return false;
        }
        let parts = losses[losses.len() - PARTS * length..].chunks(length);
        let highest = |part: &[f64]| part.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let found: Vec<[f64; 2]> = parts
            .map(|part| [highest(part), crate::teaching::facts::mean(part)])
            .collect();
        let falls = |pair: &[[f64; 2]]| pair[1][0] < pair[0][0] && pair[1][1] < pair[0][1];
        found.windows(2).all(falls) && self.period().is_none()
    }

    /// Returns the losses of the last quarter; `None` for short runs.
    pub(in crate::teaching::explain) fn late_swing(&self) -> Option<LateSwing> {
        let losses = &self.facts.trajectory().loss;
        let late = &losses[losses.len() - losses.len() / 4..];
        let rises = late.windows(2).filter(|pair| pair[1] > pair[0]).count();
        (late.len() >= 8).then(|| LateSwing {
            rises: count(rises as u64),
            rows: count(late.len() as u64 - 1),
            lowest: late.iter().copied().fold(f64::INFINITY, f64::min),
            highest: late.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }

    /// Whether the loss rose in many of the last steps, by a noticeable part of the way down, and does not fall steadily.
    pub(in crate::teaching::explain) fn swings(&self) -> bool {
        let Some(late) = self.late_swing() else {
            return false;
        };
        let wide = late.highest - late.lowest > 0.05 * (self.loss(0) - self.facts.best_loss());
        wide && late.highest > late.lowest && late.rises > 0.2 * late.rows && !self.falls_steadily()
    }

    /// Returns the number of steps after which the points of the end come back, if they do, at least three times.
    pub(in crate::teaching::explain) fn period(&self) -> Option<f64> {
        let last = self.facts.last();
        if self.facts.trained().is_some() {
            return None;
        }
        let returns = |period: usize| {
            let rows = last - 3 * period..last;
            let step = rows
                .clone()
                .map(|row| self.facts.distance_between(row + 1, row))
                .fold(0.0, f64::max);
            let size = self
                .facts
                .theta(last)
                .iter()
                .fold(1.0_f64, |size, t| size.max(t.abs()));
            let moved = step > 1e-9 * size;
            moved
                && rows
                    .skip(period)
                    .all(|row| self.facts.distance_between(row + 1, row + 1 - period) < 1e-6 * step)
        };
        let longest = LONGEST_CYCLE.min(last / 4);
        let period = (2..=longest).find(|period| returns(*period))?;
        Some(count(period as u64))
    }
}
