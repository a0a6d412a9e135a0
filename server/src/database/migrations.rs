//! One list of migrations, one text each for both databases.
//!
//! A few words differ and are replaced: `{i64}`, `{f64}`, `{text}`, `{bool}`, `{uuid}`, `{bytes}`, `{json}` and
//! `{strict}`. Lines that begin with `-- sqlite:` or `-- postgres:` are for that database alone. Migrations are
//! additive, since older replicas still run during an upgrade.

use std::borrow::Cow;

use sqlx::{
    Connection as _, PgConnection,
    migrate::{Migration, MigrationType, Migrator},
};

use super::{Db, OpenError, pooler};

/// The texts, in order.
pub const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "ground", include_str!("../../migrations/0001_ground.sql")),
    (2, "rooms", include_str!("../../migrations/0002_rooms.sql")),
    (3, "imports", include_str!("../../migrations/0003_imports.sql")),
    (4, "exchange", include_str!("../../migrations/0004_exchange.sql")),
    (5, "mail", include_str!("../../migrations/0005_mail.sql")),
    (6, "retention", include_str!("../../migrations/0006_retention.sql")),
    (7, "imports", include_str!("../../migrations/0007_imports.sql")),
    (8, "exchange_mail", include_str!("../../migrations/0008_exchange_mail.sql")),
    (9, "soap_used", include_str!("../../migrations/0009_soap_used.sql")),
    (10, "key_rotation", include_str!("../../migrations/0010_key_rotation.sql")),
];

/// Which of the two texts is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite
    Sqlite,
    /// PostgreSQL
    Postgres,
}

/// The text of a migration for one database.
pub fn text(template: &str, dialect: Dialect) -> String {
    let (own, words) = match dialect {
        Dialect::Sqlite => (
            "-- sqlite:",
            [
                ("{i64}", "integer"),
                ("{f64}", "real"),
                ("{text}", "text"),
                ("{bool}", "integer"),
                ("{uuid}", "blob"),
                ("{bytes}", "blob"),
                ("{json}", "text"),
                ("{strict}", "strict"),
            ],
        ),
        Dialect::Postgres => (
            "-- postgres:",
            [
                ("{i64}", "bigint"),
                ("{f64}", "double precision"),
                ("{text}", "text collate \"C\""),
                ("{bool}", "boolean"),
                ("{uuid}", "uuid"),
                ("{bytes}", "bytea"),
                ("{json}", "text"),
                ("{strict}", ""),
            ],
        ),
    };
    let mut sql = String::with_capacity(template.len());
    for line in template.lines() {
        sql.push_str(line.strip_prefix(own).unwrap_or(line));
        sql.push('\n');
    }
    for (word, replacement) in words {
        sql = sql.replace(word, replacement);
    }
    sql
}

/// Brings the database to this release. Several replicas may call it at once; an older release than the one that
/// migrated last may call it too and changes nothing.
pub async fn migrate(db: &Db) -> Result<(), OpenError> {
    migrate_to(db, i64::MAX).await
}

/// The same up to a version, as a release of before left its database.
pub async fn migrate_to(db: &Db, last: i64) -> Result<(), OpenError> {
    let dialect = if db.is_sqlite() { Dialect::Sqlite } else { Dialect::Postgres };
    let migrations = MIGRATIONS
        .iter()
        .filter(|(version, ..)| *version <= last)
        .map(|(version, name, template)| {
            Migration::new(
                *version,
                Cow::Borrowed(*name),
                MigrationType::Simple,
                sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(text(template, dialect))),
                false,
            )
        })
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    migrator.set_ignore_missing(true);
    match db {
        Db::Sqlite { write, .. } => {
            let _lock = lock_beside(db)?;
            migrator.run(write).await?;
        }
        Db::Postgres { pool, .. } => {
            // Tables are changed for as long as it takes, and others that start wait for it
            let unbounded = pooler::unbounded(&pool.connect_options());
            let mut connection = PgConnection::connect_with(&unbounded).await?;
            migrator.run(&mut connection).await?;
            connection.close().await?;
        }
    }
    Ok(())
}

/// sqlx's migrator takes no lock on SQLite: of several processes that start at once all but one would fail.
fn lock_beside(db: &Db) -> Result<Option<std::fs::File>, OpenError> {
    let Some(lock_path) = db.beside(".lock") else { return Ok(None) };
    let open = || {
        let file = std::fs::File::create(&lock_path)?;
        file.lock()?;
        Ok::<_, std::io::Error>(file)
    };
    open().map(Some).map_err(|source| OpenError::Lock { path: lock_path.clone(), source })
}
