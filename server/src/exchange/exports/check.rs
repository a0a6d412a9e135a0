//! What is refused of an export when it is saved.

use campo_file_names::NameTemplate;
use campo_protocol::{
    entry::Kind,
    faults::{Faults, pointer},
    model::check_common,
};
use croner::Cron;

use super::{
    definition::ExportDraft,
    fields,
    what::{ExportFormat, ExportWhat},
};
use crate::{
    access::{Allowed, permissions::ManageExchange},
    app::App,
    exchange::results,
    problem::Result,
};

/// The most columns of an export.
const MAX_COLUMNS: usize = 500;
const MAX_HEADING: usize = 200;
const MAX_SCHEDULE: usize = 100;

/// Refuses what is wrong and what whoever saves it may not read, and writes folder and references in one way; the
/// account's zone.
pub(super) async fn check(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    draft: &mut ExportDraft,
) -> Result<String> {
    let account = allowed.account();
    let zone = results::zone(app, account).await?;
    let mut faults = Faults::default();
    check_common(&mut faults, "/code", &draft.code, "/name", &draft.name, &draft.custom);
    columns(draft, &mut faults);
    documents(draft, &zone, &mut faults);
    for (index, kind) in draft.kinds.iter().enumerate() {
        if Kind::from_name(kind).is_none() {
            faults.add(pointer("/kinds", index), "unknown_value", kind, "the name of a kind of entry");
        }
    }
    if let Some(text) = &draft.schedule
        && (text.len() > MAX_SCHEDULE || text.parse::<Cron>().is_err())
    {
        faults.add("/schedule", "invalid_value", text, "a schedule of cron such as `0 7 * * 1-5`");
    }
    let mut to = draft.destination();
    let mut tx = app.db.begin_snapshot().await?;
    let resolved = to.resolve(&mut tx, account, "", &mut faults).await;
    tx.rollback().await;
    resolved?;
    draft.set_destination(to);
    faults.into_result()?;
    allowed.must_cover(draft.what.needs())?;
    Ok(zone)
}

fn columns(draft: &ExportDraft, faults: &mut Faults) {
    faults.check_count("/columns", draft.columns.len(), MAX_COLUMNS);
    for (index, column) in draft.columns.iter().enumerate() {
        let field = pointer("/columns", index);
        faults.check_required_text(&format!("{field}/heading"), &column.heading, MAX_HEADING);
        if !fields::is_known(draft.what, &column.field) {
            let expected = "a field of `/v1/exports/fields`";
            faults.add(format!("{field}/field"), "unknown_value", &column.field, expected);
        }
        if let Some(format) = &column.format
            && fields::date_format(format).is_none()
        {
            let expected = "a format such as `dd/MM/yyyy HH:mm`";
            faults.add(format!("{field}/format"), "invalid_value", format, expected);
        }
    }
}

/// What a file for each entry needs, and what only entries can have.
fn documents(draft: &mut ExportDraft, zone: &str, faults: &mut Faults) {
    let of_entries = draft.what == ExportWhat::Entries;
    if draft.photos && !of_entries {
        faults.add("/photos", "not_applicable", "true", "`entries` in `what`: nothing else mentions files");
    }
    let name = NameTemplate::parse(&draft.file_name);
    if draft.format != ExportFormat::OfficeTrack {
        if name.is_err() || name.is_ok_and(|name| name.has_id()) {
            let expected = "a name such as `TAREAS_{fecha:yyyyMMdd}_{n}.xlsx`";
            faults.add("/file_name", "invalid_value", &draft.file_name, expected);
        }
        if draft.office_track.is_some() {
            faults.add("/office_track", "not_applicable", "", "`office_track` in `format`");
        }
        return;
    }
    if !of_entries {
        faults.add("/format", "not_applicable", "office_track", "`entries` in `what`");
    }
    if !draft.columns.is_empty() {
        faults.add("/columns", "not_applicable", "", "no columns: OfficeTrack's document has its own fields");
    }
    if !name.is_ok_and(|name| name.has_id()) {
        let expected = "a name with the id of the entry, such as `{EntryGuid}.xml`";
        faults.add("/file_name", "invalid_value", &draft.file_name, expected);
    }
    let settings = draft.office_track.get_or_insert_default();
    if settings.zone.is_empty() {
        zone.clone_into(&mut settings.zone);
    }
    settings.check("/office_track", faults);
}
