//! The threat emails of the selected domain that count, or those that the exclusions hide, as they are searched
//! and sorted.

use super::super::app::{App, Pane};
use super::super::text::LineBuilder;
use super::ranking::domain_label;
use super::{
    SEARCH_LABEL_WIDTH, draw_border, draw_row, draw_scroll_mark, search_being_typed,
    selected_style, style_row, title,
};
use crate::events::schema::names;
use crate::events::{EventId, EventStore};
use crate::hunt::arranged_emails::{EmailSort, EmailSortColumn};
use crate::hunt::query::{Direction, Shown};
use crate::printable::Printable;
use crate::quantities::number;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

const TIME_WIDTH: usize = 11;
const THREATS_WIDTH: usize = 7;
const DELIVERY_WIDTH: usize = 9;

/// What the subject must have left before the recipient is shown beside it.
const SUBJECT_ROOM: usize = 24;

/// What it must have left before delivery and, after that, the sender are.
const LEAST_SUBJECT_ROOM: usize = 18;

/// The cells from which the sender is worth showing.
const LEAST_FROM_WIDTH: usize = 10;

/// An email in sight.
struct ShownEmail {
    id: EventId,
    /// The exclusions that hide it, where what is hidden is shown.
    hidden_by: String,
}

/// The widths of the columns; zero for one that is not shown.
struct Columns {
    /// What hides it; only where what is hidden is shown.
    hidden_by: usize,
    delivery: usize,
    from: usize,
    to: usize,
    subject: usize,
}

impl Columns {
    /// The widths for a pane of that width that shows these emails: addresses take what they need, up
    /// to a part of the room, and the subject has all that is left.
    fn for_emails(app: &App, shown: &[ShownEmail], width: usize) -> Self {
        let store = &app.hunt.store;
        let fixed = 1 + TIME_WIDTH + 1 + THREATS_WIDTH + 1;
        let all = width.saturating_sub(fixed);
        let hidden_by = match app.query.shown {
            Shown::Visible => 0,
            // Where there is little room, it is worth more than the subject.
            Shown::Hidden => widest(shown, (all / 3).max(26), |email| {
                email.hidden_by.clone().into()
            })
            .max("Hidden by".len())
            .min(all),
        };
        let room = match hidden_by {
            0 => all,
            taken => all.saturating_sub(taken + 1),
        };
        // Whether it was delivered says more than the sender, whose domain is known.
        let delivery = if room >= DELIVERY_WIDTH + 1 + LEAST_SUBJECT_ROOM {
            DELIVERY_WIDTH
        } else {
            0
        };
        let left = room.saturating_sub(if delivery > 0 { delivery + 1 } else { 0 });
        let most_from = (room / 3).min(left.saturating_sub(LEAST_SUBJECT_ROOM + 1));
        let from = if most_from >= LEAST_FROM_WIDTH {
            widest(shown, most_from, |email| from_label(app, email.id))
        } else {
            0
        };
        let left = left.saturating_sub(if from > 0 { from + 1 } else { 0 });
        let most = room / 4;
        let to = if left >= most + 1 + SUBJECT_ROOM {
            let address = |email: &ShownEmail| {
                store
                    .cell(email.id, names::RECIPIENT_EMAIL_ADDRESS)
                    .to_vec()
            };
            widest(shown, most, address)
        } else {
            0
        };
        let taken = [delivery, from, to]
            .iter()
            .filter(|width| **width > 0)
            .map(|width| width + 1)
            .sum::<usize>();
        Columns {
            hidden_by,
            delivery,
            from,
            to,
            subject: room.saturating_sub(taken),
        }
    }
}

/// The cells that the widest of these texts takes, within limits.
fn widest(shown: &[ShownEmail], most: usize, text: impl Fn(&ShownEmail) -> Vec<u8>) -> usize {
    let widths = shown
        .iter()
        .map(|email| Printable::clipped(&text(email), most).width());
    widths.max().unwrap_or_default().max("From".len())
}

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = &app.theme;
    let tally = tally(app);
    let heading = heading(app, area, tally.chars().count());
    let tally = LineBuilder::new(theme).text(tally, theme.text).build();
    let inner = draw_border(app, frame, area, Some(Pane::Emails), heading, Some(tally));
    if let Some(search) = search_being_typed(app, Pane::Emails) {
        let column = search.input.visual_cursor() + SEARCH_LABEL_WIDTH;
        let start = Position::new(area.x + 1, area.y);
        super::place_cursor(frame, start, column, area.width.saturating_sub(2));
    }
    if app.emails.length == 0 && app.emails.counted > 0 {
        draw_nothing_found(app, frame, inner);
        return;
    }
    if app.emails.length == 0 {
        if app.query.shown == Shown::Hidden && app.emails.domain.is_some() {
            let sentence = "None: only emails we sent to this domain are hidden.";
            let line = LineBuilder::new(theme).blanks(1);
            let line = line.rest(sentence, usize::from(inner.width), theme.dim);
            draw_row(frame, inner, 0, &line.build());
        }
        return;
    }
    let rows = Rect {
        y: inner.y + 1,
        height: inner.height.saturating_sub(1),
        ..inner
    };
    let offset = app.emails.cursor.offset();
    let in_sight: Vec<ShownEmail> = shown_emails(app);
    let columns = Columns::for_emails(app, &in_sight, usize::from(inner.width));
    draw_row(frame, inner, 0, &column_names(app, &columns));
    for (row, email) in in_sight.iter().enumerate() {
        let selected = offset + row == app.emails.cursor.index();
        let line = row_line(app, email, &columns, selected);
        draw_row(frame, rows, row, &line);
        if selected {
            style_row(frame, rows, row, selected_style(app, Pane::Emails));
        }
    }
    draw_scroll_mark(frame, rows, offset, app.emails.length, theme);
}

