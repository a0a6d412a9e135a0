//! What was backed up is what is restored, on either database.

use campo_server::{
    access::{Caller, Duty, permissions::ManageTasks},
    app::App,
    backup,
    database::{
        schema::{ColumnType, tables},
        tables::Cell,
    },
    files::upload,
    scheduler::Class,
    server_setting,
};
use campo_tests::{api::Client, world::World};
use futures_util::stream;
use tempfile::TempDir;
use uuid::Uuid;

use super::content;

/// A server with rows in every table: what people do, and made-up rows with the extremes of every type.
async fn filled(world: &World) -> App {
    let account = world.account("acme").await.unwrap();
    let ana = account.employee("ZZ1").await.unwrap();
    let mut phone = account.phone(ana).await.unwrap();
    let lines = [
        phone.line("shift.start", r#","note":"mañana, \"café\" \\ \u2028 🛠""#),
        phone.line("nobody.knows", ""),
        phone.line("photo", &format!(r#","files":[{{"hash":"{}","size_bytes":3}}]"#, "ab".repeat(32))),
    ];
    phone.send(&lines).await.unwrap();
    let allowed = Caller::duty(account.id, Duty::Operator).allow::<ManageTasks>().unwrap();
    for bytes in [vec![], vec![7; 600_000]] {
        let body = stream::iter([Ok::<_, std::io::Error>(bytes)]);
        upload::store(&world.app, &allowed, Class::Office, "image/png", body).await.unwrap();
    }
    let mut tx = world.app.db.begin().await.unwrap();
    for table in tables().iter().filter(|table| table.name != "file") {
        let rows: Vec<Vec<Cell>> = (1..3_i64)
            .map(|row| {
                let cell = |column: &campo_server::database::schema::Column| match column.kind {
                    _ if column.nullable && row == 1 => Cell::Null,
                    ColumnType::Integer if row == 1 => Cell::Integer(i64::MIN + 1),
                    ColumnType::Integer => Cell::Integer(i64::MAX),
                    ColumnType::Float => Cell::Float(0.1 + row as f64),
                    ColumnType::Boolean => Cell::Boolean(row == 1),
                    ColumnType::Text => Cell::Text(format!("{row} ñ \n \" \\ \u{2028} 🛠")),
                    ColumnType::Uuid => Cell::Uuid(Uuid::from_u128(row as u128)),
                    ColumnType::Bytes => Cell::Bytes(vec![0, 255, row as u8]),
                };
                table.columns.iter().map(cell).collect()
            })
            .collect();
        tx.insert_rows(table, &rows).await.unwrap();
    }
    tx.commit().await.unwrap();
    world.app.clone()
}

async fn check(from: World, to: World) {
    let app = filled(&from).await;
    let before = content(&app).await;
    assert!(
        before.values().all(|rows| rows.len() >= 2),
        "{:?}",
        before.iter().find(|table| table.1.len() < 2)
    );
    let place = TempDir::new().unwrap();
    let folder = place.path().join("backup/");
    let manifest = backup::make(&app, &folder).await.unwrap();
    assert_eq!((manifest.files, manifest.files_bytes), (2, 600_000));

    let (restored, epoch) = backup::restore(&to.app, &folder).await.unwrap();
    assert_eq!(restored, manifest);
    let after = content(&to.app).await;
    for (table, rows) in before {
        assert_eq!(after[table], rows, "{table}");
    }
    assert_eq!(server_setting::epoch(&to.app.db).await.unwrap(), epoch);
    assert_ne!(epoch, manifest.epoch);

    // It is a server again: keys are valid, files are read, entries go on
    let account = campo_tests::world::Account { app: to.app.clone(), id: 1 };
    let key = account.key(&[campo_server::access::PermissionName::ViewEntries]).await.unwrap();
    let large = vec![7; 600_000];
    let path = format!("/v1/files/{}", crate::files::hash(&large));
    assert_eq!(Client::new(&to.app, Some(&key)).get(&path).await.unwrap().body, large);
    let mut phone = account.phone(account.employee("ZZ2").await.unwrap()).await.unwrap();
    let line = phone.line("shift.start", "");
    assert_eq!(phone.send(&[line]).await.unwrap().receipts[0].position, 4);
}

macro_rules! round_trips {
    ($($name:ident: $from:ident, $to:ident;)+) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            check(World::$from().await.unwrap(), World::$to().await.unwrap()).await;
        }
    )+ };
}

round_trips! {
    sqlite_is_restored_into_sqlite: sqlite, sqlite;
    postgres_is_restored_into_postgres: postgres, postgres;
    sqlite_is_restored_into_postgres: sqlite, postgres;
    postgres_is_restored_into_sqlite: postgres, sqlite;
}
