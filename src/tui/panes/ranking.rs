//! The ranking: the domains we write to that send threats, as the query sorts them.

use super::super::app::{App, Pane};
use super::super::commands::{self, Command};
use super::super::text::LineBuilder;
use super::threat_mix::{self, ThreatMix};
use super::{
    SEARCH_LABEL_WIDTH, draw_border, draw_lower_title, draw_row, draw_scroll_mark,
    search_being_typed, selected_style, style_row, timeline, title,
};
use crate::hunt::query::{Direction, Shown, SortColumn};
use crate::hunt::summary;
use crate::hunt::view::RankedDomain;
use crate::hunt::{DomainMatching, View};
use crate::printable::Printable;
use crate::quantities::{count, number};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use std::borrow::Cow;

/// The label of the empty domain, which is a row like any other.
pub(crate) const EMPTY_DOMAIN: &str = "(empty)";

const HIDDEN_WIDTH: usize = 6;

/// The width of the pane from which the threat mix is shown.
const MIX_FROM: usize = 56;

/// The cells a domain keeps before numbers are shortened for it.
const DOMAIN_WIDTH: usize = 22;

/// The cells a domain has at least beside the rank.
const LEAST_DOMAIN_WIDTH: usize = 12;

/// The widths of the columns; zero for one that is not shown. No number is ever cut.
struct Columns {
    rank: usize,
    domain: usize,
    outbound: usize,
    threats: usize,
    mix: usize,
    /// Whether all of the domain is hidden or a part; only where what is hidden is shown.
    hidden: usize,
}

impl Columns {
    /// The widths for the rows that are in sight, with the threat mix of each.
    fn for_view(view: &View, shown: Shown, mixes: &[ThreatMix], width: usize) -> Self {
        // They stay as they are whatever is switched.
        let widest = |most: u64| number(most).len().max("Outbound▼".chars().count());
        let [outbound, threats] = view.most_emails.map(widest);
        let rank = if width >= 44 {
            view.rows.len().to_string().len().max(4)
        } else {
            0
        };
        let hidden = match shown {
            Shown::Hidden if width >= 44 => HIDDEN_WIDTH,
            _ => 0,
        };
        let room_beside = |columns: &[usize]| {
            let shown = columns.iter().filter(|width| **width > 0);
            let taken: usize = shown.map(|width| width + 1).sum();
            width.saturating_sub(taken + 2)
        };
        let room = room_beside(&[rank, outbound, threats, hidden]);
        let mix = if width >= MIX_FROM {
            threat_mix::column_width(mixes, room.saturating_sub(DOMAIN_WIDTH + 1))
        } else {
            0
        };
        // The rank is what one misses least.
        let rank = if room < mix + 1 + LEAST_DOMAIN_WIDTH {
            0
        } else {
            rank
        };
        Columns {
            rank,
            domain: room_beside(&[rank, outbound, threats, mix, hidden]).max(1),
            outbound,
            threats,
            mix,
            hidden,
        }
    }
}

pub(super) fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let inner = draw_border(
        app,
        frame,
        area,
        Some(Pane::Ranking),
        heading(app, area),
        tally(app),
    );
    if let Some(search) = search_being_typed(app, Pane::Ranking) {
        let column = search.input.visual_cursor() + SEARCH_LABEL_WIDTH;
        let start = Position::new(area.x + 1, area.y);
        super::place_cursor(frame, start, column, area.width.saturating_sub(2));
    }
    draw_lower_title(frame, area, timeline::other_range(app, area.width));
    if app.view.rows.is_empty() {
        draw_nothing(app, frame, inner);
        return;
    }
    let rows = Rect {
        y: inner.y + 1,
        height: inner.height.saturating_sub(1),
        ..inner
    };
    let offset = app.ranking.offset();
    let ((in_sight, mixes), columns) = in_sight(app, rows);
    draw_row(frame, inner, 0, &column_names(app, &columns));
    for (place, (index, row)) in in_sight.into_iter().enumerate() {
        let selected = index == app.ranking.index();
        let mix = mixes.get(place).copied();
        let line = row_line(app, index, &row, mix, &columns, selected);
        draw_row(frame, rows, index - offset, &line);
        if selected {
            style_row(
                frame,
                rows,
                index - offset,
                selected_style(app, Pane::Ranking),
            );
        }
    }
    draw_scroll_mark(frame, rows, offset, app.view.rows.len(), &app.theme);
}

type RowsInSight = (Vec<(usize, RankedDomain)>, Vec<ThreatMix>);

