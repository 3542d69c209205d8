//! mailhunt, the program.
fn main() {}
