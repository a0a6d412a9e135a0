//! Frames of a reading process that a file has taken over: rows, an end, or nothing.
#![no_main]

use campo_spreadsheets::wire::{Frame, MAX_ROWS, frame};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((which, carried)) = bytes.split_first() else { return };
    let kind = if which % 8 == 0 { b'E' } else { b'R' };
    if let Some(Frame::Rows(rows)) = frame(kind, carried, 200) {
        assert!(rows.len() <= MAX_ROWS && rows.iter().all(|row| row.cells.len() <= 200));
    }
});
