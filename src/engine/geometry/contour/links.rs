//! Things that follow one another, and the paths that they form.

use super::index;

/// Nothing follows.
pub(super) const NONE: u32 = u32::MAX;
/// A path went along here.
const VISITED: u32 = u32::MAX - 1;

/// Things of which each is followed by at most one other and follows at most one other.
#[derive(Default)]
pub(super) struct Links {
    next: Vec<u32>,
    /// Whether the thing follows another.
    follows: Vec<bool>,
}

impl Links {
    /// Adds things that are alone until there are `count`.
    pub(super) fn grow(&mut self, count: usize) {
        self.next.resize(count, NONE);
        self.follows.resize(count, false);
    }

    /// `second` follows `first` from now on.
    #[inline]
    pub(super) fn join(&mut self, first: u32, second: u32) {
        self.next[first as usize] = second;
        self.follows[second as usize] = true;
    }

    /// Visits every path, first the open ones, then the closed ones, in the order of the things that they begin with, and
    /// forgets everything. The second argument says whether the path is closed.
    pub(super) fn take_paths(&mut self, mut visit: impl FnMut(&[u32], bool)) {
        let mut path = Vec::new();
        for closed in [false, true] {
            for start in 0..self.next.len() {
                if self.next[start] == VISITED || (self.follows[start] && !closed) {
                    continue;
                }
                path.clear();
                let (start, mut here) = (index(start), index(start));
                loop {
                    path.push(here);
                    here = std::mem::replace(&mut self.next[here as usize], VISITED);
                    if here == NONE || here == start {
                        break;
                    }
                }
                visit(&path, closed);
            }
        }
        self.next.clear();
        self.follows.clear();
    }
}
