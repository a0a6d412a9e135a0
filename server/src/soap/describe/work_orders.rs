//! Work orders, alone and with their tasks.

use campo_soap::description::{Enumeration, Field, Kind, Method, Record, Type};

use super::{by_http, data_fields, method, result, text};

pub(super) fn methods() -> Vec<Method> {
    let operation = || {
        Field::choice("operation", "Operations")
            .says("Qué hacer si existe o no", "What to do where it exists, or does not")
    };
    let with_tasks = || {
        vec![
            operation(),
            Field::record("workOrder", "WorkOrder").says("La orden de trabajo", "The work order"),
            Field::list("tasks", "ArrayOfTask", "Task", Kind::Of("Task")).says("Sus tareas", "Its tasks"),
            Field::record("options", "WorkOrderOptions")
                .says("Qué hacer con sus otras tareas", "What to do with its other tasks"),
        ]
    };
    let mut flat = vec![operation()];
    flat.extend(fields(false));
    vec![
        by_http(method(
            "CreateOrUpdateWorkOrder",
            "WorkOrderResult",
            text("Crea o modifica una orden de trabajo.", "Creates or changes a work order."),
            flat,
        )),
        method(
            "CreateOrUpdateDynamicWorkOrder",
            "WorkOrderResult",
            text(
                "Crea o modifica una orden de trabajo; cuenta sólo lo que lleva su indicador `…HasValue`.",
                "Creates or changes a work order; only that counts whose flag `…HasValue` is true.",
            ),
            vec![
                operation(),
                Field::record("workOrder", "DynamicWorkOrder").says("La orden", "The work order"),
            ],
        ),
        method(
            "CreateOrUpdateWorkOrderAndTasks",
            "WorkOrderResult",
            text(
                "Crea o modifica una orden de trabajo y sus tareas.",
                "Creates or changes a work order and its tasks.",
            ),
            with_tasks(),
        ),
        method(
            "CreateOrUpdateWorkOrderWithTasks",
            "WorkOrderResult",
            text(
                "Lo mismo que `CreateOrUpdateWorkOrderAndTasks`.",
                "The same as `CreateOrUpdateWorkOrderAndTasks`.",
            ),
            with_tasks(),
        ),
    ]
}

pub(super) fn types() -> Vec<Type> {
    let mut dynamic = fields(true);
    let flags: Vec<Field> = dynamic
        .iter()
        .filter(|field| !["WorkOrderNumber", "Status"].contains(&field.name.as_str()))
        .map(|field| Field::new(format!("{}HasValue", field.name), Kind::Boolean))
        .collect();
    dynamic.extend(flags);
    let record = |name, fields| Type::from(Record { name, says: text("", ""), fields });
    vec![
        Enumeration::counted(
            "WorkOrderStatus",
            &[
                "Draft",
                "New",
                "InProgress",
                "Suspended",
                "Closed",
                "Canceled",
                "NotDone",
                "ReadyForReview",
                "DontChange",
            ],
        )
        .says("El estado de una orden", "The status of a work order")
        .into(),
        Enumeration::counted("TasksNotInRequestOption", &["Leave", "Delete"])
            .says("Qué hacer con las tareas que no se envían", "What to do with tasks that are not sent")
            .into(),
        record("WorkOrderOptions", vec![Field::choice("TasksNotInRequestOption", "TasksNotInRequestOption")]),
        record("WorkOrder", fields(true)),
        record("DynamicWorkOrder", dynamic),
        record(
            "WorkOrderTask",
            vec![
                Field::choice("ResultCode", "ResultCodes")
                    .says("Qué resultó de la tarea", "What became of the task"),
                Field::new("TaskNumber", Kind::Long).says("Su número", "Its number"),
                Field::text("Message").says("Por qué no", "Why not"),
            ],
        ),
        result::with(
            "WorkOrderResult",
            vec![
                Field::new("WorkOrderNumber", Kind::Long)
                    .says("El número de la orden", "The number of the work order"),
                Field::list("Tasks", "ArrayOfWorkOrderTask", "WorkOrderTask", Kind::Of("WorkOrderTask"))
                    .says(
                        "Una por cada tarea enviada, en su orden",
                        "One for each task that was sent, in their order",
                    ),
            ],
        ),
    ]
}

/// The fields of a work order; as those of a record, or as parameters.
fn fields(of_record: bool) -> Vec<Field> {
    let name = |name: &str| {
        if of_record { name[..1].to_ascii_uppercase() + &name[1..] } else { name.to_owned() }
    };
    let mut fields = vec![
        Field::new(name("workOrderNumber"), Kind::Long).says(
            "El número de la orden; con 0 el servidor da uno",
            "The number of the work order; for 0 the server gives one",
        ),
        Field::choice(name("status"), "WorkOrderStatus").says("El estado", "The status"),
        Field::text(name("description")).says("Qué hay que hacer", "What is to be done"),
        Field::text(name("customerName")).says("El nombre del cliente", "The customer's name"),
        Field::text(name("address")).says("La dirección", "The address"),
        Field::text(name("customerNumber"))
            .says("El número del punto de interés", "The number of the point of interest"),
        Field::text(name("defaultEmployeeNumber"))
            .says("A quién van las tareas sin empleado", "Who gets the tasks that name nobody"),
        Field::text(name("startDate")).says("Inicio planificado", "Planned start"),
        Field::text(name("dueDate")).says("Fin planificado", "Planned end"),
        Field::text(name("workOrderTypeCode")).says("El tipo de orden", "The type of work order"),
        Field::text(name("distributionAreaNumber"))
            .says("El número del punto que es su área", "The number of the point that is its area"),
        Field::text(name("notes")).says("Notas", "Notes"),
    ];
    fields.extend(data_fields(&name("data"), 20));
    fields
}
