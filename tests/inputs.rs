//! Where exports come from: directories, pipes, files that are linked, doubled, changed or not files at all.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::events::discovery;
use mailhunt::events::input::Input;
use mailhunt::events::load::CancelToken;
use mailhunt::hunt::Hunt;
use mailhunt::pipeline::{self, LoadState};
use parquet::file::properties::WriterProperties;
use rstest::rstest;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::writing::gzip;
use support::{Folder, HEADER, answer, assert_account, load, load_request, outbound, row, threat};

/// A CSV of one email we sent to a domain and one threat from there.
fn export(domain: &str) -> String {
    let sent = outbound(&format!("a@{domain}"));
    format!("{HEADER}\n{sent}\n{}\n", threat(domain))
}

fn load_named(paths: &[PathBuf]) -> (LoadState, Hunt) {
    load_request(discovery::expand(paths), Vec::new())
}

/// The names of the files below a folder, and why those were passed over that were.
fn told(state: &LoadState, folder: &Path) -> Vec<(String, Option<String>)> {
    state
        .files
        .iter()
        .map(|file| {
            let name = Path::new(&file.name).strip_prefix(folder).unwrap();
            let report = file.report.as_ref().unwrap();
            (name.display().to_string(), report.passed_over.clone())
        })
        .collect()
}

// Directories.

#[test]
fn of_a_directory_all_exports_below_it_are_loaded_and_the_rest_is_passed_over() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path().join("deep/deeper")).unwrap();
    folder.write("b.csv", export("b.com"));
    folder.write("deep/deeper/a.csv.gz", gzip(export("a.com").as_bytes()));
    folder.write("deep/notes.txt", "buy milk\n");
    folder.write("deep/empty", "");
    folder.write("deep/picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    folder.write("deep/other.json", r#"[{"a":1},{"b":2}]"#);
    let (state, hunt) = load_named(&[folder.path().to_owned()]);
    assert_eq!(answer(&hunt), [row("a.com", 1, 1), row("b.com", 1, 1)]);
    let told = told(&state, folder.path());
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    let sorted = [
        "b.csv",
        "deep/deeper/a.csv.gz",
        "deep/empty",
        "deep/notes.txt",
        "deep/other.json",
        "deep/picture.png",
    ];
    assert_eq!(names, sorted);
    let passed_over: Vec<bool> = told.iter().map(|(_, why)| why.is_some()).collect();
    assert_eq!(passed_over, [false, false, true, true, true, true]);
    assert!(told[2].1.as_ref().unwrap().contains("empty"));
    assert!(!state.is_damaged(), "{state:?}");
    assert_eq!(state.rows_rejected(), 0);
}

#[test]
fn a_damaged_export_in_a_directory_is_damage_and_not_passed_over() {
    let folder = Folder::new();
    folder.write("good.csv", export("b.com"));
    let packed = gzip(export("a.com").as_bytes());
    folder.write("cut.csv.gz", &packed[..packed.len() / 2]);
    folder.write("cut.json", r#"[{"EmailDirection":"Inbound"},"#);
    let failed = r#"[{"FrameType":"DataSetHeader","Version":"v2.0"},
        {"FrameType":"DataSetCompletion","HasErrors":true,"OneApiErrors":[{"error":{"code":"LimitsExceeded"}}]}]"#;
    folder.write("failed.json", failed);
    let (state, _) = load_named(&[folder.path().to_owned()]);
    assert!(state.is_damaged());
    assert_eq!(state.files_failed(), 3);
}

