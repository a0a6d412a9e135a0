//! Corrections: which are in force, and the punches as they stand with them, each beside what it was.
//!
//! A correction is an entry of its own; the punch it names stays in the log as it was captured. The office's stands at
//! once unless its entry says that it needs agreement; a worker's always waits for the office, since otherwise it would
//! be the employer who is bound by what he never saw. The last answer of the side that was asked is what stands.
//!
//! Several corrections of one punch are applied in the order in which they were made: the last word counts.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fact::{Answer, Change, Fact, PunchKind, Record};
use crate::clock::{EARLIEST_US, OccurredKind};

/// How far behind the moment at which it was made the instant of a correction may lie: clocks of phones and servers
/// differ by less.
const TOLERANCE_US: i64 = 5 * 60 * 1_000_000;

/// Who wrote a correction or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The employee, on a phone
    Worker,
    /// A user or a system of the company
    Office,
}

impl Side {
    /// The side that wrote an entry.
    pub const fn of(record: &Record) -> Self {
        if record.installation.is_some() { Self::Worker } else { Self::Office }
    }
}

/// What stands of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It counts; nobody had to agree
    InForce,
    /// It waits for the other side and does not count
    Proposed,
    /// The other side agreed: it counts
    Agreed,
    /// The other side rejected it: it does not count
    Rejected,
    /// It was taken back: it does not count
    Withdrawn,
    /// It cannot be applied: it names nothing of this employee, or an instant that cannot be
    Impossible,
}

impl Standing {
    /// True when the correction counts.
    pub const fn counts(self) -> bool {
        matches!(self, Self::InForce | Self::Agreed)
    }
}

/// Kind and instant of a punch at one moment of its history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// Its kind
    pub kind: PunchKind,
    /// Microseconds since 1970 UTC
    pub at_us: i64,
}

/// A punch as it stands with its corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Punch {
    /// Its entry; for an added punch the correction that added it
    pub id: Uuid,
    /// Kind and instant as they count
    pub now: Moment,
    /// Kind and instant as captured, where a correction changed them
    pub original: Option<Moment>,
    /// True when a correction added it
    pub added: bool,
    /// Its sequence in its installation, 0 for the office
    pub sequence: i64,
    /// The installation that captured it, none for the office
    pub installation: Option<Uuid>,
    /// How its instant was fixed; a corrected instant is no longer the clock's
    pub occurred_kind: OccurredKind,
    /// The zone that the phone saw or the correction says
    pub zone: Option<String>,
    /// The offset that the phone saw, in seconds east of UTC
    pub offset_s: Option<i32>,
    /// The kind of break
    pub break_kind: Option<String>,
}

impl Punch {
    /// The order of punches: corrected instants, then sequence, then id.
    pub const fn order(&self) -> (i64, i64, Uuid) {
        (self.now.at_us, self.sequence, self.id)
    }
}

/// A correction and what stands of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionSeen {
    /// Its entry
    pub id: Uuid,
    /// The punch it is about; for an added one itself
    pub punch: Uuid,
    /// Who wrote it
    pub side: Side,
    /// What it does
    pub change: Change,
    /// What stands of it
    pub standing: Standing,
    /// The answer that stands, if one was given
    pub answer: Option<Uuid>,
    /// The punch before it; none where it adds one
    pub before: Option<Moment>,
    /// The punch with it, also where it does not count; none where it removes one
    pub after: Option<Moment>,
}

/// The punches of an employee with all corrections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrected {
    /// Those that count, in order
    pub punches: Vec<Punch>,
    /// Those that a correction removed, in order
    pub removed: Vec<Punch>,
    /// Every correction, in the order in which they were made
    pub corrections: Vec<CorrectionSeen>,
}

