//! The words of the reference, in both languages.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{api::html::with_code, texts::Language};

static SPANISH: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| read(include_str!("es.toml")));
static ENGLISH: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| read(include_str!("en.toml")));

fn read(text: &str) -> BTreeMap<String, String> {
    // The files are part of the binary and a test reads them
    toml::from_str(text).expect("the words are well-formed")
}

/// A word of the reference as HTML.
///
/// # Panics
/// Where there is none of this name; a test makes the pages with every one.
pub(super) fn label(language: Language, name: &str) -> String {
    let words = match language {
        Language::Spanish => &SPANISH,
        Language::English => &ENGLISH,
    };
    with_code(words.get(name).unwrap_or_else(|| panic!("the reference has no word `{name}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_words() {
        assert!(SPANISH.keys().eq(ENGLISH.keys()));
    }
}
