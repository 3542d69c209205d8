use super::*;
use proptest::prelude::*;
use rstest::rstest;

fn value(text: &str) -> Answer {
    Answer::Value(text.to_owned())
}

#[rstest]
#[case::an_object(r#" {"SPF":"pass","dmarc":"Fail"}"#, "Fail")]
#[case::an_array_of_objects(r#"[{"SPF":"pass"},{"DMARC":"fail"}]"#, "fail")]
#[case::json_in_json(r#""{\"DMARC\":\"fail\"}""#, "fail")]
#[case::json_in_json_twice(r#""\"{\\\"DMARC\\\":\\\"fail\\\"}\"""#, "fail")]
#[case::json_without_its_quotes(r#"{\"DMARC\":\"fail\"}"#, "fail")]
#[case::json_in_an_array(r#"["{\"DMARC\":\"fail\"}"]"#, "fail")]
#[case::escaped(r#"{"\u0044MARC":"fail"}"#, "fail")]
#[case::blanks_in_json(r#"{" DMARC ":" fail\u00a0"}"#, "fail")]
#[case::semicolons("SPF=fail;DKIM=none;DMARC=fail", "fail")]
#[case::blanks_after_semicolons("SPF=fail; DKIM=none; DMARC=fail; CompAuth=fail", "fail")]
#[case::colons("SPF:fail;DKIM:none;dmarc:Fail;CompAuth:fail", "Fail")]
#[case::commas("spf=pass, dkim=none, dmarc=fail", "fail")]
#[case::blanks("SPF=fail DKIM=none DMARC=fail", "fail")]
#[case::colons_and_blanks("SPF: fail DKIM: none DMARC: fail", "fail")]
#[case::lines("SPF=fail\r\nDKIM=none\r\nDMARC=fail\r\n", "fail")]
#[case::lines_of_headers("SPF   : fail\nDKIM  : none\nDMARC : fail (p=none)", "fail")]
#[case::quoted(r#""SPF"="fail"; 'DMARC'='fail'"#, "fail")]
#[case::a_list_in_json(r#""SPF=fail;DMARC=fail""#, "fail")]
#[case::a_python_dict("{'SPF': 'pass', 'DKIM': None, 'DMARC': 'fail', 'ok': True}", "fail")]
#[case::a_python_list(r#"[{'SPF': "it's"}, {u'DMARC': 'fail'}]"#, "fail")]
#[case::a_python_text(r#"'{"DMARC": "fail"}'"#, "fail")]
#[case::a_hashtable("@{SPF=pass; DKIM=; DMARC=fail}", "fail")]
#[case::a_line_of_a_server(
    "mx.example; spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=none (message not signed) header.d=none; dmarc=fail action=none header.from=dmarc.example; compauth=fail reason=000",
    "fail"
)]
#[case::a_line_without_server(
    "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=a.example; dkim=pass (signature was verified) header.d=a.example;dmarc=fail action=oreject header.from=a.example;compauth=fail reason=000",
    "fail"
)]
#[case::a_header(
    "Authentication-Results: mx.example 1; dkim/1=pass; dmarc=fail (p=reject; sp=none)",
    "fail"
)]
#[case::a_comment_within_a_comment("dmarc=fail (a (b) \\) c) action=none", "fail")]
#[case::said_twice("dmarc=fail; arc=fail (i=1 dmarc=fail); DMARC=Fail", "fail")]
fn every_spelling_says_the_same(#[case] cell: &str, #[case] dmarc: &str) {
    assert_eq!(value_of(cell.as_bytes(), "DMARC"), value(dmarc));
    assert_eq!(value_of(cell.as_bytes(), "DmArC"), value(dmarc));
    assert!(may_have(cell.as_bytes(), "DMARC"));
    let all = all_of(cell.as_bytes()).expect("it can be read");
    let is_dmarc =
        |(name, value): &&(String, String)| name.eq_ignore_ascii_case("dmarc") && value == dmarc;
    assert!(all.iter().any(|pair| is_dmarc(&pair)), "{all:?}");
}

#[rstest]
#[case::nothing("")]
#[case::blanks(" \t\n")]
#[case::an_empty_object(" { } ")]
#[case::an_empty_array("[]")]
#[case::null("null")]
#[case::none_of_python("None")]
#[case::another_key(r#"{"SPF":"pass"}"#)]
#[case::no_value(r#"{"DMARC":null}"#)]
#[case::an_empty_value(r#"{"DMARC":""}"#)]
#[case::a_value_elsewhere(r#"{"SPF":"DMARC"}"#)]
#[case::an_array_of_nothing("[null, {}]")]
#[case::a_list_without_it("SPF=pass;DKIM=none")]
#[case::a_list_with_an_empty_value("SPF=pass;DMARC=;DKIM=none")]
#[case::a_hashtable_with_an_empty_value("@{SPF=pass; DMARC=; DKIM=none}")]
#[case::a_comment_about_it("spf=pass (no DMARC record); dkim=none")]
#[case::a_property("spf=pass smtp.mailfrom=dmarc.example header.dmarc=fail")]
fn what_is_not_said_is_absent(#[case] cell: &str) {
    assert_eq!(value_of(cell.as_bytes(), "DMARC"), Answer::Absent);
}

