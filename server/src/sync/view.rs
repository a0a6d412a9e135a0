//! What is new in a phone's view: one page over all of its scopes, bounded by objects and bytes.
//!
//! Everything is read in one snapshot. An object can stand under several scopes, and so the digests of all of them agree
//! only in one state of the database.

use std::collections::{BTreeMap, HashMap};

use campo_protocol::{
    scope::Scope,
    sync::{Change, Held, ScopePage, ViewPage},
};
use serde_json::value::RawValue;
use sqlx::FromRow;
use uuid::Uuid;

use super::scopes;
use crate::{
    access::Phone,
    database::Tx,
    problem::{Problem, Result},
};

/// The most objects in a page. The statement that reads them says one more.
const MAX_OBJECTS: usize = 5000;

/// A page, and what the phone's request said of what it holds.
#[derive(Debug)]
pub(super) struct View {
    pub(super) page: ViewPage,
    pub(super) confirmed: Vec<Confirmed>,
}

/// That the phone holds a scope of an employee up to a position for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Confirmed {
    pub(super) scope: Scope,
    pub(super) position: i64,
}

#[derive(Debug, FromRow)]
struct HeadRow {
    number: i64,
    position: i64,
    objects: i64,
    digest: i64,
    /// Up to which position the phone said before that it holds the scope
    confirmed: Option<i64>,
}

/// A scope of the phone, and where the phone is in it.
#[derive(Debug)]
struct Place {
    scope: Scope,
    /// Up to where the phone holds it
    held: i64,
    /// Where the answer goes on
    after: i64,
    head: HeadRow,
}

#[derive(Debug, FromRow)]
struct ChangeRow {
    number: i64,
    kind: String,
    id: Uuid,
    position: i64,
    body: Option<Vec<u8>>,
    total: i64,
}

/// The page behind what the phone holds.
pub(super) async fn read(tx: &mut Tx, phone: &Phone, held: &Held, now_us: i64) -> Result<View> {
    let scopes = scopes::of_phone(tx, phone, now_us).await?;
    let places = places(tx, phone, held, scopes).await?;
    // A scope that holds nothing is dropped, too: a phone may have something of it from before a restore.
    let is_there = |scope: &Scope| places.iter().any(|place| place.scope == *scope);
    let dropped = held.scopes.keys().filter(|scope| !is_there(scope)).copied().collect();
    let digest = places.iter().map(|place| place.head.digest).fold(0, i64::wrapping_add);
    let confirmed = places.iter().filter_map(Place::confirmed).collect();
    let news: Vec<Place> = places.into_iter().filter(|place| place.head.position > place.after).collect();
    let reached = reached(&news);
    let read = changes(tx, phone, reached).await?;
    let (pages, cut) = pages(reached, read)?;
    let more = cut || reached.len() < news.len();
    let page = ViewPage { dropped, scopes: pages, more, digest: (!more).then_some(digest) };
    Ok(View { page, confirmed })
}

/// The heads of those scopes that ever held anything.
async fn places(tx: &mut Tx, phone: &Phone, held: &Held, scopes: Vec<Scope>) -> Result<Vec<Place>> {
    let count = scopes.len();
    let mut heads: Vec<HeadRow> = tx
        .fetch_many(
            "a, i, n, s",
            (
                vec![phone.allowed.account(); count],
                vec![phone.installation; count],
                (0..count as i64).collect::<Vec<_>>(),
                scopes.iter().map(Scope::to_string).collect::<Vec<_>>(),
            ),
            "select k.n as number, s.position, s.objects, s.digest, (select max(h.position) from installation_held h \
             where h.account = k.a and h.installation = k.i and h.scope = k.s) as confirmed \
             from k join scope s on s.account = k.a and s.scope = k.s",
        )
        .await?;
    heads.sort_by_key(|head| head.number);
    let place = |head: HeadRow| {
        let scope = *scopes.get(head.number as usize)?;
        // What the server never gave is no position: such a scope is read anew.
        let given = |position: &i64| (0..=head.position).contains(position);
        let in_scope = |positions: &BTreeMap<Scope, i64>| positions.get(&scope).copied();
        let written = in_scope(&held.scopes);
        let after = in_scope(&held.received).or(written).filter(given).unwrap_or(0);
        Some(Place { scope, held: written.filter(given).unwrap_or(0), after, head })
    };
    Ok(heads.into_iter().filter_map(place).collect())
}

