//! A background job: computes results for the newest request on a thread of its own.

use crate::engine::cancel::Cancel;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// Input of a [`Job`].
pub trait Request: Send + Sync + 'static {
    /// Whether results for `other` are results for this request too.
    fn matches(&self, other: &Self) -> bool;

    /// Whether work on this request is finished before `newer` begins, rather than cancelled: for requests that change faster than they
    /// can be computed, like those for the timeline's step.
    fn outlives(&self, newer: &Self) -> bool {
        let _ = newer;
        false
    }
}

/// A background job with a thread of its own. The newest request wins: work on an older one is cancelled. The last result stays until the
/// next, and a panic becomes an error.
pub struct Job<R, T>(Arc<SharedJob<R, T>>);

struct SharedJob<R, T> {
    state: Mutex<JobState<R, T>>,
    changed: Condvar,
    progress: Progress,
}

struct JobState<R, T> {
    /// The newest request, and whether the thread has yet to take it.
    requested: Option<Arc<R>>,
    waiting: bool,
    working: bool,
    cancel: Cancel,
    newest: Option<Arc<Result<T, String>>>,
    closed: bool,
}

/// Units of work that are done, and all of them; all are 0 where the progress is unknown.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) done: AtomicUsize,
    all: AtomicUsize,
}

impl Progress {
    /// Sets the counts to 0 of `all`.
    pub(super) fn restart(&self, all: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }

    fn fraction(&self) -> f32 {
        let [done, all] = [&self.done, &self.all].map(|count| count.load(Ordering::Relaxed));
        #[expect(clippy::cast_precision_loss, reason = "a fraction for people")]
        let fraction = done as f32 / all.max(1) as f32;
        fraction.min(1.0)
    }
}

/// Access of a compute function to its job.
pub(super) struct Worker<'a, T> {
    /// Cancelled as soon as the request is stale.
    pub(super) cancel: &'a Cancel,
    /// Shown while the job is busy.
    pub(super) progress: &'a Progress,
    publish: &'a dyn Fn(Result<T, String>),
}

impl<T> Worker<'_, T> {
    /// Publishes a result, unless the request is stale.
    pub(super) fn publish(&self, result: T) {
        (self.publish)(Ok(result));
    }
}

/// Callback after each new result, and the jobs that have it.
pub(super) struct Jobs {
    wake: Box<dyn Fn() + Send + Sync>,
    all: Mutex<Vec<Weak<dyn Wait>>>,
}

impl Jobs {
    pub(super) fn new(wake: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            wake: Box::new(wake),
            all: Mutex::default(),
        })
    }

    /// Waits until each job in turn is at rest, at most for `timeout` each.
    pub(super) fn wait(&self, timeout: Duration) {
        let all = lock(&self.all).clone();
        for job in all.iter().filter_map(Weak::upgrade) {
            job.wait(timeout);
        }
    }
}

/// A job of any type that can be waited for.
trait Wait: Send + Sync {
    fn wait(&self, timeout: Duration);
}

