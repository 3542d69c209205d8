//! Times in any spelling: reading one never fails in another way than by saying that it is none, and each
//! order of day and month reads what it can.
#![no_main]

use mailhunt::events::time::{self, DateOrder};

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    for order in [DateOrder::MonthFirst, DateOrder::DayFirst] {
        if let Some(time) = time::parse(text, order) {
            let _ = (time.civil(), time.hour().day());
        }
    }
});
