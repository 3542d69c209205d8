//! Where the value of a field stands in a row of KQL: expressions that give a string, empty where there
//! is no value, as mailhunt has it too.

use super::literal;
use crate::events::schema::{Table, documented, names};
use crate::hunt::Hunt;
use crate::hunt::fields::Field;
use std::fmt::Write;

/// The column of ours that has the domain the hunt counts an email under.
pub(super) const PARTNER_DOMAIN: &str = "PartnerDomain";

/// The column of ours that says whether a row is the latest record of its email.
pub(super) const IS_LATEST_RECORD: &str = "IsLatestRecord";

/// The table of ours that has the links with their hosts.
pub(super) const LINKS: &str = "Links";

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
}

impl ValueOf {
    fn text(text: impl Into<String>) -> Self {
        ValueOf {
            text: text.into(),
            number: None,
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

/// The companion table of a field as a source of rows.
pub(super) fn companion_rows(field: &Field) -> &'static str {
    match field.companion() {
        Some(Table::EmailAttachmentInfo) => Table::EmailAttachmentInfo.name(),
        _ if *field == Field::UrlDomain => LINKS,
        _ => Table::EmailUrlInfo.name(),
    }
}

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
}

impl<'a> Values<'a> {
    pub(super) fn new(loaded: Option<&'a Hunt>) -> Self {
        Values {
            loaded,
            json_keys: Vec::new(),
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
                "the time is compared as Kusto writes it, such as 2026-11-01T09:00:00.0000000Z";
            notes.push(said.to_owned());
            return ValueOf::text(format!("tostring({})", super::EVENT_TIME_OF_DEFENDER));
        }
        if !documented::of_table(Table::EmailEvents).contains(&name) {
            let spelled = self.spelled(name).unwrap_or(name);
            notes.push(format!(
                "{spelled} is no column that Microsoft documents for EmailEvents; where the table has none it is empty"
            ));
            return ValueOf::text(if_exists(spelled));
        }
        if OF_DEFENDER.contains(&name) {
            return ValueOf::text(if_exists(name));
        }
        if NOT_STRINGS.contains(&name) {
            return ValueOf {
                text: format!("tostring({name})"),
                number: NUMBERS.contains(&name).then(|| name.to_owned()),
            };
        }
        ValueOf::text(name)
    }

    /// A header is no column of Microsoft's table; in a column of its own only some exports have one.
    fn header(&mut self, name: &str, notes: &mut Vec<String>) -> Vec<ValueOf> {
        let mut values = Vec::new();
        if let Some(spelled) = self.spelled(name) {
            notes.push(format!(
                "the column {spelled} of the export is empty here where the table has none"
            ));
            values.push(ValueOf::text(if_exists(spelled)));
        }
        values.push(self.json_key(names::ADDITIONAL_FIELDS, name));
        if self.spelled(HEADERS).is_some() {
            values.push(self.json_key(HEADERS, name));
        }
        if values.len() == 1 {
            notes.push(format!(
                "header {name}: as a key of AdditionalFields; EmailEvents has no other place, and what is in none \
                 cannot match"
            ));
        }
        values
    }

    fn json_key(&mut self, column: &str, key: &str) -> ValueOf {
        let is_it =
            |known: &&JsonKey| known.column == column && known.key.eq_ignore_ascii_case(key);
        if let Some(known) = self.json_keys.iter().find(is_it) {
            return ValueOf::text(literal::column(&known.own_name));
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
        let value = ValueOf::text(literal::column(&own_name));
        self.json_keys.push(JsonKey {
            column: column.to_owned(),
            key: key.to_owned(),
            own_name,
        });
        value
    }

    /// A column as the loaded export spells it, if that has it.
    fn spelled(&self, name: &str) -> Option<&'a str> {
        let columns = self.loaded?.store.columns();
        columns
            .into_iter()
            .find(|column| column.eq_ignore_ascii_case(name))
    }

    /// The steps that make columns of the keys.
    ///
    /// Keys are found whatever the case of their letters, as mailhunt finds them: where one stands in
    /// JSON it is first written as it is asked for. A quote within a text is escaped, so that no text can
    /// be taken for a key.
    pub(super) fn json_steps(&self) -> String {
        let mut steps = String::new();
        for JsonKey {
            column,
            key,
            own_name,
        } in &self.json_keys
        {
            let in_json = serde_json::Value::from(key.as_str()).to_string();
            let pattern = format!("(?i){}\\s*:", literal::escaped_pattern(&in_json));
            // In what replaces a match a backslash begins a reference.
            let replacement = format!("{in_json}:").replace('\\', "\\\\");
            let text = self.column(column, &mut Vec::new()).text;
            let _ = writeln!(
                steps,
                "| extend Json = parse_json(replace_regex({text}, {}, {}))\n| extend {} = {}",
                literal::pattern(&pattern),
                literal::pattern(&replacement),
                literal::column(own_name),
                value_in_json(column, key),
            );
        }
        if steps.is_empty() {
            return steps;
        }
        let said = "The values of keys in JSON, whatever the case of the keys.";
        literal::comment(said) + &steps
    }
}

/// Documented columns whose JSON is one object.
const OBJECTS: [&str; 4] = [
    names::ADDITIONAL_FIELDS,
    names::AUTHENTICATION_DETAILS,
    "ConfidenceLevel",
    "DetectionMethods",
];

/// The value of a key in `Json`; where that may be an array, in the first of a few objects that has it.
fn value_in_json(column: &str, key: &str) -> String {
    let key = literal::key(key);
    if OBJECTS.contains(&column) {
        return format!("tostring(Json{key})");
    }
    let values =
        ["", "[0]", "[1]", "[2]", "[3]"].map(|place| format!("tostring(Json{place}{key})"));
    format!("coalesce({})", values.join(", "))
}

/// The column in which some exports have all headers as JSON.
const HEADERS: &str = "Headers";

/// A column that may not be there, as a string.
fn if_exists(name: &str) -> String {
    format!("tostring(column_ifexists({}, \"\"))", literal::string(name))
}
