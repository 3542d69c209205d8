//! Commands: what the analyst can do. [`COMMANDS`] is the one table of them: it makes the keymap, the
//! help, the palette, the hints in the footer and the key list of the README, so that none of them can
//! differ from what the keys do.

pub use super::command::{Command, Context, Entry};
pub use super::command_table::COMMANDS;
pub use super::keys::{Key, key_label, parse_key};

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
                directions(entry.context),
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

/// Where it is, and how to get there, for a sentence that says where a key works.
fn directions(context: Context) -> String {
    let key = first_key_label;
    match context {
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
                assert!(said.contains(&directions(entry.context)), "{said}");
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
