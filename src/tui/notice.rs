//! A word to the analyst in the last line of the screen.

use super::app::App;

/// A sentence, shown until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence; may contain data.
    pub text: String,
    /// Whether something did not work.
    pub is_error: bool,
}

impl App {
    /// Says something.
    pub(super) fn notify(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            is_error: false,
        });
    }

    /// Says that something did not work.
    pub(super) fn notify_error(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            is_error: true,
        });
    }
}
