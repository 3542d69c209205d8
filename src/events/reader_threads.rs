//! The threads that read files. What panics in them becomes a failure of its file, by who started them.

use std::panic;
use std::sync::Once;
use std::thread;

/// The name of the threads, by which the panic hook knows them.
const NAME: &str = "mailhunt-reader";

/// Starts a thread that reads files; whether the system had one to give. The pipeline says of each file that
/// is not read that it is not.
pub(super) fn spawn(read: impl FnOnce() + Send + 'static) -> bool {
    static ONCE: Once = Once::new();
    ONCE.call_once(keep_panics_quiet);
    let thread = thread::Builder::new().name(NAME.to_owned()).spawn(read);
    thread.is_ok()
}

/// Keeps panics of these threads off the terminal: what a library says in panic may have parts of the file in
/// it, as they are.
fn keep_panics_quiet() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if thread::current().name() != Some(NAME) {
            before(panic);
        }
    }));
}
