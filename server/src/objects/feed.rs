//! What phones must know of objects that changed.

use std::collections::{BTreeSet, HashMap};

use campo_protocol::{
    model::{Kind, Ref, Reference as _, State, poi::Poi},
    scope::Scope,
};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Kept, draft::Draft, object::feed_body};
use crate::{
    database::Tx,
    files::{attach::OwnerKind, attached_to, with_files},
    installations::rosters,
    log::{changes::View, write::Write},
    problem::{Problem, Result},
};

/// Files what phones must know of the objects that were written, and the rosters that list them. The drafts of one kind, which all change something.
pub(super) async fn file<K: Kept>(write: &mut Write, drafts: &[&Draft]) -> Result<()> {
    let views = if K::KIND == Kind::Poi {
        let account = write.account();
        let edited =
            drafts.iter().map(|draft| Edited { account, id: draft.id, moved: moves(draft) }).collect();
        let views = poi_views(write.tx(), edited).await?;
        let mut views: Vec<View> = views.into_iter().map(|(_, view)| view).collect();
        views.extend(
            drafts.iter().filter(|draft| draft.state == State::Deleted).map(|draft| view::<K>(draft)),
        );
        views
    } else {
        drafts.iter().map(|draft| view::<K>(draft)).collect()
    };
    for view in views {
        write.view(view);
    }
    match K::KIND {
        Kind::Employee => {
            rosters::employees_changed(write, &drafts.iter().map(|draft| draft.id).collect::<Vec<_>>()).await
        }
        Kind::Group => {
            let moved = drafts.iter().filter(|draft| moves(draft)).map(|draft| draft.id);
            rosters::groups_changed(write, &moved.collect::<Vec<_>>()).await
        }
        _ => Ok(()),
    }
}

/// The view of an object; the data of a deleted one is no longer kept for phones.
fn view<K: Kept>(draft: &Draft) -> View {
    let body = match draft.state {
        State::Enabled => feed_body(K::VERSION, draft.id, draft.version(), &draft.body).into_bytes(),
        State::Deleted => Vec::new(),
    };
    View { kind: K::KIND.name(), id: draft.id, scopes: draft.scopes.clone(), body }
}

/// True when what stands below a point of interest may be filed elsewhere after the edit.
fn moves(draft: &Draft) -> bool {
    draft.before.as_ref().is_some_and(|before| {
        before.parent != draft.parent
            || before.state != draft.state
            || before.handed_down != draft.handed_down
    })
}

/// A point of interest whose view is to be made again.
#[derive(Debug, Clone, Copy)]
pub struct Edited {
    /// The account
    pub account: i64,
    /// The point of interest
    pub id: Uuid,
    /// True when what stands below it may be filed elsewhere too
    pub moved: bool,
}

#[derive(Debug, FromRow)]
struct PoiRow {
    account: i64,
    id: Uuid,
    parent: Option<Uuid>,
    version: i64,
    state: String,
    body: String,
}

/// Account and id.
type Key = (i64, Uuid);

/// A point of interest and those around it, as they are stored.
struct Place {
    row: PoiRow,
    poi: Poi,
}

/// What phones must know of points of interest, with their accounts: each is filed under its own links, under the
/// recursive ones of all above it, and wherever a task at it is filed. The append makes the views of places again
/// behind a change of where their tasks are filed; what is attached to a place travels in its body.
pub async fn poi_views(tx: &mut Tx, edited: Vec<Edited>) -> Result<Vec<(i64, View)>> {
    let places = around(tx, &edited).await?;
    let affected = affected(&places, &edited);
    let tasks = scopes_of_tasks(tx, &affected).await?;
    let owners: Vec<Key> = affected.iter().copied().collect();
    let files = attached_to(tx, OwnerKind::Poi, &owners).await?;
    let view = |key: &Key| {
        let place = places.get(key).filter(|place| place.row.state == State::Enabled.name())?;
        let (account, id) = *key;
        let mut scopes = inherited(&places, place);
        scopes.extend(place.poi.scopes(id));
        scopes.extend(tasks.get(key).into_iter().flatten());
        let body = feed_body(Poi::VERSION, id, place.row.version, &place.row.body);
        let body = with_files(body, files.get(key).map_or(&[], Vec::as_slice)).into_bytes();
        Some((account, View { kind: Kind::Poi.name(), id, scopes: scopes.into_iter().collect(), body }))
    };
    Ok(affected.iter().filter_map(view).collect())
}

