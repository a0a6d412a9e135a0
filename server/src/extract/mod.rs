//! Extractors that answer bad input with a [`Problem`] which names the field. Handlers use these, not axum's.

mod explain;
mod storable;

use axum::{
    body::{Body, Bytes},
    extract::{
        FromRequest, FromRequestParts, OptionalFromRequest, Request, path::ErrorKind,
        rejection::PathRejection,
    },
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use campo_protocol::{
    document::{self, Unreadable, explain::expected_in_words},
    faults::{Faults, pointer},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::problem::{Code, Problem, Result};

/// The body of a request or an answer as JSON.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

/// The body of a request that holds a secret, as JSON. An answer that names a wrong field never repeats what was found
/// there, since it may be the secret with a slip in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Private<T>(pub T);

/// The body of a request as it is, whole.
#[derive(Debug, Clone, Default)]
pub struct Raw(pub Bytes);

/// The query of a request. A parameter can be repeated for a list, whose field then needs `#[serde(default)]`.
///
/// Parameters are text, and serde gives up reading numbers from text behind `#[serde(flatten)]`: a struct for a query
/// has its fields itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

/// The named parts of a request's path. One that cannot be what it should names nothing, so the answer is 404.
#[derive(Debug, Clone, Copy, Default)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let content = request.headers().get(header::CONTENT_TYPE);
        if !content.and_then(|content| content.to_str().ok()).is_some_and(is_json) {
            return Err(Problem::new(Code::UnsupportedMediaType).with("expected", "application/json"));
        }
        let Raw(body) = Raw::from_request(request, state).await?;
        let value = from_json(&body)?;
        // What is read as any JSON is an object too, as everything here.
        if body.trim_ascii_start().starts_with(b"[") {
            let mut faults = Faults::default();
            faults.add("", "wrong_type", "", "an object");
            return Err(faults.into());
        }
        Ok(Self(value))
    }
}

/// No body, or one that is `null`, is none: what came later may be left out by those who were there before.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>> {
        let (parts, body) = request.into_parts();
        let Raw(body) = Raw::from_request(Request::from_parts(parts.clone(), body), state).await?;
        if body.is_empty() {
            return Ok(None);
        }
        let request = Request::from_parts(parts, Body::from(body));
        let Json(value) = <Json<Option<T>> as FromRequest<S>>::from_request(request, state).await?;
        Ok(value.map(Json))
    }
}

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| {
            let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            Problem::new(if too_large { Code::PayloadTooLarge } else { Code::BodyIncomplete })
        })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Private<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        match <Json<T> as FromRequest<S>>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(problem) => Err(problem.without_found()),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        from_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        if parts.uri.path().contains("%00") {
            return Err(Problem::new(Code::NotFound));
        }
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(of_path(rejection)),
        }
    }
}

/// Reads a document. Bytes that are not JSON are [`Code::MalformedJson`]; what does not fit `T`, or holds text that no
/// table can, is [`Code::ValidationFailed`].
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    document::read_bytes(bytes).map_err(|unreadable| match unreadable {
        Unreadable::Malformed(error) => explain::malformed(&error),
        Unreadable::Wrong(faults) => faults.into(),
    })
}

/// Reads the query of an address; what does not fit `T` is [`Code::ValidationFailed`].
pub fn from_query<T: DeserializeOwned>(query: &str) -> Result<T> {
    let mut faults = Faults::default();
    storable::check_query(query, &mut faults);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    serde_path_to_error::deserialize(serde_html_form::Deserializer::from_bytes(query.as_bytes()))
        .map_err(|error| explain::of_query(query, error.path(), &error.inner().to_string()))
}

fn is_json(content: &str) -> bool {
    let media_type = content.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

fn of_path(rejection: PathRejection) -> Problem {
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return Problem::internal(rejection);
    };
    let mut faults = Faults::default();
    match failed.kind() {
        ErrorKind::WrongNumberOfParameters { .. } | ErrorKind::UnsupportedType { .. } => {
            return Problem::internal(failed);
        }
        ErrorKind::ParseErrorAtKey { key, value, expected_type } => {
            faults.add(pointer("", key), "invalid_value", value, expected_in_words(expected_type));
        }
        ErrorKind::DeserializeError { key, value, message } => {
            faults.add(pointer("", key), "invalid_value", value, expected_in_words(message));
        }
        ErrorKind::ParseError { value, expected_type }
        | ErrorKind::ParseErrorAtIndex { value, expected_type, .. } => {
            faults.add("", "invalid_value", value, expected_in_words(expected_type));
        }
        other => faults.add("", "invalid_value", "", expected_in_words(&other.to_string())),
    }
    Problem::new(Code::NotFound).with_faults(faults)
}

#[cfg(test)]
mod tests;