/// A folder that is a table of a lake, at that place, by the file that says so.
#[rstest]
#[case("_delta_log/00000000000000000000.json", "a Delta table")]
#[case("metadata/v1.metadata.json", "an Iceberg table")]
#[case("metadata/00001-a.gz.metadata.json", "an Iceberg table")]
#[case(".hoodie/hoodie.properties", "a Hudi table")]
fn a_table_that_keeps_old_versions_of_rows_is_refused(#[case] log: &str, #[case] kind: &str) {
    let folder = Folder::new();
    let log = Path::new("lake/mail").join(log);
    for below in [log.parent().unwrap(), Path::new("lake/mail/data")] {
        fs::create_dir_all(folder.path().join(below)).unwrap();
    }
    folder.write(log.to_str().unwrap(), "{}");
    let part = folder.write("lake/mail/data/part-0.csv", export("a.com"));
    let table = folder.path().join("lake/mail");
    for named in [&table, &table.join("data"), &folder.path().join("lake")] {
        let (state, _) = load_named(std::slice::from_ref(named));
        assert!(state.is_useless() && state.is_damaged(), "{state:?}");
        let reports: Vec<_> = state.reports().collect();
        let [(_, report)] = &reports[..] else {
            panic!("{reports:?}");
        };
        let sentence = report.failure.as_deref().unwrap();
        assert!(
            sentence.starts_with(&format!("this is {kind}: ")),
            "{sentence}"
        );
    }
    // Who names a file knows which.
    let (state, hunt) = load_named(std::slice::from_ref(&part));
    assert!(!state.is_damaged() && answer(&hunt) == [row("a.com", 1, 1)]);
    // Beside it there may be others.
    folder.write("lake/other.csv", export("b.com"));
    let (state, hunt) = load_named(&[folder.path().join("lake")]);
    assert!(state.is_damaged() && !state.is_useless());
    assert_eq!(answer(&hunt), [row("b.com", 1, 1)]);
}

#[test]
fn a_partition_by_a_needed_column_is_refused_and_by_another_read() {
    let folder = Folder::new();
    for below in ["date=2026-11-01", "ThreatTypes=Phish"] {
        fs::create_dir(folder.path().join(below)).unwrap();
    }
    folder.write("date=2026-11-01/a.csv", export("a.com"));
    folder.write("ThreatTypes=Phish/b.csv", export("b.com"));
    let (state, hunt) = load_named(&[folder.path().to_owned()]);
    assert_eq!(answer(&hunt), [row("a.com", 1, 1)]);
    assert_eq!(state.files_failed(), 1);
    let failures = state
        .reports()
        .find_map(|(_, report)| report.failure.as_ref());
    let sentence = failures.unwrap();
    assert!(
        sentence.starts_with("its name holds ThreatTypes"),
        "{sentence}"
    );
}

/// The beginning of a tar archive of one member.
fn tar(name: &str, text: &str) -> Vec<u8> {
    let mut archive = name.as_bytes().to_vec();
    archive.resize(257, 0);
    archive.extend_from_slice(b"ustar\x0000");
    archive.resize(512, 0);
    archive.extend_from_slice(text.as_bytes());
    archive
}

/// An email as JSON.
fn json_row() -> &'static str {
    r#"{"EmailDirection":"Inbound","SenderFromDomain":"b.com","RecipientEmailAddress":"a@ours.example","ThreatTypes":""}"#
}

