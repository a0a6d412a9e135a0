//! Inserts into several tables that are made together.

use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction, postgres::PgArguments, sqlite::SqliteArguments};

use super::{
    Columns, SQLITE_PREPARED_ROWS, SQLITE_ROWS, SQLITE_VALUES, Tx, finished, placeholders, started, unnested,
};
use crate::problem::{Problem, Result};

/// Inserts into several tables: one statement and one round trip on PostgreSQL, one after the other on SQLite.
///
/// Its parts see nothing of each other. A second insert into a table begins a statement of its own.
#[derive(Debug)]
pub struct Inserts(Waiting);

#[derive(Debug)]
enum Waiting {
    Sqlite(Vec<(&'static str, Vec<Portion>)>),
    Postgres(Vec<Together>),
}

/// A statement for as many rows as SQLite takes at once.
#[derive(Debug)]
pub(super) struct Portion {
    pub(super) sql: String,
    pub(super) arguments: SqliteArguments,
    /// Whether it is worth being kept prepared
    pub(super) persistent: bool,
}

/// One statement of PostgreSQL.
#[derive(Debug, Default)]
struct Together {
    /// `insert into t (a, b)` of each part
    into: Vec<&'static str>,
    parts: Vec<String>,
    width: usize,
    arguments: PgArguments,
}

impl Inserts {
    /// Adds rows of one table: `{into}` is `insert into t (a, b)`, `{tail}` an `on conflict` clause or empty.
    pub fn insert_many<C: Columns>(
        &mut self,
        into: &'static str,
        columns: C,
        tail: &'static str,
    ) -> Result<()> {
        if columns.rows().map_err(sqlx::Error::Encode)? == 0 {
            return Ok(());
        }
        match &mut self.0 {
            Waiting::Sqlite(waiting) => waiting.push((into, portions(into, tail, columns)?)),
            Waiting::Postgres(waiting) => {
                let table = |into: &'static str| into.split_whitespace().nth(2);
                let is_free = |last: &Together| last.into.iter().all(|other| table(other) != table(into));
                let mut together = waiting.pop_if(|last| is_free(last)).unwrap_or_default();
                together.into.push(into);
                together.parts.push(format!("{into} select {} {tail}", unnested(together.width, C::WIDTH)));
                together.width += C::WIDTH;
                columns.postgres(&mut together.arguments).map_err(sqlx::Error::Encode)?;
                waiting.push(together);
            }
        }
        Ok(())
    }
}

impl Together {
    /// `with p0 as (insert …), p1 as (insert …) insert …`
    fn sql(&mut self) -> String {
        let last = self.parts.pop().unwrap_or_default();
        let others: Vec<String> =
            self.parts.iter().enumerate().map(|(number, part)| format!("p{number} as ({part})")).collect();
        if others.is_empty() { last } else { format!("with {} {last}", others.join(", ")) }
    }
}

impl Tx {
    /// Nothing to insert yet.
    pub fn inserts(&self) -> Inserts {
        Inserts(match self {
            Self::Sqlite(..) => Waiting::Sqlite(Vec::new()),
            Self::Postgres(..) => Waiting::Postgres(Vec::new()),
        })
    }

    /// Makes the inserts.
    pub async fn insert_all(&mut self, inserts: Inserts) -> Result<()> {
        match (self, inserts.0) {
            (Self::Sqlite(tx, _), Waiting::Sqlite(waiting)) => {
                for (name, portions) in waiting {
                    let started = started();
                    for portion in portions {
                        portion.execute(tx).await?;
                    }
                    finished(started, name);
                }
            }
            (Self::Postgres(tx, _), Waiting::Postgres(waiting)) => {
                for mut together in waiting {
                    let started = started();
                    let sql = together.sql();
                    execute(tx, sql, together.arguments).await?;
                    finished(started, together.into.first().copied().unwrap_or_default());
                }
            }
            _ => {
                let fault = anyhow::anyhow!("inserts were made ready for another database");
                return Err(Problem::internal(fault));
            }
        }
        Ok(())
    }
}

impl Portion {
    /// Runs it and says how many rows it touched.
    pub(super) async fn execute(self, tx: &mut Transaction<'static, Sqlite>) -> sqlx::Result<u64> {
        let query = sqlx::query_with(AssertSqlSafe(self.sql), self.arguments).persistent(self.persistent);
        Ok(query.execute(&mut **tx).await?.rows_affected())
    }
}

/// Runs a statement on PostgreSQL and says how many rows it touched.
pub(super) async fn execute(
    tx: &mut Transaction<'static, Postgres>,
    sql: String,
    arguments: PgArguments,
) -> sqlx::Result<u64> {
    Ok(sqlx::query_with(AssertSqlSafe(sql), arguments).execute(&mut **tx).await?.rows_affected())
}

/// What stands before and behind the rows of `k` on SQLite. The limit says how many there are at most: left to itself
/// SQLite takes them for a million, and reads every row of a table to look it up among them. A page of 500 tasks took
/// 240 ms where there were 1,000,000, and takes 4.
pub fn keyed(keys: &str, statement: &str) -> (String, String) {
    (format!("with k({keys}) as (select * from ("), format!(") limit {SQLITE_ROWS}) {statement}"))
}

/// What stands around the rows, with as many rows as SQLite takes at once.
pub(super) fn portions<C: Columns>(before: &str, after: &str, columns: C) -> Result<Vec<Portion>> {
    let mut left = columns.rows().map_err(sqlx::Error::Encode)?;
    let limit = SQLITE_ROWS.min(SQLITE_VALUES / C::WIDTH);
    let portions = columns.sqlite(limit).map_err(sqlx::Error::Encode)?.into_iter().map(|arguments| {
        let count = left.min(limit);
        left -= count;
        Portion {
            sql: format!("{before} values {} {after}", placeholders(C::WIDTH, count)),
            arguments,
            persistent: count == limit || count <= SQLITE_PREPARED_ROWS,
        }
    });
    Ok(portions.collect())
}
