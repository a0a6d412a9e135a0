//! What planted faults do on the phone, where a condition does not say it: see [`campo_protocol::planted`].

use campo_protocol::planted::{Planted, is};
use rusqlite::Connection;

use crate::{machine::commit::Commit, store::failure::Result};

/// Moves the cursors in a transaction of their own.
pub(crate) fn cursor_before_changes(connection: &Connection, commit: &Commit) -> Result<()> {
    let pages = commit.view.iter().flat_map(|view| &view.scopes);
    for page in pages.filter(|_| is(Planted::CursorBeforeChanges)) {
        let scope = page.scope.to_string();
        connection.execute("update scope set position = ?2 where scope = ?1", (scope, page.position))?;
    }
    Ok(())
}

/// Reads and writes each line, so that its members stand in another order.
pub(crate) fn entries_rendered_anew(lines: &mut [Vec<u8>]) -> Result<()> {
    for line in lines.iter_mut().filter(|_| is(Planted::EntryRenderedAnew)) {
        let entry: serde_json::Value = serde_json::from_slice(line)?;
        *line = serde_json::to_vec(&entry)?;
    }
    Ok(())
}
