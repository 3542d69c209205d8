use super::*;
use crate::events::batch::builder::BatchBuilder;
use proptest::prelude::*;
use rstest::rstest;
use std::sync::Arc;

const COLUMNS: [&str; 6] = [
    "Timestamp",
    "NetworkMessageId",
    "RecipientEmailAddress",
    "EmailDirection",
    "ThreatTypes",
    "Subject",
];

/// A store with these files; a row is a text of cells with commas.
fn store<R: AsRef<str>>(files: &[&[R]]) -> EventStore {
    EventStore::of_texts(&COLUMNS, files)
}

/// File, earlier file, rows and those of them that differ.
fn pairs(files: &[&[&str]]) -> Vec<(usize, usize, u64, u64)> {
    let overlaps = Overlaps::find(&store(files));
    let pairs = overlaps.pairs().iter();
    pairs
        .map(|pair| (pair.file, pair.earlier, pair.rows, pair.differing))
        .collect()
}

/// The rows that count, sorted.
fn counted<R: AsRef<str> + Clone>(files: &[&[R]]) -> Vec<String> {
    let overlaps = Overlaps::find(&store(files));
    let mut rows = Vec::new();
    for (file, texts) in files.iter().enumerate() {
        let left_out = overlaps.of_batch(file as u32, 0);
        let counted = (0_u16..)
            .zip(*texts)
            .filter(|(row, _)| !left_out.contains(row));
        rows.extend(counted.map(|(_, text)| text.as_ref().to_owned()));
    }
    rows.sort_unstable();
    rows
}

const ONE: &str = "2026-11-01T10:00:00Z,m-1,a@b.example";
const TWO: &str = "2026-11-01T11:00:00Z,m-2,a@b.example";

#[test]
fn rows_of_a_later_file_that_an_earlier_one_has_are_found() {
    let files: [&[&str]; 3] = [&[ONE], &[TWO, ONE, TWO], &[TWO, ONE]];
    let overlaps = Overlaps::find(&store(&files));
    assert_eq!(overlaps.of_batch(0, 0), [0_u16; 0]);
    assert_eq!(overlaps.of_batch(1, 0), [1], "its own repeat is not meant");
    assert_eq!(overlaps.of_batch(2, 0), [0, 1]);
    assert_eq!(overlaps.rows_left_out(), 3);
    let expected = [(1, 0, 1, 0), (2, 0, 1, 0), (2, 1, 1, 0)];
    assert_eq!(pairs(&files), expected);
}

#[test]
fn a_record_counts_as_often_as_in_the_file_that_has_it_most_often() {
    for files in [
        [&[ONE][..], &[ONE, ONE, ONE], &[ONE, ONE]],
        [&[ONE, ONE, ONE], &[ONE, ONE], &[ONE]],
        [&[ONE, ONE], &[ONE], &[ONE, ONE, ONE]],
    ] {
        assert_eq!(counted(&files), [ONE; 3]);
        let shared: u64 = pairs(&files).iter().map(|(_, _, rows, _)| rows).sum();
        assert_eq!(shared, 3, "what is told adds up");
    }
    assert_eq!(pairs(&[&[ONE], &[ONE, ONE]]), [(1, 0, 1, 0)]);
}

#[rstest]
#[case::a_threat("Inbound,Phish", "Inbound,")]
#[case::a_threat_named_before_a_word("Inbound,Malware", "Inbound,NULL")]
#[case::what_the_query_counts("Inbound,NULL", "Inbound,")]
#[case::a_threat_before_outbound("Inbound,Spam", "Outbound,Spam")]
#[case::outbound_before_what_does_not_count("Outbound,", "outbound,Phish")]
#[case::the_greater_value("Inbound,\"Phish Spam\"", "Inbound,\"Malware Phish\"")]
fn of_copies_that_differ_one_counts_by_a_rule(#[case] better: &str, #[case] worse: &str) {
    let [better, worse] = [better, worse].map(|cells| format!("{ONE},{cells}"));
    for files in [[&better], [&worse]] {
        let other = if files[0] == &better { &worse } else { &better };
        let files: [&[&str]; 2] = [&[files[0]], &[other]];
        assert_eq!(counted(&files), [better.as_str()]);
        assert_eq!(pairs(&files), [(1, 0, 1, 1)]);
    }
}

