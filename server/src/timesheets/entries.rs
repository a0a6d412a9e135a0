//! The entries that timesheets are made of, read set-based: a few statements for any number of employees.

use std::collections::{HashMap, HashSet};

use campo_protocol::{
    clock::OccurredKind,
    entry::{Entry, Kind},
    shift::fact::{Change, Fact, PunchKind, Record},
};
use jiff::civil::Date;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{database::Tx, log::entry, problem::Result};

/// Microseconds of a day by the clock.
const DAY_US: i64 = 24 * 3600 * 1_000_000;
/// How far before the first day entries can matter to it: a week with its longest shift, unended punches in a row, and
/// the widest offset of a zone.
const BEFORE_US: i64 = 15 * DAY_US;
/// How far behind the last day: its longest shift, and the widest offset of a zone.
const BEHIND_US: i64 = 5 * DAY_US;
/// How far before the first day closings and corrections are read for everybody; for whom older punches were changed
/// or handed in late, as far back as these.
const CLOSED_US: i64 = 400 * DAY_US;
/// How far clocks of replicas may differ from the days of a zone.
const SETTLED_US: i64 = 2 * DAY_US;

/// An entry about working time.
#[derive(Debug, FromRow)]
pub(super) struct EntryRow {
    pub(super) employee: Option<Uuid>,
    pub(super) position: i64,
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) author: String,
    pub(super) author_id: Option<Uuid>,
    pub(super) installation: Option<Uuid>,
    pub(super) sequence: i64,
    pub(super) occurred_us: i64,
    occurred_kind: String,
    pub(super) received_us: i64,
    pub(super) marks: i64,
    pub(super) hash: Vec<u8>,
    bytes: Option<Vec<u8>>,
}

/// An entry with its content, as far as it was not erased.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) row: EntryRow,
    pub(super) entry: Option<Entry>,
}

impl Known {
    /// What it says of working time; none when it cannot be read.
    pub(super) fn record(&self) -> Option<Record> {
        let kind = Kind::from_name(&self.row.kind)?;
        let fact = match &self.entry {
            Some(entry) => Fact::of(kind, entry)?,
            None => Fact::of_erased(PunchKind::of(kind)?),
        };
        let EntryRow { id, position, sequence, installation, occurred_us: at_us, received_us, .. } = self.row;
        let occurred_kind = self.occurred_kind();
        Some(Record { id, position, sequence, installation, at_us, occurred_kind, received_us, fact })
    }

    /// How its instant was fixed.
    pub(super) fn occurred_kind(&self) -> OccurredKind {
        OccurredKind::from_name(&self.row.occurred_kind)
    }
}

/// What is known of one employee's working time.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) records: Vec<Record>,
    pub(super) entries: HashMap<Uuid, Known>,
}

impl Book {
    pub(super) fn add(&mut self, mut row: EntryRow) {
        if self.entries.contains_key(&row.id) {
            return;
        }
        let entry = row.bytes.take().and_then(|bytes| entry::read(&bytes));
        let known = Known { row, entry };
        self.records.extend(known.record());
        self.entries.insert(known.row.id, known);
    }

    /// The punches and corrections that its corrections and answers name, at one remove.
    fn named(&self) -> impl Iterator<Item = Uuid> {
        self.records.iter().filter_map(|record| match &record.fact {
            Fact::Correction(_, target) => *target,
            Fact::Answer(answer) => Some(answer.correction),
            _ => None,
        })
    }

    /// The earliest instant of a punch that a correction or an answer received in these days is about.
    fn oldest_changed(&self, received: &std::ops::Range<i64>) -> Option<i64> {
        let by_id: HashMap<Uuid, &Record> = self.records.iter().map(|record| (record.id, record)).collect();
        let corrections = self.records.iter().filter(|record| received.contains(&record.received_us));
        let corrections = corrections.filter_map(|record| match &record.fact {
            Fact::Answer(answer) => by_id.get(&answer.correction).copied(),
            _ => Some(record),
        });
        let instants = corrections.filter_map(|record| {
            let Fact::Correction(correction, target) = &record.fact else { return None };
            let target = target.and_then(|target| by_id.get(&target)).map(|record| record.at_us);
            match &correction.change {
                Change::Instant { at_us, .. } | Change::Add { at_us, .. } => {
                    Some(target.map_or(*at_us, |target| target.min(*at_us)))
                }
                Change::Kind { .. } | Change::Remove => target,
            }
        });
        instants.min()
    }
}

