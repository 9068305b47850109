//! Progress bars of work that counts its finished parts itself, on all threads.

use super::progress::Progress;
use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Time between two looks at the counter.
const PERIOD: Duration = Duration::from_millis(100);

/// Does work of `total` parts, of which it counts the finished ones, with a bar on a terminal.
pub(super) fn with_progress<T>(
    name: &str,
    parts: &str,
    total: usize,
    work: impl FnOnce(&AtomicUsize) -> T,
) -> T {
    let (done, ended) = (AtomicUsize::new(0), AtomicBool::new(false));
    if !stderr().is_terminal() {
        return work(&done);
    }
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let bar = Progress::new(name, parts, total);
            while !ended.load(Ordering::Acquire) {
                bar.set(done.load(Ordering::Relaxed));
                thread::park_timeout(PERIOD);
            }
        });
        // Also where the work panics, which would else wait for the watcher for ever.
        let _end = End(&ended, watcher.thread().clone());
        work(&done)
    })
}

/// Does work whose progress is not known, with the time that it takes so far on a terminal.
pub(super) fn with_spinner<T>(name: &str, work: impl FnOnce() -> T) -> T {
    with_progress(name, "", 0, |_| work())
}

/// Ends the watcher when it is dropped.
struct End<'a>(&'a AtomicBool, thread::Thread);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
        self.1.unpark();
    }
}
