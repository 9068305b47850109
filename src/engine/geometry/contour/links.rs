//! Linked items, and the paths that they form.

use super::index;

/// End of a path.
pub(super) const NONE: u32 = u32::MAX;
/// Item that has been visited.
const VISITED: u32 = u32::MAX - 1;

/// Items that have at most one successor and at most one predecessor each.
#[derive(Default)]
pub(super) struct Links {
    next: Vec<u32>,
    /// Whether an item has a predecessor.
    follows: Vec<bool>,
}

impl Links {
    /// Adds unlinked items until there are `count`.
    pub(super) fn grow(&mut self, count: usize) {
        self.next.resize(count, NONE);
        self.follows.resize(count, false);
    }

    /// Makes `second` the successor of `first`.
    #[inline]
    pub(super) fn join(&mut self, first: u32, second: u32) {
        self.next[first as usize] = second;
        self.follows[second as usize] = true;
    }

    /// Visits every path, first the open ones, then the closed ones, in the order of their first items, and clears the links. The second
    /// argument is whether the path is closed.
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
