//! Both databases have the same tables, which are those that the migrations say; and both keep every value.

use std::collections::{BTreeMap, BTreeSet};

use campo_server::{
    database::{
        Db,
        migrations::{Dialect, text},
        schema::{self, ColumnType},
    },
    privacy,
};
use campo_tests::{on_both, world::World};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use uuid::Uuid;

/// The tables whose primary key does not begin with the account, and why.
const OUTSIDE_ACCOUNTS: &[(&str, &str)] = &[
    ("account", "is the account"),
    ("duty", "is the whole server's"),
    ("heartbeat", "is the replica's"),
    ("login", "finds the account of whoever logs in"),
    ("login_try", "counts strangers, who are of no account"),
    ("server_setting", "is the whole server's"),
];

on_both! {
    every_value_comes_back_as_it_was,
    inserts_that_are_made_together_are_all_made_in_their_order,
}

#[derive(Debug, PartialEq, Eq)]
struct Shape {
    columns: Vec<Column>,
    primary_key: Vec<String>,
    indexes: BTreeSet<Index>,
}

/// Name, type as the database calls it, nullable.
type Column = (String, String, bool);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Index {
    /// None for the index of a constraint
    name: Option<String>,
    columns: Vec<String>,
    unique: bool,
    partial: bool,
}

#[tokio::test]
async fn both_databases_have_the_tables_that_the_migrations_say() {
    let sqlite = sqlite_shapes(&World::sqlite().await.unwrap().app.db).await;
    let postgres = postgres_shapes(&World::postgres().await.unwrap().app.db).await;
    let declared = schema::tables();
    let names = |shapes: &BTreeMap<String, Shape>| shapes.keys().cloned().collect::<BTreeSet<_>>();
    let declared_names: BTreeSet<String> = declared.iter().map(|table| table.name.to_owned()).collect();
    assert_eq!(names(&sqlite), declared_names);
    assert_eq!(names(&postgres), declared_names);
    for table in &declared {
        let (lite, pg) = (&sqlite[table.name], &postgres[table.name]);
        let columns = |kind: fn(ColumnType) -> &'static str| -> Vec<Column> {
            let column = |column: &schema::Column| {
                (column.name.to_owned(), kind(column.kind).to_owned(), column.nullable)
            };
            table.columns.iter().map(column).collect()
        };
        assert_eq!(lite.columns, columns(sqlite_type), "{} on SQLite", table.name);
        assert_eq!(pg.columns, columns(postgres_type), "{} on PostgreSQL", table.name);
        assert_eq!(lite.primary_key, pg.primary_key, "{}", table.name);
        assert_eq!(lite.indexes, pg.indexes, "{}", table.name);
        let is_outside = OUTSIDE_ACCOUNTS.iter().any(|(name, _)| *name == table.name);
        let begins_with_account = lite.primary_key.first().is_some_and(|first| first == "account");
        assert_ne!(begins_with_account, is_outside, "the primary key of {}", table.name);
    }
    assert!(declared.len() > 30);
    assert!(sqlite.values().any(|shape| shape.indexes.iter().any(|index| index.partial && index.unique)));
}

fn sqlite_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer | ColumnType::Boolean => "INTEGER",
        ColumnType::Float => "REAL",
        ColumnType::Text => "TEXT",
        ColumnType::Uuid | ColumnType::Bytes => "BLOB",
    }
}

fn postgres_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "bigint",
        ColumnType::Boolean => "boolean",
        ColumnType::Float => "double precision",
        ColumnType::Text => "text",
        ColumnType::Uuid => "uuid",
        ColumnType::Bytes => "bytea",
    }
}

