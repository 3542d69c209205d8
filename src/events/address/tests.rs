//! Recipients as exports write them, and the domains people mean.

use super::*;
use proptest::prelude::*;
use rstest::rstest;

fn domains(cell: &str) -> (Vec<String>, Option<Form>) {
    let Reading { recipients, form } = read(cell.as_bytes());
    let text = |recipient: &Recipient<'_>| String::from_utf8_lossy(recipient.domain).into_owned();
    (recipients.iter().map(text).collect(), form)
}

/// The vectors follow the documentation of Kusto's `split` and `tostring`.
#[rstest]
#[case("a@b.com", "b.com")]
#[case("A@B.com", "B.com")]
#[case("nodomain", "")]
#[case("", "")]
#[case("a@", "")]
#[case("@b.com", "b.com")]
#[case("a@b@c.com", "b")]
#[case("\"x@y\"@z.com", "y\"")]
#[case("a@b.com ", "b.com ")]
#[case("a@b.com;c@d.com", "b.com;c")]
fn the_query_takes_the_second_piece_of_the_split(#[case] address: &str, #[case] domain: &str) {
    assert_eq!(domain_by_query(address.as_bytes()), domain.as_bytes());
}

#[rstest]
#[case("a@b.example")]
#[case("A.b+c=d_e-f!g#h%i&j*k?l^m`n~o@B.example")]
#[case("@b.example")]
#[case("prvs=1a2b=bob@b.example")]
#[case("a@büro.example")]
#[case("o'brien@b.example")]
#[case("c/o@b.example")]
fn plain_addresses_are_meant_as_the_query_takes_them(#[case] address: &str) {
    let domain = String::from_utf8_lossy(domain_by_query(address.as_bytes())).into_owned();
    assert_eq!(domains(address), (vec![domain], None));
}

#[rstest]
#[case::no_address("nodomain", &[""], Form::Other)]
#[case::no_domain("a@", &[""], Form::Other)]
#[case::dot_at_the_end("bob@fab.example.", &["fab.example."], Form::Other)]
#[case::only_a_dot("bob@.", &["."], Form::Other)]
#[case::dot_at_the_start("bob@.example", &[".example"], Form::Other)]
#[case::two_dots("bob@fab..example", &["fab..example"], Form::Other)]
#[case::ip_address("bob@[192.0.2.4]", &["[192.0.2.4]"], Form::Other)]
#[case::ip_address_of_version_6("bob@[IPv6:2001:db8::1]", &["[IPv6:2001:db8::1]"], Form::Other)]
#[case::blank_inside("bob@fab .example", &["fab .example"], Form::Other)]
#[case::tab_inside("bob@fab\u{b}example", &["fab\u{b}example"], Form::Other)]
#[case::no_break_space_inside("bob@fab\u{a0}.example", &["fab\u{a0}.example"], Form::Other)]
#[case::blank("a@x.example ", &["x.example"], Form::Other)]
#[case::no_break_space("\u{feff}a@x.example\u{a0}\u{200b}", &["x.example"], Form::Other)]
#[case::several_at("a@b@x.example", &["x.example"], Form::Other)]
#[case::quoted_local("\"bob@home\"@x.example", &["x.example"], Form::Other)]
#[case::quoted("\"a@x.example\"", &["x.example"], Form::Other)]
#[case::single_quoted("'a@x.example'", &["x.example"], Form::Other)]
#[case::twice_quoted("\"'a@x.example'\"", &["x.example"], Form::Other)]
#[case::named("Bob <bob@x.example>", &["x.example"], Form::Named)]
#[case::bracketed("<bob@x.example>", &["x.example"], Form::Named)]
#[case::named_by_address("\"bob@home\" <bob@x.example>", &["x.example"], Form::Named)]
#[case::name_behind("bob@x.example (Bob, the builder)", &["x.example"], Form::Named)]
#[case::name_in_brackets("bob@x.example <Bob>", &["x.example <Bob"], Form::Other)]
#[case::name_with_comma("Smith, Bob <bob@x.example>", &["x.example"], Form::Named)]
#[case::name_in_quotes("\"Smith; Bob\" <bob@x.example>", &["x.example"], Form::Named)]
#[case::mailto("mailto:a@x.example?cc=b@y.example", &["x.example"], Form::Prefixed)]
#[case::smtp("SMTP: a@x.example", &["x.example"], Form::Prefixed)]
#[case::named_with_prefix("Bob <smtp:a@x.example>", &["x.example"], Form::Named)]
#[case::path("/O=Contoso, Ltd/OU=EXCHANGE/CN=RECIPIENTS/CN=a@x", &[""], Form::Directory)]
#[case::path_with_prefix("EX:/o=contoso/ou=first/cn=bob", &[""], Form::Directory)]
#[case::made_an_address("IMCEAEX-_o=contoso_cn=bob@x.example", &["x.example"], Form::Directory)]
#[case::list("a@x.example;b@y.example", &["x.example", "y.example"], Form::List)]
#[case::list_with_blanks(" a@x.example , b@y.example ;", &["x.example", "y.example"], Form::List)]
#[case::list_in_lines("a@x.example\r\nb@y.example", &["x.example", "y.example"], Form::List)]
#[case::list_with_bars("a@x.example|b@y.example", &["x.example", "y.example"], Form::List)]
#[case::list_of_words("a@x.example  b@y.example", &["x.example", "y.example"], Form::List)]
#[case::json("[\"a@x.example\",\"b@y.example\"]", &["x.example", "y.example"], Form::List)]
#[case::json_of_one("[\"a@x.example\"]", &["x.example"], Form::Other)]
#[case::python("['a@x.example', 'b@y.example']", &["x.example", "y.example"], Form::List)]
#[case::set("{a@x.example,b@y.example}", &["x.example", "y.example"], Form::List)]
#[case::twice("a@x.example;A@X.example", &["x.example"], Form::Other)]
#[case::same_domain("a@x.example;b@x.example", &["x.example", "x.example"], Form::List)]
#[case::names(
    "Smith, Bob <b@x.example>; \"Doe, Jane\" <j@y.example>, k@z.example",
    &["x.example", "y.example", "z.example"], Form::List
)]
#[case::with_path("/o=A, B/cn=c;a@x.example", &["", "x.example"], Form::List)]
#[case::without_address("a@x.example; Bob", &["x.example", ""], Form::List)]
#[case::never_closed("\"a@x.example;<b@y.example", &["x.example", "y.example"], Form::List)]
fn other_recipients_are_read_as_people_mean_them(
    #[case] cell: &str,
    #[case] expected: &[&str],
    #[case] form: Form,
) {
    let expected = expected.iter().map(|domain| (*domain).to_owned()).collect();
    assert_eq!(domains(cell), (expected, Some(form)));
}

