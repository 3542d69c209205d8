//! One email: what is read first, what the companion tables say of it, then every column of the export,
//! JSON in text laid out.

mod companions;

use super::super::app::{App, Pane};
use super::super::text::LineBuilder;
use super::super::theme::Theme;
use super::ranking::domain_label;
use super::{draw_border, draw_row, draw_scroll_mark, title};
use crate::events::EventId;
use crate::events::schema::names;
use crate::events::time::EventTime;
use crate::hunt::emails::ThreatEmail;
use crate::hunt::exclusion::ExclusionSet;
use crate::hunt::facets::DMARC_KEY;
use crate::hunt::key_values::{self, Answer};
use crate::hunt::query::Shown;
use crate::hunt::selection::Hiding;
use crate::hunt::{Hunt, Query};
use crate::printable::Printable;
use crate::quantities;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use serde_json::Value;

/// The most values of other copies that are shown.
const COPIES_SHOWN: usize = 4;

/// The most of a value that is laid out, in bytes; the end says how much more there is.
const LONGEST_VALUE: usize = 16 << 10;

/// The most lines of the subject at the top.
const SUBJECT_LINES: usize = 3;

/// What follows a subject that was cut, where there is room and where there is not.
const CUT_LONG: &str = "… (in full below)";
const CUT_SHORT: &str = "…";

/// The most columns for the names of fields.
const WIDEST_NAME: usize = 24;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = &app.theme;
    let heading = match app.query.shown {
        Shown::Visible => title(app, Pane::Email).text("Email ", theme.strong),
        Shown::Hidden => title(app, Pane::Email).text("Hidden email ", theme.warning),
    };
    let heading = match (app.email.row, &app.email.email) {
        (Some(row), _) => {
            let (row, all) = (row as u64 + 1, app.emails.length as u64);
            let of = format!(
                "{} of {} ",
                quantities::number(row),
                quantities::number(all)
            );
            heading.text(of, theme.text)
        }
        (None, Some(email)) => {
            heading.text(why_not_listed(&app.hunt, &app.query, email), theme.warning)
        }
        (None, None) => heading,
    };
    let domain = app
        .email
        .email
        .map(|email| app.hunt.store.cell(email.id, names::SENDER_FROM_DOMAIN));
    let room = usize::from(area.width).saturating_sub(6);
    let heading = match domain {
        Some(domain) => heading
            .text("from ", theme.dim)
            .rest(domain_label(domain), room, theme.strong)
            .blanks(1),
        None => heading,
    };
    let inner = draw_border(app, frame, area, Some(Pane::Email), heading.build(), None);
    let lines = app
        .email
        .lines
        .iter()
        .skip(app.email.scroll)
        .take(usize::from(inner.height));
    for (row, line) in lines.enumerate() {
        draw_row(frame, inner, row, line);
    }
    draw_scroll_mark(frame, inner, app.email.scroll, app.email.lines.len(), theme);
}

/// Why the open email is not in the list it was opened from.
fn why_not_listed(hunt: &Hunt, query: &Query, email: &ThreatEmail) -> &'static str {
    let is_in_range = query.hours.as_ref().is_none_or(|hours| {
        let hour = email.time.map(EventTime::hour);
        hour.is_some_and(|hour| hours.contains(&hour))
    });
    match query.shown {
        _ if !is_in_range => "outside the time range, ",
        Shown::Visible if query.hours.is_some() && hunt.hiding(email, query).is_none() => {
            "not ranked in this time range, "
        }
        Shown::Visible => "hidden by the active exclusions, ",
        Shown::Hidden => "no longer hidden, ",
    }
}

/// The email as lines of that width.
pub(in crate::tui) fn lines(
    hunt: &Hunt,
    query: &Query,
    email: &ThreatEmail,
    width: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let id = email.id;
    let cells: Vec<(&str, &[u8])> = hunt.store.cells(id).collect();
    let widest = cells
        .iter()
        .map(|(name, _)| Printable::clipped(name.as_bytes(), WIDEST_NAME).width());
    let name_width = widest.max().unwrap_or_default().min(width * 2 / 5).max(1);
    let mut page = Page {
        theme,
        width,
        name_width,
        lines: Vec::new(),
    };
    page.alarms(hunt, id);
    page.head(hunt, id);
    page.exclusions(hunt, query, email);
    page.companions(hunt, id);
    page.lines.push(Line::default());
    for (name, cell) in &cells {
        page.field(name, cell);
    }
    page.lines
}

/// The lines of an email while they are laid out.
struct Page<'t> {
    theme: &'t Theme,
    width: usize,
    name_width: usize,
    lines: Vec<Line<'static>>,
}

