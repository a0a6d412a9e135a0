//! The one secret from which every other one is derived, and where it is kept.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use campo_protocol::text::{hex, unhex};
use zeroize::Zeroizing;

use crate::environment::Environment;

/// The master secret: 32 bytes, never printed, overwritten when dropped. All replicas have the same one.
pub struct MasterKey(pub(super) Zeroizing<[u8; 32]>);

/// Why there is no master secret.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The text is something else; it is not repeated here, since it may be the key with a slip in it
    #[error("{0}: expected 64 hexadecimal digits (32 random bytes)")]
    NotAKey(String),
    /// The file can be neither read nor made
    #[error("cannot read or create the file of the master secret, {path}")]
    File {
        /// The file
        path: PathBuf,
        /// What the operating system says
        source: io::Error,
    },
}

impl MasterKey {
    /// The key from 64 hexadecimal digits. `origin` names where they came from, for the error.
    pub fn from_hex(origin: &str, text: &str) -> Result<Self, MasterKeyError> {
        let bytes = unhex(text.trim()).map(Zeroizing::new);
        match bytes.as_deref().map(|bytes| <[u8; 32]>::try_from(bytes.as_slice())) {
            Some(Ok(key)) => Ok(Self(Zeroizing::new(key))),
            _ => Err(MasterKeyError::NotAKey(origin.to_owned())),
        }
    }

    /// The key in the file at `path`. Where there is none, a new one is made, readable by its owner only and on the
    /// disk before this returns; of several processes that start at once, all get the same.
    pub fn from_file(path: &Path, environment: &Environment) -> Result<Self, MasterKeyError> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create(path, environment).and_then(|()| fs::read_to_string(path))
            }
            read => read,
        };
        match text {
            Ok(text) => Self::from_hex(&path.display().to_string(), &Zeroizing::new(text)),
            Err(source) => Err(MasterKeyError::File { path: path.to_owned(), source }),
        }
    }
}

/// Makes the file whole or not at all: a crash in between leaves no empty key, which would refuse every later start.
fn create(path: &Path, environment: &Environment) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let text = Zeroizing::new(hex(&environment.random::<32>()));
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => return Err(error.error),
        _ => {}
    }
    // The name of the file is in the folder, which has to be on the disk too; Windows cannot open folders.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_makes_a_key_and_the_next_one_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/secret.key");
        let first = MasterKey::from_file(&path, &Environment::seeded(1, 0)).unwrap();
        let second = MasterKey::from_file(&path, &Environment::seeded(2, 0)).unwrap();
        assert_eq!(first.0, second.0);
        assert_eq!(fs::read_dir(folder.path().join("data")).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        MasterKey::from_file(&path, &Environment::seeded(1, 0)).unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn of_several_that_start_at_once_all_get_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let keys: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8)
                .map(|seed| {
                    let path = &path;
                    scope.spawn(move || MasterKey::from_file(path, &Environment::seeded(seed, 0)).unwrap().0)
                })
                .collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn what_is_not_a_key_is_refused_without_being_repeated() {
        let digits = "ab".repeat(32);
        assert!(MasterKey::from_hex("secret_key", &format!(" {digits}\n")).is_ok());
        for text in ["", "ab", &digits[1..], &format!("{digits}ab"), &digits.replace('a', "x")] {
            let error = MasterKey::from_hex("secret_key", text).err().unwrap().to_string();
            assert_eq!(error, "secret_key: expected 64 hexadecimal digits (32 random bytes)");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        fs::write(&path, "").unwrap();
        assert!(MasterKey::from_file(&path, &Environment::seeded(1, 0)).is_err());
        assert!(MasterKey::from_file(folder.path(), &Environment::seeded(1, 0)).is_err());
    }
}
