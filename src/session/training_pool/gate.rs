//! Where runs wait, and where whoever follows them waits for news.

use crate::engine::cancel::Cancel;
use crate::session::latest::lock;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Shared by all runs of a lab.
#[derive(Default)]
pub(in crate::session) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default)]
struct State {
    paused: bool,
    news: u64,
    tickets: u64,
}

/// How long somebody sleeps who may have missed that there is no more to wait for.
const NAP: Duration = Duration::from_millis(50);

/// How long rows gather before they are told.
const GATHER: Duration = Duration::from_millis(12);

impl Gate {
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
    pub(super) fn ticket(&self) -> u64 {
        let mut state = lock(&self.state);
        state.tickets += 1;
        state.tickets
    }

    /// Says that there is something new.
    pub(super) fn tell(&self) {
        lock(&self.state).news += 1;
        self.changed.notify_all();
    }

    /// Waits while runs are `held`, which is told whether they are paused.
    pub(super) fn wait_while_held(&self, held: impl Fn(bool) -> bool) {
        self.wait_while(|state| held(state.paused));
    }

    fn wait_while(&self, waits: impl Fn(&State) -> bool) {
        let mut state = lock(&self.state);
        while waits(&state) {
            let woken = self.changed.wait_timeout(state, NAP);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// How much there has been to tell.
    pub(super) fn news(&self) -> u64 {
        lock(&self.state).news
    }

    /// Waits for something newer than `seen`, which follows; false if it was cancelled. A little more may gather, so that nobody is told of
    /// every row by itself.
    pub(super) fn wait_for_news(&self, seen: &mut u64, cancel: &Cancel) -> bool {
        std::thread::sleep(GATHER);
        self.wait_while(|state| state.news == *seen && !cancel.is_cancelled());
        *seen = self.news();
        !cancel.is_cancelled()
    }
}
