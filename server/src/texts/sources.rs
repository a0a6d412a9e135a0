//! Finds, in the sources, the codes of faults and the English of what was expected, for the test that every one of
//! them has its texts.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What the sources say of faults.
#[derive(Debug, Default)]
pub(super) struct Mentioned {
    /// Codes
    pub(super) codes: BTreeSet<String>,
    /// What is expected, with `{}` for what varies
    pub(super) expected: BTreeSet<String>,
}

/// Reads every source of protocol and server, without the tests in them.
pub(super) fn mentioned() -> Mentioned {
    let server = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in [server.join("src"), server.join("../protocol/src")] {
        collect(&folder, &mut files);
    }
    assert!(files.len() > 10, "the sources were found");
    let mut mentioned = Mentioned::default();
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        scan(source.split("#[cfg(test)]").next().unwrap_or_default(), &mut mentioned);
    }
    mentioned
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests" || stem == "sources");
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            files.push(path);
        }
    }
}

/// Understands `faults.add(field, "code", found, expected)`, a local `fault("code", …, expected)`, and `code: "code"`
/// in a literal of the struct.
fn scan(source: &str, mentioned: &mut Mentioned) {
    for (at, _) in source.match_indices(".add(") {
        if let [_, code, _, expected] = &arguments(&source[at + 5..])[..] {
            mention(code, expected, mentioned);
        }
    }
    for (at, _) in source.match_indices("fault(\"").chain(source.match_indices("fault(\n")) {
        if let [code, .., expected] = &arguments(&source[at + 6..])[..] {
            mention(code, expected, mentioned);
        }
    }
    for (at, _) in source.match_indices(" code: \"") {
        mention(&source[at + 7..], "", mentioned);
    }
}

fn mention(code: &str, expected: &str, mentioned: &mut Mentioned) {
    let Some(code) = literal(code).filter(|code| is_code(code)) else { return };
    mentioned.codes.insert(code);
    if let Some(text) = literal(expected.strip_prefix("format!(").unwrap_or(expected)) {
        mentioned.expected.insert(with_gaps(&text));
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The text of a string literal at the start of `source`.
fn literal(source: &str) -> Option<String> {
    let mut text = String::new();
    let mut characters = source.strip_prefix('"')?.chars();
    loop {
        match characters.next()? {
            '"' => return Some(text),
            '\\' => text.push(characters.next()?),
            other => text.push(other),
        }
    }
}

/// `{least}` and the like become `{}`.
fn with_gaps(text: &str) -> String {
    let mut pieces = text.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + "{}" + piece.split_once('}').map_or("", |(_, after)| after))
}

/// The arguments of a call whose opening parenthesis is right before `source`.
fn arguments(source: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    let mut characters = source.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                found.push(source[start..at].trim());
                found.retain(|argument| !argument.is_empty());
                return found;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(source[start..at].trim());
                start = at + 1;
            }
            '"' => {
                while let Some((_, inner)) = characters.next().filter(|(_, inner)| *inner != '"') {
                    if inner == '\\' {
                        characters.next();
                    }
                }
            }
            _ => {}
        }
    }
    Vec::new()
}

#[test]
fn faults_are_found_in_sources() {
    let source = r#"
        faults.add(field(1, "x"), "too_long", &a[0], format!("at most {limit} things"));
        faults.add(
            "/a",
            "spread_out",
            "",
            "a, \"b\" (or c",
        );
        let f = fault("local", found.to_string(), "text");
        Fault { field, code: "in_struct".to_owned() };
        faults.add("/a", code, "", "not known"); set.add(1);
    "#;
    let mut mentioned = Mentioned::default();
    scan(source, &mut mentioned);
    assert_eq!(mentioned.codes, ["in_struct", "local", "spread_out", "too_long"].map(String::from).into());
    assert_eq!(mentioned.expected, ["a, \"b\" (or c", "at most {} things", "text"].map(String::from).into());
}
