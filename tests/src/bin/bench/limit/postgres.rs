//! PostgreSQL without anything between: binary COPY. What replaces rows, which COPY cannot do, is one statement.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use anyhow::{Result, bail};
use axum::body::Bytes;
use futures_util::SinkExt as _;
use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, PgConnection, Row as _, TypeInfo as _, postgres::PgRow,
};
use tokio::sync::Mutex;
use tokio_postgres::{Client, NoTls, Statement, types::ToSql};
use uuid::Uuid;

use super::{
    Batch, Cell, Group, Handed, Row, Table, answer,
    groups::{INSERTED, REPLACED},
};

/// Reads the tables that a run writes, their rows in the order of positions.
pub(super) async fn read(url: &str) -> Result<Vec<Table>> {
    let mut connection = PgConnection::connect(url).await?;
    let mut tables = Vec::new();
    for name in INSERTED.iter().map(|table| table.0).chain(REPLACED.iter().map(|table| table.0)) {
        let sql = AssertSqlSafe(format!("select * from {name} order by 1, 2"));
        let rows = sqlx::query(sql).fetch_all(&mut connection).await?;
        let columns = match rows.first() {
            Some(row) => row.columns().iter().map(|column| column.name().to_owned()).collect(),
            None => columns(&mut connection, name).await?,
        };
        let rows = rows.iter().map(cells).collect::<Result<_>>()?;
        tables.push(Table { name, columns, rows });
    }
    connection.close().await?;
    Ok(tables)
}

async fn columns(connection: &mut PgConnection, table: &str) -> Result<Vec<String>> {
    let sql = "select column_name::text from information_schema.columns where table_name = $1 order by ordinal_position";
    Ok(sqlx::query_scalar(sql).bind(table).fetch_all(connection).await?)
}

fn cells(row: &PgRow) -> Result<Row> {
    let cell = |column: &sqlx::postgres::PgColumn| {
        let at = column.ordinal();
        Ok(match column.type_info().name() {
            "INT8" => row.try_get::<Option<i64>, _>(at)?.map_or(Cell::Null, Cell::Integer),
            "TEXT" => row.try_get::<Option<String>, _>(at)?.map_or(Cell::Null, Cell::Text),
            "BYTEA" => row.try_get::<Option<Vec<u8>>, _>(at)?.map_or(Cell::Null, Cell::Bytes),
            "UUID" => row.try_get::<Option<Uuid>, _>(at)?.map_or(Cell::Null, Cell::Uuid),
            "BOOL" => row.try_get::<Option<bool>, _>(at)?.map_or(Cell::Null, Cell::Bool),
            other => bail!("no figure is made for columns of type {other}"),
        })
    };
    row.columns().iter().map(cell).collect()
}

/// What a connection does for one batch.
enum Step {
    /// A COPY and its data
    Copy(Statement, Bytes),
    /// Rows that replace others, by column
    Replace(Statement, Vec<Column>),
}

/// A column of an array statement.
type Column = Box<dyn ToSql + Sync + Send>;

/// One connection that writes. Its driver is not sqlx, which leaves Nagle's algorithm on: each COPY would wait 40 ms.
pub(super) struct Writer {
    client: Client,
    groups: Vec<(usize, Vec<Step>)>,
}

impl Writer {
    /// Connects, prepares the statements, and writes the data of every COPY.
    pub(super) async fn open(url: &str, groups: Vec<Group>) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        // ends when the client is dropped; what goes wrong in it, the client is told
        tokio::spawn(connection);
        let mut statements: HashMap<(&'static str, bool), Statement> = HashMap::new();
        let mut prepared = Vec::with_capacity(groups.len());
        for group in groups {
            let mut steps = Vec::new();
            for batch in &group.batches {
                let statement = match statements.entry((batch.table, batch.keys.is_empty())) {
                    Entry::Occupied(known) => known.get().clone(),
                    Entry::Vacant(place) => place.insert(client.prepare(&text(batch)).await?).clone(),
                };
                steps.push(Step::new(statement, batch)?);
            }
            prepared.push((group.entries, steps));
        }
        Ok(Self { client, groups: prepared })
    }

