//! The journal that a phone's process keeps outside its store: the bytes of each entry, a line each, synced after the
//! capture returned.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use uuid::Uuid;

/// The file of the journal in the phone's folder.
pub const FILE: &str = "journal.ndjson";
/// The file in the phone's folder by which the office says that the day is over.
pub const OVER: &str = "over";

/// An entry as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The entry
    pub id: Uuid,
    /// Its kind
    pub kind: String,
    /// Who captured it
    pub employee: Option<Uuid>,
    /// Its task
    pub task: Option<Uuid>,
    /// The hashes of its files
    pub files: Vec<String>,
    /// Its bytes
    pub bytes: Vec<u8>,
}

#[derive(Deserialize)]
struct Entry {
    id: Uuid,
    kind: String,
    employee: Option<Uuid>,
    task: Option<Uuid>,
    #[serde(default)]
    files: Vec<Mention>,
}

#[derive(Deserialize)]
struct Mention {
    hash: String,
}

/// The tasks that were begun and not closed, by the entries of a journal.
pub fn begun(lines: &[Line]) -> Vec<Uuid> {
    let closed: HashSet<Uuid> =
        lines.iter().filter(|line| line.kind == "task.close").filter_map(|line| line.task).collect();
    let mut begun: Vec<Uuid> = lines.iter().filter_map(|line| line.task).collect();
    begun.dedup();
    begun.retain(|task| !closed.contains(task));
    begun
}

/// The entries of a journal in the order in which they were captured first. A last line that is cut off is left out; an
/// entry that was captured once more must have the same bytes.
pub fn read(folder: &Path) -> Result<Vec<Line>> {
    let text = fs::read(folder.join(FILE)).unwrap_or_default();
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |end| &text[..end]);
    let mut lines: Vec<Line> = Vec::new();
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    for bytes in whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let Entry { id, kind, employee, task, files } =
            serde_json::from_slice(bytes).context("a line of a journal")?;
        let files = files.into_iter().map(|file| file.hash).collect();
        let line = Line { id, kind, employee, task, files, bytes: bytes.to_vec() };
        if let Some(place) = places.get(&id) {
            ensure!(lines[*place] == line, "the same intent gave {id} other bytes");
        } else {
            places.insert(id, lines.len());
            lines.push(line);
        }
    }
    Ok(lines)
}
