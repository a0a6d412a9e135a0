//! Tasks.

use campo_protocol::task::status::Status;
use campo_soap::description::{Enumeration, Field, Kind, Method, Record, Text, Type};

use super::{by_http, data_fields, method, numbers, result, text, texts};

/// How many fields `Data1`… a task has in the first version of the service.
const DATA: usize = 30;
/// The fields of a task that always count, whatever flags say.
const WITHOUT_FLAG: [&str; 3] = ["TaskNumber", "Status", "Options"];

pub(super) fn methods() -> Vec<Method> {
    let number =
        || Field::new("taskNumber", Kind::Long).says("El número de la tarea", "The number of the task");
    let mut service_time = vec![
        number(),
        Field::text("startTimeWindow").says("El nuevo inicio planificado", "The new planned start"),
        Field::text("endTimeWindow").says("El nuevo fin planificado", "The new planned end"),
    ];
    service_time.extend(data_fields("data", DATA));
    vec![
        method(
            "CreateOrUpdateTask",
            "TaskNumberResult",
            text(
                "Crea una tarea o modifica la que tiene ese número. De una tarea que existe cambia sólo lo que lleva su indicador `…HasValue`.",
                "Creates a task or changes the one with that number. Of a task that exists only that changes whose flag `…HasValue` is true.",
            ),
            vec![
                Field::choice("operation", "Operations")
                    .says("Qué hacer si existe o no", "What to do where it exists, or does not"),
                Field::record("task", "DynamicTask").says("La tarea", "The task"),
            ],
        ),
        by_http(method(
            "GetTaskDetails",
            "TaskDetailsResult",
            text(
                "Muestra una tarea con su estado y a quién está asignada.",
                "Shows a task with its status and who has it.",
            ),
            vec![number()],
        )),
        by_http(method(
            "UpdateTaskServiceTime",
            "ResultBase",
            text(
                "Cambia el horario planificado de una tarea, y sus campos `Data` no vacíos.",
                "Changes the planned time of a task, and its fields `Data` that are not empty.",
            ),
            service_time,
        )),
        by_http(method(
            "AddTaskAuditNote",
            "ResultBase",
            text("Agrega una nota al historial de una tarea.", "Adds a note to the history of a task."),
            vec![number(), Field::text("note").says("La nota", "The note")],
        )),
        by_http(method(
            "GetTaskTypeList",
            "TaskTypeListResult",
            text("Lista los tipos de tarea en uso.", "Lists the types of task in use."),
            Vec::new(),
        )),
        by_http(method(
            "GetTaskType",
            "TaskTypeResult",
            text("Muestra un tipo de tarea.", "Shows a type of task."),
            vec![Field::text("code").says("Su código", "Its code")],
        )),
    ]
}

pub(super) fn types() -> Vec<Type> {
    let mut types = enumerations();
    let fields = task_fields();
    let mut dynamic = fields.clone();
    let flagged = fields.iter().filter(|field| !WITHOUT_FLAG.contains(&field.name.as_str()));
    dynamic.extend(flagged.map(|field| Field::new(format!("{}HasValue", field.name), Kind::Boolean)));
    types.extend([
        record("TaskLocation", "El lugar de una tarea", "The place of a task", location()),
        record(
            "GeocodeAddress",
            "Una dirección por ubicar; se guarda tal cual",
            "An address to be found; kept as it is",
            texts(&["State", "City", "Street", "HouseNumber", "Zip", "UseIfPartiallyResolved"]),
        ),
        Enumeration::counted("TaskExternalFileAccessType", &["DirectAccess", "ServerProxied", "File"]).into(),
        Enumeration::counted("TaskExternalFileFlags", &["None", "AllowViewBySiteUser"]).into(),
        record(
            "TaskExternalFile",
            "Un archivo ajeno de una tarea",
            "A file elsewhere that belongs to a task",
            {
                let mut fields = texts(&["Id", "Name", "Url", "Date"]);
                fields.push(Field::choice("AccessType", "TaskExternalFileAccessType"));
                fields.push(Field::choice("Flags", "TaskExternalFileFlags"));
                fields
            },
        ),
        record("Task", "Una tarea", "A task", fields),
        record(
            "DynamicTask",
            "Una tarea, con un indicador por campo: sólo cuenta lo que lleva el suyo en `true`",
            "A task, with a flag for each field: only that counts whose flag is true",
            dynamic,
        ),
        record("TaskType", "Un tipo de tarea", "A type of task", task_type()),
        record("TaskDetails", "Una tarea como está", "A task as it is", details()),
        result::with(
            "TaskNumberResult",
            vec![
                Field::new("TaskNumber", Kind::Long).says("El número de la tarea", "The number of the task"),
            ],
        ),
        result::with(
            "TaskDetailsResult",
            vec![Field::record("task", "TaskDetails").says("La tarea", "The task")],
        ),
        result::with(
            "TaskTypeListResult",
            vec![
                Field::list("Result", "ArrayOfTaskType", "TaskType", Kind::Of("TaskType"))
                    .says("Los tipos", "The types"),
            ],
        ),
        result::with("TaskTypeResult", vec![Field::record("Result", "TaskType").says("El tipo", "The type")]),
    ]);
    types
}

