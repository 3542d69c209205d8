//! Which rows could be in another file too, and of which that cannot be seen.
//!
//! Files whose times do not meet have no row in common, and most loads are of such files: exports of one
//! day each, one file only. Their rows are not looked at.

use super::copy_columns::CopyColumns;
use super::date_orders;
use super::part::Part;
use crate::events::batch::Batch;
use crate::events::record::Records;
use crate::events::schema::names;
use crate::events::store::EventStore;
use crate::events::time::summary::{self, TimeRange, meet};
use crate::quantities::{count, number};

/// The furthest that a local time is from UTC, in seconds.
const FURTHEST_ZONE: i64 = 14 * 3600;

/// Why it cannot be seen whether another file has rows of a file too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// Some rows do not say what would tell.
    Lacking(Lacking),
    /// Its times are local, those of another file are in UTC.
    OtherClock {
        /// The number of that other file.
        other: usize,
    },
    /// Its dates could have the day or the month first; with the one first that is not taken to be, another file
    /// has rows of it too.
    DateOrder {
        /// The number of that other file.
        other: usize,
    },
}

/// Rows that lack what says of which record they are; a row may lack several of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// How many rows.
    pub rows: u64,
    /// Those without a message.
    pub message: u64,
    /// Those without a recipient.
    pub recipient: u64,
    /// Those without a time that can be read.
    pub time: u64,
}

impl Lacking {
    /// Takes in a row that is of no record.
    pub(super) fn add(&mut self, records: &Records<'_>, row: usize) {
        self.rows += 1;
        self.message += u64::from(!records.has_message(row));
        self.recipient += u64::from(!records.has_recipient(row));
        self.time += u64::from(records.time(row).is_none());
    }
}

impl Unseen {
    /// What the analyst should know of it.
    pub fn sentence(&self, name_of: impl Fn(usize) -> String) -> String {
        match *self {
            Unseen::Lacking(Lacking {
                rows,
                message,
                recipient,
                time,
            }) => {
                let lack = if rows == 1 { "lacks" } else { "lack" };
                let lacking = [
                    (message, names::NETWORK_MESSAGE_ID),
                    (recipient, names::RECIPIENT_EMAIL_ADDRESS),
                    (time, "a readable time"),
                ];
                let lacking: Vec<(u64, &str)> =
                    lacking.into_iter().filter(|(rows, _)| *rows > 0).collect();
                let what = match lacking[..] {
                    [(_, what)] => what.to_owned(),
                    _ => lacking
                        .iter()
                        .map(|(rows, what)| format!("{what} ({})", number(*rows)))
                        .collect::<Vec<String>>()
                        .join(" or "),
                };
                let (it, each) = if rows == 1 {
                    ("it", "it counts")
                } else {
                    ("they", "each counts")
                };
                format!(
                    "{} cannot be compared with other files: {it} {lack} {what}, so {each}",
                    count(rows, "row"),
                )
            }
            Unseen::OtherClock { other } => format!(
                "overlap with {} cannot be detected reliably: its times are in UTC, those here are local, so rows in \
                 both may count twice",
                name_of(other)
            ),
            Unseen::DateOrder { other } => format!(
                "overlap with {} cannot be detected: the dates here could be day first or month first, so rows in \
                 both may count twice",
                name_of(other)
            ),
        }
    }
}

/// What is to be looked through.
pub(super) struct Reach<'s> {
    /// In the order named and loaded.
    pub(super) parts: Vec<Part<'s>>,
    pub(super) unseen: Vec<(usize, Unseen)>,
}

/// When the events of a file were.
struct Span {
    file: u32,
    times: Option<TimeRange>,
    is_local: bool,
}

impl<'s> Reach<'s> {
    pub(super) fn of(store: &'s EventStore) -> Self {
        let spans = spans(store);
        let others = |file: u32| spans.iter().filter(move |span| span.file != file);
        let meets_another = |file: u32, times: Option<TimeRange>| {
            others(file).any(|other| meet(times, other.times, 0))
        };
        let is_in_reach = |file: u32, batch: &Batch| {
            let times = times_of(store, file, batch);
            if times.is_some() {
                return meets_another(file, times);
            }
            // Rows without a time could be anywhere that their file is.
            let whole = spans.iter().find(|span| span.file == file);
            match whole.and_then(|span| span.times) {
                Some(times) => meets_another(file, Some(times)),
                None => others(file).next().is_some(),
            }
        };
        let parts = store
            .batches()
            .filter(|(file, _, batch)| is_in_reach(*file, batch))
            .map(|(file, number, batch)| Part {
                file,
                number,
                records: Records::of(batch, store.date_order(file as usize)),
                columns: CopyColumns::of(batch),
            })
            .collect();
        let local = spans.iter().filter(|span| span.is_local);
        let unseen = local.filter_map(|span| {
            let mut in_utc = others(span.file).filter(|other| !other.is_local);
            let other = in_utc.find(|other| meet(span.times, other.times, FURTHEST_ZONE))?;
            let other = other.file as usize;
            Some((span.file as usize, Unseen::OtherClock { other }))
        });
        let in_doubt = date_orders::undecided_files(store).filter_map(|file| {
            let other = date_orders::in_doubt(store, file)? as usize;
            Some((file as usize, Unseen::DateOrder { other }))
        });
        Reach {
            parts,
            unseen: unseen.chain(in_doubt).collect(),
        }
    }
}

fn spans(store: &EventStore) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (file, _, batch) in store.batches() {
        if spans.last().is_none_or(|last| last.file != file) {
            spans.push(Span {
                file,
                times: None,
                is_local: false,
            });
        }
        if let Some(span) = spans.last_mut() {
            summary::extend(&mut span.times, times_of(store, file, batch));
            span.is_local |= batch.times().is_local;
        }
    }
    spans
}

/// The earliest and the latest time of a batch, in whichever order its dates may be.
fn times_of(store: &EventStore, file: u32, batch: &Batch) -> Option<TimeRange> {
    let order = store.date_order(file as usize);
    let mut range = batch.times().range(order);
    if store.dates(file as usize).is_undecided() {
        summary::extend(&mut range, batch.times().range(order.other()));
    }
    range
}
