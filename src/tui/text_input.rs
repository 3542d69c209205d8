//! What keys and pasted text do in a line of text.

use ratatui::crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::to_input_request;
use tui_input::{Input, InputRequest};

/// Gives a key to a text field.
pub(super) fn edit(input: &mut Input, key: KeyEvent) {
    if let Some(request) = to_input_request(&Event::Key(key)) {
        input.handle(request);
    }
}

/// The most characters of a paste that a field takes: nobody types more, and an editor of one line
/// counts them all at every step.
const LONGEST_PASTE: usize = 1000;

/// Pastes text into a field: without control characters, so that a line end does not confirm.
pub(super) fn insert(input: &mut Input, text: &str) {
    let clean = text.chars().filter(|character| !character.is_control());
    for character in clean.take(LONGEST_PASTE) {
        input.handle(InputRequest::InsertChar(character));
    }
}
