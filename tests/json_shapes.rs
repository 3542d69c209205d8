//! JSON in every shape in which exports and answers come: the same rows whatever the shape, answers with
//! errors refused or told, and damage that costs no more than it must.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::format::Format;
use mailhunt::events::report::{FileReport, Place};
use mailhunt::events::schema::Table;
use mailhunt::hunt::Hunt;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use support::json_shapes::{JsonShape, envelope, kusto_v1, kusto_v2};
use support::{Folder, HEADER, answer, load, load_bytes, outbound, row, threat};

const COLUMNS: [&str; 7] = [
    "Timestamp",
    "EmailDirection",
    "SenderFromDomain",
    "RecipientEmailAddress",
    "ThreatTypes",
    "Subject",
    "AuthenticationDetails",
];

fn cells(texts: [&str; 7]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// Five emails: two we sent to `b.com`, two threats from there and one email without.
fn emails() -> Vec<Vec<String>> {
    let sent = [
        "2026-11-02T09:00:00Z",
        "Outbound",
        "ours.example",
        "a@b.com",
        "",
        "q",
        "",
    ];
    let threat = [
        "2026-11-03T10:00:00Z",
        "Inbound",
        "b.com",
        "me@ours.example",
        "Phish, Spam",
        "a \"quoted\"\n\u{1b}[31m é😀 subject",
        r#"{"DMARC":"pass"}"#,
    ];
    let mut clean = threat;
    clean[4] = "";
    [sent, threat, clean, sent, threat].map(cells).to_vec()
}

/// The rows as loaded: what is empty is left out, as some shapes leave it out too.
fn loaded(hunt: &Hunt) -> Vec<BTreeMap<String, String>> {
    let batches = hunt.store.batches();
    let rows = batches.flat_map(|(_, _, batch)| {
        (0..batch.rows()).map(|row| {
            let cells = batch.cells(row).filter(|(_, cell)| !cell.is_empty());
            cells
                .map(|(name, cell)| (name.to_owned(), String::from_utf8(cell.to_vec()).unwrap()))
                .collect()
        })
    });
    rows.collect()
}

fn expected(rows: &[Vec<String>]) -> Vec<BTreeMap<String, String>> {
    let expected = rows.iter().map(|row| {
        let cells = COLUMNS.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        cells
            .map(|(name, cell)| ((*name).to_owned(), cell.clone()))
            .collect()
    });
    expected.collect()
}

fn reasons(report: &FileReport) -> Vec<&str> {
    let rejections = report.rejections.iter();
    rejections
        .map(|rejection| rejection.reason.as_str())
        .collect()
}

/// An email we sent to `b.com` and a threat from there, as objects.
fn sent_and_threat() -> [Value; 2] {
    [
        json!({
            "EmailDirection": "Outbound", "SenderFromDomain": "ours.example",
            "RecipientEmailAddress": "a@b.com", "ThreatTypes": "",
        }),
        json!({
            "EmailDirection": "Inbound", "SenderFromDomain": "b.com",
            "RecipientEmailAddress": "me@ours.example", "ThreatTypes": "Phish",
        }),
    ]
}

/// The same as rows under columns.
fn as_table(name_key: &str) -> (Vec<Value>, Vec<Value>) {
    let objects = sent_and_threat();
    let names = objects[0].as_object().unwrap().keys();
    let columns = names.map(|name| json!({name_key: name, "type": "string"}));
    let lists = objects
        .iter()
        .map(|row| row.as_object().unwrap().values().cloned().collect());
    (columns.collect(), lists.collect())
}

/// Asserts that nothing is wrong and both emails count.
fn assert_both_count(report: &FileReport, hunt: &Hunt) {
    assert!(!report.is_damaged(), "{report:?}");
    assert_eq!(report.rows_kept, 2, "{report:?}");
    assert_eq!(answer(hunt), [row("b.com", 1, 1)]);
}

// The shapes.

#[test]
fn every_shape_is_known_by_its_content_and_gives_the_same_rows() {
    for shape in JsonShape::ALL {
        for mark in ["", "\u{feff}\n "] {
            let text = format!("{mark}{}", shape.write(&COLUMNS, &emails()));
            let (report, hunt) = load_bytes(&text);
            assert!(!report.is_damaged(), "{shape:?}: {report:?}");
            // `az` writes None where there is nothing.
            let warnings = usize::from(shape == JsonShape::AzureCli);
            assert_eq!(report.warnings.len(), warnings, "{shape:?}: {report:?}");
            assert_eq!(report.format, Some(shape.format()), "{shape:?}");
            assert_eq!(loaded(&hunt), expected(&emails()), "{shape:?}");
            assert_eq!(answer(&hunt), [row("b.com", 2, 2)], "{shape:?}");
            // Neither what is about the row nor what is around it becomes a column.
            assert_eq!(hunt.store.columns(), COLUMNS, "{shape:?}");
        }
    }
}

#[test]
fn every_shape_may_hold_no_row() {
    for shape in JsonShape::ALL {
        let text = shape.write(&COLUMNS, &[]);
        if text.is_empty() {
            continue;
        }
        let (report, hunt) = load_bytes(&text);
        assert!(!report.is_damaged(), "{shape:?}: {report:?}");
        assert_eq!(hunt.store.events(), 0);
    }
}

#[test]
fn several_documents_may_stand_in_one_file_or_in_one_list() {
    for shape in [
        JsonShape::GraphHunting,
        JsonShape::LogAnalytics,
        JsonShape::Array,
    ] {
        let page = shape.write(&COLUMNS, &emails());
        for text in [format!("{page}\n{page}"), format!("[{page},{page}]")] {
            if shape == JsonShape::Array && text.starts_with("[[") {
                continue;
            }
            let (report, hunt) = load_bytes(text);
            assert!(!report.is_damaged(), "{shape:?}: {report:?}");
            assert_eq!(answer(&hunt), [row("b.com", 4, 4)], "{shape:?}");
        }
    }
}

#[test]
fn documents_are_not_looked_for_in_documents_of_documents() {
    const DEPTH: usize = 50_000;
    let text = "{\"records\":[".repeat(DEPTH) + &"]}".repeat(DEPTH);
    let (report, _) = load_bytes(text);
    assert_eq!(
        (report.rows_kept, report.rows_rejected),
        (0, 1),
        "{report:?}"
    );
}

// Streams.

/// A record of a stream, in an envelope with that time.
fn sent_at(table: &str, time: &Value, row: &Value) -> Value {
    json!({"time": time, "category": format!("AdvancedHunting-{table}"), "properties": row})
}

#[rstest]
#[case::without_the_key(None)]
#[case::with_null(Some(Value::Null))]
#[case::with_nothing(Some(json!("")))]
fn a_record_without_a_time_takes_that_of_its_envelope(#[case] own: Option<Value>) {
    let [mut sent, mut threat] = sent_and_threat();
    sent["Timestamp"] = json!("2026-11-01T09:00:00Z");
    match own {
        Some(own) => threat["Timestamp"] = own,
        None => assert!(threat.get("Timestamp").is_none()),
    }
    let time = json!("2026-11-09T08:07:06Z");
    let records = [&sent, &threat, &threat].map(|row| sent_at("EmailEvents", &time, row));
    for text in [
        records.clone().map(|row| format!("{row}\n")).concat(),
        json!({"records": records}).to_string(),
    ] {
        let (report, hunt) = load_bytes(text);
        assert!(!report.is_damaged(), "{report:?}");
        let times: Vec<String> = loaded(&hunt)
            .into_iter()
            .map(|row| row["Timestamp"].clone())
            .collect();
        let lent = "2026-11-09T08:07:06Z";
        assert_eq!(times, [sent["Timestamp"].as_str().unwrap(), lent, lent]);
        let said = "2 rows have no Timestamp: the envelope's time is used";
        assert!(
            report.warnings.iter().any(|warning| warning == said),
            "{report:?}"
        );
    }
}

#[test]
fn a_stream_of_several_tables_is_no_damage_and_accounts_for_all_rows() {
    let time = json!("2026-11-09T08:07:06Z");
    let [sent, threat] = sent_and_threat().map(|mut row| {
        row["Timestamp"] = time.clone();
        row
    });
    let other = |table: &str| {
        sent_at(
            table,
            &time,
            &json!({"Timestamp": time, "DeviceName": "ws1", "FileName": "a.exe"}),
        )
    };
    let records = [
        other("DeviceProcessEvents"),
        sent_at("EmailEvents", &time, &sent),
        other("AlertInfo"),
        sent_at("EmailEvents", &time, &threat),
        other("DeviceProcessEvents"),
    ];
    for text in [
        records.clone().map(|row| format!("{row}\n")).concat(),
        json!({"records": records}).to_string(),
        json!(records).to_string(),
    ] {
        let (report, hunt) = load_bytes(text);
        assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
        assert!(!report.is_damaged(), "{report:?}");
        assert_eq!(report.warnings, Vec::<String>::new());
        assert_eq!((report.rows_read(), report.rows_kept), (5, 2));
        assert_eq!(
            report.other_tables.listed(9),
            "2 DeviceProcessEvents, 1 AlertInfo"
        );
    }
    // What is no table of Defender is rejected, as before.
    let strange = json!({"category": "SignInLogs", "properties": {"Timestamp": time, "User": "a"}});
    let (report, _) = load_bytes(json!([sent, strange]).to_string());
    assert_eq!((report.rows_rejected, report.other_tables.rows()), (1, 0));
}

#[test]
fn a_stream_of_other_tables_alone_is_no_answer() {
    let record = sent_at("DeviceEvents", &json!("t"), &json!({"DeviceId": "d"}));
    let (report, _) = load_bytes(record.to_string());
    assert!(report.is_useless() && !report.is_damaged(), "{report:?}");
    let said = "it has no rows of EmailEvents or its companion tables, only of other tables: 1 DeviceEvents";
    assert_eq!(report.warnings, [said]);
}

// Columns of rows.

/// A column of a table: its name and the value of each row.
type NamedColumn = (String, Vec<Value>);

#[rstest]
#[case::as_pandas_writes_by_default(|columns: &[NamedColumn]| {
    let column = |values: &[Value]| -> Value {
        let numbered = values.iter().enumerate();
        numbered.map(|(row, value)| (row.to_string(), value.clone())).collect()
    };
    columns.iter().map(|(name, values)| (name.clone(), column(values))).collect()
})]
#[case::as_lists(|columns: &[NamedColumn]| {
    columns.iter().map(|(name, values)| (name.clone(), json!(values))).collect()
})]
fn columns_of_rows_are_refused_and_never_an_empty_ranking(
    #[case] write: fn(&[NamedColumn]) -> Value,
) {
    let rows = sent_and_threat();
    let names = rows[0].as_object().unwrap().keys();
    let columns: Vec<(String, Vec<Value>)> = names
        .map(|name| {
            (
                name.clone(),
                rows.iter().map(|row| row[name].clone()).collect(),
            )
        })
        .collect();
    let object = write(&columns);
    for text in [
        object.to_string(),
        format!("{object:#}"),
        json!([object]).to_string(),
        format!("{object}\n{object}\n"),
    ] {
        let (report, _) = load_bytes(text);
        assert!(report.is_useless(), "{report:?}");
        let sentence = report.failure.unwrap();
        assert!(
            sentence.starts_with("each column holds the values of all rows"),
            "{sentence}"
        );
    }
    // After rows of these keys it does not count, and that is told.
    let (report, hunt) = load_bytes(format!("{}\n{}\n{object}\n", rows[0], rows[1]));
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    let is_told = |said: &String| said.contains("with an EmailDirection that is not exactly");
    assert!(report.warnings.iter().any(is_told), "{report:?}");
}

