//! Places that a file lists no longer are moved below another one.

use campo_protocol::{faults::Faults, model::poi::Poi};
use serde_json::json;
use uuid::Uuid;

use super::{Outcomes, listed::Thing};
use crate::{
    access::{Allowed, permissions::ManagePois},
    database::Db,
    imports::draft::{TemplateDraft, Unlisted},
    log::write::Write,
    objects,
    problem::Result,
};

/// The outcome of what was moved; others say why it was not.
pub(super) const MOVED: &str = "moved";

const OF_NUMBER: &str =
    "select id from object where account = $1 and kind = 'poi' and code = $2 and state <> 'deleted'";

/// The number of the place below which a template moves what a file lists no longer.
fn number(template: &TemplateDraft) -> Option<&str> {
    template.unlisted_parent.as_deref().filter(|_| template.unlisted == Unlisted::Move)
}

/// Refuses to start an import that would move places below one that is not there.
pub(in super::super) async fn must_be_there(write: &mut Write, template: &TemplateDraft) -> Result<()> {
    let Some(number) = number(template) else { return Ok(()) };
    let account = write.account();
    let found: Option<(Uuid,)> = write.tx().fetch_optional(OF_NUMBER, (account, number)).await?;
    let mut faults = Faults::default();
    if found.is_none() {
        let expected = "the number of a point of interest that is in use";
        faults.add("/unlisted_parent", "unknown_reference", number, expected);
    }
    Ok(faults.into_result()?)
}

/// The place below which they are moved, while it is there.
pub(super) async fn of_template(db: &Db, account: i64, template: &TemplateDraft) -> Result<Option<Uuid>> {
    let Some(number) = number(template) else { return Ok(None) };
    let found: Option<(Uuid,)> = db.fetch_optional(OF_NUMBER, (account, number)).await?;
    Ok(found.map(|(id,)| id))
}

/// Moves places below the one that the template names.
pub(super) async fn move_below(
    write: &mut Write,
    allowed: &Allowed<ManagePois>,
    template: &TemplateDraft,
    things: &[Thing],
) -> Result<Outcomes> {
    let parent = number(template).map(|number| format!("code:{number}"));
    let documents: Vec<_> =
        things.iter().map(|thing| json!({ "number": thing.code, "parent": parent })).collect();
    let saved = objects::save_many::<Poi>(write, allowed, objects::Operation::Update, &documents).await?;
    let (mut outcomes, mut changed) = (Vec::new(), Vec::new());
    for (thing, saved) in things.iter().zip(saved) {
        // One that the other stands below, or whose parent was removed meanwhile
        outcomes.push((thing.id, if saved.is_ok() { MOVED } else { "refused" }));
        changed.extend(saved.iter().filter_map(objects::undo::changed));
    }
    Ok((outcomes, changed))
}
