//! Work for several threads that is over before it pays to let them sleep: to wake one takes as long as a part of it.

use rayon::Yield;
use std::sync::atomic::{AtomicBool, Ordering};

/// Works on one of rayon's threads, and keeps another awake until that is done.
pub(in crate::engine) fn awake<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let done = AtomicBool::new(false);
    rayon::scope(|scope| {
        if rayon::current_num_threads() > 1 {
            scope.spawn(|_| wait(&done, usize::MAX));
        }
        let _done = AtEnd(&done);
        work()
    })
}

/// Does both, at the same time if there is a thread that has nothing to do. It is what [`rayon::join`] does, but who is done first stays
/// awake for a while.
pub(in crate::engine) fn join<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    // About a fifth of a millisecond.
    const LOOKS: usize = 2_000;
    let done = AtomicBool::new(false);
    rayon::join(
        || {
            let a = a();
            wait(&done, LOOKS);
            a
        },
        || {
            let _done = AtEnd(&done);
            b()
        },
    )
}

/// Does what else there is to do until something is done, or so many looks for work were in vain.
fn wait(done: &AtomicBool, mut looks: usize) {
    while !done.load(Ordering::Acquire) && looks > 0 {
        if rayon::yield_now() != Some(Yield::Executed) {
            looks -= 1;
            std::hint::spin_loop();
        }
    }
}

/// Is true once it is dropped.
struct AtEnd<'a>(&'a AtomicBool);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    /// The sum of some numbers by halves.
    fn sum(numbers: &[u64]) -> u64 {
        if let [number] = numbers {
            return *number;
        }
        let (left, right) = numbers.split_at(numbers.len() / 2);
        let (left, right) = join(|| sum(left), || sum(right));
        left + right
    }

    #[test]
    fn both_halves_are_done_wherever_they_are_asked_for() {
        let numbers: Vec<u64> = (1..=1000).collect();
        assert_eq!(sum(&numbers), 500_500);
        assert_eq!(awake(|| sum(&numbers)), 500_500);
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        assert_eq!(one.unwrap().install(|| awake(|| sum(&numbers))), 500_500);
    }

    #[test]
    fn nobody_waits_for_what_has_panicked() {
        assert!(catch_unwind(|| join(|| 1, || panic!("on purpose"))).is_err());
        assert!(catch_unwind(|| join(|| panic!("on purpose"), || 2)).is_err());
        assert!(catch_unwind(|| awake(|| panic!("on purpose"))).is_err());
        assert_eq!(join(|| 1, || 2), (1, 2));
    }
}
