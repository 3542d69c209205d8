//! What the texts of `ThreatTypes` say: a threat by name, a word for nothing, or neither.
//!
//! The query only asks whether the cell is empty, and so does the hunt; here is what to tell of the rest.

/// The threats of Microsoft's documentation.
const THREATS: [&[u8]; 3] = [b"Malware", b"Phish", b"Spam"];

/// Whether a value names a threat that is documented, in any case, alone or beside others.
pub fn names_a_threat(threat_types: &[u8]) -> bool {
    THREATS.iter().any(|threat| {
        let mut words = threat_types.windows(threat.len());
        words.any(|word| word.eq_ignore_ascii_case(threat))
    })
}
