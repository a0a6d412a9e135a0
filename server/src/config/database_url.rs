//! The address of the database, which holds its password.

use std::{fmt, path::Path};

use crate::secrets::Secret;

/// Where the database is. Shown without user, password and parameters.
#[derive(Clone)]
pub struct DatabaseUrl(Secret);

impl DatabaseUrl {
    /// The address, if it is one of the databases that Campo runs on.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = ["sqlite:", "postgres://", "postgresql://"]
            .into_iter()
            .find_map(|scheme| text.strip_prefix(scheme));
        rest.is_some_and(|rest| !rest.is_empty()).then(|| Self(Secret::new(text.to_owned())))
    }

    /// The whole address, for opening it.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// The address with `placeholder` replaced by `folder`.
    pub(super) fn within(&self, placeholder: &str, folder: &Path) -> Self {
        Self(Secret::new(self.reveal().replace(placeholder, &folder.display().to_string())))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.reveal().split_once("://").filter(|(scheme, _)| *scheme != "sqlite")
        else {
            return f.write_str(self.reveal());
        };
        let (address, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        // A `?` that belongs to a password cannot be told from the one before the parameters, so in doubt nothing.
        match address.rsplit_once('@') {
            _ if parameters.contains('@') => write!(f, "{scheme}://***"),
            Some((_, place)) => write!(f, "{scheme}://***@{place}"),
            None => write!(f, "{scheme}://{address}"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (text, shown) in [
            ("sqlite:data/campo.db", "sqlite:data/campo.db"),
            ("sqlite://campo.db?mode=rwc", "sqlite://campo.db?mode=rwc"),
            ("postgres://ana:pw@db:5432/campo", "postgres://***@db:5432/campo"),
            ("postgresql://ana:p@w/x@db/campo?sslmode=require", "postgresql://***@db/campo"),
            ("postgres://db/campo?user=ana&password=pw", "postgres://db/campo"),
            ("postgres://ana:p?w@db/campo", "postgres://***"),
            ("postgres://ana:p@w?x@db/campo", "postgres://***"),
        ] {
            let url = DatabaseUrl::parse(text).unwrap();
            assert_eq!(format!("{url} {url:?}"), format!("{shown} {shown}"));
            assert_eq!(url.reveal(), text);
        }
    }

    #[test]
    fn other_databases_are_not_taken() {
        for text in ["", "sqlite:", "postgres://", "mysql://db/campo", "campo.db", "postgres:db"] {
            assert!(DatabaseUrl::parse(text).is_none(), "{text}");
        }
    }
}