/// A file of every kind that a folder of exports may hold beside them, and whether it may be lost without a word.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn others(parquet: &[u8]) -> Vec<(&'static str, Vec<u8>, bool)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let graph_error =
        r#"{"error":{"code":"TooManyRequests","message":"Slow down","innerError":{"date":"d"}}}"#;
    let analytics_error = r#"{"error":{"message":"Bad query","code":"BadArgumentError"}}"#;
    let of_devices =
        r#"{"tables":[{"name":"PrimaryResult","columns":[{"name":"DeviceId"}],"rows":[["d"]]}]}"#;
    let device_in_envelope =
        r#"{"category":"AdvancedHunting-DeviceEvents","properties":{"DeviceId":"d"}}"#;
    vec![
        // Damaged, incomplete or refused exports.
        (
            "lacking.csv",
            text("EmailDirection,SenderFromDomain,ThreatTypes\nInbound,b.com,\n"),
            false,
        ),
        (
            "lacking.txt",
            text("EmailDirection\tSenderFromDomain\tThreatTypes\n"),
            false,
        ),
        (
            "headerless.csv",
            text("2026-11-02T09:00:00Z,m-1,https://b.com/,b.com,Body\n"),
            false,
        ),
        (
            "headerless",
            text("2026-11-02T09:00:00Z;Inbound;b.com;me@ours.example;Phish\n"),
            false,
        ),
        ("nothing.csv", Vec::new(), false),
        ("nothing.json.gz", gzip(b"\n"), false),
        ("zeros.tsv", vec![0; 2000], false),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), false),
        (
            "footless.parquet",
            parquet[..parquet.len() / 2].to_vec(),
            false,
        ),
        ("footless", parquet[..parquet.len() / 2].to_vec(), false),
        ("encrypted", b"PARE\0\0\0\0PARE".to_vec(), false),
        (
            "links.csv",
            text("Url,UrlDomain,UrlLocation\nhttps://b.com/,b.com,Body\n"),
            false,
        ),
        ("broken.json", text("{\"a\": tru\n"), false),
        ("broken", text("[{\"EmailDirection\": \"Inb"), false),
        ("graph.json", text(graph_error), false),
        ("analytics.log", text(analytics_error), false),
        ("kusto", text(&format!("[{graph_error}]")), false),
        (
            "EmailEvents-2026-11.csv",
            text("Timestamp,DeviceId,ActionType\n2026-11-02T09:00:00Z,d,Logon\n"),
            false,
        ),
        ("EmailEvents.json", text(of_devices), false),
        // Exports in containers and shapes that are not read.
        (
            "EmailEvents.7z",
            b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(),
            false,
        ),
        ("urlclickevents-11.avro", b"Obj\x01....".to_vec(), false),
        ("EmailEvents.xlsx", b"PK\x03\x04....".to_vec(), false),
        ("EmailEvents", b"BZh91AY&SY....".to_vec(), false),
        ("part-0.csv.bz2", b"BZh91AY&SY....".to_vec(), false),
        ("mail.tar", tar("mail.csv", &export("b.com")), false),
        (
            "mail.csv.tar.gz",
            gzip(&tar("mail.csv", &export("b.com"))),
            false,
        ),
        (
            "capture.avro",
            [b"Obj\x01\x02", export("b.com").as_bytes()].concat(),
            false,
        ),
        (
            "mail.arrow",
            [b"ARROW1\0\0", export("b.com").as_bytes()].concat(),
            false,
        ),
        (
            "hits.json",
            text(&format!("{{\"hits\":[{{\"_source\":{}}}]}}", json_row())),
            false,
        ),
        (
            "hits.json.gz",
            gzip(format!("{{\"hits\":[{}]}}", json_row()).as_bytes()),
            false,
        ),
        (
            "snake.csv",
            text("email_direction,sender_from_domain,recipient_email_address,threat_types\n"),
            false,
        ),
        (
            "list.csv",
            text("Email date (UTC),Recipients,Sender address,Network message ID,Directionality\n"),
            false,
        ),
        // Something else.
        (
            "hunt.kql",
            text(
                "EmailEvents\n| where EmailDirection == \"Inbound\" and isnotempty(ThreatTypes)\n| project \
                  SenderFromDomain, RecipientEmailAddress\n",
            ),
            true,
        ),
        (
            "README.md",
            text("[![badge](b.svg)](b) EmailEvents\n"),
            true,
        ),
        ("notes.txt", text("buy milk, eggs\n"), true),
        ("settings.ini", text("[section]\nkey = 1\n"), true),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), true),
        ("archive.zip", b"PK\x03\x04....".to_vec(), true),
        ("EmailEvents.png", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), true),
        ("EmailEvents.csv", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), false),
        ("EmailEvents.jpeg", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), false),
        (
            "EmailEvents.yaml",
            text(
                "- EmailDirection: Inbound\n  SenderFromDomain: b.com\n  RecipientEmailAddress: a@b.com\n  ThreatTypes: Phish\n",
            ),
            false,
        ),
        (
            "rows.yml",
            text(
                "- EmailDirection: Inbound\n  SenderFromDomain: b.com\n  RecipientEmailAddress: a@b.com\n  ThreatTypes: Phish\n",
            ),
            false,
        ),
        (
            "EmailEvents.html",
            text(
                "<html><table><tr><th>EmailDirection</th><th>SenderFromDomain</th><th>RecipientEmailAddress</th></tr></table>\n",
            ),
            false,
        ),
        (
            "EmailEvents schema.html",
            text("<html><p>The columns EmailDirection, SenderFromDomain, ThreatTypes</p>\n"),
            true,
        ),
        (
            "EmailEvents hunt.yaml",
            text(
                "id: 1\nquery: |\n  EmailEvents\n  | where EmailDirection == \"Inbound\" | project SenderFromDomain, ThreatTypes\n",
            ),
            true,
        ),
        ("_SUCCESS", Vec::new(), true),
        (
            "watchlist.csv",
            text("Domain,Comment\nb.com,partner\n"),
            true,
        ),
        (
            "ranking.csv",
            text("SenderFromDomain,OutboundEmails,IncomingEmailsWithThreats\nb.com,1,1\n"),
            true,
        ),
        (
            "campaigns.csv",
            text("Timestamp,CampaignId,NetworkMessageId,RecipientEmailAddress\n"),
            true,
        ),
        ("domains.json", text(r#"["a.com","b.com"]"#), true),
        (
            "package.json",
            text("{\n  \"name\": \"x\",\n  \"properties\": {\"a\": 1}\n}\n"),
            true,
        ),
        (
            "app.jsonl",
            text(
                "{\"time\":1,\"level\":2,\"text\":\"t\",\"run\":1,\"error\":{\"message\":\"no\"}}\n",
            ),
            true,
        ),
        ("devices.json", text(of_devices), true),
        ("PT1H.json", text(device_in_envelope), true),
    ]
}

