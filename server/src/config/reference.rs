//! The reference of all settings, made from their table.

use std::fmt::Write as _;

use super::{rules::Rule, sources::PREFIX};

const INTRODUCTION: &str = "# Configuration

<!-- Made from server/src/config/mod.rs. After a change: UPDATE_GENERATED=1 cargo test -p campo-server configuration -->

`campo serve` runs without any setting. Settings are keys of a TOML file, `campo.toml` in the current folder or the one
that `--config` or `CAMPO_CONFIG` names, and variables of the environment, which win: `listen` and `CAMPO_LISTEN`. An
empty variable counts as not set. A key or variable that does not exist, or a value that does not fit, stops the start
with a message that names it.
";

/// What the reference says of one setting.
pub(super) struct Description {
    name: &'static str,
    doc: String,
    default: &'static str,
    expected: String,
}

pub(super) fn describe<T>(
    name: &'static str,
    doc: &[&str],
    default: &'static str,
    rule: &Rule<T>,
) -> Description {
    Description {
        name,
        doc: doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" "),
        default,
        expected: rule.expected.clone(),
    }
}

/// The reference in Markdown: every key with its variable, default, and meaning.
pub fn reference() -> String {
    let mut text = INTRODUCTION.to_owned();
    for Description { name, doc, default, expected } in super::descriptions() {
        let variable = format!("{PREFIX}{}", name.to_ascii_uppercase());
        let default = if default.is_empty() { "not set".to_owned() } else { format!("`{default}`") };
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n## {name}\n\n{doc}\n\n- variable: `{variable}`\n- default: {default}\n- value: {expected}\n"
        );
    }
    text
}
