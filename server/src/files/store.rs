//! Where the bytes of files are. What [`Store::publish`] returned survives loss of power.
//!
//! Every upload gets a name of its own: hash and generation. A name that was removed is never used again, so that a
//! sweep and an upload of the same content cannot meet, and no lock is held while bytes move.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use campo_protocol::text::{hex, unhex};
use futures_util::{Stream, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use tokio::{io::AsyncReadExt as _, io::AsyncSeekExt as _, task::spawn_blocking};
use uuid::Uuid;

use super::room::{Room, Shares};

/// How much of an upload is gathered before it is written, and how much of a file is read at a time.
const BLOCK_BYTES: usize = 256 * 1024;
/// The folder of uploads that are under way, in that of their account.
const INCOMING: &str = "incoming";
/// The folder of parts of files, in that of their account; each upload has a folder in it.
const PARTS: &str = "parts";

/// What a probe writes, in the folder of an account that no company has.
const PROBE: &[u8] = b"Campo looks whether files can be kept.";
const PROBE_ACCOUNT: i64 = 0;
const PROBE_KEPT_US: i64 = 3600 * 1_000_000;

/// The bytes of a file, in blocks.
pub type Content = Pin<Box<dyn Stream<Item = io::Result<Vec<u8>>> + Send>>;

/// Where the bytes of files are. Cheap to clone. The accounts share nothing in it.
#[derive(Debug, Clone)]
pub enum Store {
    /// A folder of this machine, or one that all replicas see
    Folder(Arc<Folder>),
}

/// A folder with the files of all accounts.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// The shares of the disk that stay free
    shares: Shares,
    /// The folders whose own names this process has synced: (account, first byte of the hash)
    durable: Mutex<HashSet<(i64, u8)>>,
}

/// The bytes of an open file in `range`; that it ends before them is an error of the stream.
pub(crate) async fn part(mut file: tokio::fs::File, range: Range<u64>) -> io::Result<Content> {
    file.seek(io::SeekFrom::Start(range.start)).await?;
    let left = range.end.saturating_sub(range.start);
    Ok(Box::pin(stream::try_unfold((file, left), async |(mut file, left)| {
        if left == 0 {
            return Ok(None);
        }
        let mut block = vec![0; usize::try_from(left).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES)];
        let count = file.read(&mut block).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        block.truncate(count);
        Ok(Some((block, (file, left - count as u64))))
    })))
}

/// The name of a file in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The account
    pub account: i64,
    /// SHA-256 of the bytes
    pub hash: [u8; 32],
    /// Which upload of them
    pub generation: Uuid,
}

impl Place {
    /// Its path in a folder: `<account>/<first two digits>/<hash>.<generation>`.
    pub fn path(&self) -> PathBuf {
        let hash = hex(&self.hash);
        let name = format!("{hash}.{}", self.generation.simple());
        [&self.account.to_string(), &hash[..2], &name].iter().collect()
    }

    fn from_name(account: i64, name: &str) -> Option<Self> {
        let (hash, generation) = name.split_once('.')?;
        let hash = unhex(hash)?.try_into().ok()?;
        Some(Self { account, hash, generation: Uuid::try_parse(generation).ok()? })
    }
}

/// An upload under way. Dropped without [`Store::publish`] it leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    account: i64,
    path: PathBuf,
    /// None while a block is being written
    file: Option<File>,
    block: Vec<u8>,
    hash: Sha256,
    size_bytes: u64,
}

impl Draft {
    /// How much was written.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Adds bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.size_bytes += bytes.len() as u64;
        self.block.extend_from_slice(bytes);
        if self.block.len() >= BLOCK_BYTES { self.flush().await } else { Ok(()) }
    }

    /// SHA-256 of what was written.
    pub fn hash(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    async fn flush(&mut self) -> io::Result<()> {
        let mut file = self.file.take().ok_or_else(|| io::Error::other("an earlier write failed"))?;
        let block = std::mem::take(&mut self.block);
        let file = spawn_blocking(move || file.write_all(&block).map(|()| file)).await??;
        self.file = Some(file);
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What is left behind, here or by a crash, is swept later.
        let _ = fs::remove_file(&self.path);
    }
}

impl Store {
    /// The store in the folder at `root`, which is made if it is not there.
    pub fn folder(root: &Path) -> io::Result<Self> {
        Self::with_shares(root, Shares::USUAL)
    }

