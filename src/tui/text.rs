//! The only way from text to the screen: every span is made here, from a [`Printable`], so that
//! nothing hostile can become part of one.

use super::theme::Theme;
use crate::printable::{Printable, SegmentKind};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

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
        let printable = Printable::new(text.as_ref());
        self.printable(&printable, style)
    }

    /// Adds text that is safe already.
    #[must_use]
    pub fn printable(mut self, printable: &Printable, style: Style) -> Self {
        for segment in printable.segments() {
            let style = match segment.kind {
                SegmentKind::Plain => style,
                SegmentKind::Hostile => self.theme.hostile,
            };
            self.spans.push(Span::styled(segment.text.clone(), style));
        }
        self.width += printable.width();
        self
    }

    /// Adds blanks.
    #[must_use]
    pub fn blanks(mut self, count: usize) -> Self {
        if count > 0 {
            self.spans.push(Span::raw(" ".repeat(count)));
            self.width += count;
        }
        self
    }

    /// Adds a column of `width` cells and a blank: text cut with `…`, at its left end.
    #[must_use]
    pub fn left(self, text: impl AsRef<[u8]>, width: usize, style: Style) -> Self {
        let printable = Printable::clipped(text.as_ref(), width);
        let rest = width - printable.width().min(width);
        self.printable(&printable, style).blanks(rest + 1)
    }

    /// Adds a column of `width` cells and a blank: text cut with `…`, at its right end.
    #[must_use]
    pub fn right(self, text: impl AsRef<[u8]>, width: usize, style: Style) -> Self {
        let printable = Printable::clipped(text.as_ref(), width);
        let rest = width - printable.width().min(width);
        self.blanks(rest).printable(&printable, style).blanks(1)
    }

    /// Adds text that is cut with `…` where it would go beyond `line_width` cells from the start.
    #[must_use]
    pub fn rest(self, text: impl AsRef<[u8]>, line_width: usize, style: Style) -> Self {
        let room = line_width.saturating_sub(self.width);
        let printable = Printable::clipped(text.as_ref(), room);
        self.printable(&printable, style)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_told_whatever_the_text() {
        let theme = Theme::monochrome();
        let builder = LineBuilder::new(&theme)
            .left("日本語", 4, theme.text)
            .right("\u{202e}x", 3, theme.text);
        assert_eq!(builder.width(), 4 + 1 + 3 + 1);
    }
}
