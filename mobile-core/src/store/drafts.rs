//! Drafts: answers of unfinished forms and the like. They survive the death of the process and are never sent.

use rusqlite::OptionalExtension as _;

use super::{Store, failure::Result};

impl Store {
    /// Keeps a draft, durably.
    pub fn put_draft(&mut self, name: &str, body: &str, now_us: i64) -> Result<()> {
        let transaction = self.begin()?;
        transaction
            .prepare_cached(
                "insert into draft (name, body, updated_us) values (?1, ?2, ?3) \
                 on conflict (name) do update set body = excluded.body, updated_us = excluded.updated_us",
            )?
            .execute((name, body, now_us))?;
        Ok(transaction.commit()?)
    }

    /// The draft of that name.
    pub fn draft(&self, name: &str) -> Result<Option<String>> {
        Ok(self
            .read()
            .prepare_cached("select body from draft where name = ?1")?
            .query_row((name,), |row| row.get(0))
            .optional()?)
    }

    /// Throws a draft away.
    pub fn remove_draft(&mut self, name: &str) -> Result<()> {
        self.read().prepare_cached("delete from draft where name = ?1")?.execute((name,))?;
        Ok(())
    }
}
