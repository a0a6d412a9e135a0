//! What the office keeps and phones may need to know, one kind of object each.
//!
//! Every object has an id, a stable code, a name, a state and custom data. Objects name each other by [`Ref`]; the
//! server resolves codes to ids when it stores an object, so what is stored and sent holds ids only.

use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{faults::Faults, scope::Scope};

/// Text under names that the customer chose; Campo keeps it and gives it back.
pub type Custom = BTreeMap<String, String>;

/// The most characters of a code or a number.
pub const MAX_CODE: usize = 100;
/// The most characters of a name or another short text.
pub const MAX_NAME: usize = 300;
/// The most characters of a long text.
pub const MAX_TEXT: usize = 20_000;
/// The most entries of [`Custom`].
pub const MAX_CUSTOM: usize = 200;

/// Whether an object is in use. Nothing is removed from the tables: old entries still name it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In use
    #[default]
    Enabled,
    /// Not in use; phones no longer have it
    Deleted,
}

impl State {
    /// Its name on the wire and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Deleted => "deleted",
        }
    }
}

/// The kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A group of employees, in a tree
    Group,
    /// What employees may capture
    EmployeeProfile,
    /// A field worker
    Employee,
    /// A type of task
    TaskType,
    /// A point of interest
    Poi,
    /// A work order, which tasks name
    WorkOrder,
    /// A form definition
    Form,
    /// An item of the catalogue or of a form's table of data
    CatalogueItem,
    /// Days on which nobody, a group or an employee works
    NonWorkingDays,
}

impl Kind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Group,
        Self::EmployeeProfile,
        Self::Employee,
        Self::TaskType,
        Self::Poi,
        Self::WorkOrder,
        Self::Form,
        Self::CatalogueItem,
        Self::NonWorkingDays,
    ];

    /// Its name in tables, changes and events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::EmployeeProfile => "employee_profile",
            Self::Employee => "employee",
            Self::TaskType => "task_type",
            Self::Poi => "poi",
            Self::WorkOrder => "work_order",
            Self::Form => "form",
            Self::CatalogueItem => "catalogue_item",
            Self::NonWorkingDays => "non_working_days",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// How one object names another: by id, or on input by the customer's own code, written `code:ZZ1001`
/// (`number:ZZ1001` means the same).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ref {
    /// By id
    Id(Uuid),
    /// By the code of its kind, compared exactly
    Code(String),
}

impl Ref {
    /// The id, once resolved.
    pub const fn id(&self) -> Option<Uuid> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Code(_) => None,
        }
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Code(code) => write!(f, "code:{code}"),
        }
    }
}

/// Text that names no object.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected a UUID, or `code:` and the code")]
pub struct NotARef;

impl FromStr for Ref {
    type Err = NotARef;

    fn from_str(text: &str) -> Result<Self, NotARef> {
        match text.strip_prefix("code:").or_else(|| text.strip_prefix("number:")) {
            Some(code) if !code.is_empty() && !code.contains('\0') => Ok(Self::Code(code.to_owned())),
            Some(_) => Err(NotARef),
            None => text.parse().map(Self::Id).map_err(|_| NotARef),
        }
    }
}

impl Serialize for Ref {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ref {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Ref {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A UUID; on input also `code:` and the customer's own code"))
            .examples(["code:ZZ1001"])
            .into()
    }
}

impl ToSchema for Ref {}

/// A place where an object names another, for resolving and checking.
pub struct Link<'a> {
    /// JSON Pointer of the field
    pub field: String,
    /// The kind it must be
    pub kind: Kind,
    /// What it names; the server replaces a code by the id
    pub target: &'a mut Ref,
}

/// One kind of object that the office keeps.
pub trait Reference:
    Serialize + DeserializeOwned + ToSchema + Clone + fmt::Debug + Send + Sync + 'static
{
    /// Its kind
    const KIND: Kind;

    /// The stable code, unique in account and kind among what is not deleted
    fn code(&self) -> &str;
    /// The name that people read
    fn name(&self) -> Cow<'_, str>;
    /// Whether it is in use
    fn state(&self) -> State;
    /// Replaces the state
    fn set_state(&mut self, state: State);
    /// The object above it in a tree of its own kind, or the group of an employee
    fn parent(&self) -> Option<&Ref> {
        None
    }
    /// Every other object it names
    fn links(&mut self) -> Vec<Link<'_>>;
    /// Names everything that is wrong with it, by JSON Pointer
    fn check(&self, faults: &mut Faults);
    /// The scopes that phones find it under, once its links are resolved; none when phones do not need it
    fn scopes(&self, id: Uuid) -> Vec<Scope>;
}

/// Checks the part that every kind has.
pub fn check_common(
    faults: &mut Faults,
    code_field: &str,
    code: &str,
    name_field: &str,
    name: &str,
    custom: &Custom,
) {
    faults.check_required_text(code_field, code, MAX_CODE);
    faults.check_required_text(name_field, name, MAX_NAME);
    if custom.len() > MAX_CUSTOM {
        faults.add("/custom", "too_many", &custom.len().to_string(), format!("at most {MAX_CUSTOM} entries"));
    }
    for (key, value) in custom {
        let field = format!("/custom/{}", key.replace('~', "~0").replace('/', "~1"));
        faults.check_required_text(&field, key, MAX_CODE);
        faults.check_text(&field, value, MAX_TEXT);
    }
}
