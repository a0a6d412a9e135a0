//! The one way out over HTTP: for what customers configure (receivers of notifications) and for push services.
//!
//! Only here is a client built: its TLS roots are those of Mozilla, compiled in; it follows no redirect, knows no proxy
//! and no cookie; it connects to public addresses and to the networks that the operator allows, and to no others.

mod addresses;
mod connect;
mod resolver;

use std::{
    collections::HashMap,
    error::Error,
    io,
    net::IpAddr,
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};

use axum::http::HeaderMap;
use campo_protocol::entry::hash;
use ipnet::IpNet;
use reqwest::{Client, ClientBuilder, Response, Url, redirect::Policy};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};

pub use self::connect::begin_tls;
use self::{
    addresses::is_allowed,
    resolver::{NoAddress, Resolver},
};

/// How long connecting may take, with TLS.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// How long a connection without a request stays open.
const IDLE_TIME: Duration = Duration::from_mins(1);
/// The most clients that trust somebody of their own; beyond, they are built anew.
const MOST_AUTHORITIES: usize = 200;
/// The most of an answer that is read.
const MAX_ANSWER_BYTES: usize = 16 * 1024;

/// What the operator allows.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Networks that may be reached although they lie inside
    pub networks: Vec<IpNet>,
    /// To whom requests may go without TLS
    pub plain_http: PlainHttp,
}

/// To whom requests may go without TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// To nobody
    #[default]
    Nobody,
    /// To everybody
    Everybody,
    /// To these hosts, in lower case
    Hosts(Vec<String>),
}

impl PlainHttp {
    fn allows(&self, url: &Url) -> bool {
        match self {
            Self::Nobody => false,
            Self::Everybody => true,
            Self::Hosts(hosts) => url.host_str().is_some_and(|host| hosts.iter().any(|known| known == host)),
        }
    }
}

/// Sends requests. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbound {
    clients: Clients,
    rules: Arc<Rules>,
    /// Clients that trust an authority of the customer's own besides, by the hash of what names it
    own: Arc<Mutex<HashMap<[u8; 32], Clients>>>,
}

/// Two ways to send the same.
#[derive(Debug, Clone)]
struct Clients {
    /// Over a connection that was kept, where there is one
    kept: Client,
    /// Over one that is made for it
    fresh: Client,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Post {
    /// Where to
    pub url: Url,
    /// Its headers
    pub headers: HeaderMap,
    /// Its body
    pub body: Vec<u8>,
    /// How long it may take, until the answer was read
    pub within: Duration,
    /// Who may have signed the other side's certificate besides those whom everybody trusts: certificates, PEM
    pub authority: Option<String>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status
    pub status: u16,
    /// The headers
    pub headers: HeaderMap,
    /// The body, of which at most 16 KiB are read
    pub body: Vec<u8>,
}

/// Why there is no answer. Nothing in it names the address, which can hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The address is none of HTTP
    #[error("the address is not one of HTTP")]
    InvalidUrl,
    /// It is without TLS, which the operator does not allow
    #[error("the address is without TLS, which is not allowed here")]
    PlainHttp,
    /// It lies inside
    #[error("the address lies in a network that may not be reached")]
    AddressRefused,
    /// The name has no address
    #[error("the name has no address")]
    UnknownHost,
    /// Its port is that of another service, such as mail or a database
    #[error("the port is that of another service")]
    PortRefused,
    /// Nobody answers there
    #[error("no connection could be made")]
    NoConnection,
    /// The other side speaks no TLS that we take
    #[error("the TLS connection failed")]
    Tls,
    /// The other side speaks no TLS at all
    #[error("the other side speaks no TLS")]
    NoTls,
    /// Its certificate is no longer valid, or not yet
    #[error("the certificate is out of its time")]
    CertificateExpired,
    /// Its certificate is for other names
    #[error("the certificate is for another name")]
    CertificateName,
    /// Its certificate is by nobody whom we trust
    #[error("the certificate is by nobody who is trusted")]
    CertificateIssuer,
    /// It took too long
    #[error("the answer took too long")]
    TimedOut,
    /// The connection broke off before the answer was whole
    #[error("the connection broke off")]
    BrokenOff,
}

/// Ports of services that would take a request for one of their own: mail, shells, files, databases.
const OTHER_SERVICES: &[u16] = &[
    20, 21, 22, 23, 25, 53, 69, 110, 111, 119, 135, 137, 139, 143, 389, 445, 465, 514, 587, 636, 873, 993,
    995, 1433, 1521, 2049, 2375, 3306, 3389, 5432, 5672, 5900, 6379, 9200, 11211, 27017,
];

