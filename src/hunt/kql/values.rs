//! Where the value of a field stands in a row of KQL: expressions that give a string, empty where there
//! is no value, as mailhunt has it too.

use super::literal;
use super::predicate::{OneOf, Predicate};
use crate::events::schema::{Table, documented, names};
use crate::hunt::Hunt;
use crate::hunt::fields::Field;
use crate::hunt::key_values;
use std::fmt::Write;

/// When an email was, in Defender XDR; in Log Analytics the table may lack it.
pub(super) const EVENT_TIME_OF_DEFENDER: &str = "column_ifexists(\"Timestamp\", datetime(null))";

/// The column of ours that has the domain the hunt counts an email under.
pub(super) const PARTNER_DOMAIN: &str = "PartnerDomain";

/// The column of ours that says whether a row is the latest record of its email.
pub(super) const IS_LATEST_RECORD: &str = "IsLatestRecord";

/// Documented columns of `EmailEvents` that some place where the table lives does not have as a string.
const NOT_STRINGS: [&str; 9] = [
    names::ADDITIONAL_FIELDS,
    "AttachmentCount",
    "BulkComplaintLevel",
    "Cc",
    "EmailClusterId",
    "EmailSize",
    "IsFirstContact",
    "To",
    "UrlCount",
];

/// Those of them that are numbers wherever the table lives.
const NUMBERS: [&str; 5] = [
    "AttachmentCount",
    "BulkComplaintLevel",
    "EmailClusterId",
    "EmailSize",
    "UrlCount",
];

/// Documented columns of `EmailEvents` that only Defender XDR has.
const OF_DEFENDER: [&str; 4] = [
    "OriginalThreatTypes",
    "OriginalDetectionMethods",
    "OriginalConfidenceLevel",
    "Topics",
];

/// A value in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ValueOf {
    /// As a string.
    pub(super) text: String,
    /// As a number, where it is one without being read.
    pub(super) number: Option<String>,
    readable: Readable,
}

/// Where a value can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Readable {
    /// Everywhere.
    Always,
    /// Where it is not [`UNREADABLE`], as a key in the JSON of a column.
    InJson { column: String },
    /// Where this predicate is false.
    Unless(String),
}

impl ValueOf {
    fn text(text: impl Into<String>) -> Self {
        ValueOf {
            text: text.into(),
            number: None,
            readable: Readable::Always,
        }
    }

    /// A column that may not be there.
    fn if_exists(name: &str) -> Self {
        let or = |default: &str| {
            let (name, default) = (literal::string(name), literal::string(default));
            format!("tostring(column_ifexists({name}, {default}))")
        };
        ValueOf {
            readable: Readable::Unless(format!(
                "{} == {}",
                or(NO_COLUMN),
                literal::string(NO_COLUMN)
            )),
            ..ValueOf::text(or(""))
        }
    }

    /// Whether it has a value of its own where it cannot be read.
    pub(super) fn is_told_unreadable(&self) -> bool {
        matches!(self.readable, Readable::InJson { .. })
    }

    /// Without regard to whether it can be read.
    fn always_readable(self) -> Self {
        ValueOf {
            readable: Readable::Always,
            ..self
        }
    }

    /// The column of that name in a companion table.
    pub(super) fn in_companion(field: &Field) -> Self {
        ValueOf::text(match field {
            Field::Url => names::URL,
            Field::UrlDomain => names::URL_DOMAIN,
            Field::FileName => names::FILE_NAME,
            _ => names::FILE_TYPE,
        })
    }
}

/// What a column says that is not there, where that makes a difference.
const NO_COLUMN: &str = "no such column";

/// A key in the JSON of a column, which becomes a column of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
struct JsonKey {
    column: String,
    key: String,
    own_name: String,
}

/// The values that exclusions look at.
pub(super) struct Values<'a> {
    loaded: Option<&'a Hunt>,
    json_keys: Vec<JsonKey>,
    /// The columns of ours that stand in the query once: what they are stands there in their place.
    used_once: Vec<String>,
    /// Whether a header is looked for where only some exports have it.
    asks_for_headers: bool,
}

impl<'a> Values<'a> {
    pub(super) fn new(loaded: Option<&'a Hunt>, used_once: Vec<String>) -> Self {
        Values {
            loaded,
            used_once,
            json_keys: Vec::new(),
            asks_for_headers: false,
        }
    }

    /// The columns of ours that are no more than once in a text.
    pub(super) fn used_once_in(&self, text: &str) -> Vec<String> {
        let names = self
            .json_keys
            .iter()
            .map(|key| literal::column(&key.own_name));
        names
            .filter(|name| text.matches(name.as_str()).count() == 1)
            .collect()
    }

    /// Whether the function is needed that says whether a text says something.
    pub(super) fn needs_has_value(&self) -> bool {
        !self.json_keys.is_empty()
    }

