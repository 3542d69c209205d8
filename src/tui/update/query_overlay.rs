//! What the keys do while the hunt is shown as a query.

use crate::hunt::kql::hunting_query;
use crate::tui::app::{App, Effect, Overlay};
use crate::tui::commands::{self, Command, Key};
use crate::tui::cursor::Step;
use crate::tui::export_dialog::{ExportDialog, Subject};
use crate::tui::panes;
use crate::tui::query_overlay::QueryOverlay;
use crate::tui::update::actions::scrolled;
use ratatui::crossterm::event::KeyEvent;

impl App {
    pub(in crate::tui) fn show_query(&mut self) {
        let query = hunting_query(&self.hunt.exclusions, &self.query, Some(&self.hunt));
        self.overlay = Some(Overlay::Query(QueryOverlay { query, scroll: 0 }));
    }

    pub(in crate::tui) fn on_query_key(
        &mut self,
        overlay: QueryOverlay,
        key: KeyEvent,
    ) -> Vec<Effect> {
        let step = match commands::find(Key::from(key), &[]).map(|(command, _)| command) {
            Some(Command::Down) => Step::By(1),
            Some(Command::Up) => Step::By(-1),
            Some(Command::PageDown) => Step::Pages(1),
            Some(Command::PageUp) => Step::Pages(-1),
            Some(Command::First) => Step::First,
            Some(Command::Last) => Step::Last,
            Some(Command::Back | Command::ShowQuery | Command::Quit) => return Vec::new(),
            Some(Command::Export) if self.exporting => {
                self.notify("An export is still being written");
                Step::By(0)
            }
            Some(Command::Export) => {
                let dialog = ExportDialog::of(Subject::Query(overlay.query), self);
                self.overlay = Some(Overlay::Export(dialog));
                return Vec::new();
            }
            _ => Step::By(0),
        };
        self.scroll_query(overlay, step);
        Vec::new()
    }

    pub(in crate::tui) fn scroll_query(&mut self, mut overlay: QueryOverlay, step: Step) {
        let page = panes::query::page(self.screen);
        let lines = panes::query::lines(&overlay.query, self.screen, &self.theme).len();
        overlay.scroll = scrolled(overlay.scroll, step, page).min(lines.saturating_sub(page));
        self.overlay = Some(Overlay::Query(overlay));
    }
}
