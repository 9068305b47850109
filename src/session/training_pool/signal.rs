//! Where runs wait, and where whoever follows them waits for news.

use crate::engine::cancel::Cancel;
use crate::session::job::lock;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Shared by all runs of a lab.
#[derive(Default)]
pub(in crate::session) struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default)]
struct State {
    paused: bool,
    version: u64,
    last_id: u64,
}

/// How long somebody sleeps who may have missed that there is no more to wait for.
const POLL: Duration = Duration::from_millis(50);

/// How long rows gather before they are told.
const DEBOUNCE: Duration = Duration::from_millis(12);

impl Signal {
    /// Holds all runs where they are, or lets them go on.
    pub(in crate::session) fn pause(&self, paused: bool) {
        lock(&self.state).paused = paused;
        self.changed.notify_all();
    }

    /// Whether runs are held.
    pub(in crate::session) fn is_paused(&self) -> bool {
        lock(&self.state).paused
    }

    /// A number that nobody else has.
    pub(super) fn next_id(&self) -> u64 {
        let mut state = lock(&self.state);
        state.last_id += 1;
        state.last_id
    }

    /// Says that there is something new.
    pub(super) fn notify(&self) {
        lock(&self.state).version += 1;
        self.changed.notify_all();
    }

    /// Waits while runs are `held`, which is told whether they are paused.
    pub(super) fn wait_while_blocked(&self, held: impl Fn(bool) -> bool) {
        self.wait_while(|state| held(state.paused));
    }

    fn wait_while(&self, waits: impl Fn(&State) -> bool) {
        let mut state = lock(&self.state);
        while waits(&state) {
            let woken = self.changed.wait_timeout(state, POLL);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// How much there has been to tell.
    pub(super) fn version(&self) -> u64 {
        lock(&self.state).version
    }

    /// Waits for something newer than `seen`, which follows; false if it was cancelled. A little more may gather, so that nobody is told of
    /// every row by itself.
    pub(super) fn wait_for_change(&self, seen: &mut u64, cancel: &Cancel) -> bool {
        std::thread::sleep(DEBOUNCE);
        self.wait_while(|state| state.version == *seen && !cancel.is_cancelled());
        *seen = self.version();
        !cancel.is_cancelled()
    }
}
