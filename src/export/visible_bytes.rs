//! Bytes written visibly, where a format has no place for them: `⟨0xFF⟩`.
//!
//! The bytes of a `⟨` that begins such a form in the text itself are written so too. Reading every such form as its byte
//! gives the text back, so that no two texts are written as one.

use std::fmt::Write as _;

/// What the visible form of a byte begins with, before its two digits.
const BEFORE_BYTE: &str = "⟨0x";

/// What it ends with.
const AFTER_BYTE: char = '⟩';

/// Appends a byte.
pub(super) fn push_byte(byte: u8, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(text, "{BEFORE_BYTE}{byte:02X}{AFTER_BYTE}");
}

/// Appends the bytes of a character.
pub(super) fn push_character(character: char, text: &mut String) {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        push_byte(byte, text);
    }
}

/// Appends the bytes in which half of a UTF-16 pair was read.
pub(super) fn push_surrogate(unit: u16, text: &mut String) {
    let six_bits = |shift: u16| (unit >> shift & 0x3F) as u8;
    let bytes = [
        0xE0 | (unit >> 12) as u8,
        0x80 | six_bits(6),
        0x80 | six_bits(0),
    ];
    for byte in bytes {
        push_byte(byte, text);
    }
}

/// Whether a text begins with what is the visible form of a byte.
pub(super) fn begins_with_byte(text: &str) -> bool {
    let digits_and_rest = text
        .strip_prefix(BEFORE_BYTE)
        .map(|rest| rest.split_at_checked(2));
    let Some(Some((digits, rest))) = digits_and_rest else {
        return false;
    };
    let is_digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'A'..=b'F');
    digits.bytes().all(is_digit) && rest.starts_with(AFTER_BYTE)
}
