//! How the server is reached, without saying by what.

use std::pin::Pin;

use crate::{machine::event::Failure, wire::HttpAnswer};

/// A request that a phone makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// `POST` or `PUT`
    pub method: &'static str,
    /// The whole address
    pub url: String,
    /// The headers, by name
    pub headers: Vec<(&'static str, String)>,
    /// The body
    pub body: Vec<u8>,
}

/// What a request comes to.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<HttpAnswer, Failure>> + Send + 'a>>;

/// Carries requests to the server. Dropping what it returns gives the request up.
pub trait Transport: Send + Sync {
    /// Sends a request and waits for its whole answer: [`Failure::Offline`] when nothing was reached,
    /// [`Failure::Broken`] when something was and no whole answer came.
    fn send(&self, request: HttpRequest) -> Answering<'_>;
}
