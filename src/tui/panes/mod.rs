//! The panes: one file each, drawn from `&App`. Drawing changes nothing.

pub mod email;
pub mod emails;
pub mod exclude;
pub mod exclusions;
mod export;
pub mod files;
pub mod footer;
pub mod header;
pub mod help;
pub mod palette;
pub mod query;
mod question;
pub mod ranking;
mod rename;
mod save;
pub mod summary;
mod threat_mix;
pub mod timeline;

use super::app::{App, Overlay, Pane, SearchState};
use super::layout::{LEAST_HEIGHT, LEAST_WIDTH};
use super::text::{self, LineBuilder, line};
use super::theme::Theme;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear};
use tui_input::Input;

/// Draws everything.
pub fn draw(app: &App, frame: &mut Frame<'_>) {
    if frame.area() != app.screen {
        // The terminal has become another size just now. The frame for it comes next; areas of this
        // one could lie outside of it.
        return;
    }
    let Some(areas) = app.areas() else {
        draw_too_small(app, frame);
        return;
    };
    header::draw(app, frame, areas.header);
    if let Some(area) = areas.ranking {
        ranking::draw(app, frame, area);
    }
    if let Some(area) = areas.summary {
        summary::draw(app, frame, area);
    }
    if let Some(area) = areas.emails {
        emails::draw(app, frame, area);
    }
    if let Some(area) = areas.timeline {
        timeline::draw(app, frame, area);
    }
    if let Some(area) = areas.email {
        email::draw(app, frame, area);
    }
    if let Some(area) = areas.files {
        files::draw(app, frame, area);
    }
    if let Some(area) = areas.exclusions {
        exclusions::draw(app, frame, area);
    }
    footer::draw(app, frame, areas.footer);
    if let Some(overlay) = &app.overlay {
        draw_overlay(app, overlay, frame);
    }
    footer::draw_notice(app, frame, areas.footer);
}

fn draw_overlay(app: &App, overlay: &Overlay, frame: &mut Frame<'_>) {
    match overlay {
        Overlay::Help(scroll) => help::draw(app, *scroll, frame),
        Overlay::Palette(state) => palette::draw(app, state, frame),
        Overlay::Export(dialog) => export::draw(app, dialog, frame),
        Overlay::Exclude(dialog) => exclude::draw(app, dialog, frame),
        Overlay::Query(overlay) => query::draw(app, overlay, frame),
        Overlay::Rename(dialog) => rename::draw(app, dialog, frame),
        Overlay::Save(dialog) => save::draw(app, dialog, frame),
        Overlay::Question(question) => {
            if let Some(under) = question.under() {
                draw_overlay(app, under, frame);
            }
            question::draw(app, question, frame);
        }
        Overlay::Search(_) => {}
    }
}

fn draw_too_small(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.is_empty() {
        return;
    }
    let (width, height) = (app.screen.width, app.screen.height);
    let sentences = match &app.overlay {
        Some(Overlay::Question(question)) if question.is_about_leaving() => {
            [question.title.to_owned(), "y ^C quit, n stays".to_owned()]
        }
        _ => [
            format!("mailhunt needs {LEAST_WIDTH}×{LEAST_HEIGHT},"),
            format!("this is {width}×{height}. q quits"),
        ],
    };
    for (row, sentence) in sentences.into_iter().enumerate() {
        let text =
            LineBuilder::new(&app.theme).rest(sentence, usize::from(area.width), app.theme.text);
        draw_row(frame, area, row, &text.build());
    }
}

/// Draws a line on the `row`-th row of an area, if there is such a row.
fn draw_row(frame: &mut Frame<'_>, area: Rect, row: usize, line: &Line<'_>) {
    if row >= usize::from(area.height) {
        return;
    }
    let row = Rect {
        y: area.y + row as u16,
        height: 1,
        ..area
    };
    text::draw(line, row, frame.buffer_mut());
}

/// Gives the `row`-th row of an area a style over its whole width.
fn style_row(frame: &mut Frame<'_>, area: Rect, row: usize, style: Style) {
    if row >= usize::from(area.height) {
        return;
    }
    let row = Rect {
        y: area.y + row as u16,
        height: 1,
        ..area
    };
    frame.buffer_mut().set_style(row, style);
}

