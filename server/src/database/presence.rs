//! Who serves a database that is a file: each process holds a lock beside it for its life, so that one that starts knows
//! whether those before it are gone, however they ended. The system gives the lock of a killed process back.

use std::{fs::File, io, path::PathBuf};

use super::{Db, OpenError};

/// The lock of this process beside its database; none where the database is a server's.
#[derive(Debug)]
pub struct Presence {
    file: Option<File>,
    path: PathBuf,
    is_alone: bool,
}

impl Presence {
    /// Takes the lock. Where no other process has it, nobody else can take it before [`Presence::share`].
    pub fn begin(db: &Db) -> Result<Self, OpenError> {
        let Some(path) = db.beside(".serving") else {
            return Ok(Self { file: None, path: PathBuf::new(), is_alone: false });
        };
        let begin = || {
            let file = File::create(&path)?;
            let is_alone = match file.try_lock() {
                Ok(()) => true,
                Err(std::fs::TryLockError::WouldBlock) => false,
                Err(std::fs::TryLockError::Error(error)) => return Err(error),
            };
            if !is_alone {
                file.lock_shared()?;
            }
            Ok::<_, io::Error>((file, is_alone))
        };
        let (file, is_alone) = begin().map_err(|source| OpenError::Lock { path: path.clone(), source })?;
        Ok(Self { file: Some(file), path, is_alone })
    }

    /// True where no other process served this database when this one began: what was leased then is nobody's.
    pub const fn is_alone(&self) -> bool {
        self.is_alone
    }

    /// Lets others serve the database beside this process. Held until it is dropped.
    pub fn share(&mut self) -> Result<(), OpenError> {
        let Some(file) = self.file.as_ref().filter(|_| self.is_alone) else { return Ok(()) };
        let share = || {
            file.unlock()?;
            file.lock_shared()
        };
        share().map_err(|source| OpenError::Lock { path: self.path.clone(), source })
    }
}
