//! Questions over everything else: before something is saved that means more than it seems, and before
//! something is lost that was written.

use super::app::Overlay;
pub use super::overlay::Question;
use super::overlay::Subject;

/// The keys that leave without saving.
pub(super) const LEAVE_KEYS: &str = "y or Ctrl-C";

/// The titles that are named one by one.
pub(super) const TITLES_NAMED: usize = 5;

impl Question {
    /// What lies under it.
    pub(super) fn under(&self) -> Option<&Overlay> {
        match &self.subject {
            Subject::Leave(under) => under.as_deref(),
            Subject::Save(_) => None,
        }
    }

    /// Whether it asks before leaving.
    pub(super) fn is_about_leaving(&self) -> bool {
        matches!(self.subject, Subject::Leave(_))
    }
}
