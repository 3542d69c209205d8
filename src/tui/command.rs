//! Something the analyst can do, where it applies, and its entry in the table of commands.

use super::keys::{Key, key_label, parse_key};

/// Something the analyst can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Move the cursor down.
    Down,
    /// Move the cursor up.
    Up,
    /// Move by what fits the pane, down.
    PageDown,
    /// Move by what fits the pane, up.
    PageUp,
    /// Move to the first row.
    First,
    /// Move to the last row.
    Last,
    /// Open what the cursor is on.
    Open,
    /// Go back to where this was opened from.
    Back,
    /// Give the keys to the next pane.
    NextPane,
    /// Give the keys to the pane before.
    PreviousPane,
    /// Switch the exclusion whose number the key says.
    ToggleExclusion,
    /// Switch the exclusion the cursor is on.
    ToggleSelectedExclusion,
    /// Switch all exclusions off, or those that were on back on.
    ToggleAllExclusions,
    /// Show what the exclusions hide, or the ranking again.
    ShowHidden,
    /// Propose exclusions for what the cursor is on.
    ExcludeLikeThis,
    /// Write an exclusion from nothing.
    AddExclusion,
    /// Edit the definition of the exclusion the cursor is on.
    EditExclusion,
    /// Save an exclusion to the analyst's own file.
    SaveExclusion,
    /// Give the exclusion the cursor is on another title.
    RenameExclusion,
    /// Take the exclusion the cursor is on out of the list.
    RemoveExclusion,
    /// Narrow the ranking while typing.
    Search,
    /// Sort by the next column.
    SortByNextColumn,
    /// Sort the other way round.
    ReverseSort,
    /// Take other domains for one.
    MatchDomains,
    /// Give the keys to the timeline.
    ShowTimeline,
    /// Count all times again.
    CountAllTimes,
    /// Apply the time range to other emails.
    ChangeRangeScope,
    /// Begin a time range at the cursor of the timeline, or end it.
    ChooseRange,
    /// Move the cursor of the timeline to the bar before.
    EarlierBar,
    /// Move the cursor of the timeline to the bar after.
    LaterBar,
    /// The same, with a range.
    ExtendEarlier,
    /// The same, with a range.
    ExtendLater,
    /// Take back the last change of the query.
    Undo,
    /// Make the change again that was taken back.
    Redo,
    /// Open the next email of the domain.
    NextEmail,
    /// Open the previous email of the domain.
    PreviousEmail,
    /// Write what the focused pane shows to a file.
    Export,
    /// Show the hunt as a query for Sentinel.
    ShowQuery,
    /// Show what was loaded, what was rejected and why.
    ShowFiles,
    /// Take the domains of recipients from their addresses or from their column.
    SwitchRecipientDomains,
    /// Stop loading and keep what is there.
    StopLoading,
    /// Let the terminal have the mouse, or take it back.
    ToggleMouse,
    /// Open the command palette.
    Palette,
    /// Show every key.
    Help,
    /// Draw everything anew.
    Redraw,
    /// Put mailhunt into the background.
    Suspend,
    /// Close the email or the account of the files.
    Close,
    /// Leave.
    Quit,
    /// Fail on purpose, to see that the terminal is restored. In debug builds only.
    #[cfg(debug_assertions)]
    Panic,
}

/// Where a command applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Everywhere.
    Anywhere,
    /// In the ranking.
    Ranking,
    /// In the ranking and in the list of emails: where there is something to open or to export.
    Lists,
    /// In an opened email.
    Email,
    /// In the exclusions pane.
    Exclusions,
    /// On the timeline.
    Timeline,
    /// In an opened email and in the account of the files: what lies in the place of the ranking.
    Opened,
    /// In the account of the files.
    Files,
    /// While files are being loaded.
    Loading,
}

impl Context {
    /// What to call it for people.
    pub fn title(self) -> &'static str {
        match self {
            Context::Anywhere => "anywhere",
            Context::Ranking => "ranking",
            Context::Lists => "ranking, emails",
            Context::Email => "email",
            Context::Exclusions => "exclusions",
            Context::Timeline => "timeline",
            Context::Opened => "email, files",
            Context::Files => "files",
            Context::Loading => "while loading",
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct Entry {
    /// What is done.
    pub command: Command,
    /// Its name in the palette.
    pub name: &'static str,
    /// What it does, in a sentence without a full stop.
    pub doc: &'static str,
    /// A word for the footer; empty when it is not shown there.
    pub hint: &'static str,
    /// The keys, as [`parse_key`] reads them.
    pub keys: &'static [&'static str],
    /// Where it applies.
    pub context: Context,
}

impl Command {
    /// Whether only tests use it: a list offers it to those who type its whole name.
    pub fn is_for_tests(self) -> bool {
        match self {
            #[cfg(debug_assertions)]
            Command::Panic => true,
            _ => false,
        }
    }

    /// Whether it only moves the cursor.
    pub fn is_movement(self) -> bool {
        matches!(
            self,
            Command::Down
                | Command::Up
                | Command::PageDown
                | Command::PageUp
                | Command::First
                | Command::Last
                | Command::EarlierBar
                | Command::LaterBar
                | Command::ExtendEarlier
                | Command::ExtendLater
                | Command::NextPane
                | Command::PreviousPane
        )
    }
}

impl Entry {
    /// All its keys for people, such as `j ↓`; the nine digits as a range.
    pub fn key_labels(&self) -> String {
        if self.command == Command::ToggleExclusion {
            return "1-9".to_owned();
        }
        let labels: Vec<String> = self.keys.iter().map(|key| key_label(key)).collect();
        labels.join(" ")
    }

    /// The key shown where there is room for one.
    pub fn first_key_label(&self) -> String {
        if self.command == Command::ToggleExclusion {
            return "1-9".to_owned();
        }
        self.keys
            .first()
            .map_or_else(String::new, |key| key_label(key))
    }

    /// Which of its keys this is, if it is one.
    pub(super) fn key_number(&self, key: Key) -> Option<usize> {
        self.keys
            .iter()
            .position(|text| parse_key(text) == Some(key))
    }
}
