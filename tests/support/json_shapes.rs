//! Writes a table in every shape of JSON in which it may come: those of the portals, of the services'
//! answers and of their streams.

use mailhunt::events::format::Format;
use serde_json::{Map, Value, json};

/// A shape, told apart where the text differs, not only where the program names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonShape {
    Array,
    ArrayIndented,
    Lines,
    LinesWithReturns,
    Objects,
    ObjectsWithoutLineEnds,
    Value,
    AzureCli,
    LogAnalytics,
    GraphHunting,
    DefenderHunting,
    Envelope,
    EnvelopeIndented,
    EnvelopesInRecords,
    LinesOfRecords,
    KustoV1,
    KustoV2,
    KustoV2Progressive,
    KustoV2Sorted,
}

impl JsonShape {
    pub const ALL: [JsonShape; 19] = [
        JsonShape::Array,
        JsonShape::ArrayIndented,
        JsonShape::Lines,
        JsonShape::LinesWithReturns,
        JsonShape::Objects,
        JsonShape::ObjectsWithoutLineEnds,
        JsonShape::Value,
        JsonShape::AzureCli,
        JsonShape::LogAnalytics,
        JsonShape::GraphHunting,
        JsonShape::DefenderHunting,
        JsonShape::Envelope,
        JsonShape::EnvelopeIndented,
        JsonShape::EnvelopesInRecords,
        JsonShape::LinesOfRecords,
        JsonShape::KustoV1,
        JsonShape::KustoV2,
        JsonShape::KustoV2Progressive,
        JsonShape::KustoV2Sorted,
    ];

    /// What the program calls it.
    pub fn format(self) -> Format {
        match self {
            JsonShape::Array | JsonShape::ArrayIndented | JsonShape::Value => Format::JsonArray,
            JsonShape::Lines | JsonShape::LinesWithReturns => Format::JsonLines,
            JsonShape::Objects | JsonShape::ObjectsWithoutLineEnds => Format::JsonObjects,
            JsonShape::AzureCli => Format::AzureCli,
            JsonShape::LogAnalytics => Format::LogAnalytics,
            JsonShape::GraphHunting => Format::GraphHunting,
            JsonShape::DefenderHunting => Format::DefenderHunting,
            JsonShape::Envelope
            | JsonShape::EnvelopeIndented
            | JsonShape::EnvelopesInRecords
            | JsonShape::LinesOfRecords => Format::Streaming,
            JsonShape::KustoV1 => Format::KustoV1,
            JsonShape::KustoV2 | JsonShape::KustoV2Progressive | JsonShape::KustoV2Sorted => {
                Format::KustoV2
            }
        }
    }

    /// Writes rows of `EmailEvents`; an empty cell is written as the shape spells that there is nothing.
    pub fn write(self, columns: &[&str], rows: &[Vec<String>]) -> String {
        let objects: Vec<Value> = rows.iter().map(|row| flat(columns, row, self)).collect();
        let lists = || -> Vec<Value> {
            let lists = objects.iter().filter_map(Value::as_object);
            lists.map(|row| row.values().cloned().collect()).collect()
        };
        let described = |name: &str, kind: &str| -> Vec<Value> {
            let columns = columns.iter();
            columns
                .map(|column| json!({name: column, kind: "string"}))
                .collect()
        };
        let envelopes = || objects.iter().map(envelope);
        match self {
            JsonShape::Array => Value::Array(objects).to_string(),
            JsonShape::ArrayIndented | JsonShape::AzureCli => indented(&Value::Array(objects)),
            JsonShape::Lines => objects.iter().map(|row| row.to_string() + "\n").collect(),
            JsonShape::LinesWithReturns => {
                objects.iter().map(|row| row.to_string() + "\r\n").collect()
            }
            JsonShape::Objects => objects.iter().map(|row| indented(row) + "\n").collect(),
            JsonShape::ObjectsWithoutLineEnds => objects.iter().map(Value::to_string).collect(),
            JsonShape::Value => json!({"@odata.context": "c", "value": objects}).to_string(),
            JsonShape::LogAnalytics => json!({"tables": [{
                "name": "PrimaryResult",
                "columns": described("name", "type"),
                "rows": lists(),
            }]})
            .to_string(),
            JsonShape::GraphHunting => json!({
                "@odata.context": "https://graph.example/$metadata",
                "schema": described("name", "type"),
                "results": objects,
            })
            .to_string(),
            JsonShape::DefenderHunting => indented(&json!({
                "Stats": {"ExecutionTime": 0.1, "resource_usage": {"cpu": {}}},
                "Schema": described("Name", "Type"),
                "Results": objects,
            })),
            JsonShape::Envelope => envelopes().map(|row| row.to_string() + "\r\n").collect(),
            JsonShape::EnvelopeIndented => envelopes().map(|row| indented(&row)).collect(),
            JsonShape::EnvelopesInRecords => {
                json!({"records": envelopes().collect::<Vec<_>>()}).to_string()
            }
            JsonShape::LinesOfRecords => {
                let envelopes: Vec<Value> = envelopes().collect();
                let messages = envelopes.chunks(3);
                messages
                    .map(|records| json!({"records": records}).to_string() + "\n")
                    .collect()
            }
            JsonShape::KustoV1 => kusto_v1(&described("ColumnName", "DataType"), &lists()),
            JsonShape::KustoV2 | JsonShape::KustoV2Sorted => {
                let table = json!({
                    "FrameType": "DataTable", "TableId": 1, "TableKind": "PrimaryResult",
                    "TableName": "PrimaryResult",
                    "Columns": described("ColumnName", "ColumnType"), "Rows": lists(),
                });
                let frames = kusto_v2(&[table], &json!({}));
                if self == JsonShape::KustoV2Sorted {
                    return sorted(&frames).to_string();
                }
                frames.to_string()
            }
            JsonShape::KustoV2Progressive => {
                let header = json!({
                    "FrameType": "TableHeader", "TableId": 1, "TableKind": "PrimaryResult",
                    "TableName": "PrimaryResult",
                    "Columns": described("ColumnName", "ColumnType"),
                });
                let lists = lists();
                let fragments = lists.chunks(2).map(|rows| {
                    json!({
                        "FrameType": "TableFragment", "TableFragmentType": "DataAppend", "TableId": 1,
                        "Rows": rows,
                    })
                });
                let end =
                    json!({"FrameType": "TableCompletion", "TableId": 1, "RowCount": lists.len()});
                let frames: Vec<Value> =
                    [header].into_iter().chain(fragments).chain([end]).collect();
                kusto_v2(&frames, &json!({})).to_string()
            }
        }
    }
}

