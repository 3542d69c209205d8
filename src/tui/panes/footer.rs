//! The last line: a notice, or the keys that matter where the analyst is.

use super::super::app::{App, Overlay, Pane};
use super::super::commands::{self, Command};
use super::super::export_dialog::Field;
use super::super::text::LineBuilder;
use super::draw_row;
use ratatui::Frame;
use ratatui::layout::Rect;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = &app.theme;
    let width = usize::from(area.width);
    if let Some(notice) = &app.notice {
        let style = if notice.is_error {
            theme.warning
        } else {
            theme.on
        };
        let mark = if notice.is_error { " ! " } else { " " };
        let line = LineBuilder::new(theme)
            .text(mark, style)
            .rest(&notice.text, width, style)
            .build();
        draw_row(frame, area, 0, &line);
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

/// Those of what lies over the panes.
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
        Overlay::Rename(_) => &[("Enter", "apply"), ("Esc", "discard")],
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
