//! The change feed: the latest state of one thing that phones must know, filed under scopes.
//!
//! One row per (account, scope, object) with the position of its last change, or a tombstone. A scope's digest is the
//! wrapping sum over its objects, kept under the account's lock, so that phone and server can prove that they agree.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use campo_protocol::{digest, scope::Scope};
use sqlx::FromRow;
use uuid::Uuid;

use super::head::Head;
use crate::{
    database::{Inserts, Tx, columns},
    problem::Result,
};

/// What phones must know of one object from now on.
#[derive(Debug, Clone)]
pub struct View {
    /// The kind of the object, such as `task` or `poi`
    pub kind: &'static str,
    /// The object
    pub id: Uuid,
    /// The scopes it is filed under; none takes it from every phone
    pub scopes: Vec<Scope>,
    /// Its JSON as phones get it
    pub body: Vec<u8>,
}

#[derive(Debug, FromRow)]
struct Filed {
    account: i64,
    kind: String,
    id: Uuid,
    scope: String,
    removed: bool,
    digest: i64,
}

/// A scope's totals.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct ScopeHead {
    /// The account
    pub account: i64,
    /// The scope
    pub scope: String,
    /// Position of its last change
    pub position: i64,
    /// How many objects it holds
    pub objects: i64,
    /// The wrapping sum of their digests
    pub digest: i64,
}

struct ChangeRow {
    account: i64,
    kind: &'static str,
    id: Uuid,
    scope: String,
    position: i64,
    removed: bool,
}

struct BodyRow {
    account: i64,
    kind: &'static str,
    id: Uuid,
    digest: i64,
    body: Vec<u8>,
}

/// Files `views` under their scopes and leaves tombstones where objects are no longer. What is as it was makes no
/// change.
pub async fn publish(
    tx: &mut Tx,
    inserts: &mut Inserts,
    heads: &mut HashMap<i64, Head>,
    views: Vec<(i64, View)>,
) -> Result<()> {
    let mut latest: BTreeMap<(i64, &'static str, Uuid), View> = BTreeMap::new();
    for (account, view) in views {
        latest.insert((account, view.kind, view.id), view);
    }
    if latest.is_empty() {
        return Ok(());
    }
    let filed = filed(tx, &latest).await?;
    let mut changes = Vec::new();
    let mut bodies = Vec::new();
    let mut deltas: BTreeMap<(i64, String), ScopeHead> = BTreeMap::new();
    for ((account, kind, id), view) in latest {
        let Some(head) = heads.get_mut(&account) else { continue };
        let digest = digest::of_object(kind, id, &view.body);
        let before = filed.get(&(account, kind.to_owned(), id)).map_or(&[][..], Vec::as_slice);
        let live: BTreeMap<&str, i64> =
            before.iter().filter(|row| !row.removed).map(|row| (row.scope.as_str(), row.digest)).collect();
        let wanted: BTreeSet<String> = view.scopes.iter().map(Scope::to_string).collect();
        if live.len() == wanted.len()
            && live.iter().all(|(scope, old)| wanted.contains(*scope) && *old == digest)
        {
            continue;
        }
        let mut note = |scope: String, removed: bool, objects: i64, change: i64| {
            head.change += 1;
            let delta = deltas.entry((account, scope.clone())).or_default();
            delta.position = head.change;
            delta.objects += objects;
            delta.digest = delta.digest.wrapping_add(change);
            changes.push(ChangeRow { account, kind, id, scope, position: head.change, removed });
        };
        for (scope, old) in &live {
            if !wanted.contains(*scope) {
                note((*scope).to_owned(), true, -1, old.wrapping_neg());
            }
        }
        for scope in wanted {
            match live.get(scope.as_str()) {
                Some(old) => note(scope, false, 0, digest.wrapping_sub(*old)),
                None => note(scope, false, 1, digest),
            }
        }
        bodies.push(BodyRow { account, kind, id, digest, body: view.body });
    }
    write(tx, inserts, changes, bodies, deltas).await
}

/// Where the objects are filed now.
async fn filed(
    tx: &mut Tx,
    views: &BTreeMap<(i64, &'static str, Uuid), View>,
) -> Result<HashMap<(i64, String, Uuid), Vec<Filed>>> {
    let keys = (
        views.keys().map(|key| key.0).collect::<Vec<_>>(),
        views.keys().map(|key| key.1).collect::<Vec<_>>(),
        views.keys().map(|key| key.2).collect::<Vec<_>>(),
    );
    let rows: Vec<Filed> = tx
        .fetch_many(
            "a, d, i",
            keys,
            "select c.account, c.kind, c.id, c.scope, c.removed, b.digest from k \
             join change c on c.account = k.a and c.kind = k.d and c.id = k.i \
             join change_body b on b.account = c.account and b.kind = c.kind and b.id = c.id",
        )
        .await?;
    let mut filed: HashMap<_, Vec<Filed>> = HashMap::new();
    for row in rows {
        filed.entry((row.account, row.kind.clone(), row.id)).or_default().push(row);
    }
    Ok(filed)
}

async fn write(
    tx: &mut Tx,
    inserts: &mut Inserts,
    changes: Vec<ChangeRow>,
    bodies: Vec<BodyRow>,
    deltas: BTreeMap<(i64, String), ScopeHead>,
) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let known: Vec<ScopeHead> = tx
        .fetch_many(
            "a, s",
            (
                deltas.keys().map(|key| key.0).collect::<Vec<_>>(),
                deltas.keys().map(|key| key.1.clone()).collect::<Vec<_>>(),
            ),
            "select s.account, s.scope, s.position, s.objects, s.digest from k \
             join scope s on s.account = k.a and s.scope = k.s",
        )
        .await?;
    let mut known: HashMap<(i64, String), ScopeHead> =
        known.into_iter().map(|head| ((head.account, head.scope.clone()), head)).collect();
    let scopes: Vec<ScopeHead> = deltas
        .into_iter()
        .map(|((account, scope), delta)| {
            let before = known.remove(&(account, scope.clone())).unwrap_or_default();
            ScopeHead {
                account,
                scope,
                position: delta.position,
                objects: before.objects + delta.objects,
                digest: before.digest.wrapping_add(delta.digest),
            }
        })
        .collect();
    inserts.insert_many(
        "insert into scope (account, scope, position, objects, digest)",
        columns!(scopes => account, scope, position, objects, digest),
        "on conflict (account, scope) do update set position = excluded.position, objects = excluded.objects, \
         digest = excluded.digest",
    )?;
    inserts.insert_many(
        "insert into change (account, kind, id, scope, position, removed)",
        columns!(changes => account, kind, id, scope, position, removed),
        "on conflict (account, kind, id, scope) do update set position = excluded.position, \
         removed = excluded.removed",
    )?;
    inserts.insert_many(
        "insert into change_body (account, kind, id, digest, body)",
        columns!(bodies => account, kind, id, digest, body),
        "on conflict (account, kind, id) do update set digest = excluded.digest, body = excluded.body",
    )
}
