//! Sends an event that never happened, so that a person sees whether a receiver is set up as it should be.

use campo_protocol::model::Ref;
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{format, office_track, send, ways::About};
use crate::{
    access::{Allowed, permissions::ManageChannels},
    app::App,
    channels::{
        channel::ChannelKind,
        target::{Document, Receiver},
    },
    problem::{Code, Result},
};

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelTested {
    /// True when the receiver took it
    pub delivered: bool,
    /// The id of the event, `webhook-id` of the notification
    pub event: Uuid,
    /// How long it took
    pub took_ms: i64,
    /// What was wrong, as in deliveries
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The status of the answer, where it is not a success
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    /// How that answer begins
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Of a channel for OfficeTrack's receivers, one document of each kind of entry that it sends; by mail of the first
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentTested>,
}

/// What came of one document of a test.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentTested {
    /// The kind of entry, with `form.task` for a form filled in a task
    pub kind: String,
    /// Its `EntryType`
    pub entry_type: i64,
    /// True when the receiver took it
    pub delivered: bool,
    /// What was wrong, as in deliveries
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The status of the answer, where it did not take it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    /// How that answer begins
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// Of what a test is: an event that is in no log.
fn about(app: &App, id: Uuid) -> About {
    About { id, position: 0, subject: id, created_us: app.environment.now_us() }
}

/// Sends `channel.test` to a channel's receiver, once, whether the channel is enabled or not. It is in no log.
pub async fn send_test(app: &App, allowed: &Allowed<ManageChannels>, which: &Ref) -> Result<ChannelTested> {
    #[derive(FromRow)]
    struct Row {
        id: Uuid,
        kind: String,
        target: String,
        sealed: Vec<u8>,
    }
    let account = allowed.account();
    let row: Option<Row> = app
        .db
        .fetch_optional(
            "select id, kind, target, sealed from channel where account = $1 and (id = $2 or code = $3) and state <> 'deleted'",
            (account, which.id(), which.code()),
        )
        .await?;
    let row = row.ok_or(Code::NotFound)?;
    let receiver = Receiver::open(app, (account, row.id), (&row.kind, &row.target), &row.sealed)?;
    let event = app.environment.uuid();
    let begun_us = app.environment.monotonic_us();
    let mut documents = Vec::new();
    let failure = match &receiver.settings.document {
        Document::Campo => {
            let body = format::test_body(account, event, app.environment.now_us());
            send::send(app, &receiver, about(app, event), body, send::time_out(app)).await.err()
        }
        Document::OfficeTrack(settings) => {
            let mut first = None;
            // People are sent one mail
            let most = if receiver.settings.target.kind() == ChannelKind::Mail { 1 } else { usize::MAX };
            for (kind, entry_type) in settings.entry_types.iter().take(most) {
                let id = app.environment.uuid();
                let text = office_track::sample(kind, id, app.environment.now_us(), settings);
                let (about, within) = (about(app, id), send::time_out(app));
                let failure = send::send(app, &receiver, about, text.into_bytes(), within).await.err();
                documents.push(DocumentTested {
                    kind: kind.clone(),
                    entry_type: *entry_type,
                    delivered: failure.is_none(),
                    problem: failure.as_ref().map(|failure| failure.problem.clone()),
                    status: failure.as_ref().and_then(|failure| failure.status),
                    answer: failure.as_ref().and_then(|failure| failure.answer.clone()),
                });
                first = first.or(failure);
            }
            first
        }
    };
    Ok(ChannelTested {
        delivered: failure.is_none(),
        documents,
        event,
        took_ms: (app.environment.monotonic_us() - begun_us) / 1000,
        problem: failure.as_ref().map(|failure| failure.problem.clone()),
        status: failure.as_ref().and_then(|failure| failure.status),
        answer: failure.and_then(|failure| failure.answer),
    })
}
