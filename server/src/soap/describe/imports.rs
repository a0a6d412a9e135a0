//! Imports of files.

use campo_soap::description::{Enumeration, Field, Kind, Method, Record, Text, Type};

use super::{method, text, texts};

/// The fields of points of interest that a mapping names.
pub(in crate::soap) const POI_COLUMNS: &[&str] = &[
    "Categories",
    "City",
    "CustomerNumber",
    "Fax",
    "HouseNum",
    "Name",
    "Phone1",
    "Phone2",
    "State",
    "Street",
    "X",
    "Y",
    "Zip",
    "ParentPoi",
    "Email",
    "IsParent",
];
/// The days of the week, which a mapping names.
pub(in crate::soap) const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

pub(super) fn methods() -> Vec<Method> {
    let guid = || {
        vec![
            Field::text("importGuid")
                .says("El identificador que dio la importación", "The id that the import gave"),
        ]
    };
    vec![
        with_request(
            "ImportPointsOfInterest",
            "ImportPointsOfInterestRequest",
            "ImportResult",
            text(
                "Importa puntos de interés de un archivo, con las columnas que dice `ColumnMapping`.",
                "Imports points of interest from a file, by the columns that `ColumnMapping` names.",
            ),
        ),
        with_request(
            "DeletePointsOfInterest",
            "DeletePointsOfInterestRequest",
            "DeletePointsOfInterestResult",
            text(
                "Quita los puntos de interés cuyos números están en un archivo.",
                "Takes out of use the points of interest whose numbers stand in a file.",
            ),
        ),
        with_request(
            "ImportGroups",
            "ImportGroupsRequest",
            "ImportResult",
            text("Importa grupos de un archivo.", "Imports groups from a file."),
        ),
        Method {
            parameters: vec![Field::record("Request", "ImportFormDataTableRequest")],
            ..with_request(
                "ImportFormDataTable",
                "ImportFormDataTableRequest",
                "ImportResult",
                text(
                    "Importa una tabla de datos de formularios; sus columnas son `Code` y `Name`, otras se guardan con su nombre.",
                    "Imports a table of data of forms; its columns are `Code` and `Name`, others are kept under their names.",
                ),
            )
        },
        with_request(
            "ImportNonWorkingDays",
            "ImportNonWorkingDaysRequest",
            "ImportResult",
            text(
                "Importa días no laborables de un archivo, con las columnas que dice `ColumnMapping`: días completos, de una hora a otra o cada semana.",
                "Imports non-working days from a file, by the columns that `ColumnMapping` names: whole days, from one time to another, or every week.",
            ),
        ),
        method(
            "AsyncImportResult",
            "AsyncImportStatus",
            text("Muestra cómo va una importación.", "Shows how an import goes."),
            guid(),
        ),
        method(
            "AbortAsyncImport",
            "ResultBase",
            text("Detiene una importación.", "Stops an import."),
            guid(),
        ),
    ]
}

fn with_request(name: &'static str, request: &'static str, result: &'static str, says: Text) -> Method {
    Method {
        name,
        says,
        parameters: vec![Field::record("request", request).says("La solicitud", "The request")],
        result: Some(Field::record(format!("{name}Result"), result)),
        http: false,
    }
}

