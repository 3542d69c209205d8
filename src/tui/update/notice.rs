//! Says a word to the analyst.

use crate::tui::app::App;
use crate::tui::notice::Notice;

impl App {
    /// Says something.
    pub(in crate::tui) fn notify(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            is_error: false,
        });
    }

    /// Says that something did not work.
    pub(in crate::tui) fn notify_error(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: text.into(),
            is_error: true,
        });
    }
}
