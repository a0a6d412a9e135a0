//! The whole page.

use std::{fmt::Write as _, sync::LazyLock};

use axum::response::Html;
use serde_json::Value;

use super::{files, labels::label, soap};
use crate::{
    api::{
        html::{document, escape},
        router,
    },
    events::kinds,
    problem::Code,
    texts::{self, Language},
};

/// What the pages look like, on paper too.
const STYLE: &str = "main{max-width:60rem}pre{background:#eef1f4;padding:.8rem;overflow:auto;font-size:.85rem}\
    h3{margin-top:1.6rem}h4{margin:.8rem 0 .2rem}nav ul{columns:2}small{font-weight:normal}\
    @media(prefers-color-scheme:dark){pre{background:#2a323a}}\
    @media print{body{margin:0;max-width:none;color:#000;background:#fff}nav{display:none}h2{break-before:page}\
    pre,table{break-inside:auto}tr{break-inside:avoid}a{color:inherit;text-decoration:none}}";

static SPANISH: LazyLock<String> = LazyLock::new(|| made(Language::Spanish));
static ENGLISH: LazyLock<String> = LazyLock::new(|| made(Language::English));

/// A program that a test runs against a real server.
struct Sample {
    title: &'static str,
    text: &'static str,
}

const SAMPLES: [Sample; 6] = [
    Sample { title: "curl, SOAP", text: include_str!("../../../docs/samples/soap.sh") },
    Sample { title: "Python (zeep), SOAP", text: include_str!("../../../docs/samples/soap.py") },
    Sample { title: "PHP, SOAP", text: include_str!("../../../docs/samples/soap.php") },
    Sample { title: "curl, REST", text: include_str!("../../../docs/samples/rest.sh") },
    Sample { title: "Python, REST", text: include_str!("../../../docs/samples/rest.py") },
    Sample { title: "Python, webhook", text: include_str!("../../../docs/samples/webhook.py") },
];

/// The page in a language.
pub(super) fn page(language: Language) -> Html<String> {
    Html(match language {
        Language::Spanish => SPANISH.clone(),
        Language::English => ENGLISH.clone(),
    })
}

fn made(language: Language) -> String {
    let word = |name: &str| label(language, name);
    let (intro, guide, notifications, other) = match language {
        Language::Spanish => (
            include_str!("intro.es.html"),
            include_str!("guide.es.html"),
            include_str!("events.es.html"),
            "en",
        ),
        Language::English => (
            include_str!("intro.en.html"),
            include_str!("guide.en.html"),
            include_str!("events.en.html"),
            "es",
        ),
    };
    let guide_title = match language {
        Language::Spanish => "De OfficeTrack a Campo en una tarde",
        Language::English => "From OfficeTrack to Campo in an afternoon",
    };
    let mut entries = vec![("guide".to_owned(), guide_title.to_owned())];
    entries.extend(soap::contents());
    for name in ["rest", "problems", "events", "files", "samples"] {
        entries.push((name.to_owned(), word(name)));
    }
    let contents: Vec<_> =
        entries.iter().map(|(id, title)| format!("<li><a href=\"#{id}\">{title}</a></li>")).collect();
    let contents = contents.concat();
    let body = format!(
        "<style>{STYLE}</style><h1>{}</h1><p><a href=\"/referencia?lang={other}\">{}</a> · {}</p>{intro}\
         <nav><h2>{}</h2><ul>{contents}</ul></nav><section><h2 id=\"guide\">{guide_title}</h2>{guide}</section>{}{}{}\
         <section><h2 id=\"events\">{}</h2>{notifications}{}</section>{}{}",
        word("title"),
        word("other_language"),
        word("print"),
        word("contents"),
        soap::sections(language),
        rest(language),
        problems(language),
        word("events"),
        kinds_of_events(language),
        files::section(language),
        samples(language)
    );
    let title = match language {
        Language::Spanish => "Campo: Referencia API",
        Language::English => "Campo: API reference",
    };
    document(language.tag(), title, &body)
}

