use super::*;
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
