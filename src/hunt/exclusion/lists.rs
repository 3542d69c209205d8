//! Named lists: `@consumer-mail` in a definition stands for the texts of the list of that name.
//!
//! A text that begins with `@` and goes on with anything but letters, digits, `-` and `_` is no name of a
//! list but itself, such as `@contoso.com`; `@@name` is the text `@name`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The list whose texts are, unless a file says otherwise, the domains of the events that are our own.
pub const OWN_DOMAINS: &str = "own-domains";

/// Lists by name.
#[derive(Clone, Debug, Default)]
pub struct Lists(BTreeMap<String, List>);

#[derive(Clone, Debug, Default)]
struct List {
    texts: Vec<String>,
    /// Whether the domains that the events show to be our own belong to it.
    own_domains: bool,
}

/// The texts that something written stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) texts: Vec<String>,
    pub(super) own_domains: bool,
}

impl Lists {
    /// Those that there are before any file says more: our own domains.
    pub(super) fn before_any_file() -> Self {
        let own = List {
            own_domains: true,
            ..List::default()
        };
        Lists(BTreeMap::from([(OWN_DOMAINS.to_owned(), own)]))
    }

    /// Takes the lists of a file. One of a known name replaces that; where it names itself, it adds to it.
    ///
    /// # Errors
    /// The name of the list that is at fault and what is wrong.
    pub(super) fn add(
        &mut self,
        written: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), (String, String)> {
        let mut added = BTreeMap::new();
        for name in written.keys() {
            let mut path = BTreeSet::new();
            let list = self
                .resolve(name, written, &mut path)
                .map_err(|reason| (name.clone(), reason))?;
            added.insert(name.clone(), list);
        }
        self.0.extend(added);
        Ok(())
    }

    /// A list of a file, with the lists it names, of the same file or known before.
    fn resolve(
        &self,
        name: &str,
        written: &BTreeMap<String, Vec<String>>,
        path: &mut BTreeSet<String>,
    ) -> Result<List, String> {
        let is_new = path.insert(name.to_owned());
        if !is_new {
            return Err(format!("the list \"{name}\" contains itself"));
        }
        let mut list = List::default();
        for text in &written[name] {
            match named_list(text) {
                None => list.texts.push(unescaped(text).to_owned()),
                Some(other) => {
                    let other = if other != name && written.contains_key(other) {
                        Cow::Owned(self.resolve(other, written, path)?)
                    } else {
                        Cow::Borrowed(self.get(other)?)
                    };
                    list.texts.extend(other.texts.iter().cloned());
                    list.own_domains |= other.own_domains;
                }
            }
        }
        path.remove(name);
        if list.texts.iter().any(|text| text.trim().is_empty()) {
            return Err(format!("the list \"{name}\" contains an empty text"));
        }
        Ok(list)
    }

    fn get(&self, name: &str) -> Result<&List, String> {
        self.0.get(name).ok_or_else(|| {
            let known: Vec<String> = self.0.keys().map(|name| format!("@{name}")).collect();
            format!(
                "unknown list \"@{name}\"; available: {}. For the text itself, write \"@@{name}\"",
                known.join(", ")
            )
        })
    }

    /// What texts of a definition stand for.
    ///
    /// # Errors
    /// A sentence, when a list is named that there is not.
    pub(super) fn expand(&self, written: &[String]) -> Result<Expanded, String> {
        let mut expanded = Expanded::default();
        for text in written {
            match named_list(text) {
                None => expanded.texts.push(unescaped(text).to_owned()),
                Some(name) => {
                    let list = self.get(name)?;
                    expanded.texts.extend(list.texts.iter().cloned());
                    expanded.own_domains |= list.own_domains;
                }
            }
        }
        Ok(expanded)
    }
}

/// The name of the list a text stands for, if it is one.
fn named_list(text: &str) -> Option<&str> {
    text.strip_prefix('@').filter(|name| is_name(name))
}

fn is_name(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    !text.is_empty() && text.chars().all(is_part)
}

/// The text that `@@name` stands for; so that any text can be written, `@@@name` stands for `@@name`.
fn unescaped(text: &str) -> &str {
    if text.starts_with("@@") && is_name(text.trim_start_matches('@')) {
        return &text[1..];
    }
    text
}

/// How a text is written so that it stands for itself.
pub fn literal(text: &str) -> String {
    if text.starts_with('@') && is_name(text.trim_start_matches('@')) {
        return format!("@{text}");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn lists(written: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let lists = written.iter();
        lists
            .map(|(name, texts)| ((*name).to_owned(), owned(texts)))
            .collect()
    }

    fn expand(lists: &Lists, text: &str) -> Vec<String> {
        lists.expand(&[text.to_owned()]).expect("known").texts
    }

    #[test]
    fn a_later_file_replaces_a_list_or_adds_to_it() {
        let mut all = Lists::before_any_file();
        all.add(&lists(&[("a", &["one"]), ("b", &["@a", "two"])]))
            .expect("valid");
        assert_eq!(expand(&all, "@b"), ["one", "two"]);
        all.add(&lists(&[("b", &["@b", "three"]), ("a", &["four"])]))
            .expect("valid");
        assert_eq!(expand(&all, "@b"), ["one", "two", "three"]);
        assert_eq!(expand(&all, "@a"), ["four"]);
    }

    #[test]
    fn a_list_cannot_be_part_of_itself_through_another() {
        let written = lists(&[("a", &["@b"]), ("b", &["@a"])]);
        let (_, reason) = Lists::before_any_file()
            .add(&written)
            .expect_err("a circle");
        assert!(reason.contains("contains itself"), "{reason}");
    }

    #[rstest]
    #[case("@contoso.com")]
    #[case("@name")]
    #[case("@@name")]
    #[case("@@@name")]
    #[case("plain")]
    #[case("@")]
    fn a_literal_text_stands_for_itself(#[case] text: &str) {
        assert_eq!(expand(&Lists::default(), &literal(text)), [text]);
    }

    #[test]
    fn our_own_domains_are_those_of_the_events_until_a_file_lists_them() {
        let mut all = Lists::before_any_file();
        let own = ["@own-domains".to_owned()];
        assert!(all.expand(&own).expect("known").own_domains);
        all.add(&lists(&[("own-domains", &["contoso.example"])]))
            .expect("valid");
        let expanded = all.expand(&own).expect("known");
        assert_eq!((expanded.texts.len(), expanded.own_domains), (1, false));
    }
}
