//! When each phone was last heard of, how much it still holds, and since when it has what.
//!
//! This is worth no commit of its own in an exchange: it is gathered and written for all phones together. What a crash
//! loses of it, the phone says again.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
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
const EVERY: Duration = Duration::from_secs(2);
/// A phone that says nothing new is noted this often.
const HEARD_STEP_US: i64 = 60 * 1_000_000;

/// What is gathered in this process.
#[derive(Debug, Default)]
pub struct Contacts {
    /// By account and installation: [`Contacts::note`] adds, [`Contacts::write`] takes
    gathered: Mutex<BTreeMap<(i64, Uuid), Contact>>,
    /// When phones said that they listen, 0 when they stopped: [`Contacts::note_awake`] adds, [`Contacts::write`] takes
    awake: Mutex<BTreeMap<(i64, Uuid), i64>>,
}

/// What an exchange tells of its phone, besides that it was heard of.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// What it holds unsent; without it what it said before stands
    pub(super) unsent: Option<Unsent>,
    /// What it holds of its view for the first time
    pub(super) confirmed: Vec<Confirmed>,
    /// True when it was sent something new of its view
    pub(super) has_news: bool,
    /// True when it was sent all that there is of its view
    pub(super) has_all: bool,
}

#[derive(Debug)]
struct Contact {
    heard_us: i64,
    unsent: Option<Unsent>,
    read_position: Option<i64>,
    confirmed: Vec<(Confirmed, i64)>,
}

/// What the tables say of a phone.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) epoch: Uuid,
    /// The position of the account's last change
    change: i64,
    heard_us: Option<i64>,
    unsent: Option<Unsent>,
    /// Up to which change everything was sent to the phone
    read_position: Option<i64>,
    /// Up to which change it is to be woken, or was
    wanted_position: Option<i64>,
}

#[derive(FromRow)]
struct KnownRow {
    epoch: String,
    change: i64,
    heard_us: Option<i64>,
    unsent_entries: Option<i64>,
    unsent_oldest_us: Option<i64>,
    unsent_files: Option<i64>,
    read_position: Option<i64>,
    wanted_position: Option<i64>,
}

pub(super) async fn known(tx: &mut Tx, phone: &Phone) -> Result<Known> {
    let row: KnownRow = tx
        .fetch_one(
            "select s.value as epoch, h.change, c.heard_us, c.unsent_entries, c.unsent_oldest_us, c.unsent_files, \
             c.read_position, p.wanted_position from account_head h join server_setting s on s.name = 'epoch' \
             left join installation_contact c on c.account = h.account and c.installation = $2 \
             left join push_token p on p.account = h.account and p.installation = $2 where h.account = $1",
            (phone.allowed.account(), phone.installation),
        )
        .await?;
    Ok(Known {
        epoch: row.epoch.parse().map_err(Problem::internal)?,
        change: row.change,
        heard_us: row.heard_us,
        read_position: row.read_position,
        wanted_position: row.wanted_position,
        unsent: row.unsent_entries.map(|entries| Unsent {
            entries,
            oldest_us: row.unsent_oldest_us,
            files: row.unsent_files.unwrap_or(0),
        }),
    })
}

impl Contacts {
    /// Notes that a phone was heard of at `now_us`, where that is worth it.
    pub(super) fn note(&self, phone: &Phone, known: &Known, said: Said, now_us: i64) {
        let Said { unsent, confirmed, has_news, has_all } = said;
        let waited_for = known.wanted_position > known.read_position;
        let is_news = known.heard_us.is_none_or(|heard_us| now_us - heard_us >= HEARD_STEP_US)
            || (unsent.is_some() && unsent != known.unsent)
            || (has_all && (has_news || waited_for))
            || !confirmed.is_empty();
        let key = (phone.allowed.account(), phone.installation);
        let mut gathered = lock(&self.gathered);
        if !is_news && !gathered.contains_key(&key) {
            return;
        }
        let contact = gathered.entry(key).or_insert_with(|| Contact {
            heard_us: now_us,
            unsent: known.unsent.clone(),
            read_position: known.read_position,
            confirmed: Vec::new(),
        });
        contact.heard_us = contact.heard_us.max(now_us);
        contact.unsent = unsent.or(contact.unsent.take());
        if has_all {
            contact.read_position = contact.read_position.max(Some(known.change));
        }
        for one in confirmed {
            if !contact.confirmed.iter().any(|(known, _)| *known == one) {
                contact.confirmed.push((one, now_us));
            }
        }
    }

    /// Notes that a phone listens for events.
    pub(super) fn note_awake(&self, phone: &Phone, now_us: i64) {
        lock(&self.awake).insert((phone.allowed.account(), phone.installation), now_us);
    }

    /// Notes that a phone listens no longer.
    pub(super) fn note_asleep(&self, phone: &Phone) {
        self.note_awake(phone, 0);
    }

    /// Writes what was gathered, in one transaction. When that fails, it is lost, and the phones say it again.
    pub async fn write(&self, app: &App) -> Result<()> {
        let gathered = std::mem::take(&mut *lock(&self.gathered));
        let awake = std::mem::take(&mut *lock(&self.awake));
        if gathered.is_empty() && awake.is_empty() {
            return Ok(());
        }
        let mut transaction = app.log.begin_housekeeping().await?;
        write(transaction.tx(), gathered).await?;
        write_awake(transaction.tx(), awake).await?;
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while the lock is held; if something did, what was gathered would still be whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct ContactRow {
    account: i64,
    installation: Uuid,
    heard_us: i64,
    unsent_entries: Option<i64>,
    unsent_oldest_us: Option<i64>,
    unsent_files: Option<i64>,
    read_position: Option<i64>,
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
            read_position: contact.read_position,
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
         unsent_files, read_position)",
        columns!(contacts => account, installation, heard_us, unsent_entries, unsent_oldest_us, unsent_files,
            read_position),
        "on conflict (account, installation) do update set heard_us = excluded.heard_us, \
         unsent_entries = excluded.unsent_entries, unsent_oldest_us = excluded.unsent_oldest_us, \
         unsent_files = excluded.unsent_files, \
         read_position = case when installation_contact.read_position > excluded.read_position \
         then installation_contact.read_position \
         else coalesce(excluded.read_position, installation_contact.read_position) end \
         where excluded.heard_us >= installation_contact.heard_us",
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

async fn write_awake(tx: &mut Tx, awake: BTreeMap<(i64, Uuid), i64>) -> Result<()> {
    tx.insert_many(
        "insert into installation_awake (account, installation, awake_us)",
        (
            awake.keys().map(|key| key.0).collect::<Vec<_>>(),
            awake.keys().map(|key| key.1).collect::<Vec<_>>(),
            awake.values().copied().collect::<Vec<_>>(),
        ),
        "on conflict (account, installation) do update set awake_us = excluded.awake_us",
    )
    .await?;
    Ok(())
}
