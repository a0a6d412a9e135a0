//! Reading within the server's own process, on a thread of its own.

use std::ops::ControlFlow;

use campo_spreadsheets::{Book, Options, Row};
use tokio::{sync::mpsc, task::spawn_blocking};

use super::{Broken, ROWS, Source};
use crate::app::App;

pub(super) async fn read(
    app: &App,
    account: i64,
    source: Source,
    options: Options,
    sender: mpsc::Sender<Vec<Row>>,
) -> Result<Book, Broken> {
    let bytes = source.whole(app, account).await?;
    let reading = spawn_blocking(move || {
        let mut batch = Vec::with_capacity(ROWS);
        let book = campo_spreadsheets::read(&bytes, &options, &mut |row| {
            batch.push(row);
            if batch.len() < ROWS {
                return ControlFlow::Continue(());
            }
            match sender.blocking_send(std::mem::take(&mut batch)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        if book.is_ok() && !batch.is_empty() {
            // Nobody waits for them any more when this fails
            let _ = sender.blocking_send(batch);
        }
        book
    });
    // A library that panics at a file says that this is damaged
    let damaged = |error: tokio::task::JoinError| campo_spreadsheets::Unreadable::Damaged(error.to_string());
    Ok(reading.await.map_err(damaged)??)
}
