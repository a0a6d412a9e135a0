//! A first mapping for a file that nobody has mapped, from what its headings are usually called.

use std::collections::BTreeSet;

use super::{columns::folded, draft::Column, makes::Makes};

/// From here on two headings are taken for one that somebody wrote differently (Jaro-Winkler).
const NEAR: f64 = 0.93;
/// Shorter headings look like too many others.
const SHORT: usize = 5;

/// Fields with the headings that people give them, in Spanish and English; the first that fits counts.
const TASK: &[(&str, &[&str])] = &[
    (
        "external_number",
        &[
            "no de tarea",
            "numero de tarea",
            "no tarea",
            "tarea",
            "no de orden",
            "orden",
            "ot",
            "no ot",
            "no de ot",
            "numero de ot",
            "numero ot",
            "nro ot",
            "nro de ot",
            "orden de trabajo",
            "no orden",
            "no de ticket",
            "numero de orden",
            "numero de ticket",
            "numero da tarefa",
            "tarefa",
            "os",
            "no os",
            "ordem de servico",
            "work order",
            "order",
            "ticket",
            "task number",
            "task",
        ],
    ),
    (
        "poi",
        &[
            "no de cliente",
            "numero de cliente",
            "codigo de cliente",
            "cod cliente",
            "codigo cliente",
            "punto de interes",
            "customer number",
        ],
    ),
    (
        "customer_name",
        &["cliente", "nombre del cliente", "nombre cliente", "razon social", "customer", "customer name"],
    ),
    ("address", &["direccion", "domicilio", "address"]),
    ("latitude", &["latitud", "lat", "y", "latitude"]),
    ("longitude", &["longitud", "lon", "long", "lng", "x", "longitude"]),
    (
        "employee",
        &[
            "tecnico",
            "empleado",
            "no de empleado",
            "codigo de tecnico",
            "asignado a",
            "employee",
            "technician",
        ],
    ),
    ("type", &["tipo de tarea", "tipo", "codigo de tipo", "task type", "type"]),
    ("start_date", &["fecha de inicio", "fecha inicio", "fecha", "fecha programada", "start date", "date"]),
    ("start_time", &["hora", "hora de inicio", "hora inicio", "time", "start time"]),
    ("due_date", &["fecha de fin", "fecha fin", "vence", "fecha de vencimiento", "due date", "due"]),
    ("due_time", &["hora de fin", "hora fin", "due time"]),
    ("duration_minutes", &["duracion (min)", "duracion", "minutos", "duration"]),
    ("description", &["descripcion", "trabajo", "description"]),
    ("notes", &["notas", "observaciones", "comentarios", "notes"]),
    ("contact_name", &["contacto", "persona de contacto", "contact"]),
    ("phone1", &["telefono", "celular", "movil", "telefono 1", "phone"]),
    ("phone2", &["telefono 2", "otro telefono"]),
    ("email", &["correo", "correo electronico", "e-mail", "email"]),
    ("priority", &["prioridad", "urgencia", "priority"]),
    ("status", &["estado", "status"]),
];

const POI: &[(&str, &[&str])] = &[
    (
        "number",
        &[
            "no de cliente",
            "numero de cliente",
            "codigo",
            "codigo de cliente",
            "numero",
            "no",
            "id",
            "number",
        ],
    ),
    ("name", &["nombre", "cliente", "razon social", "name"]),
    ("latitude", &["latitud", "lat", "y", "latitude"]),
    ("longitude", &["longitud", "lon", "long", "lng", "x", "longitude"]),
    ("polygon", &["poligono", "geometria", "wkt", "geojson", "polygon", "geometry"]),
    ("street", &["direccion", "calle", "domicilio", "street", "address"]),
    ("house_number", &["numero de casa", "altura", "house number"]),
    ("city", &["ciudad", "distrito", "localidad", "city"]),
    ("region", &["departamento", "provincia", "region", "state"]),
    ("zip", &["codigo postal", "cp", "zip"]),
    ("phone1", &["telefono", "celular", "movil", "phone"]),
    ("phone2", &["telefono 2", "otro telefono"]),
    ("email", &["correo", "correo electronico", "e-mail", "email"]),
    ("categories", &["categoria", "categorias", "categories"]),
    ("parent", &["padre", "cliente padre", "parent"]),
    ("notes", &["notas", "observaciones", "notes"]),
];

const EMPLOYEE: &[(&str, &[&str])] = &[
    (
        "number",
        &[
            "numero",
            "no",
            "no de empleado",
            "numero de empleado",
            "no empleado",
            "codigo de empleado",
            "codigo empleado",
            "legajo",
            "matricula",
            "dni",
            "rut",
            "employee number",
            "employee id",
            "number",
        ],
    ),
    (
        "first_name",
        &["nombre", "nombres", "nombre completo", "nome", "nome completo", "first name", "name", "full name"],
    ),
    ("last_name", &["apellido", "apellidos", "sobrenome", "last name", "surname"]),
    ("group", &["grupo", "equipo", "cuadrilla", "area", "codigo de grupo", "equipe", "group", "team"]),
    ("profile", &["perfil", "profile"]),
    ("manager", &["jefe", "supervisor", "gerente", "chefe", "manager"]),
    (
        "phone_number",
        &["telefono", "celular", "movil", "telefone", "phone", "phone number", "mobile", "mobile phone"],
    ),
    ("email", &["correo", "correo electronico", "e-mail", "email", "mail"]),
    ("language", &["idioma", "language"]),
    ("time_zone", &["zona horaria", "fuso horario", "time zone"]),
    ("establishment", &["establecimiento", "sucursal", "estabelecimento", "establishment"]),
    ("state", &["estado", "situacao", "state"]),
];

