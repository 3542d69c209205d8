//! The results of email authentication: a key that names a method says one of a few words. Anything else in its
//! place was cut, joined with what follows it, or written by somebody else, so it must not lift a guard.

/// The methods whose results are known.
pub(super) const METHODS: [&str; 5] = ["spf", "dkim", "dmarc", "compauth", "arc"];

/// What they say, by RFC 8601 and by Microsoft's documentation of `AuthenticationDetails`.
pub const RESULTS: [&str; 11] = [
    "pass",
    "fail",
    "none",
    "softfail",
    "softpass",
    "hardfail",
    "neutral",
    "policy",
    "temperror",
    "permerror",
    "bestguesspass",
];

/// Whether a key names a method.
pub fn is_method(key: &str) -> bool {
    METHODS
        .iter()
        .any(|method| method.eq_ignore_ascii_case(key.trim()))
}

/// Whether a value may stand with a key: with a method only a result may.
pub(super) fn may_be_said(key: &str, value: &str) -> bool {
    !is_method(key)
        || RESULTS
            .iter()
            .any(|result| result.eq_ignore_ascii_case(value.trim()))
}
