//! The program without a screen: the real binary, its output in pipes, byte for byte where bytes are
//! promised. What it must say about the bundled export is computed by `support/recount.rs`.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails by panicking, and its name says what it is about"
)]

#[path = "support/recount.rs"]
mod recount;

use csv::ByteRecord;
use rstest::rstest;
use serde_json::Value;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const HEADER: &str = "Timestamp,NetworkMessageId,SenderFromAddress,SenderFromDomain,RecipientEmailAddress,Subject,\
                      EmailDirection,ThreatTypes";

/// Two domains; the one with fewer emails has more threats.
const SMALL: &str = "\
2026-11-01T08:00:00Z,m1,a@us.example,us.example,b@one.example,Hello,Outbound,
2026-11-01T08:01:00Z,m2,a@us.example,us.example,b@one.example,Hello,Outbound,
2026-11-01T08:02:00Z,m3,a@us.example,us.example,b@two.example,Hello,Outbound,
2026-11-01T09:00:00Z,m4,x@one.example,one.example,a@us.example,Invoice,Inbound,Phish
2026-11-01T10:00:00Z,m5,x@two.example,two.example,a@us.example,\"A, \"\"b\"\"\",Inbound,\"Phish, Spam\"
2026-11-02T10:00:00Z,m6,x@two.example,two.example,a@us.example,=1+1,Inbound,Malware
2026-11-02T11:00:00Z,m7,x@two.example,two.example,a@us.example,Harmless,Inbound,
";

/// What is said of the demo, which has two such recipients as a real export would, and of hostile ones.
const REMARK: &str = " a recipient that is not a plain address";

/// What was said beside that.
fn unexpected(said: &str) -> String {
    let lines = said.lines().filter(|line| !line.contains(REMARK));
    lines.collect::<Vec<_>>().join("\n")
}

/// What a run gave.
#[derive(Debug)]
struct Run {
    status: i32,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Run {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    fn said(&self) -> &str {
        std::str::from_utf8(&self.stderr).unwrap()
    }

    /// What it printed, of a run that went well and had nothing to say.
    fn fine(self) -> Vec<u8> {
        assert_eq!((self.status, unexpected(self.said()).as_str()), (0, ""));
        self.stdout
    }

    /// What it printed, of a run that went well, whatever it had to say.
    fn printed(self) -> Vec<u8> {
        assert_eq!(self.status, 0, "{}", self.said());
        self.stdout
    }

    /// What it said, of a run that printed nothing.
    fn refused(&self, status: i32) -> &str {
        assert_eq!((self.status, self.text()), (status, ""), "{}", self.said());
        assert!(!self.said().contains("panicked"), "{}", self.said());
        self.said()
    }
}

/// Runs it in a folder, with its output in pipes.
fn run_in(folder: &Path, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .args(arguments.into_iter().map(Into::into))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run {
        status: output.status.code().expect("it ended by itself"),
        stdout: output.stdout,
        stderr: output.stderr,
    }
}

/// Runs it with arguments that have blanks between them.
fn run(folder: &Path, arguments: &str) -> Run {
    run_in(folder, arguments.split_whitespace())
}

/// Runs it where no file is needed.
fn run_on_demo(arguments: &str) -> Run {
    run(Path::new("."), arguments)
}

/// A folder with `small.csv`, and with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("small.csv"),
        format!("{HEADER}\n{SMALL}"),
    )
    .unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn csv_rows(text: &[u8]) -> (ByteRecord, Vec<ByteRecord>) {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.byte_headers().unwrap().clone();
    let rows = reader.byte_records().map(Result::unwrap).collect();
    (header, rows)
}

/// Records as the program must write them when it leaves the bytes as they are.
fn as_csv<'r>(header: &ByteRecord, rows: impl IntoIterator<Item = &'r ByteRecord>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_byte_record(header).unwrap();
    for row in rows {
        writer.write_byte_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

// The ranking, format by format.

#[test]
fn a_pipe_gets_csv_with_the_three_columns_of_the_query() {
    let folder = folder(&[]);
    assert_eq!(
        run(folder.path(), "rank small.csv").fine(),
        b"SenderFromDomain,OutboundEmails,IncomingEmailsWithThreats\none.example,2,1\ntwo.example,1,2\n"
    );
}

#[test]
fn json_has_the_columns_as_keys_in_their_order() {
    let folder = folder(&[]);
    let one =
        r#"{"SenderFromDomain":"one.example","OutboundEmails":2,"IncomingEmailsWithThreats":1}"#;
    let two =
        r#"{"SenderFromDomain":"two.example","OutboundEmails":1,"IncomingEmailsWithThreats":2}"#;
    let json = run(folder.path(), "rank small.csv --format json").fine();
    assert_eq!(
        String::from_utf8(json).unwrap(),
        format!("[\n{one},\n{two}\n]\n")
    );
    let lines = run(folder.path(), "rank small.csv --format jsonl").fine();
    assert_eq!(String::from_utf8(lines).unwrap(), format!("{one}\n{two}\n"));
}

#[test]
fn markdown_says_where_it_comes_from_and_has_the_same_table() {
    let folder = folder(&[]);
    let text = run(
        folder.path(),
        "rank small.csv --format markdown --exclude scheduled-jobs",
    )
    .fine();
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.contains("- **Active exclusions:** scheduled-jobs\n"),
        "{text}"
    );
    let table = "\n\n| SenderFromDomain | OutboundEmails | IncomingEmailsWithThreats |\n| --- | ---: | ---: |\n\
                 | one.example | 2 | 1 |\n| two.example | 1 | 2 |\n";
    assert!(text.ends_with(table), "{text}");
}

#[test]
fn a_table_is_aligned() {
    let folder = folder(&[]);
    let text = run(folder.path(), "rank small.csv --format table").fine();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        "SenderFromDomain  OutboundEmails  IncomingEmailsWithThreats\n\
         ----------------  --------------  -------------------------\n\
         one.example                    2                          1\n\
         two.example                    1                          2\n"
    );
}

#[test]
fn what_is_hidden_is_ranked_the_same_way_and_says_that_it_is_that() {
    let text = run_on_demo("rank --demo --exclude scheduled-jobs --hidden --format csv").fine();
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "SenderFromDomain,OutboundEmails,IncomingEmailsWithThreats,Shown",
            "cloudreports.example,260,0,hidden in part",
            "statusboard.example,140,0,hidden in part",
            "eu.cloudreports.example,70,4,hidden wholly",
        ]
    );
    let markdown = run_on_demo("rank --demo --exclude scheduled-jobs --hidden --format markdown");
    let markdown = String::from_utf8(markdown.fine()).unwrap();
    let note = "**Shown:** only what the active exclusions remove from the ranking";
    assert!(markdown.contains(note), "{markdown}");
}