#[test]
fn in_a_directory_only_what_is_clearly_something_else_is_passed_over() {
    let columns = support::parquet::needed_columns();
    let parquet = support::parquet::file(&columns, 3, WriterProperties::builder());
    for (name, bytes, is_other) in others(&parquet) {
        let folder = Folder::new();
        folder.write("good.csv", export("a.com"));
        folder.write(name, bytes);
        let (state, hunt) = load_named(&[folder.path().to_owned()]);
        assert_eq!(answer(&hunt), [row("a.com", 1, 1)], "{name}");
        let file = state
            .files
            .iter()
            .find(|file| file.name.ends_with(name))
            .unwrap();
        let report = file.report.as_deref().unwrap();
        assert_eq!(report.passed_over.is_some(), is_other, "{name}: {report:?}");
        assert_eq!(report.failure.is_some(), !is_other, "{name}: {report:?}");
        assert_eq!(state.is_damaged(), !is_other, "{name}");
        assert_eq!(state.files_passed_over(), usize::from(is_other), "{name}");
    }
}

#[test]
fn a_file_of_a_directory_that_could_not_be_read_is_named_by_rank_and_check() {
    let folder = Folder::new();
    folder.write("good.csv", export("a.com"));
    folder.write(
        "lacking.csv",
        "EmailDirection,SenderFromDomain,ThreatTypes\n",
    );
    folder.write("cut.parquet", "PAR1");
    folder.write("notes.txt", "buy milk\n");
    for (command, to_standard_error) in [("rank", true), ("check", false)] {
        let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .arg(command)
            .arg(folder.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{command}");
        let told = if to_standard_error {
            output.stderr
        } else {
            output.stdout
        };
        let told = String::from_utf8(told).unwrap();
        assert!(told.contains("lacking.csv"), "{told}");
        assert!(told.contains("missing RecipientEmailAddress"), "{told}");
        assert!(told.contains("cut.parquet"), "{told}");
        let summary = if to_standard_error {
            "2 of 3 files could not be read in full"
        } else {
            "✗ 2 files not read in full"
        };
        assert!(told.contains(summary), "{told}");
        assert!(told.contains("skipped"), "{told}");
    }
}

#[test]
fn a_directory_without_an_export_is_an_error_even_beside_a_good_file() {
    let folder = Folder::new();
    let good = folder.write("good.csv", export("b.com"));
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    let (state, _) = load_named(&[good.clone(), other.clone()]);
    let name = other.display().to_string();
    assert_eq!(state.directories_without_export(), [name.as_str()]);
    assert!(state.is_damaged() && !state.is_useless());
    folder.write("other/notes.txt", "buy milk\n");
    for (named, useless) in [(vec![good, other.clone()], false), (vec![other], true)] {
        let (state, _) = load_named(&named);
        assert_eq!(state.directories_without_export(), [name.as_str()]);
        assert_eq!(state.is_useless(), useless);
    }
}

#[test]
fn hidden_files_are_not_looked_at_and_that_is_said() {
    let folder = Folder::new();
    folder.write("a.csv", export("a.com"));
    folder.write(".b.csv", export("b.com"));
    fs::create_dir(folder.path().join(".git")).unwrap();
    folder.write(".git/c.csv", export("c.com"));
    let (state, hunt) = load_named(&[folder.path().to_owned()]);
    assert_eq!(answer(&hunt), [row("a.com", 1, 1)]);
    let told = told(&state, folder.path());
    let said = "2 hidden files or folders in it were skipped".to_owned();
    assert_eq!(told[1], (String::new(), Some(said)));
}

#[test]
fn a_file_that_is_loaded_anyway_is_not_loaded_once_more_with_its_directory() {
    let folder = Folder::new();
    let named = folder.write("a.csv", export("a.com"));
    let directory = folder.path().to_owned();
    let (state, hunt) = load_named(&[directory.clone(), named, directory]);
    assert_eq!(answer(&hunt), [row("a.com", 1, 1)]);
    let told = told(&state, folder.path());
    assert!(told[0].1.as_ref().unwrap().contains("already loaded"));
    assert!(!state.is_damaged());
}

#[cfg(unix)]
#[test]
fn links_lead_to_files_and_never_in_circles() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    let elsewhere = Folder::new();
    let linked = elsewhere.write("a.csv", export("a.com"));
    folder.write("z.csv", export("z.com"));
    symlink(&linked, folder.path().join("a")).unwrap();
    symlink(&linked, folder.path().join("b")).unwrap();
    symlink(".", folder.path().join("circle")).unwrap();
    symlink("knot", folder.path().join("knot")).unwrap();
    symlink("nowhere", folder.path().join("lost")).unwrap();
    let (state, hunt) = load_named(&[folder.path().to_owned()]);
    assert_eq!(answer(&hunt), [row("a.com", 1, 1), row("z.com", 1, 1)]);
    let told = told(&state, folder.path());
    let why = |name: &str| {
        let (_, why) = told.iter().find(|(told, _)| told == name).unwrap();
        why.clone().unwrap_or_default()
    };
    assert!(why("b").contains("under another name"));
    assert!(why("circle").contains("link to a folder"));
    let failure = |name: &str| {
        let mut files = state.files.iter().filter(|file| file.name.ends_with(name));
        let report = files.next().unwrap().report.as_ref().unwrap();
        report.failure.clone().unwrap_or_default()
    };
    assert_eq!(failure("lost"), "a link to a missing file");
    // What these lead to may have been an export.
    assert_eq!(state.files_failed(), 2);
}

