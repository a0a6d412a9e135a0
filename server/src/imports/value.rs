//! From a cell to the value of a field. Total: whatever a cell holds is a value, nothing, or a fault.

use campo_protocol::{
    task::{fields::Priority, status::Status},
    text::sort_key,
};
use campo_spreadsheets::Cell;
use jiff::civil::{Date, Time};
use serde_json::{Value, json};

use super::{
    dates,
    draft::{DateOrder, TemplateDraft},
    fields::Kind,
};

/// What a cell says of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Read {
    /// A value in JSON
    Json(Value),
    /// A day, a time of day, or both
    When(Option<Date>, Option<Time>),
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) code: &'static str,
    pub(super) expected: String,
}

fn fault(code: &'static str, expected: impl Into<String>) -> Wrong {
    Wrong { code, expected: expected.into() }
}

/// The value of a cell that is not blank.
pub(super) fn read(kind: Kind, cell: &Cell, template: &TemplateDraft) -> Result<Read, Wrong> {
    if let Cell::Error { .. } = cell {
        return Err(fault("failed_formula", "a value"));
    }
    let shown = cell.shown();
    Ok(match kind {
        Kind::Text => Read::Json(shown.into()),
        Kind::Reference => Read::Json(format!("code:{shown}").into()),
        Kind::Whole => Read::Json(
            whole(cell, template).ok_or_else(|| fault("invalid_value", "a whole number such as 42"))?.into(),
        ),
        Kind::Number => Read::Json(number(cell, template.decimal_comma)?),
        Kind::Degrees => Read::Json(degrees(cell)?),
        Kind::Minutes => Read::Json(length(cell, template, 1.0)?),
        Kind::Hours => Read::Json(length(cell, template, 60.0)?),
        Kind::Kilometres => Read::Json(json!(scaled(cell, template, 1000.0)?)),
        Kind::Boolean => Read::Json(boolean(cell)?.into()),
        Kind::Date | Kind::Moment => moment(cell, kind, template.date_order)?,
        Kind::Time => Read::When(None, Some(time(cell)?)),
        Kind::Priority => Read::Json(priority(&shown)?.name().into()),
        Kind::Status => Read::Json(status(&shown)?.name().into()),
        Kind::State => Read::Json(state(&shown)?.into()),
    })
}

fn whole(cell: &Cell, template: &TemplateDraft) -> Option<i64> {
    if let Cell::Text(text) = cell
        && let Ok(number) = text.trim().parse()
    {
        return Some(number);
    }
    let number = decimal(cell, template.decimal_comma)?;
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

fn number(cell: &Cell, decimal_comma: bool) -> Result<Value, Wrong> {
    let number =
        decimal(cell, decimal_comma).ok_or_else(|| fault("invalid_value", "a number such as 12.5"))?;
    Ok(json!(number))
}

fn scaled(cell: &Cell, template: &TemplateDraft, factor: f64) -> Result<f64, Wrong> {
    let number = decimal(cell, template.decimal_comma);
    number.map(|number| number * factor).ok_or_else(|| fault("invalid_value", "a number such as 12.5"))
}

/// A number; in text with whichever marks the template says.
fn decimal(cell: &Cell, decimal_comma: bool) -> Option<f64> {
    let text = match cell {
        Cell::Number { number, .. } => return Some(*number),
        Cell::Text(text) => text.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect::<String>(),
        _ => return None,
    };
    let (mark, group) = if decimal_comma { (',', '.') } else { ('.', ',') };
    // Without the mark one group that is not of three digits can only be a fraction: 12.5 in a Spanish file
    let lone = !text.contains(mark)
        && text.matches(group).count() == 1
        && text.rsplit(group).next().is_some_and(|behind| behind.len() != 3);
    let plain = if lone { text.replace(group, ".") } else { text.replace(group, "").replace(mark, ".") };
    finite(&plain)
}

fn degrees(cell: &Cell) -> Result<Value, Wrong> {
    let read = match cell {
        Cell::Number { number, .. } => Some(*number),
        Cell::Text(text) => {
            let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '°').collect();
            finite(&text.replace(',', "."))
        }
        _ => None,
    };
    read.map(|degrees| json!(degrees)).ok_or_else(|| fault("invalid_value", "a number such as 12.5"))
}

