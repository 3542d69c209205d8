//! The panes that can have the keys.

/// A pane that can have the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The ranking of domains.
    #[default]
    Ranking,
    /// The threat emails of the selected domain.
    Emails,
    /// One email.
    Email,
    /// The exclusions.
    Exclusions,
    /// What was loaded.
    Files,
    /// When the threats came.
    Timeline,
}
