//! Repeats and sequences: the entry id with its hash alone decides what is a repeat; sequences only detect gaps and
//! clones.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    clock::OccurredKind,
    sync::{Outcome, Receipt},
    text::hex,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::entry::{Incoming, marks};
use crate::{
    database::{Tx, columns},
    problem::Result,
};

/// What the log holds of an entry that came before.
#[derive(Debug, Clone, FromRow)]
pub struct Stored {
    account: i64,
    id: Uuid,
    position: i64,
    hash: Vec<u8>,
    occurred_us: i64,
    occurred_kind: String,
    outcome: String,
    reason: Option<String>,
}

impl Stored {
    /// The receipt of `incoming`, which has the id of this entry: the same again, or the conflict by its name.
    pub fn receipt(&self, incoming: &Incoming) -> Receipt {
        let same = self.hash == incoming.hash;
        Receipt {
            id: self.id,
            hash: hex(&self.hash),
            position: self.position,
            occurred_at_us: self.occurred_us,
            occurred_kind: occurred_kind(&self.occurred_kind),
            outcome: if same {
                Outcome::from_name(&self.outcome).unwrap_or(Outcome::SetAside)
            } else {
                Outcome::Conflict
            },
            reason: if same { self.reason.clone() } else { Some("id_has_other_content".to_owned()) },
        }
    }
}

/// The kind of that name in tables.
pub fn occurred_kind(name: &str) -> OccurredKind {
    match name {
        "anchored" => OccurredKind::Anchored,
        "wall" => OccurredKind::Wall,
        _ => OccurredKind::Suspect,
    }
}

/// The entries that the log has already, by account and id.
pub async fn find(
    tx: &mut Tx,
    entries: impl Iterator<Item = (i64, Uuid)> + Clone,
) -> Result<HashMap<(i64, Uuid), Stored>> {
    let rows: Vec<Stored> = tx
        .fetch_many(
            "a, i",
            (entries.clone().map(|key| key.0).collect::<Vec<_>>(), entries.map(|key| key.1).collect::<Vec<_>>()),
            "select e.account, e.id, e.position, e.hash, e.occurred_us, e.occurred_kind, e.outcome, e.reason \
             from (select k.a as a, (select x.position from entry x where x.account = k.a and x.id = k.i) as p from k) f \
             join entry e on e.account = f.a and e.position = f.p where f.p is not null",
        )
        .await?;
    Ok(rows.into_iter().map(|row| ((row.account, row.id), row)).collect())
}

struct HeadRow {
    account: i64,
    installation: Uuid,
    sequence: i64,
    received_us: i64,
    marks: i64,
}

/// Marks gaps and clones in `entries`, which are new, and notes each installation's last sequence.
///
/// Only what an installation handed in itself counts: an entry that names another one says nothing of that one's.
pub async fn mark_sequences(tx: &mut Tx, entries: &mut [(i64, &mut Incoming)]) -> Result<()> {
    let installations: HashSet<(i64, Uuid)> =
        entries.iter().filter_map(|(account, entry)| Some((*account, entry.own_installation()?))).collect();
    if installations.is_empty() {
        return Ok(());
    }
    let known: Vec<(i64, Uuid, i64, i64)> = tx
        .fetch_many(
            "a, i",
            (
                installations.iter().map(|key| key.0).collect::<Vec<_>>(),
                installations.iter().map(|key| key.1).collect::<Vec<_>>(),
            ),
            "select h.account, h.installation, h.sequence, h.marks from k \
             join installation_head h on h.account = k.a and h.installation = k.i",
        )
        .await?;
    let mut last: HashMap<(i64, Uuid), i64> = HashMap::new();
    let mut seen_marks: HashMap<(i64, Uuid), i64> = HashMap::new();
    for (account, installation, sequence, marks) in known {
        last.insert((account, installation), sequence);
        seen_marks.insert((account, installation), marks);
    }
    let used = used_sequences(tx, entries, &last).await?;
    let mut received: HashMap<(i64, Uuid), i64> = HashMap::new();
    let mut seen: HashSet<(i64, Uuid, i64)> = HashSet::new();
    for (account, entry) in entries.iter_mut() {
        let Some(installation) = entry.own_installation() else { continue };
        let key = (*account, installation);
        let sequence = entry.sequence;
        let before = last.entry(key).or_insert(0);
        if sequence > before.saturating_add(1) {
            entry.marks |= marks::SEQUENCE_GAP;
        }
        *before = sequence.max(*before);
        let place = (*account, installation, sequence);
        if used.contains(&place) || !seen.insert(place) {
            entry.marks |= marks::CLONE;
        }
        *seen_marks.entry(key).or_insert(0) |= entry.marks;
        received.insert(key, entry.received_us);
    }
    let rows: Vec<HeadRow> = received
        .into_iter()
        .map(|((account, installation), received_us)| HeadRow {
            account,
            installation,
            sequence: last.get(&(account, installation)).copied().unwrap_or(0),
            received_us,
            marks: seen_marks.get(&(account, installation)).copied().unwrap_or(0),
        })
        .collect();
    tx.insert_many(
        "insert into installation_head (account, installation, sequence, received_us, marks)",
        columns!(rows => account, installation, sequence, received_us, marks),
        "on conflict (account, installation) do update set sequence = excluded.sequence, \
         received_us = excluded.received_us, marks = excluded.marks",
    )
    .await?;
    Ok(())
}

/// The sequences among `entries` that an earlier entry has already; only those not above the last are looked up.
async fn used_sequences(
    tx: &mut Tx,
    entries: &[(i64, &mut Incoming)],
    last: &HashMap<(i64, Uuid), i64>,
) -> Result<HashSet<(i64, Uuid, i64)>> {
    let suspects: Vec<(i64, Uuid, i64)> = entries
        .iter()
        .filter_map(|(account, entry)| Some((*account, entry.own_installation()?, entry.sequence)))
        .filter(|(account, installation, sequence)| {
            last.get(&(*account, *installation)).is_some_and(|last| sequence <= last)
        })
        .collect();
    let found: Vec<(i64, Uuid, i64)> = tx
        .fetch_many(
            "a, i, s",
            (
                suspects.iter().map(|key| key.0).collect::<Vec<_>>(),
                suspects.iter().map(|key| key.1).collect::<Vec<_>>(),
                suspects.iter().map(|key| key.2).collect::<Vec<_>>(),
            ),
            "select k.a, k.i, k.s from k where exists (select 1 from entry e \
             where e.account = k.a and e.installation = k.i and e.sequence = k.s and e.author_id = k.i)",
        )
        .await?;
    Ok(found.into_iter().collect())
}
