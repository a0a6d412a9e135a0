//! The settings of the process: one table, from which reading, checking and the reference are made.

mod database_url;
mod reference;
mod rules;
mod sources;

use std::{
    ffi::OsString,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use campo_protocol::sync::MAX_REQUEST_BYTES;
use ipnet::IpNet;
use lettre::message::Mailbox;

pub use self::{
    database_url::DatabaseUrl,
    reference::reference,
    rules::LogFormat,
    sources::{ConfigError, ConfigErrors},
};
use self::{
    rules::{
        address, boolean, choice, database_url, folder, host, host_address, integer, level, mailbox,
        map_source, networks, optional, password, plain_http, secret, text, token, web_address,
    },
    sources::Sources,
};
use crate::{
    environment::Environment,
    imports::Reader,
    mail::{self, Security},
    maps::MapSource,
    outbound::PlainHttp,
    secrets::{MasterKey, MasterKeyError, Secret},
};

/// Stands in defaults for the folder of [`Config::data_folder`].
const DATA_FOLDER: &str = "{data_folder}";

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:literal, $rule:expr;)*) => {
        /// The settings of the process. A setting is a key of the file and a variable of the environment:
        /// `listen` and `CAMPO_LISTEN`.
        #[derive(Debug, Clone)]
        pub struct Config { $($(#[doc = $doc])+ pub $name: $type,)* }

        /// Reads every setting, so that one start shows everything that is wrong.
        fn read(sources: &mut Sources) -> Option<Config> {
            $(let $name = sources.take(stringify!($name), $default, &$rule);)*
            Some(Config { $($name: $name?,)* })
        }

        /// What the reference says of every setting, in the order of the table.
        fn descriptions() -> Vec<reference::Description> {
            vec![$(reference::describe::<$type>(stringify!($name), &[$($doc),+], $default, &$rule),)*]
        }

        const KEYS: &[&str] = &[$(stringify!($name),)*];
    };
}

settings! {
    /// Address and port on which API and console listen. It speaks plain HTTP, for a proxy in front of it, unless
    /// `tls_certificate` is set.
    listen: SocketAddr = "127.0.0.1:8080", address();
    /// The certificate with which `listen` speaks HTTPS (HTTP/1.1 and HTTP/2): a file in PEM with the whole chain, the
    /// server's own first. It is read again when it changes. It needs `tls_key`.
    tls_certificate: Option<PathBuf> = "", optional(folder());
    /// The key of that certificate, a file in PEM.
    tls_key: Option<PathBuf> = "", optional(folder());
    /// How many connections to the API may be open at a time; more wait to be accepted.
    connections: usize = "10000", integer(1, 1_000_000);
    /// Address and port on which `/metrics` and the health of each subsystem, `/health`, are given to whoever asks: they
    /// show the whole server, so that no company should reach it.
    metrics_listen: Option<SocketAddr> = "", optional(address());
    /// The bearer secret with which whoever runs this server gets both at the API too. Without it nobody does: what shows
    /// the whole server is no permission that an account could hold or grant.
    operator_token: Option<Secret> = "", optional(token());
    /// The address under which people and phones reach this installation, for links in what it sends.
    public_url: Option<String> = "", optional(web_address());
    /// From where the console takes street maps: an XYZ address of tiles with `{z}`, `{x}` and `{y}`, that of a MapLibre style, or
    /// a PMTiles file of this machine. An address' origin is then the only other one that the console may load from; a file is
    /// handed out by this server, part by part, and nothing leaves it. Without it there is the built-in outline of the countries.
    map_source: Option<MapSource> = "", optional(map_source());
    /// The proxies in front of this server: what they say in `X-Forwarded-For` is believed. The networks of keys and the
    /// counting of wrong passwords go by the address that is found so.
    trusted_proxies: Vec<IpNet> = "", networks();
    /// The folder for everything that is kept in files.
    data_folder: PathBuf = "data", folder();
    /// The database: `sqlite:` and a file, or `postgres://user:password@host/name`.
    database_url: DatabaseUrl = "sqlite:{data_folder}/campo.db", database_url();
    /// How many connections to the database this process opens at most.
    database_connections: u32 = "16", integer(1, 1000);
    /// Set it when a pooler in transaction mode, such as PgBouncer, stands before PostgreSQL: prepared statements do not
    /// survive it, and settings of a connection are not asked for at its start.
    database_pooler: bool = "false", boolean();
    /// Statements that take longer are logged.
    slow_statement_ms: u64 = "500", integer(1, 3_600_000);
    /// The master secret, 64 hexadecimal digits, the same for all replicas. What it protects is lost without it.
    secret_key: Option<Secret> = "", optional(secret());
    /// The file of the master secret where `secret_key` is not set. It is made at the first start; keep a copy apart
    /// from the database's.
    secret_key_file: PathBuf = "{data_folder}/secret.key", folder();
    /// How long people stay logged in at the console.
    session_hours: i64 = "12", integer(1, 8760);
    /// The largest body of a request to the API.
    request_body_bytes: usize = "1048576", integer(1024, 1 << 30);
    /// The largest request of a phone, after decompression. Phones halve what is too large, down to one entry.
    sync_body_bytes: usize = "8388608", integer(524_288, MAX_REQUEST_BYTES as i64);
    /// The largest file, such as a photo or an import.
    file_bytes: usize = "52428800", integer(1024, 1 << 34);
    /// Who reads files to import: `child` is a process of its own for each, within the bounds below, so that a file can break
    /// nothing but its own import; `inside` is this process, which costs less.
    import_reader: Reader = "child", choice(&[("child", Reader::Child), ("inside", Reader::Inside)]);
    /// The most memory of a process that reads a file to import. Up to three work at a time.
    import_reader_bytes: u64 = "1073741824", integer(16_777_216, 1 << 40);
    /// How long such a process may compute, and be waited for altogether.
    import_reader_s: u64 = "300", integer(1, 86_400);
    /// How many submissions of one account may wait to be written; more are asked to come again later.
    queue_submissions: usize = "1000", integer(1, 1_000_000);
    /// How many phones of one account may listen for events at this process; more are asked to come again later, and
    /// exchange by themselves meanwhile.
    event_streams: usize = "5000", integer(0, 1_000_000);
    /// The file of a service account of Google's, by which phones with Android are woken. Without it they are not.
    fcm_service_account_file: Option<PathBuf> = "", optional(folder());
    /// Where Firebase Cloud Messaging is reached.
    fcm_address: String = "https://fcm.googleapis.com", web_address();
    /// The file of a key of Apple's (`.p8`), by which iPhones are woken. Without it they are not.
    apns_key_file: Option<PathBuf> = "", optional(folder());
    /// The id of that key.
    apns_key_id: Option<String> = "", optional(text());
    /// The team that it belongs to.
    apns_team_id: Option<String> = "", optional(text());
    /// The bundle id of the app.
    apns_topic: Option<String> = "", optional(text());
    /// Where Apple's push service is reached.
    apns_address: String = "https://api.push.apple.com", web_address();
    /// After how long without a sign of life another replica takes over what one did in the background. The same for
    /// all replicas. On PostgreSQL a session that stands still within a transaction ends after two thirds of it, and a
    /// statement after five sixths, so that a replica that hangs holds up nobody's writes for longer.
    lease_s: i64 = "30", integer(2, 3600);
    /// Networks inside that may be reached by what customers configure, such as receivers of notifications. Without it
    /// only public addresses are: whoever configures a channel must not reach what stands behind this server.
    outbound_networks: Vec<IpNet> = "", networks();
    /// Set it where notifications may go without TLS, to addresses that begin with `http://`: `true` for every host, or
    /// the hosts, such as receivers of old kind that speak no TLS of today.
    outbound_http: PlainHttp = "false", plain_http();
    /// Address and port on which files are exchanged by SFTP, such as `0.0.0.0:2222`. Without it they are not.
    sftp_listen: Option<SocketAddr> = "", optional(address());
    /// Address and port on which files are exchanged by FTP, such as `0.0.0.0:2121`; with TLS once a client begins it
    /// (`AUTH TLS`). Without it they are not.
    ftp_listen: Option<SocketAddr> = "", optional(address());
    /// The same with TLS from the first byte, such as `0.0.0.0:990`.
    ftps_listen: Option<SocketAddr> = "", optional(address());
    /// Set it where log-ins that are made for it may exchange files without TLS: whoever stands between can read passwords
    /// and files.
    ftp_plain: bool = "false", boolean();
    /// The first port to which clients of FTP connect for data.
    ftp_passive_first: u16 = "49152", integer(1024, 65_535);
    /// The last one. Both must be reachable for customers, with all between them.
    ftp_passive_last: u16 = "49407", integer(1024, 65_535);
    /// The address that clients of FTP are told to connect to for data, where this machine stands behind another one.
    ftp_passive_address: Option<IpAddr> = "", optional(host_address());
    /// The certificate chain for FTP with TLS, a file with PEM. Without it the server signs one itself, which clients must be
    /// told to trust.
    ftp_certificate_file: Option<PathBuf> = "", optional(folder());
    /// Its key, a file with PEM.
    ftp_key_file: Option<PathBuf> = "", optional(folder());
    /// How many bytes may lie in the folders in which one key exchanges files.
    exchange_folder_bytes: u64 = "2147483648", integer(1024, 1 << 44);
    /// The folder with the programs for agents that the console gives out, as `make agent` and `make agent-windows` fill it.
    /// Without it the console says how they are made.
    agent_folder: Option<PathBuf> = "", optional(folder());
    /// The mail server by which Campo sends mail: to confirm addresses of users, to set passwords anew, and of notices.
    /// Without it no mail is sent. It may stand inside; nothing else is ever connected to for mail. It needs `smtp_sender`,
    /// and `public_url` for the links in what is sent.
    smtp_host: Option<String> = "", optional(host());
    /// Its port: 587 with `start_tls`, 465 with `tls`, 25 with `none` at most servers.
    smtp_port: u16 = "587", integer(1, 65_535);
    /// How the connection to it is protected: `start_tls` begins TLS within it and refuses a server that does not offer it,
    /// `tls` begins with it, `none` sends mail and password in clear, for a server on the same machine.
    smtp_security: Security = "start_tls", choice(mail::SECURITY);
    /// Who may have signed that server's certificate besides those whom everybody trusts: a file with certificates, PEM.
    smtp_authority_file: Option<PathBuf> = "", optional(folder());
    /// The user with which Campo logs in there. Without it it does not log in.
    smtp_user: Option<String> = "", optional(text());
    /// The password of that user.
    smtp_password: Option<Secret> = "", optional(password());
    /// From whom mail comes, such as `Campo <campo@example.com>`.
    smtp_sender: Option<Mailbox> = "", optional(mailbox());
    /// How many mails are sent for one account within 24 hours; more wait.
    smtp_account_mails: i64 = "500", integer(1, 1_000_000);
    /// How long a stopping process waits for what it has begun.
    shutdown_grace_s: u64 = "30", integer(0, 3600);
    /// The folder of a newer zone database than the one compiled in, as `zic` makes it, such as `/usr/share/zoneinfo`. It is
    /// checked at the start; one that is not newer is left alone.
    zone_database: Option<PathBuf> = "", optional(folder());
    /// How log lines are written to standard error.
    log_format: LogFormat = "text", choice(&[("text", LogFormat::Text), ("json", LogFormat::Json)]);
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, also by module, such as `info,sqlx=warn`.
    log_level: String = "info", level();
}

impl Config {
    /// Reads the settings from `file`, and over them from the variables of the environment that begin with `CAMPO_`.
    /// Without `file` it is `campo.toml` in the current folder, which may be missing. Everything that is wrong is
    /// named at once.
    pub fn load(
        file: Option<&std::path::Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigErrors> {
        let mut sources = Sources::default();
        sources.read_file(file);
        sources.read_variables(variables);
        let config = read(&mut sources);
        sources.finish(KEYS)?;
        // Whoever gives no value says why, so that this default is never seen.
        let mut config = config.ok_or_else(ConfigErrors::default)?;
        config.resolve();
        Ok(config)
    }

    /// The master secret that these settings name. Makes its file at the first start.
    pub fn master_key(&self, environment: &Environment) -> Result<MasterKey, MasterKeyError> {
        match &self.secret_key {
            Some(key) => MasterKey::from_hex("secret_key", key.reveal()),
            None => MasterKey::from_file(&self.secret_key_file, environment),
        }
    }

    /// Puts the data folder into the settings that stand in it by default.
    fn resolve(&mut self) {
        if let Ok(rest) = self.secret_key_file.strip_prefix(DATA_FOLDER) {
            self.secret_key_file = self.data_folder.join(rest);
        }
        self.database_url = self.database_url.within(DATA_FOLDER, &self.data_folder);
    }
}

#[cfg(test)]
mod tests;
