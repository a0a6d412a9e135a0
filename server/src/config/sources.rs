//! Where settings come from: a file, and over it the environment.

use std::{collections::BTreeMap, ffi::OsString, fmt, fs, io, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::rules::{Form, Rule};

/// What every variable of ours begins with.
pub(super) const PREFIX: &str = "CAMPO_";
/// The file that is read where none is named.
const DEFAULT_FILE: &str = "campo.toml";
/// Names the file; it is no setting, since the command line reads it.
const FILE_VARIABLE: &str = "CAMPO_CONFIG";

/// One thing that is wrong with the settings.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The key of the file or the variable of the environment, or the file itself
    pub key: String,
    /// Where it stands: a line of the file, or the environment
    pub origin: String,
    /// What is there, `***` for secrets
    pub found: String,
    /// What should be there
    pub expected: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, origin, found, expected } = self;
        write!(f, "`{key}` ({origin}): found {found}, expected {expected}")
    }
}

/// Everything that is wrong with the settings.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings are wrong")?;
        self.0.iter().try_for_each(|error| write!(f, "\n  {error}"))
    }
}

impl std::error::Error for ConfigErrors {}

/// A value as it was found.
struct Found {
    /// `None` for an array, a table and the like, and in the environment, where everything is text
    form: Option<Form>,
    text: String,
    key: String,
    origin: String,
}

#[derive(Default)]
pub(super) struct Sources {
    file: BTreeMap<String, Found>,
    variables: BTreeMap<String, Found>,
    errors: Vec<ConfigError>,
}

impl Sources {
    pub(super) fn read_file(&mut self, named: Option<&Path>) {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        let origin = path.display().to_string();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.refuse(&origin, "file", error.to_string(), "a file that can be read"),
        };
        match DeTable::parse(&text) {
            Ok(table) => self.take_table(&text, &origin, table.into_inner()),
            // The error's own text repeats the line, which may hold a secret.
            Err(error) => {
                let line = format!("line {}", error.span().map_or(1, |span| line(&text, span.start)));
                self.refuse(&origin, &line, error.message().to_owned(), "TOML");
            }
        }
    }

    fn take_table(&mut self, text: &str, origin: &str, table: DeTable<'_>) {
        for (key, value) in table {
            let origin = format!("{origin}, line {}", line(text, key.span().start));
            let key = key.into_inner().into_owned();
            let (form, text) = value_of(&value);
            self.file.insert(key.clone(), Found { form, text, key, origin });
        }
    }

    pub(super) fn read_variables(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) {
        for (name, value) in variables {
            let Some(variable) = name.to_str().filter(|name| name.starts_with(PREFIX) && !is_foreign(name))
            else {
                continue;
            };
            let Some(text) = value.to_str() else {
                self.refuse(variable, "environment", "text that is not UTF-8".to_owned(), "UTF-8");
                continue;
            };
            // An empty variable is how compose files leave a setting out.
            if !text.is_empty() {
                let (key, origin) = (variable.to_owned(), "environment".to_owned());
                let found = Found { form: None, text: text.to_owned(), key, origin };
                self.variables.insert(variable[PREFIX.len()..].to_owned(), found);
            }
        }
    }

    /// The value of a setting. `None` when it is wrong, which is then among the errors.
    pub(super) fn take<T>(&mut self, name: &str, default: &str, rule: &Rule<T>) -> Option<T> {
        let in_file = self.file.remove(name);
        let Some(found) = self.variables.remove(&name.to_ascii_uppercase()).or(in_file) else {
            return (rule.read)(default);
        };
        let is_form = found.origin == "environment" || found.form.is_some_and(|form| rule.form.takes(form));
        let value = is_form.then(|| (rule.read)(&found.text)).flatten();
        if value.is_none() {
            let text = if rule.secret { "***".to_owned() } else { format!("`{}`", found.text) };
            self.refuse(&found.key, &found.origin, text, &rule.expected);
        }
        value
    }

    /// Refuses what is no setting, and gives the errors if there are any.
    pub(super) fn finish(mut self, keys: &[&str]) -> Result<(), ConfigErrors> {
        let expected = format!("one of {}", keys.join(", "));
        for found in std::mem::take(&mut self.file).into_values() {
            self.refuse(&found.key, &found.origin, "an unknown key".to_owned(), &expected);
        }
        let expected = format!("{PREFIX} and one of {}", keys.join(", ").to_ascii_uppercase());
        for found in std::mem::take(&mut self.variables).into_values() {
            self.refuse(&found.key, &found.origin, "an unknown variable".to_owned(), &expected);
        }
        if self.errors.is_empty() { Ok(()) } else { Err(ConfigErrors(self.errors)) }
    }

    fn refuse(&mut self, key: &str, origin: &str, found: String, expected: &str) {
        let (key, origin, expected) = (key.to_owned(), origin.to_owned(), expected.to_owned());
        self.errors.push(ConfigError { key, origin, found, expected });
    }
}

/// True for variables that are not settings: the file's name, and what Kubernetes sets for a service named `campo`.
fn is_foreign(name: &str) -> bool {
    name == FILE_VARIABLE
        || name == "CAMPO_PORT"
        || ["CAMPO_PORT_", "CAMPO_SERVICE_"].iter().any(|start| name.starts_with(start))
}

fn value_of(value: &Spanned<DeValue<'_>>) -> (Option<Form>, String) {
    match value.get_ref() {
        DeValue::String(text) => (Some(Form::Text), text.to_string()),
        DeValue::Integer(number) => (Some(Form::Integer), number.as_str().replace('_', "")),
        DeValue::Boolean(value) => (Some(Form::Boolean), value.to_string()),
        other => (None, other.type_str().to_owned()),
    }
}

/// The line, from 1, in which the byte at `offset` stands.
fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
