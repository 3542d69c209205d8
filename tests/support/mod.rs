//! What the integration tests share: files to load, loading them with the account checked, and
//! reading the answer. The brute-force hunt they are compared with is in `oracle`.

#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    reason = "each test binary uses a part of this; a failed unwrap is a failed test"
)]

pub mod definitions;
pub mod json_cells;
pub mod json_shapes;
pub mod oracle;
pub mod overlaps;
pub mod parquet;
pub mod strategies;
pub mod writing;

use mailhunt::events::input::Input;
use mailhunt::events::load::CancelToken;
use mailhunt::events::report::FileReport;
use mailhunt::events::request::{Kept, LoadOptions, LoadRequest, Wanted};
use mailhunt::events::schema::Table;
use mailhunt::hunt::exclusion::Exclusion;
use mailhunt::hunt::{Hunt, Query};
use mailhunt::pipeline::{self, LoadState};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder of files that vanishes with the test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and gives its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Makes a named pipe and gives its path; says that the test is skipped where that cannot be.
    pub fn pipe(&self, name: &str) -> Option<PathBuf> {
        let path = self.0.path().join(name);
        match std::process::Command::new("mkfifo").arg(&path).status() {
            Ok(status) if status.success() => Some(path),
            other => {
                println!("skipped: mkfifo is not to be had here ({other:?})");
                None
            }
        }
    }
}

/// Loads files as the program does, and checks that no row is unaccounted for.
pub fn load(paths: &[PathBuf], exclusions: Vec<Exclusion>) -> (LoadState, Hunt) {
    load_with(paths, exclusions, LoadOptions::default())
}

/// Loads files in a way that was asked for.
pub fn load_with(
    paths: &[PathBuf],
    exclusions: Vec<Exclusion>,
    options: LoadOptions,
) -> (LoadState, Hunt) {
    let inputs = paths.iter().cloned().map(Input::File).collect();
    load_request(LoadRequest { inputs, options }, exclusions)
}

/// Loads what is asked for as the program does, and checks that no row is unaccounted for.
pub fn load_request(
    request: impl Into<LoadRequest>,
    exclusions: Vec<Exclusion>,
) -> (LoadState, Hunt) {
    let (state, hunt) = pipeline::run(request, exclusions.into(), &CancelToken::default(), |_| {});
    assert_account(&state, &hunt);
    (state, hunt)
}

/// Rows that are in several files count each time.
pub fn keeping_duplicates() -> LoadOptions {
    LoadOptions {
        keep_duplicates: true,
        ..LoadOptions::default()
    }
}

/// Loads one file of these bytes, and keeps also the events that count nowhere.
pub fn load_bytes(bytes: impl AsRef<[u8]>) -> (FileReport, Hunt) {
    let folder = Folder::new();
    let path = folder.write("export", bytes);
    let wanted = Wanted::Kept {
        columns: None,
        often: None,
        kept: Some(|_, _| Kept::All),
        are_compared: true,
    };
    let options = LoadOptions {
        wanted,
        ..LoadOptions::default()
    };
    let (state, hunt) = load_with(&[path], Vec::new(), options);
    (state.files[0].report.as_deref().unwrap().clone(), hunt)
}

/// Rows read = rows kept + rows rejected, for every file, and every kept row is in the store; of joined rows what they
/// were taken apart into.
pub fn assert_account(state: &LoadState, hunt: &Hunt) {
    assert!(state.finished);
    let [mut kept, mut taken_apart, mut found] = [[0; Table::ALL.len()]; 3];
    for file in &state.files {
        let report = file.report.as_ref().expect("every file is done with");
        assert!(file.progress.finished);
        assert_eq!(
            file.progress.rows,
            report.rows_kept + report.rows_rejected + report.other_tables.rows(),
            "rows read are rows kept and rows rejected: {report:?}"
        );
        let listed = report.rejections.len() as u64;
        assert!(
            listed == report.rows_rejected || listed == 1000,
            "{report:?}"
        );
        for (table, rows) in &report.tables {
            kept[*table as usize] += rows;
        }
        // A row that lists several recipients is as many emails.
        let lists = report.recipient_lists;
        found[Table::EmailEvents as usize] += lists.emails - lists.records;
        if let Some(joined) = &report.joined {
            taken_apart[Table::EmailEvents as usize] += joined.collapsed();
            for (table, rows) in &joined.without_email {
                taken_apart[*table as usize] += rows;
            }
            for (table, rows) in &joined.companions {
                found[*table as usize] += rows;
            }
        }
        let by_table: u64 = report.tables.iter().map(|(_, rows)| rows).sum();
        assert_eq!(by_table, report.rows_kept, "every kept row is of a table");
    }
    for table in Table::ALL {
        let stored = match table {
            Table::EmailEvents => hunt.store.events(),
            companion => hunt.store.companions().rows(companion),
        };
        let table = table as usize;
        let expected = kept[table] - taken_apart[table] + found[table];
        assert_eq!(stored, expected, "kept rows are in the store");
    }
}

/// A row of the answer: the domain, `OutboundEmails`, `IncomingEmailsWithThreats`.
pub type Row = (String, u64, u64);

/// The rows of the answer to a query.
pub fn rows(hunt: &Hunt, query: &Query) -> Vec<Row> {
    let cube = hunt.cube(query.domains);
    hunt.view(query)
        .rows
        .iter()
        .map(|row| {
            (
                String::from_utf8_lossy(cube.domain(row.index())).into_owned(),
                row.outbound_emails,
                row.incoming_emails_with_threats,
            )
        })
        .collect()
}

/// The answer to the hunting query as it is.
pub fn answer(hunt: &Hunt) -> Vec<Row> {
    rows(hunt, &Query::default())
}

/// A row of the answer from literals.
pub fn row(domain: &str, outbound: u64, threats: u64) -> Row {
    (domain.to_owned(), outbound, threats)
}

/// The needed columns and a few more, for tests that write their rows by hand.
pub const HEADER: &str =
    "Timestamp,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,Subject";

/// A row under [`HEADER`] of an email we sent.
pub fn outbound(recipient: &str) -> String {
    format!("2026-11-02T09:00:00Z,Outbound,ours.example,{recipient},,sent")
}

/// A row under [`HEADER`] of a threat email we received.
pub fn threat(sender_domain: &str) -> String {
    format!("2026-11-03T10:00:00Z,Inbound,{sender_domain},me@ours.example,Phish,received")
}