/// How many there are; during a search how many it finds.
fn tally(app: &App) -> String {
    let (shown, counted) = (app.emails.length as u64, app.emails.counted as u64);
    if app.emails.arrangement.search.is_empty() {
        format!(" {} ", number(shown))
    } else {
        format!(" {} of {} found ", number(shown), number(counted))
    }
}

fn heading(app: &App, area: Rect, tally_width: usize) -> Line<'static> {
    let theme = &app.theme;
    let room = usize::from(area.width).saturating_sub(tally_width + 3);
    let heading = title(app, Pane::Emails);
    if let Some(search) = search_being_typed(app, Pane::Emails) {
        let heading = heading.text("/", theme.key);
        return heading
            .rest(search.input.value(), room, theme.strong)
            .blanks(1)
            .build();
    }
    let is_narrow = room < 40;
    let heading = match app.query.shown {
        // The search says more than the name of the pane.
        Shown::Visible if is_narrow && !app.emails.arrangement.search.is_empty() => heading,
        Shown::Visible => heading.text("Threat emails ", theme.strong),
        Shown::Hidden if is_narrow => heading.text("Hidden ", theme.warning),
        Shown::Hidden => heading.text("Hidden threat emails ", theme.warning),
    };
    let search = &app.emails.arrangement.search;
    if !search.is_empty() {
        const CLEARS: &str = " (Esc clears) ";
        let clears = if is_narrow { " " } else { CLEARS };
        return heading
            .text("with ", theme.strong)
            .rest(search, room.saturating_sub(clears.len()), theme.on)
            .text(clears, theme.dim)
            .build();
    }
    match app.emails.domain.as_deref() {
        // Where the summary is shown it has the name.
        Some(domain)
            if area.width < 60 || app.areas().is_some_and(|areas| areas.summary.is_none()) =>
        {
            heading
                .text("from ", theme.dim)
                .rest(domain_label(domain), room, theme.strong)
                .blanks(1)
        }
        _ => heading,
    }
    .build()
}

fn draw_nothing_found(app: &App, frame: &mut Frame<'_>, inner: Rect) {
    let search = &app.emails.arrangement.search;
    let sentences = [
        format!("No subject, sender, recipient or link contains “{search}”."),
        "Esc clears the search.".to_owned(),
    ];
    let width = usize::from(inner.width).saturating_sub(1).max(1);
    let lines = sentences
        .iter()
        .flat_map(|sentence| Printable::wrapped(sentence.as_bytes(), width, 4096));
    for (row, line) in lines.enumerate() {
        let builder = LineBuilder::new(&app.theme).blanks(1);
        let line = builder.printable(line, app.theme.text).build();
        draw_row(frame, inner, row, &line);
    }
}

/// The emails in sight, with what hides them.
fn shown_emails(app: &App) -> Vec<ShownEmail> {
    let domain = app.emails.domain.as_deref().unwrap_or_default();
    let selection = app.hunt.selection(domain, &app.query);
    let in_sight = app.emails.in_sight.iter();
    in_sight
        .map(|email| ShownEmail {
            id: email.id,
            hidden_by: match app.query.shown {
                Shown::Visible => String::new(),
                Shown::Hidden => {
                    let hiding = selection.hiding(email.mask);
                    hiding.map_or_else(String::new, |hiding| app.hunt.hiding_ids(hiding))
                }
            },
        })
        .collect()
}

/// The names of the columns that are shown, from left to right, their widths and what each sorts by.
fn shown_columns(
    app: &App,
    columns: &Columns,
) -> Vec<(&'static str, usize, Option<EmailSortColumn>)> {
    let time = if app.hunt.store.has_local_times() {
        "Time"
    } else {
        "Time (UTC)"
    };
    let all = [
        (time, TIME_WIDTH, Some(EmailSortColumn::Time)),
        ("Threat", THREATS_WIDTH, Some(EmailSortColumn::Verdict)),
        ("Hidden by", columns.hidden_by, None),
        (
            "Delivery",
            columns.delivery,
            Some(EmailSortColumn::Delivery),
        ),
        ("From", columns.from, Some(EmailSortColumn::Sender)),
        ("To", columns.to, Some(EmailSortColumn::Recipient)),
        ("Subject", columns.subject, Some(EmailSortColumn::Subject)),
    ];
    all.into_iter().filter(|(_, width, _)| *width > 0).collect()
}

