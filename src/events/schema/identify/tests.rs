//! Against the column lists that Microsoft documents for each table.

use super::*;
use rstest::rstest;

const EMAIL_EVENTS: &str = "Timestamp,NetworkMessageId,InternetMessageId,SenderMailFromAddress,SenderFromAddress,\
    SenderDisplayName,SenderObjectId,SenderMailFromDomain,SenderFromDomain,SenderIPv4,SenderIPv6,\
    RecipientEmailAddress,RecipientObjectId,RecipientDomain,Subject,EmailClusterId,EmailDirection,DeliveryAction,\
    DeliveryLocation,ThreatTypes,ThreatNames,DetectionMethods,ConfidenceLevel,BulkComplaintLevel,EmailAction,\
    EmailActionPolicy,EmailActionPolicyGuid,AuthenticationDetails,AttachmentCount,UrlCount,EmailLanguage,\
    Connectors,OrgLevelAction,OrgLevelPolicy,UserLevelAction,UserLevelPolicy,ReportId,AdditionalFields";
const EMAIL_URL_INFO: &str =
    "Timestamp,NetworkMessageId,Url,UrlDomain,UrlLocation,UrlChainId,UrlChainPosition,ReportId";
const EMAIL_ATTACHMENT_INFO: &str = "Timestamp,NetworkMessageId,SenderFromAddress,SenderDisplayName,SenderObjectId,\
    RecipientEmailAddress,RecipientObjectId,FileName,FileType,FileExtension,SHA256,FileSize,ThreatTypes,\
    ThreatNames,DetectionMethods,ReportId";
const EMAIL_POST_DELIVERY_EVENTS: &str = "Timestamp,NetworkMessageId,InternetMessageId,Action,ActionType,\
    ActionTrigger,ActionResult,RecipientEmailAddress,DeliveryLocation,ThreatTypes,DetectionMethods,ReportId,\
    SenderFromAddress,EmailDirection,SourceLocation";
const URL_CLICK_EVENTS: &str = "Timestamp,Url,ActionType,AccountUpn,Workload,NetworkMessageId,ThreatTypes,\
    DetectionMethods,IPAddress,IsClickedThrough,UrlChain,ReportId,AppName,AppVersion,SourceId";
const OF_LOG_ANALYTICS: &str =
    "TenantId,TimeGenerated,Type,SourceSystem,_BilledSize,_IsBillable,_ResourceId";

fn columns(list: &str) -> Vec<String> {
    list.split(',').map(|name| name.trim().to_owned()).collect()
}

fn without(columns: &[String], left_out: &[&str]) -> Vec<String> {
    let keeps = |name: &&String| !left_out.contains(&name.as_str());
    columns.iter().filter(keeps).cloned().collect()
}

/// Each table with its columns, and those by which alone it is known beside `NetworkMessageId`.
const TABLES: [(Table, &str, &str); 4] = [
    (
        Table::EmailUrlInfo,
        EMAIL_URL_INFO,
        "Url,UrlDomain,UrlLocation,UrlChainId,UrlChainPosition",
    ),
    (
        Table::EmailAttachmentInfo,
        EMAIL_ATTACHMENT_INFO,
        "FileName,FileType,FileExtension,SHA256,FileSize",
    ),
    (
        Table::EmailPostDeliveryEvents,
        EMAIL_POST_DELIVERY_EVENTS,
        "Action,ActionType,ActionTrigger,ActionResult,SourceLocation",
    ),
    (
        Table::UrlClickEvents,
        URL_CLICK_EVENTS,
        "IsClickedThrough,UrlChain",
    ),
];

#[test]
fn every_documented_table_is_known_by_its_header_and_its_records_in_both_products() {
    let events = [(Table::EmailEvents, EMAIL_EVENTS, "")];
    for (table, list, _) in TABLES.into_iter().chain(events) {
        let xdr = columns(list);
        let mut log_analytics = without(&xdr, &["Timestamp", "UrlChainId", "UrlChainPosition"]);
        log_analytics.extend(columns(OF_LOG_ANALYTICS));
        for mut columns in [xdr, log_analytics] {
            assert_eq!(of_header(&columns), Ok(table), "{columns:?}");
            assert_eq!(of_record(&columns), Some(table), "{columns:?}");
            columns.reverse();
            assert_eq!(of_header(&columns), Ok(table), "{columns:?}");
        }
    }
}

