//! What is received of a file, in rows; its parts are in the store.

use sqlx::FromRow;
use uuid::Uuid;

use super::Ticket;
use crate::{
    access::{
        Allowed, Caller, Permissions, Principal, authenticate::HAND_IN_AFTER_REVOCATION_US,
        permissions::HandIn,
    },
    app::App,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// How far the upload of a ticket is.
#[derive(Debug)]
pub(super) struct Standing {
    /// True when the file is stored already, whoever sent it
    pub(super) stored: bool,
    /// What the entry says that the file is
    pub(super) media_type: Option<String>,
    /// The upload that is under way
    pub(super) upload: Option<Upload>,
}

/// A row of `upload`.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    /// The name of its parts in the store
    pub(super) id: Uuid,
    pub(super) received_bytes: i64,
    pub(super) size_bytes: i64,
    pub(super) media_type: String,
}

impl Standing {
    /// How much the server has.
    pub(super) fn received_bytes(&self, ticket: &Ticket) -> i64 {
        if self.stored {
            ticket.size_bytes
        } else {
            self.upload.as_ref().map_or(0, |upload| upload.received_bytes)
        }
    }
}

#[derive(FromRow)]
struct Row {
    state: String,
    revoked_us: Option<i64>,
    stored: bool,
    media_type: Option<String>,
    id: Option<Uuid>,
    received_bytes: Option<i64>,
    size_bytes: Option<i64>,
    upload_type: Option<String>,
}

/// How far it is, if the phone may still hand in.
pub(super) async fn standing(app: &App, ticket: &Ticket) -> Result<Standing> {
    let row: Option<Row> = app
        .db
        .fetch_optional(
            "select i.state, i.revoked_us, \
             exists (select 1 from file f where f.account = i.account and f.hash = $3) as stored, \
             (select max(e.media_type) from entry_file e where e.account = i.account and e.hash = $3) as media_type, \
             u.id, u.received_bytes, u.size_bytes, u.media_type as upload_type from installation i \
             join account a on a.id = i.account \
             left join upload u on u.account = i.account and u.installation = i.id and u.hash = $3 \
             where i.account = $1 and i.id = $2 and a.state = 'enabled'",
            (ticket.account, ticket.installation, &ticket.hash[..]),
        )
        .await?;
    let row = row.ok_or(Code::NotFound)?;
    let now_us = app.environment.now_us();
    let late = row.revoked_us.is_some_and(|at_us| now_us - at_us > HAND_IN_AFTER_REVOCATION_US);
    match row.state.as_str() {
        "active" => {}
        "revoked" if !late => {}
        "revoked" => return Err(Code::Revoked.into()),
        "stolen" => return Err(Code::Stolen.into()),
        _ => return Err(Code::Unavailable.into()),
    }
    let upload = match (row.id, row.received_bytes, row.size_bytes, row.upload_type) {
        (Some(id), Some(received_bytes), Some(size_bytes), Some(media_type)) => {
            Some(Upload { id, received_bytes, size_bytes, media_type })
        }
        _ => None,
    };
    Ok(Standing { stored: row.stored, media_type: row.media_type, upload })
}

/// The proof that the holder of a ticket may do what its phone may.
pub(super) fn allowed(ticket: &Ticket) -> Result<Allowed<HandIn>> {
    let principal = Principal::Installation(ticket.installation);
    Caller { account: ticket.account, principal, permissions: Permissions::of_installation() }.allow()
}

/// Begins an upload, unless somebody began it meanwhile: then that one counts.
pub(super) async fn begin(app: &App, ticket: &Ticket, media_type: &str) -> Result<Upload> {
    let mut write = app.log.begin_beside(ticket.account, Class::Capture).await?;
    let (id, now_us) = (app.environment.uuid(), app.environment.now_us());
    let (id, received_bytes, size_bytes, media_type): (Uuid, i64, i64, String) = write
        .tx()
        .fetch_one(
            "insert into upload (account, installation, hash, id, size_bytes, received_bytes, media_type, expires_us, \
             updated_us) values ($1, $2, $3, $4, $5, 0, $6, $7, $8) \
             on conflict (account, installation, hash) do update set expires_us = excluded.expires_us \
             returning id, received_bytes, size_bytes, media_type",
            (
                ticket.account,
                ticket.installation,
                &ticket.hash[..],
                id,
                ticket.size_bytes,
                media_type,
                ticket.expires_us,
                now_us,
            ),
        )
        .await?;
    write.commit().await?;
    Ok(Upload { id, received_bytes, size_bytes, media_type })
}

/// Counts a part that is durable in the store. What another request counted meanwhile stands.
pub(super) async fn advance(app: &App, ticket: &Ticket, upload: &Upload, received_bytes: i64) -> Result<()> {
    let mut write = app.log.begin_beside(ticket.account, Class::Capture).await?;
    write
        .tx()
        .execute(
            "update upload set received_bytes = $5, expires_us = $6, updated_us = $7 where account = $1 \
             and installation = $2 and hash = $3 and id = $4 and received_bytes < $5",
            (
                ticket.account,
                ticket.installation,
                &ticket.hash[..],
                upload.id,
                received_bytes,
                ticket.expires_us,
                app.environment.now_us(),
            ),
        )
        .await?;
    write.commit().await
}

/// Forgets an upload and its parts: it was stored, or cannot be.
pub(super) async fn forget(app: &App, ticket: &Ticket, upload: &Upload) -> Result<()> {
    let mut write = app.log.begin_beside(ticket.account, Class::Capture).await?;
    write
        .tx()
        .execute(
            "delete from upload where account = $1 and installation = $2 and hash = $3 and id = $4",
            (ticket.account, ticket.installation, &ticket.hash[..], upload.id),
        )
        .await?;
    write.commit().await?;
    app.store.remove_parts(ticket.account, upload.id).await.map_err(|error| unavailable(&error))
}

pub(super) use crate::files::upload::unavailable;

/// That a part does not follow what is there: the phone goes on from `received_bytes`.
pub(super) fn out_of_order(received_bytes: i64) -> Problem {
    Problem::new(Code::UploadOutOfOrder).with("received_bytes", received_bytes)
}
