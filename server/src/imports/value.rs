//! From a cell to the value of a field. Total: whatever a cell holds is a value, nothing, or a fault.

use campo_protocol::{
    task::{fields::Priority, status::Status},
    text::sort_key,
};
use campo_spreadsheets::{Cell, Flaw, cell::is_invisible};
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde_json::{Value, json};

use super::{dates, draft::DateOrder, fields::Kind, polygon};

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

/// How the cells of a column are read.
#[derive(Debug, Clone)]
pub(super) struct How {
    /// The order of day, month and year in text
    pub(super) date_order: DateOrder,
    /// True when a comma stands before the fraction of a number in text
    pub(super) decimal_comma: bool,
    /// Where times are, and what offsets are turned into
    pub(super) zone: TimeZone,
}

fn fault(code: &'static str, expected: impl Into<String>) -> Wrong {
    Wrong { code, expected: expected.into() }
}

/// The value of a cell that is not blank.
pub(super) fn read(kind: Kind, cell: &Cell, how: &How) -> Result<Read, Wrong> {
    match cell {
        Cell::Error { .. } => return Err(fault("failed_formula", "a value")),
        Cell::Flawed { flaw, .. } => return Err(flawed(*flaw)),
        _ => {}
    }
    if matches!(kind, Kind::Text | Kind::Reference | Kind::Whole) && cell.lost_digits() {
        return Err(digits_lost());
    }
    // What nobody sees counts in free text alone
    let visible;
    let cell = match cell {
        Cell::Text(text) if kind != Kind::Text && text.contains(is_invisible) => {
            visible = Cell::Text(text.chars().filter(|c| !is_invisible(*c)).collect());
            &visible
        }
        other => other,
    };
    let shown = cell.shown();
    Ok(match kind {
        Kind::Text => Read::Json(shown.into()),
        Kind::Reference => Read::Json(format!("code:{shown}").into()),
        Kind::Whole => Read::Json(
            whole(cell, how).ok_or_else(|| fault("not_a_number", "a whole number such as 42"))?.into(),
        ),
        Kind::Number => Read::Json(number(cell, how.decimal_comma)?),
        Kind::Degrees => Read::Json(degrees(cell)?),
        Kind::Minutes => Read::Json(length(cell, how, 1.0)?),
        Kind::Hours => Read::Json(length(cell, how, 60.0)?),
        Kind::Kilometres => Read::Json(json!(scaled(cell, how, 1000.0)?)),
        Kind::Boolean => Read::Json(boolean(cell)?.into()),
        Kind::Date | Kind::Moment => moment(cell, kind, how)?,
        Kind::Time => Read::When(None, Some(time(cell)?)),
        Kind::Priority => Read::Json(priority(&shown)?.name().into()),
        Kind::Status => Read::Json(status(&shown)?.name().into()),
        Kind::State => Read::Json(state(&shown)?.into()),
        Kind::Polygon => Read::Json(polygon::read(&shown)?),
        Kind::Schedule => Read::Json(schedule(&shown)?.into()),
    })
}

/// The fault of a cell that cannot be read as its author meant it.
pub(super) fn flawed(flaw: Flaw) -> Wrong {
    match flaw {
        Flaw::Undecodable => fault("undecodable", "text in one encoding"),
        Flaw::UnclosedQuote => fault("unclosed_quote", "quotes that are closed on their line"),
        Flaw::FormulaWithoutValue => fault("formula_without_value", "a file that was saved by a spreadsheet"),
        Flaw::TooLong => fault("too_long", "at most 32,767 characters"),
        Flaw::DigitsLost => digits_lost(),
    }
}

fn digits_lost() -> Wrong {
    fault("digits_lost", "at most 15 digits, or the number as text")
}

