//! What each command does to the state.

use crate::hunt::exclusion::ExclusionSet;
use crate::hunt::query::Shown;
use crate::quantities::count;
use crate::tui::app::{App, Effect, OpenEmail, Overlay, Pane};
use crate::tui::commands::Command;
use crate::tui::cursor::Step;
use crate::tui::export_dialog::ExportDialog;
use crate::tui::palette::PaletteState;

impl App {
    /// Does a command; `number` is which of its keys was pressed, counted from 0.
    pub(in crate::tui) fn run(&mut self, command: Command, number: usize) -> Vec<Effect> {
        if !command.is_movement() && !matches!(command, Command::ChooseRange | Command::Back) {
            self.end_range();
        }
        match command {
            Command::Down => self.step_pane(self.focus, Step::By(1)),
            Command::Up => self.step_pane(self.focus, Step::By(-1)),
            Command::PageDown => self.step_pane(self.focus, Step::Pages(1)),
            Command::PageUp => self.step_pane(self.focus, Step::Pages(-1)),
            Command::First => self.step_pane(self.focus, Step::First),
            Command::Last => self.step_pane(self.focus, Step::Last),
            Command::Open => self.open(),
            Command::Back => self.back(),
            Command::NextPane => self.cycle_panes(1),
            Command::PreviousPane => self.cycle_panes(-1),
            Command::ToggleExclusion => self.toggle_exclusion(number),
            Command::ToggleSelectedExclusion => self.toggle_exclusion(self.exclusions.index()),
            Command::RenameExclusion => self.begin_renaming(),
            Command::RemoveExclusion => return self.remove_exclusion(),
            Command::ToggleAllExclusions => self.toggle_all_exclusions(),
            Command::ShowHidden => self.show_hidden(),
            Command::ExcludeLikeThis => return self.exclude_like_this(),
            Command::AddExclusion => return self.add_exclusion(),
            Command::EditExclusion => return self.edit_exclusion(),
            Command::SaveExclusion => return self.save_selected(),
            Command::Search => self.begin_search(),
            Command::SortByNextColumn => self.sort_by_next_column(),
            Command::ReverseSort => self.reverse_sort(),
            Command::MatchDomains => return self.match_domains_next(),
            Command::ShowTimeline => self.focus_pane(Pane::Timeline),
            Command::CountAllTimes => self.count_all_times(),
            Command::ChangeRangeScope => self.change_range_scope(),
            Command::ChooseRange => self.choose_range(),
            Command::EarlierBar => self.step_timeline(Step::By(-1)),
            Command::LaterBar => self.step_timeline(Step::By(1)),
            Command::ExtendEarlier => self.extend_range(-1),
            Command::ExtendLater => self.extend_range(1),
            Command::Undo => return self.undo(),
            Command::Redo => return self.redo(),
            Command::NextEmail => self.open_neighbour(1),
            Command::PreviousEmail => self.open_neighbour(-1),
            Command::Export => self.begin_export(),
            Command::ShowQuery => self.show_query(),
            Command::ShowFiles => self.show_files(),
            Command::SwitchRecipientDomains => return self.switch_recipient_domains(),
            Command::StopLoading => {
                self.notify("Stopping: all counts are lower bounds");
                return vec![Effect::StopLoading];
            }
            Command::ToggleMouse => {
                self.mouse = !self.mouse;
                self.notify(if self.mouse {
                    "Mouse captured"
                } else {
                    "Mouse released: select text as usual"
                });
                return vec![Effect::CaptureMouse(self.mouse)];
            }
            Command::Palette => {
                self.overlay = Some(Overlay::Palette(PaletteState::default()));
            }
            Command::Help => self.overlay = Some(Overlay::Help(0)),
            Command::Redraw => return vec![Effect::Redraw],
            Command::Suspend => return vec![Effect::Suspend],
            Command::Close => self.back(),
            Command::Quit => return self.ask_to_leave(),
            #[cfg(debug_assertions)]
            Command::Panic => panic!("a failure on purpose"),
        }
        Vec::new()
    }