#[expect(clippy::too_many_lines, reason = "a table of types, read from top to bottom")]
pub(super) fn types() -> Vec<Type> {
    let mut types = enumerations();
    types.extend([
        record(
            "DataSource",
            vec![
                Field::new("Data", Kind::Base64).says("El archivo", "The file"),
                Field::text("DataString").says("El archivo como texto", "The file as text"),
                Field::choice("DataFormat", "DataFormats").says("Su formato", "Its format"),
                Field::new("FirstRowHasColumnNames", Kind::Boolean)
                    .says("La primera fila tiene los títulos", "The first row has the headings"),
                Field::text("FileName").says("Su nombre", "Its name"),
            ],
        ),
        record("PoiColumnMapping", {
            let mut fields = texts(POI_COLUMNS);
            fields.extend((1..=30).map(|number| Field::text(format!("Data{number}"))));
            fields
        }),
        record("CodeColumnMapping", texts(&["Code", "Name"])),
        record("CustomerNumberColumnMapping", texts(&["CustomerNumber"])),
        record("NonWorkingDaysColumnMapping", {
            let mut fields = texts(&[
                "Code",
                "Description",
                "WholeCompany",
                "Group",
                "Employee",
                "Vehicle",
                "ScheduleType",
                "FromDateTime",
                "ToDateTime",
                "FromDate",
                "ToDate",
                "FromTime",
                "ToTime",
            ]);
            fields.extend(texts(&DAYS));
            fields.push(Field::text("Notes"));
            fields
        }),
        record(
            "UnlistedPoiHandling",
            vec![
                Field::choice("Method", "UnlistedPoiMethods"),
                Field::text("MoveToParentId"),
                Field::text("ParentPoi"),
            ],
        ),
        record(
            "ImportPoiOptions",
            vec![
                Field::new("UsePartialResolvedAddresses", Kind::Boolean),
                Field::new("AllowPoiUpdate", Kind::Boolean)
                    .says("Modificar los que existen", "Change those that exist"),
                Field::choice("PoiType", "PoiTypes").says("Qué son los nuevos", "What new ones are"),
                Field::choice("TargetParentOption", "TargetParentOptions"),
                Field::text("TargetParent"),
            ],
        ),
        record("ImportGroupsOptions", vec![Field::choice("UnlistedGroupHandling", "UnlistedHandling")]),
        record(
            "ImportFormDataTableOptions",
            vec![Field::choice("ItemsNotInFileOption", "ItemsNotInFileOption")],
        ),
        record("ImportNonWorkingDaysOptions", {
            let mut fields = vec![
                Field::choice("UnlistedNonWorkingDaysHandling", "UnlistedHandling"),
                Field::new("AllowNonWorkingDayUpdate", Kind::Boolean),
            ];
            fields.extend(texts(&["DateTimeFormat", "DateFormat", "TimeFormat", "ImportScheduleType"]));
            fields
        }),
        request(
            "ImportPointsOfInterestRequest",
            vec![
                Field::record("ColumnMapping", "PoiColumnMapping"),
                Field::record("UnlistedPoiHandling", "UnlistedPoiHandling"),
                Field::record("Options", "ImportPoiOptions"),
            ],
        ),
        request(
            "DeletePointsOfInterestRequest",
            vec![Field::record("ColumnMapping", "CustomerNumberColumnMapping")],
        ),
        request(
            "ImportGroupsRequest",
            vec![
                Field::record("ColumnMapping", "CodeColumnMapping"),
                Field::record("Options", "ImportGroupsOptions"),
            ],
        ),
        request(
            "ImportFormDataTableRequest",
            vec![
                Field::text("Code").says("El código de la tabla", "The code of the table"),
                Field::text("Name").says("El nombre de la tabla", "The name of the table"),
                Field::record("Options", "ImportFormDataTableOptions"),
            ],
        ),
        request(
            "ImportNonWorkingDaysRequest",
            vec![
                Field::record("ColumnMapping", "NonWorkingDaysColumnMapping"),
                Field::record("Options", "ImportNonWorkingDaysOptions"),
            ],
        ),
        record(
            "ImportResult",
            vec![
                Field::choice("ReturnValue", "ImportReturnValues").says("Qué resultó", "What became of it"),
                Field::new("RowsImported", Kind::Int).says("Filas importadas", "Rows imported"),
                Field::new("RowsRead", Kind::Int).says("Filas leídas", "Rows read"),
                Field::new("Data", Kind::Base64)
                    .says("Las filas rechazadas, con la causa", "The rows that were refused, with the cause"),
                Field::text("DataString"),
                Field::choice("DataFormat", "DataFormats"),
                Field::list("ResultMessages", "ArrayOfString", "string", Kind::Text)
                    .says("Frases que explican", "Sentences that explain"),
                Field::text("ImportGuid").says("Para `AsyncImportResult`", "For `AsyncImportResult`"),
            ],
        ),
        record(
            "DeletePointsOfInterestResult",
            vec![
                Field::choice("ReturnValue", "ImportReturnValues").says("Qué resultó", "What became of it"),
                Field::new("RowsDeleted", Kind::Int),
                Field::new("RowsRead", Kind::Int),
                Field::new("Data", Kind::Base64),
                Field::text("DataString"),
                Field::choice("DataFormat", "DataFormats"),
                Field::list("ResultMessages", "ArrayOfString", "string", Kind::Text),
            ],
        ),
        record(
            "AsyncImportStatus",
            vec![
                Field::choice("ReturnValue", "ImportReturnValues"),
                Field::choice("ImportStatus", "ImportStatuses").nillable(),
                Field::choice("ImportSubStatus", "ImportSubStatuses").nillable(),
                Field::new("RowsImportedCount", Kind::Int).nillable(),
                Field::new("ErrorsCount", Kind::Int).nillable(),
                Field::new("MinorEtaSeconds", Kind::Int).nillable(),
                Field::new("WarningsCount", Kind::Int).nillable(),
                Field::new("Data", Kind::Base64),
                Field::text("DataString"),
                Field::choice("DataFormat", "DataFormats").nillable(),
            ],
        ),
    ]);
    types
}