#[cfg(unix)]
#[test]
fn folders_and_files_without_permission_are_told_and_cost_nothing_else() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.write("a.csv", export("a.com"));
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    folder.write("locked/b.csv", export("b.com"));
    let secret = folder.write("secret.csv", export("c.com"));
    let set = |mode| {
        for path in [&locked, &secret] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set(0);
    if fs::read_dir(&locked).is_ok() {
        set(0o700);
        println!("skipped: nothing is forbidden to this user");
        return;
    }
    let (state, hunt) = load_named(&[folder.path().to_owned()]);
    set(0o700);
    assert_eq!(answer(&hunt), [row("a.com", 1, 1)]);
    assert_eq!(state.files_failed(), 2);
    for (_, report) in state
        .reports()
        .filter(|(_, report)| report.failure.is_some())
    {
        assert!(report.failure.as_ref().unwrap().contains("permission"));
    }
}

#[cfg(unix)]
#[test]
fn a_socket_is_refused_and_below_a_directory_passed_over() {
    let folder = Folder::new();
    let path = folder.path().join("socket");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let (state, _) = load_named(&[path]);
    let failure = state.files[0].report.as_ref().unwrap().failure.clone();
    assert_eq!(failure.as_deref(), Some("this is a socket, not a file"));
    folder.write("a.csv", export("a.com"));
    let (state, _) = load_named(&[folder.path().to_owned()]);
    assert!(!state.is_damaged());
    assert!(
        told(&state, folder.path())[1]
            .1
            .as_ref()
            .unwrap()
            .contains("socket")
    );
}

