//! The command palette while it is open.

use super::cursor::Cursor;
use tui_input::Input;

/// The palette while it is open.
#[derive(Clone, Debug, Default)]
pub struct PaletteState {
    /// What is typed.
    pub input: Input,
    /// Where the cursor is.
    pub cursor: Cursor<usize>,
}
