//! A whole file, whatever it is: it ends with rows or with a reason, within its bounds.
#![no_main]

#[path = "bounds.rs"]
mod bounds;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bounds::read(bytes));