/// The types of the document of the first generation.
pub(super) fn types_of_document() -> Vec<Type> {
    let mut types = enumerations();
    let mut fields = texts(&["UserName", "Password"]);
    fields.extend([
        Field::choice("Operation", "Operations").says(
            "Qué hacer si existe o no; `AutoSelect` si falta",
            "What to do where it exists, or does not; `AutoSelect` where it is missing",
        ),
        Field::text("DueDateAsYYYYMMDDHHMMSS").says(
            "Fin planificado, 14 dígitos en la zona horaria de la cuenta",
            "Planned end, 14 digits in the time zone of the account",
        ),
        Field::text("StartDate").says("Inicio planificado", "Planned start"),
        Field::text("DueDate").says("Fin planificado, en otro formato", "Planned end, in another format"),
    ]);
    // The same names as in the second generation, but for the place
    fields.extend(task_fields().into_iter().filter(|field| field.name != "Location"));
    fields.push(Field::record("Location", "DocumentLocation").says("El lugar", "The place"));
    types.extend([
        record(
            "GeocodeAddress",
            "",
            "",
            texts(&["State", "City", "Street", "HouseNumber", "Zip", "UseIfPartiallyResolved"]),
        ),
        Enumeration::counted("TaskExternalFileAccessType", &["DirectAccess", "ServerProxied", "File"]).into(),
        Enumeration::counted("TaskExternalFileFlags", &["None", "AllowViewBySiteUser"]).into(),
        record("TaskExternalFile", "", "", texts(&["Id", "Name", "Url", "Date", "AccessType", "Flags"])),
        record(
            "DocumentLocation",
            "El lugar de una tarea",
            "The place of a task",
            vec![
                Field::new("East", Kind::Double).says("Longitud en grados", "Longitude in degrees"),
                Field::new("North", Kind::Double).says("Latitud en grados", "Latitude in degrees"),
                Field::text("Address").says("La dirección", "The address"),
            ],
        ),
        record(
            "CreateOrUpdateTaskRequest",
            "El documento de `CreateOrUpdateTask`",
            "The document of `CreateOrUpdateTask`",
            fields,
        ),
    ]);
    types
}

