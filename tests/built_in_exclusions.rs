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
        ("UrlCount", ""),
        ("OrgLevelPolicy", ""),
        ("UserLevelPolicy", ""),
    ];
    for (name, cell) in cells {
        match event.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1 = cell,
            None => event.push((name, cell)),
        }
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
    let emails = hunt.all_emails(event[3].1.as_bytes(), DomainMatching::Exact);
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

/// The products and tools that the four scenarios name, and those of their kind, as mail shows them: the domain
/// that is written to, sends or is linked to. Each with look-alikes of its own beside those made of every domain.
const PRODUCTS: [(&str, &str, &[&str]); 20] = [
    // Services that scheduled jobs report to.
    (
        "scheduled-jobs",
        "Splunk",
        &[
            "splunk.com",
            "alerts.splunkcloud.com",
            "splunkcloudgc.com",
            "signalfx.com",
        ],
    ),
    (
        "scheduled-jobs",
        "Datadog",
        &[
            "dtdg.co",
            "dtdg.eu",
            "datadoghq.com",
            "us5.datadoghq.com",
            "datadoghq.eu",
            "ddog-gov.com",
            "dtdg-trial.co",
        ],
    ),
    (
        "scheduled-jobs",
        "PagerDuty",
        &["contoso.pagerduty.com", "contoso.eu.pagerduty.com"],
    ),
    ("scheduled-jobs", "Splunk On-Call", &["alert.victorops.com"]),
    ("scheduled-jobs", "Opsgenie", &["contoso.opsgenie.net"]),
    ("scheduled-jobs", "ServiceNow", &["contoso.service-now.com"]),
    ("scheduled-jobs", "Jira", &["contoso.atlassian.net"]),
    // What sends alerts to us.
    (
        "siem-soar",
        "Splunk",
        &[
            "splunk.com",
            "splunkcloud.com",
            "splunkcloudgc.com",
            "signalfx.com",
            "victorops.com",
        ],
    ),
    (
        "siem-soar",
        "Datadog",
        &[
            "datadoghq.com",
            "datadoghq.eu",
            "dtdg.co",
            "dtdg.eu",
            "admin.dtdg.co",
            "ddog-gov.com",
            "dtdg-trial.eu",
        ],
    ),
    (
        "siem-soar",
        "Palo Alto Prisma Access",
        &["paloaltonetworks.com"],
    ),
    (
        "siem-soar",
        "Palo Alto Cortex XSOAR",
        &["xsoar.eu.paloaltonetworks.com", "demisto.com"],
    ),
    ("siem-soar", "Elastic", &["elastic.co"]),
    (
        "siem-soar",
        "Exabeam and LogRhythm",
        &["exabeam.com", "logrhythm.com"],
    ),
    ("siem-soar", "Sumo Logic", &["sumologic.com"]),
    (
        "siem-soar",
        "Tines, Torq and Swimlane",
        &["tines.com", "torq.io", "swimlane.com"],
    ),
    // Where links lead.
    (
        "cloud-storage-links",
        "Google Drive",
        &[
            "drive.google.com",
            "docs.google.com",
            "drive.usercontent.google.com",
        ],
    ),
    (
        "cloud-storage-links",
        "OneDrive",
        &[
            "onedrive.live.com",
            "1drv.ms",
            "1drv.com",
            "onedrive.com",
            "contoso-my.sharepoint.com",
            "contoso-my.sharepoint.us",
        ],
    ),
    (
        "cloud-storage-links",
        "SharePoint",
        &["contoso.sharepoint.com", "southcentralusr-notifyp.svc.ms"],
    ),
    (
        "cloud-storage-links",
        "Dropbox",
        &["www.dropbox.com", "uc1.dl.dropboxusercontent.com"],
    ),
    ("cloud-storage-links", "Box", &["app.box.com"]),
];

