//! The rows of an import as a file: their cells as they came, and what became of each.

use axum::response::Response;
use campo_spreadsheets::{
    Cell,
    write::{Format, Value},
};
use futures_util::stream;
use uuid::Uuid;

use super::{
    columns,
    rows::{self, ImportRow, RowOutcome},
    run::RunRow,
};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::table::{self, Line},
    app::App,
    problem::{Code, Problem, Result},
    texts::Language,
};

/// Rows that are read at a time.
const ROWS: i64 = 500;

/// The answer with every row.
pub(super) async fn outcomes(
    app: &App,
    allowed: &Allowed<RunImports>,
    run: Uuid,
    format: Format,
    language: Language,
) -> Result<Response> {
    let account = allowed.account();
    let headings = RunRow::load(&app.db, account, run).await?.ok_or(Code::NotFound)?.headings()?;
    let width = headings.len();
    let pages = stream::try_unfold(Some((app.clone(), 0_i64)), move |state| async move {
        let Some((app, after)) = state else { return Ok::<_, Problem>(None) };
        let page = rows::read(&app, account, run, None, after, ROWS).await?;
        let (count, last) = (page.len() as i64, page.last().map_or(after, |row| row.number));
        let line = |stored: rows::StoredRow| -> Result<Line> {
            let cells: Vec<Cell> = serde_json::from_str(&stored.cells).map_err(Problem::internal)?;
            Ok(outcome_line(&cells, &stored.shown(language)?, width, language))
        };
        let lines = page.into_iter().map(line).collect::<Result<Vec<_>>>()?;
        Ok(Some((lines, (count == ROWS).then_some((app, last)))))
    });
    let sheet = match language {
        Language::Spanish => "Resultados",
        Language::English => "Outcomes",
    };
    table::answer(format, "outcomes", sheet, &headings_of(&headings, language), pages).await
}

/// The answer with the refused rows as the customer sent them, the wrong cells marked and the reasons behind them: to be
/// corrected and sent again by the same template.
pub(super) async fn refused(
    app: &App,
    allowed: &Allowed<RunImports>,
    run: Uuid,
    language: Language,
) -> Result<Response> {
    let account = allowed.account();
    let loaded = RunRow::load(&app.db, account, run).await?.ok_or(Code::NotFound)?;
    let headings = loaded.headings()?;
    let width = headings.len();
    let pages = stream::try_unfold(Some((app.clone(), 0_i64)), move |state| async move {
        let Some((app, after)) = state else { return Ok::<_, Problem>(None) };
        let page = rows::read(&app, account, run, Some("refused"), after, ROWS).await?;
        let (count, last) = (page.len() as i64, page.last().map_or(after, |row| row.number));
        let line = |stored: rows::StoredRow| -> Result<Line> {
            let cells: Vec<Cell> = serde_json::from_str(&stored.cells).map_err(Problem::internal)?;
            let row = stored.shown(language)?;
            let filled =
                cells.iter().map(owned).chain(std::iter::repeat(Value::Empty)).take(width.max(cells.len()));
            let marked = row.faults.iter().filter_map(|one| columns::index(one.fault.column.as_deref()?));
            Ok(Line {
                values: filled.chain([Value::text(reasons(&row))]).collect(),
                marked: marked.collect(),
            })
        };
        let lines = page.into_iter().map(line).collect::<Result<Vec<_>>>()?;
        Ok(Some((lines, (count == ROWS).then_some((app, last)))))
    });
    let (sheet, reason) = match language {
        Language::Spanish => ("Rechazadas", "Motivo del rechazo"),
        Language::English => ("Refused", "Reason of refusal"),
    };
    // A sheet of the name that the template asks for, so that the corrected file fits it
    let sheet = if loaded.sheet.is_empty() { sheet.to_owned() } else { loaded.sheet.clone() };
    let headings: Vec<String> = headings.into_iter().chain([reason.to_owned()]).collect();
    table::answer(Format::Xlsx, "refused", &sheet, &headings, pages).await
}

pub(super) fn headings_of(headings: &[String], language: Language) -> Vec<String> {
    let (row, outcome, reason) = match language {
        Language::Spanish => ("Fila", "Resultado", "Motivo"),
        Language::English => ("Row", "Outcome", "Reason"),
    };
    let named = headings
        .iter()
        .enumerate()
        .map(|(index, heading)| if heading.is_empty() { columns::letter(index) } else { heading.clone() });
    std::iter::once(row.to_owned()).chain(named).chain([outcome.to_owned(), reason.to_owned()]).collect()
}

pub(super) fn outcome_line(cells: &[Cell], row: &ImportRow, width: usize, language: Language) -> Line {
    let filled = cells.iter().map(owned).chain(std::iter::repeat(Value::Empty)).take(width);
    let values = std::iter::once(Value::Whole(row.row))
        .chain(filled)
        .chain([Value::text(outcome(row.outcome, language)), Value::text(reasons(row))]);
    // The number of the row stands before the first cell
    let marked = row.faults.iter().filter_map(|one| columns::index(one.fault.column.as_deref()?));
    Line { values: values.collect(), marked: marked.map(|column| column + 1).collect() }
}

/// Why a row was refused, each fault behind its heading.
pub(super) fn reasons(row: &ImportRow) -> String {
    let reason = |one: &rows::RowFaultShown| match &one.fault.heading {
        Some(heading) => format!("{heading}: {}", one.message),
        None => one.message.clone(),
    };
    row.faults.iter().map(reason).collect::<Vec<_>>().join(" ")
}

/// A cell as it came.
pub(super) fn owned(cell: &Cell) -> Value<'static> {
    Value::from(cell).into_owned()
}

const fn outcome(outcome: RowOutcome, language: Language) -> &'static str {
    match (outcome, language) {
        (RowOutcome::Pending, Language::Spanish) => "Sin importar",
        (RowOutcome::Pending, Language::English) => "Not imported",
        (RowOutcome::Created, Language::Spanish) => "Creada",
        (RowOutcome::Created, Language::English) => "Created",
        (RowOutcome::Updated, Language::Spanish) => "Actualizada",
        (RowOutcome::Updated, Language::English) => "Updated",
        (RowOutcome::Unchanged, Language::Spanish) => "Sin cambios",
        (RowOutcome::Unchanged, Language::English) => "Unchanged",
        (RowOutcome::Refused, Language::Spanish) => "Rechazada",
        (RowOutcome::Refused, Language::English) => "Refused",
        (RowOutcome::Skipped, Language::Spanish) => "No es un dato",
        (RowOutcome::Skipped, Language::English) => "No data",
    }
}
