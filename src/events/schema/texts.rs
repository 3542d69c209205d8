//! Cells that say nothing, and names of columns as sentences repeat them.

/// Words by which programs that turn everything into text write that there is nothing, in any letter case:
/// Python's `None`, the `null` of JSON and SQL, the `NaN` of pandas, `N/A` of spreadsheets.
const WORDS_FOR_NOTHING: [&[u8]; 4] = [b"None", b"null", b"NaN", b"N/A"];

/// Signs for nothing, exactly as written: `-` of Kibana's CSV, `\N` of databases, the list or
/// object of nothing that a column of another type holds.
const SIGNS_FOR_NOTHING: [&[u8]; 4] = [b"-", b"\\N", b"[]", b"{}"];

/// Whether a cell says in letters that there is nothing in it. Blanks say nothing of the kind.
pub fn spells_out_nothing(cell: &[u8]) -> bool {
    // Most cells are empty or longer than any of these.
    (1..=4).contains(&cell.len())
        && (SIGNS_FOR_NOTHING.contains(&cell)
            || WORDS_FOR_NOTHING
                .iter()
                .any(|word| word.eq_ignore_ascii_case(cell)))
}

/// Whether a cell says nothing, in blanks, words or signs.
pub fn says_nothing(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.is_empty() || spells_out_nothing(cell)
}

/// The most characters of a column's name that a sentence repeats: a hostile file's may be megabytes.
const NAME_SHOWN: usize = 64;

/// A column's name as a sentence repeats it.
pub fn shown_name(name: &str) -> String {
    match name.char_indices().nth(NAME_SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
