//! Points of interest.

use campo_soap::description::{Enumeration, Field, Kind, Method, Record, Type};

use super::{by_http, data_fields, method, result, text};

#[expect(clippy::too_many_lines, reason = "a table of methods, read from top to bottom")]
pub(super) fn methods() -> Vec<Method> {
    let number = || Field::text("customerNumber").says("El número del punto", "The number of the point");
    let employee =
        || Field::text("employeeNumber").says("El número del empleado", "The number of the employee");
    let options = || {
        Field::choice("options", "PoiForEmployeeOptions")
            .says("`Recursive`: también lo que está debajo", "`Recursive`: what stands below it too")
    };
    let mut save = vec![
        Field::choice("operation", "Operations")
            .says("Qué hacer si existe o no", "What to do where it exists, or does not"),
        Field::text("name").says("El nombre", "The name"),
        Field::text("street").says("La calle", "The street"),
        Field::text("houseNum").says("El número de la casa", "The number of the house"),
        Field::text("city").says("La ciudad", "The city"),
        Field::text("state").says("La región", "The state"),
        Field::text("zip").says("El código postal", "The postal code"),
        Field::new("y", Kind::Double).nillable().says("Latitud en grados", "Latitude in degrees"),
        Field::new("x", Kind::Double).nillable().says("Longitud en grados", "Longitude in degrees"),
        Field::text("phone1").says("Teléfono", "Telephone"),
        Field::text("phone2").says("Otro teléfono", "Another telephone"),
        Field::text("fax").says("Fax", "Fax"),
        Field::choice("type", "PoiTypes").says("Qué es", "What it is"),
        number(),
        Field::text("parentPoi").says(
            "El punto del que depende, por su número o su nombre",
            "The point above it, by its number or its name",
        ),
        Field::text("categories").says("Categorías", "Categories"),
        Field::text("pointData").says("Se guarda tal cual", "Kept as it is"),
        Field::text("email").says("Correo electrónico", "E-mail"),
    ];
    save.extend(data_fields("data", 30));
    save.push(Field::text("isParent").says("Otros pueden depender de él", "Others may stand below it"));
    vec![
        method(
            "InsertOrUpdatePointOfInterest",
            "ResultBase",
            text(
                "Crea un punto de interés o modifica el que tiene ese número. Lo que no se envía queda como está.",
                "Creates a point of interest or changes the one with that number. What is not sent stays as it is.",
            ),
            save,
        ),
        by_http(method(
            "DeletePointOfInterest",
            "ResultBase",
            text("Quita un punto de interés.", "Takes a point of interest out of use."),
            vec![number()],
        )),
        by_http(method(
            "InsertPointOfInterestForEmployee",
            "ResultBase",
            text(
                "Pone un punto en los teléfonos de un empleado.",
                "Puts a point on the phones of an employee.",
            ),
            vec![number(), employee(), options()],
        )),
        by_http(method(
            "DeletePointOfInterestForEmployee",
            "ResultBase",
            text(
                "Quita un punto de los teléfonos de un empleado.",
                "Takes a point from the phones of an employee.",
            ),
            vec![number(), employee(), options()],
        )),
        by_http(method(
            "GetPointOfInterestList",
            "PointOfInterestListResult",
            text("Lista los puntos de interés.", "Lists the points of interest."),
            vec![
                Field::choice("statusMask", "StatusMask").says("En qué estado", "In which state"),
                Field::choice("typeMask", "PoiTypeMask").says("De qué tipo", "Of which type"),
            ],
        )),
        by_http(method(
            "GetPointOfInterestListIncludePoint",
            "PointOfInterestListResult",
            text("Lista las áreas que contienen un lugar.", "Lists the areas that contain a place."),
            vec![
                Field::choice("typeMask", "PoiTypeMask").says("De qué tipo", "Of which type"),
                Field::new("x", Kind::Double).says("Longitud en grados", "Longitude in degrees"),
                Field::new("y", Kind::Double).says("Latitud en grados", "Latitude in degrees"),
            ],
        )),
    ]
}

pub(super) fn types() -> Vec<Type> {
    vec![
        Enumeration::counted(
            "PoiTypes",
            &["POI", "Customer", "Polygon", "DistributionCenter", "DistributionArea"],
        )
        .several()
        .says("Qué es un punto, separado por espacios", "What a point is, between blanks")
        .into(),
        Enumeration::counted(
            "PoiTypeMask",
            &[
                "POI",
                "Customer",
                "Polygon",
                "DistributionCenter",
                "DistributionArea",
                "All",
                "AllExceptPolygon",
                "AllPolygons",
                "DistributionTypeMask",
            ],
        )
        .several()
        .says("Qué tipos, separados por espacios", "Which types, between blanks")
        .into(),
        Enumeration::counted("StatusMask", &["Enabled", "Deleted", "All"])
            .says("Qué estados", "Which states")
            .into(),
        Enumeration::counted("PoiForEmployeeOptions", &["None", "Recursive"])
            .says("Opciones", "Options")
            .into(),
        Record {
            name: "PointOfInterest",
            says: text("Un punto de interés", "A point of interest"),
            fields: shown(),
        }
        .into(),
        result::with(
            "PointOfInterestListResult",
            vec![
                Field::list(
                    "Result",
                    "ArrayOfPointOfInterest",
                    "PointOfInterest",
                    Kind::Of("PointOfInterest"),
                )
                .says("Los puntos", "The points"),
            ],
        ),
    ]
}

fn shown() -> Vec<Field> {
    let mut fields = super::texts(&["Name", "Street", "HouseNum", "City", "State", "Zip"]);
    fields.push(Field::new("Y", Kind::Double).nillable().says("Latitud en grados", "Latitude in degrees"));
    fields.push(Field::new("X", Kind::Double).nillable().says("Longitud en grados", "Longitude in degrees"));
    fields.extend(super::texts(&["Phone1", "Phone2", "Fax"]));
    fields.push(Field::choice("Type", "PoiTypes").says("Qué es", "What it is"));
    fields.extend(super::texts(&["CustomerNumber", "ParentPoi", "Categories", "PointData", "Email"]));
    fields.extend(data_fields("Data", 30));
    fields.extend([
        Field::new("IsParent", Kind::Boolean),
        Field::list("TypeArray", "ArrayOfString", "string", Kind::Text)
            .says("Lo mismo como lista", "The same as a list"),
        Field::choice("Status", "StatusMask").says("Si está en uso", "Whether it is in use"),
        Field::text("LayerName"),
        Field::new("CreationDateUtc", Kind::DateTime).says("Cuándo se creó", "When it was created"),
        Field::new("ModificationDateUtc", Kind::DateTime)
            .nillable()
            .says("Cuándo cambió", "When it was changed"),
    ]);
    fields
}
