//! mailhunt, the program: arguments in, exit status out. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(mailhunt::cli::run().code())
}