async fn sqlite_shapes(db: &Db) -> BTreeMap<String, Shape> {
    let Db::Sqlite { read, .. } = db else { panic!("not SQLite") };
    let tables: Vec<(String, String)> = sqlx::query_as(
        "select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite_%' \
         and name not like '_sqlx%'",
    )
    .fetch_all(read)
    .await
    .unwrap();
    let mut shapes = BTreeMap::new();
    for (table, sql) in tables {
        assert!(sql.trim_end().to_lowercase().ends_with("strict"), "{table} is not strict");
        let columns: Vec<(String, String, bool, i64)> =
            sqlx::query_as("select name, type, \"notnull\", pk from pragma_table_info($1) order by cid")
                .bind(&table)
                .fetch_all(read)
                .await
                .unwrap();
        let mut keys: Vec<(i64, String)> =
            columns.iter().filter(|column| column.3 > 0).map(|column| (column.3, column.0.clone())).collect();
        keys.sort_unstable();
        let indexes: Vec<(String, bool, String, bool)> = sqlx::query_as(
            "select name, \"unique\", origin, partial from pragma_index_list($1) where origin <> 'pk'",
        )
        .bind(&table)
        .fetch_all(read)
        .await
        .unwrap();
        let mut shape = Shape {
            columns: columns.into_iter().map(|(name, kind, not_null, _)| (name, kind, !not_null)).collect(),
            primary_key: keys.into_iter().map(|key| key.1).collect(),
            indexes: BTreeSet::new(),
        };
        for (index, unique, origin, partial) in indexes {
            let columns: Vec<(String,)> =
                sqlx::query_as("select name from pragma_index_info($1) order by seqno")
                    .bind(&index)
                    .fetch_all(read)
                    .await
                    .unwrap();
            let columns = columns.into_iter().map(|column| column.0).collect();
            let name = (origin == "c").then_some(index);
            shape.indexes.insert(Index { name, columns, unique, partial });
        }
        shapes.insert(table, shape);
    }
    shapes
}

/// Table, name, primary, unique, partial, of a constraint, columns.
type PostgresIndex = (String, String, bool, bool, bool, bool, Vec<String>);

