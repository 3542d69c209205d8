//! Commands: what the analyst can do. [`COMMANDS`] is the one table of them: it makes the keymap, the
//! help, the palette, the hints in the footer and the key list of the README, so that none of them can
//! differ from what the keys do.

pub use super::command_table::COMMANDS;
pub use super::keys::{Key, key_label, parse_key};

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

    /// Where it is, and how to get there, for a sentence that says where a key works.
    fn directions(self) -> String {
        let key = first_key_label;
        match self {
            Context::Anywhere => "everywhere".to_owned(),
            Context::Ranking => "in the ranking".to_owned(),
            Context::Lists => "in the ranking and the emails".to_owned(),
            Context::Email => format!("in an open email ({})", key(Command::Open)),
            Context::Exclusions => format!("in the exclusions ({})", key(Command::NextPane)),
            Context::Timeline => format!("on the timeline ({})", key(Command::ShowTimeline)),
            Context::Opened => "in an open email and in the files".to_owned(),
            Context::Files => format!("in the files ({})", key(Command::ShowFiles)),
            Context::Loading => "while files are loading".to_owned(),
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
    fn key_number(&self, key: Key) -> Option<usize> {
        self.keys
            .iter()
            .position(|text| parse_key(text) == Some(key))
    }
}

/// The entry of a command.
pub fn entry(command: Command) -> Option<&'static Entry> {
    COMMANDS.iter().find(|entry| entry.command == command)
}

/// The first key of a command, for people; nothing if it has none.
pub fn first_key_label(command: Command) -> String {
    entry(command).map_or_else(String::new, Entry::first_key_label)
}

/// The command of a key where these contexts hold, and which of the command's keys it is.
/// A command of a narrower context comes before one that applies anywhere.
pub fn find(key: Key, contexts: &[Context]) -> Option<(Command, usize)> {
    contexts
        .iter()
        .chain(std::iter::once(&Context::Anywhere))
        .find_map(|context| {
            COMMANDS
                .iter()
                .filter(|entry| entry.context == *context)
                .find_map(|entry| Some((entry.command, entry.key_number(key)?)))
        })
}

/// Where a key works, and what it does there; nothing if it has no command at all.
pub fn where_it_works(key: Key) -> Option<String> {
    let entries = COMMANDS.iter();
    let places: Vec<String> = entries
        .filter(|entry| entry.key_number(key).is_some())
        .map(|entry| {
            format!(
                "{}: {}",
                entry.context.directions(),
                lowercase_first(entry.doc)
            )
        })
        .collect();
    let label = COMMANDS.iter().flat_map(|entry| entry.keys);
    let mut label = label.filter(|text| parse_key(text) == Some(key));
    Some(format!(
        "{} works {}",
        key_label(label.next()?),
        places.join("; ")
    ))
}

/// A sentence as a part of another.
fn lowercase_first(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

/// The key list of the README, as a Markdown table.
pub fn markdown_table() -> String {
    let rows = COMMANDS
        .iter()
        .filter(|entry| !entry.keys.is_empty())
        .map(|entry| {
            let keys: Vec<String> = if entry.command == Command::ToggleExclusion {
                vec!["`1` … `9`".to_owned()]
            } else {
                entry
                    .keys
                    .iter()
                    .map(|key| format!("`{}`", key_label(key)))
                    .collect()
            };
            format!(
                "| {} | {} | {} |\n",
                keys.join(" "),
                entry.doc,
                entry.context.title()
            )
        });
    std::iter::once("| Key | What it does | Where |\n|---|---|---|\n".to_owned())
        .chain(rows)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    #[test]
    fn every_key_of_the_table_can_be_read() {
        for entry in COMMANDS {
            for key in entry.keys {
                assert!(parse_key(key).is_some(), "{}: {key}", entry.name);
            }
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        for (index, entry) in COMMANDS.iter().enumerate() {
            for other in &COMMANDS[index + 1..] {
                if other.context != entry.context {
                    continue;
                }
                for key in entry.keys {
                    assert!(
                        !other.keys.contains(key),
                        "{key}: {} and {}",
                        entry.name,
                        other.name
                    );
                }
            }
        }
    }

    #[test]
    fn the_narrower_context_wins() {
        let enter = parse_key("enter").expect("a key");
        assert_eq!(
            find(enter, &[Context::Exclusions]),
            Some((Command::ToggleSelectedExclusion, 1))
        );
        assert_eq!(find(enter, &[Context::Lists]), Some((Command::Open, 0)));
        assert_eq!(find(enter, &[]), None);
    }

    #[test]
    fn every_key_with_a_command_says_where_it_works() {
        for entry in COMMANDS {
            for text in entry.keys {
                let said = parse_key(text).and_then(where_it_works).expect("a command");
                assert!(said.contains(&entry.context.directions()), "{said}");
                assert!(said.contains(&lowercase_first(entry.doc)), "{said}");
            }
        }
        let unbound = parse_key("z").expect("a key");
        assert_eq!(where_it_works(unbound), None);
    }

    #[test]
    fn shift_belongs_to_the_character() {
        let event = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(find(Key::from(event), &[]), Some((Command::Last, 0)));
    }
}
