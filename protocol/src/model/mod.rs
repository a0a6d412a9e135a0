//! What the office keeps and phones may need to know, one kind of object each.
//!
//! Every object has an id, a stable code, a name, a state and custom data. Objects name each other by [`Ref`]; the
//! server resolves codes to ids when it stores an object, so what is stored and sent holds ids only.

pub mod answers;
mod applicability;
pub mod catalogue;
pub mod employee;
pub mod form;
pub mod form_logic;
pub mod group;
pub mod non_working_days;
pub mod photos;
pub mod place;
pub mod poi;
pub mod profile;
pub mod task_type;
#[cfg(test)]
pub(crate) mod testing;
pub mod work_order;
pub mod working_time_rules;

use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    faults::{Faults, pointer},
    scope::Scope,
    text::tidy,
};

/// Text under names that the customer chose; Campo keeps it and gives it back.
pub type Custom = BTreeMap<String, String>;

/// The customer's own fields by the names `data1` to `data40`; a type of task or a form of the account says what they
/// are called.
pub type Data = BTreeMap<String, String>;

/// The most characters of a code or a number.
pub const MAX_CODE: usize = 100;
/// The most characters of a name or another short text.
pub const MAX_NAME: usize = 300;
/// The most characters of a long text.
pub const MAX_TEXT: usize = 20_000;
/// The most entries of [`Custom`].
pub const MAX_CUSTOM: usize = 200;

/// The most other objects that one list names.
pub const MAX_LINKS: usize = 1000;
/// How many fields [`Data`] has.
pub const DATA_FIELDS: usize = 40;

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
    /// By what working time is cut
    WorkingTimeRules,
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
        Self::WorkingTimeRules,
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
            Self::WorkingTimeRules => "working_time_rules",
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
    /// By the code of its kind as it is [kept](tidy): what a caller wrote becomes one by [`Ref::of_code`]
    Code(String),
}

impl Ref {
    /// By a code as somebody wrote it.
    pub fn of_code(code: &str) -> Self {
        Self::Code(tidy(code))
    }

    /// The id, once resolved.
    pub const fn id(&self) -> Option<Uuid> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Code(_) => None,
        }
    }

    /// The code, where it is named by that.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Id(_) => None,
            Self::Code(code) => Some(code),
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
            Some(code) if !code.is_empty() && !code.contains('\0') => Ok(Self::of_code(code)),
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
    /// Every other object it names, its parent included
    fn links(&mut self) -> Vec<Link<'_>>;
    /// Names everything that is wrong with it, by JSON Pointer
    fn check(&self, faults: &mut Faults);
    /// The scopes that phones find it under, once its links are resolved; none when phones do not need it
    fn scopes(&self, id: Uuid) -> Vec<Scope>;
}

/// True for a value that a document leaves out: absent means this.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The part of [`Reference`] that is the same for every kind: its code is the field `$code`, its state `state`.
macro_rules! basics {
    ($kind:ident, $code:ident) => {
        const KIND: $crate::model::Kind = $crate::model::Kind::$kind;

        fn code(&self) -> &str {
            &self.$code
        }

        fn state(&self) -> $crate::model::State {
            self.state
        }

        fn set_state(&mut self, state: $crate::model::State) {
            self.state = state;
        }
    };
}
pub(crate) use basics;

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
    check_custom(faults, "/custom", custom);
}

/// Checks custom data or another map of text under names that the customer chose.
pub fn check_custom(faults: &mut Faults, field: &str, custom: &Custom) {
    faults.check_count(field, custom.len(), MAX_CUSTOM);
    for (key, value) in custom {
        let field = pointer(field, key);
        faults.check_required_text(&field, key, MAX_CODE);
        faults.check_text(&field, value, MAX_TEXT);
    }
}

/// The number of a field of [`Data`]: 7 of `data7`; `None` for any other name.
pub fn data_number(name: &str) -> Option<usize> {
    let digits = name.strip_prefix("data")?;
    let number = digits.parse().ok().filter(|number| (1..=DATA_FIELDS).contains(number))?;
    // `data07` and `data+7` are not names of the field
    (digits == number.to_string()).then_some(number)
}