#[rstest]
#[case::prose("whatever")]
#[case::prose_in_json(r#""whatever""#)]
#[case::a_number("5")]
#[case::numbers("[1, 2]")]
#[case::a_link("https://dmarc.example/")]
#[case::cut_off(r#"{"SPF":"pass","DMARC":"fail""#)]
#[case::cut_off_before_the_key(r#"{"SPF":"pass","#)]
#[case::without_its_beginning(r#"F":"pass","DMARC":"fail"}"#)]
#[case::cut_off_python("{'SPF': 'pass', 'DMARC': 'fa")]
#[case::cut_off_hashtable("@{SPF=pass; DMARC=fail")]
#[case::cut_off_list("SPF=pass;DKIM=none;DM")]
#[case::cut_off_quotes(r#"SPF="pass"; DMARC="fail"#)]
#[case::a_word_too_many("SPF=fail DKIM=none DMARC fail")]
#[case::an_open_comment("spf=fail (sender; dmarc=fail")]
#[case::a_closed_comment("spf=fail sender); dmarc=fail")]
#[case::two_values(r#"{"DMARC":"pass","dmarc":"fail"}"#)]
#[case::the_same_name_twice(r#"{"DMARC":"pass","DMARC":"fail"}"#)]
#[case::two_objects(r#"[{"DMARC":"pass"},{"DMARC":"fail"}]"#)]
#[case::a_list_that_says_two_things("dmarc=pass; smtp.mailfrom=x; dmarc=fail")]
#[case::written_by_the_sender(r#"spf=pass smtp.mailfrom="a; dmarc=pass"@a.example; dmarc=fail"#)]
#[case::swallowed_by_a_comment("spf=pass smtp.mailfrom=x; dmarc=pass (@a.example; dmarc=fail)")]
#[case::deeper(r#"{"results":{"DMARC":"fail"}}"#)]
#[case::as_a_name(r#"[{"name":"dmarc","value":"fail"}]"#)]
fn what_cannot_be_read_is_neither_a_value_nor_absent(#[case] cell: &str) {
    assert_eq!(value_of(cell.as_bytes(), "DMARC"), Answer::Unreadable);
}

#[test]
fn other_bytes_than_utf_8_cannot_be_read() {
    assert_eq!(value_of(b"{\"SPF\":\"\xff\"}", "DMARC"), Answer::Unreadable);
    assert_eq!(all_of(b"\xff"), None);
}

#[test]
fn values_are_whole_where_no_method_of_authentication_is_named() {
    let cell = b"X-Siem-Alert: high, see (1); X-Note: a b";
    assert_eq!(value_of(cell, "x-siem-alert"), value("high, see (1)"));
    assert_eq!(value_of(cell, "X-Note"), value("a b"));
    let lines = b"Subject: Re: a; b\r\n c\r\nX-Siem-Alert: 1";
    assert_eq!(value_of(lines, "Subject"), value("Re: a; b\r\n c"));
    assert_eq!(value_of(lines, "X-Siem-Alert"), value("1"));
}

#[test]
fn texts_in_texts_are_read_to_a_depth() {
    let mut text = r#"{"DMARC":"fail"}"#.to_owned();
    for depth in 0..8 {
        let expected = if depth <= DEEPEST_TEXT {
            value("fail")
        } else {
            Answer::Unreadable
        };
        assert_eq!(value_of(text.as_bytes(), "DMARC"), expected, "{depth}");
        text = Value::from(text).to_string();
    }
}

