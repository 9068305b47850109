//! A background slot: the newest input wins.

use crate::engine::cancel::Cancel;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A background slot: the newest input wins, work on an older one is cancelled, the last output stays until the next.
pub(super) struct LatestJob<I, O>(Arc<SharedJob<I, O>>);

struct SharedJob<I, O> {
    state: Mutex<JobState<I, O>>,
    changed: Condvar,
}

struct JobState<I, O> {
    /// What was asked for last, and whether the worker has yet to take it.
    asked: Option<Arc<I>>,
    waiting: bool,
    working: bool,
    cancel: Cancel,
    newest: Option<Arc<O>>,
    closed: bool,
}

impl<I: Send + Sync + 'static, T: Send + Sync + 'static> LatestJob<I, Result<T, String>> {
    /// Starts the worker. `work` publishes as many outputs as it likes, until its `Cancel` says that they are stale.
    pub(super) fn spawn(
        name: &str,
        wake: Arc<dyn Fn() + Send + Sync>,
        mut work: impl FnMut(&I, &Cancel, &dyn Fn(Result<T, String>)) + Send + 'static,
    ) -> Result<Self, String> {
        let (asked, cancel, newest) = (None, Cancel::default(), None);
        let state = JobState {
            asked,
            waiting: false,
            working: false,
            cancel,
            newest,
            closed: false,
        };
        let slot = Arc::new(SharedJob {
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let worker = Arc::clone(&slot);
        let body = move || {
            while let Some((input, cancel)) = worker.take() {
                let publish = |output| worker.publish(output, &cancel, &*wake);
                if let Err(panic) =
                    catch_unwind(AssertUnwindSafe(|| work(&input, &cancel, &publish)))
                {
                    publish(Err(format!(
                        "the computation broke off: {}",
                        panic_text(&*panic)
                    )));
                }
                lock(&worker.state).working = false;
                worker.changed.notify_all();
                wake();
            }
        };
        let spawned = std::thread::Builder::new()
            .name(format!("ravine {name}"))
            .spawn(body);
        spawned.map_err(|error| format!("no thread for the {name}: {error}"))?;
        Ok(Self(slot))
    }
}

impl<I, O> LatestJob<I, O> {
    /// Replaces what is asked for, unless it is the `same`.
    pub(super) fn request(&self, same: impl FnOnce(&I) -> bool, input: impl FnOnce() -> I) {
        let mut state = lock(&self.0.state);
        if state.asked.as_deref().is_some_and(same) {
            return;
        }
        state.cancel.cancel();
        state.cancel = Cancel::default();
        state.asked = Some(Arc::new(input()));
        state.waiting = true;
        self.0.changed.notify_all();
    }

    /// Stops the work on what is asked for; asking for the same again does not begin it anew.
    pub(super) fn stop(&self) {
        let mut state = lock(&self.0.state);
        state.cancel.cancel();
        state.waiting = false;
        self.0.changed.notify_all();
    }

    pub(super) fn newest(&self) -> Option<Arc<O>> {
        lock(&self.0.state).newest.clone()
    }

    pub(super) fn busy(&self) -> bool {
        let state = lock(&self.0.state);
        state.waiting || state.working
    }

    pub(super) fn wait(&self, patience: Duration) {
        let state = lock(&self.0.state);
        let still = |state: &mut JobState<I, O>| state.waiting || state.working;
        drop(self.0.changed.wait_timeout_while(state, patience, still));
    }
}

impl<I, O> SharedJob<I, O> {
    /// Waits for the next input; `None` when the lab is gone.
    fn take(&self) -> Option<(Arc<I>, Cancel)> {
        let state = lock(&self.state);
        let idle = |state: &mut JobState<I, O>| !state.waiting && !state.closed;
        let mut state = self
            .changed
            .wait_while(state, idle)
            .unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return None;
        }
        (state.waiting, state.working) = (false, true);
        Some((Arc::clone(state.asked.as_ref()?), state.cancel.clone()))
    }

    /// Shows an output, unless newer input has made it stale.
    fn publish(&self, output: O, cancel: &Cancel, wake: &dyn Fn()) {
        let mut state = lock(&self.state);
        if !cancel.is_cancelled() {
            state.newest = Some(Arc::new(output));
            drop(state);
            wake();
        }
    }
}

impl<I, O> Drop for LatestJob<I, O> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.closed = true;
        state.cancel.cancel();
        self.0.changed.notify_all();
    }
}

/// The state is whole between two statements, so a panic elsewhere does not spoil it.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const PATIENCE: Duration = Duration::from_mins(1);

    fn nothing() -> Arc<dyn Fn() + Send + Sync> {
        Arc::new(|| {})
    }

    #[test]
    fn a_panic_is_caught_and_loses_nothing() {
        let slot = LatestJob::spawn("test", nothing(), |input: &u32, _, publish| {
            assert!(*input != 1, "one is refused");
            publish(Ok(*input));
        })
        .unwrap();
        let answer = |input: u32| {
            slot.request(|_| false, || input);
            slot.wait(PATIENCE);
            slot.newest().map(|output| (*output).clone())
        };
        assert_eq!(answer(7), Some(Ok(7)));
        assert_eq!(
            answer(1),
            Some(Err("the computation broke off: one is refused".to_owned()))
        );
        assert_eq!(answer(8), Some(Ok(8)));
    }

    #[test]
    fn newer_input_cancels_the_work_on_older_input() {
        let (started, starts) = mpsc::channel();
        let slot = LatestJob::spawn("test", nothing(), move |input: &u32, cancel, publish| {
            started.send(*input).unwrap();
            while *input == 1 && !cancel.is_cancelled() {
                std::thread::yield_now();
            }
            publish(Ok(*input));
        })
        .unwrap();
        slot.request(|_| false, || 1);
        assert_eq!(starts.recv(), Ok(1));
        slot.request(|_| false, || 2);
        slot.wait(PATIENCE);
        assert_eq!(
            slot.newest().map(|output| (*output).clone()),
            Some(Ok(2)),
            "the stale 1 was never shown"
        );
    }
}
