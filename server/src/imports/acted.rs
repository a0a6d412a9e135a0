//! What an import changed, as one act that can be taken back for 30 days.

use serde_json::json;
use uuid::Uuid;

use super::{plan::Plan, start::needs};
use crate::{
    access::PermissionName,
    acts::{self, Changed, NewAct},
    database::columns,
    jobs::Claim,
    log::write::Write,
    problem::Result,
};

/// The kind of the act.
const KIND: &str = "import";
/// For how long an import can be taken back once it is over: 30 days.
const UNDO_FOR_US: i64 = 30 * 24 * 3600 * 1_000_000;

struct Made {
    account: i64,
    template: Uuid,
    subject_kind: &'static str,
    subject: Uuid,
    run: Uuid,
}

/// Notes what an import changed, as the last thing before the commit, and what its template manages from now on.
pub(super) async fn note(write: &mut Write, claim: &Claim, plan: &Plan, changed: Vec<Changed>) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let account = write.account();
    let (act, template, version, file_name): (Option<Uuid>, Uuid, i64, String) = write
        .tx()
        .fetch_one(
            "select act, template, template_version, file_name from import_run where account = $1 and id = $2",
            (account, claim.id),
        )
        .await?;
    let act = match act {
        Some(act) => act,
        None => begin(write, claim, plan, file_name).await?,
    };
    let made: Vec<Made> = changed
        .iter()
        .filter(|one| one.effect == "created" && version > 0)
        .map(|one| {
            let (subject_kind, subject) = (one.subject_kind, one.subject);
            Made { account, template, subject_kind, subject, run: claim.id }
        })
        .collect();
    if !made.is_empty() {
        write
            .tx()
            .insert_many(
                "insert into import_made (account, template, subject_kind, subject, run)",
                columns!(made => account, template, subject_kind, subject, run),
                "on conflict (account, template, subject_kind, subject) do nothing",
            )
            .await?;
    }
    acts::extend(write, act, changed).await
}

async fn begin(write: &mut Write, claim: &Claim, plan: &Plan, file_name: String) -> Result<Uuid> {
    let (account, act) = (write.account(), write.new_id());
    let new = NewAct {
        kind: KIND,
        permission: PermissionName::RunImports,
        also: needs(&plan.template),
        detail: json!({ "import": claim.id, "file_name": file_name, "template": plan.template.code }),
        undo_for_us: None,
        undoes: None,
    };
    acts::open(write, act, new).await?;
    write
        .tx()
        .execute("update import_run set act = $3 where account = $1 and id = $2", (account, claim.id, act))
        .await?;
    Ok(act)
}

/// From now on the import can be taken back.
pub(super) async fn close(write: &mut Write, act: Option<Uuid>) -> Result<()> {
    match act {
        Some(act) => acts::close(write, act, UNDO_FOR_US).await,
        None => Ok(()),
    }
}
