//! Identifiers in Microsoft's forms. They are the part of an export that does not compress, so all
//! that belong to one message derive from its one random GUID.

use super::dice::Dice;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A random GUID (version 4).
pub fn guid(dice: &mut Dice) -> String {
    let high = dice.bits() & !0xF000 | 0x4000;
    let low = dice.bits() & !(0b11 << 62) | (0b10 << 62);
    let mut text = String::with_capacity(36);
    for digit in 0..32_u32 {
        if matches!(digit, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        let half = if digit < 16 { high } else { low };
        let nibble = (half >> (60 - 4 * (digit % 16))) & 0xF;
        text.push(char::from(HEX[nibble as usize]));
    }
    text
}

/// The object id of the mailbox with this number.
pub fn object_id(mailbox: usize) -> String {
    format!("5b7c0e2a-{mailbox:04x}-4d13-9a6e-c05e1f9b4a27")
}

/// The report id of one row: the message, a number of the recipient, and which record of it this
/// is.
pub fn report_id(message: &str, recipient: &str, record: u32) -> String {
    let mut number: u64 = 0xCBF2_9CE4_8422_2325;
    for &byte in recipient.as_bytes() {
        number = (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    let mut text = String::with_capacity(64);
    text.push_str(message);
    text.push('-');
    text.push_str(&(number >> 1).to_string());
    text.push('-');
    text.push_str(&record.to_string());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_well_formed() {
        let mut dice = Dice::new(1, 1);
        for _ in 0..100 {
            let text = guid(&mut dice);
            assert_eq!(text.len(), 36);
            assert_eq!(
                text.split('-').map(str::len).collect::<Vec<_>>(),
                [8, 4, 4, 4, 12]
            );
            assert_eq!(&text[14..15], "4", "version of {text}");
            assert!("89ab".contains(&text[19..20]), "variant of {text}");
        }
    }
}