impl SendError {
    /// Every error.
    pub const ALL: &[Self] = &[
        Self::InvalidUrl,
        Self::PlainHttp,
        Self::AddressRefused,
        Self::UnknownHost,
        Self::PortRefused,
        Self::NoConnection,
        Self::Tls,
        Self::NoTls,
        Self::CertificateExpired,
        Self::CertificateName,
        Self::CertificateIssuer,
        Self::TimedOut,
        Self::BrokenOff,
    ];

    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidUrl => "invalid_url",
            Self::PlainHttp => "plain_http",
            Self::AddressRefused => "address_refused",
            Self::UnknownHost => "unknown_host",
            Self::NoConnection => "no_connection",
            Self::PortRefused => "port_refused",
            Self::Tls => "tls",
            Self::NoTls => "no_tls",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateName => "certificate_name",
            Self::CertificateIssuer => "certificate_issuer",
            Self::TimedOut => "timed_out",
            Self::BrokenOff => "broken_off",
        }
    }
}

impl Outbound {
    /// A way out by these rules.
    #[expect(clippy::disallowed_methods, reason = "the one place that builds clients")]
    pub fn new(rules: Rules) -> Self {
        Self::build(rules, || {
            Client::builder().tls_backend_preconfigured(tls(&[b"h2", b"http/1.1"], known()))
        })
    }

    /// One that speaks HTTP/2 from the first byte and nothing else, as Apple's push service asks.
    #[expect(clippy::disallowed_methods, reason = "see `new`")]
    pub fn over_http2(rules: Rules) -> Self {
        let over_tls = || Client::builder().tls_backend_preconfigured(tls(&[b"h2"], known()));
        Self::build(rules, || over_tls().http2_prior_knowledge())
    }

    fn build(rules: Rules, builder: impl Fn() -> ClientBuilder) -> Self {
        let rules = Arc::new(rules);
        let clients = Self::both(&rules, builder);
        Self { clients, rules, own: Arc::default() }
    }

    fn both(rules: &Arc<Rules>, builder: impl Fn() -> ClientBuilder) -> Clients {
        let kept = Self::built(rules, builder().pool_idle_timeout(IDLE_TIME));
        Clients { kept, fresh: Self::built(rules, builder().pool_max_idle_per_host(0)) }
    }

    #[expect(clippy::expect_used, reason = "what it is built from was read before, and is always alike")]
    fn built(rules: &Arc<Rules>, builder: ClientBuilder) -> Client {
        builder
            .dns_resolver(Arc::new(Resolver(Arc::clone(rules))))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT_TIME)
            .user_agent(concat!("Campo/", env!("CARGO_PKG_VERSION")))
            .build()
            // It fails for a TLS configuration that is none.
            .expect("the client is built from what is compiled in")
    }

    /// The clients that trust `authority` besides those whom everybody trusts.
    #[expect(clippy::disallowed_methods, reason = "see `new`")]
    fn trusting(&self, authority: &str) -> Result<Clients, SendError> {
        let key = hash(authority.as_bytes());
        // Nothing panics while the lock is held; if something did, the map would still be whole.
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clients) = own.get(&key) {
            return Ok(clients.clone());
        }
        let config = tls(&[b"h2", b"http/1.1"], authorities(authority).ok_or(SendError::Tls)?);
        let clients = Self::both(&self.rules, || Client::builder().tls_backend_preconfigured(config.clone()));
        if own.len() >= MOST_AUTHORITIES {
            own.clear();
        }
        own.insert(key, clients.clone());
        Ok(clients)
    }

    /// The address as it would be asked, or why it would not be. Names are looked up only when a request is sent.
    pub fn check(&self, url: &str) -> Result<Url, SendError> {
        let url = Url::parse(url).map_err(|_| SendError::InvalidUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if self.rules.plain_http.allows(&url) => {}
            "http" => return Err(SendError::PlainHttp),
            _ => return Err(SendError::InvalidUrl),
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SendError::InvalidUrl)?;
        if url.port().is_some_and(|port| OTHER_SERVICES.contains(&port)) {
            return Err(SendError::PortRefused);
        }
        // Addresses written as such are never looked up; the parser has made them canonical.
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) if !is_allowed(address, &self.rules.networks) => Err(SendError::AddressRefused),
            _ => Ok(url),
        }
    }

    /// Sends a request and reads the answer, whatever its status. Beyond what is read of a long answer the connection
    /// is given up.
    pub async fn post(&self, post: Post) -> Result<Reply, SendError> {
        let url = self.check(post.url.as_str())?;
        let Clients { kept, fresh } = match &post.authority {
            Some(authority) => self.trusting(authority)?,
            None => self.clients.clone(),
        };
        let request = kept.post(url).headers(post.headers).timeout(post.within).body(post.body);
        let request = request.build().map_err(|error| because(&error))?;
        let answered = async {
            // A connection that was kept may have been closed by the other side just now: that says nothing of it, and
            // others that are kept may be closed, too
            let again = request.try_clone();
            let sent = match (kept.execute(request).await, again) {
                (Err(error), Some(again)) if because(&error) == SendError::BrokenOff => {
                    fresh.execute(again).await
                }
                (sent, _) => sent,
            };
            let response = sent.map_err(|error| because(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = start_of(response).await.map_err(|error| because(&error))?;
            Ok(Reply { status, headers, body })
        };
        // Both tries together take no longer than one
        tokio::time::timeout(post.within, answered).await.unwrap_or(Err(SendError::TimedOut))
    }
}

/// Makes *ring* the cryptography of the process, for whoever builds a client without saying so. Any number of calls is
/// one.
pub fn use_ring() {
    static ONCE: Once = Once::new();
    // It fails where another one was set, which then stays.
    ONCE.call_once(|| drop(ring::default_provider().install_default()));
}

async fn start_of(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while body.len() < MAX_ANSWER_BYTES {
        let Some(chunk) = response.chunk().await? else { break };
        let room = MAX_ANSWER_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(body)
}

/// Whom everybody trusts.
fn known() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// Whom everybody trusts and the authorities of these certificates; none where the text is not such certificates.
fn authorities(pem: &str) -> Option<RootCertStore> {
    let mut roots = known();
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.ok()?).ok()?;
    }
    (roots.len() > before).then_some(roots)
}

