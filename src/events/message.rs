//! The message of an event, as far as it is known.

/// What is known of the message of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'m> {
    /// Its id.
    Id(&'m [u8]),
    /// The number of its id, which is a GUID and was let go.
    Number(u64),
}
