//! What a column can fill, by name.

use campo_protocol::model::data_number;

use super::makes::Makes;

/// How a cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// As a person sees it: leading zeros stay
    Text,
    /// The customer's own code or number of something else
    Reference,
    /// A whole number
    Whole,
    /// A number
    Number,
    /// A coordinate, whose comma or point is always that of a fraction
    Degrees,
    /// Minutes: a number, or a length of time such as `1:30`
    Minutes,
    /// The same, numbers in hours
    Hours,
    /// Kilometres, kept in metres
    Kilometres,
    /// Yes or no
    Boolean,
    /// A day
    Date,
    /// A time of day
    Time,
    /// A day with a time, or without one
    Moment,
    /// How urgent a task is
    Priority,
    /// Where a task stands
    Status,
    /// Whether an object is in use
    State,
    /// How the dates, times and weekdays of non-working days are meant together
    Schedule,
    /// An area: WKT or GeoJSON
    Polygon,
}

/// What a field is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// What the row makes
    Row,
    /// The point of interest of a task
    Poi,
}

/// A field that a column fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// How a cell is read
    pub(super) kind: Kind,
    /// In which document
    pub(super) target: Target,
    /// Where in it: JSON Pointer
    pub(super) pointer: String,
}

const POI: &[(&str, Kind, &str)] = &[
    ("number", Kind::Text, "/number"),
    ("name", Kind::Text, "/name"),
    ("latitude", Kind::Degrees, "/place/latitude"),
    ("longitude", Kind::Degrees, "/place/longitude"),
    ("polygon", Kind::Polygon, "/polygon"),
    ("street", Kind::Text, "/address/street"),
    ("house_number", Kind::Text, "/address/house_number"),
    ("city", Kind::Text, "/address/city"),
    ("region", Kind::Text, "/address/state"),
    ("zip", Kind::Text, "/address/zip"),
    ("phone1", Kind::Text, "/phone1"),
    ("phone2", Kind::Text, "/phone2"),
    ("fax", Kind::Text, "/fax"),
    ("email", Kind::Text, "/email"),
    ("categories", Kind::Text, "/categories"),
    ("notes", Kind::Text, "/notes"),
    ("parent", Kind::Reference, "/parent"),
    ("is_parent", Kind::Boolean, "/is_parent"),
    ("state", Kind::State, "/state"),
];

const EMPLOYEE: &[(&str, Kind, &str)] = &[
    ("number", Kind::Text, "/number"),
    ("first_name", Kind::Text, "/first_name"),
    ("last_name", Kind::Text, "/last_name"),
    ("group", Kind::Reference, "/group"),
    ("profile", Kind::Reference, "/profile"),
    ("manager", Kind::Reference, "/manager"),
    ("phone_number", Kind::Text, "/phone_number"),
    ("email", Kind::Text, "/email"),
    ("language", Kind::Text, "/language"),
    ("time_zone", Kind::Text, "/zone"),
    ("establishment", Kind::Text, "/establishment"),
    ("state", Kind::State, "/state"),
];

const GROUP: &[(&str, Kind, &str)] = &[
    ("code", Kind::Text, "/code"),
    ("name", Kind::Text, "/name"),
    ("parent", Kind::Reference, "/parent"),
    ("state", Kind::State, "/state"),
];

const NON_WORKING_DAYS: &[(&str, Kind, &str)] = &[
    ("code", Kind::Text, "/code"),
    ("name", Kind::Text, "/name"),
    ("from_date", Kind::Date, "/from_date"),
    ("to_date", Kind::Date, "/to_date"),
    ("from", Kind::Moment, "/from_date"),
    ("to", Kind::Moment, "/to_date"),
    ("from_time", Kind::Time, "/from_time"),
    ("to_time", Kind::Time, "/to_time"),
    ("schedule_type", Kind::Schedule, "/schedule_type"),
    ("monday", Kind::Boolean, "/weekdays/monday"),
    ("tuesday", Kind::Boolean, "/weekdays/tuesday"),
    ("wednesday", Kind::Boolean, "/weekdays/wednesday"),
    ("thursday", Kind::Boolean, "/weekdays/thursday"),
    ("friday", Kind::Boolean, "/weekdays/friday"),
    ("saturday", Kind::Boolean, "/weekdays/saturday"),
    ("sunday", Kind::Boolean, "/weekdays/sunday"),
    ("whole_company", Kind::Boolean, "/whole_company"),
    ("group", Kind::Reference, "/groups"),
    ("employee", Kind::Reference, "/employees"),
    ("notes", Kind::Text, "/notes"),
    ("state", Kind::State, "/state"),
];

const CATALOGUE_ITEM: &[(&str, Kind, &str)] = &[
    ("table", Kind::Text, "/table"),
    ("code", Kind::Text, "/code"),
    ("name", Kind::Text, "/name"),
    ("category", Kind::Text, "/category"),
    ("unit", Kind::Text, "/unit"),
    ("state", Kind::State, "/state"),
];

