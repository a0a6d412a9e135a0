//! Backups and restores, within a database and across, while others write, and damaged.

mod commands;
mod damage;
mod round_trip;
mod writers;

use std::collections::BTreeMap;

use campo_server::{app::App, database::schema::tables};

/// Every row of every table as JSON, without the epoch, which a restore changes.
async fn content(app: &App) -> BTreeMap<&'static str, Vec<String>> {
    let mut tx = app.db.begin_snapshot().await.unwrap();
    let mut content = BTreeMap::new();
    for table in tables() {
        let mut rows = Vec::new();
        tx.each_row(&table, async |cells| {
            rows.push(serde_json::to_string(&cells).unwrap());
            Ok(())
        })
        .await
        .unwrap();
        rows.retain(|row| !row.starts_with(r#"["epoch""#));
        rows.sort();
        content.insert(table.name, rows);
    }
    tx.rollback().await;
    content
}

/// True when nothing was restored.
async fn is_empty(app: &App) -> bool {
    content(app).await.iter().all(|(table, rows)| *table == "server_setting" || rows.is_empty())
}