// `az`.

#[test]
fn the_word_none_of_az_is_nothing_in_any_column() {
    let [mut sent, mut threat] = sent_and_threat();
    for object in [&mut sent, &mut threat] {
        object["TableName"] = json!("PrimaryResult");
        object["Subject"] = json!("None");
        object["IsFirstContact"] = json!("True");
    }
    let mut clean = threat.clone();
    clean["ThreatTypes"] = json!("None");
    let (report, hunt) = load_bytes(json!([sent, clean, threat]).to_string());
    assert_eq!(report.format, Some(Format::AzureCli));
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert!(
        report.warnings[0].starts_with("1 row with None"),
        "{report:?}"
    );
    assert!(loaded(&hunt).iter().all(|row| !row.contains_key("Subject")));
    assert!(
        loaded(&hunt)
            .iter()
            .all(|row| row["IsFirstContact"] == "True")
    );
}

#[test]
fn rows_of_az_that_are_of_no_known_table_are_rejected() {
    let [mut sent, _] = sent_and_threat();
    sent["TableName"] = json!("PrimaryResult");
    let other = json!({"TableName": "Statistics", "Rows": "7"});
    let (report, _) = load_bytes(json!([sent, other]).to_string());
    assert_eq!(report.rows_kept, 1);
    assert_eq!(
        reasons(&report),
        ["no EmailDirection (keys: TableName, Rows)"]
    );
}

