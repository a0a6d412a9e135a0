//! The stream of an old workbook within a container that is whole: chance alone seldom makes one.
#![no_main]

#[path = "bounds.rs"]
mod bounds;

use std::io::{Cursor, Write as _};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("Workbook").unwrap().write_all(bytes).unwrap();
    file.flush().unwrap();
    bounds::read(&file.into_inner().into_inner());
});
