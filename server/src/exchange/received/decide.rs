//! What a person decides of a file that came: to have it taken once more, or not at all.

use uuid::Uuid;

use super::{
    file::{ReceivedFile, ReceivedState},
    list::load,
};
use crate::{
    access::{Allowed, permissions::ManageExchange},
    app::App,
    exchange::{TOPIC, intake},
    log::write::Write,
    notices::{end_in, kinds::FILE_PARKED},
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// The states from which a file is taken once more.
const RETRIED: [ReceivedState; 4] =
    [ReceivedState::Unmatched, ReceivedState::Parked, ReceivedState::Failed, ReceivedState::Dismissed];

/// That a file is in a state in which this cannot be done.
pub(super) fn in_the_way(state: &str) -> Problem {
    Problem::new(Code::FileStateDiffers).with("state", state)
}

/// Has a file that is parked, failed or fitted no intake taken once more, by the intakes of now.
pub(super) async fn retry(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    id: Uuid,
    language: Language,
) -> Result<ReceivedFile> {
    let row = load(app, allowed.account(), id).await?.ok_or(Code::NotFound)?;
    if !RETRIED.iter().any(|state| state.name() == row.state) {
        return Err(in_the_way(&row.state));
    }
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let gates = intake::gates(&mut write).await?;
    let gate = gates.iter().find(|gate| gate.fits(&row.folder, &row.name));
    let gate = gate.ok_or_else(|| {
        let folder = format!("in/{}", row.folder).trim_end_matches('/').to_owned();
        Problem::new(Code::NoIntakeFits).with("file", row.name.as_str()).with("folder", folder)
    })?;
    let (account, now_us) = (write.account(), write.now_us);
    end_notice(&mut write, &row.state, row.intake).await?;
    let again = write
        .tx()
        .execute(
            "update received_file set state = 'waiting', intake = $3, run = null, problem = null, finished_us = null, \
             ready_us = $4 where account = $1 and id = $2 and state in ('unmatched', 'parked', 'failed', 'dismissed')",
            (account, id, gate.id, now_us),
        )
        .await?;
    decided(app, write, (id, again), language).await
}

/// Says that a file is not to be imported, so that those behind it go on.
pub(super) async fn dismiss(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    id: Uuid,
    language: Language,
) -> Result<ReceivedFile> {
    let row = load(app, allowed.account(), id).await?.ok_or(Code::NotFound)?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    end_notice(&mut write, &row.state, row.intake).await?;
    let dismissed = write
        .tx()
        .execute(
            "update received_file set state = 'dismissed', finished_us = $3 \
             where account = $1 and id = $2 and state in ('unmatched', 'parked', 'waiting')",
            (account, id, now_us),
        )
        .await?;
    decided(app, write, (id, dismissed), language).await
}

/// Ends the notice of a file that was parked: a person decided. Its intake tells anew of the next one.
pub(super) async fn end_notice(write: &mut Write, state: &str, intake: Option<Uuid>) -> Result<()> {
    let (account, now_us) = (write.account(), write.now_us);
    match intake.filter(|_| state == ReceivedState::Parked.name()) {
        Some(intake) => end_in(write.tx(), (account, now_us), FILE_PARKED, &intake.to_string()).await,
        None => Ok(()),
    }
}

/// Commits a decision and shows the file as it is then. Refused where none was changed: the file is in another state by now.
async fn decided(
    app: &App,
    mut write: Write,
    (id, changed): (Uuid, u64),
    language: Language,
) -> Result<ReceivedFile> {
    let account = write.account();
    if changed == 0 {
        drop(write);
        let row = load(app, account, id).await?.ok_or(Code::NotFound)?;
        return Err(in_the_way(&row.state));
    }
    write.touch(TOPIC);
    write.commit().await?;
    load(app, account, id).await?.ok_or(Code::NotFound)?.shown(language)
}
