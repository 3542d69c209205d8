//! What the analyst sees, frame by frame, at the three sizes that are designed for.

#[path = "support/screen.rs"]
#[allow(
    dead_code,
    reason = "each test file uses its part of the shared harness"
)]
mod screen;

use mailhunt::events::input::Input;
use mailhunt::events::load::ProgressReading;
use mailhunt::pipeline::{LoadState, Update};
use mailhunt::tui::app::Msg;
use mailhunt::tui::theme::Theme;
use rstest::rstest;
use screen::{demo, draw, examined, frame, loaded, play, waiting};

const SIZES: [(u16, u16); 3] = [(140, 40), (80, 24), (40, 10)];

/// A frame of the demo after these keys, at each size.
fn at_each_size(name: &str, keys: &str) {
    for (width, height) in SIZES {
        let mut app = demo(width, height);
        play(&mut app, keys);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), frame(&app));
    }
}

#[rstest]
#[case("ranking", "")]
#[case("ranking_with_exclusions", "1234")]
#[case("emails_of_a_domain", "2jj<enter>j")]
#[case("one_email", "jj<enter>j<enter>")]
// The oldest of its phish was clicked on before it was taken away.
#[case("email_clicked_and_purged", "<enter>G<enter>")]
#[case("email_with_a_file", "/litware<enter><enter>G<enter>")]
#[case("email_given_back", "/secondlook<enter><enter><enter>")]
#[case("hostile_subjects", "/tailspin<enter><enter>")]
#[case("exclusions", "13<tab><tab>j")]
#[case("files", "f")]
#[case("help", "?")]
#[case("palette", ":excl")]
#[case("export_dialog", "1e<tab>")]
#[case("hidden", "1234H")]
#[case("hidden_emails", "1234Hjj<enter>")]
#[case("hidden_email", "1234Hjj<enter><enter>")]
#[case("nothing_hidden", "H")]
#[case("timeline", "t")]
#[case("time_range", "t<left><left><left><space><left><left><space>")]
#[case(
    "ranking_of_a_time_range",
    "t<shift-left><shift-left><esc><shift-left>124<tab>H"
)]
#[case("time_range_for_threats_only", "t<space><space>r<esc>")]
#[case("query", "3K")]
#[case("query_saved", "13KjjGe<tab>")]
#[case("search", "/cloud")]
#[case("nothing_found", "/nobody")]
#[case("domains_folded", "d/ADATUM<enter>")]
#[case("emails_of_an_organisation", "dd/cloudreports<enter><enter>")]
#[case("export_dialog_of_organisations", "dde")]
#[case("export_dialog_of_emails", "<enter>e<down>,")]
#[case("export_dialog_of_one_email", "<enter><enter>e<tab>")]
#[case("exclude_like_this_domain", "x")]
#[case("exclude_like_this_narrowed", "<enter><enter>xdmarc<down>")]
#[case("exclude_like_this_email", "<enter><enter>x<down><down><tab>")]
#[case("exclusion_as_text", "x<ctrl-e>")]
#[case("exclusion_added", "x<enter>")]
#[case("exclusion_renamed", "<tab><tab>jR")]
#[case("leaving_with_unsaved", "x<enter>jx<enter>q")]
#[case("leaving_while_editing", "<tab><tab>a#<ctrl-c>")]
fn screens(#[case] name: &str, #[case] keys: &str) {
    at_each_size(name, keys);
}

#[test]
fn saving_a_built_in_asks() {
    for (width, height) in SIZES {
        let mut app = demo(width, height);
        app.own_exclusions = Some("exclusions.toml".into());
        play(&mut app, "<tab><tab>w");
        insta::assert_snapshot!(format!("saving_a_built_in_{width}x{height}"), frame(&app));
        play(&mut app, "nR!<enter>q");
        let name = format!("leaving_with_a_changed_built_in_{width}x{height}");
        insta::assert_snapshot!(name, frame(&app));
    }
}

