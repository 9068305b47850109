//! Where runs wait, and where whoever follows them waits for news.

use crate::engine::lab::latest::lock;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// Shared by all runs of a lab.
#[derive(Default)]
pub(in crate::engine::lab) struct Gate {
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

impl Gate {
    /// Holds all runs where they are, or lets them go on.
    pub(in crate::engine::lab) fn pause(&self, paused: bool) {
        lock(&self.state).paused = paused;
        self.changed.notify_all();
    }

    /// Whether runs are held.
    pub(in crate::engine::lab) fn is_paused(&self) -> bool {
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

    /// Waits while `held`, which is told whether runs are paused.
    pub(super) fn wait_while(&self, held: impl Fn(bool) -> bool) {
        let mut state = lock(&self.state);
        while held(state.paused) {
            let woken = self.changed.wait_timeout(state, NAP);
            state = woken.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
    }

    /// Waits a little for something newer than `seen`, and answers what has been seen then.
    pub(super) fn wait_for_news(&self, seen: u64) -> u64 {
        let state = lock(&self.state);
        let old = |state: &mut State| state.news == seen;
        let woken = self.changed.wait_timeout_while(state, NAP, old);
        woken
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .0
            .news
    }
}
