//! What the demo says, in Spanish and English.

use std::{collections::BTreeMap, fmt::Display, sync::LazyLock};

use serde::Deserialize;

/// A language of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Spanish,
    English,
}

impl Language {
    /// The language of whoever runs it: Spanish where the environment asks for it, otherwise English.
    pub(super) fn of_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
        Self::of_tag(&["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default())
    }

    /// The language of a tag such as `es_PE.UTF-8`.
    pub(super) fn of_tag(tag: &str) -> Self {
        let primary = tag.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("es") { Self::Spanish } else { Self::English }
    }

    /// Its tag (BCP 47).
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Spanish => "es",
            Self::English => "en",
        }
    }

    /// Its texts.
    pub(super) fn texts(self) -> &'static Texts {
        static SPANISH: LazyLock<Texts> = LazyLock::new(|| read(include_str!("texts/es.toml")));
        static ENGLISH: LazyLock<Texts> = LazyLock::new(|| read(include_str!("texts/en.toml")));
        match self {
            Self::Spanish => &SPANISH,
            Self::English => &ENGLISH,
        }
    }
}

macro_rules! texts {
    ($($name:ident)*) => {
        /// The texts of a language, by their names in its file.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Texts {
            $(pub(super) $name: String,)*
            pub(super) about: Vec<String>,
            pub(super) timesheet_head: [String; 6],
            pub(super) tasks_head: [String; 4],
            pub(super) counts: Counts,
            status: BTreeMap<String, String>,
            kinds: BTreeMap<String, String>,
            pub(super) company: Company,
        }
    };
}

texts! {
    title zone server office receiver server_listens company_made receiver_listens channel_made phone_enrolled
    import_begun import_done import_refused learns_many learns_one clocks_in clocks_out acknowledges starts fills closes
    cannot takes_break ends_break goes_offline comes_online comes_online_busy killed restarted waits new_tasks receives
    receives_again unverified receiver_down receiver_waiting receiver_up receiver_caught_up info_browser info_console info_title info_api
    info_docs info_health exchange_title exchange_login exchange_note info_user info_password info_key info_curl info_urgent info_urgent_note timesheet_title
    timesheet_open tasks_title tasks_open ending ended failed
}

/// One of something, and several.
type Count = [String; 2];

/// What is counted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    pub(super) tasks: Count,
    pub(super) entries: Count,
    pub(super) photos: Count,
    pub(super) rows: Count,
    pub(super) notifications: Count,
    pub(super) events: Count,
}

/// What the sample company calls its things.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Company {
    pub(super) name: String,
    pub(super) group: String,
    pub(super) profile: String,
    pub(super) lunch: String,
    pub(super) task_type: String,
    pub(super) user_profile: String,
    pub(super) user: String,
    pub(super) key: String,
    pub(super) form: String,
    pub(super) form_comment: String,
    pub(super) form_photo: String,
    pub(super) form_parts: String,
    pub(super) form_part: String,
    pub(super) form_count: String,
    pub(super) parts: Vec<String>,
    pub(super) reason: String,
    pub(super) message: String,
    pub(super) works: Vec<String>,
}

impl Texts {
    /// A status in words.
    pub(super) fn status<'a>(&'a self, name: &'a str) -> &'a str {
        self.status.get(name).map_or(name, String::as_str)
    }

    /// A kind of entry or event in words.
    pub(super) fn kind<'a>(&'a self, name: &'a str) -> &'a str {
        self.kinds.get(name).map_or(name, String::as_str)
    }
}

/// The text with its names in braces replaced.
pub(super) fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    values
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value.to_string()))
}

/// So many of them in words.
pub(super) fn count(words: &Count, number: usize) -> String {
    let [one, several] = words;
    if number == 1 { one.clone() } else { fill(several, &[("n", &number)]) }
}

#[expect(clippy::expect_used, reason = "the files are compiled in, and a test reads them")]
fn read(text: &str) -> Texts {
    toml::from_str(text).expect("the texts of the demo")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text with its place; of each the names in braces.
    fn names(value: &toml::Value, at: &str, into: &mut BTreeMap<String, Vec<String>>) {
        match value {
            toml::Value::String(text) => {
                let mut names: Vec<_> =
                    text.split('{').skip(1).filter_map(|part| part.split_once('}')).collect();
                names.sort_unstable();
                into.insert(at.to_owned(), names.into_iter().map(|(name, _)| name.to_owned()).collect());
            }
            toml::Value::Array(texts) if at != "/about" => {
                for (index, text) in texts.iter().enumerate() {
                    names(text, &format!("{at}/{index}"), into);
                }
            }
            toml::Value::Table(table) => {
                for (name, text) in table {
                    names(text, &format!("{at}/{name}"), into);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_names_in_them() {
        let [spanish, english] = [include_str!("texts/es.toml"), include_str!("texts/en.toml")].map(|text| {
            let mut found = BTreeMap::new();
            names(&toml::from_str(text).unwrap(), "", &mut found);
            found
        });
        assert_eq!(spanish, english);
        for language in [Language::Spanish, Language::English] {
            assert!(!language.texts().title.is_empty());
        }
    }

    #[test]
    fn the_language_is_that_of_the_environment() {
        for (tag, language) in [
            ("es_PE.UTF-8", Language::Spanish),
            ("es", Language::Spanish),
            ("ES-ar", Language::Spanish),
            ("en_US.UTF-8", Language::English),
            ("est", Language::English),
            ("C.UTF-8", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn texts_are_filled_and_counted() {
        assert_eq!(fill("{a} {b} {a}", &[("a", &1), ("b", &"x")]), "1 x 1");
        let tasks = &Language::Spanish.texts().counts.tasks;
        assert_eq!([0, 1, 2].map(|number| count(tasks, number)), ["0 tareas", "una tarea", "2 tareas"]);
    }
}
