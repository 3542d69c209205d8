use super::*;
use crate::events::batch::builder::BatchBuilder;
use proptest::prelude::*;
use rstest::rstest;

/// The columns of each table, of an export with these columns.
fn by_table(columns: &str) -> Option<Vec<(Table, Vec<String>)>> {
    let columns: Vec<String> = columns.split(',').map(str::to_owned).collect();
    let by_table = ColumnsByTable::of(&columns)?;
    let named = |place: usize, name: &str| {
        if columns[place] == name {
            name.to_owned()
        } else {
            format!("{name}={}", columns[place])
        }
    };
    let emails = by_table.emails.iter();
    let emails = emails.map(|(place, name)| named(*place, name)).collect();
    let companions = by_table.companions.iter().map(|companion| {
        let columns = companion.columns.iter();
        let columns = columns.map(|(place, name)| named(*place, name));
        (companion.table, columns.collect())
    });
    Some(
        [(Table::EmailEvents, emails)]
            .into_iter()
            .chain(companions)
            .collect(),
    )
}

const NEEDED: &str = "EmailDirection,SenderFromDomain,RecipientEmailAddress";

#[rstest]
#[case::chosen_by_hand(
    "Timestamp,Url,ActionType,NetworkMessageId,{},ThreatTypes,Ticket",
    "Timestamp,NetworkMessageId,{},ThreatTypes,Ticket",
    Table::UrlClickEvents,
    "Url,ActionType"
)]
#[case::emails_left(
    "Timestamp,NetworkMessageId,{},ThreatTypes,Timestamp1,NetworkMessageId1,Url,ThreatTypes1,IsClickedThrough",
    "Timestamp,NetworkMessageId,{},ThreatTypes",
    Table::UrlClickEvents,
    "Timestamp=Timestamp1,Url,ThreatTypes=ThreatTypes1,IsClickedThrough"
)]
#[case::clicks_left(
    "Timestamp,Url,NetworkMessageId,ThreatTypes,IsClickedThrough,Timestamp1,NetworkMessageId1,{},ThreatTypes1",
    "Timestamp=Timestamp1,NetworkMessageId=NetworkMessageId1,{},ThreatTypes=ThreatTypes1",
    Table::UrlClickEvents,
    "Timestamp,Url,ThreatTypes,IsClickedThrough"
)]
#[case::clicks_left_of_emails_without_a_time(
    "Timestamp,Url,NetworkMessageId,ThreatTypes,IsClickedThrough,NetworkMessageId1,{}",
    "ThreatTypes,NetworkMessageId=NetworkMessageId1,{}",
    Table::UrlClickEvents,
    "Timestamp,Url,IsClickedThrough"
)]
#[case::links_left_of_emails_without_a_time(
    "TimeGenerated,NetworkMessageId,Url,UrlDomain,NetworkMessageId1,{},ThreatTypes",
    "TimeGenerated,NetworkMessageId=NetworkMessageId1,{},ThreatTypes",
    Table::EmailUrlInfo,
    "TimeGenerated,Url,UrlDomain"
)]
#[case::a_key_given_once(
    "NetworkMessageId,{},ThreatTypes,FileName",
    "NetworkMessageId,{},ThreatTypes",
    Table::EmailAttachmentInfo,
    "FileName"
)]
fn a_column_belongs_to_the_table_on_whose_side_it_stands(
    #[case] columns: &str,
    #[case] emails: &str,
    #[case] table: Table,
    #[case] companion: &str,
) {
    let list = |text: &str| -> Vec<String> {
        let text = text.replace("{}", NEEDED);
        text.split(',').map(str::to_owned).collect()
    };
    let found = by_table(&columns.replace("{}", NEEDED)).expect("a joined export");
    assert_eq!(
        found,
        [(Table::EmailEvents, list(emails)), (table, list(companion))]
    );
}

#[test]
fn where_a_table_was_joined_without_its_time_the_emails_keep_theirs_alone() {
    let columns = "Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,\
                   NetworkMessageId1,FileName,Timestamp1,NetworkMessageId2,UrlDomain";
    let found = by_table(columns).expect("a joined export");
    let of_emails = ["Timestamp", "Timestamp1"];
    assert!(
        of_emails
            .iter()
            .all(|name| found[0].1.iter().any(|own| own == name))
    );
    assert_eq!(
        found[1],
        (Table::EmailAttachmentInfo, vec!["FileName".to_owned()])
    );
    assert_eq!(
        found[2],
        (Table::EmailUrlInfo, vec!["UrlDomain".to_owned()])
    );
}

#[rstest]
#[case("Subject,AttachmentCount,UrlCount,EmailAction,Ticket")]
#[case("Subject,Workload,AccountUpn")]
#[case("AlertId,FileName,SHA256")]
#[case("FileSize")]
fn other_columns_beside_those_of_emails_make_no_join(#[case] columns: &str) {
    let columns = format!("NetworkMessageId,{NEEDED},ThreatTypes,{columns}");
    assert_eq!(by_table(&columns), None);
}

