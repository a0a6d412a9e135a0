//! Scopes: what objects for phones are filed under. Never a time or a distance.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tinystr::TinyAsciiStr;
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
    /// A kind that a later release knows. A phone holds it like any other, so that its digests agree and its next release
    /// finds it there
    Later(LaterKind, Option<Uuid>),
}

/// The name of a kind of scope that this release does not know: lower-case letters and `_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaterKind(TinyAsciiStr<MAX_KIND_BYTES>);

/// The longest name of a kind of scope.
pub const MAX_KIND_BYTES: usize = 24;

impl LaterKind {
    fn of(name: &str) -> Option<Self> {
        let is_known = matches!(
            name,
            "account" | "catalogue" | "group" | "tree" | "profile" | "employee" | "installation"
        );
        let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if is_known || !is_name || name.is_empty() {
            return None;
        }
        name.parse().ok().map(Self)
    }
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
            Self::Later(LaterKind(kind), Some(id)) => write!(f, "{kind}/{id}"),
            Self::Later(LaterKind(kind), None) => f.write_str(kind),
        }
    }
}

/// Text that names no scope.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "not a scope: expected `account`, `catalogue`, or `group/`, `tree/`, `profile/`, `employee/`, `installation/` and an id; \
     or a kind of a later release, of at most 24 lower-case letters and `_`"
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
            (kind, id) => LaterKind::of(kind).map(|kind| Self::Later(kind, id)).ok_or(UnknownScope),
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
        let too_long = "k".repeat(MAX_KIND_BYTES + 1);
        for text in
            ["", "/", "account/", "group", "group/7", "Task", "task 2", "task/", "task/7", "é", &too_long]
        {
            assert_eq!(text.parse::<Scope>(), Err(UnknownScope), "{text}");
        }
    }

    #[test]
    fn kinds_of_later_releases_keep_their_text() {
        let longest = "k".repeat(MAX_KIND_BYTES);
        for text in ["work_orders", &longest, "zone/00000000-0000-0000-0000-000000000007"] {
            let scope: Scope = text.parse().unwrap();
            assert!(matches!(scope, Scope::Later(..)), "{text}");
            assert_eq!(scope.to_string(), text);
        }
    }
}