#[test]
fn the_first_frame_and_a_load_under_way() {
    for (width, height) in SIZES {
        let inputs = mailhunt::demo::inputs();
        let mut app = waiting(&inputs, width, height);
        insta::assert_snapshot!(format!("first_frame_{width}x{height}"), frame(&app));
        let mut load = LoadState::waiting(&inputs);
        load.files[0].progress = ProgressReading {
            bytes_read: 450_000_000,
            bytes_total: 1_150_000_000,
            rows: 812_345,
            finished: false,
        };
        for companion in &mut load.files[1..] {
            companion.progress.bytes_total = 12_500_000;
        }
        app.update(Msg::Loading(Update { load, hunt: None }));
        insta::assert_snapshot!(format!("loading_{width}x{height}"), frame(&app));
    }
}

#[test]
fn a_damaged_file_says_so_and_lists_what_was_rejected() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("EmailEvents.csv");
    let text = "EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes\n\
                Outbound,contoso.example,a@partner.example,\n\
                Inbound,partner.example,b@contoso.example,Phish\n\
                Inbound,partner.example\n\
                Inbound,partner.example,b@contoso.example,Spam\n";
    std::fs::write(&path, text).expect("written");
    let mut app = loaded(vec![Input::File(path)], 100, 24);
    play(&mut app, "f");
    // The name of the folder is another one each time.
    let text = frame(&app);
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains('/')).collect();
    insta::assert_snapshot!("damaged_file", lines.join("\n"));
}

const MISLEADING: &str = "\
    Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes,X-\u{202e}Note
2026-11-01T09:00:00Z,m-1,Outbound,contoso.example,a@partner.example,,
2026-11-01T10:00:00Z,m-2,Inbound,partner.example,b@contoso.example,Phish,
2026-11-01T10:00:00Z,m-2,Inbound,partner.example,b@contoso.example,Phish,
2026-11-02T10:00:00Z,m-2,Inbound,partner.example,b@contoso.example,,
2026-11-02T11:00:00Z,m-3,outbound,contoso.example,c@partner.example,,
2026-11-02T11:00:00Z
";

const OVERLAPPING: &str = "\
    Timestamp,NetworkMessageId,EmailDirection,SenderFromDomain,RecipientEmailAddress,ThreatTypes
2026-11-02T10:00:00Z,m-2,Inbound,partner.example,b@contoso.example,
2026-11-03T10:00:00Z,m-4,Inbound,partner.example,b@contoso.example,Spam
";

#[test]
fn the_account_of_files_that_mislead_is_marked_in_the_header_and_says_what_is_wrong_first() {
    let inputs = || {
        let files = [("october.csv", MISLEADING), ("november.csv", OVERLAPPING)];
        files
            .map(|(name, text)| Input::Memory {
                name: name.into(),
                bytes: text.as_bytes().into(),
            })
            .to_vec()
    };
    for (width, height) in SIZES {
        let mut app = examined(inputs(), width, height);
        play(&mut app, "f");
        let name = format!("misleading_files_{width}x{height}");
        insta::assert_snapshot!(name, frame(&app));
        play(&mut app, "<pagedown>");
        let name = format!("misleading_files_scrolled_{width}x{height}");
        insta::assert_snapshot!(name, frame(&app));
    }
    let mut app = examined(inputs().split_off(1), 80, 24);
    assert!(!frame(&app).contains("warning"));
    app = examined(
        [inputs().split_off(1), inputs().split_off(1)].concat(),
        80,
        24,
    );
    assert!(frame(&app).contains("1 warning (f)"), "{}", frame(&app));
}

#[test]
fn a_terminal_that_is_too_small_says_what_it_needs() {
    let mut app = demo(39, 9);
    insta::assert_snapshot!("too_small", frame(&app));
    let effects = play(&mut app, "q");
    assert!(matches!(effects[..], [mailhunt::tui::app::Effect::Quit]));
}

#[test]
fn styles_with_and_without_colour() {
    let mut app = demo(60, 20);
    play(&mut app, "1/tailspin<enter><enter>");
    insta::assert_debug_snapshot!("styles_in_colour", draw(&app).backend().buffer());
    app.theme = Theme::monochrome();
    insta::assert_debug_snapshot!("styles_monochrome", draw(&app).backend().buffer());
}
