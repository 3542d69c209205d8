//! Which character is shown as it is, which one is made visible, and how.
//!
//! Here: decisions about one character and its direct neighbours. Not here: grapheme clusters,
//! widths and lines.

use std::fmt::Write as _;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// What is to be done with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Shown as it is.
    Keep,
    /// A combining mark: shown on its base, as long as there are not too many.
    Mark,
    /// U+FE0E or U+FE0F: kept after a character that has a text and an emoji form.
    PresentationSelector,
    /// U+200C or U+200D: kept where it changes what is seen.
    Joiner,
    /// Made visible.
    Escape,
}

/// Decides by the character alone.
pub(super) fn treatment_of(character: char) -> Treatment {
    use GeneralCategory as Category;

    match character {
        ' '..='~' => return Treatment::Keep,
        '\u{200C}' | '\u{200D}' => return Treatment::Joiner,
        '\u{FE0E}' | '\u{FE0F}' => return Treatment::PresentationSelector,
        _ if is_blank_or_ignorable(character) || is_prepended_letter(character) => {
            return Treatment::Escape;
        }
        _ => {}
    }
    match character.general_category() {
        Category::Control
        | Category::Format
        | Category::LineSeparator
        | Category::ParagraphSeparator
        | Category::PrivateUse
        | Category::Surrogate
        | Category::Unassigned => Treatment::Escape,
        Category::NonspacingMark | Category::SpacingMark | Category::EnclosingMark => {
            Treatment::Mark
        }
        _ => Treatment::Keep,
    }
}

/// Whether the character may be written to a terminal wherever it stands, so that a machine
/// format need not write it as an escape.
pub(crate) fn is_harmless(character: char) -> bool {
    !matches!(
        treatment_of(character),
        Treatment::Escape | Treatment::Joiner
    )
}

/// Whether the character is of category Cc: C0, DEL or C1.
pub(crate) fn is_control(character: char) -> bool {
    character.is_control()
}

/// Whether the character is U+200C or U+200D.
pub(super) fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200C}' | '\u{200D}')
}

/// Characters that show nothing although their category is that of a letter, symbol or mark:
/// fillers, the blank braille pattern, and the marks that rendering ignores.
fn is_blank_or_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{034F}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0D}'
            | '\u{FFA0}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Letters of historic scripts that join the character *after* them. One at the end of a value
/// would swallow the first character of what we write next to it.
fn is_prepended_letter(character: char) -> bool {
    matches!(
        character,
        '\u{0D4E}'
            | '\u{111C2}'
            | '\u{111C3}'
            | '\u{113D1}'
            | '\u{1193F}'
            | '\u{11941}'
            | '\u{11A3A}'
            | '\u{11A84}'..='\u{11A89}' | '\u{11D46}' | '\u{11F02}'
    )
}

/// What was kept before a character since the line or the last escape began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    /// The last character that stands for itself.
    pub base: Option<char>,
    /// The very last character.
    pub previous: Option<char>,
    /// Combining marks on the base, or before the first one.
    pub marks: usize,
}

impl Before {
    /// Whether the character is kept, seen where it stands. Does not count marks.
    pub(super) fn keeps(&self, character: char, next: Option<char>) -> bool {
        match treatment_of(character) {
            Treatment::Keep | Treatment::Mark => true,
            Treatment::Escape => false,
            Treatment::PresentationSelector => self
                .previous
                .is_some_and(|base| has_two_presentations(base, next)),
            Treatment::Joiner => {
                self.is_within_word(next) || (character == '\u{200D}' && self.is_within_emoji(next))
            }
        }
    }

    /// Takes note of a character that was kept.
    pub(super) fn follow(&mut self, character: char) {
        self.previous = Some(character);
        match treatment_of(character) {
            Treatment::Mark | Treatment::PresentationSelector => self.marks += 1,
            Treatment::Joiner => {}
            Treatment::Keep | Treatment::Escape if is_skin_tone(character) => {}
            Treatment::Keep | Treatment::Escape => {
                self.base = Some(character);
                self.marks = 0;
            }
        }
    }

    /// Between two letters of a script that is written with joiners.
    fn is_within_word(&self, next: Option<char>) -> bool {
        let after_letter = self.previous.is_some_and(|previous| {
            Some(previous) == self.base || treatment_of(previous) == Treatment::Mark
        });
        after_letter
            && self.base.is_some_and(is_letter_with_joiners)
            && next.is_some_and(is_letter_with_joiners)
    }

