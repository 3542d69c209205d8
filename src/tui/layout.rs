//! Where the panes are: a pure function of the size of the terminal and of what is open, used for
//! drawing, for paging and for finding what the mouse is on.
//!
//! ```text
//! wide (from 120×20)           stacked (from 60×20)   single (from 40×10)
//! ┌ header ──────────────────┐ ┌ header ────────────┐ ┌ header ──────┐
//! │ ranking │ summary        │ │ ranking            │ │ the pane     │
//! │         ├ emails         │ ├ emails or timeline │ │ that has     │
//! ├ timeline┤                │ ├ exclusions         │ │ the keys     │
//! ├ exclusions ──────────────┤ └ footer ────────────┘ └ footer ──────┘
//! └ footer ──────────────────┘
//! ```
//! An opened email, and the files, take the place of the panes above the exclusions.

use super::pane::Pane;
use ratatui::layout::Rect;

/// The smallest terminal that shows anything, in columns.
pub const LEAST_WIDTH: u16 = 40;
/// The smallest terminal that shows anything, in rows.
pub const LEAST_HEIGHT: u16 = 10;

/// The areas of the panes; those that are not shown are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// What is loaded, in one line.
    pub header: Rect,
    /// Hints and notices, in one line.
    pub footer: Rect,
    /// The ranking of domains.
    pub ranking: Option<Rect>,
    /// What is told of the selected domain.
    pub summary: Option<Rect>,
    /// The threat emails of the selected domain.
    pub emails: Option<Rect>,
    /// One email.
    pub email: Option<Rect>,
    /// The exclusions.
    pub exclusions: Option<Rect>,
    /// What was loaded.
    pub files: Option<Rect>,
    /// When the threats came.
    pub timeline: Option<Rect>,
}

/// Rows of the summary, with its border.
const SUMMARY_HEIGHT: u16 = 6;

/// Rows of the timeline below the ranking, with its border.
const TIMELINE_HEIGHT: u16 = 6;

/// The rows of ranking and timeline from which both are shown; with fewer, the timeline only where it
/// has the keys.
const BOTH_HEIGHT: u16 = 26;

/// The areas on a screen of this size, or `None` when it is too small for any.
pub fn areas(screen: Rect, focus: Pane, exclusions: usize) -> Option<Areas> {
    if screen.width < LEAST_WIDTH || screen.height < LEAST_HEIGHT {
        return None;
    }
    let (header, rest) = split_below(screen, 1);
    let (body, footer) = split_below(rest, rest.height - 1);
    let mut areas = Areas {
        header,
        footer,
        ..Areas::default()
    };
    if screen.width < 60 || screen.height < 20 {
        *areas.of_pane(focus) = Some(body);
        return Some(areas);
    }
    let exclusions_height = (exclusions as u16 + 2).clamp(3, body.height / 3);
    let (upper, lower) = split_below(body, body.height - exclusions_height);
    areas.exclusions = Some(lower);
    match focus {
        Pane::Email | Pane::Files => *areas.of_pane(focus) = Some(upper),
        _ if screen.width >= 120 => split_wide(&mut areas, upper, focus),
        _ => split_stacked(&mut areas, upper, focus),
    }
    Some(areas)
}

fn split_wide(areas: &mut Areas, upper: Rect, focus: Pane) {
    let (left, right) = split_right_of(upper, share(upper.width, 12, 25));
    let (summary, emails) = split_below(right, SUMMARY_HEIGHT);
    if focus == Pane::Timeline || upper.height >= BOTH_HEIGHT {
        let (ranking, timeline) = split_below(left, left.height - TIMELINE_HEIGHT);
        areas.ranking = Some(ranking);
        areas.timeline = Some(timeline);
    } else {
        areas.ranking = Some(left);
    }
    areas.summary = Some(summary);
    areas.emails = Some(emails);
}

fn split_stacked(areas: &mut Areas, upper: Rect, focus: Pane) {
    let (ranking, below) = split_below(upper, share(upper.height, 3, 5));
    areas.ranking = Some(ranking);
    match focus {
        Pane::Timeline => areas.timeline = Some(below),
        _ => areas.emails = Some(below),
    }
}

