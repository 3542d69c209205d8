//! Exclude like this, as drawn: the proposals, or the definition being edited, and what it would hide.

use super::super::app::App;
use super::super::exclude_dialog::{Editor, ExcludeDialog, Preview};
use super::super::text::LineBuilder;
use super::{TextField, centred, draw_dialog, draw_row, draw_scroll_mark, place_cursor, style_row};
use crate::hunt::exclusion::{Exclusion, Scope, writing};
use crate::hunt::view::ExclusionEffect;
use crate::printable::Printable;
use crate::quantities::{count, number};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

const WIDTH: u16 = 110;
const HEIGHT: u16 = 27;

/// The rows below the list or the text: what it would hide or what is wrong.
const ROWS_BELOW: u16 = 3;

/// The rows of the definition that is shown below the proposals, where there is room.
const ROWS_OF_DEFINITION: u16 = 9;

/// The height from which the definition of a proposal is shown too.
const HEIGHT_WITH_DEFINITION: u16 = 18;

/// Where the list or the text is.
fn body(screen: Rect, edits: bool) -> Rect {
    let area = centred(screen, WIDTH, HEIGHT);
    let below = if edits || area.height < HEIGHT_WITH_DEFINITION {
        ROWS_BELOW
    } else {
        ROWS_BELOW + ROWS_OF_DEFINITION + 1
    };
    Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2 + below),
    }
}

/// Where the proposals are listed: below the field that narrows them.
fn list(screen: Rect) -> Rect {
    let body = body(screen, false);
    Rect {
        y: body.y + 1,
        height: body.height.saturating_sub(1),
        ..body
    }
}

/// The proposals that fit.
pub(in crate::tui) fn page(screen: Rect) -> usize {
    usize::from(list(screen).height).max(1)
}

pub(super) fn draw(app: &App, dialog: &ExcludeDialog, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let title = match (&dialog.editor, dialog.show_only) {
        (Some(_), _) => " Exclusion as text ",
        (None, true) => " Show only emails like this ",
        (None, false) => " Exclude emails like this ",
    };
    let title = LineBuilder::new(theme).text(title, theme.strong).build();
    let inner = draw_dialog(frame, WIDTH, HEIGHT, title, theme);
    let body = body(frame.area(), dialog.editor.is_some());
    match &dialog.editor {
        Some(editor) => draw_text(app, editor, frame, body),
        None => draw_proposals(app, dialog, frame, body),
    }
    draw_preview(app, dialog, frame, inner);
}

fn draw_proposals(app: &App, dialog: &ExcludeDialog, frame: &mut Frame<'_>, body: Rect) {
    let theme = &app.theme;
    let narrowing = TextField {
        label: ">",
        input: &dialog.narrowing,
        row: 0,
        has_cursor: true,
    };
    narrowing.draw(frame, body, theme);
    let body = list(frame.area());
    let width = usize::from(body.width);
    let (offset, index) = (dialog.cursor.offset(), dialog.cursor.index());
    let left = dialog.left();
    if left.is_empty() {
        let nothing = "no proposal contains this: Backspace, or Esc";
        let nothing = LineBuilder::new(theme)
            .blanks(1)
            .rest(nothing, width, theme.dim);
        draw_row(frame, body, 0, &nothing.build());
    }
    let shown = left.iter().enumerate().skip(offset);
    for (row, (place, proposal)) in shown.take(usize::from(body.height)).enumerate() {
        let selected = place == index;
        let proposal = dialog.turned(proposal);
        let mark = if selected { "▶" } else { " " };
        let side = match proposal.scope {
            Scope::Inbound => "",
            Scope::Outbound | Scope::Both => "  and our mail to it",
        };
        let line = LineBuilder::new(theme)
            .text(mark, theme.text)
            .rest(&proposal.title, width, theme.strong)
            .rest(side, width, theme.dim);
        draw_row(frame, body, row, &line.build());
        if selected {
            style_row(frame, body, row, theme.selected);
        }
    }
    draw_scroll_mark(frame, body, offset, left.len(), theme);
    if let Some(proposal) = left.get(index) {
        draw_definition(app, &dialog.turned(proposal), frame, body);
    }
}

