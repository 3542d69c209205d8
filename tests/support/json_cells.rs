//! Cells of JSON, and of what stands in its place, for those who read a key in them: what mailhunt reads and what its
//! query in KQL reads.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// A cell, and whether both must read the same in it. Where they need not, the query may read nothing in it, and an
/// email then stays visible there.
#[derive(Clone, Debug)]
pub struct Cell {
    pub text: String,
    pub is_read_alike: bool,
}

/// What both read in the same way. `KEY` stands for the key, `LOWER` for it in small letters, `ESCAPED` for it with its
/// first letter in small as an escape.
const READ_ALIKE: [&str; 62] = [
    // A value.
    r#"{"KEY":"fail"}"#,
    r#"{"KEY":"pass"}"#,
    r#"{"LOWER":"Fail"}"#,
    r#"{"SPF":"pass","DKIM":"none","KEY":"fail","Other":"pass"}"#,
    r#"{"SPF":"fail","LOWER":"pass"}"#,
    "{ \"SPF\" : \"fail\" ,\r\n\t\"KEY\"\t:\n \"fail\" }\n",
    r#"{" KEY ":" fail "}"#,
    r#"{"KEY":"none","X-KEY":"fail","KEYs":"fail"}"#,
    r#"[{"KEY":"fail"}]"#,
    r#" [ { "SPF" : "pass", "KEY" : "pass" } ] "#,
    r#"{"Other":"a\u003cb","KEY":"fail"}"#,
    r#"{"Other":"C:\\Temp\\","KEY":"pass"}"#,
    r#"{"Other":"\"KEY\":\"fail\"","KEY":"pass"}"#,
    r#"{"Other":{"a":["b",{"c":null}]},"KEY":"pass"}"#,
    r#"{"Other":["fail"],"KEY":"fail"}"#,
    r#"{"KEY":"pa\u0073s"}"#,
    r#"{"KEY":"fail (p=reject)"}"#,
    // None.
    "",
    " ",
    "{}",
    "[]",
    "null",
    " { } ",
    "[{}]",
    r#"{"KEY":null}"#,
    r#"{"KEY":""}"#,
    r#"{"LOWER":" ","SPF":"fail"}"#,
    r#"[{"KEY":null}]"#,
    r#"{"SPF":"pass"}"#,
    r#"{"X-KEY":"fail"}"#,
    r#"{"Other":"{\"KEY\":\"fail\"}"}"#,
    r#"{"Other":"the KEY says fail"}"#,
    // Deeper.
    r#"{"results":{"KEY":"fail"}}"#,
    r#"{"SPF":"pass","results":{"LOWER":"fail"}}"#,
    r#"{"results":[{"KEY":"fail"}]}"#,
    r#"{"a":{"b":{"KEY":null}}}"#,
    r#"[{"results":{"KEY":"fail"}}]"#,
    r#"{"results":{"ESCAPED":"fail"}}"#,
    // Twice.
    r#"{"KEY":"pass","KEY":"fail"}"#,
    r#"{"KEY":"fail","KEY":"pass"}"#,
    r#"{"KEY":"pass","LOWER":"fail"}"#,
    r#"{"LOWER":"pass","SPF":"pass","KEY":"fail"}"#,
    r#"{"KEY":"pass","ESCAPED":"fail"}"#,
    r#"{"ESCAPED":"fail","KEY":"pass"}"#,
    // In several objects.
    r#"[{"KEY":"pass"},{"KEY":"fail"}]"#,
    r#"[{"KEY":"pass"},{},{},{},{"LOWER":"fail"}]"#,
    r#"[{"SPF":"pass"},{},{},{},{"results":{"KEY":"fail"}}]"#,
    r#"[{"KEY":"pass"},5]"#,
    r#"[{"SPF":"pass"},"KEY fail"]"#,
    // As a name.
    r#"[{"name":"KEY","value":"fail"}]"#,
    r#"{"name":"LOWER","value":"fail"}"#,
    r#"{"results":[{"Method":" KEY ","result":"fail"}]}"#,
    r#"[{"header":"ESCAPED","value":"fail"}]"#,
    r#"{"key":"\tKEY","value":"fail"}"#,
    // With a value that holds others.
    r#"{"KEY":{"result":"fail"}}"#,
    r#"{"LOWER":["fail"]}"#,
    r#"{"KEY":[]}"#,
    r#"[{"KEY":{}}]"#,
    // No JSON of objects.
    r#"{"KEY":"fail""#,
    r#"{"KEY":"pass"} and more"#,
    "whatever",
    "5",
];