    /// Whether a row's value is not known: because the cell cannot be read or, to a guard, because the column is not
    /// there. `cased` is how the value is compared beside it.
    pub(super) fn cannot_be_read(
        &self,
        value: &ValueOf,
        is_guard: bool,
        cased: bool,
    ) -> Option<Predicate> {
        match &value.readable {
            Readable::Always => None,
            Readable::Unless(is_missing) => is_guard.then(|| Predicate::is(is_missing)),
            Readable::InJson { column } => {
                let unreadable = Predicate::IsOneOf(OneOf {
                    value: value.text.clone(),
                    texts: vec![UNREADABLE_NAME.to_owned()],
                    cased,
                });
                match self.column(column, &mut Vec::new()).readable {
                    Readable::Unless(is_missing) if is_guard && column != HEADERS => {
                        Some(Predicate::any([Predicate::is(is_missing), unreadable]))
                    }
                    _ => Some(unreadable),
                }
            }
        }
    }

    /// Where the value of a field may stand; what there is to say about it goes to `notes`.
    pub(super) fn of(&mut self, field: &Field, notes: &mut Vec<String>) -> Vec<ValueOf> {
        match field {
            Field::Column(name) => vec![self.column(name, notes)],
            Field::JsonKey { column, key } => vec![self.json_key(column, key)],
            Field::RecipientDomain => vec![ValueOf::text(names::RECIPIENT_DOMAIN)],
            Field::PartnerDomain => vec![ValueOf::text(PARTNER_DOMAIN)],
            Field::IsLatestRecord => vec![ValueOf::text(IS_LATEST_RECORD)],
            Field::Header(name) => self.header(name, notes),
            Field::Url | Field::UrlDomain | Field::FileName | Field::FileType => {
                vec![ValueOf::in_companion(field)]
            }
        }
    }

    fn column(&self, name: &str, notes: &mut Vec<String>) -> ValueOf {
        if name == names::TIMESTAMP {
            let said =
                "the time is compared in Kusto's format, such as 2026-11-01T09:00:00.0000000Z";
            notes.push(said.to_owned());
            let text = format!("tostring({EVENT_TIME_OF_DEFENDER})");
            return ValueOf {
                readable: Readable::Unless(format!("isempty({text})")),
                ..ValueOf::text(text)
            };
        }
        if !documented::of_table(Table::EmailEvents).contains(&name) {
            let spelled = self.spelled(name).unwrap_or(name);
            notes.push(format!(
                "{spelled} is not a documented column of EmailEvents; it is empty if the table lacks it"
            ));
            let value = ValueOf::if_exists(spelled);
            // To `rank`, a column that no export has and nobody documents is empty.
            let is_empty_here = self.loaded.is_some() && self.spelled(name).is_none();
            return if is_empty_here {
                value.always_readable()
            } else {
                value
            };
        }
        if OF_DEFENDER.contains(&name) {
            return ValueOf::if_exists(name);
        }
        if NOT_STRINGS.contains(&name) {
            return ValueOf {
                text: format!("tostring({name})"),
                number: NUMBERS.contains(&name).then(|| name.to_owned()),
                ..ValueOf::text("")
            };
        }
        ValueOf::text(name)
    }

    /// A header is no column of Microsoft's table; in a column of its own only some exports have one.
    fn header(&mut self, name: &str, notes: &mut Vec<String>) -> Vec<ValueOf> {
        let mut values = Vec::new();
        if let Some(spelled) = self.spelled(name) {
            notes.push(format!(
                "the export's column {spelled} is empty here if the table lacks it"
            ));
            values.push(ValueOf::if_exists(spelled).always_readable());
        }
        values.push(self.json_key(names::ADDITIONAL_FIELDS, name));
        if self.spelled(HEADERS).is_some() {
            values.push(self.json_key(HEADERS, name));
        }
        self.asks_for_headers |= values.len() == 1;
        values
    }

    fn json_key(&mut self, column: &str, key: &str) -> ValueOf {
        let is_it =
            |known: &&JsonKey| known.column == column && known.key.eq_ignore_ascii_case(key);
        if let Some(known) = self.json_keys.iter().find(is_it) {
            return self.value_of_key(known);
        }
        let name = literal::own_name(&format!("{column}.{key}"));
        let is_taken = |name: &str| {
            let mut known = self.json_keys.iter();
            known.any(|known| known.own_name.eq_ignore_ascii_case(name))
        };
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let own_name = std::iter::once(name.clone())
            .chain(numbered)
            .find(|name| !is_taken(name))
            .unwrap_or(name);
        let key = JsonKey {
            column: column.to_owned(),
            key: key.to_owned(),
            own_name,
        };
        let value = self.value_of_key(&key);
        self.json_keys.push(key);
        value
    }

