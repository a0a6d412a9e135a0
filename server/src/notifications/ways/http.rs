//! The way over HTTP: a signed request to the customer's endpoint.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use reqwest::Url;
use uuid::Uuid;

use super::{Failure, Parcel, shown};
use crate::{
    app::App,
    channels::{secrets::ChannelSecrets, target::HttpTarget},
    notifications::{retry, signature::signatures},
    outbound::{Post, Reply, SendError},
};

/// Sends one notification.
pub(super) async fn deliver(
    target: &HttpTarget,
    app: &App,
    secrets: &ChannelSecrets,
    parcel: Parcel,
) -> Result<(), Failure> {
    let begun_us = app.environment.monotonic_us();
    let result = match Url::parse(&target.url) {
        Err(_) => Err(SendError::InvalidUrl),
        Ok(url) => {
            let now_us = app.environment.now_us();
            let (id, within) = (parcel.about.id, parcel.within);
            let (kind, body) = packed(target.form_field.as_deref(), parcel);
            let mut headers = own_headers(secrets);
            sign(&mut headers, secrets, id, now_us, &body);
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            let authority = target.authority.clone();
            app.outbound.post(Post { url, headers, body, within, authority }).await
        }
    };
    let seconds = (app.environment.monotonic_us() - begun_us) as f64 / 1e6;
    metrics::histogram!("campo_notification_seconds").record(seconds);
    match result {
        Ok(reply) if target.acknowledgement.accepts(reply.status, &reply.body) => Ok(()),
        Ok(reply) => Err(refused(&reply, secrets, app.environment.now_us())),
        Err(error) => Err(unreached(error)),
    }
}

/// A document as the body of a request, with its content type.
fn packed(form_field: Option<&str>, parcel: Parcel) -> (&'static str, Vec<u8>) {
    let Some(field) = form_field else { return (parcel.media_type, parcel.document) };
    let text = String::from_utf8_lossy(&parcel.document).into_owned();
    let form = serde_html_form::to_string([(field, text)]).unwrap_or_default();
    ("application/x-www-form-urlencoded; charset=utf-8", form.into_bytes())
}

/// The headers that the customer set.
fn own_headers(secrets: &ChannelSecrets) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &secrets.headers {
        // They were checked when they were set.
        if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    headers
}

fn sign(headers: &mut HeaderMap, secrets: &ChannelSecrets, id: Uuid, now_us: i64, body: &[u8]) {
    let (id, timestamp_s) = (id.to_string(), now_us.div_euclid(1_000_000));
    let keys = secrets.keys(now_us);
    let signature = signatures(&keys, &id, timestamp_s, body);
    for (name, value) in
        [("webhook-id", id), ("webhook-timestamp", timestamp_s.to_string()), ("webhook-signature", signature)]
    {
        // Ids, digits and base64 are always valid.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

fn refused(reply: &Reply, secrets: &ChannelSecrets, now_us: i64) -> Failure {
    let status = reply.status;
    let is_busy = matches!(status, 408 | 425 | 429 | 503);
    let retry_after = reply.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    Failure {
        problem: if (200..300).contains(&status) {
            "not_acknowledged".to_owned()
        } else {
            format!("status_{status}")
        },
        status: Some(i64::from(status)),
        answer: Some(shown(&reply.body, secrets)).filter(|answer| !answer.is_empty()),
        is_down: is_busy || matches!(status, 502 | 504),
        is_general: is_busy || status >= 500 || (300..400).contains(&status),
        is_gone: status == 410,
        asked_us: retry_after.filter(|_| is_busy).and_then(|header| retry::asked_us(header, now_us)),
    }
}

fn unreached(error: SendError) -> Failure {
    Failure { problem: error.name().to_owned(), is_down: true, is_general: true, ..Failure::default() }
}

#[cfg(test)]
mod tests {
    use super::{super::About, *};

    fn parcel(media_type: &'static str, document: &str) -> Parcel {
        let about = About { id: Uuid::nil(), position: 0, subject: Uuid::nil(), created_us: 0 };
        let within = std::time::Duration::from_secs(1);
        Parcel { about, media_type, document: document.as_bytes().to_vec(), within }
    }

    #[test]
    fn a_document_is_a_body_or_a_field_of_a_form() {
        let (kind, body) = packed(Some("RequestString"), parcel("application/xml", "<a>ñ & b</a>"));
        assert!(kind.starts_with("application/x-www-form-urlencoded"));
        assert_eq!(String::from_utf8(body).unwrap(), "RequestString=%3Ca%3E%C3%B1+%26+b%3C%2Fa%3E");
        assert_eq!(packed(None, parcel("application/json", "{}")), ("application/json", b"{}".to_vec()));
    }
}