/// The edited places, those below the moved ones, and all above either.
async fn around(tx: &mut Tx, edited: &[Edited]) -> Result<HashMap<Key, Place>> {
    let rows: Vec<PoiRow> = tx
        .fetch_many(
            "a, i, m",
            (
                edited.iter().map(|edited| edited.account).collect::<Vec<_>>(),
                edited.iter().map(|edited| edited.id).collect::<Vec<_>>(),
                edited.iter().map(|edited| edited.moved).collect::<Vec<_>>(),
            ),
            "select o.account, o.id, o.parent, o.version, o.state, o.body from (with recursive below(a, i) as ( \
             select k.a, k.i from k where k.m \
             union select o.account, o.id from below join object o \
             on o.account = below.a and o.kind = 'poi' and o.parent = below.i and o.state <> 'deleted'), \
             above(a, i) as (select k.a, k.i from k union select below.a, below.i from below \
             union select o.account, o.parent from above join object o \
             on o.account = above.a and o.kind = 'poi' and o.id = above.i and o.parent is not null) \
             select a, i from above) x join object o on o.account = x.a and o.kind = 'poi' and o.id = x.i",
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let poi = serde_json::from_str(&row.body).map_err(Problem::internal)?;
            Ok(((row.account, row.id), Place { row, poi }))
        })
        .collect()
}

/// The edited places and those below the moved ones.
fn affected(places: &HashMap<Key, Place>, edited: &[Edited]) -> BTreeSet<Key> {
    let mut below: HashMap<Key, Vec<Key>> = HashMap::new();
    for (key, place) in places {
        if let Some(parent) = place.row.parent {
            below.entry((key.0, parent)).or_default().push(*key);
        }
    }
    let key = |edited: &Edited| (edited.account, edited.id);
    let mut affected: BTreeSet<Key> = edited.iter().map(key).collect();
    let mut left: Vec<Key> = edited.iter().filter(|edited| edited.moved).map(key).collect();
    let mut seen = BTreeSet::new();
    while let Some(key) = left.pop() {
        if seen.insert(key) {
            affected.insert(key);
            left.extend(below.get(&key).into_iter().flatten());
        }
    }
    affected
}

/// The recursive scopes of all above a place.
fn inherited(places: &HashMap<Key, Place>, place: &Place) -> BTreeSet<Scope> {
    let mut scopes = BTreeSet::new();
    let mut seen = BTreeSet::from([place.row.id]);
    let mut current = place;
    while let Some(above) = current.poi.parent.as_ref().and_then(Ref::id).filter(|id| seen.insert(*id)) {
        let Some(above) = places.get(&(place.row.account, above)) else { break };
        scopes.extend(above.poi.handed_down());
        current = above;
    }
    scopes
}

/// Where the tasks at these places are filed.
async fn scopes_of_tasks(tx: &mut Tx, places: &BTreeSet<Key>) -> Result<HashMap<Key, Vec<Scope>>> {
    let rows: Vec<(i64, Uuid, String)> = tx
        .fetch_many(
            "a, i",
            (
                places.iter().map(|place| place.0).collect::<Vec<_>>(),
                places.iter().map(|place| place.1).collect::<Vec<_>>(),
            ),
            "select distinct t.account, t.poi, c.scope from k join task t on t.account = k.a and t.poi = k.i \
             join change c on c.account = t.account and c.kind = 'task' and c.id = t.id where not c.removed",
        )
        .await?;
    let mut scopes: HashMap<Key, Vec<Scope>> = HashMap::new();
    for (account, place, scope) in rows {
        if let Ok(scope) = scope.parse() {
            scopes.entry((account, place)).or_default().push(scope);
        }
    }
    Ok(scopes)
}