#[test]
fn of_copies_that_are_the_same_to_the_hunt_the_fuller_one_counts() {
    let short = format!("{ONE},Inbound,Phish,");
    let full = format!("{ONE},Inbound,Phish,a subject");
    let greater = format!("{ONE},Inbound,Phish,the subject");
    for files in [[&short, &greater, &full], [&full, &short, &greater]] {
        let files = files.map(|row| [row.as_str()]);
        let files = files.each_ref().map(<[_; 1]>::as_slice);
        assert_eq!(counted(&files), [greater.as_str()]);
    }
}

/// The columns in which rows differ are told of copies that count and say two things; whichever files have them.
#[rstest]
#[case(["Inbound,Phish,a", "Inbound,Phish,a", "Inbound,Phish,a"], &[], &[])]
#[case(["Inbound,Phish,a", "Inbound,Phish,", "Inbound,Phish,b"], &[], &["Subject"])]
#[case(["Inbound,Phish,", "Inbound,Phish,a", "Inbound,Phish,b"], &[], &["Subject"])]
#[case(["Inbound,Phish,a", "Inbound,Spam,b", "Inbound,Phish,a"], &["Subject", "ThreatTypes"], &["Subject", "ThreatTypes"])]
#[case(["Inbound,,a", "Inbound,,b", "Outbound,,c"], &[], &["EmailDirection"])]
fn columns_in_which_copies_differ_are_told(
    #[case] cells: [&str; 3],
    #[case] second: &[&str],
    #[case] third: &[&str],
) {
    let rows = cells.map(|cells| [format!("{ONE},{cells}")]);
    let files = rows.each_ref().map(<[_; 1]>::as_slice);
    let overlaps = Overlaps::find(&store(&files));
    for (file, expected) in [(1, second), (2, third)] {
        let pair = overlaps.pairs().iter().find(|pair| pair.file == file);
        let pair = pair.expect("an overlap");
        assert_eq!(pair.columns, expected);
        assert_eq!(pair.differing, u64::from(!expected.is_empty()));
    }
}

#[test]
fn rows_of_one_file_that_are_the_same_to_the_hunt_count_together() {
    let [first, second] = ["x", "y"].map(|subject| format!("{ONE},Inbound,Phish,{subject}"));
    let file: &[&str] = &[&first, &second];
    assert_eq!(counted(&[file, file]), [first.as_str(), &second]);
}

#[test]
fn the_same_moment_may_be_spelled_in_several_ways() {
    let spelled = "2026-11-01 12:00:00.0000000+02:00,m-1,a@b.example";
    assert_eq!(pairs(&[&[ONE], &[spelled]]), [(1, 0, 1, 0)]);
}

#[test]
fn message_recipient_and_time_must_all_be_the_same_and_there() {
    for other in [
        "2026-11-01T10:00:01Z,m-1,a@b.example",
        "2026-11-01T10:00:00Z,M-1,a@b.example",
        "2026-11-01T10:00:00Z,m-1,aa@b.example",
    ] {
        let none: [(usize, usize, u64, u64); 0] = [];
        let files: [&[&str]; 2] = [&[ONE, TWO], &[other, "2026-11-01T12:00:00Z,,"]];
        assert_eq!(pairs(&files), none);
    }
    for row in [
        "2026-11-01T10:00:00Z,,a@b.example",
        "2026-11-01T10:00:00Z, ,a@b.example",
        "2026-11-01T10:00:00Z,m-1,",
        "yesterday,m-1,a@b.example",
        ",m-1,a@b.example",
    ] {
        let files: [&[&str]; 2] = [&[row, TWO], &[row, TWO]];
        assert_eq!(pairs(&files), [(1, 0, 1, 0)], "{row}");
    }
}

#[test]
fn files_whose_times_do_not_meet_are_not_looked_at() {
    let lacking = "2026-11-01T10:00:00Z,,";
    let store = store(&[&[ONE, lacking], &[TWO]]);
    let reach = Reach::of(&store);
    assert!(reach.parts.is_empty() && reach.unseen.is_empty());
    assert!(Overlaps::find(&store).unseen().is_empty());
}

#[test]
fn rows_that_lack_what_would_tell_are_counted_where_files_could_overlap() {
    let lacking = [ONE, "2026-11-01T11:00:00Z,,", ",m-2,a@b.example"];
    let overlaps = Overlaps::find(&store(&[&lacking[..], &[ONE]]));
    let expected = Lacking {
        rows: 2,
        message: 1,
        recipient: 1,
        time: 1,
    };
    assert_eq!(overlaps.unseen(), [(0, Unseen::Lacking(expected))]);
    let sentence = overlaps.unseen()[0].1.sentence(|_| String::new());
    let said = "2 rows cannot be compared with other files: they lack NetworkMessageId (1) or RecipientEmailAddress \
                (1) or a readable time (1), so";
    assert!(sentence.contains(said), "{sentence}");
}

