//! Scopes: what objects for phones are filed under. Never a time or a distance.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// One scope of an account. On the wire and in tables it is its text, such as `employee/0190…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// What every phone of the account needs: settings, profiles, task types, forms for everybody
    Account,
    /// Items of the catalogue
    Catalogue,
    /// What concerns the members of exactly this group
    Group(Uuid),
    /// What concerns the members of this group and of every group below it
    Tree(Uuid),
    /// What concerns the employees of this profile
    Profile(Uuid),
    /// What concerns one employee
    Employee(Uuid),
    /// What concerns one installation: its roster
    Installation(Uuid),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::Catalogue => f.write_str("catalogue"),
            Self::Group(id) => write!(f, "group/{id}"),
            Self::Tree(id) => write!(f, "tree/{id}"),
            Self::Profile(id) => write!(f, "profile/{id}"),
            Self::Employee(id) => write!(f, "employee/{id}"),
            Self::Installation(id) => write!(f, "installation/{id}"),
        }
    }
}

/// Text that names no scope.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "not a scope: expected `account`, `catalogue`, or `group/`, `tree/`, `profile/`, `employee/`, `installation/` and an id"
)]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let (kind, id) = match text.split_once('/') {
            Some((kind, id)) => (kind, Some(id.parse::<Uuid>().map_err(|_| UnknownScope)?)),
            None => (text, None),
        };
        match (kind, id) {
            ("account", None) => Ok(Self::Account),
            ("catalogue", None) => Ok(Self::Catalogue),
            ("group", Some(id)) => Ok(Self::Group(id)),
            ("tree", Some(id)) => Ok(Self::Tree(id)),
            ("profile", Some(id)) => Ok(Self::Profile(id)),
            ("employee", Some(id)) => Ok(Self::Employee(id)),
            ("installation", Some(id)) => Ok(Self::Installation(id)),
            _ => Err(UnknownScope),
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_read_back_from_its_text() {
        let id = Uuid::from_u128(7);
        for scope in [
            Scope::Account,
            Scope::Catalogue,
            Scope::Group(id),
            Scope::Tree(id),
            Scope::Profile(id),
            Scope::Employee(id),
            Scope::Installation(id),
        ] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        for text in ["", "account/", "group", "group/7", "task/00000000-0000-0000-0000-000000000007"] {
            assert_eq!(text.parse::<Scope>(), Err(UnknownScope), "{text}");
        }
    }
}
