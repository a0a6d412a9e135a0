//! Writes drafts: the objects, what they were before, and what they name.

use campo_protocol::model::Kind;
use uuid::Uuid;

use super::draft::{Draft, Named};
use crate::{
    database::{Tx, columns},
    log::write::Write,
    problem::Result,
};

struct ObjectRow {
    id: Uuid,
    code: String,
    name: String,
    sort_key: String,
    parent: Option<Uuid>,
    catalogue_table: Option<String>,
    state: &'static str,
    version: i64,
    listed_version: i64,
    latitude: Option<f64>,
    longitude: Option<f64>,
    body: String,
    created_us: i64,
}

struct VersionRow {
    id: Uuid,
    version: i64,
    body: String,
}

struct LinkRow {
    id: Uuid,
    field: String,
    target_kind: &'static str,
    target: Uuid,
}

/// Writes `drafts` of one kind, which all change something.
pub(super) async fn write(write: &mut Write, kind: Kind, drafts: &[&Draft]) -> Result<()> {
    versions(write, kind, drafts).await?;
    objects(write, kind, drafts).await?;
    let account = write.account();
    links(write.tx(), account, kind, drafts).await
}

async fn objects(write: &mut Write, kind: Kind, drafts: &[&Draft]) -> Result<()> {
    let (account, now_us, creator) = (write.account(), write.now_us, write.principal);
    let rows: Vec<ObjectRow> = drafts
        .iter()
        .map(|draft| ObjectRow {
            id: draft.id,
            code: draft.code.clone(),
            name: draft.name.clone(),
            sort_key: draft.sort_key.clone(),
            parent: draft.parent,
            catalogue_table: draft.table.clone(),
            state: draft.state.name(),
            version: draft.version(),
            listed_version: draft.version(),
            latitude: draft.place.map(|point| point.latitude),
            longitude: draft.place.map(|point| point.longitude),
            body: draft.body.clone(),
            created_us: draft.before.as_ref().map_or(now_us, |before| before.row.created_us),
        })
        .collect();
    let count = rows.len();
    let (
        id,
        code,
        name,
        sort_key,
        parent,
        catalogue_table,
        state,
        version,
        listed_version,
        latitude,
        longitude,
        body,
        created_us,
    ) = columns!(rows => id, code, name, sort_key, parent, catalogue_table, state, version, listed_version,
        latitude, longitude, body, created_us);
    // who created it stays as it is where it is there already
    write.tx().insert_many(
        "insert into object (account, kind, id, code, name, sort_key, parent, catalogue_table, state, version, \
         listed_version, latitude, longitude, body, creator, creator_id, created_us, updated_us)",
        (
            vec![account; count],
            vec![kind.name(); count],
            id,
            code,
            name,
            sort_key,
            parent,
            catalogue_table,
            state,
            version,
            listed_version,
            latitude,
            longitude,
            body,
            vec![creator.kind(); count],
            vec![creator.id(); count],
            created_us,
            vec![now_us; count],
        ),
        "on conflict (account, kind, id) do update set code = excluded.code, name = excluded.name, \
         sort_key = excluded.sort_key, parent = excluded.parent, \
         catalogue_table = excluded.catalogue_table, state = excluded.state, \
         listed_version = excluded.listed_version, latitude = excluded.latitude, longitude = excluded.longitude, \
         version = excluded.version, body = excluded.body, updated_us = excluded.updated_us",
    )
    .await?;
    Ok(())
}

async fn versions(write: &mut Write, kind: Kind, drafts: &[&Draft]) -> Result<()> {
    let before = drafts.iter().filter_map(|draft| draft.before.as_ref());
    let rows: Vec<VersionRow> = before
        .map(|before| VersionRow {
            id: before.row.id,
            version: before.row.version,
            body: before.row.body.clone(),
        })
        .collect();
    let (account, principal, now_us, count) = (write.account(), write.principal, write.now_us, rows.len());
    let (id, version, body) = columns!(rows => id, version, body);
    write
        .tx()
        .insert_many(
            "insert into object_version (account, kind, id, version, body, author, author_id, replaced_us)",
            (
                vec![account; count],
                vec![kind.name(); count],
                id,
                version,
                body,
                vec![principal.kind(); count],
                vec![principal.id(); count],
                vec![now_us; count],
            ),
            "",
        )
        .await?;
    Ok(())
}

async fn links(tx: &mut Tx, account: i64, kind: Kind, drafts: &[&Draft]) -> Result<()> {
    let row = |draft: &Draft, link: &Named| LinkRow {
        id: draft.id,
        field: link.field.clone(),
        target_kind: link.kind.name(),
        target: link.target,
    };
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for draft in drafts {
        let (before, live) = (draft.links_before(), draft.live_links());
        gone.extend(before.difference(live).map(|link| row(draft, link)));
        new.extend(live.difference(before).map(|link| row(draft, link)));
    }
    let (count, (id, field, target)) = (gone.len(), columns!(gone => id, field, target));
    tx.fetch_many::<(Uuid,), _>(
        "a, d, i, f, t",
        (vec![account; count], vec![kind.name(); count], id, field, target),
        "delete from object_link where (account, kind, id, field, target) in (select a, d, i, f, t from k) \
         returning id",
    )
    .await?;
    let count = new.len();
    let (id, field, target_kind, target) = columns!(new => id, field, target_kind, target);
    tx.insert_many(
        "insert into object_link (account, kind, id, field, target_kind, target)",
        (vec![account; count], vec![kind.name(); count], id, field, target_kind, target),
        "",
    )
    .await?;
    Ok(())
}