/// Whether an exclusion hides the email in which this domain plays the part that the exclusion looks at.
fn hides_domain(id: &str, domain: &str) -> bool {
    match id {
        "scheduled-jobs" => {
            let to = format!("event-1@{domain}");
            let event = [
                ("EmailDirection", "Outbound"),
                ("ThreatTypes", ""),
                ("SenderFromAddress", "root@contoso.example"),
                ("RecipientEmailAddress", &to),
            ];
            is_hidden(id, &event, &[])
        }
        "siem-soar" => {
            let from = format!("no-reply@{domain}");
            let event = [("SenderFromDomain", domain), ("SenderFromAddress", &from)];
            is_hidden(id, &event, &[])
        }
        _ => is_hidden(id, &[], &[domain]),
    }
}

#[test]
fn every_product_that_is_named_is_met_and_its_look_alikes_stay() {
    for (id, product, domains) in PRODUCTS {
        for domain in domains {
            let says = |what: &str| format!("{id}, {product}: {what}");
            assert!(hides_domain(id, domain), "{}", says(domain));
            assert!(hides_domain(id, &domain.to_uppercase()), "{}", says(domain));
            let stay = [
                format!("{domain}.evil.example"),
                format!("{}.example", domain.replace('.', "-")),
            ];
            for look_alike in &stay {
                assert!(!hides_domain(id, look_alike), "{}", says(look_alike));
            }
        }
    }
}

