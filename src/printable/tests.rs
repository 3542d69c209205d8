//! What Printable promises: examples for each class of character, and properties for all text.

use proptest::collection::vec;
use proptest::prelude::*;
use rstest::rstest;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

use super::*;

const BIDI_CONTROLS: [char; 12] = [
    '\u{061C}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

fn shown(text: &str) -> String {
    Printable::new(text.as_bytes()).to_string()
}

fn cells_of(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

#[rstest]
#[case::escape("\x1b[31m", "^[[31m")]
#[case::bell("\x07", "^G")]
#[case::nul("\0", "^@")]
#[case::unit_separator("\x1f", "^_")]
#[case::delete("\x7f", "^?")]
#[case::tab("a\tb", "a⇥b")]
#[case::line_feed("a\nb", "a↵b")]
#[case::carriage_return("a\rb", "a␍b")]
#[case::line_end("a\r\nb", "a␍↵b")]
#[case::vertical_tab("\x0b\x0c", "^K^L")]
#[case::c1("\u{9b}2J", "\\u{9b}2J")]
#[case::next_line("\u{85}", "\\u{85}")]
#[case::separators("\u{2028}\u{2029}", "⟨U+2028⟩⟨U+2029⟩")]
#[case::bidi("a\u{202E}b", "a⟨U+202E⟩b")]
#[case::arabic_mark("\u{061C}", "⟨U+061C⟩")]
#[case::zero_width("pay\u{200B}pal", "pay⟨U+200B⟩pal")]
#[case::soft_hyphen("\u{AD}", "⟨U+00AD⟩")]
#[case::byte_order_mark("\u{FEFF}", "⟨U+FEFF⟩")]
#[case::grapheme_joiner("a\u{034F}b", "a⟨U+034F⟩b")]
#[case::fillers("\u{3164}\u{115F}\u{1160}\u{FFA0}", "⟨U+3164⟩⟨U+115F⟩⟨U+1160⟩⟨U+FFA0⟩")]
#[case::blank_braille("\u{2800}", "⟨U+2800⟩")]
#[case::tags("a\u{E0041}\u{E007F}", "a⟨U+E0041⟩⟨U+E007F⟩")]
#[case::selector_17("a\u{E0100}", "a⟨U+E0100⟩")]
#[case::selector_after_letter("a\u{FE0F}", "a⟨U+FE0F⟩")]
#[case::selector_twice("\u{2764}\u{FE0F}\u{FE0F}", "\u{2764}\u{FE0F}⟨U+FE0F⟩")]
#[case::selector_leading("\u{FE0F}", "⟨U+FE0F⟩")]
#[case::joiner_in_latin("a\u{200D}b\u{200C}c", "a⟨U+200D⟩b⟨U+200C⟩c")]
#[case::joiner_twice("\u{6CC}\u{200C}\u{200C}\u{62E}", "\u{6CC}⟨U+200C⟩⟨U+200C⟩\u{62E}")]
#[case::joiner_at_end("\u{1F469}\u{200D}", "\u{1F469}⟨U+200D⟩")]
#[case::private_use("\u{E000}\u{F0000}", "⟨U+E000⟩⟨U+F0000⟩")]
#[case::noncharacters("\u{FFFE}\u{FDD0}", "⟨U+FFFE⟩⟨U+FDD0⟩")]
#[case::unassigned("\u{0378}", "⟨U+0378⟩")]
#[case::leading_mark("\u{301}a", "◌\u{301}a")]
#[case::mark_after_escape("\x1b\u{301}", "^[◌\u{301}")]
#[case::spacing_mark_after_escape("\u{200B}\u{93E}", "⟨U+200B⟩◌\u{93E}")]
#[case::lone_skin_tone("\u{1F3FB}", "⟨U+1F3FB⟩")]
#[case::skin_tone_on_letter("a\u{1F3FB}", "a⟨U+1F3FB⟩")]
#[case::hangul_without_width("a\u{1161}", "a⟨U+1161⟩")]
#[case::hangul_pile("\u{1100}\u{1100}\u{1100}", "\u{1100}⟨U+1100⟩⟨U+1100⟩")]
#[case::too_wide("\u{17D8}", "⟨U+17D8⟩")]
#[case::prepended("\u{11A3A}a", "⟨U+11A3A⟩a")]
fn hostile_characters_become_visible(#[case] text: &str, #[case] expected: &str) {
    let printable = Printable::new(text.as_bytes());
    assert_eq!(printable.to_string(), expected);
    assert!(printable.is_hostile());
    assert_eq!(sanitize_for_terminal(text), expected);
}

#[rstest]
#[case::lone_continuation(b"a\x80", "a\\x80")]
#[case::c1_byte(b"\x9b2J", "\\x9B2J")]
#[case::truncated(b"\xF0\x9F\x98", "\\xF0\\x9F\\x98")]
#[case::overlong(b"\xC0\x9B", "\\xC0\\x9B")]
#[case::high_surrogate(b"\xED\xA0\x80", "⟨U+D800⟩")]
#[case::low_surrogate(b"a\xED\xBF\xBFb", "a⟨U+DFFF⟩b")]
#[case::mark_after_byte(b"\xFF\xCC\x81", "\\xFF◌\u{301}")]
fn broken_encoding_becomes_visible(#[case] bytes: &[u8], #[case] expected: &str) {
    let printable = Printable::new(bytes);
    assert_eq!(printable.to_string(), expected);
    assert!(printable.is_hostile());
}

#[rstest]
#[case::empty("")]
#[case::ascii("Invoice #4711 (final) ~ 100%")]
#[case::escape_as_text("^[ and ⟨U+202E⟩ and \\x9B")]
#[case::german("Größe, Übergrößenträger")]
#[case::decomposed("Gro\u{308}\u{323}ße")]
#[case::greek("Ἀθῆναι")]
#[case::cyrillic("Счёт")]
#[case::hebrew("שָׁלוֹם עולם")]
#[case::arabic("السلام عليكم لا إله")]
#[case::persian("می\u{200C}خواهم")]
#[case::hindi("राष्ट्रीय स्थान संस्कृत")]
#[case::hindi_joiner("क्\u{200D}ष")]
#[case::bengali("প্রতিষ্ঠান")]
#[case::sinhala("ශ්\u{200D}රී ලංකා")]
#[case::tamil("தமிழ் கொடு")]
#[case::thai("น้ำ ภาษาไทย")]
#[case::burmese("မြန်မာဘာသာ")]
#[case::khmer("ភាសាខ្មែរ")]
#[case::tibetan("བོད་སྐད་")]
#[case::japanese("日本語のテキスト、ｶﾞ")]
#[case::korean("한국어")]
#[case::chinese("发票，请查收")]
#[case::emoji("👍 🎉 ⚠️ ❤️ ©️ 1️⃣ 🇩🇪")]
#[case::emoji_skin_tone("👋🏽")]
#[case::emoji_family("👨\u{200D}👩\u{200D}👧\u{200D}👦")]
#[case::emoji_profession("👩🏽\u{200D}⚕️ 🏃\u{200D}♀️ 🏳️\u{200D}🌈 ❤️\u{200D}🔥 ⛓️\u{200D}💥")]
#[case::text_presentation("☎\u{FE0E}")]
#[case::replacement("\u{FFFD}")]
#[case::blanks("a\u{A0}b\u{3000}c")]
fn clean_text_is_unchanged(#[case] text: &str) {
    let printable = Printable::new(text.as_bytes());
    assert_eq!(printable.to_string(), text);
    assert!(!printable.is_hostile());
    assert!(printable.segments().len() <= 1);
}

#[test]
fn every_bidi_control_is_named() {
    for control in BIDI_CONTROLS {
        let expected = format!("⟨U+{:04X}⟩", u32::from(control));
        assert_eq!(shown(&control.to_string()), expected);
    }
}

#[test]
fn every_control_character_has_its_own_form() {
    let forms: std::collections::HashSet<String> = ('\0'..='\u{9F}')
        .filter(|character| character.is_control())
        .map(|character| shown(&character.to_string()))
        .collect();
    assert_eq!(forms.len(), 65);
}

#[test]
fn every_character_alone_is_safe_stable_and_has_width() {
    // The planes between hold nothing that is assigned.
    for character in ('\0'..='\u{3FFFF}').chain('\u{E0000}'..='\u{F0100}') {
        let text = character.to_string();
        let printable = Printable::new(text.as_bytes());
        let safe = printable.to_string();
        assert_safe(&safe);
        assert_eq!(shown(&safe), safe, "{character:?}");
        assert_eq!(printable.width(), cells_of(&safe), "{character:?}");
        assert!(printable.width() > 0, "{character:?}");
    }
}

#[test]
fn a_flood_of_combining_marks_is_counted() {
    let flood = format!("a{}b", "\u{301}".repeat(100));
    let expected = format!("a{}⟨+96⟩b", "\u{301}".repeat(4));
    assert_eq!(shown(&flood), expected);
    let leading = "\u{301}".repeat(100_000);
    assert_eq!(shown(&leading), format!("◌{}⟨+99996⟩", "\u{301}".repeat(4)));
}

#[test]
fn a_cluster_of_too_many_bytes_is_escaped_after_its_base() {
    let conjunct = "क्".repeat(20);
    let safe = shown(&conjunct);
    assert!(safe.starts_with("क⟨U+094D⟩⟨U+0915⟩"), "{safe}");
}

#[test]
fn segments_tell_escapes_from_text_that_looks_like_them() {
    let printable = Printable::new(b"^[\x1b\x07^G");
    let parts: Vec<(&str, SegmentKind)> = printable
        .segments()
        .iter()
        .map(|segment| (segment.text.as_str(), segment.kind))
        .collect();
    assert_eq!(
        parts,
        [
            ("^[", SegmentKind::Plain),
            ("^[^G", SegmentKind::Hostile),
            ("^G", SegmentKind::Plain)
        ]
    );
}

#[rstest]
#[case("Invoice", 7, "Invoice")]
#[case("Invoices", 7, "Invoic…")]
#[case("Invoice", 1, "…")]
#[case("Invoice", 0, "")]
#[case("日本語", 6, "日本語")]
#[case("日本語", 5, "日本…")]
#[case("日本語", 4, "日…")]
#[case("ab\x1bcd", 4, "ab…")]
#[case("ab\u{202E}cd", 6, "ab…")]
#[case("می\u{200C}خواهم", 3, "می…")]
fn clipping_ends_with_a_mark(#[case] text: &str, #[case] cells: usize, #[case] expected: &str) {
    let clipped = Printable::clipped(text.as_bytes(), cells);
    assert_eq!(clipped.to_string(), expected);
    assert_eq!(clipped.is_clipped(), text != expected);
    assert_eq!(clipped.width(), cells_of(expected));
}

#[test]
fn clipping_knows_of_the_escape_for_which_there_was_no_room() {
    assert!(Printable::clipped("ab\u{202E}cd".as_bytes(), 6).is_hostile());
}

#[test]
fn a_long_value_is_cut_between_characters() {
    let long = "é".repeat(5_000_000);
    assert_eq!(Printable::clipped(long.as_bytes(), 4).to_string(), "ééé…");
    let wide = vec![b'x'; 10_000_000];
    assert_eq!(Printable::clipped(&wide, usize::MAX).width(), 10_000_000);
    let marks = format!("a{}", "\u{301}".repeat(5_000_000));
    let clipped = Printable::clipped(marks.as_bytes(), 20);
    assert!(clipped.is_clipped() && clipped.is_hostile());
    assert!(clipped.to_string().ends_with('…'));
}

fn lines(text: &[u8], width: usize, max_bytes: usize) -> Vec<String> {
    Printable::multiline(text, width, max_bytes)
        .iter()
        .map(Printable::to_plain_string)
        .collect()
}

#[rstest]
#[case::empty(b"", 10, &[""])]
#[case::line_feeds(b"a\nb\r\n\nc", 10, &["a", "b", "", "c"])]
#[case::lone_carriage_return(b"a\rb\r", 10, &["a␍b␍"])]
#[case::at_blanks(b"the quick brown fox", 10, &["the quick", "brown fox"])]
#[case::exact(b"0123456789 abc", 10, &["0123456789", "abc"])]
#[case::long_word(b"0123456789abc de", 5, &["01234", "56789", "abc", "de"])]
#[case::leading_blank(b" 0123456789", 5, &[" 0123", "45678", "9"])]
#[case::narrow("日本".as_bytes(), 3, &["日", "本"])]
#[case::too_narrow("日".as_bytes(), 1, &["⟨", "U", "+", "6", "5", "E", "5", "⟩"])]
#[case::divided_escape("\u{202E}".as_bytes(), 5, &["⟨U+20", "2E⟩"])]
#[case::zero_width(b"ab", 0, &["a", "b"])]
fn long_text_is_broken(#[case] text: &[u8], #[case] width: usize, #[case] expected: &[&str]) {
    assert_eq!(lines(text, width, usize::MAX), expected);
}

#[test]
fn a_sentence_is_broken_for_its_width_only() {
    let lines = |text: &str, width, most| {
        let lines = Printable::wrapped(text.as_bytes(), width, most);
        let lines = lines.iter().map(Printable::to_plain_string);
        lines.collect::<Vec<String>>()
    };
    assert_eq!(lines("a\nb\r\n c", 50, 99), ["a↵b␍↵ c"]);
    assert_eq!(lines("a\nb c", 3, 99), ["a↵b", "c"]);
    assert_eq!(lines("abcdef", 50, 2), ["ab", "… 4 B more"]);
    assert_eq!(lines("", 50, 2), [""]);
}

#[test]
fn what_is_left_out_is_said() {
    let text = vec![b'x'; 10_000_000];
    let shown = lines(&text, 50, 100_000);
    assert_eq!(shown.len(), 2001);
    assert_eq!(shown.last().map(String::as_str), Some("… 9.9 MB more"));
    assert_eq!(lines(b"abcdef", 50, 2), ["ab", "… 4 B more"]);
    assert_eq!(lines(b"abcdef", 50, 0), ["… 6 B more"]);
    assert_eq!(lines("aé".as_bytes(), 50, 2), ["a", "… 2 B more"]);
    let last = Printable::multiline(b"abcdef", 5, 2).pop();
    assert!(last.is_some_and(|note| note.is_clipped() && note.width() <= 5));
}

fn assert_safe(text: &str) {
    for character in text.chars() {
        let category = character.general_category();
        assert!(
            !matches!(
                category,
                GeneralCategory::Control
                    | GeneralCategory::LineSeparator
                    | GeneralCategory::ParagraphSeparator
                    | GeneralCategory::PrivateUse
                    | GeneralCategory::Unassigned
            ),
            "{character:?} in {text:?}"
        );
        assert!(
            category != GeneralCategory::Format || is_joiner(character),
            "{character:?} in {text:?}"
        );
    }
    for cluster in text.graphemes(true) {
        assert!(cluster.len() <= 32, "{cluster:?} in {text:?}");
        assert!(cluster.width() > 0, "{cluster:?} in {text:?}");
    }
}

/// Everything that is promised of one line.
fn assert_sound(printable: &Printable) -> Result<(), TestCaseError> {
    let text = printable.to_string();
    assert_safe(&text);
    prop_assert_eq!(printable.width(), cells_of(&text));
    prop_assert!(text.width() <= printable.width());
    let again = Printable::new(text.as_bytes());
    prop_assert_eq!(again.to_string(), text);
    prop_assert_eq!(again.width(), printable.width());
    prop_assert!(
        printable
            .segments()
            .iter()
            .all(|part| !part.text.is_empty())
    );
    Ok(())
}

/// Characters that change what their neighbours look like.
fn nasty_character() -> impl Strategy<Value = char> {
    let chosen: Vec<char> = "\0\t\n\r\x1b\x7f\u{85}\u{9b} aZ9#*◌⟩…é日ß\u{301}\u{489}\u{20E3}\u{200C}\u{200D}\u{FE0E}\u{FE0F}\u{FE00}\
        \u{6CC}\u{644}\u{627}\u{62E}\u{915}\u{94D}\u{937}\u{93E}\u{DC1}\u{DCA}\u{D4E}\u{11A3A}\u{E33}\u{E19}\u{FF9E}\
        \u{1100}\u{1161}\u{11A8}\u{1F469}\u{1F3FD}\u{2764}\u{2640}\u{1F1E6}\u{1F1E7}\u{E0041}\u{E0100}\u{E000}\u{2D31}\u{2D7F}\
        \u{17D2}\u{1780}\u{17D8}\u{A4F8}\u{A4FC}\u{1A15}\u{1A17}\u{1A10}\u{5D0}\u{5DC}\u{16D63}\u{16D67}\u{2018}\u{338}<\u{ad}\u{200b}\u{600}\u{2E3B}\u{FDFD}"
        .chars()
        .collect();
    prop_oneof![
        8 => proptest::sample::select(chosen),
        1 => proptest::sample::select(BIDI_CONTROLS.to_vec()),
        1 => any::<char>(),
    ]
}

fn nasty_text() -> impl Strategy<Value = String> {
    vec(nasty_character(), 0..40).prop_map(String::from_iter)
}

/// Nasty text with bytes that are no text between.
fn nasty_bytes() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        3 => nasty_text().prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..8),
        1 => (0xA0_u8..=0xBF, 0x80_u8..=0xBF).prop_map(|(second, third)| vec![0xED, second, third]),
    ];
    vec(part, 0..6).prop_map(|parts| parts.concat())
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        2 => vec(any::<u8>(), 0..200),
        2 => any::<String>().prop_map(String::into_bytes),
        6 => nasty_bytes(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_is_sound(bytes in any_bytes()) {
        let printable = Printable::new(&bytes);
        assert_sound(&printable)?;
        prop_assert_eq!(printable.is_hostile(), printable.to_string().as_bytes() != bytes);
    }

    #[test]
    fn a_clipped_line_is_sound(bytes in any_bytes(), max_cells in 0_usize..60) {
        let whole = Printable::new(&bytes);
        let clipped = Printable::clipped(&bytes, max_cells);
        assert_sound(&clipped)?;
        prop_assert!(clipped.width() <= max_cells);
        prop_assert_eq!(clipped.is_clipped(), whole.width() > max_cells);
        if !clipped.is_clipped() {
            prop_assert_eq!(clipped, whole);
        }
    }

    #[test]
    fn broken_lines_are_sound_and_lose_nothing(bytes in nasty_bytes(), width in 0_usize..30) {
        let mut kept = String::new();
        for line in Printable::multiline(&bytes, width, usize::MAX) {
            assert_sound(&line)?;
            prop_assert!(line.width() <= width.max(1));
            kept.push_str(&line.to_string());
        }
        if width >= 10 {
            let without_line_ends = Printable::new(&bytes)
                .to_string()
                .replace("␍↵", "")
                .replace('↵', "");
            prop_assert_eq!(without_gaps(&kept), without_gaps(&without_line_ends));
        }
    }

    #[test]
    fn distinct_controls_stay_distinct(first in "[\\x00-\\x1f\\x7f-\\x9f]{1,6}", second in "[\\x00-\\x1f\\x7f-\\x9f]{1,6}") {
        prop_assert_eq!(first == second, shown(&first) == shown(&second));
    }
}

/// Breaking a line may take a blank and a joiner, and what follows a break gets a new base.
fn without_gaps(text: &str) -> String {
    text.replace([' ', '\u{200C}', '\u{200D}', '◌'], "")
}