impl<R: Request, T: Send + Sync + 'static> Job<R, T> {
    /// Starts the thread of the job. `compute` publishes any number of results, until its `cancel` says that they are stale; an error is
    /// published too.
    ///
    /// # Errors
    /// Returns one sentence where the system gives no thread.
    pub(super) fn spawn(
        name: &str,
        jobs: &Arc<Jobs>,
        mut compute: impl FnMut(&Arc<R>, &Worker<T>) -> Result<(), String> + Send + 'static,
    ) -> Result<Self, String> {
        let shared = Arc::new(SharedJob {
            state: Mutex::new(JobState {
                requested: None,
                waiting: false,
                working: false,
                cancel: Cancel::default(),
                newest: None,
                closed: false,
            }),
            changed: Condvar::new(),
            progress: Progress::default(),
        });
        let waited: Weak<dyn Wait> = Arc::downgrade(&(Arc::clone(&shared) as Arc<dyn Wait>));
        lock(&jobs.all).push(waited);
        let (own, jobs) = (Arc::clone(&shared), Arc::clone(jobs));
        let body = move || {
            while let Some((request, cancel)) = own.take() {
                let publish = |result| own.publish(result, &cancel, &*jobs.wake);
                let worker = Worker {
                    cancel: &cancel,
                    progress: &own.progress,
                    publish: &publish,
                };
                match catch_unwind(AssertUnwindSafe(|| compute(&request, &worker))) {
                    Ok(Ok(())) => {}
                    Ok(Err(sentence)) => publish(Err(sentence)),
                    Err(panic) => publish(Err(format!(
                        "the computation broke off: {}",
                        panic_text(&*panic)
                    ))),
                }
                lock(&own.state).working = false;
                own.changed.notify_all();
                (jobs.wake)();
            }
        };
        let spawned = std::thread::Builder::new()
            .name(format!("ravine {name}"))
            .spawn(body);
        spawned.map_err(|error| format!("no thread for the {name}: {error}"))?;
        Ok(Self(shared))
    }

    /// Requests a result. Work on a request that matches goes on; after [`stop`](Self::stop) it does not begin again.
    pub fn request(&self, request: R) {
        let mut state = lock(&self.0.state);
        let busy = state.waiting || state.working;
        let goes_on = |old: &R| old.matches(&request) || busy && old.outlives(&request);
        if state.requested.as_deref().is_some_and(goes_on) {
            return;
        }
        state.cancel.cancel();
        state.cancel = Cancel::default();
        state.requested = Some(Arc::new(request));
        state.waiting = true;
        self.0.progress.restart(0);
        self.0.changed.notify_all();
    }
}

impl<R, T> Job<R, T> {
    /// Returns the newest result, or the sentence that says why there is none; `None` before the first.
    pub fn newest(&self) -> Option<Arc<Result<T, String>>> {
        lock(&self.0.state).newest.clone()
    }

    /// Whether a request is being computed or waits for it.
    pub fn busy(&self) -> bool {
        lock(&self.0.state).busy()
    }

    /// Returns the fraction of the work that is done, 0 to 1; `None` at rest.
    pub fn progress(&self) -> Option<f32> {
        self.busy().then(|| self.0.progress.fraction())
    }

    /// Cancels the work on the newest request. The last result stays.
    pub fn stop(&self) {
        let mut state = lock(&self.0.state);
        state.cancel.cancel();
        state.waiting = false;
        self.0.changed.notify_all();
    }

    /// Cancels the work on the newest request, which begins again once it is requested. The last result stays.
    pub fn cancel(&self) {
        let mut state = lock(&self.0.state);
        state.cancel.cancel();
        (state.waiting, state.requested) = (false, None);
        self.0.changed.notify_all();
    }

    /// Waits until the job is at rest, at most for `timeout`.
    pub fn wait(&self, timeout: Duration) {
        self.0.wait_idle(timeout);
    }
}

impl<R, T> JobState<R, T> {
    fn busy(&self) -> bool {
        self.waiting || self.working
    }
}

impl<R, T> SharedJob<R, T> {
    fn wait_idle(&self, timeout: Duration) {
        let state = lock(&self.state);
        let busy = |state: &mut JobState<R, T>| state.busy();
        drop(self.changed.wait_timeout_while(state, timeout, busy));
    }

    /// Waits for the next request; `None` when the job is dropped.
    fn take(&self) -> Option<(Arc<R>, Cancel)> {
        let state = lock(&self.state);
        let idle = |state: &mut JobState<R, T>| !state.waiting && !state.closed;
        let mut state = self
            .changed
            .wait_while(state, idle)
            .unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return None;
        }
        (state.waiting, state.working) = (false, true);
        Some((Arc::clone(state.requested.as_ref()?), state.cancel.clone()))
    }

    /// Stores a result, unless a newer request has made it stale.
    fn publish(&self, result: Result<T, String>, cancel: &Cancel, wake: &dyn Fn()) {
        let mut state = lock(&self.state);
        if !cancel.is_cancelled() {
            state.newest = Some(Arc::new(result));
            drop(state);
            wake();
        }
    }
}

