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

/// The width of the pane from which the names of columns are written out.
const WHOLE_NAMES_FROM: usize = 56;

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
    /// The widths for the rows that are in sight: the widest label of a domain, and the threat mix of each.
    fn for_view(view: &View, shown: Shown, in_sight: &InSight, width: usize) -> Self {
        // They stay as they are whatever is switched.
        let widest = |most: u64, name: &str| number(most).len().max(name.len() + 1);
        let [most_outbound, most_threats] = view.most_emails;
        let (outbound, threats) = if width >= WHOLE_NAMES_FROM {
            (
                widest(most_outbound, OUTBOUND),
                widest(most_threats, OUTBOUND),
            )
        } else {
            (widest(most_outbound, SENT), widest(most_threats, THREATS))
        };
        let rank = if width >= 44 {
            number(view.rows.len() as u64).len().max(4)
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
        // The cells that the domains in sight do not need are the threat mix's first.
        let label = in_sight.widest_label;
        let label = label.clamp(LEAST_DOMAIN_WIDTH, DOMAIN_WIDTH);
        let room = room_beside(&[rank, outbound, threats, hidden]);
        let without_rank = room_beside(&[outbound, threats, hidden]);
        let (preferred, most) = (
            room.saturating_sub(label + 1),
            without_rank.saturating_sub(LEAST_DOMAIN_WIDTH + 1),
        );
        let mix = threat_mix::column_width(&in_sight.mixes, preferred, most);
        // The rank is what one misses least, then what the mix says beyond the number of threats.
        let rank = if room < mix + 1 + LEAST_DOMAIN_WIDTH {
            0
        } else {
            rank
        };
        let room = room_beside(&[rank, outbound, threats, hidden]);
        let mix = if room < mix + 1 + LEAST_DOMAIN_WIDTH {
            0
        } else {
            mix
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

const OUTBOUND: &str = "Outbound";
const SENT: &str = "Sent";
const THREATS: &str = "Threats";

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
    let in_sight = InSight::of(app, rows);
    let columns = in_sight.columns(app, rows);
    draw_row(frame, inner, 0, &column_names(app, &columns, rows));
    for (place, (index, row)) in in_sight.rows.into_iter().enumerate() {
        let selected = index == app.ranking.index();
        let mix = in_sight.mixes.get(place).copied();
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

/// The rows that an area shows.
struct InSight {
    /// Each with its place in the ranking.
    rows: Vec<(usize, RankedDomain)>,
    /// The threat mix of each.
    mixes: Vec<ThreatMix>,
    /// The cells that the widest of their labels takes, up to those of the area.
    widest_label: usize,
}

impl InSight {
    fn of(app: &App, area: Rect) -> Self {
        let offset = app.ranking.offset();
        let rows = (offset..offset + usize::from(area.height))
            .map_while(|index| Some((index, app.view.rows.get(index)?)));
        let rows: Vec<(usize, RankedDomain)> = rows.collect();
        let labels = rows.iter().map(|(_, row)| {
            let label = domain_label(app.cube().domain(row.index()));
            Printable::clipped(&label, usize::from(area.width)).width()
        });
        InSight {
            widest_label: labels.max().unwrap_or_default(),
            mixes: rows
                .iter()
                .map(|(_, row)| threat_mix_of(app, row))
                .collect(),
            rows,
        }
    }

    /// The columns for them.
    fn columns(&self, app: &App, area: Rect) -> Columns {
        Columns::for_view(&app.view, app.query.shown, self, usize::from(area.width))
    }
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
            let long = "Hidden by the active exclusions";
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
fn shown_columns(app: &App, columns: &Columns, width: usize) -> Vec<ColumnName> {
    let outbound = if width >= WHOLE_NAMES_FROM {
        OUTBOUND
    } else {
        SENT
    };
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
        name(outbound, columns.outbound, true, outbound_column),
        name(THREATS, columns.threats, true, threats_column),
        name("Hidden", columns.hidden, false, None),
        name(
            if columns.mix < 10 {
                "Mix"
            } else {
                "Threat mix"
            },
            columns.mix,
            false,
            None,
        ),
    ];
    all.into_iter().filter(|name| name.width > 0).collect()
}

fn column_names(app: &App, columns: &Columns, rows: Rect) -> Line<'static> {
    let theme = &app.theme;
    let sort = app.query.sort;
    let mut builder = LineBuilder::new(theme).blanks(1);
    for name in shown_columns(app, columns, usize::from(rows.width)) {
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
    let columns = InSight::of(app, rows).columns(app, rows);
    let mut start = 1;
    for name in shown_columns(app, &columns, usize::from(rows.width)) {
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
        let rank = number(index as u64 + 1);
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
    if let Some(mix) = mix.filter(|_| columns.mix > 0) {
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
        let sentence = format!("No domain contains “{}”.", app.query.search);
        sentences.push((sentence, theme.text));
        sentences.push(("Esc clears the search.".to_owned(), theme.dim));
    } else if app.query.shown == Shown::Hidden {
        let sentence = if app.query.active.is_empty() {
            "No exclusion is on, so nothing is hidden."
        } else {
            "The active exclusions hide nothing."
        };
        sentences.push((sentence.to_owned(), theme.text));
        let key = commands::first_key_label(Command::ShowHidden);
        sentences.push((format!("{key} shows the ranking."), theme.dim));
    } else if app.view.candidates > 0 {
        let sentence = format!(
            "The active exclusions hide all {}.",
            count(app.view.candidates as u64, "domain")
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
            format!("No threats in the {rows} read. Loading was stopped: there is more to read.");
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