#[test]
fn hidden_emails_name_what_hides_them() {
    let emails = |arguments: &str| {
        let columns = "--columns SenderFromDomain,ThreatTypes,HiddenBy --format csv";
        let run = run_on_demo(&format!("emails {arguments} --demo {columns}"));
        String::from_utf8(run.fine()).unwrap()
    };
    let text = emails("amber-chemie.example --exclude cloud-storage-links --hidden");
    let header = "SenderFromDomain,ThreatTypes,HiddenBy\n";
    assert_eq!(
        text,
        format!("{header}amber-chemie.example,Phish,cloud-storage-links\n")
    );
    let text = emails("eu.cloudreports.example --exclude scheduled-jobs --hidden");
    assert_eq!(
        text,
        format!(
            "{header}{}",
            "eu.cloudreports.example,Spam,outbound: scheduled-jobs\n".repeat(4)
        )
    );
    let text = emails("amber-chemie.example");
    assert_eq!(text, format!("{header}amber-chemie.example,Phish,\n"));
}

#[test]
fn hidden_without_any_exclusion_says_why_there_is_nothing() {
    let run = run_on_demo("rank --demo --hidden --format csv");
    assert!(run.said().contains("none is on"), "{}", run.said());
    let header = "SenderFromDomain,OutboundEmails,IncomingEmailsWithThreats,Shown\n";
    assert_eq!(String::from_utf8(run.printed()).unwrap(), header);
}

#[test]
fn only_emails_of_the_time_range_count_and_days_count_whole() {
    let folder = folder(&[]);
    let rows = |arguments: &str| {
        let run = run(
            folder.path(),
            &format!("rank small.csv --format csv {arguments}"),
        );
        let text = String::from_utf8(run.fine()).unwrap();
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let both = ["one.example,2,1", "two.example,1,2"];
    assert_eq!(rows("--from 2026-11-01 --to 2026-11-02"), both);
    assert_eq!(
        rows("--to 2026-11-01"),
        ["one.example,2,1", "two.example,1,1"]
    );
    assert_eq!(rows("--to 2026-11-01T10:00Z"), ["one.example,2,1"]);
    assert_eq!(rows("--from 2026-11-01T10:00+02:00"), both);
    assert_eq!(rows("--from 2026-11-01T09:00"), [""; 0]);
    let range = "--from 2026-11-01 --to 2026-11-01T10:00Z --format markdown";
    let text = run(folder.path(), &format!("rank small.csv {range}"));
    let text = String::from_utf8(text.fine()).unwrap();
    let note = "- **Time range:** 2026-11-01T00:00:00Z/2026-11-01T10:00:00Z (end not included)\n";
    assert!(text.contains(note), "{text}");
    let columns = "--from 2026-11-02 --columns Subject,TimeRange --format csv";
    let text = run(
        folder.path(),
        &format!("emails two.example small.csv {columns} --raw"),
    );
    assert_eq!(
        String::from_utf8(text.fine()).unwrap(),
        "Subject,TimeRange\n=1+1,2026-11-02T00:00:00Z/..\n"
    );
}

#[test]
fn a_range_for_threats_only_counts_what_was_sent_at_all_times() {
    let folder = folder(&[]);
    let output = |arguments: &str| {
        let run = run(folder.path(), arguments);
        String::from_utf8(run.fine()).unwrap()
    };
    let rank = "rank small.csv --from 2026-11-02 --format jsonl --columns \
                SenderFromDomain,OutboundEmails,IncomingEmailsWithThreats,TimeRange";
    assert_eq!(output(rank), "", "nothing was sent on that day");
    assert_eq!(output(&format!("{rank} --range both")), "");
    let row = "{\"SenderFromDomain\":\"two.example\",\"OutboundEmails\":1,\"IncomingEmailsWithThreats\":1,\
               \"TimeRange\":\"2026-11-02T00:00:00Z/.. (threats only)\"}\n";
    assert_eq!(output(&format!("{rank} --range threats")), row);

    let emails =
        "emails two.example small.csv --from 2026-11-02 --range threats --columns TimeRange";
    assert_eq!(
        output(&format!("{emails} --format csv")),
        "TimeRange\n2026-11-02T00:00:00Z/.. (threats only)\n"
    );
    let note = "**Time range applies to:** threats only; sent mail counts at all times";
    let text = output(&format!("{emails} --format markdown"));
    assert!(text.contains(note), "{text}");

    let text = output("kql small.csv --from 2026-11-02 --range threats");
    let filter =
        "| where EmailDirection == \"Outbound\" or (EventTime >= datetime(2026-11-02T00:00:00Z))\n";
    assert!(text.contains(filter), "{text}");
}

#[test]
fn what_an_exclusion_hides_follows_the_range() {
    let definition = "version = 1\n[[exclude]]\nid = \"greetings\"\ntitle = \"Greetings\"\n\
                      [[exclude.match]]\nSubject = \"Hello\"\n";
    let folder = folder(&[("mine.toml", definition.as_bytes())]);
    let hidden = |range: &str| {
        let arguments = format!(
            "exclusions small.csv --exclusions mine.toml --format jsonl --from 2026-11-02 --range {range}"
        );
        let text = String::from_utf8(run(folder.path(), &arguments).printed()).unwrap();
        let mut rows = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let row = rows.find(|row| row["Id"] == "greetings").unwrap();
        ["EmailsHiddenAlone", "DomainsHiddenAlone"].map(|column| row[column].as_u64())
    };
    assert_eq!(hidden("both"), [Some(0), Some(0)], "no partner ranks");
    assert_eq!(
        hidden("threats"),
        [Some(1), Some(1)],
        "the email sent the day before, and its partner with it"
    );
}

#[test]
fn emails_without_a_time_that_the_range_leaves_out_are_told() {
    let folder = folder(&[("timeless.csv", TIMELESS.as_bytes())]);
    let run = run(
        folder.path(),
        "rank timeless.csv small.csv --from 2026-11-01",
    );
    let said = run.said();
    assert!(said.contains("outside every time range: 1 email"), "{said}");
}

const TIMELESS: &str = "\
Timestamp,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes
,Inbound,one.example,a@us.example,Phish
";

#[rstest]
#[case("--from tomorrow", "write a day (2026-11-03) or a time")]
#[case(
    "--to 2026-11-03T14:30Z",
    "write a full hour, such as 2026-11-03T14:00Z"
)]
#[case("--from 2026-11-03 --to 2026-11-02", "the time range is empty")]
#[case(
    "--range threats",
    "--range threats says which emails --from and --to limit: it needs one of them"
)]
#[case(
    "--from 2026-11-03 --range sent",
    "`both` (threats and sent mail) or `threats` only"
)]
fn a_time_range_that_is_none_is_refused(#[case] arguments: &str, #[case] expected: &str) {
    let run = run_on_demo(&format!("rank --demo {arguments}"));
    let said = run.refused(2);
    assert!(said.contains(expected), "{said}");
}

