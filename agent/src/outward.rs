//! Files that Campo has on their way into folders of this machine.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use campo_file_names::check_name;
use sha2::{Digest as _, Sha256};

use crate::{
    api::{Campo, Waiting},
    config::Config,
    durable,
    inward::hex,
    journal::{Journal, Placed},
    logfile::Log,
};

/// Files that Campo shows at a time: where there are fewer, these are all.
const SHOWN: usize = 500;
/// Names of devices, which are no files on Windows.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Takes what Campo has for the folders of this machine.
pub(crate) async fn take(
    campo: &Campo,
    journal: &Journal,
    log: &Log,
    config: &Config,
) -> Result<Vec<anyhow::Error>> {
    let mut problems = Vec::new();
    let waiting = campo.waiting().await?;
    if waiting.len() < SHOWN {
        journal.forget_placed_but(&waiting.iter().map(|one| one.id).collect())?;
    }
    for waiting in waiting {
        let Some(take) = config.place(&waiting.folder) else { continue };
        if let Err(error) = one(campo, journal, log, &take.folder, &waiting).await {
            problems.push(error.context(format!("{}/{}", waiting.folder, waiting.name)));
        }
    }
    Ok(problems)
}

async fn one(campo: &Campo, journal: &Journal, log: &Log, folder: &Path, waiting: &Waiting) -> Result<()> {
    let placed = match journal.placed(waiting.id)? {
        Some(placed) => placed,
        None => {
            let name = name(&waiting.name)?;
            let part = folder.join(format!(".{}.part", waiting.id));
            fetch(campo, waiting, &part).await?;
            durable::may_die("fetched");
            let placed = Placed { part, target: free_name(folder, &name)? };
            journal.keep_placed(waiting.id, &placed)?;
            placed
        }
    };
    durable::may_die("noted");
    // Without its part it was renamed before, and whoever it is for may have taken it
    if placed.part.exists() {
        fs::rename(&placed.part, &placed.target)
            .with_context(|| format!("cannot write {}", placed.target.display()))?;
        durable::sync_folder_of(&placed.target)?;
    }
    durable::may_die("renamed");
    campo.taken(waiting.id).await?;
    durable::may_die("taken");
    log.line(&format!("took {} ({} bytes, {})", placed.target.display(), waiting.size_bytes, waiting.hash));
    journal.forget_placed(waiting.id)
}

/// Brings all of a file under its part name, from where it broke off.
async fn fetch(campo: &Campo, waiting: &Waiting, part: &Path) -> Result<()> {
    let opened = File::options().read(true).write(true).create(true).truncate(false).open(part);
    let mut file = opened.with_context(|| format!("cannot write {}", part.display()))?;
    let mut hash = Sha256::new();
    let mut size_bytes = 0;
    let mut block = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            break;
        }
        hash.update(&block[..count]);
        size_bytes += count as u64;
    }
    if size_bytes > waiting.size_bytes {
        fs::remove_file(part)?;
        bail!("the part here is of another file; it is taken anew");
    }
    file.seek(SeekFrom::Start(size_bytes))?;
    if size_bytes < waiting.size_bytes {
        let mut response = campo.content(waiting.id, size_bytes).await?;
        while let Some(bytes) = response.chunk().await.context("the answer of Campo broke off")? {
            hash.update(&bytes);
            file.write_all(&bytes)?;
            size_bytes += bytes.len() as u64;
            durable::may_die("chunk");
        }
    }
    if size_bytes < waiting.size_bytes {
        bail!("the answer of Campo broke off");
    }
    if size_bytes != waiting.size_bytes || hex(&hash.finalize()) != waiting.hash {
        fs::remove_file(part)?;
        bail!("what came is not what Campo has; it is taken anew");
    }
    Ok(file.sync_all()?)
}

/// A name that is one component and means no device.
fn name(given: &str) -> Result<String> {
    let name = check_name(given).map_err(|fault| anyhow::anyhow!("a name that no file can have: {fault}"))?;
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let numbered = ["com", "lpt"].iter().any(|port| {
        stem.strip_prefix(port)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    });
    let strange = name.contains([':', '<', '>', '"', '|', '?', '*', '\\', '/']);
    if strange || numbered || DEVICES.contains(&stem.as_str()) || name.starts_with('.') {
        bail!("a name that no file can have on every system: {name}");
    }
    Ok(name)
}

/// The path of a name in a folder, with a number where it is taken.
pub(crate) fn free_name(folder: &Path, name: &str) -> Result<PathBuf> {
    for number in 0..10_000 {
        let name = match (number, name.rsplit_once('.')) {
            (0, _) => name.to_owned(),
            (_, Some((stem, end))) if !stem.is_empty() => format!("{stem}_{number}.{end}"),
            _ => format!("{name}_{number}"),
        };
        let path = folder.join(name);
        if fs::symlink_metadata(&path).is_err() {
            return Ok(path);
        }
    }
    bail!("too many files called {name} in {}", folder.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_the_server_is_one_component_without_tricks() {
        for bad in
            ["../x", "a/b", "a\\b", "..", "", "C:x", "nul", "NUL.txt", "com1.csv", ".hidden", "a\0b", "x?"]
        {
            assert!(name(bad).is_err(), "{bad:?}");
        }
        assert_eq!(name("Órdenes 1.xlsx").unwrap(), "Órdenes 1.xlsx");
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), b"").unwrap();
        assert_eq!(free_name(folder.path(), "a.csv").unwrap(), folder.path().join("a_1.csv"));
    }
}
