//! Takes secrets out of bodies, by the names before them: in JSON, in XML, in XML within text, in forms. Pure.

/// A name that has one of these in it holds a secret.
const PARTS: [&str; 5] = ["password", "passwd", "secret", "authorization", "contrase"];
/// So does one that is exactly this.
const WHOLE: [&str; 3] = ["pin", "token", "nonce"];
/// What stands for a secret.
const MASK: &str = "***";

/// The text without secrets.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut opens_prefix = false;
    while let Some((before, name, after)) = next_name(rest) {
        out.push_str(before);
        out.push_str(name);
        rest = after;
        // `<Password` and `<t:Password` begin an element; `</t:Password` ends one
        let opens = before.ends_with('<') || (before == ":" && opens_prefix);
        opens_prefix = before.ends_with('<');
        // `&lt;/Password&gt;` ends an element within text
        if !is_secret(name) || (before.ends_with('/') && after.starts_with("&gt;")) {
            continue;
        }
        let Some(value) = value(opens, after) else { continue };
        out.push_str(&after[..value.start]);
        out.push_str(MASK);
        rest = &after[value.end..];
    }
    out.push_str(rest);
    out
}

/// What stands before the next name, the name, and what stands behind it.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let start = text.find(is_of_name)?;
    let length = text[start..].find(|c: char| !is_of_name(c)).unwrap_or(text.len() - start);
    Some((&text[..start], &text[start..start + length], &text[start + length..]))
}

fn is_secret(name: &str) -> bool {
    let lower = name.to_lowercase();
    WHOLE.contains(&lower.as_str()) || PARTS.iter().any(|part| lower.contains(part))
}

/// Where the value of a name stands in what follows it; `opened` where it begins an element.
fn value(opened: bool, after: &str) -> Option<std::ops::Range<usize>> {
    if let Some(rest) = after.strip_prefix("\\\"").or_else(|| after.strip_prefix('"')) {
        return in_json(after, rest);
    }
    if let Some(rest) = after.strip_prefix("&gt;") {
        let start = after.len() - rest.len();
        return Some(start..start + rest.find("&lt;").unwrap_or(rest.len()));
    }
    if let Some(rest) = after.strip_prefix('=') {
        let start = after.len() - rest.len();
        let (quote, inner) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => (Some(quote), &rest[1..]),
            _ => (None, rest),
        };
        let start = start + usize::from(quote.is_some());
        let ends = |c: char| quote.map_or(c == '&' || c.is_whitespace(), |quote| c == quote);
        return Some(start..start + inner.find(ends).unwrap_or(inner.len()));
    }
    if opened && (after.starts_with('>') || after.starts_with(char::is_whitespace)) {
        let start = after.find('>')? + 1;
        if after[..start].ends_with("/>") {
            return None;
        }
        let inner = &after[start..];
        return Some(start..start + inner.find('<').unwrap_or(inner.len()));
    }
    None
}

/// A member of JSON, also of JSON within text: a string or a number. What is deeper is masked by its own names.
fn in_json(after: &str, rest: &str) -> Option<std::ops::Range<usize>> {
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let start = after.len() - rest.len();
    if let Some(inner) = rest.strip_prefix("\\\"") {
        let start = start + 2;
        return Some(start..start + inner.find("\\\"").unwrap_or(inner.len()));
    }
    if let Some(inner) = rest.strip_prefix('"') {
        let start = start + 1;
        let mut escaped = false;
        for (index, c) in inner.char_indices() {
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => return Some(start..start + index),
                _ => escaped = false,
            }
        }
        return Some(start..start + inner.len());
    }
    let length = rest.find([',', '}', ']', '\n']).unwrap_or(rest.len());
    (!rest.starts_with(['{', '['])).then_some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out_by_the_names_before_them() {
        for (text, expected) in [
            (r#"{"password": "a\"b", "name": "Ana"}"#, r#"{"password": "***", "name": "Ana"}"#),
            (r#"{"old_password":"x","pin":1234}"#, r#"{"old_password":"***","pin":***}"#),
            (r#"{"secrets": {"a": "b"}, "shipping": "x"}"#, r#"{"secrets": {"a": "b"}, "shipping": "x"}"#),
            (
                "<userName>ana</userName><password>x&amp;y</password>",
                "<userName>ana</userName><password>***</password>",
            ),
            (
                "<t:Password Type=\"#Digest\">abc=</t:Password>",
                "<t:Password Type=\"#Digest\">***</t:Password>",
            ),
            ("<Password/><a>b</a>", "<Password/><a>b</a>"),
            ("&lt;Password&gt;x&lt;/Password&gt;", "&lt;Password&gt;***&lt;/Password&gt;"),
            ("userName=a&password=x%20y&taskNumber=1", "userName=a&password=***&taskNumber=1"),
            (r#"{"inner":"{\"password\":\"x\"}"}"#, r#"{"inner":"{\"password\":\"***\"}"}"#),
            ("{\"password\": \"cut off", "{\"password\": \"***"),
            ("contraseña olvidada", "contraseña olvidada"),
            ("", ""),
        ] {
            assert_eq!(masked(text), expected);
        }
    }
}
