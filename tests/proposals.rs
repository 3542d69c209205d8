//! What is proposed for a row of the ranking hides that row and no other, however domains are matched; what
//! is proposed for an email hides it.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failed unwrap is a failed test; the names of tests say what they are about"
)]

mod support;

use mailhunt::hunt::exclusion::{Exclusion, ExclusionSet, built_in};
use mailhunt::hunt::{DomainMatching, Hunt, Query, proposal};
use std::sync::Arc;
use support::{Folder, load};

const DOMAINS: [&str; 14] = [
    "gmail.com",
    "GMAIL.com",
    "mail.contoso.com",
    "contoso.com",
    "Contoso.com.",
    "B\u{dc}RO.example",
    "xn--bro-hoa.example",
    "github.io",
    "victim.github.io",
    "",
    "x\u{200b}y.example",
    "a\"b]].example",
    // Not `;` or `|`, which end an address of a list: the fields of exclusions are what the query takes between the first
    // two `@`, and a row of folded domains counts recipients as people mean them.
    "evil.example$c",
    "@consumer-mail",
];

fn hunt() -> Hunt {
    let mut rows = Vec::new();
    for (number, domain) in DOMAINS.iter().enumerate() {
        for copy in 0..=number {
            let sent = serde_json::json!({
                "EmailDirection": "Outbound", "SenderFromDomain": "us.example",
                "RecipientEmailAddress": format!("a@{domain}"), "ThreatTypes": "",
            });
            let threat = serde_json::json!({
                "EmailDirection": "Inbound", "SenderFromDomain": domain, "RecipientEmailAddress": "b@us.example",
                "ThreatTypes": "Phish", "NetworkMessageId": format!("m-{number}-{copy}"), "Subject": format!("No {copy}"),
                "SenderFromAddress": format!("x@{domain}"), "Url": "http://a.example/", "A.B": "c", "Bad|re": "(",
                "AdditionalFields": "{\"k\":1,\"K\":2,\"dot.\":3,\"sp \":4,\"line\\nend\":5}",
            });
            rows.extend([sent.to_string(), threat.to_string()]);
        }
    }
    let folder = Folder::new();
    let path = folder.write("events.jsonl", rows.join("\n").into_bytes());
    load(&[path], built_in().unwrap()).1
}

/// The ranking with an exclusion on.
fn ranking(
    hunt: &Hunt,
    exclusion: Option<Exclusion>,
    domains: DomainMatching,
) -> Vec<(Vec<u8>, u64, u64)> {
    let mut exclusions = hunt.exclusions.to_vec();
    let mut active = ExclusionSet::EMPTY;
    if let Some(exclusion) = exclusion {
        active.insert(exclusions.len());
        exclusions.push(exclusion);
    }
    let hunt = hunt.with_exclusions(Arc::from(exclusions));
    let query = Query {
        active,
        domains,
        ..Query::default()
    };
    let cube = hunt.cube(domains);
    let view = hunt.view(&query);
    let rows = view.rows.iter();
    rows.map(|row| {
        let numbers = (row.outbound_emails, row.incoming_emails_with_threats);
        (cube.domain(row.index()).to_vec(), numbers.0, numbers.1)
    })
    .collect()
}

#[test]
fn a_row_is_hidden_and_no_other() {
    let hunt = hunt();
    for domains in [
        DomainMatching::Exact,
        DomainMatching::Folded,
        DomainMatching::Registrable,
    ] {
        let all = ranking(&hunt, None, domains);
        assert!(all.len() >= 8, "{domains}: {all:?}");
        for row in &all {
            let proposals = proposal::of_domain(&hunt, &row.0, domains);
            let name = String::from_utf8_lossy(&row.0).into_owned();
            let [whole, ..] = proposals.as_slice() else {
                panic!("{domains}: nothing is proposed for {name}");
            };
            let left = ranking(&hunt, Some(whole.clone()), domains);
            let expected: Vec<_> = all.iter().filter(|other| *other != row).cloned().collect();
            assert_eq!(left, expected, "{domains}, {name}: {whole:?}");
            let only = ranking(&hunt, Some(proposal::show_only(whole)), domains);
            assert_eq!(only, std::slice::from_ref(row), "{domains}, {name}");
        }
    }
}

#[test]
fn an_email_is_hidden_by_each_of_its_proposals() {
    let hunt = hunt();
    for domain in DOMAINS {
        let emails = hunt.all_emails(domain.as_bytes(), DomainMatching::Exact);
        let email = emails.iter().next().unwrap();
        let proposals = proposal::of_email(&hunt, email.id);
        assert!(proposals.len() >= 5, "{domain}: {proposals:#?}");
        for proposal in &proposals {
            assert!(
                hunt.would_hide(proposal, email.id),
                "{domain}: {proposal:?}"
            );
        }
        let titles: Vec<&str> = proposals.iter().map(|one| one.title.as_str()).collect();
        for odd in [
            "AdditionalFields.k is 2",
            "A.B is c",
            "Url is http://a.example/",
        ] {
            assert!(
                !titles.iter().any(|title| title.eq_ignore_ascii_case(odd)),
                "{odd} is of something else"
            );
        }
    }
}