#[test]
fn columns_are_those_asked_for_in_that_order_whatever_the_case() {
    let folder = folder(&[]);
    let asked = "rank small.csv --columns phish,SenderFromDomain,ActiveExclusions --exclude siem-soar,scheduled-jobs";
    assert_eq!(
        String::from_utf8(run(folder.path(), asked).printed()).unwrap(),
        "Phish,SenderFromDomain,ActiveExclusions\n\
         1,one.example,\"scheduled-jobs,siem-soar\"\n\
         1,two.example,\"scheduled-jobs,siem-soar\"\n"
    );
}

#[test]
fn without_a_terminal_a_file_alone_is_ranked() {
    let folder = folder(&[]);
    let ranked = run(folder.path(), "rank small.csv --exclude scheduled-jobs").fine();
    let plain = run(folder.path(), "small.csv --exclude scheduled-jobs").fine();
    assert_eq!(plain, ranked);
    assert_eq!(
        run_on_demo("--demo").fine(),
        run_on_demo("rank --demo").fine()
    );
}

#[test]
fn a_ranking_without_rows_is_still_a_whole_document() {
    let folder = folder(&[("none.csv", format!("{HEADER}\n").as_bytes())]);
    let run = |format: &str| {
        let run = run(folder.path(), &format!("rank none.csv --format {format}"));
        assert_eq!(run.said(), "mailhunt: none.csv: it contains no events\n");
        run.printed()
    };
    assert_eq!(
        run("csv"),
        b"SenderFromDomain,OutboundEmails,IncomingEmailsWithThreats\n"
    );
    assert_eq!(run("json"), b"[]\n");
    assert_eq!(run("jsonl"), b"");
}

// The bundled export, against another reading of it.

#[test]
fn combinations_of_exclusions_give_the_numbers_of_an_independent_count() {
    let demo = recount::demo();
    let mut seen = Vec::new();
    // Every subset of the first four, each of the others alone, and all.
    let others = (4..recount::IDS.len()).map(|index| 1 << index);
    let all = (1 << recount::IDS.len()) - 1;
    for bits in (0..16_usize).chain(others).chain([all]) {
        let active: Vec<&str> = (0..recount::IDS.len())
            .filter(|index| bits >> index & 1 == 1)
            .map(|index| recount::IDS[index])
            .collect();
        let option = format!("--exclude {}", active.join(","));
        let option = if active.is_empty() { "" } else { &option };
        let found = run_on_demo(&format!("rank --demo --raw {option}")).fine();
        let ranking = demo.ranking(&active);
        let rows = ranking.iter().map(|(domain, outbound, threats)| {
            let (outbound, threats) = (outbound.to_string(), threats.to_string());
            ByteRecord::from(vec![domain, outbound.as_bytes(), threats.as_bytes()])
        });
        let rows: Vec<ByteRecord> = rows.collect();
        let header = ByteRecord::from(vec![
            "SenderFromDomain",
            "OutboundEmails",
            "IncomingEmailsWithThreats",
        ]);
        let expected = as_csv(&header, &rows);
        assert_eq!(
            String::from_utf8_lossy(&found),
            String::from_utf8_lossy(&expected),
            "{active:?}"
        );
        assert!(
            !seen.contains(&found),
            "{active:?} should make a difference"
        );
        seen.push(found);
    }
    assert_eq!(
        run_on_demo("rank --demo --raw --exclude all").fine(),
        seen[seen.len() - 1]
    );
}

/// A domain of which an exclusion hides a part, and one with hostile text.
const DOMAINS: [(&str, &[&str]); 3] = [
    ("contoso.example", &[]),
    ("contoso.example", &["internal-forwarding"]),
    ("freemail.example", &["cloud-storage-links", "siem-soar"]),
];

fn emails_command(domain: &str, active: &[&str], more: &str) -> String {
    let exclude = if active.is_empty() {
        String::new()
    } else {
        format!("--exclude {}", active.join(","))
    };
    format!("emails {domain} --demo {exclude} {more}")
}

#[test]
fn emails_are_every_column_of_those_that_no_exclusion_hides_newest_first() {
    let demo = recount::demo();
    for (domain, active) in DOMAINS {
        let found = run_on_demo(&emails_command(domain, active, "--raw")).fine();
        let emails = demo.emails(domain, active);
        assert!(emails.len() > 5, "{domain} has emails");
        let expected = as_csv(&demo.header, emails);
        assert_eq!(
            String::from_utf8_lossy(&found),
            String::from_utf8_lossy(&expected),
            "{domain} {active:?}"
        );
    }
}

#[test]
fn emails_as_json_are_the_same_cells_under_the_names_of_the_columns() {
    let demo = recount::demo();
    for (domain, active) in &DOMAINS[1..2] {
        let text = run_on_demo(&emails_command(domain, active, "--format json")).fine();
        let found: Vec<serde_json::Map<String, Value>> = serde_json::from_slice(&text).unwrap();
        let lines = run_on_demo(&emails_command(domain, active, "--format jsonl")).fine();
        let lines: Vec<serde_json::Map<String, Value>> = std::str::from_utf8(&lines)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(found, lines);
        let emails = demo.emails(domain, active);
        assert_eq!(found.len(), emails.len());
        for (object, record) in found.iter().zip(emails) {
            let found = object
                .iter()
                .map(|(name, value)| (name.as_bytes(), value.as_str().unwrap().as_bytes()));
            let expected = demo.header.iter().zip(record);
            assert!(found.eq(expected), "{object:?}\n{record:?}");
        }
    }
}

