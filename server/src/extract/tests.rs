use std::collections::BTreeMap;

use axum::{Router, body::Body, routing::get};
use campo_protocol::{faults::Fault, model::Ref};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::*;
use crate::texts::{self, Language};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only whether it can be read matters here")]
struct Document {
    name: String,
    #[serde(default)]
    count: Option<i64>,
    #[serde(default)]
    id: Option<Uuid>,
    #[serde(default)]
    poi: Option<Ref>,
    #[serde(default)]
    state: Option<State>,
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    custom: BTreeMap<String, String>,
    #[serde(default)]
    raw: Option<Box<RawValue>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only whether it can be read matters here")]
struct Item {
    place: f64,
    #[serde(default)]
    on: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    Done,
    OnHold,
}

fn only_fault(problem: &Problem) -> (&str, &str, &str, &str) {
    let [Fault { field, code, found, expected }] = problem.faults() else { panic!("{problem}") };
    assert_ne!(texts::fault(Language::Spanish, code), texts::fault(Language::Spanish, "unknown"), "{code}");
    (field, code, found, expected)
}

#[test]
fn a_wrong_document_is_answered_with_the_field_what_was_found_and_what_was_expected() {
    for (json, fault) in [
        (r#"{"name":7}"#, ("/name", "wrong_type", "7", "text")),
        (r"{}", ("/name", "required", "", "")),
        (r"[]", ("", "wrong_type", "[]", "an object")),
        (r"7", ("", "wrong_type", "7", "an object")),
        (r#"{"name":"a","count":"7"}"#, ("/count", "wrong_type", "7", "an integer")),
        (r#"{"name":"a","count":1.5}"#, ("/count", "wrong_type", "1.5", "an integer")),
        (
            r#"{"name":"a","count":9223372036854775808}"#,
            ("/count", "invalid_value", "9223372036854775808", "an integer"),
        ),
        (r#"{"name":"a","id":"x"}"#, ("/id", "invalid_value", "x", "a UUID")),
        (r#"{"name":"a","id":{}}"#, ("/id", "wrong_type", "{}", "a UUID")),
        (r#"{"name":"a","poi":"x"}"#, ("/poi", "invalid_value", "x", "a UUID, or `code:` and the code")),
        (r#"{"name":"a","state":"x"}"#, ("/state", "unknown_value", "x", "one of `open`, `done`, `on_hold`")),
        (r#"{"name":"a","items":{"a":[1]}}"#, ("/items", "wrong_type", r#"{"a":[1]}"#, "a list")),
        (
            r#"{"name":"a","items":[{"place":1},{"place":null}]}"#,
            ("/items/1/place", "wrong_type", "null", "a number"),
        ),
        (r#"{"name":"a","items":[{"place":1,"on":1}]}"#, ("/items/0/on", "wrong_type", "1", "true or false")),
        (r#"{"name":"a","items":[{}]}"#, ("/items/0/place", "required", "", "")),
        (r#"{"name":"a","items":[{"x/y~":1}]}"#, ("/items/0/x~1y~0", "unknown_field", "", "`place` or `on`")),
        (
            r#"{"name":"a","items":[{"a`b, expected c":1}]}"#,
            ("/items/0/a`b, expected c", "unknown_field", "", "`place` or `on`"),
        ),
        (r#"{"name":"a","name":"b"}"#, ("/name", "duplicate_field", "", "")),
        (r#"{"name":"a","custom":{"k/1":[]}}"#, ("/custom/k~11", "wrong_type", "[]", "text")),
    ] {
        let problem = from_json::<Document>(json.as_bytes()).unwrap_err();
        assert_eq!(problem.code(), Code::ValidationFailed, "{json}");
        assert_eq!(only_fault(&problem), fault, "{json}");
    }
}

#[test]
fn text_that_no_table_can_hold_is_refused_wherever_it_stands() {
    let json =
        r#"{"name":"a\u0000","custom":{"k":"\u0000","\u0000":"v"},"raw":{"deep":[1,"x\u0000"]},"items":[]}"#;
    let problem = from_json::<Document>(json.as_bytes()).unwrap_err();
    let fields: Vec<_> = problem.faults().iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["/custom/\u{FFFD}", "/custom/k", "/name", "/raw/deep/1"]);
    assert!(problem.faults().iter().all(|fault| fault.code == "text_not_storable"));
    let escaped = r#"{"name":"a \\u0000 \ud83d\ude00 \uD83D\uDE00"}"#;
    assert!(from_json::<Document>(escaped.as_bytes()).is_ok(), "a backslash before it, and pairs, are text");
}

#[test]
fn what_is_not_json_is_answered_with_the_place() {
    for (json, line, column) in [
        ("{\"name\":\n  x}", "2", "3"),
        ("", "1", "0"),
        ("{\"name\":\"a\"} x", "1", "14"),
        ("{\"name\":\"a\",\"raw\":\"\\ud800\"}", "1", "26"),
        ("{\"name\":\"a\u{0}\"}", "1", "11"),
    ] {
        let problem = from_json::<Document>(json.as_bytes()).unwrap_err();
        assert_eq!(problem.code(), Code::MalformedJson, "{json}");
        assert_eq!(
            (problem.parameter("line"), problem.parameter("column")),
            (Some(line), Some(column)),
            "{json}"
        );
    }
    let problem = from_json::<Document>(b"{\"name\":\"\xff\"}").unwrap_err();
    assert_eq!(problem.code(), Code::MalformedJson);
    let spanish = from_json::<Document>(b"{").unwrap_err().detail(Language::Spanish);
    assert_eq!(spanish, "El contenido no es JSON. Línea 1, columna 1: EOF while parsing an object.");
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[serde(default)]
    limit: Option<i64>,
    #[serde(default)]
    state: Vec<State>,
    #[serde(default)]
    after: Option<String>,
}

#[test]
fn a_query_is_read_with_lists_and_answered_with_the_parameter_that_is_wrong() {
    let filter = from_query::<Filter>("limit=7&state=open&state=on_hold&after=a%20b+c").unwrap();
    assert_eq!(
        filter,
        Filter { limit: Some(7), state: vec![State::Open, State::OnHold], after: Some("a b c".to_owned()) }
    );
    for (query, fault) in [
        ("limit=x", ("/limit", "invalid_value", "x", "an integer")),
        (
            "limit=99999999999999999999",
            ("/limit", "invalid_value", "99999999999999999999", "an integer of 64 bits"),
        ),
        ("limit=1&limit=2", ("/limit", "duplicate_field", "", "")),
        ("stat=x", ("/stat", "unknown_field", "", "one of `limit`, `state`, `after`")),
        ("state=x", ("/state/0", "unknown_value", "x", "one of `open`, `done`, `on_hold`")),
        ("state=open&state=x", ("/state/1", "unknown_value", "x", "one of `open`, `done`, `on_hold`")),
        ("after=a%00", ("/after", "text_not_storable", "", "text without the character U+0000")),
    ] {
        let problem = from_query::<Filter>(query).unwrap_err();
        assert_eq!(problem.code(), Code::ValidationFailed, "{query}");
        assert_eq!(only_fault(&problem), fault, "{query}");
    }
}

async fn ask(request: axum::http::request::Builder, body: Body) -> Problem {
    let routes = Router::new()
        .route("/documents", get(|Json(document): Json<Document>| async { Json(document.name) }))
        .route("/tasks/{id}", get(|Path(id): Path<Uuid>| async move { Json(id) }))
        .route("/named/{reference}", get(|Path(name): Path<Named>| async move { Json(name.reference) }))
        .layer(axum::extract::DefaultBodyLimit::max(40));
    let response = routes.oneshot(request.body(body).unwrap()).await.unwrap();
    response.extensions().get::<Problem>().cloned().unwrap()
}

#[derive(Deserialize)]
struct Named {
    reference: Ref,
}

#[tokio::test]
async fn a_body_that_is_not_taken_says_why() {
    let json = "application/merge-patch+json; charset=utf-8";
    for (content, body, code) in [
        ("text/plain", Body::from("{}"), Code::UnsupportedMediaType),
        ("", Body::from("{}"), Code::UnsupportedMediaType),
        (json, Body::from(" ".repeat(41)), Code::PayloadTooLarge),
        (
            json,
            Body::from_stream(futures_util::stream::iter([Err::<Bytes, _>("cut off")])),
            Code::BodyIncomplete,
        ),
        (json, Body::from("{"), Code::MalformedJson),
        (json, Body::from("{}"), Code::ValidationFailed),
        (json, Body::from("[\"a\"]"), Code::ValidationFailed),
    ] {
        let request = Request::get("/documents").header(header::CONTENT_TYPE, content);
        assert_eq!(ask(request, body).await.code(), code, "{content}");
    }
}

#[tokio::test]
async fn a_path_that_cannot_name_anything_is_not_found() {
    for (path, fault) in [
        ("/tasks/7", Some(("a UUID", "7"))),
        ("/named/7", Some(("a UUID, or `code:` and the code", "7"))),
        ("/named/code:%00", None),
    ] {
        let problem = ask(Request::get(path), Body::empty()).await;
        assert_eq!(problem.code(), Code::NotFound, "{path}");
        let named = problem.faults().first().map(|fault| (fault.expected.as_str(), fault.found.as_str()));
        assert_eq!(named.map(|(expected, _)| expected), fault.map(|(expected, _)| expected), "{path}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_answered(bytes in prop::collection::vec(any::<u8>(), 0..200), query in ".*") {
        let _ = from_json::<Document>(&bytes);
        let _ = from_json::<serde_json::Value>(&bytes);
        let _ = from_query::<Filter>(&query);
    }

    #[test]
    fn any_json_is_read_or_answered_with_a_field(text in ".*", name in ".*", nested in any::<bool>()) {
        let value = serde_json::json!({ name: text });
        let document = serde_json::json!({"name": "a", "items": [value], "custom": value});
        let document = if nested { document } else { value };
        let code = from_json::<Document>(&serde_json::to_vec(&document).unwrap()).err().map(|problem| problem.code());
        prop_assert!(matches!(code, None | Some(Code::ValidationFailed)));
    }
}
