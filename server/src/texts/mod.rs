//! The texts that people read, in Spanish and English: problems, faults of fields, and what a field expects.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use campo_protocol::model::employee;
use http::{HeaderMap, header};
use serde::Deserialize;

use crate::problem::Code;

/// A language that Campo speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Español
    Spanish,
    /// English, also where a caller names no language that Campo speaks
    English,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Spanish, Self::English];

    /// Its tag (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Spanish => "es",
            Self::English => "en",
        }
    }

    /// The language that a request's `Accept-Language` prefers; English when it prefers none of ours.
    pub fn of(headers: &HeaderMap) -> Self {
        headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .map_or(Self::English, Self::preferred)
    }

    fn preferred(accepted: &str) -> Self {
        let mut best = (0.0, Self::English);
        for range in accepted.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            let weight = weight.map_or(1.0, |weight| weight.parse::<f32>().unwrap_or(0.0));
            let primary = tag.split('-').next().unwrap_or_default();
            let language =
                Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()));
            if let Some(language) = language.filter(|_| weight > best.0) {
                best = (weight, language);
            }
        }
        best.1
    }
}

impl From<employee::Language> for Language {
    fn from(language: employee::Language) -> Self {
        match language {
            employee::Language::Es => Self::Spanish,
            employee::Language::En => Self::English,
        }
    }
}

/// The texts of a problem.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemText {
    /// A few words
    pub title: String,
    /// Sentences with `{parameters}`, see [`fill`]
    pub detail: Vec<String>,
}

/// One file of texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    problems: BTreeMap<String, ProblemText>,
    faults: BTreeMap<String, Vec<String>>,
    /// What a field expects: from the English that the sources write, with `{}` for what varies
    expected: BTreeMap<String, String>,
    /// Kinds of notices
    notices: BTreeMap<String, ProblemText>,
    /// Kinds of mails: the subject, and a paragraph each
    mails: BTreeMap<String, ProblemText>,
    /// What each kind of event means
    events: BTreeMap<String, String>,
    /// Why an event was not delivered
    deliveries: BTreeMap<String, String>,
    /// What went wrong with customers' servers: steps and causes
    remotes: BTreeMap<String, String>,
    /// What web services say of a call, with `{found}`
    soap: BTreeMap<String, Vec<String>>,
}

static SPANISH: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("es.toml")));
static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("en.toml")));

fn read(text: &str) -> Catalogue {
    // The files are part of the binary and every test reads them.
    toml::from_str(text).expect("the texts are well-formed")
}

fn catalogue(language: Language) -> &'static Catalogue {
    match language {
        Language::Spanish => &SPANISH,
        Language::English => &ENGLISH,
    }
}

/// The texts of a problem.
///
/// # Panics
/// Where a code has no text; a test walks every code in every language.
pub fn problem(language: Language, code: Code) -> &'static ProblemText {
    catalogue(language).problems.get(code.name()).expect("every code has its texts")
}

/// The sentences of a fault's code. For a code that this release does not know (a newer phone or agent wrote it) they
/// show the code itself.
pub fn fault(language: Language, code: &str) -> &'static [String] {
    let faults = &catalogue(language).faults;
    faults.get(code).or_else(|| faults.get("unknown")).map_or(&[], Vec::as_slice)
}

/// Title and text of a notice. For a kind that this release does not know they show the kind itself.
pub fn notice<'v>(
    language: Language,
    kind: &str,
    value: impl Fn(&str) -> Option<&'v str>,
) -> (String, String) {
    match catalogue(language).notices.get(kind) {
        Some(text) => (text.title.clone(), fill(&text.detail, value)),
        None => (kind.to_owned(), String::new()),
    }
}

/// Subject and paragraphs of a mail.
///
/// # Panics
/// Where a kind has no text; a test walks every kind in every language.
pub fn mail<'v>(
    language: Language,
    kind: &str,
    value: impl Fn(&str) -> Option<&'v str>,
) -> (String, Vec<String>) {
    let text = catalogue(language).mails.get(kind).expect("every kind of mail has its texts");
    let paragraphs = text.detail.iter().filter_map(|sentence| fill_one(sentence, &value));
    (fill_one(&text.title, &value).unwrap_or_default(), paragraphs.collect())
}

/// What a kind of event means.
///
/// # Panics
/// Where a kind has no text; a test walks every kind in every language.
pub fn event(language: Language, kind: &str) -> &'static str {
    catalogue(language).events.get(kind).expect("every kind of event has its texts")
}

/// Why an event was not delivered, from the word for it; none for a word that this release does not know.
pub fn delivery(language: Language, problem: &str) -> Option<String> {
    let texts = &catalogue(language).deliveries;
    let (word, status) = match problem.split_once('_') {
        Some(("status", status)) => ("status", status),
        _ => (problem, ""),
    };
    texts.get(word).map(|text| text.replace("{status}", status))
}

/// A step at a customer's server, or why it did not go well; none for a word that this release does not know.
pub fn remote(language: Language, word: &str) -> Option<&'static str> {
    catalogue(language).remotes.get(word).map(String::as_str)
}

/// What web services say of a call.
///
/// # Panics
/// Where there is no such text; a test finds every name in the sources.
pub fn soap(language: Language, name: &str) -> &'static [String] {
    catalogue(language).soap.get(name).map(Vec::as_slice).expect("every remark has its texts")
}

/// What a field expects, from the English of [`campo_protocol::faults::Fault::expected`]; unchanged where there is no
/// text for it.
pub fn expected(language: Language, english: &str) -> Cow<'_, str> {
    let fitting =
        catalogue(language).expected.iter().filter_map(|(p, text)| Some((p, text, matched(p, english)?)));
    // The longest pattern is the most precise one.
    fitting
        .max_by_key(|(pattern, ..)| pattern.len())
        .map_or(Cow::Borrowed(english), |(_, text, parts)| Cow::Owned(substitute(text, &parts)))
}

/// The parts of `text` where `pattern` has `{}`, if it matches.
fn matched<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut parts = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let at = if pieces.peek().is_some() { rest.find(piece)? } else { rest.strip_suffix(piece)?.len() };
        parts.push(&rest[..at]);
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty().then_some(parts)
}

fn substitute(text: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter();
    let mut pieces = text.split("{}");
    let mut result = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        result.push_str(parts.next().copied().unwrap_or_default());
        result.push_str(piece);
    }
    result
}

/// Puts values in for the `{names}` of sentences and joins these. A sentence that names a value which is not there is
/// left out, so that one text serves with and without it.
pub fn fill<'v>(sentences: &[String], value: impl Fn(&str) -> Option<&'v str>) -> String {
    let filled: Vec<_> = sentences.iter().filter_map(|sentence| fill_one(sentence, &value)).collect();
    filled.join(" ")
}

fn fill_one<'v>(sentence: &str, value: &impl Fn(&str) -> Option<&'v str>) -> Option<String> {
    let mut result = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, from)| Some((before, from.split_once('}')?)))
    {
        result.push_str(before);
        result.push_str(value(name)?);
        rest = after;
    }
    result.push_str(rest);
    Some(result)
}

#[cfg(test)]
mod sources;
#[cfg(test)]
mod tests;