    /// The same, where these shares of the disk stay free.
    pub fn with_shares(root: &Path, shares: Shares) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        sync_folder(root)?;
        if let Some(parent) = root.parent() {
            sync_folder(parent)?;
        }
        Ok(Self::Folder(Arc::new(Folder { root: root.to_owned(), shares, durable: Mutex::default() })))
    }

    /// True where somebody should make room on the disk of the store.
    pub async fn is_low(&self) -> io::Result<bool> {
        let Self::Folder(folder) = self;
        let folder = Arc::clone(folder);
        spawn_blocking(move || Ok(Room::of(&folder.root)?.is_below(folder.shares.low))).await?
    }

    /// Begins an upload. `name` is a new id. [`io::ErrorKind::StorageFull`] where the disk is so full that the rest is
    /// kept for the database.
    pub async fn begin(&self, account: i64, name: Uuid) -> io::Result<Draft> {
        let Self::Folder(folder) = self;
        let incoming = folder.account(account).join(INCOMING);
        let path = incoming.join(name.simple().to_string());
        let (named, folder) = (path.clone(), Arc::clone(folder));
        let file = spawn_blocking(move || {
            Room::of(&folder.root)?.keeps(folder.shares.reserve)?;
            fs::create_dir_all(&incoming)?;
            File::create_new(named)
        })
        .await??;
        let (block, hash) = (Vec::new(), Sha256::new());
        Ok(Draft { account, path, file: Some(file), block, hash, size_bytes: 0 })
    }

    /// Makes an upload durable under the name that is returned. Only a restore gives a `generation` that was there
    /// before, with the same bytes.
    pub async fn publish(&self, mut draft: Draft, generation: Uuid) -> io::Result<Place> {
        let Self::Folder(folder) = self;
        draft.flush().await?;
        let place = Place { account: draft.account, hash: draft.hash(), generation };
        let folder = Arc::clone(folder);
        spawn_blocking(move || folder.publish(&draft, &place).map(|()| place)).await?
    }

    /// The bytes of a file in `range`, which lies within it. [`io::ErrorKind::NotFound`] when there is none.
    pub async fn read(&self, place: &Place, range: Range<u64>) -> io::Result<Content> {
        let Self::Folder(folder) = self;
        part(tokio::fs::File::open(folder.root.join(place.path())).await?, range).await
    }

    /// Notes that a file was used at `now_us`: [`Self::written_before`] leaves it out for a while longer. One that is
    /// not there is no error.
    pub async fn touch(&self, place: &Place, now_us: i64) -> io::Result<()> {
        let Self::Folder(folder) = self;
        let path = folder.root.join(place.path());
        spawn_blocking(move || match File::options().append(true).open(path) {
            Ok(file) => file.set_modified(time(now_us)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        })
        .await?
    }

    /// Removes a file; one that is not there is no error. A loss of power may bring it back, for a later sweep.
    pub async fn remove(&self, place: &Place) -> io::Result<()> {
        let Self::Folder(folder) = self;
        let path = folder.root.join(place.path());
        spawn_blocking(move || remove(&path)).await?
    }

    /// The files of an account whose hashes begin with `first` and that were written, or
    /// [touched](Self::touch), before `before_us`.
    pub async fn written_before(&self, account: i64, first: u8, before_us: i64) -> io::Result<Vec<Place>> {
        let Self::Folder(folder) = self;
        let path = folder.account(account).join(hex(&[first]));
        spawn_blocking(move || {
            let names = names_before(&path, before_us)?;
            Ok(names.iter().filter_map(|name| Place::from_name(account, name)).collect())
        })
        .await?
    }

    /// Takes a few bytes in, gives them back and removes them. `name` is a new id. What a probe left behind that never
    /// ended goes with a later one.
    pub async fn probe(&self, name: Uuid, now_us: i64) -> io::Result<()> {
        let mut draft = self.begin(PROBE_ACCOUNT, name).await?;
        draft.write(PROBE).await?;
        let place = self.publish(draft, name).await?;
        let read: Vec<Vec<u8>> = self.read(&place, 0..PROBE.len() as u64).await?.try_collect().await?;
        if read.concat() != PROBE {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "what was read is not what was written"));
        }
        let before_us = now_us.saturating_sub(PROBE_KEPT_US);
        for old in self.written_before(PROBE_ACCOUNT, place.hash[0], before_us).await? {
            self.remove(&old).await?;
        }
        self.remove(&place).await
    }

    /// Makes a part of an upload durable. A part that begins at the same byte is written over. `name` is a new id.
    /// [`io::ErrorKind::StorageFull`] as with [`Self::begin`].
    pub async fn write_part(
        &self,
        account: i64,
        upload: Uuid,
        from: u64,
        name: Uuid,
        bytes: Vec<u8>,
    ) -> io::Result<()> {
        let Self::Folder(folder) = self;
        let folder = Arc::clone(folder);
        spawn_blocking(move || {
            Room::of(&folder.root)?.keeps(folder.shares.reserve)?;
            let parts = folder.parts(account, upload);
            if !parts.is_dir() {
                fs::create_dir_all(&parts)?;
                sync_folder(&folder.account(account).join(PARTS))?;
                sync_folder(&folder.account(account))?;
                sync_folder(&folder.root)?;
            }
            let draft = parts.join(name.simple().to_string());
            let mut file = File::create_new(&draft)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&draft, parts.join(from.to_string()))?;
            sync_folder(&parts)
        })
        .await?
    }

    /// The part of an upload that begins at this byte. [`io::ErrorKind::NotFound`] when there is none.
    pub async fn read_part(&self, account: i64, upload: Uuid, from: u64) -> io::Result<Vec<u8>> {
        let Self::Folder(folder) = self;
        tokio::fs::read(folder.parts(account, upload).join(from.to_string())).await
    }

    /// Removes the parts of an upload; that there are none is no error.
    pub async fn remove_parts(&self, account: i64, upload: Uuid) -> io::Result<()> {
        let Self::Folder(folder) = self;
        let path = folder.parts(account, upload);
        spawn_blocking(move || remove_folder(&path)).await?
    }

    /// Removes the parts of all uploads of an account to which nobody added one since `before_us`.
    pub async fn remove_parts_before(&self, account: i64, before_us: i64) -> io::Result<()> {
        let Self::Folder(folder) = self;
        let path = folder.account(account).join(PARTS);
        spawn_blocking(move || {
            names_before(&path, before_us)?.iter().try_for_each(|name| remove_folder(&path.join(name)))
        })
        .await?
    }

    /// Removes the uploads of an account that nobody has written to since `before_us`.
    pub async fn remove_drafts(&self, account: i64, before_us: i64) -> io::Result<()> {
        let Self::Folder(folder) = self;
        let path = folder.account(account).join(INCOMING);
        spawn_blocking(move || {
            names_before(&path, before_us)?.iter().try_for_each(|name| remove(&path.join(name)))
        })
        .await?
    }
}

