//! PostgreSQL without anything between: binary COPY. What replaces rows, which COPY cannot do, is one statement.

use std::sync::Arc;

use anyhow::{Result, bail};
use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, PgConnection, Row as _, TypeInfo as _,
    postgres::{PgArguments, PgRow},
    query::Query,
    types::Uuid,
};
use tokio::sync::Mutex;

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
    Copy(String, Vec<u8>),
    /// Rows that replace others
    Replace(String, Batch),
}

/// One connection that writes.
pub(super) struct Writer {
    connection: PgConnection,
    groups: Vec<(usize, Vec<Step>)>,
}

impl Writer {
    /// Connects, and writes the data of every COPY.
    pub(super) async fn open(url: &str, groups: Vec<Group>) -> Result<Self> {
        let connection = PgConnection::connect(url).await?;
        let steps = |group: Group| (group.entries, group.batches.into_iter().map(Step::of).collect());
        Ok(Self { connection, groups: groups.into_iter().map(steps).collect() })
    }

    /// Writes the groups, each when its entries were handed over.
    pub(super) async fn write(self, handed: Arc<Mutex<Handed>>) -> Result<()> {
        let Self { mut connection, groups } = self;
        for (entries, steps) in groups {
            let taken = handed.lock().await.take(entries).await;
            let mut transaction = connection.begin().await?;
            for step in steps {
                step.run(&mut transaction).await?;
            }
            transaction.commit().await?;
            answer(taken);
        }
        connection.close().await?;
        Ok(())
    }
}

impl Step {
    fn of(batch: Batch) -> Self {
        let (table, columns) = (batch.table, batch.columns.join(", "));
        if batch.keys.is_empty() {
            return Self::Copy(
                format!("copy {table} ({columns}) from stdin (format binary)"),
                copy_data(&batch.rows),
            );
        }
        let parameters: Vec<String> = (1..=batch.columns.len()).map(|number| format!("${number}")).collect();
        let (parameters, tail) = (parameters.join(", "), batch.tail());
        Self::Replace(
            format!("insert into {table} ({columns}) select * from unnest({parameters}) {tail}"),
            batch,
        )
    }

    async fn run(self, connection: &mut PgConnection) -> Result<()> {
        match self {
            Self::Copy(sql, data) => {
                let mut copy = connection.copy_in_raw(&sql).await?;
                copy.send(data).await?;
                copy.finish().await?;
            }
            Self::Replace(sql, batch) => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for column in 0..batch.columns.len() {
                    query = bind(query, &batch.rows, column)?;
                }
                query.execute(connection).await?;
            }
        }
        Ok(())
    }
}

/// Binds a column as an array. No column that is replaced is nullable.
fn bind<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    rows: &[Row],
    column: usize,
) -> Result<Query<'q, sqlx::Postgres, PgArguments>> {
    macro_rules! array {
        ($variant:ident) => {{
            let values = rows.iter().filter_map(|row| match &row[column] {
                Cell::$variant(value) => Some(value.clone()),
                _ => None,
            });
            query.bind(values.collect::<Vec<_>>())
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
