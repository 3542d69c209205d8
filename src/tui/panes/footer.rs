//! The last line: a notice, which may take more lines, or the keys that matter where the analyst is.

use super::super::app::{App, Overlay, Pane};
use super::super::commands::{self, Command};
use super::super::export_dialog::Field;
use super::super::text::LineBuilder;
use super::draw_row;
use crate::printable::Printable;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Clear;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = &app.theme;
    let width = usize::from(area.width);
    if app.notice.is_some() {
        return;
    }
    if app.exporting {
        let line = LineBuilder::new(theme).text(" writing…", theme.on).build();
        draw_row(frame, area, 0, &line);
        return;
    }
    let mut builder = LineBuilder::new(theme).blanks(1);
    for (key, word) in hints(app) {
        let taken = builder.width() + key.chars().count() + word.chars().count() + 1;
        if taken > width {
            break;
        }
        builder = builder
            .text(key, theme.key)
            .text(format!(" {word}"), theme.dim)
            .blanks(2);
    }
    draw_row(frame, area, 0, &builder.build());
}

/// Draws the notice in as many rows as it needs, over the panes and over a dialog, since it is about what was just
/// done there.
pub(super) fn draw_notice(app: &App, frame: &mut Frame<'_>, footer: Rect) {
    let Some(notice) = &app.notice else {
        return;
    };
    let theme = &app.theme;
    let (mark, style) = if notice.is_error {
        (" ! ", theme.warning)
    } else {
        (" ", theme.on)
    };
    let width = usize::from(footer.width).saturating_sub(mark.len() + 1);
    let mut lines = Printable::wrapped(notice.text.as_bytes(), width, MOST_BYTES);
    let most = usize::from(footer.bottom() / 2).max(1);
    let is_cut = lines.len() > most;
    lines.truncate(most);
    let height = lines.len() as u16;
    let area = Rect {
        y: footer.bottom().saturating_sub(height),
        height,
        ..footer
    };
    frame.render_widget(Clear, area);
    for (row, text) in lines.into_iter().enumerate() {
        let mark = if row == 0 { mark } else { &"   "[..mark.len()] };
        let mut line = LineBuilder::new(theme)
            .text(mark, style)
            .printable(text, style);
        if is_cut && row + 1 == most {
            line = line.text("…", style);
        }
        draw_row(frame, area, row, &line.build());
    }
}

/// The most bytes of a notice that are shown.
const MOST_BYTES: usize = 4096;

/// The keys of what lies over the panes.
fn hints_of_overlay(overlay: &Overlay) -> &[(&'static str, &'static str)] {
    match overlay {
        Overlay::Search(_) => &[("Enter", "keep"), ("Esc", "undo"), ("↑ ↓", "move")],
        Overlay::Help(_) => &[("Esc", "close"), ("j k", "scroll")],
        Overlay::Palette(_) => &[("Enter", "do"), ("Esc", "close"), ("↑ ↓", "move")],
        Overlay::Export(dialog) => match dialog.field {
            Field::Path => &[("Enter", "write"), ("Tab", "format"), ("Esc", "close")],
            Field::Columns => &[("Enter", "write"), ("Tab", "complete"), ("Esc", "close")],
        },
        Overlay::Exclude(dialog) => dialog.hints(),
        Overlay::Query(_) => &[("Esc", "close"), ("j k", "scroll"), ("e", "save")],
        Overlay::Rename(_) => super::rename::HINTS,
        Overlay::Save(dialog) => dialog.hints(),
        Overlay::Question(question) => &question.answers,
    }
}

/// Keys and what they do, the most useful first.
fn hints(app: &App) -> Vec<(String, String)> {
    if let Some(hints) = app.overlay.as_ref().map(hints_of_overlay) {
        let hints = hints.iter();
        return hints
            .map(|(key, word)| ((*key).to_owned(), (*word).to_owned()))
            .collect();
    }
    let listed: &[Command] = match app.focus {
        Pane::Ranking => &[
            Command::Help,
            Command::Search,
            Command::Open,
            Command::ToggleExclusion,
            Command::ExcludeLikeThis,
            Command::Undo,
            Command::SortByNextColumn,
            Command::Export,
            Command::Quit,
            Command::NextPane,
            Command::ShowTimeline,
            Command::ShowHidden,
            Command::ShowFiles,
            Command::MatchDomains,
            Command::Palette,
        ],
        Pane::Emails => &[
            Command::Help,
            Command::Search,
            Command::Open,
            Command::Back,
            Command::ToggleExclusion,
            Command::ExcludeLikeThis,
            Command::Export,
            Command::Quit,
            Command::SortByNextColumn,
            Command::NextPane,
            Command::Palette,
        ],
        Pane::Email => &[
            Command::Help,
            Command::Back,
            Command::NextEmail,
            Command::PreviousEmail,
            Command::ToggleExclusion,
            Command::ExcludeLikeThis,
            Command::Export,
            Command::Close,
            Command::Palette,
        ],
        Pane::Exclusions => &[
            Command::Help,
            Command::ToggleSelectedExclusion,
            Command::AddExclusion,
            Command::EditExclusion,
            Command::SaveExclusion,
            Command::RemoveExclusion,
            Command::RenameExclusion,
            Command::Undo,
            Command::ToggleAllExclusions,
            Command::ShowHidden,
            Command::Back,
            Command::NextPane,
            Command::Quit,
            Command::Palette,
        ],
        Pane::Timeline => &[
            Command::Help,
            Command::ChooseRange,
            Command::EarlierBar,
            Command::LaterBar,
            Command::CountAllTimes,
            Command::Back,
            Command::ChangeRangeScope,
            Command::Undo,
            Command::NextPane,
            Command::Quit,
            Command::Palette,
        ],
        Pane::Files => &[
            Command::Help,
            Command::Close,
            Command::Palette,
            Command::SwitchRecipientDomains,
        ],
    };
    let loading = (!app.load.finished).then_some(&Command::StopLoading);
    loading
        .into_iter()
        .chain(listed)
        .filter_map(|command| commands::entry(*command))
        .map(|entry| (entry.first_key_label(), entry.hint.to_owned()))
        .collect()
}
