//! Signal between training threads and the threads that follow them: pause, and a version that counts changes.

use crate::engine::cancel::Cancel;
use crate::session::job::lock;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Pause switch and change counter, shared by all training threads of a session.
#[derive(Default)]
pub(in crate::session) struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default)]
struct State {
    paused: bool,
    version: u64,
}

/// Upper bound on a wait: cancellation does not notify the condition variable, so it is polled at this interval.
const POLL: Duration = Duration::from_millis(50);

/// Delay before a change is reported, so that rows that follow at once are reported together.
const DEBOUNCE: Duration = Duration::from_millis(12);

impl Signal {
    /// Pauses all runs, or lets them go on.
    pub(in crate::session) fn pause(&self, paused: bool) {
        lock(&self.state).paused = paused;
        self.changed.notify_all();
    }

    /// Whether runs are paused.
    pub(in crate::session) fn is_paused(&self) -> bool {
        lock(&self.state).paused
    }

    /// Counts a change, and wakes the threads that wait for one.
    pub(super) fn notify(&self) {
        lock(&self.state).version += 1;
        self.changed.notify_all();
    }

    /// Waits while `blocked` returns true for the pause switch.
    pub(super) fn wait_while_blocked(&self, blocked: impl Fn(bool) -> bool) {
        self.wait_while(|state| blocked(state.paused));
    }

    fn wait_while(&self, waits: impl Fn(&State) -> bool) {
        let mut state = lock(&self.state);
        while waits(&state) {
            let woken = self.changed.wait_timeout(state, POLL);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Returns the number of changes so far.
    pub(super) fn version(&self) -> u64 {
        lock(&self.state).version
    }

    /// Waits for a change after version `seen`, and sets `seen` to the version then. Returns false if it was cancelled.
    pub(super) fn wait_for_change(&self, seen: &mut u64, cancel: &Cancel) -> bool {
        std::thread::sleep(DEBOUNCE);
        self.wait_while(|state| state.version == *seen && !cancel.is_cancelled());
        *seen = self.version();
        !cancel.is_cancelled()
    }
}
