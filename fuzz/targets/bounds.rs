//! Reads a file within small bounds, which it must keep.

use std::ops::ControlFlow;

use campo_spreadsheets::{Limits, Options};

/// Reads `bytes` as a file that somebody sent.
pub fn read(bytes: &[u8]) {
    let limits = Limits {
        rows: 1000,
        columns: 50,
        unpacked_bytes: 4 << 20,
        text_bytes: 1 << 20,
        shared_text_bytes: 1 << 20,
    };
    let (mut rows, mut last) = (0, 0);
    let options = Options { limits, ..Options::default() };
    let read = campo_spreadsheets::read(bytes, &options, &mut |row| {
        rows += 1;
        assert!(rows <= 1000 && row.cells.len() <= 50, "more than the bounds");
        assert!(row.number > last, "row {} behind row {last}", row.number);
        assert!(row.cells.iter().any(|cell| !cell.is_blank()), "a row without a value");
        last = row.number;
        for cell in &row.cells {
            let _ = cell.shown();
        }
        ControlFlow::Continue(())
    });
    if let Err(reason) = read {
        assert!(!reason.to_string().is_empty());
    }
}
