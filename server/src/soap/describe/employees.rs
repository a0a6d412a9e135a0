//! Employees, where they are, and what Campo does not have.

use campo_soap::description::{Enumeration, Field, Kind, Method, Record, Type};

use super::{by_http, method, numbers, result, text, texts};

pub(super) fn methods() -> Vec<Method> {
    let absent = |name, result, parameters| {
        method(
            name,
            result,
            text(
                "No disponible en Campo: responde `ModuleNotSet`.",
                "Not available in Campo: answers `ModuleNotSet`.",
            ),
            parameters,
        )
    };
    vec![
        by_http(method(
            "GetEmployeeList",
            "EmployeeListResult",
            text("Lista los empleados.", "Lists the employees."),
            vec![Field::choice("employeeStatus", "EmployeeStatus").says("En qué estado", "In which state")],
        )),
        by_http(method(
            "GetMobileDeviceCurrentLocation",
            "MobileDeviceCurrentLocationResult",
            text(
                "Muestra el último lugar conocido de un empleado, por su número o el de su teléfono.",
                "Shows the last known place of an employee, by number or by that of the phone.",
            ),
            vec![
                Field::text("mobileNumber").says("El número de su teléfono", "The number of the phone"),
                Field::text("employeeNumber").says("El número del empleado", "The number of the employee"),
                Field::text("vin").says("Sin efecto en Campo", "Without effect in Campo"),
                Field::new("autoSampleThreshold", Kind::Int).says(
                    "Sin efecto en Campo: un teléfono no se consulta",
                    "Without effect in Campo: a phone is not asked",
                ),
            ],
        )),
        by_http(method(
            "Geocode",
            "GeocodeResult",
            text(
                "Campo no busca direcciones: responde `ZeroResults`.",
                "Campo does not look addresses up: answers `ZeroResults`.",
            ),
            vec![Field::text("address").says("La dirección", "The address")],
        )),
        absent("InsertEmployeeRating", "ResultBase", {
            let mut fields = texts(&["employeeNumber", "timestamp"]);
            fields.push(Field::new("rating", Kind::Int));
            fields.push(Field::text("comment"));
            fields.extend(numbers(&["taskNumber", "workOrderNumber"], &Kind::Long));
            fields.extend(texts(&["surveyNumber", "reviewerName"]));
            fields.push(Field::choice("reviewerType", "ReviewerType"));
            fields
        }),
        by_http(absent(
            "GetServiceTimeList",
            "ServiceTimeListResult",
            texts(&["taskTypeCode", "distributionAreaNumber", "date"]),
        )),
        by_http(absent(
            "ReserveServiceTime",
            "ReservationResult",
            texts(&["taskTypeCode", "distributionAreaNumber", "startDateTime", "endDateTime"]),
        )),
        by_http(absent("CancelReservedServiceTime", "ResultBase", texts(&["reservationId"]))),
        absent("SetBidWinner", "ResultBase", texts(&["bidResourceGUID"])),
    ]
}

