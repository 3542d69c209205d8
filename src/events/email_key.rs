//! Which email a record is about, by numbers: of its message and of its recipient.

use super::time::EventTime;
use crate::letter_case::fold_case;
use hashbrown::DefaultHashBuilder;
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// An email of one message to one recipient, whatever its verdict: a number for each of the two. Zero stands for
/// a cell that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailKey {
    /// Of `NetworkMessageId`.
    pub message: u64,
    /// Number of `RecipientEmailAddress`, which ignores letter case.
    pub recipient: u64,
}

impl EmailKey {
    /// `None` where a row does not say its message or recipient: without both, rows of different emails would look
    /// the same.
    pub(super) fn told(self) -> Option<Self> {
        (self.message != 0 && self.recipient != 0).then_some(self)
    }
}

/// The id of a message, byte for byte, but for the case of the letters of a GUID: exports differ in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct MessageId<'b>(pub(super) &'b [u8]);

impl MessageId<'_> {
    /// A GUID in its usual spelling, without the case of its letters.
    pub(super) fn guid(self) -> Option<[u8; GUID_LENGTH]> {
        let bytes: [u8; GUID_LENGTH] = self.0.try_into().ok()?;
        // Without a branch for each letter: every row of every file comes here.
        let wrong = bytes.iter().zip(DASHES).fold(0, |wrong, (byte, dash)| {
            let is_digit = u8::from(byte.wrapping_sub(b'0') < 10);
            let is_letter = u8::from((byte | 0x20).wrapping_sub(b'a') < 6);
            let is_dash = u8::from(*byte == b'-');
            wrong | (is_dash ^ dash) | (is_digit ^ is_letter ^ dash ^ 1)
        });
        (wrong == 0).then(|| bytes.map(|byte| byte | 0x20))
    }
}

const GUID_LENGTH: usize = "01234567-89ab-cdef-0123-456789abcdef".len();

/// One where a GUID has a dash, else zero.
const DASHES: [u8; GUID_LENGTH] = {
    let mut dashes = [0; GUID_LENGTH];
    dashes[8] = 1;
    dashes[13] = 1;
    dashes[18] = 1;
    dashes[23] = 1;
    dashes
};

/// The number of a message by its id; zero where there is none.
pub(super) fn message_number(id: &[u8]) -> u64 {
    if id.trim_ascii().is_empty() {
        return 0;
    }
    match MessageId(id).guid() {
        Some(guid) => number_of(&guid),
        None => number_of(id),
    }
}

/// The number of a recipient; zero where there is none. Exports differ in the case in which they write an address, and to
/// mail servers it makes no difference.
pub(super) fn recipient_number(address: &[u8]) -> u64 {
    if address.trim_ascii().is_empty() {
        return 0;
    }
    number_of(&fold_case(address))
}

/// A number for what says that a row repeats another: its email, its time, the number of its verdict, and the number of
/// its sender's domain, if it is a threat: for that it counts, and by that its direction is known.
pub(super) fn repeat_number(
    EmailKey { message, recipient }: EmailKey,
    time: EventTime,
    verdict: u64,
    sender: Option<u64>,
) -> u64 {
    // No number of a sender is zero.
    HASHER.hash_one((message, recipient, time, verdict, sender.unwrap_or(0)))
}

/// A number for a text, never zero.
pub(super) fn number_of(text: &[u8]) -> u64 {
    HASHER.hash_one(text).max(1)
}

/// One record of an email: a row of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordKey {
    /// The email.
    pub email: EmailKey,
    /// The moment, to the second: exports differ in how many digits follow.
    pub time: EventTime,
}

/// Another one in each process, so that nobody can write texts that get the same number.
pub(super) static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);
