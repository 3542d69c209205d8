//! Which partner an email we sent counts for: the domain as the query takes it from the cell, and as people mean it.
//!
//! Where domains are matched to the letter the first counts, in the wider ways the second. They differ only where the
//! recipient is no plain address. A text that lists several recipients counts once to the letter, and for each of them in
//! the wider ways.

use crate::events::address::{self, domain_by_query};
use std::borrow::Cow;

/// The partner of an email we sent, as far as it is counted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partner<'a> {
    /// The domain as the query takes it.
    pub taken: &'a [u8],
    /// The domain as people mean it.
    pub meant: &'a [u8],
    /// Whether it is the second or a later recipient of a text, for whom nothing counts to the letter.
    pub is_further: bool,
}

impl<'a> Partner<'a> {
    /// The partner with a domain that the query takes as people mean it.
    pub fn plain(domain: &'a [u8]) -> Self {
        Partner {
            taken: domain,
            meant: domain,
            is_further: false,
        }
    }

    /// Whether the query takes its domain as people mean it.
    pub fn is_plain(&self) -> bool {
        self.taken == self.meant && !self.is_further
    }

    /// The partners of an email by the cell of its recipient: the first, and then those of further recipients.
    pub fn each_of(cell: &'a [u8], mut take: impl FnMut(Partner<'a>)) {
        let taken = domain_by_query(cell);
        let recipients = address::read(cell).recipients;
        let first = recipients
            .first()
            .map_or(b"".as_slice(), |first| first.domain);
        take(Partner {
            taken,
            meant: first,
            is_further: false,
        });
        for further in recipients.iter().skip(1) {
            take(Partner {
                taken,
                meant: further.domain,
                is_further: true,
            });
        }
    }
}

/// Begins the texts that are more than the domain of a plain partner.
const MARK: u8 = b'@';

const FIRST: u8 = b'1';
const FURTHER: u8 = b'+';
const MOVED: u8 = b'~';
const DISAGREEMENT: u8 = b'?';

/// What events are counted for while only their number is kept: said in one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedFor<'a> {
    /// A partner.
    Partner(Partner<'a>),
    /// It counts for another domain where `RecipientDomain` is taken.
    Moved(Moved<'a>),
}

/// The domains for which an email counts by its address and by the column `RecipientDomain` beside it, which are not the
/// same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved<'a> {
    /// The domain of the address as the query takes it.
    pub address: &'a [u8],
    /// The domain in the column.
    pub column: &'a [u8],
    /// Whether no recipient of the address has the one in the column, which is not empty.
    pub disagree: bool,
}

impl<'a> CountedFor<'a> {
    /// The text of a domain, for which threats count, or emails to plain addresses.
    pub fn text_of(domain: &'a [u8]) -> Cow<'a, [u8]> {
        CountedFor::Partner(Partner::plain(domain)).text()
    }

    /// The text.
    pub fn text(self) -> Cow<'a, [u8]> {
        let (kind, one, other) = match self {
            CountedFor::Partner(partner) => {
                if partner.is_plain() && partner.taken.first() != Some(&MARK) {
                    return Cow::Borrowed(partner.taken);
                }
                let kind = if partner.is_further { FURTHER } else { FIRST };
                (kind, partner.taken, partner.meant)
            }
            CountedFor::Moved(moved) => {
                let kind = if moved.disagree { DISAGREEMENT } else { MOVED };
                (kind, moved.address, moved.column)
            }
        };
        let mut text = vec![MARK, kind];
        text.extend((one.len() as u64).to_le_bytes());
        text.extend(one);
        text.extend(other);
        Cow::Owned(text)
    }

    /// What a text says that [`Self::text`] has given.
    pub fn of_text(text: &'a [u8]) -> Self {
        let plain = || CountedFor::Partner(Partner::plain(text));
        let Some((&[MARK, kind], rest)) = text.split_first_chunk() else {
            return plain();
        };
        let Some((length, rest)) = rest.split_first_chunk() else {
            return plain();
        };
        let Some((one, other)) = rest.split_at_checked(u64::from_le_bytes(*length) as usize) else {
            return plain();
        };
        if matches!(kind, DISAGREEMENT | MOVED) {
            return CountedFor::Moved(Moved {
                address: one,
                column: other,
                disagree: kind == DISAGREEMENT,
            });
        }
        CountedFor::Partner(Partner {
            taken: one,
            meant: other,
            is_further: kind == FURTHER,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn partners(cell: &str) -> Vec<(String, String, bool)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut partners = Vec::new();
        Partner::each_of(cell.as_bytes(), |it| {
            partners.push((text(it.taken), text(it.meant), it.is_further));
        });
        partners
    }

    #[test]
    fn a_text_counts_once_to_the_letter_and_for_each_recipient_as_meant() {
        let partner =
            |taken: &str, meant: &str, is_further| (taken.to_owned(), meant.to_owned(), is_further);
        assert_eq!(partners("a@x"), [partner("x", "x", false)]);
        assert_eq!(partners(""), [partner("", "", false)]);
        assert_eq!(partners("A <a@x>"), [partner("x>", "x", false)]);
        assert_eq!(
            partners("a@x;b@y"),
            [partner("x;b", "x", false), partner("x;b", "y", true)]
        );
    }

    proptest! {
        #[test]
        fn what_is_counted_for_comes_back_from_its_text(
            taken in "[@1+?a\u{0}]{0,12}",
            meant in "[@1+?a\u{0}]{0,12}",
            is_further: bool,
        ) {
            let (one, other) = (taken.as_bytes(), meant.as_bytes());
            let partner = Partner { taken: one, meant: other, is_further };
            for counted in [
                CountedFor::Partner(partner),
                CountedFor::Partner(Partner::plain(one)),
                CountedFor::Moved(Moved { address: one, column: other, disagree: is_further }),
            ] {
                let text = counted.text();
                prop_assert_eq!(CountedFor::of_text(&text), counted);
            }
        }
    }
}
