//! The text of a block: cells stand in it as long as somebody looks at them.

use super::buffers::Buffers;
use std::ops::Range;

/// The usual length of a block whose rows are kept: values that repeat in it are kept once.
pub(super) const LENGTH_OF_KEPT: usize = 1 << 22;

/// Room that is left for what is written out anew, so that the text need not be moved.
const SPARE: usize = 1 << 16;

/// The text of a block. Its memory is used again for another one.
#[derive(Debug, Default)]
pub struct BlockText {
    /// All of it has been written to once, so that reading need not clear it.
    pub(super) bytes: Vec<u8>,
    /// How much of it is text.
    pub(super) length: usize,
    pub(super) buffers: Buffers,
}

impl BlockText {
    /// The text, and what was written out anew after it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// No text yet, to be written to a buffer that was used before.
    pub(super) fn in_one_of(buffers: &Buffers) -> Self {
        BlockText {
            bytes: Vec::new(),
            length: 0,
            buffers: buffers.clone(),
        }
    }

    /// Room for so many bytes after the text.
    pub(super) fn room(&mut self, bytes: usize) -> &mut [u8] {
        if self.bytes.capacity() == 0 {
            self.bytes = self.buffers.take();
        }
        let end = self.length + bytes;
        if self.bytes.len() < end {
            self.bytes.resize(end + SPARE, 0);
        }
        &mut self.bytes[self.length..end]
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
        self.length += bytes.len();
    }

    /// Keeps this part of the text only.
    pub(super) fn keep(&mut self, part: Range<usize>) {
        self.length = part.len();
        self.bytes.copy_within(part, 0);
    }
}

impl Drop for BlockText {
    fn drop(&mut self) {
        if self.bytes.capacity() <= 2 * (LENGTH_OF_KEPT + SPARE) {
            self.buffers.give_back(std::mem::take(&mut self.bytes));
        }
    }
}