impl Page<'_> {
    /// What an analyst reads first: the subject, who says to have sent it to whom, the verdict, and
    /// whether the sender's domain vouches for it.
    fn head(&mut self, hunt: &Hunt, id: EventId) {
        let theme = self.theme;
        let cell = |name| hunt.store.cell(id, name);
        self.subject(or_dash(cell(names::SUBJECT)));
        let address = cell(names::SENDER_FROM_ADDRESS);
        let from = match cell(names::SENDER_DISPLAY_NAME) {
            b"" => address.to_vec(),
            name => [name, b" <", address, b">"].concat(),
        };
        self.value("From", or_dash(&from), theme.strong);
        let (envelope, shown) = (
            cell(names::SENDER_MAIL_FROM_DOMAIN),
            cell(names::SENDER_FROM_DOMAIN),
        );
        if !envelope.is_empty() && !envelope.eq_ignore_ascii_case(shown) {
            self.value("Envelope from", envelope, theme.warning);
        }
        let to = cell(names::RECIPIENT_EMAIL_ADDRESS);
        self.value("To", or_dash(to), theme.text);
        let verdict = verdict(
            cell(names::THREAT_TYPES),
            [cell(names::DELIVERY_ACTION), cell(names::DELIVERY_LOCATION)],
            [
                cell(names::LATEST_DELIVERY_ACTION),
                cell(names::LATEST_DELIVERY_LOCATION),
            ],
        );
        self.value("Verdict", or_dash(&verdict), theme.danger);
        self.authentication(cell(names::AUTHENTICATION_DETAILS));
        let copies = hunt.store.differing_copies.said_otherwise(id);
        for (name, cell) in copies.iter().take(COPIES_SHOWN) {
            let said = [name.as_bytes(), b": ", cell].concat();
            self.value("Another copy", &said, theme.warning);
        }
        if let Some(more @ 1..) = copies.len().checked_sub(COPIES_SHOWN) {
            let more = format!(
                "{} more that differ",
                quantities::count(more as u64, "value")
            );
            self.value("Another copy", more.as_bytes(), theme.warning);
        }
    }

    /// The subject in at most [`SUBJECT_LINES`] lines, so that a long one does not push everything else out of
    /// sight. All of it is among the columns below.
    fn subject(&mut self, subject: &[u8]) {
        let style = self.theme.strong;
        let room = self.value_room();
        let lines = Printable::multiline(subject, room, LONGEST_VALUE);
        if lines.len() <= SUBJECT_LINES {
            self.beside("Subject", lines, style, 0, "");
            return;
        }
        let mark = if room >= 50 { CUT_LONG } else { CUT_SHORT };
        let room = room.saturating_sub(mark.chars().count()).max(1);
        let mut lines = Printable::multiline(subject, room, LONGEST_VALUE);
        lines.truncate(SUBJECT_LINES);
        self.beside("Subject", lines, style, 0, mark);
    }

    /// The results of authentication in one line.
    fn authentication(&mut self, details: &[u8]) {
        let label = self.theme.label;
        let mut builder =
            LineBuilder::new(self.theme)
                .blanks(1)
                .left("Authentication", self.name_width, label);
        let results = key_values::all_of(details).filter(|_| !details.is_empty());
        let results: Vec<(String, String)> = match results {
            Some(results) => results,
            None if details.is_empty() => {
                self.lines.push(builder.text("-", self.theme.dim).build());
                return;
            }
            None => {
                let line = builder
                    .rest("unreadable: ", self.width, self.theme.warning)
                    .rest(details, self.width, self.theme.dim);
                self.lines.push(line.build());
                return;
            }
        };
        for (check, result) in &results {
            let style = self.verdict_style(result);
            let room = self.width;
            builder = builder
                .rest(format!("{check} "), room, self.theme.dim)
                .rest(format!("{result}  "), room, style);
        }
        if key_values::value_of(details, DMARC_KEY) == Answer::Unreadable {
            let said = format!("{DMARC_KEY} unreadable");
            builder = builder.rest(said, self.width, self.theme.warning);
        }
        self.lines.push(builder.build());
    }

    /// Says which exclusions hide this email, and which it meets that are off.
    fn exclusions(&mut self, hunt: &Hunt, query: &Query, email: &ThreatEmail) {
        let titles = |exclusions: ExclusionSet| {
            let exclusions = exclusions.iter();
            let titles: Vec<&str> = exclusions
                .filter_map(|index| hunt.exclusions.get(index))
                .map(|exclusion| exclusion.title.as_str())
                .collect();
            titles.join(", ")
        };
        let hiding = hunt.hiding(email, query).map(|hiding| match hiding {
            Hiding::Itself(exclusions) => titles(exclusions),
            Hiding::Outbound(exclusions) => format!(
                "{}, because all mail we sent to its domain is hidden",
                titles(exclusions)
            ),
        });
        if let Some(hiding) = hiding {
            self.value("Hidden by", hiding.as_bytes(), self.theme.warning);
        }
        let off = email.mask.without(query.active);
        if !off.is_empty() {
            let off = format!("{} (off)", titles(off));
            self.value("Matches", off.as_bytes(), self.theme.on);
        }
    }

    /// A column: its name, and its value as text or, where it is JSON, as a tree.
    fn field(&mut self, name: &str, cell: &[u8]) {
        if cell.is_empty() {
            self.value(name, or_dash(cell), self.theme.dim);
            return;
        }
        if let Some(json) = structured(cell) {
            self.json(name, &json, 0);
            return;
        }
        let style = match name {
            names::THREAT_TYPES => self.theme.danger,
            names::SUBJECT | names::SENDER_FROM_ADDRESS | names::SENDER_FROM_DOMAIN => {
                self.theme.strong
            }
            _ => self.theme.text,
        };
        self.value(name, cell, style);
    }

    fn value(&mut self, name: &str, value: &[u8], style: Style) {
        self.indented(name, value, style, 0);
    }

    /// A name, indented by so many steps, and its value beside it, wrapped.
    fn indented(&mut self, name: &str, value: &[u8], style: Style, depth: usize) {
        let lines = Printable::multiline(value, self.value_room(), LONGEST_VALUE);
        self.beside(name, lines, style, depth, "");
    }

    /// The cells beside the names.
    fn value_room(&self) -> usize {
        self.width.saturating_sub(self.name_width + 2).max(1)
    }

    /// A name, indented by so many steps, the lines beside it, and a mark after the last of them.
    fn beside(
        &mut self,
        name: &str,
        lines: Vec<Printable>,
        style: Style,
        depth: usize,
        mark: &'static str,
    ) {
        let indent = (depth * 2).min(self.name_width.saturating_sub(1));
        let label = self.theme.label;
        let last = lines.len().saturating_sub(1);
        for (row, value) in lines.into_iter().enumerate() {
            let builder = LineBuilder::new(self.theme).blanks(1);
            let builder = if row == 0 {
                let name_room = self.name_width - indent;
                builder.blanks(indent).left(name, name_room, label)
            } else {
                builder.blanks(self.name_width + 1)
            };
            let builder = builder.printable(value, style);
            let mark = if row == last { mark } else { "" };
            self.lines.push(builder.text(mark, self.theme.dim).build());
        }
    }

    /// JSON as a tree: a name beside each value, deeper ones indented.
    fn json(&mut self, name: &str, value: &Value, depth: usize) {
        match value {
            Value::Object(entries) if !entries.is_empty() => {
                self.indented(name, b"", self.theme.text, depth);
                for (key, value) in entries {
                    self.json(key, value, depth + 1);
                }
            }
            Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
                self.indented(name, b"", self.theme.text, depth);
                for (number, item) in items.iter().enumerate() {
                    self.json(&format!("{}.", number + 1), item, depth + 1);
                }
            }
            Value::Array(items) => {
                let texts: Vec<String> = items.iter().map(plain).collect();
                let text = if texts.is_empty() {
                    "(none)".to_owned()
                } else {
                    texts.join("\n")
                };
                self.indented(name, text.as_bytes(), self.theme.text, depth);
            }
            scalar => {
                let text = plain(scalar);
                let style = self.verdict_style(&text);
                self.indented(name, text.as_bytes(), style, depth);
            }
        }
    }

    /// The results of authentication are read first.
    fn verdict_style(&self, text: &str) -> Style {
        match text.to_ascii_lowercase().as_str() {
            "pass" => self.theme.good,
            "fail" | "softfail" => self.theme.warning,
            _ => self.theme.text,
        }
    }
}

