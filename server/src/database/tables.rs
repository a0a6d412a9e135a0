//! Whole tables, row by row, whatever their columns: for backups.
//!
//! The statements are made from [`schema`](super::schema), which is made from the migrations: nothing in them comes
//! from outside.

use futures_util::TryStreamExt as _;
use serde::{Serialize, Serializer};
use sqlx::{
    Arguments as _, AssertSqlSafe, ColumnIndex, Decode, Row, Type, error::BoxDynError, postgres::PgArguments,
    sqlite::SqliteArguments,
};
use uuid::Uuid;

use super::{
    SQLITE_ROWS, SQLITE_VALUES, Tx, placeholders,
    schema::{Column, ColumnType, Table},
    unnested,
};
use crate::problem::Result;
use campo_protocol::text::{hex, unhex};

/// A value of any column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// NULL
    Null,
    /// Of an integer column
    Integer(i64),
    /// Of a float column
    Float(f64),
    /// Of a boolean column
    Boolean(bool),
    /// Of a text or JSON column
    Text(String),
    /// Of a UUID column
    Uuid(Uuid),
    /// Of a column of bytes
    Bytes(Vec<u8>),
}

impl Serialize for Cell {
    /// Numbers, booleans and text as they are; UUIDs and bytes as hexadecimal text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Boolean(yes) => serializer.serialize_bool(*yes),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Uuid(id) => serializer.collect_str(&id.simple()),
            Self::Bytes(bytes) => serializer.serialize_str(&hex(bytes)),
        }
    }
}

impl Cell {
    /// The value of a column from its JSON; none when it is not one.
    pub fn from_json(json: serde_json::Value, column: &Column) -> Option<Self> {
        match (column.kind, json) {
            (_, serde_json::Value::Null) => column.nullable.then_some(Self::Null),
            (ColumnType::Integer, json) => json.as_i64().map(Self::Integer),
            (ColumnType::Float, json) => json.as_f64().map(Self::Float),
            (ColumnType::Boolean, json) => json.as_bool().map(Self::Boolean),
            (ColumnType::Text, serde_json::Value::String(text)) => Some(Self::Text(text)),
            (ColumnType::Uuid, json) => {
                json.as_str().and_then(|text| Uuid::try_parse(text).ok()).map(Self::Uuid)
            }
            (ColumnType::Bytes, json) => json.as_str().and_then(unhex).map(Self::Bytes),
            _ => None,
        }
    }
}