/// A table as version 1 of Azure Data Explorer answers, with the tables that follow it.
pub fn kusto_v1(columns: &[Value], rows: &[Value]) -> String {
    let column = |name: &str| json!({"ColumnName": name, "DataType": "String"});
    json!({"Tables": [
        {"TableName": "Table_0", "Columns": columns, "Rows": rows},
        {"TableName": "Table_1", "Columns": [column("Value")], "Rows": [["{}"]]},
        {
            "TableName": "Table_2",
            "Columns": [column("Severity"), column("StatusDescription")],
            "Rows": [[4, "Query completed successfully"]],
        },
        {
            "TableName": "Table_3",
            "Columns": [column("Ordinal"), column("Kind"), column("Name"), column("PrettyName")],
            "Rows": [[0, "QueryResult", "PrimaryResult", ""]],
        },
    ]})
    .to_string()
}

/// Frames as version 2 of Azure Data Explorer answers, with those around them. `end` goes into the last.
pub fn kusto_v2(tables: &[Value], end: &Value) -> Value {
    let own = json!({
        "FrameType": "DataTable", "TableId": 0, "TableKind": "QueryProperties",
        "TableName": "@ExtendedProperties",
        "Columns": [{"ColumnName": "Key", "ColumnType": "string"}], "Rows": [["Visualization"]],
    });
    let mut last =
        json!({"FrameType": "DataSetCompletion", "HasErrors": false, "Cancelled": false});
    let (Some(last_members), Some(members)) = (last.as_object_mut(), end.as_object()) else {
        unreachable!("both are objects");
    };
    last_members.extend(members.clone());
    let header = json!({"FrameType": "DataSetHeader", "IsProgressive": false, "Version": "v2.0"});
    [header, own]
        .iter()
        .chain(tables)
        .chain([&last])
        .cloned()
        .collect()
}

fn indented(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// With the keys of all objects in order, as `jq -S` writes.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(object) => {
            let mut keys: Vec<(&String, &Value)> = object.iter().collect();
            keys.sort_by_key(|(key, _)| *key);
            let members = keys
                .into_iter()
                .map(|(key, value)| (key.clone(), sorted(value)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

fn flat(columns: &[&str], row: &[String], shape: JsonShape) -> Value {
    let mut object = Map::new();
    if shape == JsonShape::AzureCli {
        object.insert("TableName".to_owned(), json!("PrimaryResult"));
    }
    for (column, cell) in columns.iter().zip(row) {
        let is_empty = cell.is_empty();
        let value = match shape {
            JsonShape::AzureCli if is_empty => json!("None"),
            JsonShape::Envelope | JsonShape::KustoV1 | JsonShape::Lines if is_empty => Value::Null,
            _ => json!(cell),
        };
        object.insert((*column).to_owned(), value);
        if shape == JsonShape::GraphHunting {
            object.insert(format!("{column}@odata.type"), json!("#String"));
        }
    }
    Value::Object(object)
}

/// The row in the envelope of the Streaming API.
pub fn envelope(row: &Value) -> Value {
    let mut properties = row.clone();
    if let Some(properties) = properties.as_object_mut() {
        properties.insert("__UDI_RequiredFields_TenantId".to_owned(), json!("t"));
    }
    json!({
        "time": row["Timestamp"],
        "tenantId": "t",
        "operationName": "Publish",
        "category": "AdvancedHunting-EmailEvents",
        "properties": properties,
        "Tenant": "DefaultTenant",
    })
}
