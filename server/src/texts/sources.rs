//! Finds, in the sources, the codes of faults and the English of what was expected, for the test that every one of
//! them has its texts.

use std::{
    collections::{BTreeMap, BTreeSet},
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
    let sources: Vec<String> = files
        .into_iter()
        .map(|file| {
            fs::read_to_string(file).unwrap().split("#[cfg(test)]").next().unwrap_or_default().to_owned()
        })
        .collect();
    scan(&sources.iter().map(String::as_str).collect::<Vec<_>>())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    // What the configuration expects is read by the operator, in English
    const LEFT_OUT: [&str; 4] = ["tests.rs", "texts/sources.rs", "src/config", "push/settings.rs"];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if LEFT_OUT.iter().any(|end| path.ends_with(end)) {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Understands `faults.add(field, "code", found, expected)`, a local `fault("code", …, expected)`, and `code: "code"`
/// in a literal of the struct, for the codes. What is expected is every argument and member of that name, also by the
/// name of a constant or of what was let before, and what errors of serde say behind `expected`.
fn scan(sources: &[&str]) -> Mentioned {
    /// What stands behind the colon where `expected` is declared
    const TYPES: [&str; 5] = ["&str", "&'", "impl ", "String", "Cow<"];
    let mut mentioned = Mentioned::default();
    let constants: BTreeMap<&str, String> = sources.iter().flat_map(|source| constants(source)).collect();
    let shared: Vec<(String, usize)> = sources.iter().flat_map(|source| expecting(source, true)).collect();
    for source in sources {
        codes(source, &mut mentioned);
        let own = expecting(source, false);
        let calls = own.iter().chain(&shared).flat_map(|(name, place)| {
            let calls = source.match_indices(name.as_str()).filter(|(at, _)| is_call(source, *at));
            calls.filter_map(|(at, _)| arguments(&source[at + name.len()..]).get(*place).copied())
        });
        let members = source
            .match_indices(" expected: ")
            .filter_map(|(at, name)| arguments(&source[at + name.len()..]).first().copied())
            .filter(|member| !TYPES.iter().any(|name| member.starts_with(name)));
        let named =
            source.match_indices("let expected = ").map(|(at, name)| statement(&source[at + name.len()..]));
        for expression in calls.chain(members).chain(named) {
            mentioned.expected.extend(texts(expression, source, &constants));
        }
        for (at, _) in source.match_indices("\"expected ") {
            let text = literal(&source[at..]).unwrap_or_default();
            mentioned.expected.insert(with_gaps(text.trim_start_matches("expected ")));
        }
    }
    mentioned.expected.retain(|text| has_words(text));
    mentioned
}

fn codes(source: &str, mentioned: &mut Mentioned) {
    for (at, _) in source.match_indices(".add(") {
        if let [_, code, _, _] = &arguments(&source[at + 5..])[..] {
            mentioned.codes.extend(literal(code).filter(|code| is_code(code)));
        }
    }
    for (at, _) in source.match_indices("fault(\"").chain(source.match_indices("fault(\n")) {
        if let [code, .., _] = &arguments(&source[at + 6..])[..] {
            mentioned.codes.extend(literal(code).filter(|code| is_code(code)));
        }
    }
    for (at, _) in source.match_indices(" code: \"") {
        mentioned.codes.extend(literal(&source[at + 7..]).filter(|code| is_code(code)));
    }
}

/// The constants that are texts.
fn constants(source: &str) -> Vec<(&str, String)> {
    let constants = source.split("const ").skip(1);
    constants
        .filter_map(|rest| {
            let (name, rest) = rest.split_once(": &str =")?;
            Some((name, literal(rest.trim_start())?))
        })
        .collect()
}

/// The functions and closures that are told what was expected, as their calls begin, with the place of that argument.
fn expecting(source: &str, is_public: bool) -> Vec<(String, usize)> {
    let place = |parameters: &[&str]| {
        let parameters = parameters.iter().filter(|parameter| !parameter.ends_with("self"));
        parameters.into_iter().position(|parameter| parameter.starts_with("expected:"))
    };
    let functions = source.match_indices("fn ").filter_map(|(at, _)| {
        let line = source[..at].rsplit('\n').next().unwrap_or_default();
        let (name, parameters) = source[at + 3..].split_once('(')?;
        let name = name.split('<').next()?;
        let place = place(&arguments(parameters))?;
        (line.contains("pub") == is_public).then(|| (format!("{name}("), place))
    });
    let closures = source.match_indices(" = |").filter_map(|(at, _)| {
        let name = source[..at].rsplit(' ').next()?;
        let (parameters, _) = source[at + 4..].split_once('|')?;
        let parameters: Vec<_> = parameters.split(',').map(str::trim).collect();
        (!is_public).then_some((format!("{name}("), place(&parameters)?))
    });
    functions.chain(closures).collect()
}

/// True where a name at this place is called, and neither declared nor the end of another one.
fn is_call(source: &str, at: usize) -> bool {
    let before = &source[..at];
    !before.ends_with("fn ") && !before.ends_with(|last: char| last.is_alphanumeric() || last == '_')
}

/// The texts that an expression can be.
fn texts(expression: &str, source: &str, constants: &BTreeMap<&str, String>) -> Vec<String> {
    let name: String = expression.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if let Some(text) = constants.get(name.as_str()) {
        return vec![text.clone()];
    }
    let is_name = expression[name.len()..].is_empty() || expression[name.len()..].starts_with('.');
    if !name.is_empty() && is_name {
        let lets = format!("let {name} = ");
        let found = source.match_indices(&lets).map(|(at, _)| statement(&source[at + lets.len()..]));
        return found.flat_map(literals).collect();
    }
    literals(expression)
}

/// The literals in an expression, with gaps; not those of a fault within it, which is looked at by itself.
fn literals(expression: &str) -> Vec<String> {
    let lines: Vec<_> = expression.lines().filter(|line| !line.contains(".add(")).collect();
    let (own, mut found) = (lines.join("\n"), Vec::new());
    let mut rest = own.as_str();
    while let Some(at) = rest.find('"') {
        let Some((text, length)) = measured(&rest[at..]) else { break };
        found.push(with_gaps(&text));
        rest = &rest[at + length..];
    }
    found
}

/// Words that would be read, outside of gaps and of what is quoted as it is written.
pub(super) fn has_words(text: &str) -> bool {
    text.split('`').step_by(2).any(|part| part.contains(char::is_alphabetic))
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The text of a string literal at the start of `source`.
fn literal(source: &str) -> Option<String> {
    measured(source).map(|(text, _)| text)
}

/// The same with how long it is as it is written.
fn measured(source: &str) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut characters = source.strip_prefix('"')?.char_indices().peekable();
    loop {
        match characters.next()? {
            (at, '"') => return Some((text, at + 2)),
            (_, '\\') => match characters.next()? {
                (_, '\n') => while characters.next_if(|(_, next)| next.is_whitespace()).is_some() {},
                (_, escaped) => text.push(escaped),
            },
            (_, other) => text.push(other),
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
    let found = pieces(source, ',');
    found.into_iter().filter(|argument| !argument.is_empty()).collect()
}

/// What stands before the end of the statement.
fn statement(source: &str) -> &str {
    pieces(source, ';').first().copied().unwrap_or_default()
}

/// The pieces of `source` up to the bracket that ends it, or to its own end.
fn pieces(source: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    let mut characters = source.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                found.push(source[start..at].trim());
                return found;
            }
            ')' | ']' | '}' => depth -= 1,
            _ if character == separator && depth == 0 => {
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
    found
}

#[test]
fn faults_are_found_in_sources() {
    let source = r#"
        faults.add(field(1, "x"), "too_long", &a[0], format!("at most {limit} things"));
        faults.add(
            "/a",
            "spread_out",
            "",
            "a, \"b\" (or \
             c",
        );
        let f = fault("local", found.to_string(), "text");
        Fault { field, code: "in_struct".to_owned(), expected: "a member".to_owned() };
        faults.add("/a", code, "", "a text of any code"); set.add(1);
        fn fault(code: &str, found: String, expected: &str) -> Fault {}
        let expected = match some { Ok(_) => "one thing", Err(n) => format!("another {n}, `a`") };
        let refused = if some { return } else { "what was let" };
        faults.add("/a", "b", "", refused);
        faults.add("/a", "b", "", TOLD.to_owned());
        Err(D::Error::custom("expected a rule")); "`{}`";
    "#;
    let told = r#"pub const TOLD: &str = "what is constant"; impl Faults {
        pub fn add(&mut self, field: impl Into<String>, code: &str, found: &str, expected: impl Into<String>) {} }"#;
    let mentioned = scan(&[source, told]);
    let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(mentioned.codes, set(&["b", "in_struct", "local", "spread_out", "too_long"]));
    let expected = [
        "a member",
        "a rule",
        "a text of any code",
        "a, \"b\" (or c",
        "another {}, `a`",
        "at most {} things",
        "one thing",
        "text",
        "what is constant",
        "what was let",
    ];
    assert_eq!(mentioned.expected, set(&expected));
}
