//! What may follow the header of a CSV file; the first byte chooses what stands between its cells.
#![no_main]

const HEADER: [&str; 6] = [
    "Timestamp",
    "EmailDirection",
    "SenderFromDomain",
    "RecipientEmailAddress",
    "ThreatTypes",
    "NetworkMessageId",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rows)) = bytes.split_first() else {
        return;
    };
    let delimiter = [",", "\t", ";"][usize::from(choice % 3)];
    let mut file = HEADER.join(delimiter).into_bytes();
    file.push(b'\n');
    file.extend_from_slice(rows);
    account::load(&file);
});
