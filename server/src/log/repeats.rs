//! Repeats and sequences: the entry id with its hash alone decides what is a repeat; sequences only detect gaps and
//! clones, and say in which order a phone captured what its clock fixes.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    clock::{Boot, Occurred, OccurredKind},
    sync::{Outcome, Receipt},
    text::hex,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::entry::{Incoming, marks};
use crate::{
    database::{Inserts, Tx, columns},
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
            occurred_kind: OccurredKind::from_name(&self.occurred_kind),
            outcome: if same {
                Outcome::from_name(&self.outcome).unwrap_or(Outcome::SetAside)
            } else {
                Outcome::Conflict
            },
            reason: if same { self.reason.clone() } else { Some("id_has_other_content".to_owned()) },
        }
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

/// What is known of an installation.
#[derive(Debug, Default)]
struct Known {
    sequence: i64,
    received_us: i64,
    marks: i64,
    boot: Option<Boot>,
    /// Those of the boots that ended which entries of the group name, or that ended with it
    ended: HashMap<String, Boot>,
}

#[derive(Debug, FromRow)]
struct HeadRow {
    account: i64,
    installation: Uuid,
    sequence: i64,
    received_us: i64,
    marks: i64,
    boot: Option<String>,
    boot_started_us: Option<i64>,
    boot_last_us: Option<i64>,
}

impl HeadRow {
    fn new((account, installation): (i64, Uuid), known: Known) -> Self {
        let Known { sequence, received_us, marks, boot, .. } = known;
        let (boot_started_us, boot_last_us) =
            boot.as_ref().map(|boot| (boot.started_us, boot.last_us)).unzip();
        let boot = boot.map(|boot| boot.name);
        Self { account, installation, sequence, received_us, marks, boot, boot_started_us, boot_last_us }
    }

    fn known(self) -> ((i64, Uuid), Known) {
        let Self { account, installation, sequence, received_us, marks, .. } = self;
        let boot = match (self.boot, self.boot_started_us, self.boot_last_us) {
            (Some(name), Some(started_us), Some(last_us)) => Some(Boot { name, started_us, last_us }),
            _ => None,
        };
        let ended = HashMap::new();
        ((account, installation), Known { sequence, received_us, marks, boot, ended })
    }
}

/// What installations said, to be kept for the next time.
#[derive(Debug, Default)]
pub struct Followed {
    heads: Vec<HeadRow>,
    ended: Vec<BootRow>,
}

#[derive(Debug, FromRow)]
struct BootRow {
    account: i64,
    installation: Uuid,
    boot: String,
    started_us: i64,
    last_us: i64,
}

impl Followed {
    fn new(installations: HashMap<(i64, Uuid), Known>) -> Self {
        let mut followed = Self::default();
        for (key, mut known) in installations {
            let (account, installation) = key;
            let row = |Boot { name: boot, started_us, last_us }| BootRow {
                account,
                installation,
                boot,
                started_us,
                last_us,
            };
            followed.ended.extend(known.ended.drain().map(|(_, boot)| row(boot)));
            followed.heads.push(HeadRow::new(key, known));
        }
        followed
    }

    /// Keeps it.
    pub fn write(self, inserts: &mut Inserts) -> Result<()> {
        if !self.ended.is_empty() {
            inserts.insert_many(
                "insert into installation_boot (account, installation, boot, started_us, last_us)",
                columns!(self.ended => account, installation, boot, started_us, last_us),
                "on conflict (account, installation, boot) do update set started_us = excluded.started_us, \
                 last_us = excluded.last_us",
            )?;
        }
        inserts.insert_many(
            "insert into installation_head (account, installation, sequence, received_us, marks, boot, boot_started_us, \
             boot_last_us)",
            columns!(self.heads => account, installation, sequence, received_us, marks, boot, boot_started_us,
                boot_last_us),
            "on conflict (account, installation) do update set sequence = excluded.sequence, \
             received_us = excluded.received_us, marks = excluded.marks, boot = excluded.boot, \
             boot_started_us = excluded.boot_started_us, boot_last_us = excluded.boot_last_us",
        )
    }
}

/// Takes note of what `entries`, which are new, say of their installations: marks gaps and clones, and fixes the instants
/// of what is anchored by its boot as a whole.
///
/// Only what an installation handed in itself counts: an entry that names another one says nothing of that one's.
pub async fn follow(tx: &mut Tx, entries: &mut [(i64, &mut Incoming)]) -> Result<Followed> {
    let mut installations = known(tx, entries).await?;
    if installations.is_empty() {
        return Ok(Followed::default());
    }
    ended_boots(tx, entries, &mut installations).await?;
    let used = used_sequences(tx, entries, &installations).await?;
    let mut seen: HashSet<(i64, Uuid, i64)> = HashSet::new();
    for (account, entry) in entries.iter_mut() {
        let Some(installation) = entry.own_installation() else { continue };
        let known = installations.entry((*account, installation)).or_default();
        let is_next = entry.sequence > known.sequence;
        if entry.sequence > known.sequence.saturating_add(1) {
            entry.marks |= marks::SEQUENCE_GAP;
        }
        known.sequence = entry.sequence.max(known.sequence);
        let place = (*account, installation, entry.sequence);
        if used.contains(&place) || !seen.insert(place) {
            entry.marks |= marks::CLONE;
        }
        known.marks |= entry.marks;
        known.received_us = entry.received_us;
        fix(entry, known, is_next);
    }
    Ok(Followed::new(installations))
}

