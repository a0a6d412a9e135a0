use std::collections::BTreeSet;

use super::{
    sources::{has_words, mentioned},
    *,
};

#[test]
fn the_language_is_the_one_that_the_caller_prefers() {
    for (accepted, language) in [
        ("es", Language::Spanish),
        ("ES-ar", Language::Spanish),
        ("es-AR,es;q=0.9,en;q=0.8", Language::Spanish),
        ("en-GB, es;q=0.9", Language::English),
        ("es;q=0.1, en ; q=0.2", Language::English),
        ("fr, es;q=0.5", Language::Spanish),
        ("es;q=0, *", Language::English),
        ("es;q=x", Language::English),
        ("estonian", Language::English),
        ("", Language::English),
        (";;,,q=", Language::English),
    ] {
        assert_eq!(Language::preferred(accepted), language, "{accepted}");
    }
}

#[test]
fn sentences_are_filled_and_those_that_lack_a_value_left_out() {
    let value = |name: &str| (name == "a").then_some("{b}");
    for (sentences, text) in [
        (&["One {a}."][..], "One {b}."),
        (&["One {a}.", "Two {c}.", "Three."], "One {b}. Three."),
        (&["Two {c} {a}."], ""),
        (&["Open { brace {a"], "Open { brace {a"),
        (&[], ""),
    ] {
        let sentences: Vec<_> = sentences.iter().map(|&sentence| sentence.to_owned()).collect();
        assert_eq!(fill(&sentences, value), text, "{sentences:?}");
    }
}

#[test]
fn what_is_expected_is_said_in_the_language_where_there_is_a_text_for_it() {
    for (english, spanish) in [
        ("at most 3 characters", "como máximo 3 caracteres"),
        ("a number from -90 to 90", "un número de -90 a 90"),
        ("one of `a`, `b`", "uno de `a`, `b`"),
        ("text that is not blank", "un texto que no esté en blanco"),
        ("at most 7", "como máximo 7"),
        ("at least the minimum of 5", "al menos el mínimo de 5"),
        ("1 to 200 printable ASCII characters", "de 1 a 200 caracteres ASCII imprimibles"),
        ("a colour", "a colour"),
        ("", ""),
    ] {
        assert_eq!(expected(Language::Spanish, english), spanish);
        assert_eq!(expected(Language::English, english), english);
    }
    assert_eq!(expected(Language::English, "struct Task"), "an object");
}

#[test]
fn every_code_has_its_texts_in_every_language_and_there_are_no_others() {
    for language in Language::ALL {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        let texts = &catalogue(language).problems;
        assert_eq!(texts.keys().map(String::as_str).collect::<Vec<_>>(), names, "{language:?}");
        assert!(texts.values().all(|text| !text.title.is_empty() && !text.detail.is_empty()));
    }
}

#[test]
fn every_reason_of_a_failed_delivery_is_said_in_every_language() {
    for language in Language::ALL {
        for error in crate::outbound::SendError::ALL {
            assert!(delivery(language, error.name()).is_some(), "{language:?}: {}", error.name());
        }
        for word in ["snapshot_missing", "cannot_be_rendered"] {
            assert!(delivery(language, word).is_some(), "{language:?}: {word}");
        }
        assert!(delivery(language, "status_503").unwrap().contains("503"));
        assert_eq!(delivery(language, "of_tomorrow"), None);
    }
}

#[test]
fn every_kind_of_mail_has_its_texts_and_no_text_is_of_none() {
    let kinds: BTreeSet<&str> = crate::mail::KINDS.iter().copied().collect();
    for language in Language::ALL {
        let texts: BTreeSet<&str> = catalogue(language).mails.keys().map(String::as_str).collect();
        assert_eq!(texts, kinds, "{language:?}");
        for kind in &kinds {
            let (subject, paragraphs) = mail(language, kind, |_| Some("x"));
            assert!(!subject.is_empty() && paragraphs.len() > 1, "{language:?}: {kind}");
        }
    }
}

#[test]
fn every_step_and_cause_at_a_customer_s_server_is_said_in_every_language() {
    use campo_remote_files::{Cause, Step};
    let causes = [
        Cause::Unknown(String::new()),
        Cause::Changed(String::new()),
        Cause::Refused,
        Cause::NotFound,
        Cause::Exists,
        Cause::TimedOut,
        Cause::BrokenOff,
        Cause::UnreadableKey,
        Cause::Incomplete { sent: 1, found: 0 },
        Cause::TooMuch,
    ];
    let words = Step::ALL.iter().map(|step| step.name()).chain(causes.iter().map(Cause::name));
    let words = words.chain(["configuration", "connection", "no_credential"]).collect::<Vec<_>>();
    for language in Language::ALL {
        let lacking: Vec<_> = words.iter().filter(|word| remote(language, word).is_none()).collect();
        assert!(lacking.is_empty(), "add to [remotes] of {}.toml: {lacking:?}", language.tag());
    }
}

