//! PostgreSQL behind a pooler in transaction mode: what is asked for at the start of a connection, and what each
//! transaction brings itself.

use std::time::Duration;

use campo_server::database::{Bounds, Db, Options, Synchronous};
use campo_tests::world::World;
use tokio::{io::AsyncReadExt as _, net::TcpListener};

/// The parameters at the start of a connection that PgBouncer takes; it refuses all others.
const TAKEN: &[&str] = &[
    "user",
    "database",
    "client_encoding",
    "DateStyle",
    "TimeZone",
    "standard_conforming_strings",
    "application_name",
];

fn options(url: &str) -> Options {
    let bounds = Bounds::of_server(Duration::from_secs(30));
    Options { url: url.to_owned(), connections: 2, pooler: true, synchronous: Synchronous::Full, bounds }
}

#[tokio::test]
async fn a_connection_to_a_pooler_asks_for_nothing_that_it_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://campo@{}/campo?sslmode=disable", listener.local_addr().unwrap());
    let opening = tokio::spawn(async move { Db::open(&options(&url)).await.map(|_| ()) });
    let (mut connection, _) = listener.accept().await.unwrap();
    let length = connection.read_u32().await.unwrap();
    let mut message = vec![0; length as usize - 4];
    connection.read_exact(&mut message).await.unwrap();
    opening.abort();
    let texts: Vec<&str> =
        message[4..].split(|byte| *byte == 0).map(|text| str::from_utf8(text).unwrap()).collect();
    let names: Vec<&str> = texts.chunks(2).map(|pair| pair[0]).filter(|name| !name.is_empty()).collect();
    assert!(names.contains(&"user") && names.iter().all(|name| TAKEN.contains(name)), "{names:?}");
}

#[tokio::test]
async fn behind_a_pooler_a_transaction_brings_its_settings_and_takes_them_away() {
    let world = World::postgres().await.unwrap();
    let db = Db::open(&options(&world.url())).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let setting = "select current_setting('idle_in_transaction_session_timeout'), current_setting('jit'), \
                   current_setting('statement_timeout')";
    let within: (String, String, String) = tx.fetch_one(setting, ()).await.unwrap();
    assert_eq!(within, ("20s".to_owned(), "off".to_owned(), "25s".to_owned()));
    tx.execute("update server_setting set value = value", ()).await.unwrap();
    tx.commit().await.unwrap();
    let after: (String, String, String) = db.fetch_one(setting, ()).await.unwrap();
    assert_eq!(after, ("0".to_owned(), "on".to_owned(), "0".to_owned()));
}
