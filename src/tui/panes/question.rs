//! A question as drawn: what there is to know, and the keys that answer it.

use super::super::app::App;
use super::super::question::Question;
use super::super::text::LineBuilder;
use super::{centred, draw_dialog, draw_row};
use crate::printable::Printable;
use ratatui::Frame;

const WIDTH: u16 = 76;

/// The most bytes of a sentence that are shown: titles may be long.
const MOST_BYTES: usize = 1024;

pub(super) fn draw(app: &App, question: &Question, frame: &mut Frame<'_>) {
    let theme = &app.theme;
    let screen = frame.area();
    let width = usize::from(centred(screen, WIDTH, 1).width).saturating_sub(4);
    let sentences = question.sentences.iter();
    let lines = sentences
        .flat_map(|sentence| Printable::wrapped(sentence.as_bytes(), width.max(1), MOST_BYTES));
    let mut lines: Vec<Printable> = lines.collect();
    let answers = answer_rows(question, width);
    // The keys are seen on every screen, whatever titles say.
    let most = usize::from(centred(screen, WIDTH, u16::MAX).height);
    let room = most.saturating_sub(2 + answers.len());
    let is_cut = lines.len() > room;
    lines.truncate(room);
    let height = lines.len() + answers.len() + 2;
    let title = format!(" {} ", question.title);
    let title = LineBuilder::new(theme).text(title, theme.strong).build();
    let inner = draw_dialog(frame, WIDTH, height as u16, title, theme);
    let sentences = lines.len();
    for (row, text) in lines.into_iter().enumerate() {
        let mut line = LineBuilder::new(theme)
            .blanks(1)
            .printable(text, theme.text);
        if is_cut && row + 1 == room {
            line = line.text("…", theme.dim);
        }
        draw_row(frame, inner, row, &line.build());
    }
    for (row, keys) in answers.into_iter().enumerate() {
        let mut line = LineBuilder::new(theme).blanks(1);
        for (key, word) in keys {
            line = line
                .text(key, theme.key)
                .text(format!(" {word}"), theme.text)
                .blanks(3);
        }
        draw_row(frame, inner, sentences + row, &line.build());
    }
}

type Answer = (&'static str, &'static str);

/// The answers in rows of that width.
fn answer_rows(question: &Question, width: usize) -> Vec<Vec<Answer>> {
    let mut rows: Vec<Vec<Answer>> = Vec::new();
    let mut taken = width;
    for &(key, word) in &question.answers {
        let needed = key.len() + 1 + word.len();
        match rows.last_mut() {
            Some(row) if taken + 3 + needed <= width => {
                row.push((key, word));
                taken += 3 + needed;
            }
            _ => {
                rows.push(vec![(key, word)]);
                taken = needed;
            }
        }
    }
    rows
}
