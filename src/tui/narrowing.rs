//! Narrowing a list while a text is typed: which entries stay.

use crate::letter_case::fold_text;

/// The words that are typed. Letter case does not matter.
#[derive(Clone, Debug, Default)]
pub(super) struct TypedWords(Vec<String>);

impl TypedWords {
    /// The words of a text.
    pub(super) fn of(typed: &str) -> Self {
        let words = fold_text(typed);
        TypedWords(words.split_whitespace().map(str::to_owned).collect())
    }

    /// Whether an entry contains every word, in whatever order.
    pub(super) fn are_in(&self, entry: &str) -> bool {
        let entry = fold_text(entry);
        self.0.iter().all(|word| entry.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", true)]
    #[case("dmarc  FABRIKAM", true)]
    #[case("abri", true)]
    #[case("dmarc contoso", false)]
    #[case("ΣΑΣ", true)]
    fn every_word_must_be_in_the_entry(#[case] typed: &str, #[case] stays: bool) {
        let entry = "fabrikam.example while it fails DMARC σας";
        assert_eq!(TypedWords::of(typed).are_in(entry), stays);
    }
}
