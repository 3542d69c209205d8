//! What the keys do in the list of exclusions: renaming, removing, scrolling.

use crate::hunt::exclusion::{Exclusion, ExclusionSet};
use crate::hunt::history::Asked;
use crate::tui::app::{App, Effect, Overlay, Pane};
use crate::tui::exclusion_list::{OutOfSight, RenameDialog};
use crate::tui::saving::Origin;
use crate::tui::text_input::edit;
use ratatui::crossterm::event::{KeyCode, KeyEvent};
use std::ops::Range;
use std::sync::Arc;
use tui_input::Input;

impl App {
    /// Brings the list in line with the exclusions and the size of its pane. Where the pane has not the keys
    /// it shows as many as can be of those that are on.
    pub(in crate::tui) fn settle_exclusions(&mut self) {
        let page = self.page(Pane::Exclusions);
        let length = self.hunt.exclusions.len();
        self.exclusions.settle(length, page, |&wanted| Some(wanted));
        if self.focus == Pane::Exclusions {
            return;
        }
        let chosen = self.exclusions.chosen().map(|_| self.exclusions.index());
        let offset = self.exclusions.offset();
        let offset = offset_to_show(self.query.active, length, page, offset, chosen);
        self.exclusions.scroll_to(offset);
    }

    /// The exclusions that are in sight where their pane has so many rows.
    pub fn exclusions_in_sight(&self, rows: usize) -> Range<usize> {
        let first = self.exclusions.offset();
        first..(first + rows).min(self.hunt.exclusions.len())
    }

    /// How many are not.
    pub fn exclusions_out_of_sight(&self, rows: usize) -> OutOfSight {
        let in_sight = self.exclusions_in_sight(rows);
        let length = self.hunt.exclusions.len();
        OutOfSight {
            above: (
                in_sight.start,
                on_among(self.query.active, 0..in_sight.start),
            ),
            below: (
                length.saturating_sub(in_sight.end),
                on_among(self.query.active, in_sight.end..length),
            ),
        }
    }

    /// Removes the selected exclusion; undo brings it back.
    pub(in crate::tui) fn remove_exclusion(&mut self) -> Vec<Effect> {
        let index = self.exclusions.index();
        let Some(title) = self.title_to_change(index) else {
            return Vec::new();
        };
        let origin = self.origin(&self.hunt.exclusions[index].id);
        let notice = match origin {
            Origin::BuiltIn => {
                self.notify(format!(
                    "“{title}” is built in and cannot be removed: Space switches it on or off"
                ));
                return Vec::new();
            }
            Origin::Nowhere => format!("Removed (u: undo): {title}"),
            Origin::OwnFile(name) | Origin::OtherFile(name) => format!(
                "Removed for this session (u: undo): {title}. It is still in {name}: delete it there to remove it for \
                 good"
            ),
        };
        let mut exclusions = self.hunt.exclusions.to_vec();
        exclusions.remove(index);
        self.redefine_to(exclusions, notice)
    }

    /// Opens the title of the selected exclusion.
    pub(in crate::tui) fn begin_renaming(&mut self) {
        let index = self.exclusions.index();
        if let Some(title) = self.title_to_change(index) {
            self.overlay = Some(Overlay::Rename(RenameDialog {
                input: Input::new(title.clone()),
                index,
                title,
            }));
        }
    }

