//! What is said to the person beside the answer.

use crate::printable::Printable;
use std::io::{self, Write};

/// Says something to the person, on standard error, harmlessly: in one line, whatever the names of
/// files and columns in it hold, so that none of them can say something in our name.
pub(super) fn say(sentence: &str) {
    tell(&format!(
        "mailhunt: {}",
        Printable::new(sentence.as_bytes())
    ));
}

/// Writes a line to standard error. Where that cannot be written to, there is nobody to tell; the
/// exit status still says how it went.
pub(super) fn tell(harmless_line: &str) {
    let _ = writeln!(io::stderr(), "{harmless_line}");
}
