//! The companion tables of `EmailEvents`: their rows, found by the message they belong to.
//!
//! What the columns of a row mean is no business of this file.

mod columns;

use super::batch::Batch;
use super::email_key;
use super::message::Message;
use super::schema::{Table, names};
use super::time::{DateOrder, EventTime};
use hashbrown::HashMap;
use std::sync::Arc;

/// All rows of the companion tables that were loaded. Cloning it is cheap, also while more is loaded.
#[derive(Clone, Debug, Default)]
pub struct Companions {
    /// By table; that of `EmailEvents` itself stays empty.
    tables: [Rows; Table::ALL.len()],
    /// By file; for those that are not in it the default.
    date_orders: Vec<DateOrder>,
}

/// A row of a companion table.
#[derive(Clone, Copy, Debug)]
pub struct CompanionRow<'a> {
    file: usize,
    batch: &'a Batch,
    row: usize,
    date_order: DateOrder,
}

impl<'a> CompanionRow<'a> {
    /// The number of its file.
    pub fn file(&self) -> usize {
        self.file
    }

    /// A cell; empty when the file has no such column.
    pub fn cell(&self, name: &str) -> &'a [u8] {
        self.batch.cell(name, self.row)
    }

    /// The cell that says when it happened; empty when none does.
    pub fn time_cell(&self) -> &'a [u8] {
        self.batch.time_cell(self.row)
    }

    /// When it happened, if the row has a time that can be read.
    pub fn time(&self) -> Option<EventTime> {
        self.batch.event_time(self.row, self.date_order)
    }
}

impl Companions {
    /// Adds rows of a table in a file.
    pub fn add(&mut self, file: usize, table: Table, batch: Arc<Batch>) {
        self.tables[table as usize].add(file, batch);
    }

    /// Notes the order in which the dates of a file are read.
    pub fn set_date_order(&mut self, file: usize, order: DateOrder) {
        if self.date_orders.len() <= file {
            self.date_orders.resize(file + 1, DateOrder::default());
        }
        self.date_orders[file] = order;
    }

    /// Whether any row of the table was loaded.
    pub fn is_loaded(&self, table: Table) -> bool {
        self.rows(table) > 0
    }

    /// The number of rows of a table.
    pub fn rows(&self, table: Table) -> u64 {
        self.tables[table as usize].count
    }

    /// The rows of a table that belong to the message with this `NetworkMessageId`, in the order loaded.
    /// Rows that say no message belong to none.
    pub fn of_message<'c>(
        &'c self,
        table: Table,
        network_message_id: &[u8],
    ) -> impl Iterator<Item = CompanionRow<'c>> + use<'c> {
        let rows = &self.tables[table as usize];
        rows.places_of(network_message_id).map(|place| {
            let (file, batch) = &rows.batches[place.batch as usize];
            CompanionRow {
                file: *file,
                batch,
                row: usize::from(place.row),
                date_order: self.date_orders.get(*file).copied().unwrap_or_default(),
            }
        })
    }

    /// The tables with rows that belong to a message which is none of these, and how many rows. Rows that say
    /// no message are no orphans: a click in Teams belongs to none.
    pub fn orphans<'m>(&self, messages: impl Iterator<Item = Message<'m>>) -> Vec<(Table, u64)> {
        let parts = |table: Table| self.tables[table as usize].parts.iter();
        let mut seen: Vec<(Table, SeenRows<'_>)> = Table::ALL
            .into_iter()
            .flat_map(|table| parts(table).map(move |part| (table, SeenRows::none_of(part))))
            .collect();
        if seen.is_empty() {
            return Vec::new();
        }
        let by_number = self.guids_by_number();
        let mut last = None;
        for message in messages {
            // The recipients of a message often stand one after the other.
            if last == Some(message) {
                continue;
            }
            last = Some(message);
            let key = match message {
                Message::Id(id) => MessageKey::of(id),
                Message::Number(number) => by_number.get(&number).copied().map(MessageKey::Guid),
            };
            for (_, rows) in &mut seen {
                if let Some(key) = &key {
                    rows.see(key);
                }
            }
        }
        let unseen = |table: Table| {
            let of_table = seen.iter().filter(move |(known, _)| *known == table);
            of_table.map(|(_, rows)| rows.unseen()).sum::<u64>()
        };
        let tables = Table::ALL.into_iter().map(|table| (table, unseen(table)));
        tables.filter(|(_, rows)| *rows > 0).collect()
    }

    /// The GUIDs of messages by the numbers that events are known by whose cells were let go.
    fn guids_by_number(&self) -> HashMap<u64, [u8; 16]> {
        let parts = self.tables.iter().flat_map(|rows| &rows.parts);
        let guids = parts.flat_map(|part| part.guids.chunk_by(|a, b| a.0 == b.0));
        let number = |guid: &[u8; 16]| email_key::message_number(&spelled(guid));
        guids
            .map(|entries| (number(&entries[0].0), entries[0].0))
            .collect()
    }
}

