//! JSON: its keys, its lines, and that whatever the bytes, they can be read back.

use super::*;

#[test]
fn json_keeps_columns_in_order_and_apart() {
    let rows = vec![vec![
        Value::Number(1),
        Value::Number(2),
        Value::Number(3),
        Value::Number(4),
    ]];
    let columns = ["a", "a", "a_2", "a"];
    assert_eq!(
        text(sheet(&columns, rows), Format::Json),
        "[\n{\"a\":1,\"a_3\":2,\"a_2\":3,\"a_4\":4}\n]\n"
    );
    assert_eq!(text(sheet(&columns, Vec::new()), Format::Json), "[]\n");
    assert_eq!(text(sheet(&columns, Vec::new()), Format::JsonLines), "");
}

#[test]
fn json_has_a_line_for_each_row() {
    assert_eq!(
        text(domains(), Format::JsonLines),
        "{\"Domain\":\"fabrikam.com\",\"Outbound\":12331,\"Share\":0.50}\n\
         {\"Domain\":\"\",\"Outbound\":7,\"Share\":33.33}\n\
         {\"Domain\":\"evil\\u202e.example\",\"Outbound\":0,\"Share\":-1.00}\n"
    );
    let array: serde_json::Value =
        serde_json::from_str(&text(domains(), Format::Json)).expect("JSON");
    assert_eq!(array.as_array().map(Vec::len), Some(3));
    let infinite = sheet(&["a"], vec![vec![Value::Decimal(f64::INFINITY)]]);
    assert_eq!(text(infinite, Format::JsonLines), "{\"a\":null}\n");
}

#[rstest]
#[case(b"\xED\xA0\x80", "\\ud800")]
#[case(b"\xFFa", "⟨0xFF⟩a")]
#[case("\u{FFFD}a".as_bytes(), "\u{FFFD}a")]
#[case("⟨0xFF⟩⟨0xff⟩⟨0x".as_bytes(), "⟨0xE2⟩⟨0x9F⟩⟨0xA8⟩0xFF⟩⟨0xff⟩⟨0x")]
#[case(b"\xED\xA0\x80\xED\xB0\x80", "\\ud800⟨0xED⟩⟨0xB0⟩⟨0x80⟩")]
#[case(b"\xED\xB0\x80\xED\xA0\x80", "\\udc00\\ud800")]
#[case("\u{7f}\u{9b}\u{2028}\u{2029}".as_bytes(), "\\u007f\\u009b\\u2028\\u2029")]
#[case("\u{E0041}\u{200B}\u{FEFF}".as_bytes(), "\\udb40\\udc41\\u200b\\ufeff")]
#[case(b"\0\x1b\n\r\t\"\\/", "\\u0000\\u001b\\n\\r\\t\\\"\\\\/")]
fn json_writes_escapes(#[case] given: &[u8], #[case] expected: &str) {
    let line = text(single(given), Format::JsonLines);
    assert_eq!(line, format!("{{\"T\":\"{expected}\"}}\n"));
}

/// The bytes of a JSON string, read as the documentation says: escapes, then the visible forms of bytes.
fn read_back(json: &str) -> Vec<u8> {
    let mut units: Vec<u16> = Vec::new();
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        let (unit, taken) = match rest.strip_prefix('\\') {
            Some(escape) if escape.starts_with('u') => {
                let unit = u16::from_str_radix(&escape[1..5], 16);
                (vec![unit.expect("four digits")], 6)
            }
            Some(escape) => {
                let letter = match escape.as_bytes()[0] {
                    b'n' => '\n',
                    b'r' => '\r',
                    b't' => '\t',
                    other => char::from(other),
                };
                (vec![letter as u16], 2)
            }
            None => (first.encode_utf16(&mut [0; 2]).to_vec(), first.len_utf8()),
        };
        units.extend(unit);
        rest = &rest[taken..];
    }
    let mut bytes = Vec::new();
    for character in char::decode_utf16(units) {
        match character {
            Ok(character) => bytes.extend(character.encode_utf8(&mut [0; 4]).bytes()),
            Err(half) => {
                let unit = u32::from(half.unpaired_surrogate());
                bytes.extend(
                    [
                        0xE0 | unit >> 12,
                        0x80 | unit >> 6 & 0x3F,
                        0x80 | unit & 0x3F,
                    ]
                    .map(|byte| byte as u8),
                );
            }
        }
    }
    let form = regex::bytes::Regex::new("⟨0x([0-9A-F]{2})⟩").expect("valid");
    let byte = |form: &regex::bytes::Captures<'_>| {
        let digits = std::str::from_utf8(&form[1]).expect("digits");
        vec![u8::from_str_radix(digits, 16).expect("two digits")]
    };
    form.replace_all(&bytes, byte).into_owned()
}

/// Texts with what is hard to tell apart: bytes that are no text, halves of pairs, and their visible forms.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let odd: Vec<&[u8]> = vec![
        b"\xff",
        b"\xe2",
        b"\xed\xa0\x80",
        b"\xed\xb0\x80",
        "\u{10000}".as_bytes(),
        "⟨".as_bytes(),
        "⟨0x".as_bytes(),
        "⟨0xFF⟩".as_bytes(),
        "⟨0xff⟩".as_bytes(),
        "⟨0xE2⟩⟨0x9F⟩⟨0xA8⟩".as_bytes(),
        "FF⟩".as_bytes(),
        "\u{fffd}".as_bytes(),
        b"\\xFF",
        b"\\ud800",
        "⟨U+D800⟩".as_bytes(),
        b"a.example",
        b"\"",
        b"\n",
        "\u{202e}\u{e0041}".as_bytes(),
    ];
    let part = prop_oneof![
        4 => proptest::sample::select(odd).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn json_is_read_back_to_the_byte_so_that_no_two_texts_are_written_as_one(bytes in any_bytes()) {
        let line = text(single(&bytes), Format::JsonLines);
        let json = line.strip_prefix("{\"T\":\"").and_then(|rest| rest.strip_suffix("\"}\n"));
        prop_assert_eq!(read_back(json.expect("one string")), bytes);
    }
}
