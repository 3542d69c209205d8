//! The numbers of rows at which Microsoft's products cut an export off without a word in the file.

use crate::quantities::number;

/// The limits, with what has them.
const LIMITS: [(u64, &str); 4] = [
    (10_000, "exports of the older Defender portal"),
    (
        30_000,
        "exports of the Log Analytics and Microsoft Sentinel portal",
    ),
    (
        100_000,
        "exports of Defender advanced hunting and of Graph's runHuntingQuery",
    ),
    (
        500_000,
        "answers of the Log Analytics query API and of Azure Data Explorer",
    ),
];

/// What the analyst should know of a file of so many rows, if that is such a number.
pub fn warning(rows: u64) -> Option<String> {
    let (limit, product) = LIMITS.iter().find(|(limit, _)| *limit == rows)?;
    Some(format!(
        "exactly {} rows, the limit of {product}: it was probably cut off, so all counts are lower bounds",
        number(*limit)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(9_999, None)]
    #[case(10_000, Some("older Defender portal"))]
    #[case(30_000, Some("Log Analytics and Microsoft Sentinel portal"))]
    #[case(30_001, None)]
    #[case(100_000, Some("advanced hunting"))]
    #[case(500_000, Some("query API"))]
    fn only_the_exact_limits_are_suspicious(#[case] rows: u64, #[case] product: Option<&str>) {
        let warning = warning(rows);
        match product {
            Some(product) => assert!(warning.expect("a limit").contains(product)),
            None => assert_eq!(warning, None),
        }
    }
}