/// Which rows of a part belong to messages that have been seen.
struct SeenRows<'c> {
    part: &'c Part,
    /// For the first entry of each message, whether it was seen.
    guids: Vec<bool>,
    others: Vec<bool>,
    seen: usize,
}

impl<'c> SeenRows<'c> {
    fn none_of(part: &'c Part) -> Self {
        SeenRows {
            part,
            guids: vec![false; part.guids.len()],
            others: vec![false; part.others.len()],
            seen: 0,
        }
    }

    fn see(&mut self, key: &MessageKey) {
        self.seen += match key {
            MessageKey::Guid(guid) => see(&self.part.guids, &mut self.guids, guid),
            MessageKey::Other(text) => see(&self.part.others, &mut self.others, text),
        };
    }

    fn unseen(&self) -> u64 {
        (self.part.rows() - self.seen) as u64
    }
}

/// How many entries of a sorted list have this key, if it was not seen before.
fn see<K: Ord>(list: &[(K, Place)], seen: &mut [bool], key: &K) -> usize {
    let start = list.partition_point(|(known, _)| known < key);
    match (list.get(start), seen.get_mut(start)) {
        (Some((found, _)), Some(is_seen)) if found == key && !*is_seen => {
            *is_seen = true;
            entries_from(list, start, key).len()
        }
        _ => 0,
    }
}

/// The rows of one table.
#[derive(Clone, Debug, Default)]
struct Rows {
    /// With the numbers of their files.
    batches: Vec<(usize, Arc<Batch>)>,
    /// The rows by message, in parts that are never changed: each is more than twice as large as the
    /// next, so that there are few to look into, and a row is moved to a larger one only a few times.
    parts: Vec<Arc<Part>>,
    count: u64,
}

impl Rows {
    fn add(&mut self, file: usize, batch: Arc<Batch>) {
        let mut part = Part::of_batch(self.batches.len() as u32, &batch);
        while let Some(last) = self.parts.pop_if(|last| last.rows() <= 2 * part.rows()) {
            let mut merged = Arc::unwrap_or_clone(last);
            merged.append(part);
            part = merged;
        }
        self.parts.push(Arc::new(part));
        self.count += batch.rows() as u64;
        self.batches.push((file, batch));
    }

    fn places_of<'c>(&'c self, network_message_id: &[u8]) -> impl Iterator<Item = Place> + use<'c> {
        let key = MessageKey::of(network_message_id);
        self.parts
            .iter()
            .flat_map(move |part| part.places_of(key.as_ref()))
    }
}

/// The place of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    batch: u32,
    row: u16,
}

/// Some consecutive rows by message, in order: within a message as loaded.
///
/// A sorted list takes no more than its entries, and no message with very many rows makes it slow.
#[derive(Clone, Debug, Default)]
struct Part {
    guids: Vec<([u8; 16], Place)>,
    others: Vec<(Box<[u8]>, Place)>,
}

impl Part {
    /// The rows of the numbered batch.
    fn of_batch(number: u32, batch: &Batch) -> Self {
        let mut part = Part::default();
        let messages = batch.column(names::NETWORK_MESSAGE_ID);
        for row in 0..batch.rows() {
            let place = Place {
                batch: number,
                row: row as u16,
            };
            match messages.and_then(|column| MessageKey::of(column.get(row))) {
                Some(MessageKey::Guid(guid)) => part.guids.push((guid, place)),
                Some(MessageKey::Other(text)) => part.others.push((text, place)),
                None => {}
            }
        }
        part.sort();
        part
    }

    /// Takes in the rows of the part after this one.
    fn append(&mut self, next: Part) {
        self.guids.extend(next.guids);
        self.others.extend(next.others);
        self.sort();
    }

    /// Quick where two sorted lists stand one after the other: the stable sort sees that.
    fn sort(&mut self) {
        self.guids.sort();
        self.others.sort();
    }

