//! When each phone was last heard of, how much it still holds, and since when it has what.
//!
//! This is worth no commit of its own in an exchange: it is gathered and written for all phones together. What a crash
//! loses of it, the phone says again.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use campo_protocol::sync::Unsent;
use sqlx::FromRow;
use uuid::Uuid;

use super::view::Confirmed;
use crate::{
    access::Phone,
    app::App,
    database::{Tx, columns},
    problem::{Problem, Result},
};

/// How often what was gathered is written.
const EVERY: Duration = Duration::from_secs(5);
/// A phone that says nothing new is noted this often.
const HEARD_STEP_US: i64 = 60 * 1_000_000;

/// What is gathered in this process.
#[derive(Debug, Default)]
pub struct Contacts {
    /// By account and installation: [`Contacts::note`] adds, [`Contacts::write`] takes
    gathered: Mutex<BTreeMap<(i64, Uuid), Contact>>,
}

#[derive(Debug)]
struct Contact {
    heard_us: i64,
    unsent: Option<Unsent>,
    confirmed: Vec<(Confirmed, i64)>,
}

/// What the tables say of a phone.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) epoch: Uuid,
    heard_us: Option<i64>,
    unsent: Option<Unsent>,
}

#[derive(FromRow)]
struct KnownRow {
    epoch: String,
    heard_us: Option<i64>,
    unsent_entries: Option<i64>,
    unsent_oldest_us: Option<i64>,
    unsent_files: Option<i64>,
}

pub(super) async fn known(tx: &mut Tx, phone: &Phone) -> Result<Known> {
    let row: KnownRow = tx
        .fetch_one(
            "select s.value as epoch, c.heard_us, c.unsent_entries, c.unsent_oldest_us, c.unsent_files \
             from server_setting s left join installation_contact c on c.account = $1 and c.installation = $2 \
             where s.name = 'epoch'",
            (phone.allowed.account(), phone.installation),
        )
        .await?;
    Ok(Known {
        epoch: row.epoch.parse().map_err(Problem::internal)?,
        heard_us: row.heard_us,
        unsent: row.unsent_entries.map(|entries| Unsent {
            entries,
            oldest_us: row.unsent_oldest_us,
            files: row.unsent_files.unwrap_or(0),
        }),
    })
}

impl Contacts {
    /// Notes that a phone was heard of at `now_us`. Without `unsent` what it said before stands.
    pub(super) fn note(
        &self,
        phone: &Phone,
        known: &Known,
        unsent: Option<Unsent>,
        confirmed: Vec<Confirmed>,
        now_us: i64,
    ) {
        let is_news = known.heard_us.is_none_or(|heard_us| now_us - heard_us >= HEARD_STEP_US)
            || (unsent.is_some() && unsent != known.unsent)
            || !confirmed.is_empty();
        let key = (phone.allowed.account(), phone.installation);
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_news && !gathered.contains_key(&key) {
            return;
        }
        let contact =
            gathered.entry(key).or_insert(Contact { heard_us: now_us, unsent: None, confirmed: Vec::new() });
        contact.heard_us = contact.heard_us.max(now_us);
        contact.unsent = unsent.or(contact.unsent.take()).or_else(|| known.unsent.clone());
        for one in confirmed {
            if !contact.confirmed.iter().any(|(known, _)| *known == one) {
                contact.confirmed.push((one, now_us));
            }
        }
    }

    /// Writes what was gathered, in one transaction. When that fails, it is lost, and the phones say it again.
    pub async fn write(&self, app: &App) -> Result<()> {
        let gathered = std::mem::take(&mut *self.gathered.lock().unwrap_or_else(PoisonError::into_inner));
        if gathered.is_empty() {
            return Ok(());
        }
        let mut transaction = app.log.begin_housekeeping().await?;
        write(transaction.tx(), gathered).await?;
        transaction.commit().await
    }

    /// Writes again and again. Runs until dropped.
    pub async fn keep(&self, app: &App) {
        loop {
            app.environment.sleep(EVERY).await;
            if let Err(problem) = self.write(app).await {
                tracing::warn!(%problem, "when phones were heard of could not be noted");
            }
        }
    }
}

struct ContactRow {
    account: i64,
    installation: Uuid,
    heard_us: i64,
    unsent_entries: Option<i64>,
    unsent_oldest_us: Option<i64>,
    unsent_files: Option<i64>,
}

struct HeldRow {
    account: i64,
    installation: Uuid,
    scope: String,
    position: i64,
    held_us: i64,
}

/// In the order of the keys, so that replicas do not wait for each other in a circle.
async fn write(tx: &mut Tx, gathered: BTreeMap<(i64, Uuid), Contact>) -> Result<()> {
    let mut contacts = Vec::new();
    let mut held = Vec::new();
    for ((account, installation), contact) in gathered {
        contacts.push(ContactRow {
            account,
            installation,
            heard_us: contact.heard_us,
            unsent_entries: contact.unsent.as_ref().map(|unsent| unsent.entries),
            unsent_oldest_us: contact.unsent.as_ref().and_then(|unsent| unsent.oldest_us),
            unsent_files: contact.unsent.as_ref().map(|unsent| unsent.files),
        });
        held.extend(contact.confirmed.into_iter().map(|(Confirmed { scope, position }, held_us)| HeldRow {
            account,
            installation,
            scope: scope.to_string(),
            position,
            held_us,
        }));
    }
    tx.insert_many(
        "insert into installation_contact (account, installation, heard_us, unsent_entries, unsent_oldest_us, \
         unsent_files)",
        columns!(contacts => account, installation, heard_us, unsent_entries, unsent_oldest_us, unsent_files),
        "on conflict (account, installation) do update set heard_us = excluded.heard_us, \
         unsent_entries = excluded.unsent_entries, unsent_oldest_us = excluded.unsent_oldest_us, \
         unsent_files = excluded.unsent_files where excluded.heard_us >= installation_contact.heard_us",
    )
    .await?;
    tx.insert_many(
        "insert into installation_held (account, installation, scope, position, held_us)",
        columns!(held => account, installation, scope, position, held_us),
        "on conflict (account, installation, scope, position) do nothing",
    )
    .await?;
    Ok(())
}
