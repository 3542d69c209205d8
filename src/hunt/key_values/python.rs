//! Rewrites the text of Python's dicts, lists and strings as JSON.

/// The JSON of a Python literal; `None` where it holds what JSON has no word for. Whether the result is JSON is
/// left to its reader.
pub(super) fn as_json(literal: &str) -> Option<String> {
    let mut json = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(first) = rest.chars().next() {
        match first {
            '\'' | '"' => {
                let (text, after) = string(rest, first)?;
                json.push_str(&serde_json::to_string(&text).ok()?);
                rest = after;
            }
            letter if letter.is_ascii_alphabetic() => {
                let end = rest.find(|next: char| !next.is_ascii_alphanumeric());
                let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
                match word {
                    "None" | "null" => json.push_str("null"),
                    "True" | "true" => json.push_str("true"),
                    "False" | "false" => json.push_str("false"),
                    // Python 2 marks its texts.
                    "u" if after.starts_with(['\'', '"']) => {}
                    _ => return None,
                }
                rest = after;
            }
            '(' | ')' => return None,
            other => {
                json.push(other);
                rest = &rest[other.len_utf8()..];
            }
        }
    }
    Some(json)
}

/// The text of a string that begins here, and what follows it.
fn string(literal: &str, quote: char) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut letters = literal.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        if letter == quote {
            return Some((text, &literal[place + 1..]));
        }
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        let (_, escaped) = letters.next()?;
        let mut code = |digits: usize| -> Option<char> {
            let mut value = 0;
            for _ in 0..digits {
                value = value * 16 + letters.next()?.1.to_digit(16)?;
            }
            char::from_u32(value)
        };
        match escaped {
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'x' => text.push(code(2)?),
            'u' => text.push(code(4)?),
            'U' => text.push(code(8)?),
            '\\' | '\'' | '"' | '/' => text.push(escaped),
            other => text.extend(['\\', other]),
        }
    }
    None
}
