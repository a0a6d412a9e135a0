//! The draft of a file that waits for a person: by it that person sees the file, answers what is open, and has it imported.

use campo_protocol::{model::Ref, text::hex};
use uuid::Uuid;

use super::{confirm, list::load};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::edit::Versioned,
    app::App,
    exchange::intake,
    files::upload::StoredFile,
    imports::{self, Arrived, DraftShown, Template},
    problem::{Code, Result},
    texts::Language,
};

/// Opens the draft of a file that is parked or failed: the same one as long as it lives, whoever opens it. By itself it
/// changes nothing of the file: where it is thrown away or its time is over, the file waits on.
pub(super) async fn open(
    app: &App,
    allowed: &Allowed<RunImports>,
    id: Uuid,
    language: Language,
) -> Result<Versioned<DraftShown>> {
    allowed.must_cover(confirm::needed())?;
    let row = load(app, allowed.account(), id).await?.ok_or(Code::NotFound)?;
    let intake = confirm::intake_of(&row.state, row.intake)?;
    if row.name.is_empty() {
        // Its name and its bytes were kept for their time
        return Err(Code::NotFound.into());
    }
    let file = StoredFile {
        hash: hex(&row.hash),
        size_bytes: row.size_bytes,
        media_type: "application/octet-stream".to_owned(),
    };
    let template = template_of(app, allowed.account(), intake).await?;
    let arrived = Arrived { id, name: &row.name, file: &file, template };
    imports::open_draft(app, allowed, &arrived, language).await
}

/// The template of an intake. None where that, or the intake, is not in use any more: the columns are recognised then.
async fn template_of(app: &App, account: i64, intake: Uuid) -> Result<Option<Template>> {
    let found = match intake::find(&app.db, account, &Ref::Id(intake)).await {
        Ok(intake) => imports::used_template(&app.db, account, &intake.draft.template).await,
        Err(problem) => Err(problem),
    };
    match found {
        Ok(template) => Ok(Some(template)),
        Err(problem) if matches!(problem.code(), Code::NotFound | Code::ValidationFailed) => Ok(None),
        Err(problem) => Err(problem),
    }
}
