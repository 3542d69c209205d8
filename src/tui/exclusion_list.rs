//! The list of exclusions: which of them are in sight, and removing and renaming them.

use tui_input::Input;

/// The title of an exclusion being edited.
#[derive(Clone, Debug)]
pub struct RenameDialog {
    /// The title.
    pub input: Input,
    /// The number of the exclusion.
    pub(super) index: usize,
    /// The title it has.
    pub(super) title: String,
}

impl RenameDialog {
    /// Whether another title was typed that is not taken yet.
    pub fn has_changed_title(&self) -> bool {
        self.input.value() != self.title
    }
}

/// How many exclusions of the list are not in sight, and how many of these are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutOfSight {
    /// Above the first row, and those of them that are on.
    pub above: (usize, usize),
    /// Below the last row, and those of them that are on.
    pub below: (usize, usize),
}
