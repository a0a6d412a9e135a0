//! The rows of an import as a file: their cells as they came, and what became of each.

use axum::body::Body;
use futures_util::stream;
use uuid::Uuid;

use super::{
    columns,
    rows::{self, ImportRow, RowOutcome},
    run::RunRow,
};
use crate::{
    access::{Allowed, permissions::RunImports},
    api::cell::inert,
    app::App,
    problem::{Code, Problem, Result},
    texts::Language,
};

/// Rows that are read at a time.
const ROWS: i64 = 500;

/// The file, page by page: delimited by semicolons in UTF-8 with its mark, which every spreadsheet opens.
pub(super) async fn stream(
    app: &App,
    allowed: &Allowed<RunImports>,
    run: Uuid,
    language: Language,
) -> Result<Body> {
    let account = allowed.account();
    let headings = RunRow::load(&app.db, account, run).await?.ok_or(Code::NotFound)?.headings()?;
    let width = headings.len();
    let first = (app.clone(), 0_i64, Some(line(heading(&headings, language))?));
    let pages = stream::try_unfold(Some(first), move |state| async move {
        let Some((app, after, start)) = state else { return Ok::<_, Problem>(None) };
        let page = rows::read(&app, account, run, None, after, ROWS).await?;
        let mut text = start.unwrap_or_default();
        let (count, mut last) = (page.len() as i64, after);
        for stored in page {
            last = stored.number;
            text.extend(line(values(&stored.shown(language)?, width, language))?);
        }
        let next = (count == ROWS).then_some((app, last, None));
        Ok(Some((text, next)))
    });
    Ok(Body::from_stream(pages))
}

fn heading(headings: &[String], language: Language) -> Vec<String> {
    let (row, outcome, reason) = match language {
        Language::Spanish => ("Fila", "Resultado", "Motivo"),
        Language::English => ("Row", "Outcome", "Reason"),
    };
    let named = headings
        .iter()
        .enumerate()
        .map(|(index, heading)| if heading.is_empty() { columns::letter(index) } else { safe(heading) });
    // The mark tells Excel that it is UTF-8
    std::iter::once(format!("\u{FEFF}{row}"))
        .chain(named)
        .chain([outcome.to_owned(), reason.to_owned()])
        .collect()
}

fn values(row: &ImportRow, width: usize, language: Language) -> Vec<String> {
    let cells = row.cells.iter().map(|cell| safe(cell)).chain(std::iter::repeat(String::new())).take(width);
    let reasons: Vec<String> = row
        .faults
        .iter()
        .map(|one| match &one.fault.heading {
            Some(heading) => format!("{heading}: {}", one.message),
            None => one.message.clone(),
        })
        .collect();
    std::iter::once(row.row.to_string())
        .chain(cells)
        .chain([outcome(row.outcome, language).to_owned(), safe(&reasons.join(" "))])
        .collect()
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
    }
}

/// As it came, unless a spreadsheet would run it. Numbers and telephones stay.
fn safe(text: &str) -> String {
    let is_number = |cell: &str| {
        cell.strip_prefix(['+', '-'])
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || " .,()-".contains(c)))
    };
    inert(text, is_number).into_owned()
}

fn line(values: Vec<String>) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    writer.write_record(values).map_err(Problem::internal)?;
    writer.into_inner().map_err(|error| Problem::internal(anyhow::anyhow!("{error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_run_as_a_formula() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("+51 999 111", "+51 999 111"),
            ("-12.05", "-12.05"),
            ("-x", "'-x"),
            ("＝1", "'＝1"),
            ("a;b", "a;b"),
            ("", ""),
        ] {
            assert_eq!(safe(text), expected);
        }
        assert_eq!(line(vec!["a;b".to_owned(), "c\"d".to_owned()]).unwrap(), b"\"a;b\";\"c\"\"d\"\n");
    }
}
