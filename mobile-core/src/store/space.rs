//! The file space: photos and signatures, each under its hash.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use campo_protocol::text::hex;
use sha2::{Digest as _, Sha256};

/// A file that is in the space, durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenFile {
    /// SHA-256 of its bytes, hexadecimal
    pub hash: String,
    /// Its length
    pub size_bytes: i64,
}

/// Where the bytes of files are.
pub trait FileSpace: Send + Sync {
    /// Moves the file at `path` into the space. When this returns, the bytes and their name survive the loss of power.
    fn take(&self, path: &Path) -> io::Result<TakenFile>;

    /// A part of a file; shorter at its end.
    fn read(&self, hash: &str, from_bytes: i64, length_bytes: i64) -> io::Result<Vec<u8>>;

    /// How long a file is; [`io::ErrorKind::NotFound`] for one that is not here.
    fn size_bytes(&self, hash: &str) -> io::Result<i64>;

    /// Removes a file; one that is not there is removed already.
    fn remove(&self, hash: &str) -> io::Result<()>;

    /// Removes every file whose hash is not among these, and what was begun and not taken.
    fn keep_only(&self, hashes: &BTreeSet<String>) -> io::Result<()>;

    /// Removes every file that can be removed.
    fn clear(&self) -> io::Result<()>;
}

/// A folder of the app.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The space in the folder at `path`, which is made where it is missing.
    pub fn new(path: &Path) -> io::Result<Self> {
        if !path.is_dir() {
            fs::create_dir_all(path)?;
            if let Some(parent) = path.parent() {
                sync_folder(parent)?;
            }
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Where the file of that hash is. A hash that is none names nothing outside the folder.
    pub fn path_of(&self, hash: &str) -> io::Result<PathBuf> {
        if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(self.path.join(hash))
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "not a hash"))
        }
    }
}

impl FileSpace for Folder {
    fn take(&self, path: &Path) -> io::Result<TakenFile> {
        let taken = hash_and_sync(path)?;
        // No server stores it, and no worker means it
        if taken.size_bytes == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the file is empty"));
        }
        let target = self.path_of(&taken.hash)?;
        match fs::rename(path, &target) {
            Ok(()) => {}
            // Camera apps write to other volumes: copied, and only then removed there
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                let draft = self.path.join(format!("{}.part", taken.hash));
                copy(path, &draft)?;
                fs::rename(&draft, &target)?;
                fs::remove_file(path)?;
            }
            Err(error) => return Err(error),
        }
        sync_folder(&self.path)?;
        Ok(taken)
    }

    fn read(&self, hash: &str, from_bytes: i64, length_bytes: i64) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.path_of(hash)?)?;
        file.seek(SeekFrom::Start(from_bytes.max(0) as u64))?;
        let mut bytes = Vec::new();
        file.take(length_bytes.max(0) as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn size_bytes(&self, hash: &str) -> io::Result<i64> {
        let size_bytes = fs::metadata(self.path_of(hash)?)?.len();
        i64::try_from(size_bytes).map_err(io::Error::other)
    }

    fn remove(&self, hash: &str) -> io::Result<()> {
        match fs::remove_file(self.path_of(hash)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn keep_only(&self, hashes: &BTreeSet<String>) -> io::Result<()> {
        let mut removed = Ok(());
        for entry in fs::read_dir(&self.path)? {
            let is_kept =
                |entry: &fs::DirEntry| entry.file_name().to_str().is_some_and(|name| hashes.contains(name));
            match entry {
                Ok(entry) if is_kept(&entry) => {}
                other => removed = removed.and(other.and_then(|entry| fs::remove_file(entry.path()))),
            }
        }
        removed.and(sync_folder(&self.path))
    }

    fn clear(&self) -> io::Result<()> {
        self.keep_only(&BTreeSet::new())
    }
}

/// Hashes what is at `path` after it was synced, so that the hash is that of what survives.
fn hash_and_sync(path: &Path) -> io::Result<TakenFile> {
    let mut file = File::options().read(true).write(true).open(path)?;
    file.sync_all()?;
    let (mut hash, mut size_bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..count).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        size_bytes += count as i64;
    }
    let bytes: [u8; 32] = hash.finalize().into();
    Ok(TakenFile { hash: hex(&bytes), size_bytes })
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = File::create(to)?;
    io::copy(&mut source, &mut target)?;
    target.flush()?;
    target.sync_all()
}

/// Makes the names in a folder durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