// Areas are asked for many times a key. ratatui's solver of constraints took most of the time from
// a key to its frame; these few splits need none.

/// The first rows of an area, so many, and the rows below them.
fn split_below(area: Rect, height: u16) -> (Rect, Rect) {
    let upper = Rect { height, ..area };
    let lower = Rect {
        y: upper.bottom(),
        height: area.height - height,
        ..area
    };
    (upper, lower)
}

/// The first columns of an area, so many, and the columns right of them.
fn split_right_of(area: Rect, width: u16) -> (Rect, Rect) {
    let left = Rect { width, ..area };
    let right = Rect {
        x: left.right(),
        width: area.width - width,
        ..area
    };
    (left, right)
}

/// So many of so many parts of a length, rounded.
fn share(length: u16, parts: u32, of: u32) -> u16 {
    ((u32::from(length) * parts * 2 + of) / (of * 2)) as u16
}

impl Areas {
    fn of_pane(&mut self, pane: Pane) -> &mut Option<Rect> {
        match pane {
            Pane::Ranking => &mut self.ranking,
            Pane::Emails => &mut self.emails,
            Pane::Email => &mut self.email,
            Pane::Exclusions => &mut self.exclusions,
            Pane::Files => &mut self.files,
            Pane::Timeline => &mut self.timeline,
        }
    }

    /// The area of a pane, if it is shown.
    pub fn area(&self, pane: Pane) -> Option<Rect> {
        match pane {
            Pane::Ranking => self.ranking,
            Pane::Emails => self.emails,
            Pane::Email => self.email,
            Pane::Exclusions => self.exclusions,
            Pane::Files => self.files,
            Pane::Timeline => self.timeline,
        }
    }

    /// The rows of a pane's list: inside its border, below its line of column names if it has one.
    pub fn rows(&self, pane: Pane) -> Option<Rect> {
        let area = self.area(pane)?;
        let header = match pane {
            Pane::Ranking | Pane::Emails => 1,
            Pane::Email | Pane::Exclusions | Pane::Files | Pane::Timeline => 0,
        };
        Some(Rect {
            x: area.x + 1,
            y: area.y + 1 + header,
            width: area.width.saturating_sub(2),
            height: area.height.saturating_sub(2 + header),
        })
    }

    /// The number of rows that fit a pane's list; one when it is not shown.
    pub fn page(&self, pane: Pane) -> usize {
        self.rows(pane)
            .map_or(1, |rows| usize::from(rows.height.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANES: [Pane; 6] = [
        Pane::Ranking,
        Pane::Emails,
        Pane::Email,
        Pane::Exclusions,
        Pane::Files,
        Pane::Timeline,
    ];

    /// All areas that are shown.
    fn shown(areas: &Areas) -> Vec<Rect> {
        let panes = PANES.iter().filter_map(|&pane| areas.area(pane));
        [areas.header, areas.footer]
            .into_iter()
            .chain(areas.summary)
            .chain(panes)
            .collect()
    }

    #[test]
    fn the_areas_cover_every_screen_without_overlap() {
        for (width, height) in
            (40..200).flat_map(|width| (10..60).map(move |height| (width, height)))
        {
            let screen = Rect::new(0, 0, width, height);
            for focus in PANES {
                let areas = areas(screen, focus, 4).expect("large enough");
                let shown = shown(&areas);
                let cells: u32 = shown.iter().map(|area| area.area()).sum();
                assert_eq!(cells, screen.area(), "{screen} {focus:?}");
                for (index, area) in shown.iter().enumerate() {
                    let others = &shown[index + 1..];
                    assert!(
                        others.iter().all(|other| !area.intersects(*other)),
                        "{screen} {focus:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn shares_are_rounded() {
        assert_eq!(share(140, 12, 25), 67);
        assert_eq!(share(120, 12, 25), 58);
        assert_eq!(share(17, 3, 5), 10);
        assert_eq!(share(u16::MAX, 3, 5), 39_321);
    }
}