fn enumerations() -> Vec<Type> {
    let statuses = Status::ALL.iter().map(|status| (status.office_track_name(), status.office_track_bit()));
    let mut values: Vec<_> = statuses.collect();
    values.push(("DontChange", 0));
    vec![
        Enumeration::counted("Operations", &["Create", "Update", "AutoSelect"])
            .says("Qué hacer si existe o no", "What to do where it exists, or does not")
            .into(),
        Enumeration {
            name: "TaskStatus",
            says: text(
                "El estado de una tarea; `DontChange` lo deja como está",
                "The status of a task; `DontChange` leaves it as it is",
            ),
            values,
            several: false,
        }
        .into(),
        Enumeration::counted(
            "TaskOptions",
            &[
                "None",
                "SendNotificationToMobile",
                "SendNotificationToMobileDontChangeTaskStatus",
                "AutoAssignUnassignedTasksByTaskLocation",
                "AutoAssignDistributionAreaByTaskLocation",
                "AutoAssignDistributionAreaByCustomerNumberParent",
                "AutoAssignDistributionAreaWithServiceTimeFrameByCustomerNumberParent",
                "AutoPopulateCustomDataFields",
                "MaskSendAnyNotificationToMobile",
            ],
        )
        .several()
        .says(
            "Opciones separadas por espacios. `SendNotificationToMobile` hace de `NewTask` `SmsSent`; las de asignación automática no tienen efecto en Campo",
            "Options between blanks. `SendNotificationToMobile` makes `SmsSent` of `NewTask`; those of automatic assignment have no effect in Campo",
        )
        .into(),
        Enumeration::counted("TaskPriorities", &["NotSet", "Lowest", "Low", "Normal", "High", "Highest", "Urgent"])
            .says("La prioridad", "The priority")
            .into(),
    ]
}

fn record(name: &'static str, es: &'static str, en: &'static str, fields: Vec<Field>) -> Type {
    Record { name, says: Text { es, en }, fields }.into()
}

fn location() -> Vec<Field> {
    vec![
        Field::new("X", Kind::Double).says("Longitud en grados", "Longitude in degrees"),
        Field::new("Y", Kind::Double).says("Latitud en grados", "Latitude in degrees"),
        Field::text("Address").says("La dirección", "The address"),
    ]
}

