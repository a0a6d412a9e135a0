//! What every method answers: a code, its number, and sentences.

use campo_soap::description::{Enumeration, Field, Kind, Record, Type};

use super::text;

macro_rules! codes {
    ($($name:ident,)*) => {
        /// What became of a call, in the order of the schema. `Ok` is 0; the others are numbered in order, since what
        /// OfficeTrack numbers them is not known.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::soap) enum ResultCode { $($name,)* }

        impl ResultCode {
            /// Every code, in the order of the schema.
            pub(in crate::soap) const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name on the wire.
            pub(in crate::soap) const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

codes! {
    OK, OKSomeErrorsEncountered, OKWithWarnings, InvalidUserNameOrPasswordOrIPAddress, ItemNotFound, ValidationError,
    RequiredDataIsMissing, CouldNotResolveAddress, TaskTypeNotFound, DistributionAreaNotFound, EmployeeNumberNotFound,
    CustomerNumberNotFound, WorkOrderNumberNotFound, WorkOrderNumberAlreadyExists, WorkOrderTypeNotFound,
    CannotDeleteTask, TaskNumberNotFound, TaskNumberAlreadyExists, TaskCreatedWithoutLocationAddressNotFound,
    TaskCreatedWithoutLocationNoPermissionToGeocode, VinNotFound, InvalidStartOrDueDate, InvalidDateFormat,
    DateTimeOver, PoiCreatedWithoutParentPoiParentNotFound, ReservationIdNotFound, ServiceTimeFrameTypeNotFound,
    PointOfInterestForEmployeeNotFound, TimeZoneNotFound, TooMuchDataToProcess, ServiceTimeWindowNotFound,
    BidWinnerCannotBeSetBidIsClosed, BidWinnerCannotBeSetBidIsCanceled, BidWinnerCannotBeSetBidIsExpired,
    BidWinnerCannotBeSet, ModuleNotSet, ContractorCodeNotFound, ImportGuidNotFound, OperationNotAllowed,
    OKMobileDeviceQueuedForSampling, InvalidMobileNumber, MobileDevicePositionIsUnknownQueuedForSampling,
    MobileDevicePositionIsUnknown, UnknownErrorHasOccurred,
}

/// A result with `fields` behind those that each has.
pub(super) fn with(name: &'static str, fields: Vec<Field>) -> Type {
    let mut all = vec![
        Field::choice("ResultCode", "ResultCodes").says(
            "Qué resultó; `OK` es éxito",
            "What became of it; `OK` is success",
        ),
        Field::new("ResultCodeAsInt", Kind::Int).says("Lo mismo como número; 0 es éxito", "The same as a number; 0 is success"),
        Field::list("ResultMessages", "ArrayOfString", "string", Kind::Text).says(
            "Frases que explican: qué campo, qué se encontró, qué se esperaba; también avisos de una llamada exitosa",
            "Sentences that explain: which field, what was found, what was expected; also remarks on a call that went well",
        ),
    ];
    all.extend(fields);
    Record { name, says: text("Resultado", "Result"), fields: all }.into()
}

/// The types of results.
pub(super) fn types() -> Vec<Type> {
    let mut types = enumerations();
    types.push(with("ResultBase", Vec::new()));
    types
}

/// The codes alone.
pub(super) fn enumerations() -> Vec<Type> {
    let names: Vec<_> = ResultCode::ALL.iter().map(|code| code.name()).collect();
    let codes = Enumeration::counted("ResultCodes", &names);
    vec![codes.says("Los códigos de resultado", "The codes of results").into()]
}