#[test]
fn what_the_program_bundles_has_a_size_for_its_progress() {
    let (state, _) = load_request(mailhunt::demo::inputs(), Vec::new());
    for file in &state.files {
        let progress = file.progress;
        assert!(progress.bytes_total > 0);
        assert_eq!(progress.bytes_read, progress.bytes_total);
    }
}

// The same twice, and what changes meanwhile.

#[test]
fn the_same_bytes_in_two_files_are_said_to_be_so() {
    let folder = Folder::new();
    let paths = [
        folder.write("a.csv", export("a.com")),
        folder.write("copy.csv", export("a.com")),
        folder.write("b.csv", export("b.com")),
    ];
    // Whichever thread is done first: the one named later is the copy.
    for _ in 0..5 {
        let (state, _) = load(&paths, Vec::new());
        let said_of = |file: usize| {
            let warnings = &state.files[file].report.as_ref().unwrap().warnings;
            let said = warnings.iter().find(|said| said.contains("same bytes"));
            said.map(String::as_str)
        };
        let [None, Some(said), None] = [0, 1, 2].map(said_of) else {
            panic!("{state:?}");
        };
        assert!(said.starts_with("it holds the same bytes as "), "{said}");
        assert!(said.ends_with("a.csv"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_with_two_names_is_known_to_be_one() {
    let folder = Folder::new();
    let path = folder.write("a.csv", export("a.com"));
    let other = folder.path().join("b.csv");
    fs::hard_link(&path, &other).unwrap();
    let (state, _) = load(&[path, other], Vec::new());
    let report = state.files[1].report.as_ref().unwrap();
    assert!(report.warnings[0].contains("named more than once"));
}

#[test]
fn of_links_that_are_named_twice_it_is_said_that_they_are_shown_twice() {
    let folder = Folder::new();
    let links = "NetworkMessageId,Url,UrlDomain,UrlLocation\nm-1,https://b.com/,b.com,Body\n";
    let path = folder.write("links.csv", links);
    let (state, _) = load(&[path.clone(), path], Vec::new());
    let warnings = &state.files[1].report.as_ref().unwrap().warnings;
    let said = |part: &str| warnings.iter().any(|warning| warning.contains(part));
    assert!(
        said("named more than once") && said("are shown with their emails"),
        "{warnings:?}"
    );
    assert!(!said("lack a message"));
}

/// Loads a large file and does this to it, with a row of it, while it is read; gives what is warned of.
fn warnings_after(change: impl FnOnce(&Path, &str)) -> Vec<String> {
    let folder = Folder::new();
    // More than fits the batches that may wait, so that the reader cannot be done before the word.
    let row = format!("{}\n", threat("b.com"));
    let path = folder.write("large.csv", format!("{HEADER}\n{}", row.repeat(600_000)));
    let mut changes = vec![change];
    let (state, hunt) = pipeline::run(
        vec![Input::File(path.clone())],
        Vec::new().into(),
        &CancelToken::default(),
        |_| {
            if let Some(change) = changes.pop() {
                change(&path, &row);
            }
        },
    );
    assert_account(&state, &hunt);
    state.files[0].report.as_ref().unwrap().warnings.clone()
}

#[test]
fn a_file_that_is_written_to_while_it_is_read_is_said_to_have_changed() {
    use std::io::Write;
    let warnings = warnings_after(|path, row| {
        let mut file = fs::File::options().append(true).open(path).unwrap();
        file.write_all(row.as_bytes()).unwrap();
    });
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("modified while being read"));
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_while_it_is_read_is_said_to_be_the_one_before() {
    let warnings = warnings_after(|path, _| {
        let aside = path.with_extension("new");
        fs::write(&aside, HEADER).unwrap();
        fs::rename(&aside, path).unwrap();
    });
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("it was replaced while being read"));
}
