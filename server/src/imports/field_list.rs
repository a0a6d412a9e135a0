//! The fields that columns can fill, with the names that people read.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    fields::{self, Kind},
    makes::Makes,
};
use crate::texts::Language;

/// A field that a column can fill.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportField)]
pub(crate) struct FieldShown {
    /// Its name in templates
    pub field: String,
    /// Its name for people
    pub label: String,
    /// What it is part of, for people
    pub group: String,
    /// `text`, `number`, `date`, `time`, `moment`, `boolean`, `choice` or `reference`
    pub kind: String,
    /// True when rows can be told apart by it
    pub is_key: bool,
}

/// Every field of what rows become.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFields)]
pub(crate) struct FieldsShown {
    /// The fields; besides them there is `custom.NAME` with any name
    pub items: Vec<FieldShown>,
}

/// Names in Spanish and English.
const LABELS: &[(&str, &str, &str)] = &[
    ("address", "Dirección", "Address"),
    ("categories", "Categorías", "Categories"),
    ("category", "Categoría", "Category"),
    ("city", "Ciudad", "City"),
    ("code", "Código", "Code"),
    ("contact_name", "Contacto", "Contact"),
    ("customer_name", "Cliente", "Customer"),
    ("description", "Descripción", "Description"),
    ("due", "Vence (fecha y hora)", "Due (date and time)"),
    ("due_date", "Vence (fecha)", "Due (date)"),
    ("due_time", "Vence (hora)", "Due (time)"),
    ("duration_hours", "Duración en horas", "Duration in hours"),
    ("duration_minutes", "Duración en minutos", "Duration in minutes"),
    ("email", "Correo electrónico", "E-mail"),
    ("employee", "Empleado (número)", "Employee (number)"),
    ("establishment", "Establecimiento (código)", "Establishment (code)"),
    ("external_number", "Número de tarea del cliente", "The customer's own task number"),
    ("fax", "Fax", "Fax"),
    ("first_name", "Nombres", "First name"),
    ("from_date", "Desde (fecha)", "From (date)"),
    ("group", "Grupo (código)", "Group (code)"),
    ("helper", "Ayudante (número)", "Helper (number)"),
    ("house_number", "Número de casa", "House number"),
    ("is_parent", "Es padre de otros", "Is a parent of others"),
    ("language", "Idioma (es o en)", "Language (es or en)"),
    ("last_name", "Apellidos", "Last name"),
    ("latitude", "Latitud", "Latitude"),
    ("longitude", "Longitud", "Longitude"),
    ("manager", "Jefe (número)", "Manager (number)"),
    ("name", "Nombre", "Name"),
    ("notes", "Notas", "Notes"),
    ("number", "Número", "Number"),
    ("parent", "Padre (número)", "Parent (number)"),
    ("phone1", "Teléfono 1", "Phone 1"),
    ("phone2", "Teléfono 2", "Phone 2"),
    ("phone_number", "Teléfono", "Phone"),
    ("poi", "Punto de interés (número)", "Point of interest (number)"),
    ("polygon", "Polígono (WKT o GeoJSON)", "Polygon (WKT or GeoJSON)"),
    ("priority", "Prioridad", "Priority"),
    ("profile", "Perfil (código)", "Profile (code)"),
    ("prohibit_outside_radius", "Prohibir fuera del radio", "Prohibit outside the radius"),
    ("radius_km", "Radio en kilómetros", "Radius in kilometres"),
    ("radius_m", "Radio en metros", "Radius in metres"),
    ("region", "Departamento o provincia", "Region"),
    ("start", "Inicio (fecha y hora)", "Start (date and time)"),
    ("start_date", "Inicio (fecha)", "Start (date)"),
    ("start_time", "Inicio (hora)", "Start (time)"),
    ("state", "En uso o eliminado", "In use or deleted"),
    ("status", "Estado", "Status"),
    ("street", "Calle", "Street"),
    ("table", "Tabla (código)", "Table (code)"),
    ("task_number", "Número de tarea", "Task number"),
    ("time_zone", "Zona horaria", "Time zone"),
    ("to_date", "Hasta (fecha)", "To (date)"),
    ("type", "Tipo de tarea (código)", "Task type (code)"),
    ("unit", "Unidad", "Unit"),
    ("whole_company", "Toda la empresa", "The whole company"),
    ("without_dates", "Sin fechas", "Without dates"),
    ("work_order", "Orden de trabajo (código)", "Work order (code)"),
    ("zip", "Código postal", "Zip code"),
    ("from", "Desde (fecha y hora)", "From (date and time)"),
    ("to", "Hasta (fecha y hora)", "To (date and time)"),
    ("from_time", "Desde (hora)", "From (time)"),
    ("to_time", "Hasta (hora)", "To (time)"),
    ("schedule_type", "Días, período o cada semana", "Days, period or every week"),
    ("monday", "Lunes", "Monday"),
    ("tuesday", "Martes", "Tuesday"),
    ("wednesday", "Miércoles", "Wednesday"),
    ("thursday", "Jueves", "Thursday"),
    ("friday", "Viernes", "Friday"),
    ("saturday", "Sábado", "Saturday"),
    ("sunday", "Domingo", "Sunday"),
];