/// The first of these scopes, up to the one in which the page may become full.
fn reached(news: &[Place]) -> &[Place] {
    let mut expected: i64 = 0;
    let count = news.iter().take_while(|place| {
        let has_room = expected < MAX_OBJECTS as i64;
        expected = expected.saturating_add(place.most());
        has_room
    });
    &news[..count.count()]
}

/// The changes of these scopes, as many as fit in a page, and perhaps one more.
///
/// Reading stops at one change more than a page takes, in each scope and over all; bytes are counted behind that, so
/// that no page costs more than itself, however much there is. Whoever reads a scope from its beginning needs no
/// tombstones.
async fn changes(tx: &mut Tx, phone: &Phone, wanted: &[Place]) -> Result<Vec<ChangeRow>> {
    let count = wanted.len();
    tx.fetch_many(
        "a, n, s, p",
        (
            vec![phone.allowed.account(); count],
            wanted.iter().map(|place| place.head.number).collect::<Vec<_>>(),
            wanted.iter().map(|place| place.scope.to_string()).collect::<Vec<_>>(),
            wanted.iter().map(|place| place.after).collect::<Vec<_>>(),
        ),
        "select x.number, x.kind, x.id, x.position, x.body, x.total from ( \
         select r.number, r.kind, r.id, r.position, b.body, count(*) over () as total, \
         sum(coalesce(length(b.body), 0)) over (order by r.number, r.position \
         rows between unbounded preceding and 1 preceding) as bytes_before \
         from (select k.n as number, c.account, c.kind, c.id, c.position, c.removed from k join change c \
         on c.account = k.a and c.scope = k.s and c.position > k.p and (k.p > 0 or not c.removed) \
         and c.position <= coalesce((select y.position from change y where y.account = k.a and y.scope = k.s \
         and y.position > k.p and (k.p > 0 or not y.removed) order by y.position limit 1 offset 5000), \
         9223372036854775807) order by k.n, c.position limit 5001) r \
         left join change_body b on b.account = r.account and b.kind = r.kind and b.id = r.id and not r.removed) x \
         where coalesce(x.bytes_before, 0) < 2097152 order by x.number, x.position",
    )
    .await
}

/// Puts the changes into pages, one for each scope that was reached. True when the last one was cut.
fn pages(places: &[Place], mut rows: Vec<ChangeRow>) -> Result<(Vec<ScopePage>, bool)> {
    let cut = rows.first().is_some_and(|row| row.total > rows.len().min(MAX_OBJECTS) as i64);
    rows.truncate(MAX_OBJECTS);
    let end = rows.last().filter(|_| cut).map(|row| (row.number, row.position));
    let mut own: HashMap<i64, Vec<Change>> = HashMap::new();
    for row in rows {
        own.entry(row.number).or_default().push(row.into_change()?);
    }
    let mut pages = Vec::new();
    for Place { scope, after, head, .. } in places {
        let position = match end {
            Some((number, _)) if head.number > number => break,
            Some((number, position)) if head.number == number => position,
            _ => head.position,
        };
        pages.push(ScopePage {
            scope: *scope,
            after: *after,
            position,
            objects: head.objects,
            digest: head.digest,
            complete: position == head.position,
            changes: own.remove(&head.number).unwrap_or_default(),
        });
    }
    Ok((pages, cut))
}

impl Place {
    /// How many changes it has at most for the phone: positions rise, with gaps.
    fn most(&self) -> i64 {
        if self.after == 0 { self.head.objects } else { self.head.position - self.after }
    }

    /// What the phone says here for the first time. Tasks stand under employees alone, and the office asks of tasks.
    fn confirmed(&self) -> Option<Confirmed> {
        let is_new = self.held > self.head.confirmed.unwrap_or(0);
        (is_new && matches!(self.scope, Scope::Employee(_)))
            .then_some(Confirmed { scope: self.scope, position: self.held })
    }
}

impl ChangeRow {
    fn into_change(self) -> Result<Change> {
        let raw = |body| {
            let text = String::from_utf8(body).map_err(Problem::internal)?;
            RawValue::from_string(text).map_err(Problem::internal)
        };
        Ok(Change { kind: self.kind, id: self.id, body: self.body.map(raw).transpose()? })
    }
}