/// The punches that `records` make. Their order does not matter, and a record that is there twice counts once.
pub fn corrected<'a>(records: impl IntoIterator<Item = &'a Record>) -> Corrected {
    let records: BTreeMap<Uuid, &Record> = records.into_iter().map(|record| (record.id, record)).collect();
    let mut book = Book::open(&records);
    for record in &book.order.clone() {
        book.apply(record);
    }
    let mut removed = Vec::new();
    let mut punches = Vec::with_capacity(book.punches.len());
    for (punch, is_there) in book.punches.into_values() {
        if is_there { punches.push(punch) } else { removed.push(punch) }
    }
    punches.sort_by_key(Punch::order);
    removed.sort_by_key(Punch::order);
    Corrected { punches, removed, corrections: book.seen }
}

/// What is known while corrections are applied.
struct Book<'a> {
    /// The corrections in the order in which they were made
    order: Vec<&'a Record>,
    /// The answers that stand, by the correction
    answers: HashMap<Uuid, (&'a Record, Answer)>,
    /// Corrections that take another one back, or ask to
    taking_back: HashSet<Uuid>,
    /// Corrections that are taken back
    withdrawn: HashSet<Uuid>,
    punches: HashMap<Uuid, (Punch, bool)>,
    seen: Vec<CorrectionSeen>,
}

impl<'a> Book<'a> {
    fn open(records: &BTreeMap<Uuid, &'a Record>) -> Self {
        let mut order: Vec<&Record> =
            records.values().copied().filter(|record| matches!(record.fact, Fact::Correction(..))).collect();
        order.sort_by_key(|record| record.order());
        let mut book = Self {
            order,
            answers: answers(records),
            taking_back: HashSet::new(),
            withdrawn: HashSet::new(),
            punches: records
                .values()
                .filter_map(|record| Some((record.id, (captured(record)?, true))))
                .collect(),
            seen: Vec::new(),
        };
        book.find_withdrawn(records);
        book
    }

    /// Takes corrections back: a `remove` that names a correction. Whoever wrote a correction may take it back alone
    /// while it does not count. An added punch that counts is a punch, and is removed as any other.
    fn find_withdrawn(&mut self, records: &BTreeMap<Uuid, &'a Record>) {
        for record in &self.order {
            let Fact::Correction(own, Some(target)) = &record.fact else { continue };
            let Some(named) = records.get(target) else { continue };
            let Fact::Correction(correction, _) = &named.fact else { continue };
            let counts = self.standing(named).0.counts();
            let is_punch = matches!(correction.change, Change::Add { .. }) && counts;
            // What takes a correction back is not taken back itself: the correction is made again.
            if own.change != Change::Remove
                || is_punch
                || *target == record.id
                || self.taking_back.contains(target)
            {
                continue;
            }
            self.taking_back.insert(record.id);
            let alone = Side::of(record) == Side::of(named) && !counts;
            if alone || self.standing(record).0.counts() {
                self.withdrawn.insert(*target);
            }
        }
    }

    /// What stands of a correction by its answers, and the answer.
    fn standing(&self, record: &Record) -> (Standing, Option<Uuid>) {
        let Fact::Correction(correction, _) = &record.fact else { return (Standing::Impossible, None) };
        if self.withdrawn.contains(&record.id) {
            return (Standing::Withdrawn, None);
        }
        if Side::of(record) == Side::Office && !correction.needs_agreement {
            return (Standing::InForce, None);
        }
        match self.answers.get(&record.id) {
            None => (Standing::Proposed, None),
            Some((answer, Answer { agreed: true, .. })) => (Standing::Agreed, Some(answer.id)),
            Some((answer, Answer { agreed: false, .. })) => (Standing::Rejected, Some(answer.id)),
        }
    }

    fn apply(&mut self, record: &Record) {
        let Fact::Correction(correction, target) = &record.fact else { return };
        let (mut standing, answer) = self.standing(record);
        let mut seen = CorrectionSeen {
            id: record.id,
            punch: target.unwrap_or(record.id),
            side: Side::of(record),
            change: correction.change.clone(),
            standing,
            answer,
            before: None,
            after: None,
        };
        let possible = match target {
            None => self.add(record, &correction.change, standing, &mut seen),
            Some(target) if self.punches.contains_key(target) => {
                self.change(*target, record, &correction.change, standing, &mut seen)
            }
            Some(target) => {
                if let Some(named) = self.seen.iter().find(|named| named.id == *target) {
                    seen.punch = named.punch;
                }
                self.taking_back.contains(&record.id)
            }
        };
        if !possible {
            standing = Standing::Impossible;
        }
        seen.standing = standing;
        self.seen.push(seen);
    }

