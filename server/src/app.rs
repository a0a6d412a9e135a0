//! What the process holds for every request and duty.

use std::{path::PathBuf, sync::Arc};

use ipnet::IpNet;
use tokio::sync::Notify;

use crate::{
    access::guard::Guards,
    calls::Calls,
    database::Db,
    environment::Environment,
    events::wait::Waiting,
    exchange::{connections::Connections, doors::Doors},
    files::store::Store,
    health::Health,
    imports::Readers,
    live::Live,
    log::Log,
    mail,
    maps::MapSource,
    outbound::{Outbound, Rules},
    push::{Push, Services},
    secrets::{Secret, Secrets},
    supervise::Loops,
    sync::{awake::Awake, contacts::Contacts},
    telemetry::Metrics,
};

/// The parts of a running server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// The database, for reads
    pub db: Db,
    /// The logs, for everything that writes an account's data
    pub log: Log,
    /// The bytes of files
    pub store: Store,
    /// Clock and chance
    pub environment: Environment,
    /// Hashes, seals and signs
    pub secrets: Secrets,
    /// Bounds on what a stranger can send, and the like
    pub limits: Arc<Limits>,
    /// Whether this replica can work
    pub health: Health,
    /// What is measured in this process
    pub metrics: Metrics,
    /// The way out to what customers configure, and to push services
    pub outbound: Outbound,
    /// What slows down those who guess
    pub guards: Arc<Guards>,
    /// By which whoever runs the server is known; nobody is without it
    pub operator_token: Option<Secret>,
    /// Told when this replica has made background work, so that it need not wait to be looked for
    pub work: Arc<Notify>,
    /// When phones were heard of, until it is written
    pub contacts: Arc<Contacts>,
    /// What customers' systems called, until it is written
    pub calls: Arc<Calls>,
    /// Who is connected to exchange files
    pub connections: Connections,
    /// The phones that listen at this replica
    pub awake: Arc<Awake>,
    /// What wakes the others; nothing does until it is set
    pub push: Arc<dyn Push>,
    /// By which mail is sent; none is without it
    pub mail: Option<Arc<mail::Settings>>,
    /// The readers that wait for events at this replica
    pub reading: Arc<Waiting>,
    /// The consoles that listen at this replica
    pub live: Arc<Live>,
    /// What is known of the loops of this process that had to be begun anew
    pub loops: Arc<Loops>,
}

impl App {
    /// A server on a database that is migrated and prepared.
    pub fn new(
        db: Db,
        log: Log,
        store: Store,
        environment: Environment,
        secrets: Secrets,
        limits: Limits,
    ) -> Self {
        let health = Health::new(&environment);
        let outbound = Outbound::new(limits.outbound.clone());
        let (limits, metrics) = (Arc::new(limits), Metrics::install());
        let (guards, work, contacts, calls, awake) =
            (Arc::default(), Arc::default(), Arc::default(), Arc::default(), Arc::default());
        let (loops, live, reading, connections) =
            (Arc::default(), Arc::default(), Arc::default(), Connections::default());
        let push = Arc::new(Services::default());
        let (operator_token, mail) = (None, None);
        Self {
            db,
            log,
            store,
            environment,
            secrets,
            limits,
            health,
            metrics,
            outbound,
            guards,
            operator_token,
            work,
            contacts,
            calls,
            connections,
            awake,
            push,
            mail,
            reading,
            live,
            loops,
        }
    }

    /// The same, where whoever has this secret may see the whole server.
    #[must_use]
    pub fn with_operator_token(self, operator_token: Option<Secret>) -> Self {
        Self { operator_token, ..self }
    }
}

/// Bounds of the API.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Of an ordinary body
    pub request_bytes: usize,
    /// Of a body that carries many objects
    pub batch_bytes: usize,
    /// Of an exchange with a phone, after decompression
    pub sync_bytes: usize,
    /// Of one file
    pub file_bytes: usize,
    /// Of a file to import
    pub import_bytes: usize,
    /// How files to import are read
    pub readers: Readers,
    /// How long a user's session lasts without a request
    pub session_us: i64,
    /// The proxies whose `X-Forwarded-For` is believed
    pub trusted_proxies: Vec<IpNet>,
    /// Phones of one account that listen for events at one replica
    pub event_streams: usize,
    /// After how long without a sign of life another replica takes over what one did
    pub lease_us: i64,
    /// Where requests may go that customers configure
    pub outbound: Rules,
    /// The address under which people and phones reach this installation
    pub public_url: Option<String>,
    /// How much may lie in the folders of one key
    pub hosted_bytes: u64,
    /// How many files may
    pub hosted_files: i64,
    /// From where the console takes street maps
    pub map_source: Option<MapSource>,
    /// Where files are exchanged
    pub doors: Doors,
    /// The folder of the programs for agents
    pub agent_folder: Option<PathBuf>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_bytes: 1024 * 1024,
            batch_bytes: 8 * 1024 * 1024,
            sync_bytes: campo_protocol::sync::MAX_REQUEST_BYTES,
            file_bytes: 50 * 1024 * 1024,
            import_bytes: 20 * 1024 * 1024,
            readers: Readers::default(),
            session_us: 12 * 3600 * 1_000_000,
            trusted_proxies: Vec::new(),
            event_streams: 5000,
            lease_us: 30 * 1_000_000,
            outbound: Rules::default(),
            public_url: None,
            hosted_bytes: 2 * 1024 * 1024 * 1024,
            hosted_files: 20_000,
            map_source: None,
            doors: Doors::default(),
            agent_folder: None,
        }
    }
}