    /// The column of ours that has the value of a key; the value itself where it is asked for once.
    fn value_of_key(&self, key: &JsonKey) -> ValueOf {
        let column = literal::column(&key.own_name);
        let text = if self.used_once.contains(&column) {
            key.value_in(&self.column(&key.column, &mut Vec::new()).text)
        } else {
            column
        };
        ValueOf {
            readable: Readable::InJson {
                column: key.column.clone(),
            },
            ..ValueOf::text(text)
        }
    }

    /// A column as the loaded export spells it, if that has it.
    fn spelled(&self, name: &str) -> Option<&'a str> {
        let columns = self.loaded?.store.columns();
        columns
            .into_iter()
            .find(|column| column.eq_ignore_ascii_case(name))
    }

    /// The functions that the steps call.
    pub(super) fn functions(&self) -> String {
        let mut functions = String::new();
        if !self.json_keys.is_empty() {
            functions += &json_key();
        }
        if self.json_keys.iter().any(JsonKey::is_method) {
            functions += &auth_result();
        }
        functions
    }

    /// The steps that make columns of the keys.
    pub(super) fn json_steps(&self) -> String {
        let mut steps = String::new();
        if self.asks_for_headers {
            steps += &literal::comment(
                "A header is a key of AdditionalFields: EmailEvents has no other place for it.",
            );
        }
        for key in &self.json_keys {
            let column = literal::column(&key.own_name);
            if self.used_once.contains(&column) {
                continue;
            }
            let value = key.value_in(&self.column(&key.column, &mut Vec::new()).text);
            let _ = writeln!(steps, "| extend {column} = {value}");
        }
        steps
    }
}

impl JsonKey {
    /// Whether it names a method of email authentication, which says a result.
    fn is_method(&self) -> bool {
        key_values::is_method(&self.key)
    }

    /// The value of the key in the JSON of a column.
    fn value_in(&self, text: &str) -> String {
        let function = if self.is_method() {
            "AuthResult"
        } else {
            "JsonKey"
        };
        let in_json = serde_json::Value::from(self.key.as_str()).to_string();
        let without_quotes = in_json
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or(&in_json);
        let pattern = literal::pattern(&literal::escaped_pattern(without_quotes));
        format!("{function}({text}, {pattern})")
    }
}

/// What stands in the place of a value that cannot be read. No value is like it, as values are trimmed, and it passes no
/// test but one for blanks, for anything or for absence.
pub(super) const UNREADABLE: &str = " ";

/// The name that it has in the query.
const UNREADABLE_NAME: &str = "Unreadable";

/// The function that takes the value of a key, given as a pattern of its letters in JSON, from JSON of objects.
///
/// Keys are found whatever the case of their letters, as mailhunt finds them. Kusto does not say which of two keys of
/// one name it takes, and does not look deeper than it is told to: so the name must stand between quotes as often in the
/// text as it is a key of the object, once or never. Within a text a quote is escaped, so that no part of one is taken for
/// a name. An escape may spell any name: each key with an escape counts, and each name of a value with one. So does the
/// empty key, which is looked for where there is none.
fn json_key() -> String {
    let names = key_values::NAMES_OF_NAMES.join("|");
    let unreadable = literal::string(UNREADABLE);
    format!(
        r#"// The value of a key in JSON, whatever its letter case. Unreadable, which keeps the email visible:
// what is no JSON object (or array of one object); a key whose name stands twice, deeper, as a value or escaped; a value that is an object or array.
let {UNREADABLE_NAME} = {unreadable};
let JsonKey = (text: string, key: string) {{
    let quoted = strcat(@'(?i)"(\s*', key, @'\s*)"');
    let name = extract(quoted, 1, text);
    let array = parse_json(text);
    let json = iff(array_length(array) == 1, array[0], array);
    let times = countof(text, strcat(quoted, @'|("|\\[^"]+)"\s*:|({names})"\s*:\s*"[^"]*\\'), "regex");
    let is_read = gettype(json) == "dictionary"
        and gettype(json[name]) !in ("dictionary", "array")
        and times == iff(name != "" and bag_has_key(json, name), 1, 0);
    iff(is_read or not(HasValue(text)), trim(@"\s+", tostring(json[name])), {UNREADABLE_NAME})
}};
"#
    )
}

/// The function that takes a result of authentication from JSON.
fn auth_result() -> String {
    // A list would make the query longer than Sentinel takes with all exclusions.
    let results = key_values::RESULTS.join("|");
    format!(
        r#"// What SPF, DKIM, DMARC, CompAuth or ARC say; anything but a result is unreadable.
let AuthResult = (text: string, method: string) {{
    let result = JsonKey(text, method);
    iff(result matches regex @"(?i)^({results})?$", result, {UNREADABLE_NAME})
}};
"#
    )
}

/// The column in which some exports have all headers as JSON.
const HEADERS: &str = "Headers";
