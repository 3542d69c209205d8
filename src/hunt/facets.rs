//! What is told of threat emails beside their number: the kinds of threat, what became of the
//! email, whether it authenticated.

use super::key_values::{self, Answer};
use crate::events::Batch;
use crate::events::column::Column;
use crate::events::differing_copies::CopiesOfRows;
use crate::events::schema::names;
use hashbrown::HashMap;

/// The facets of one threat email, packed into a few bits so that the cube can count by them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreatFacets(u16);

/// What became of an email when it arrived (`DeliveryAction`), the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It reached the mailbox.
    Delivered,
    /// It reached the junk folder.
    Junked,
    /// It was stopped: quarantined, failed or dropped.
    Blocked,
    /// Its attachment was replaced.
    Replaced,
    /// The export says something else, or nothing.
    Unknown,
}

/// The DMARC result (`AuthenticationDetails`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dmarc {
    /// The domain vouches for the email: a compromised partner looks like this.
    Pass,
    /// The domain disowns it: a spoofed partner looks like this.
    Fail,
    /// There is no result: the word `none`, or no word at all.
    None,
    /// Another word, such as an error.
    Other,
    /// What the export says cannot be read.
    Unreadable,
}

/// The key of `AuthenticationDetails` whose value is the DMARC result.
pub const DMARC_KEY: &str = "DMARC";

const MALWARE: u16 = 1;
const PHISH: u16 = 1 << 1;
const SPAM: u16 = 1 << 2;
const OTHER_THREAT: u16 = 1 << 3;
const DELIVERY_SHIFT: u16 = 4;
const DMARC_SHIFT: u16 = 7;

impl ThreatFacets {
    /// Those of what is no threat, or of which nobody asks.
    pub(super) const NONE: ThreatFacets = ThreatFacets(0);

    /// As few bits.
    pub(super) fn bits(self) -> u16 {
        self.0
    }

    /// Of the bits that [`Self::bits`] gave.
    pub(super) fn of_bits(bits: u16) -> Self {
        ThreatFacets(bits)
    }

    /// From the three parts.
    fn new(threat_types: &[u8], delivery: Delivery, dmarc: Dmarc) -> Self {
        let delivery = delivery as u16;
        let dmarc = dmarc as u16;
        ThreatFacets(kinds(threat_types) | delivery << DELIVERY_SHIFT | dmarc << DMARC_SHIFT)
    }

    /// Whether `ThreatTypes` names Malware.
    pub fn is_malware(self) -> bool {
        self.0 & MALWARE != 0
    }

    /// Whether `ThreatTypes` names Phish.
    pub fn is_phish(self) -> bool {
        self.0 & PHISH != 0
    }

    /// Whether `ThreatTypes` names Spam.
    pub fn is_spam(self) -> bool {
        self.0 & SPAM != 0
    }

    /// Whether `ThreatTypes` says something else.
    pub fn is_other(self) -> bool {
        self.0 & OTHER_THREAT != 0
    }

    /// The facets of an email of which copies have these: the gravest delivery is told, and a DMARC result only where
    /// the copies agree. The kinds of threat stay those of the copy that counts.
    pub(super) fn and(self, copy: ThreatFacets) -> Self {
        let dmarc = if self.dmarc() == copy.dmarc() {
            self.dmarc()
        } else {
            Dmarc::Unreadable
        };
        let delivery = (self.delivery() as u16).min(copy.delivery() as u16);
        let kinds = self.0 & (MALWARE | PHISH | SPAM | OTHER_THREAT);
        ThreatFacets(kinds | delivery << DELIVERY_SHIFT | (dmarc as u16) << DMARC_SHIFT)
    }

    /// What became of the email.
    pub fn delivery(self) -> Delivery {
        match self.0 >> DELIVERY_SHIFT & 0b111 {
            0 => Delivery::Delivered,
            1 => Delivery::Junked,
            2 => Delivery::Blocked,
            3 => Delivery::Replaced,
            _ => Delivery::Unknown,
        }
    }

    /// The DMARC result.
    pub fn dmarc(self) -> Dmarc {
        match self.0 >> DMARC_SHIFT & 0b111 {
            0 => Dmarc::Pass,
            1 => Dmarc::Fail,
            2 => Dmarc::None,
            3 => Dmarc::Other,
            _ => Dmarc::Unreadable,
        }
    }
}

/// The kinds named in `ThreatTypes`, such as `Phish, Spam`, or a list such as `["Phish","Spam"]`.
fn kinds(threat_types: &[u8]) -> u16 {
    let is_around = |byte: &u8| byte.is_ascii_whitespace() || b"[]\"'".contains(byte);
    threat_types
        .split(|&byte| byte == b',')
        .map(|kind| {
            let start = kind.iter().position(|byte| !is_around(byte));
            let end = kind.iter().rposition(|byte| !is_around(byte));
            start
                .zip(end)
                .map_or(b"".as_slice(), |(start, end)| &kind[start..=end])
        })
        .map(|kind| match kind {
            kind if kind.eq_ignore_ascii_case(b"Malware") => MALWARE,
            kind if kind.eq_ignore_ascii_case(b"Phish") => PHISH,
            kind if kind.eq_ignore_ascii_case(b"Spam") => SPAM,
            _ => OTHER_THREAT,
        })
        .fold(0, |all, kind| all | kind)
}

