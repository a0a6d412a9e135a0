//! How long things stay on the phone. What the server does not have stays for ever.

use std::collections::BTreeSet;

use super::{Store, failure::Result};

/// How long an entry stays after its receipt, so that a restored server can be healed: 30 days, in microseconds.
pub const KEEP_ENTRIES_US: i64 = 30 * DAY_US;
/// How long the bytes of a file stay after the server stored it: 7 days, in microseconds.
pub const KEEP_FILES_US: i64 = 7 * DAY_US;

const DAY_US: i64 = 24 * 3600 * 1_000_000;

impl Store {
    /// Removes the entries whose receipts are old, and names the files whose bytes are not needed any more. What is in
    /// the repair tray stays.
    pub fn forget_old(&mut self, now_us: i64) -> Result<Vec<String>> {
        let transaction = self.begin()?;
        transaction.execute(
            // The last one of an installation stays: the sequence goes on from it
            "delete from entry where state = 'settled' and settled_us < ?1 \
             and number < (select max(number) from entry e where e.installation = entry.installation) \
             and not exists (select 1 from repair r where r.number = entry.number) \
             and not exists (select 1 from file f where f.entry = entry.number and f.state = 'waiting')",
            (now_us.saturating_sub(KEEP_ENTRIES_US),),
        )?;
        let hashes = transaction
            .prepare("update file set present = 0 where state = 'stored' and present and stored_us < ?1 returning hash")?
            .query_map((now_us.saturating_sub(KEEP_FILES_US),), |row| row.get(0))?
            .collect::<rusqlite::Result<BTreeSet<String>>>()?;
        // Another enrolment may still have to send the same file
        let mut needed =
            transaction.prepare("select exists (select 1 from file where hash = ?1 and present)")?;
        let mut gone = Vec::with_capacity(hashes.len());
        for hash in hashes {
            if !needed.query_row((&hash,), |row| row.get(0))? {
                gone.push(hash);
            }
        }
        drop(needed);
        transaction.commit()?;
        Ok(gone)
    }

    /// The files that an entry or a draft names, by their hashes. Whatever else is in the file space was taken for a capture
    /// that never came.
    pub fn files_needed(&self) -> Result<BTreeSet<String>> {
        let mut needed = self
            .read()
            .prepare_cached("select hash from file where present or state = 'waiting'")?
            .query_map((), |row| row.get(0))?
            .collect::<rusqlite::Result<BTreeSet<String>>>()?;
        let mut drafts = self.read().prepare_cached("select body from draft")?;
        let mut rows = drafts.query(())?;
        while let Some(row) = rows.next()? {
            let body: String = row.get(0)?;
            needed.extend(hashes_in(&body));
        }
        Ok(needed)
    }
}

/// Whatever may be a hash in a draft, of whatever release and shape it is.
fn hashes_in(draft: &str) -> impl Iterator<Item = String> {
    let words = draft.split(|letter: char| !letter.is_ascii_hexdigit());
    words.filter(|word| word.len() == 64).map(str::to_owned)
}