    /// Moves the cursor or the text of a pane.
    pub(in crate::tui) fn step_pane(&mut self, pane: Pane, step: Step) {
        let rows_shown = self.page(pane);
        match pane {
            Pane::Ranking => self.step_ranking(step),
            Pane::Emails => self.step_emails(step),
            Pane::Exclusions => {
                let length = self.hunt.exclusions.len();
                self.exclusions.step(step, length, rows_shown, Some);
            }
            Pane::Timeline => self.step_timeline(step),
            Pane::Email => {
                self.email.scroll = scrolled(self.email.scroll, step, rows_shown);
                self.clamp_scrolls();
            }
            Pane::Files => {
                self.files.scroll = scrolled(self.files.scroll, step, rows_shown);
                self.clamp_scrolls();
            }
        }
    }

    pub(in crate::tui) fn step_ranking(&mut self, step: Step) {
        let page = self.page(Pane::Ranking);
        let (view, cube) = (&self.view, self.hunt.cube(self.query.domains));
        self.ranking.step(step, view.rows.len(), page, |index| {
            let row = view.rows.get(index)?;
            Some(cube.domain(row.index()).to_vec())
        });
        self.settle_emails();
    }

    /// The row the cursor of a list is on.
    pub(in crate::tui) fn cursor_index(&self, pane: Pane) -> usize {
        match pane {
            Pane::Emails => self.emails.cursor.index(),
            Pane::Exclusions => self.exclusions.index(),
            _ => self.ranking.index(),
        }
    }

    fn open(&mut self) {
        match self.focus {
            // What is opened is chosen: it keeps the cursor when the list changes.
            Pane::Ranking if self.emails.counted > 0 => {
                self.step_ranking(Step::By(0));
                self.focus_pane(Pane::Emails);
            }
            Pane::Emails if self.emails.length > 0 => {
                self.step_emails(Step::By(0));
                self.open_email();
            }
            _ if !self.load.finished => {
                self.notify("Emails can be opened once loading has finished");
            }
            _ => {}
        }
    }

    fn open_email(&mut self) {
        self.email = OpenEmail {
            email: self.emails.selected().copied(),
            row: Some(self.emails.cursor.index()),
            ..OpenEmail::default()
        };
        self.focus = Pane::Email;
        self.lay_out_email();
    }

    fn open_neighbour(&mut self, rows: isize) {
        if self.emails.length == 0 {
            self.notify(match self.query.shown {
                _ if self.emails.counted > 0 => "No email matches the search",
                Shown::Visible => "The active exclusions hide all emails of this domain",
                Shown::Hidden => "No email of this domain is hidden",
            });
            return;
        }
        // Where the open email is hidden, the cursor is on the one that took its place.
        let is_hidden = self.email.row.is_none();
        self.step_emails(Step::By(if is_hidden { 0 } else { rows }));
        self.open_email();
    }

    fn back(&mut self) {
        if self.give_up_range() {
            return;
        }
        match self.focus {
            Pane::Email if self.emails.counted == 0 => self.focus_pane(Pane::Ranking),
            Pane::Email => self.focus_pane(Pane::Emails),
            Pane::Emails if !self.search_of(Pane::Emails).is_empty() => {
                self.set_search(Pane::Emails, String::new());
            }
            Pane::Emails => self.focus_pane(Pane::Ranking),
            Pane::Exclusions | Pane::Files | Pane::Timeline => self.focus_pane(self.came_from),
            Pane::Ranking if !self.query.search.is_empty() => {
                self.set_search(Pane::Ranking, String::new());
            }
            Pane::Ranking if self.query.shown == Shown::Hidden => self.show_hidden(),
            Pane::Ranking => {}
        }
    }

    /// Gives the keys to a pane, remembering where Esc leads back to.
    pub(in crate::tui) fn focus_pane(&mut self, pane: Pane) {
        if pane != Pane::Timeline {
            self.end_range();
        }
        let is_beside = |pane| matches!(pane, Pane::Exclusions | Pane::Files | Pane::Timeline);
        if is_beside(pane) && !is_beside(self.focus) {
            self.came_from = self.focus;
        }
        let pane = match pane {
            Pane::Emails if self.emails.counted == 0 => Pane::Ranking,
            other => other,
        };
        self.focus = pane;
        self.settle_and_lay_out();
    }