#[test]
fn without_the_message_nothing_can_be_put_together() {
    assert_eq!(
        by_table(&format!("{NEEDED},ThreatTypes,Url,UrlDomain")),
        None
    );
}

#[test]
fn what_was_taken_apart_is_told_in_one_sentence() {
    let mut all = JoinedRows::default();
    let part = JoinedRows {
        rows: 3,
        further: 0,
        emails: 1,
        alone: 0,
        unmatched: 0,
        without_email: vec![(Table::UrlClickEvents, 1)],
        companions: vec![(Table::EmailUrlInfo, 2), (Table::UrlClickEvents, 1)],
    };
    all.add(&part);
    assert_eq!(
        all.sentence().expect("rows that are joined"),
        "an export joined with EmailUrlInfo and UrlClickEvents: 3 rows are 1 email, 2 links and 1 click; if it was an \
         inner join, emails without any of these are missing; 1 more row is only from UrlClickEvents"
    );
    all.add(&JoinedRows {
        rows: 1,
        emails: 1,
        alone: 1,
        unmatched: 1,
        ..JoinedRows::default()
    });
    assert_eq!((all.rows, all.emails, all.collapsed()), (4, 2, 2));
    let sentence = all.sentence().expect("rows that are joined");
    assert!(
        sentence.contains("1 row lacks NetworkMessageId or RecipientEmailAddress, so each counts")
    );
    assert!(!sentence.contains("inner join"));
    let of_a_union = JoinedRows {
        rows: 3,
        emails: 3,
        unmatched: 3,
        companions: vec![(Table::EmailUrlInfo, 2)],
        ..JoinedRows::default()
    };
    assert_eq!(of_a_union.sentence(), None);
}

/// The columns that tell rows apart in the test below, each with its values; a row need not fill them.
const FILLED: [(&str, [&str; 3]); 5] = [
    ("ThreatTypes", ["", "Phish", "Spam"]),
    ("Subject", ["", "hello", "bye"]),
    ("DeliveryAction", ["", "Junked", "Blocked"]),
    (
        "Url",
        [
            "https://a.example/",
            "https://b.example/",
            "https://c.example/",
        ],
    ),
    ("UrlLocation", ["", "Body", "Header"]),
];

/// A row of a join: its message and what it has in each of these columns.
type SparseRow = (u8, [usize; FILLED.len()]);

/// How many emails and links these rows are, where each batch has the columns that its rows fill, in this order.
fn taken_apart(batches: &[Vec<SparseRow>], order: &[usize]) -> (usize, usize) {
    let mut joined = Joined::new(false);
    let mut found = (0, 0);
    for rows in batches {
        let is_filled = |column: &&usize| {
            let (_, values) = FILLED[**column];
            rows.iter()
                .any(|(_, cells)| !values[cells[**column]].is_empty())
        };
        let filled: Vec<usize> = order.iter().filter(is_filled).copied().collect();
        let of_email = [
            "NetworkMessageId",
            "RecipientEmailAddress",
            "EmailDirection",
        ];
        let names = filled
            .iter()
            .map(|column| FILLED[*column].0)
            .chain(of_email);
        let mut builder = BatchBuilder::new(names.map(str::to_owned).collect());
        for (message, cells) in rows {
            let message = format!("m-{message}");
            let of_email = [message.as_str(), "ada@ours.example", "Inbound"];
            let cells = filled
                .iter()
                .map(|column| FILLED[*column].1[cells[*column]]);
            builder.push_row(cells.chain(of_email).map(str::as_bytes));
        }
        if let Some(batch) = builder.take() {
            let apart = joined.take_apart(&batch).expect("joined rows");
            found.0 += apart.emails.map_or(0, |emails| emails.rows());
            let links = apart.companions.iter();
            found.1 += links.map(|(_, links)| links.rows()).sum::<usize>();
        }
    }
    found
}

proptest! {
    #[test]
    fn rows_are_the_same_emails_and_links_whatever_columns_their_batches_have(
        rows in prop::collection::vec((0..2_u8, prop::array::uniform5(0..3_usize)), 1..9),
        length in 1..5_usize,
        order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle(),
    ) {
        let batches: Vec<Vec<SparseRow>> = rows.chunks(length).map(<[_]>::to_vec).collect();
        let email = |(message, cells): &SparseRow| (*message, cells[0], cells[1], cells[2]);
        let link = |(message, cells): &SparseRow| (*message, cells[3], cells[4]);
        let emails: std::collections::BTreeSet<_> = rows.iter().map(email).collect();
        let links: std::collections::BTreeSet<_> = rows.iter().map(link).collect();
        prop_assert_eq!(taken_apart(&batches, &order), (emails.len(), links.len()));
    }
}