fn delivery(action: &[u8]) -> Delivery {
    match action.trim_ascii() {
        action if action.eq_ignore_ascii_case(b"Delivered") => Delivery::Delivered,
        action if action.eq_ignore_ascii_case(b"Junked") => Delivery::Junked,
        action if action.eq_ignore_ascii_case(b"Blocked") => Delivery::Blocked,
        action if action.eq_ignore_ascii_case(b"Replaced") => Delivery::Replaced,
        _ => Delivery::Unknown,
    }
}

fn dmarc(authentication_details: &[u8]) -> Dmarc {
    let result = match key_values::value_of(authentication_details, DMARC_KEY) {
        Answer::Value(result) => result,
        Answer::Absent => return Dmarc::None,
        Answer::Unreadable => return Dmarc::Unreadable,
    };
    match result.trim().to_ascii_lowercase().as_str() {
        "pass" => Dmarc::Pass,
        "fail" => Dmarc::Fail,
        "none" => Dmarc::None,
        _ => Dmarc::Other,
    }
}

/// The facets of the rows of a batch.
#[derive(Clone, Copy, Debug)]
pub struct FacetsOfRows<'b> {
    threat_types: Option<&'b Column>,
    delivery: Option<&'b Column>,
    authentication_details: Option<&'b Column>,
}

/// The facets of the rows of a batch of which copies differ.
pub fn of_differing_copies(copies: &[CopiesOfRows]) -> HashMap<u16, ThreatFacets> {
    let mut of_rows: HashMap<u16, ThreatFacets> = HashMap::new();
    for copies in copies {
        let facets = FacetsOfRows::of(&copies.batch);
        for (copy, &row) in copies.rows.iter().enumerate() {
            let of_copy = facets.get(copy);
            let known = of_rows.get(&row).copied();
            of_rows.insert(row, known.map_or(of_copy, |known| known.and(of_copy)));
        }
    }
    of_rows
}

impl<'b> FacetsOfRows<'b> {
    /// Of a batch.
    pub fn of(batch: &'b Batch) -> Self {
        FacetsOfRows {
            threat_types: batch.column(names::THREAT_TYPES),
            delivery: batch.column(names::DELIVERY_ACTION),
            authentication_details: batch.column(names::AUTHENTICATION_DETAILS),
        }
    }

    /// The facets of a row.
    pub fn get(&self, row: usize) -> ThreatFacets {
        let cell =
            |column: Option<&'b Column>| column.map_or(b"".as_slice(), |column| column.get(row));
        ThreatFacets::new(
            cell(self.threat_types),
            delivery(cell(self.delivery)),
            dmarc(cell(self.authentication_details)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_threat_types_are_all_told() {
        let facets = ThreatFacets::new(b"Phish, spam", Delivery::Junked, Dmarc::Fail);
        assert!(facets.is_phish() && facets.is_spam());
        assert!(!facets.is_malware() && !facets.is_other());
        assert_eq!(facets.delivery(), Delivery::Junked);
        assert_eq!(facets.dmarc(), Dmarc::Fail);
    }

    #[test]
    fn a_list_of_threat_types_names_each() {
        for list in [
            "[\"Phish\",\"Malware\"]",
            "['phish', 'Malware']",
            "[Phish,Malware]",
        ] {
            let facets = ThreatFacets::new(list.as_bytes(), Delivery::Unknown, Dmarc::None);
            assert!(facets.is_phish() && facets.is_malware(), "{list}");
            assert!(!facets.is_spam() && !facets.is_other(), "{list}");
        }
    }

    #[test]
    fn every_result_survives_the_packing() {
        for dmarc in [
            Dmarc::Pass,
            Dmarc::Fail,
            Dmarc::None,
            Dmarc::Other,
            Dmarc::Unreadable,
        ] {
            let facets = ThreatFacets::new(b"Phish", Delivery::Unknown, dmarc);
            let packed = ThreatFacets::of_bits(facets.bits());
            assert_eq!(
                (packed.dmarc(), packed.delivery()),
                (dmarc, Delivery::Unknown)
            );
        }
    }

    #[test]
    fn a_blank_threat_type_is_some_other_threat() {
        let facets = ThreatFacets::new(b" ", Delivery::Unknown, Dmarc::Other);
        assert!(facets.is_other());
        assert_eq!(facets.delivery(), Delivery::Unknown);
        assert_eq!(facets.dmarc(), Dmarc::Other);
    }

    #[test]
    fn what_cannot_be_read_is_apart_from_no_result_and_from_another_one() {
        assert_eq!(dmarc(br#"{"SPF":"pass","DMARC":"Pass"}"#), Dmarc::Pass);
        assert_eq!(dmarc(b"SPF=fail; DMARC=fail"), Dmarc::Fail);
        for none in [r#"{"SPF":"pass"}"#, r#"{"DMARC":"none"}"#, "", "null"] {
            assert_eq!(dmarc(none.as_bytes()), Dmarc::None, "{none}");
        }
        assert_eq!(dmarc(br#"{"DMARC":"temperror"}"#), Dmarc::Other);
        assert_eq!(dmarc(b"not json"), Dmarc::Unreadable);
        assert_eq!(dmarc(br#"{"DMARC":"fail""#), Dmarc::Unreadable);
    }
}
