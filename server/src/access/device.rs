//! Browsers in which somebody logged in before: what they try is counted apart, so that nobody who guesses elsewhere, or
//! from the same address, keeps their owners out.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, request::Parts};
use uuid::Uuid;

use super::{
    browser::{Cookie, cookie, set_cookie},
    tries::KNOWN_US,
};
use crate::{
    app::App,
    problem::Result,
    secrets::{Secrets, same},
};

/// For how long a browser is known, in seconds.
const KNOWN_S: i64 = KNOWN_US / 1_000_000;

/// The browser of a request, where somebody logged in with it under this name not long ago.
pub fn known(app: &App, headers: &HeaderMap, name: &str) -> Option<Uuid> {
    read(cookie(headers, Cookie::Device)?, name, &app.secrets, app.environment.now_us())
}

/// The header that makes a browser known by its id under a name.
pub fn remember(app: &App, parts: &Parts, id: Uuid, name: &str) -> Result<HeaderValue> {
    let text = write(id, name, &app.secrets, app.environment.now_us());
    set_cookie(app, parts, Cookie::Device, &text, KNOWN_S)
}

/// Id, second, and what proves both for the name.
fn write(id: Uuid, name: &str, secrets: &Secrets, now_us: i64) -> String {
    let second = now_us / 1_000_000;
    format!("{}.{second}.{}", id.simple(), URL_SAFE_NO_PAD.encode(check(id, second, name, secrets)))
}

fn read(text: &str, name: &str, secrets: &Secrets, now_us: i64) -> Option<Uuid> {
    let (id, rest) = text.split_once('.')?;
    let (second, given) = rest.split_once('.')?;
    let (id, second) = (Uuid::try_parse(id).ok()?, second.parse::<i64>().ok()?);
    let given = URL_SAFE_NO_PAD.decode(given).ok()?;
    let is_ours = same(&given, &check(id, second, name, secrets));
    (is_ours && second.saturating_add(KNOWN_S) > now_us / 1_000_000).then_some(id)
}

fn check(id: Uuid, second: i64, name: &str, secrets: &Secrets) -> [u8; 32] {
    secrets.device_check(&[id.as_bytes(), &second.to_be_bytes()[..], name.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::MasterKey;

    fn secrets(digit: &str) -> Secrets {
        Secrets::new(MasterKey::from_hex("a test", &digit.repeat(64)).unwrap())
    }

    #[test]
    fn a_browser_is_known_under_its_name_for_its_time_where_this_server_said_so() {
        let (ours, id, now_us) = (secrets("1"), Uuid::from_u128(7), 1_700_000_000_000_000);
        let text = write(id, "ana", &ours, now_us);
        assert_eq!(read(&text, "ana", &ours, now_us), Some(id));
        assert_eq!(read(&text, "ana", &ours, now_us + KNOWN_US - 1_000_000), Some(id));
        assert_eq!(read(&text, "ana", &ours, now_us + KNOWN_US), None, "it is too old");
        assert_eq!(read(&text, "eva", &ours, now_us), None, "another name");
        assert_eq!(read(&text, "ana", &secrets("2"), now_us), None, "another server");
        let [id, second, proof] = text.split('.').collect::<Vec<_>>().try_into().unwrap();
        let other = Uuid::from_u128(8).simple().to_string();
        for forged in [
            format!("{other}.{second}.{proof}"),
            format!("{id}.{}.{proof}", now_us / 1_000_000 + 1),
            format!("{id}.{second}."),
            format!("{id}.{second}"),
            format!("{id}.{}.{proof}", i64::MAX),
            String::new(),
            "ñ.ñ.ñ".to_owned(),
        ] {
            assert_eq!(read(&forged, "ana", &ours, now_us), None, "{forged}");
        }
    }
}