#[test]
fn emails_for_people_have_a_line_each() {
    let demo = recount::demo();
    for (domain, active) in &DOMAINS[2..] {
        let count = demo.emails(domain, active).len();
        let table = run_on_demo(&emails_command(domain, active, "--format table"));
        assert_eq!(table.text().lines().count(), count + 2, "header and rule");
        let markdown = run_on_demo(&emails_command(domain, active, "--format markdown"));
        let rows = markdown.text().lines().filter(|line| line.starts_with('|'));
        assert_eq!(rows.count(), count + 2, "header and alignment");
        let exclusions = if active.is_empty() {
            "none".to_owned()
        } else {
            // In the order of the exclusions, whatever the order on the command line.
            let on = recount::IDS.iter().filter(|id| active.contains(id));
            let on: Vec<&str> = on.copied().collect();
            on.join(",")
        };
        let note = format!("- **Active exclusions:** {exclusions}\n");
        assert!(markdown.text().contains(&note), "{note}");
    }
}

/// Events of one partner in several spellings and of a subdomain, and of a partner of which no
/// spelling ranks by itself.
const SPELLINGS: &str = "\
2026-11-01T08:00:00Z,m1,a@us.example,us.example,b@One.example,Hello,Outbound,
2026-11-01T08:01:00Z,m2,a@us.example,us.example,b@one.example.,Hello,Outbound,
2026-11-01T08:02:00Z,m3,a@us.example,us.example,b@one.example,Hello,Outbound,
2026-11-01T08:03:00Z,m4,a@us.example,us.example,b@B\u{dc}RO.example,Hello,Outbound,
2026-11-01T09:00:00Z,m5,x@one.example,one.example,a@us.example,Invoice,Inbound,Phish
2026-11-01T10:00:00Z,m6,x@ONE.example,ONE.example,a@us.example,Payment,Inbound,Phish
2026-11-01T11:00:00Z,m7,x@mail.one.example,mail.one.example,a@us.example,Parcel,Inbound,Spam
2026-11-01T12:00:00Z,m8,x@xn--bro-hoa.example,xn--bro-hoa.example,a@us.example,Prize,Inbound,Spam
";

#[rstest]
#[case("exact", "one.example,1,1\n")]
#[case("folded", "one.example,3,2\nxn--bro-hoa.example,1,1\n")]
#[case("registrable", "one.example,3,3\nxn--bro-hoa.example,1,1\n")]
fn domains_are_matched_as_asked_for(#[case] domains: &str, #[case] rows: &str) {
    let export = format!("{HEADER}\n{SPELLINGS}");
    let folder = folder(&[("spellings.csv", export.as_bytes())]);
    let arguments = format!("rank spellings.csv --domains {domains}");
    let csv = run(folder.path(), &arguments).fine();
    assert_eq!(
        String::from_utf8(csv).unwrap(),
        format!("SenderFromDomain,OutboundEmails,IncomingEmailsWithThreats\n{rows}")
    );
    let markdown = run(folder.path(), &format!("{arguments} --format markdown")).fine();
    let markdown = String::from_utf8(markdown).unwrap();
    assert!(
        markdown.contains(&format!("- **Domains grouped:** {domains}: ")),
        "{markdown}"
    );
    let columns = run(
        folder.path(),
        &format!("{arguments} --columns DomainMatching"),
    )
    .fine();
    let columns = String::from_utf8(columns).unwrap();
    let mut lines = columns.lines();
    assert_eq!(lines.next(), Some("DomainMatching"));
    assert!(lines.all(|line| line == domains), "{columns}");
}

#[rstest]
#[case("one.example", "exact", &["Invoice"])]
#[case("ONE.example", "exact", &["Payment"])]
#[case("One.Example.", "exact", &[])]
#[case("One.Example.", "folded", &["Payment", "Invoice"])]
#[case("mail.one.example", "folded", &["Parcel"])]
#[case("b\u{fc}ro.example", "folded", &["Prize"])]
#[case("whatever.ONE.example", "registrable", &["Parcel", "Payment", "Invoice"])]
fn emails_are_found_by_any_spelling_that_is_one_with_theirs(
    #[case] domain: &str,
    #[case] domains: &str,
    #[case] subjects: &[&str],
) {
    let export = format!("{HEADER}\n{SPELLINGS}");
    let folder = folder(&[("spellings.csv", export.as_bytes())]);
    let arguments = format!("emails {domain} spellings.csv --domains {domains} --columns Subject");
    let found = run(folder.path(), &arguments).printed();
    let expected: Vec<&str> = ["Subject"].iter().chain(subjects).copied().collect();
    assert_eq!(
        String::from_utf8(found)
            .unwrap()
            .lines()
            .collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn a_way_of_matching_that_there_is_not_is_refused() {
    let said = run_on_demo("rank --demo --domains Folded");
    let said = said.refused(2);
    assert!(
        said.contains("domains can be grouped exact, folded or registrable"),
        "{said}"
    );
}

#[test]
fn emails_that_are_none_are_explained() {
    let folder = folder(&[]);
    let hidden =
        run_on_demo("emails eu.siemcloud.example --demo --exclude siem-soar --columns Subject");
    assert_eq!((hidden.status, hidden.text()), (0, "Subject\n"));
    assert!(
        hidden
            .said()
            .contains("are hidden by the active exclusions"),
        "{}",
        hidden.said()
    );
    let none = run(folder.path(), "emails ONE.example small.csv --format json");
    assert_eq!((none.status, none.text()), (0, "[]\n"));
    assert!(
        none.said().contains("matching is case-sensitive"),
        "{}",
        none.said()
    );
}

#[test]
fn an_exclusion_that_cannot_hide_anything_says_what_it_lacks() {
    let folder = folder(&[]);
    let run = run(folder.path(), "rank small.csv --exclude all --format jsonl");
    assert_eq!((run.status, run.text().lines().count()), (0, 2));
    assert_eq!(
        run.said(),
        "mailhunt: internal-forwarding hides nothing: column ForwardingInformation is not loaded\n\
         mailhunt: siem-soar hides nothing: column AuthenticationDetails is not loaded\n\
         mailhunt: cloud-storage-links hides nothing: EmailUrlInfo is not loaded\n\
         mailhunt: phishing-simulation hides nothing: column OrgLevelPolicy is not loaded\n"
    );
}

// What programs and people may rely on.

#[test]
fn csv_is_guarded_against_formulas_unless_raw() {
    let starts = [
        "=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1",
    ];
    let mut rows = String::new();
    for (number, start) in starts.iter().enumerate() {
        writeln!(
            rows,
            "2026-11-01T08:00:00Z,m{number},x@one.example,one.example,a@us.example,\"{start}\",Inbound,Phish"
        )
        .unwrap();
    }
    let folder = folder(&[("formulas.csv", format!("{HEADER}\n{rows}").as_bytes())]);
    let command = "emails one.example formulas.csv --columns Subject";

    let (_, raw) = csv_rows(&run(folder.path(), &format!("{command} --raw")).fine());
    let raw: Vec<&[u8]> = raw.iter().map(|row| &row[0]).collect();
    assert_eq!(raw, starts.map(str::as_bytes));

    let (_, guarded) = csv_rows(&run(folder.path(), command).fine());
    let guarded: Vec<&str> = guarded
        .iter()
        .map(|row| std::str::from_utf8(&row[0]).unwrap())
        .collect();
    let expected = [
        "'=1+1",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "' =1",
        "'⟨0x09⟩=1",
        "'⟨0x0D⟩=1",
        "'\n=1",
        "'＝1",
    ];
    assert_eq!(guarded, expected);

    let json = run(folder.path(), &format!("{command} --format jsonl")).fine();
    let json: Vec<Value> = std::str::from_utf8(&json)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["Subject"].clone())
        .collect();
    assert_eq!(json, starts);
}

/// Text of every kind that harms a terminal or deceives a reader.
const HOSTILE: [&str; 8] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m\u{90}q\u{9c}",
    "a\rb\u{8}\u{7f}\u{0}c",
    "x\u{202e}fdp.exe\u{2066}\u{200f}",
    "z\u{200b}e\u{2060}r\u{feff}o",
    "t\u{e0041}\u{e007f}ag",
    "Za\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}lgo",
    "two\u{2028}lines\u{85}or three",
];