/// The rows that an area shows, with the threat mix of each where it is shown, and the columns for them.
fn in_sight(app: &App, rows: Rect) -> (RowsInSight, Columns) {
    let offset = app.ranking.offset();
    let in_sight = (offset..offset + usize::from(rows.height))
        .map_while(|index| Some((index, app.view.rows.get(index)?)));
    let in_sight: Vec<(usize, RankedDomain)> = in_sight.collect();
    let width = usize::from(rows.width);
    let mixes: Vec<ThreatMix> = if width >= MIX_FROM {
        let rows = in_sight.iter();
        rows.map(|(_, row)| threat_mix_of(app, row)).collect()
    } else {
        Vec::new()
    };
    let columns = Columns::for_view(&app.view, app.query.shown, &mixes, width);
    ((in_sight, mixes), columns)
}

fn heading(app: &App, area: Rect) -> Line<'static> {
    let theme = &app.theme;
    let room = usize::from(area.width).saturating_sub(20);
    let builder = title(app, Pane::Ranking);
    match (
        search_being_typed(app, Pane::Ranking),
        app.query.search.as_str(),
    ) {
        (Some(search), _) => builder
            .text("/", theme.key)
            .rest(search.input.value(), room, theme.strong)
            .blanks(1),
        (_, "") if app.query.shown == Shown::Hidden => {
            let long = "Hidden by the exclusions that are on";
            let text = if area.width >= 60 { long } else { "Hidden" };
            builder.text(text, theme.warning).blanks(1)
        }
        (_, "") => {
            let long = "Domains we write to that send threats";
            let text = if area.width >= 60 { long } else { "Domains" };
            builder.text(text, theme.strong).blanks(1)
        }
        (_, search) => builder
            .text(
                match app.query.shown {
                    Shown::Visible => "containing ",
                    Shown::Hidden => "hidden, containing ",
                },
                theme.strong,
            )
            .rest(search, room, theme.on)
            .text(" (Esc clears) ", theme.dim),
    }
    .build()
}

/// How many rank, of how many that would with no exclusion on.
fn tally(app: &App) -> Option<Line<'static>> {
    if app.view.candidates == 0 {
        return None;
    }
    let (listed, candidates) = (app.view.listed as u64, app.view.candidates as u64);
    let text = if app.query.search.is_empty() {
        format!(" {} of {} ", number(listed), number(candidates))
    } else {
        let found = app.view.rows.len() as u64;
        format!(" {} of {} found ", number(found), number(listed))
    };
    Some(
        LineBuilder::new(&app.theme)
            .text(text, app.theme.text)
            .build(),
    )
}

/// The name of a column, how wide it is, whether it is at the right end, and what it sorts by.
struct ColumnName {
    text: &'static str,
    width: usize,
    is_number: bool,
    sorts_by: Option<SortColumn>,
}

/// The names of the columns that are shown, from left to right.
fn shown_columns(app: &App, columns: &Columns) -> Vec<ColumnName> {
    let domain = match app.query.domains {
        DomainMatching::Exact => "Domain",
        DomainMatching::Folded => "Folded domain",
        DomainMatching::Registrable => "Organisation",
    };
    let name = |text, width, is_number, sorts_by| ColumnName {
        text,
        width,
        is_number,
        sorts_by,
    };
    let (domain_column, outbound_column, threats_column) = (
        Some(SortColumn::SenderFromDomain),
        Some(SortColumn::OutboundEmails),
        Some(SortColumn::IncomingEmailsWithThreats),
    );
    let all = [
        name("#", columns.rank, true, None),
        name(domain, columns.domain, false, domain_column),
        name("Outbound", columns.outbound, true, outbound_column),
        name("Threats", columns.threats, true, threats_column),
        name("Hidden", columns.hidden, false, None),
        name("Threat mix", columns.mix, false, None),
    ];
    all.into_iter().filter(|name| name.width > 0).collect()
}

fn column_names(app: &App, columns: &Columns) -> Line<'static> {
    let theme = &app.theme;
    let sort = app.query.sort;
    let mut builder = LineBuilder::new(theme).blanks(1);
    for name in shown_columns(app, columns) {
        let mark = match sort.direction {
            _ if name.sorts_by != Some(sort.column) => "",
            Direction::Ascending => "▲",
            Direction::Descending => "▼",
        };
        let text = format!("{}{mark}", name.text);
        builder = if name.is_number {
            builder.right(text, name.width, theme.label)
        } else {
            builder.left(text, name.width, theme.label)
        };
    }
    builder.build()
}

/// What the name at a column of cells sorts by, in a list in that area.
pub(in crate::tui) fn column_at(app: &App, rows: Rect, cell: usize) -> Option<SortColumn> {
    let (_, columns) = in_sight(app, rows);
    let mut start = 1;
    for name in shown_columns(app, &columns) {
        let end = start + name.width + 1;
        if (start..end).contains(&cell) {
            return name.sorts_by;
        }
        start = end;
    }
    None
}

