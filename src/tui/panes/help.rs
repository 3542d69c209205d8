//! The help: every key, from the table of commands.

use super::super::app::App;
use super::super::commands::{COMMANDS, Context};
use super::super::text::LineBuilder;
use super::super::theme::Theme;
use super::threat_mix;
use super::{centred, draw_dialog, draw_row, draw_scroll_mark};
use crate::printable::Printable;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

const WIDTH: u16 = 96;
const KEYS_WIDTH: usize = 16;

/// What the numbers beside an exclusion count.
const LEGEND_OF_COSTS: &str = "Exclusions: emails are sent mail and threats together; a domain counts when it drops out of \
                               the ranking. \"unique\" is what comes back when you switch this one off while the \
                               others stay on: that can be more domains than it takes out on its own.";

/// What the help says about arrows in the title of the exclusions.
const LEGEND_OF_ARROWS: &str =
    "Exclusions: ↑3 ↓5 in the title says that there are 3 more above and 5 more below.";

fn height() -> u16 {
    COMMANDS.len() as u16 + 11
}

/// The lines of the help that fit the screen.
pub(in crate::tui) fn page(screen: Rect) -> usize {
    usize::from(centred(screen, WIDTH, height()).height.saturating_sub(2)).max(1)
}

/// The whole text for a screen.
pub(in crate::tui) fn lines(theme: &Theme, screen: Rect) -> Vec<Line<'static>> {
    let width = usize::from(centred(screen, WIDTH, height()).width).saturating_sub(2);
    let keys_width = KEYS_WIDTH.min(width / 3);
    let room = width.saturating_sub(keys_width + 2).max(1);
    let mut lines = Vec::new();
    for entry in COMMANDS.iter().filter(|entry| !entry.keys.is_empty()) {
        let doc = match entry.context {
            Context::Anywhere => entry.doc.to_owned(),
            context => format!("{} ({})", entry.doc, context.title()),
        };
        let keys = Printable::multiline(entry.key_labels().as_bytes(), keys_width, 1024);
        let doc = Printable::multiline(doc.as_bytes(), room, 4096);
        let rows = keys.len().max(doc.len());
        let (mut keys, mut doc) = (keys.into_iter(), doc.into_iter());
        for _ in 0..rows {
            let mut builder = LineBuilder::new(theme).blanks(1);
            if let Some(keys) = keys.next() {
                builder = builder.printable(keys, theme.key);
            }
            builder = builder.fill_to(keys_width + 2);
            if let Some(doc) = doc.next() {
                builder = builder.printable(doc, theme.text);
            }
            lines.push(builder.build());
        }
    }
    lines.push(Line::default());
    let mouse = "Mouse: click selects, a second click opens, the wheel scrolls";
    for note in [mouse, threat_mix::LEGEND, LEGEND_OF_COSTS, LEGEND_OF_ARROWS] {
        for text in Printable::wrapped(note.as_bytes(), width.saturating_sub(1).max(1), 1024) {
            let builder = LineBuilder::new(theme).blanks(1);
            lines.push(builder.printable(text, theme.dim).build());
        }
    }
    lines
}

pub(super) fn draw(app: &App, scroll: usize, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = LineBuilder::new(theme).text(" Keys ", theme.strong).build();
    let inner = draw_dialog(frame, WIDTH, height(), title, theme);
    let lines = lines(theme, frame.area());
    for (row, line) in lines
        .iter()
        .skip(scroll)
        .take(usize::from(inner.height))
        .enumerate()
    {
        draw_row(frame, inner, row, line);
    }
    draw_scroll_mark(frame, inner, scroll, lines.len(), theme);
}