fn column_names(app: &App, columns: &Columns) -> Line<'static> {
    let style = app.theme.label;
    let sort = app.emails.arrangement.sort;
    let mut builder = LineBuilder::new(&app.theme).blanks(1);
    for (name, width, sorts_by) in shown_columns(app, columns) {
        let mark = match sort.direction {
            // The usual order needs no mark.
            _ if sorts_by != Some(sort.column) || sort == EmailSort::default() => "",
            Direction::Ascending => "▲",
            Direction::Descending => "▼",
        };
        builder = builder.left(format!("{name}{mark}"), width, style);
    }
    builder.build()
}

/// What the name at a column of cells sorts by, in a list of that width.
pub(in crate::tui) fn column_at(app: &App, width: usize, cell: usize) -> Option<EmailSortColumn> {
    let columns = Columns::for_emails(app, &shown_emails(app), width);
    let mut start = 1;
    for (_, width, sorts_by) in shown_columns(app, &columns) {
        let end = start + width + 1;
        if (start..end).contains(&cell) {
            return sorts_by;
        }
        start = end;
    }
    None
}

fn row_line(app: &App, email: &ShownEmail, columns: &Columns, selected: bool) -> Line<'static> {
    let id = email.id;
    let theme = &app.theme;
    let store = &app.hunt.store;
    let mark = if selected { "▶" } else { " " };
    let mut builder = LineBuilder::new(theme)
        .text(mark, theme.text)
        .left(time_label(store, id), TIME_WIDTH, theme.dim)
        .left(
            threat_label(store.cell(id, names::THREAT_TYPES)),
            THREATS_WIDTH,
            theme.danger,
        );
    if columns.hidden_by > 0 {
        builder = builder.left(&email.hidden_by, columns.hidden_by, theme.on);
    }
    if columns.delivery > 0 {
        let delivery = store.cell(id, names::DELIVERY_ACTION);
        let style = if delivery.eq_ignore_ascii_case(b"Delivered") {
            theme.warning
        } else {
            theme.text
        };
        builder = builder.left(delivery, columns.delivery, style);
    }
    if columns.from > 0 {
        builder = builder.left(from_label(app, id), columns.from, theme.text);
    }
    if columns.to > 0 {
        let to = store.cell(id, names::RECIPIENT_EMAIL_ADDRESS);
        builder = builder.left(to, columns.to, theme.text);
    }
    builder
        .left(store.cell(id, names::SUBJECT), columns.subject, theme.text)
        .build()
}

/// The sender's address as it is listed.
fn from_label(app: &App, id: EventId) -> Vec<u8> {
    let address = app.hunt.store.cell(id, names::SENDER_FROM_ADDRESS);
    without_domain(address, app.emails.domain.as_deref().unwrap_or_default())
}

/// The address with `@…` for the domain, where it is the one under which all these emails are listed.
fn without_domain(address: &[u8], domain: &[u8]) -> Vec<u8> {
    match address.strip_suffix(domain) {
        Some(local) if local.ends_with(b"@") && !domain.is_empty() => {
            [local, "…".as_bytes()].concat()
        }
        _ => address.to_vec(),
    }
}

/// Month, day and minute; the year is in the first line of the screen.
fn time_label(store: &EventStore, id: EventId) -> String {
    store.event_time(id).map_or_else(
        || "no time".to_owned(),
        |time| time.civil().strftime("%m-%d %H:%M").to_string(),
    )
}

/// Threat types that do not fit are cut to letters: `Phish, Spam` is `P, S`.
fn threat_label(threat_types: &[u8]) -> Vec<u8> {
    if threat_types.len() <= THREATS_WIDTH {
        return threat_types.to_vec();
    }
    let letters: Vec<&[u8]> = threat_types
        .split(|&byte| byte == b',')
        .filter_map(|kind| kind.trim_ascii().get(..1))
        .filter(|letter| letter.is_ascii())
        .collect();
    if letters.len() < 2 {
        return threat_types.to_vec();
    }
    letters.join(b", ".as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_domain_of_the_list_is_left_out() {
        assert_eq!(
            without_domain(b"a@b.example", b"b.example"),
            "a@…".as_bytes()
        );
        assert_eq!(without_domain(b"a@b.example", b"c.example"), b"a@b.example");
        assert_eq!(
            without_domain(b"a@eb.example", b"b.example"),
            b"a@eb.example"
        );
        assert_eq!(without_domain(b"<>", b""), b"<>");
    }

    #[test]
    fn threat_types_are_cut_to_letters_where_they_do_not_fit() {
        assert_eq!(threat_label(b"Malware"), b"Malware");
        assert_eq!(threat_label(b"Phish, Spam"), b"P, S");
        assert_eq!(threat_label("ÄÖÜ, ÄÖÜ".as_bytes()), "ÄÖÜ, ÄÖÜ".as_bytes());
    }
}