    /// Writes the groups, each when its entries were handed over.
    pub(super) async fn write(self, handed: Arc<Mutex<Handed>>) -> Result<()> {
        let Self { client, groups } = self;
        for (entries, steps) in groups {
            let taken = handed.lock().await.take(entries).await;
            client.batch_execute("begin").await?;
            for step in steps {
                step.run(&client).await?;
            }
            client.batch_execute("commit").await?;
            answer(taken);
        }
        Ok(())
    }
}

fn text(batch: &Batch) -> String {
    let (table, columns) = (batch.table, batch.columns.join(", "));
    if batch.keys.is_empty() {
        return format!("copy {table} ({columns}) from stdin (format binary)");
    }
    let kinds = batch.rows.iter().take(1).flatten().map(|cell| match cell {
        Cell::Bool(_) => "boolean",
        Cell::Integer(_) => "bigint",
        Cell::Bytes(_) => "bytea",
        Cell::Uuid(_) => "uuid",
        Cell::Text(_) | Cell::Null => "text",
    });
    let parameters: Vec<String> =
        kinds.enumerate().map(|(at, kind)| format!("${}::{kind}[]", at + 1)).collect();
    let (parameters, tail) = (parameters.join(", "), batch.tail());
    format!("insert into {table} ({columns}) select * from unnest({parameters}) {tail}")
}

impl Step {
    fn new(statement: Statement, batch: &Batch) -> Result<Self> {
        if batch.keys.is_empty() {
            return Ok(Self::Copy(statement, copy_data(&batch.rows).into()));
        }
        let columns = (0..batch.columns.len()).map(|column| array(&batch.rows, column));
        Ok(Self::Replace(statement, columns.collect::<Result<_>>()?))
    }

    async fn run(self, client: &Client) -> Result<()> {
        match self {
            Self::Copy(statement, data) => {
                let mut copy = std::pin::pin!(client.copy_in(&statement).await?);
                copy.feed(data).await?;
                copy.finish().await?;
            }
            Self::Replace(statement, columns) => {
                client
                    .execute_raw(&statement, columns.iter().map(|column| &**column as &(dyn ToSql + Sync)))
                    .await?;
            }
        }
        Ok(())
    }
}

/// A column as an array. No column that is replaced is nullable.
fn array(rows: &[Row], column: usize) -> Result<Column> {
    macro_rules! array {
        ($variant:ident) => {{
            let values = rows.iter().filter_map(|row| match &row[column] {
                Cell::$variant(value) => Some(value.clone()),
                _ => None,
            });
            Box::new(values.collect::<Vec<_>>())
        }};
    }
    Ok(match rows.first().map(|row| &row[column]) {
        Some(Cell::Bool(_)) => array!(Bool),
        Some(Cell::Integer(_)) => array!(Integer),
        Some(Cell::Text(_)) => array!(Text),
        Some(Cell::Bytes(_)) => array!(Bytes),
        Some(Cell::Uuid(_)) => array!(Uuid),
        Some(Cell::Null) | None => bail!("a replaced row has a column without a value"),
    })
}

/// The data of a binary COPY ("Binary Format" in PostgreSQL's documentation of COPY).
fn copy_data(rows: &[Row]) -> Vec<u8> {
    let mut data = b"PGCOPY\n\xff\r\n\0".to_vec();
    data.extend([0; 8]);
    for row in rows {
        data.extend((row.len() as i16).to_be_bytes());
        for cell in row {
            let mut value = |bytes: &[u8]| {
                data.extend((bytes.len() as i32).to_be_bytes());
                data.extend(bytes);
            };
            match cell {
                Cell::Null => data.extend((-1_i32).to_be_bytes()),
                Cell::Bool(bool) => value(&[u8::from(*bool)]),
                Cell::Integer(integer) => value(&integer.to_be_bytes()),
                Cell::Text(text) => value(text.as_bytes()),
                Cell::Bytes(bytes) => value(bytes),
                Cell::Uuid(uuid) => value(uuid.as_bytes()),
            }
        }
    }
    data.extend((-1_i16).to_be_bytes());
    data
}