fn whole(cell: &Cell, how: &How) -> Option<i64> {
    if let Cell::Text(text) = cell
        && let Ok(number) = text.trim().parse()
    {
        return Some(number);
    }
    let number = decimal(cell, how.decimal_comma)?;
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

fn number(cell: &Cell, decimal_comma: bool) -> Result<Value, Wrong> {
    let number =
        decimal(cell, decimal_comma).ok_or_else(|| fault("not_a_number", "a number such as 12.5"))?;
    Ok(json!(number))
}

fn scaled(cell: &Cell, how: &How, factor: f64) -> Result<f64, Wrong> {
    let number = decimal(cell, how.decimal_comma);
    number.map(|number| number * factor).ok_or_else(|| fault("not_a_number", "a number such as 12.5"))
}

/// A number; in text with the marks that are said, and no others: what does not fit them is never read by others.
fn decimal(cell: &Cell, decimal_comma: bool) -> Option<f64> {
    let text = match cell {
        Cell::Number { number, .. } => return Some(*number),
        Cell::Text(text) => text.trim(),
        _ => return None,
    };
    let (mark, group) = if decimal_comma { (',', '.') } else { ('.', ',') };
    let (whole, fraction) = match text.split_once(mark) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let unsigned = whole.trim_start_matches(['+', '-']);
    if whole.len() - unsigned.len() > 1 {
        return None;
    }
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_mark = |c: char| c == group || matches!(c, ' ' | '\'' | '\u{A0}' | '\u{202F}');
    if unsigned.contains(is_mark) {
        let mut groups = unsigned.split(is_mark);
        let first = groups.next().filter(|first| is_digits(first) && first.len() <= 3)?;
        // No group of thousands begins with 0: `0.500` is a half where points are fractions
        if first.starts_with('0') || !groups.all(|group| group.len() == 3 && is_digits(group)) {
            return None;
        }
    } else if !(is_digits(unsigned) || (unsigned.is_empty() && fraction.is_some())) {
        // An exponent, as programs write it
        return if fraction.is_none() || mark == '.' { finite(text) } else { None };
    }
    match fraction {
        Some(fraction) if !is_digits(fraction) => {
            if mark == '.' && !unsigned.contains(is_mark) {
                finite(text)
            } else {
                None
            }
        }
        fraction => {
            let whole: String = whole.chars().filter(|c| !is_mark(*c)).collect();
            finite(&format!("{whole}.{}", fraction.unwrap_or("0")))
        }
    }
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
    read.map(|degrees| json!(degrees)).ok_or_else(|| fault("not_a_number", "a number such as 12.5"))
}

/// Digits with a point; not the words that Rust takes for numbers.
fn finite(text: &str) -> Option<f64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if digits { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

/// A length of time in minutes, from a number in units of `minutes`, or from `1:30`.
fn length(cell: &Cell, how: &How, minutes: f64) -> Result<Value, Wrong> {
    let clock = match cell {
        Cell::Time { time } => {
            Some(f64::from(time.hour()) * 60.0 + f64::from(time.minute()) + f64::from(time.second()) / 60.0)
        }
        Cell::Text(text) if text.contains(':') => {
            let length = dates::length(text);
            return length
                .map(|minutes| json!(minutes))
                .ok_or_else(|| fault("invalid_value", "a length of time such as 1:30"));
        }
        _ => None,
    };
    match clock {
        Some(minutes) => Ok(json!(minutes)),
        None => scaled(cell, how, minutes).map(|minutes| json!(minutes)),
    }
}

fn boolean(cell: &Cell) -> Result<bool, Wrong> {
    if let Cell::Boolean(yes) = cell {
        return Ok(*yes);
    }
    match sort_key(cell.shown().trim()).as_str() {
        "si" | "s" | "yes" | "y" | "true" | "verdadero" | "x" | "1" | "activo" => Ok(true),
        "no" | "n" | "false" | "falso" | "0" => Ok(false),
        _ => Err(fault("unknown_value", "yes or no")),
    }
}

fn moment(cell: &Cell, kind: Kind, how: &How) -> Result<Read, Wrong> {
    let found = match cell {
        Cell::Date { date } => Some((*date, None)),
        Cell::Moment { moment } => Some((moment.date(), Some(moment.time()))),
        Cell::Time { .. } | Cell::Boolean(_) => None,
        other => dates::moment(&other.shown(), how.date_order, &how.zone),
    };
    match (found, kind) {
        (Some((date, _)), Kind::Date) => Ok(Read::When(Some(date), None)),
        (Some((date, time)), _) => Ok(Read::When(Some(date), time)),
        (None, Kind::Date) => Err(fault("not_a_date", "a date such as 15/01/2030")),
        (None, _) => Err(fault("not_a_date", "a date and a time such as 15/01/2030 18:00")),
    }
}

fn time(cell: &Cell) -> Result<Time, Wrong> {
    let found = match cell {
        Cell::Time { time } => Some(*time),
        Cell::Moment { moment } => Some(moment.time()),
        // A day at midnight; one of the first years of a spreadsheet is a length of time
        Cell::Date { date } if date.year() >= 1910 => Some(Time::midnight()),
        Cell::Text(text) => dates::time(text),
        _ => None,
    };
    found.ok_or_else(|| fault("not_a_time", "a time of day such as 18:00"))
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

fn schedule(shown: &str) -> Result<&'static str, Wrong> {
    match sort_key(shown).as_str() {
        "days" | "dias" | "dias completos" | "dia completo" => Ok("days"),
        "period" | "periodo" | "daterange" | "date range" => Ok("period"),
        "weekly" | "semanal" | "cada semana" => Ok("weekly"),
        _ => Err(fault("unknown_value", "one of days, period, weekly")),
    }
}
