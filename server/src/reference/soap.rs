//! The services of SOAP, from their descriptions.

use std::fmt::Write as _;

use campo_soap::description::{
    Enumeration, Field, Kind, List, Method, Presence, Record, Service, Text, Type,
};

use super::labels::label;
use crate::{
    api::html::{escape, with_code},
    soap::{SERVICES, is_available},
    texts::Language,
};

/// The sections of all services.
pub(super) fn sections(language: Language) -> String {
    SERVICES.iter().map(|service| section(service, language)).collect()
}

/// Names and addresses of the sections, for the contents.
pub(super) fn contents() -> Vec<(String, String)> {
    SERVICES.iter().map(|service| (format!("soap-{}", service.name), service.file.to_owned())).collect()
}

fn section(service: &Service, language: Language) -> String {
    let mut html = String::new();
    let word = |name: &str| label(language, name);
    let file = escape(service.file);
    // Writing to a String cannot fail
    let _ = write!(
        html,
        "<section><h2 id=\"soap-{}\"><code>{file}</code></h2><p>{}</p><p>{}: <code>/services/{file}</code> · \
         <a href=\"/services/{file}?WSDL\">WSDL</a> · SOAPAction <code>{}/…</code></p>",
        service.name,
        said(service.says, language),
        word("address"),
        escape(&service.namespace)
    );
    for method in &service.methods {
        html.push_str(&of_method(service, method, language));
    }
    let _ = write!(html, "<h3>{}</h3>", word("types"));
    for one in &service.types {
        html.push_str(&match one {
            Type::Record(record) => of_record(service, record, language),
            Type::Enumeration(enumeration) => of_enumeration(service, enumeration, language),
        });
    }
    html.push_str("</section>");
    html
}

fn of_method(service: &Service, method: &Method, language: Language) -> String {
    let word = |name: &str| label(language, name);
    let mut html = format!("<h3 id=\"{}-{}\"><code>{}</code>", service.name, method.name, method.name);
    if !is_available(method.name) {
        let _ = write!(html, " <small>({})</small>", word("not_available"));
    }
    let _ = write!(html, "</h3><p>{}</p>", said(method.says, language));
    if method.http {
        let _ = write!(
            html,
            "<p>{} <code>/services/{}/{}</code></p>",
            word("by_http"),
            service.file,
            method.name
        );
    }
    let _ = write!(html, "<h4>{}</h4>{}", word("parameters"), fields(service, &method.parameters, language));
    if let Some(result) = &method.result {
        let _ = write!(
            html,
            "<p>{}: <code>{}</code> {}</p>",
            word("result"),
            escape(&result.name),
            kind(service, &result.kind, language)
        );
    }
    html
}

fn of_record(service: &Service, record: &Record, language: Language) -> String {
    let mut html = format!("<h4 id=\"{}-{}\"><code>{}</code></h4>", service.name, record.name, record.name);
    let says = said(record.says, language);
    if !says.is_empty() {
        let _ = write!(html, "<p>{says}</p>");
    }
    // A flag for each field says the same eighty times
    let shown: Vec<Field> =
        record.fields.iter().filter(|field| !field.name.ends_with("HasValue")).cloned().collect();
    html.push_str(&fields(service, &shown, language));
    if shown.len() < record.fields.len() {
        html.push_str("<p><code>…HasValue</code>: <code>boolean</code></p>");
    }
    html
}

fn of_enumeration(service: &Service, enumeration: &Enumeration, language: Language) -> String {
    let mut html =
        format!("<h4 id=\"{}-{}\"><code>{}</code></h4>", service.name, enumeration.name, enumeration.name);
    let says = said(enumeration.says, language);
    let several =
        if enumeration.several { format!(" ({})", label(language, "several")) } else { String::new() };
    let names: Vec<_> =
        enumeration.values.iter().map(|(name, number)| format!("<code>{name}</code> ({number})")).collect();
    let _ = write!(html, "<p>{says}{several}</p><p>{}: {}</p>", label(language, "values"), names.join(", "));
    html
}

fn fields(service: &Service, fields: &[Field], language: Language) -> String {
    let word = |name: &str| label(language, name);
    let mut html = format!(
        "<table><tr><th>{}</th><th>{}</th><th>{}</th></tr>",
        word("name"),
        word("kind"),
        word("meaning")
    );
    for field in fields {
        let presence = match field.presence {
            Presence::Always => String::new(),
            Presence::Optional => format!(", {}", word("may_be_missing")),
            Presence::Nillable => format!(", {}", word("may_be_nil")),
        };
        let _ = write!(
            html,
            "<tr><td><code>{}</code></td><td>{}{presence}</td><td>{}</td></tr>",
            escape(&field.name),
            kind(service, &field.kind, language),
            said(field.says, language)
        );
    }
    html + "</table>"
}

fn kind(service: &Service, kind: &Kind, language: Language) -> String {
    match kind {
        Kind::Of(name) => format!("<a href=\"#{}-{name}\"><code>{name}</code></a>", service.name),
        Kind::List(List { of, item, .. }) => {
            format!(
                "{} <code>{item}</code>: {}",
                label(language, "list_of"),
                self::kind(service, of, language)
            )
        }
        other => format!("<code>{}</code>", campo_soap::value::type_name(other)),
    }
}

fn said(text: Text, language: Language) -> String {
    with_code(match language {
        Language::Spanish => text.es,
        Language::English => text.en,
    })
}