impl Folder {
    fn account(&self, account: i64) -> PathBuf {
        self.root.join(account.to_string())
    }

    fn parts(&self, account: i64, upload: Uuid) -> PathBuf {
        self.account(account).join(PARTS).join(upload.simple().to_string())
    }

    fn publish(&self, draft: &Draft, place: &Place) -> io::Result<()> {
        let file = draft.file.as_ref().ok_or_else(|| io::Error::other("an earlier write failed"))?;
        file.sync_all()?;
        let path = self.root.join(place.path());
        let folder = self.account(place.account).join(hex(&place.hash[..1]));
        self.make_durable(place, &folder)?;
        fs::rename(&draft.path, &path)?;
        sync_folder(&folder)
    }

    /// Makes the folder and syncs the names that lead to it. That it exists does not say that somebody did.
    fn make_durable(&self, place: &Place, folder: &Path) -> io::Result<()> {
        let key = (place.account, place.hash[0]);
        if self.durable.lock().unwrap_or_else(PoisonError::into_inner).contains(&key) {
            return Ok(());
        }
        fs::create_dir_all(folder)?;
        sync_folder(&self.account(place.account))?;
        sync_folder(&self.root)?;
        self.durable.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        Ok(())
    }
}

/// Makes the names in a folder durable.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    // the parent of a relative path of one part
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path)?.sync_all()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Ok(()) => Ok(()),
        // What somebody writes into it at this moment, that one or the sweep removes
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::DirectoryNotEmpty].contains(&error.kind()) => {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn names_before(folder: &Path, before_us: i64) -> io::Result<Vec<String>> {
    let before = time(before_us);
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        match entry.metadata() {
            // It was renamed or removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(status) if status.modified()? < before => names.extend(entry.file_name().into_string()),
            Ok(_) => {}
        }
    }
    Ok(names)
}

fn time(us: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(us).unwrap_or(0))
}
