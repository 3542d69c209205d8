//! The styles of the screen by role. Colour is never the only signal: each role also has a glyph,
//! a word or an attribute where it stands.

use ratatui::style::{Color, Modifier, Style};

/// The styles by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What is read first: domains, titles of focused panes.
    pub strong: Style,
    /// Ordinary text.
    pub text: Style,
    /// What may be overlooked: units, hints, empty values.
    pub dim: Style,
    /// Names of columns and fields.
    pub label: Style,
    /// Borders of panes without the keys.
    pub border: Style,
    /// Borders of the pane that has the keys.
    pub border_focused: Style,
    /// Under the title of a pane, so that it is not as faint as the border.
    pub title: Style,
    /// The selected row of the pane that has the keys.
    pub selected: Style,
    /// The selected row of another pane.
    pub selected_elsewhere: Style,
    /// Characters made visible because they are hostile.
    pub hostile: Style,
    /// A threat or a failure.
    pub danger: Style,
    /// What the analyst should know before trusting a number.
    pub warning: Style,
    /// Something that is well.
    pub good: Style,
    /// Keys in hints.
    pub key: Style,
    /// What is switched on.
    pub on: Style,
}

impl Theme {
    /// The terminal's own sixteen colours, so that it follows the analyst's palette. No white, black
    /// or yellow foreground, which vanish on one kind of background or the other.
    pub fn sixteen_colours() -> Self {
        let plain = Style::new();
        Theme {
            strong: plain.add_modifier(Modifier::BOLD),
            text: plain,
            dim: plain.fg(Color::DarkGray),
            label: plain.fg(Color::Cyan),
            border: plain.fg(Color::DarkGray),
            border_focused: plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            title: plain.fg(Color::Reset),
            // One bar of one colour: reversed, coloured text would be a patch in it.
            selected: plain.fg(Color::Reset).add_modifier(Modifier::REVERSED),
            selected_elsewhere: plain.add_modifier(Modifier::BOLD),
            hostile: plain.fg(Color::Magenta).add_modifier(Modifier::REVERSED),
            danger: plain.fg(Color::Red),
            warning: plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            good: plain.fg(Color::Green),
            key: plain.fg(Color::Cyan),
            on: plain.fg(Color::Green).add_modifier(Modifier::BOLD),
        }
    }

    /// No colour at all: attributes only.
    pub fn monochrome() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Theme {
            strong: bold,
            text: plain,
            dim: plain.add_modifier(Modifier::DIM),
            label: plain,
            border: plain.add_modifier(Modifier::DIM),
            border_focused: bold,
            title: plain,
            selected: plain.add_modifier(Modifier::REVERSED),
            selected_elsewhere: plain.add_modifier(Modifier::BOLD),
            hostile: plain.add_modifier(Modifier::REVERSED),
            danger: bold,
            warning: bold.add_modifier(Modifier::UNDERLINED),
            good: plain,
            key: bold,
            on: bold,
        }
    }

    /// Monochrome when `NO_COLOR` is set and not empty (no-color.org), else sixteen colours.
    pub fn from_environment() -> Self {
        match std::env::var_os("NO_COLOR") {
            Some(value) if !value.is_empty() => Theme::monochrome(),
            _ => Theme::sixteen_colours(),
        }
    }
}
