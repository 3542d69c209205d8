//! Memory for bytes that is used again: it need be cleared once only, and the kernel is not asked for it each time.

use std::sync::{Arc, Mutex, PoisonError};

/// The most bytes of buffers that are kept for the next ones.
const MOST_BYTES: usize = 32 << 20;

/// Buffers that are done with. Clones are the same ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    buffers: Vec<Vec<u8>>,
    bytes: usize,
}

impl Buffers {
    /// One that was given back, with whatever is in it, or a new one.
    pub(super) fn take(&self) -> Vec<u8> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let buffer = kept.buffers.pop().unwrap_or_default();
        kept.bytes -= buffer.capacity();
        buffer
    }

    /// Keeps a buffer for the next time, if there are not too many bytes in them.
    pub(super) fn give_back(&self, buffer: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + buffer.capacity() <= MOST_BYTES && buffer.capacity() > 0 {
            kept.bytes += buffer.capacity();
            kept.buffers.push(buffer);
        }
    }
}

/// Bytes in a buffer that is given back once nobody looks at them any more.
#[derive(Debug)]
pub(super) struct Lent {
    buffer: Vec<u8>,
    length: usize,
    buffers: Buffers,
    longest_kept: usize,
}

impl Lent {
    /// So many bytes, whatever they are. Buffers that are longer than `longest_kept` are not kept.
    pub(super) fn of(buffers: &Buffers, length: usize, longest_kept: usize) -> Self {
        let mut buffer = buffers.take();
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        Lent {
            buffer,
            length,
            buffers: buffers.clone(),
            longest_kept,
        }
    }

    /// To be written to.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[..self.length]
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.buffer.capacity() <= self.longest_kept {
            self.buffers.give_back(std::mem::take(&mut self.buffer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_is_lent_again() {
        let buffers = Buffers::default();
        let mut first = Lent::of(&buffers, 100, 1000);
        first.bytes_mut().fill(7);
        assert_eq!(first.as_ref(), [7; 100]);
        drop(first);
        let shorter = Lent::of(&buffers, 10, 1000);
        assert_eq!(shorter.as_ref(), [7; 10]);
        assert_eq!(buffers.take().capacity(), 0, "it is lent");
        drop(shorter);
        drop(Lent::of(&buffers, 2000, 1000));
        assert_eq!(buffers.take().capacity(), 0, "it is too long to be kept");
    }

    #[test]
    fn no_more_is_kept_than_there_should_be() {
        let buffers = Buffers::default();
        for _ in 0..9 {
            buffers.give_back(Vec::with_capacity(MOST_BYTES / 8));
        }
        let kept = std::iter::repeat_with(|| buffers.take());
        let kept = kept.take_while(|buffer| buffer.capacity() > 0).count();
        assert!((7..=8).contains(&kept), "{kept}");
    }
}
