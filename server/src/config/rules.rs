//! How the text of a setting becomes its value.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use lettre::message::Mailbox;
use tracing_subscriber::EnvFilter;

use super::DatabaseUrl;
use crate::{
    maps::MapSource,
    outbound::PlainHttp,
    secrets::{MasterKey, Secret},
};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people
    Text,
    /// An object of JSON a line, for machines
    Json,
}

/// What a setting's value is in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Integer,
    Boolean,
    /// Either of these
    BooleanOrText,
}

impl Form {
    /// True when a value of this form can be written so.
    pub(super) fn takes(self, found: Self) -> bool {
        self == found || (self == Self::BooleanOrText && matches!(found, Self::Boolean | Self::Text))
    }
}

type Read<T> = Box<dyn Fn(&str) -> Option<T>>;

/// How one kind of setting is read.
pub(super) struct Rule<T> {
    pub(super) form: Form,
    /// What a person should write
    pub(super) expected: String,
    /// True when what was found must not be shown
    pub(super) secret: bool,
    pub(super) read: Read<T>,
}

fn rule<T>(form: Form, expected: impl Into<String>, read: impl Fn(&str) -> Option<T> + 'static) -> Rule<T> {
    Rule { form, expected: expected.into(), secret: false, read: Box::new(read) }
}

/// The value of `inner`, or nothing where the text is empty.
pub(super) fn optional<T: 'static>(inner: Rule<T>) -> Rule<Option<T>> {
    let read = move |text: &str| if text.is_empty() { Some(None) } else { (inner.read)(text).map(Some) };
    Rule { form: inner.form, expected: inner.expected, secret: inner.secret, read: Box::new(read) }
}

pub(super) fn address() -> Rule<SocketAddr> {
    rule(Form::Text, "an IP address and a port, such as `0.0.0.0:8080`", |text| text.parse().ok())
}

/// An IP address.
pub(super) fn host_address() -> Rule<IpAddr> {
    rule(Form::Text, "an IP address, such as `203.0.113.7`", |text| text.parse().ok())
}

pub(super) fn boolean() -> Rule<bool> {
    rule(Form::Boolean, "`true` or `false`", |text| text.parse().ok())
}

/// An integer from `least` to `most`.
pub(super) fn integer<T: TryFrom<i64>>(least: i64, most: i64) -> Rule<T> {
    rule(Form::Integer, format!("an integer from {least} to {most}"), move |text| {
        let number = text.parse().ok().filter(|number| (least..=most).contains(number))?;
        T::try_from(number).ok()
    })
}

pub(super) fn choice<T: Copy>(values: &'static [(&'static str, T)]) -> Rule<T> {
    let names: Vec<_> = values.iter().map(|(name, _)| format!("`{name}`")).collect();
    rule(Form::Text, names.join(" or "), move |text| {
        values.iter().find(|(name, _)| *name == text).map(|(_, value)| *value)
    })
}

pub(super) fn folder() -> Rule<PathBuf> {
    rule(Form::Text, "a path", |text| (!text.is_empty()).then(|| text.into()))
}

pub(super) fn web_address() -> Rule<String> {
    rule(Form::Text, "an address such as `https://campo.example.com`", |text| {
        let text = text.trim_end_matches('/');
        let uri: http::Uri = text.parse().ok()?;
        let whole = matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none();
        whole.then(|| text.to_owned())
    })
}

/// An address of map tiles, whose braces a URI would not allow, or of a style.
pub(super) fn map_source() -> Rule<MapSource> {
    let expected = "an address such as `https://tiles.example.com/{z}/{x}/{y}.png`, or a file such as `/srv/maps/colombia.pmtiles`";
    rule(Form::Text, expected, |text| {
        if Path::new(text).extension().is_some_and(|ending| ending == "pmtiles") && !text.contains("://") {
            return Some(MapSource::Archive(text.into()));
        }
        let uri: http::Uri = text.replace(['{', '}'], "").parse().ok()?;
        let is_whole = matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some();
        let is_plain = !text.contains(['"', '\'', '<', '>', ';', ',', ' ']);
        (is_whole && is_plain).then(|| MapSource::Address(text.to_owned()))
    })
}

pub(super) fn text() -> Rule<String> {
    rule(Form::Text, "a text", |text| Some(text.to_owned()))
}

/// A name or an address of a machine.
pub(super) fn host() -> Rule<String> {
    rule(Form::Text, "a host such as `mail.example.com`", |text| {
        let is_host = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte));
        (is_host && !text.is_empty()).then(|| text.to_owned())
    })
}

/// An address of mail, with or without a name.
pub(super) fn mailbox() -> Rule<Mailbox> {
    rule(Form::Text, "an address such as `Campo <campo@example.com>`", |text| {
        let mailbox: Mailbox = text.parse().ok()?;
        let fits = !text.contains(char::is_control) && mailbox.email.to_string().is_ascii();
        fits.then_some(mailbox)
    })
}

/// A password that another server knows.
pub(super) fn password() -> Rule<Secret> {
    let read = |text: &str| {
        let fits = !text.is_empty() && !text.contains(char::is_control);
        fits.then(|| Secret::new(text.to_owned()))
    };
    Rule { secret: true, ..rule(Form::Text, "a password", read) }
}

/// Networks with commas between them.
pub(super) fn networks() -> Rule<Vec<IpNet>> {
    rule(Form::Text, "networks such as `10.0.0.0/8, 2001:db8::/32`", |text| {
        let networks = text.split(',').map(str::trim).filter(|network| !network.is_empty());
        networks.map(|network| network.parse().ok()).collect()
    })
}

/// To whom requests may go without TLS: nobody, everybody, or hosts with commas between them.
pub(super) fn plain_http() -> Rule<PlainHttp> {
    let is_host = |host: &str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte))
    };
    rule(Form::BooleanOrText, "`true`, `false`, or hosts such as `erp.example.com, 192.0.2.7`", move |text| {
        match text {
            "false" => Some(PlainHttp::Nobody),
            "true" => Some(PlainHttp::Everybody),
            hosts => {
                let hosts: Vec<_> = hosts.split(',').map(|host| host.trim().to_ascii_lowercase()).collect();
                hosts.iter().all(|host| is_host(host)).then_some(PlainHttp::Hosts(hosts))
            }
        }
    })
}

pub(super) fn level() -> Rule<String> {
    rule(Form::Text, "a level such as `info`, also by module, such as `info,sqlx=warn`", |text| {
        (!text.is_empty() && EnvFilter::try_new(text).is_ok()).then(|| text.to_owned())
    })
}

pub(super) fn database_url() -> Rule<DatabaseUrl> {
    let expected = "`sqlite:` and a file, or `postgres://user:password@host/name`";
    Rule { secret: true, ..rule(Form::Text, expected, DatabaseUrl::parse) }
}

/// A secret that is sent as it is.
pub(super) fn token() -> Rule<Secret> {
    let read = |text: &str| {
        let fits = (32..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Secret::new(text.to_owned()))
    };
    Rule { secret: true, ..rule(Form::Text, "32 to 200 letters, digits and signs without blanks", read) }
}

pub(super) fn secret() -> Rule<Secret> {
    let read = |text: &str| MasterKey::from_hex("", text).ok().map(|_| Secret::new(text.to_owned()));
    Rule { secret: true, ..rule(Form::Text, "64 hexadecimal digits", read) }
}
