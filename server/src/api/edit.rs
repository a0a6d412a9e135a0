//! Edits over HTTP: `Idempotency-Key` on what creates, `ETag` and `If-Match` on what changes.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use campo_protocol::faults::Fault;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    access::{Allowed, Permission},
    app::App,
    extract::Json,
    log::write::Write,
    problem::{Code, Problem, Result},
    scheduler::Class,
};

/// For what kept answers are sealed: some hold a secret that is shown once.
const PURPOSE: &str = "idempotency";
/// The most characters of an `Idempotency-Key`.
const MAX_KEY: usize = 200;
/// What stands between the tags of a list.
const BLANK_OR_COMMA: [char; 3] = [' ', '\t', ','];

/// The caller's `Idempotency-Key`, if it sent one: the same key with the same request has one effect and one answer
/// for 24 hours.
#[derive(Debug, Clone, Default)]
pub struct Once(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = value.to_str().unwrap_or_default();
        if key.is_empty() || key.len() > MAX_KEY {
            return Err(Problem::new(Code::ValidationFailed).with_fault(Fault {
                field: "Idempotency-Key".to_owned(),
                code: "out_of_range".to_owned(),
                found: key.chars().take(80).collect(),
                expected: "1 to 200 printable ASCII characters".to_owned(),
            }));
        }
        Ok(Self(Some(key.to_owned())))
    }
}

/// The versions that an edit may be based on, from `If-Match` (RFC 9110, section 13.1.1). An edit without it is refused
/// (428), one whose header is no list of entity tags too (400). A version may stand without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever version there is
    Any,
    /// One of these. Weak tags and those of others name no version of ours, so that a list can be empty
    Of(Vec<i64>),
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let mut values = parts.headers.get_all(header::IF_MATCH).iter().peekable();
        if values.peek().is_none() {
            return Err(Code::PreconditionRequired.into());
        }
        // Lines of one header are one list (RFC 9110, section 5.3)
        let lines: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        let text = lines.join(",");
        Self::read(&text).ok_or_else(|| {
            Problem::new(Code::BadRequest).with_fault(Fault {
                field: "If-Match".to_owned(),
                code: "invalid_value".to_owned(),
                found: text.chars().take(80).collect(),
                expected: "the `ETag` of the version that is changed, a list of them, or *".to_owned(),
            })
        })
    }
}

impl IfMatch {
    /// One version.
    pub fn one(version: i64) -> Self {
        Self::Of(vec![version])
    }

    fn read(text: &str) -> Option<Self> {
        if text.trim() == "*" {
            return Some(Self::Any);
        }
        let (mut versions, mut tags, mut rest) = (Vec::new(), 0, text.trim_start_matches(BLANK_OR_COMMA));
        while !rest.is_empty() {
            let is_weak = rest.starts_with("W/");
            let tag = rest.strip_prefix("W/").unwrap_or(rest);
            let (inner, behind) = match tag.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None if is_weak => return None,
                None => tag.split_at(
                    tag.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0).unwrap_or(tag.len()),
                ),
            };
            let is_tag = inner.bytes().all(|byte| byte == 0x21 || byte > 0x22 && byte != 0x7f);
            let is_bare = !tag.starts_with('"');
            if !is_tag || is_bare && !inner.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            // What Campo gives is strong and its digits as they are: `01` is nobody's version
            versions
                .extend(inner.parse::<i64>().ok().filter(|version| !is_weak && version.to_string() == inner));
            tags += 1;
            let next = behind.trim_start_matches(BLANK_OR_COMMA);
            if !next.is_empty() && !behind.trim_start().starts_with(',') {
                return None;
            }
            rest = next;
        }
        (tags > 0).then_some(Self::Of(versions))
    }

    /// Refuses the edit when the version is another one now.
    pub fn check(&self, current: i64) -> Result<()> {
        match self {
            Self::Of(versions) if !versions.contains(&current) => {
                Err(Problem::new(Code::VersionMismatch).with("current", current))
            }
            _ => Ok(()),
        }
    }
}

/// One object with its version as `ETag`.
#[derive(Debug)]
pub struct Versioned<T>(pub i64, pub T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.1).into_response();
        response.headers_mut().insert(header::ETAG, etag(self.0));
        response
    }
}

fn etag(version: i64) -> HeaderValue {
    // digits and quotes are always a valid header value
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

/// What was created: 201 with its address. A repeat by `Idempotency-Key` gets the same.
#[derive(Debug)]
pub struct Created {
    /// Its address
    pub location: String,
    /// Its version
    pub version: i64,
    /// Its JSON
    pub body: Box<RawValue>,
}

/// What a transaction made, with what its answer says of it.
#[derive(Debug)]
pub struct Made<T> {
    /// Its address; empty where it has none
    pub location: String,
    /// Its version; 0 where it has none
    pub version: i64,
    /// What is shown of it
    pub value: T,
}

impl<T: Serialize> Made<T> {
    /// Something new, in its first version.
    pub fn new(location: String, value: T) -> Self {
        Self { location, version: 1, value }
    }

    /// An answer without an address of its own, such as the outcomes of a batch.
    pub fn answer(value: T) -> Self {
        Self { location: String::new(), version: 0, value }
    }

    fn created(self) -> Result<Created> {
        let body = serde_json::value::to_raw_value(&self.value).map_err(Problem::internal)?;
        Ok(Created { location: self.location, version: self.version, body })
    }
}

impl IntoResponse for Created {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::ETAG, etag(self.version));
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}

