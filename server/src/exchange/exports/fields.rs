//! What can stand in the columns of an export. Tasks have the names that import templates use, so that a template can be
//! turned round.

use serde::Serialize;
use utoipa::ToSchema;

use super::{definition::ExportColumn, what::ExportWhat};
use crate::{texts::Language, timesheets::table};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is
    Plain,
    /// Microseconds since 1970 UTC, or a time as RFC 3339 writes it
    Instant,
    /// The day of a local time
    Day,
    /// The time of day of a local time
    TimeOfDay,
}

/// A field: its name, where it stands in the JSON, what it is, and its headings.
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) pointer: &'static str,
    pub(super) form: Form,
    spanish: &'static str,
    english: &'static str,
}

const fn known(
    name: &'static str,
    pointer: &'static str,
    form: Form,
    spanish: &'static str,
    english: &'static str,
) -> Known {
    Known { name, pointer, form, spanish, english }
}

/// Of entries, in snapshots of events.
const ENTRIES: &[Known] = &[
    known("position", "/entry/position", Form::Plain, "Posición", "Position"),
    known("id", "/entry/id", Form::Plain, "Identificador", "Id"),
    known("kind", "/entry/content/kind", Form::Plain, "Tipo", "Kind"),
    known("occurred_at", "/entry/occurred_us", Form::Instant, "Fecha y hora", "Time"),
    known("clock", "/entry/occurred_kind", Form::Plain, "Reloj", "Clock"),
    known("received_at", "/entry/received_us", Form::Instant, "Recibido", "Received"),
    known("outcome", "/entry/outcome", Form::Plain, "Resultado", "Outcome"),
    known("latitude", "/entry/content/place/latitude", Form::Plain, "Latitud", "Latitude"),
    known("longitude", "/entry/content/place/longitude", Form::Plain, "Longitud", "Longitude"),
    known("accuracy_m", "/entry/content/place/accuracy_m", Form::Plain, "Precisión (m)", "Accuracy (m)"),
    known("reason", "/entry/content/reason", Form::Plain, "Motivo", "Reason"),
    known("note", "/entry/content/note", Form::Plain, "Nota", "Note"),
    known("employee", "/employee/number", Form::Plain, "Nº de empleado", "Employee number"),
    known("employee_first_name", "/employee/first_name", Form::Plain, "Nombre", "First name"),
    known("employee_last_name", "/employee/last_name", Form::Plain, "Apellido", "Last name"),
    known("group", "/group/code", Form::Plain, "Grupo", "Group"),
    known("group_name", "/group/name", Form::Plain, "Nombre del grupo", "Name of the group"),
    known("task_number", "/task/task_number", Form::Plain, "Nº de tarea", "Task number"),
    known("external_number", "/task/external_number", Form::Plain, "Nº externo", "External number"),
    known("task_status", "/task/progress/status", Form::Plain, "Estado de la tarea", "Status of the task"),
    known("customer_name", "/task/customer_name", Form::Plain, "Cliente", "Customer"),
    known("task_type", "/task_type/code", Form::Plain, "Tipo de tarea", "Type of task"),
    known("poi", "/poi/number", Form::Plain, "Nº de punto", "Number of the place"),
    known("poi_name", "/poi/name", Form::Plain, "Punto de interés", "Place"),
    known("form", "/form/code", Form::Plain, "Formulario", "Form"),
    known("form_name", "/form/name", Form::Plain, "Nombre del formulario", "Name of the form"),
];

/// Of tasks, as the API shows them.
const TASKS: &[Known] = &[
    known("external_number", "/external_number", Form::Plain, "Nº externo", "External number"),
    known("task_number", "/task_number", Form::Plain, "Nº de tarea", "Task number"),
    known("status", "/progress/status", Form::Plain, "Estado", "Status"),
    known("status_since", "/progress/since", Form::Instant, "Estado desde", "Status since"),
    known("type", "/links/type/code", Form::Plain, "Tipo", "Type"),
    known("work_order", "/links/work_order/code", Form::Plain, "Orden de trabajo", "Work order"),
    known("poi", "/links/poi/code", Form::Plain, "Nº de punto", "Number of the place"),
    known("poi_name", "/links/poi/name", Form::Plain, "Punto de interés", "Place"),
    known("customer_name", "/customer_name", Form::Plain, "Cliente", "Customer"),
    known("contact_name", "/contact_name", Form::Plain, "Contacto", "Contact"),
    known("phone1", "/phone1", Form::Plain, "Teléfono", "Telephone"),
    known("phone2", "/phone2", Form::Plain, "Teléfono 2", "Telephone 2"),
    known("email", "/email", Form::Plain, "Correo", "E-mail"),
    known("address", "/location/address", Form::Plain, "Dirección", "Address"),
    known("latitude", "/location/latitude", Form::Plain, "Latitud", "Latitude"),
    known("longitude", "/location/longitude", Form::Plain, "Longitud", "Longitude"),
    known("description", "/description", Form::Plain, "Descripción", "Description"),
    known("notes", "/notes", Form::Plain, "Observaciones", "Notes"),
    known("categories", "/categories", Form::Plain, "Categorías", "Categories"),
    known("priority", "/priority", Form::Plain, "Prioridad", "Priority"),
    known("start_date", "/start/local", Form::Day, "Fecha de inicio", "Start date"),
    known("start_time", "/start/local", Form::TimeOfDay, "Hora de inicio", "Start time"),
    known("due_date", "/due/local", Form::Day, "Fecha límite", "Due date"),
    known("due_time", "/due/local", Form::TimeOfDay, "Hora límite", "Due time"),
    known("duration_minutes", "/duration_minutes", Form::Plain, "Duración (min)", "Duration (min)"),
    known("employee", "/progress/assignments/0/number", Form::Plain, "Nº de empleado", "Employee number"),
    known("employee_name", "/progress/assignments/0/name", Form::Plain, "Empleado", "Employee"),
    known("started_at", "/progress/started_at", Form::Instant, "Iniciada", "Started"),
    known("ended_at", "/progress/ended_at", Form::Instant, "Terminada", "Ended"),
    known("created_at", "/created_at", Form::Instant, "Creada", "Created"),
    known("updated_at", "/updated_at", Form::Instant, "Modificada", "Changed"),
];