/// The threat types, and action and location at delivery and now, as far as they are known.
fn verdict(threat_types: &[u8], at_delivery: [&[u8]; 2], now: [&[u8]; 2]) -> Vec<u8> {
    let labelled = |label: &str, parts: [&[u8]; 2]| {
        let known = parts.into_iter().filter(|part| !part.is_empty());
        let known = known.collect::<Vec<_>>().join(b", ".as_slice());
        if known.is_empty() {
            known
        } else {
            [label.as_bytes(), &known].concat()
        }
    };
    let [at_delivery, now] = if at_delivery == now {
        [labelled("at delivery and now: ", now), Vec::new()]
    } else {
        [
            labelled("at delivery: ", at_delivery),
            labelled("now: ", now),
        ]
    };
    let parts = [threat_types.to_vec(), at_delivery, now];
    let parts: Vec<Vec<u8>> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ".as_bytes())
}

/// The object or array in a cell, if it is one.
fn structured(cell: &[u8]) -> Option<Value> {
    let start = cell.iter().find(|byte| !byte.is_ascii_whitespace())?;
    if !matches!(start, b'{' | b'[') || cell.len() > LONGEST_VALUE {
        return None;
    }
    let value: Value = serde_json::from_slice(cell).ok()?;
    (value.is_object() || value.is_array()).then_some(value)
}

fn or_dash(cell: &[u8]) -> &[u8] {
    if cell.is_empty() { b"-" } else { cell }
}

/// A scalar as text, without the quotes of JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
