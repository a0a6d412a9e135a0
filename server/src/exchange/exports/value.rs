//! The cells of a row: a pure function of the row's JSON, the columns and the zone.

use campo_spreadsheets::write::Value as Cell;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

use super::{
    definition::ExportColumn,
    fields::{self, Form},
    read::Row,
    what::ExportWhat,
};

/// A column, prepared.
#[derive(Debug)]
pub(super) struct Column {
    source: Source,
    form: Form,
    /// As `strftime` knows it
    format: Option<String>,
}

#[derive(Debug)]
enum Source {
    Pointer(String),
    /// Of a form: the answer to a field
    Answer(String),
    /// Of a timesheet: its place in the row
    Place(usize),
}

impl Column {
    /// A column that was checked when it was saved.
    pub(super) fn of(what: ExportWhat, column: &ExportColumn) -> Self {
        let format = column.format.as_deref().and_then(fields::date_format);
        let name = column.field.as_str();
        if what == ExportWhat::Timesheets {
            let source = Source::Place(fields::place(name).unwrap_or_default());
            return Self { source, form: Form::Plain, format };
        }
        if let Some(known) = fields::all(what).iter().find(|known| known.name == name) {
            return Self { source: Source::Pointer(known.pointer.to_owned()), form: known.form, format };
        }
        let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
        let source = match (name.strip_prefix("answers."), name.strip_prefix("custom.")) {
            (Some(field), _) => Source::Answer(field.to_owned()),
            (_, Some(custom)) => Source::Pointer(format!("/custom/{}", escaped(custom))),
            _ => Source::Pointer(format!("/{}", escaped(name))),
        };
        Self { source, form: Form::Plain, format }
    }

    /// What stands in it for a row.
    pub(super) fn cell(&self, row: &Row, zone: &TimeZone) -> Cell<'static> {
        match row {
            Row::Entry(_, json) | Row::Task(json) => self.of_json(json, zone),
            Row::Day(cells) => self.of_day(cells),
        }
    }

    /// What the table of timesheets has there, dates and times in the customer's format.
    fn of_day(&self, cells: &[Cell<'static>]) -> Cell<'static> {
        let Source::Place(place) = self.source else { return Cell::Empty };
        let cell = cells.get(place).cloned().unwrap_or(Cell::Empty);
        match &cell {
            Cell::Text(text) if self.format.is_some() => match text.parse::<DateTime>() {
                Ok(at) => self.moment(at),
                Err(_) => cell,
            },
            _ => cell,
        }
    }

    fn of_json(&self, row: &Value, zone: &TimeZone) -> Cell<'static> {
        let value = match &self.source {
            Source::Pointer(pointer) => row.pointer(pointer),
            Source::Answer(field) => answer(row, field),
            Source::Place(_) => None,
        };
        let Some(value) = value.filter(|value| !value.is_null()) else { return Cell::Empty };
        match self.form {
            Form::Plain => plain(value),
            Form::Instant => match instant(value) {
                Some(at) => self.moment(zone.to_datetime(at)),
                None => plain(value),
            },
            Form::Day | Form::TimeOfDay => {
                match value.as_str().and_then(|text| text.parse::<DateTime>().ok()) {
                    Some(local) if self.format.is_some() => self.moment(local),
                    Some(local) if self.form == Form::Day => Cell::Date(local.date()),
                    Some(local) => Cell::Time(local.time()),
                    None => plain(value),
                }
            }
        }
    }

    fn moment(&self, at: DateTime) -> Cell<'static> {
        match &self.format {
            Some(format) => Cell::text(at.strftime(format).to_string()),
            // Spreadsheets show seconds
            None => Cell::Moment(at.with().subsec_nanosecond(0).build().unwrap_or(at)),
        }
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(us) => Timestamp::from_microsecond(us.as_i64()?).ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn answer<'r>(row: &'r Value, field: &str) -> Option<&'r Value> {
    let answers = row.pointer("/entry/content/body/answers")?.as_array()?;
    answers.iter().find(|answer| answer["field"] == field)?.get("value")
}

fn plain(value: &Value) -> Cell<'static> {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(yes) => Cell::Boolean(*yes),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| number.as_f64().map_or(Cell::Empty, Cell::Number), Cell::Whole)
        }
        Value::String(text) => Cell::text(text.clone()),
        // Several choices, photos
        Value::Array(items) => {
            let texts =
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned));
            Cell::text(texts.collect::<Vec<_>>().join(", "))
        }
        Value::Object(_) => Cell::text(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_what_the_column_says() {
        let row = json!({
            "entry": { "occurred_us": 1_894_730_700_500_000_i64, "content": { "kind": "form", "body": { "answers": [
                { "field": "reading", "value": "1.50" }, { "field": "colours", "value": ["red", "blue"] },
            ] } } },
            "employee": { "number": "ZZ1001" },
        });
        let zone = TimeZone::get("America/Lima").unwrap();
        let cell = |field: &str, format: Option<&str>| {
            let column = ExportColumn {
                heading: "x".to_owned(),
                field: field.to_owned(),
                format: format.map(str::to_owned),
            };
            Column::of(ExportWhat::Entries, &column).of_json(&row, &zone)
        };
        let moment: DateTime = "2030-01-15T13:05:00".parse().unwrap();
        for (field, format, expected) in [
            ("employee", None, Cell::text("ZZ1001")),
            ("answers.reading", None, Cell::text("1.50")),
            ("answers.colours", None, Cell::text("red, blue")),
            ("answers.nothing", None, Cell::Empty),
            ("occurred_at", None, Cell::Moment(moment)),
            ("occurred_at", Some("dd/MM/yyyy HH:mm"), Cell::text("15/01/2030 13:05")),
            ("note", None, Cell::Empty),
        ] {
            assert_eq!(cell(field, format), expected, "{field}");
        }
    }

    #[test]
    fn a_day_of_a_timesheet_has_the_customer_s_format() {
        let mut cells = vec![Cell::Empty; 10];
        (cells[2], cells[3]) = (Cell::text("2030-01-15"), Cell::text("2030-01-15T08:05:00-05:00"));
        cells[5] = Cell::Duration(3_600_000_000);
        let cell = |field: &str, format: Option<&str>| {
            let column = ExportColumn {
                heading: "x".to_owned(),
                field: field.to_owned(),
                format: format.map(str::to_owned),
            };
            Column::of(ExportWhat::Timesheets, &column).of_day(&cells)
        };
        assert_eq!(cell("date", Some("dd/MM/yyyy")), Cell::text("15/01/2030"));
        assert_eq!(cell("start", Some("HH:mm")), Cell::text("08:05"));
        assert_eq!(cell("worked", Some("HH:mm")), Cell::Duration(3_600_000_000));
        assert_eq!(cell("date", None), Cell::text("2030-01-15"));
    }
}