    fn cycle_panes(&mut self, direction: isize) {
        let upper = match self.focus {
            Pane::Exclusions if matches!(self.came_from, Pane::Email) => Pane::Email,
            Pane::Email => Pane::Email,
            _ => Pane::Ranking,
        };
        let panes: &[Pane] = match upper {
            Pane::Email => &[Pane::Email, Pane::Exclusions],
            _ if self.emails.counted == 0 => &[Pane::Ranking, Pane::Exclusions, Pane::Timeline],
            _ => &[
                Pane::Ranking,
                Pane::Emails,
                Pane::Exclusions,
                Pane::Timeline,
            ],
        };
        let here = panes.iter().position(|pane| *pane == self.focus);
        let next = here.map_or(0, |here| {
            (here.cast_signed() + direction).rem_euclid(panes.len().cast_signed())
        });
        self.focus_pane(panes[next.unsigned_abs()]);
    }

    fn toggle_exclusion(&mut self, index: usize) {
        let Some(exclusion) = self.hunt.exclusions.get(index) else {
            let number = index.saturating_add(1);
            self.notify(self.no_such_exclusion(number));
            return;
        };
        self.query.active.toggle(index);
        // Its pane shows it.
        self.exclusions.choose(index);
        if let Some(reason) = self.hunt.inert.get(index).and_then(Option::as_ref)
            && self.query.active.contains(index)
            && self.load.finished
        {
            let text = format!("{} hides nothing: {reason}", exclusion.title);
            self.notify(text);
        }
        self.refresh();
    }

    /// That there is no exclusion of a number.
    pub(in crate::tui) fn no_such_exclusion(&self, number: usize) -> String {
        match self.hunt.exclusions.len() {
            0 => format!("There is no exclusion {number}: there are none"),
            all => format!("There is no exclusion {number}: use 1 to {all}"),
        }
    }

    /// Switches all exclusions off, or back on those that were on when they were last switched off
    /// together.
    fn toggle_all_exclusions(&mut self) {
        let on = self.query.active;
        if !on.is_empty() {
            self.set_aside = on;
            self.query.active = ExclusionSet::EMPTY;
            let amount = count(on.len() as u64, "exclusion");
            self.notify(format!("{amount} off (0: back on)"));
        } else if self.set_aside.is_empty() {
            self.notify("No exclusion is on");
            return;
        } else {
            self.query.active = self.set_aside;
            let amount = count(self.set_aside.len() as u64, "exclusion");
            self.notify(format!("{amount} on again"));
        }
        self.refresh();
    }

    /// Shows what the exclusions take out of the ranking, or the ranking again.
    fn show_hidden(&mut self) {
        self.query.shown = self.query.shown.other();
        self.refresh();
        self.notify(match self.query.shown {
            Shown::Hidden => "Showing only what the exclusions hide (H: back)",
            Shown::Visible => "Showing the ranking",
        });
    }

    fn begin_export(&mut self) {
        if self.exporting {
            self.notify("An export is still being written");
            return;
        }
        if let Some(dialog) = ExportDialog::of_pane(self) {
            self.overlay = Some(Overlay::Export(dialog));
        } else {
            let reason = self.why_nothing_is_listed();
            self.notify(format!("Nothing to export: {reason}"));
        }
    }

    /// Why the ranking has no rows.
    fn why_nothing_is_listed(&self) -> String {
        let query = &self.query;
        if !self.load.finished {
            return "files are still being read".to_owned();
        }
        if !query.search.is_empty() {
            return format!("no domain contains “{}”", query.search);
        }
        match query.shown {
            Shown::Hidden if query.active.is_empty() => "no exclusion is on, so nothing is hidden",
            Shown::Hidden => "the active exclusions hide nothing",
            Shown::Visible => "the ranking has no rows",
        }
        .to_owned()
    }

    fn show_files(&mut self) {
        if self.focus == Pane::Files {
            self.back();
        } else {
            self.focus_pane(Pane::Files);
        }
    }
}

/// A text scrolled by a step; the caller keeps it within the text.
pub(in crate::tui) fn scrolled(scroll: usize, step: Step, page: usize) -> usize {
    match step {
        Step::By(lines) => scroll.saturating_add_signed(lines),
        Step::Pages(pages) => {
            let lines = page.max(1).cast_signed().saturating_mul(pages);
            scroll.saturating_add_signed(lines)
        }
        Step::First => 0,
        Step::Last => usize::MAX,
        Step::To(line) => line,
    }
}