/// Columns of the analyst's own query may be called like those that services add.
#[rstest]
#[case("TableName", "EmailEvents")]
#[case("TableName", "emailevents")]
#[case("TableName", "Q4")]
#[case("tablename", "")]
#[case("Type", "EmailEvents")]
#[case("Type", "UrlClickEvents")]
fn a_column_of_the_query_that_names_no_companion_rejects_no_row(
    #[case] column: &str,
    #[case] value: &str,
) {
    let rows = sent_and_threat().map(|mut row| {
        row[column] = json!(value);
        row
    });
    let texts = [
        json!(rows).to_string(),
        rows.clone().map(|row| format!("{row}\n")).concat(),
        json!({"schema": [], "results": rows}).to_string(),
        rows.clone()
            .map(|row| format!("{}\n", json!({"category": "", "properties": row})))
            .concat(),
    ];
    for text in texts {
        let (report, hunt) = load_bytes(text);
        assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
        assert!(!report.is_damaged(), "{report:?}");
        let found = &report.columns[0].found;
        assert!(found.iter().any(|name| name == column), "{found:?}");
    }
}

#[test]
fn rows_of_a_union_that_name_a_companion_are_of_that_table() {
    let [mut sent, mut threat] = sent_and_threat();
    let mut link = threat.clone();
    for (name, _) in link.as_object().unwrap().clone() {
        link[name] = Value::Null;
    }
    for object in [&mut sent, &mut threat, &mut link] {
        object["NetworkMessageId"] = json!("m-1");
        object["Url"] = Value::Null;
        object["TableName"] = json!("EmailEvents");
    }
    link["Url"] = json!("https://files.example/");
    link["TableName"] = json!("EmailUrlInfo");
    let rows = [&sent, &link, &threat, &link, &threat];
    for text in [
        json!(rows).to_string(),
        rows.map(|row| format!("{row}\n")).concat(),
    ] {
        let (report, hunt) = load_bytes(text);
        assert_eq!(answer(&hunt), [row("b.com", 1, 2)]);
        assert!(!report.is_damaged(), "{report:?}");
        let tables = [(Table::EmailEvents, 3), (Table::EmailUrlInfo, 2)];
        assert_eq!(report.tables, tables);
    }
}

#[rstest]
#[case("None")]
#[case("null")]
#[case("NaN")]
#[case("nan")]
#[case("[]")]
#[case("{}")]
#[case("-")]
#[case("\\N")]
#[case("NULL")]
#[case("n/a")]
fn a_word_for_nothing_as_threat_types_is_no_threat_in_any_format(#[case] word: &str) {
    let [sent, threat_object] = sent_and_threat();
    let mut nothing = threat_object.clone();
    nothing["ThreatTypes"] = json!(word);
    let lines = [&sent, &nothing, &threat_object, &nothing].map(|row| format!("{row}\n"));
    let json = json!([sent, nothing, threat_object, nothing]).to_string();
    let nothing = threat("b.com").replace("Phish", word);
    let csv = format!(
        "{HEADER}\n{}\n{nothing}\n{}\n{nothing}\n",
        outbound("a@b.com"),
        threat("b.com")
    );
    for text in [json, lines.concat(), csv] {
        let (report, hunt) = load_bytes(text);
        assert_eq!(report.rows_kept, 4);
        assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
        assert_eq!(report.warnings.len(), 1, "{report:?}");
        let said = format!("2 rows with {word} as ThreatTypes: treated as empty");
        assert!(report.warnings[0].starts_with(&said), "{report:?}");
    }
}

#[rstest]
#[case("NA")]
#[case("[null]")]
#[case("--")]
#[case("false")]
fn a_value_that_names_no_threat_counts_and_is_told_with_its_row(#[case] word: &str) {
    let [sent, threat_object] = sent_and_threat();
    let mut other = threat_object.clone();
    other["ThreatTypes"] = json!(word);
    let json = json!([sent, other, threat_object, other]).to_string();
    let other = threat("b.com").replace("Phish", word);
    let csv = format!(
        "{HEADER}\n{}\n{other}\n{}\n{other}\n",
        outbound("a@b.com"),
        threat("b.com")
    );
    for text in [json, csv] {
        let (report, hunt) = load_bytes(text);
        assert_eq!(answer(&hunt), [row("b.com", 1, 3)]);
        let said = format!(
            "2 rows have ThreatTypes such as \"{word}\" (first in row 2) that name no threat (Malware, Phish, Spam): as in \
             the query, inbound ones count as threats"
        );
        assert_eq!(report.warnings, [said]);
    }
}

#[test]
fn the_threat_types_of_other_tables_are_no_threats_of_emails() {
    let files = "NetworkMessageId,RecipientEmailAddress,FileName,SHA256,ThreatTypes\nm-1,a@b.com,a.txt,00,Other\n";
    let (report, _) = load_bytes(files);
    assert_eq!((report.rows_kept, &report.warnings[..]), (1, &[][..]));
}

// Log Analytics.

#[test]
fn a_partial_answer_keeps_its_rows_and_says_what_is_wrong() {
    let (columns, rows) = as_table("name");
    let text = json!({
        "tables": [{"name": "PrimaryResult", "columns": columns, "rows": rows}],
        "error": {
            "code": "PartialError", "message": "There were some errors.",
            "details": [{"code": "EngineError", "innererror": {"message": "More than 500000 records"}}],
        },
    });
    let (report, hunt) = load_bytes(text.to_string());
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert!(report.is_damaged());
    let sentence = report.failure.unwrap();
    assert!(sentence.contains("More than 500000 records"), "{sentence}");
    assert!(sentence.contains("Its rows are kept"), "{sentence}");
}

#[rstest]
#[case(r#"{"error":{"code":"BadArgumentError","message":"Bad query","innererror":{"message":"near 'x'"}}}"#, "BadArgumentError: Bad query / near 'x'")]
#[case("{\n  \"error\": {\n    \"message\": \"Denied\"\n  }\n}\n", "Denied")]
#[case(
    r#"{"error":"invalid_grant","error_description":"The token has expired"}"#,
    "The token has expired"
)]
fn a_refusal_is_told_in_the_words_of_the_service(#[case] text: &str, #[case] words: &str) {
    let (report, _) = load_bytes(text);
    assert!(report.is_useless(), "{report:?}");
    assert_eq!(report.rows_read(), 0);
    let sentence = report.failure.unwrap();
    assert!(
        sentence.contains("the service refused the query"),
        "{sentence}"
    );
    assert!(sentence.contains(words), "{sentence}");
}

#[test]
fn other_tables_of_an_answer_are_not_read_and_that_is_said() {
    let (columns, rows) = as_table("name");
    let table = |name: &str| json!({"name": name, "columns": columns, "rows": rows});
    let text = json!({"tables": [table("PrimaryResult"), table("Statistics"), table("Render")]});
    let (report, hunt) = load_bytes(text.to_string());
    assert_both_count(&report, &hunt);
    assert!(
        report.warnings[0].ends_with("not read: Statistics and 1 more"),
        "{report:?}"
    );
}

