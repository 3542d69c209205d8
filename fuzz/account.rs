//! What must hold of every file, whatever is in it.

use mailhunt::events::input::Input;
use mailhunt::events::joined::JoinedRows;
use mailhunt::events::load::CancelToken;
use mailhunt::events::schema::Table;
use mailhunt::hunt::Query;
use mailhunt::hunt::exclusion::{self, Exclusion};
use mailhunt::pipeline;
use std::sync::{Arc, LazyLock};

/// Read once: their patterns take longer than a small file.
static EXCLUSIONS: LazyLock<Arc<[Exclusion]>> = LazyLock::new(|| {
    let exclusions = exclusion::built_in().expect("the built-in definitions are valid");
    exclusions.into()
});

/// Loads one file of these bytes. A panic anywhere ends the fuzzer's process, also one that the program
/// would turn into a sentence.
///
/// # Panics
/// When a row is unaccounted for.
pub fn load(bytes: &[u8]) {
    let input = Input::Memory {
        name: "fuzz".into(),
        bytes: bytes.to_vec().into(),
    };
    let exclusions = Arc::clone(&EXCLUSIONS);
    let cancel = CancelToken::default();
    let (state, hunt) = pipeline::run(vec![input], exclusions, &cancel, pipeline::Nobody);
    let report = state.files[0]
        .report
        .as_deref()
        .expect("the file is done with");
    assert_eq!(
        state.files[0].progress.rows,
        report.rows_kept + report.rows_rejected + report.other_tables.rows(),
        "rows read are rows kept and rows rejected: {report:?}"
    );
    let kept = |table: Table| {
        report
            .tables
            .iter()
            .filter(|(known, _)| *known == table)
            .map(|(_, rows)| rows)
            .sum::<u64>()
    };
    // A row may list several recipients, and a join may repeat an email.
    let further = report.recipient_lists.emails - report.recipient_lists.records;
    let repeated = report.joined.as_ref().map_or(0, JoinedRows::collapsed);
    assert_eq!(
        hunt.store.events() + repeated,
        kept(Table::EmailEvents) + further,
        "kept events are in the store"
    );
    let view = hunt.view(&Query::default());
    let outbound: u64 = view.rows.iter().map(|row| row.outbound_emails).sum();
    assert!(outbound <= hunt.store.events());
}
