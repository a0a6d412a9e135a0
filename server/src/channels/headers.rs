//! Headers that are sent with every notification, such as the key of the customer's gateway. Their values are secrets.

use std::collections::BTreeMap;

use campo_protocol::{
    faults::{Faults, pointer},
    model::Ref,
};
use http::{HeaderName, HeaderValue};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    TOPIC,
    edit::{keep_secrets, locked},
    secrets::ChannelSecrets,
};
use crate::{
    access::{Allowed, Duty, Permissions, permissions::ManageChannels},
    app::App,
    problem::{Problem, Result},
    scheduler::Class,
    secrets::Secret,
};

/// The most headers of a channel.
const MAX_HEADERS: usize = 20;
/// The most bytes of a value.
const MAX_VALUE: usize = 4000;
/// Names that are set for each request, or say how it travels.
const RESERVED: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
];

/// The headers of a channel, all of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelHeaders {
    /// Values by their names; those that are not named are not sent any more
    #[schema(value_type = BTreeMap<String, String>, example = json!({"x-api-key": "…"}))]
    pub headers: BTreeMap<String, Secret>,
}

/// The names of the headers that are sent from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeadersSet {
    /// Their names, in lower case
    pub headers: Vec<String>,
}

/// Sets the headers of a channel. Their values are not shown again.
pub async fn set(
    app: &App,
    allowed: &Allowed<ManageChannels>,
    which: &Ref,
    given: &ChannelHeaders,
) -> Result<HeadersSet> {
    let headers = checked(given)?;
    allowed.must_cover(Permissions::of_duty(Duty::Notify))?;
    let mut write = app.log.begin(allowed, Class::Office).await?;
    let row = locked(&mut write, allowed, which).await?;
    let mut secrets = ChannelSecrets::open(write.secrets(), write.account(), row.id, &row.sealed)?;
    let names = headers.keys().cloned().collect();
    secrets.headers = headers;
    keep_secrets(&mut write, row.id, &secrets).await?;
    write.touch(TOPIC);
    write.commit().await?;
    Ok(HeadersSet { headers: names })
}

/// Takes the headers, all of them, out of a patch of a channel; none where it does not name them.
pub(super) fn split(patch: &mut Value) -> Result<Option<BTreeMap<String, String>>> {
    let headers = match patch.as_object_mut().and_then(|members| members.remove("headers")) {
        None => return Ok(None),
        Some(Value::Null) => json!({}),
        Some(headers) => headers,
    };
    let read = campo_protocol::document::read(&json!({ "headers": headers }));
    let given = read.map_err(|faults| Problem::from(faults).without_found())?;
    checked(&given).map(Some)
}

/// Refuses to send the headers of a channel, whose values nobody can read, to another server than that for which they
/// were given: who may move a channel could read them there.
pub(super) fn refuse_to_move(secrets: &ChannelSecrets, before: &str, url: &str) -> Result<()> {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    if secrets.headers.is_empty() || (origin(before).is_some() && origin(before) == origin(url)) {
        return Ok(());
    }
    let mut faults = Faults::default();
    faults.add("/headers", "required", "", "the headers anew, since `url` names another server");
    Err(faults.into())
}

fn checked(given: &ChannelHeaders) -> Result<BTreeMap<String, String>> {
    let mut faults = Faults::default();
    faults.check_count("/headers", given.headers.len(), MAX_HEADERS);
    let mut headers = BTreeMap::new();
    for (name, value) in &given.headers {
        let value = value.reveal();
        let known = HeaderName::try_from(name).ok().filter(|name| !RESERVED.contains(&name.as_str()));
        match known {
            None => faults.add(
                "/headers",
                "invalid_value",
                "",
                "the name of a header that Campo does not set itself",
            ),
            Some(_)
                if value.is_empty() || value.len() > MAX_VALUE || HeaderValue::try_from(value).is_err() =>
            {
                let field = pointer("/headers", name);
                faults.add(field, "invalid_value", "", "the value of a header: printable ASCII characters");
            }
            Some(name) => {
                headers.insert(name.as_str().to_owned(), value.to_owned());
            }
        }
    }
    faults.into_result()?;
    Ok(headers)
}