/// Records leave out what is empty, and analysts project: whatever part of its columns a row of a
/// companion has, it is known while one that only this table has is among them.
#[test]
fn every_part_of_a_companion_with_one_of_its_own_columns_is_known() {
    for (table, list, own) in TABLES {
        let own = columns(own);
        let others = without(&columns(list), &["NetworkMessageId"]);
        assert!(others.len() < 16);
        for chosen in 0_u32..1 << others.len() {
            let part = others.iter().enumerate();
            let part = part.filter(|(index, _)| chosen >> index & 1 == 1);
            let mut part: Vec<&str> = part.map(|(_, name)| name.as_str()).collect();
            if !part.iter().any(|name| own.iter().any(|own| own == name)) {
                continue;
            }
            part.push("NetworkMessageId");
            assert_eq!(of_record(&part), Some(table), "{part:?}");
        }
        for own in own {
            let header = ["NetworkMessageId".to_owned(), own];
            assert_eq!(of_header(&header), Ok(table), "{header:?}");
        }
    }
}

#[test]
fn a_click_is_known_by_who_clicked_what_also_where_an_export_says_little_of_it() {
    for list in [
        "NetworkMessageId,Url,AccountUpn",
        "NetworkMessageId,Url,Workload",
        "NetworkMessageId,ActionType,AccountUpn",
        "NetworkMessageId,Url,ActionType",
    ] {
        assert_eq!(of_header(&columns(list)), Ok(Table::UrlClickEvents));
    }
    let in_teams = columns("Url,ActionType,AccountUpn,Workload,IsClickedThrough");
    assert_eq!(of_record(&in_teams), Some(Table::UrlClickEvents));
    assert!(of_header(&in_teams).is_err(), "it belongs to no email");
}

#[test]
fn events_with_columns_of_a_companion_are_events() {
    let events = columns(EMAIL_EVENTS);
    for (_, list, _) in TABLES {
        let joined = [events.clone(), columns(list)].concat();
        assert_eq!(of_header(&joined), Ok(Table::EmailEvents), "{list}");
        assert_eq!(of_record(&joined), Some(Table::EmailEvents), "{list}");
        // A record may leave out what is empty, such as the threats of a clean email.
        for left_out in ["ThreatTypes", "SenderFromDomain", "RecipientEmailAddress"] {
            let keys = without(&joined, &[left_out]);
            assert_eq!(of_record(&keys), Some(Table::EmailEvents), "{list}");
        }
    }
}

#[test]
fn events_that_lack_a_needed_column_are_no_companion() {
    for (_, list, _) in TABLES {
        let joined = [columns(EMAIL_EVENTS), columns(list)].concat();
        let error = of_header(&without(
            &joined,
            &["SenderFromDomain", "SenderFromAddress"],
        ))
        .expect_err(list);
        assert_eq!(error.missing, ["SenderFromDomain"]);
    }
}

#[test]
fn the_address_of_the_sender_stands_for_its_domain_but_makes_no_companion_events() {
    let address = "EmailDirection,SenderFromAddress,RecipientEmailAddress,ThreatTypes";
    assert_eq!(of_header(&columns(address)), Ok(Table::EmailEvents));
    let (table, list, _) = TABLES
        .into_iter()
        .find(|(table, ..)| *table == Table::EmailPostDeliveryEvents)
        .expect("it is among them");
    let documented = [columns(list), columns(address)].concat();
    assert_eq!(of_header(&documented), Ok(table));
}

#[rstest]
#[case("EmailDirection", Some(Table::EmailEvents))]
#[case("NetworkMessageId,EmailDirection", Some(Table::EmailEvents))]
#[case("NetworkMessageId,EmailDirection,Url", Some(Table::EmailEvents))]
#[case(
    "NetworkMessageId,EmailDirection,ActionType",
    Some(Table::EmailPostDeliveryEvents)
)]
#[case("NetworkMessageId,ThreatTypes,RecipientEmailAddress", None)]
#[case("Url,UrlDomain", None)]
#[case("FileName,SHA256,ActionType", None)]
#[case("NetworkMessageId,AccountUpn", None)]
#[case("NetworkMessageId,AlertId,AccountUpn,FileName,SHA256", None)]
fn a_record_is_of_no_table_without_a_reason(#[case] keys: &str, #[case] expected: Option<Table>) {
    assert_eq!(of_record(&columns(keys)), expected);
}

#[test]
fn the_domain_of_the_recipient_does_where_the_address_is_left_out() {
    let events = columns("ThreatTypes,RecipientDomain,SenderFromDomain,EmailDirection");
    assert_eq!(of_header(&events), Ok(Table::EmailEvents));
}

#[test]
fn what_is_missing_is_named_and_what_is_there_is_listed() {
    let error = of_header(&columns("EmailDirection,Subject")).expect_err("not an export");
    let sentence = error.to_string();
    assert!(sentence.contains("missing SenderFromDomain, RecipientEmailAddress, ThreatTypes"));
    assert!(sentence.contains("Columns found: EmailDirection, Subject"));
}
