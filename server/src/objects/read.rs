//! Reading objects: one, pages of a list, and what an object was before.

use std::collections::{BTreeSet, HashMap};

use campo_protocol::{
    faults::Faults,
    model::{Kind, MAX_NAME, Ref, State},
    text,
};
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Kept, Object, object::Row};
use crate::{
    access::Allowed,
    api::{
        page::{Page, PageQuery},
        search,
        time::Instant,
    },
    database::{Db, Tx},
    problem::{Code, Problem, Result},
};

const BY_ID: &str = "select id, version, body, created_us, updated_us from object \
                     where account = $1 and kind = $2 and id = $3";
const BY_CODE: &str = "select id, version, body, created_us, updated_us from object \
                       where account = $1 and kind = $2 and code = $3 and state <> 'deleted'";

/// Which states a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum States {
    /// What is in use
    #[default]
    Enabled,
    /// What is no longer in use
    Deleted,
    /// Both
    All,
}

impl States {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Enabled => Some(State::Enabled.name()),
            Self::Deleted => Some(State::Deleted.name()),
            Self::All => None,
        }
    }
}

/// What a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In which states
    pub states: States,
    /// Only what stands directly below this one; of employees, the members of this group
    pub parent: Option<Ref>,
    /// Only what stands below this one at any depth; of employees, the members of this group and of all below it
    pub within: Option<Ref>,
    /// Only items of this table, of kinds that stand in tables
    pub table: Option<String>,
    /// Only what has this code
    pub code: Option<String>,
    /// Only what changed behind this instant: microseconds since 1970 UTC
    pub changed_after_us: Option<i64>,
    /// Only what has this text in name or code, without regard to case and accents
    pub search: Option<String>,
}

/// The object that `reference` names. By code only one in use is found.
pub async fn get<K: Kept>(db: &Db, allowed: &Allowed<K::View>, reference: &Ref) -> Result<Object<K>> {
    let (account, kind) = (allowed.account(), K::KIND.name());
    let row: Option<Row> = match reference {
        Ref::Id(id) => db.fetch_optional(BY_ID, (account, kind, *id)).await?,
        Ref::Code(code) => db.fetch_optional(BY_CODE, (account, kind, code.as_str())).await?,
    };
    row.ok_or(Code::NotFound)?.read()
}

/// Like [`get`], under the account's lock, with the row.
pub(super) async fn find<K: Kept>(tx: &mut Tx, account: i64, reference: &Ref) -> Result<(Row, Object<K>)> {
    let kind = K::KIND.name();
    let row: Option<Row> = match reference {
        Ref::Id(id) => tx.fetch_optional(BY_ID, (account, kind, *id)).await?,
        Ref::Code(code) => tx.fetch_optional(BY_CODE, (account, kind, code.as_str())).await?,
    };
    let row = row.ok_or(Code::NotFound)?;
    let object = row.read()?;
    Ok((row, object))
}

/// The objects in use that have one of these codes, by code.
pub(super) async fn by_codes<K: Kept>(
    tx: &mut Tx,
    account: i64,
    codes: BTreeSet<String>,
) -> Result<HashMap<String, (Row, Object<K>)>> {
    let count = codes.len();
    let codes: Vec<String> = codes.into_iter().collect();
    let rows: Vec<Row> = tx
        .fetch_many(
            "a, d, c",
            (vec![account; count], vec![K::KIND.name(); count], codes),
            "select o.id, o.version, o.body, o.created_us, o.updated_us from k \
             join object o on o.account = k.a and o.kind = k.d and o.code = k.c and o.state <> 'deleted'",
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let object: Object<K> = row.read()?;
            Ok((object.object.code().to_owned(), (row, object)))
        })
        .collect()
}

/// What every text of a list asks for.
const LIST: &str = "select id, version, body, created_us, updated_us, sort_key from object \
                    where account = $1 and kind = $2 and (state = $3 or $3 is null) \
                    and (updated_us > $4 or $4 is null) and (sort_key like $5 escape '!' or $5 is null) \
                    and (sort_key, id) > ($6, $7) order by sort_key, id limit $8";
const LIST_BELOW: &str = "select id, version, body, created_us, updated_us, sort_key from object \
                          where account = $1 and kind = $2 and (state = $3 or $3 is null) \
                          and (updated_us > $4 or $4 is null) and (sort_key like $5 escape '!' or $5 is null) \
                          and (sort_key, id) > ($6, $7) and parent = $9 order by sort_key, id limit $8";
const LIST_IN_TABLE: &str = "select id, version, body, created_us, updated_us, sort_key from object \
                             where account = $1 and kind = $2 and (state = $3 or $3 is null) \
                             and (updated_us > $4 or $4 is null) and (sort_key like $5 escape '!' or $5 is null) \
                             and (sort_key, id) > ($6, $7) and catalogue_table = $9 and (code = $10 or $10 is null) \
                             order by sort_key, id limit $8";