/// Digits with a point; not the words that Rust takes for numbers.
fn finite(text: &str) -> Option<f64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if digits { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

/// A length of time in minutes, from a number in units of `minutes`, or from `1:30`.
fn length(cell: &Cell, template: &TemplateDraft, minutes: f64) -> Result<Value, Wrong> {
    let clock = match cell {
        Cell::Time { time } => {
            Some(f64::from(time.hour()) * 60.0 + f64::from(time.minute()) + f64::from(time.second()) / 60.0)
        }
        Cell::Text(text) if text.contains(':') => {
            let parts: Option<Vec<f64>> = text.trim().split(':').map(|part| part.parse().ok()).collect();
            match parts.as_deref() {
                Some([hours, minutes]) => Some(hours * 60.0 + minutes),
                Some([hours, minutes, seconds]) => Some(hours * 60.0 + minutes + seconds / 60.0),
                _ => None,
            }
        }
        _ => None,
    };
    match clock {
        Some(minutes) if minutes.is_finite() => Ok(json!(minutes)),
        _ => scaled(cell, template, minutes).map(|minutes| json!(minutes)),
    }
}

fn boolean(cell: &Cell) -> Result<bool, Wrong> {
    if let Cell::Boolean(yes) = cell {
        return Ok(*yes);
    }
    match sort_key(cell.shown().trim()).as_str() {
        "si" | "s" | "yes" | "y" | "true" | "verdadero" | "x" | "1" | "activo" => Ok(true),
        "no" | "n" | "false" | "falso" | "0" | "-" => Ok(false),
        _ => Err(fault("unknown_value", "yes or no")),
    }
}

fn moment(cell: &Cell, kind: Kind, order: DateOrder) -> Result<Read, Wrong> {
    let found = match cell {
        Cell::Date { date } => Some((*date, None)),
        Cell::Moment { moment } => Some((moment.date(), Some(moment.time()))),
        Cell::Time { .. } | Cell::Boolean(_) => None,
        other => dates::moment(&other.shown(), order),
    };
    match (found, kind) {
        (Some((date, _)), Kind::Date) => Ok(Read::When(Some(date), None)),
        (Some((date, time)), _) => Ok(Read::When(Some(date), time)),
        (None, Kind::Date) => Err(fault("invalid_value", "a date such as 15/01/2030")),
        (None, _) => Err(fault("invalid_value", "a date and a time such as 15/01/2030 18:00")),
    }
}

fn time(cell: &Cell) -> Result<Time, Wrong> {
    let found = match cell {
        Cell::Time { time } => Some(*time),
        Cell::Moment { moment } => Some(moment.time()),
        Cell::Date { .. } => Some(Time::midnight()),
        Cell::Text(text) => dates::time(text),
        _ => None,
    };
    found.ok_or_else(|| fault("invalid_value", "a time of day such as 18:00"))
}

fn priority(shown: &str) -> Result<Priority, Wrong> {
    let folded = sort_key(shown).replace([' ', '-'], "_");
    let known = match folded.as_str() {
        "0" | "sin_prioridad" | "ninguna" => Some(Priority::NotSet),
        "1" | "mas_baja" | "muy_baja" | "minima" => Some(Priority::Lowest),
        "2" | "baja" => Some(Priority::Low),
        "3" | "media" => Some(Priority::Normal),
        "4" | "alta" => Some(Priority::High),
        "5" | "mas_alta" | "muy_alta" | "maxima" => Some(Priority::Highest),
        "6" | "urgente" => Some(Priority::Urgent),
        other => Priority::ALL
            .into_iter()
            .find(|priority| priority.name() == other || priority.name().replace('_', "") == other),
    };
    known.ok_or_else(|| {
        let known = Priority::ALL.map(Priority::name).join(", ");
        fault("unknown_value", format!("one of {known}"))
    })
}

fn status(shown: &str) -> Result<Status, Wrong> {
    let folded = sort_key(shown).replace([' ', '-'], "_");
    let spanish = match folded.as_str() {
        "nueva" | "nuevo" | "pendiente" => Some(Status::New),
        "enviada" => Some(Status::Sent),
        "en_curso" | "en_proceso" => Some(Status::InProgress),
        "suspendida" => Some(Status::Suspended),
        "cerrada" | "terminada" => Some(Status::Closed),
        "cancelada" | "anulada" => Some(Status::Canceled),
        "no_realizada" => Some(Status::NotDone),
        "en_camino" => Some(Status::EnRoute),
        "borrador" => Some(Status::Draft),
        other => Status::from_name(other),
    };
    spanish.or_else(|| Status::from_office_track_name(shown)).ok_or_else(|| {
        let known = Status::ALL.iter().map(|status| status.name()).collect::<Vec<_>>().join(", ");
        fault("unknown_value", format!("one of {known}"))
    })
}

fn state(shown: &str) -> Result<&'static str, Wrong> {
    match sort_key(shown).as_str() {
        "enabled" | "activo" | "activa" | "habilitado" => Ok("enabled"),
        "deleted" | "eliminado" | "baja" | "inactivo" | "inactiva" => Ok("deleted"),
        _ => Err(fault("unknown_value", "one of enabled, deleted")),
    }
}
