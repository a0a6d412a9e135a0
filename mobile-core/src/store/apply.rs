//! One answer of the server becomes one transaction.

use campo_protocol::{
    planted::{self, Planted},
    sync::{Outcome, Receipt},
};
use rusqlite::{Connection, Transaction};
use uuid::Uuid;

use super::{Store, book, failure::Result, objects, repair, settings, settings::name};
use crate::machine::{
    book::{Access, Book},
    commit::{Commit, Facts, FileChange},
};

impl Store {
    /// Carries a commit out. When this returns well, it stands durably; otherwise nothing of it does.
    pub fn commit(&mut self, commit: &Commit, now_us: i64) -> Result<Facts> {
        #[cfg(debug_assertions)]
        crate::planted::cursor_before_changes(self.read(), commit)?;
        let installation = self.enrolment()?.map(|enrolment| enrolment.installation).unwrap_or_default();
        self.commit_as(Of::Current(installation), commit, now_us)
    }

    /// As [`Self::commit`], for an earlier enrolment.
    pub fn commit_of_earlier(&mut self, installation: Uuid, commit: &Commit, now_us: i64) -> Result<Facts> {
        self.commit_as(Of::Earlier(installation), commit, now_us)
    }

    fn commit_as(&mut self, of: Of, commit: &Commit, now_us: i64) -> Result<Facts> {
        let transaction = self.begin()?;
        let facts = apply(&transaction, of, commit, now_us)?;
        transaction.commit()?;
        Ok(facts)
    }
}

/// The installation of the enrolment that a commit is of.
#[derive(Debug, Clone, Copy)]
enum Of {
    Current(Uuid),
    Earlier(Uuid),
}

impl Of {
    const fn installation(self) -> Uuid {
        match self {
            Self::Current(installation) | Self::Earlier(installation) => installation,
        }
    }

    const fn is_current(self) -> bool {
        matches!(self, Self::Current(_))
    }

    /// The name of one of its settings.
    fn setting(self, name: &str) -> String {
        match self {
            Self::Current(_) => name.to_owned(),
            Self::Earlier(installation) => settings::of_earlier(name, installation),
        }
    }

    fn book(self, connection: &Connection) -> Result<Book> {
        match self {
            Self::Current(_) => book::book(connection),
            Self::Earlier(installation) => book::book_of_earlier(connection, installation),
        }
    }
}

fn apply(transaction: &Transaction<'_>, of: Of, commit: &Commit, now_us: i64) -> Result<Facts> {
    if let Some(access) = commit.access {
        settings::set(transaction, &of.setting(name::ACCESS), &access.name())?;
        if access == Access::HandInOnly && planted::is(Planted::UnsentThrownAway) {
            transaction.execute("delete from entry where state = 'waiting'", ())?;
        }
    }
    if let Some(epoch) = commit.epoch {
        settings::set(transaction, &of.setting(name::EPOCH), &epoch)?;
    }
    if commit.again {
        announce_again(transaction, of)?;
    }
    // The clocks and the evidence of another server say nothing of this one's
    if let Some(anchor) = commit.anchor.as_ref().filter(|_| of.is_current()) {
        settings::set(transaction, name::ANCHOR, anchor)?;
    }
    for (number, receipt) in &commit.receipts {
        settle(transaction, *number, receipt, now_us)?;
    }
    for (number, fault) in &commit.unreadable {
        put_by(transaction, *number, "unreadable", now_us)?;
        repair::put(transaction, *number, "unreadable", &fault.code, now_us)?;
    }
    for head in commit.heads.iter().filter(|_| of.is_current()) {
        keep_head(transaction, &head.chain, head.number, &serde_json::to_string(head)?)?;
    }
    for (hash, change) in &commit.files {
        change_file(transaction, of.installation(), hash, change, now_us)?;
    }
    let mut facts = Facts::default();
    if let Some(view) = &commit.view {
        facts.mismatch = !objects::apply(transaction, view)?;
        facts.scopes = Some(book::scopes(transaction)?);
        if !view.more && !facts.mismatch {
            // The view holds what the entries with receipts did: nothing needs to be laid over it for them any more
            transaction
                .prepare_cached("update entry set laid_over = 0 where laid_over = 1 and state <> 'waiting'")?
                .execute(())?;
        }
    }
    if commit.again {
        facts.book = Some(Box::new(of.book(transaction)?));
    }
    Ok(facts)
}