#[test]
fn every_code_of_a_fault_in_the_sources_has_its_texts() {
    for language in Language::ALL {
        let texts = &catalogue(language).faults;
        let lacking: Vec<_> =
            mentioned().codes.into_iter().filter(|code| !texts.contains_key(code)).collect();
        assert!(lacking.is_empty(), "add to [faults] of {}.toml: {lacking:#?}", language.tag());
    }
}

#[test]
fn everything_that_the_sources_expect_is_said_in_spanish() {
    // What varies is a number, or a value that is quoted or of a closed list; words in its place would stay English
    let fits = |pattern: &str, english: &str| {
        let is_value = |(before, part): (&str, &str)| before.ends_with('`') || !has_words(part);
        let parts = matched(pattern, english);
        parts.is_some_and(|parts| pattern == "one of {}" || pattern.split("{}").zip(parts).all(is_value))
    };
    let lacking: Vec<_> = mentioned()
        .expected
        .into_iter()
        .filter(|english| !SPANISH.expected.keys().any(|pattern| fits(pattern, english)))
        .collect();
    assert!(lacking.is_empty(), "add to [expected] of es.toml: {lacking:#?}");
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_parameters() {
    let parameters = |sentences: &[String]| -> BTreeSet<String> {
        let words = sentences.iter().flat_map(|sentence| sentence.split('{').skip(1));
        words.filter_map(|word| Some(word.split_once('}')?.0.to_owned())).collect()
    };
    let faults = |texts: &Catalogue| -> Vec<_> {
        texts.faults.iter().map(|(code, sentences)| (code.clone(), parameters(sentences))).collect()
    };
    assert_eq!(faults(&SPANISH), faults(&ENGLISH));
    for (_, names) in faults(&ENGLISH) {
        assert!(names.iter().all(|name| ["code", "found", "expected"].contains(&name.as_str())), "{names:?}");
    }
    let soap = |texts: &Catalogue| -> Vec<_> {
        texts.soap.iter().map(|(name, sentences)| (name.clone(), parameters(sentences))).collect()
    };
    assert_eq!(soap(&SPANISH), soap(&ENGLISH));
    for code in Code::ALL {
        let of = |language| parameters(&problem(language, *code).detail);
        assert_eq!(of(Language::Spanish), of(Language::English), "{code:?}");
    }
    for (english, text) in SPANISH.expected.iter().chain(&ENGLISH.expected) {
        let dropped = english.starts_with("struct ");
        assert!(dropped || english.matches("{}").count() == text.matches("{}").count(), "{english}");
    }
}

#[test]
fn every_kind_of_event_has_its_texts_and_no_text_is_of_none() {
    let kinds: BTreeSet<&str> = crate::events::kinds::all().map(|kind| kind.name).collect();
    for language in Language::ALL {
        let texts: BTreeSet<&str> = catalogue(language).events.keys().map(String::as_str).collect();
        assert_eq!(texts, kinds, "{language:?}");
    }
}

/// Phrases that say little or hide what is meant, and plurals in brackets; whoever writes a text finds a better one.
const BANNED: &[&str] = &[
    "rightly",
    "changed of late",
    "something that exists",
    "of another type",
    "manieth",
    "algo que exista",
    "de otro tipo",
    "(s)",
    "(es)",
    "un(a)",
    "el/la",
    "undefined",
];

/// The values of a file of texts: what people read.
fn said(path: &std::path::Path, text: &str) -> Vec<String> {
    fn strings(value: &toml::Value, found: &mut Vec<String>) {
        match value {
            toml::Value::String(text) => found.push(text.clone()),
            toml::Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
            toml::Value::Table(table) => table.values().for_each(|value| strings(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if path.extension().is_some_and(|extension| extension == "toml") {
        strings(&toml::Value::Table(toml::from_str(text).unwrap()), &mut found);
    } else {
        let lines = text.lines().filter(|line| line.starts_with("msgstr") || line.starts_with('"'));
        found.extend(lines.map(str::to_owned));
    }
    found
}

#[test]
fn no_text_has_a_banned_phrase() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files: Vec<_> = ["server/src/texts", "server/src/reference", "server/src/commands/demo/texts"]
        .iter()
        .flat_map(|folder| ["en.toml", "es.toml"].map(|name| root.join(folder).join(name)))
        .collect();
    let features = std::fs::read_dir(root.join("console/src/features")).unwrap();
    let folders = features.map(|entry| entry.unwrap().path()).chain([root.join("console/src")]);
    files.extend(folders.flat_map(|folder| ["en.po", "es.po"].map(|name| folder.join("locales").join(name))));
    let mut texts = 0;
    for path in files.iter().filter(|path| path.exists()) {
        for text in said(path, &std::fs::read_to_string(path).unwrap()) {
            texts += 1;
            let found = BANNED.iter().find(|phrase| text.contains(**phrase));
            assert_eq!(found, None, "{}: {text}", path.display());
        }
    }
    assert!(texts > 2000, "only {texts} texts were found");
}
