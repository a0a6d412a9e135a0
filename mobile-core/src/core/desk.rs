//! What stands in for a platform where the core runs on a desk: in the demo and in tests.

use std::{fs, io, path::PathBuf};

use super::platform::{PlatformFailure, SecureStore};

/// A folder in place of a keychain. It protects nothing.
#[derive(Debug, Clone)]
pub struct FolderSecrets(pub PathBuf);

impl SecureStore for FolderSecrets {
    fn get(&self, name: &str) -> Result<Option<String>, PlatformFailure> {
        match fs::read_to_string(self.0.join(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PlatformFailure(error.to_string())),
        }
    }

    fn set(&self, name: &str, value: &str) -> Result<(), PlatformFailure> {
        let written = fs::create_dir_all(&self.0).and_then(|()| fs::write(self.0.join(name), value));
        written.map_err(|error| PlatformFailure(error.to_string()))
    }

    fn remove(&self, name: &str) -> Result<(), PlatformFailure> {
        match fs::remove_file(self.0.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(PlatformFailure(error.to_string())),
            _ => Ok(()),
        }
    }
}
