//! Files of this machine on their way to Campo.

use std::{
    collections::HashMap,
    fs::{self, File, Metadata},
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use crate::{
    api::{Campo, Refused},
    clock,
    config::{Bring, Then},
    durable,
    journal::{Brought, Journal},
    logfile::Log,
    outward::free_name,
};
use anyhow::{Context as _, Result, bail};
use campo_file_names::{Pattern, is_unfinished};
use sha2::{Digest as _, Sha256};

/// The most of a file in one request.
const PART: usize = 4 * 1024 * 1024;
/// Where files go that were brought.
const SENT: &str = "enviados";

/// What a file was at the last looks: since when it is as it is.
pub(crate) type Looks = HashMap<PathBuf, (u64, u128, jiff::Timestamp)>;

fn about(about: &Metadata) -> (u64, u128) {
    let since = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    (about.len(), since.unwrap_or_default().as_nanos())
}

/// Brings what is ready in a folder. What goes wrong with one file stops no other; it is given back.
pub(crate) async fn bring(
    campo: &Campo,
    journal: &Journal,
    log: &Log,
    looks: &mut Looks,
    bring: &Bring,
) -> Vec<anyhow::Error> {
    let mut problems = Vec::new();
    let files = match ready(looks, bring) {
        Ok(files) => files,
        Err(error) => return vec![error],
    };
    let mut known: HashMap<PathBuf, Brought> = match journal.all_brought() {
        Ok(known) => known.into_iter().map(|brought| (brought.path.clone(), brought)).collect(),
        Err(error) => return vec![error],
    };
    for path in files {
        if let Err(error) = one(campo, journal, log, bring, (&path, known.remove(&path))).await {
            problems.push(error.context(path.display().to_string()));
        }
    }
    problems
}

/// The files that have been left alone long enough, the oldest first.
fn ready(looks: &mut Looks, bring: &Bring) -> Result<Vec<PathBuf>> {
    let pattern = Pattern::parse(&bring.pattern).map_err(|fault| anyhow::anyhow!("pattern: {fault}"))?;
    let listed = fs::read_dir(&bring.folder);
    let listed = listed.with_context(|| format!("cannot look into {}", bring.folder.display()))?;
    let (now, mut found, mut seen) = (clock::now(), Vec::new(), Looks::new());
    for entry in listed {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if is_unfinished(name) || !pattern.fits(name) {
            continue;
        }
        // A link could lead out of the folder; what is gone meanwhile was somebody else's
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        if !meta.is_file() {
            continue;
        }
        let (size, modified) = about(&meta);
        let since = match looks.get(&path) {
            Some((before, at, since)) if (*before, *at) == (size, modified) => *since,
            _ => now,
        };
        seen.insert(path.clone(), (size, modified, since));
        let quiet = Duration::from_secs(bring.quiet_seconds);
        if now.duration_since(since).unsigned_abs() >= quiet {
            found.push((modified, path));
        }
    }
    looks.retain(|path, _| path.parent() != Some(bring.folder.as_path()));
    looks.extend(seen);
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

async fn one(
    campo: &Campo,
    journal: &Journal,
    log: &Log,
    bring: &Bring,
    (path, known): (&Path, Option<Brought>),
) -> Result<()> {
    let (size_bytes, modified_ns) = about(&fs::symlink_metadata(path)?);
    let mut brought = match known {
        Some(known) if (known.size_bytes, known.modified_ns) == (size_bytes, modified_ns) => known,
        _ => {
            let hash = hash(path)?;
            if about(&fs::symlink_metadata(path)?) != (size_bytes, modified_ns) {
                return Ok(());
            }
            let arrival = journal.new_id()?;
            let brought =
                Brought { path: path.to_owned(), size_bytes, modified_ns, arrival, hash, arrived: false };
            journal.keep_brought(&brought)?;
            brought
        }
    };
    durable::may_die("noted");
    if !brought.arrived {
        send(campo, bring, &brought).await?;
        durable::may_die("arrived");
        brought.arrived = true;
        journal.keep_brought(&brought)?;
        log.line(&format!("brought {} ({size_bytes} bytes, {})", path.display(), brought.hash));
    }
    durable::may_die("kept");
    if about(&fs::symlink_metadata(path)?) != (size_bytes, modified_ns) {
        // Another file by now, which is brought next
        return journal.forget_brought(brought.arrival);
    }
    match bring.then {
        Then::Keep => return Ok(()),
        Then::Delete => fs::remove_file(path)?,
        Then::Move => {
            let folder = bring.folder.join(SENT);
            fs::create_dir_all(&folder)?;
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("archivo");
            fs::rename(path, free_name(&folder, name)?)?;
        }
    }
    durable::sync_folder_of(path)?;
    durable::may_die("gone");
    journal.forget_brought(brought.arrival)
}

/// Forgets what was brought of files that are no longer there.
pub(crate) fn forget_gone(journal: &Journal) -> Result<()> {
    for brought in journal.all_brought()? {
        let same = fs::symlink_metadata(&brought.path)
            .is_ok_and(|meta| about(&meta) == (brought.size_bytes, brought.modified_ns));
        if !same {
            journal.forget_brought(brought.arrival)?;
        }
    }
    Ok(())
}

async fn send(campo: &Campo, bring: &Bring, brought: &Brought) -> Result<()> {
    let name = brought.path.file_name().and_then(|name| name.to_str()).context("a name that is no text")?;
    let place = (bring.to.trim_matches('/'), name);
    let state = campo.state(brought.arrival, place.0, place.1).await?;
    if state.arrived {
        return Ok(());
    }
    // A part of a file that was longer than this one is of another file
    let mut offset = if state.received_bytes <= brought.size_bytes { state.received_bytes } else { 0 };
    let mut file = File::open(&brought.path)?;
    file.seek(SeekFrom::Start(offset))?;
    while offset < brought.size_bytes {
        let mut part = Vec::new();
        (&mut file).take(PART as u64).read_to_end(&mut part)?;
        if part.is_empty() {
            bail!("the file became shorter");
        }
        let state = campo.bring(brought.arrival, place, offset, part).await?;
        if state.arrived {
            return Ok(());
        }
        offset = state.received_bytes;
        file.seek(SeekFrom::Start(offset))?;
        durable::may_die("part");
    }
    match campo.finish(brought.arrival, place, &brought.hash).await {
        // What was there before was another file's: it is brought anew at the next look
        Err(error)
            if error.downcast_ref::<Refused>().is_some_and(|refused| refused.code == "conflict/hash") =>
        {
            bail!("what Campo had of it was of another file; it is brought anew")
        }
        other => other,
    }
}

fn hash(path: &Path) -> Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut block) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&block[..count]);
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}
