//! The services that customers of OfficeTrack call, described once: WSDL, reading, answers and reference are made of it.

mod employees;
mod imports;
mod pois;
mod result;
mod tasks;
mod work_orders;

use std::sync::LazyLock;

use campo_soap::description::{Field, Kind, Method, Service, Text};

pub(super) use imports::{DAYS, POI_COLUMNS};
pub(super) use result::ResultCode;

/// The namespace of everything.
pub(super) const NAMESPACE: &str = "Trackem.Web.Services";

/// Every service, by the last part of its address.
pub(crate) static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| vec![generation_2(), generation_1()]);

/// The methods that Campo does not have.
const NOT_THERE: [&str; 6] = [
    "CancelReservedServiceTime",
    "GetServiceTimeList",
    "ImproveAddress",
    "InsertEmployeeRating",
    "ReserveServiceTime",
    "SetBidWinner",
];

/// True for a method that does what it says. The others answer `ModuleNotSet`, or what their kind has for that.
pub(crate) fn is_available(method: &str) -> bool {
    !NOT_THERE.contains(&method)
}

/// The service whose address ends in `file`, without regard to case; `.asmx` may be missing.
pub(super) fn service(file: &str) -> Option<&'static Service> {
    let bare = |file: &str| file.to_ascii_lowercase().trim_end_matches(".asmx").to_owned();
    SERVICES.iter().find(|service| bare(service.file) == bare(file))
}

fn generation_2() -> Service {
    let mut types = result::types();
    types.extend(tasks::types());
    types.extend(pois::types());
    types.extend(employees::types());
    types.extend(work_orders::types());
    types.extend(imports::types());
    let mut methods = tasks::methods();
    methods.extend(pois::methods());
    methods.extend(imports::methods());
    methods.extend(employees::methods());
    methods.extend(work_orders::methods());
    Service {
        name: "WebServices",
        file: "webservices.asmx",
        namespace: NAMESPACE.to_owned(),
        says: Text {
            es: "Tareas, puntos de interés, importaciones, empleados y órdenes de trabajo, con métodos de parámetros con tipo.",
            en: "Tasks, points of interest, imports, employees and work orders, by methods with typed parameters.",
        },
        methods,
        types,
    }
}

fn generation_1() -> Service {
    Service {
        name: "TaskManagement",
        file: "TaskManagement.asmx",
        namespace: NAMESPACE.to_owned(),
        says: Text {
            es: "Los métodos de la primera generación: cada uno recibe un documento XML como texto.",
            en: "The methods of the first generation: each takes one XML document as text.",
        },
        methods: vec![
            of_document(
                "CreateOrUpdateTask",
                Text {
                    es: "Crea la tarea o, si existe una con el mismo número, la modifica. Responde `OK`, o la causa como texto.",
                    en: "Creates the task or, where one of the same number exists, changes it. Answers `OK`, or the cause as text.",
                },
            ),
            of_document(
                "ImproveAddress",
                Text {
                    es: "No disponible en Campo: responde la causa como texto.",
                    en: "Not available in Campo: answers the cause as text.",
                },
            ),
        ],
        types: {
            let mut types = result::enumerations();
            types.extend(tasks::types_of_document());
            types
        },
    }
}

fn of_document(name: &'static str, says: Text) -> Method {
    let request = Field::text("Request").says(
        "Un documento XML completo, como texto, con `UserName` y `Password` entre sus elementos",
        "A whole XML document, as text, with `UserName` and `Password` among its elements",
    );
    Method {
        name,
        says,
        parameters: vec![request],
        result: Some(Field::text(format!("{name}Result"))),
        http: false,
    }
}

/// A method whose first two parameters say who calls.
fn method(name: &'static str, result: &'static str, says: Text, parameters: Vec<Field>) -> Method {
    let mut all = vec![
        Field::text("userName").says("El usuario de la clave de sistema", "The log-in of the key"),
        Field::text("password").says("Su contraseña", "Its password"),
    ];
    all.extend(parameters);
    Method {
        name,
        says,
        parameters: all,
        result: Some(Field::record(format!("{name}Result"), result)),
        http: false,
    }
}

/// The same, which can be called by plain GET and POST too.
fn by_http(method: Method) -> Method {
    Method { http: true, ..method }
}

const fn text(es: &'static str, en: &'static str) -> Text {
    Text { es, en }
}

/// `data1` to `data30`, say.
fn data_fields(prefix: &str, count: usize) -> Vec<Field> {
    (1..=count)
        .map(|number| {
            Field::text(format!("{prefix}{number}"))
                .says("Campo propio del cliente", "A field of the customer's own")
        })
        .collect()
}

/// Numbers of one kind that may be missing.
fn numbers(names: &[&str], kind: &Kind) -> Vec<Field> {
    names.iter().map(|name| Field::new(*name, kind.clone()).nillable()).collect()
}

/// Texts without more to say of them.
fn texts(names: &[&str]) -> Vec<Field> {
    names.iter().map(|name| Field::text(*name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_name_only_types_that_are_there() {
        for service in SERVICES.iter() {
            assert_eq!(service.faults(), Vec::<String>::new(), "{}", service.name);
            for method in &service.methods {
                assert!(!method.says.es.is_empty() && !method.says.en.is_empty(), "{}", method.name);
            }
        }
    }

    #[test]
    fn a_service_is_found_by_its_file_in_any_case() {
        for (file, name) in [
            ("webservices.asmx", Some("WebServices")),
            ("WebServices.ASMX", Some("WebServices")),
            ("taskmanagement.asmx", Some("TaskManagement")),
            ("TaskManagement", Some("TaskManagement")),
            ("other.asmx", None),
        ] {
            assert_eq!(service(file).map(|service| service.name), name, "{file}");
        }
    }
}