async fn postgres_shapes(db: &Db) -> BTreeMap<String, Shape> {
    let Db::Postgres { pool, .. } = db else { panic!("not PostgreSQL") };
    let columns: Vec<(String, String, String, bool, Option<String>)> = sqlx::query_as(
        "select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), not a.attnotnull, \
         o.collname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 \
         and not a.attisdropped left join pg_collation o on o.oid = a.attcollation \
         where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname not like '\\_sqlx%' \
         order by c.relname, a.attnum",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut shapes: BTreeMap<String, Shape> = BTreeMap::new();
    let mut of_other_order = BTreeSet::new();
    for (table, column, kind, nullable, collation) in columns {
        if collation.is_some_and(|collation| collation != "C") {
            of_other_order.insert((table.clone(), column.clone()));
        }
        let empty = || Shape { columns: Vec::new(), primary_key: Vec::new(), indexes: BTreeSet::new() };
        shapes.entry(table).or_insert_with(empty).columns.push((column, kind, nullable));
    }
    let indexes: Vec<PostgresIndex> = sqlx::query_as(
        "select t.relname::text, i.relname::text, x.indisprimary, x.indisunique, x.indpred is not null, \
         exists (select 1 from pg_constraint n where n.conindid = x.indexrelid and n.contype = 'u'), \
         array(select pg_get_indexdef(x.indexrelid, k, true) from generate_series(1, x.indnatts) k) \
         from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid \
         where t.relnamespace = 'public'::regnamespace and t.relname not like '\\_sqlx%'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    for (table, name, primary, unique, partial, is_constraint, columns) in indexes {
        let shape = shapes.get_mut(&table).unwrap();
        let columns: Vec<String> = columns.iter().map(|column| column.trim_matches('"').to_owned()).collect();
        // People see what a sort key sorts, which the program makes: the order must be that of the bytes
        let has_order = |column: &String| !of_other_order.contains(&(table.clone(), column.clone()));
        assert!(columns.iter().all(has_order), "{name} is not in the order of the bytes");
        if primary {
            shape.primary_key = columns;
        } else {
            let name = (!is_constraint).then_some(name);
            shape.indexes.insert(Index { name, columns, unique, partial });
        }
    }
    shapes
}

#[test]
fn every_column_that_can_hold_personal_data_is_registered() {
    let marked: Vec<(&str, &str)> = schema::tables()
        .iter()
        .flat_map(|table| {
            let marked = table.columns.iter().filter(|column| column.personal);
            marked.map(|column| (table.name, column.name)).collect::<Vec<_>>()
        })
        .collect();
    let registered: Vec<(&str, &str)> =
        privacy::PERSONAL.iter().map(|column| (column.table, column.column)).collect();
    let sorted = |mut list: Vec<(&'static str, &'static str)>| {
        list.sort_unstable();
        list
    };
    assert_eq!(
        sorted(registered),
        sorted(marked),
        "registered in server/src/privacy.rs, marked in the migrations"
    );
    assert!(privacy::PERSONAL.iter().all(|column| column.what.len() > 10));
}

#[test]
fn a_column_whose_name_suggests_personal_data_is_marked_or_known_not_to_hold_any() {
    let suggests =
        ["name", "text", "body", "fields", "custom", "note", "address", "email", "phone", "device"];
    let holds_none = [
        ("account", "name"),
        ("duty", "name"),
        ("access_key", "custom"),
        ("access_key", "name"),
        ("import_template", "body"),
        ("import_template", "name"),
        ("import_template_version", "body"),
        ("agent", "body"),
        ("agent", "name"),
        ("remote", "body"),
        ("remote", "name"),
        ("export_delivery", "name"),
        ("export", "body"),
        ("export", "name"),
        ("export_run", "body"),
        ("export_run", "name"),
        ("outgoing_file", "name"),
        ("intake", "body"),
        ("intake", "name"),
        ("channel", "custom"),
        ("channel", "name"),
        ("installation", "custom"),
        ("profile", "custom"),
        ("profile", "name"),
        ("server_setting", "name"),
    ];
    for table in schema::tables() {
        for column in table.columns.iter().filter(|column| suggests.contains(&column.name)) {
            let is_known = holds_none.contains(&(table.name, column.name));
            assert_ne!(column.personal, is_known, "{}.{}", table.name, column.name);
        }
    }
}

/// One row of every type that a column can have.
type Values = (Option<i64>, Option<f64>, Option<bool>, Option<String>, Option<Vec<u8>>, Option<Uuid>);

#[derive(sqlx::FromRow)]
struct Found {
    id: i64,
    i: Option<i64>,
    f: Option<f64>,
    b: Option<bool>,
    t: Option<String>,
    y: Option<Vec<u8>>,
    u: Option<Uuid>,
}

fn values() -> impl Strategy<Value = Values> {
    use proptest::{num::f64, option::of};
    let integer = prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0)];
    let float = f64::NORMAL | f64::SUBNORMAL | f64::POSITIVE | f64::NEGATIVE | f64::ZERO;
    let character = any::<char>().prop_filter("no table holds U+0000", |c| *c != '\0');
    let text = proptest::collection::vec(character, 0..40).prop_map(String::from_iter);
    let bytes = proptest::collection::vec(any::<u8>(), 0..60);
    let uuid = any::<u128>().prop_map(Uuid::from_u128);
    (of(integer), of(float), of(any::<bool>()), of(text), of(bytes), of(uuid))
}

const PROBE: &str = "create table probe (\n    id {i64} not null,\n    i {i64},\n    f {f64},\n    b {bool},\n    \
                     t {text},\n    y {bytes},\n    u {uuid},\n    primary key (id)\n) {strict}";