impl<R: Send + Sync, T: Send + Sync> Wait for SharedJob<R, T> {
    fn wait(&self, timeout: Duration) {
        self.wait_idle(timeout);
    }
}

impl<R, T> Drop for Job<R, T> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.closed = true;
        state.cancel.cancel();
        self.0.changed.notify_all();
    }
}

/// Locks a mutex whose state is whole between two statements, so that a panic elsewhere does not spoil it.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the message of a panic.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned())
}

/// Returns a pool of threads for one job.
pub(super) fn thread_pool() -> Result<rayon::ThreadPool, String> {
    rayon::ThreadPoolBuilder::new()
        .build()
        .map_err(|error| format!("no threads to compute with: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const TIMEOUT: Duration = Duration::from_mins(1);

    impl Request for u32 {
        fn matches(&self, other: &Self) -> bool {
            self == other
        }

        fn outlives(&self, newer: &Self) -> bool {
            self.is_multiple_of(100) && newer.is_multiple_of(100)
        }
    }

    fn jobs() -> Arc<Jobs> {
        Jobs::new(|| {})
    }

    #[test]
    fn a_panic_is_caught_and_loses_nothing() {
        let job = Job::spawn("test", &jobs(), |request: &Arc<u32>, worker| {
            assert!(**request != 1, "one is refused");
            worker.publish(**request);
            Ok(())
        })
        .unwrap();
        let answer = |request: u32| {
            job.request(request);
            job.wait(TIMEOUT);
            job.newest().map(|result| (*result).clone())
        };
        assert_eq!(answer(7), Some(Ok(7)));
        assert_eq!(
            answer(1),
            Some(Err("the computation broke off: one is refused".to_owned()))
        );
        assert_eq!(answer(8), Some(Ok(8)));
    }

    #[test]
    fn a_newer_request_cancels_the_work_on_an_older_one() {
        let (started, starts) = mpsc::channel();
        let job = Job::spawn("test", &jobs(), move |request: &Arc<u32>, worker| {
            started.send(**request).unwrap();
            while **request == 1 && !worker.cancel.is_cancelled() {
                std::thread::yield_now();
            }
            worker.publish(**request);
            Ok(())
        })
        .unwrap();
        job.request(1);
        assert_eq!(starts.recv(), Ok(1));
        job.request(2);
        job.wait(TIMEOUT);
        assert_eq!(
            job.newest().map(|result| (*result).clone()),
            Some(Ok(2)),
            "the stale 1 was never shown"
        );
    }

    #[test]
    fn requests_that_outlive_newer_ones_are_finished_and_stopped_ones_do_not_begin_again() {
        let (started, starts) = mpsc::channel();
        let (go_on, goes_on) = mpsc::channel();
        let jobs = jobs();
        let job = Job::spawn("test", &jobs, move |request: &Arc<u32>, worker| {
            worker.progress.restart(4);
            worker.progress.done.fetch_add(1, Ordering::Relaxed);
            started.send(**request).unwrap();
            goes_on.recv().unwrap();
            worker.publish(**request);
            Err(format!("{request} was computed before"))
        })
        .unwrap();
        assert!(job.progress().is_none() && !job.busy());
        job.request(100);
        assert_eq!(starts.recv(), Ok(100));
        job.request(200);
        assert_eq!(job.progress(), Some(0.25));
        go_on.send(()).unwrap();
        jobs.wait(TIMEOUT);
        let newest = || job.newest().map(|result| (*result).clone());
        let error = Some(Err("100 was computed before".to_owned()));
        assert_eq!(newest(), error, "200 was not asked for again");
        job.request(300);
        assert_eq!(starts.recv(), Ok(300));
        job.stop();
        go_on.send(()).unwrap();
        job.wait(TIMEOUT);
        job.request(300);
        assert!(!job.busy(), "it was stopped");
        assert_eq!(newest(), error, "the last result stays");
        job.cancel();
        job.request(300);
        assert_eq!(starts.recv(), Ok(300), "it begins again");
        go_on.send(()).unwrap();
        job.wait(TIMEOUT);
    }
}