    fn rows(&self) -> usize {
        self.guids.len() + self.others.len()
    }

    fn places_of<'p>(&'p self, key: Option<&MessageKey>) -> impl Iterator<Item = Place> + use<'p> {
        let (guids, others) = match key {
            Some(MessageKey::Guid(guid)) => (range_of(&self.guids, guid), [].as_slice()),
            Some(MessageKey::Other(text)) => ([].as_slice(), range_of(&self.others, text)),
            None => ([].as_slice(), [].as_slice()),
        };
        let others = others.iter().map(|(_, place)| *place);
        guids.iter().map(|(_, place)| *place).chain(others)
    }
}

/// The entries of a key in a sorted list.
fn range_of<'l, K: Ord>(list: &'l [(K, Place)], key: &K) -> &'l [(K, Place)] {
    let start = list.partition_point(|(known, _)| known < key);
    entries_from(list, start, key)
}

/// The entries of a key in a sorted list that has none before `start`.
fn entries_from<'l, K: Ord>(list: &'l [(K, Place)], start: usize, key: &K) -> &'l [(K, Place)] {
    let (_, rest) = list.split_at(start);
    let length = rest.partition_point(|(known, _)| known == key);
    &rest[..length]
}

/// What two spellings of a message's id have in common: exports differ in the case of its letters.
#[derive(Clone, Debug, PartialEq, Eq)]
enum MessageKey {
    /// What it is by its documentation, in few bytes.
    Guid([u8; 16]),
    /// Any other text, in lower case.
    Other(Box<[u8]>),
}

impl MessageKey {
    /// The key of an id; none where there is no id.
    fn of(network_message_id: &[u8]) -> Option<Self> {
        let text = network_message_id.trim_ascii();
        if text.is_empty() {
            return None;
        }
        Some(match guid(text) {
            Some(guid) => MessageKey::Guid(guid),
            None => MessageKey::Other(text.to_ascii_lowercase().into()),
        })
    }
}

/// The bytes of a GUID in its usual spelling, `01234567-89ab-cdef-0123-456789abcdef`.
fn guid(text: &[u8]) -> Option<[u8; 16]> {
    if text.len() != 36 {
        return None;
    }
    let (mut bytes, mut digits) = ([0; 16], 0);
    for (place, &letter) in text.iter().enumerate() {
        if matches!(place, 8 | 13 | 18 | 23) {
            if letter != b'-' {
                return None;
            }
            continue;
        }
        let digit = char::from(letter).to_digit(16)? as u8;
        bytes[digits / 2] = bytes[digits / 2] << 4 | digit;
        digits += 1;
    }
    Some(bytes)
}

