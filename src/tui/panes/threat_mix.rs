//! The threat mix of a row of the ranking: how many of its threats are Malware, Phish, Spam or of another
//! type. The column is as wide as the numbers need, or they are shortened, so that none is ever left out.

use super::super::text::LineBuilder;
use super::super::theme::Theme;
use crate::hunt::summary::DomainSummary;
use crate::quantities::{number, shortened};

/// What the help says about the column.
pub(super) const LEGEND: &str = "Threat mix: M malware, P phish, S spam, ? any other type; an email can be of several types. \
     Where room is short, numbers are rounded: 2.3k is about 2,300, m stands for millions, b for billions";

/// The widths the column can take: few, so that it seldom changes while the ranking scrolls.
const WIDTHS: [usize; 5] = [12, 16, 20, 28, 40];

/// How many threats there are of each type, in the order they are shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ThreatMix([u64; 4]);

const LETTERS: [char; 4] = ['M', 'P', 'S', '?'];

impl From<DomainSummary> for ThreatMix {
    fn from(summary: DomainSummary) -> Self {
        ThreatMix([summary.malware, summary.phish, summary.spam, summary.other])
    }
}

impl ThreatMix {
    /// The types that are there and their numbers, with every digit where that fits, shortened where it does not,
    /// and at last without a blank before the letter. Nothing is left out to fit.
    fn parts(self, width: usize) -> Vec<(usize, String)> {
        let full = self.written(number, " ");
        if width_of(&full) <= width {
            return full;
        }
        let short = self.written(shortened, " ");
        if width_of(&short) <= width {
            return short;
        }
        self.written(shortened, "")
    }

    fn written(self, write: fn(u64) -> String, blank: &str) -> Vec<(usize, String)> {
        let kinds = self.0.iter().zip(LETTERS).enumerate();
        kinds
            .filter(|(_, (amount, _))| **amount > 0)
            .map(|(kind, (amount, letter))| (kind, format!("{}{blank}{letter}", write(*amount))))
            .collect()
    }

    /// Adds the column, `width` cells wide, and a blank.
    pub(super) fn draw<'t>(
        self,
        width: usize,
        theme: &Theme,
        builder: LineBuilder<'t>,
    ) -> LineBuilder<'t> {
        let styles = [theme.warning, theme.danger, theme.dim, theme.text];
        let end = builder.width() + width + 1;
        let mut builder = builder;
        for (kind, text) in self.parts(width) {
            builder = builder.text(text, styles[kind]).blanks(1);
        }
        builder.fill_to(end)
    }
}

/// The width of the column for these rows. It stays within `room` unless shortened numbers need more, and goes beyond
/// `most` only where it must.
pub(super) fn column_width(mixes: &[ThreatMix], room: usize, most: usize) -> usize {
    let widest = |write: fn(u64) -> String, blank: &str| {
        let widths = mixes.iter().map(|mix| width_of(&mix.written(write, blank)));
        widths.max().unwrap_or_default()
    };
    let full = widest(number, " ");
    let step = WIDTHS.into_iter().find(|step| *step >= full);
    let wanted = step.unwrap_or(full);
    let short = widest(shortened, " ");
    let least = if short <= most {
        short
    } else {
        widest(shortened, "")
    };
    wanted.min(room.max(least))
}

fn width_of(parts: &[(usize, String)]) -> usize {
    let letters: usize = parts.iter().map(|(_, text)| text.len()).sum();
    letters + parts.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(mix: ThreatMix, width: usize) -> String {
        let parts = mix.parts(width).into_iter();
        let texts: Vec<String> = parts.map(|(_, text)| text).collect();
        texts.join(" ")
    }

    #[test]
    fn numbers_are_written_out_where_they_fit_and_shortened_where_they_do_not() {
        let mix = ThreatMix([1500, 2300, 9, 0]);
        assert_eq!(text(mix, 19), "1,500 M 2,300 P 9 S");
        assert_eq!(text(mix, 18), "1.5k M 2.3k P 9 S");
        assert_eq!(column_width(&[mix], 30, 40), 20);
        assert_eq!(column_width(&[mix], 18, 40), 18);
        assert_eq!(column_width(&[mix], 5, 17), 17);
        assert_eq!(text(mix, 16), "1.5kM 2.3kP 9S");
        assert_eq!(column_width(&[mix], 5, 16), 14);
        assert_eq!(column_width(&[ThreatMix([0, 40, 0, 0])], 9, 9), 9);
        assert_eq!(column_width(&[], 30, 40), 12);
    }

    fn amount() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), 1_u64..1000, 1000_u64..2_000_000, 0..1_u64 << 50]
    }

    proptest! {
        #[test]
        fn no_type_is_ever_left_out(
            rows in proptest::collection::vec([amount(), amount(), amount(), amount()], 1..5),
            room in 0_usize..60,
            beyond in 0_usize..20,
        ) {
            let mixes: Vec<ThreatMix> = rows.iter().copied().map(ThreatMix).collect();
            let width = column_width(&mixes, room, room + beyond);
            let theme = Theme::monochrome();
            for mix in mixes {
                let line = mix.draw(width, &theme, LineBuilder::new(&theme));
                prop_assert_eq!(line.width(), width + 1, "it is as wide as the column");
                let text = line.build().to_string();
                for (amount, letter) in mix.0.into_iter().zip(LETTERS) {
                    let full = format!("{} {letter}", number(amount));
                    let short = format!("{} {letter}", shortened(amount));
                    let compact = format!("{}{letter}", shortened(amount));
                    let is_told = [full, short, compact].iter().any(|told| text.contains(told));
                    prop_assert_eq!(is_told, amount > 0, "{}: {}", text, letter);
                }
            }
        }
    }
}
