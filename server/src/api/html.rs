//! Small pages that are made here: no script, nothing loaded from anywhere.

use std::fmt::Write as _;

use axum::response::Html;

const STYLE: &str = "body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;\
color:#1f2933;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}\
code{background:#eef1f4;padding:.1rem .3rem;border-radius:.2rem}table{border-collapse:collapse;width:100%}\
td,th{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d9e0e6;vertical-align:top}a{color:#0b5cad}\
@media(prefers-color-scheme:dark){body{color:#e4e7eb;background:#171c21}code{background:#2a323a}\
td,th{border-color:#36404a}a{color:#7ab8f5}}";

/// A page. `body` is HTML whose texts went through [`escape`].
pub(super) fn page(title: &str, body: &str) -> Html<String> {
    Html(document("en", title, body))
}

/// The text of a page in a language, given by its tag.
pub(crate) fn document(language: &str, title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
}

/// A text as HTML shows it.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text in which `{names}` and parts in backticks are shown as code.
pub(crate) fn with_code(text: &str) -> String {
    let mut shown = String::new();
    for (number, part) in text.split('`').enumerate() {
        if number % 2 == 1 {
            // Writing to a String cannot fail.
            let _ = write!(shown, "<code>{}</code>", escape(part));
        } else {
            shown.push_str(&escape(part).replace('{', "<code>{").replace('}', "}</code>"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shown_as_they_are() {
        assert_eq!(escape("<a href='x'>&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;");
        assert_eq!(with_code("a `{b}` <c> {d}"), "a <code>{b}</code> &lt;c&gt; <code>{d}</code>");
    }
}