/// A GUID in its usual spelling.
fn spelled(guid: &[u8; 16]) -> Vec<u8> {
    let mut text = Vec::with_capacity(36);
    for (place, byte) in guid.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push(b'-');
        }
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(digit), 16).map(|digit| digit as u8));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::builder::BatchBuilder;
    use proptest::prelude::*;
    use rstest::rstest;

    const GUID: &str = "25d82f90-4cde-45d6-a15a-ca787d85e022";

    /// Rows with these ids, numbered on from `first`.
    fn batch(ids: &[String], first: usize) -> Arc<Batch> {
        let columns = ["NetworkMessageId", "Number"].map(str::to_owned);
        let mut builder = BatchBuilder::new(columns.to_vec());
        for (number, id) in (first..).zip(ids) {
            builder.push_row([id.as_bytes(), number.to_string().as_bytes()].into_iter());
        }
        Arc::new(builder.take().expect("rows"))
    }

    fn numbers_of(companions: &Companions, id: &str) -> Vec<usize> {
        companions
            .of_message(Table::UrlClickEvents, id.as_bytes())
            .map(|row| {
                String::from_utf8_lossy(row.cell("Number"))
                    .parse()
                    .expect("a number")
            })
            .collect()
    }

    #[rstest]
    #[case(GUID, GUID, true)]
    #[case(GUID, " 25D82F90-4CDE-45D6-A15A-CA787D85E022\t", true)]
    #[case(GUID, "25d82f904cde45d6a15aca787d85e022", false)]
    #[case(GUID, "25d82f90-4cde-45d6-a15a-ca787d85e023", false)]
    #[case(GUID, "25d82f90+4cde-45d6-a15a-ca787d85e022", false)]
    #[case(
        "25d82f90-4cde-45d6-a15a-ca787d85e02g",
        "25D82F90-4CDE-45D6-A15A-CA787D85E02G",
        true
    )]
    #[case("AB-1", " ab-1 ", true)]
    #[case("ab-1", "ab-12", false)]
    #[case("", "", false)]
    #[case(" ", "", false)]
    fn ids_are_compared_without_case_and_blanks(
        #[case] one: &str,
        #[case] other: &str,
        #[case] same: bool,
    ) {
        let mut companions = Companions::default();
        companions.add(0, Table::UrlClickEvents, batch(&[one.to_owned()], 0));
        assert_eq!(companions.rows(Table::UrlClickEvents), 1, "no row is lost");
        let found = numbers_of(&companions, other);
        assert_eq!(!found.is_empty(), same);
    }

    #[test]
    fn tables_are_apart() {
        let mut companions = Companions::default();
        companions.add(0, Table::EmailUrlInfo, batch(&[GUID.to_owned()], 0));
        assert!(companions.is_loaded(Table::EmailUrlInfo));
        assert!(!companions.is_loaded(Table::UrlClickEvents));
        assert!(numbers_of(&companions, GUID).is_empty());
    }

    #[test]
    fn rows_have_their_time_in_the_order_of_their_file() {
        let columns = ["NetworkMessageId", "Timestamp"].map(str::to_owned);
        let mut companions = Companions::default();
        for file in 0..2 {
            let mut builder = BatchBuilder::new(columns.to_vec());
            builder.push_row([b"ab-1".as_slice(), b"6/11/2023, 5:40:00 PM"].into_iter());
            let batch = Arc::new(builder.take().expect("rows"));
            companions.add(file, Table::UrlClickEvents, batch);
        }
        companions.set_date_order(1, DateOrder::DayFirst);
        let days: Vec<String> = companions
            .of_message(Table::UrlClickEvents, b"ab-1")
            .filter_map(|row| Some(row.time()?.civil().date().to_string()))
            .collect();
        assert_eq!(days, ["2023-06-11", "2023-11-06"]);
    }

    #[test]
    fn rows_of_messages_that_are_not_loaded_are_orphans() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let mut companions = Companions::default();
        let links = ids(&[GUID, "m-1", "m-1", "m-2", "", "m-2"]);
        companions.add(0, Table::EmailUrlInfo, batch(&links, 0));
        companions.add(0, Table::EmailUrlInfo, batch(&links[1..4], 0));
        companions.add(0, Table::UrlClickEvents, batch(&links[..1], 0));
        let orphans = |messages: &[&str]| {
            companions.orphans(messages.iter().map(|id| Message::Id(id.as_bytes())))
        };
        let upper = GUID.to_ascii_uppercase();
        assert_eq!(orphans(&[&upper, " M-1", "m-1", "m-2", "m-3"]), []);
        assert_eq!(orphans(&[GUID, "m-2"]), [(Table::EmailUrlInfo, 4)]);
        let all = [(Table::EmailUrlInfo, 8), (Table::UrlClickEvents, 1)];
        assert_eq!(orphans(&["", "m-4"]), all);
        assert_eq!(Companions::default().orphans([].into_iter()), []);
    }

    proptest! {
        /// Against a plain list of all rows, whatever the sizes of the batches.
        #[test]
        fn every_row_is_found_by_its_message_in_the_order_loaded(
            batches in proptest::collection::vec(proptest::collection::vec(0_u8..12, 1..9), 0..30)
        ) {
            let id = |message: u8| match message {
                0..6 => format!("25d82f90-4cde-45d6-a15a-ca787d85e0{message:02}"),
                _ => format!("message {message}"),
            };
            let mut companions = Companions::default();
            let mut plain: Vec<u8> = Vec::new();
            for messages in batches {
                let ids: Vec<String> = messages.iter().map(|message| id(*message)).collect();
                companions.add(0, Table::UrlClickEvents, batch(&ids, plain.len()));
                plain.extend(messages);
            }
            prop_assert_eq!(companions.rows(Table::UrlClickEvents), plain.len() as u64);
            for message in 0..12 {
                let expected: Vec<usize> = (0..plain.len())
                    .filter(|&row| plain[row] == message)
                    .collect();
                prop_assert_eq!(numbers_of(&companions, &id(message)), expected);
            }
        }
    }
}