fn is_hidden_or_reversing(character: char) -> bool {
    matches!(
        character,
        '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Fails when text holds a control character except the line feed.
fn assert_no_controls(text: &[u8], what: &str) {
    let text = std::str::from_utf8(text).unwrap();
    let found = text.chars().find(|one| one.is_control() && *one != '\n');
    assert_eq!(found, None, "{what}: {text:?}");
}

fn hostile_export() -> Vec<u8> {
    let mut text = format!("{HEADER},\"Ex\u{1b}[31mtra\u{202e}\"\n");
    for (number, hostile) in HOSTILE.iter().enumerate() {
        write!(
            text,
            "2026-11-01T08:00:00Z,m{number},\"{hostile}@one.example\",one.example,\"a@{hostile}.example\",\"{hostile}\",Inbound,Phish,\"{hostile}\"\n\
             2026-11-01T08:00:00Z,n{number},\"{hostile}\",\"{hostile}\",a@us.example,{number},Inbound,Phish,\n\
             2026-11-01T08:00:00Z,m,a@us.example,us.example,\"a@{hostile}\",{number},Outbound,,\n"
        )
        .unwrap();
    }
    text.into_bytes()
}

#[rstest]
fn no_format_gives_a_pipe_an_escape_sequence(
    #[values("csv", "json", "jsonl", "markdown", "table")] format: &str,
) {
    let folder = folder(&[("hostile.csv", &hostile_export())]);
    let ranking = run(
        folder.path(),
        &format!("rank hostile.csv --format {format}"),
    )
    .fine();
    let emails = run(
        folder.path(),
        &format!("emails one.example hostile.csv --format {format}"),
    )
    .fine();
    assert_no_controls(&ranking, format);
    assert_no_controls(&emails, format);
    let rows = std::str::from_utf8(&ranking).unwrap().lines().count();
    assert!(rows >= HOSTILE.len(), "no row is lost:\n{rows}");
    if format != "csv" {
        let text = String::from_utf8([ranking, emails].concat()).unwrap();
        assert_eq!(text.chars().find(|one| is_hidden_or_reversing(*one)), None);
    }
}

#[test]
fn json_and_raw_csv_are_faithful_to_hostile_text() {
    let folder = folder(&[("hostile.csv", &hostile_export())]);
    let json = run(
        folder.path(),
        "emails one.example hostile.csv --format json",
    )
    .fine();
    let objects: Vec<Value> = serde_json::from_slice(&json).unwrap();
    let subjects: Vec<&str> = objects
        .iter()
        .map(|object| object["Subject"].as_str().unwrap())
        .collect();
    assert_eq!(subjects, HOSTILE);
    let extra = "Ex\u{1b}[31mtra\u{202e}";
    assert!(
        objects
            .iter()
            .all(|object| object["Subject"] == object[extra])
    );

    let (_, raw) = csv_rows(&run(folder.path(), "rank hostile.csv --raw").fine());
    let mut domains: Vec<&[u8]> = raw.iter().map(|row| &row[0]).collect();
    let mut expected = HOSTILE.map(str::as_bytes);
    domains.sort_unstable();
    expected.sort_unstable();
    assert_eq!(domains, expected);
}

#[rstest]
fn a_reader_that_goes_away_is_no_failure(
    #[values(
        "rank --demo",
        "emails contoso.example --demo --format json",
        "rank --demo --format table",
        "rank --help"
    )]
    arguments: &str,
) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .args(arguments.split(' '))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(unexpected(&said), "");
    assert_eq!(output.status.code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_is_a_failure() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .args(["rank", "--demo"])
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot write to standard output"), "{said}");
}

// Exclusions of one's own.

/// Runs it with a directory of configurations.
fn run_configured(folder: &Path, arguments: &str) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: output.stderr,
    }
}

fn own_file(folder: &Path, text: &str) {
    let directory = folder.join("config").join("mailhunt");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("exclusions.toml"), text).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn exclusions_of_the_own_file_and_of_named_files_add_to_the_built_in_ones() {
    let team = b"version = 1\n[[exclude]]\nid = 'team'\nmatch = [{ThreatTypes = 'Phish'}]\n";
    let folder = folder(&[("team.toml", team)]);
    own_file(
        folder.path(),
        "version = 1\n[[exclude]]\nid = 'mine'\nenabled = true\nmatch = [{PartnerDomain = 'one.example'}]\n\
         [[exclude]]\nid = 'old'\nenabled = true\nexpires = 2020-01-01\nmatch = [{PartnerDomain = 'x.example'}]\n",
    );
    let listed = run_configured(
        folder.path(),
        "exclusions small.csv --exclusions team.toml --format jsonl",
    );
    assert_eq!(listed.status, 0, "{}", listed.said());
    let rows: Vec<Value> = listed
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let states: Vec<(&str, &str)> = rows[9..]
        .iter()
        .map(|row| (row["Id"].as_str().unwrap(), row["State"].as_str().unwrap()))
        .collect();
    assert_eq!(
        states,
        [("mine", "on"), ("old", "expired"), ("team", "off")]
    );
    assert!(
        listed.said().contains("old has expired and is off"),
        "{}",
        listed.said()
    );
    let domains = |arguments: &str| {
        let run = run_configured(folder.path(), arguments);
        run.text().lines().skip(1).count()
    };
    assert_eq!(domains("rank small.csv --exclude none"), 2);
    assert_eq!(domains("rank small.csv"), 1, "what is enabled is on");
}

