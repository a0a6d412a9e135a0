//! Timesheets as a table, a row for each day.

use axum::response::Response;
use campo_protocol::shift::{correct::Standing, pair::RemarkCode};
use campo_spreadsheets::write::{Format, Value};
use futures_util::stream;

use super::shown::{DayContent, DayShown, PunchShown, Timesheet};
use crate::{
    api::table::{self, Line},
    problem::Result,
    texts::Language,
};

/// The columns: the name by which an export asks for it, and its headings.
pub(crate) const FIELDS: &[(&str, &str, &str)] = &[
    ("number", "Número", "Number"),
    ("name", "Empleado", "Employee"),
    ("date", "Fecha", "Date"),
    ("start", "Entrada", "Clock-in"),
    ("end", "Salida", "Clock-out"),
    ("worked", "Trabajado", "Worked"),
    ("ordinary", "Ordinario", "Ordinary"),
    ("extra_day", "Extra del día", "Extra of the day"),
    ("extra_week", "Extra de la semana", "Extra of the week"),
    ("night", "Nocturno", "Night"),
    ("free_day", "En día no laborable", "On a day without work"),
    ("paid_breaks", "Pausas pagadas", "Paid breaks"),
    ("unpaid_breaks", "Pausas no pagadas", "Unpaid breaks"),
    ("open_shifts", "Jornadas abiertas", "Open shifts"),
    ("corrections", "Correcciones", "Corrections"),
    ("corrections_waiting", "Correcciones en espera", "Corrections that wait"),
    ("closed", "Cerrado", "Closed"),
    ("adjustments", "Ajustes", "Adjustments"),
    ("remarks", "Observaciones", "Remarks"),
    ("rules", "Reglas", "Rules"),
    ("zone", "Zona horaria", "Time zone"),
    ("zone_database", "Base de zonas", "Zone database"),
];

/// A remark in the words of people.
const fn remark(code: RemarkCode, language: Language) -> &'static str {
    let (spanish, english) = match code {
        RemarkCode::EndMissing => ("falta la salida", "clock-out missing"),
        RemarkCode::StartMissing => ("falta la entrada", "clock-in missing"),
        RemarkCode::StartRepeated => ("entrada repetida", "clock-in repeated"),
        RemarkCode::BreakOutsideShift => ("pausa fuera de jornada", "break outside a shift"),
        RemarkCode::BreakEndMissing => ("falta el fin de la pausa", "end of the break missing"),
        RemarkCode::BreakStartMissing => ("falta el inicio de la pausa", "beginning of the break missing"),
        RemarkCode::BreakRepeated => ("pausa repetida", "break repeated"),
        RemarkCode::SeveralInstallations => ("varios teléfonos", "several phones"),
        RemarkCode::ZoneChanged => ("cambio de zona horaria", "change of time zone"),
        RemarkCode::ZoneAssumed => ("zona horaria supuesta", "time zone assumed"),
        RemarkCode::OffsetDiffers => ("otra hora oficial en el teléfono", "other offset on the phone"),
        RemarkCode::SuspectClock => ("reloj dudoso", "doubtful clock"),
    };
    match language {
        Language::Spanish => spanish,
        Language::English => english,
    }
}

/// The answer with the table.
pub(super) async fn answer(format: Format, sheets: &[Timesheet], language: Language) -> Result<Response> {
    let heading = |(_, spanish, english): &(&str, &str, &str)| match language {
        Language::Spanish => (*spanish).to_owned(),
        Language::English => (*english).to_owned(),
    };
    let (name, headings) = match language {
        Language::Spanish => ("Hojas de tiempo", FIELDS.iter().map(heading).collect::<Vec<_>>()),
        Language::English => ("Timesheets", FIELDS.iter().map(heading).collect()),
    };
    let lines = sheets.iter().flat_map(|sheet| {
        let line = |day| Line { values: cells(sheet, day, language), marked: Vec::new() };
        sheet.days.iter().map(line)
    });
    let page = stream::iter([Ok(lines.collect::<Vec<_>>())]);
    table::answer(format, "timesheet", name, &headings, page).await
}

/// The row of a day, in the order of [`FIELDS`].
pub(crate) fn cells(sheet: &Timesheet, day: &DayShown, language: Language) -> Vec<Value<'static>> {
    let DayContent { shifts, loose, totals, .. } = &day.content;
    let clock =
        |punch: Option<&PunchShown>| Value::text(punch.map(|punch| punch.local.clone()).unwrap_or_default());
    let remarks = shifts.iter().flat_map(|shift| &shift.remarks);
    let remarks = remarks.chain(loose.iter().flat_map(|loose| &loose.remarks));
    let mut remarks: Vec<&str> = remarks.map(|one| remark(one.code, language)).collect();
    remarks.sort_unstable();
    remarks.dedup();
    let count = |counts: &dyn Fn(Standing) -> bool| {
        Value::Whole(day.corrections.iter().filter(|one| counts(one.standing)).count() as i64)
    };
    let yes = if language == Language::Spanish { "sí" } else { "yes" };
    let adjusted: i64 = day.adjustments.iter().map(|one| one.totals.worked_us).sum();
    vec![
        Value::text(sheet.number.clone()),
        Value::text(sheet.name.clone()),
        Value::text(day.date.to_string()),
        clock(shifts.first().map(|shift| &shift.start)),
        clock(shifts.last().and_then(|shift| shift.end.as_ref())),
        Value::Duration(totals.worked_us),
        Value::Duration(totals.ordinary_us),
        Value::Duration(totals.extra_day_us),
        Value::Duration(totals.extra_week_us),
        Value::Duration(totals.night_us),
        Value::Duration(totals.free_day_us),
        Value::Duration(totals.paid_break_us),
        Value::Duration(totals.unpaid_break_us),
        Value::Whole(shifts.iter().filter(|shift| shift.end.is_none()).count() as i64),
        count(&Standing::counts),
        count(&|standing| standing == Standing::Proposed),
        if day.closed_by.is_some() { Value::text(yes) } else { Value::Empty },
        if day.adjustments.is_empty() { Value::Empty } else { Value::Duration(adjusted) },
        Value::text(remarks.join("; ")),
        Value::text(day.rules.clone().unwrap_or_default()),
        Value::text(sheet.zone.clone()),
        Value::text(sheet.zone_database.clone()),
    ]
}
