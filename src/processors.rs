//! Shares one computation among the processors of the machine and waits until it is done. Who asks for it
//! sees no threads: what comes back is what one processor alone would have given, in whatever order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a function gives of each item. Each processor has a state of its own, such as answers that it has
/// already found.
pub fn of_each<T: Sync, S, R: Send>(
    items: &[T],
    state: impl Fn() -> S + Sync,
    give: impl Fn(&mut S, &T) -> Option<R> + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut given = Vec::new();
        let mut state = state();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            given.extend(give(&mut state, item));
        }
        given
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let others = 1..processors.min(items.len());
        let others: Vec<_> = others.map(|_| scope.spawn(work)).collect();
        let mut given = work();
        for other in others {
            match other.join() {
                Ok(more) => given.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        given
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_looked_at_once() {
        for count in [0, 1, 1000] {
            let items: Vec<u32> = (0..count).collect();
            let mut odd = of_each(&items, || (), |(), item| (item % 2 == 1).then_some(*item));
            odd.sort_unstable();
            let expected: Vec<u32> = (0..count).filter(|item| item % 2 == 1).collect();
            assert_eq!(odd, expected);
        }
    }
}
