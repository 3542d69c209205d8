//! Text that begins as JSON does; the first byte chooses one of the shapes in which interfaces answer.
#![no_main]

const BEGINNINGS: [&str; 11] = [
    "{",
    "[",
    "{\"records\":[",
    "{\"category\":\"AdvancedHunting-EmailEvents\",\"properties\":{",
    "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":[{\"name\":\"EmailDirection\"},{\"name\":\"SenderFromDomain\"},\
     {\"name\":\"RecipientEmailAddress\"},{\"name\":\"ThreatTypes\"}],\"rows\":[",
    "{\"schema\":[],\"results\":[",
    "{\"responses\":[{\"status\":200,\"body\":{\"results\":[",
    "{\"body\":{\"records\":[{\"properties\":\"{\\\"EmailDirection\\\":",
    "{\"EmailDirection\":\"Inbound\"},\n{\"EmailDirection\":\"Inbound\"",
    "[{\"FrameType\":\"DataTable\",\"TableKind\":\"PrimaryResult\",\"Columns\":[{\"ColumnName\":\"EmailDirection\"}],\
     \"Rows\":[",
    "{\"Tables\":[{\"TableName\":\"Table_0\",\"Columns\":[{\"ColumnName\":\"EmailDirection\"}],\"Rows\":[",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else {
        return;
    };
    let mut file = BEGINNINGS[usize::from(*choice) % BEGINNINGS.len()]
        .as_bytes()
        .to_vec();
    file.extend_from_slice(rest);
    account::load(&file);
});
