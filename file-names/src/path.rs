//! Paths within a virtual root, purely by their text: nothing that they say leads out of it.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// The most bytes of one name.
pub const MAX_NAME_BYTES: usize = 255;
/// The most bytes of a path as it is sent.
const MAX_PATH_BYTES: usize = 2048;
/// The most names in a path.
const MAX_DEPTH: usize = 8;

/// Why a name or a path cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// It is empty, `.` or `..`
    Empty,
    /// It is longer than [`MAX_NAME_BYTES`], or the path is too long
    TooLong,
    /// It has a character that no name may have: control characters, `/` or `\`
    Character,
    /// The folders lie too deep
    TooDeep,
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name is empty, `.` or `..`",
            Self::TooLong => "the name has more than 255 bytes",
            Self::Character => "the name has a character that names cannot have",
            Self::TooDeep => "the folders lie deeper than 8",
        })
    }
}

impl std::error::Error for NameFault {}

/// Names one file or folder within a virtual root; the root itself when it has no parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VirtualPath {
    parts: Vec<String>,
}

/// One name in the way in which it is kept (NFC), without tricks: not empty, no `..`, no separator, nothing that a
/// terminal or a file system would understand otherwise.
pub fn check_name(name: &str) -> Result<String, NameFault> {
    if name.is_empty() || name == "." || name == ".." {
        return Err(NameFault::Empty);
    }
    if name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | '\u{2028}' | '\u{2029}' | '\u{FFFD}'))
    {
        return Err(NameFault::Character);
    }
    let name: String = name.nfc().collect();
    if name.len() > MAX_NAME_BYTES { Err(NameFault::TooLong) } else { Ok(name) }
}

impl VirtualPath {
    /// What `text` names for somebody who stands in `self`: `/` leads from the root, `..` to the folder above, and at
    /// the root to the root.
    pub fn join(&self, text: &str) -> Result<Self, NameFault> {
        if text.len() > MAX_PATH_BYTES {
            return Err(NameFault::TooLong);
        }
        let mut parts = if text.starts_with('/') { Vec::new() } else { self.parts.clone() };
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                name => parts.push(check_name(name)?),
            }
        }
        if parts.len() > MAX_DEPTH { Err(NameFault::TooDeep) } else { Ok(Self { parts }) }
    }

    /// The path that `text` names from the root.
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        Self::default().join(text)
    }

    /// Its names.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// True for the root.
    pub fn is_root(&self) -> bool {
        self.parts.is_empty()
    }
}

impl fmt::Display for VirtualPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.parts.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_leads_nowhere_but_within_the_root() {
        for (base, text, path) in [
            ("/", "", Ok("/")),
            ("/", "/", Ok("/")),
            ("/", "in/x.csv", Ok("/in/x.csv")),
            ("/in", "x.csv", Ok("/in/x.csv")),
            ("/in", "/out", Ok("/out")),
            ("/in", "../../../etc/passwd", Ok("/etc/passwd")),
            ("/in", "a//./b/", Ok("/in/a/b")),
            ("/", "..", Ok("/")),
            ("/", "in\\..\\x", Err(NameFault::Character)),
            ("/", "a\0b", Err(NameFault::Character)),
            ("/", "a\nb", Err(NameFault::Character)),
            ("/", "1/2/3/4/5/6/7/8/9", Err(NameFault::TooDeep)),
            ("/", "n\u{303}andu", Ok("/ñandu")),
        ] {
            let base = VirtualPath::parse(base).unwrap();
            let found = base.join(text).map(|path| path.to_string());
            assert_eq!(found.as_deref().map_err(|fault| *fault), path, "{text:?}");
        }
        assert_eq!(check_name(&"x".repeat(256)), Err(NameFault::TooLong));
        assert_eq!(check_name(&"x".repeat(255)).map(|name| name.len()), Ok(255));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_a_path_of_clean_names_or_refused(text in ".{0,80}") {
            if let Ok(path) = VirtualPath::parse(&text) {
                for part in path.parts() {
                    prop_assert!(check_name(part).as_ref() == Ok(part));
                }
                prop_assert_eq!(VirtualPath::parse(&path.to_string()), Ok(path));
            }
        }
    }
}