/// True for certificates by which an authority can be known.
pub fn names_authority(pem: &str) -> bool {
    authorities(pem).is_some()
}

#[expect(clippy::expect_used, reason = "ring knows the default versions")]
fn tls(protocols: &[&[u8]], roots: RootCertStore) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the default versions are known")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    config
}

/// What a failure comes down to, found among all its causes.
fn because(error: &reqwest::Error) -> SendError {
    let mut open: Vec<&(dyn Error + 'static)> = vec![error];
    // Whatever wraps whatever, no failure has as many causes.
    for _ in 0..64 {
        let Some(current) = open.pop() else { break };
        match current.downcast_ref::<NoAddress>() {
            Some(NoAddress::Inside) => return SendError::AddressRefused,
            Some(NoAddress::Unknown) => return SendError::UnknownHost,
            None => {}
        }
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            return of_tls(tls);
        }
        open.extend(current.source());
        // An error within `io::Error` is not among its sources.
        if let Some(inner) = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            open.push(inner);
        }
    }
    if error.is_timeout() {
        SendError::TimedOut
    } else if error.is_connect() {
        SendError::NoConnection
    } else if error.is_builder() {
        SendError::InvalidUrl
    } else {
        SendError::BrokenOff
    }
}

fn of_tls(error: &rustls::Error) -> SendError {
    use rustls::CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
        UnknownIssuer,
    };
    match error {
        rustls::Error::InvalidMessage(_) => SendError::NoTls,
        rustls::Error::InvalidCertificate(error) => match error {
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. } => {
                SendError::CertificateExpired
            }
            NotValidForName | NotValidForNameContext { .. } => SendError::CertificateName,
            UnknownIssuer => SendError::CertificateIssuer,
            _ => SendError::Tls,
        },
        _ => SendError::Tls,
    }
}

#[cfg(test)]
mod tls_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_refused_before_anybody_is_asked() {
        use SendError::{AddressRefused, InvalidUrl};
        let strict = Outbound::new(Rules::default());
        for (url, expected) in [
            ("https://example.com/in", None),
            ("https://8.8.8.8/", None),
            ("http://example.com/", Some(SendError::PlainHttp)),
            ("ftp://example.com/", Some(InvalidUrl)),
            ("file:///etc/passwd", Some(InvalidUrl)),
            ("example.com", Some(InvalidUrl)),
            ("", Some(InvalidUrl)),
            ("https://127.0.0.1/", Some(AddressRefused)),
            ("https://0x7f.1/", Some(AddressRefused)),
            ("https://2130706433/", Some(AddressRefused)),
            ("https://017700000001/", Some(AddressRefused)),
            ("https://①②⑦.0.0.1/", Some(AddressRefused)),
            ("https://169.254.169.254/latest/meta-data", Some(AddressRefused)),
            ("https://[::1]/", Some(AddressRefused)),
            ("https://[::ffff:10.0.0.1]/", Some(AddressRefused)),
            ("https://[fd00:ec2::254]/", Some(AddressRefused)),
            ("https://[2606:4700::1111]/", None),
            ("https://example.com:22/", Some(SendError::PortRefused)),
            ("https://example.com:25/", Some(SendError::PortRefused)),
            ("https://example.com:8443/", None),
        ] {
            assert_eq!(strict.check(url).err(), expected, "{url}");
        }
        let open = Outbound::new(Rules {
            networks: vec!["127.0.0.0/8".parse().unwrap()],
            plain_http: PlainHttp::Everybody,
        });
        assert_eq!(open.check("http://127.0.0.1:9/").err(), None);
        assert_eq!(open.check("http://10.0.0.1/").err(), Some(AddressRefused));
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_when_it_is_looked_up() {
        let strict = Outbound::new(Rules { plain_http: PlainHttp::Everybody, ..Rules::default() });
        let post = |url: &str| Post {
            url: url.parse().unwrap(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            within: Duration::from_secs(5),
            authority: None,
        };
        let refused = strict.post(post("http://localhost:1/")).await.unwrap_err();
        assert_eq!(refused, SendError::AddressRefused);
        let unknown = strict.post(post("http://nowhere.invalid/")).await.unwrap_err();
        assert_eq!(unknown, SendError::UnknownHost);
    }
}
