//! What the command palette lists: the commands and exclusions that a typed text finds.

use super::app::App;
use super::commands::{COMMANDS, Command, Context};
use super::narrowing::TypedWords;
use super::palette::PaletteState;

/// A line of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteItem {
    /// What is done.
    pub command: Command,
    /// Which of the command's keys it stands for, counted from 0.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// What it does.
    pub doc: String,
    /// Its keys.
    pub keys: String,
}

impl PaletteState {
    /// The commands whose name or description contains every word typed; each exclusion has a line
    /// of its own.
    pub fn items(&self, app: &App) -> Vec<PaletteItem> {
        let typed = self.input.value();
        let words = TypedWords::of(typed);
        let mut items = all_items(app);
        items.retain(|item| {
            if item.command.is_for_tests() {
                return item.name == typed.trim();
            }
            is_number_of(item, typed) || words.are_in(&format!("{} {}", item.name, item.doc))
        });
        items.sort_by_key(|item| !is_number_of(item, typed));
        items
    }

    /// The message for a text that finds no command.
    pub fn nothing_found(&self, app: &App) -> String {
        match self.input.value().trim().parse() {
            Ok(number) => app.no_such_exclusion(number),
            Err(_) => "There is no such command".to_owned(),
        }
    }

    /// The command the cursor is on.
    pub fn selected(&self, app: &App) -> Option<(Command, usize)> {
        let items = self.items(app);
        let item = items.get(self.cursor.index())?;
        Some((item.command, item.number))
    }
}

/// Whether the number of the exclusion that an item switches was typed.
fn is_number_of(item: &PaletteItem, typed: &str) -> bool {
    item.command == Command::ToggleExclusion
        && typed.trim().parse() == Ok(item.number.saturating_add(1))
}

fn all_items(app: &App) -> Vec<PaletteItem> {
    let mut items = Vec::new();
    for entry in COMMANDS {
        match entry.command {
            Command::ToggleExclusion => items.extend(exclusion_items(app)),
            // Its target is the cursor of a pane; the lines above name theirs.
            Command::ToggleSelectedExclusion => {}
            _ if !applies(entry.context, app) => {}
            _ => items.push(PaletteItem {
                command: entry.command,
                number: 0,
                name: entry.name.to_owned(),
                doc: entry.doc.to_owned(),
                keys: entry.key_labels(),
            }),
        }
    }
    // Nobody opens a palette to move down a row.
    items.sort_by_key(|item| item.command.is_movement());
    items
}

/// Whether a command of that context does something now.
fn applies(context: Context, app: &App) -> bool {
    context == Context::Anywhere || app.contexts().contains(&context)
}

fn exclusion_items(app: &App) -> impl Iterator<Item = PaletteItem> {
    app.hunt
        .exclusions
        .iter()
        .enumerate()
        .map(|(index, exclusion)| PaletteItem {
            command: Command::ToggleExclusion,
            number: index,
            name: format!("exclude {}", exclusion.id),
            doc: format!("Switch “{}” on or off", exclusion.title),
            keys: if index < 9 {
                (index + 1).to_string()
            } else {
                format!(":{}", index + 1)
            },
        })
}
