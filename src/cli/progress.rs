//! Progress of long work on a terminal.

use super::is_quiet;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// Time after which work has a progress bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A progress bar on stderr for work that takes more than a second; none if stderr is not a terminal, or with `--quiet`.
pub(super) struct Progress {
    bar: ProgressBar,
    start: Instant,
}

impl Progress {
    /// Starts work of `total` parts, like "film" of 200 "frames"; with 0 of them, the bar has the time that the work takes so far.
    pub(super) fn new(work: &str, parts: &str, total: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::hidden());
        let template = match total {
            0 => format!("{work} {{spinner}} {{elapsed}}"),
            _ => format!("{work} {{wide_bar}} {{pos}} of {{len}} {parts}, {{eta}} left"),
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        let start = Instant::now();
        Self { bar, start }
    }

    /// Shows how many parts are done.
    pub(super) fn set(&self, done: usize) {
        self.bar.set_position(done as u64);
        if self.bar.length() == Some(0) {
            self.bar.tick();
        }
        // indicatif itself draws nothing where stderr is not a terminal.
        if !is_quiet() && self.bar.is_hidden() && self.start.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
