//! What must hold of an account's logs at every moment, computed anew from what is stored.

mod projections;

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, Result, ensure};
use campo_protocol::{
    chain::{self, ACCOUNT_CHAIN, GENESIS},
    digest,
    entry::hash,
    text::hex,
};
use campo_server::{
    app::App,
    database::Tx,
    log::{
        entry::readable,
        events::{ENTRY_ADDED, ENTRY_COMPLETE, entry_event_id},
    },
};
use serde::Deserialize;
use serde_json::value::RawValue;
use sqlx::FromRow;
use uuid::Uuid;

/// An account's entries and events, in order; the first is at position 1.
#[derive(Debug)]
pub struct Logs {
    /// The entries
    pub entries: Vec<Entry>,
    /// The events
    pub events: Vec<Event>,
}

impl Logs {
    /// The entry at a position.
    pub fn at(&self, position: i64) -> Option<&Entry> {
        usize::try_from(position).ok()?.checked_sub(1).and_then(|index| self.entries.get(index))
    }

    /// Fails unless the entry that a receipt speaks of stands where it says, with that hash.
    pub fn keeps(&self, receipt: &campo_protocol::sync::Receipt) -> Result<()> {
        let entry = self.at(receipt.position).with_context(|| format!("lost: {receipt:?}"))?;
        ensure!((entry.id, hex(&entry.hash)) == (receipt.id, receipt.hash.clone()), "{receipt:?} {entry:?}");
        Ok(())
    }
}

/// A stored entry.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct Entry {
    pub position: i64,
    pub id: Uuid,
    pub hash: Vec<u8>,
    pub kind: String,
    pub author: String,
    pub author_id: Option<Uuid>,
    pub installation: Option<Uuid>,
    pub session: Option<Uuid>,
    pub employee: Option<Uuid>,
    pub sequence: i64,
    pub task: Option<Uuid>,
    pub occurred_us: i64,
    pub occurred_kind: String,
    pub received_us: i64,
    pub outcome: String,
    pub reason: Option<String>,
    pub marks: i64,
    pub files_due_us: Option<i64>,
    #[sqlx(skip)]
    pub salt: Vec<u8>,
    #[sqlx(skip)]
    pub bytes: Vec<u8>,
}

/// A stored event.
#[derive(Debug, Clone, FromRow)]
#[expect(missing_docs, reason = "its fields are the columns of its table")]
pub struct Event {
    pub position: i64,
    pub id: Uuid,
    pub kind: String,
    pub subject: Uuid,
    pub entry: Option<i64>,
    pub snapshot: i64,
    #[sqlx(skip)]
    pub body: Vec<u8>,
}

#[derive(Debug, FromRow)]
struct Head {
    entry: i64,
    event: i64,
    change: i64,
    link: Vec<u8>,
}

/// Fails with what is wrong if anything is, and gives the logs. Reads one state of the database, so that it may be
/// called while others write.
///
/// Positions of entries and events are 1, 2, 3, …; every entry has its bytes with its hash, its link in the account's
/// chain, its events with a readable snapshot; every chain is the one that its entries make; heads, scopes, sequences
/// and projections are what a calculation from the beginning gives.
pub async fn log_is_whole(app: &App, account: i64) -> Result<Logs> {
    let mut tx = app.db.begin_snapshot().await?;
    let whole = async {
        let head: Head = tx
            .fetch_one("select entry, event, change, link from account_head where account = $1", (account,))
            .await?;
        let entries = entries(&mut tx, account, &head).await.context("the entry log")?;
        chains(&mut tx, account, &entries, &head).await.context("the chains")?;
        let events = events(&mut tx, account, &entries, &head).await.context("the event log")?;
        scopes(&mut tx, account, &head).await.context("the change feed")?;
        sequences(&mut tx, account, &entries).await.context("the sequences")?;
        projections::are_right(&mut tx, account, &entries).await.context("the projections")?;
        Ok(Logs { entries, events })
    }
    .await;
    tx.rollback().await;
    whole
}