fn row_line(
    app: &App,
    index: usize,
    row: &RankedDomain,
    mix: Option<ThreatMix>,
    columns: &Columns,
    selected: bool,
) -> Line<'static> {
    let theme = &app.theme;
    let mark = if selected { "▶" } else { " " };
    let mut builder = LineBuilder::new(theme).text(mark, theme.text);
    if columns.rank > 0 {
        let rank = (index + 1).to_string();
        builder = builder.right(rank, columns.rank, theme.dim);
    }
    let domain = app.cube().domain(row.index());
    builder = builder
        .left(domain_label(domain), columns.domain, theme.strong)
        .right(number(row.outbound_emails), columns.outbound, theme.text)
        .right(
            number(row.incoming_emails_with_threats),
            columns.threats,
            theme.danger,
        );
    if columns.hidden > 0 {
        let (text, style) = if row.ranks {
            ("partly", theme.text)
        } else {
            ("wholly", theme.warning)
        };
        builder = builder.left(text, columns.hidden, style);
    }
    if let Some(mix) = mix {
        builder = mix.draw(columns.mix, theme, builder);
    }
    builder.build()
}

/// The domain as a label: the empty one has a name, and one with a blank at an end, which makes it
/// another domain, stands in quotes.
pub(crate) fn domain_label(domain: &[u8]) -> Cow<'_, [u8]> {
    if domain.is_empty() {
        return Cow::Borrowed(EMPTY_DOMAIN.as_bytes());
    }
    if String::from_utf8_lossy(domain).trim().len() == domain.len() {
        return Cow::Borrowed(domain);
    }
    Cow::Owned([b"\"", domain, b"\""].concat())
}

/// How many of the threats are Malware, Phish, Spam and other; an email can be several.
fn threat_mix_of(app: &App, row: &RankedDomain) -> ThreatMix {
    summary::summarize_without_days(app.cube(), row.index(), &app.query).into()
}

/// Why the ranking is empty.
fn draw_nothing(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let theme = &app.theme;
    let mut sentences: Vec<(String, ratatui::style::Style)> = Vec::new();
    if !app.load.finished {
        sentences.push(("Reading…".to_owned(), theme.dim));
    } else if app.load.is_useless() {
        sentences.push(("No events could be loaded.".to_owned(), theme.warning));
        for (name, report) in app.load.reports() {
            let reason = report
                .failure
                .clone()
                .or_else(|| report.lacks_events())
                .or_else(|| report.has_other_tables_only());
            let reason = reason.unwrap_or_else(|| "it has no events".to_owned());
            sentences.push((format!("{name}: {reason}"), theme.text));
        }
    } else if !app.query.search.is_empty() {
        let sentence = format!("No domain here contains “{}”.", app.query.search);
        sentences.push((sentence, theme.text));
        sentences.push(("Esc clears the search.".to_owned(), theme.dim));
    } else if app.query.shown == Shown::Hidden {
        let sentence = if app.query.active.is_empty() {
            "No exclusion is on, so nothing is hidden."
        } else {
            "The exclusions that are on hide nothing."
        };
        sentences.push((sentence.to_owned(), theme.text));
        let key = commands::first_key_label(Command::ShowHidden);
        sentences.push((format!("{key} shows the ranking."), theme.dim));
    } else if app.view.candidates > 0 {
        let sentence = format!(
            "The exclusions that are on hide all {} domains.",
            app.view.candidates
        );
        sentences.push((sentence, theme.text));
    } else if app.query.hours.is_some() {
        let sentence = "No domain we write to has sent a threat in this time range.";
        sentences.push((sentence.to_owned(), theme.text));
        let key = commands::first_key_label(Command::CountAllTimes);
        sentences.push((format!("{key} clears the time range."), theme.dim));
    } else if app.load.is_cancelled() {
        let rows = count(app.load.rows(), "row");
        let sentence =
            format!("No threats in the {rows} read. Loading was stopped: there is more.");
        sentences.push((sentence, theme.warning));
    } else if app.load.is_damaged() {
        let sentence =
            "No domain we write to has sent a threat in what could be read (f: what could not).";
        sentences.push((sentence.to_owned(), theme.warning));
    } else {
        let sentence = "No domain we write to has sent a threat in these events.";
        sentences.push((sentence.to_owned(), theme.text));
    }
    let width = usize::from(area.width);
    let lines = sentences.iter().flat_map(|(sentence, style)| {
        let wrapped = Printable::wrapped(sentence.as_bytes(), width, 4096);
        wrapped.into_iter().map(move |line| (line, *style))
    });
    for (row, (text, style)) in lines.enumerate() {
        let line = LineBuilder::new(theme).printable(text, style).build();
        draw_row(frame, area, row, &line);
    }
}
