//! What a document tells.

use jiff::{Timestamp, tz::TimeZone};

/// An instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Microseconds since 1970 UTC
    pub us: i64,
}

/// What a worker entered.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The zone in which dates are written
    pub zone: TimeZone,
    /// When the server handled it
    pub event: Moment,
    /// Its type: 21 punch in, 22 punch out, 23 start task, …
    pub entry_type: i64,
    /// Its GUID
    pub guid: String,
    /// When the worker made it
    pub entry: Moment,
    /// By what it was made: 4 is the mobile application
    pub source: i64,
    /// Free text typed with it
    pub data: String,
    /// Where it was made; left out when unknown
    pub location: Option<EntryLocation>,
    /// Who made it
    pub employee: Option<Employee>,
    /// The task it is about
    pub task: Option<Task>,
    /// The form that was filled
    pub form: Option<Form>,
    /// The photos that belong to it
    pub files: Vec<File>,
    /// The points of interest that it names
    pub points_of_interest: Vec<PointOfInterest>,
}

/// Where an entry was made.
#[derive(Debug, Clone)]
pub struct EntryLocation {
    /// The place in words, such as the name of a point of interest nearby
    pub address: String,
    /// Degrees east of Greenwich
    pub longitude: f64,
    /// Degrees north of the equator
    pub latitude: f64,
    /// The number of the phone
    pub msisdn: String,
    /// When the phone was there
    pub at: Moment,
}

/// Who made an entry.
#[derive(Debug, Clone, Default)]
pub struct Employee {
    /// First name
    pub first_name: String,
    /// Last name
    pub last_name: String,
    /// The whole name
    pub name: String,
    /// The customer's own number
    pub number: String,
    /// The name of the group
    pub group: String,
}

/// A task as it was.
#[derive(Debug, Clone, Default)]
pub struct Task {
    /// Its number
    pub number: i64,
    /// Its status as a power of two
    pub status: i64,
    /// Its type
    pub task_type: Option<TaskType>,
    /// What is to be done
    pub description: String,
    /// The customer's name, as written
    pub customer_name: String,
    /// The customer
    pub customer: Option<Customer>,
    /// The filled ones of `Data1` to `Data40`, by number
    pub data: Vec<(usize, String)>,
    /// Planned start
    pub start: Option<Moment>,
    /// Planned end
    pub due: Option<Moment>,
    /// How long it should take, in hours
    pub duration_hours: Option<f64>,
    /// Notes
    pub notes: String,
    /// Categories
    pub categories: String,
    /// Whom to ask for
    pub contact_name: String,
    /// Telephone
    pub phone1: String,
    /// Another telephone
    pub phone2: String,
    /// The address
    pub address: String,
    /// When the customer's system made it, as it wrote that
    pub external_creation_date: String,
}

/// A type of task.
#[derive(Debug, Clone, Default)]
pub struct TaskType {
    /// Its code
    pub code: String,
    /// Its name
    pub name: String,
}

/// A customer of a task.
#[derive(Debug, Clone, Default)]
pub struct Customer {
    /// The customer's own number
    pub number: String,
    /// The name
    pub name: String,
}

/// A filled form.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Its code
    pub code: String,
    /// Its name
    pub name: String,
    /// Its version
    pub version: i64,
    /// Its category
    pub category: String,
    /// Its fields in order
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its id
    pub id: String,
    /// What it holds
    pub content: FieldContent,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldContent {
    /// A value, empty or not; a place is `lat,lon`
    Value(String),
    /// The rows of a table
    Rows(Vec<Vec<Field>>),
}

/// A photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its GUID
    pub guid: String,
    /// Its name
    pub filename: String,
    /// The field of the form that it answers
    pub field: String,
    /// Its bytes, or where they are
    pub content: FileContent,
}

/// The bytes of a photo, or where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent {
    /// The bytes
    Bytes(Vec<u8>),
    /// Where they are
    Link(String),
    /// Neither: it did not arrive, or is too large
    Nothing,
}

/// A point of interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointOfInterest {
    /// The customer's own number
    pub number: String,
    /// The name
    pub name: String,
}

impl Moment {
    /// `ddMMyyyyHHmmss` in a zone.
    pub fn written(self, zone: &TimeZone) -> String {
        let instant = Timestamp::from_microsecond(self.us).unwrap_or(Timestamp::UNIX_EPOCH);
        let local = zone.to_datetime(instant);
        let (date, time) = (local.date(), local.time());
        format!(
            "{:02}{:02}{:04}{:02}{:02}{:02}",
            date.day(),
            date.month(),
            date.year(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }

    /// How many seconds before `event` this was; negative behind it.
    pub const fn age_s(self, event: Self) -> i64 {
        event.us.div_euclid(1_000_000) - self.us.div_euclid(1_000_000)
    }

    /// Milliseconds since 1970 UTC.
    pub const fn epoch_ms(self) -> i64 {
        self.us.div_euclid(1000)
    }
}
