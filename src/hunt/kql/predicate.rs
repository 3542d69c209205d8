//! Predicates of KQL as a tree, so that brackets stand where they are needed and long ones take several
//! lines.

/// What is true or false of a row, never null: a `not` of null would be no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Predicate {
    /// An expression that binds as tightly as a comparison.
    Is(String),
    /// True where all are.
    All(Vec<Predicate>),
    /// True where any is.
    Any(Vec<Predicate>),
    /// True where the other is not.
    Not(Box<Predicate>),
}

/// The longest predicate that takes one line.
const LINE: usize = 100;

impl Predicate {
    pub(super) fn is(expression: impl Into<String>) -> Self {
        Predicate::Is(expression.into())
    }

    pub(super) fn all(parts: impl IntoIterator<Item = Predicate>) -> Self {
        let parts = parts.into_iter().flat_map(|part| match part {
            Predicate::All(parts) => parts,
            other => vec![other],
        });
        let mut parts: Vec<Predicate> = parts.collect();
        match parts.len() {
            1 => parts.remove(0),
            _ => Predicate::All(parts),
        }
    }

    pub(super) fn any(parts: impl IntoIterator<Item = Predicate>) -> Self {
        let parts = parts.into_iter().flat_map(|part| match part {
            Predicate::Any(parts) => parts,
            other => vec![other],
        });
        let mut parts: Vec<Predicate> = parts.collect();
        match parts.len() {
            1 => parts.remove(0),
            _ => Predicate::Any(parts),
        }
    }

    #[must_use]
    pub(super) fn negated(self) -> Self {
        match self {
            Predicate::Not(inner) => *inner,
            other => Predicate::Not(Box::new(other)),
        }
    }

    /// In one line.
    pub(super) fn in_one_line(&self) -> String {
        match self {
            Predicate::Is(expression) => expression.clone(),
            Predicate::Not(inner) => format!("not({})", inner.in_one_line()),
            Predicate::All(parts) => joined(parts, "and", "true"),
            Predicate::Any(parts) => joined(parts, "or", "false"),
        }
    }

    /// In as many lines as it takes, each but the first after that many blanks.
    pub(super) fn indented(&self, blanks: usize) -> String {
        let line = self.in_one_line();
        if line.len() + blanks <= LINE {
            return line;
        }
        match self {
            Predicate::Is(_) => line,
            Predicate::Not(inner) => {
                let start = format!("not(\n{}", " ".repeat(blanks));
                format!("{start}{})", inner.indented(blanks))
            }
            Predicate::All(parts) => stacked(parts, "and", blanks),
            Predicate::Any(parts) => stacked(parts, "or", blanks),
        }
    }

    /// Several parts of one kind stand in brackets within those of another.
    fn in_brackets(&self, text: String) -> String {
        match self {
            Predicate::All(parts) | Predicate::Any(parts) if !parts.is_empty() => {
                format!("({text})")
            }
            _ => text,
        }
    }
}

fn stacked(parts: &[Predicate], word: &str, blanks: usize) -> String {
    let separator = format!("\n{}{word} ", " ".repeat(blanks));
    let parts: Vec<String> = parts
        .iter()
        .map(|part| part.in_brackets(part.indented(blanks + 4)))
        .collect();
    parts.join(&separator)
}

fn joined(parts: &[Predicate], word: &str, of_none: &str) -> String {
    if parts.is_empty() {
        return of_none.to_owned();
    }
    let parts: Vec<String> = parts
        .iter()
        .map(|part| part.in_brackets(part.in_one_line()))
        .collect();
    parts.join(&format!(" {word} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_stand_where_they_are_needed() {
        let [a, b, c] = ["a", "b", "c"].map(Predicate::is);
        let any = Predicate::any([a.clone(), b]);
        assert_eq!(any.in_one_line(), "a or b");
        let all = Predicate::all([any.clone(), c.negated()]);
        assert_eq!(all.in_one_line(), "(a or b) and not(c)");
        let only = Predicate::any([all]);
        assert_eq!(
            Predicate::all([only, a]).in_one_line(),
            "(a or b) and not(c) and a"
        );
        assert_eq!(any.negated().negated().in_one_line(), "a or b");
        assert_eq!(Predicate::any([]).in_one_line(), "false");
    }

    #[test]
    fn long_ones_take_several_lines() {
        let long = Predicate::is("x".repeat(80));
        let all = Predicate::all([long.clone(), Predicate::any([Predicate::is("a"), long])]);
        let text = all.indented(0);
        assert!(text.lines().all(|line| line.len() <= LINE), "{text}");
        assert_eq!(text.lines().count(), 2);
    }
}
