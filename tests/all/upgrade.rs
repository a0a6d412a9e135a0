//! A filled database of the release before opens with this one, while the one before works beside it: its rows stay as
//! they are, and it inserts rows without the columns that it does not know.

use std::time::Duration;

use campo_server::database::{
    Bounds, Db, Options, Synchronous, migrations,
    schema::{self, ColumnType, Table},
    tables::Cell,
};
use campo_tests::postgres;
use uuid::Uuid;

/// The last migration of the release before.
const BEFORE: i64 = 1;

#[tokio::test]
async fn a_filled_database_of_the_release_before_opens_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    upgrades(&format!("sqlite:{}/campo.db", folder.path().display())).await;
}

#[tokio::test]
async fn a_filled_database_of_the_release_before_opens_on_postgresql() {
    let database = postgres::empty_database().await.unwrap();
    upgrades(database.url()).await;
}

async fn upgrades(url: &str) {
    let bounds = Bounds::of_command(Duration::from_secs(30));
    let options = || {
        let url = url.to_owned();
        Options { url, connections: 4, pooler: false, synchronous: Synchronous::Full, bounds }
    };
    // The release before, which stays open while this one migrates
    let before = Db::open(&options()).await.unwrap();
    migrations::migrate_to(&before, BEFORE).await.unwrap();
    let old_tables = schema::tables_of(BEFORE);
    insert(&before, &old_tables, 1).await;

    let now = Db::open(&options()).await.unwrap();
    migrations::migrate(&now).await.unwrap();
    migrations::migrate(&now).await.unwrap();
    insert(&before, &old_tables, 2).await;

    let new_tables = schema::tables();
    assert!(new_tables.len() > old_tables.len(), "a migration that makes nothing tests nothing");
    for old in &old_tables {
        let new = new_tables.iter().find(|table| table.name == old.name).unwrap();
        assert!(new.columns.starts_with(&old.columns), "columns of {} were changed or moved", old.name);
        let rows = rows(&now, new).await;
        assert_eq!(rows.len(), 2, "{}", old.name);
        for (number, row) in (1..).zip(&rows) {
            let (known, added) = row.split_at(old.columns.len());
            assert_eq!(known, sample(old, number), "{}", old.name);
            for (cell, column) in added.iter().zip(&new.columns[old.columns.len()..]) {
                assert!(column.nullable || *cell != Cell::Null, "{}.{}", old.name, column.name);
            }
        }
    }
    // Whoever restarts the release before finds its migrations done and changes nothing
    migrations::migrate_to(&before, BEFORE).await.unwrap();
    for db in [before, now] {
        db.close().await;
    }
}

/// Inserts a row into each table, with the columns that the release before knows.
async fn insert(db: &Db, tables: &[Table], number: i64) {
    let mut tx = db.begin().await.unwrap();
    for table in tables {
        tx.insert_rows(table, &[sample(table, number)]).await.unwrap_or_else(|problem| {
            panic!("the release before can insert nothing into {}: {problem}", table.name)
        });
    }
    tx.commit().await.unwrap();
}

/// A row whose values tell table, column and row.
fn sample(table: &Table, number: i64) -> Vec<Cell> {
    let cell = |(index, column): (usize, &schema::Column)| {
        let value = number * 1000 + i64::try_from(index).unwrap();
        match column.kind {
            ColumnType::Integer => Cell::Integer(value),
            ColumnType::Float => Cell::Float(value as f64),
            ColumnType::Boolean => Cell::Boolean(number == 1),
            ColumnType::Text => Cell::Text(format!("[\"{}-{value}\"]", column.name)),
            ColumnType::Uuid => Cell::Uuid(Uuid::from_u128(value.unsigned_abs().into())),
            ColumnType::Bytes => Cell::Bytes(value.to_be_bytes().to_vec()),
        }
    };
    table.columns.iter().enumerate().map(cell).collect()
}

/// The rows of a table in the order of their first column that tells them apart.
async fn rows(db: &Db, table: &Table) -> Vec<Vec<Cell>> {
    let mut tx = db.begin().await.unwrap();
    let mut rows = Vec::new();
    tx.each_row(table, async |row| {
        rows.push(row);
        Ok(())
    })
    .await
    .unwrap();
    tx.rollback().await;
    let is_first = |row: &Vec<Cell>| row.iter().zip(sample(table, 1)).any(|(found, first)| *found == first);
    rows.sort_by_key(|row| !is_first(row));
    rows
}
