//! Ctrl+C: the first one stops long work, which then writes what there is; the second one, or one during other work, ends the program.
//! Work on the results of interrupted work, such as statistics of the recorded rows, can be interrupted as well.

use super::print_error;
use crate::engine::cancel::Cancel;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Exit code of a program that SIGINT ended, as in shells.
pub(super) const EXIT_CODE: u8 = 130;

/// Whether the work in progress stops by itself.
static STOPPABLE: AtomicBool = AtomicBool::new(false);

/// Whether the command in progress writes its results at its end, so that nothing is written if it ends before.
static WRITES_AT_END: AtomicBool = AtomicBool::new(false);

/// The flag of the work in progress.
static CANCEL: LazyLock<Cancel> = LazyLock::new(Cancel::default);

/// The flag of work on the results of other work, such as statistics of recorded rows, and whether it is in progress.
static CANCEL_AFTER: LazyLock<Cancel> = LazyLock::new(Cancel::default);
static AFTER: AtomicBool = AtomicBool::new(false);

/// Calls `work`, which uses the results of work that Ctrl+C may have stopped, with a flag that the next Ctrl+C sets.
pub(super) fn stoppable_after<T>(work: impl FnOnce(&Cancel) -> T) -> T {
    STOPPABLE.store(true, Ordering::Release);
    AFTER.store(true, Ordering::Release);
    let done = work(&CANCEL_AFTER);
    AFTER.store(false, Ordering::Release);
    done
}

/// Returns the flag that Ctrl+C sets, for work that keeps what there is by then.
pub(super) fn stoppable() -> Cancel {
    STOPPABLE.store(true, Ordering::Release);
    CANCEL.clone()
}

/// Says that the command writes its results at its end: Ctrl+C before that, in work that does not stop by itself, is answered by
/// [`nothing_written`].
pub(super) fn writes_at_end() {
    WRITES_AT_END.store(true, Ordering::Release);
}

/// Sets the flag of the work in progress at the first Ctrl+C; returns false if there is no such work, or it was stopped already.
pub(super) fn stop_work() -> bool {
    let is_stoppable = STOPPABLE.load(Ordering::Acquire);
    let is_after = AFTER.load(Ordering::Acquire) && !CANCEL_AFTER.is_cancelled();
    let stops = is_stoppable && (is_after || !CANCEL.is_cancelled());
    if stops {
        CANCEL.cancel();
        if is_after {
            CANCEL_AFTER.cancel();
        }
    } else if !is_stoppable && WRITES_AT_END.load(Ordering::Acquire) {
        print_error(&nothing_written());
    }
    stops
}

/// Whether Ctrl+C stopped the work.
pub(super) fn is_stopped() -> bool {
    STOPPABLE.load(Ordering::Acquire) && CANCEL.is_cancelled()
}

/// Says on stderr what an interrupted command has kept, like "3 of 10 runs are written", if it was interrupted.
pub(super) fn report_stop(kept: &str) {
    if is_stopped() {
        print_error(&format!("stopped by Ctrl+C: {kept}"));
    }
}

/// Returns the error of a command that Ctrl+C stopped before there was anything to keep.
pub(super) fn nothing_written() -> String {
    "stopped by Ctrl+C: nothing is written".to_owned()
}