    fn add(
        &mut self,
        record: &Record,
        change: &Change,
        standing: Standing,
        seen: &mut CorrectionSeen,
    ) -> bool {
        let Change::Add { kind, at_us, zone, break_kind } = change else { return false };
        if !can_be(*at_us, record) {
            return false;
        }
        let now = Moment { kind: *kind, at_us: *at_us };
        seen.after = Some(now);
        if standing.counts() {
            let punch = Punch {
                id: record.id,
                now,
                original: None,
                added: true,
                sequence: record.sequence,
                installation: record.installation,
                occurred_kind: OccurredKind::Wall,
                zone: zone.clone(),
                offset_s: None,
                break_kind: break_kind.clone(),
            };
            self.punches.insert(record.id, (punch, true));
        }
        true
    }

    fn change(
        &mut self,
        target: Uuid,
        record: &Record,
        change: &Change,
        standing: Standing,
        seen: &mut CorrectionSeen,
    ) -> bool {
        let Some((punch, is_there)) = self.punches.get_mut(&target) else { return false };
        let mut after = punch.clone();
        seen.before = Some(punch.now);
        match change {
            Change::Add { .. } => return false,
            Change::Instant { at_us, .. } if !can_be(*at_us, record) => return false,
            Change::Instant { at_us, zone } => {
                after.now.at_us = *at_us;
                // The clock's word on offset and quality was about the instant that it saw.
                after.offset_s = None;
                after.occurred_kind = OccurredKind::Wall;
                after.zone = zone.clone().or(after.zone);
            }
            Change::Kind { kind, break_kind } => {
                after.now.kind = *kind;
                after.break_kind.clone_from(break_kind);
            }
            Change::Remove => {}
        }
        let removes = *change == Change::Remove;
        seen.after = (!removes).then_some(after.now);
        if standing.counts() {
            after.original = punch.original.or(Some(punch.now)).filter(|original| *original != after.now);
            *punch = after;
            *is_there = !removes;
        }
        true
    }
}

/// The last answer to each correction by the side that was asked.
fn answers<'a>(records: &BTreeMap<Uuid, &'a Record>) -> HashMap<Uuid, (&'a Record, Answer)> {
    let mut answers: HashMap<Uuid, (&Record, Answer)> = HashMap::new();
    for record in records.values() {
        let Fact::Answer(answer) = record.fact else { continue };
        let asked = records.get(&answer.correction).map(|correction| Side::of(correction));
        if asked.is_none_or(|side| side == Side::of(record)) {
            continue;
        }
        let stands = answers.get(&answer.correction).is_none_or(|(known, _)| known.order() < record.order());
        if stands {
            answers.insert(answer.correction, (record, answer));
        }
    }
    answers
}

fn captured(record: &Record) -> Option<Punch> {
    let Fact::Punch(fact) = &record.fact else { return None };
    Some(Punch {
        id: record.id,
        now: Moment { kind: fact.kind, at_us: record.at_us },
        original: None,
        added: false,
        sequence: record.sequence,
        installation: record.installation,
        occurred_kind: record.occurred_kind,
        zone: fact.zone.clone(),
        offset_s: fact.offset_s,
        break_kind: fact.break_kind.clone(),
    })
}

/// True for an instant at which somebody can have worked when the correction was made. Of a phone whose clock may be
/// years behind it is known only when its word came.
const fn can_be(at_us: i64, record: &Record) -> bool {
    let made_us = match record.occurred_kind {
        OccurredKind::Wall if record.received_us > record.at_us => record.received_us,
        _ => record.at_us,
    };
    at_us >= EARLIEST_US && at_us <= made_us.saturating_add(TOLERANCE_US)
}
