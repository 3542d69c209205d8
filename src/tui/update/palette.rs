//! Moves through the command palette.

use crate::tui::app::App;
use crate::tui::cursor::Step;
use crate::tui::palette::PaletteState;
use crate::tui::panes;

impl PaletteState {
    /// Moves the cursor.
    pub fn step(&mut self, app: &App, step: Step) {
        let length = self.items(app).len();
        let page = usize::from(panes::palette::rows(app.screen).height);
        self.cursor.step(step, length, page, Some);
    }
}
