//! Which exclusions match the very same emails: told from the masks that occur, as emails of one mask
//! are matched by the same exclusions.

use super::exclusion::ExclusionSet;
use hashbrown::HashSet;

/// What the masks seen so far show.
#[derive(Clone, Debug, Default)]
pub struct Sameness {
    seen: HashSet<ExclusionSet>,
    /// For each exclusion, those that match an email which it does not match, or the other way round.
    different: Vec<ExclusionSet>,
}

impl Sameness {
    /// Of that many exclusions, with no email seen.
    pub fn of(exclusions: usize) -> Self {
        Sameness {
            seen: HashSet::new(),
            different: vec![ExclusionSet::EMPTY; exclusions],
        }
    }

    /// Sees emails of a mask.
    pub fn see(&mut self, mask: ExclusionSet) {
        if mask.is_empty() || !self.seen.insert(mask) {
            return;
        }
        let others = ExclusionSet(!mask.0);
        for (index, different) in self.different.iter_mut().enumerate() {
            let has_other_answer = if mask.contains(index) { others } else { mask };
            *different = different.or(has_other_answer);
        }
    }

    /// The first other exclusion that matches the same emails. Of exclusions that match none any two are
    /// the same.
    pub fn same_as(&self, index: usize) -> Option<usize> {
        let different = self.different.get(index)?;
        (0..self.different.len()).find(|&other| other != index && !different.contains(other))
    }
}
