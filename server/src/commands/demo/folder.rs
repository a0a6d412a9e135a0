//! The temporary folder of a demo. One that was killed cannot remove its own; the next demo does that.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

const PREFIX: &str = "campo-demo-";
const LOCK: &str = "lock";

/// A folder, removed when dropped.
#[derive(Debug)]
pub(super) struct Folder {
    folder: TempDir,
    /// Held as long as the demo lives, whatever ends it
    _lock: File,
}

impl Folder {
    /// A new folder.
    pub(super) fn new() -> Result<Self> {
        let temporary = std::env::temp_dir();
        sweep(&temporary);
        let place = || format!("a folder in {}", temporary.display());
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&temporary).with_context(place)?;
        let lock = File::create_new(folder.path().join(LOCK))?;
        lock.try_lock().context("a lock of its own")?;
        Ok(Self { folder, _lock: lock })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes it.
    pub(super) fn remove(self) -> Result<()> {
        let place = self.folder.path().display().to_string();
        self.folder.close().context(place)
    }
}

/// Removes the folders of demos that are gone. What cannot be removed is somebody else's.
fn sweep(temporary: &Path) {
    let Ok(entries) = fs::read_dir(temporary) else { return };
    for entry in entries.filter_map(io::Result::ok) {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if ours && is_left_behind(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// True when nobody holds the lock. A folder without one is just being made.
fn is_left_behind(folder: &Path) -> bool {
    let Ok(lock) = File::open(folder.join(LOCK)) else { return false };
    !matches!(lock.try_lock(), Err(TryLockError::WouldBlock | TryLockError::Error(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_demos_that_are_gone_are_removed() {
        let temporary = tempfile::tempdir().unwrap();
        let place = |name: &str| temporary.path().join(name);
        for name in ["campo-demo-gone", "campo-demo-alive", "campo-demo-new", "other"] {
            fs::create_dir(place(name)).unwrap();
        }
        for name in ["campo-demo-gone", "campo-demo-alive", "other"] {
            File::create(place(name).join(LOCK)).unwrap();
        }
        let held = File::open(place("campo-demo-alive").join(LOCK)).unwrap();
        held.try_lock().unwrap();
        sweep(temporary.path());
        let left = |name| place(name).exists();
        let all = ["campo-demo-gone", "campo-demo-alive", "campo-demo-new", "other"].map(left);
        assert_eq!(all, [false, true, true, true]);
    }
}
