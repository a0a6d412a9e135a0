//! What is put beside a file that was imported: its counts, and the rows that were refused, for the customer to take.

use campo_file_names::MAX_NAME_BYTES;
use futures_util::stream;
use uuid::Uuid;

use super::{
    TOPIC,
    hosted::{self, Area},
    received::file::Row,
};
use crate::{
    access::{Allowed, permissions::ManageExchange},
    accounts::own::language_of,
    app::App,
    files::upload::{StoredFile, store_up_to},
    imports::{self, ImportRun, RunState},
    problem::{Problem, Result},
    scheduler::Class,
    texts::Language,
};

/// The largest file of refused rows.
const MOST_BYTES: u64 = 1 << 30;

/// How a file ended.
#[derive(Debug)]
pub(super) enum End<'a> {
    /// Its import is over
    Over(&'a ImportRun),
    /// It could not even begin, for a reason that is the file's own
    Refused(&'a Problem),
}

/// The language in which a company is spoken to.
pub(crate) async fn language(app: &App, account: i64) -> Result<Language> {
    let (language,): (String,) =
        app.db.fetch_one("select language from account where id = $1", (account,)).await?;
    Ok(Language::from(language_of(&language)))
}

/// The zone in which a company works.
pub(crate) async fn zone(app: &App, account: i64) -> Result<String> {
    let (zone,): (String,) = app.db.fetch_one("select zone from account where id = $1", (account,)).await?;
    Ok(zone)
}

/// Ends a file: what came is moved to `done` or `errors`, with its results beside it.
pub(super) async fn put_beside(
    app: &App,
    allowed: &Allowed<ManageExchange>,
    row: &Row,
    end: End<'_>,
) -> Result<()> {
    let account = allowed.account();
    let language = language(app, account).await?;
    let is_hosted = matches!(row.way.as_str(), "ftp" | "sftp" | "agent");
    let went_well = matches!(end, End::Over(run) if run.state == RunState::Done);
    let mut beside = Vec::new();
    if is_hosted {
        let text = counts(row, &end, language);
        beside.push((counts_name(&row.name, language), keep(app, allowed, text).await?));
        if let End::Over(run) = &end
            && run.refused > 0
        {
            let rows = imports::refused_rows(app, account, run.id, language).await?;
            beside.push((refused_name(&row.name, language), keep(app, allowed, rows).await?));
        }
    }
    let problem = match &end {
        End::Over(run) => imports::stored_problem(&app.db, account, run.id).await?,
        End::Refused(problem) => Some(imports::problem_to_stored(problem)?),
    };
    let state = if went_well { "done" } else { "failed" };
    let mut write = app.log.begin(allowed, Class::Import).await?;
    let now_us = write.now_us;
    let ended = write
        .tx()
        .execute(
            "update received_file set state = $3, problem = $4, finished_us = $5 \
             where account = $1 and id = $2 and state in ('waiting', 'importing')",
            (account, row.id, state, problem, now_us),
        )
        .await?;
    if ended == 0 {
        return Ok(());
    }
    write.touch(TOPIC);
    if is_hosted {
        let area = if went_well { Area::Done } else { Area::Errors };
        let folder = [area.name(), &row.folder].map(str::to_owned);
        let folder = folder.join("/").trim_end_matches('/').to_owned();
        move_file(&mut write, row, &folder).await?;
        for (name, file) in &beside {
            let kept = hosted::Kept {
                key: row.way_id,
                folder: &folder,
                name,
                file,
                received: Some(row.id),
                export_run: None,
                outgoing: None,
            };
            hosted::put(&mut write, &kept).await?;
        }
    }
    write.commit().await?;
    Ok(())
}

/// Moves what came, unless another file has its name in `in` by now, or somebody removed it.
async fn move_file(write: &mut crate::log::write::Write, row: &Row, folder: &str) -> Result<()> {
    let account = write.account();
    let Ok(id) = row.arrival.parse::<Uuid>() else { return Ok(()) };
    let before: Option<(Uuid,)> = write
        .tx()
        .fetch_optional(
            "select id from hosted_file where account = $1 and key = $2 and folder = $3 and name = $4 \
             and id <> $5 and kind = 'file'",
            (account, row.way_id, folder, row.name.as_str(), id),
        )
        .await?;
    if let Some((before,)) = before {
        hosted::remove_by_id(write, before).await?;
    }
    write
        .tx()
        .execute(
            "update hosted_file set folder = $3, name = $4 where account = $1 and id = $2",
            (account, id, folder, row.name.as_str()),
        )
        .await?;
    Ok(())
}

async fn keep(app: &App, allowed: &Allowed<ManageExchange>, bytes: Vec<u8>) -> Result<StoredFile> {
    let body = stream::iter([Ok::<_, Problem>(bytes)]);
    store_up_to(app, allowed, Class::Import, "text/plain", MOST_BYTES, body).await
}

fn counts_name(name: &str, language: Language) -> String {
    beside(name, if language == Language::Spanish { ".resultado.txt" } else { ".result.txt" })
}

fn refused_name(name: &str, language: Language) -> String {
    beside(name, if language == Language::Spanish { ".rechazadas.csv" } else { ".refused.csv" })
}

/// A name behind that of the file, cut where it would be too long.
fn beside(name: &str, suffix: &str) -> String {
    let mut end = name.len().min(MAX_NAME_BYTES - suffix.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{suffix}", &name[..end])
}

fn counts(row: &Row, end: &End<'_>, language: Language) -> Vec<u8> {
    let words = match language {
        Language::Spanish => [
            "Archivo",
            "Resultado",
            "Filas",
            "Creadas",
            "Actualizadas",
            "Sin cambios",
            "Rechazadas",
            "Motivo",
        ],
        Language::English => {
            ["File", "Outcome", "Rows", "Created", "Updated", "Unchanged", "Refused", "Reason"]
        }
    };
    let state = match end {
        End::Over(run) => run.state,
        End::Refused(_) => RunState::Failed,
    };
    let outcome = match (state, language) {
        (RunState::Done, Language::Spanish) => "importado",
        (RunState::Done, Language::English) => "imported",
        (RunState::Stopped, Language::Spanish) => "detenido",
        (RunState::Stopped, Language::English) => "stopped",
        (_, Language::Spanish) => "no importado",
        (_, Language::English) => "not imported",
    };
    let mut lines = vec![format!("{}: {}", words[0], row.name), format!("{}: {outcome}", words[1])];
    let reason = match end {
        End::Over(run) => {
            let numbers = [run.rows, run.created, run.updated, run.unchanged, run.refused];
            lines.extend(words[2..7].iter().zip(numbers).map(|(word, number)| format!("{word}: {number}")));
            run.problem.as_ref().map(|problem| problem.detail.clone())
        }
        End::Refused(problem) => Some(problem.detail(language)),
    };
    lines.extend(reason.map(|reason| format!("{}: {reason}", words[7])));
    // As Windows' programs expect it
    format!("\u{FEFF}{}\r\n", lines.join("\r\n")).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_has_a_name_that_can_be_kept() {
        assert_eq!(refused_name("a.xlsx", Language::Spanish), "a.xlsx.rechazadas.csv");
        let long = "ñ".repeat(127);
        let name = counts_name(&long, Language::English);
        assert!(name.len() <= MAX_NAME_BYTES && name.ends_with("ñ.result.txt"), "{name}");
    }
}