#[test]
fn an_answer_of_other_columns_is_refused_like_csv_of_other_columns() {
    let text = json!({"tables": [{
        "name": "PrimaryResult",
        "columns": [{"name": "EmailDirection"}, {"name": "Subject"}], "rows": [["Inbound", "x"]],
    }]});
    let (report, _) = load_bytes(text.to_string());
    assert!(report.is_useless());
    let sentence = report.failure.unwrap();
    assert!(sentence.contains("missing SenderFromDomain, RecipientEmailAddress, ThreatTypes"));
}

#[test]
fn rows_that_do_not_fit_their_columns_are_rejected() {
    let (columns, mut rows) = as_table("name");
    rows.insert(1, json!(["Inbound"]));
    rows.insert(2, json!({"EmailDirection": "Inbound"}));
    let table = json!({"name": "PrimaryResult", "columns": columns, "rows": rows});
    let (report, hunt) = load_bytes(json!({"tables": [table]}).to_string());
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!(
        reasons(&report),
        [
            "1 values where the table has 4 columns",
            "not a list of values"
        ]
    );
    assert_eq!(report.rejections[0].place, Place::Record(2));
}

#[test]
fn columns_may_come_after_the_rows() {
    let (columns, rows) = as_table("name");
    let text = json!({"tables": [{"rows": rows, "name": "PrimaryResult", "columns": columns}]});
    let (report, hunt) = load_bytes(text.to_string());
    assert_both_count(&report, &hunt);
}

// Streams.

#[rstest]
#[case("AdvancedHunting-EmailEvents")]
#[case("advancedhunting-emailevents")]
#[case("EmailEvents")]
fn the_category_may_be_in_any_case(#[case] category: &str) {
    let lines = sent_and_threat().map(|row| {
        let mut line = envelope(&row);
        line["category"] = json!(category);
        line.to_string()
    });
    let (report, hunt) = load_bytes(lines.join("\r\n"));
    assert_both_count(&report, &hunt);
    assert_eq!(report.format, Some(Format::Streaming));
}

#[test]
fn rows_of_other_tables_in_a_stream_go_there_or_are_counted_apart() {
    let [sent, threat] = sent_and_threat();
    let link = json!({"NetworkMessageId": "m", "Url": "https://x.example/"});
    let of = |category: &str, row: &Value| {
        let mut envelope = envelope(row);
        envelope["category"] = json!(category);
        envelope
    };
    let records = [
        envelope(&sent),
        of("AdvancedHunting-EmailUrlInfo", &link),
        of("AdvancedHunting-DeviceEvents", &json!({"DeviceId": "d"})),
        envelope(&link),
        envelope(&threat),
        json!({"category": "AdvancedHunting-EmailEvents", "properties": "text"}),
    ];
    let (report, hunt) = load_bytes(json!({"records": records}).to_string());
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!(
        report.tables,
        [(Table::EmailEvents, 2), (Table::EmailUrlInfo, 2)]
    );
    assert_eq!(report.other_tables.listed(9), "1 DeviceEvents");
    assert!(reasons(&report)[0].starts_with("its properties are not a JSON object"));
    let places: Vec<Place> = report.rejections.iter().map(|one| one.place).collect();
    assert_eq!(places, [Place::Record(6)]);
    let said = "1 row is labelled EmailEvents but has the columns of EmailUrlInfo: read as EmailUrlInfo (first at \
                record 4)";
    assert_eq!(report.warnings, [said]);
}

#[rstest]
#[case(&["RecipientEmailAddress"], "no RecipientEmailAddress and no RecipientDomain")]
#[case(&["SenderFromDomain"], "no SenderFromDomain and no SenderFromAddress")]
#[case(&["EmailDirection"], "no EmailDirection")]
fn a_category_is_not_believed_without_the_keys_of_the_table(
    #[case] left_out: &[&str],
    #[case] reason: &str,
) {
    let [sent, mut threat] = sent_and_threat();
    for key in left_out {
        threat.as_object_mut().unwrap().remove(*key);
    }
    let lines = [envelope(&sent), envelope(&threat)].map(|line| line.to_string());
    let (report, _) = load_bytes(lines.join("\n"));
    assert_eq!(report.rows_kept, 1, "{report:?}");
    assert_eq!(report.rejections[0].place, Place::Line(2));
    assert!(reasons(&report)[0].contains(reason), "{report:?}");
}

#[rstest]
#[case("AdvancedHunting-EmailUrlInfo", "EmailUrlInfo")]
#[case("AdvancedHunting-DeviceEvents", "DeviceEvents")]
fn a_row_is_judged_by_its_columns_whatever_its_category(
    #[case] category: &str,
    #[case] said: &str,
) {
    let lines = sent_and_threat().map(|row| {
        let mut line = envelope(&row);
        line["category"] = json!(category);
        line.to_string()
    });
    let (report, hunt) = load_bytes(lines.join("\n"));
    assert_both_count(&report, &hunt);
    let said = format!(
        "2 rows are labelled {said} but have the columns of EmailEvents: read as EmailEvents (first at line 1)"
    );
    assert_eq!(report.warnings, [said]);
}

#[test]
fn envelopes_may_lack_a_category_or_hold_their_row_as_text() {
    let without_category = |row: &Value| json!({"tenantId": "t", "properties": row});
    let as_text = |row: &Value| json!({"category": "EmailEvents", "properties": row.to_string()});
    let both = |row: &Value| json!({"properties": row.to_string()});
    for wrap in [
        &without_category as &dyn Fn(&Value) -> Value,
        &as_text,
        &both,
    ] {
        let rows = sent_and_threat().map(|row| wrap(&row));
        for text in [
            rows.clone().map(|row| row.to_string()).join("\n"),
            json!({"Records": rows}).to_string(),
            json!({"body": {"records": rows}, "statusCode": 200}).to_string(),
            json!([{"headers": {}, "body": {"records": rows}}]).to_string(),
        ] {
            let (report, hunt) = load_bytes(text);
            assert_both_count(&report, &hunt);
            assert_eq!(report.format, Some(Format::Streaming));
            assert_eq!(report.warnings, Vec::<String>::new());
        }
    }
}

