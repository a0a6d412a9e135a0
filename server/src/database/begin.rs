//! How transactions begin, and what keeps one that nobody ended from reaching the next.

use sqlx::{Pool, Postgres, SqlSafeStr, Sqlite, Transaction};

use crate::problem::{Problem, Result};

/// SQLite ends a transaction by itself when the disk is full or fails. sqlx then still counts it as open and refuses
/// every later one, so that such a connection is given up for a new one.
pub(super) async fn immediate(write: &Pool<Sqlite>) -> sqlx::Result<Transaction<'static, Sqlite>> {
    const BEGIN: &str = "begin immediate";
    match write.begin_with(BEGIN).await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            tracing::warn!("SQLite ended a transaction by itself; its connection is replaced");
            write.acquire().await?.close().await?;
            write.begin_with(BEGIN).await
        }
        result => result,
    }
}

/// Begins in a task of its own, which nobody's hanging up ends half-way: sqlx 0.9 then forgets that PostgreSQL has a
/// transaction open, and the pool lends the connection to the next with that transaction.
pub(super) async fn whole(
    pool: &Pool<Postgres>,
    statement: impl SqlSafeStr,
) -> Result<Transaction<'static, Postgres>> {
    let (pool, statement) = (pool.clone(), statement.into_sql_str());
    let begun = tokio::spawn(async move { pool.begin_with(statement).await }).await;
    Ok(begun.map_err(Problem::internal)??)
}