#[test]
fn very_deep_json_is_unreadable_or_has_no_such_key() {
    let deep = |inside: &str| format!("{}{inside}{}", "[".repeat(5000), "]".repeat(5000));
    for cell in [
        deep(""),
        deep(r#"{"DMARC":"fail"}"#),
        format!(r#"{{"DMARC":{}}}"#, deep("")),
    ] {
        assert_eq!(value_of(cell.as_bytes(), "DMARC"), Answer::Unreadable);
    }
}

#[test]
fn no_text_takes_longer_than_its_length() {
    let parts = [
        " ", ",", ", ", "'", "\"", "(", ")", "()", "\\", "=", "a=", "a:", "a ", "a=,", "a, 'b",
        "\n", "\n ", "a=\"b\" ", "spf=a ", "spf=a (", "{'", "[", "{\"a\":", "\\\"",
    ];
    for start in ["", "a=b ", "spf=b ", "@{", "{", "\"", "a: b\n"] {
        for part in parts {
            let cell = format!("{start}{}", part.repeat(100_000));
            let answer = value_of(cell.as_bytes(), "c");
            assert!(!matches!(answer, Answer::Value(_)), "{start}{part}");
        }
    }
}

/// Results by method, and the way in which a cell writes them.
fn facts() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let result = "(pass|fail|none|temperror|softfail)";
    let methods = ["SPF", "DKIM", "DMARC", "CompAuth"];
    proptest::sample::subsequence(methods.to_vec(), 1..5).prop_flat_map(move |methods| {
        let results = proptest::collection::vec(result, methods.len());
        results.prop_map(move |results| methods.iter().copied().zip(results).collect())
    })
}

/// The facts in each spelling, JSON first.
pub(crate) fn spellings(facts: &[(&str, String)]) -> Vec<String> {
    let joined = |pair: fn(&str, &str) -> String, between: &str| {
        let pairs: Vec<String> = facts
            .iter()
            .map(|(name, value)| pair(name, value))
            .collect();
        pairs.join(between)
    };
    let json = format!(
        "{{{}}}",
        joined(|name, value| format!("\"{name}\":\"{value}\""), ",")
    );
    let results = joined(
        |name, value| {
            format!(
                "{}={value} (see 192.0.2.1) header.from=a.example",
                name.to_lowercase()
            )
        },
        "; ",
    );
    vec![
        json.clone(),
        format!("[{json}]"),
        Value::from(json.as_str()).to_string(),
        joined(|name, value| format!("{name}={value}"), ";"),
        joined(|name, value| format!("{name}:{value}"), "; "),
        joined(|name, value| format!("{name}={value}"), ", "),
        joined(
            |name, value| format!("{name}={}", value.to_uppercase()),
            " ",
        ),
        joined(|name, value| format!("{name}: {value}"), "\n"),
        joined(|name, value| format!("{name}=\"{value}\""), ";"),
        format!(
            "{{{}}}",
            joined(|name, value| format!("'{name}': '{value}'"), ", ")
        ),
        format!(
            "@{{{}}}",
            joined(|name, value| format!("{name}={value}"), "; ")
        ),
        results.clone(),
        format!("mx.example; {results}"),
    ]
}

proptest! {
    #[test]
    fn all_spellings_of_the_same_facts_have_the_same_answer(facts in facts()) {
        for cell in spellings(&facts) {
            for key in ["SPF", "DKIM", "DMARC", "CompAuth"] {
                let known = facts.iter().find(|(name, _)| *name == key);
                let expected = known.map_or(Answer::Absent, |(_, result)| value(result));
                let answer = match value_of(cell.as_bytes(), key) {
                    Answer::Value(text) => Answer::Value(text.to_lowercase()),
                    other => other,
                };
                prop_assert_eq!(answer, expected, "{} in {}", key, cell);
            }
        }
    }

    #[test]
    fn another_word_of_the_same_key_is_never_overlooked(
        facts in facts(),
        spelling in 0_usize..13,
        at in any::<prop::sample::Index>(),
    ) {
        let cell = &spellings(&facts)[spelling];
        let (key, result) = &facts[0];
        let other = if result == "pass" { "fail" } else { "pass" };
        let places: Vec<usize> = cell.char_indices().map(|(place, _)| place).collect();
        let place = places[at.index(places.len())];
        let (before, after) = cell.split_at(place);
        let forged = format!("{before} ; {key}={other} ; {after}");
        let answer = value_of(forged.as_bytes(), key);
        let is_hidden = matches!(&answer, Answer::Value(value) if value.eq_ignore_ascii_case(other));
        prop_assert!(!is_hidden, "{} of {}: {:?}", key, forged, answer);
    }

    #[test]
    fn no_text_makes_it_fail(cell in any::<Vec<u8>>(), text in "[=:;, \"'(){}@\\\\a-cSPF\n]{0,40}", key in "[a-cSPF]{0,3}") {
        for cell in [cell.as_slice(), text.as_bytes()] {
            let answer = value_of(cell, &key);
            if !may_have(cell, &key) {
                prop_assert!(!matches!(answer, Answer::Value(_)));
            }
            if let Answer::Value(value) = answer {
                prop_assert!(!value.is_empty());
                prop_assert!(all_of(cell).is_some());
            }
        }
    }
}

#[rstest]
#[case::an_object_in_its_place(r#"{"DMARC":{"result":"fail"}}"#)]
#[case::an_array_in_its_place(r#"{"DMARC":["fail"]}"#)]
#[case::more_than_a_result(r#"{"DMARC":"fail (p=reject)"}"#)]
#[case::escaped_line_feeds(r"SPF=pass\nDMARC=fail")]
#[case::full_stops("SPF=fail.DMARC=fail")]
#[case::percent_encoded("SPF=pass%0aDMARC=fail")]
#[case::a_comment_in_its_place("SPF=pass;DMARC=(fail)")]
#[case::cut_before_the_value("SPF=pass;DMARC=")]
#[case::cut_within_the_value("SPF=pass;DMARC=fa")]
#[case::punctuation("DMARC=fail.")]
#[case::a_bar("DMARC=fail|")]
fn what_is_no_result_of_authentication_is_unreadable(#[case] cell: &str) {
    assert_eq!(value_of(cell.as_bytes(), "DMARC"), Answer::Unreadable);
}

#[test]
fn other_keys_may_have_any_value() {
    let cell = br#"{"Vendor":"fail (p=reject)"}"#;
    assert_eq!(value_of(cell, "Vendor"), value("fail (p=reject)"));
}
