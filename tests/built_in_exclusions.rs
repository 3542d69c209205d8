//! What each built-in exclusion hides, and the look-alikes it must leave visible, case by case.

mod support;

use mailhunt::hunt::DomainMatching;
use mailhunt::hunt::exclusion;
use rstest::rstest;
use support::Folder;

/// One event, and whether its exclusion matches it.
fn is_hidden(id: &str, cells: &[(&str, &str)], links: &[&str]) -> bool {
    let folder = Folder::new();
    let mut event = vec![
        ("NetworkMessageId", "m-1"),
        ("EmailDirection", "Inbound"),
        ("SenderFromAddress", "someone@partner.example"),
        ("SenderFromDomain", "partner.example"),
        ("RecipientEmailAddress", "a@contoso.example"),
        ("ThreatTypes", "Phish"),
        (
            "AuthenticationDetails",
            r#"{"DMARC":"pass","CompAuth":"pass"}"#,
        ),
        ("ForwardingInformation", ""),
        ("DetectionMethods", ""),
        ("AdditionalFields", ""),
    ];
    for (name, cell) in cells {
        let known = event.iter_mut().find(|(known, _)| known == name);
        known.expect("a column of the event").1 = cell;
    }
    let object: serde_json::Map<String, serde_json::Value> = event
        .iter()
        .map(|(name, cell)| ((*name).to_owned(), (*cell).into()))
        .collect();
    let text = serde_json::Value::Object(object).to_string();
    let mut paths = vec![folder.write("event.jsonl", text.into_bytes())];
    if !links.is_empty() {
        let rows: Vec<String> = links
            .iter()
            .map(|host| format!(r#"{{"NetworkMessageId":"M-1","UrlDomain":"{host}"}}"#))
            .collect();
        paths.push(folder.write("links.jsonl", rows.join("\n").into_bytes()));
    }
    let exclusions = exclusion::built_in().expect("valid");
    let index = exclusions.iter().position(|known| known.id == id);
    let index = index.expect("a built-in exclusion");
    let (_, hunt) = support::load(&paths, exclusions);
    let is_outbound = event.contains(&("EmailDirection", "Outbound"));
    if is_outbound {
        // An outbound email is told by its count, so a threat must make its domain a candidate.
        return outbound_mask(id, &event, &folder);
    }
    let emails = hunt
        .emails(DomainMatching::Exact)
        .of_domain(event[3].1.as_bytes());
    let email = emails.iter().next().expect("the event");
    email.mask.contains(index)
}

/// Whether an outbound event leaves the ranking when its exclusion is switched on.
fn outbound_mask(id: &str, event: &[(&str, &str)], folder: &Folder) -> bool {
    let recipient = event[4].1.rsplit('@').next().expect("a domain");
    let threat = format!(
        r#"{{"EmailDirection":"Inbound","SenderFromDomain":"{recipient}","RecipientEmailAddress":"a@contoso.example","ThreatTypes":"Spam"}}"#
    );
    let paths = [
        folder.path().join("event.jsonl"),
        folder.write("threat.jsonl", threat.into_bytes()),
    ];
    let exclusions = exclusion::built_in().expect("valid");
    let index = exclusions.iter().position(|known| known.id == id);
    let (_, hunt) = support::load(&paths, exclusions);
    let mut query = mailhunt::hunt::Query::default();
    assert_eq!(hunt.view(&query).ranked, 1);
    query.active.insert(index.expect("a built-in exclusion"));
    hunt.view(&query).ranked == 0
}

const FORWARDED: &str = r#"{"ForwardingType":"SmtpForwarding","ForwardingUser":"x"}"#;
const DMARC_FAIL: &str = r#"{"DMARC":"fail","CompAuth":"pass"}"#;
const COMPAUTH_FAIL: &str = r#"{"DMARC":"none","CompAuth":"fail"}"#;
const NEITHER: &str = r#"{"DMARC":"none","CompAuth":"none"}"#;

#[rstest]
#[case::forwarded(&[("ForwardingInformation", FORWARDED)], true)]
#[case::in_another_case(&[("ForwardingInformation", FORWARDED), ("SenderFromDomain", "CONTOSO.example")], true)]
#[case::a_header(&[("AdditionalFields", r#"{"forwardedfrom":"x"}"#)], true)]
#[case::the_same_domain_alone(&[], false)]
#[case::forwarded_from_another_domain(&[("ForwardingInformation", FORWARDED), ("SenderFromDomain", "partner.example")], false)]
#[case::spoofed(&[("ForwardingInformation", FORWARDED), ("AuthenticationDetails", DMARC_FAIL)], false)]
#[case::spoofed_by_compauth(&[("ForwardingInformation", FORWARDED), ("AuthenticationDetails", COMPAUTH_FAIL)], false)]
fn internal_forwarding(#[case] cells: &[(&str, &str)], #[case] hidden: bool) {
    let mut event = vec![("SenderFromDomain", "contoso.example")];
    event.extend(cells);
    assert_eq!(is_hidden("internal-forwarding", &event, &[]), hidden);
}

#[rstest]
#[case::root("root@contoso.example", "x@pagerduty.com", "", true)]
#[case::svc("svc-backup@contoso.example", "x@eu.pagerduty.com", "", true)]
#[case::with_more("no-reply+7@contoso.example", "x@pagerduty.com", "", true)]
#[case::a_person("carol.root@contoso.example", "x@pagerduty.com", "", false)]
#[case::a_longer_name("rooty@contoso.example", "x@pagerduty.com", "", false)]
#[case::to_a_partner("root@contoso.example", "x@partner.example", "", false)]
#[case::a_look_alike("root@contoso.example", "x@evilpagerduty.com", "", false)]
#[case::a_source(
    "carol@contoso.example",
    "x@partner.example",
    r#"{"X-MS-Exchange-Organization-Source":"Jenkins 2"}"#,
    true
)]
#[case::cron_in_micron(
    "carol@contoso.example",
    "x@micron.example",
    r#"{"X-MS-Exchange-Organization-Message-Id":"<1@micron.example>"}"#,
    false
)]
fn scheduled_jobs(
    #[case] from: &str,
    #[case] to: &str,
    #[case] additional_fields: &str,
    #[case] hidden: bool,
) {
    let event = [
        ("EmailDirection", "Outbound"),
        ("ThreatTypes", ""),
        ("SenderFromAddress", from),
        ("RecipientEmailAddress", to),
        ("AdditionalFields", additional_fields),
    ];
    assert_eq!(is_hidden("scheduled-jobs", &event, &[]), hidden);
}