impl Once {
    /// Lets `make` make something in a transaction of the office, and commits it; a `request` that had an answer under
    /// the same key gets that, and makes nothing.
    ///
    /// `request` is what tells two requests apart; with the name of the act where others are made of the same.
    pub async fn make<P: Permission, T: Serialize>(
        &self,
        app: &App,
        allowed: &Allowed<P>,
        request: &impl Serialize,
        make: impl AsyncFnOnce(&mut Write) -> Result<Made<T>>,
    ) -> Result<Created> {
        let mut write = app.log.begin(allowed, Class::Office).await?;
        if let Some(created) = self.replay(&mut write, request).await? {
            return Ok(created);
        }
        let created = make(&mut write).await?.created()?;
        self.keep(&mut write, request, &created).await?;
        write.commit().await?;
        Ok(created)
    }

    /// The answer that the same request with the same key got before. Called under the account's lock, before the
    /// first statement of the edit.
    async fn replay(&self, write: &mut Write, request: &impl Serialize) -> Result<Option<Created>> {
        let Some(key) = &self.0 else { return Ok(None) };
        let (account, holder) = (write.account(), write.principal.id().unwrap_or_default());
        let stored: Option<(Vec<u8>, i64, Vec<u8>)> = write
            .tx()
            .fetch_optional(
                "select request, version, response from idempotency where account = $1 and holder = $2 and key = $3",
                (account, holder, key.as_str()),
            )
            .await?;
        let Some((hash, version, response)) = stored else { return Ok(None) };
        if hash != request_hash(write, request)? {
            return Err(Code::IdempotencyConflict.into());
        }
        let response = write
            .secrets()
            .open(account, PURPOSE, &response)
            .ok_or_else(|| Problem::internal(anyhow::anyhow!("a kept answer does not open")))?;
        let (location, body): (String, Box<RawValue>) =
            serde_json::from_slice(&response).map_err(Problem::internal)?;
        Ok(Some(Created { location, version, body }))
    }

    /// Keeps the answer, in the transaction of the edit. It is encrypted, and the request a keyed hash, so that neither
    /// tells a reader of the tables a secret.
    async fn keep(&self, write: &mut Write, request: &impl Serialize, created: &Created) -> Result<()> {
        let Some(key) = &self.0 else { return Ok(()) };
        let (account, holder) = (write.account(), write.principal.id().unwrap_or_default());
        let response = serde_json::to_vec(&(&created.location, &created.body)).map_err(Problem::internal)?;
        let response = write.secrets().seal(account, PURPOSE, &response, write.environment());
        let (request, now_us) = (request_hash(write, request)?, write.now_us);
        write
            .tx()
            .execute(
                "insert into idempotency (account, holder, key, request, version, response, created_us) \
                 values ($1, $2, $3, $4, $5, $6, $7)",
                (account, holder, key.as_str(), request, created.version, response, now_us),
            )
            .await?;
        Ok(())
    }
}

fn request_hash(write: &Write, request: &impl Serialize) -> Result<Vec<u8>> {
    let request = serde_json::to_string(request).map_err(Problem::internal)?;
    Ok(write.secrets().token_hash(&request).to_vec())
}

/// Refuses a code that another object has than `id`. `taken` is the statement that finds it by account, code and id.
pub async fn refuse_taken_code(write: &mut Write, taken: &'static str, id: Uuid, code: &str) -> Result<()> {
    let account = write.account();
    match write.tx().fetch_optional::<(Uuid,)>(taken, (account, code, id)).await? {
        None => Ok(()),
        Some(_) => Err(Problem::new(Code::AlreadyExists).with("field", "/code").with("value", code)),
    }
}

/// Refuses one object more than `limit` of a kind. `count` is the statement that counts those of an account.
pub async fn refuse_beyond(write: &mut Write, count: &'static str, limit: i64) -> Result<()> {
    let account = write.account();
    let (count,): (i64,) = write.tx().fetch_one(count, (account,)).await?;
    if count >= limit {
        return Err(Problem::new(Code::TooManyEntries).with("limit", limit));
    }
    Ok(())
}

/// Refuses an edit of what was read without a lock, where its statement found nothing with the version that was read.
pub fn refuse_stale(changed: u64, version: i64) -> Result<()> {
    if changed == 0 {
        return Err(Problem::new(Code::VersionMismatch).with("current", version + 1));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_is_read_as_rfc_9110_writes_it() {
        for (text, read) in [
            ("*", Some(IfMatch::Any)),
            ("\"3\"", Some(IfMatch::one(3))),
            ("3", Some(IfMatch::one(3))),
            (" \"3\" ,, \"4\",", Some(IfMatch::Of(vec![3, 4]))),
            ("\"3\", W/\"4\"", Some(IfMatch::one(3))),
            ("W/\"3\"", Some(IfMatch::Of(vec![]))),
            ("\"abc,def\"", Some(IfMatch::Of(vec![]))),
            ("\"03\", \"\"", Some(IfMatch::Of(vec![]))),
            ("", None),
            (",", None),
            ("\"3", None),
            ("3\"", None),
            ("abc", None),
            ("-3", None),
            ("w/\"3\"", None),
            ("W/3", None),
            ("\"3\" \"4\"", None),
            ("\"3\", *", None),
            ("\"a b\"", None),
            ("3 4", None),
        ] {
            assert_eq!(IfMatch::read(text), read, "{text}");
        }
    }

    #[test]
    fn an_edit_needs_one_of_the_versions() {
        assert!(IfMatch::Any.check(7).is_ok());
        assert!(IfMatch::Of(vec![3, 7]).check(7).is_ok());
        assert!(IfMatch::Of(vec![3]).check(7).is_err());
        assert!(IfMatch::Of(vec![]).check(7).is_err());
    }
}
