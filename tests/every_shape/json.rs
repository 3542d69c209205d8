//! The JSON shapes: interfaces, pipelines and command-line tools.

use super::Shape;
use super::table::{COLUMNS, Cell, Table, iso};
use super::text::gzip;
use serde_json::{Map, Value, json};

/// What a string column without a value is.
#[derive(Clone, Copy)]
enum Missing {
    Null,
    Empty,
    NoKey,
}

/// How dynamic values stand in the text.
#[derive(Clone, Copy)]
enum Dynamic {
    AsJson,
    AsText,
}

fn value(cell: &Cell, missing: Missing, dynamic: Dynamic) -> Option<Value> {
    Some(match cell {
        Cell::Text(text) => json!(text),
        Cell::Time(ticks) => json!(iso(*ticks)),
        Cell::Number(number) => json!(number),
        Cell::Bool(value) => json!(value),
        Cell::Dynamic(value) => match dynamic {
            Dynamic::AsJson => value.clone(),
            Dynamic::AsText => json!(value.to_string()),
        },
        Cell::Missing => match missing {
            Missing::Null => Value::Null,
            Missing::Empty => json!(""),
            Missing::NoKey => return None,
        },
    })
}

fn objects(table: &Table, missing: Missing, dynamic: Dynamic) -> Vec<Map<String, Value>> {
    let object = |row: &Vec<Cell>| {
        COLUMNS
            .into_iter()
            .zip(row)
            .filter_map(|(column, cell)| {
                // A row must say what it is.
                let missing = match (column, missing) {
                    ("SenderFromDomain", Missing::NoKey) => Missing::Null,
                    _ => missing,
                };
                Some((column.to_owned(), value(cell, missing, dynamic)?))
            })
            .collect()
    };
    table.rows.iter().map(object).collect()
}

/// Rows by position.
fn rows(table: &Table) -> Vec<Value> {
    let cells = |row: &Vec<Cell>| {
        row.iter()
            .map(|cell| value(cell, Missing::Empty, Dynamic::AsText))
            .collect()
    };
    table.rows.iter().map(cells).collect()
}

fn kusto_type(column: &str) -> &'static str {
    match column {
        "Timestamp" => "datetime",
        "EmailClusterId" => "long",
        "UrlCount" => "int",
        "IsFirstContact" => "bool",
        "To" | "AdditionalFields" => "dynamic",
        _ => "string",
    }
}

fn columns(name: &str, kind: &str) -> Vec<Value> {
    COLUMNS
        .iter()
        .map(|column| json!({name: column, kind: kusto_type(column)}))
        .collect()
}