/// Draws the border of a pane with its title and a second title at the right, and gives the area inside.
fn draw_border(
    app: &App,
    frame: &mut Frame<'_>,
    area: Rect,
    pane: Option<Pane>,
    title: Line<'static>,
    right: Option<Line<'static>>,
) -> Rect {
    let focused = pane == Some(app.focus);
    let style = if focused {
        app.theme.border_focused
    } else {
        app.theme.border
    };
    let mut block = Block::bordered()
        .border_style(style)
        .title_style(app.theme.title)
        .title_top(title);
    if let Some(right) = right {
        block = block.title_top(right.right_aligned());
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// Draws a title on the lower border of a pane.
fn draw_lower_title(frame: &mut Frame<'_>, area: Rect, title: Option<Line<'static>>) {
    if let Some(title) = title {
        let place = Rect {
            x: area.x + 2,
            y: area.bottom().saturating_sub(1),
            width: (title.width() as u16).min(area.width.saturating_sub(4)),
            height: 1.min(area.height),
        };
        text::draw(&title, place, frame.buffer_mut());
    }
}

/// The title of a pane: a mark where it has the keys, so that colour is not the only sign.
fn title(app: &App, pane: Pane) -> LineBuilder<'_> {
    let focused = app.focus == pane;
    let mark = if focused { "▸" } else { " " };
    LineBuilder::new(&app.theme).text(mark, app.theme.border_focused)
}

/// The style of a selected row in a pane.
fn selected_style(app: &App, pane: Pane) -> Style {
    if app.focus == pane {
        app.theme.selected
    } else {
        app.theme.selected_elsewhere
    }
}

/// Draws at the right border how far a list is scrolled, where it does not fit.
fn draw_scroll_mark(
    frame: &mut Frame<'_>,
    rows: Rect,
    offset: usize,
    length: usize,
    theme: &Theme,
) {
    let page = usize::from(rows.height);
    if page == 0 || length <= page {
        return;
    }
    let track = page - 1;
    let place = offset * track / (length - page).max(1);
    let mark = Rect {
        x: rows.right(),
        y: rows.y + place.min(track) as u16,
        width: 1,
        height: 1,
    };
    if mark.x < frame.area().right() {
        frame.render_widget(line("█", theme.border_focused, theme), mark);
    }
}

/// Draws an empty frame in the middle of the screen for a dialog, and gives the area inside.
fn draw_dialog(
    frame: &mut Frame<'_>,
    width: u16,
    height: u16,
    title: Line<'static>,
    theme: &Theme,
) -> Rect {
    let area = centred(frame.area(), width, height);
    frame.render_widget(Clear, area);
    let block = Block::bordered()
        .border_style(theme.border_focused)
        .title_top(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// An area of at most that size in the middle of the screen. The last row stays in sight: it has the keys, and
/// what is told of what was typed.
fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(area.width);
    let room = area.height.saturating_sub(1).max(1).min(area.height);
    let height = height.min(room);
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// The search that is being typed in a list.
fn search_being_typed(app: &App, list: Pane) -> Option<&SearchState> {
    match &app.overlay {
        Some(Overlay::Search(search)) if search.list == list => Some(search),
        _ => None,
    }
}

/// Draws keys and what they do, as many as fit a row of a dialog.
fn draw_keys(
    frame: &mut Frame<'_>,
    inner: Rect,
    row: usize,
    keys: &[(&'static str, &'static str)],
    theme: &Theme,
) {
    let width = usize::from(inner.width);
    let mut builder = LineBuilder::new(theme).blanks(1);
    for (key, word) in keys {
        if builder.width() + key.chars().count() + word.chars().count() + 1 > width {
            break;
        }
        builder = builder
            .text(key, theme.key)
            .text(format!(" {word}"), theme.dim)
            .blanks(2);
    }
    draw_row(frame, inner, row, &builder.build());
}

/// A text field on a row of a dialog.
struct TextField<'a> {
    /// What it is called; empty where that is plain.
    label: &'a str,
    input: &'a Input,
    row: usize,
    /// Whether it is typed in.
    has_cursor: bool,
}

impl TextField<'_> {
    /// Draws as much of the text as there is room for, and the terminal's cursor where it is typed in.
    fn draw(&self, frame: &mut Frame<'_>, inner: Rect, theme: &Theme) {
        let mut builder = LineBuilder::new(theme).blanks(1);
        if !self.label.is_empty() {
            builder = builder.text(self.label, theme.label).blanks(1);
        }
        let (start, width) = (builder.width(), usize::from(inner.width));
        let room = width.saturating_sub(start + 1);
        let scroll = self.input.visual_scroll(room);
        let typed: String = self.input.value().chars().skip(scroll).collect();
        let line = builder.rest(typed, width, theme.strong).build();
        draw_row(frame, inner, self.row, &line);
        if self.has_cursor {
            let column = self.input.visual_cursor().saturating_sub(scroll);
            let at = Position::new(inner.x + start as u16, inner.y + self.row as u16);
            place_cursor(frame, at, column, room as u16);
        }
    }
}

/// The cells before the text of a search in a title: the mark and the slash.
const SEARCH_LABEL_WIDTH: usize = 2;

/// Puts the terminal's cursor into a text field that begins at `start` and is `width` cells wide.
fn place_cursor(frame: &mut Frame<'_>, start: Position, column: usize, width: u16) {
    let column = (column as u16).min(width.saturating_sub(1));
    frame.set_cursor_position(Position::new(start.x + column, start.y));
}
