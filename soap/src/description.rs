//! What a service is: its methods, their parameters and results in order, and the types of these. Everything else is
//! made from it.

/// A text for people, in both languages of the reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Text {
    /// Spanish
    pub es: &'static str,
    /// English
    pub en: &'static str,
}

/// A service at one address.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name in the WSDL
    pub name: &'static str,
    /// The last part of its address
    pub file: &'static str,
    /// The one namespace of its messages and types
    pub namespace: String,
    /// What it is for
    pub says: Text,
    /// What can be called
    pub methods: Vec<Method>,
    /// The types that its methods name
    pub types: Vec<Type>,
}

/// Something that can be called.
#[derive(Debug, Clone)]
pub struct Method {
    /// Its name, which the element of the request has too
    pub name: &'static str,
    /// What it does
    pub says: Text,
    /// Its parameters in order
    pub parameters: Vec<Field>,
    /// What it answers
    pub result: Option<Field>,
    /// True when it can be called by plain GET and POST too
    pub http: bool,
}

/// A type that has a name.
#[derive(Debug, Clone)]
pub enum Type {
    /// Fields in order
    Record(Record),
    /// One of some names
    Enumeration(Enumeration),
}

/// Fields in order.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its name
    pub name: &'static str,
    /// What it is
    pub says: Text,
    /// Its fields
    pub fields: Vec<Field>,
}

/// One of some names, or several of them between blanks.
#[derive(Debug, Clone)]
pub struct Enumeration {
    /// Its name
    pub name: &'static str,
    /// What it is
    pub says: Text,
    /// The names in order, each with the number that old clients send for it
    pub values: Vec<(&'static str, i64)>,
    /// True when several can be given, between blanks
    pub several: bool,
}

/// A field of a record or a parameter.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name
    pub name: String,
    /// What it holds
    pub kind: Kind,
    /// Whether it must be there
    pub presence: Presence,
    /// What it means
    pub says: Text,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text
    Text,
    /// An integer of 64 bits
    Long,
    /// An integer of 32 bits
    Int,
    /// An integer of 16 bits
    Short,
    /// An integer from 0 to 255
    Byte,
    /// A number
    Double,
    /// A number of less precision
    Float,
    /// `true` or `false`
    Boolean,
    /// Bytes in base64
    Base64,
    /// An instant
    DateTime,
    /// The type of this name
    Of(&'static str),
    /// A list
    List(List),
}

/// A list: an element that holds one element for each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The name of the type
    pub name: &'static str,
    /// The name of each item's element
    pub item: &'static str,
    /// What an item is
    pub of: Box<Kind>,
}

/// Whether a field is there, as ASP.NET writes it: text, records and lists are left out where there is nothing, numbers
/// never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Always
    Always,
    /// Left out when there is nothing
    Optional,
    /// There with `xsi:nil` when there is nothing
    Nillable,
}

impl Service {
    /// The method of this name.
    pub fn method(&self, name: &str) -> Option<&Method> {
        let name = name.trim();
        let exactly = self.methods.iter().find(|method| method.name == name);
        exactly.or_else(|| self.methods.iter().find(|method| method.name.eq_ignore_ascii_case(name)))
    }

    /// The record of this name.
    pub fn record(&self, name: &str) -> Option<&Record> {
        self.types.iter().find_map(|one| match one {
            Type::Record(record) if record.name == name => Some(record),
            _ => None,
        })
    }

    /// The enumeration of this name.
    pub fn enumeration(&self, name: &str) -> Option<&Enumeration> {
        self.types.iter().find_map(|one| match one {
            Type::Enumeration(enumeration) if enumeration.name == name => Some(enumeration),
            _ => None,
        })
    }

    /// The SOAPAction of a method.
    pub fn action(&self, method: &Method) -> String {
        format!("{}/{}", self.namespace.trim_end_matches('/'), method.name)
    }

    /// What in it names a type that is not there, or stands twice: a service is tested to have nothing of it.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let records = self.types.iter().filter_map(|one| match one {
            Type::Record(record) => Some((record.name, &record.fields)),
            Type::Enumeration(_) => None,
        });
        let methods = self.methods.iter().map(|method| (method.name, &method.parameters));
        for (owner, fields) in records.chain(methods) {
            for (index, field) in fields.iter().enumerate() {
                if fields[..index].iter().any(|other| other.name == field.name) {
                    faults.push(format!("{owner}.{} stands twice", field.name));
                }
                self.check_kind(&format!("{owner}.{}", field.name), &field.kind, &mut faults);
            }
        }
        for method in &self.methods {
            if let Some(result) = &method.result {
                self.check_kind(method.name, &result.kind, &mut faults);
            }
        }
        let mut names: Vec<_> = self.types.iter().map(Type::name).collect();
        names.sort_unstable();
        let repeated = names.windows(2).filter(|two| two[0] == two[1]);
        faults.extend(repeated.map(|two| format!("the type {} stands twice", two[0])));
        faults
    }

    fn check_kind(&self, owner: &str, kind: &Kind, faults: &mut Vec<String>) {
        match kind {
            Kind::Of(name) if !self.types.iter().any(|one| one.name() == *name) => {
                faults.push(format!("{owner} names {name}, which is not there"));
            }
            Kind::List(list) => self.check_kind(owner, &list.of, faults),
            _ => {}
        }
    }
}

impl Type {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Record(record) => record.name,
            Self::Enumeration(enumeration) => enumeration.name,
        }
    }
}