async fn every_value_comes_back_as_it_was(world: World) {
    let db = &world.app.db;
    let dialect = if db.is_sqlite() { Dialect::Sqlite } else { Dialect::Postgres };
    let mut runner = TestRunner::deterministic();
    let rows: Vec<Values> = (0..600).map(|_| values().new_tree(&mut runner).unwrap().current()).collect();
    let ids: Vec<i64> = (0..rows.len() as i64).collect();
    let mut tx = db.begin().await.unwrap();
    tx.execute(text(PROBE, dialect).leak(), ()).await.unwrap();
    let half = rows.len() / 2;
    for (id, (i, f, b, t, y, u)) in ids.iter().zip(rows[..half].iter().cloned()) {
        let sql = "insert into probe (id, i, f, b, t, y, u) values ($1, $2, $3, $4, $5, $6, $7)";
        tx.execute(sql, (*id, i, f, b, t, y, u)).await.unwrap();
    }
    let rest = &rows[half..];
    tx.insert_many(
        "insert into probe (id, i, f, b, t, y, u)",
        (
            ids[half..].to_vec(),
            rest.iter().map(|row| row.0).collect::<Vec<_>>(),
            rest.iter().map(|row| row.1).collect::<Vec<_>>(),
            rest.iter().map(|row| row.2).collect::<Vec<_>>(),
            rest.iter().map(|row| row.3.clone()).collect::<Vec<_>>(),
            rest.iter().map(|row| row.4.clone()).collect::<Vec<_>>(),
            rest.iter().map(|row| row.5).collect::<Vec<_>>(),
        ),
        "",
    )
    .await
    .unwrap();
    let all: Vec<Values> = tx.fetch_all("select i, f, b, t, y, u from probe order by id", ()).await.unwrap();
    assert_eq!(all, rows);
    let mut some: Vec<Found> = tx
        .fetch_many(
            "i, t, y, u",
            (
                ids.clone(),
                rows.iter().map(|row| row.3.clone()).collect::<Vec<_>>(),
                rows.iter().map(|row| row.4.clone()).collect::<Vec<_>>(),
                rows.iter().map(|row| row.5).collect::<Vec<_>>(),
            ),
            "select p.id, p.i, p.f, p.b, k.t, k.y, k.u from k join probe p on p.id = k.i \
             and p.t is not distinct from k.t and p.y is not distinct from k.y and p.u is not distinct from k.u",
        )
        .await
        .unwrap();
    some.sort_by_key(|row| row.id);
    let some: Vec<Values> = some.into_iter().map(|row| (row.i, row.f, row.b, row.t, row.y, row.u)).collect();
    assert_eq!(some, rows);
    tx.rollback().await;
}

async fn inserts_that_are_made_together_are_all_made_in_their_order(world: World) {
    let db = &world.app.db;
    let dialect = if db.is_sqlite() { Dialect::Sqlite } else { Dialect::Postgres };
    let mut tx = db.begin().await.unwrap();
    for table in ["probe", "other", "third"] {
        let create = text(PROBE, dialect).replacen("probe", table, 1);
        tx.execute(create.leak(), ()).await.unwrap();
    }
    let ids: Vec<i64> = (0..1500).collect();
    let numbers = |add: i64| ids.iter().map(|id| id + add).collect::<Vec<_>>();
    let mut inserts = tx.inserts();
    inserts.insert_many("insert into probe (id, i)", (ids.clone(), numbers(1)), "").unwrap();
    inserts.insert_many("insert into third (id, i)", (Vec::<i64>::new(), Vec::<i64>::new()), "").unwrap();
    inserts.insert_many("insert into other (id)", (ids.clone(),), "").unwrap();
    // A row that was inserted before in the same table
    let tail = "on conflict (id) do update set i = excluded.i";
    inserts.insert_many("insert into probe (id, i)", (vec![7], vec![-7]), tail).unwrap();
    let texts = ids.iter().map(|id| format!("ñ{id}")).collect::<Vec<_>>();
    inserts.insert_many("insert into third (id, t)", (ids.clone(), texts), "").unwrap();
    tx.insert_all(inserts).await.unwrap();
    tx.insert_all(tx.inserts()).await.unwrap();
    let sum: (i64, i64, i64) = tx
        .fetch_one(
            "select count(*), cast(sum(p.i - p.id) as bigint), cast(sum(length(t.t)) as bigint) from probe p \
             join other o on o.id = p.id join third t on t.id = p.id",
            (),
        )
        .await
        .unwrap();
    let letters: usize = ids.iter().map(|id| 1 + id.to_string().len()).sum();
    assert_eq!(sum, (1500, 1500 - 1 - 14, letters as i64));

    // One that fails leaves nothing of any
    let mut inserts = tx.inserts();
    inserts.insert_many("insert into other (id)", (vec![2000],), "").unwrap();
    inserts.insert_many("insert into probe (id)", (vec![7],), "").unwrap();
    assert!(tx.insert_all(inserts).await.is_err());
    tx.rollback().await;
    let found = db.fetch_all::<(i64,)>("select id from other", ()).await;
    assert!(found.is_err(), "{found:?}");
}
