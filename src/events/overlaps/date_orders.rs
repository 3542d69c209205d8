//! The order of day and month in files whose own dates do not show it, as rows show it that other files have
//! too: where one says on which day an email came, the other cannot have meant another day.

use crate::events::email_key::RecordKey;
use crate::events::record::Records;
use crate::events::store::EventStore;
use crate::events::time::order::SharedDates;
use crate::events::time::summary::meet;
use crate::events::time::{self, DateOrder};
use hashbrown::HashSet;

/// Lets rows that several files have decide the order of dates. Says whether one is another now, so that events
/// are at other times.
pub fn decide(store: &mut EventStore) -> bool {
    let mut has_changed = false;
    // Each file that is decided may decide further ones.
    loop {
        let undecided: Vec<u32> = undecided_files(store).collect();
        let decided = undecided
            .into_iter()
            .find_map(|file| Some((file, shown_by_others(store, file)?)));
        let Some((file, dates)) = decided else {
            return has_changed;
        };
        has_changed |= store.date_order(file as usize) != dates.order;
        store.set_shared_dates(file as usize, dates);
    }
}

/// A file whose dates do not show their order, and another that has rows of it if that is the other one.
pub(super) fn in_doubt(store: &EventStore, file: u32) -> Option<u32> {
    let other_order = store.date_order(file as usize).other();
    let shared = Shared::of(store, file, other_order, |_| true);
    shared.first_file
}

/// The files with events whose dates do not show their order, where there are others to ask.
pub(super) fn undecided_files(store: &EventStore) -> impl Iterator<Item = u32> {
    let mut files: Vec<u32> = store.batches().map(|(file, _, _)| file).collect();
    files.dedup();
    let are_several = files.len() > 1;
    let is_undecided = move |file: &u32| are_several && store.dates(*file as usize).is_undecided();
    files.into_iter().filter(is_undecided)
}

/// The order in which more rows are in files that are sure of theirs.
fn shown_by_others(store: &EventStore, file: u32) -> Option<SharedDates> {
    let is_sure = |other: u32| !store.dates(other as usize).is_undecided();
    let rows = |order| Shared::of(store, file, order, is_sure).rows;
    let (month_first, day_first) = (rows(DateOrder::MonthFirst), rows(DateOrder::DayFirst));
    let (order, rows) = match month_first.cmp(&day_first) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Greater => (DateOrder::MonthFirst, month_first),
        std::cmp::Ordering::Less => (DateOrder::DayFirst, day_first),
    };
    Some(SharedDates { order, rows })
}

/// Records of a file with a date that could have either order, which other files have too if it has this one.
struct Shared {
    rows: u64,
    first_file: Option<u32>,
}

impl Shared {
    fn of(
        store: &EventStore,
        file: u32,
        order: DateOrder,
        is_asked: impl Fn(u32) -> bool,
    ) -> Shared {
        let of_file = store.batches().filter(|(number, _, _)| *number == file);
        let mut range = None;
        let mut sought: HashSet<RecordKey> = HashSet::new();
        for (_, _, batch) in of_file {
            time::summary::extend(&mut range, batch.times().range(order));
            let records = Records::of(batch, order);
            let could_be_either = |row: &usize| records.has_ambiguous_date(*row);
            let rows = (0..records.rows()).filter(could_be_either);
            sought.extend(rows.filter_map(|row| records.record(row)));
        }
        let mut shared = Shared {
            rows: 0,
            first_file: None,
        };
        for (number, _, batch) in store.batches() {
            let other_order = store.date_order(number as usize);
            let meets = || meet(range, batch.times().range(other_order), 0);
            if number == file || !is_asked(number) || !meets() {
                continue;
            }
            let records = Records::of(batch, other_order);
            for row in 0..records.rows() {
                let is_shared = |record| sought.remove(&record);
                if records.record(row).is_some_and(is_shared) {
                    shared.rows += 1;
                    shared.first_file.get_or_insert(number);
                }
            }
        }
        shared
    }
}
