//! What the companion tables say of an email: who clicked, what was done after its delivery, its files,
//! its links. Of a table that is not loaded nothing is said; of one that is, also that it has nothing.

use super::{Page, or_dash};
use crate::events::EventId;
use crate::events::companions::CompanionRow;
use crate::events::links::Link;
use crate::events::schema::{Table, names};
use crate::hunt::Hunt;
use crate::hunt::related_rows::{RelatedRows, is_true, went_through};
use crate::quantities::{count, number};
use ratatui::text::Line;
use std::cmp::Reverse;

/// The most rows of a table that are laid out: how many links an email has is for its sender to choose.
const MOST_ROWS: usize = 200;

/// A table in the pane. What may need the analyst's hand at once stands first.
struct Section {
    table: Table,
    /// What its rows are called together.
    name: &'static str,
    /// What one of its rows is.
    row: &'static str,
    /// Puts the rows that matter most first: those beyond [`MOST_ROWS`] are not shown.
    sort: fn(&mut [CompanionRow<'_>]),
    /// Lays out a row, of which it is told the number.
    lay_out: fn(&mut Page<'_>, usize, &CompanionRow<'_>),
}

const CLICKS: Section = Section {
    table: Table::UrlClickEvents,
    name: "Clicks",
    row: "click",
    sort: |clicks| clicks.sort_by_key(|click| (Reverse(went_through(click)), click.time())),
    lay_out: |page, number, row| page.click(number, row),
};

const AFTER_DELIVERY: Section = Section {
    table: Table::EmailPostDeliveryEvents,
    name: "Post-delivery",
    row: "event",
    sort: |events| events.sort_by_key(CompanionRow::time),
    lay_out: |page, number, row| page.event_after_delivery(number, row),
};

const ATTACHMENTS: Section = Section {
    table: Table::EmailAttachmentInfo,
    name: "Attachments",
    row: "attachment",
    sort: |_| {},
    lay_out: |page, number, row| page.attachment(number, row),
};

const LINKS: Section = Section {
    table: Table::EmailUrlInfo,
    name: "Links",
    row: "link",
    sort: |_| {},
    lay_out: |page, number, row| page.link(number, row),
};

impl Page<'_> {
    /// What to know before anything else is read: that somebody went where a link led, or that the
    /// verdict was taken back.
    pub(super) fn alarms(&mut self, hunt: &Hunt, id: EventId) {
        let clicks = RelatedRows::of(&hunt.store, CLICKS.table, id).own;
        let through = clicks.iter().filter(|click| went_through(click)).count();
        if through > 0 {
            let (through, all) = (number(through as u64), count(clicks.len() as u64, "click"));
            let sentence = format!("{through} of {all} reached the page");
            self.value("Clicked", sentence.as_bytes(), self.theme.warning);
        }
        let mut events = RelatedRows::of(&hunt.store, AFTER_DELIVERY.table, id).own;
        (AFTER_DELIVERY.sort)(&mut events);
        if let Some(event) = events.iter().rfind(|event| was_given_back(event)) {
            let sentence: &[u8] = b"found to be a false positive";
            let sentence = joined(&[&time_of(event), sentence]);
            self.value("Redelivered", &sentence, self.theme.on);
        }
    }

    /// What the companion tables that are loaded say of the email.
    pub(super) fn companions(&mut self, hunt: &Hunt, id: EventId) {
        let mut without_rows = Vec::new();
        let mut sections = vec![CLICKS, AFTER_DELIVERY, ATTACHMENTS, LINKS];
        sections.retain(|section| hunt.store.companions().is_loaded(section.table));
        if !sections.is_empty() {
            self.lines.push(Line::default());
        }
        for section in sections {
            let RelatedRows { mut own, of_others } =
                RelatedRows::of(&hunt.store, section.table, id);
            if own.is_empty() && of_others == 0 {
                without_rows.push(section.table.name());
            }
            (section.sort)(&mut own);
            self.section(&section, &own, of_others);
        }
        if !without_rows.is_empty() {
            let mut sentence = without_rows.join(", ");
            if hunt
                .store
                .cell(id, names::NETWORK_MESSAGE_ID)
                .trim_ascii()
                .is_empty()
            {
                sentence.push_str(": the email has no NetworkMessageId");
            }
            self.value("No rows in", sentence.as_bytes(), self.theme.dim);
        }
    }

    fn section(&mut self, section: &Section, own: &[CompanionRow<'_>], of_others: usize) {
        for (number, row) in (1..).zip(own.iter().take(MOST_ROWS)) {
            (section.lay_out)(self, number, row);
        }
        let more = own.len().saturating_sub(MOST_ROWS) as u64;
        if more > 0 {
            let sentence = format!("and {}", count(more, &format!("more {}", section.row)));
            self.value(section.name, sentence.as_bytes(), self.theme.warning);
        }
        if of_others > 0 {
            let sentence = if own.is_empty() {
                let rows = count(of_others as u64, section.row);
                format!("none for this recipient, {rows} for other recipients")
            } else {
                let rows = count(of_others as u64, &format!("more {}", section.row));
                format!("{rows} for other recipients")
            };
            self.value(section.name, sentence.as_bytes(), self.theme.dim);
        }
    }

    fn click(&mut self, number: usize, click: &CompanionRow<'_>) {
        let through: &[u8] = if is_true(click.cell(names::IS_CLICKED_THROUGH)) {
            b"clicked through"
        } else {
            b""
        };
        let style = if went_through(click) {
            self.theme.warning
        } else {
            self.theme.text
        };
        let text = joined(&[
            &time_of(click),
            click.cell(names::ACCOUNT_UPN),
            click.cell(names::ACTION_TYPE),
            through,
        ]);
        self.value(&format!("Click {number}"), &text, style);
        self.detail(names::URL, click.cell(names::URL));
    }

    fn event_after_delivery(&mut self, number: usize, event: &CompanionRow<'_>) {
        let style = if was_given_back(event) {
            self.theme.on
        } else {
            self.theme.text
        };
        let text = joined(&[
            &time_of(event),
            event.cell(names::ACTION),
            event.cell(names::ACTION_TYPE),
            event.cell(names::ACTION_TRIGGER),
            event.cell(names::ACTION_RESULT),
            event.cell(names::DELIVERY_LOCATION),
        ]);
        self.value(&format!("Post-delivery {number}"), &text, style);
    }

    fn attachment(&mut self, number: usize, file: &CompanionRow<'_>) {
        let name = file.cell(names::FILE_NAME);
        let name_style = self.theme.strong;
        self.value(&format!("Attachment {number}"), or_dash(name), name_style);
        self.detail(names::FILE_TYPE, file.cell(names::FILE_TYPE));
        self.detail(names::SHA256, file.cell(names::SHA256));
        self.detail(names::FILE_SIZE, &size_of_file(file.cell(names::FILE_SIZE)));
        for name in [names::THREAT_TYPES, names::THREAT_NAMES] {
            let threat = file.cell(name);
            if !threat.is_empty() {
                self.indented(name, threat, self.theme.danger, 1);
            }
        }
    }

    fn link(&mut self, number: usize, row: &CompanionRow<'_>) {
        let link = Link::of_row(row);
        let name_style = self.theme.strong;
        self.value(&format!("Link {number}"), or_dash(link.domain), name_style);
        self.detail(names::URL, link.url);
        self.detail(names::URL_LOCATION, link.location);
        self.detail(names::URL_CHAIN_POSITION, link.chain_position);
    }

    /// A cell of a row, if there is something in it.
    fn detail(&mut self, name: &str, cell: &[u8]) {
        if !cell.is_empty() {
            self.indented(name, cell, self.theme.text, 1);
        }
    }
}

/// Whether the email was brought back to where it had been taken from.
fn was_given_back(event: &CompanionRow<'_>) -> bool {
    let says = |name, word: &[u8]| event.cell(name).eq_ignore_ascii_case(word);
    says(names::ACTION_TYPE, b"Redelivery") || says(names::ACTION, b"Reprocessed")
}

/// When it happened, in UTC; as the export has it where that cannot be read.
fn time_of(row: &CompanionRow<'_>) -> Vec<u8> {
    if let Some(time) = row.time() {
        let text = time.civil().strftime("%Y-%m-%d %H:%M:%S").to_string();
        return text.into_bytes();
    }
    row.time_cell().to_vec()
}

/// The size of a file with its unit, where it is a number.
fn size_of_file(cell: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(cell).ok();
    match text.and_then(|text| text.trim().parse().ok()) {
        Some(bytes) => count(bytes, "byte").into_bytes(),
        None => cell.to_vec(),
    }
}

/// What is not empty of these, in one line.
fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let said: Vec<&[u8]> = parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect();
    said.join(" · ".as_bytes())
}
