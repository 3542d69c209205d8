//! Shares one computation among the processors of the machine and waits until it is done. Who asks for it
//! sees no threads: what comes back is what one processor alone would have given, in whatever order.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// What a function gives of each item. Each processor has a state of its own, such as answers that it has
/// already found. Where the system has no thread to give, fewer share the work.
pub fn of_each<I, S, R: Send>(
    items: I,
    state: impl Fn() -> S + Sync,
    give: impl Fn(&mut S, I::Item) -> Option<R> + Sync,
) -> Vec<R>
where
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
{
    let items = items.into_iter();
    let count = items.len();
    let items = Mutex::new(items);
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut given = Vec::new();
        let mut state = state();
        while let Some(item) = next() {
            given.extend(give(&mut state, item));
        }
        given
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let others = 1..processors.min(count);
        let others = others.map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok());
        let others: Vec<_> = others.collect();
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