#[test]
fn the_case_of_a_guid_and_of_a_recipient_does_not_matter() {
    const GUID: &str = "2026-11-01T10:00:00Z,0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0,a@b.example";
    let capital = GUID.replace(
        "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
        "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0",
    );
    assert_eq!(pairs(&[&[GUID], &[&capital]]), [(1, 0, 1, 0)]);
    let no_guid = |row: &str| row.replace("-4", "_4");
    let (one, other) = (no_guid(GUID), no_guid(&capital));
    assert_eq!(pairs(&[&[&one], &[&other]]), []);
    let recipient = GUID.replace("a@b", "A@b");
    assert_eq!(pairs(&[&[GUID], &[&recipient]]), [(1, 0, 1, 0)]);
}

#[test]
fn a_file_without_any_time_could_be_anywhere() {
    let timeless: &[&str] = &[",m-1,a@b.example", "?,m-2,a@b.example"];
    let overlaps = Overlaps::find(&store(&[&[ONE], timeless]));
    let [(1, Unseen::Lacking(lacking))] = overlaps.unseen() else {
        panic!("{:?}", overlaps.unseen());
    };
    assert_eq!((lacking.rows, lacking.time, lacking.message), (2, 2, 0));
    let alone = Overlaps::find(&store(&[timeless]));
    assert!(alone.unseen().is_empty());
}

#[test]
fn a_local_time_cannot_be_compared_with_utc_as_far_as_zones_reach() {
    let at = |time: &str, is_local: bool| {
        let mut builder = BatchBuilder::new(COLUMNS.map(str::to_owned).to_vec());
        if is_local {
            builder.note_local_times();
        }
        builder.push_row([time, "m-1", "a@b.example"].into_iter().map(str::as_bytes));
        Arc::new(builder.take().expect("a row"))
    };
    let unseen = |local: &str| {
        let mut store = EventStore::new(2);
        store.add_events(0, at("2026-11-01T10:00:00Z", false));
        store.add_events(1, at(local, true));
        Overlaps::find(&store).unseen().to_vec()
    };
    let told = [(1, Unseen::OtherClock { other: 0 })];
    assert_eq!(unseen("2026-11-02T00:00:00"), told);
    assert_eq!(unseen("2026-10-31T20:00:00"), told);
    assert_eq!(unseen("2026-11-02T00:00:01"), []);
}

proptest! {
    /// Whatever the files, each record counts as often as in the file that has it most often, a threat is
    /// never lost for one that is none, and the order of the files changes nothing.
    #[test]
    fn the_order_of_files_changes_nothing(
        files in proptest::collection::vec(proptest::collection::vec((0_usize..3, 0_usize..4), 0..7), 1..4),
        turned in 0_usize..4,
    ) {
        let verdicts = ["Inbound,Phish,x", "Inbound,Phish,y", "Inbound,,x", "Outbound,,x"];
        let text = |&(record, verdict): &(usize, usize)| {
            format!("2026-11-01T10:00:00Z,m-{record},a@b.example,{}", verdicts[verdict])
        };
        let files: Vec<Vec<String>> = files
            .iter()
            .map(|rows| rows.iter().map(text).collect())
            .collect();
        let mut others = files.clone();
        others.rotate_left(turned % files.len());
        for rows in &mut others {
            rows.reverse();
        }
        let counted_of = |files: &[Vec<String>]| {
            let files: Vec<&[String]> = files.iter().map(Vec::as_slice).collect();
            counted(&files)
        };
        let rows = counted_of(&files);
        prop_assert_eq!(&rows, &counted_of(&others));
        for record in 0..3 {
            let name = format!("m-{record},");
            let of = |rows: &[String], word: &str| {
                rows.iter().filter(|row| row.contains(&name) && row.contains(word)).count()
            };
            let most = |word| files.iter().map(|rows| of(rows, word)).max().unwrap_or(0);
            prop_assert_eq!(of(&rows, ""), most(""));
            prop_assert!(of(&rows, "Phish") >= most("Phish"));
        }
    }
}