/// The fields that stand in the JSON of what an export holds. Timesheets have those of their own table.
pub(super) const fn all(what: ExportWhat) -> &'static [Known] {
    match what {
        ExportWhat::Entries => ENTRIES,
        ExportWhat::Tasks => TASKS,
        ExportWhat::Timesheets => &[],
    }
}

/// The place of a field in the rows of timesheets.
pub(super) fn place(name: &str) -> Option<usize> {
    table::FIELDS.iter().position(|(field, ..)| *field == name)
}

/// Every field with its headings, Spanish and English.
fn headings(what: ExportWhat) -> Vec<(&'static str, &'static str, &'static str)> {
    match what {
        ExportWhat::Timesheets => table::FIELDS.to_vec(),
        _ => all(what).iter().map(|known| (known.name, known.spanish, known.english)).collect(),
    }
}

/// A field that can be chosen for a column.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportField {
    /// Its name
    pub field: String,
    /// How people call it
    pub label: String,
}

/// Every field of what an export holds, with the headings of a language.
pub(crate) fn shown(what: ExportWhat, language: Language) -> Vec<ExportField> {
    let shown = |(field, spanish, english): (&str, &str, &str)| {
        let label = match language {
            Language::Spanish => spanish,
            Language::English => english,
        };
        ExportField { field: field.to_owned(), label: label.to_owned() }
    };
    headings(what).into_iter().map(shown).collect()
}

/// The columns of an export that names none.
pub(super) fn default_columns(what: ExportWhat, language: Language) -> Vec<ExportColumn> {
    let fields = shown(what, language).into_iter();
    fields.map(|field| ExportColumn { heading: field.label, field: field.field, format: None }).collect()
}

/// True for a field that can stand in a column.
pub(super) fn is_known(what: ExportWhat, name: &str) -> bool {
    let is_named = |prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty());
    let is_own = match what {
        ExportWhat::Entries => is_named("answers."),
        ExportWhat::Tasks => is_named("custom.") || is_data(name),
        ExportWhat::Timesheets => false,
    };
    is_own || headings(what).iter().any(|(known, ..)| *known == name)
}

/// True for `data1` to `data40`.
pub(super) fn is_data(name: &str) -> bool {
    campo_protocol::model::data_number(name).is_some()
}

/// A format of people as `strftime` knows it: `dd/MM/yyyy HH:mm:ss`.
pub(super) fn date_format(format: &str) -> Option<String> {
    let mut pattern = String::new();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        let letters = [
            ("yyyy", "%Y"),
            ("yy", "%y"),
            ("MM", "%m"),
            ("dd", "%d"),
            ("HH", "%H"),
            ("mm", "%M"),
            ("ss", "%S"),
        ];
        if let Some((letters, directive)) = letters.iter().find(|(letters, _)| rest.starts_with(letters)) {
            pattern.push_str(directive);
            rest = &rest[letters.len()..];
        } else if c.is_alphabetic() && c != 'T' || c == '%' || c.is_control() {
            return None;
        } else {
            pattern.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    (!pattern.is_empty() && format.len() <= 60).then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_one_name_each_and_what_is_none_is_refused() {
        for what in ExportWhat::ALL {
            let names: std::collections::BTreeSet<_> =
                headings(what).into_iter().map(|(name, ..)| name).collect();
            assert!(names.len() > 20 && names.len() == headings(what).len());
        }
        assert!(is_known(ExportWhat::Timesheets, "worked"));
        assert!(is_known(ExportWhat::Entries, "answers.reading") && is_known(ExportWhat::Tasks, "data7"));
        for (what, name) in [
            (ExportWhat::Entries, "answers."),
            (ExportWhat::Entries, "data7"),
            (ExportWhat::Tasks, "answers.x"),
            (ExportWhat::Tasks, "data41"),
            (ExportWhat::Tasks, ""),
            (ExportWhat::Timesheets, "answers.x"),
        ] {
            assert!(!is_known(what, name), "{name}");
        }
    }

    #[test]
    fn formats_of_people_are_read() {
        assert_eq!(date_format("dd/MM/yyyy HH:mm").as_deref(), Some("%d/%m/%Y %H:%M"));
        assert_eq!(date_format("yyyy-MM-ddTHH:mm:ss").as_deref(), Some("%Y-%m-%dT%H:%M:%S"));
        for wrong in ["", "dd/mmm", "D", "%Y", "x"] {
            assert_eq!(date_format(wrong), None, "{wrong}");
        }
    }
}
