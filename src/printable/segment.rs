//! The parts of a printable line.

/// Whether a part of a [`Printable`](super::Printable) is the text itself or stands for something that is not safe
/// to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SegmentKind {
    /// Text shown as it is.
    Plain,
    /// The visible form of what was made visible, such as `^[` or `⟨U+202E⟩`. It is drawn in its
    /// own style, since an attacker may also write these characters as plain text.
    Hostile,
}

/// A part of a [`Printable`](super::Printable) that is drawn in one style.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Segment {
    /// Text that is safe to write to a terminal.
    pub text: String,
    /// What the text stands for.
    pub kind: SegmentKind,
}
