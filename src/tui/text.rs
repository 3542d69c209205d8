//! The only way from text to the screen: every span is made here, from a [`Printable`], so that
//! nothing hostile can become part of one.

use super::theme::Theme;
use crate::printable::{Printable, SegmentKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// As many as are usual between two columns.
const BLANKS: &str = "                                ";

/// Builds one line of the screen from left to right.
#[derive(Debug)]
pub struct LineBuilder<'t> {
    theme: &'t Theme,
    spans: Vec<Span<'static>>,
    width: usize,
}

impl<'t> LineBuilder<'t> {
    /// An empty line.
    pub fn new(theme: &'t Theme) -> Self {
        LineBuilder {
            theme,
            spans: Vec::new(),
            width: 0,
        }
    }

    /// The cells taken so far.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Adds text.
    #[must_use]
    pub fn text(self, text: impl AsRef<[u8]>, style: Style) -> Self {
        self.printable(Printable::new(text.as_ref()), style)
    }

    /// Adds text that is safe already.
    #[must_use]
    pub fn printable(mut self, printable: Printable, style: Style) -> Self {
        self.width += printable.width();
        for segment in printable.into_segments() {
            let style = match segment.kind {
                SegmentKind::Plain => style,
                SegmentKind::Hostile => self.theme.hostile,
            };
            self.spans.push(Span::styled(segment.text, style));
        }
        self
    }

    /// Adds blanks.
    #[must_use]
    pub fn blanks(mut self, count: usize) -> Self {
        if count > 0 {
            let blanks = match BLANKS.get(..count) {
                Some(blanks) => Span::raw(blanks),
                None => Span::raw(" ".repeat(count)),
            };
            self.spans.push(blanks);
            self.width += count;
        }
        self
    }

    /// Adds a column of `width` cells and a blank: text cut with `…`, at its left end.
    #[must_use]
    pub fn left(self, text: impl AsRef<[u8]>, width: usize, style: Style) -> Self {
        let printable = Printable::clipped(text.as_ref(), width);
        let rest = width - printable.width().min(width);
        self.printable(printable, style).blanks(rest + 1)
    }

    /// Adds a column of `width` cells and a blank: text cut with `…`, at its right end.
    #[must_use]
    pub fn right(self, text: impl AsRef<[u8]>, width: usize, style: Style) -> Self {
        let printable = Printable::clipped(text.as_ref(), width);
        let rest = width - printable.width().min(width);
        self.blanks(rest).printable(printable, style).blanks(1)
    }

    /// Adds text that is cut with `…` where it would go beyond `line_width` cells from the start.
    #[must_use]
    pub fn rest(self, text: impl AsRef<[u8]>, line_width: usize, style: Style) -> Self {
        let room = line_width.saturating_sub(self.width);
        self.printable(Printable::clipped(text.as_ref(), room), style)
    }

    /// Fills with blanks up to `line_width` cells from the start.
    #[must_use]
    pub fn fill_to(self, line_width: usize) -> Self {
        let room = line_width.saturating_sub(self.width);
        self.blanks(room)
    }

    /// The line.
    pub fn build(self) -> Line<'static> {
        Line::from(self.spans)
    }
}

/// A line of one text in one style.
pub fn line(text: impl AsRef<[u8]>, style: Style, theme: &Theme) -> Line<'static> {
    LineBuilder::new(theme).text(text, style).build()
}

/// Draws a line that was built here, from the left end of a row on, as far as that goes.
pub fn draw(line: &Line<'_>, row: Rect, buffer: &mut Buffer) {
    let row = row.intersection(buffer.area);
    if row.is_empty() {
        return;
    }
    let mut place = row.as_position();
    for span in &line.spans {
        if place.x == row.right() {
            return;
        }
        place.x = draw_span(span, place, row.right(), buffer);
    }
}

/// Draws a span up to the column `end` and gives the column after it.
fn draw_span(span: &Span<'_>, place: Position, end: u16, buffer: &mut Buffer) -> u16 {
    let room = end - place.x;
    if !span.content.is_ascii() {
        span.render(Rect::new(place.x, place.y, room, 1), buffer);
        // What is wider than the room has taken it, though the last cell may be left as it was.
        return place.x + span.width().min(usize::from(room)) as u16;
    }
    // Each of these letters has a cell of its own: they need not be taken apart, and most texts have no others.
    let first = buffer.index_of(place.x, place.y);
    let cells = &mut buffer.content[first..first + usize::from(room)];
    let mut drawn = 0;
    for (cell, letter) in cells.iter_mut().zip(span.content.chars()) {
        cell.set_char(letter).set_style(span.style);
        drawn += 1;
    }
    place.x + drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::buffer::Cell;

    #[test]
    fn columns_are_as_wide_as_told_whatever_the_text() {
        let theme = Theme::monochrome();
        let builder = LineBuilder::new(&theme)
            .left("日本語", 4, theme.text)
            .right("\u{202e}x", 3, theme.text);
        assert_eq!(builder.width(), 4 + 1 + 3 + 1);
    }

    #[test]
    fn a_line_is_drawn_as_ratatui_draws_it_wherever_it_ends() {
        let theme = Theme::monochrome();
        let line = LineBuilder::new(&theme)
            .text("plain", theme.strong)
            .blanks(2)
            .text("日本語é\u{1f469}\u{200d}\u{1f4bb}", theme.danger)
            .text("\x1b[2J", theme.text)
            .text("end", theme.dim)
            .build();
        let screen = Rect::new(0, 0, 30, 3);
        for x in 0..34 {
            for width in 0..34 {
                let row = Rect::new(x, 1, width, 1);
                let mut drawn = Buffer::filled(screen, Cell::new("#"));
                draw(&line, row, &mut drawn);
                let mut expected = Buffer::filled(screen, Cell::new("#"));
                line.clone().render(row, &mut expected);
                assert_eq!(drawn, expected, "{row}");
            }
        }
    }
}