const LIST_OF_CODE: &str = "select id, version, body, created_us, updated_us, sort_key from object \
                            where account = $1 and kind = $2 and (state = $3 or $3 is null) \
                            and (updated_us > $4 or $4 is null) and (sort_key like $5 escape '!' or $5 is null) \
                            and (sort_key, id) > ($6, $7) and code = $9 and (parent = $10 or $10 is null) \
                            order by sort_key, id limit $8";

const LIST_WITHIN: &str = "with recursive branch(id) as (select g.id from object g \
                           where g.account = $1 and g.kind = $9 and g.id = $10 union select g.id from branch b \
                           join object g on g.account = $1 and g.kind = $9 and g.parent = b.id \
                           and g.state <> 'deleted') \
                           select id, version, body, created_us, updated_us, sort_key from object \
                           where account = $1 and kind = $2 and (state = $3 or $3 is null) \
                           and (updated_us > $4 or $4 is null) and (sort_key like $5 escape '!' or $5 is null) \
                           and (sort_key, id) > ($6, $7) and (code = $11 or $11 is null) \
                           and (parent = $12 or $12 is null) and parent in (select b.id from branch b) \
                           order by sort_key, id limit $8";

/// A [`Row`] with its place in the list.
#[derive(FromRow)]
struct ListRow {
    id: Uuid,
    version: i64,
    body: String,
    created_us: i64,
    updated_us: i64,
    sort_key: String,
}

impl ListRow {
    fn read<K: Kept>(self) -> Result<(String, Object<K>)> {
        let Self { id, version, body, created_us, updated_us, sort_key } = self;
        Ok((sort_key, Row { id, version, body, created_us, updated_us }.read()?))
    }
}