fn request(name: &'static str, fields: Vec<Field>) -> Type {
    let mut all = vec![
        Field::text("UserName").says("El usuario de la clave de sistema", "The log-in of the key"),
        Field::text("Password").says("Su contraseña", "Its password"),
        Field::record("DataSource", "DataSource").says("El archivo", "The file"),
    ];
    all.extend(fields);
    record(name, all)
}

fn record(name: &'static str, fields: Vec<Field>) -> Type {
    Record { name, says: text("", ""), fields }.into()
}

fn enumerations() -> Vec<Type> {
    [
        (
            "DataFormats",
            &[
                "Xls",
                "Xlsx",
                "Ods",
                "CsvCommaDelimited_Ansi",
                "CsvCommaDelimited_Utf8",
                "CsvSemicolonDelimited_Ansi",
                "CsvSemicolonDelimited_Utf8",
                "CsvTabDelimited_Ansi",
                "CsvTabDelimited_Utf8",
                "AutoDetect",
                "Xml",
            ][..],
        ),
        ("UnlistedPoiMethods", &["DoNotChange", "Delete", "MoveToParent"]),
        ("TargetParentOptions", &["ByColumn", "ByName"]),
        ("UnlistedHandling", &["DoNotChange", "Delete"]),
        ("ItemsNotInFileOption", &["Leave", "Delete"]),
        (
            "ImportReturnValues",
            &[
                "OK",
                "InvalidUserNameOrPasswordOrIPAddress",
                "InvalidRequest",
                "InvalidDataFile",
                "InvalidColumnMapping",
                "SomeRowsSkipped",
                "RequiredDataIsMissing",
                "MappingAttributeMissing",
                "ValidationError",
                "ImportGuidNotFound",
                "UnknownErrorHasoccurred",
            ],
        ),
        ("ImportStatuses", &["Queued", "Starting", "InProgress", "Done", "Aborted", "StoppedUnexpectedly"]),
        (
            "ImportSubStatuses",
            &[
                "Done_NoErrors",
                "Done_UnableToLoadFile",
                "Done_RequiredColumnMappingIsMissing",
                "Done_WithErrorsInRows",
                "Done_RequiredDataIsMissing",
            ],
        ),
    ]
    .into_iter()
    .map(|(name, values)| Enumeration::counted(name, values).into())
    .collect()
}
