//! Whoever runs this server: known by a setting of the process and by nothing in any account, so that no company can
//! see, grant or hold what shows the others.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

use crate::{
    app::App,
    problem::{Code, Problem, Result},
    secrets::same,
};

/// A request with the bearer secret of the setting `operator_token`. Without the setting nobody has it.
#[derive(Debug, Clone, Copy)]
pub struct Operator(());

impl FromRequestParts<App> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = value.unwrap_or_default().split_once(' ').unwrap_or_default();
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        let expected = app.operator_token.as_ref().filter(|_| is_bearer);
        match expected {
            Some(expected) if same(expected.reveal().as_bytes(), token.trim().as_bytes()) => Ok(Self(())),
            _ => Err(Code::Unauthenticated.into()),
        }
    }
}
