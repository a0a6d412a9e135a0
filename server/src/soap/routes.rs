//! `/services/…`: SOAP, WSDL, and the methods that can be called by plain GET and POST.

use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use campo_soap::{
    description::{Method, Service},
    envelope::{self, Version},
    fault::Fault,
    wsdl,
};
use utoipa_axum::router::OpenApiRouter;

use super::{
    call::{self, Asked},
    describe, origin,
};
use crate::{
    access::client_address,
    api::{layers, noted::Noted},
    app::{App, Limits},
    extract::Raw,
    problem::{Code, Problem, Result},
    texts::Language,
};

/// A body larger than this is read on a thread for it.
const QUICK_BYTES: usize = 64 * 1024;

/// The routes of the services. They are no part of the OpenAPI document: the WSDL describes them.
pub fn routes(limits: &Limits) -> OpenApiRouter<App> {
    let bytes = limits.import_bytes / 3 * 4 + limits.request_bytes;
    let methods = layers::limit_methods(get(by_get).post(by_post), bytes);
    OpenApiRouter::new().route("/services/{*rest}", methods)
}

/// `/Services/…` and `/SERVICES/…` as `/services/…`.
pub fn spelled(mut request: Request) -> Request {
    const FOLDER: &str = "/services/";
    let path = request.uri().path();
    let other_case =
        path.get(..FOLDER.len()).is_some_and(|start| start != FOLDER && start.eq_ignore_ascii_case(FOLDER));
    if other_case {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = format!("{FOLDER}{}{query}", &path[FOLDER.len()..]).parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// What an address below `/services/` names: a service, and a method where it is called by plain GET or POST.
fn named(parts: &Parts) -> Result<(&'static Service, Option<&'static Method>)> {
    let path = parts.uri.path().trim_end_matches('/');
    let mut segments = path.split('/').skip(2);
    let service = describe::service(segments.next().unwrap_or_default()).ok_or(Code::NotFound)?;
    let method = match segments.next() {
        None => None,
        Some(name) => {
            let method = service.method(name).filter(|method| method.http);
            Some(method.ok_or(Code::NotFound)?)
        }
    };
    if segments.next().is_some() { Err(Code::NotFound.into()) } else { Ok((service, method)) }
}

async fn by_get(State(app): State<App>, parts: Parts) -> Result<Response> {
    let (service, method) = named(&parts)?;
    let query = parts.uri.query().unwrap_or_default();
    if let Some(method) = method {
        return plain(&app, &parts, service, method, query).await;
    }
    let asks_for = |name: &str| {
        query.split('&').any(|part| part.split('=').next().unwrap_or_default().eq_ignore_ascii_case(name))
    };
    if asks_for("wsdl") || asks_for("singleWsdl") {
        let address = format!("{}/services/{}", origin::origin(&app, &parts), service.file);
        let text = wsdl::write(service, &address);
        return Ok(([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], text).into_response());
    }
    Ok(Redirect::temporary("/referencia").into_response())
}

async fn by_post(State(app): State<App>, parts: Parts, Raw(body): Raw) -> Result<Response> {
    let (service, method) = named(&parts)?;
    match method {
        None => Ok(soap(&app, &parts, service, body).await),
        Some(method) => {
            let text = String::from_utf8_lossy(&body).into_owned();
            plain(&app, &parts, service, method, &text).await
        }
    }
}

/// A method by plain GET or POST: url-encoded parameters in, the bare result out.
async fn plain(
    app: &App,
    parts: &Parts,
    service: &'static Service,
    method: &'static Method,
    form: &str,
) -> Result<Response> {
    let pairs: Vec<(String, String)> =
        serde_html_form::from_str(form).map_err(|_| Problem::new(Code::BadRequest))?;
    let operation = envelope::of_pairs(method, pairs);
    let asked = Asked { service, method, operation, security: None, ..from(app, parts, service, method) };
    let result = call::answer(app, &asked).await;
    let text = envelope::write_bare(service, method, &result);
    Ok(([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], text).into_response())
}

/// A request in an envelope. What could be read at all gets a result, since old clients drop faults.
async fn soap(app: &App, parts: &Parts, service: &'static Service, body: Bytes) -> Response {
    let content_type = text(&parts.headers, "content-type").map(str::to_owned);
    let version = Version::of_content_type(content_type.as_deref());
    let request = match read(body, content_type).await {
        Ok(request) => request,
        Err(fault) => return faulty(&fault, version),
    };
    let version = request.version;
    let name = request.operation.name.as_str();
    let Some(method) = service.method(name) else {
        let known: Vec<_> = service.methods.iter().map(|method| method.name).collect();
        let reason = format!("{} has no method `{name}`; it has {}", service.file, known.join(", "));
        return faulty(&Fault::sender(reason), version);
    };
    let namespace = request.operation.namespace.clone();
    let asked = Asked {
        operation: request.operation,
        security: request.security,
        ..from(app, parts, service, method)
    };
    let result = call::answer(app, &asked).await;
    let text = envelope::write(service, method, &result, version, &namespace);
    ([(header::CONTENT_TYPE, version.content_type())], text).into_response()
}

async fn read(body: Bytes, content_type: Option<String>) -> Result<envelope::Request, Fault> {
    if body.len() <= QUICK_BYTES {
        return envelope::read(&body, content_type.as_deref());
    }
    let reading = tokio::task::spawn_blocking(move || envelope::read(&body, content_type.as_deref()));
    reading.await.unwrap_or_else(|_| Err(Fault::sender("the envelope could not be read")))
}

fn from(app: &App, parts: &Parts, service: &'static Service, method: &'static Method) -> Asked {
    Asked {
        service,
        method,
        operation: campo_soap::xml::Element::default(),
        security: None,
        address: client_address(app, parts),
        noted: parts.extensions.get::<Noted>().cloned(),
        language: Language::of(&parts.headers),
    }
}

fn faulty(fault: &Fault, version: Version) -> Response {
    let headers = [(header::CONTENT_TYPE, version.content_type())];
    (StatusCode::INTERNAL_SERVER_ERROR, headers, fault.write(version)).into_response()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
