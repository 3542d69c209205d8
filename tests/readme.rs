//! The README says what is true: its key list is the one of the command table, its commands exist.

use mailhunt::tui::commands;

const BEGIN: &str = "<!-- keys: begin -->\n";
const END: &str = "<!-- keys: end -->";

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("a README")
}

/// With `UPDATE_README=1` the list is written anew instead.
#[test]
fn the_key_list_is_the_command_table() {
    let text = readme();
    let (before, rest) = text
        .split_once(BEGIN)
        .expect("the mark where the keys begin");
    let (list, after) = rest.split_once(END).expect("the mark where the keys end");
    let expected = format!("\n{}\n", commands::markdown_table());
    if std::env::var_os("UPDATE_README").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
        std::fs::write(path, format!("{before}{BEGIN}{expected}{END}{after}")).expect("written");
        return;
    }
    assert!(
        list == expected,
        "the key list of the README is stale: run UPDATE_README=1 cargo test --test readme"
    );
}

#[test]
fn the_first_commands_are_the_ones_that_run_and_test_it() {
    let text = readme();
    let first_block = text.split("```").nth(1).expect("a block of commands");
    let commands: Vec<&str> = first_block
        .lines()
        .skip(1)
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(
        commands,
        [
            "cargo run --release -- --demo",
            "cargo run --release -- EmailEvents.csv",
            "cargo test"
        ]
    );
}

#[test]
fn the_number_of_packages_is_the_one_in_the_lock_file() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"))
        .expect("a lock file");
    let packages = lock.matches("[[package]]").count();
    assert!(
        readme().contains(&format!("{packages} packages in `Cargo.lock`")),
        "Cargo.lock has {packages} packages: the README says something else"
    );
}
