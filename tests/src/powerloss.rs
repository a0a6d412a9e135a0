//! Loss of power: a folder that forgets what a process did not sync.
//!
//! The library in `powerloss/` is preloaded below the process and says what is durable and what is not.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::place;
use crate::random::Random;

/// The library's sources, by file name.
const SOURCES: [(&str, &str); 3] = [
    ("image.h", include_str!("../powerloss/image.h")),
    ("image.c", include_str!("../powerloss/image.c")),
    ("calls.c", include_str!("../powerloss/calls.c")),
];

/// The identity that the image gives to the folder itself.
const ROOT: u64 = 1;

/// A disk of two folders: `data`, which a process uses, and beside it the image of what is durable.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    image: PathBuf,
    preload: PathBuf,
}

/// What becomes of changes that were not synced. Real disks do either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsynced {
    /// All are gone.
    Lost,
    /// Chance decides for each page of each file, for its length, and once for all names, as in a file system
    /// with a journal. Finds what relies on an order that nothing enforced.
    Torn {
        /// Decides what is kept.
        seed: u64,
    },
}

/// A change or sync that the process made below the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Counted from 0 in each process; [`Disk::environment_cut_after`] with this number cuts before it.
    pub number: u64,
    /// `write`, `truncate`, `allocate`, `create`, `remove`, `rename`, `link`, `sync` or `sync_folder`.
    pub operation: String,
    /// The place below the folder; `.` is the folder itself. A rename names what was moved.
    pub path: String,
}

impl Disk {
    /// A disk in `workplace`, which must exist. What is in its folder `data` counts as durable when the first process
    /// starts. Builds the library, with the C compiler that Rust links with too, when it is not there yet.
    pub fn new(workplace: &Path) -> Result<Self> {
        let disk = Self {
            folder: workplace.join("data"),
            image: workplace.join("durable"),
            preload: library().context("building the power loss library")?,
        };
        fs::create_dir_all(&disk.folder)?;
        fs::create_dir_all(&disk.image)?;
        Ok(disk)
    }

    /// The folder for the process to use.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The environment of a process that uses the disk. One process at a time; it may be killed and started again.
    pub fn environment(&self) -> Vec<(String, String)> {
        [("LD_PRELOAD", &self.preload), ("POWERLOSS_ROOT", &self.folder), ("POWERLOSS_IMAGE", &self.image)]
            .map(|(name, path)| (name.to_owned(), path.to_string_lossy().into_owned()))
            .into()
    }

    /// The same for a process that is killed after so many changes and syncs, before the next.
    pub fn environment_cut_after(&self, operations: u64) -> Vec<(String, String)> {
        let mut environment = self.environment();
        environment.push(("POWERLOSS_CUT_AFTER".to_owned(), operations.to_string()));
        environment
    }

    /// The same for a process whose syncs of one kind, `sync` or `sync_folder`, make nothing durable where the place
    /// below the folder matches `pattern` (`*` and `?` within one part), as if it had left them out.
    pub fn environment_ignoring(&self, operation: &str, pattern: &str) -> Vec<(String, String)> {
        let mut environment = self.environment();
        environment.push(("POWERLOSS_IGNORE".to_owned(), format!("{operation} {pattern}")));
        environment
    }

    /// What the last process did, in order.
    pub fn events(&self) -> Result<Vec<Event>> {
        let text = fs::read_to_string(self.image.join("events")).context("no process used the disk")?;
        text.lines()
            .map(|line| {
                let mut words = line.splitn(3, ' ');
                let (Some(number), Some(operation), Some(path)) = (words.next(), words.next(), words.next())
                else {
                    bail!("not an event: {line}");
                };
                Ok(Event { number: number.parse()?, operation: operation.to_owned(), path: path.to_owned() })
            })
            .collect()
    }

    /// Power comes back, after the process was killed: the folder holds what is durable and what `unsynced` leaves of
    /// the rest, and all of that is durable from now on.
    pub fn restore(&self, unsynced: Unsynced) -> Result<()> {
        let mut tree = Vec::new();
        let (live, mut random) = match unsynced {
            Unsynced::Lost => (HashMap::new(), Random::new(0)),
            Unsynced::Torn { seed } => (live_files(&self.image, &self.folder)?, Random::new(seed)),
        };
        if unsynced != Unsynced::Lost && random.chance(50) {
            live_names(&live, &self.folder, &mut tree)?;
        } else {
            durable_names(&self.image, ROOT, Path::new(""), &mut tree)?;
        }
        let restored = self.folder.with_extension("restored");
        clear(&restored)?;
        for node in &tree {
            match node {
                Node::Folder { path } => fs::create_dir(restored.join(path))?,
                Node::File { path, id } => {
                    let durable = read_or_empty(&self.image.join(format!("files/{id}")))?;
                    let content = match live.get(id) {
                        Some(file) => torn(&durable, &fs::read(file)?, &mut random),
                        None => durable,
                    };
                    fs::write(restored.join(path), content)?;
                }
            }
        }
        fs::remove_dir_all(&self.folder)?;
        fs::rename(&restored, &self.folder)?;
        clear(&self.image)
    }
}

