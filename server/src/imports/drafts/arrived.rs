//! The draft of a file that came by file exchange. It has the id of that file, so that there is one at a time, whoever
//! opens it and how often.

use uuid::Uuid;

use super::{
    make::{New, make},
    receive::{MAX_FILE_BYTES, analysed},
    row::DraftRow,
    shown::DraftShown,
    start,
};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::edit::Versioned,
    app::App,
    files::upload::StoredFile,
    imports::template::Template,
    problem::{Code, Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// A file that came, of which a draft is made.
#[derive(Debug)]
pub(crate) struct Arrived<'a> {
    /// Its id
    pub(crate) id: Uuid,
    /// Its name
    pub(crate) name: &'a str,
    /// Its bytes
    pub(crate) file: &'a StoredFile,
    /// The template by which it would be imported, where that can be used
    pub(crate) template: Option<Template>,
}

/// Opens the draft of a file that came: the one that there is, or a new one where there is none, or its time is over, or
/// it was started.
pub(crate) async fn open(
    app: &App,
    allowed: &Allowed<RunImports>,
    arrived: &Arrived<'_>,
    language: Language,
) -> Result<Versioned<DraftShown>> {
    if arrived.file.size_bytes == 0 {
        return Err(Problem::new(Code::FileEmpty).with("file", arrived.name));
    }
    if arrived.file.size_bytes.unsigned_abs() > MAX_FILE_BYTES {
        return Err(Problem::new(Code::PayloadTooLarge).with("limit_bytes", MAX_FILE_BYTES));
    }
    let row = the_one(app, allowed, arrived).await?;
    if row.state == "uploading" {
        // Nobody has looked at it, or whoever did is gone
        return analysed(app, allowed, row, language).await;
    }
    Ok(Versioned(row.version, DraftShown::of(&row, language)?))
}

/// The draft of a file that came, made where there is none. Under the account's lock, so that of two who open it one makes
/// it.
async fn the_one(app: &App, allowed: &Allowed<RunImports>, arrived: &Arrived<'_>) -> Result<DraftRow> {
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let (account, now_us) = (write.account(), write.now_us);
    match DraftRow::locked(write.tx(), account, arrived.id, now_us).await {
        Ok(row) if row.state != "started" => return Ok(row),
        Err(problem) if problem.code() != Code::NotFound => return Err(problem),
        _ => {}
    }
    start::remove(&mut write, arrived.id).await?;
    let new = New {
        id: arrived.id,
        file_name: arrived.name,
        makes: None,
        template: arrived.template.as_ref(),
        size_bytes: arrived.file.size_bytes,
        file: Some(arrived.file),
    };
    let row = make(&mut write, &new).await?;
    write.touch("imports");
    write.commit().await?;
    Ok(row)
}