/// Refuses names other than `data1` to `data40` (`unknown_field`), and text that cannot be stored.
pub fn check_data(faults: &mut Faults, field: &str, data: &Data) {
    for (name, value) in data {
        let field = pointer(field, name);
        if data_number(name).is_none() {
            faults.add(
                field.as_str(),
                "unknown_field",
                name,
                format!("a name from data1 to data{DATA_FIELDS}"),
            );
        }
        faults.check_text(&field, value, MAX_TEXT);
    }
}

/// Refuses a code that no object can have.
pub fn check_ref(faults: &mut Faults, field: &str, target: Option<&Ref>) {
    if let Some(Ref::Code(code)) = target {
        faults.check_required_text(field, code, MAX_CODE);
    }
}

/// Refuses a list that names an object twice or is too long.
pub fn check_refs(faults: &mut Faults, field: &str, targets: &[Ref]) {
    faults.check_count(field, targets.len(), MAX_LINKS);
    for (index, target) in targets.iter().enumerate() {
        check_ref(faults, &pointer(field, index), Some(target));
    }
    faults.check_unique(targets, |index| pointer(field, index));
}

/// The link of a field that may name an object.
pub fn link<'a>(field: &str, kind: Kind, target: Option<&'a mut Ref>) -> Option<Link<'a>> {
    target.map(|target| Link { field: field.to_owned(), kind, target })
}

/// The links of a list that names objects.
pub fn links_of<'a>(field: &'a str, kind: Kind, targets: &'a mut [Ref]) -> impl Iterator<Item = Link<'a>> {
    let link = move |(index, target)| Link { field: pointer(field, index), kind, target };
    targets.iter_mut().enumerate().map(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_back_from_its_text() {
        for target in
            [Ref::Id(Uuid::from_u128(7)), Ref::Code("ZZ 1001".to_owned()), Ref::Code("code:x".to_owned())]
        {
            assert_eq!(target.to_string().parse(), Ok(target));
        }
        assert_eq!("number:00042".parse(), Ok(Ref::Code("00042".to_owned())));
        assert_eq!("code:\u{FEFF}Jose\u{301} ".parse(), Ok(Ref::Code("José".to_owned())));
        for text in ["", "ZZ1001", "code:", "number:", "code:a\0"] {
            assert_eq!(text.parse::<Ref>(), Err(NotARef), "{text}");
        }
    }

    /// The names of the schemas that `T` and what it is made of have in the API's description.
    fn schemas<T: ToSchema>() -> BTreeMap<String, String> {
        let mut schemas = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut schemas);
        schemas.into_iter().map(|(name, schema)| (name, serde_json::to_string(&schema).unwrap())).collect()
    }

    #[test]
    fn every_kind_describes_itself_under_names_of_its_own() {
        let kinds = [
            schemas::<group::Group>(),
            schemas::<profile::EmployeeProfile>(),
            schemas::<employee::Employee>(),
            schemas::<task_type::TaskType>(),
            schemas::<poi::Poi>(),
            schemas::<work_order::WorkOrder>(),
            schemas::<form::FormDefinition>(),
            schemas::<answers::FilledForm>(),
            schemas::<catalogue::CatalogueItem>(),
            schemas::<non_working_days::NonWorkingDays>(),
            schemas::<working_time_rules::WorkingTimeRules>(),
            schemas::<crate::task::fields::TaskFields>(),
            schemas::<crate::entry::Entry>(),
            schemas::<crate::sync::Answer>(),
        ];
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        for (name, schema) in kinds.into_iter().flatten() {
            let known = all.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*known, schema, "two types have the name {name}");
        }
        assert!(all.contains_key("FormField") && all.contains_key("FieldAnswer") && all.contains_key("Ref"));
    }

    #[test]
    fn only_the_names_of_data_fields_are_taken() {
        assert_eq!(data_number("data1"), Some(1));
        assert_eq!(data_number("data40"), Some(40));
        for name in ["data0", "data41", "data07", "data+7", "data", "Data1", "data1 ", "data\u{661}"] {
            assert_eq!(data_number(name), None, "{name}");
        }
    }

    #[test]
    fn every_kind_is_read_back_from_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(*kind));
        }
    }
}