#[test]
fn blank_cells_have_no_recipient() {
    for cell in ["", " ", "\u{a0}", "[]", "\"\""] {
        assert_eq!(domains(cell).0, [""; 0], "{cell:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_addresses_all_the_same() {
    let reading = read(b" b\xfcro@x.example\xa0");
    assert_eq!(reading.recipients[0].domain, b"x.example");
    assert_eq!(read(b"\xa0").recipients, []);
}

#[test]
fn hostile_texts_take_no_time_without_end() {
    for mark in ["\"", "<", "(", "\\\"", "\"\\", "@", "',"] {
        let text = format!("{}@x.example", mark.repeat(LONGEST_LIST / 4));
        assert!(!read(text.as_bytes()).recipients.is_empty());
    }
    let long = "a@x.example;".repeat(LONGEST_LIST / 12 + 1);
    assert_eq!(read(long.as_bytes()).recipients.len(), 1);
}

proptest! {
    #[test]
    fn what_is_plain_at_once_is_plain_when_looked_at_closely(
        cell in "[a-bA-B@;,<>\"':/() \\\\{|}\\[\\]\u{a0}ü.]{0,12}"
    ) {
        if let Some(domain) = plain_domain(cell.as_bytes()) {
            let expected = vec![String::from_utf8_lossy(domain).into_owned()];
            prop_assert_eq!(domains(&cell), (expected, None));
            prop_assert_eq!(domain, domain_by_query(cell.as_bytes()));
        }
    }

    #[test]
    fn every_recipient_of_a_list_is_found(
        names in prop::collection::vec("[a-z]{1,5}", 1..6),
        separator in prop::sample::select(vec![";", ", ", ",", " ; ", "\n"]),
        style in 0..5_usize,
    ) {
        let written = names.iter().enumerate().map(|(index, name)| match style {
            0 => format!("u{index}@{name}.example"),
            1 => format!("<u{index}@{name}.example>"),
            2 => format!("\"U; {index}\" <u{index}@{name}.example>"),
            3 => format!("'u{index}@{name}.example'"),
            _ => format!("smtp:u{index}@{name}.example"),
        });
        let cell = written.collect::<Vec<_>>().join(separator);
        let expected: Vec<String> = names.iter().map(|name| format!("{name}.example")).collect();
        prop_assert_eq!(domains(&cell).0, expected);
    }
}