#[test]
fn a_column_of_the_name_of_a_wrapping_is_a_column() {
    let rows = sent_and_threat().map(|mut row| {
        row["properties"] = json!({"EmailDirection": "Inbound"});
        row["body"] = json!({"records": 7, "text": "x"});
        row.to_string()
    });
    for text in [rows.join("\n"), format!("[{},{}]", rows[0], rows[1])] {
        let (report, hunt) = load_bytes(text);
        assert_both_count(&report, &hunt);
        assert_eq!(loaded(&hunt)[0]["body"], r#"{"records":7,"text":"x"}"#);
    }
}

// Graph: answers to several queries, and pages.

#[test]
fn answers_to_several_queries_at_once_count_and_those_refused_are_told() {
    let rows = sent_and_threat();
    let good = json!({"id": "1", "status": 200, "body": {"schema": [], "results": rows}});
    let refused = json!({"id": "2", "status": 429, "body": {"error": {"code": "429", "message": "Slow down"}}});
    let failed = json!({"id": "3", "status": 504, "body": null});
    let batch = |responses: &[&Value]| json!({"responses": responses}).to_string();
    let (report, hunt) = load_bytes(batch(&[&good]));
    assert_both_count(&report, &hunt);
    assert_eq!(report.format, Some(Format::GraphHunting));
    let (report, hunt) = load_bytes(batch(&[&refused, &good, &failed]));
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!((report.rows_kept, report.rows_rejected), (2, 0));
    let sentence = report.failure.unwrap();
    assert!(sentence.contains("429: Slow down"), "{sentence}");
    assert!(sentence.contains("status 504"), "{sentence}");
}

#[rstest]
#[case(&[json!({"@odata.nextLink": "https://x.example/2"})], Some("there are more rows (@odata.nextLink)"))]
#[case(&[json!({"nextLink": "https://x.example/2"})], Some("there are more rows (nextLink)"))]
#[case(&[json!({"nextLink": null})], None)]
#[case(&[json!({"nextLink": "https://x.example/2"}), json!({})], None)]
#[case(&[json!({"@odata.count": 2})], None)]
#[case(&[json!({"@odata.count": 3})], Some("reports 3 rows in total, but 2 are here"))]
#[case(&[json!({"@odata.count": 4}), json!({})], None)]
#[case(&[json!({"@odata.count": 5}), json!({})], Some("reports 5 rows in total, but 4 are here"))]
fn an_answer_that_is_not_the_last_page_says_so(
    #[case] pages: &[Value],
    #[case] said: Option<&str>,
) {
    for key in ["value", "results"] {
        for is_before in [false, true] {
            let pages = pages.iter().map(|page| {
                let rows = format!("\"{key}\":{}", json!(sent_and_threat()));
                let rest = page.to_string();
                let rest = rest.trim_matches(['{', '}']);
                let members = if is_before {
                    [rest, &rows]
                } else {
                    [&rows, rest]
                };
                let members: Vec<&str> = members
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .collect();
                format!("{{{}}}", members.join(","))
            });
            let text = pages.collect::<Vec<_>>().join("\n");
            let (report, _) = load_bytes(&text);
            assert!(!report.is_damaged(), "{report:?}");
            match said {
                None => assert_eq!(report.warnings, Vec::<String>::new(), "{text}"),
                Some(said) => {
                    assert_eq!(report.warnings.len(), 1, "{report:?}");
                    assert!(report.warnings[0].contains(said), "{report:?}");
                    assert!(report.warnings[0].contains("lower bounds"), "{report:?}");
                }
            }
        }
    }
}

#[test]
fn all_records_of_a_line_have_its_number() {
    let [sent, threat] = sent_and_threat();
    let lines = [
        json!({"records": [envelope(&sent)]}),
        json!({"records": [7, envelope(&threat), {"category": "x", "properties": {}}]}),
    ];
    let (report, hunt) = load_bytes(lines.map(|line| line.to_string()).join("\n"));
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    let places: Vec<Place> = report.rejections.iter().map(|one| one.place).collect();
    assert_eq!(places, [Place::Line(2), Place::Line(2)]);
}

// Azure Data Explorer: an answer that reports an error is not to be used.

/// Asserts that no row counts, that each is accounted for and that the sentence has these words.
fn assert_refused(text: &Value, rows: u64, words: &str) {
    let (report, hunt) = load_bytes(text.to_string());
    assert!(report.is_useless(), "{report:?}");
    assert_eq!((report.rows_kept, report.rows_rejected), (0, rows));
    assert_eq!(hunt.store.events(), 0);
    assert!(answer(&hunt).is_empty());
    let sentence = report.failure.unwrap();
    assert!(sentence.contains(words), "{sentence}");
    assert!(sentence.contains("ignored as a whole"), "{sentence}");
}

fn data_table(extra_row: Option<Value>) -> Value {
    let (columns, mut rows) = as_table("ColumnName");
    rows.extend(extra_row);
    json!({
        "FrameType": "DataTable", "TableId": 1, "TableKind": "PrimaryResult",
        "TableName": "PrimaryResult", "Columns": columns, "Rows": rows,
    })
}

fn api_errors() -> Value {
    json!([{"error": {
        "code": "LimitsExceeded", "message": "Request is invalid.",
        "@message": "Query execution lacks memory (E_RUNAWAY_QUERY)",
    }}])
}

#[test]
fn frames_that_report_an_error_at_their_end_are_refused() {
    let end = json!({"HasErrors": true, "OneApiErrors": api_errors()});
    assert_refused(&kusto_v2(&[data_table(None)], &end), 2, "E_RUNAWAY_QUERY");
    let end = json!({"HasErrors": true});
    assert_refused(
        &kusto_v2(&[data_table(None)], &end),
        2,
        "does not say which",
    );
    let end = json!({"Cancelled": true});
    assert_refused(&kusto_v2(&[data_table(None)], &end), 2, "cancelled");
}

#[test]
fn frames_that_report_an_error_among_their_rows_are_refused() {
    let table = data_table(Some(json!({"OneApiErrors": api_errors()})));
    assert_refused(&kusto_v2(&[table], &json!({})), 2, "E_RUNAWAY_QUERY");
}

#[test]
fn the_threat_types_of_a_refused_answer_are_not_told() {
    let end = json!({"HasErrors": true, "OneApiErrors": api_errors()});
    for word in ["NULL", "None"] {
        let frames = kusto_v2(&[data_table(None)], &end).to_string();
        assert!(frames.contains("\"Phish\""));
        let (report, _) = load_bytes(frames.replace("\"Phish\"", &format!("\"{word}\"")));
        assert_eq!((report.rows_kept, &report.warnings[..]), (0, &[][..]));
    }
}

#[test]
fn rejected_rows_of_a_refused_answer_are_not_rejected_twice() {
    let table = data_table(Some(json!(["Inbound"])));
    let end = json!({"HasErrors": true, "OneApiErrors": api_errors()});
    assert_refused(&kusto_v2(&[table], &end), 3, "its 2 rows are not counted");
}

#[test]
fn frames_that_replace_rows_are_refused_with_what_to_do() {
    let Value::Object(mut header) = data_table(None) else {
        panic!("it is an object");
    };
    let rows = header.remove("Rows").unwrap();
    header["FrameType"] = json!("TableHeader");
    let fragment = |kind: &str| json!({"FrameType": "TableFragment", "TableId": 1, "TableFragmentType": kind, "Rows": rows});
    let header = Value::Object(header);
    let once = kusto_v2(&[header.clone(), fragment("DataReplace")], &json!({}));
    let (report, hunt) = load_bytes(once.to_string());
    assert_both_count(&report, &hunt);
    let twice = [header, fragment("DataAppend"), fragment("DataReplace")];
    assert_refused(
        &kusto_v2(&twice, &json!({})),
        4,
        "results_progressive_enabled",
    );
}

#[test]
fn frames_without_an_end_count_but_that_is_said() {
    let mut frames = kusto_v2(&[data_table(None)], &json!({}));
    frames.as_array_mut().unwrap().pop();
    let (report, hunt) = load_bytes(frames.to_string());
    assert_both_count(&report, &hunt);
    assert!(
        report.warnings[0].contains("no DataSetCompletion"),
        "{report:?}"
    );
}

#[test]
fn frames_that_are_cut_off_after_an_error_are_refused_all_the_same() {
    let table = data_table(Some(json!({"OneApiErrors": api_errors()})));
    let text = kusto_v2(&[table], &json!({})).to_string();
    let (report, hunt) = load_bytes(&text[..text.len() - 20]);
    assert_eq!((report.rows_kept, hunt.store.events()), (0, 0));
    let sentence = report.failure.unwrap();
    assert!(sentence.contains("E_RUNAWAY_QUERY"), "{sentence}");
    assert!(
        sentence.contains("the JSON is broken at line 1"),
        "{sentence}"
    );
}

#[test]
fn tables_that_report_an_error_are_refused() {
    let (columns, mut rows) = as_table("ColumnName");
    let whole: Value = serde_json::from_str(&kusto_v1(&columns, &rows)).unwrap();
    let mut with_exceptions = whole.clone();
    with_exceptions["Exceptions"] = json!(["Query execution has exceeded the limits"]);
    assert_refused(&with_exceptions, 2, "exceeded the limits");
    let mut with_status = whole;
    with_status["Tables"][2]["Rows"] = json!([[4, "Begun"], [2, "It ran out of memory"]]);
    assert_refused(&with_status, 2, "It ran out of memory");
    rows.push(json!({"Exceptions": ["Partial query failure"]}));
    let with_row: Value = serde_json::from_str(&kusto_v1(&columns, &rows)).unwrap();
    assert_refused(&with_row, 2, "Partial query failure");
}

#[test]
fn a_refused_answer_does_not_cost_the_rows_of_other_files() {
    let folder = Folder::new();
    let end = json!({"HasErrors": true, "OneApiErrors": api_errors()});
    let refused = kusto_v2(&[data_table(None)], &end).to_string();
    let good = kusto_v2(&[data_table(None)], &json!({})).to_string();
    let paths = [
        folder.write("a.json", refused),
        folder.write("b.json", good),
    ];
    let (state, hunt) = load(&paths, Vec::new());
    assert!(state.is_damaged() && !state.is_useless());
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
}

// Damage.

#[test]
fn what_stands_behind_an_answer_on_its_line_does_not_cost_its_rows() {
    for shape in JsonShape::ALL {
        let text = shape.write(&COLUMNS, &emails());
        if text.trim_end().contains('\n') {
            continue;
        }
        let text = text.trim_end();
        for behind in ["\n\n", " HTTP 200", "\0", "\nHTTP 200\n", "\n\0\0"] {
            let (report, hunt) = load_bytes(format!("{text}{behind}"));
            assert_eq!(loaded(&hunt), expected(&emails()), "{shape:?} {behind:?}");
            let is_blank = behind.trim().is_empty();
            assert_eq!(
                report.is_damaged(),
                !is_blank,
                "{shape:?} {behind:?}: {report:?}"
            );
        }
        for between in ["", ",", ",\n"] {
            let (report, hunt) = load_bytes(format!("{text}{between}{text}"));
            assert!(!report.is_damaged(), "{shape:?} {between:?}: {report:?}");
            assert_eq!(answer(&hunt), [row("b.com", 4, 4)], "{shape:?} {between:?}");
        }
    }
}

#[test]
fn commas_between_lines_or_rows_are_those_of_a_list_that_was_cut_out() {
    let [sent, threat] = sent_and_threat();
    for text in [
        format!("{sent},\n{threat},\n"),
        format!("{sent}\r\n,{threat}\r\n"),
        format!("{sent}, {threat}\n"),
        format!("{sent:#},\n{threat:#},\n"),
    ] {
        let (report, hunt) = load_bytes(&text);
        assert_both_count(&report, &hunt);
        assert_eq!(report.rows_rejected, 0, "{text}");
    }
}

#[test]
fn a_document_cut_off_anywhere_keeps_the_rows_before() {
    for shape in JsonShape::ALL {
        let text = shape.write(&COLUMNS, &emails());
        let whole = expected(&emails());
        let mut most = 0;
        for length in (1..text.len()).step_by(7) {
            let (_, hunt) = load_bytes(&text.as_bytes()[..length]);
            let rows = loaded(&hunt);
            assert_eq!(rows[..], whole[..rows.len()], "{shape:?} at {length}");
            most = most.max(rows.len());
        }
        assert!(most >= 4, "{shape:?}: {most}");
    }
}

#[test]
fn a_row_that_is_broken_among_indented_ones_costs_only_itself() {
    let rows: Vec<String> = (0..5)
        .flat_map(|_| sent_and_threat())
        .map(|row| serde_json::to_string_pretty(&row).unwrap())
        .collect();
    for (broken, right) in [
        ("ThreatTypes\":", "ThreatTypes\""),
        ("\n}", "\n"),
        ("\",", "\""),
    ] {
        let mut rows = rows.clone();
        rows[4] = rows[4].replace(broken, right);
        let (report, _) = load_bytes(rows.join("\n"));
        assert_eq!(
            (report.rows_kept, report.rows_rejected),
            (9, 1),
            "{broken:?}: {report:?}"
        );
        assert_eq!(report.rejections[0].place, Place::Record(5));
        assert_eq!(report.failure, None);
    }
}

#[test]
fn what_follows_a_broken_row_without_line_ends_is_said_to_be_lost() {
    let [sent, threat] = sent_and_threat();
    let (report, _) = load_bytes(format!("{sent}{{\"a\":}}{threat}"));
    assert_eq!((report.rows_kept, report.rows_rejected), (1, 1));
    assert!(
        report
            .failure
            .unwrap()
            .contains("the rest of the file is not read")
    );
}

#[test]
fn bytes_that_are_no_text_are_kept_in_lines_and_in_documents() {
    let [sent, mut threat] = sent_and_threat();
    threat["Subject"] = json!("a?b\u{e9}");
    for text in [
        format!("{sent}\n{threat}\n"),
        format!("[{sent},{threat}]"),
        format!("{}\n{}", envelope(&sent), envelope(&threat)),
    ] {
        let mut bytes = text.into_bytes();
        let at = bytes.iter().position(|&byte| byte == b'?').unwrap();
        bytes[at] = 0xff;
        let (report, hunt) = load_bytes(&bytes);
        assert_both_count(&report, &hunt);
        let (_, _, batch) = hunt.store.batches().next().unwrap();
        assert_eq!(batch.cell("Subject", 1), b"a\xffb\xc3\xa9");
    }
}

#[test]
fn bytes_that_are_no_text_cost_their_line_where_they_stand_between_values() {
    let [sent, threat] = sent_and_threat();
    let mut bytes = format!("{sent}\n{threat}").into_bytes();
    bytes.extend_from_slice(b"\n{\"a\":1\xff}\n");
    let (report, hunt) = load_bytes(bytes);
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!(report.rejections[0].place, Place::Line(3));
}

#[test]
fn keys_that_differ_only_in_case_are_doubled_keys() {
    let row = r#"{"EmailDirection":"Inbound","SenderFromDomain":"b.com","Own":"1","OWN":"2"}"#;
    let (report, hunt) = load_bytes(format!("[{row}]"));
    assert!(
        report.warnings[0].contains("the key OWN appears more than once"),
        "{report:?}"
    );
    assert_eq!(loaded(&hunt)[0]["Own"], "1");
}

#[test]
fn a_record_of_a_document_that_has_no_end_is_refused() {
    let [sent, threat] = sent_and_threat();
    let mut text = format!("{{\"records\":[{sent},{threat},\"");
    text.push_str(&"x".repeat(65 << 20));
    let (report, hunt) = load_bytes(text);
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!(report.rows_rejected, 1);
    assert!(
        report
            .failure
            .unwrap()
            .contains("record 3 is longer than 64 MiB")
    );
}

#[test]
fn a_first_line_that_is_too_long_costs_only_itself() {
    let [sent, threat] = sent_and_threat();
    let long = format!("{{\"Subject\":\"{}\"}}", "x".repeat(65 << 20));
    let (report, hunt) = load_bytes(format!("{long}\n{sent}\n{threat}\n"));
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!(reasons(&report), ["longer than 64 MiB"]);
    assert_eq!(report.failure, None);
}

/// Python's `json.dump` writes them where pandas has no number.
#[test]
fn what_is_no_number_is_empty_and_told_in_lines_and_in_documents() {
    let [sent, threat] = sent_and_threat().map(|row| row.to_string());
    let sent = sent.replacen('{', "{\"UrlCount\":NaN,\"Size\": -Infinity, ", 1);
    let threat = threat.replacen('{', "{\"UrlCount\":NaN,\"Subject\":\"was :NaN,\", ", 1);
    for text in [
        format!("{sent}\n{threat}\n"),
        format!("[{sent},\n{threat}]"),
        format!("{{\"records\":[{sent},{threat}]}}\n"),
        format!("{sent}{threat}"),
    ] {
        let (report, hunt) = load_bytes(&text);
        assert_both_count(&report, &hunt);
        let rows = loaded(&hunt);
        assert!(
            rows.iter()
                .all(|row| row.get("UrlCount").is_none_or(String::is_empty))
        );
        assert!(
            rows.iter()
                .any(|row| row.get("Subject").is_some_and(|text| text == "was :NaN,"))
        );
        let told: Vec<&String> = report
            .warnings
            .iter()
            .filter(|warning| warning.starts_with("3 values NaN or Infinity"))
            .collect();
        assert_eq!(told.len(), 1, "{text}: {:?}", report.warnings);
    }
}

#[test]
fn what_is_no_number_is_known_after_a_string_that_was_cut_off() {
    let [sent, threat] = sent_and_threat();
    let pretty = |row: &Value| serde_json::to_string_pretty(row).unwrap();
    let threat = pretty(&threat).replacen('{', "{\"Subject\":\"NaN\",\"UrlCount\":NaN,", 1);
    let cut_off = "{\n  \"EmailDirection\": \"Inbound\",\n  \"Subject\": \"no more\n";
    let (report, hunt) = load_bytes([&pretty(&sent), "\n", cut_off, &threat].concat());
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
    assert_eq!(report.rows_rejected, 1);
    let rows = loaded(&hunt);
    let threat = rows.iter().find(|row| row["EmailDirection"] == "Inbound");
    let threat = threat.unwrap();
    assert_eq!(threat["Subject"], "NaN", "it stands in quotes");
    assert!(threat.get("UrlCount").is_none_or(String::is_empty));
    let told = |warning: &&String| warning.starts_with("1 value NaN or Infinity");
    assert!(
        report.warnings.iter().any(|warning| told(&warning)),
        "{:?}",
        report.warnings
    );
}

#[test]
fn nesting_without_end_is_no_danger_in_any_place() {
    const DEPTH: usize = 100_000;
    let deep = "[".repeat(DEPTH) + &"]".repeat(DEPTH);
    let objects = "{\"a\":".repeat(DEPTH) + "1" + &"}".repeat(DEPTH);
    for value in [&deep, &objects] {
        let [sent, threat] = sent_and_threat().map(|row| {
            // A cell of which exclusions read keys.
            row.to_string()
                .replacen('{', &format!("{{\"AuthenticationDetails\":{value},"), 1)
        });
        for text in [
            format!("{sent}\n{threat}"),
            format!("[{sent},{threat}]"),
            format!("{{\"results\":[{sent},{threat}],\"more\":{value}}}"),
            format!("{{\"more\":{value},\"records\":[{sent},{threat}]}}"),
            format!("{{\"body\":{value},\"records\":[{sent},{threat}]}}"),
            format!("{{\"body\":{{\"more\":{value},\"records\":[{sent},{threat}]}}}}"),
        ] {
            let (report, hunt) = load_bytes(&text);
            assert_both_count(&report, &hunt);
        }
        for before in [
            "",
            "[",
            "{\"tables\":",
            "{\"tables\":[",
            "{\"error\":",
            "{\"body\":",
            "{\"responses\":[",
            "{\"responses\":[{\"body\":",
            "{\"properties\":",
            "[{\"FrameType\":",
            "{\"category\":1,\"properties\":",
        ] {
            let (report, _) = load_bytes(format!("{before}{value}"));
            assert!(report.is_useless(), "{before:?}: {report:?}");
        }
    }
}

#[test]
fn the_public_test_suite_of_json_is_read_or_refused_and_costs_no_other_line() {
    let Some(corpus) = std::env::var_os("MAILHUNT_CORPUS") else {
        println!("skipped: MAILHUNT_CORPUS names no folder of public corpora");
        return;
    };
    let folder = PathBuf::from(corpus).join("json/JSONTestSuite/test_parsing");
    let [sent, threat] = sent_and_threat().map(|row| row.to_string());
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let (state, _) = load(std::slice::from_ref(&path), Vec::new());
        let report = state.files[0].report.as_deref().unwrap();
        assert!(
            report.is_useless() || !report.is_damaged(),
            "{name}: {report:?}"
        );
        assert!(!format!("{report:?}").contains("mailhunt failed"), "{name}");
        files += 1;
        // As a value of a row among others.
        if bytes.contains(&b'\n') {
            continue;
        }
        let mut text = format!("{sent}\n{{\"EmailDirection\":\"Intra-org\",\"X\":").into_bytes();
        text.extend_from_slice(&bytes);
        text.extend_from_slice(format!("}}\n{threat}\n").as_bytes());
        let (report, hunt) = load_bytes(text);
        assert_eq!(answer(&hunt), [row("b.com", 1, 1)], "{name}");
        match name.as_bytes()[0] {
            b'y' => assert_eq!(report.rows_kept, 3, "{name}: {report:?}"),
            // Of these it is told that they are no JSON.
            b'n' if ["NaN", "infinity", "minus_infinity"]
                .iter()
                .any(|word| name == format!("n_number_{word}.json")) =>
            {
                assert_eq!(report.rows_kept, 3, "{name}: {report:?}");
                assert!(
                    report.warnings[0].starts_with("1 value NaN or Infinity"),
                    "{name}"
                );
            }
            b'n' => assert_eq!((report.rows_kept, report.rows_rejected), (2, 1), "{name}"),
            _ => assert_eq!(report.rows_read(), 3, "{name}"),
        }
    }
    assert!(files > 300, "{files} files");
}

