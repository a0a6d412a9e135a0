//! Gathers calls, and writes them together.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use campo_protocol::text::{sort_key, storable};
use uuid::Uuid;

use crate::{app::App, database::columns, problem::Result};

/// How often they are written.
const EVERY: Duration = Duration::from_secs(1);
/// The most that wait to be written; more are dropped and counted.
const MOST: usize = 2000;
/// The most characters by which a call is searched.
const WORDS: usize = 2000;

/// A call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) account: i64,
    pub(super) id: Uuid,
    pub(super) key: Uuid,
    pub(super) at_us: i64,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) address: Option<String>,
    pub(super) status: i64,
    pub(super) code: Option<String>,
    pub(super) took_us: i64,
    pub(super) request_id: Option<String>,
    pub(super) request: Option<String>,
    pub(super) answer: Option<String>,
}

/// The calls of this process that are not written yet.
#[derive(Debug, Default)]
pub struct Calls {
    waiting: Mutex<Vec<Call>>,
}

impl Calls {
    /// Keeps a call, unless too many wait.
    pub(super) fn keep_one(&self, call: Call) {
        // Nothing panics while the lock is held
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST {
            waiting.push(call);
        } else {
            metrics::counter!("campo_calls_dropped_total").increment(1);
        }
    }

    /// Writes what was gathered, again and again. Runs until dropped.
    pub async fn keep(&self, app: &App) {
        loop {
            app.environment.sleep(EVERY).await;
            if let Err(problem) = self.write(app).await {
                tracing::warn!(%problem, "calls could not be written; they are not in the log");
            }
        }
    }

    /// Writes what was gathered so far.
    pub async fn write(&self, app: &App) -> Result<()> {
        let rows = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if rows.is_empty() {
            return Ok(());
        }
        let rows: Vec<Row> = rows.into_iter().map(Row::of).collect();
        let mut transaction = app.log.begin_housekeeping().await?;
        transaction
            .tx()
            .insert_many(
                "insert into call (account, id, key, at_us, method, path, address, status, code, took_us, request_id, \
                 request, answer, words)",
                columns!(rows => account, id, key, at_us, method, path, address, status, code, took_us, request_id,
                    request, answer, words),
                "",
            )
            .await?;
        transaction.commit().await
    }
}

struct Row {
    account: i64,
    id: Uuid,
    key: Uuid,
    at_us: i64,
    method: String,
    path: String,
    address: Option<String>,
    status: i64,
    code: Option<String>,
    took_us: i64,
    request_id: Option<String>,
    request: Option<String>,
    answer: Option<String>,
    words: String,
}

impl Row {
    fn of(call: Call) -> Self {
        let Call {
            account,
            id,
            key,
            at_us,
            method,
            path,
            address,
            status,
            code,
            took_us,
            request_id,
            request,
            answer,
        } = call;
        let path = storable(&path).into_owned();
        let parts = [
            method.as_str(),
            path.as_str(),
            code.as_deref().unwrap_or_default(),
            request.as_deref().unwrap_or_default(),
        ];
        let words: String = parts.join("\n").chars().take(WORDS).collect();
        let words = sort_key(&words);
        Self {
            account,
            id,
            key,
            at_us,
            method,
            path,
            address,
            status,
            code,
            took_us,
            request_id,
            request,
            answer,
            words,
        }
    }
}