/// Every operation of the OpenAPI document, by group.
fn rest(language: Language) -> String {
    let word = |name: &str| label(language, name);
    // Names and numbers always serialize
    let openapi = serde_json::to_value(router::document()).unwrap_or_default();
    let mut html = format!("<section><h2 id=\"rest\">{}</h2><p>{}</p>", word("rest"), word("rest_intro"));
    for tag in openapi["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        let operations = operations(&openapi, name, language);
        if operations.is_empty() {
            continue;
        }
        let _ = write!(
            html,
            "<h3>{}</h3><table><tr><th>{}</th><th>{}</th><th>{}</th></tr>{operations}</table>",
            escape(name),
            word("operation"),
            word("meaning"),
            word("permission")
        );
    }
    html + "</section>"
}

fn operations(openapi: &Value, tag: &str, language: Language) -> String {
    let mut rows = String::new();
    for (path, item) in openapi["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if operation["tags"][0] != tag {
                continue;
            }
            let permissions: Vec<_> = operation["security"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|one| Some(format!("<code>{}</code>", escape(one["bearer"][0].as_str()?))))
                .collect();
            let permissions =
                if permissions.is_empty() { label(language, "everybody") } else { permissions.join(", ") };
            let _ = write!(
                rows,
                "<tr><td><code>{} {}</code></td><td lang=\"en\">{}</td><td>{permissions}</td></tr>",
                method.to_uppercase(),
                escape(path),
                escape(operation["summary"].as_str().unwrap_or_default())
            );
        }
    }
    rows
}

fn problems(language: Language) -> String {
    let word = |name: &str| label(language, name);
    let mut rows = String::new();
    for code in Code::ALL {
        let text = texts::problem(language, *code);
        let _ = write!(
            rows,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            code.name(),
            code.status().as_u16(),
            escape(&text.title)
        );
    }
    format!(
        "<section><h2 id=\"problems\">{}</h2><p>{}</p><table><tr><th>{}</th><th>HTTP</th><th>{}</th></tr>{rows}</table></section>",
        word("problems"),
        word("problem_intro"),
        word("code"),
        word("meaning")
    )
}

fn kinds_of_events(language: Language) -> String {
    let mut rows = String::new();
    for kind in kinds::described(language) {
        // writing to a String cannot fail
        let _ = write!(
            rows,
            "<tr><td><code>{}</code></td><td>{}</td><td><code>{}</code></td><td><code>{}</code></td></tr>",
            kind.name,
            escape(&kind.meaning),
            kind.subject,
            kind.permission
        );
        if let Some(example) =
            kind.example.as_ref().and_then(|example| serde_json::to_string_pretty(example).ok())
        {
            let _ = write!(rows, "<tr><td></td><td colspan=\"3\"><pre>{}</pre></td></tr>", escape(&example));
        }
    }
    let word = |name: &str| label(language, name);
    format!(
        "<h3 id=\"event-kinds\">{}</h3><p>{}</p><table><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>{rows}</table>",
        word("event"),
        word("events_intro"),
        word("event"),
        word("meaning"),
        word("event_subject"),
        word("permission")
    )
}

fn samples(language: Language) -> String {
    let shown = |sample: &Sample| format!("<h3>{}</h3><pre>{}</pre>", sample.title, escape(sample.text));
    let all: String = SAMPLES.iter().map(shown).collect();
    format!(
        "<section><h2 id=\"samples\">{}</h2><p>{}</p>{all}</section>",
        label(language, "samples"),
        label(language, "samples_intro")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pages_tell_of_every_method_operation_and_problem() {
        for language in Language::ALL {
            let page = made(language);
            for service in crate::soap::SERVICES.iter() {
                for method in &service.methods {
                    assert!(
                        page.contains(&format!("id=\"{}-{}\"", service.name, method.name)),
                        "{}",
                        method.name
                    );
                }
            }
            let openapi = serde_json::to_value(router::document()).unwrap();
            for path in openapi["paths"].as_object().unwrap().keys() {
                assert!(page.contains(&escape(path)), "{path}");
            }
            for code in Code::ALL {
                assert!(page.contains(&format!("<code>{}</code>", code.name())), "{}", code.name());
            }
        }
    }
}
