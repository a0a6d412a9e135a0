//! Parts of tests: a clock that is turned by hand, chance from a seed, a phone that is enrolled and has a roster.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use campo_protocol::{clock::Clock, text::hex};
use sha2::{Digest as _, Sha256};

use crate::{
    environment::{Chance, Environment, PlatformClock},
    store::space::{FileSpace, TakenFile},
};

/// A clock that is turned by hand. Wall and monotonic clock can be moved apart.
#[derive(Debug, Default)]
pub struct TurnedClock {
    wall_us: AtomicI64,
    monotonic_us: AtomicI64,
}

impl TurnedClock {
    /// A clock that stands there: microseconds since 1970 UTC.
    pub fn at(wall_us: i64) -> Arc<Self> {
        Arc::new(Self { wall_us: AtomicI64::new(wall_us), monotonic_us: AtomicI64::new(1_000_000) })
    }

    /// Time passes.
    pub fn advance(&self, us: i64) {
        self.wall_us.fetch_add(us, Ordering::Relaxed);
        self.monotonic_us.fetch_add(us, Ordering::Relaxed);
    }

    /// Somebody sets the wall clock.
    pub fn jump(&self, us: i64) {
        self.wall_us.fetch_add(us, Ordering::Relaxed);
    }

    /// The phone is started anew: the monotonic clock begins again.
    pub fn reboot(&self) {
        self.monotonic_us.store(1_000_000, Ordering::Relaxed);
    }
}

impl PlatformClock for TurnedClock {
    fn read(&self) -> Clock {
        Clock {
            wall_us: self.wall_us.load(Ordering::Relaxed),
            monotonic_us: Some(self.monotonic_us.load(Ordering::Relaxed)),
            boot: None,
            zone: Some("America/Lima".to_owned()),
            offset_s: Some(-18_000),
            automatic: Some(true),
        }
    }
}

/// The same seed gives the same bytes in the same order.
#[derive(Debug)]
pub struct SeededChance {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededChance {
    /// Chance from a seed.
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self { seed, drawn: AtomicU64::new(0) })
    }
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let number = self.drawn.fetch_add(1, Ordering::Relaxed);
            let block: [u8; 32] = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(number.to_be_bytes())
                .finalize()
                .into();
            part.copy_from_slice(&block[..part.len()]);
        }
    }
}

/// A turned clock and seeded chance.
pub fn environment(clock: &Arc<TurnedClock>, seed: u64) -> Environment {
    Environment::new(clock.clone(), SeededChance::new(seed))
}

/// A file space in memory.
#[derive(Debug, Default)]
pub struct MemorySpace {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl MemorySpace {
    /// Puts bytes in, as if they had been taken from a file.
    pub fn put(&self, bytes: &[u8]) -> TakenFile {
        let hash: [u8; 32] = Sha256::digest(bytes).into();
        let taken = TakenFile { hash: hex(&hash), size_bytes: bytes.len() as i64 };
        self.lock().insert(taken.hash.clone(), bytes.to_vec());
        taken
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FileSpace for MemorySpace {
    fn take(&self, path: &Path) -> io::Result<TakenFile> {
        let bytes = std::fs::read(path)?;
        std::fs::remove_file(path)?;
        Ok(self.put(&bytes))
    }

    fn read(&self, hash: &str, from_bytes: i64, length_bytes: i64) -> io::Result<Vec<u8>> {
        let files = self.lock();
        let bytes = files.get(hash).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let from = (from_bytes.max(0) as usize).min(bytes.len());
        let to = from.saturating_add(length_bytes.max(0) as usize).min(bytes.len());
        Ok(bytes.get(from..to).unwrap_or_default().to_vec())
    }

    fn size_bytes(&self, hash: &str) -> io::Result<i64> {
        let files = self.lock();
        let bytes = files.get(hash).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        i64::try_from(bytes.len()).map_err(io::Error::other)
    }

    fn remove(&self, hash: &str) -> io::Result<()> {
        self.lock().remove(hash);
        Ok(())
    }

    fn keep_only(&self, hashes: &BTreeSet<String>) -> io::Result<()> {
        self.lock().retain(|hash, _| hashes.contains(hash));
        Ok(())
    }

    fn clear(&self) -> io::Result<()> {
        self.lock().clear();
        Ok(())
    }
}

impl crate::store::Store {
    /// The disk is full, or has room again: SQLite then refuses to grow its database.
    pub fn set_disk_full(&self, full: bool) -> crate::store::failure::Result<()> {
        let pages: i64 = if full {
            self.read().query_row("pragma page_count", (), |row| row.get(0))?
        } else {
            i64::from(i32::MAX)
        };
        Ok(self.read().pragma_update(None, "max_page_count", pages)?)
    }
}

/// A verifier of a PIN with the least parameters that Argon2id has, so that thousands of sessions open quickly.
pub fn quick_pin_verifier(pin: &str) -> Option<String> {
    use argon2::{
        Algorithm, Argon2, Params, Version,
        password_hash::{PasswordHasher as _, phc::PasswordHash},
    };
    let params = Params::new(8, 1, 1, None).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = argon2.hash_password_with_salt(pin.as_bytes(), &[7; 16]).ok()?;
    Some(hash.to_string())
}

impl crate::store::Store {
    /// Waits less for the disk than a phone ever does, so that a test can prove that it sees a loss: `normal`, `off`.
    pub fn set_synchronous(&self, mode: &str) -> crate::store::failure::Result<()> {
        Ok(self.read().pragma_update(None, "synchronous", mode)?)
    }

    /// The phone is enrolled, and an employee has a session, without any server.
    pub fn make_ready(&mut self) -> crate::store::failure::Result<()> {
        use crate::{capture::session::Session, core::enrolment::Enrolment, store::settings};
        let (installation, company) = (uuid::Uuid::from_u128(1), String::new());
        self.enrol(&Enrolment { server: String::new(), installation, company })?;
        let session = Session {
            id: uuid::Uuid::from_u128(2),
            employee: uuid::Uuid::from_u128(3),
            number: "1".to_owned(),
            name: "Ana".to_owned(),
            opened_us: 0,
        };
        settings::set(self.read(), settings::name::SESSION, &session)
    }
}
