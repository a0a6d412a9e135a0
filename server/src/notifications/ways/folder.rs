//! The way into a folder: each event is a file, put once by the same mechanism as files of exports.

use futures_util::stream;

use super::{Failure, Parcel, file_name};
use crate::{
    access::{Allowed, Caller, Duty, permissions::ManageExchange},
    app::App,
    channels::target::{FolderTarget, Receiver},
    exchange::{
        TOPIC,
        placing::{self, Origin, OriginKind, Outgoing},
    },
    files::upload::store_up_to,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// The largest document: photos are within it.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Puts one document where it goes. From there on it is the folder's, or the customer's server's, with tries of its own.
pub(super) async fn deliver(
    target: &FolderTarget,
    app: &App,
    receiver: &Receiver,
    parcel: Parcel,
) -> std::result::Result<(), Failure> {
    put(target, app, receiver, parcel).await.map_err(|problem| failure(&problem))
}

async fn put(target: &FolderTarget, app: &App, receiver: &Receiver, parcel: Parcel) -> Result<()> {
    let account = receiver.account;
    let allowed: Allowed<ManageExchange> = Caller::duty(account, Duty::ExchangeFiles).allow()?;
    let Parcel { about, media_type, document, .. } = parcel;
    let name = file_name(app, receiver, about, &target.file_name).await?;
    let body = stream::iter([Ok::<_, Problem>(document)]);
    let file = store_up_to(app, &allowed, Class::Import, media_type, MOST_BYTES, body).await?;
    let to = target.destination();
    let origin = Origin { kind: OriginKind::Channel, id: receiver.channel, number: about.position };
    let outgoing = Outgoing { id: origin.file_id(&about.id.to_string()), name, file };
    let mut write = app.log.begin(&allowed, Class::Import).await?;
    if !placing::is_there(&mut write, &to).await? {
        return Err(Code::NotFound.into());
    }
    if placing::place(&mut write, origin, &to, &outgoing).await? {
        write.touch(TOPIC);
    }
    write.commit().await?;
    Ok(())
}

fn failure(problem: &Problem) -> Failure {
    let (name, is_down, is_general) = match problem.code() {
        Code::NotFound => ("destination_missing", false, true),
        Code::AlreadyExists => ("name_taken", false, false),
        Code::StorageFull => ("storage_full", true, true),
        _ => ("unavailable", true, true),
    };
    if name == "unavailable" {
        tracing::warn!(%problem, "an event was not put into a folder");
    }
    Failure { problem: name.to_owned(), is_down, is_general, ..Failure::default() }
}