impl Field {
    /// A field as ASP.NET makes it of a property of this kind.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        let presence = match kind {
            Kind::Text | Kind::Base64 | Kind::Of(_) | Kind::List(_) => Presence::Optional,
            _ => Presence::Always,
        };
        Self { name: name.into(), kind, presence, says: Text::default() }
    }

    /// Text.
    pub fn text(name: impl Into<String>) -> Self {
        Self::new(name, Kind::Text)
    }

    /// An enumeration, which is always there.
    pub fn choice(name: impl Into<String>, of: &'static str) -> Self {
        Self { presence: Presence::Always, ..Self::new(name, Kind::Of(of)) }
    }

    /// A record.
    pub fn record(name: impl Into<String>, of: &'static str) -> Self {
        Self::new(name, Kind::Of(of))
    }

    /// A list of the type `name`, whose items are elements `item`.
    pub fn list(name: impl Into<String>, type_name: &'static str, item: &'static str, of: Kind) -> Self {
        Self::new(name, Kind::List(List { name: type_name, item, of: Box::new(of) }))
    }

    /// The same, with `xsi:nil` where there is nothing.
    #[must_use]
    pub fn nillable(self) -> Self {
        Self { presence: Presence::Nillable, ..self }
    }

    /// The same, left out where there is nothing.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { presence: Presence::Optional, ..self }
    }

    /// The same with its meaning.
    #[must_use]
    pub fn says(self, es: &'static str, en: &'static str) -> Self {
        Self { says: Text { es, en }, ..self }
    }
}

impl Enumeration {
    /// Names that are numbered from 0.
    pub fn counted(name: &'static str, values: &[&'static str]) -> Self {
        let values = values.iter().copied().zip(0..).collect();
        Self { name, says: Text::default(), values, several: false }
    }

    /// The same, of which several can be given between blanks.
    #[must_use]
    pub fn several(self) -> Self {
        Self { several: true, ..self }
    }

    /// The same with its meaning.
    #[must_use]
    pub fn says(self, es: &'static str, en: &'static str) -> Self {
        Self { says: Text { es, en }, ..self }
    }

    /// The name that `text` means: itself, itself in other capitals, or its number.
    pub fn meant(&self, text: &str) -> Option<&'static str> {
        let text = text.trim();
        let named = |(name, _): &&(&'static str, i64)| name.eq_ignore_ascii_case(text);
        let numbered = || {
            let number = text.parse::<i64>().ok()?;
            self.values.iter().find(|(_, value)| *value == number)
        };
        self.values.iter().find(named).or_else(numbered).map(|(name, _)| *name)
    }
}

impl From<Record> for Type {
    fn from(record: Record) -> Self {
        Self::Record(record)
    }
}

impl From<Enumeration> for Type {
    fn from(enumeration: Enumeration) -> Self {
        Self::Enumeration(enumeration)
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A small service with one of everything.
    pub(crate) fn service() -> Service {
        Service {
            name: "Things",
            file: "things.asmx",
            namespace: "urn:things".to_owned(),
            says: Text { es: "Cosas", en: "Things" },
            methods: vec![
                Method {
                    name: "SaveThing",
                    says: Text { es: "Guarda", en: "Saves" },
                    parameters: vec![
                        Field::text("userName"),
                        Field::text("password"),
                        Field::choice("operation", "Operations"),
                        Field::record("thing", "Thing"),
                    ],
                    result: Some(Field::record("SaveThingResult", "Outcome")),
                    http: false,
                },
                Method {
                    name: "Count",
                    says: Text { es: "Cuenta", en: "Counts" },
                    parameters: vec![Field::text("what")],
                    result: Some(Field::new("CountResult", Kind::Int)),
                    http: true,
                },
            ],
            types: vec![
                Enumeration::counted("Operations", &["Create", "Update", "AutoSelect"]).into(),
                Enumeration::counted("Options", &["None", "Loud", "Quick"]).several().into(),
                Record {
                    name: "Thing",
                    says: Text::default(),
                    fields: vec![
                        Field::new("Number", Kind::Long),
                        Field::text("Name"),
                        Field::new("Weight", Kind::Double).nillable(),
                        Field::new("Heavy", Kind::Boolean),
                        Field::choice("Options", "Options"),
                        Field::list("Parts", "ArrayOfThing", "Thing", Kind::Of("Thing")),
                        Field::list("Notes", "ArrayOfString", "string", Kind::Text),
                        Field::new("Data", Kind::Base64),
                    ],
                }
                .into(),
                Record {
                    name: "Outcome",
                    says: Text::default(),
                    fields: vec![
                        Field::new("Code", Kind::Int),
                        Field::record("Thing", "Thing"),
                        Field::list("Messages", "ArrayOfString", "string", Kind::Text),
                    ],
                }
                .into(),
            ],
        }
    }

    #[test]
    fn a_service_knows_what_is_wrong_with_it() {
        let mut service = service();
        assert_eq!(service.faults(), Vec::<String>::new());
        service.methods[0].parameters.push(Field::record("thing", "Nothing"));
        service.types.push(Enumeration::counted("Options", &[]).into());
        let faults = service.faults().join("; ");
        for expected in ["thing stands twice", "names Nothing", "type Options stands twice"] {
            assert!(faults.contains(expected), "{faults}");
        }
    }

    #[test]
    fn a_name_is_meant_by_name_or_number() {
        let operations = Enumeration::counted("Operations", &["Create", "Update", "AutoSelect"]);
        for (text, meant) in [
            ("AutoSelect ", Some("AutoSelect")),
            ("autoselect", Some("AutoSelect")),
            ("1", Some("Update")),
            ("9", None),
            ("", None),
        ] {
            assert_eq!(operations.meant(text), meant, "{text}");
        }
    }
}