/// The domains of the first condition of an exclusion on this field, as they are compared.
fn listed(id: &str, field: &str) -> Vec<String> {
    let exclusions = exclusion::built_in().expect("valid");
    let exclusion = exclusions.iter().find(|known| known.id == id);
    let mut conditions = exclusion.expect("a built-in exclusion").conditions();
    let condition = conditions.find(|condition| condition.field.to_string() == field);
    match &condition.expect("a condition on the field").test {
        exclusion::Test::Text { texts, .. } => texts
            .iter()
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// Every domain of every list, whoever named it: it and what is below it are met, what merely ends or begins
/// like it is not.
#[rstest]
#[case("scheduled-jobs", "RecipientDomain")]
#[case("siem-soar", "SenderFromDomain")]
#[case("cloud-storage-links", "UrlDomain")]
fn a_listed_domain_is_met_and_what_looks_like_it_is_not(#[case] id: &str, #[case] field: &str) {
    let domains = listed(id, field);
    assert!(domains.len() > 10, "{domains:?}");
    for domain in &domains {
        let is_listed = |name: &str| domains.iter().any(|other| other == name);
        assert!(hides_domain(id, domain), "{domain}");
        assert!(hides_domain(id, &format!("a.{domain}")), "a.{domain}");
        for look_alike in [
            format!("not{domain}"),
            format!("not-{domain}"),
            format!("{domain}.evil.example"),
            format!("{domain}x"),
        ] {
            let is_met = hides_domain(id, &look_alike);
            assert_eq!(is_met, is_listed(&look_alike), "{look_alike}");
        }
    }
}

/// The senders by which a scheduled job is known, and people who are called alike.
#[rstest]
#[case::ansible("ansible", true)]
#[case::ansible_tower("tower", true)]
#[case::awx("AWX", true)]
#[case::ansible_of_a_host("ansible-web01", true)]
#[case::cron("cron", true)]
#[case::the_daemon("crond", true)]
#[case::anacron("anacron", true)]
#[case::cron_as_root("root", true)]
#[case::splunk("splunk", true)]
#[case::datadog("datadog", true)]
#[case::jenkins("jenkins+nightly", true)]
#[case::alertmanager("alertmanager", true)]
#[case::without_a_reader("do-not-reply", true)]
#[case::without_a_reader_either("donotreply", true)]
#[case::a_service_account("svc-reports", true)]
#[case::mister_cronin("cronin", false)]
#[case::someone_at_ansible("ansibleman", false)]
#[case::a_person("carol.root", false)]
#[case::a_reply("reply", false)]
fn jobs_are_known_by_their_sender(#[case] local_part: &str, #[case] hidden: bool) {
    let from = format!("{local_part}@contoso.example");
    let event = [
        ("EmailDirection", "Outbound"),
        ("ThreatTypes", ""),
        ("SenderFromAddress", &*from),
        ("RecipientEmailAddress", "x@dtdg.co"),
    ];
    assert_eq!(is_hidden("scheduled-jobs", &event, &[]), hidden);
}

/// Each header that the scenarios name, as a column of its own and as a key of `AdditionalFields`: with a value
/// that counts, with none, and under the name of a look-alike.
#[rstest]
#[case("internal-forwarding", "ForwardedFrom", "carol@contoso.example")]
#[case(
    "internal-forwarding",
    "X-MS-Exchange-Organization-ForwardedFrom",
    "carol@contoso.example"
)]
#[case(
    "scheduled-jobs",
    "X-MS-Exchange-Organization-Message-Id",
    "<20261101.Ansible@job.contoso.example>"
)]
#[case(
    "scheduled-jobs",
    "X-MS-Exchange-Organization-Message-Id",
    "<1.cron@contoso.example>"
)]
#[case("scheduled-jobs", "X-MS-Exchange-Organization-Source", "Ansible 2.19")]
#[case("scheduled-jobs", "X-MS-Exchange-Organization-Source", "cron")]
#[case("scheduled-jobs", "X-MS-Exchange-Organization-Source", "Splunk")]
#[case("scheduled-jobs", "X-MS-Exchange-Organization-Source", "datadog-agent")]
#[case("siem-soar", "X-Siem-Alert", "1")]
#[case("siem-soar", "X-SOAR-Notification", "true")]
#[case(
    "cloud-storage-links",
    "X-MS-Exchange-Organization-Cloud-Storage",
    "OneDrive"
)]
fn every_header_that_is_named_is_met(#[case] id: &str, #[case] header: &str, #[case] value: &str) {
    let is_outbound = id == "scheduled-jobs";
    let hides = |name: &str, value: &str| {
        let in_json = serde_json::json!({ name: value }).to_string();
        [(name, value), ("AdditionalFields", in_json.as_str())].map(|place| {
            let mut event = vec![("SenderFromDomain", "contoso.example"), place];
            if is_outbound {
                event.extend([
                    ("EmailDirection", "Outbound"),
                    ("ThreatTypes", ""),
                    ("RecipientEmailAddress", "x@partner.example"),
                ]);
            }
            is_hidden(id, &event, &[])
        })
    };
    assert_eq!(hides(header, value), [true; 2]);
    assert_eq!(hides(&header.to_lowercase(), value), [true; 2]);
    assert_eq!(hides(header, ""), [false; 2]);
    assert_eq!(hides(&format!("{header}-Other"), value), [false; 2]);
    if is_outbound {
        // A word within another one names no tool.
        assert_eq!(hides(header, "micronansibled"), [false; 2]);
    }
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
#[case::forwarded_by_nobody(&[("ForwardingInformation", "[]")], false)]
#[case::a_header_that_says_nothing(&[("AdditionalFields", r#"{"ForwardedFrom":{}}"#)], false)]
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
#[case::a_header_that_nothing_speaks_against(&[("AdditionalFields", r#"{"X-Siem-Alert":"1"}"#), ("AuthenticationDetails", NEITHER)], true)]
#[case::a_header_of_one_that_fails(&[("AdditionalFields", r#"{"X-Siem-Alert":"1"}"#), ("AuthenticationDetails", DMARC_FAIL)], false)]
#[case::a_soar_header(&[("AdditionalFields", r#"{"X-SOAR-Notification":"1"}"#), ("AuthenticationDetails", "")], true)]
#[case::a_soar_header_of_one_that_fails(&[("AdditionalFields", r#"{"X-SOAR-Notification":"1"}"#), ("AuthenticationDetails", COMPAUTH_FAIL)], false)]
fn siem_soar(#[case] cells: &[(&str, &str)], #[case] hidden: bool) {
    assert_eq!(is_hidden("siem-soar", cells, &[]), hidden);
}

#[rstest]
#[case::all(&[], &["filedrop.example", "eu.filedrop.example", "www.dropbox.com"], true)]
#[case::one_elsewhere(&[], &["filedrop.example", "partner.example"], false)]
#[case::a_look_alike(&[], &["evilfiledrop.example"], false)]
#[case::more_than_are_loaded(&[("UrlCount", "4")], &["filedrop.example", "www.dropbox.com", "filedrop.example"], false)]
#[case::a_link_that_stands_twice(&[("UrlCount", "3")], &["filedrop.example", "www.dropbox.com", "filedrop.example"], true)]
#[case::a_list_that_fails(&[("AuthenticationDetails", "SPF=fail;DKIM=none;DMARC=fail")], &["filedrop.example"], false)]
#[case::a_list_that_passes(&[("AuthenticationDetails", "SPF:pass;DMARC:pass;CompAuth:pass")], &["filedrop.example"], true)]
#[case::unreadable(&[("AuthenticationDetails", "whatever")], &["filedrop.example"], false)]
#[case::cut_off(&[("AuthenticationDetails", r#"{"DMARC":"pass""#)], &["filedrop.example"], false)]
#[case::all_that_there_are(&[("UrlCount", "2")], &["filedrop.example", "www.dropbox.com"], true)]
#[case::a_count_that_is_no_number(&[("UrlCount", "many")], &["filedrop.example"], false)]
#[case::a_count_that_says_nothing(&[("UrlCount", "null")], &["filedrop.example"], true)]
#[case::no_links_of_it(&[], &[], false)]
#[case::that_fails(&[("AuthenticationDetails", DMARC_FAIL)], &["filedrop.example"], false)]
#[case::detonated(&[("DetectionMethods", r#"{"Phish":["URL detonation reputation"]}"#)], &["filedrop.example"], false)]
#[case::a_file(&[("DetectionMethods", r#"{"Malware":["File reputation"]}"#)], &["filedrop.example"], false)]
#[case::malware(&[("ThreatTypes", "Phish, Malware")], &["filedrop.example"], false)]
#[case::a_header(&[("AdditionalFields", r#"{"X-MS-Exchange-Organization-Cloud-Storage":"1"}"#), ("AuthenticationDetails", NEITHER)], &[], true)]
#[case::a_header_of_one_that_fails(&[("AdditionalFields", r#"{"X-MS-Exchange-Organization-Cloud-Storage":"1"}"#), ("AuthenticationDetails", COMPAUTH_FAIL)], &[], false)]
fn cloud_storage_links(
    #[case] cells: &[(&str, &str)],
    #[case] links: &[&str],
    #[case] hidden: bool,
) {
    assert_eq!(is_hidden("cloud-storage-links", cells, links), hidden);
}

#[rstest]
#[case::our_policy(&[("OrgLevelPolicy", "Phishing simulation")], true)]
#[case::a_policy_of_the_user(&[("UserLevelPolicy", "secops mailbox")], true)]
#[case::another_policy(&[("OrgLevelPolicy", "Exchange transport rule")], false)]
fn phishing_simulation(#[case] cells: &[(&str, &str)], #[case] hidden: bool) {
    assert_eq!(is_hidden("phishing-simulation", cells, &[]), hidden);
}

#[rstest]
#[case::consumers("GMail.com", true)]
#[case::below_consumers("mail.gmail.com", false)]
#[case::a_partner("partner.example", false)]
fn consumer_mail(#[case] sender: &str, #[case] hidden: bool) {
    let cells = [("SenderFromDomain", sender)];
    assert_eq!(is_hidden("consumer-mail", &cells, &[]), hidden);
}

#[test]
fn mail_to_consumers_is_consumer_mail_too() {
    let event = [
        ("EmailDirection", "Outbound"),
        ("ThreatTypes", ""),
        ("RecipientEmailAddress", "someone@outlook.com"),
    ];
    assert!(is_hidden("consumer-mail", &event, &[]));
}

#[rstest]
#[case::spam("spam", true)]
#[case::spam_and_phish("Spam, Phish", false)]
#[case::phish("Phish", false)]
fn spam_only(#[case] threat_types: &str, #[case] hidden: bool) {
    let cells = [("ThreatTypes", threat_types)];
    assert_eq!(is_hidden("spam-only", &cells, &[]), hidden);
}

/// The ids of the built-in exclusions that hide the row of a hunt when it stands alone, by which it is told
/// what they match in files of several events.
fn hidden_by(rows: &[&str]) -> Vec<(String, u64)> {
    let folder = Folder::new();
    let header = "Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes";
    let text = format!("{header}\n{}\n", rows.join("\n"));
    let path = folder.write("events.csv", text.into_bytes());
    let (_, hunt) = support::load(&[path], exclusion::built_in().expect("valid"));
    let view = hunt.view(&mailhunt::hunt::Query::default());
    let effects = hunt.exclusions.iter().zip(&view.exclusions);
    effects
        .filter(|(_, effect)| effect.by_itself.emails > 0)
        .map(|(exclusion, effect)| (exclusion.id.clone(), effect.by_itself.emails))
        .collect()
}

#[test]
fn whose_mail_we_forward_is_none_of_ours() {
    let own = |forwarding: &str| {
        let folder = Folder::new();
        let header = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,ForwardingInformation";
        let row = |sender, end| format!("Outbound,{sender}.example,x@c.example,,{end}");
        let rows = [row("ours", ""), row("partner", forwarding)].join("\n");
        let path = folder.write("events.csv", format!("{header}\n{rows}").into_bytes());
        let (_, hunt) = support::load(&[path], exclusion::built_in().expect("valid"));
        let own = hunt.across_events.own_domains().sorted();
        own.into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    assert_eq!(own("SmtpForwarding"), [b"ours.example".to_vec()]);
    assert_eq!(own("[]").len(), 2);
}

const SENT: &str = "2026-11-01T08:00:00Z,m-0,Outbound,ours.example,x@partner.example,";

#[test]
fn a_threat_that_a_later_record_clears_is_superseded() {
    let threat = "2026-11-01T09:00:00Z,m-1,Inbound,partner.example,a@ours.example,Phish";
    let cleared = "2026-11-01T10:00:00Z,m-1,Inbound,partner.example,a@ours.example,";
    let moved = "2026-11-01T10:00:00Z,m-1,Intra-org,ours.example,a@ours.example,";
    let superseded = [("superseded".to_owned(), 1)];
    assert_eq!(hidden_by(&[SENT, threat]), []);
    assert_eq!(hidden_by(&[SENT, cleared, threat]), superseded);
    assert_eq!(
        hidden_by(&[SENT, threat, moved]),
        superseded,
        "over all directions"
    );
    let earlier = "2026-11-01T08:30:00Z,m-1,Inbound,partner.example,a@ours.example,";
    assert_eq!(hidden_by(&[SENT, threat, earlier]), []);
}

#[test]
fn our_own_domains_are_those_that_send_our_mail() {
    let to_us = "2026-11-01T08:00:00Z,m-5,Outbound,ours.example,x@Sister.example,";
    let from_us = "2026-11-01T09:00:00Z,m-6,Inbound,Sister.example,a@ours.example,Phish";
    let inside = "2026-11-01T09:00:00Z,m-7,Intra-org,SISTER.example.,a@ours.example,";
    assert_eq!(hidden_by(&[SENT, to_us, from_us]), []);
    let found = hidden_by(&[SENT, to_us, from_us, inside]);
    assert_eq!(found, [("own-domains".to_owned(), 2)]);
}