/// The fields of `Task`, in the order of its schema, those of later versions last.
fn task_fields() -> Vec<Field> {
    let mut fields = vec![
        Field::new("TaskNumber", Kind::Long).says(
            "El número de la tarea; con 0 el servidor da uno y lo devuelve",
            "The number of the task; for 0 the server gives one and returns it",
        ),
        Field::new("WorkOrderNumber", Kind::Long).nillable().says("La orden de trabajo", "The work order"),
        Field::text("CustomerNumber")
            .says("El número del punto de interés", "The number of the point of interest"),
        Field::text("DistributionAreaNumber").says("Se guarda tal cual", "Kept as it is"),
        Field::text("EmployeeNumber").says("A quién se asigna; vacío, a nadie", "Who gets it; empty, nobody"),
        Field::text("TimeSlotReservationId").says("Se guarda tal cual", "Kept as it is"),
        Field::text("VIN").says("Se guarda tal cual", "Kept as it is"),
        Field::text("DueDateTime").says("Fin planificado", "Planned end"),
        Field::new("Duration", Kind::Double).nillable().says("Duración en horas", "Duration in hours"),
        Field::text("TaskTypeCode").says("El código del tipo de tarea", "The code of the type of task"),
        Field::text("Notes").says("Notas para el trabajador", "Notes for the worker"),
        Field::text("Description").says("Qué hay que hacer", "What is to be done"),
        Field::choice("Status", "TaskStatus").says("El estado", "The status"),
        Field::text("Phone1").says("Teléfono", "Telephone"),
        Field::text("Phone2").says("Otro teléfono", "Another telephone"),
        Field::text("ContractorCode").says("Se guarda tal cual", "Kept as it is"),
        Field::text("ContactName").says("Por quién preguntar", "Whom to ask for"),
        Field::text("CustomerName").says("El nombre del cliente", "The customer's name"),
        Field::text("Categories").says("Categorías", "Categories"),
        Field::text("Email").says("Correo electrónico", "E-mail"),
        Field::record("Location", "TaskLocation").says("El lugar", "The place"),
        Field::record("GeocodeAddress", "GeocodeAddress").says("Se guarda tal cual", "Kept as it is"),
    ];
    fields.extend(data_fields("Data", DATA));
    fields.extend(texts(&["HiddenData1", "ExternalCreationDate"]));
    fields.push(Field::choice("Options", "TaskOptions").says("Opciones", "Options"));
    fields.extend(texts(&[
        "AdditionalInfoXml",
        "LimitCatalogCategoriesSelectionToCodes",
        "LimitCatalogItemsSelectionToCatalogNumbers",
    ]));
    fields.push(Field::new("MaximalRadiusForEntries", Kind::Float).nillable().says(
        "A qué distancia del lugar se esperan las entradas, en kilómetros",
        "How far from the place entries are expected, in kilometres",
    ));
    fields.push(
        Field::text("ProhibitEntriesOutsideRadius")
            .says("`1` impide entradas fuera del radio", "`1` blocks entries outside the radius"),
    );
    fields.extend(texts(&[
        "UseQuantityOnlyCatalogItemEntryForm",
        "DoNotShowRefreshMessageInMobile",
        "QuantityOnlyFormShowOnlyCatalogNumber",
        "AllowSelectionOfPrivateCatalogItemsRegardlessOfTaskLimitations",
    ]));
    fields.extend(numbers(&["AggregateNumber"], &Kind::Long));
    fields.extend(numbers(&["OrderInAggregate"], &Kind::Byte));
    fields.extend(numbers(&["Capacity1", "Capacity2", "Capacity3", "Capacity4", "Capacity5"], &Kind::Float));
    fields.extend(texts(&["TimeWindows"]));
    fields.extend(numbers(&["TimeWindowPriority"], &Kind::Byte));
    fields.extend(numbers(&["ServiceTime", "JointServiceTime", "OrderInRoute"], &Kind::Short));
    fields.push(Field::list(
        "ExternalFiles",
        "ArrayOfTaskExternalFile",
        "TaskExternalFile",
        Kind::Of("TaskExternalFile"),
    ));
    fields.push(Field::choice("Priority", "TaskPriorities").nillable().says("La prioridad", "The priority"));
    fields.extend(texts(&["UpdateTaskItemsDefaultQuantity", "TaskCannotBeIncludedInBulkEntry"]));
    fields.push(Field::text("StartDateTime").says("Inicio planificado", "Planned start"));
    fields.extend((31..=40).map(|number| {
        Field::text(format!("Data{number}")).says("Campo propio del cliente", "A field of the customer's own")
    }));
    fields.extend([
        Field::new("TaskWithoutDates", Kind::Boolean)
            .nillable()
            .says("Se hace cuando haya tiempo", "It is done whenever there is time"),
        Field::text("TimeZone")
            .says("La zona horaria (IANA) de sus fechas", "The time zone (IANA) of its dates"),
        Field::text("CatalogItemNames"),
        Field::text("CatalogCategory"),
        Field::list("TaskItems", "ArrayOfString", "string", Kind::Text),
        Field::text("AdditionalContractorCode"),
    ]);
    fields
}

fn details() -> Vec<Field> {
    const DROPPED: [&str; 5] = ["Options", "Duration", "ContractorCode", "GeocodeAddress", "ExternalFiles"];
    let mut fields: Vec<Field> =
        task_fields().into_iter().filter(|field| !DROPPED.contains(&field.name.as_str())).collect();
    // A status is always known here, and the priority too
    fields.extend([
        Field::text("CreationDateTime").says("Cuándo se creó", "When it was created"),
        Field::new("RowVersion", Kind::Long).says("Sube con cada cambio", "Rises with each change"),
        Field::record("TaskType", "TaskType").says("El tipo de tarea", "The type of task"),
    ]);
    fields
}

fn task_type() -> Vec<Field> {
    let mut fields = vec![
        Field::text("Name").says("El nombre", "The name"),
        Field::text("Code").says("El código", "The code"),
        Field::new("PlannedTimeInMinutes", Kind::Int)
            .nillable()
            .says("Duración prevista", "Planned duration"),
    ];
    fields.extend((1..=10).map(|number| {
        Field::text(format!("Data{number}"))
            .says("Cómo llama la cuenta a ese campo", "What the account calls that field")
    }));
    fields.push(Field::choice("Priority", "TaskPriorities").nillable().says("La prioridad", "The priority"));
    fields
}