/// A name in the restored folder, with its path below it; a folder stands before what is in it.
enum Node {
    Folder { path: PathBuf },
    File { path: PathBuf, id: u64 },
}

fn durable_names(image: &Path, folder: u64, path: &Path, into: &mut Vec<Node>) -> Result<()> {
    // A folder that was never synced is empty.
    let list = read_or_empty(&image.join(format!("folders/{folder}")))?;
    if folder == ROOT && !image.join("folders/1").exists() {
        bail!("{} holds no image: no process started with the disk's environment", image.display());
    }
    for entry in list.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        let entry = std::str::from_utf8(entry)?;
        let (kind, name) = entry.split_once(' ').with_context(|| format!("not a name: {entry}"))?;
        let (path, id) = (path.join(name), kind[1..].parse()?);
        if kind.starts_with('d') {
            into.push(Node::Folder { path: path.clone() });
            durable_names(image, id, &path, into)?;
        } else {
            into.push(Node::File { path, id });
        }
    }
    Ok(())
}

/// The files that are in the folder now, by identity.
fn live_files(image: &Path, folder: &Path) -> Result<HashMap<u64, PathBuf>> {
    let mut ids: HashMap<u64, u64> = HashMap::new();
    for line in fs::read_to_string(image.join("identities"))?.lines() {
        if let Some(words) = line.strip_prefix('+') {
            let mut words = words.split(' ').map(str::parse::<u64>);
            if let (Some(Ok(id)), Some(Ok(number))) = (words.next(), words.next()) {
                ids.insert(number, id);
            }
        } else if let Some(id) = line.strip_prefix('-') {
            let id: u64 = id.parse()?;
            ids.retain(|_, known| *known != id);
        }
    }
    let (mut live, mut folders) = (HashMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let entry = entry?;
            let status = entry.metadata()?;
            if status.is_dir() {
                folders.push(entry.path());
            } else if let Some(id) = ids.get(&status.ino()) {
                live.insert(*id, entry.path());
            }
        }
    }
    Ok(live)
}

/// The names that are there now. A file that was never written to or synced has no identity and is left out.
fn live_names(live: &HashMap<u64, PathBuf>, folder: &Path, into: &mut Vec<Node>) -> Result<()> {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        if next != folder {
            into.push(Node::Folder { path: next.strip_prefix(folder)?.to_path_buf() });
        }
        for entry in fs::read_dir(next)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    let mut files: Vec<_> = live.iter().collect();
    files.sort();
    for (id, path) in files {
        into.push(Node::File { path: path.strip_prefix(folder)?.to_path_buf(), id: *id });
    }
    Ok(())
}

/// Some pages and the length of one, some of the other.
fn torn(durable: &[u8], live: &[u8], random: &mut Random) -> Vec<u8> {
    const PAGE_BYTES: usize = 4096;
    let length = if random.chance(50) { live.len() } else { durable.len() };
    let mut content = vec![0; length];
    for (number, page) in content.chunks_mut(PAGE_BYTES).enumerate() {
        let source = if random.chance(50) { live } else { durable };
        let start = (number * PAGE_BYTES).min(source.len());
        let end = (start + page.len()).min(source.len());
        page[..end - start].copy_from_slice(&source[start..end]);
    }
    content
}

fn read_or_empty(file: &Path) -> Result<Vec<u8>> {
    match fs::read(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other.with_context(|| file.display().to_string()),
    }
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir(folder)?)
}

/// The built library; its name changes with the source.
fn library() -> Result<PathBuf> {
    let folder = place::target_folder()?.join("powerloss");
    let mut version = [0; 8];
    version.copy_from_slice(&Sha256::digest(SOURCES.map(|(_, source)| source).concat())[..8]);
    let library = folder.join(format!("powerloss-{:016x}.so", u64::from_be_bytes(version)));
    if library.exists() {
        return Ok(library);
    }
    fs::create_dir_all(&folder)?;
    // Built aside and put in place by its name, so that tests that start at once do not see half of it.
    let aside = tempfile::tempdir_in(&folder)?;
    for (name, source) in SOURCES {
        fs::write(aside.path().join(name), source)?;
    }
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let output = Command::new(&compiler)
        .args([
            "-shared",
            "-fPIC",
            "-O2",
            "-std=gnu11",
            "-Wall",
            "-Wextra",
            "-fvisibility=hidden",
            "-pthread",
        ])
        .args(["-U_FORTIFY_SOURCE", "-o", "powerloss.so", "image.c", "calls.c"])
        .current_dir(aside.path())
        .output()
        .with_context(|| format!("running the C compiler {compiler}"))?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    fs::rename(aside.path().join("powerloss.so"), &library)?;
    Ok(library)
}
