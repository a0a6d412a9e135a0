//! Cells of tables that spreadsheets open.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), the wide forms among it.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A cell that a spreadsheet shows and does not run: what begins as a formula gets an apostrophe in front, unless
/// `is_plain` knows it as a number of the table.
pub fn inert(cell: &str, is_plain: impl Fn(&str) -> bool) -> Cow<'_, str> {
    if cell.starts_with(FORMULA) && !is_plain(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}
