//! A TCP proxy that does to connections what networks do.

use std::io;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::random::Random;

/// What happens to connections. The default does nothing to them.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Every new connection is reset at once.
    pub refuse: bool,
    /// Each piece of data waits this long, in milliseconds, in either direction.
    pub delay_ms: Option<RangeInclusive<u64>>,
    /// The connection is closed after this many bytes of the client passed.
    pub request_bytes: Option<RangeInclusive<u64>>,
    /// The connection is closed after this many bytes of the server passed.
    pub answer_bytes: Option<RangeInclusive<u64>>,
    /// How many of a hundred connections are spared.
    pub spared_percent: u8,
}

/// A proxy in front of one address. Ends, with its connections, when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    seed: u64,
    /// Written by tests, read at each new connection.
    target: Mutex<SocketAddr>,
    /// Written by tests, read at each new connection.
    faults: Mutex<Faults>,
    /// The number of connections accepted so far, which with the seed decides their fate.
    accepted: AtomicU64,
    /// The bytes of clients and of the server that passed so far; every connection adds
    passed_bytes: [AtomicU64; 2],
    /// Changed by [`Proxy::cut`]; every connection watches it.
    cuts: watch::Sender<u64>,
}

impl Proxy {
    /// Listens on a port of its own and forwards to `target`, at first without faults. The n-th connection has the same
    /// fate whenever the seed is the same.
    pub async fn start(target: SocketAddr, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            seed,
            target: Mutex::new(target),
            faults: Mutex::default(),
            accepted: AtomicU64::new(0),
            passed_bytes: Default::default(),
            cuts: watch::Sender::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, accepting })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a URL without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Forwards new connections to another address, such as that of a server started again.
    pub fn forward_to(&self, target: SocketAddr) {
        *self.shared.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }

    /// Sets what happens to connections from now on. Those that are open keep their fate.
    pub fn set(&self, faults: Faults) {
        *self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// Resets all open connections.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// How many connections were made so far, refused ones included.
    pub fn accepted(&self) -> u64 {
        self.shared.accepted.load(Ordering::Relaxed)
    }
}

impl Proxy {
    /// How many bytes of the clients and of the server passed so far.
    pub fn passed_bytes(&self) -> (u64, u64) {
        let [up, down] = &self.shared.passed_bytes;
        (up.load(Ordering::Relaxed), down.load(Ordering::Relaxed))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

/// How one connection will fare.
#[derive(Debug, Default)]
struct Fate {
    delay_ms: Option<RangeInclusive<u64>>,
    request_bytes: Option<u64>,
    answer_bytes: Option<u64>,
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Only an end of the listener itself ends this; a client that is gone already is not our fault.
    while let Ok((client, _)) = listener.accept().await {
        let cuts = shared.cuts.subscribe();
        let mut random = Random::part(shared.seed, shared.accepted.fetch_add(1, Ordering::Relaxed));
        let faults = shared.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let target = *shared.target.lock().unwrap_or_else(PoisonError::into_inner);
        if faults.refuse {
            let _ = client.set_zero_linger();
            continue;
        }
        let fate = fate(faults, &mut random);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let Ok(server) = TcpStream::connect(target).await else {
                let _ = client.set_zero_linger();
                return;
            };
            carry(client, server, fate, random, cuts, &shared.passed_bytes).await;
        });
    }
}

fn fate(faults: Faults, random: &mut Random) -> Fate {
    if random.chance(faults.spared_percent) {
        return Fate::default();
    }
    Fate {
        delay_ms: faults.delay_ms,
        request_bytes: faults.request_bytes.map(|range| random.within(&range)),
        answer_bytes: faults.answer_bytes.map(|range| random.within(&range)),
    }
}

async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    fate: Fate,
    random: Random,
    mut cuts: watch::Receiver<u64>,
    [up_bytes, down_bytes]: &[AtomicU64; 2],
) {
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let requests =
        pump(from_client, to_server, fate.request_bytes, fate.delay_ms.clone(), random.clone(), up_bytes);
    let answers = pump(from_server, to_client, fate.answer_bytes, fate.delay_ms, random, down_bytes);
    let cut = tokio::select! {
        biased;
        _ = cuts.changed() => true,
        _ = async { tokio::try_join!(requests, answers) } => false,
    };
    if cut {
        let _ = client.set_zero_linger();
        let _ = server.set_zero_linger();
    }
}

/// Carries one direction to its end, or fails when the limit is reached.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    limit_bytes: Option<u64>,
    delay_ms: Option<RangeInclusive<u64>>,
    mut random: Random,
    passed_bytes: &AtomicU64,
) -> io::Result<()> {
    let mut left_bytes = limit_bytes.unwrap_or(u64::MAX);
    let mut piece = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        if let Some(range) = &delay_ms {
            tokio::time::sleep(Duration::from_millis(random.within(range))).await;
        }
        let passing = left_bytes.min(length as u64);
        to.write_all(&piece[..passing as usize]).await?;
        passed_bytes.fetch_add(passing, Ordering::Relaxed);
        left_bytes -= passing;
        if left_bytes == 0 {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
    }
}