#[rstest]
#[case::a_vendor(&[("SenderFromDomain", "alerts.pagerduty.com")], true)]
#[case::a_look_alike(&[("SenderFromDomain", "evilpagerduty.com")], false)]
#[case::that_fails(&[("SenderFromDomain", "pagerduty.com"), ("AuthenticationDetails", DMARC_FAIL)], false)]
#[case::that_fails_compauth(&[("SenderFromDomain", "pagerduty.com"), ("AuthenticationDetails", r#"{"DMARC":"pass","CompAuth":"fail"}"#)], false)]
#[case::without_a_word_on_it(&[("SenderFromDomain", "pagerduty.com"), ("AuthenticationDetails", "")], false)]
#[case::a_header(&[("AdditionalFields", r#"{"X-Siem-Alert":"1"}"#)], true)]
#[case::a_header_anybody_can_write(&[("AdditionalFields", r#"{"X-Siem-Alert":"1"}"#), ("AuthenticationDetails", NEITHER)], false)]
#[case::a_soar_header_without_authentication(&[("AdditionalFields", r#"{"X-SOAR-Notification":"1"}"#), ("AuthenticationDetails", "")], false)]
fn siem_soar(#[case] cells: &[(&str, &str)], #[case] hidden: bool) {
    assert_eq!(is_hidden("siem-soar", cells, &[]), hidden);
}

#[rstest]
#[case::all(&[], &["filedrop.example", "eu.filedrop.example", "www.dropbox.com"], true)]
#[case::one_elsewhere(&[], &["filedrop.example", "partner.example"], false)]
#[case::a_look_alike(&[], &["evilfiledrop.example"], false)]
#[case::no_links_of_it(&[], &[], false)]
#[case::that_fails(&[("AuthenticationDetails", DMARC_FAIL)], &["filedrop.example"], false)]
#[case::detonated(&[("DetectionMethods", r#"{"Phish":["URL detonation reputation"]}"#)], &["filedrop.example"], false)]
#[case::a_file(&[("DetectionMethods", r#"{"Malware":["File reputation"]}"#)], &["filedrop.example"], false)]
#[case::malware(&[("ThreatTypes", "Phish, Malware")], &["filedrop.example"], false)]
#[case::a_header_without_authentication(&[("AdditionalFields", r#"{"X-MS-Exchange-Organization-Cloud-Storage":"1"}"#), ("AuthenticationDetails", NEITHER)], &[], false)]
fn cloud_storage_links(
    #[case] cells: &[(&str, &str)],
    #[case] links: &[&str],
    #[case] hidden: bool,
) {
    assert_eq!(is_hidden("cloud-storage-links", cells, links), hidden);
}
