//! Amounts as people read them: numbers in groups of three digits, things counted, bytes.

/// A number with a comma between each three digits.
pub fn number(number: u64) -> String {
    with_separators(&number.to_string())
}

/// A number of things, such as `1 email` and `1,240 emails`.
pub fn count(amount: u64, singular: &str) -> String {
    let plural = if amount == 1 { "" } else { "s" };
    format!("{} {singular}{plural}", number(amount))
}

/// Things as a sentence names them: `a`, `a and b`, `a, b and c`.
pub fn listed(parts: &[impl AsRef<str>]) -> String {
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    match parts.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => parts.concat(),
    }
}

/// A decimal number as written, with a comma between each three digits before the point.
pub fn with_separators(number: &str) -> String {
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut text = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A number in at most four characters: `999`, `2.3k`, `23k`, `1.2m`. From 1,000 on it is rounded to the nearest.
pub fn shortened(amount: u64) -> String {
    const UNITS: [&str; 6] = ["k", "m", "b", "t", "q", "Q"];
    if amount < 1000 {
        return amount.to_string();
    }
    let mut unit = 1000;
    for (index, name) in UNITS.iter().enumerate() {
        let tenths = rounded(amount, unit / 10);
        if tenths < 100 {
            return format!("{}.{}{name}", tenths / 10, tenths % 10);
        }
        let whole = rounded(amount, unit);
        if whole < 1000 || index + 1 == UNITS.len() {
            return format!("{whole}{name}");
        }
        unit *= 1000;
    }
    number(amount)
}

/// How many times a unit goes into an amount, rounded to the nearest.
fn rounded(amount: u64, unit: u64) -> u64 {
    amount / unit + u64::from(amount % unit >= unit.div_ceil(2))
}

/// A number of bytes for people, in decimal units.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    // What would be printed as 1000.0 is 1.0 of the next unit.
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_204_331), "1,204,331");
        assert_eq!(with_separators("-1204.50"), "-1,204.50");
        assert_eq!(count(1, "email"), "1 email");
        assert_eq!(count(1240, "email"), "1,240 emails");
    }

    #[test]
    fn shortened_numbers_are_rounded_to_the_nearest() {
        for (amount, short) in [
            (0, "0"),
            (999, "999"),
            (1000, "1.0k"),
            (2349, "2.3k"),
            (2350, "2.4k"),
            (9949, "9.9k"),
            (9950, "10k"),
            (999_499, "999k"),
            (999_500, "1.0m"),
            (12_345_678, "12m"),
            (4_000_000_000, "4.0b"),
            (u64::MAX, "18Q"),
        ] {
            assert_eq!(shortened(amount), short);
        }
    }

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(999_960), "1.0 MB");
        assert_eq!(bytes(1_200_000_000), "1.2 GB");
    }
}