#[cfg(target_os = "linux")]
#[test]
fn check_looks_at_what_exclusions_of_all_files_ask_for() {
    let team = b"version = 1\n[[exclude]]\nid = 'team'\nmatch = [{ThreatTypes = 'Phish'}]\nunless = [{'AdditionalFields.Spoofed' = 'yes'}]\n";
    let export = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,AdditionalFields,Topics\n\
                  Inbound,one.example,a@us.example,Phish,{odd,{odd\n";
    let folder = folder(&[("team.toml", team), ("odd.csv", export.as_bytes())]);
    own_file(
        folder.path(),
        "version = 1\n[[exclude]]\nid = 'mine'\nmatch = [{ThreatTypes = 'Phish'}]\nunless = [{'Topics.Spoofed' = 'yes'}]\n",
    );
    let asking = |arguments: &str| {
        let run = run_configured(folder.path(), arguments);
        assert_eq!(run.status, 0, "{}", run.said());
        let report: Value = serde_json::from_slice(&run.stdout).unwrap();
        let guards = report["unreadable_guards"].as_array().unwrap().clone();
        let ids = guards
            .iter()
            .flat_map(|guard| guard["exclusions"].as_array().unwrap());
        ids.map(|id| id.as_str().unwrap().to_owned())
            .collect::<Vec<String>>()
    };
    let ids = asking("check odd.csv --format json");
    assert!(
        ids.contains(&"mine".to_owned()) && !ids.contains(&"team".to_owned()),
        "{ids:?}"
    );
    let ids = asking("check odd.csv --format json --exclusions team.toml");
    assert!(
        ids.contains(&"mine".to_owned()) && ids.contains(&"team".to_owned()),
        "{ids:?}"
    );
    let missing = run_configured(folder.path(), "check odd.csv --exclusions none.toml");
    assert_eq!(missing.status, 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_mistake_in_a_file_of_exclusions_is_told_with_its_place() {
    let folder = folder(&[(
        "team.toml",
        b"version = 1\n[[exclude]]\nid = 'a'\nmatch = [{'Subject|has' = 'x'}]\n",
    )]);
    let run = run_configured(folder.path(), "rank small.csv --exclusions team.toml");
    let said = run.refused(1);
    assert!(said.contains("team.toml, line 4, column 11: "), "{said}");
    assert!(said.contains("\"has\" is not a modifier"), "{said}");
    own_file(folder.path(), "version = 7\n");
    let run = run_configured(folder.path(), "rank small.csv");
    assert!(
        run.refused(1)
            .contains("exclusions.toml, line 1, column 11")
    );
    let run = run_configured(folder.path(), "rank small.csv --exclusions missing.toml");
    run.refused(1);
}

// What cannot be done.

#[rstest]
#[case("rank small.csv --exclude siem", &["siem-soar", "internal-forwarding", "scheduled-jobs", "cloud-storage-links", "all"])]
#[case("small.csv --exclude siem", &["siem-soar", "all"])]
#[case("rank small.csv --columns Domain", &["SenderFromDomain", "OutboundEmails", "ActiveExclusions"])]
#[case("emails one.example small.csv --columns Domain", &["SenderFromDomain", "ThreatTypes"])]
#[case("rank small.csv --format xml", &["table, csv, json, jsonl or markdown"])]
#[case("rank", &["no input", "--demo"])]
#[case("emails one.example", &["no input", "--demo"])]
#[case("emails", &["DOMAIN"])]
#[case("", &["no input", "--demo"])]
#[case("rank --demo small.csv", &["--demo"])]
#[case("rank small.csv --overwrite", &["--output"])]
#[case("rank small.csv --formt csv", &["--format"])]
fn wrong_arguments_are_answered_with_what_would_be_right(
    #[case] arguments: &str,
    #[case] words: &[&str],
) {
    let folder = folder(&[]);
    let run = run(folder.path(), arguments);
    let said = run.refused(2);
    for word in words {
        assert!(said.contains(word), "{word} is missing:\n{said}");
    }
}

#[rstest]
#[case("missing.csv", "missing.csv: no such file")]
#[case("subfolder", "subfolder: it contains no files")]
#[case("empty.csv", "empty.csv: the file is empty")]
#[case(
    "other.csv",
    "missing SenderFromDomain, ThreatTypes. Columns found: EmailDirection, RecipientEmailAddress"
)]
#[case("book.xlsx", "Excel")]
#[case("links.csv", "no events could be loaded")]
#[case("broken.json", "the JSON is broken at line 2")]
fn what_cannot_be_read_is_said(#[case] file: &str, #[case] sentence: &str) {
    let folder = folder(&[
        ("empty.csv", b""),
        (
            "other.csv",
            b"EmailDirection,RecipientEmailAddress\nInbound,a@b.example\n",
        ),
        ("book.xlsx", b"PK\x03\x04rest"),
        (
            "links.csv",
            b"NetworkMessageId,Url,UrlDomain\nm1,https://a.example/,a.example\n",
        ),
        ("broken.json", b"[\n{]\n"),
    ]);
    fs::create_dir(folder.path().join("subfolder")).unwrap();
    for command in ["rank", "emails one.example", ""] {
        let run = run(folder.path(), &format!("{command} {file}"));
        let said = run.refused(1);
        assert!(said.contains(sentence), "{said}");
    }
}

/// Runs it in a folder with these bytes piped into it.
fn run_with_input(folder: &Path, arguments: &str, input: &[u8]) -> Run {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mailhunt"))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Of a program that does not read its input nobody takes it.
    let _ = program.stdin.take().unwrap().write_all(input);
    let output = program.wait_with_output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: output.stderr,
    }
}

#[cfg(target_os = "linux")]
#[test]
fn exclusions_are_read_once_so_that_they_may_be_piped_in() {
    let folder = folder(&[]);
    let text = b"version = 1\n[[exclude]]\nid = 'mine'\nenabled = true\nmatch = [{PartnerDomain = 'one.example'}]\n";
    fs::write(folder.path().join("mine.toml"), text).unwrap();
    for command in ["rank small.csv", "emails one.example small.csv --hidden"] {
        let named = format!("{command} --exclusions mine.toml");
        let expected = run(folder.path(), &named).printed();
        let piped = format!("{command} --exclusions /dev/stdin");
        let piped = run_with_input(folder.path(), &piped, text).printed();
        assert_eq!(piped, expected, "{command}");
    }
}

#[test]
fn standard_input_is_an_export_like_any_other() {
    let folder = folder(&[]);
    let export = format!("{HEADER}\n{SMALL}");
    let expected = run(folder.path(), "rank small.csv").fine();
    for command in ["rank -", "-", "rank --format csv -"] {
        let piped = run_with_input(folder.path(), command, export.as_bytes());
        assert_eq!(piped.fine(), expected, "{command}");
    }
    let twice = run_with_input(folder.path(), "rank - -", export.as_bytes());
    assert!(twice.refused(2).contains("named twice"));
    let empty = run_with_input(folder.path(), "rank -", b"");
    assert!(
        empty
            .refused(1)
            .contains("standard input: the file is empty")
    );
    let cut = run_with_input(folder.path(), "rank -", format!("{export}a,b\n").as_bytes());
    assert_eq!(cut.status, 3);
    assert!(
        cut.said().contains("standard input: line 9: 2 cells"),
        "{}",
        cut.said()
    );
}

#[test]
fn a_directory_is_searched_and_what_is_no_export_is_told_in_one_line() {
    let folder = folder(&[]);
    let month = folder.path().join("month");
    fs::create_dir(&month).unwrap();
    fs::write(month.join("events.csv"), format!("{HEADER}\n{SMALL}")).unwrap();
    fs::write(month.join("a.txt"), "buy milk\n").unwrap();
    fs::write(month.join("b.json"), r#"[{"a":1},{"b":2}]"#).unwrap();
    let ranked = run(folder.path(), "rank month");
    assert_eq!(ranked.said().lines().count(), 1, "{}", ranked.said());
    assert!(ranked.said().contains("skipped, not exports: 2 files"));
    assert_eq!(
        ranked.printed(),
        run(folder.path(), "rank small.csv").fine()
    );
    let checked = String::from_utf8(run(folder.path(), "check month").fine()).unwrap();
    let verdict =
        "All is well: 1 file read in full, 7 rows, all kept; 2 others skipped, not exports";
    assert!(checked.starts_with(verdict), "{checked}");
    assert!(
        checked.contains("a.txt\n  skipped: not an EmailEvents export"),
        "{checked}"
    );
    // None of what was read is written over.
    let over = run(
        folder.path(),
        "rank month --output month/events.csv --overwrite",
    );
    assert_eq!(over.status, 1, "{}", over.said());
    fs::remove_file(month.join("events.csv")).unwrap();
    let checked = run(folder.path(), "check month");
    assert_eq!(checked.status, 1);
    assert!(checked.text().contains("month: no export found in it"));
    let nothing = run(folder.path(), "rank month");
    let said = nothing.refused(1);
    assert!(said.contains("month: no export found in it"), "{said}");
    assert!(said.contains("a.txt: not an EmailEvents export"), "{said}");
    let beside = run(folder.path(), "rank month small.csv");
    assert_eq!(beside.status, 3, "{}", beside.said());
}

#[test]
fn columns_of_files_without_a_header_are_named_with_an_option() {
    let folder = folder(&[("rows.csv", SMALL.as_bytes())]);
    let refused = run(folder.path(), "rank rows.csv");
    assert!(refused.refused(1).contains("--header emailevents"));
    let expected = run(folder.path(), "rank small.csv").fine();
    let named = run(folder.path(), &format!("rank rows.csv --header {HEADER}"));
    assert_eq!(named.fine(), expected);
    for (header, words) in [
        ("EmailDirection,Subject", "missing SenderFromDomain"),
        ("EmailDirection,,Subject", "no name"),
    ] {
        let run = run(folder.path(), &format!("rank rows.csv --header {header}"));
        assert!(run.refused(2).contains(words), "{}", run.said());
    }
    let counted = run(folder.path(), "rank rows.csv --header emailevents");
    assert!(counted.refused(1).contains("8 cells"), "{}", counted.said());
}

#[rstest]
#[case("ragged.csv", &["ragged.csv: line 3: 3 cells where the header has 8", "9 rows read = 7 kept + 2 rejected", "line 10"])]
#[case("broken.jsonl", &["broken.jsonl: line 2: not a JSON object", "4 rows read = 3 kept + 1 rejected"])]
#[case("small.csv missing.csv", &["missing.csv: no such file"])]
#[case("cut.csv.gz small.csv", &["cut.csv.gz: reading stopped"])]
fn damage_is_told_with_its_place_and_the_rest_is_counted(
    #[case] files: &str,
    #[case] sentences: &[&str],
) {
    let small: Vec<&str> = SMALL.lines().collect();
    let ragged = format!(
        "{HEADER}\n{}\na,b,c\n{}\n\"d\"\n",
        small[0],
        small[1..].join("\n")
    );
    let objects = concat!(
        r#"{"EmailDirection":"Outbound","SenderFromDomain":"us.example","RecipientEmailAddress":"b@one.example","ThreatTypes":""}"#,
        "\n{\"EmailDirection\": \n",
        r#"{"EmailDirection":"Inbound","SenderFromDomain":"one.example","RecipientEmailAddress":"a@us.example","ThreatTypes":"Spam"}"#,
        "\n",
        r#"{"EmailDirection":"Outbound","SenderFromDomain":"us.example","RecipientEmailAddress":"b@one.example","ThreatTypes":""}"#,
        "\n"
    );
    let packed = include_bytes!("../assets/demo/EmailEvents.csv.gz");
    let folder = folder(&[
        ("ragged.csv", ragged.as_bytes()),
        ("broken.jsonl", objects.as_bytes()),
        ("cut.csv.gz", &packed[..packed.len() / 2]),
    ]);
    let run = run(folder.path(), &format!("rank {files}"));
    for sentence in sentences {
        assert!(
            run.said().contains(sentence),
            "{sentence} is missing:\n{}",
            run.said()
        );
    }
    assert_eq!(run.status, 3);
    assert!(run.text().contains("\none.example,2,1\n"), "{}", run.text());
    // The same over the other commands: an answer from half the input is never called fine.
    for command in ["emails one.example", ""] {
        let status = self::run(folder.path(), &format!("{command} {files}")).status;
        assert_eq!(status, 3, "{command}");
    }
}

#[cfg(unix)]
#[test]
fn hostile_names_arguments_and_headers_reach_standard_error_in_visible_form_only() {
    let header_of = |name: &str| format!("EmailDirection,\"{name}\"\nInbound,x\n");
    for (number, hostile) in HOSTILE.iter().enumerate() {
        let hostile = &format!("{hostile}\nmailhunt: all is well");
        let hostile = &hostile.replace('\0', "\u{1}");
        let header = format!("header{number}.csv");
        let ragged = format!("{hostile}.csv");
        let folder = folder(&[
            (&header, header_of(hostile).as_bytes()),
            (&ragged, format!("{HEADER}\n{SMALL}a,b\n").as_bytes()),
        ]);
        let small = "small.csv";
        let commands: [&[&str]; 11] = [
            &["rank", hostile],
            &["rank", &header],
            &["rank", &ragged],
            &[hostile, small],
            &["rank", small, "--exclude", hostile],
            &["rank", small, "--columns", hostile],
            &["rank", small, "--format", hostile],
            &["rank", small, "--output", hostile, &format!("--{hostile}")],
            &["rank", small, "--output", &format!("{hostile}/x.csv")],
            &["emails", hostile, small],
            &["emails", "one.example", small, "--columns", hostile],
        ];
        for command in commands {
            let run = run_in(folder.path(), command);
            let said = run.said();
            assert!(!said.is_empty(), "{command:?}");
            assert_no_controls(&run.stderr, &format!("{command:?}"));
            assert_eq!(
                said.chars().find(|one| is_hidden_or_reversing(*one)),
                None,
                "{command:?}"
            );
            assert!(
                !said.contains("\nmailhunt: all is well"),
                "a forged line:\n{said}"
            );
        }
    }
}

// Files that are written.

#[rstest]
#[case("a.md", "- **Contents:**")]
#[case("a.JSON", "[\n{")]
#[case("a.jsonl", "{\"SenderFromDomain\"")]
#[case("a.csv", "SenderFromDomain,")]
#[case("a", "SenderFromDomain,")]
#[case("a.md --format csv", "SenderFromDomain,")]
fn the_extension_picks_the_format_unless_one_is_named(#[case] output: &str, #[case] start: &str) {
    let folder = folder(&[]);
    let command = format!("rank small.csv --exclude all --output {output}");
    assert_eq!(run(folder.path(), &command).printed(), b"");
    let name = output.split(' ').next().unwrap();
    let text = fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(text.starts_with(start), "{text}");
}

#[rstest]
fn reports_for_people_say_which_exclusions_were_on(#[values("a.md", "a.txt")] name: &str) {
    let folder = folder(&[]);
    run(
        folder.path(),
        &format!("rank small.csv --exclude all --output {name}"),
    )
    .printed();
    let text = fs::read_to_string(folder.path().join(name)).unwrap();
    let text = text.replace('\\', "");
    for id in recount::IDS {
        assert!(text.contains(id), "{id}:\n{text}");
    }
}

#[test]
fn an_existing_file_is_replaced_only_when_asked() {
    let folder = folder(&[("out.csv", b"precious")]);
    let out = folder.path().join("out.csv");
    let run_to_out = |more: &str| {
        run(
            folder.path(),
            &format!("rank small.csv --output out.csv {more}"),
        )
    };
    let refusal = run_to_out("");
    assert!(refusal.refused(1).contains("--overwrite"));
    assert_eq!(fs::read(&out).unwrap(), b"precious");
    run_to_out("--overwrite").fine();
    assert_eq!(
        fs::read(&out).unwrap(),
        run(folder.path(), "rank small.csv").stdout
    );
    assert_eq!(
        names_in(&folder),
        ["out.csv", "small.csv"],
        "nothing else is left"
    );
}

#[test]
fn an_input_is_never_replaced_by_whatever_name() {
    let folder = folder(&[]);
    let small = folder.path().join("small.csv");
    fs::hard_link(&small, folder.path().join("linked.csv")).unwrap();
    let before = fs::read(&small).unwrap();
    for name in ["small.csv", "./small.csv", "linked.csv"] {
        for more in ["", "--overwrite"] {
            let run = run(
                folder.path(),
                &format!("rank small.csv --output {name} {more}"),
            );
            assert!(run.refused(1).contains("one of the input files"), "{name}");
        }
    }
    assert_eq!(fs::read(&small).unwrap(), before);
    assert_eq!(names_in(&folder), ["linked.csv", "small.csv"]);
}

#[test]
fn nothing_is_written_when_nothing_could_be_read() {
    let folder = folder(&[("out.csv", b"precious")]);
    let run = run(
        folder.path(),
        "rank missing.csv --output out.csv --overwrite",
    );
    run.refused(1);
    assert_eq!(names_in(&folder), ["out.csv", "small.csv"]);
    assert_eq!(
        fs::read(folder.path().join("out.csv")).unwrap(),
        b"precious"
    );
}

#[cfg(unix)]
#[test]
fn what_is_written_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(&[]);
    run(folder.path(), "rank small.csv --output out.csv").fine();
    let mode = fs::metadata(folder.path().join("out.csv"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = String::from_utf8(run_on_demo("--help").fine()).unwrap();
    assert!(
        help.contains("Exit status: 0 success, 1 failure, 2 invalid arguments, 3"),
        "{help}"
    );
    let version = String::from_utf8(run_on_demo("--version").fine()).unwrap();
    assert_eq!(version, format!("mailhunt {}\n", env!("CARGO_PKG_VERSION")));
}

#[rstest]
#[case("rank small.csv")]
#[case("small.csv")]
#[case("rank small.csv --format jsonl")]
#[case("emails one.example small.csv")]
#[case("exclusions small.csv")]
#[case("exclusions")]
#[case("kql --exclude siem-soar")]
#[case("kql small.csv --format yaml")]
#[case("check small.csv --format json")]
fn a_file_named_by_a_hyphen_is_standard_output(#[case] arguments: &str) {
    let folder = folder(&[]);
    let printed = run(folder.path(), arguments).fine();
    assert!(!printed.is_empty());
    for more in ["--output -", "--output - --overwrite"] {
        let run = run(folder.path(), &format!("{arguments} {more}"));
        assert_eq!(run.fine(), printed);
    }
    assert!(!folder.path().join("-").exists());
    run(folder.path(), &format!("{arguments} --output ./-")).fine();
    assert!(
        folder.path().join("-").exists(),
        "a path to a file of the name"
    );
}
