//! The one way to start an import of a file that is stored: uploads, drafts and files that arrived come here.

use campo_protocol::text::storable;
use uuid::Uuid;

use super::{
    draft::{TemplateDraft, UnknownPoi},
    fields::{self, Target},
    makes::Makes,
    withdraw::parent,
    work::JOB,
};
use crate::{
    access::{PermissionName, Permissions},
    files::reference,
    jobs,
    log::write::Write,
    problem::{Code, Limit, Problem, Result},
};

/// The most imports of an account that are not over.
const MAX_WAITING: i64 = 50;
/// The imports of one file that are looked at for the mapping of another one.
const MAX_BEFORE: i64 = 100;
/// The lane of imports that people begin.
pub const LANE: &str = "import";

/// What is to be imported, and how.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// The mapping
    pub mapping: &'a TemplateDraft,
    /// The id and version of the template that it is; none for the mapping of a draft
    pub template: Option<(Uuid, i64)>,
    /// SHA-256 of the stored file
    pub hash: &'a [u8; 32],
    /// The name of the file, for people
    pub file_name: &'a str,
    /// True to import a file once more that was imported so already
    pub again: bool,
    /// True to roll back all that it does, and keep only what would have become of each row
    pub dry_run: bool,
    /// How many things may be withdrawn that the file lists no longer, where somebody said so
    pub confirmed: Option<i64>,
    /// The lane of its job: imports of one lane are done in order
    pub lane: &'a str,
}

/// An import that was started, or was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// The import
    pub run: Uuid,
    /// True when the file was imported so before, and nothing new was started
    pub repeated: bool,
}

/// What an import by this mapping needs besides the permission to run imports: an import does nothing that its author may
/// not do otherwise.
pub fn needs(template: &TemplateDraft) -> Permissions {
    let mut names = match template.makes {
        Makes::Tasks => vec![PermissionName::ManageTasks],
        Makes::Pois => vec![PermissionName::ManagePois],
        Makes::Employees | Makes::Groups | Makes::NonWorkingDays => vec![PermissionName::ManageEmployees],
        Makes::CatalogueItems => vec![PermissionName::ManageDefinitions],
    };
    let is_of_poi =
        |name: &str| fields::field(template.makes, name).is_some_and(|field| field.target == Target::Poi);
    let tells_of_pois = template.columns.iter().any(|column| is_of_poi(&column.field))
        || template.constants.keys().any(|name| is_of_poi(name));
    let creates = template.unknown_poi == UnknownPoi::Create;
    if tells_of_pois || (creates && matches!(template.makes, Makes::Tasks | Makes::Pois)) {
        names.push(PermissionName::ManagePois);
    }
    names.into_iter().collect()
}

/// Starts an import of a stored file in the caller's transaction, whose principal is its author; the caller has checked
/// that they hold [`needs`]. Once it is committed, [`crate::app::App::work`] may be told.
///
/// The same file by the same mapping is imported once, unless it came to nothing, was taken back, or is wanted again: a
/// template with other options of a draft is another mapping. Under the account's lock, so that of two at once one is the
/// first.
pub async fn stored(write: &mut Write, start: &Start<'_>) -> Result<Started> {
    if !start.again
        && !start.dry_run
        && let Some(run) = before(write, start).await?
    {
        return Ok(Started { run, repeated: true });
    }
    parent::must_be_there(write, start.mapping).await?;
    let mapping = serde_json::to_string(start.mapping).map_err(Problem::internal)?;
    let run = insert(write, start, &mapping).await?;
    write.touch("imports");
    Ok(Started { run, repeated: false })
}

/// The latest import of the file by this mapping.
async fn before(write: &mut Write, start: &Start<'_>) -> Result<Option<Uuid>> {
    let account = write.account();
    let (template, version) = start.template.unwrap_or((Uuid::nil(), 0));
    let runs: Vec<(Uuid, String)> = write
        .tx()
        .fetch_all(
            "select id, mapping from import_run where account = $1 and hash = $2 and template = $3 \
             and template_version = $4 and not dry_run \
             and state not in ('failed', 'stopped') and not exists (select 1 from act a \
             where a.account = $1 and a.id = import_run.act and a.undone_us is not null) order by created_us desc, id desc limit $5",
            (account, &start.hash[..], template, version, MAX_BEFORE),
        )
        .await?;
    // As what they mean, not as text: a release before wrote fewer members
    let is_same = |(_, mapping): &(Uuid, String)| {
        serde_json::from_str::<TemplateDraft>(mapping).is_ok_and(|mapping| mapping == *start.mapping)
    };
    Ok(runs.into_iter().find(is_same).map(|(id, _)| id))
}

async fn insert(write: &mut Write, start: &Start<'_>, mapping: &str) -> Result<Uuid> {
    let (account, id, author, now_us) = (write.account(), write.new_id(), write.principal, write.now_us);
    let (waiting,): (i64,) = write
        .tx()
        .fetch_one("select count(*) from job where account = $1 and kind = $2", (account, JOB.name))
        .await?;
    if waiting >= MAX_WAITING {
        return Err(Problem::new(Code::QueueFull)
            .beyond(Limit::at_a_time("waiting-imports", MAX_WAITING.unsigned_abs()).back_in_s(60)));
    }
    let name = storable(start.file_name.trim()).into_owned();
    let (template, version) = start.template.unwrap_or((Uuid::nil(), 0));
    write
        .tx()
        .execute(
            "insert into import_run (account, id, template, template_version, mapping, hash, file_name, principal, \
             principal_id, state, sheet, headings, read_rows, created, updated, unchanged, refused, problem, \
             created_us, finished_us, dry_run, confirmed) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', '', '[]', 0, 0, 0, 0, 0, null, $10, null, $11, $12)",
            (
                account,
                id,
                template,
                version,
                mapping,
                &start.hash[..],
                name.as_str(),
                author.kind(),
                author.id(),
                now_us,
                start.dry_run,
                start.confirmed,
            ),
        )
        .await?;
    reference::refer(write, ("import_run", id, id), &start.hash[..], &name).await?;
    jobs::enqueue(write, &JOB, start.lane, id, &serde_json::json!({})).await?;
    Ok(id)
}