impl Tx {
    /// Hands every row of a table to `each`, which may wait; the rows are never all in memory.
    pub async fn each_row(
        &mut self,
        table: &Table,
        mut each: impl AsyncFnMut(Vec<Cell>) -> Result<()>,
    ) -> Result<()> {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let sql = AssertSqlSafe(format!("select {} from {}", names.join(", "), table.name));
        match self {
            Self::Sqlite(tx, _) => {
                let mut rows = sqlx::query(sql).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    each(cells(&row, table)?).await?;
                }
            }
            Self::Postgres(tx, _) => {
                let mut rows = sqlx::query(sql).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    each(cells(&row, table)?).await?;
                }
            }
        }
        Ok(())
    }

    /// Inserts rows, each with a cell for every column of the table.
    pub async fn insert_rows(&mut self, table: &Table, rows: &[Vec<Cell>]) -> Result<()> {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let into = format!("insert into {} ({})", table.name, names.join(", "));
        let width = names.len();
        match self {
            Self::Sqlite(tx, _) => {
                for rows in rows.chunks(SQLITE_ROWS.min(SQLITE_VALUES / width)) {
                    let sql = format!("{into} values {}", placeholders(width, rows.len()));
                    let arguments = sqlite(rows).map_err(sqlx::Error::Encode)?;
                    let query = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(false);
                    query.execute(&mut **tx).await?;
                }
            }
            Self::Postgres(tx, _) if !rows.is_empty() => {
                let sql = format!("{into} select {}", unnested(0, width));
                let arguments = postgres(table, rows).map_err(sqlx::Error::Encode)?;
                sqlx::query_with(AssertSqlSafe(sql), arguments).execute(&mut **tx).await?;
            }
            Self::Postgres(..) => {}
        }
        Ok(())
    }

    /// Removes every row of a table.
    pub async fn clear(&mut self, table: &Table) -> Result<()> {
        let sql = AssertSqlSafe(format!("delete from {}", table.name));
        match self {
            Self::Sqlite(tx, _) => {
                sqlx::query(sql).execute(&mut **tx).await?;
            }
            Self::Postgres(tx, _) => {
                sqlx::query(sql).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// True when a table has no row.
    pub async fn is_empty(&mut self, table: &Table) -> Result<bool> {
        let sql = AssertSqlSafe(format!("select 1 from {} limit 1", table.name));
        Ok(match self {
            Self::Sqlite(tx, _) => sqlx::query(sql).fetch_optional(&mut **tx).await?.is_none(),
            Self::Postgres(tx, _) => sqlx::query(sql).fetch_optional(&mut **tx).await?.is_none(),
        })
    }
}

fn cells<'r, R>(row: &'r R, table: &Table) -> sqlx::Result<Vec<Cell>>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    f64: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    let mut cells = Vec::with_capacity(table.columns.len());
    for (index, column) in table.columns.iter().enumerate() {
        let cell = match column.kind {
            ColumnType::Integer => row.try_get::<Option<i64>, _>(index)?.map(Cell::Integer),
            ColumnType::Float => row.try_get::<Option<f64>, _>(index)?.map(Cell::Float),
            ColumnType::Boolean => row.try_get::<Option<bool>, _>(index)?.map(Cell::Boolean),
            ColumnType::Text => row.try_get::<Option<String>, _>(index)?.map(Cell::Text),
            ColumnType::Uuid => row.try_get::<Option<Uuid>, _>(index)?.map(Cell::Uuid),
            ColumnType::Bytes => row.try_get::<Option<Vec<u8>>, _>(index)?.map(Cell::Bytes),
        };
        cells.push(cell.unwrap_or(Cell::Null));
    }
    Ok(cells)
}

fn sqlite(rows: &[Vec<Cell>]) -> Result<SqliteArguments, BoxDynError> {
    let mut arguments = SqliteArguments::default();
    for cell in rows.iter().flatten() {
        match cell {
            Cell::Null => arguments.add(None::<i64>)?,
            Cell::Integer(number) => arguments.add(*number)?,
            Cell::Float(number) => arguments.add(*number)?,
            Cell::Boolean(yes) => arguments.add(*yes)?,
            Cell::Text(text) => arguments.add(text.clone())?,
            Cell::Uuid(id) => arguments.add(*id)?,
            Cell::Bytes(bytes) => arguments.add(bytes.clone())?,
        }
    }
    Ok(arguments)
}

/// One array a column.
fn postgres(table: &Table, rows: &[Vec<Cell>]) -> Result<PgArguments, BoxDynError> {
    let mut arguments = PgArguments::default();
    for (index, column) in table.columns.iter().enumerate() {
        macro_rules! array {
            ($variant:ident) => {
                arguments.add(
                    rows.iter()
                        .map(|row| match row.get(index) {
                            Some(Cell::$variant(value)) => Ok(Some(value.clone())),
                            Some(Cell::Null) => Ok(None),
                            other => Err(format!("{}.{}: {other:?}", table.name, column.name)),
                        })
                        .collect::<Result<Vec<_>, String>>()?,
                )?
            };
        }
        match column.kind {
            ColumnType::Integer => array!(Integer),
            ColumnType::Float => array!(Float),
            ColumnType::Boolean => array!(Boolean),
            ColumnType::Text => array!(Text),
            ColumnType::Uuid => array!(Uuid),
            ColumnType::Bytes => array!(Bytes),
        }
    }
    Ok(arguments)
}
