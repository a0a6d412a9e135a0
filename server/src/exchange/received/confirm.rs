//! A file that waits for a person goes on: the import of its draft is its own from then on.

use uuid::Uuid;

use super::{
    decide::{end_notice, in_the_way},
    file::ReceivedState,
};
use crate::{
    access::{Allowed, PermissionName, Permissions, permissions::RunImports},
    exchange::{
        TOPIC,
        intake::{self, SameContent},
    },
    log::write::Write,
    problem::{Code, Problem, Result},
};

/// The states in which a file has a draft: it waits for a person, or was not imported. Those that a person dismissed are
/// tried again first.
const WAITING: [ReceivedState; 2] = [ReceivedState::Parked, ReceivedState::Failed];

/// A file that waits for a person.
#[derive(Debug)]
pub(crate) struct Waiting {
    id: Uuid,
    state: String,
    intake: Uuid,
    /// The import of it, where there was one
    pub(crate) run: Option<Uuid>,
    /// True when its intake imports the same content again
    pub(crate) again: bool,
}

impl Waiting {
    /// The lane of its import: the files of an intake are imported one after the other.
    pub(crate) fn lane(&self) -> String {
        intake::lane(self.intake)
    }
}

/// What whoever decides of a file needs besides the permission to run imports.
pub(super) fn needed() -> Permissions {
    [PermissionName::ManageExchange].into_iter().collect()
}

/// Refuses a file that waits for nobody; the intake of one that does.
pub(super) fn intake_of(state: &str, intake: Option<Uuid>) -> Result<Uuid> {
    let waits = WAITING.iter().any(|waiting| waiting.name() == state);
    intake.filter(|_| waits).ok_or_else(|| in_the_way(state))
}

/// The file whose draft is to be started, in the transaction that starts it: refused when it waits no longer, or when
/// one before it of its intake is not over.
pub(crate) async fn waiting(write: &mut Write, allowed: &Allowed<RunImports>, id: Uuid) -> Result<Waiting> {
    allowed.must_cover(needed())?;
    let account = write.account();
    let (state, intake, run, received_us): (String, Option<Uuid>, Option<Uuid>, i64) = write
        .tx()
        .fetch_one(
            "select state, intake, run, received_us from received_file where account = $1 and id = $2",
            (account, id),
        )
        .await?;
    let intake = intake_of(&state, intake)?;
    let before: Option<(String, String)> = write
        .tx()
        .fetch_optional(
            "select name, state from received_file where account = $1 and intake = $2 \
             and (received_us, id) < ($3, $4) and state in ('waiting', 'importing', 'parked') \
             order by received_us, id limit 1",
            (account, intake, received_us, id),
        )
        .await?;
    if let Some((file, state)) = before {
        return Err(Problem::new(Code::FileNotNext).with("file", file).with("state", state));
    }
    let again = intake::same_content(write, intake).await? == SameContent::Import;
    Ok(Waiting { id, state, intake, run, again })
}

/// Says that the import of a file has begun, in the transaction that began it.
pub(crate) async fn begun(write: &mut Write, file: &Waiting, run: Uuid) -> Result<()> {
    let account = write.account();
    let noted = write
        .tx()
        .execute(
            "update received_file set state = 'importing', run = $3, problem = null, finished_us = null \
             where account = $1 and id = $2 and state in ('parked', 'failed')",
            (account, file.id, run),
        )
        .await?;
    if noted == 0 {
        return Err(Problem::new(Code::Conflict).with("with", "state"));
    }
    end_notice(write, &file.state, Some(file.intake)).await?;
    write.touch(TOPIC);
    Ok(())
}