/// A page of the objects that `filter` shows, sorted by name and code.
pub async fn list<K: Kept>(
    db: &Db,
    allowed: &Allowed<K::View>,
    filter: &Filter,
    page: &PageQuery,
) -> Result<Page<Object<K>>> {
    let (account, kind, limit) = (allowed.account(), K::KIND.name(), page.limit()?);
    let (key, id) = page.after::<(String, Uuid)>()?.unwrap_or_default();
    let (state, changed_us) = (filter.states.name(), filter.changed_after_us);
    let pattern = filter.search.as_deref().map(pattern).transpose()?;
    let parent = parent_id::<K>(db, account, "/parent", filter.parent.as_ref()).await?;
    let within = parent_id::<K>(db, account, "/within", filter.within.as_ref()).await?;
    if (filter.parent.is_some() && parent.is_none()) || (filter.within.is_some() && within.is_none()) {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let (table, code) = (filter.table.as_deref().map(text::tidy), filter.code.as_deref().map(text::tidy));
    let table = table.as_deref();
    if table.is_some() && !K::HAS_TABLE {
        return Err(not_applicable("/table", table.unwrap_or_default(), "a filter for items of tables"));
    }
    let more = limit + 1;
    // One text each for what has an index of its own: one for all would read the whole list.
    let rows: Vec<ListRow> = match (code.as_deref(), parent) {
        (code, _) if table.is_some() => {
            let args = (account, kind, state, changed_us, pattern, key, id, more, table, code);
            db.fetch_all(LIST_IN_TABLE, args).await?
        }
        (code, parent) if within.is_some() => {
            let above = K::PARENT.map(Kind::name);
            let args =
                (account, kind, state, changed_us, pattern, key, id, more, above, within, code, parent);
            db.fetch_all(LIST_WITHIN, args).await?
        }
        (None, None) => {
            db.fetch_all(LIST, (account, kind, state, changed_us, pattern, key, id, more)).await?
        }
        (None, Some(parent)) => {
            let args = (account, kind, state, changed_us, pattern, key, id, more, parent);
            db.fetch_all(LIST_BELOW, args).await?
        }
        (Some(code), parent) => {
            let args = (account, kind, state, changed_us, pattern, key, id, more, code, parent);
            db.fetch_all(LIST_OF_CODE, args).await?
        }
    };
    let items = rows.into_iter().map(ListRow::read::<K>).collect::<Result<Vec<_>>>()?;
    Ok(Page::new(items, limit, |(key, object)| (key.clone(), object.id)).map(|(_, object)| object))
}

/// The id of what a list is filtered by; none when there is no such thing, below which then stands nothing.
async fn parent_id<K: Kept>(
    db: &Db,
    account: i64,
    field: &str,
    parent: Option<&Ref>,
) -> Result<Option<Uuid>> {
    let Some(parent) = parent else { return Ok(None) };
    let Some(kind) = K::PARENT else {
        return Err(not_applicable(field, &parent.to_string(), "a filter for kinds that stand in a tree"));
    };
    match parent {
        Ref::Id(id) => Ok(Some(*id)),
        Ref::Code(code) => {
            let row: Option<Row> = db.fetch_optional(BY_CODE, (account, kind.name(), code.as_str())).await?;
            Ok(row.map(|row| row.id))
        }
    }
}

fn not_applicable(field: &str, found: &str, expected: &str) -> Problem {
    let mut faults = Faults::default();
    faults.add(field, "not_applicable", found, expected);
    faults.into()
}

/// The `like` pattern that finds `search` anywhere in a sort key.
fn pattern(search_for: &str) -> Result<String> {
    let mut faults = Faults::default();
    faults.check_text("/q", search_for, MAX_NAME);
    faults.into_result()?;
    Ok(search::pattern(search_for))
}

/// An object as it is, or as it was before an edit.
#[derive(Debug, Serialize)]
pub struct Version {
    /// The version
    pub version: i64,
    /// When it was written
    pub written_at: Instant,
    /// Who wrote it
    pub written_by: Author,
    /// When it was replaced; absent for the version that stands
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_at: Option<Instant>,
    /// Who replaced it; absent for the version that stands
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<Author>,
    /// What it was
    pub object: Box<RawValue>,
}

/// Who made an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = VersionAuthor)]
pub struct Author {
    /// `user`, `key`, or the name of a duty of the server
    pub kind: String,
    /// Which user or key
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
}

/// The version that stands, and who wrote the first.
#[derive(FromRow)]
struct Standing {
    version: i64,
    body: String,
    creator: Option<String>,
    creator_id: Option<Uuid>,
    created_us: i64,
}

/// What was replaced, and by whom: the author of the next version.
#[derive(FromRow)]
struct Earlier {
    version: i64,
    body: String,
    author: String,
    author_id: Option<Uuid>,
    replaced_us: i64,
}

/// Each version of an object with who wrote it: the one that stands, and before it the latest first.
pub async fn versions<K: Kept>(
    db: &Db,
    allowed: &Allowed<K::View>,
    reference: &Ref,
    page: &PageQuery,
) -> Result<Page<Version>> {
    let limit = page.limit()?;
    let before = page.after::<i64>()?.unwrap_or(i64::MAX);
    let (account, kind) = (allowed.account(), K::KIND.name());
    let id = get::<K>(db, allowed, reference).await?.id;
    let mut tx = db.begin_snapshot().await?;
    let standing: Standing = tx
        .fetch_one(
            "select version, body, creator, creator_id, created_us from object \
             where account = $1 and kind = $2 and id = $3",
            (account, kind, id),
        )
        .await?;
    // one more than a page asks for, since each says who wrote the next
    let replaced: Vec<Earlier> = tx
        .fetch_all(
            "select version, body, author, author_id, replaced_us from object_version \
             where account = $1 and kind = $2 and id = $3 and version < $4 order by version desc limit $5",
            (account, kind, id, before, limit + 2),
        )
        .await?;
    tx.rollback().await;
    let mut items = told(standing, replaced)?;
    items.retain(|item| item.version < before);
    items.truncate(limit as usize + 1);
    Ok(Page::new(items, limit, |item| item.version))
}

/// The versions from the one that stands down to the last of which is known who wrote it.
fn told(standing: Standing, replaced: Vec<Earlier>) -> Result<Vec<Version>> {
    let creator = Author { kind: standing.creator.unwrap_or_default(), id: standing.creator_id };
    let mut written: HashMap<i64, (i64, Author)> = HashMap::from([(1, (standing.created_us, creator))]);
    let mut bodies = vec![(standing.version, standing.body, None)];
    for row in replaced {
        let author = Author { kind: row.author, id: row.author_id };
        written.insert(row.version + 1, (row.replaced_us, author.clone()));
        bodies.push((row.version, row.body, Some((row.replaced_us, author))));
    }
    let known = bodies.into_iter().filter_map(|(version, body, replaced)| {
        let (written_us, written_by) = written.get(&version)?.clone();
        let (replaced_at, replaced_by) = replaced.map(|(at_us, by)| (Instant(at_us), by)).unzip();
        let object = RawValue::from_string(body).map_err(Problem::internal);
        let version = |object| Version {
            version,
            written_at: Instant(written_us),
            written_by,
            replaced_at,
            replaced_by,
            object,
        };
        Some(object.map(version))
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_is_found_as_it_is_written() {
        for (search, expected) in
            [("Ñandú", "%n~andu%"), (" 50% ", "%50!%%"), ("a_b!", "%a!_b!!%"), ("", "%%")]
        {
            assert_eq!(pattern(search).unwrap(), expected, "{search}");
        }
        assert!(pattern("a\0").is_err() && pattern(&"x".repeat(301)).is_err());
    }
}
