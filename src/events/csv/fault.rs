//! Records of a block that are no rows. A damaged file may have millions: those that follow each other line by line for the
//! same reason are kept as one.

use std::fmt;

/// A record that is no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The rows of the block before it.
    pub(super) rows_before: usize,
    /// The line ends of the block before it.
    pub(super) lines_before: u64,
    pub(super) reason: Reason,
}

/// Why a record is no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// It is the header.
    HeaderAgain,
    /// It has not as many cells as the header.
    Cells { cells: u32, header: u32 },
    /// A quote takes in what are other rows; those are read.
    Unclosed,
    /// The same, of a record of one line.
    UnclosedInLine,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNCLOSED: &str = "a quote opened on this line is not closed properly";
        match self {
            Reason::HeaderAgain => f.write_str("the header again, not an event"),
            Reason::Cells { cells, header } => {
                write!(f, "{cells} cells where the header has {header}")
            }
            Reason::Unclosed => write!(f, "{UNCLOSED}; reading continues with the next line"),
            Reason::UnclosedInLine => f.write_str(UNCLOSED),
        }
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.to_string()
    }
}

/// The records of a block that are no rows, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    runs: Vec<Run>,
    len: usize,
}

/// Records that follow each other, each in a line.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: Fault,
    lines: u64,
}

impl Run {
    /// Takes in those that follow, if these can be one.
    fn absorb(&mut self, next: &Run) -> bool {
        let following = Fault {
            lines_before: self.first.lines_before + self.lines,
            ..self.first
        };
        let follows = next.first == following;
        if follows {
            self.lines += next.lines;
        }
        follows
    }
}

impl Faults {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds the next one.
    pub(super) fn push(&mut self, fault: Fault) {
        self.push_run(Run {
            first: fault,
            lines: 1,
        });
    }

    fn push_run(&mut self, run: Run) {
        self.len += run.lines as usize;
        if !self.runs.last_mut().is_some_and(|last| last.absorb(&run)) {
            self.runs.push(run);
        }
    }

    /// Adds those of a text that follows so many rows and line ends.
    pub(super) fn append(&mut self, further: &Faults, rows: usize, lines: u64) {
        for run in &further.runs {
            let mut run = *run;
            run.first.rows_before += rows;
            run.first.lines_before += lines;
            self.push_run(run);
        }
    }

    /// Each of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = Fault> {
        self.runs.iter().flat_map(|run| {
            let first = run.first;
            (0..run.lines).map(move |line| Fault {
                lines_before: first.lines_before + line,
                ..first
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault() -> impl Strategy<Value = (usize, u64, Reason)> {
        let cells = Reason::Cells {
            cells: 1,
            header: 2,
        };
        let reason = prop_oneof![Just(Reason::Unclosed), Just(cells)];
        (0..2_usize, 1..3_u64, reason)
    }

    proptest! {
        #[test]
        fn they_come_back_as_they_were_added(
            parts in prop::collection::vec(prop::collection::vec(fault(), 0..12), 0..5),
        ) {
            let mut all = Faults::default();
            let mut expected = Vec::new();
            let (mut rows, mut lines) = (0, 0);
            for part in parts {
                let mut faults = Faults::default();
                let (mut rows_of_part, mut lines_of_part) = (0, 0);
                for (further_rows, further_lines, reason) in part {
                    rows_of_part += further_rows;
                    let fault = Fault { rows_before: rows_of_part, lines_before: lines_of_part, reason };
                    faults.push(fault);
                    expected.push(Fault {
                        rows_before: rows + rows_of_part,
                        lines_before: lines + lines_of_part,
                        reason,
                    });
                    lines_of_part += further_lines;
                }
                all.append(&faults, rows, lines);
                rows += rows_of_part;
                lines += lines_of_part;
            }
            prop_assert_eq!(all.len(), expected.len());
            prop_assert_eq!(all.iter().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn lines_without_end_cost_nothing() {
        let mut faults = Faults::default();
        for line in 0..1_000_000 {
            faults.push(Fault {
                rows_before: 3,
                lines_before: line,
                reason: Reason::Unclosed,
            });
        }
        assert_eq!((faults.len(), faults.runs.len()), (1_000_000, 1));
    }
}