/// The fields of what rows become.
pub(crate) fn all(makes: Makes, language: Language) -> FieldsShown {
    let (own, place) = match (makes, language) {
        (Makes::Employees, Language::Spanish) => ("Empleado", ""),
        (Makes::Employees, Language::English) => ("Employee", ""),
        (Makes::Groups, Language::Spanish) => ("Grupo", ""),
        (Makes::Groups, Language::English) => ("Group", ""),
        (Makes::NonWorkingDays, Language::Spanish) => ("Día no laborable", ""),
        (Makes::NonWorkingDays, Language::English) => ("Non-working day", ""),
        (Makes::CatalogueItems, Language::Spanish) => ("Elemento de una tabla de formularios", ""),
        (Makes::CatalogueItems, Language::English) => ("Item of a look-up table of forms", ""),
        (Makes::Tasks, Language::Spanish) => ("Tarea", "Punto de interés de la tarea"),
        (Makes::Tasks, Language::English) => ("Task", "Point of interest of the task"),
        (Makes::Pois, Language::Spanish) => ("Punto de interés", ""),
        (Makes::Pois, Language::English) => ("Point of interest", ""),
    };
    let shown = |name: &str| {
        let field = fields::field(makes, name)?;
        let (of_poi, plain) = name.strip_prefix("poi.").map_or((false, name), |plain| (true, plain));
        Some(FieldShown {
            field: name.to_owned(),
            label: label(plain, language),
            group: if of_poi { place } else { own }.to_owned(),
            kind: kind(field.kind).to_owned(),
            is_key: !of_poi && makes.keys().contains(&name),
        })
    };
    let data = (1..=40).map(|number| format!("data{number}"));
    let names = fields::list(makes).into_iter().chain(data);
    FieldsShown { items: names.filter_map(|name| shown(&name)).collect() }
}

fn label(name: &str, language: Language) -> String {
    let known = LABELS.iter().find(|(known, ..)| *known == name);
    match (known, language) {
        (Some((_, spanish, _)), Language::Spanish) => (*spanish).to_owned(),
        (Some((_, _, english)), Language::English) => (*english).to_owned(),
        (None, Language::Spanish) => name.replacen("data", "Dato ", 1),
        (None, Language::English) => name.replacen("data", "Data ", 1),
    }
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Polygon => "text",
        Kind::Reference => "reference",
        Kind::Whole | Kind::Number | Kind::Degrees | Kind::Minutes | Kind::Hours | Kind::Kilometres => {
            "number"
        }
        Kind::Boolean => "boolean",
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::Moment => "moment",
        Kind::Priority | Kind::Status | Kind::State | Kind::Schedule => "choice",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_for_people() {
        for makes in Makes::ALL {
            for field in all(makes, Language::Spanish).items {
                let plain = field.field.trim_start_matches("poi.");
                let is_known = plain.starts_with("data") || LABELS.iter().any(|(known, ..)| *known == plain);
                assert!(is_known, "{}", field.field);
            }
        }
    }
}
