//! Whole numbers in LEB128: seven bits a byte, the lowest first, the highest bit set while more follow.

/// Adds a number to some bytes.
pub(super) fn push(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The number that stands at a place, which is then after it; `None` where the bytes end before it does, or it
/// has no end within so many bits.
pub(super) fn read(bytes: &[u8], at: &mut usize, bits: u32) -> Option<u64> {
    let mut number = 0;
    for shift in (0..bits).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_added_is_read(numbers in prop::collection::vec(any::<u64>(), 0..9)) {
            let mut bytes = Vec::new();
            for &number in &numbers {
                push(number, &mut bytes);
            }
            let mut at = 0;
            for &number in &numbers {
                prop_assert_eq!(read(&bytes, &mut at, 64), Some(number));
            }
            prop_assert_eq!((at, read(&bytes, &mut at, 64)), (bytes.len(), None));
        }
    }

    #[test]
    fn a_number_without_an_end_is_none() {
        let bytes = [0xff; 12];
        assert_eq!(read(&bytes, &mut 0, 64), None);
        assert_eq!(read(&bytes[..2], &mut 0, 64), None);
        // Five bytes hold 35 bits.
        assert_eq!(
            read(&[0xff, 0xff, 0xff, 0xff, 0x0f], &mut 0, 35),
            Some(u64::from(u32::MAX))
        );
        assert_eq!(
            read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0x01], &mut 0, 35),
            None
        );
    }
}