/// The definition of the selected proposal, below the list where there is room.
fn draw_definition(app: &App, proposal: &Exclusion, frame: &mut Frame<'_>, list: Rect) {
    if centred(frame.area(), WIDTH, HEIGHT).height < HEIGHT_WITH_DEFINITION {
        return;
    }
    let theme = &app.theme;
    let area = Rect {
        y: list.bottom() + 1,
        height: ROWS_OF_DEFINITION,
        ..list
    };
    let text = writing::definition(proposal);
    for (row, line) in text.lines().take(usize::from(area.height)).enumerate() {
        let width = usize::from(area.width);
        let line = LineBuilder::new(theme)
            .blanks(1)
            .rest(line, width, theme.dim);
        draw_row(frame, area, row, &line.build());
    }
}

/// The text around its cursor. It goes through `Printable` as all text does, so that the cursor is where
/// the letters before it end.
fn draw_text(app: &App, editor: &Editor, frame: &mut Frame<'_>, body: Rect) {
    let theme = &app.theme;
    let cursor = editor.text.cursor();
    let (height, width) = (
        usize::from(body.height),
        usize::from(body.width).saturating_sub(2),
    );
    let first = cursor.0.saturating_sub(height.saturating_sub(1));
    let before: String = editor.text.lines()[cursor.0]
        .chars()
        .take(cursor.1)
        .collect();
    let column = Printable::new(before.as_bytes()).width();
    let skipped = column.saturating_sub(width.saturating_sub(1));
    for (row, line) in editor
        .text
        .lines()
        .iter()
        .skip(first)
        .take(height)
        .enumerate()
    {
        let is_here = first + row == cursor.0;
        let line = if is_here {
            from_cell(line, skipped)
        } else {
            line.as_str()
        };
        let builder = LineBuilder::new(theme).blanks(1).rest(
            line,
            width + 1,
            style_of(line, theme.text, theme.dim),
        );
        draw_row(frame, body, row, &builder.build());
    }
    let start = Position::new(body.x + 1, body.y + (cursor.0 - first) as u16);
    place_cursor(frame, start, column - skipped, body.width.saturating_sub(1));
}

/// Comments and the heads of tables step back.
fn style_of(line: &str, text: Style, dim: Style) -> Style {
    if line.starts_with(['#', '[']) {
        dim
    } else {
        text
    }
}

/// A line from the letter that stands at a cell on.
fn from_cell(line: &str, cell: usize) -> &str {
    let mut starts = line.char_indices().map(|(start, _)| start);
    let start = starts.find(|&start| Printable::new(&line.as_bytes()[..start]).width() >= cell);
    &line[start.unwrap_or(line.len())..]
}

fn draw_preview(app: &App, dialog: &ExcludeDialog, frame: &mut Frame<'_>, inner: Rect) {
    let theme = &app.theme;
    let width = usize::from(inner.width);
    let first = usize::from(inner.height).saturating_sub(usize::from(ROWS_BELOW));
    if let Some(Editor {
        read: Err(reason), ..
    }) = &dialog.editor
    {
        let lines = Printable::multiline(reason.as_bytes(), width.saturating_sub(1).max(1), 1024);
        for (row, line) in lines.into_iter().take(usize::from(ROWS_BELOW)).enumerate() {
            let line = LineBuilder::new(theme)
                .blanks(1)
                .printable(line, theme.warning);
            draw_row(frame, inner, first + row, &line.build());
        }
        return;
    }
    let (text, style) = match &dialog.preview {
        Preview::Nothing => (String::new(), theme.dim),
        Preview::Refused(reason) => (reason.clone(), theme.warning),
        Preview::Counting => ("calculating…".to_owned(), theme.dim),
        Preview::Counted(_, effect) => (would_hide(*effect, dialog.hides_others()), theme.on),
    };
    let line = LineBuilder::new(theme).blanks(1).rest(text, width, style);
    draw_row(frame, inner, first + 1, &line.build());
}

fn would_hide(effect: ExclusionEffect, hides_others: bool) -> String {
    let marginal = effect.marginal;
    if marginal.emails == 0 {
        return "would hide nothing that is shown".to_owned();
    }
    let what = if hides_others {
        "hide everything else:"
    } else {
        "hide"
    };
    let (emails, domains) = (
        count(marginal.emails, "email"),
        count(marginal.domains, "domain"),
    );
    let would = format!("would {what} {emails}, {domains}");
    if effect.by_itself.emails == marginal.emails {
        return would;
    }
    format!("{would} · on its own: {}", number(effect.by_itself.emails))
}