const TASK: &[(&str, Kind, &str)] = &[
    ("task_number", Kind::Whole, "/task_number"),
    ("external_number", Kind::Text, "/external_number"),
    ("type", Kind::Reference, "/type"),
    ("work_order", Kind::Reference, "/work_order"),
    ("poi", Kind::Reference, "/poi"),
    ("employee", Kind::Reference, "/assignments/lead"),
    ("helper", Kind::Reference, "/assignments/helper"),
    ("description", Kind::Text, "/description"),
    ("notes", Kind::Text, "/notes"),
    ("customer_name", Kind::Text, "/customer_name"),
    ("contact_name", Kind::Text, "/contact_name"),
    ("phone1", Kind::Text, "/phone1"),
    ("phone2", Kind::Text, "/phone2"),
    ("email", Kind::Text, "/email"),
    ("categories", Kind::Text, "/categories"),
    ("latitude", Kind::Degrees, "/location/latitude"),
    ("longitude", Kind::Degrees, "/location/longitude"),
    ("address", Kind::Text, "/location/address"),
    ("start", Kind::Moment, "/start"),
    ("start_date", Kind::Date, "/start"),
    ("start_time", Kind::Time, "/start"),
    ("due", Kind::Moment, "/due"),
    ("due_date", Kind::Date, "/due"),
    ("due_time", Kind::Time, "/due"),
    ("without_dates", Kind::Boolean, "/without_dates"),
    ("time_zone", Kind::Text, "/time_zone"),
    ("duration_minutes", Kind::Minutes, "/duration_minutes"),
    ("duration_hours", Kind::Hours, "/duration_minutes"),
    ("radius_m", Kind::Number, "/radius_m"),
    ("radius_km", Kind::Kilometres, "/radius_m"),
    ("prohibit_outside_radius", Kind::Boolean, "/prohibit_outside_radius"),
    ("priority", Kind::Priority, "/priority"),
    ("status", Kind::Status, "/status"),
];

/// The field of that name, in what an import makes.
pub(super) fn field(makes: Makes, name: &str) -> Option<Field> {
    if let Some(name) = name.strip_prefix("poi.").filter(|_| makes == Makes::Tasks) {
        return of_table(POI, name, Target::Poi, "/custom");
    }
    let has_data = matches!(makes, Makes::Tasks | Makes::Pois);
    if data_number(name).is_some() && !has_data {
        return None;
    }
    // The other columns of a look-up table are its own
    let own = if makes == Makes::CatalogueItems { "/values" } else { "/custom" };
    of_table(table(makes), name, Target::Row, own)
}

const fn table(makes: Makes) -> &'static [(&'static str, Kind, &'static str)] {
    match makes {
        Makes::Tasks => TASK,
        Makes::Pois => POI,
        Makes::Employees => EMPLOYEE,
        Makes::Groups => GROUP,
        Makes::NonWorkingDays => NON_WORKING_DAYS,
        Makes::CatalogueItems => CATALOGUE_ITEM,
    }
}

/// `own`: where texts under the customer's own names are kept.
fn of_table(table: &[(&str, Kind, &str)], name: &str, target: Target, own: &str) -> Option<Field> {
    let text = |pointer: String| Some(Field { kind: Kind::Text, target, pointer });
    if data_number(name).is_some() {
        return text(format!("/data/{name}"));
    }
    if let Some(name) = name.strip_prefix("custom.").filter(|name| !name.trim().is_empty()) {
        return text(campo_protocol::faults::pointer(own, name));
    }
    let (_, kind, pointer) = table.iter().find(|(known, ..)| *known == name)?;
    Some(Field { kind: *kind, target, pointer: (*pointer).to_owned() })
}

/// The names of all fields that have one.
pub(super) fn list(makes: Makes) -> Vec<String> {
    let own =
        |table: &[(&str, Kind, &str)]| table.iter().map(|(name, ..)| (*name).to_owned()).collect::<Vec<_>>();
    let mut names = own(table(makes));
    if makes == Makes::Tasks {
        names.extend(POI.iter().map(|(name, ..)| format!("poi.{name}")));
    }
    names
}

/// The names of all fields, for people who look for one.
pub(super) fn names(makes: Makes) -> String {
    let mut names: Vec<String> = table(makes).iter().map(|(name, ..)| (*name).to_owned()).collect();
    if matches!(makes, Makes::Tasks | Makes::Pois) {
        names.push("data1 … data40".to_owned());
    }
    names.push("custom.NAME".to_owned());
    if makes == Makes::Tasks {
        names.extend(POI.iter().map(|(name, ..)| format!("poi.{name}")));
    }
    names.join(", ")
}