/// The places before bytes that stand inside of strings, or end one.
fn places_in_strings(text: &[u8]) -> Vec<usize> {
    let (mut is_inside, mut is_escaped) = (false, false);
    let mut places = Vec::new();
    for (place, byte) in text.iter().enumerate() {
        if is_inside {
            places.push(place);
        }
        is_inside ^= *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
    }
    places
}

/// Text as an attacker or a program may write it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just(String::new()),
        3 => "[a-z.@]{1,12}",
        1 => any::<String>(),
        1 => prop::sample::select(vec!["\\", "\"", "\u{0}", "\u{7f}", "\n", "[]", "{}", "1e400", "true"])
            .prop_map(str::to_owned),
    ]
    // In `az` output this word means that there is nothing.
    .prop_filter("a word for nothing", |text| !["None", "null", "NaN", "nan"].contains(&text.as_str()))
}

/// The rows, without such `ThreatTypes` as stand for nothing: these are emptied.
fn with_threat_types_as_they_are(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let place = COLUMNS.iter().position(|name| *name == "ThreatTypes");
    let threat_types = rows.iter_mut().filter_map(|row| row.get_mut(place?));
    for cell in threat_types.filter(|cell| ["[]", "{}"].contains(&cell.as_str())) {
        cell.push_str(" Phish");
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn the_same_events_are_read_from_every_shape(
        rows in prop::collection::vec(prop::collection::vec(text(), COLUMNS.len()), 1..9),
    ) {
        let rows = with_threat_types_as_they_are(rows);
        let expected = expected(&rows);
        for shape in JsonShape::ALL {
            let (report, hunt) = load_bytes(shape.write(&COLUMNS, &rows));
            prop_assert!(!report.is_damaged(), "{:?}: {:?}", shape, report);
            prop_assert_eq!(&loaded(&hunt), &expected, "{:?}", shape);
        }
    }

    /// Whatever control character stands raw inside of whatever string of whatever shape.
    #[test]
    fn a_raw_control_character_costs_one_record_at_most(
        rows in prop::collection::vec(prop::collection::vec(text(), COLUMNS.len()), 2..6),
        control in 0u8..0x20,
        place in any::<prop::sample::Index>(),
    ) {
        let rows = with_threat_types_as_they_are(rows);
        for shape in JsonShape::ALL {
            let text = shape.write(&COLUMNS, &rows).into_bytes();
            let place = *place.get(&places_in_strings(&text));
            let damaged = [&text[..place], &[control], &text[place..]].concat();
            assert_one_record_lost_at_most(&damaged, &rows, &format!("{shape:?}"))?;
        }
    }

    /// Whatever follows a raw line break in a cell.
    #[test]
    fn a_raw_line_break_costs_one_record_whatever_follows_it(
        mut rows in prop::collection::vec(prop::collection::vec(text(), COLUMNS.len()), 2..6),
        before in "[a-z{]{0,3}",
        line_break in prop::sample::select(vec!["\n", "\r\n", "\n\n", "\n\t"]),
        after in r#"([{}\[\],:"\\a]|\{"|\{\}|\{ |"SPF":){0,3}"#,
        row in any::<prop::sample::Index>(),
        column in any::<prop::sample::Index>(),
    ) {
        const MARK: &str = "RAWBREAK";
        rows = with_threat_types_as_they_are(rows);
        let row = row.index(rows.len());
        let column = column.index(COLUMNS.len());
        rows[row][column] = format!("{before}{MARK}{after}");
        for shape in JsonShape::ALL {
            let text = shape.write(&COLUMNS, &rows);
            for ending in ["", "\n"] {
                let damaged = text.replace(MARK, line_break) + ending;
                let lost = assert_one_record_lost_at_most(damaged.as_bytes(), &rows, &format!("{shape:?}"))?;
                prop_assert_eq!(lost, Some(row), "{:?}: {}", shape, damaged);
            }
        }
    }
}

/// Checks that what is kept of a damaged text is all of the rows but one at most, and gives that.
fn assert_one_record_lost_at_most(
    damaged: &[u8],
    rows: &[Vec<String>],
    shape: &str,
) -> Result<Option<usize>, TestCaseError> {
    let expected = expected(rows);
    let (report, hunt) = load_bytes(damaged);
    let shown = String::from_utf8_lossy(damaged);
    let found = loaded(&hunt);
    prop_assert_eq!(&report.failure, &None, "{}: {}", shape, shown);
    prop_assert_eq!(
        report.rows_read(),
        report.rows_kept + report.rows_rejected,
        "{}: {:?}",
        shape,
        report
    );
    if report.rows_rejected == 0 {
        prop_assert_eq!(&found, &expected, "{}: {} {:?}", shape, shown, report);
        prop_assert!(
            report
                .warnings
                .iter()
                .any(|said| said.contains("around the records"))
        );
        return Ok(None);
    }
    prop_assert_eq!(report.rows_rejected, 1, "{}: {} {:?}", shape, shown, report);
    let without = |lost: usize| {
        let mut rest = expected.clone();
        rest.remove(lost);
        rest
    };
    let mut lost = (0..rows.len()).filter(|lost| without(*lost) == found);
    let first = lost.next();
    prop_assert!(first.is_some(), "{}: {} {:?}", shape, shown, found);
    Ok(first)
}