/// What mailhunt reads and the query does not.
const READ_BY_ONE: [&str; 21] = [
    "KEY=fail",
    "KEY=pass;SPF=fail",
    "SPF=fail",
    "{'KEY': 'pass'}",
    "@{KEY=pass; SPF=fail}",
    r#""{\"KEY\":\"pass\"}""#,
    r#"["{\"KEY\":\"fail\"}"]"#,
    r#"[{"SPF":"pass"},"{\"KEY\":\"fail\"}"]"#,
    r#"[{"SPF":"fail"},{"KEY":"pass"}]"#,
    r#"[{},{},{},{},{"KEY":"fail"}]"#,
    r#"{"KEY":"pass","LOWER":"pass"}"#,
    r#"{"results":{"KEY":"fail"},"KEY":"pass"}"#,
    r#"{"ESCAPED":"fail"}"#,
    r#"{"":"pass","ESCAPED":"fail"}"#,
    r#"{"":"pass","SPF":"fail"}"#,
    r#"{"\tKEY":"fail"}"#,
    r#"{"a\tb":"1","KEY":"pass"}"#,
    r#"{"SPF":"KEY"}"#,
    r#"{"a":["KEY"],"SPF":"fail"}"#,
    "None",
    "[null]",
];

/// The cells of each kind, about a key.
pub fn of_each_kind(key: &str) -> Vec<Cell> {
    let lower = key.to_lowercase();
    let escaped = format!("\\u{:04x}{}", u32::from(lower.as_bytes()[0]), &key[1..]);
    let cell = |text: &str, is_read_alike| Cell {
        text: text
            .replace("KEY", key)
            .replace("LOWER", &lower)
            .replace("ESCAPED", &escaped),
        is_read_alike,
    };
    let alike = READ_ALIKE.into_iter().map(|text| cell(text, true));
    let by_one = READ_BY_ONE.into_iter().map(|text| cell(text, false));
    alike.chain(by_one).collect()
}

fn blanks() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", " ", "\n\t"])
}

/// An object as a table has it: keys in any order and letter case, blanks anywhere, a text or nothing as each value.
fn plain_object() -> impl Strategy<Value = String> {
    let keys = vec!["DMARC", "Vendor", "SPF", "CompAuth", "Other"];
    let entry = (
        blanks(),
        select(vec![
            r#""pass""#,
            r#""fail""#,
            r#""FAIL""#,
            r#""none""#,
            r#""fail (p=none)""#,
            r#""see \"this\"""#,
            r#""""#,
            "null",
        ]),
        0_usize..3,
        blanks(),
    );
    (subsequence(keys, 0..6).prop_shuffle(), vec(entry, 5)).prop_map(|(keys, entries)| {
        let entries = keys.iter().zip(entries);
        let entries = entries.map(|(key, (before, value, letters, after))| {
            let key = match letters {
                0 => (*key).to_owned(),
                1 => key.to_lowercase(),
                _ => key.to_uppercase(),
            };
            format!("{before}\"{key}\"{after}:{before}{value}{after}")
        });
        format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
    })
}

/// JSON of any shape in which keys stand anywhere, now and then cut off.
fn any_json() -> impl Strategy<Value = String> {
    let texts = select(vec![
        "DMARC",
        "dmarc",
        " Dmarc ",
        "\\u0064marc",
        "\\tDMARC",
        "Vendor",
        "VENDOR",
        "vend\\u006fr",
        "SPF",
        "name",
        "method",
        "value",
        "results",
        "",
        "\\\"DMARC\\\":\\\"fail\\\"",
        "pass",
        "fail",
        "fail",
        "pass",
    ]);
    let text = texts.prop_map(|text| format!("\"{text}\""));
    let leaf = prop_oneof![
        6 => text.clone(),
        1 => select(vec!["null", "true", "5", "[]", "{}"]).prop_map(str::to_owned),
    ];
    let json = leaf.prop_recursive(3, 12, 4, move |inner| {
        let entries = vec((text.clone(), inner.clone()), 0..4).prop_map(|entries| {
            let entries = entries.iter().map(|(key, value)| format!("{key}: {value}"));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        });
        let items = vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(", ")));
        prop_oneof![3 => entries, 1 => items]
    });
    (json, prop::bool::weighted(0.05)).prop_map(|(mut json, is_cut)| {
        if is_cut {
            json.pop();
        }
        json
    })
}

/// A random cell.
pub fn random() -> impl Strategy<Value = Cell> {
    let of = |is_read_alike| {
        move |text| Cell {
            text,
            is_read_alike,
        }
    };
    prop_oneof![
        1 => plain_object().prop_map(of(true)),
        2 => any_json().prop_map(of(false)),
    ]
}
