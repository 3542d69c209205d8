//! Whether a text is UTF-8, quickly where most of it is ASCII.

/// Bytes that are looked at together.
const WIDTH: usize = 64;

/// Where the first bytes stand that are no UTF-8; `None` where all of a text is.
pub(super) fn first_other(text: &[u8]) -> Option<usize> {
    let check = |start: usize, end: usize| {
        let error = std::str::from_utf8(&text[start..end]).err()?;
        Some(start + error.valid_up_to())
    };
    let (parts, rest) = text.as_chunks::<WIDTH>();
    let mut others: Option<usize> = None;
    for (index, part) in parts.iter().enumerate() {
        if !part.is_ascii() {
            others.get_or_insert(index * WIDTH);
        } else if let Some(start) = others.take()
            && let Some(place) = check(start, index * WIDTH)
        {
            return Some(place);
        }
    }
    let rest = others.unwrap_or(text.len() - rest.len());
    check(rest, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_what_the_standard_library_says(
            parts in prop::collection::vec(prop_oneof![
                "[a-z]{0,90}".prop_map(String::into_bytes),
                "\\PC{0,9}".prop_map(String::into_bytes),
                prop::collection::vec(any::<u8>(), 0..2),
            ], 0..12),
        ) {
            let text = parts.concat();
            let expected = std::str::from_utf8(&text).err().map(|error| error.valid_up_to());
            prop_assert_eq!(first_other(&text), expected);
        }
    }
}