pub(super) fn types() -> Vec<Type> {
    let record = |name, fields| Type::from(Record { name, says: text("", ""), fields });
    vec![
        Enumeration::counted("EmployeeStatus", &["None", "Enabled", "Deleted", "All"])
            .says(
                "Qué estados; `None` y `Enabled` son los que están en uso",
                "Which states; `None` and `Enabled` are those in use",
            )
            .into(),
        Enumeration::counted("ReviewerType", &["None", "Customer", "Manager"]).into(),
        Enumeration::counted(
            "GeocodeResultCodes",
            &["OK", "ZeroResults", "InvalidUserNameOrPasswordOrIPAddress", "UnknownErrorHasOccurred"],
        )
        .into(),
        Enumeration::counted(
            "GeocodeLocationType",
            &["Rooftop", "RangeInterpolated", "GeometricCenter", "Approximate", "Unknown"],
        )
        .into(),
        record("GeocodePoint", vec![Field::new("X", Kind::Double), Field::new("Y", Kind::Double)]),
        record(
            "GeocodeLocation",
            vec![
                Field::record("Point", "GeocodePoint"),
                Field::choice("LocationType", "GeocodeLocationType"),
            ],
        ),
        record(
            "GeocodeResult",
            vec![
                Field::choice("ResultCode", "GeocodeResultCodes"),
                Field::new("ResultCodeAsInt", Kind::Int),
                Field::list(
                    "Locations",
                    "ArrayOfGeocodeLocation",
                    "GeocodeLocation",
                    Kind::Of("GeocodeLocation"),
                ),
            ],
        ),
        record("CodeAndName", texts(&["Name", "Code"])),
        record("EmployeeProfile", texts(&["Name", "Code", "Type"])),
        record("EmployeePointOfInterest", {
            let mut fields = texts(&["Name", "CustomerNumber"]);
            fields.push(Field::choice("PointOfInterestType", "PoiTypes"));
            fields.push(Field::new("HasValidities", Kind::Boolean));
            fields
        }),
        record("Employee", employee()),
        result::with(
            "EmployeeListResult",
            vec![
                Field::list("Result", "ArrayOfEmployee", "Employee", Kind::Of("Employee"))
                    .says("Los empleados", "The employees"),
            ],
        ),
        result::with(
            "MobileDeviceCurrentLocationResult",
            vec![
                Field::new("X", Kind::Double).says("Longitud en grados", "Longitude in degrees"),
                Field::new("Y", Kind::Double).says("Latitud en grados", "Latitude in degrees"),
                Field::text("TimeStamp").says("Cuándo estuvo allí", "When it was there"),
                Field::text("Address"),
                Field::new("TimeStampAge", Kind::Int).says("Hace cuántos segundos", "How many seconds ago"),
            ],
        ),
        record("ServiceTime", texts(&["StartDateTime", "EndDateTime"])),
        result::with(
            "ServiceTimeListResult",
            vec![Field::list("Result", "ArrayOfServiceTime", "ServiceTime", Kind::Of("ServiceTime"))],
        ),
        result::with("ReservationResult", vec![Field::text("ReservationId")]),
    ]
}

fn employee() -> Vec<Field> {
    let mut fields = texts(&["FirstName", "LastName", "Name", "EmployeeNum", "UniqueID"]);
    fields.extend(numbers(&["DriverID"], &Kind::Long));
    fields.push(Field::choice("Status", "EmployeeStatus"));
    fields.extend(texts(&[
        "MobileMsisdn",
        "GroupName",
        "Address",
        "TelephoneWork",
        "TelephoneHome",
        "TelephoneMobile",
        "Remarks",
        "Email",
    ]));
    let limits = [
        "MaxCapacity1",
        "MaxCapacity2",
        "MaxCapacity3",
        "MaxCapacity4",
        "MaxCapacity5",
        "FixedCost",
        "PerHourCost",
        "PerDistanceUnitCost",
    ];
    fields.extend(numbers(&limits, &Kind::Double));
    fields.extend(numbers(&["MonthlyWorkingMinutes", "DailyWorkingMinutes"], &Kind::Int));
    fields.extend(texts(&[
        "RouteOptimizationWorkingHours",
        "UILanguage",
        "LastEtsEntryTimeStamp",
        "LastEtsEntryType",
    ]));
    fields.extend([
        Field::record("Profile", "EmployeeProfile"),
        Field::list("Skills", "ArrayOfCodeAndName", "CodeAndName", Kind::Of("CodeAndName")),
        Field::text("Manager"),
        Field::new("ShowTasksForVehicle", Kind::Boolean),
        Field::list(
            "PointsOfInterest",
            "ArrayOfEmployeePointOfInterest",
            "EmployeePointOfInterest",
            Kind::Of("EmployeePointOfInterest"),
        ),
        Field::record("Group", "CodeAndName"),
    ]);
    fields
}