const GROUP: &[(&str, &[&str])] = &[
    ("code", &["codigo de grupo", "codigo grupo", "codigo", "codigo do grupo", "group code", "code"]),
    (
        "name",
        &["nombre de grupo", "nombre del grupo", "grupo", "nombre", "nome", "group name", "group", "name"],
    ),
    (
        "parent",
        &["grupo padre", "padre", "depende de", "grupo superior", "grupo pai", "parent", "parent group"],
    ),
    ("state", &["estado", "state"]),
];

const NON_WORKING_DAYS: &[(&str, &[&str])] = &[
    ("code", &["codigo", "code"]),
    (
        "name",
        &[
            "feriado",
            "nombre",
            "nombre del feriado",
            "motivo",
            "descripcion",
            "nome",
            "holiday",
            "name",
            "reason",
        ],
    ),
    (
        "from_date",
        &[
            "fecha",
            "desde",
            "fecha desde",
            "fecha de inicio",
            "dia",
            "data",
            "data inicio",
            "date",
            "from",
            "from date",
        ],
    ),
    ("to_date", &["hasta", "fecha hasta", "fecha de fin", "ate", "data fim", "to", "to date"]),
    ("from_time", &["hora desde", "hora de inicio", "hora inicio", "from time", "start time"]),
    ("to_time", &["hora hasta", "hora de fin", "hora fim", "to time", "end time"]),
    ("schedule_type", &["tipo de horario", "schedule type"]),
    ("monday", &["lunes", "segunda feira", "monday"]),
    ("tuesday", &["martes", "terca feira", "tuesday"]),
    ("wednesday", &["miercoles", "quarta feira", "wednesday"]),
    ("thursday", &["jueves", "quinta feira", "thursday"]),
    ("friday", &["viernes", "sexta feira", "friday"]),
    ("saturday", &["sabado", "saturday"]),
    ("sunday", &["domingo", "sunday"]),
    ("whole_company", &["toda la empresa", "general", "toda a empresa", "whole company"]),
    ("group", &["grupo", "alcance", "group", "scope"]),
    ("employee", &["empleado", "no de empleado", "funcionario", "employee"]),
    ("notes", &["notas", "observaciones", "notes"]),
];

const CATALOGUE_ITEM: &[(&str, &[&str])] = &[
    ("table", &["tabla", "codigo de tabla", "lista", "tabela", "table", "table code", "list"]),
    ("code", &["codigo", "cod", "clave", "sku", "id", "codigo do item", "code", "item code", "key"]),
    (
        "name",
        &[
            "nombre",
            "descripcion",
            "texto",
            "valor",
            "item",
            "nome",
            "descricao",
            "name",
            "description",
            "text",
            "value",
            "label",
        ],
    ),
    ("category", &["categoria", "familia", "rubro", "category", "family"]),
    ("unit", &["unidad", "unidad de medida", "um", "unidade", "unit", "unit of measure"]),
    ("state", &["estado", "situacao", "state"]),
];

/// What headings usually mean.
const fn table(makes: Makes) -> &'static [(&'static str, &'static [&'static str])] {
    match makes {
        Makes::Tasks => TASK,
        Makes::Pois => POI,
        Makes::Employees => EMPLOYEE,
        Makes::Groups => GROUP,
        Makes::NonWorkingDays => NON_WORKING_DAYS,
        Makes::CatalogueItems => CATALOGUE_ITEM,
    }
}

/// The field that a heading, folded, usually means, without those that are taken.
pub(super) fn usual(makes: Makes, heading: &str, taken: &BTreeSet<String>) -> Option<String> {
    let free = table(makes).iter().filter(|(field, _)| !taken.contains(*field));
    let mut known = free.filter(|(_, names)| names.iter().any(|name| folded(name) == heading));
    known.next().map(|(field, _)| (*field).to_owned())
}

/// The field of which a heading, folded, is written nearly like a usual one.
pub(super) fn similar(makes: Makes, heading: &str, taken: &BTreeSet<String>) -> Option<String> {
    if heading.chars().count() < SHORT {
        return None;
    }
    let free = table(makes).iter().filter(|(field, _)| !taken.contains(*field));
    let nearness = |names: &[&str]| {
        names.iter().map(|name| strsim::jaro_winkler(&folded(name), heading)).fold(0.0, f64::max)
    };
    free.map(|(field, names)| (nearness(names), *field))
        .filter(|(nearness, _)| *nearness >= NEAR)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, field)| field.to_owned())
}

/// The columns of a file with these headings. A heading that says nothing is left out.
pub(super) fn columns(makes: Makes, headings: &[String]) -> Vec<Column> {
    let table = table(makes);
    let mut taken = BTreeSet::new();
    headings
        .iter()
        .filter_map(|heading| {
            let wanted = folded(heading);
            let (field, _) = table.iter().find(|(field, names)| {
                !taken.contains(field) && names.iter().any(|name| folded(name) == wanted)
            })?;
            taken.insert(field);
            Some(Column { heading: Some(heading.clone()), field: (*field).to_owned(), ..Column::default() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_headings_are_known() {
        let headings: Vec<String> =
            ["N° OT", "CLIENTE", "Teléfono", "Otra cosa", "Teléfono", "Técnico"].map(str::to_owned).to_vec();
        let found: Vec<_> = columns(Makes::Tasks, &headings).into_iter().map(|column| column.field).collect();
        assert_eq!(found, ["external_number", "customer_name", "phone1", "employee"]);
    }

    #[test]
    fn every_suggested_field_can_be_filled() {
        for makes in Makes::ALL {
            for (field, _) in table(makes) {
                assert!(super::super::fields::field(makes, field).is_some(), "{field}");
            }
        }
    }
}