    /// Between two pictures that are drawn as one.
    fn is_within_emoji(&self, next: Option<char>) -> bool {
        let after_picture = self.previous.is_some_and(|previous| {
            Some(previous) == self.base || previous == '\u{FE0F}' || is_skin_tone(previous)
        });
        after_picture
            && self.base.is_some_and(begins_emoji_sequence)
            && next.is_some_and(continues_emoji_sequence)
    }
}

/// Characters of which Unicode has a text form and an emoji form. The list of Unicode is longer
/// than a rule; what matters is that a selector after a letter, where nobody sees it, is found.
fn has_two_presentations(base: char, next: Option<char>) -> bool {
    use GeneralCategory as Category;

    match base {
        '0'..='9' | '#' | '*' => next == Some('\u{20E3}'),
        '\u{2139}' => true,
        '\0'..='\u{A8}' => false,
        _ => matches!(
            base.general_category(),
            Category::OtherSymbol
                | Category::MathSymbol
                | Category::OtherPunctuation
                | Category::DashPunctuation
        ),
    }
}

/// Letters of Arabic, Syriac and the scripts of India and Sri Lanka.
fn is_letter_with_joiners(character: char) -> bool {
    let in_script = matches!(
        character,
        '\u{0620}'..='\u{077F}'
            | '\u{0860}'..='\u{08FF}'
            | '\u{0900}'..='\u{0DFF}'
            | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFC}'
    );
    in_script
        && treatment_of(character) == Treatment::Keep
        && character.general_category() == GeneralCategory::OtherLetter
}

fn is_skin_tone(character: char) -> bool {
    matches!(character, '\u{1F3FB}'..='\u{1F3FF}')
}

fn is_picture(character: char) -> bool {
    let in_block = matches!(
        character,
        '\u{1F300}'..='\u{1F3FA}'
            | '\u{1F400}'..='\u{1F53D}'
            | '\u{1F546}'..='\u{1F64F}'
            | '\u{1F680}'..='\u{1F6FF}'
            | '\u{1F90C}'..='\u{1F93A}'
            | '\u{1F93C}'..='\u{1F945}'
            | '\u{1F947}'..='\u{1F9FF}'
            | '\u{1FA70}'..='\u{1FAFF}'
    );
    in_block && character.general_category() == GeneralCategory::OtherSymbol
}

/// Hearts, balls and chains stand first in a sequence although they are older than emoji.
fn begins_emoji_sequence(character: char) -> bool {
    is_picture(character) || matches!(character, '\u{26D3}' | '\u{26F9}' | '\u{2764}')
}

/// Signs such as ♀, ⚕ and ✈ that a sequence ends with.
fn continues_emoji_sequence(character: char) -> bool {
    is_picture(character)
        || matches!(
            character,
            '\u{2194}'
                | '\u{2195}'
                | '\u{2620}'
                | '\u{2640}'
                | '\u{2642}'
                | '\u{2695}'
                | '\u{2696}'
                | '\u{26A7}'
                | '\u{2708}'
                | '\u{2744}'
                | '\u{2764}'
                | '\u{27A1}'
                | '\u{2B1B}'
        )
}

/// Appends the visible form of a character. All of it is one cell wide per character.
pub(crate) fn push_escape(character: char, text: &mut String) {
    match character {
        '\t' => text.push('⇥'),
        '\n' => text.push('↵'),
        '\r' => text.push('␍'),
        '\0'..='\u{1F}' => {
            text.push('^');
            text.push(char::from(character as u8 + b'@'));
        }
        '\u{7F}' => text.push_str("^?"),
        '\u{80}'..='\u{9F}' => write_to(text, format_args!("\\u{{{:x}}}", u32::from(character))),
        _ => write_to(text, format_args!("⟨U+{:04X}⟩", u32::from(character))),
    }
}

/// Appends the visible form of half of a UTF-16 pair.
pub(crate) fn push_surrogate(unit: u16, text: &mut String) {
    write_to(text, format_args!("⟨U+{unit:04X}⟩"));
}

/// Appends the visible form of a byte that belongs to no character.
pub(crate) fn push_invalid(byte: u8, text: &mut String) {
    write_to(text, format_args!("\\x{byte:02X}"));
}

/// Appends what stands for combining marks beyond those that are shown.
pub(super) fn push_mark_count(count: usize, text: &mut String) {
    write_to(text, format_args!("⟨+{count}⟩"));
}

fn write_to(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(arguments);
}
