//! Headers that are sent with every notification, such as the key of the customer's gateway. Their values are secrets.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue};
use campo_protocol::{
    faults::{Faults, pointer},
    model::Ref,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    edit::{keep_secrets, locked},
    secrets::ChannelSecrets,
};
use crate::{
    access::{Allowed, Duty, Permissions, permissions::ManageChannels},
    app::App,
    problem::Result,
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
    write.commit().await?;
    Ok(HeadersSet { headers: names })
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
