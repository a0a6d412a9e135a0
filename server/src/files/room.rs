//! How much room is left on the disk of the file store, and from when on nothing large is taken any more.

use std::{io, path::Path};

/// The shares of the disk that stay free.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// Below this share somebody should make room: `/health` says so
    pub low: f64,
    /// Below this share files are refused, so that the database can go on and what phones captured is still taken
    pub reserve: f64,
}

impl Shares {
    /// Those of every server.
    pub const USUAL: Self = Self { low: 0.10, reserve: 0.02 };
    /// None, for those who do not ask how full their disk is.
    pub const NONE: Self = Self { low: 0.0, reserve: 0.0 };
    /// More than there is, as if the disk were always full.
    pub const FULL: Self = Self { low: 1.01, reserve: 1.01 };
}

/// The room of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What this process may still write
    pub free_bytes: u64,
    /// What is used and what may still be written, as df(1) counts: what is reserved for the system is neither
    pub total_bytes: u64,
}

impl Room {
    /// That of the disk on which this folder is.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let disk = rustix::fs::statvfs(folder)?;
        let used = disk.f_blocks.saturating_sub(disk.f_bfree);
        Ok(Self {
            free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
            total_bytes: used.saturating_add(disk.f_bavail).saturating_mul(disk.f_frsize),
        })
    }

    /// True where less than this share is free. Of a disk that does not say how large it is nothing is known.
    pub fn is_below(self, share: f64) -> bool {
        self.total_bytes > 0 && (self.free_bytes as f64) < share * self.total_bytes as f64
    }

    /// [`io::ErrorKind::StorageFull`] where less than the reserve is free.
    pub(super) fn keeps(self, reserve: f64) -> io::Result<()> {
        if self.is_below(reserve) {
            let Self { free_bytes, total_bytes } = self;
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                format!("{free_bytes} of {total_bytes} bytes are free, which are kept for the database"),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_refused_before_the_disk_is_full() {
        for (free_bytes, total_bytes, is_low, is_refused) in [
            (100, 1000, false, false),
            (99, 1000, true, false),
            (20, 1000, true, false),
            (19, 1000, true, true),
            (0, 1000, true, true),
            (0, 0, false, false),
        ] {
            let room = Room { free_bytes, total_bytes };
            assert_eq!(
                (room.is_below(Shares::USUAL.low), room.keeps(Shares::USUAL.reserve).is_err()),
                (is_low, is_refused),
                "{room:?}"
            );
        }
    }

    #[test]
    fn a_disk_says_how_large_it_is() {
        let room = Room::of(Path::new("/")).unwrap();
        assert!(room.total_bytes > 0 && room.free_bytes <= room.total_bytes, "{room:?}");
    }
}