async fn entries(tx: &mut Tx, account: i64, head: &Head) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = tx
        .fetch_all(
            "select position, id, hash, kind, author, author_id, installation, session, employee, sequence, task, \
             occurred_us, occurred_kind, received_us, outcome, reason, marks, files_due_us from entry \
             where account = $1 order by position",
            (account,),
        )
        .await?;
    let bodies: Vec<(i64, Vec<u8>, Vec<u8>)> = tx
        .fetch_all(
            "select position, salt, bytes from entry_body where account = $1 order by position",
            (account,),
        )
        .await?;
    let positions: Vec<i64> = entries.iter().map(|entry| entry.position).collect();
    ensure!(positions == (1..=head.entry).collect::<Vec<_>>(), "up to {}: {positions:?}", head.entry);
    ensure!(bodies.iter().map(|body| body.0).eq(positions), "not the same positions have bodies");
    for (entry, (_, salt, bytes)) in entries.iter_mut().zip(bodies) {
        ensure!(hash(&bytes)[..] == entry.hash[..], "{entry:?} has other bytes");
        (entry.salt, entry.bytes) = (salt, bytes);
    }
    Ok(entries)
}

async fn chains(tx: &mut Tx, account: i64, entries: &[Entry], head: &Head) -> Result<()> {
    type Row = (String, i64, i64, Vec<u8>, Vec<u8>);
    let links: Vec<Row> = tx
        .fetch_all(
            "select chain, number, position, leaf, link from chain_link where account = $1 order by chain, number",
            (account,),
        )
        .await?;
    let mut ends: BTreeMap<String, (i64, [u8; 32], i64)> = BTreeMap::new();
    for (name, number, position, leaf, link) in links {
        let (last, before, last_position) = ends.get(&name).copied().unwrap_or((0, GENESIS, 0));
        ensure!(number == last + 1 && position > last_position, "{name} {number} follows {last}");
        let entry = usize::try_from(position - 1).ok().and_then(|index| entries.get(index));
        let entry = entry.with_context(|| format!("{name} {number} is of no entry"))?;
        let own = chain::leaf(&entry.salt, &entry.bytes);
        ensure!(leaf == own, "{name} {number} has another leaf than its entry");
        let expected = chain::link(account, &name, number, &before, &own);
        ensure!(link == expected, "{name} {number} has another link");
        ends.insert(name, (number, expected, position));
    }
    let own = ends.remove(ACCOUNT_CHAIN).unwrap_or((0, GENESIS, 0));
    ensure!((own.0, &own.1[..]) == (head.entry, &head.link[..]), "the head has another link");
    let heads: Vec<(String, i64, Vec<u8>)> = tx
        .fetch_all("select chain, number, link from chain_head where account = $1 order by chain", (account,))
        .await?;
    let ends = ends.into_iter().map(|(name, end)| (name, end.0, end.1.to_vec()));
    ensure!(heads.into_iter().eq(ends), "the heads of the establishments' chains are not their last links");
    Ok(())
}

#[derive(Deserialize)]
struct Snapshot<'a> {
    account: i64,
    #[serde(borrow)]
    entry: Option<EntrySnapshot<'a>>,
}

#[derive(Deserialize)]
struct EntrySnapshot<'a> {
    position: i64,
    id: Uuid,
    hash: String,
    outcome: String,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
}