/// All that can matter to the days from `from` to `to` of these employees.
pub(super) async fn books(
    tx: &mut Tx,
    account: i64,
    employees: &[Uuid],
    from: Date,
    to: Date,
) -> Result<HashMap<Uuid, Book>> {
    let (start_us, end_us) = (utc_us(from), utc_us(to));
    let window_us = start_us.saturating_sub(BEFORE_US);
    let received = start_us - SETTLED_US..end_us + DAY_US + SETTLED_US;
    let mut books: HashMap<Uuid, Book> = employees.iter().map(|id| (*id, Book::default())).collect();
    let since_us = start_us - CLOSED_US;
    add(changes(tx, account, employees.iter().map(|id| (*id, since_us)).collect()).await?, &mut books);
    add_named(tx, account, &mut books).await?;
    let late: HashMap<Uuid, i64> = late(tx, account, employees, &received, window_us).await?;
    let window = |employee: &Uuid, books: &HashMap<Uuid, Book>| {
        let changed = books.get(employee).and_then(|book| book.oldest_changed(&received));
        let oldest = late.get(employee).copied().into_iter().chain(changed).min();
        oldest.map_or(window_us, |at_us| window_us.min(at_us.saturating_sub(BEFORE_US)))
    };
    // What closed the days of older punches, and what was corrected of them before, stands behind these
    let older: Vec<(Uuid, i64)> = employees
        .iter()
        .map(|employee| (*employee, window(employee, &books)))
        .filter(|(_, window_us)| *window_us < since_us)
        .collect();
    if !older.is_empty() {
        add(changes(tx, account, older).await?, &mut books);
        add_named(tx, account, &mut books).await?;
    }
    let windows = employees.iter().map(|employee| window(employee, &books)).collect();
    add(punches(tx, account, employees, windows, end_us.saturating_add(BEHIND_US)).await?, &mut books);
    Ok(books)
}

fn add(rows: Vec<EntryRow>, books: &mut HashMap<Uuid, Book>) {
    for row in rows {
        if let Some(book) = row.employee.and_then(|employee| books.get_mut(&employee)) {
            book.add(row);
        }
    }
}

/// Adds the punches and corrections that those which are there name.
async fn add_named(tx: &mut Tx, account: i64, books: &mut HashMap<Uuid, Book>) -> Result<()> {
    let is_new = |book: &Book, id: &Uuid| !book.entries.contains_key(id);
    let named: HashSet<Uuid> = books
        .values()
        .flat_map(|book| book.named().filter(|id| is_new(book, id)).collect::<Vec<_>>())
        .collect();
    add(by_ids(tx, account, named.into_iter().collect()).await?, books);
    Ok(())
}

/// Corrections, answers, closings and openings that each employee's log got since an instant: all that concern later
/// days are among them, since nobody corrects or closes what has not been. They are asked for by when they came: the
/// clock of a phone that asks for a correction may be years off.
pub(super) async fn changes(tx: &mut Tx, account: i64, since_us: Vec<(Uuid, i64)>) -> Result<Vec<EntryRow>> {
    let (employees, since_us): (Vec<Uuid>, Vec<i64>) = since_us.into_iter().unzip();
    tx.fetch_many(
        "a, e, f",
        (vec![account; employees.len()], employees, since_us),
        "select e.employee, e.position, e.id, e.kind, e.author, e.author_id, e.installation, e.sequence, \
         e.occurred_us, e.occurred_kind, e.received_us, e.marks, e.hash, b.bytes from k \
         join entry e on e.account = k.a and e.employee = k.e and e.received_us >= k.f \
         and e.kind in ('punch.correction', 'punch.agreement', 'period.closed', 'period.reopened') \
         and e.outcome <> 'set_aside' \
         left join entry_body b on b.account = e.account and b.position = e.position",
    )
    .await
}