/// The server was restored and may have lost what it had confirmed: whatever is kept of this enrolment is sent again, and
/// every scope is read anew. What is shown stays until then.
fn announce_again(connection: &Connection, of: Of) -> Result<()> {
    for sql in [
        "update entry set state = 'waiting', settled_us = null, laid_over = 1 where installation = ?1",
        "update file set ticket = null, received_bytes = 0 where installation = ?1",
        "update file set state = 'waiting', stored_us = null where present and installation = ?1",
        "delete from repair where number in (select number from entry where installation = ?1)",
    ] {
        connection.execute(sql, (of.installation().as_bytes(),))?;
    }
    if of.is_current() {
        connection.execute_batch("update scope set position = 0; delete from head;")?;
    }
    Ok(())
}

fn settle(connection: &Connection, number: i64, receipt: &Receipt, now_us: i64) -> Result<()> {
    let reason = receipt.reason.as_deref().unwrap_or_default();
    if receipt.outcome == Outcome::Conflict {
        put_by(connection, number, "conflict", now_us)?;
        return repair::put(connection, number, "conflict", reason, now_us);
    }
    connection
        .prepare_cached(
            "update entry set state = 'settled', settled_us = ?2, outcome = ?3, reason = ?4, position = ?5, \
             occurred_at_us = ?6, occurred_kind = ?7 where number = ?1",
        )?
        .execute((
            number,
            now_us,
            receipt.outcome.name(),
            receipt.reason.as_deref(),
            receipt.position,
            receipt.occurred_at_us,
            receipt.occurred_kind.name(),
        ))?;
    if receipt.outcome == Outcome::SetAside && !planted::is(Planted::SetAsideDropped) {
        repair::put(connection, number, "set_aside", reason, now_us)
    } else {
        repair::remove(connection, number)
    }
}

/// Takes an entry out of the outbox that the server did not take: it stays here, and has no effect on what is shown.
fn put_by(connection: &Connection, number: i64, state: &str, now_us: i64) -> Result<()> {
    connection
        .prepare_cached("update entry set state = ?2, settled_us = ?3, laid_over = 0 where number = ?1")?
        .execute((number, state, now_us))?;
    Ok(())
}

fn keep_head(connection: &Connection, chain: &str, number: i64, body: &str) -> Result<()> {
    connection
        .prepare_cached(
            "insert into head (chain, number, body) values (?1, ?2, ?3) on conflict (chain) do update \
             set number = excluded.number, body = excluded.body where excluded.number > head.number",
        )?
        .execute((chain, number, body))?;
    Ok(())
}

fn change_file(
    connection: &Connection,
    installation: Uuid,
    hash: &str,
    change: &FileChange,
    now_us: i64,
) -> Result<()> {
    let installation = installation.as_bytes();
    match change {
        FileChange::Stored => connection
            .prepare_cached(
                "update file set state = 'stored', stored_us = ?3, ticket = null \
                 where installation = ?1 and hash = ?2",
            )?
            .execute((installation, hash, now_us))?,
        FileChange::Wanted { ticket, received_bytes } => connection
            .prepare_cached(
                "update file set ticket = ?3, received_bytes = ?4 where installation = ?1 and hash = ?2",
            )?
            .execute((installation, hash, ticket, received_bytes))?,
        FileChange::Received(received_bytes) => connection
            .prepare_cached("update file set received_bytes = ?3 where installation = ?1 and hash = ?2")?
            .execute((installation, hash, received_bytes))?,
        FileChange::TicketLost => connection
            .prepare_cached(
                "update file set ticket = null, received_bytes = 0 where installation = ?1 and hash = ?2",
            )?
            .execute((installation, hash))?,
    };
    Ok(())
}