    pub(in crate::tui) fn on_rename_key(
        &mut self,
        mut dialog: RenameDialog,
        key: KeyEvent,
    ) -> Vec<Effect> {
        let title = dialog.input.value().trim().to_owned();
        match key.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Enter if title.is_empty() => {
                self.notify_error("Type a title: every exclusion needs one");
            }
            KeyCode::Enter => return self.rename(dialog.index, title),
            _ => edit(&mut dialog.input, key),
        }
        self.overlay = Some(Overlay::Rename(dialog));
        Vec::new()
    }

    fn rename(&mut self, index: usize, title: String) -> Vec<Effect> {
        let mut exclusions = self.hunt.exclusions.to_vec();
        let Some(exclusion) = exclusions.get_mut(index) else {
            return Vec::new();
        };
        if exclusion.title == title {
            return Vec::new();
        }
        let notice = format!("Renamed (w: save): {} is now {title}", exclusion.title);
        exclusion.title = title;
        self.saved.note_written(&exclusion.id);
        self.redefine_to(exclusions, notice)
    }

    /// Gives exclusions another owner, reason or date. It is no step: undo does not take it back.
    pub(in crate::tui) fn describe_exclusions(&mut self, described: &[Exclusion]) -> Vec<Effect> {
        let describe = |exclusion: &mut Exclusion| {
            if let Some(described) = described.iter().find(|one| one.id == exclusion.id) {
                exclusion.owner.clone_from(&described.owner);
                exclusion.reason.clone_from(&described.reason);
                exclusion.created = described.created;
            }
        };
        let mut exclusions = self.hunt.exclusions.to_vec();
        exclusions.iter_mut().for_each(describe);
        if *exclusions == *self.hunt.exclusions {
            return Vec::new();
        }
        self.history.describe(describe);
        self.redefine_to(exclusions, "Saving…".to_owned())
    }

    /// The title of an exclusion that is to be changed, where that can be done now.
    fn title_to_change(&mut self, index: usize) -> Option<String> {
        let title = self.hunt.exclusions.get(index)?.title.clone();
        if !self.load.finished {
            self.notify("Exclusions can be changed once loading has finished");
            return None;
        }
        Some(title)
    }

    /// Puts other exclusions in the place of those there are. Those that stay on are those of the same id.
    fn redefine_to(&mut self, exclusions: Vec<Exclusion>, notice: String) -> Vec<Effect> {
        let mut query = self.asked_query();
        query.active = query.active.moved(&self.hunt.exclusions, &exclusions);
        let exclusions = Arc::from(exclusions);
        self.redefine(Asked { query, exclusions }, notice)
    }
}

/// The first row of a list at which the most exclusions that are on are in sight. The row that was chosen
/// stays in sight, and the list moves no further than it must.
fn offset_to_show(
    on: ExclusionSet,
    length: usize,
    page: usize,
    offset: usize,
    chosen: Option<usize>,
) -> usize {
    let last = length.saturating_sub(page.max(1));
    let has_chosen =
        |first: &usize| chosen.is_none_or(|row| (*first..first + page.max(1)).contains(&row));
    let best = (0..=last).filter(has_chosen).max_by_key(|&first| {
        let shown = on_among(on, first..first + page);
        (shown, std::cmp::Reverse(first.abs_diff(offset)))
    });
    best.unwrap_or(offset)
}

fn on_among(on: ExclusionSet, rows: Range<usize>) -> usize {
    on.iter().filter(|row| rows.contains(row)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_many_as_fit_of_those_that_are_on_are_in_sight(
            on in any::<u64>(),
            length in 1_usize..64,
            page in 1_usize..20,
            offset in 0_usize..64,
            chosen in proptest::option::of(0_usize..64),
        ) {
            let on = ExclusionSet(on).and(ExclusionSet::first(length));
            let chosen = chosen.filter(|row| *row < length);
            let first = offset_to_show(on, length, page, offset, chosen);
            prop_assert!(first + page <= length || first == 0);
            prop_assert!(chosen.is_none_or(|row| (first..first + page).contains(&row)));
            let shown = on_among(on, first..first + page);
            for other in 0..=length.saturating_sub(page) {
                let better = on_among(on, other..other + page) > shown;
                let allowed = chosen.is_none_or(|row| (other..other + page).contains(&row));
                prop_assert!(!(better && allowed));
            }
        }
    }

    #[test]
    fn the_list_stays_where_it_is_when_nothing_is_on() {
        assert_eq!(offset_to_show(ExclusionSet::EMPTY, 25, 9, 4, None), 4);
        let on = ExclusionSet(1 << 20);
        assert_eq!(offset_to_show(on, 25, 9, 4, None), 12);
        assert_eq!(offset_to_show(on, 25, 9, 14, None), 14);
    }
}