/// The entries about working time of these ids.
pub(super) async fn by_ids(tx: &mut Tx, account: i64, ids: Vec<Uuid>) -> Result<Vec<EntryRow>> {
    tx.fetch_many(
        "a, i",
        (vec![account; ids.len()], ids),
        "select e.employee, e.position, e.id, e.kind, e.author, e.author_id, e.installation, e.sequence, \
         e.occurred_us, e.occurred_kind, e.received_us, e.marks, e.hash, b.bytes from k \
         join entry e on e.account = k.a and e.id = k.i and e.outcome <> 'set_aside' \
         left join entry_body b on b.account = e.account and b.position = e.position",
    )
    .await
}

/// For whom punches from before `window_us` were received in these days, and when the oldest of them was made.
async fn late(
    tx: &mut Tx,
    account: i64,
    employees: &[Uuid],
    received: &std::ops::Range<i64>,
    window_us: i64,
) -> Result<HashMap<Uuid, i64>> {
    let count = employees.len();
    // As a condition, `occurred_us < w` would choose the index by it, which goes through all that was ever punched.
    let rows: Vec<(Uuid, Option<i64>)> = tx
        .fetch_many(
            "a, e, f, u, w",
            (
                vec![account; count],
                employees.to_vec(),
                vec![received.start; count],
                vec![received.end; count],
                vec![window_us; count],
            ),
            "select k.e, (select min(case when e.occurred_us < k.w then e.occurred_us end) from entry e \
             where e.account = k.a and e.employee = k.e and e.received_us >= k.f and e.received_us < k.u \
             and e.kind in ('shift.start', 'shift.end', 'break.start', 'break.end')) from k",
        )
        .await?;
    Ok(rows.into_iter().filter_map(|(employee, at_us)| Some((employee, at_us?))).collect())
}

/// The punches of each employee from its instant of `windows_us` on, until `until_us`.
async fn punches(
    tx: &mut Tx,
    account: i64,
    employees: &[Uuid],
    windows_us: Vec<i64>,
    until_us: i64,
) -> Result<Vec<EntryRow>> {
    let count = employees.len();
    tx.fetch_many(
        "a, e, f, u",
        (vec![account; count], employees.to_vec(), windows_us, vec![until_us; count]),
        "select e.employee, e.position, e.id, e.kind, e.author, e.author_id, e.installation, e.sequence, \
         e.occurred_us, e.occurred_kind, e.received_us, e.marks, e.hash, b.bytes from k \
         join entry e on e.account = k.a and e.employee = k.e and e.occurred_us >= k.f and e.occurred_us < k.u \
         and e.kind in ('shift.start', 'shift.end', 'break.start', 'break.end') and e.outcome <> 'set_aside' \
         left join entry_body b on b.account = e.account and b.position = e.position",
    )
    .await
}

/// A link of a chain beside the account's own.
#[derive(Debug, Clone, FromRow)]
pub(super) struct LinkRow {
    position: i64,
    pub(super) chain: String,
    pub(super) number: i64,
    pub(super) leaf: Vec<u8>,
}

/// Where the entries at `positions` stand in the chains of establishments.
pub(super) async fn links(tx: &mut Tx, account: i64, positions: Vec<i64>) -> Result<HashMap<i64, LinkRow>> {
    let rows: Vec<LinkRow> = tx
        .fetch_many(
            "a, p",
            (vec![account; positions.len()], positions),
            "select l.position, l.chain, l.number, l.leaf from k \
             join chain_link l on l.account = k.a and l.position = k.p and l.chain <> 'account'",
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.position, row)).collect())
}

/// Midnight of a day in UTC: microseconds since 1970.
pub(super) fn utc_us(date: Date) -> i64 {
    campo_protocol::civil::instant_us(date.at(0, 0, 0, 0), &jiff::tz::TimeZone::UTC).unwrap_or(0)
}
