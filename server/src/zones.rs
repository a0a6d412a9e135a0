//! A newer zone database than the one compiled in, from a folder as `zic` makes it and distributions install it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use campo_protocol::zones::{ZoneDatabase, ZoneDatabaseError};

/// No zone's file comes near.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// Folders beside the zones that hold them again, with and without leap seconds.
const COPIES: [&str; 2] = ["posix", "right"];
/// Where the release stands: in the sources that come along, or in a file of its own.
const VERSION_FILES: [&str; 3] = ["tzdata.zi", "+VERSION", "VERSION"];

/// Why the zone database of a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ZonesError {
    /// A file or folder cannot be read
    #[error("{path} cannot be read")]
    Read {
        /// Which
        path: PathBuf,
        /// What the operating system says
        source: io::Error,
    },
    /// Nothing says which release it is
    #[error("{0} says no release: none of `tzdata.zi`, `+VERSION` and `VERSION` is there")]
    NoVersion(PathBuf),
    /// What is in it is not a whole zone database
    #[error("{folder} holds no zone database that can be used: {source}")]
    Unusable {
        /// The folder
        folder: PathBuf,
        /// What is wrong
        source: ZoneDatabaseError,
    },
}

/// Puts the zone database of `folder` in the place of the one compiled in, if it is newer; true when it did. An older one
/// is what stays behind after Campo itself was upgraded: the one compiled in is used then.
pub fn put_in_place(folder: &Path) -> Result<bool, ZonesError> {
    let database = read(folder)?;
    let is_newer = database.is_newer_than(&ZoneDatabase::compiled_in());
    if is_newer {
        tracing::info!(version = database.version(), folder = %folder.display(), "using a newer zone database");
        database.put_in_place();
    } else {
        tracing::warn!(
            version = database.version(),
            folder = %folder.display(),
            "the zone database of `zone_database` is not newer than the one compiled in, which is used"
        );
    }
    Ok(is_newer)
}

/// The zone database of a folder.
fn read(folder: &Path) -> Result<ZoneDatabase, ZonesError> {
    let version = version(folder)?;
    let mut files = Vec::new();
    collect(folder, "", &mut files)?;
    ZoneDatabase::read(&version, files)
        .map_err(|source| ZonesError::Unusable { folder: folder.to_owned(), source })
}

fn version(folder: &Path) -> Result<String, ZonesError> {
    for name in VERSION_FILES {
        let path = folder.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => {
                let first = text.lines().next().unwrap_or_default();
                return Ok(first.trim_start_matches("# version ").trim().to_owned());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(ZonesError::Read { path, source }),
        }
    }
    // A folder that is not there is named as such.
    fs::read_dir(folder).map_err(|source| ZonesError::Read { path: folder.to_owned(), source })?;
    Err(ZonesError::NoVersion(folder.to_owned()))
}

/// Adds the files of zones in `folder` and below it, under their names.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), ZonesError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ZonesError::Read { path, source }
    };
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let own = format!("{prefix}{name}");
        // Links are followed: many zones are links to another one.
        let about = fs::metadata(&path).map_err(failed(&path))?;
        if about.is_dir() {
            // Names have three parts at most; a link that leads back up would have more.
            if prefix.matches('/').count() < 3 && !COPIES.contains(&own.as_str()) {
                collect(&path, &format!("{own}/"), files)?;
            }
        } else if about.len() <= MAX_FILE_BYTES {
            let bytes = fs::read(&path).map_err(failed(&path))?;
            if bytes.starts_with(b"TZif") {
                files.push((own, bytes));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_holds_no_zone_database_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = |folder: &Path| put_in_place(folder).unwrap_err();
        let nowhere = folder.path().join("nowhere");
        assert!(matches!(refusal(&nowhere), ZonesError::Read { path, .. } if path == nowhere));
        assert!(matches!(refusal(folder.path()), ZonesError::NoVersion(_)));
        for version in ["# version 2099a\n# more", "2099a\n"] {
            fs::write(folder.path().join("tzdata.zi"), version).unwrap();
            let ZonesError::Unusable { source, .. } = refusal(folder.path()) else { panic!("unusable") };
            assert!(matches!(source, ZoneDatabaseError::Missing { .. }), "{source}");
        }
        fs::create_dir(folder.path().join("America")).unwrap();
        fs::write(folder.path().join("America/Lima"), b"TZif2 but not more").unwrap();
        let text = refusal(folder.path()).to_string();
        assert!(text.contains("`America/Lima` cannot be read"), "{text}");
        fs::write(folder.path().join("tzdata.zi"), "latest").unwrap();
        assert!(refusal(folder.path()).to_string().contains("`latest` is no release"));
    }
}
