//! Databases for tests are fresh, alike, and gone afterwards.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use campo_tests::postgres::{self, Template};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

async fn exists(name: &str) -> Result<bool> {
    let mut connection = PgConnection::connect(postgres::server_url().await?).await?;
    Ok(sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(&mut connection)
        .await?)
}

#[tokio::test]
async fn each_database_is_a_copy_of_a_template_that_is_prepared_once() -> Result<()> {
    static TEMPLATE: Template = Template::new("letters");
    static PREPARED: AtomicU32 = AtomicU32::new(0);
    let prepare = |url: String| async move {
        PREPARED.fetch_add(1, Ordering::Relaxed);
        let mut connection = PgConnection::connect(&url).await?;
        sqlx::raw_sql("create table letter (name text); insert into letter values ('a')")
            .execute(&mut connection)
            .await?;
        Ok(connection.close().await?)
    };
    let (one, two) = tokio::try_join!(TEMPLATE.database(prepare), TEMPLATE.database(prepare))?;
    for database in [&one, &two] {
        let mut connection = PgConnection::connect(database.url()).await?;
        sqlx::query("insert into letter values ('b')").execute(&mut connection).await?;
        let letters: Vec<String> =
            sqlx::query_scalar("select name from letter").fetch_all(&mut connection).await?;
        assert_eq!(letters, ["a", "b"]);
    }
    assert_eq!(PREPARED.load(Ordering::Relaxed), 1);
    Ok(())
}

#[tokio::test]
async fn a_preparation_that_failed_is_tried_again() -> Result<()> {
    static TEMPLATE: Template = Template::new("second_try");
    let failed = TEMPLATE.database(|_| async { anyhow::bail!("no luck") }).await;
    assert!(format!("{:#}", failed.expect_err("it failed")).contains("no luck"));
    TEMPLATE.database(|_| async { Ok(()) }).await?;
    Ok(())
}

#[tokio::test]
async fn a_database_goes_with_its_test_also_when_connections_are_open() -> Result<()> {
    let database = postgres::empty_database().await?;
    let name = database.name().to_owned();
    let mut left_open = PgConnection::connect(database.url()).await?;
    assert!(exists(&name).await?);
    drop(database);
    assert!(!exists(&name).await?);
    assert!(sqlx::query("select 1").execute(&mut left_open).await.is_err());
    Ok(())
}

#[tokio::test]
async fn databases_of_ended_processes_are_swept_and_those_of_living_ones_are_not() -> Result<()> {
    let mine = postgres::empty_database().await?;
    let (ended, living) =
        (format!("campo_test_{}_1", std::process::id()), format!("campo_test_{}_2", std::process::id()));
    let mut process = PgConnection::connect(postgres::server_url().await?).await?;
    sqlx::query("select pg_advisory_lock_shared(hashtextextended($1, 0))")
        .bind(&living)
        .execute(&mut process)
        .await?;
    let databases = [format!("{ended}_1"), format!("{ended}_letters"), format!("{living}_1")];
    for name in &databases {
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name}"))).execute(&mut process).await?;
    }
    postgres::sweep().await?;
    assert!(exists(mine.name()).await?);
    assert_eq!([exists(&databases[0]).await?, exists(&databases[1]).await?], [false, false]);
    assert!(exists(&databases[2]).await?);
    process.close().await?;
    postgres::sweep().await?;
    assert!(!exists(&databases[2]).await?);
    Ok(())
}

#[test]
fn a_url_keeps_everything_but_its_database() {
    let cases = [
        ("postgres://u:p@h:1/postgres", "postgres://u:p@h:1/x"),
        ("postgres://u:p@h:1", "postgres://u:p@h:1/x"),
        ("postgres://u:p@h:1/", "postgres://u:p@h:1/x"),
        ("postgres://h/postgres?sslmode=disable", "postgres://h/x?sslmode=disable"),
        ("postgres:///postgres?host=/run/postgresql", "postgres:///x?host=/run/postgresql"),
    ];
    for (url, expected) in cases {
        assert_eq!(postgres::with_database(url, "x"), expected, "{url}");
    }
}