async fn events(tx: &mut Tx, account: i64, entries: &[Entry], head: &Head) -> Result<Vec<Event>> {
    let mut events: Vec<Event> = tx
        .fetch_all(
            "select position, id, kind, subject, entry, snapshot from event where account = $1 order by position",
            (account,),
        )
        .await?;
    let snapshots: Vec<(i64, Vec<u8>)> =
        tx.fetch_all("select snapshot, body from event_snapshot where account = $1", (account,)).await?;
    let snapshots: HashMap<i64, Vec<u8>> = snapshots.into_iter().collect();
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    ensure!(positions == (1..=head.event).collect::<Vec<_>>(), "up to {}: {positions:?}", head.event);
    let ids: HashSet<Uuid> = events.iter().map(|event| event.id).collect();
    ensure!(ids.len() == events.len(), "an id stands twice");
    let used: HashSet<i64> = events.iter().map(|event| event.snapshot).collect();
    ensure!(used.len() == snapshots.len(), "some snapshot belongs to no event");

    let (mut added, mut complete) = (Vec::new(), HashSet::new());
    for event in &mut events {
        event.body =
            snapshots.get(&event.snapshot).with_context(|| format!("{event:?} has no snapshot"))?.clone();
        let snapshot: Snapshot<'_> =
            serde_json::from_slice(&event.body).with_context(|| format!("the snapshot of {event:?}"))?;
        ensure!(snapshot.account == account, "{event:?}");
        let Some(position) = event.entry else { continue };
        let entry = usize::try_from(position - 1).ok().and_then(|index| entries.get(index));
        let entry = entry.with_context(|| format!("{event:?} is of no entry"))?;
        ensure!(event.id == entry_event_id(account, entry.id, &event.kind), "{event:?} has another id");
        let shown = snapshot.entry.with_context(|| format!("{event:?} does not show its entry"))?;
        let content = readable(&entry.bytes).map(str::trim);
        ensure!(
            (shown.position, shown.id, shown.hash, shown.outcome, shown.content.map(RawValue::get))
                == (position, entry.id, hex(&entry.hash), entry.outcome.clone(), content),
            "{event:?} shows another entry"
        );
        match event.kind.as_str() {
            ENTRY_ADDED => added.push(position),
            ENTRY_COMPLETE => ensure!(complete.insert(position), "{event:?} comes twice"),
            _ => {}
        }
    }
    ensure!(added == (1..=head.entry).collect::<Vec<_>>(), "added: {added:?}");
    for entry in entries {
        ensure!(
            complete.contains(&entry.position) == entry.files_due_us.is_none(),
            "completeness of {entry:?}"
        );
    }
    Ok(events)
}

async fn scopes(tx: &mut Tx, account: i64, head: &Head) -> Result<()> {
    type Row = (String, String, Uuid, i64, bool, i64, Vec<u8>);
    let changes: Vec<Row> = tx
        .fetch_all(
            "select c.scope, c.kind, c.id, c.position, c.removed, b.digest, b.body from change c \
             join change_body b on b.account = c.account and b.kind = c.kind and b.id = c.id \
             where c.account = $1",
            (account,),
        )
        .await?;
    let mut expected: BTreeMap<String, (i64, i64, i64)> = BTreeMap::new();
    let mut positions = HashSet::new();
    for (scope, kind, id, position, removed, stored, body) in changes {
        ensure!(
            (1..=head.change).contains(&position),
            "{kind} {id} is at {position}, beyond {}",
            head.change
        );
        ensure!(positions.insert(position), "two changes are at {position}");
        let digest = digest::of_object(&kind, id, &body);
        ensure!(digest == stored, "the digest of {kind} {id}");
        let total = expected.entry(scope).or_default();
        total.0 = total.0.max(position);
        if !removed {
            total.1 += 1;
            total.2 = total.2.wrapping_add(digest);
        }
    }
    let scopes: Vec<(String, i64, i64, i64)> = tx
        .fetch_all(
            "select scope, position, objects, digest from scope where account = $1 order by scope",
            (account,),
        )
        .await?;
    let expected: Vec<_> =
        expected.into_iter().map(|(scope, total)| (scope, total.0, total.1, total.2)).collect();
    ensure!(scopes == expected, "stored {scopes:?}\ncomputed {expected:?}");
    Ok(())
}

async fn sequences(tx: &mut Tx, account: i64, entries: &[Entry]) -> Result<()> {
    let mut expected: BTreeMap<Uuid, i64> = BTreeMap::new();
    for entry in entries {
        if let Some(installation) = entry.installation.filter(|own| entry.author_id == Some(*own)) {
            let last = expected.entry(installation).or_default();
            *last = entry.sequence.max(*last);
        }
    }
    let stored: Vec<(Uuid, i64)> = tx
        .fetch_all("select installation, sequence from installation_head where account = $1", (account,))
        .await?;
    let stored: BTreeMap<Uuid, i64> = stored.into_iter().collect();
    ensure!(stored == expected, "stored {stored:?}\ncomputed {expected:?}");
    Ok(())
}