fn lines(values: impl IntoIterator<Item = Value>, line_end: &str) -> String {
    values
        .into_iter()
        .map(|value| value.to_string() + line_end)
        .collect()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// `az monitor log-analytics query -o json`: every value is a text, null is `None`.
fn az(table: &Table) -> String {
    let python = |value: Option<Value>| match value {
        None | Some(Value::Null) => json!("None"),
        Some(Value::Bool(true)) => json!("True"),
        Some(Value::Bool(false)) => json!("False"),
        Some(Value::String(text)) => json!(text),
        Some(other) => json!(other.to_string()),
    };
    let object = |row: &Vec<Cell>| {
        let mut object = Map::new();
        for (column, cell) in COLUMNS.into_iter().zip(row) {
            let cell = python(value(cell, Missing::Null, Dynamic::AsText));
            object.insert(column.to_owned(), cell);
        }
        object.insert("TableName".to_owned(), json!("PrimaryResult"));
        Value::Object(object)
    };
    pretty(&Value::Array(table.rows.iter().map(object).collect()))
}

/// The query interface of Log Analytics.
pub fn log_analytics(table: &Table) -> String {
    json!({"tables": [{"name": "PrimaryResult", "columns": columns("name", "type"), "rows": rows(table)}]})
        .to_string()
}

fn graph(table: &Table) -> String {
    let results: Vec<Value> = objects(table, Missing::Empty, Dynamic::AsText)
        .into_iter()
        .map(|mut object| {
            object.insert("EmailClusterId@odata.type".to_owned(), json!("#Int64"));
            Value::Object(object)
        })
        .collect();
    pretty(&json!({
        "@odata.context": "https://graph.example/v1.0/$metadata#microsoft.graph.security.huntingQueryResults",
        "schema": columns("name", "type"),
        "results": results,
    }))
}

fn advanced_hunting(table: &Table) -> String {
    json!({
        "Stats": {"ExecutionTime": 0.5, "resource_usage": {"cache": {}}},
        "Schema": columns("Name", "Type"),
        "Results": objects(table, Missing::Null, Dynamic::AsText),
    })
    .to_string()
}

fn kusto_v1(table: &Table) -> String {
    let contents = json!({
        "TableName": "Table_1",
        "Columns": [{"ColumnName": "Ordinal", "DataType": "Int64"}, {"ColumnName": "Kind", "DataType": "String"}],
        "Rows": [[0, "QueryResult"]],
    });
    let columns: Vec<Value> = COLUMNS
        .iter()
        .map(|column| json!({"ColumnName": column, "DataType": "String", "ColumnType": kusto_type(column)}))
        .collect();
    json!({"Tables": [{"TableName": "Table_0", "Columns": columns, "Rows": rows(table)}, contents]})
        .to_string()
}

fn kusto_v2(table: &Table) -> String {
    json!([
        {"FrameType": "DataSetHeader", "IsProgressive": false, "Version": "v2.0"},
        {
            "FrameType": "DataTable", "TableId": 0, "TableKind": "QueryProperties",
            "TableName": "@ExtendedProperties",
            "Columns": [{"ColumnName": "Key", "ColumnType": "string"}, {"ColumnName": "Value", "ColumnType": "dynamic"}],
            "Rows": [["Visualization", "{\"Visualization\":null}"]],
        },
        {
            "FrameType": "DataTable", "TableId": 1, "TableKind": "PrimaryResult", "TableName": "PrimaryResult",
            "Columns": columns("ColumnName", "ColumnType"), "Rows": rows(table),
        },
        {
            "FrameType": "DataTable", "TableId": 2, "TableKind": "QueryCompletionInformation",
            "TableName": "QueryCompletionInformation",
            "Columns": [{"ColumnName": "Level", "ColumnType": "int"}], "Rows": [[4]],
        },
        {"FrameType": "DataSetCompletion", "HasErrors": false, "Cancelled": false},
    ])
    .to_string()
}

/// What the streaming interface writes around a row.
fn envelopes(table: &Table) -> Vec<Value> {
    objects(table, Missing::Null, Dynamic::AsJson)
        .into_iter()
        .map(|mut properties| {
            properties.insert("__UDI_RequiredFields_RegionId".to_owned(), json!("7"));
            json!({
                "time": "2026-11-20T00:00:00.1234567Z",
                "tenantId": "00000000-0000-4000-8000-000000000000",
                "operationName": "Publish",
                "category": "AdvancedHunting-EmailEvents",
                "_TimeReceivedBySvc": "2026-11-20T00:00:01.1234567",
                "properties": properties,
                "Tenant": "DefaultTenant",
            })
        })
        .collect()
}

pub fn envelope_lines(table: &Table) -> String {
    lines(envelopes(table), "\r\n")
}

fn data_export(table: &Table) -> String {
    let flat = objects(table, Missing::NoKey, Dynamic::AsJson).into_iter();
    let flat = flat.map(|mut object| {
        let time = object.remove("Timestamp").unwrap();
        object.insert("TimeGenerated".to_owned(), time);
        object.insert("Type".to_owned(), json!("EmailEvents"));
        object.insert("_ResourceId".to_owned(), json!(""));
        Value::Object(object)
    });
    lines(flat, "\n")
}

pub fn shapes(table: &Table) -> Vec<Shape> {
    let flat = || objects(table, Missing::Null, Dynamic::AsText);
    let array = Value::from(flat());
    let line = |line_end| lines(flat().into_iter().map(Value::Object), line_end);
    let messages = envelopes(table);
    let messages = messages
        .chunks(7)
        .map(|records| json!({"records": records}));
    let one_after_the_other: String = flat()
        .into_iter()
        .map(|object| pretty(&Value::Object(object)) + "\n")
        .collect();
    vec![
        Shape::of_file("JSON array", "export.json", array.to_string()),
        Shape::of_file("JSON array, indented", "export.json", pretty(&array)),
        Shape::of_file("JSON lines", "export.jsonl", line("\n")),
        Shape::of_file("JSON lines, CRLF", "export.json", line("\r\n")),
        Shape::of_file("JSON objects, indented", "export.json", one_after_the_other),
        Shape::of_file("az", "export.json", az(table)),
        Shape::of_file("Log Analytics", "export.json", log_analytics(table)),
        Shape::of_file("Graph", "export.json", graph(table)),
        Shape::of_file("advanced hunting", "export.json", advanced_hunting(table)),
        Shape::of_file("Kusto v1", "export.json", kusto_v1(table)),
        Shape::of_file("Kusto v2", "export.json", kusto_v2(table)),
        Shape::of_file("streaming, one a line", "PT1H.json", envelope_lines(table)),
        Shape::of_file(
            "streaming, records",
            "message.json",
            json!({"records": envelopes(table)}).to_string(),
        ),
        Shape::of_file(
            "streaming, messages",
            "messages.json",
            lines(messages, "\n"),
        ),
        Shape::of_file(
            "streaming, array",
            "export.json",
            Value::from(envelopes(table)).to_string(),
        ),
        Shape::of_file("data export", "PT05M.json", data_export(table)),
        Shape::of_file(
            "JSON lines, gzip",
            "export.jsonl.gz",
            gzip(line("\n").as_bytes()),
        ),
    ]
}
