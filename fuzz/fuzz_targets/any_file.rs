//! Any bytes at all: packing, encoding and format are found out from them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| account::load(bytes));