/// Fixes the instant of an entry by what is known of its boot: with the anchor of its exchange, if that is of the same boot,
/// without it otherwise.
fn fix(entry: &mut Incoming, known: &mut Known, is_next: bool) {
    let at_us = entry.occurred.at_us;
    let is_anchored = entry.occurred.kind == OccurredKind::Anchored;
    let Some((name, monotonic_us)) = entry.boot_clock() else { return };
    let running = known.boot.as_mut().filter(|boot| boot.name == name);
    if let Some(boot) = running.or_else(|| known.ended.get_mut(name)) {
        let fixed = if is_anchored {
            Some(boot.fix(monotonic_us, at_us, is_next))
        } else {
            boot.place(monotonic_us, entry.received_us, is_next)
        };
        if let Some(at_us) = fixed {
            entry.occurred = Occurred { at_us, kind: OccurredKind::Anchored };
        }
    } else if is_anchored && is_next {
        let started_us = at_us.saturating_sub(monotonic_us);
        let begun = Boot { name: name.to_owned(), started_us, last_us: at_us };
        if let Some(ended) = known.boot.replace(begun) {
            known.ended.insert(ended.name.clone(), ended);
        }
    }
}

/// Adds the boots that ended to what is known of the installations, as far as `entries` name one that does not run.
async fn ended_boots(
    tx: &mut Tx,
    entries: &[(i64, &mut Incoming)],
    installations: &mut HashMap<(i64, Uuid), Known>,
) -> Result<()> {
    let wanted: HashSet<(i64, Uuid, &str)> = entries
        .iter()
        .filter_map(|(account, entry)| {
            let (installation, (name, _)) = (entry.own_installation()?, entry.boot_clock()?);
            let running = installations.get(&(*account, installation))?.boot.as_ref()?;
            (running.name != name).then_some((*account, installation, name))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let rows: Vec<BootRow> = tx
        .fetch_many(
            "a, i, b",
            (
                wanted.iter().map(|key| key.0).collect::<Vec<_>>(),
                wanted.iter().map(|key| key.1).collect::<Vec<_>>(),
                wanted.iter().map(|key| key.2.to_owned()).collect::<Vec<_>>(),
            ),
            "select b.account, b.installation, b.boot, b.started_us, b.last_us from k join installation_boot b \
             on b.account = k.a and b.installation = k.i and b.boot = k.b",
        )
        .await?;
    for BootRow { account, installation, boot: name, started_us, last_us } in rows {
        if let Some(known) = installations.get_mut(&(account, installation)) {
            known.ended.insert(name.clone(), Boot { name, started_us, last_us });
        }
    }
    Ok(())
}

/// What is known of the installations that handed in `entries`.
async fn known(tx: &mut Tx, entries: &[(i64, &mut Incoming)]) -> Result<HashMap<(i64, Uuid), Known>> {
    let mut installations: HashMap<(i64, Uuid), Known> = entries
        .iter()
        .filter_map(|(account, entry)| Some(((*account, entry.own_installation()?), Known::default())))
        .collect();
    if installations.is_empty() {
        return Ok(installations);
    }
    let rows: Vec<HeadRow> = tx
        .fetch_many(
            "a, i",
            (
                installations.keys().map(|key| key.0).collect::<Vec<_>>(),
                installations.keys().map(|key| key.1).collect::<Vec<_>>(),
            ),
            "select h.account, h.installation, h.sequence, h.received_us, h.marks, h.boot, h.boot_started_us, \
             h.boot_last_us from k join installation_head h on h.account = k.a and h.installation = k.i",
        )
        .await?;
    installations.extend(rows.into_iter().map(HeadRow::known));
    Ok(installations)
}

/// The sequences among `entries` that an earlier entry has already; only those not above the last are looked up.
async fn used_sequences(
    tx: &mut Tx,
    entries: &[(i64, &mut Incoming)],
    known: &HashMap<(i64, Uuid), Known>,
) -> Result<HashSet<(i64, Uuid, i64)>> {
    let suspects: Vec<(i64, Uuid, i64)> = entries
        .iter()
        .filter_map(|(account, entry)| Some((*account, entry.own_installation()?, entry.sequence)))
        .filter(|(account, installation, sequence)| {
            known.get(&(*account, *installation)).is_some_and(|known| *sequence <= known.sequence)
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
