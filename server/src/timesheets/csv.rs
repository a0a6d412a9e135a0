//! Timesheets as a table (RFC 4180), a row for each day.

use campo_protocol::shift::{correct::Standing, pair::RemarkCode};

use super::shown::{DayContent, DayShown, PunchShown, Timesheet};
use crate::{api::cell::inert, texts::Language};

const HEADINGS: &[(&str, &str)] = &[
    ("Número", "Number"),
    ("Empleado", "Employee"),
    ("Fecha", "Date"),
    ("Entrada", "Clock-in"),
    ("Salida", "Clock-out"),
    ("Trabajado", "Worked"),
    ("Ordinario", "Ordinary"),
    ("Extra del día", "Extra of the day"),
    ("Extra de la semana", "Extra of the week"),
    ("Nocturno", "Night"),
    ("En día no laborable", "On a day without work"),
    ("Pausas pagadas", "Paid breaks"),
    ("Pausas no pagadas", "Unpaid breaks"),
    ("Jornadas abiertas", "Open shifts"),
    ("Correcciones", "Corrections"),
    ("Correcciones en espera", "Corrections that wait"),
    ("Cerrado", "Closed"),
    ("Ajustes", "Adjustments"),
    ("Observaciones", "Remarks"),
    ("Reglas", "Rules"),
    ("Zona horaria", "Time zone"),
    ("Base de zonas", "Zone database"),
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

/// The table. It begins with a byte order mark, by which spreadsheets know UTF-8.
pub(super) fn table(sheets: &[Timesheet], language: Language) -> String {
    let mut text = String::from("\u{FEFF}");
    let heading = |(spanish, english): &(&str, &str)| match language {
        Language::Spanish => (*spanish).to_owned(),
        Language::English => (*english).to_owned(),
    };
    row(&mut text, &HEADINGS.iter().map(heading).collect::<Vec<_>>());
    for sheet in sheets {
        for day in &sheet.days {
            row(&mut text, &cells(sheet, day, language));
        }
    }
    text
}

fn cells(sheet: &Timesheet, day: &DayShown, language: Language) -> Vec<String> {
    let DayContent { shifts, loose, totals, .. } = &day.content;
    let clock = |punch: Option<&PunchShown>| punch.map(|punch| punch.local.clone()).unwrap_or_default();
    let remarks = shifts.iter().flat_map(|shift| &shift.remarks);
    let remarks = remarks.chain(loose.iter().flat_map(|loose| &loose.remarks));
    let mut remarks: Vec<&str> = remarks.map(|one| remark(one.code, language)).collect();
    remarks.sort_unstable();
    remarks.dedup();
    let count = |counts: &dyn Fn(Standing) -> bool| {
        day.corrections.iter().filter(|one| counts(one.standing)).count().to_string()
    };
    let yes = if language == Language::Spanish { "sí" } else { "yes" };
    let adjusted: i64 = day.adjustments.iter().map(|one| one.totals.worked_us).sum();
    vec![
        sheet.number.clone(),
        sheet.name.clone(),
        day.date.to_string(),
        clock(shifts.first().map(|shift| &shift.start)),
        clock(shifts.last().and_then(|shift| shift.end.as_ref())),
        duration(totals.worked_us),
        duration(totals.ordinary_us),
        duration(totals.extra_day_us),
        duration(totals.extra_week_us),
        duration(totals.night_us),
        duration(totals.free_day_us),
        duration(totals.paid_break_us),
        duration(totals.unpaid_break_us),
        shifts.iter().filter(|shift| shift.end.is_none()).count().to_string(),
        count(&Standing::counts),
        count(&|standing| standing == Standing::Proposed),
        if day.closed_by.is_some() { yes.to_owned() } else { String::new() },
        if day.adjustments.is_empty() { String::new() } else { duration(adjusted) },
        remarks.join("; "),
        day.rules.clone().unwrap_or_default(),
        sheet.zone.clone(),
        sheet.zone_database.clone(),
    ]
}

/// Hours, minutes and seconds, as spreadsheets add them up: `27:05:00`. A fraction of a second is shown only where there
/// is one.
fn duration(us: i64) -> String {
    let sign = if us < 0 { "-" } else { "" };
    let us = us.unsigned_abs();
    let (seconds, fraction) = (us / 1_000_000, us % 1_000_000);
    let text = format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { text } else { format!("{text}.{fraction:06}") }
}

fn row(text: &mut String, cells: &[String]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&quoted(cell));
    }
    text.push_str("\r\n");
}

/// A cell that a spreadsheet shows and does not run. Negative durations are ours and stay as they are.
fn quoted(cell: &str) -> String {
    let is_duration = |cell: &str| {
        cell.strip_prefix('-').is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit() || c == b':' || c == b'.')
        })
    };
    let cell = inert(cell, is_duration);
    if cell.contains([',', '"', '\r', '\n', ';', '\'']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_shown_and_never_run() {
        for (cell, shown) in [
            ("Ana Quispe", "Ana Quispe"),
            ("Quispe, Ana", "\"Quispe, Ana\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "\"'+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-2+3", "\"'-2+3\""),
            ("\t=1", "\"'\t=1\""),
            ("＝1", "\"'＝1\""),
            ("a\r\nb", "\"a\r\nb\""),
            ("-1:30:00", "-1:30:00"),
            ("", ""),
        ] {
            assert_eq!(quoted(cell), shown, "{cell:?}");
        }
    }

    #[test]
    fn durations_are_exact() {
        for (us, shown) in [
            (0, "0:00:00"),
            (97_500_000_000, "27:05:00"),
            (-5_400_000_000, "-1:30:00"),
            (1, "0:00:00.000001"),
            (i64::MIN, "-2562047788:00:54.775808"),
        ] {
            assert_eq!(duration(us), shown);
        }
    }
}
