//! Reads exclusions from TOML. The built-in ones, in `assets/exclusions.toml`, are written in it too
//! and describe it in their first lines.

use super::exclusion::{Clause, Comparison, Condition, Exclusion, MOST_EXCLUSIONS, Scope, Test};
use super::fields::{self, Field};
use regex::bytes::RegexBuilder;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The exclusions that come with mailhunt, in their order.
const BUILT_IN: &str = include_str!("../../assets/exclusions.toml");

/// Why a definition was refused.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// Not TOML, or not of the shape: the message has line and column.
    #[error("{0}")]
    Shape(#[from] toml::de::Error),
    /// Written for a mailhunt that this one is not.
    #[error("version {0} of the exclusion format is not known: this mailhunt reads version 1")]
    Version(i64),
    /// Two exclusions of one id.
    #[error("the id \"{0}\" is used twice")]
    IdUsedTwice(String),
    /// More than one mask has bits.
    #[error("more than {MOST_EXCLUSIONS} exclusions")]
    TooMany,
    /// A block without a line: it holds of every email.
    #[error("exclusion \"{0}\": an empty block would match every email")]
    EmptyBlock(String),
    /// A condition that cannot be understood.
    #[error("exclusion \"{id}\", \"{key}\": {reason}")]
    Condition {
        /// The exclusion.
        id: String,
        /// The condition's key as written.
        key: String,
        /// What is wrong with it and what would be right.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileShape {
    version: i64,
    #[serde(default)]
    exclude: Vec<ExcludeShape>,
    #[serde(default)]
    lists: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExcludeShape {
    id: String,
    title: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    scope: Scope,
    #[serde(rename = "match")]
    matches: Vec<ClauseShape>,
    #[serde(default)]
    unless: Vec<ClauseShape>,
}

type ClauseShape = BTreeMap<String, ValueShape>;

#[derive(Deserialize)]
#[serde(untagged)]
enum ValueShape {
    Flag(bool),
    One(String),
    Several(Vec<String>),
}

type Lists = BTreeMap<String, Vec<String>>;

/// The exclusions that come with mailhunt.
///
/// # Errors
/// Never for the text that is built in: a test reads it.
pub fn built_in() -> Result<Vec<Exclusion>, DefinitionError> {
    parse(BUILT_IN)
}

/// Reads exclusions from TOML.
///
/// # Errors
/// [`DefinitionError`] with the place and what would be right.
pub fn parse(text: &str) -> Result<Vec<Exclusion>, DefinitionError> {
    let file: FileShape = toml::from_str(text)?;
    if file.version != 1 {
        return Err(DefinitionError::Version(file.version));
    }
    if file.exclude.len() > MOST_EXCLUSIONS {
        return Err(DefinitionError::TooMany);
    }
    let mut exclusions: Vec<Exclusion> = Vec::new();
    for shape in file.exclude {
        if exclusions.iter().any(|known| known.id == shape.id) {
            return Err(DefinitionError::IdUsedTwice(shape.id));
        }
        exclusions.push(exclusion(shape, &file.lists)?);
    }
    Ok(exclusions)
}

fn exclusion(shape: ExcludeShape, lists: &Lists) -> Result<Exclusion, DefinitionError> {
    let clauses = |shapes: Vec<ClauseShape>| -> Result<Vec<Clause>, DefinitionError> {
        shapes
            .into_iter()
            .map(|clause| clause_of(&shape.id, clause, lists))
            .collect()
    };
    Ok(Exclusion {
        matches: clauses(shape.matches)?,
        unless: clauses(shape.unless)?,
        id: shape.id,
        title: shape.title,
        reason: shape.reason,
        scope: shape.scope,
    })
}

fn clause_of(id: &str, shape: ClauseShape, lists: &Lists) -> Result<Clause, DefinitionError> {
    if shape.is_empty() {
        return Err(DefinitionError::EmptyBlock(id.to_owned()));
    }
    shape
        .into_iter()
        .map(|(key, value)| {
            condition(&key, value, lists).map_err(|reason| DefinitionError::Condition {
                id: id.to_owned(),
                key,
                reason,
            })
        })
        .collect::<Result<Vec<Condition>, _>>()
        .map(Clause)
}

/// Reads `FIELD|MODIFIER|… = value`.
fn condition(key: &str, value: ValueShape, lists: &Lists) -> Result<Condition, String> {
    let mut parts = key.split('|');
    let field = Field::parse(parts.next().unwrap_or_default().trim());
    let (mut cased, mut every, mut kind) = (false, false, None);
    for modifier in parts {
        match modifier.trim() {
            "cased" => cased = true,
            "every" => every = true,
            other if kind.is_none() => kind = Some(other.to_owned()),
            other => return Err(format!("\"{other}\" after another kind of comparison")),
        }
    }
    if every && field.companion().is_none() {
        return Err("\"every\" goes with Url, UrlDomain, FileName and FileType only".to_owned());
    }
    let test = test_of(kind.as_deref(), cased, value, lists)?;
    if let Test::EqualsField(other) = &test
        && (field.companion().is_some() || other.companion().is_some())
    {
        return Err(
            "\"fieldref\" does not go with Url, UrlDomain, FileName and FileType".to_owned(),
        );
    }
    Ok(Condition { field, every, test })
}

fn test_of(
    kind: Option<&str>,
    cased: bool,
    value: ValueShape,
    lists: &Lists,
) -> Result<Test, String> {
    let comparison = match kind {
        None => Comparison::Equals,
        Some("contains") => Comparison::Contains,
        Some("startswith") => Comparison::StartsWith,
        Some("endswith") => Comparison::EndsWith,
        Some("domain") => Comparison::Domain,
        Some("exists") => {
            return match value {
                ValueShape::Flag(expected) => Ok(Test::Exists(expected)),
                _ => Err("\"exists\" takes true or false".to_owned()),
            };
        }
        Some("fieldref") => {
            return match value {
                ValueShape::One(field) => Ok(Test::EqualsField(Field::parse(&field))),
                _ => Err("\"fieldref\" takes the name of one field".to_owned()),
            };
        }
        Some("re") => return Ok(Test::Matches(patterns(&texts_of(value, lists)?, cased)?)),
        Some(unknown) => {
            return Err(format!(
                "\"{unknown}\" is no modifier: use contains, startswith, endswith, domain, re, exists, fieldref, \
                 cased or every"
            ));
        }
    };
    let texts = texts_of(value, lists)?
        .into_iter()
        .map(|text| {
            if cased {
                text.into_bytes()
            } else {
                fields::fold_case(text.as_bytes()).into_owned()
            }
        })
        .collect();
    Ok(Test::Text {
        comparison,
        texts,
        cased,
    })
}

fn patterns(texts: &[String], cased: bool) -> Result<Vec<regex::bytes::Regex>, String> {
    texts
        .iter()
        .map(|text| {
            RegexBuilder::new(text)
                .case_insensitive(!cased)
                .build()
                .map_err(|error| format!("not a regular expression: {error}"))
        })
        .collect()
}

/// The texts of a value, with `@name` replaced by the list of that name.
fn texts_of(value: ValueShape, lists: &Lists) -> Result<Vec<String>, String> {
    let written = match value {
        ValueShape::Flag(_) => return Err("takes a text or a list of texts".to_owned()),
        ValueShape::One(text) => vec![text],
        ValueShape::Several(texts) => texts,
    };
    let mut texts = Vec::new();
    for text in written {
        match text.strip_prefix('@') {
            Some(name) => {
                let list = lists.get(name).ok_or_else(|| {
                    let known: Vec<&str> = lists.keys().map(String::as_str).collect();
                    format!(
                        "there is no list \"{name}\": there are {}",
                        known.join(", ")
                    )
                })?;
                texts.extend(list.iter().cloned());
            }
            None => texts.push(text),
        }
    }
    if texts.iter().any(String::is_empty) {
        return Err("an empty text would match everything or nothing: use \"exists\"".to_owned());
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn the_built_in_exclusions_are_the_documented_ones_in_order() {
        let exclusions = built_in().expect("the built-in definitions are valid");
        let ids: Vec<&str> = exclusions.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "internal-forwarding",
                "scheduled-jobs",
                "siem-soar",
                "cloud-storage-links"
            ]
        );
        assert!(exclusions.iter().all(|e| !e.reason.is_empty()));
    }

    #[rstest]
    #[case("version = 2", "version 2")]
    #[case("version = 1\ncolour = 1", "colour")]
    #[case(
        "version = 1\n[[exclude]]\nid='a'\ntitle='A'\nmatch=[{'Subject|has'='x'}]",
        "\"has\" is no modifier"
    )]
    #[case(
        "version = 1\n[[exclude]]\nid='a'\ntitle='A'\nmatch=[{'Subject|re'='('}]",
        "regular expression"
    )]
    #[case(
        "version = 1\n[[exclude]]\nid='a'\ntitle='A'\nmatch=[{Subject='@none'}]",
        "no list \"none\""
    )]
    #[case(
        "version = 1\n[[exclude]]\nid='a'\ntitle='A'\nmatch=[{'Subject|every'='x'}]",
        "Url, UrlDomain, FileName and FileType"
    )]
    #[case(
        "version = 1\n[[exclude]]\nid='a'\ntitle='A'\nmatch=[{'Subject|contains'=''}]",
        "empty text"
    )]
    #[case(
        "version = 1\n[[exclude]]\nid='a'\ntitle='A'\nmatch=[{}]",
        "empty block"
    )]
    #[case(
        "version = 1\n[[exclude]]\nid='a'\ntitle='A'\nmatch=[{'UrlDomain|fieldref'='SenderFromDomain'}]",
        "\"fieldref\" does not go with Url"
    )]
    #[case(
        "version = 1\n[[exclude]]\nid='a'\ntitle='A'\nmatch=[{'SenderFromDomain|fieldref'='UrlDomain'}]",
        "\"fieldref\" does not go with Url"
    )]
    #[case(
        "version = 1\n[[exclude]]\nid='a'\ntitle='A'\nmatch=[]\n[[exclude]]\nid='a'\ntitle='B'\nmatch=[]",
        "used twice"
    )]
    fn mistakes_are_refused_with_what_is_wrong(#[case] text: &str, #[case] words: &str) {
        let error = parse(text).expect_err("refused").to_string();
        assert!(error.contains(words), "{error}");
    }
}
