//! The two sides of the hunt.

/// The side of the hunt an event counts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// `EmailDirection == "Outbound"`.
    Outbound,
    /// `EmailDirection == "Inbound"` and `ThreatTypes` not empty.
    Threat,
}

impl Side {
    /// Both, in the order of their numbers.
    pub const BOTH: [Side; 2] = [Side::Outbound, Side::Threat];
}
