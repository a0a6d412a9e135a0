//! `GET /problems`, `GET /problems/{code}`: what each problem code means, in both languages. The `type` of every
//! problem leads here.

use std::fmt::Write as _;

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::html::{escape, page, with_code};
use crate::{
    app::App,
    extract::{Json, Path},
    problem::{Code, Result},
    texts::{self, Language},
};

/// The routes of the explanations.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(all)).routes(routes!(one))
}

/// A problem code and its meaning. Texts name parameters in braces; a sentence whose parameter is missing is left
/// out of an answer.
#[derive(Debug, Serialize, ToSchema)]
struct Explanation {
    /// The stable code
    #[schema(example = "not_found")]
    code: &'static str,
    /// The HTTP status that it comes with
    #[schema(example = 404)]
    status: u16,
    /// In Spanish
    es: ExplanationText,
    /// In English
    en: ExplanationText,
}

/// The texts of a problem code in one language.
#[derive(Debug, Serialize, ToSchema)]
struct ExplanationText {
    /// A few words
    title: &'static str,
    /// Sentences
    detail: String,
}

/// The problem codes
///
/// Every code with its meaning in Spanish and English; a page for whoever accepts HTML.
#[utoipa::path(
    get, path = "/problems", tag = "operation",
    responses((status = OK, content((Vec<Explanation> = "application/json"), (String = "text/html"))))
)]
async fn all(headers: HeaderMap) -> Response {
    let explanations: Vec<_> = Code::ALL.iter().map(|code| explain(*code)).collect();
    if !wants_page(&headers) {
        return Json(explanations).into_response();
    }
    let mut rows = String::new();
    for Explanation { code, status, es, en } in &explanations {
        // Writing to a String cannot fail.
        let _ = write!(
            rows,
            "<tr><td><a href=\"/problems/{code}\"><code>{code}</code></a></td><td>{status}</td><td lang=\"es\">{}</td>\
             <td>{}</td></tr>",
            escape(es.title),
            escape(en.title)
        );
    }
    let head = "<tr><th>code</th><th>HTTP</th><th lang=\"es\">Español</th><th>English</th></tr>";
    page("Problemas · Problems", &format!("<h1>Problemas · Problems</h1><table>{head}{rows}</table>"))
        .into_response()
}

/// A problem code
///
/// What the code means, in Spanish and English; a page for whoever accepts HTML.
#[utoipa::path(
    get, path = "/problems/{code}", tag = "operation",
    params(("code" = String, Path, description = "The code", example = "not_found")),
    responses(
        (status = OK, content((Explanation = "application/json"), (String = "text/html"))),
        (status = NOT_FOUND, description = "There is no such code")
    )
)]
async fn one(Path(code): Path<String>, headers: HeaderMap) -> Result<Response> {
    let code = Code::ALL.iter().copied().find(|known| known.name() == code).ok_or(Code::NotFound)?;
    let explanation = explain(code);
    if !wants_page(&headers) {
        return Ok(Json(explanation).into_response());
    }
    let Explanation { code, status, es, en } = explanation;
    let body = format!(
        "<p><a href=\"/problems\">Problemas · Problems</a></p><h1><code>{code}</code> · HTTP {status}</h1>\
         <section lang=\"es\"><h2>{}</h2><p>{}</p></section><section lang=\"en\"><h2>{}</h2><p>{}</p></section>",
        escape(es.title),
        with_code(&es.detail),
        escape(en.title),
        with_code(&en.detail)
    );
    Ok(page(code, &body).into_response())
}

fn explain(code: Code) -> Explanation {
    let text = |language| {
        let text = texts::problem(language, code);
        ExplanationText { title: &text.title, detail: text.detail.join(" ") }
    };
    Explanation {
        code: code.name(),
        status: code.status().as_u16(),
        es: text(Language::Spanish),
        en: text(Language::English),
    }
}

/// True for browsers, which name HTML; programs that take anything get JSON.
fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}
